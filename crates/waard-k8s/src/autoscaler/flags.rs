//! What Cluster Autoscaler is told, each flag from a line of the topology.
//!
//! Source: kubernetes/autoscaler, `cluster-autoscaler/FAQ.md`, "What are the parameters to CA?".

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use waard_model::quantity::Duration;
use waard_model::spec::{AutoscalerSpec, Expander, ZoneLayout};
use waard_model::topology::StoreKind;
use waard_model::topology::reserved::{SYSTEM_NAMESPACE, WORKLOAD_TYPE};

use super::early;
use crate::monitoring::rule::fraction;
use crate::{Site, headroom};

/// The `ConfigMap` that the expander `priority` reads; it has no other name.
pub(super) const PRIORITIES: &str = "cluster-autoscaler-priority-expander";

/// How long a node may take until it is ready, its default, said because alerts go by it.
const PROVISION_MINUTES: u32 = 15;

/// The tags by which it finds its groups: those of this cluster and no other.
fn discovery(site: Site<'_>) -> String {
    let cluster = site.region.cluster().name();
    format!("asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/{cluster}")
}

/// A duration as Go reads it: it knows no days.
pub(super) fn go(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{}ms", duration.as_millis()),
        _ if !duration.is_whole_seconds() => format!("{}ms", duration.as_millis()),
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

pub(super) fn flags(site: Site<'_>) -> Vec<String> {
    let spec: &AutoscalerSpec = &site.region.cluster().settings().autoscaler;
    let flag = |name: &str, value: &str| format!("--{name}={value}");
    let yes = |name: &str, value: bool| format!("--{name}={value}");
    let mut flags = vec![
        flag("cloud-provider", "aws"),
        flag("node-group-auto-discovery", &discovery(site)),
        flag("expander", expander(spec.expander)),
    ];
    if spec.balance_similar && has_twins(site) {
        flags.push(yes("balance-similar-node-groups", true));
        // Groups are alike if they are one group of the topology in several zones, on demand or spot alike.
        // What else distinguishes their nodes' labels, such as launch templates, doesn't matter.
        flags.push(flag("balancing-label", WORKLOAD_TYPE));
        flags.push(flag("balancing-label", "eks.amazonaws.com/capacityType"));
    }
    flags.extend([
        yes("skip-nodes-with-local-storage", spec.keep_nodes_with_local_storage),
        yes("skip-nodes-with-system-pods", spec.keep_nodes_with_system_pods),
    ]);
    if site.region.stores().values().any(|store| matches!(store.kind(), StoreKind::Kafka(_))) {
        // Brokers belong to Strimzi's own kind of set.
        flags.push(yes("skip-nodes-with-custom-controller-pods", true));
    }
    flags.extend([
        flag("scan-interval", &go(spec.scan_interval)),
        flag("scale-down-delay-after-add", &go(spec.scale_down.after_add)),
        flag("scale-down-unneeded-time", &go(spec.scale_down.unneeded)),
        flag("scale-down-utilization-threshold", &fraction(spec.scale_down.below.millionths())),
        // Pods that hold room are not expendable: they make nodes be added.
        flag("expendable-pods-priority-cutoff", &headroom::PRIORITY.to_string()),
        flag("max-node-provision-time", &format!("{PROVISION_MINUTES}m")),
        yes("emit-per-nodegroup-metrics", true),
        yes("leader-elect", true),
        flag("v", "2"),
    ]);
    flags
}

/// True if a group of the topology is several in EKS, one in each zone.
fn has_twins(site: Site<'_>) -> bool {
    site.region.zones().len() > 1
        && site.region.cluster().node_groups().values().any(|group| group.zones() == ZoneLayout::Each)
}

const fn expander(expander: Expander) -> &'static str {
    match expander {
        Expander::LeastWaste => "least-waste",
        Expander::MostPods => "most-pods",
        // Groups of the same priority are left to the next one.
        Expander::Priority => "priority,least-waste",
        Expander::Random => "random",
    }
}

/// The order of the groups, where it counts: those on spot first, because they cost less, then those on demand.
/// The Auto Scaling group of a managed node group is called `eks-<group>-<uuid>`, and one of spot nodes `<group>-spot`.
/// Source: kubernetes/autoscaler, `cluster-autoscaler/expander/priority/readme.md`.
pub(super) fn priorities(site: Site<'_>) -> Option<ConfigMap> {
    (site.region.cluster().settings().autoscaler.expander == Expander::Priority).then(|| {
        let mut metadata = early(site, true);
        metadata.name = Some(PRIORITIES.to_owned());
        metadata.namespace = Some(SYSTEM_NAMESPACE.to_owned());
        let order = "20:\n  - ^eks-.+-spot-[0-9a-f]{8}-\n10:\n  - .*\n";
        ConfigMap {
            metadata,
            data: Some(BTreeMap::from([("priorities".to_owned(), order.to_owned())])),
            ..ConfigMap::default()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_ones_of_go() {
        let written = |text: &str| go(text.parse().unwrap());
        assert_eq!(written("1d"), "24h");
        assert_eq!(written("10m"), "10m");
        assert_eq!(written("90s"), "90s");
        assert_eq!(written("1500ms"), "1500ms");
    }
}
