//! The shipped topologies fit the facts, and each kind of misfit is found.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

use waard_model::{Topology, source};

#[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
fn text(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../../fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn misfits(text: &str) -> Vec<String> {
    let topology: Topology = source::read(text.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}")).0;
    waard_catalog::fit::misfits(&topology)
        .iter()
        .map(|v| format!("{}: {v} ({})", v.path(), v.help().unwrap_or_default()))
        .collect()
}

#[test]
fn shipped_topologies_fit() {
    for path in ["minimal/waard.yaml", "waardhaven/waard.yaml"] {
        assert_eq!(misfits(&text(path)), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn each_misfit_is_found() {
    let minimal = text("minimal/waard.yaml");
    for (from, to, expected) in [
        ("eu-central-1:", "eu-middle-1:", "AWS has no region `eu-middle-1`"),
        ("cluster: small,", "cluster: small, zones: [eu-central-1a, eu-central-1f],", "has no zone `eu-central-1f`"),
        ("1.36", "1.99", "EKS has no version 1.99"),
        ("1.36", "1.37", "no release of Cluster Autoscaler is known for Kubernetes 1.37: no 1.37 tag yet"),
        ("size: 2..4", "size: 1..1", "not every pod has room even at its least, on `system` with 1 node of m7g.large"),
        ("replicas: 2..6", "replicas: 2..60", "not every pod has room when everything is at its most"),
        ("m7g.large", "t4g.small", "no node takes a pod of `prometheus-kube-prometheus-stack-prometheus`"),
        ("m7g.large", "m7g.huge", "no instance type `m7g.huge`"),
        ("m7g.large", "p3.2xlarge", "`p3.2xlarge` is not offered in `eu-central-1`"),
        ("[m7g.large]", "[m7g.large, m7i.large]", "`m7i.large` is amd64, `m7g.large` is arm64"),
        ("[m7g.large]", "[m7g.large, r7g.large]", "`r7g.large` has 2 vCPUs, 16384 MiB"),
        ("size: 2..4", "size: 2..4, max_pods: 250", "can have 110 pods at most"),
        ("memory: 256Mi", "memory: 12Gi", "no node takes a pod of `api`"),
        ("memory: 256Mi", "memory: 256Mi, gpu: 1", "no node takes a pod of `api`"),
        ("cpu: 250m", "cpu: 4", "no node takes a pod of `api`"),
        ("ports:", "architectures: [amd64]\n    ports:", "`system` is arm64"),
        ("replicas: 2..6", "replicas: 2000..3000", "has 2000 pods at least"),
    ] {
        assert!(minimal.contains(from), "{from}");
        let found = misfits(&minimal.replacen(from, to, 1));
        assert!(found.iter().any(|message| message.contains(expected)), "{from} → {to}: {found:#?}");
    }
    let full = text("waardhaven/waard.yaml");
    for (from, to, expected) in [
        ("version: \"15\"", "version: \"10\"", "RDS makes no new PostgreSQL 10"),
        ("version: \"15\"", "version: \"15.4\"", "RDS makes no new PostgreSQL 15.4"),
        ("version: \"7.0\"", "version: \"8.0\"", "ElastiCache has no redis 8.0"),
        (
            "node: cache.r6g.xlarge, shards: 3",
            "standby: replica, node: cache.t4g.medium, shards: 3",
            "ElastiCache has no global datastore of cache.t4g.medium, so `cache` can't be copied to `us-west-2`",
        ),
        ("version: \"4.3.1\"", "version: \"3.6.0\"", "has no Kafka 3.6.0"),
        ("memory: 16Gi, heap: 5Gi", "memory: 160Gi, heap: 5Gi", "no node takes a pod of `kafka`"),
    ] {
        assert!(full.contains(from), "{from}");
        let found = misfits(&full.replacen(from, to, 1));
        assert!(found.iter().any(|message| message.contains(expected)), "{from} → {to}: {found:#?}");
    }
}
