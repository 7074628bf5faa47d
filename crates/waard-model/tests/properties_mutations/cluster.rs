//! Cluster profiles and node groups.

use waard_model::path::ModelPath;
use waard_model::spec::{Addon, ControlPlaneLog};

use super::{Mutation, group, v};

pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("more desired than most", |s, c| {
        group(s, c).map(|(path, g)| {
            g.desired = Some(g.size.max() + 1);
            path.key("desired")
        })
    }),
    ("fewer desired than least", |s, c| {
        let (path, g) = group(s, c)?;
        g.desired = Some(g.size.min().checked_sub(1)?);
        Some(path.key("desired"))
    }),
    ("a group without a node", |s, c| {
        group(s, c).map(|(path, g)| {
            (g.size, g.desired, g.on_demand_base) = (v("0..0"), None, 0);
            path.key("size")
        })
    }),
    ("a group without a type", |s, c| {
        group(s, c).map(|(path, g)| {
            g.instances.clear();
            path.key("instances")
        })
    }),
    ("a type twice", |s, c| {
        group(s, c).map(|(path, g)| {
            g.instances.push(g.instances[0].clone());
            path.key("instances")
        })
    }),
    ("too large a base", |s, c| {
        group(s, c).map(|(path, g)| {
            g.on_demand_base = g.size.max() + 1;
            path.key("on_demand_base")
        })
    }),
    ("a group for nobody", |s, c| {
        group(s, c).map(|(path, g)| {
            g.only_for.push(v("nobody-at-all"));
            path.key("only_for")
        })
    }),
    ("the derived taint", |s, c| {
        group(s, c).map(|(path, g)| {
            g.taints.push(v("workload-type=x:NoSchedule"));
            path.key("taints")
        })
    }),
    ("every group tainted", |s, c| {
        let profile = c.among(s.clusters.keys().cloned().collect())?;
        for group in s.clusters.get_mut(&profile)?.node_groups.values_mut() {
            group.taints.push(v("all=of-them:NoExecute"));
        }
        Some(ModelPath::of(["clusters", profile.as_str(), "node_groups"]))
    }),
    ("every group reserved", |s, c| {
        let profile = c.among(s.clusters.keys().cloned().collect())?;
        let runs = s
            .environments
            .values()
            .flat_map(|e| e.regions.values())
            .find(|r| r.cluster == profile)
            .and_then(|r| r.runs.first().cloned())?;
        for group in s.clusters.get_mut(&profile)?.node_groups.values_mut() {
            group.only_for.push(v(runs.as_str()));
        }
        Some(ModelPath::of(["clusters", profile.as_str(), "node_groups"]))
    }),
    ("a kind of log retention", |s, c| {
        let profile = c.among(s.clusters.keys().cloned().collect())?;
        s.clusters.get_mut(&profile)?.logs =
            waard_model::spec::LogsSpec { types: ControlPlaneLog::ALL.to_vec(), retention: v("31d") };
        Some(ModelPath::of(["clusters", profile.as_str(), "logs", "retention"]))
    }),
    ("no DNS", |s, c| {
        let profile = c.among(s.clusters.keys().cloned().collect())?;
        s.clusters.get_mut(&profile)?.addons.retain(|addon| *addon != Addon::Coredns);
        Some(ModelPath::of(["clusters", profile.as_str(), "addons"]))
    }),
    ("an idle profile", |s, c| {
        let profile = c.among(s.clusters.values().cloned().collect())?;
        s.clusters.insert(v("idle"), profile);
        Some(ModelPath::of(["clusters", "idle"]))
    }),
    ("stateful on spot", |s, c| {
        group(s, c).map(|(path, g)| {
            (g.work, g.spot) = (waard_model::spec::WorkKind::Stateful, Some(v("1%")));
            path.key("spot")
        })
    }),
];
