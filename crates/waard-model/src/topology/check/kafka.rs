//! Kafka clusters.

mod neighbours;

pub(super) use neighbours::{alone, mounts, objects};

use std::collections::BTreeMap;

use super::View;
use crate::name::StoreName;
use crate::path::ModelPath;
use crate::quantity::{Bytes, Duration, Percent};
use crate::source::shape::nearest;
use crate::spec::{CleanupPolicy, KafkaSpec};
use crate::topology::violation::{Violation, Violations};
use crate::topology::{MIRROR_LISTENER, STRIMZI_PORTS};

/// Kafka clusters that can lose a broker.
/// Source: Apache Kafka documentation, `min.insync.replicas`; Strimzi documentation, `GenericKafkaListener.port`.
pub(super) fn clusters(view: &View<'_>, violations: &mut Violations) {
    for (name, kafka) in &view.spec.data.kafka {
        let path = ModelPath::of(["data", "kafka", name.as_str()]);
        let brokers = kafka.brokers.replicas;
        if brokers == 0 {
            violations.add(
                path.key("brokers").key("replicas"),
                "a Kafka cluster has at least one broker",
                "three are usual, one per zone",
            );
        }
        if brokers > 0 && (kafka.replication == 0 || kafka.replication > brokers) {
            violations.push(
                Violation::new(
                    path.key("replication"),
                    format!("{brokers} brokers can't hold {} copies", kafka.replication),
                    "1 to the number of brokers",
                )
                .judged_by(path.key("brokers")),
            );
        }
        if kafka.min_insync == 0
            || kafka.min_insync > kafka.replication
            || (kafka.min_insync == kafka.replication && kafka.replication > 1)
        {
            let message = if kafka.min_insync == 0 {
                "a record that is written to no broker is lost".to_owned()
            } else if kafka.min_insync > kafka.replication {
                format!("a record has {} of the {} copies that must be written", kafka.replication, kafka.min_insync)
            } else {
                format!(
                    "with {} of {} copies needed, the loss of one broker stops writing",
                    kafka.min_insync, kafka.replication
                )
            };
            violations.push(
                Violation::new(path.key("min_insync"), message, "at least 1, and less than `replication`, or both 1")
                    .judged_by(path.key("replication")),
            );
        }
        let controllers = kafka.controllers.replicas;
        if controllers.is_multiple_of(2) || controllers > 9 {
            violations.add(
                path.key("controllers").key("replicas"),
                format!("{controllers} controllers have no majority to win by"),
                "an odd number: 3, or 5 for large clusters",
            );
        }
        for (key, what, memory) in
            [("brokers", "broker", kafka.brokers.memory), ("controllers", "controller", kafka.controllers.memory)]
        {
            if memory < Bytes::gibibytes(1) {
                violations.add(
                    path.key(key).key("memory"),
                    format!("{memory} are too little for a {what}"),
                    "1Gi at least",
                );
            }
        }
        if let Some(heap) = kafka.brokers.heap
            && heap.get() * 4 > kafka.brokers.memory.get() * 3
        {
            let message =
                format!("{heap} of heap leave less than a quarter of {} for everything else", kafka.brokers.memory);
            violations.push(
                Violation::new(
                    path.key("brokers").key("heap"),
                    message,
                    "at most three quarters of `memory`; Kafka reads through the page cache",
                )
                .judged_by(path.key("brokers").key("memory")),
            );
        }
        listeners(kafka, &path, violations);
        topics(kafka, &path, violations);
        for (user, rights) in &kafka.users {
            let at = path.key("users").key(user.as_str());
            if !view.spec.workloads.contains_key(user) {
                let known: Vec<&str> = view.spec.workloads.keys().map(crate::name::WorkloadName::as_str).collect();
                let help = nearest(user.as_str(), &known)
                    .map_or_else(|| "a Kafka user is a workload".to_owned(), |name| format!("did you mean `{name}`?"));
                violations.push(
                    Violation::new(at.clone(), format!("there is no workload `{user}`"), help)
                        .about_key()
                        .not_among(ModelPath::of(["workloads"])),
                );
            } else if !uses(view, user, name) {
                let workload = ModelPath::of(["workloads", user.as_str()]);
                let violation = Violation::new(
                    at.clone(),
                    format!("`{user}` doesn't use `{name}`"),
                    format!("add `{name}` to its `uses`, or leave the user out"),
                )
                .about_key();
                violations.push(violation.judged_by(workload.key("uses")).judged_by(workload.key("like")));
            }
            for (key, topics) in [("reads", &rights.reads), ("writes", &rights.writes)] {
                for (index, topic) in topics.iter().enumerate().filter(|(_, topic)| !kafka.topics.contains_key(*topic))
                {
                    let known: Vec<&str> = kafka.topics.keys().map(crate::name::TopicName::as_str).collect();
                    let help = nearest(topic.as_str(), &known).map_or_else(
                        || "name one of its `topics`".to_owned(),
                        |name| format!("did you mean `{name}`?"),
                    );
                    violations.push(
                        Violation::new(at.key(key).index(index), format!("`{name}` has no topic `{topic}`"), help)
                            .not_among(path.key("topics")),
                    );
                }
            }
        }
    }
}

