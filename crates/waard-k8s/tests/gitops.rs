//! What Argo CD is told: applications that their projects let through, in an order that works, for exactly what is there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;
use support::{Document, documents, documents_below, fixture, items, strings};
use waard_model::artifact::Artifact;
use waard_model::{Topology, source, strategy};

/// The objects of Argo CD, by cluster: `<environment>/<cluster>`.
fn fleet(artifacts: &[Artifact]) -> BTreeMap<String, Vec<Document>> {
    let mut found: BTreeMap<String, Vec<Document>> = BTreeMap::new();
    for document in documents_below(artifacts, "gitops/") {
        let mut parts = document.path.split('/').skip(1);
        let cluster = format!("{}/{}", parts.next().unwrap(), parts.next().unwrap());
        found.entry(cluster).or_default().push(document);
    }
    found
}

/// The folders of a cluster's objects.
fn folders(artifacts: &[Artifact], cluster: &str) -> BTreeSet<String> {
    let head = format!("kubernetes/{cluster}/");
    let inside = artifacts.iter().filter_map(|artifact| artifact.path().as_str().strip_prefix(&head));
    inside.filter_map(|rest| rest.split_once('/')).map(|(folder, _)| folder.to_owned()).collect()
}

fn wave(document: &Document) -> i32 {
    document.value["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"].as_str().unwrap().parse().unwrap()
}

fn fits(patterns: &BTreeSet<&str>, text: &str) -> bool {
    patterns.contains("*") || patterns.contains(text)
}

/// Everything that is wrong with what Argo CD is told, in words.
fn faults(topology: &Topology, artifacts: &[Artifact]) -> Vec<String> {
    let mut found = Vec::new();
    let fleet = fleet(artifacts);
    let objects = documents(artifacts);
    for (environment, region) in topology.regions() {
        let cluster = format!("{}/{}", environment.name(), region.cluster().name());
        let all: &[Document] = fleet.get(&cluster).map_or(&[], Vec::as_slice);
        let mut wrong = |what: String| found.push(format!("{cluster}: {what}"));
        if all.is_empty() != topology.spec().gitops.is_none() {
            wrong("there is something without a repository, or nothing with one".to_owned());
        }
        let here: Vec<&Document> = objects.iter().filter(|document| document.cluster() == cluster).collect();
        for document in all {
            if document.namespace() != "argocd" {
                wrong(format!("{} is not where Argo CD looks", document.name()));
            }
            // Nothing but the name of the folder is a template, and that only where it is meant.
            let braces = document.text.matches("{{").count();
            if document.path.ends_with("platform.yaml") && document.kind() == "ApplicationSet" {
                if braces != document.text.matches("{{ .path.basename }}").count() || braces != 3 {
                    wrong(format!("{} has other templates", document.name()));
                }
            } else if braces > 0 && !document.path.ends_with("controllers.yaml") {
                wrong(format!("{} has templates", document.name()));
            }
        }
        let of = |kind: &str| all.iter().filter(|document| document.kind() == kind).collect::<Vec<_>>();
        let specs: Vec<(String, i32, &Value)> = of("Application")
            .into_iter()
            .map(|document| (document.name().to_owned(), wave(document), &document.value["spec"]))
            .chain(of("ApplicationSet").into_iter().map(|document| {
                (document.name().to_owned(), wave(document), &document.value["spec"]["template"]["spec"])
            }))
            .collect();
        for (name, when, spec) in &specs {
            let project = all.iter().find(|document| {
                document.kind() == "AppProject" && document.name() == spec["project"].as_str().unwrap()
            });
            let Some(project) = project else {
                wrong(format!("{name} has no project"));
                continue;
            };
            if project.name() == "default" || wave(project) >= *when {
                wrong(format!("{name} comes before its project, or in the one of everybody"));
            }
            let rules = &project.value["spec"];
            let repositories: BTreeSet<&str> = strings(&rules["sourceRepos"]).collect();
            let repository = spec["source"]["repoURL"].as_str().unwrap();
            if !repositories.contains(repository) || repository.contains('@') && !repository.starts_with("ssh://") {
                wrong(format!("{name} takes from {repository}"));
            }
            let namespaces: BTreeSet<&str> =
                items(&rules["destinations"]).map(|to| to["namespace"].as_str().unwrap()).collect();
            let server = spec["destination"]["server"].as_str().unwrap();
            if server != "https://kubernetes.default.svc" {
                wrong(format!("{name} goes to another cluster"));
            }
            match spec["destination"]["namespace"].as_str() {
                Some("{{ .path.basename }}") => {
                    for folder in folders(artifacts, &cluster).iter().filter(|folder| *folder != "_cluster") {
                        if !fits(&namespaces, folder) {
                            wrong(format!("{name} may not go to {folder}"));
                        }
                    }
                }
                Some(namespace) if !fits(&namespaces, namespace) => wrong(format!("{name} may not go to {namespace}")),
                _ => {}
            }
            if let Some(chart) = spec["source"]["chart"].as_str() {
                let version = spec["source"]["targetRevision"].as_str().unwrap();
                let numbers = version.trim_start_matches('v').split('.');
                if numbers.clone().count() != 3 || !numbers.clone().all(|part| part.parse::<u32>().is_ok()) {
                    wrong(format!("{chart} has the version {version}, which is none"));
                }
                if repository.contains("://") && !repository.starts_with("https://") {
                    wrong(format!("{chart} comes from {repository}"));
                }
            } else {
                let (_, tail) = spec["source"]["path"].as_str().unwrap().rsplit_once(&cluster).unwrap_or_default();
                if tail.is_empty() && name != "root" {
                    wrong(format!("{name} takes the folder of another cluster"));
                }
            }
        }
        // What a project lets through is what its folders hold: kinds without a namespace, and nothing more of those.
        for (project, inside) in [("cluster", true), ("platform", false)] {
            let Some(project) =
                all.iter().find(|document| document.name() == project && document.kind() == "AppProject")
            else {
                continue;
            };
            let allowed: BTreeSet<(&str, &str)> = items(&project.value["spec"]["clusterResourceWhitelist"])
                .map(|kind| (kind["group"].as_str().unwrap(), kind["kind"].as_str().unwrap()))
                .collect();
            for document in here.iter().filter(|document| document.path.contains("/_cluster/") == inside) {
                let version = document.value["apiVersion"].as_str().unwrap();
                let group = version.split_once('/').map_or("", |(group, _)| group);
                let named = document.value["metadata"]["namespace"].is_string();
                if !named && !allowed.contains(&(group, document.kind())) {
                    wrong(format!("{} does not let {}/{} through", project.name(), document.kind(), document.name()));
                }
                if named && inside {
                    wrong(format!("{}/{} is in a namespace", document.kind(), document.name()));
                }
            }
        }
        // Each folder has exactly one application.
        for set in of("ApplicationSet") {
            let directories = &set.value["spec"]["generators"][0]["git"]["directories"];
            let head = directories[0]["path"].as_str().unwrap().strip_suffix('*').unwrap();
            let without = directories[1]["path"].as_str().unwrap().strip_prefix(head).unwrap();
            let there = folders(artifacts, &cluster);
            if !head.ends_with(&format!("kubernetes/{cluster}/"))
                || directories[1]["exclude"] != true
                || without != "_cluster"
                || !there.contains(without)
            {
                wrong("the set of applications doesn't cover the namespaces".to_owned());
            }
            let path = set.value["spec"]["template"]["spec"]["source"]["path"].as_str().unwrap();
            if path.strip_suffix("{{ .path.basename }}") != Some(head) {
                wrong("the set of applications takes other folders than it lists".to_owned());
            }
        }
        order(&specs, &mut wrong);
    }
    found
}

