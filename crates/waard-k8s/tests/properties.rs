//! Properties of what is emitted, over random valid topologies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;
use support::{Document, containers, documents, documents_below, items, judge, strings, typed};
use waard_model::Topology;
use waard_model::spec::WorkloadKind;
use waard_model::strategy;
use waard_model::topology::Workload;

#[path = "../../waard-model/tests/yaml_read.rs"]
mod yaml_read;

/// A topology that is shown as its file when a property fails.
struct Random(Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

fn random() -> impl Strategy<Value = Random> {
    strategy::topology().prop_map(Random)
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// No key without a value, no mapping or sequence without content but those that say something by being empty.
fn empty_parts(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(path.to_owned()),
        Value::Object(map) => {
            let means_all = path.ends_with("podSelector") || path.ends_with("namespaceSelector");
            if map.is_empty() && !means_all {
                found.push(path.to_owned());
            }
            map.iter().for_each(|(key, value)| empty_parts(value, &format!("{path}.{key}"), found));
        }
        Value::Array(list) => {
            if list.is_empty() {
                found.push(path.to_owned());
            }
            for value in list {
                empty_parts(value, path, found);
            }
        }
        _ => {}
    }
}

/// What a container gets of a text when the variables have these values, as the kubelet makes it.
/// After k8s.io/kubernetes `third_party/forked/golang/expansion/expand.go`.
fn expanded(text: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(escaped) = after.strip_prefix('$') {
            out.push('$');
            rest = escaped;
        } else if let Some((name, behind)) = after.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            out.push_str(&variable(name).unwrap_or_else(|| format!("$({name})")));
            rest = behind;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out + rest
}

/// The container of a workload in its own Deployment, CronJob or Job.
fn main_container<'d>(here: &[&'d Document], name: &str, workload: &Workload) -> &'d Value {
    let found = here.iter().find(|document| match workload.kind() {
        WorkloadKind::Service => document.kind() == "Deployment" && document.name() == name,
        WorkloadKind::Scheduled => document.kind() == "CronJob" && document.name() == name,
        WorkloadKind::Job => {
            document.kind() == "Job" && document.name().strip_prefix(name).is_some_and(|rest| rest.len() == 9)
        }
    });
    &found.unwrap().template().unwrap()["spec"]["containers"][0]
}

