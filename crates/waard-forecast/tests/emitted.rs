//! What is simulated is what is emitted: the scenarios of shipped platforms against the objects in their `out/`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reads fixtures and fails by panicking, in its helpers too"
)]

use std::path::{Path, PathBuf};

use serde_yaml::Value;
use waard_forecast::hpa::{Policy, PolicyKind, Rules, Target};
use waard_forecast::scaling::{Load, Provisioner, Scenario};
use waard_forecast::start::Probe;
use waard_forecast::{Assumptions, Span};
use waard_model::Topology;
use waard_model::spec::WorkloadKind;

fn documents(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split("\n---\n").map(|document| serde_yaml::from_str(document).unwrap()).collect()
}

fn of_kind<'d>(documents: &'d [Value], kind: &str, name: &str) -> &'d Value {
    let fits = |document: &&Value| document["kind"] == kind && document["metadata"]["name"] == name;
    documents.iter().find(fits).unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn seconds(value: &Value) -> Span {
    Span::secs(value.as_u64().unwrap_or(0))
}

fn rules(written: &Value) -> Rules {
    let policies = written["policies"].as_sequence().unwrap();
    assert_eq!(written["selectPolicy"], "Max");
    Rules {
        window: Some(seconds(&written["stabilizationWindowSeconds"])),
        policies: policies
            .iter()
            .map(|policy| Policy {
                kind: if policy["type"] == "Pods" { PolicyKind::Pods } else { PolicyKind::Percent },
                value: i32::try_from(policy["value"].as_i64().unwrap()).unwrap(),
                period: seconds(&policy["periodSeconds"]),
            })
            .collect(),
        ..Rules::up()
    }
}

fn probe(written: &Value) -> Option<Probe> {
    written.is_mapping().then(|| Probe {
        after: seconds(&written["initialDelaySeconds"]),
        every: seconds(&written["periodSeconds"]),
        failures: u32::try_from(written["failureThreshold"].as_u64().unwrap()).unwrap(),
    })
}

/// Policies in an order of their own: which comes first means nothing.
fn sorted(rules: &Rules) -> Vec<(bool, i32, Span)> {
    let mut all: Vec<_> =
        rules.policies.iter().map(|policy| (policy.kind == PolicyKind::Pods, policy.value, policy.period)).collect();
    all.sort_unstable();
    all
}

fn compare(scenario: &Scenario, folder: &Path, app: &str, workload: &str, namespace: &str) {
    let objects = documents(&folder.join(format!("{namespace}/{workload}.yaml")));
    let deployment = &of_kind(&objects, "Deployment", app)["spec"]["template"]["spec"];
    let container = &deployment["containers"].as_sequence().unwrap().iter().find(|c| c["name"] == workload).unwrap();
    assert_eq!(scenario.start.startup, probe(&container["startupProbe"]), "{app}");
    assert_eq!(scenario.start.readiness, probe(&container["readinessProbe"]), "{app}");
    assert_eq!(scenario.grace, seconds(&deployment["terminationGracePeriodSeconds"]), "{app}");
    let cpu = container["resources"]["requests"]["cpu"].as_str().unwrap();
    let millis = cpu.strip_suffix('m').map_or_else(|| cpu.parse::<i64>().unwrap() * 1000, |m| m.parse().unwrap());
    assert_eq!(scenario.request, millis, "{app}");

    if let Some(spec) = &scenario.hpa {
        let written = &of_kind(&objects, "HorizontalPodAutoscaler", app)["spec"];
        assert_eq!(
            (i64::from(spec.min), i64::from(spec.max)),
            (written["minReplicas"].as_i64().unwrap(), written["maxReplicas"].as_i64().unwrap())
        );
        let cpu = written["metrics"].as_sequence().unwrap().iter().find_map(|metric| {
            let source =
                [&metric["resource"], &metric["containerResource"]].into_iter().find(|source| source.is_mapping())?;
            (source["name"] == "cpu").then(|| source["target"]["averageUtilization"].as_i64().unwrap())
        });
        assert_eq!(Some(spec.metrics[0].target), cpu.map(Target::Utilization), "{app}");
        let behaviour = spec.behaviour.as_ref().unwrap();
        for (mine, theirs) in [
            (&behaviour.up, rules(&written["behavior"]["scaleUp"])),
            (&behaviour.down, rules(&written["behavior"]["scaleDown"])),
        ] {
            assert_eq!((mine.window, sorted(mine)), (theirs.window, sorted(&theirs)), "{app}");
        }
    }
    if scenario.headroom > 0 {
        let held = &of_kind(&objects, "Deployment", &format!("{app}-headroom"))["spec"]["replicas"];
        assert_eq!(u64::from(scenario.headroom), held.as_u64().unwrap(), "{app}");
    }
}

/// The flags of Cluster Autoscaler.
fn compare_flags(scenario: &Scenario, folder: &Path) {
    let text = std::fs::read_to_string(folder.join("kube-system/cluster-autoscaler.yaml")).unwrap();
    let flag = |name: &str| {
        let (_, rest) = text.split_once(&format!("--{name}=")).unwrap_or_else(|| panic!("no --{name}"));
        rest.lines().next().unwrap().trim().to_owned()
    };
    let Provisioner::ClusterAutoscaler { scan, after_add, unneeded, below, .. } = &scenario.provisioner else {
        panic!("not Cluster Autoscaler");
    };
    for (name, mine) in
        [("scan-interval", scan), ("scale-down-delay-after-add", after_add), ("scale-down-unneeded-time", unneeded)]
    {
        let written: waard_model::quantity::Duration = flag(name).parse().unwrap();
        assert_eq!(*mine, Span::from(written), "{name}");
    }
    assert_eq!(below.to_string(), flag("scale-down-utilization-threshold"));
}

#[test]
fn scenarios_have_the_numbers_of_emitted_objects() {
    let mut compared = 0;
    for fixture in ["minimal", "waardhaven"] {
        let folder = PathBuf::from(format!("{}/../../fixtures/{fixture}", env!("CARGO_MANIFEST_DIR")));
        let text = std::fs::read(folder.join("waard.yaml")).unwrap();
        let topology: Topology = waard_model::source::read(&text).unwrap().0;
        for (environment, region) in topology.regions() {
            let cluster = folder.join(format!("out/kubernetes/{}/{}", environment.name(), region.cluster().name()));
            for workload in region.workloads().values().filter(|workload| workload.kind() == WorkloadKind::Service) {
                let load = (Load::Constant(1.0), Span::secs(60));
                let made =
                    Scenario::of(&topology, environment, region, workload.name(), load, &Assumptions::of_catalog());
                let (scenario, _) = made.unwrap_or_else(|error| panic!("{fixture}: {error}"));
                let app = format!("{}-{}", topology.platform(), workload.name());
                compare(&scenario, &cluster, &app, workload.name().as_str(), workload.namespace().as_str());
                compare_flags(&scenario, &cluster);
                compared += 1;
            }
        }
    }
    assert!(compared >= 15, "{compared}");
}
