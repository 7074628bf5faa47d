//! What a failover changes, held against what the region would be if it served; and the runbooks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use support::{documents, fixture, items, strings};
use waard_model::artifact::Artifact;
use waard_model::topology::{Duty, Environment, Region};
use waard_model::{Topology, source, strategy};

/// Objects by kind, namespace and name.
type Objects = BTreeMap<(String, String, String), Value>;

fn key(value: &Value) -> (String, String, String) {
    let of = |key: &str| value["metadata"][key].as_str().unwrap_or_default().to_owned();
    (value["kind"].as_str().unwrap().to_owned(), of("namespace"), of("name"))
}

fn objects(artifacts: &[Artifact], cluster: &str) -> Objects {
    let here = documents(artifacts).into_iter().filter(|document| document.cluster() == cluster);
    here.map(|document| (key(&document.value), document.value)).collect()
}

/// What kustomize makes of an overlay: what stands by, with what is added and with patches, as its documentation has them.
/// A patch of what isn't there is a failure, as it is for kustomize.
fn overlaid(artifacts: &[Artifact], cluster: &str) -> Objects {
    let mut found = objects(artifacts, cluster);
    let head = format!("failover/{cluster}/");
    for artifact in artifacts.iter().filter(|artifact| artifact.path().as_str().starts_with(&head)) {
        let read = |text: &str| serde_yaml::from_str::<Value>(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        if artifact.path().as_str().ends_with("added.yaml") {
            for text in support::split(artifact.text()) {
                let value = read(&text);
                assert!(found.insert(key(&value), value).is_none(), "{text} is there already");
            }
            continue;
        }
        for patch in items(&read(artifact.text())["patches"]) {
            let mut patch = read(patch["patch"].as_str().unwrap());
            let key = key(&patch);
            let old = found.remove(&key).unwrap_or_else(|| panic!("{key:?} isn't there to be patched"));
            match patch["$patch"].as_str() {
                Some("delete") => continue,
                Some(other) => panic!("{other}"),
                None => {}
            }
            assert_eq!(patch["apiVersion"], old["apiVersion"]);
            let replaced = patch["spec"].as_object_mut().and_then(|spec| spec.remove("$patch")).is_some();
            let mut new = old;
            if replaced {
                new["spec"] = Value::Null;
            }
            merge(&mut new, &patch);
            found.insert(key, new);
        }
    }
    found
}

/// RFC 7396, and what a strategic merge patch does to everything but lists of built-in kinds.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = serde_json::json!({});
    }
    let target = target.as_object_mut().unwrap();
    for (key, value) in fields {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Each standby region with the one that it protects.
fn standbys(topology: &Topology) -> impl Iterator<Item = (&Environment, &Region, &Region)> {
    topology.regions().filter_map(|(environment, region)| match region.duty() {
        Duty::Standby { protects, .. } => Some((environment, region, &environment.regions()[protects])),
        Duty::Primary { .. } => None,
    })
}

/// Everything that is wrong with failovers, in words.
fn faults(topology: &Topology, artifacts: &[Artifact]) -> Vec<String> {
    let mut found = Vec::new();
    let mut runbooks = 0;
    for (environment, region, primary) in standbys(topology) {
        let cluster = format!("{}/{}", environment.name(), region.cluster().name());
        let mut wrong = |what: String| found.push(format!("{cluster}: {what}"));
        let serving = environment.after_failover(region).unwrap();
        let expected = objects(&waard_k8s::emit_region(topology, environment, &serving), &cluster);
        let actual = overlaid(artifacts, &cluster);
        for (key, value) in &expected {
            match actual.get(key) {
                None => wrong(format!("{key:?} is missing after a failover")),
                Some(actual) if actual != value => wrong(format!("{key:?} is another one after a failover")),
                Some(_) => {}
            }
        }
        for key in actual.keys().filter(|key| !expected.contains_key(*key)) {
            wrong(format!("{key:?} is still there after a failover"));
        }
        // A failover installs nothing: no namespace comes or goes.
        let before = objects(artifacts, &cluster);
        let namespaces = |objects: &Objects| -> Vec<String> {
            objects.keys().filter(|(kind, ..)| kind == "Namespace").map(|(.., name)| name.clone()).collect()
        };
        if namespaces(&before) != namespaces(&actual) {
            wrong("namespaces come or go in a failover".to_owned());
        }
        // What runs goes on: no pod is another one after a failover, so none is replaced.
        for (key, value) in before.iter().filter(|((kind, ..), _)| kind == "Deployment") {
            let after = actual.get(key).map(|after| &after["spec"]["template"]);
            if after != Some(&value["spec"]["template"]) {
                wrong(format!("the pods of {key:?} are replaced by a failover"));
            }
        }
        // Said without the emitter: enough pods, and nothing that runs by itself is forgotten.
        for workload in region.workloads().values() {
            let name = format!("{}-{}", topology.platform(), workload.name());
            let get = |kind: &str| actual.get(&(kind.to_owned(), workload.namespace().to_string(), name.clone()));
            let least = primary.stood_in_by(workload).map_or(0, |model| model.scale().min());
            let pods = get("HorizontalPodAutoscaler")
                .map(|autoscaler| &autoscaler["spec"]["minReplicas"])
                .or_else(|| get("Deployment").map(|deployment| &deployment["spec"]["replicas"]))
                .and_then(Value::as_u64);
            match workload.kind() {
                waard_model::spec::WorkloadKind::Service => {
                    let most = u64::from(workload.scale().max());
                    let wanted = u64::from(least.max(workload.scale().min())).min(most.max(2) - 1);
                    if pods.is_none_or(|pods| pods == 0 || pods < wanted) {
                        wrong(format!("{name} has {pods:?} pods after a failover, not {wanted}"));
                    }
                    let scaled = get("HorizontalPodAutoscaler").is_some();
                    if scaled && !get("Deployment").unwrap()["spec"]["replicas"].is_null() {
                        wrong(format!("{name} has its number of pods said beside an autoscaler"));
                    }
                }
                waard_model::spec::WorkloadKind::Scheduled if get("CronJob").is_none() => {
                    wrong(format!("{name} doesn't run after a failover"));
                }
                _ => {}
            }
        }
        let path = format!("runbooks/{}/{}.md", environment.name(), region.name());
        match artifacts.iter().find(|artifact| artifact.path().as_str() == path) {
            None => wrong("there is no runbook".to_owned()),
            Some(runbook) => {
                runbooks += 1;
                runbook_faults(runbook.text(), region, artifacts, &mut wrong);
            }
        }
    }
    let all = artifacts.iter().filter(|artifact| artifact.path().as_str().starts_with("runbooks/")).count();
    if all != runbooks {
        found.push(format!("{all} runbooks for {runbooks} standby regions"));
    }
    found
}

/// Times as a runbook says them, in seconds.
fn seconds(text: &str) -> u64 {
    let words: Vec<&str> = text.split(' ').collect();
    let unit = |unit: &str| match unit {
        "h" => 3600,
        "min" => 60,
        "s" => 1,
        other => panic!("{other} in {text}"),
    };
    words.chunks(2).map(|pair| pair[0].parse::<u64>().unwrap() * unit(pair[1])).sum()
}

fn runbook_faults(text: &str, region: &Region, artifacts: &[Artifact], wrong: &mut dyn FnMut(String)) {
    let Duty::Standby { rto, .. } = region.duty() else {
        panic!("{} is no standby", region.name());
    };
    // The table of times adds up, and says the truth about the recovery time that is allowed.
    let table = text.split("| step | at most |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows: Vec<Vec<&str>> =
        table.lines().skip(2).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect();
    let sum: u64 = rows.iter().map(|row| seconds(row[1])).sum();
    let fits = sum <= rto.as_secs();
    if rows.last().is_none_or(|row| seconds(row[2]) != sum) {
        wrong("the times don't add up".to_owned());
    }
    if fits != text.contains("within the RTO |") || fits == text.contains("The RTO can't be promised") {
        wrong(format!("the runbook doesn't say whether {sum} s fit in {rto}"));
    }
    if rows.iter().any(|row| row.len() != 4 || row[3].is_empty()) {
        wrong("a time has no source".to_owned());
    }
    // Links lead to headings and folders that are there.
    let anchors: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|heading| heading.to_lowercase().replace('.', "").replace(' ', "-"))
        .collect();
    for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
        let leads = if let Some(anchor) = link.strip_prefix('#') {
            anchors.iter().any(|other| other == anchor)
        } else {
            let folder = format!("{}/", link.strip_prefix("../../").unwrap());
            artifacts.iter().any(|artifact| artifact.path().as_str().starts_with(&folder))
        };
        if !leads {
            wrong(format!("the link {link} leads nowhere"));
        }
    }
    // Commands name this region or the protected one, quotes are closed, and nothing is left to fill in.
    let mut fenced = false;
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            if line.matches('\'').count() % 2 != 0 || line.matches('"').count() % 2 != 0 {
                wrong(format!("a quote isn't closed: {line}"));
            }
            if line.contains('<') || line.contains("…") || line.contains('`') {
                wrong(format!("something is left to fill in: {line}"));
            }
            if line.starts_with("kubectl") && !line.contains("--context") && !line.starts_with("kubectl kustomize") {
                wrong(format!("it isn't said in which cluster: {line}"));
            }
            if line.starts_with("aws") && !line.contains("--region") && !line.contains("route53") {
                wrong(format!("it isn't said in which region: {line}"));
            }
        }
    }
    if fenced {
        wrong("a fence isn't closed".to_owned());
    }
}