proptest! {
    #![proptest_config(cases(256))]

    /// Pods pass the restricted level and find a node, references resolve, autoscalers own what they scale, drains go on.
    #[test]
    fn nothing_is_wrong_with_the_objects(Random(topology) in random()) {
        let documents = documents(&waard_k8s::emit(&topology));
        prop_assert_eq!(judge::faults(&topology, &documents), Vec::<String>::new());
    }

    /// Every document means the same to a reader of YAML 1.1, to one of YAML 1.2, to a library, and to the type of its kind.
    #[test]
    fn every_document_parses_back_to_what_was_meant(Random(topology) in random()) {
        let artifacts = waard_k8s::emit(&topology);
        let tops = ["eksctl/", "failover/", "gitops/", "kubernetes/"];
        for document in tops.iter().flat_map(|top| documents_below(&artifacts, top)) {
            yaml_read::assert_reads_as(&document.text, &document.value);
            prop_assert_eq!(typed::faults(&document.value), Vec::<String>::new(), "{}\n{}", document.path, document.text);
            let mut empty = Vec::new();
            empty_parts(&document.value, "", &mut empty);
            prop_assert_eq!(empty, Vec::<String>::new(), "{}\n{}", document.path, document.text);
        }
    }

    /// The same topology gives the same bytes; paths are unique, sorted and harmless; every file and object knows where it came from.
    #[test]
    fn files_are_deterministic_and_traceable(Random(topology) in random()) {
        let artifacts = waard_k8s::emit(&topology);
        prop_assert_eq!(&artifacts, &waard_k8s::emit(&topology));
        let reread = waard_model::source::read(topology.spec().to_yaml().as_bytes()).unwrap().0;
        prop_assert_eq!(&artifacts, &waard_k8s::emit(&reread));
        let (_, map) = waard_model::source::read(topology.spec().to_yaml().as_bytes()).unwrap();
        for pair in artifacts.windows(2) {
            prop_assert!(pair[0].path() < pair[1].path());
        }
        for artifact in &artifacts {
            prop_assert!(artifact.text().ends_with('\n') && !artifact.text().ends_with("\n\n"));
            for object in artifact.objects() {
                prop_assert!(!object.source.segments().is_empty());
                prop_assert!(!map.span(&object.source).is_empty(), "{} stands nowhere", object.source);
            }
            let documents = support::split(artifact.text()).len();
            if artifact.path().as_str().ends_with(".yaml") {
                prop_assert_eq!(artifact.objects().len(), documents);
            }
        }
    }

    /// Each kustomization names exactly what stands in its folder; one of a failover's folder what stands by, too.
    #[test]
    fn kustomizations_are_complete(Random(topology) in random()) {
        let artifacts = waard_k8s::emit(&topology);
        let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for top in ["failover/", "gitops/", "kubernetes/"] {
            for artifact in artifacts.iter().filter(|artifact| artifact.path().as_str().starts_with(top)) {
                let (folder, file) = artifact.path().as_str().rsplit_once('/').unwrap();
                let entry = folders.entry(folder.to_owned()).or_default();
                if file != "kustomization.yaml" {
                    entry.insert(file.to_owned());
                }
                let (parent, own) = folder.rsplit_once('/').unwrap();
                if folder.matches('/').count() == 3 {
                    folders.entry(parent.to_owned()).or_default().insert(own.to_owned());
                }
            }
        }
        let stands: BTreeSet<String> = folders.keys().cloned().collect();
        for (folder, mut files) in folders {
            if let Some(rest) = folder.strip_prefix("failover/").filter(|_| folder.matches('/').count() == 3) {
                let stands_by = format!("kubernetes/{rest}");
                prop_assert!(stands.contains(&stands_by), "nothing stands by in {}", rest);
                files.insert(format!("../../../../{stands_by}"));
            }
            let path = format!("{folder}/kustomization.yaml");
            let kustomization = artifacts.iter().find(|artifact| artifact.path().as_str() == path).unwrap();
            let value: Value = serde_yaml::from_str(kustomization.text()).unwrap();
            let named: BTreeSet<String> = strings(&value["resources"]).map(str::to_owned).collect();
            prop_assert_eq!(named, files, "{}", path);
        }
    }

    /// Texts of the topology arrive as they are, and Kubernetes is kept from replacing `$(…)` in them. Secrets arrive as references only.
    #[test]
    fn texts_arrive_as_they_are(Random(topology) in random()) {
        let documents = documents(&waard_k8s::emit(&topology));
        // Every name is a variable: whatever could be replaced would be.
        let anything = |name: &str| Some(format!("the value of {name}"));
        for (environment, region) in topology.regions() {
            let folder = format!("{}/{}", environment.name(), region.cluster().name());
            let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
            let runs = |workload: &&Arc<Workload>| workload.kind() == WorkloadKind::Service || !region.is_standby();
            for workload in region.workloads().values().filter(runs) {
                let container = main_container(&here, &format!("{}-{}", topology.platform(), workload.name()), workload);
                let spec = workload.spec();
                for (given, arrived) in [(&spec.command, &container["command"]), (&spec.args, &container["args"])] {
                    let given: Vec<String> = given.iter().map(|argument| argument.as_str().to_owned()).collect();
                    let arrived: Vec<String> = strings(arrived).map(|text| expanded(text, anything)).collect();
                    prop_assert_eq!(arrived, given);
                }
                let env: BTreeMap<&str, &Value> = items(&container["env"]).map(|variable| (variable["name"].as_str().unwrap(), variable)).collect();
                let said = env.keys().filter(|name| !name.starts_with("KAFKA_")).count();
                prop_assert_eq!(said, spec.env.len() + spec.secrets.len());
                for (name, value) in &spec.env {
                    let arrived = expanded(env[name.as_str()]["value"].as_str().unwrap(), anything);
                    prop_assert_eq!(arrived.as_str(), value.as_str());
                }
                for (name, secret) in &spec.secrets {
                    let variable = env[name.as_str()];
                    prop_assert!(variable["value"].is_null());
                    prop_assert_eq!(variable["valueFrom"]["secretKeyRef"]["name"].as_str(), Some(secret.secret()));
                    prop_assert_eq!(variable["valueFrom"]["secretKeyRef"]["key"].as_str(), Some(secret.key()));
                }
            }
        }
        prop_assert!(!documents.iter().any(|document| document.kind() == "Secret"));
    }

    /// Images of ECR come from the cluster's own region, all others as they are written.
    #[test]
    fn images_come_from_the_right_registry(Random(topology) in random()) {
        let documents = documents(&waard_k8s::emit(&topology));
        for (environment, region) in topology.regions() {
            let folder = format!("{}/{}", environment.name(), region.cluster().name());
            let here: Vec<&Document> = documents.iter().filter(|document| document.cluster() == folder).collect();
            let written: BTreeSet<&str> = region.workloads().values()
                .flat_map(|workload| std::iter::once(workload.image()).chain(workload.spec().containers.values().map(|container| &container.image)))
                .map(waard_model::name::ImageRef::as_str)
                .collect();
            for container in here.iter().filter_map(|document| document.template()).flat_map(|template| containers(&template["spec"])) {
                let image = container["image"].as_str().unwrap();
                let ecr = image.split('/').next().unwrap().contains(".dkr.ecr.");
                let regional = format!(".dkr.ecr.{}.", region.name());
                // Cluster Autoscaler and what holds room come from the registry of Kubernetes.
                let known = written.contains(image) || image.starts_with("registry.k8s.io/");
                prop_assert!(if ecr { image.contains(&regional) } else { known }, "{} in {}", image, region.name());
            }
        }
    }

    /// A change of one environment leaves the files of all others as they are.
    #[test]
    fn environments_are_independent(Random(topology) in random(), pick in any::<prop::sample::Index>()) {
        prop_assume!(topology.environments().len() > 1);
        let mut spec = topology.spec().clone();
        let names: Vec<_> = spec.environments.keys().cloned().collect();
        let gone = &names[pick.index(names.len())];
        spec.environments.remove(gone);
        // A profile or group that only this environment used makes the smaller spec invalid: nothing to compare then.
        if let Ok(smaller) = Topology::new(spec) {
            let texts = |topology| -> BTreeMap<String, String> {
                waard_k8s::emit(topology).into_iter().filter(|a| a.path().as_str() != "README.md").map(|a| (a.path().to_string(), a.text().to_owned())).collect()
            };
            let (all, fewer) = (texts(&topology), texts(&smaller));
            let of_gone = |path: &str| path.split('/').nth(1) == Some(gone.as_str());
            let kept: BTreeMap<String, String> = all.into_iter().filter(|(path, _)| !of_gone(path)).collect();
            prop_assert_eq!(kept, fewer);
        }
    }
}