/// Listeners that Strimzi makes, each with a port of its own.
fn listeners(kafka: &KafkaSpec, path: &ModelPath, violations: &mut Violations) {
    if kafka.listeners.is_empty() {
        violations.add(
            path.key("listeners"),
            "nobody can connect without a listener",
            "add one, such as `tls: { port: 9093 }`",
        );
    }
    let mut ports = BTreeMap::new();
    for (listener, spec) in &kafka.listeners {
        let at = path.key("listeners").key(listener.as_str()).key("port");
        if spec.port < 9092 || STRIMZI_PORTS.contains(&spec.port) {
            violations.add(
                at.clone(),
                format!("a listener can't have the port {}", spec.port),
                "9092 or above, but not 9404 or 9999, which Strimzi uses itself",
            );
        }
        if let Some(other) = ports.insert(spec.port, listener) {
            let message = format!("the listener `{other}` has the port {} too", spec.port);
            violations.push(
                Violation::new(at, message, "give each one of its own")
                    .with(path.key("listeners").key(other.as_str()).key("port"), "here"),
            );
        }
        if listener.as_str().len() > 11
            || !listener.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        {
            violations.add(
                path.key("listeners").key(listener.as_str()),
                format!("`{listener}` can't be the name of a listener"),
                "1 to 11 lower-case letters and digits",
            );
        }
        if listener.as_str() == MIRROR_LISTENER {
            violations.push(
                Violation::new(
                    path.key("listeners").key(listener.as_str()),
                    format!("`{listener}` is the listener that a standby region copies from"),
                    "give it another name",
                )
                .about_key(),
            );
        }
    }
}

/// Settings that Kafka starts with.
/// Source: Apache Kafka documentation, `log.segment.bytes`; OpenJDK, `InitiatingHeapOccupancyPercent`.
pub(super) fn settings(view: &View<'_>, violations: &mut Violations) {
    for (name, kafka) in &view.spec.data.kafka {
        let path = ModelPath::of(["data", "kafka", name.as_str()]);
        if kafka.brokers.cpu_limit.is_some_and(|limit| limit < kafka.brokers.cpu) {
            let message = format!("it is less than the {} that are requested", kafka.brokers.cpu);
            let violation =
                Violation::new(path.key("brokers").key("cpu_limit"), message, "at least as much, or leave it out");
            violations.push(violation.judged_by(path.key("brokers").key("cpu")));
        }
        if !(Percent::whole(5)..=Percent::whole(90)).contains(&kafka.jvm.start_at) {
            let message = format!("collecting garbage from {} of the heap on is not possible", kafka.jvm.start_at);
            violations.add(path.key("jvm").key("start_at"), message, "5% to 90%, 35% to 45% is usual");
        }
        if kafka.segment_size < Bytes::mebibytes(1) || kafka.segment_size > Bytes::gibibytes(1) {
            let message = format!("Kafka can't write segments of {}", kafka.segment_size);
            violations.add(path.key("segment_size"), message, "1Mi to 1Gi");
        }
        if kafka.retention < Duration::seconds(60) {
            let message = format!("records would be gone after {}", kafka.retention);
            violations.add(path.key("retention"), message, "at least 1m, days are usual");
        }
    }
}

