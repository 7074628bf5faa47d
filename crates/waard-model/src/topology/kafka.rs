//! What follows from the keys of a Kafka cluster, where checks, manifests and Terraform must agree.

use super::{Duty, Environment, Region, Store, StoreKind, Workload};
use crate::name::{PortName, TopicName};
use crate::quantity::{Bytes, Duration};
use crate::spec::{KafkaSpec, ListenerAuthentication, ListenerSpec, StandbyCopy, TopicSpec};

/// Ports that Strimzi uses in the pods of a cluster: agent, control plane, replication, metrics, JMX.
pub const STRIMZI_PORTS: [u16; 5] = [8443, 9090, 9091, 9404, 9999];
/// The listener that a standby region copies from. No listener of a topology may have this name.
pub const MIRROR_LISTENER: &str = "mirror";
/// The port of that listener, unless another one has it.
const MIRROR_PORT: u16 = 9094;
/// The most heap that Kafka has use for; what is left caches pages.
/// Source: Strimzi documentation, `jvmOptions`: heaps of more than a few gigabytes don't help, page cache does.
const MOST_HEAP: Bytes = Bytes::gibibytes(6);

impl KafkaSpec {
    /// The heap of a broker: as it is said, else half of the memory, at most 6 GiB.
    pub fn heap(&self) -> Bytes {
        self.brokers.heap.unwrap_or_else(|| half(self.brokers.memory))
    }

    /// The heap of a controller: half of its memory.
    pub fn controller_heap(&self) -> Bytes {
        half(self.controllers.memory)
    }

    /// The listener that workloads use: the first one with client certificates, else the first one.
    pub fn client_listener(&self) -> Option<(&PortName, &ListenerSpec)> {
        let certificates = |(_, spec): &(&PortName, &ListenerSpec)| spec.authentication == ListenerAuthentication::Mtls;
        self.listeners.iter().find(certificates).or_else(|| self.listeners.iter().next())
    }

    /// The port of the listener that a standby region copies from: the first from 9094 on that is free.
    pub fn mirror_port(&self) -> u16 {
        let taken =
            |port: &u16| STRIMZI_PORTS.contains(port) || self.listeners.values().any(|listener| listener.port == *port);
        (MIRROR_PORT..u16::MAX).find(|port| !taken(port)).unwrap_or(MIRROR_PORT)
    }

    /// Bytes that all copies of a topic's records take together, where its rate is said:
    /// rate × (retention + one segment) × copies.
    pub fn kept(&self, topic: &TopicSpec) -> Option<u128> {
        let rate = u128::from(topic.rate?.bytes_per_second());
        let kept = u128::from(topic.retention.plus(topic.segment).as_secs());
        Some(rate.saturating_mul(kept).saturating_mul(self.copies(topic).into()))
    }

    /// Copies of each record of a topic.
    pub fn copies(&self, topic: &TopicSpec) -> u16 {
        topic.replication.unwrap_or(self.replication)
    }

    /// The topics that a workload reads and those that it writes: what is said of it, else all of them.
    pub fn rights_of(&self, workload: &Workload) -> (Vec<&TopicName>, Vec<&TopicName>) {
        self.users.get(workload.name()).map_or_else(
            || (self.topics.keys().collect(), self.topics.keys().collect()),
            |rights| (sorted(&rights.reads), sorted(&rights.writes)),
        )
    }
}

fn half(memory: Bytes) -> Bytes {
    let mebibytes = u32::try_from((memory.get() >> 21).max(1)).unwrap_or(u32::MAX);
    Bytes::mebibytes(mebibytes).min(MOST_HEAP)
}

fn sorted(topics: &[TopicName]) -> Vec<&TopicName> {
    let mut all: Vec<&TopicName> = topics.iter().collect();
    all.sort();
    all.dedup();
    all
}

impl Store {
    /// What it is, if it is a Kafka cluster.
    pub const fn kafka(&self) -> Option<&KafkaSpec> {
        match &self.kind {
            StoreKind::Kafka(kafka) => Some(kafka),
            _ => None,
        }
    }

    /// True if it is a Kafka cluster whose records are copied to a standby region all the time. One without topics has none.
    fn is_mirrored(&self) -> bool {
        self.kafka().is_some_and(|kafka| kafka.standby == StandbyCopy::Replica && !kafka.topics.is_empty())
    }
}

/// Two regions of which one copies a Kafka cluster from the other.
#[derive(Clone, Copy, Debug)]
pub struct Mirror<'e> {
    /// Where records are written.
    pub primary: &'e Region,
    /// Where they are copied to.
    pub standby: &'e Region,
    /// Most data, as time, that may be lost.
    pub rpo: Duration,
}

impl Environment {
    /// The copy of a Kafka cluster that a region takes part in, as the one that is copied or the one that copies.
    pub fn mirror_of(&self, region: &Region, store: &Store) -> Option<Mirror<'_>> {
        let (primary, standby) = match region.duty() {
            Duty::Primary { .. } => (self.regions().get(region.name())?, self.standby_of(region.name())?),
            Duty::Standby { protects, .. } => (self.regions().get(protects)?, self.regions().get(region.name())?),
        };
        let Duty::Standby { rpo, .. } = standby.duty() else {
            return None;
        };
        let both = [primary, standby].iter().all(|each| each.stores().contains_key(store.name()));
        (both && store.is_mirrored()).then_some(Mirror { primary, standby, rpo: *rpo })
    }

    /// The host of a Kafka cluster's load balancer for its standby region, inside of the connected networks.
    /// With `broker`, that of one broker; Strimzi puts the number in the place of `{nodeId}`.
    pub fn mirror_host(&self, store: &Store, primary: &Region, broker: Option<&str>) -> String {
        let broker = broker.map(|id| format!("-{id}")).unwrap_or_default();
        format!("kafka-{}{broker}.{}", store.name(), self.origin_host(primary))
    }
}
