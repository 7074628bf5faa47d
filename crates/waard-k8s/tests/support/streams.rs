//! What must hold of Kafka clusters, judged from the emitted files and the topology, with nothing of the crate itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use waard_model::Topology;
use waard_model::spec::{CleanupPolicy, KafkaSpec, ListenerAuthentication, StandbyCopy};
use waard_model::topology::{Duty, Environment, Region, Store, Workload};

use super::{Document, bytes, containers, items, security, strings};

/// A Kafka cluster of a region beside the objects there.
struct Case<'c> {
    topology: &'c Topology,
    environment: &'c Environment,
    region: &'c Region,
    store: &'c Store,
    kafka: &'c KafkaSpec,
    namespace: &'c str,
    /// The name of the cluster.
    name: String,
    here: Vec<&'c Document>,
    all: &'c [Document],
}

type Report<'r> = &'r mut dyn FnMut(&str, String);

/// Everything that is wrong with the Kafka clusters, in words.
pub(crate) fn faults(topology: &Topology, documents: &[Document]) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, region) in topology.regions() {
        let here = of_region(environment, region, documents);
        for document in &here {
            if document.value["apiVersion"].as_str().unwrap().starts_with("kafka.strimzi.io/")
                && document.value["apiVersion"] != "kafka.strimzi.io/v1"
            {
                found.push(format!("{}: no Strimzi serves its version", document.name()));
            }
        }
        let expected = region.stores().values().filter(|store| store.kafka().is_some()).count();
        let clusters = here.iter().filter(|document| document.kind() == "Kafka").count();
        if clusters != expected {
            found.push(format!("{}: {clusters} Kafka clusters instead of {expected}", region.cluster().name()));
            continue;
        }
        for store in region.stores().values() {
            let Some(kafka) = store.kafka() else { continue };
            let case = Case {
                topology,
                environment,
                region,
                store,
                kafka,
                namespace: store.kafka_namespace().unwrap(),
                name: format!("{}-{}", topology.platform(), store.name()),
                here: here.clone(),
                all: documents,
            };
            let mut report = |object: &str, fault: String| {
                found.push(format!("{}: {}: {object}: {fault}", region.cluster().name(), store.name()));
            };
            case.pools(&mut report);
            case.cluster(&mut report);
            case.topics(&mut report);
            case.users(&mut report);
            case.clients(&mut report);
            case.mirror(&mut report);
            case.monitors(&mut report);
        }
    }
    found
}

pub(crate) fn of_region<'d>(
    environment: &Environment,
    region: &Region,
    documents: &'d [Document],
) -> Vec<&'d Document> {
    let folder = format!("{}/{}", environment.name(), region.cluster().name());
    documents.iter().filter(|document| document.cluster() == folder).collect()
}

/// The labels that Strimzi puts on the pods of a node pool.
pub(crate) fn node_labels(cluster: &str, role: &str) -> Value {
    json!({
        "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
        "strimzi.io/cluster": cluster,
        "strimzi.io/kind": "Kafka",
        "strimzi.io/name": format!("{cluster}-kafka"),
        "strimzi.io/broker-role": (role == "broker").to_string(),
        "strimzi.io/controller-role": (role == "controller").to_string(),
    })
}

