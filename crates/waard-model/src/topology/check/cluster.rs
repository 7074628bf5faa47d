//! Clusters and node groups.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use crate::name::ClusterVersion;
use crate::name::ProfileName;
use crate::path::ModelPath;
use crate::quantity::{Bytes, Duration, Percent};
use crate::spec::{Addon, AutoscalerKind, NodeGroupSpec, WorkKind};
use crate::topology::violation::{Violation, Violations};

/// Days of retention that CloudWatch Logs offers.
/// Source: CloudWatch Logs API reference, PutRetentionPolicy, `retentionInDays`.
const RETENTION_DAYS: [u64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

fn each_group<'v>(view: &View<'v>) -> impl Iterator<Item = (ModelPath, &'v NodeGroupSpec)> {
    view.spec.clusters.iter().flat_map(|(profile, cluster)| {
        let path = ModelPath::of(["clusters", profile.as_str(), "node_groups"]);
        cluster.node_groups.iter().map(move |(name, group)| (path.key(name.as_str()), group))
    })
}

/// The first item that stands in a list before, and its position.
pub(super) fn twice<T: Ord>(items: &[T]) -> Option<(usize, &T)> {
    let mut seen = BTreeSet::new();
    items.iter().enumerate().find(|(_, item)| !seen.insert(*item))
}

/// `min <= desired <= max`, at least one node possible, at least one instance type, each named once.
pub(super) fn groups(view: &View<'_>, violations: &mut Violations) {
    for (path, group) in each_group(view) {
        if group.size.max() == 0 {
            violations.add(
                path.key("size"),
                "the group can have no node at all",
                "leave the group out, or let it have one",
            );
        }
        if group.size.max() > 450 {
            violations.add(
                path.key("size"),
                format!("{} nodes are more than a managed node group may have", group.size.max()),
                "at most 450 (EKS quota); divide the group",
            );
        }
        if let Some(desired) = group.desired
            && !group.size.contains(desired)
        {
            violations.push(
                Violation::new(
                    path.key("desired"),
                    format!("{desired} nodes to start with are not within {}", group.size),
                    "min <= desired <= max",
                )
                .with(path.key("size"), "the bounds"),
            );
        }
        if group.instances.is_empty() {
            violations.add(
                path.key("instances"),
                "the group has no instance type",
                "name at least one, such as `m7g.large`",
            );
        }
        if let Some((index, instance)) = twice(&group.instances) {
            violations.add(
                path.key("instances").index(index),
                format!("`{instance}` is named twice"),
                "name each instance type once",
            );
        }
        if !(8..=250).contains(&group.max_pods) {
            violations.add(
                path.key("max_pods"),
                format!("{} pods on a node are not between 8 and 250", group.max_pods),
                "EKS recommends 110 for small nodes and 250 for nodes of 30 vCPUs and more",
            );
        }
        if group.disk < Bytes::gibibytes(20) || group.disk > Bytes::gibibytes(16_384) {
            violations.add(
                path.key("disk"),
                format!("a disk of {} is not between 20Gi and 16Ti", group.disk),
                "the image of a node takes about 20Gi; gp3 ends at 16Ti",
            );
        }
        let own = group.labels.keys().find(|key| key.as_str() == crate::topology::reserved::WORKLOAD_TYPE);
        if let Some(key) = own {
            violations.push(
                Violation::new(
                    path.key("labels").key(key.as_str()),
                    format!("the label `{key}` is always the group's name"),
                    "leave it out",
                )
                .about_key(),
            );
        }
        let keys: Vec<_> = group.taints.iter().map(|taint| (taint.key(), taint.effect())).collect();
        if let Some((index, (key, effect))) = twice(&keys) {
            let message = format!("there is another taint `{key}` with the effect {}", effect.as_str());
            violations.add(path.key("taints").index(index), message, "keep one of them");
        }
        if let Some(index) =
            group.taints.iter().position(|taint| taint.key().as_str() == crate::topology::reserved::WORKLOAD_TYPE)
        {
            violations.add(
                path.key("taints").index(index),
                "this taint follows from `only_for`",
                "say `only_for` instead",
            );
        }
    }
}

/// Karpenter refuses labels in the domains of its own, and the one that the kubelet sets.
/// Source: aws/karpenter-provider-aws 1.14.1 `pkg/apis/crds/karpenter.sh_nodepools.yaml`, validations of labels.
pub(super) fn karpenter(view: &View<'_>, violations: &mut Violations) {
    for (profile, cluster) in &view.spec.clusters {
        if cluster.autoscaler.kind != AutoscalerKind::Karpenter {
            continue;
        }
        let path = ModelPath::of(["clusters", profile.as_str()]);
        for (name, group) in &cluster.node_groups {
            for key in group.labels.keys() {
                let domain = key.as_str().split_once('/').map_or("", |(domain, _)| domain);
                let own = ["karpenter.sh", "karpenter.k8s.aws"].iter().any(|end| domain.ends_with(end));
                if own || key.as_str() == "kubernetes.io/hostname" {
                    violations.push(
                        Violation::new(
                            path.key("node_groups").key(name.as_str()).key("labels").key(key.as_str()),
                            format!("Karpenter keeps the label `{key}` for itself"),
                            "leave it out, or choose another domain",
                        )
                        .about_key()
                        .judged_by(path.key("autoscaler").key("kind")),
                    );
                }
            }
        }
    }
}

