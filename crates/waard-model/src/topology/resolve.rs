//! From a spec to environments, regions, clusters and workloads with every default filled in.
//!
//! What can't be resolved is reported and left out; what is resolved but wrong is for [`super::check`].
//! Environments, regions and clusters are resolved here, workloads and stores by a module each.

mod store;
mod workload;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reserved::WORKLOAD_TYPE;
use super::violation::{Violation, Violations};
use super::{Cluster, Duty, Environment, Network, NodeGroup, Region, Scaling, StoreKind, Workload};
use crate::name::{
    EnvironmentName, LabelKey, LabelValue, NodeGroupName, ProfileName, RegionName, TaintEffect, TaintSpec,
    WorkloadName, ZoneName,
};
use crate::path::ModelPath;
use crate::quantity::{Duration, Percent};
use crate::source::shape::nearest;
use crate::spec::{
    ClusterSpec, EnvironmentSpec, NodeGroupSpec, RegionSpec, Role, Spec, StandbyMode, WorkKind, WorkloadSpec,
};
pub(super) use store::{missing_store, store_kinds};

type NodeGroups = Arc<BTreeMap<NodeGroupName, NodeGroup>>;

pub(super) fn environments(spec: &Spec, violations: &mut Violations) -> BTreeMap<EnvironmentName, Environment> {
    let clusters: BTreeMap<&ProfileName, Arc<ClusterSpec>> =
        spec.clusters.iter().map(|(name, cluster)| (name, Arc::new(cluster.clone()))).collect();
    let mut found = BTreeMap::new();
    for (name, environment) in &spec.environments {
        let resolver = Resolver { spec, name, environment, path: ModelPath::of(["environments", name.as_str()]) };
        found.insert(name.clone(), resolver.environment(&clusters, violations));
    }
    found
}

/// Most parts of workloads, counted in every environment that has them: some thousand times what a large platform has.
const MOST_PARTS: usize = 1_000_000;

/// Each environment has every workload, and a workload may be like another: a small file could say a platform that no
/// memory holds.
pub(super) fn too_large(spec: &Spec) -> Option<Violation> {
    let parts = |workload: &WorkloadSpec| {
        let base = workload.like.as_ref().and_then(|like| spec.workloads.get(like)).map_or(0, WorkloadSpec::parts);
        workload.parts() + base
    };
    let once: usize = spec.workloads.values().map(parts).sum();
    let all = once.saturating_mul(spec.environments.len());
    (all > MOST_PARTS).then(|| {
        let message = format!(
            "{} workloads in {} environments have {all} parts together",
            spec.workloads.len(),
            spec.environments.len()
        );
        Violation::new(ModelPath::of(["workloads"]), message, format!("at most {MOST_PARTS}; divide the platform"))
    })
}

/// The help for a name that isn't there.
pub(super) fn known<'n>(word: &str, names: impl Iterator<Item = &'n str>, place: &str) -> String {
    let names: Vec<&str> = names.collect();
    match nearest(word, &names) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.is_empty() => format!("there is nothing under `{place}` yet"),
        None if names.len() > 12 => format!("it must be one of the {} under `{place}`", names.len()),
        None => format!("under `{place}` there are {}", names.join(", ")),
    }
}

struct Resolver<'s> {
    spec: &'s Spec,
    name: &'s EnvironmentName,
    environment: &'s EnvironmentSpec,
    path: ModelPath,
}