/// What owns kinds comes before objects of these kinds, and what keeps data after the storage class.
fn order(specs: &[(String, i32, &Value)], wrong: &mut dyn FnMut(String)) {
    let wave = |name: &str| specs.iter().find(|(other, ..)| other == name).map(|(_, wave, _)| *wave);
    let Some(platform) = wave("platform") else {
        return;
    };
    let mut before = |first: &str, then: &str| {
        if let (Some(a), Some(b)) = (wave(first), wave(then))
            && a >= b
        {
            wrong(format!("{first} must come before {then}"));
        }
    };
    for owner in ["external-secrets", "aws-load-balancer-controller", "karpenter"] {
        before(owner, "cluster");
    }
    before("cluster", "kube-prometheus-stack");
    before("istio-base", "istio-cni");
    before("istio-base", "istiod");
    before("istiod", "istio-ingressgateway");
    for (name, wave, _) in specs.iter().filter(|(name, ..)| name != "root" && name != "platform") {
        if *wave >= platform {
            wrong(format!("{name} must come before the platform"));
        }
    }
}

#[test]
fn nothing_is_wrong_with_the_shipped_ones() {
    for name in ["minimal", "waardhaven"] {
        let topology = fixture(name);
        assert_eq!(faults(&topology, &waard_k8s::emit(&topology)), Vec::<String>::new(), "{name}");
    }
    let topology = fixture("waardhaven");
    assert!(topology.spec().gitops.is_some());
    assert_eq!(fleet(&waard_k8s::emit(&topology)).len(), topology.regions().count());
}