impl Case<'_> {
    fn object(&self, kind: &str, name: &str) -> Option<&Document> {
        let fits = |d: &&&Document| d.kind() == kind && d.namespace() == self.namespace && d.name() == name;
        self.here.iter().find(fits).copied()
    }

    /// Objects of a kind that Strimzi counts to this cluster.
    fn members<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Document> {
        let own = move |d: &&&Document| {
            d.kind() == kind
                && d.namespace() == self.namespace
                && d.value["metadata"]["labels"]["strimzi.io/cluster"] == self.name.as_str()
        };
        self.here.iter().filter(own).copied()
    }

    fn uses(&self) -> impl Iterator<Item = &Workload> {
        let workloads = self.region.workloads().values().map(|workload| &**workload);
        workloads.filter(|workload| workload.uses().contains(self.store.name()))
    }

    /// The secrets that Strimzi or External Secrets make in a namespace, with their keys.
    fn secrets(&self, namespace: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for document in self.here.iter().filter(|d| d.namespace() == namespace) {
            let spec = &document.value["spec"];
            let (name, keys): (&str, Vec<&str>) = match document.kind() {
                "Kafka" => {
                    found
                        .entry(format!("{}-cluster-ca-cert", document.name()))
                        .or_default()
                        .insert("ca.crt".to_owned());
                    continue;
                }
                "KafkaUser" if spec["authentication"]["type"] == "tls" => {
                    (document.name(), vec!["user.crt", "user.key"])
                }
                "KafkaUser" => (document.name(), vec!["password"]),
                "ExternalSecret" => (
                    spec["target"]["name"].as_str().unwrap(),
                    items(&spec["data"]).map(|entry| entry["secretKey"].as_str().unwrap()).collect(),
                ),
                _ => continue,
            };
            found.entry(name.to_owned()).or_default().extend(keys.into_iter().map(str::to_owned));
        }
        found
    }

    fn needs_secret(&self, namespace: &str, name: &Value, keys: &[&str], object: &str, report: Report<'_>) {
        let name = name.as_str().unwrap();
        match self.secrets(namespace).get(name) {
            None => report(object, format!("nothing makes the secret {name}")),
            Some(known) => {
                for key in keys.iter().filter(|key| !known.contains(**key)) {
                    report(object, format!("the secret {name} has no {key}"));
                }
            }
        }
    }

    /// A pod as Strimzi makes it from a template passes the restricted level and stops in time.
    fn pod(&self, object: &str, template: &Value, names: &[&str], report: Report<'_>) {
        let pod = &template["pod"];
        let all: Vec<Value> = names
            .iter()
            .map(|name| json!({ "name": name, "securityContext": template[*name]["securityContext"] }))
            .collect();
        let whole = json!({ "securityContext": pod["securityContext"], "containers": all });
        for refusal in security::refusals(&whole, self.region.cluster().version().number()) {
            report(object, refusal);
        }
        for container in containers(&whole) {
            if container["securityContext"]["readOnlyRootFilesystem"] != true {
                report(object, "a root file system can be written".to_owned());
            }
        }
        let outside = pod["metadata"]["labels"]["sidecar.istio.io/inject"] == "false";
        if outside != self.topology.spec().mesh.is_some() {
            report(object, "the mesh's proxy is put before it".to_owned());
        }
        let class = pod["priorityClassName"].as_str().unwrap();
        if !self.here.iter().any(|d| d.kind() == "PriorityClass" && d.name() == class) {
            report(object, format!("there is no priority class {class}"));
        }
        if pod["terminationGracePeriodSeconds"].as_u64().unwrap() < 60 {
            report(object, "it has too little time to stop".to_owned());
        }
    }

    fn sizes(&self, object: &str, resources: &Value, jvm: Option<&Value>, report: Report<'_>) {
        let memory = &resources["requests"]["memory"];
        if memory.is_null() || resources["requests"]["cpu"].is_null() || resources["limits"]["memory"] != *memory {
            report(object, "memory is not limited to what is requested".to_owned());
            return;
        }
        if let Some(jvm) = jvm {
            let heap = jvm["-Xmx"].as_str().unwrap().strip_suffix('m').unwrap().parse::<u64>().unwrap() << 20;
            if jvm["-Xms"] != jvm["-Xmx"] || heap == 0 || heap * 4 > bytes(memory) * 3 {
                report(object, format!("a heap of {} in {memory}", jvm["-Xmx"]));
            }
        }
    }

    fn pools(&self, report: Report<'_>) {
        let mut ids = BTreeSet::new();
        for (role, wanted) in [("broker", self.kafka.brokers.replicas), ("controller", self.kafka.controllers.replicas)]
        {
            let mut zones = BTreeSet::new();
            let mut counts = Vec::new();
            for pool in self.members("KafkaNodePool").filter(|pool| pool.value["spec"]["roles"] == json!([role])) {
                let spec = &pool.value["spec"];
                let object = pool.name();
                counts.push(spec["replicas"].as_u64().unwrap());
                self.pod(object, &spec["template"], &["kafkaContainer"], report);
                self.sizes(object, &spec["resources"], Some(&spec["jvmOptions"]), report);
                let pod = &spec["template"]["pod"];
                zones.extend(self.zone(object, pod, role, spec["replicas"].as_u64().unwrap(), report));
                let rack = items(&spec["template"]["kafkaContainer"]["env"]).map(|env| &env["value"]).next();
                if role == "broker" && rack.and_then(Value::as_str) != zones.last().map(|_| zone_of(pod)) {
                    report(object, "it doesn't tell Kafka its zone".to_owned());
                }
                let options = &spec["jvmOptions"]["-XX"];
                if options["UseG1GC"] != "true"
                    || options["MaxGCPauseMillis"] != self.kafka.jvm.max_pause.as_millis().to_string()
                {
                    report(object, "garbage isn't collected as the topology says".to_owned());
                }
                for disk in items(&spec["storage"]["volumes"]) {
                    let class = disk["class"].as_str().unwrap_or_default();
                    if !self.here.iter().any(|d| d.kind() == "StorageClass" && d.name() == class) {
                        report(object, format!("there is no storage class {class}"));
                    }
                    let size =
                        if role == "broker" { self.kafka.brokers.storage } else { self.kafka.controllers.storage };
                    if disk["deleteClaim"] != false || bytes(&disk["size"]) != size.get() {
                        report(object, "its disk is another one".to_owned());
                    }
                }
                let range = pool.value["metadata"]["annotations"]["strimzi.io/next-node-ids"].as_str().unwrap();
                let (first, last) = range.trim_matches(['[', ']']).split_once('-').unwrap();
                for id in first.parse::<u32>().unwrap()..=last.parse().unwrap() {
                    if !ids.insert(id) {
                        report(object, format!("another node has the number {id} too"));
                        break;
                    }
                }
            }
            if counts.iter().sum::<u64>() != u64::from(wanted) {
                report(role, format!("there are {counts:?} instead of {wanted}"));
            }
            if counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0) > 1 {
                report(role, format!("zones have {counts:?}"));
            }
            if zones.len() != usize::from(wanted).min(self.region.zones().len()) || zones.len() != counts.len() {
                report(role, format!("they are in {zones:?}"));
            }
        }
        if self.kafka.controllers.replicas.is_multiple_of(2) {
            report("controller", "there is no majority".to_owned());
        }
        for document in
            self.members("KafkaNodePool").chain(self.members("KafkaTopic")).chain(self.object("Kafka", &self.name))
        {
            let options = &document.value["metadata"]["annotations"]["argocd.argoproj.io/sync-options"];
            if *options != "Delete=confirm,Prune=confirm" {
                report(document.name(), "its records are deleted without asking".to_owned());
            }
        }
        let members = self.members("KafkaNodePool").count();
        let pools = self.here.iter().filter(|d| d.kind() == "KafkaNodePool" && d.namespace() == self.namespace).count();
        if members != pools {
            report("KafkaNodePool", "a pool belongs to no cluster".to_owned());
        }
    }

    /// The zone that a pool is in. Its pods go to nodes that are for them, and brokers not to the same one.
    fn zone(&self, object: &str, pod: &Value, role: &str, replicas: u64, report: Report<'_>) -> Option<String> {
        let placement = self.region.placement(self.store.name().as_str());
        let nodes = &pod["affinity"]["nodeAffinity"];
        let required = &nodes["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"][0];
        let groups: Option<BTreeSet<&str>> = items(&required["matchExpressions"])
            .find(|expression| expression["key"] == "workload-type")
            .map(|expression| strings(&expression["values"]).collect());
        let wanted: BTreeSet<&str> = placement.groups().iter().map(|group| group.name().as_str()).collect();
        if groups != placement.is_dedicated().then_some(wanted) {
            report(object, "it goes to the wrong node groups".to_owned());
        }
        for taint in placement.taints() {
            let tolerated = items(&pod["tolerations"])
                .any(|t| t["key"] == taint.key().as_str() && t["value"] == taint.value().as_str());
            if !tolerated {
                report(object, format!("it doesn't tolerate {taint}"));
            }
        }
        let apart = &pod["affinity"]["podAntiAffinity"];
        let strict = &apart["requiredDuringSchedulingIgnoredDuringExecution"][0];
        let wish = &apart["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"];
        let term = if strict.is_null() { wish } else { strict };
        let labels = node_labels(&self.name, role);
        let none = serde_json::Map::new();
        let selected = term["labelSelector"]["matchLabels"].as_object().unwrap_or(&none);
        if term["topologyKey"] != "kubernetes.io/hostname"
            || selected.len() < 2
            || selected.iter().any(|(key, value)| labels[key] != *value)
        {
            report(object, "its nodes may share one of Kubernetes".to_owned());
        }
        // Where each zone has nodes enough of its own, the pods wait for them rather than share one.
        let each: u64 = placement
            .groups()
            .iter()
            .filter(|group| group.zones() == waard_model::spec::ZoneLayout::Each)
            .map(|group| u64::from(group.scaling().max()))
            .sum();
        let most =
            u64::from(if role == "broker" { self.kafka.brokers.replicas } else { self.kafka.controllers.replicas })
                .div_ceil(self.region.zones().len() as u64);
        if each >= most.max(replicas) && strict.is_null() {
            report(object, "its nodes may share one of Kubernetes".to_owned());
        }
        let zone = zone_of(pod);
        self.region.zones().iter().any(|known| known.as_str() == zone).then(|| zone.to_owned())
    }

    fn cluster(&self, report: Report<'_>) {
        let Some(cluster) = self.object("Kafka", &self.name) else {
            report(&self.name, "there is no such cluster".to_owned());
            return;
        };
        let spec = &cluster.value["spec"];
        let kafka = &spec["kafka"];
        let config = &kafka["config"];
        let object = self.name.as_str();
        if kafka["version"] != self.kafka.version.as_str()
            || !self.kafka.version.as_str().starts_with(kafka["metadataVersion"].as_str().unwrap())
        {
            report(object, "another version".to_owned());
        }
        for (key, value) in [
            ("auto.create.topics.enable", json!(false)),
            ("default.replication.factor", json!(self.kafka.replication)),
            ("log.retention.ms", json!(self.kafka.retention.as_millis())),
            ("log.segment.bytes", json!(self.kafka.segment_size.get())),
            ("min.insync.replicas", json!(self.kafka.min_insync)),
            ("offsets.topic.replication.factor", json!(self.kafka.replication)),
            ("transaction.state.log.min.isr", json!(self.kafka.min_insync)),
            ("transaction.state.log.replication.factor", json!(self.kafka.replication)),
            ("unclean.leader.election.enable", json!(false)),
        ] {
            if config[key] != value {
                report(object, format!("{key} is {}", config[key]));
            }
        }
        for key in config.as_object().unwrap().keys() {
            if key.starts_with("inter.broker.") || key.starts_with("zookeeper") || key.starts_with("log.message.format")
            {
                report(object, format!("Kafka 4 has no {key}"));
            }
        }
        if kafka["authorization"]["type"] != "simple" || kafka["rack"]["envVarName"].is_null() {
            report(object, "no authorization or no rack".to_owned());
        }
        for listener in items(&kafka["listeners"]) {
            if listener["tls"] != true || listener["authentication"]["type"].is_null() {
                report(object, format!("the listener {} is open", listener["name"]));
            }
        }
        for (name, listener) in &self.kafka.listeners {
            let kind = match listener.authentication {
                ListenerAuthentication::Mtls => "tls",
                ListenerAuthentication::Scram => "scram-sha-512",
            };
            let found = items(&kafka["listeners"]).any(|l| {
                l["name"] == name.as_str() && l["port"] == listener.port && l["authentication"]["type"] == kind
            });
            if !found {
                report(object, format!("there is no listener {name}"));
            }
        }
        let ports: BTreeSet<u64> = items(&kafka["listeners"]).map(|l| l["port"].as_u64().unwrap()).collect();
        if ports.len() != items(&kafka["listeners"]).count() {
            report(object, "two listeners have one port".to_owned());
        }
        if kafka["template"]["podDisruptionBudget"]["maxUnavailable"] != 1 {
            report(object, "its budget is another one".to_owned());
        }
        let operator = &spec["entityOperator"];
        for part in ["topicOperator", "userOperator"] {
            self.sizes(part, &operator[part]["resources"], Some(&operator[part]["jvmOptions"]), report);
        }
        self.pod("entityOperator", &operator["template"], &["topicOperatorContainer", "userOperatorContainer"], report);
        self.sizes("kafkaExporter", &spec["kafkaExporter"]["resources"], None, report);
        self.pod("kafkaExporter", &spec["kafkaExporter"]["template"], &["container"], report);
    }

    fn topics(&self, report: Report<'_>) {
        let topics: BTreeMap<&str, &Document> =
            self.members("KafkaTopic").map(|d| (d.value["spec"]["topicName"].as_str().unwrap(), d)).collect();
        if topics.keys().copied().ne(self.kafka.topics.keys().map(waard_model::name::TopicName::as_str)) {
            report("KafkaTopic", format!("the topics are {:?}", topics.keys()));
            return;
        }
        let mut kept = 0_u128;
        let mut capped = true;
        for (name, topic) in &self.kafka.topics {
            let document = topics[name.as_str()];
            let (spec, config) = (&document.value["spec"], &document.value["spec"]["config"]);
            let copies = topic.replication.unwrap_or(self.kafka.replication);
            if spec["partitions"] != topic.partitions
                || spec["replicas"] != copies
                || copies > self.kafka.brokers.replicas
            {
                report(name.as_str(), "partitions or copies are others".to_owned());
            }
            let insync = config["min.insync.replicas"].as_u64().unwrap();
            if insync != u64::from(self.kafka.min_insync.min(copies)) || insync > u64::from(copies) {
                report(name.as_str(), format!("{insync} copies must be in sync"));
            }
            let deletes = topic.cleanup == CleanupPolicy::Delete;
            if config["cleanup.policy"] != topic.cleanup.as_str()
                || config["retention.ms"].as_u64() != deletes.then(|| topic.retention.as_millis())
                || config["segment.ms"] != topic.segment.as_millis()
            {
                report(name.as_str(), "its records are kept otherwise".to_owned());
            }
            if deletes {
                match config["retention.bytes"].as_u64() {
                    None => capped = false,
                    Some(most) => {
                        let copies = u128::from(copies) * u128::from(topic.partitions);
                        kept += u128::from(most) * copies;
                        // As much as the topology says is never deleted early.
                        let rate = topic.rate.map_or(0, |rate| u128::from(rate.bytes_per_second()));
                        let said = rate * u128::from(topic.retention.plus(topic.segment).as_secs());
                        if u128::from(most) * u128::from(topic.partitions) + u128::from(topic.partitions) < said {
                            report(name.as_str(), format!("records are deleted early: {most}"));
                        }
                    }
                }
            }
        }
        let disks = u128::from(self.kafka.brokers.storage.get()) * u128::from(self.kafka.brokers.replicas);
        if capped && kept > disks * 9 / 10 {
            report("KafkaTopic", "the disks may become full".to_owned());
        }
    }

    /// Exactly the workloads that use the cluster are users, with exactly the rights that the topology gives.
    fn users(&self, report: Report<'_>) {
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for workload in self.uses() {
            let name = format!("{}-{}.{}", self.topology.platform(), workload.name(), self.store.name());
            wanted.insert(name.clone());
            let Some(user) = self.members("KafkaUser").find(|user| user.name() == name) else {
                report(&name, "there is no such user".to_owned());
                continue;
            };
            let first_with = |kind| self.kafka.listeners.values().any(|l| l.authentication == kind);
            let kind = if first_with(ListenerAuthentication::Mtls) { "tls" } else { "scram-sha-512" };
            if user.value["spec"]["authentication"]["type"] != kind {
                report(&name, "it proves itself in a way that no listener takes".to_owned());
            }
            let (mut reads, mut writes) = (BTreeSet::new(), BTreeSet::new());
            for acl in items(&user.value["spec"]["authorization"]["acls"]) {
                let resource = (acl["resource"]["type"].as_str().unwrap(), acl["resource"]["name"].as_str().unwrap());
                let operations: BTreeSet<&str> = strings(&acl["operations"]).collect();
                let literal = acl["resource"]["patternType"] == "literal";
                match resource {
                    ("topic", topic) if literal => {
                        if !operations.contains("Describe")
                            || operations.iter().any(|o| !["Describe", "Read", "Write"].contains(o))
                        {
                            report(&name, format!("{operations:?} of {topic}"));
                        }
                        if operations.contains("Read") {
                            reads.insert(topic);
                        }
                        if operations.contains("Write") {
                            writes.insert(topic);
                        }
                    }
                    ("group", group) => {
                        let model = self.topology.spec().workloads[workload.name()].like.as_ref();
                        let known = |owner: &str| if literal { group == owner } else { group == format!("{owner}.") };
                        let own = known(workload.name().as_str());
                        let stands_in = self.region.is_standby() && model.is_some_and(|model| known(model.as_str()));
                        if !(own || stands_in) || operations != BTreeSet::from(["Describe", "Read"]) {
                            report(&name, format!("{operations:?} of the group {group}"));
                        }
                    }
                    other => report(&name, format!("a right to {other:?}")),
                }
            }
            let all = || self.kafka.topics.keys().map(waard_model::name::TopicName::as_str).collect::<BTreeSet<&str>>();
            let of = |topics: &'_ [waard_model::name::TopicName]| -> BTreeSet<String> {
                topics.iter().map(ToString::to_string).collect()
            };
            let said = self.kafka.users.get(workload.name());
            let owned = |set: BTreeSet<&str>| -> BTreeSet<String> { set.into_iter().map(str::to_owned).collect() };
            let (said_reads, said_writes) =
                said.map_or_else(|| (owned(all()), owned(all())), |rights| (of(&rights.reads), of(&rights.writes)));
            if owned(reads) != said_reads || owned(writes) != said_writes {
                report(&name, "its rights are others than the topology says".to_owned());
            }
        }
        for user in self.members("KafkaUser").filter(|user| !wanted.contains(user.name())) {
            if user.name().matches('.').count() != 2 {
                report(user.name(), "nobody is this user".to_owned());
            }
        }
    }

    /// Each workload that uses the cluster finds files and variables to connect with, and its secrets exist.
    fn clients(&self, report: Report<'_>) {
        for workload in self.uses() {
            let name = format!("{}-{}", self.topology.platform(), workload.name());
            let namespace = workload.namespace().as_str();
            let Some(document) = self.here.iter().find(|d| {
                d.namespace() == namespace
                    && d.template().is_some_and(|t| t["metadata"]["labels"]["app"] == name.as_str())
            }) else {
                continue;
            };
            let pod = &document.template().unwrap()["spec"];
            let main = &pod["containers"][0];
            let path = format!("/etc/kafka/{}", self.store.name());
            let Some(mount) = items(&main["volumeMounts"]).find(|mount| mount["mountPath"] == path.as_str()) else {
                report(&name, format!("nothing is mounted at {path}"));
                continue;
            };
            if mount["readOnly"] != true {
                report(&name, "its credentials can be written".to_owned());
            }
            let volume = items(&pod["volumes"]).find(|volume| volume["name"] == mount["name"]).unwrap();
            let sources: Vec<(&Value, &Value)> = if volume["secret"].is_null() {
                items(&volume["projected"]["sources"]).map(|s| (&s["secret"]["name"], &s["secret"]["items"])).collect()
            } else {
                vec![(&volume["secret"]["secretName"], &volume["secret"]["items"])]
            };
            let mut files = BTreeSet::new();
            for (secret, keys) in sources {
                let keys: Vec<&str> = items(keys).map(|item| item["key"].as_str().unwrap()).collect();
                self.needs_secret(namespace, secret, &keys, &name, report);
                files.extend(keys);
            }
            let mtls = self.kafka.listeners.values().any(|l| l.authentication == ListenerAuthentication::Mtls);
            let wanted = if mtls {
                BTreeSet::from(["ca.crt", "user.crt", "user.key"])
            } else {
                BTreeSet::from(["ca.crt", "password"])
            };
            if files != wanted {
                report(&name, format!("it has the files {files:?}"));
            }
            let head = format!("KAFKA_{}_", self.store.name().as_str().to_uppercase().replace('-', "_"));
            let variable = |key: &str| {
                items(&main["env"]).find(|v| v["name"] == format!("{head}{key}")).and_then(|v| v["value"].as_str())
            };
            let servers = variable("BOOTSTRAP_SERVERS").unwrap();
            let service = format!("{}-kafka-bootstrap.{}.svc:", self.name, self.namespace);
            let port = servers.strip_prefix(&service).and_then(|port| port.parse::<u16>().ok());
            let right = |l: &waard_model::spec::ListenerSpec| {
                Some(l.port) == port && (l.authentication == ListenerAuthentication::Mtls) == mtls
            };
            if !self.kafka.listeners.values().any(right) {
                report(&name, format!("{servers} is no listener for it"));
            }
            if variable("SECURITY_PROTOCOL") != Some(if mtls { "SSL" } else { "SASL_SSL" }) {
                report(&name, "it is told another protocol".to_owned());
            }
        }
        // What is copied from this namespace into others: by whom, and nothing else.
        for secret in self.here.iter().filter(|d| d.kind() == "ExternalSecret" && d.namespace() != self.namespace) {
            let store_name = secret.value["spec"]["secretStoreRef"]["name"].as_str().unwrap();
            let Some(store) = self
                .here
                .iter()
                .find(|d| d.kind() == "SecretStore" && d.namespace() == secret.namespace() && d.name() == store_name)
            else {
                report(secret.name(), format!("there is no store {store_name}"));
                continue;
            };
            let provider = &store.value["spec"]["provider"]["kubernetes"];
            if provider["remoteNamespace"] != self.namespace {
                continue;
            }
            let account = provider["auth"]["serviceAccount"]["name"].as_str().unwrap();
            let exists = |kind: &str| {
                self.here.iter().any(|d| d.kind() == kind && d.namespace() == secret.namespace() && d.name() == account)
            };
            if !exists("ServiceAccount") {
                report(store.name(), format!("there is no service account {account}"));
            }
            let allowed = self.readable(secret.namespace(), account);
            for entry in items(&secret.value["spec"]["data"]) {
                let (key, property) = (&entry["remoteRef"]["key"], entry["remoteRef"]["property"].as_str().unwrap());
                self.needs_secret(self.namespace, key, &[property], secret.name(), report);
                if !allowed.contains(key.as_str().unwrap()) {
                    report(secret.name(), format!("{account} may not read {key}"));
                }
            }
        }
    }

    /// The secrets of this namespace that a service account of another one may read.
    fn readable(&self, namespace: &str, account: &str) -> BTreeSet<&str> {
        let bindings = self.here.iter().filter(|d| {
            d.kind() == "RoleBinding"
                && d.namespace() == self.namespace
                && items(&d.value["subjects"]).any(|s| s["namespace"] == namespace && s["name"] == account)
        });
        let roles =
            bindings.filter_map(|binding| self.object("Role", binding.value["roleRef"]["name"].as_str().unwrap()));
        let rules = roles.flat_map(|role| items(&role.value["rules"]));
        rules
            .filter(|rule| rule["verbs"] == json!(["get"]) && rule["resources"] == json!(["secrets"]))
            .flat_map(|rule| strings(&rule["resourceNames"]))
            .collect()
    }

    /// The mirror is exactly where a standby region copies all the time, and finds what it copies from.
    fn mirror(&self, report: Report<'_>) {
        let name = format!("{}-mirror", self.name);
        let mirror = self.object("KafkaMirrorMaker2", &name);
        let listener = || {
            let cluster = self.object("Kafka", &self.name);
            cluster.and_then(|c| items(&c.value["spec"]["kafka"]["listeners"]).find(|l| l["type"] == "loadbalancer"))
        };
        let copies = self.kafka.standby == StandbyCopy::Replica && !self.kafka.topics.is_empty();
        let regions = self.environment.regions();
        let (expected, source, rpo) = match self.region.duty() {
            Duty::Standby { protects, rpo, .. } => {
                let primary = &regions[protects];
                (copies && primary.stores().contains_key(self.store.name()), Some(primary), Some(*rpo))
            }
            Duty::Primary { .. } => {
                let standby = regions.values().find(
                    |other| matches!(other.duty(), Duty::Standby { protects, .. } if protects == self.region.name()),
                );
                if standby.is_some() && copies != listener().is_some() {
                    report(&self.name, "the listener for the standby region".to_owned());
                }
                if standby.is_none() && listener().is_some() {
                    report(&self.name, "a listener for nobody".to_owned());
                }
                (false, None, None)
            }
        };
        if expected != mirror.is_some() {
            report(&name, format!("it is {}there", if expected { "not " } else { "" }));
        }
        let (Some(mirror), Some(source), Some(rpo)) = (mirror, source, rpo) else {
            return;
        };
        let spec = &mirror.value["spec"];
        self.pod(&name, &spec["template"], &["connectContainer"], report);
        self.sizes(&name, &spec["resources"], Some(&spec["jvmOptions"]), report);
        let copied = &spec["mirrors"][0];
        for (side, keys) in [(&spec["target"], 0), (&copied["source"], 1)] {
            for trusted in items(&side["tls"]["trustedCertificates"]) {
                self.needs_secret(self.namespace, &trusted["secretName"], &["ca.crt"], &name, report);
            }
            let proof = &side["authentication"];
            if proof["type"] == "tls" {
                let keys = &["user.crt", "user.key"];
                self.needs_secret(self.namespace, &proof["certificateAndKey"]["secretName"], keys, &name, report);
            } else {
                self.needs_secret(self.namespace, &proof["passwordSecret"]["secretName"], &["password"], &name, report);
                if proof["passwordSecret"]["secretName"] != proof["username"] || keys == 1 {
                    report(&name, "it proves to be somebody else".to_owned());
                }
            }
        }
        let there = of_region(self.environment, source, self.all);
        let Some(primary) = there.iter().find(|d| d.kind() == "Kafka" && d.name() == self.name) else {
            report(&name, "there is nothing to copy from".to_owned());
            return;
        };
        let servers = copied["source"]["bootstrapServers"].as_str().unwrap();
        let reached = items(&primary.value["spec"]["kafka"]["listeners"]).any(|l| {
            let hosts = &l["configuration"]["bootstrap"]["alternativeNames"];
            l["authentication"]["type"] == "tls"
                && strings(hosts).any(|host| format!("{host}:{}", l["port"]) == servers)
                && l["configuration"]["loadBalancerSourceRanges"] == json!([self.region.network().cidr().to_string()])
                && l["configuration"]["bootstrap"]["annotations"]["external-dns.alpha.kubernetes.io/hostname"]
                    == hosts[0]
        });
        if !reached {
            report(&name, format!("{servers} is no listener of {}", source.name()));
        }
        let written = self.written(&there);
        let read = self.here.iter().filter(|d| {
            d.kind() == "ExternalSecret" && d.namespace() == self.namespace && self.reads_region(d, self.region)
        });
        for entry in read.flat_map(|d| items(&d.value["spec"]["data"])) {
            let remote = &entry["remoteRef"];
            let pair = (remote["key"].as_str().unwrap().to_owned(), remote["property"].as_str().unwrap().to_owned());
            if !written.contains(&pair) {
                report(&name, format!("the primary region doesn't write {pair:?}"));
            }
        }
        let topics: BTreeSet<String> = self.kafka.topics.keys().map(|t| t.as_str().replace('.', "\\.")).collect();
        let pattern: BTreeSet<String> =
            copied["topicsPattern"].as_str().unwrap().split('|').map(str::to_owned).collect();
        if topics != pattern {
            report(&name, format!("it copies {pattern:?}"));
        }
        for (connector, key) in [
            ("sourceConnector", "refresh.topics.interval.seconds"),
            ("checkpointConnector", "emit.checkpoints.interval.seconds"),
            ("checkpointConnector", "sync.group.offsets.interval.seconds"),
        ] {
            let config = &copied[connector]["config"];
            if config[key].as_u64().unwrap() > (rpo.as_secs() / 2).max(1) {
                report(&name, format!("{key} is too long for {rpo}"));
            }
            let policy = config["replication.policy.class"].as_str().unwrap_or_default();
            if !policy.ends_with(".IdentityReplicationPolicy") || config["offset-syncs.topic.location"] != "target" {
                report(&name, "topics get other names, or it writes in the primary region".to_owned());
            }
        }
    }

    /// What the primary region's cluster writes into the Secrets Manager of this region: secret and property.
    fn written(&self, there: &[&Document]) -> BTreeSet<(String, String)> {
        let pushed = there.iter().filter(|d| d.kind() == "PushSecret" && d.namespace() == self.namespace);
        pushed
            .filter(|push| {
                items(&push.value["spec"]["secretStoreRefs"]).all(|reference| {
                    there.iter().any(|d| {
                        d.kind() == "SecretStore"
                            && d.namespace() == self.namespace
                            && d.name() == reference["name"].as_str().unwrap()
                            && d.value["spec"]["provider"]["aws"]["region"] == self.region.name().as_str()
                    })
                })
            })
            .filter(|push| {
                let secret = push.value["spec"]["selector"]["secret"]["name"].as_str().unwrap();
                secret == format!("{}-cluster-ca-cert", self.name)
                    || there
                        .iter()
                        .any(|d| d.kind() == "KafkaUser" && d.namespace() == self.namespace && d.name() == secret)
            })
            .flat_map(|push| items(&push.value["spec"]["data"]))
            .map(|entry| {
                let remote = &entry["match"]["remoteRef"];
                (remote["remoteKey"].as_str().unwrap().to_owned(), remote["property"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    /// True if a secret comes from the mirror's store, in the Secrets Manager of a region.
    fn reads_region(&self, secret: &Document, region: &Region) -> bool {
        let name = secret.value["spec"]["secretStoreRef"]["name"].as_str().unwrap();
        name == format!("{}.mirror", self.name)
            && self
                .object("SecretStore", name)
                .is_some_and(|store| store.value["spec"]["provider"]["aws"]["region"] == region.name().as_str())
    }

    fn monitors(&self, report: Report<'_>) {
        let mut wanted = BTreeSet::from([self.name.clone()]);
        wanted.extend(self.object("KafkaMirrorMaker2", &format!("{}-mirror", self.name)).map(|d| d.name().to_owned()));
        for cluster in wanted {
            let monitored = self.here.iter().any(|d| {
                d.kind() == "PodMonitor"
                    && d.namespace() == self.namespace
                    && d.value["spec"]["selector"]["matchLabels"]["strimzi.io/cluster"] == cluster.as_str()
                    && items(&d.value["spec"]["podMetricsEndpoints"]).any(|e| e["port"] == "tcp-prometheus")
            });
            if !monitored {
                report(&cluster, "nobody collects its metrics".to_owned());
            }
        }
    }
}

/// The zone of a pool's pods, as its affinity says.
fn zone_of(pod: &Value) -> &str {
    let nodes = &pod["affinity"]["nodeAffinity"];
    let required = items(&nodes["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]);
    let preferred = items(&nodes["preferredDuringSchedulingIgnoredDuringExecution"]).map(|p| &p["preference"]);
    required
        .chain(preferred)
        .flat_map(|term| items(&term["matchExpressions"]))
        .find(|expression| expression["key"] == "topology.kubernetes.io/zone")
        .and_then(|expression| expression["values"][0].as_str())
        .unwrap_or_default()
}