impl Resolver<'_> {
    fn environment(
        &self,
        clusters: &BTreeMap<&ProfileName, Arc<ClusterSpec>>,
        violations: &mut Violations,
    ) -> Environment {
        let domain = self.environment.domain.clone().unwrap_or_else(|| self.spec.domain.clone());
        let namespace = self.environment.namespace.clone().or_else(|| self.name.as_str().parse().ok());
        if namespace.is_none() {
            let message = format!("`{}` can't be the namespace of its workloads", self.name);
            violations.add(self.path.clone(), message, "name another under `namespace`");
        }
        let namespace = namespace.unwrap_or_else(crate::name::Namespace::monitoring);
        let workloads = self.workloads(&namespace, &domain, violations);
        let stores = self.stores(violations);
        let node_groups: BTreeMap<&ProfileName, NodeGroups> =
            clusters.iter().map(|(profile, cluster)| (*profile, Arc::new(self.node_groups(cluster)))).collect();
        let mut regions = BTreeMap::new();
        for (name, region) in &self.environment.regions {
            if let Some(region) = self.region(name, region, clusters, &node_groups, &workloads, violations) {
                regions.insert(name.clone(), region);
            }
        }
        self.place_stores(&mut regions, &stores, violations);
        drop_idle_groups(&mut regions);
        Environment {
            name: self.name.clone(),
            domain,
            namespace,
            provisioner: self.environment.provisioner,
            account: self.environment.account.clone(),
            hours: self.environment.hours.clone(),
            regions,
        }
    }

    fn region(
        &self,
        name: &RegionName,
        region: &RegionSpec,
        clusters: &BTreeMap<&ProfileName, Arc<ClusterSpec>>,
        node_groups: &BTreeMap<&ProfileName, NodeGroups>,
        workloads: &BTreeMap<WorkloadName, Arc<Workload>>,
        violations: &mut Violations,
    ) -> Option<Region> {
        let path = self.path.key("regions").key(name.as_str());
        let mut runs = BTreeMap::new();
        for (index, run) in region.runs.iter().enumerate() {
            let at = path.key("runs").index(index);
            match workloads.get(run) {
                Some(workload) => {
                    if runs.insert(run.clone(), Arc::clone(workload)).is_some() {
                        violations.add(at, format!("`{run}` is named twice"), "name it once");
                    }
                }
                None if self.spec.workloads.contains_key(run) => {}
                None => {
                    let help = known(run.as_str(), self.spec.workloads.keys().map(WorkloadName::as_str), "workloads");
                    violations.push(
                        Violation::new(at, format!("there is no workload `{run}`"), help)
                            .not_among(ModelPath::of(["workloads"])),
                    );
                }
            }
        }
        let (profile, cluster) = if let Some((profile, cluster)) = clusters.get_key_value(&region.cluster) {
            (*profile, cluster)
        } else {
            let help = known(region.cluster.as_str(), self.spec.clusters.keys().map(ProfileName::as_str), "clusters");
            let message = format!("there is no cluster profile `{}`", region.cluster);
            violations.push(
                Violation::new(path.key("cluster"), message, help)
                    .judged_by(path.key("cluster"))
                    .not_among(ModelPath::of(["clusters"])),
            );
            // Another stands in, so that the rest of the region is still judged.
            clusters.iter().next().map(|(profile, cluster)| (*profile, cluster))?
        };
        let zones: Vec<ZoneName> = if region.zones.is_empty() {
            ['a', 'b', 'c'].iter().filter_map(|letter| name.zone(*letter)).collect()
        } else {
            region.zones.clone()
        };
        Some(Region {
            name: name.clone(),
            environment: self.name.clone(),
            duty: self.duty(region, &path, violations),
            purpose: region.purpose.clone(),
            residency: region.residency,
            network: Network::plan(region.cidr, &zones, region.network.clone()),
            zones,
            nat: region.nat,
            cluster: Cluster {
                name: format!("{}-{}-{name}", self.spec.platform, self.name),
                profile: profile.clone(),
                spec: Arc::clone(cluster),
                node_groups: node_groups.get(profile).map(Arc::clone).unwrap_or_default(),
            },
            workloads: runs,
            stores: BTreeMap::new(),
        })
    }

    fn duty(&self, region: &RegionSpec, path: &ModelPath, violations: &mut Violations) -> Duty {
        let mut foreign = |key: &str, present: bool, role: &str| {
            if present {
                let message = format!("`{key}` is a key of {role} regions");
                let help = format!("leave it out, or set `role: {role}`");
                violations.push(Violation::new(path.key(key), message, help).about_key().judged_by(path.key("role")));
            }
        };
        match region.role {
            Role::Primary => {
                foreign("protects", region.protects.is_some(), "standby");
                foreign("mode", region.mode.is_some(), "standby");
                foreign("rto", region.rto.is_some(), "standby");
                foreign("rpo", region.rpo.is_some(), "standby");
                let primaries = self.environment.regions.values().filter(|region| region.role == Role::Primary).count();
                let traffic = match region.traffic {
                    Some(traffic) => traffic,
                    // A single primary region has all of it; nothing would be left to say.
                    None if primaries == 1 => Percent::ALL,
                    None => {
                        let message = "a primary region beside others needs its share of the requests";
                        let help = "add `traffic: …%`; the shares of an environment add up to 100%";
                        violations.push(Violation::new(path.clone(), message, help).judged_by(path.key("role")));
                        Percent::ZERO
                    }
                };
                Duty::Primary { audience: region.audience.clone(), traffic, unprotected: region.unprotected.clone() }
            }
            Role::Standby => {
                foreign("audience", !region.audience.is_empty(), "primary");
                foreign("traffic", region.traffic.is_some(), "primary");
                foreign("unprotected", region.unprotected.is_some(), "primary");
                let mut needed = |key: &str, what: &str| {
                    violations.push(
                        Violation::new(
                            path.clone(),
                            format!("a standby region needs {what}"),
                            format!("add `{key}: …`"),
                        )
                        .judged_by(path.key("role")),
                    );
                };
                let protects = region.protects.clone();
                if protects.is_none() {
                    needed("protects", "the region that it protects");
                }
                let rto = region.rto.or(self.spec.targets.rto);
                if rto.is_none() {
                    needed("rto", "the longest outage that it allows, here or as `targets.rto`");
                }
                let rpo = region.rpo.or(self.spec.targets.rpo);
                if rpo.is_none() {
                    needed("rpo", "the most data that may be lost, here or as `targets.rpo`");
                }
                if region.mode.is_none() {
                    needed("mode", "its mode, `warm` or `pilot-light`");
                }
                Duty::Standby {
                    // After the violation above a name stands in that no region has.
                    protects: protects.unwrap_or_else(RegionName::nowhere),
                    mode: region.mode.unwrap_or(StandbyMode::Warm),
                    rto: rto.unwrap_or(Duration::days(1)),
                    rpo: rpo.unwrap_or(Duration::days(1)),
                }
            }
        }
    }

    fn node_groups(&self, cluster: &ClusterSpec) -> BTreeMap<NodeGroupName, NodeGroup> {
        cluster.node_groups.iter().map(|(name, group)| (name.clone(), self.node_group(name, group))).collect()
    }

    fn node_group(&self, name: &NodeGroupName, group: &NodeGroupSpec) -> NodeGroup {
        let on_demand = matches!(group.work, WorkKind::System | WorkKind::Stateful);
        let spot = if on_demand {
            Percent::ZERO
        } else {
            self.environment
                .spot
                .or(group.spot)
                .or_else(|| self.spec.cost.spot.get(&group.work).copied())
                .unwrap_or(Percent::ZERO)
        };
        let mut labels = group.labels.clone();
        let mut taints = group.taints.clone();
        if let (Ok(key), Ok(value)) = (LabelKey::try_from(WORKLOAD_TYPE), LabelValue::try_from(name.as_str())) {
            labels.insert(key.clone(), value.clone());
            if !group.only_for.is_empty() {
                taints.insert(0, TaintSpec::new(key, value, TaintEffect::NoSchedule));
            }
        }
        NodeGroup {
            name: name.clone(),
            instances: group.instances.clone(),
            // An impossible `desired` is reported by the checks; the bounds hold until then.
            scaling: group
                .desired
                .and_then(|desired| Scaling::new(group.size, desired).ok())
                .unwrap_or(Scaling::smallest(group.size)),
            work: group.work,
            spot,
            on_demand_base: if self.environment.spot.is_some() { 0 } else { group.on_demand_base },
            disk: group.disk,
            labels,
            taints,
            only_for: group.only_for.clone(),
            zones: group.zones,
            max_pods: group.max_pods,
        }
    }
}

