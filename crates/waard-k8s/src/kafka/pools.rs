//! Node pools: brokers and controllers, one pool of each in each zone.
//!
//! A disk can't leave its zone, so each node belongs to one; its pool says which, also to Kafka, which then
//! keeps copies of a record in different zones. Numbers of nodes tell the zone: from 0 in zone a, from 100 in zone b.

use std::collections::BTreeMap;

use waard_model::quantity::Bytes;
use waard_model::spec::KafkaSpec;

use super::{Streams, pods};
use crate::cluster::STORAGE_CLASS;
use crate::custom::Custom;
use crate::custom::kafka::{Disk, EnvironmentVariable, JvmOptions, KafkaNodePool, NodePoolTemplate, Storage};

/// The variable that tells a broker its zone. Strimzi's other way is an init container that reads the node's labels
/// and needs a right over all nodes for it.
pub(super) const RACK: &str = "BROKER_ZONE";

/// Which numbers a zone's nodes get: brokers the first ninety, controllers the last ten.
const IDS_OF_A_ZONE: u32 = 100;
const BROKERS_OF_A_ZONE: u32 = 90;

#[derive(Clone, Copy)]
enum Role {
    Broker,
    Controller,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Broker => "broker",
            Self::Controller => "controller",
        }
    }

    const fn nodes(self, kafka: &KafkaSpec) -> u16 {
        match self {
            Self::Broker => kafka.brokers.replicas,
            Self::Controller => kafka.controllers.replicas,
        }
    }
}

/// The pools, controllers first; a zone that gets no node has none.
pub(super) fn pools(streams: Streams<'_>) -> Vec<Custom<KafkaNodePool>> {
    [Role::Controller, Role::Broker].into_iter().flat_map(|role| zones(streams, role)).collect()
}

fn zones(streams: Streams<'_>, role: Role) -> impl Iterator<Item = Custom<KafkaNodePool>> {
    let zones = streams.site.region.zones();
    let count = u16::try_from(zones.len()).unwrap_or(1).max(1);
    let nodes = role.nodes(streams.kafka);
    let most = nodes.div_ceil(count);
    (0_u16..).zip(zones).filter_map(move |(index, zone)| {
        let replicas = nodes / count + u16::from(index < nodes % count);
        (replicas > 0).then(|| pool(streams, role, (zone.as_str(), zone.letter()), replicas, most))
    })
}

fn pool(
    streams: Streams<'_>,
    role: Role,
    (zone, letter): (&str, char),
    replicas: u16,
    most: u16,
) -> Custom<KafkaNodePool> {
    let kafka = streams.kafka;
    let first = (u32::from(letter) - u32::from('a')) * IDS_OF_A_ZONE;
    let (ids, size, resources, jvm) = match role {
        Role::Broker => (
            (first, first + BROKERS_OF_A_ZONE - 1),
            kafka.brokers.storage,
            pods::resources(kafka.brokers.cpu, kafka.brokers.cpu_limit, kafka.brokers.memory),
            jvm(kafka, kafka.heap()),
        ),
        Role::Controller => (
            (first + BROKERS_OF_A_ZONE, first + IDS_OF_A_ZONE - 1),
            kafka.controllers.storage,
            pods::resources(kafka.controllers.cpu, None, kafka.controllers.memory),
            jvm(kafka, kafka.controller_heap()),
        ),
    };
    let mut metadata = Streams::kept(streams.member(format!("{}-{letter}", role.as_str())));
    let numbers = ("strimzi.io/next-node-ids".to_owned(), format!("[{}-{}]", ids.0, ids.1));
    metadata.annotations.get_or_insert_default().extend([numbers]);
    let rack = EnvironmentVariable { name: RACK, value: zone.to_owned() };
    Custom {
        metadata,
        spec: KafkaNodePool {
            replicas,
            roles: vec![role.as_str()],
            storage: Storage { kind: "jbod", volumes: vec![disk(size)] },
            resources,
            jvm_options: jvm,
            template: NodePoolTemplate {
                pod: pods::zonal_pod(streams, zone, role.as_str(), most),
                kafka_container: pods::container(match role {
                    Role::Broker => vec![rack],
                    Role::Controller => Vec::new(),
                }),
            },
        },
    }
}

/// One disk of its own. It outlives the cluster: data is never deleted by deleting a resource.
fn disk(size: Bytes) -> Disk {
    Disk {
        id: 0,
        kind: "persistent-claim",
        size: size.to_string(),
        class: STORAGE_CLASS,
        delete_claim: false,
        kraft_metadata: "shared",
    }
}

/// G1 with the goals of the topology, and a heap whose pages are there before the first record is.
/// Source: Strimzi documentation, `jvmOptions`: options that are given replace all of its own.
fn jvm(kafka: &KafkaSpec, heap: Bytes) -> JvmOptions {
    let on = || "true".to_owned();
    let start_at = kafka.jvm.start_at.millionths() / 10_000;
    pods::heap(
        heap,
        BTreeMap::from([
            ("AlwaysPreTouch", on()),
            ("ExplicitGCInvokesConcurrent", on()),
            ("InitiatingHeapOccupancyPercent", start_at.to_string()),
            ("MaxGCPauseMillis", kafka.jvm.max_pause.as_millis().to_string()),
            ("UseG1GC", on()),
        ]),
    )
}
