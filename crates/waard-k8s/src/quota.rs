//! Limits of a namespace: what containers get that say nothing, and that there is no second way in.
//!
//! There is no quota of pods, CPU or memory: it would hold back an autoscaler at the moment it is needed. What a workload
//! may grow to is said where it scales, and what all of them may grow to by the sizes of the node groups.

use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem, LimitRangeSpec, ResourceQuota, ResourceQuotaSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use waard_model::topology::StoreKind;

use crate::Site;
use crate::file::File;
use crate::labels::{Wave, common, in_wave, labels, metadata};

const DEFAULTS: &str = "defaults";
const ONE_WAY_IN: &str = "one-way-in";

/// What a namespace has of it, in the namespace's file.
pub(crate) fn of_namespace(site: Site<'_>, namespace: &str, file: &mut File) {
    file.add(&defaults(site, namespace));
    file.add(&one_way_in(site, namespace));
}

/// What a container gets that says nothing: one that something else put into a pod, or a debugging one. Containers of
/// the platform say all of it themselves. No CPU limit: that would also fall on containers that have none on purpose.
fn defaults(site: Site<'_>, namespace: &str) -> LimitRange {
    let quantities = |pairs: &[(&str, &str)]| {
        Some(pairs.iter().map(|(name, amount)| ((*name).to_owned(), Quantity((*amount).to_owned()))).collect())
    };
    let item = LimitRangeItem {
        type_: "Container".to_owned(),
        default: quantities(&[("memory", "512Mi")]),
        default_request: quantities(&[("cpu", "50m"), ("memory", "128Mi")]),
        ..LimitRangeItem::default()
    };
    LimitRange {
        metadata: in_wave(Wave::Access, metadata(DEFAULTS.to_owned(), Some(namespace), common(site))),
        spec: Some(LimitRangeSpec { limits: vec![item] }),
    }
}

/// Requests come in by the one load balancer of the ingress, never by a Service that opens another one, or a port on
/// every node. The exception are the brokers of a Kafka cluster that a standby region copies from: one internal load
/// balancer for each, and one to ask which of them there are. They take no ports of nodes.
fn one_way_in(site: Site<'_>, namespace: &str) -> ResourceQuota {
    let mirrored = site.environment.mirrored(site.region).map(|(_, stores)| stores).unwrap_or_default();
    let balancers: u32 = mirrored
        .iter()
        .filter(|store| store.kafka_namespace() == Some(namespace))
        .map(|store| match store.kind() {
            StoreKind::Kafka(kafka) => u32::from(kafka.brokers.replicas) + 1,
            _ => 0,
        })
        .sum();
    let hard = labels([("services.loadbalancers", &balancers.to_string()), ("services.nodeports", "0")]);
    ResourceQuota {
        metadata: in_wave(Wave::Access, metadata(ONE_WAY_IN.to_owned(), Some(namespace), common(site))),
        spec: Some(ResourceQuotaSpec {
            hard: Some(hard.into_iter().map(|(name, amount)| (name, Quantity(amount))).collect()),
            ..ResourceQuotaSpec::default()
        }),
        ..ResourceQuota::default()
    }
}