/// Spot only where interruption is bearable, and a base that the group can have.
pub(super) fn spot(view: &View<'_>, violations: &mut Violations) {
    for kind in [WorkKind::System, WorkKind::Stateful] {
        if view.spec.cost.spot.get(&kind).is_some_and(|share| *share > Percent::ZERO) {
            violations.add(
                ModelPath::of(["cost", "spot", kind.as_str()]),
                format!("{kind} nodes are never on spot"),
                "leave it out: losing them takes the cluster or its data along",
            );
        }
    }
    for (path, group) in each_group(view) {
        if group.spot.is_some_and(|share| share > Percent::ZERO)
            && matches!(group.work, WorkKind::System | WorkKind::Stateful)
        {
            violations.push(
                Violation::new(
                    path.key("spot"),
                    format!("{} nodes are never on spot", group.work),
                    "leave it out: losing them takes the cluster or its data along",
                )
                .judged_by(path.key("work")),
            );
        }
        if group.on_demand_base > group.size.max() {
            let message = format!(
                "{} nodes on demand are more than the {} that the group may have",
                group.on_demand_base,
                group.size.max()
            );
            violations.push(
                Violation::new(path.key("on_demand_base"), message, "at most the second number of `size`")
                    .with(path.key("size"), "the bounds"),
            );
        }
    }
}

/// Every cluster has a node group that takes every pod and is never empty, for what the cluster itself needs.
pub(super) fn home_for_everything(view: &View<'_>, violations: &mut Violations) {
    for (profile, cluster) in &view.spec.clusters {
        let open = |group: &NodeGroupSpec| {
            group.only_for.is_empty()
                && group.size.min() >= 1
                && group.taints.iter().all(|t| t.effect() == crate::name::TaintEffect::PreferNoSchedule)
        };
        if !cluster.node_groups.values().any(open) {
            let path = ModelPath::of(["clusters", profile.as_str(), "node_groups"]);
            let judged = |violation: Violation, name: &crate::name::NodeGroupName| {
                let group = path.key(name.as_str());
                violation.judged_by(group.key("size")).judged_by(group.key("only_for")).judged_by(group.key("taints"))
            };
            let violation = Violation::new(
                path.clone(),
                format!("no node group of `{profile}` takes what the cluster itself needs, such as DNS"),
                "add one without `only_for` and `taints`, of at least one node, such as `system: { instances: [m7g.large], size: 2..4 }`",
            );
            violations.push(cluster.node_groups.keys().fold(violation, judged));
        }
    }
}

/// The violation, which says that no region has something under `key`.
fn judged_by_regions(view: &View<'_>, violation: Violation, key: &str) -> Violation {
    let all = ModelPath::of(["environments"]);
    let count: usize = view.spec.environments.values().map(|environment| environment.regions.len()).sum();
    if count > 100 {
        // Of so many, none is looked at by itself.
        return violation.judged_by(all);
    }
    view.spec.environments.iter().fold(violation.not_among(all.clone()), |violation, (name, environment)| {
        let regions = all.key(name.as_str()).key("regions");
        let violation = violation.not_among(regions.clone());
        environment
            .regions
            .keys()
            .fold(violation, |violation, region| violation.judged_by(regions.key(region.as_str()).key(key)))
    })
}

