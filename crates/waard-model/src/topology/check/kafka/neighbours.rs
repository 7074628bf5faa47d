//! What a Kafka cluster has beside workloads: objects in their namespaces, and files in their pods.

use std::collections::{BTreeMap, BTreeSet};

use super::View;
use crate::path::ModelPath;
use crate::topology::reserved::KAFKA_FILES;
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Region, Store, Workload};

/// What Strimzi calls the objects of a Kafka cluster, behind its name.
/// Source: Strimzi, `KafkaResources`, `KafkaExporterResources`, `KafkaMirrorMaker2Resources`.
const SUFFIXES: [&str; 8] = [
    "-entity-operator",
    "-kafka",
    "-kafka-bootstrap",
    "-kafka-brokers",
    "-kafka-exporter",
    "-kafka-mirror-bootstrap",
    "-mirror-mirrormaker2",
    "-mirror-mirrormaker2-api",
];
/// Objects of single brokers and controllers: the beginning of what stands behind the cluster's name.
const NODES: [&str; 2] = ["-broker-", "-controller-"];

/// Every Kafka cluster of every region beside each workload there.
fn pairs<'v>(view: &'v View<'_>) -> impl Iterator<Item = (&'v Region, &'v Store, &'v Workload)> {
    let regions = view.environments.values().flat_map(|environment| environment.regions().values());
    regions.flat_map(|region| {
        let clusters = region.stores().values().filter(|store| store.kafka().is_some());
        clusters.flat_map(move |store| region.workloads().values().map(move |workload| (region, &**store, &**workload)))
    })
}

/// A namespace holds one Kafka cluster: Strimzi's node pools, topics and users have their names in a namespace, not in a cluster.
pub(crate) fn alone(view: &View<'_>, violations: &mut Violations) {
    let regions = view.environments.values().flat_map(|environment| environment.regions().values());
    let mut found = BTreeSet::new();
    for region in regions {
        let mut namespaces = BTreeMap::new();
        for store in region.stores().values() {
            if let Some(namespace) = store.kafka_namespace()
                && let Some(other) = namespaces.insert(namespace, store.name())
            {
                found.insert((store.name(), other, namespace));
            }
        }
    }
    for (name, other, namespace) in found {
        let path = ModelPath::of(["data", "kafka", name.as_str()]);
        let message = format!("`{namespace}` is the namespace of the Kafka cluster `{other}` too");
        let violation = Violation::new(path.clone(), message, "give one of them a `namespace` of its own").about_key();
        violations.push(violation.with(ModelPath::of(["data", "kafka", other.as_str()]), "the other one"));
    }
}

/// No workload has objects with the names of those that Strimzi makes, and names of Kafka users fit.
/// Source: Strimzi documentation, `KafkaUser`: the name is the common name of a certificate, of at most 64 characters;
/// as a label it has at most 63.
pub(crate) fn objects(view: &View<'_>, violations: &mut Violations) {
    let (mut clashes, mut long) = (BTreeSet::new(), BTreeSet::new());
    for (_, store, workload) in pairs(view) {
        let (kafka, name) = (store.name().as_str(), workload.name().as_str());
        let behind = name.strip_prefix(kafka).unwrap_or_default();
        let same = SUFFIXES.contains(&behind) || NODES.iter().any(|node| behind.starts_with(node));
        if same && store.kafka_namespace() == Some(workload.namespace().as_str()) {
            clashes.insert((kafka, name));
        }
        let user = format!("{}-{name}.{kafka}", view.spec.platform);
        if workload.uses().contains(store.name()) && user.len() > 63 {
            long.insert((kafka, name, user));
        }
    }
    for (kafka, name) in clashes {
        let path = ModelPath::of(["workloads", name]);
        let message = format!("`{name}` is what a part of the Kafka cluster `{kafka}` is called in the same namespace");
        let violation =
            Violation::new(path, message, "give the workload or the Kafka cluster another name, or another namespace");
        violations.push(violation.about_key().with(ModelPath::of(["data", "kafka", kafka]), "the Kafka cluster"));
    }
    for (kafka, name, user) in long {
        let path = ModelPath::of(["workloads", name]);
        let message = format!("the Kafka user would be called `{user}`: {} characters", user.len());
        let violation =
            Violation::new(path, message, "at most 63 are allowed; shorten the names that it is made of").about_key();
        violations
            .push(violation.judged_by(ModelPath::of(["platform"])).judged_by(ModelPath::of(["data", "kafka", kafka])));
    }
}

/// Nothing else is mounted where a workload finds its credentials for Kafka.
pub(crate) fn mounts(view: &View<'_>, violations: &mut Violations) {
    let mut found = BTreeSet::new();
    for (_, store, workload) in pairs(view).filter(|(_, store, workload)| workload.uses().contains(store.name())) {
        let own = format!("{KAFKA_FILES}/{}", store.name());
        let inside = |path: &str| path == own || path.strip_prefix(&own).is_some_and(|rest| rest.starts_with('/'));
        let spec = workload.spec();
        let volumes = spec.volumes.iter().map(|(name, volume)| {
            (workload.path().key("volumes").key(name.as_str()).key("mount"), volume.mount.as_str())
        });
        let files = spec
            .secret_files
            .keys()
            .map(|file| (workload.path().key("secret_files").key(file.as_str()), file.as_str()));
        found.extend(volumes.chain(files).filter(|(_, path)| inside(path)).map(|(at, _)| (at, own.clone())));
    }
    for (at, own) in found {
        let message = format!("`{own}` is where its credentials for Kafka are mounted");
        violations.add(at, message, "choose another path");
    }
}