#[test]
fn nothing_is_wrong_with_the_shipped_ones() {
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    assert_eq!(faults(&topology, &artifacts), Vec::<String>::new());
    assert_eq!(standbys(&topology).count(), 2);
    for (environment, region, _) in standbys(&topology) {
        let runbook = format!("runbooks/{}/{}.md", environment.name(), region.name());
        let runbook = artifacts.iter().find(|artifact| artifact.path().as_str() == runbook).unwrap().text();
        assert!(runbook.contains("| planned | 30 min, within the RTO |"), "{runbook}");
        // The API of the standby is raised to what the protected region's has at least.
        assert!(
            runbook.contains("| `HorizontalPodAutoscaler/waardhaven-standby-api` | minReplicas 3 → 5 |"),
            "{runbook}"
        );
        assert!(runbook.contains(&format!(
            "aws rds promote-read-replica --region {} --db-instance-identifier waardhaven-production-database ",
            region.name()
        )));
        assert!(
            runbook.contains("Not started, because this region doesn't run it: `ml-training`.")
                == (region.name().as_str() == "us-west-2")
        );
    }
}

const DARK: &str = r#"
waard: v1
platform: shop
domain: shop.example
targets: { rto: 1h, rpo: 15m }
environments:
  production:
    regions:
      eu-central-1: { role: primary, cidr: 10.0.0.0/20, cluster: small, runs: [api, nightly, web] }
      eu-west-1: { role: standby, protects: eu-central-1, mode: pilot-light, cidr: 10.0.16.0/20, cluster: small, runs: [api, nightly, web] }