fn uses(view: &View<'_>, workload: &crate::name::WorkloadName, store: &StoreName) -> bool {
    view.environments
        .values()
        .flat_map(|e| e.regions().values())
        .any(|region| region.workloads().get(workload).is_some_and(|w| w.uses().contains(store)))
}

fn topics(kafka: &KafkaSpec, path: &ModelPath, violations: &mut Violations) {
    for (topic, spec) in &kafka.topics {
        let at = path.key("topics").key(topic.as_str());
        if topic.as_str().split('.').any(|part| part.is_empty() || part.starts_with('-') || part.ends_with('-')) {
            violations.push(
                Violation::new(
                    at.clone(),
                    format!("`{topic}` can't be the name of a Kubernetes object"),
                    "a letter or a digit on both sides of each `.`",
                )
                .about_key(),
            );
        }
        if spec.partitions == 0 || spec.partitions > 4000 {
            violations.add(
                at.key("partitions"),
                format!("a topic with {} partitions is not possible", spec.partitions),
                "1 to 4,000",
            );
        }
        let copies = spec.replication.unwrap_or(kafka.replication);
        if copies == 0 || copies > kafka.brokers.replicas {
            if spec.replication.is_some() && kafka.brokers.replicas > 0 {
                violations.push(
                    Violation::new(
                        at.key("replication"),
                        format!("{} brokers can't hold {copies} copies", kafka.brokers.replicas),
                        "1 to the number of brokers",
                    )
                    .judged_by(path.key("brokers")),
                );
            }
        } else if copies < kafka.min_insync && spec.replication.is_some() {
            violations.push(
                Violation::new(
                    at.key("replication"),
                    format!("a record has {copies} of the {} copies that must be written", kafka.min_insync),
                    "at least `min_insync`",
                )
                .judged_by(path.key("min_insync")),
            );
        }
        if spec.cleanup == CleanupPolicy::Delete && spec.segment > spec.retention {
            let message = format!(
                "records are to be kept for {}, but a segment takes {} until it can be deleted",
                spec.retention, spec.segment
            );
            violations.push(
                Violation::new(
                    at.key("segment"),
                    message,
                    "Kafka deletes whole segments: set `segment`, not longer than `retention`",
                )
                .judged_by(at.key("retention")),
            );
        }
    }
}

/// Brokers' disks hold what is written to their topics, with a fifth to spare.
///
/// Bytes of a broker = sum over topics of rate × (retention + one segment) × copies / brokers.
pub(super) fn disks(view: &View<'_>, violations: &mut Violations) {
    for environment in view.environments.values() {
        let stores: BTreeMap<_, _> =
            environment.regions().values().flat_map(super::super::region::Region::stores).collect();
        for store in stores.values() {
            let Some(kafka) = store.kafka() else {
                continue;
            };
            let brokers = u128::from(kafka.brokers.replicas.max(1));
            let written: u128 =
                kafka.topics.values().filter_map(|topic| kafka.kept(topic)).map(|bytes| bytes / brokers).sum();
            let disk = u128::from(kafka.brokers.storage.get());
            if written * 5 > disk * 4 {
                let gibibytes = written.div_ceil(1 << 30);
                let message = format!(
                    "in `{}` each broker of `{}` has to keep {gibibytes}Gi, a disk of {} filled to 80 % holds less",
                    environment.name(),
                    store.name(),
                    kafka.brokers.storage
                );
                let sized = view
                    .spec
                    .environments
                    .get(environment.name())
                    .and_then(|e| e.data.get(store.name()))
                    .is_some_and(|size| size.storage.is_some());
                let path = if sized {
                    environment.path().key("data").key(store.name().as_str()).key("storage")
                } else {
                    store.path().key("brokers").key("storage")
                };
                violations.push(
                    Violation::new(path, message, "larger disks, more brokers, or shorter retention")
                        .with(
                            store.path().key("topics"),
                            "rate × (retention + segment) × copies ÷ brokers of each topic",
                        )
                        .judged_by(store.path().key("topics"))
                        .judged_by(store.path().key("brokers")),
                );
            }
        }
    }
}