/// A node group that is only for something exists where that runs. Clusters that keep the same groups share them.
fn drop_idle_groups(regions: &mut BTreeMap<RegionName, Region>) {
    let mut kept: BTreeMap<(ProfileName, Vec<NodeGroupName>), NodeGroups> = BTreeMap::new();
    for region in regions.values_mut() {
        let here = |name: &str| {
            region.workloads.keys().any(|w| w.as_str() == name)
                || region
                    .stores
                    .iter()
                    .any(|(s, store)| s.as_str() == name && matches!(store.kind(), StoreKind::Kafka(_)))
        };
        let used =
            |group: &NodeGroup| group.only_for.is_empty() || group.only_for.iter().any(|name| here(name.as_str()));
        let names: Vec<NodeGroupName> =
            region.cluster.node_groups.values().filter(|group| used(group)).map(|group| group.name.clone()).collect();
        let all = &region.cluster.node_groups;
        let groups = kept.entry((region.cluster.profile.clone(), names)).or_insert_with_key(|(_, names)| {
            if names.len() == all.len() {
                return Arc::clone(all);
            }
            Arc::new(
                all.iter()
                    .filter(|(name, _)| names.contains(name))
                    .map(|(name, group)| (name.clone(), group.clone()))
                    .collect(),
            )
        });
        region.cluster.node_groups = Arc::clone(groups);
    }
}