clusters:
  small: { version: "1.36", node_groups: { system: { instances: [m7g.large], size: 3..9 } } }
data:
  databases:
    orders: { version: "17", class: db.m7g.large, storage: 100Gi, standby: backups }
workloads:
  api:
    image: registry.shop.example/api:1.4.2
    ports: { http: 8080 }
    resources: { cpu: 250m, memory: 256Mi }
    scale: { replicas: 3..9, cpu: 70% }
    migration: { command: [migrate] }
    uses: [orders]
  nightly:
    kind: scheduled
    schedule: { cron: "0 3 * * *", zone: UTC }
    image: registry.shop.example/nightly:1.4.2
    resources: { cpu: 250m, memory: 256Mi }
  web: { image: registry.shop.example/web:1.4.2, resources: { cpu: 250m, memory: 256Mi }, scale: { replicas: 4..4 } }
"#;

/// A pilot light gets its pods, its autoscalers, its migration and its scheduled work, and the runbook says that an hour
/// isn't enough to restore a database.
#[test]
fn a_pilot_light_is_lit() {
    let topology = source::read(DARK.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0;
    let artifacts = waard_k8s::emit(&topology);
    assert_eq!(faults(&topology, &artifacts), Vec::<String>::new());
    let cluster = "production/shop-production-eu-west-1";
    let (before, after) = (objects(&artifacts, cluster), overlaid(&artifacts, cluster));
    let of = |objects: &Objects, kind: &str, name: &str| {
        objects.iter().find(|((other, _, object), _)| other == kind && object.starts_with(name)).map(|(_, v)| v.clone())
    };
    assert_eq!(of(&before, "Deployment", "shop-api").unwrap()["spec"]["replicas"], 0);
    assert_eq!(of(&after, "Deployment", "shop-api").unwrap()["spec"]["replicas"], Value::Null);
    assert_eq!(of(&after, "HorizontalPodAutoscaler", "shop-api").unwrap()["spec"]["minReplicas"], 3);
    assert_eq!(of(&after, "Deployment", "shop-web").unwrap()["spec"]["replicas"], 4);
    assert!(of(&before, "CronJob", "shop-nightly").is_none() && of(&after, "CronJob", "shop-nightly").is_some());
    assert!(of(&before, "Job", "shop-api-migrate").is_none() && of(&after, "Job", "shop-api-migrate").is_some());
    let runbook = artifacts.iter().find(|artifact| artifact.path().as_str() == "runbooks/production/eu-west-1.md");
    let runbook = runbook.unwrap().text();
    assert!(runbook.contains("restore-db-instance-to-point-in-time"), "{runbook}");
    assert!(runbook.contains("The RTO can't be promised like this"), "{runbook}");
    // Without a repository everything is applied by hand.
    assert!(
        runbook.contains(
            "apply --server-side --force-conflicts --kustomize failover/production/shop-production-eu-west-1"
        )
    );
    assert!(!runbook.contains("argocd"));
}

/// What a test can't see fail may be blind: each fault, put into a good file, is found.
#[test]
fn each_fault_is_found() {
    let topology = fixture("waardhaven");
    let good = waard_k8s::emit(&topology);
    let cases = [
        ("production/kustomization.yaml", "minReplicas: 5", "minReplicas: 4", "pods after a failover"),
        ("us-west-2.md", "| 15 min |", "| 16 min |", "add up"),
        ("us-west-2.md", "within the RTO |", "in time |", "doesn't say whether"),
        ("us-west-2.md", "](#failback)", "](#back)", "leads nowhere"),
        (
            "us-west-2.md",
            "aws rds promote-read-replica --region us-west-2",
            "aws rds promote-read-replica",
            "which region",
        ),
        (
            "us-west-2.md",
            "--db-instance-identifier waardhaven-production-database ",
            "--db-instance-identifier <id> ",
            "fill in",
        ),
        ("us-west-2.md", "--alias waardhaven", "--alias 'waardhaven", "closed"),
    ];
    for (file, from, to, expected) in cases {
        let damage = |artifact: &Artifact| {
            let path = artifact.path().as_str();
            let meant = path.contains("us-west-2") && !path.starts_with("kubernetes/") && path.ends_with(file);
            if !meant {
                return artifact.clone();
            }
            assert!(artifact.text().contains(from), "{from} in {path}");
            Artifact::new(artifact.path().clone(), artifact.text().replacen(from, to, 1), artifact.source().clone())
        };
        let damaged: Vec<Artifact> = good.iter().map(damage).collect();
        let found = faults(&topology, &damaged);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{from} → {to}: {found:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// After a failover a region is what it would be if it had always served, for random topologies.
    #[test]
    fn nothing_is_wrong(topology in strategy::shown()) {
        let artifacts = waard_k8s::emit(&topology);
        prop_assert_eq!(faults(&topology, &artifacts), Vec::<String>::new());
        for (environment, region, _) in standbys(&topology) {
            let folder = format!("failover/{}/{}/kustomization.yaml", environment.name(), region.cluster().name());
            let top = artifacts.iter().find(|artifact| artifact.path().as_str() == folder).unwrap();
            let top: Value = serde_yaml::from_str(top.text()).unwrap();
            prop_assert!(strings(&top["resources"]).any(|resource| resource == "_cluster"));
        }
    }
}
