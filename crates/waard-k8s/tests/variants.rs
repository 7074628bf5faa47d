//! The shipped platform with each of its parts switched off: what is left is complete, and nothing of the part remains.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use support::references::dangling_in;
use support::{Document, documents, fixture, judge};
use waard_model::Topology;
use waard_model::artifact::Artifact;
use waard_model::spec::{AutoscalerKind, EntryPath, Provisioner, Spec};

/// The shipped platform, changed.
fn variant(change: impl FnOnce(&mut Spec)) -> Topology {
    let mut spec = fixture("waardhaven").spec().clone();
    change(&mut spec);
    let yaml = spec.to_yaml();
    Topology::new(spec).unwrap_or_else(|found| {
        let found: Vec<String> = found.iter().map(|violation| format!("{}: {violation}", violation.path())).collect();
        panic!("{}\n{yaml}", found.join("\n"))
    })
}

/// Only the mesh's gateway counts requests, tries again, and knows releases.
fn without_gateway(spec: &mut Spec) {
    for route in spec.workloads.values_mut().flat_map(|workload| &mut workload.exposed) {
        (route.rate_limit, route.rate_burst, route.retries, route.version) = (None, None, 0, None);
    }
}

fn without_mesh(spec: &mut Spec) {
    spec.mesh = None;
    spec.ingress.via = None;
    without_gateway(spec);
}

fn without_kafka(spec: &mut Spec) {
    spec.data.kafka.clear();
    for environment in spec.environments.values_mut() {
        environment.data.retain(|store, _| store.as_str() != "kafka");
    }
    for workload in spec.workloads.values_mut() {
        workload.uses.retain(|store| store.as_str() != "kafka");
    }
    for cluster in spec.clusters.values_mut() {
        cluster.node_groups.retain(|group, _| group.as_str() != "kafka");
    }
}

fn one_region(spec: &mut Spec) {
    spec.environments.retain(|name, _| name.as_str() == "production");
    for environment in spec.environments.values_mut() {
        environment.regions.retain(|name, _| name.as_str() == "us-east-1");
        for region in environment.regions.values_mut() {
            region.traffic = None;
        }
    }
    spec.clusters.retain(|name, _| name.as_str() == "full");
    spec.workloads.retain(|name, _| name.as_str() != "standby-api");
    for kafka in spec.data.kafka.values_mut() {
        kafka.users.retain(|name, _| name.as_str() != "standby-api");
    }
}

/// What must not be left of a part: groups of kinds, folders.
fn leftovers(artifacts: &[Artifact], documents: &[Document], words: &[&str]) -> Vec<String> {
    let groups = documents.iter().filter(|document| {
        let version = document.value["apiVersion"].as_str().unwrap();
        words.iter().any(|word| version.contains(word))
    });
    let folders = artifacts
        .iter()
        .map(|artifact| artifact.path().as_str())
        .filter(|path| words.iter().any(|word| path.contains(word)));
    let named = groups.map(|document| format!("{}: {}/{}", document.path, document.kind(), document.name()));
    named.chain(folders.map(str::to_owned)).collect()
}

#[test]
fn each_part_can_be_left_out() {
    type Change = fn(&mut Spec);
    let cases: &[(&str, Change, &[&str])] = &[
        ("no mesh", without_mesh, &["istio"]),
        (
            "straight to the pods, past the mesh's gateway",
            |spec| {
                spec.ingress.via = Some(EntryPath::Direct);
                without_gateway(spec);
            },
            &["istio-ingress"],
        ),
        ("no Kafka", without_kafka, &["strimzi"]),
        (
            "Karpenter",
            |spec| {
                for cluster in spec.clusters.values_mut() {
                    cluster.autoscaler.kind = AutoscalerKind::Karpenter;
                }
            },
            &["cluster-autoscaler"],
        ),
        (
            "eksctl everywhere",
            |spec| {
                for environment in spec.environments.values_mut() {
                    environment.provisioner = Provisioner::Eksctl;
                }
            },
            &[],
        ),
        (
            "Terraform everywhere",
            |spec| {
                for environment in spec.environments.values_mut() {
                    environment.provisioner = Provisioner::Terraform;
                }
            },
            &["eksctl"],
        ),
        ("one region", one_region, &["eu-west-1", "standby", "runbook", "failover"]),
        ("no edge", |spec| spec.edge = None, &[]),
        (
            "nothing to recommend",
            |spec| {
                for workload in spec.workloads.values_mut() {
                    workload.vertical = None;
                }
            },
            &["autoscaling.k8s.io"],
        ),
        (
            "nothing exposed",
            |spec| {
                spec.edge = None;
                for workload in spec.workloads.values_mut() {
                    workload.exposed.clear();
                }
            },
            &["elbv2", "istio-ingress"],
        ),
        (
            "all of it",
            |spec| {
                one_region(spec);
                without_mesh(spec);
                without_kafka(spec);
                spec.edge = None;
            },
            &["istio", "strimzi", "standby"],
        ),
    ];
    let count = |artifacts: &[Artifact]| artifacts.iter().map(|artifact| artifact.objects().len()).sum::<usize>();
    let whole = count(&waard_k8s::emit(&fixture("waardhaven")));
    for (what, change, gone) in cases {
        let topology = variant(change);
        let artifacts = waard_k8s::emit(&topology);
        let documents = documents(&artifacts);
        assert_eq!(judge::faults(&topology, &documents), Vec::<String>::new(), "{what}");
        assert_eq!(dangling_in(&topology, &artifacts), Vec::<String>::new(), "{what}");
        assert_eq!(leftovers(&artifacts, &documents, gone), Vec::<String>::new(), "{what}");
        if !gone.is_empty() && *what != "Karpenter" {
            let left = count(&artifacts);
            assert!(left < whole, "{what}: {left} objects of {whole}");
        }
    }
}
