//! Broken documents: the rest of them is judged, nothing before or after is lost, and absence proves nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use proptest::prelude::*;
use waard_policy::{Cluster, Config, Object, Platform, Report, Source, check};

fn judge(text: &str) -> (Platform, Report) {
    let config = Config::default();
    let platform = Platform::read(vec![Source::new("all.yaml", text)], &config);
    let report = check(&platform, &config);
    (platform, report)
}

/// Rule and line of each finding of some rules.
fn found(report: &Report, rules: &[&str]) -> Vec<(String, usize)> {
    let findings = report.findings.iter().filter(|finding| rules.iter().any(|rule| finding.rule.starts_with(rule)));
    findings.map(|finding| (finding.rule.clone(), finding.location.line)).collect()
}

const KAFKA: &str = "\
apiVersion: kafka.strimzi.io/v1beta2
kind: Kafka
metadata:
  name: events
  namespace: data
spec:
  kafka:
    version: 3.6.0
    replicas: 3
    storage:
      type: jbod
      volumes:
        - id: 0
          type: persistent-claim
          size: 1000Gi
          storageClass: gp3
    jvmOptions:
      -Xms: 4g
      -XX:+UseG1GC
      -XX:MaxGCPauseMillis: 20
      -XX:InitiatingHeapOccupancyPercent: 35
  zookeeper:
    replicas: 3
    storage:
      type: persistent-claim
      size: 100Gi
      storageClass: gp3
---
apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaTopic
metadata:
  name: orders
  namespace: data
spec:
  partitions: twelve
";

#[test]
fn what_stands_around_a_broken_line_is_judged() {
    let (platform, report) = judge(KAFKA);
    let objects: Vec<String> = platform.clusters().iter().flat_map(Cluster::objects).map(Object::title).collect();
    assert_eq!(objects, ["Kafka/data/events", "KafkaTopic/data/orders"]);
    let rule = |name: &str| format!("schema/{name}");
    assert_eq!(
        found(&report, &["schema/not-served", "schema/missing", "schema/unknown", "schema/wrong", "schema/yaml"]),
        [
            (rule("not-served-version"), 1),
            (rule("missing-field"), 7),
            (rule("unknown-field"), 16),
            (rule("yaml-syntax"), 19),
            (rule("unknown-field"), 20),
            (rule("unknown-field"), 21),
            (rule("unknown-field"), 27),
            (rule("not-served-version"), 29),
            (rule("wrong-type"), 35),
        ]
    );
    let near = report.findings.iter().find(|finding| finding.rule == "schema/unknown-field").unwrap();
    assert_eq!(near.help.as_deref(), Some("is `class` meant?"));
    assert!(near.message.contains("`spec.kafka.storage.volumes[0].storageClass`"), "{}", near.message);
}

#[test]
fn what_a_broken_line_may_have_said_is_not_missing() {
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector: {matchLabels: {app: api}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image example.com/api:1
        - name: other
";
    let (_, report) = judge(deployment);
    // The second container lacks its image, the first may have it.
    assert_eq!(found(&report, &["schema/missing-field"]), [("schema/missing-field".to_owned(), 14)]);
    let unknown: Vec<usize> = report
        .unknown
        .iter()
        .filter(|unknown| unknown.rule == "schema/missing-field")
        .map(|unknown| unknown.location.line)
        .collect();
    assert_eq!(unknown, [12], "{:?}", report.unknown);
}

/// Three documents; what is done to the second must not change the others.
const DOCUMENTS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: first, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: second
  namespace: shop
  labels: {app: api}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
    spec:
      containers:
        - name: api
          image: \"example.com/api:1\"
          command: [run, --fast]
          args:
            - |
              echo a: b
              exit
          env:
            - name: A
              value: 'b'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: third, namespace: shop}
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_line_hides_no_other_document(
        line in 4usize..31,
        at in 0usize..30,
        put in prop::sample::select(vec![
            "[", "]", "{", "}", "\"", "'", ":", ": ", "- ", "\t", "  ", "@", "&", "*x", "#", "|", "> ", "%", "nothing", "!",
            "\u{e4}", "? ", ", ",
        ]),
        remove in 0usize..4,
    ) {
        let mut lines: Vec<String> = DOCUMENTS.lines().map(str::to_owned).collect();
        let text = &mut lines[line];
        let at = at.min(text.len());
        let end = (at + remove).min(text.len());
        text.replace_range(at..end, put);
        let broken = lines.join("\n") + "\n";
        let (platform, report) = judge(&broken);
        let names: Vec<&str> =
            platform.clusters().iter().flat_map(Cluster::objects).map(Object::name).collect();
        prop_assert!(names.contains(&"first") && names.contains(&"third"), "{names:?}\n{broken}");
        let marks: Vec<usize> =
            broken.lines().enumerate().filter(|(_, line)| *line == "---").map(|(number, _)| number + 1).collect();
        for finding in report.findings.iter().filter(|finding| finding.rule == "schema/yaml-syntax") {
            let line = finding.location.line;
            prop_assert!(line > marks[0] && line <= *marks.last().unwrap(), "line {line}\n{broken}");
            prop_assert!(finding.location.end <= broken.len());
        }
        // Every place of an object is that of its text.
        for object in platform.clusters().iter().flat_map(Cluster::objects) {
            if let Some(name) = object.at("metadata.name") {
                let shown = platform.text_at(name);
                prop_assert!(shown.contains(object.name()) || shown.contains('\n') || shown.starts_with(['&', '!', '|', '>', '"']) , "{shown:?} {:?}", object.name());
            }
        }
    }
}