/// The root application keeps the folder that it stands in, which its kustomization names as a whole.
#[test]
fn one_command_starts_a_cluster() {
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let script = format!("controllers/{folder}/install.sh");
        let script = artifacts.iter().find(|artifact| artifact.path().as_str() == script).unwrap().text();
        let root = format!("gitops/{folder}/root.yaml");
        assert!(artifacts.iter().any(|artifact| artifact.path().as_str() == root));
        assert!(script.ends_with(&format!("--filename {root}\n")), "{script}");
        let documents = documents_below(&artifacts, &root);
        assert_eq!(documents.iter().map(Document::kind).collect::<Vec<_>>(), ["AppProject", "Application"]);
        let path = documents[1].value["spec"]["source"]["path"].as_str().unwrap();
        assert_eq!(path, format!("dist/waardhaven/gitops/{folder}"));
    }
}

const ONE_REGION: &str = r#"
waard: v1
platform: shop
domain: shop.example
gitops: { repository: "ssh://git@git.shop.example/platform/shop.git" }
environments:
  production:
    regions:
      eu-central-1: { role: primary, traffic: 100%, cidr: 10.0.0.0/20, cluster: small, runs: [api] }
clusters:
  small: { version: "1.36", node_groups: { system: { instances: [m7g.large], size: 3..6 } } }
workloads:
  api: { image: registry.shop.example/api:1.4.2, ports: { http: 8080 }, resources: { cpu: 250m, memory: 256Mi } }
"#;

/// A region that is added gets everything that the first one has, and changes nothing of it.
#[test]
fn adding_a_region_is_all_it_takes() {
    let read = |text: &str| source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0;
    let more = ONE_REGION.replace(
        "traffic: 100%, cidr: 10.0.0.0/20, cluster: small, runs: [api] }",
        "traffic: 60%, cidr: 10.0.0.0/20, cluster: small, runs: [api] }
      us-east-1: { role: primary, traffic: 40%, cidr: 10.0.16.0/20, cluster: small, runs: [api] }",
    );
    let texts = |topology: &Topology| -> BTreeMap<String, String> {
        let files = waard_k8s::emit(topology).into_iter();
        files
            .map(|file| (file.path().to_string(), file.text().to_owned()))
            .filter(|(path, _)| path != "README.md")
            .collect()
    };
    let (before, after) = (texts(&read(ONE_REGION)), texts(&read(&more)));
    for (path, text) in &before {
        assert_eq!(after.get(path), Some(text), "{path}");
    }
    let renamed: BTreeSet<String> = before.keys().map(|path| path.replace("eu-central-1", "us-east-1")).collect();
    let new: BTreeSet<String> = after.keys().filter(|path| !before.contains_key(*path)).cloned().collect();
    assert_eq!(new, renamed);
    assert!(new.contains("gitops/production/shop-production-us-east-1/root.yaml"));
}

/// What a test can't see fail may be blind: each fault, put into a good file, is found.
#[test]
fn each_fault_is_found() {
    let topology = fixture("waardhaven");
    let good = waard_k8s::emit(&topology);
    let cases = [
        ("platform.yaml", "project: platform", "project: default", "in the one of everybody"),
        ("platform.yaml", "project: platform", "project: nobody", "no project"),
        ("platform.yaml", "repoURL: https://git", "repoURL: https://gitt", "takes from"),
        ("platform.yaml", "{{ .path.basename }}", "{{ .path.path }}", "templates"),
        ("platform.yaml", "server: https://kubernetes.default.svc", "server: https://elsewhere", "another cluster"),
        ("platform.yaml", "exclude: true", "exclude: false", "cover the namespaces"),
        ("platform.yaml", "sync-wave: \"100\"", "sync-wave: \"-200\"", "before"),
        ("projects.yaml", "kind: StorageClass", "kind: Pod", "through"),
        ("projects.yaml", "namespace: production", "namespace: elsewhere", "may not go to"),
        ("root.yaml", "namespace: argocd", "namespace: default", "where Argo CD looks"),
    ];
    for (file, from, to, expected) in cases {
        let damaged: Vec<Artifact> = good
            .iter()
            .map(|artifact| {
                let path = artifact.path().as_str();
                if !path.contains("production-us-east-1/") || !path.starts_with("gitops/") || !path.ends_with(file) {
                    return artifact.clone();
                }
                assert!(artifact.text().contains(from), "{from} in {path}");
                Artifact::new(artifact.path().clone(), artifact.text().replace(from, to), artifact.source().clone())
            })
            .collect();
        let found = faults(&topology, &damaged);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{from} → {to}: {found:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing is wrong with what Argo CD is told for random topologies.
    #[test]
    fn nothing_is_wrong(topology in strategy::shown()) {
        let artifacts = waard_k8s::emit(&topology);
        prop_assert_eq!(faults(&topology, &artifacts), Vec::<String>::new());
    }
}