/// `only_for` names workloads and Kafka clusters; a node group for Kafka is stateful.
pub(super) fn occupants(view: &View<'_>, violations: &mut Violations) {
    for (path, group) in each_group(view) {
        for (index, name) in group.only_for.iter().enumerate() {
            let at = path.key("only_for").index(index);
            let kafka = view.spec.data.kafka.keys().any(|store| store.as_str() == name.as_str());
            let workload = view.spec.workloads.keys().any(|workload| workload.as_str() == name.as_str());
            match (kafka, workload) {
                (false, false) => {
                    let known: Vec<&str> = view
                        .spec
                        .workloads
                        .keys()
                        .map(crate::name::WorkloadName::as_str)
                        .chain(view.spec.data.kafka.keys().map(crate::name::StoreName::as_str))
                        .collect();
                    let help = crate::source::shape::nearest(name.as_str(), &known).map_or_else(
                        || "name a workload or a Kafka cluster".to_owned(),
                        |name| format!("did you mean `{name}`?"),
                    );
                    violations.push(
                        Violation::new(at, format!("there is no workload or Kafka cluster `{name}`"), help)
                            .not_among(ModelPath::of(["workloads"]))
                            .not_among(ModelPath::of(["data", "kafka"])),
                    );
                }
                (true, true) => violations.add(
                    at,
                    format!("`{name}` is both a workload and a Kafka cluster"),
                    "give one of them another name",
                ),
                (true, false) if group.work != WorkKind::Stateful => {
                    violations.push(
                        Violation::new(
                            at,
                            format!("`{name}` holds data, but the group does {} work", group.work),
                            "set `work: stateful`",
                        )
                        .judged_by(path.key("work")),
                    );
                }
                _ => {}
            }
        }
    }
    // A group per cluster for what runs there: a group that nothing could ever use is a mistake.
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, region) in view.environments.values().flat_map(|e| e.regions().values().map(move |r| (e, r))) {
        let entry = used.entry(region.cluster().profile().as_str()).or_default();
        entry.extend(region.workloads().keys().map(crate::name::WorkloadName::as_str));
        let kafka =
            region.stores().values().filter(|store| matches!(store.kind(), crate::topology::StoreKind::Kafka(_)));
        entry.extend(kafka.map(|store| store.name().as_str()));
    }
    // A region whose profile doesn't exist may mean any of them.
    let astray = |profile: &ProfileName| {
        let names = || {
            view.spec
                .environments
                .values()
                .flat_map(|environment| environment.regions.values().map(|region| &region.cluster))
        };
        names().any(|name| !view.spec.clusters.contains_key(name)) && !names().any(|name| name == profile)
    };
    for (profile, cluster) in &view.spec.clusters {
        let path = ModelPath::of(["clusters", profile.as_str()]);
        let Some(runs) = used.get(profile.as_str()) else {
            if astray(profile) {
                continue;
            }
            let violation = Violation::new(
                path,
                format!("no region uses the cluster profile `{profile}`"),
                "use it or leave it out",
            );
            violations.push(judged_by_regions(view, violation, "cluster"));
            continue;
        };
        for (name, group) in &cluster.node_groups {
            let known = |name: &str| {
                view.spec.workloads.keys().any(|w| w.as_str() == name)
                    || view.spec.data.kafka.keys().any(|k| k.as_str() == name)
            };
            if !group.only_for.is_empty()
                && group.only_for.iter().all(|occupant| !runs.contains(occupant.as_str()) && known(occupant.as_str()))
                && !astray(profile)
            {
                let each: Vec<String> = group.only_for.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("{} runs in no cluster of the profile `{profile}`", each.join(" or "));
                let violation = Violation::new(
                    path.key("node_groups").key(name.as_str()).key("only_for"),
                    message,
                    "leave the group out, or use another profile there",
                );
                violations.push(judged_by_regions(view, violation, "runs"));
            }
        }
    }
}

/// Log retention as CloudWatch offers it; add-ons that generation relies on.
pub(super) fn logs(view: &View<'_>, violations: &mut Violations) {
    let mut retention = |path: ModelPath, kept: Duration| {
        if !kept.as_days().is_some_and(|days| RETENTION_DAYS.contains(&days)) {
            violations.add(
                path,
                format!("CloudWatch Logs can't keep logs for {kept}"),
                "it offers 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 days and more",
            );
        }
    };
    retention(ModelPath::of(["observability", "log_retention"]), view.spec.observability.log_retention);
    for (profile, cluster) in &view.spec.clusters {
        retention(ModelPath::of(["clusters", profile.as_str(), "logs", "retention"]), cluster.logs.retention);
    }
    for (profile, cluster) in &view.spec.clusters {
        let path = ModelPath::of(["clusters", profile.as_str()]);
        if cluster.version < ClusterVersion::OLDEST {
            let message = format!("waard writes nothing for Kubernetes {}", cluster.version);
            violations.add(path.key("version"), message, format!("{} or newer", ClusterVersion::OLDEST));
        }
        let autoscaler = &cluster.autoscaler;
        if !(1..=5).contains(&autoscaler.replicas) {
            let message = format!("{} autoscalers are not possible", autoscaler.replicas);
            violations.add(path.key("autoscaler").key("replicas"), message, "1 to 5; one leads, the others wait");
        }
        if autoscaler.memory < Bytes::mebibytes(64) {
            let message = format!("an autoscaler does not start with {}", autoscaler.memory);
            violations.add(path.key("autoscaler").key("memory"), message, "64Mi at least, 600Mi is usual");
        }
        // Volumes: every cluster has some of its own, those of its metrics.
        for needed in [Addon::VpcCni, Addon::Coredns, Addon::KubeProxy, Addon::EbsCsi, Addon::PodIdentity] {
            if !cluster.addons.contains(&needed) {
                violations.add(
                    path.key("addons"),
                    format!("the add-on `{needed}` is missing, which every cluster of waard needs"),
                    format!("add `{needed}`"),
                );
            }
        }
        if let Some((index, addon)) = twice(&cluster.addons) {
            violations.add(
                path.key("addons").index(index),
                format!("`{addon}` is named twice"),
                "name each add-on once",
            );
        }
        for name in cluster
            .addon_versions
            .keys()
            .filter(|name| !cluster.addons.iter().any(|addon| addon.as_str() == name.as_str()))
        {
            let message = format!("`{name}` is not among the add-ons");
            violations.push(
                Violation::new(
                    path.key("addon_versions").key(name.as_str()),
                    message,
                    "add it to `addons`, or leave its version out",
                )
                .about_key()
                .judged_by(path.key("addons")),
            );
        }
    }
}
