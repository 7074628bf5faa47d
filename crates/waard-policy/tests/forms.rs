//! The forms in which people give objects: lists, JSON, byte order marks, line ends of Windows, definitions elsewhere.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use waard_policy::{Cluster, Config, Object, Platform, Report, Source, check};

fn judge(files: &[(&str, &str)]) -> (Platform, Report) {
    let config = Config::default();
    let sources = files.iter().map(|(path, text)| Source::new(*path, *text)).collect();
    let platform = Platform::read(sources, &config);
    let report = check(&platform, &config);
    (platform, report)
}

fn titles(platform: &Platform) -> Vec<String> {
    platform.clusters().iter().flat_map(Cluster::objects).map(Object::title).collect()
}

/// Line and column of the findings of a rule.
fn places(report: &Report, rule: &str) -> Vec<(usize, usize)> {
    let found = report.findings.iter().filter(|finding| finding.rule == rule);
    found.map(|finding| (finding.location.line, finding.location.column)).collect()
}

const NOWHERE: [(usize, usize); 0] = [];

const SERVICE: &str =
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: api\nspec:\n  ports:\n    - port: 80000\n      prot: TCP\n";

#[test]
fn lists_are_taken_apart_within_lists_too() {
    let inner = SERVICE.replace('\n', "\n        ");
    let text = format!(
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ServiceList\n    items:\n      - {}\n  - {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}}}\n",
        inner.trim_end()
    );
    let (platform, report) = judge(&[("all.yaml", &text)]);
    assert_eq!(titles(&platform), ["Service/default/api", "ConfigMap/default/a"]);
    assert_eq!(places(&report, "schema/unknown-field"), [(14, 15)]);
    assert_eq!(places(&report, "schema/invalid-value"), [(13, 21)]);
}

#[test]
fn json_is_read_with_its_places() {
    let text = "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Service\",\n  \"metadata\": {\"name\": \"api\"},\n  \"spec\": {\n\t\t\"ports\": [{\"port\": 80, \"prot\": \"TCP\"}]\n  }\n}\n";
    let (platform, report) = judge(&[("service.json", text)]);
    assert_eq!(titles(&platform), ["Service/default/api"]);
    assert_eq!(places(&report, "schema/unknown-field"), [(6, 26)]);
    assert_eq!(places(&report, "schema/yaml-syntax"), NOWHERE);
}

#[test]
fn byte_order_marks_and_line_ends_of_windows_change_nothing() {
    for text in [
        SERVICE.to_owned(),
        format!("\u{feff}{SERVICE}"),
        SERVICE.replace('\n', "\r\n"),
        format!("\u{feff}{}", SERVICE.replace('\n', "\r\n")),
    ] {
        let (platform, report) = judge(&[("service.yaml", &text)]);
        assert_eq!(titles(&platform), ["Service/default/api"], "{text:?}");
        assert_eq!(places(&report, "schema/unknown-field"), [(8, 7)], "{text:?}");
        assert_eq!(places(&report, "schema/invalid-value"), [(7, 13)], "{text:?}");
    }
}

#[test]
fn a_file_of_many_documents_has_them_all() {
    let text = "# nothing\n---\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n...\n---\n# nothing\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n--- # three\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let (platform, report) = judge(&[("all.yaml", &text)]);
        assert_eq!(titles(&platform), ["ConfigMap/default/a", "ConfigMap/default/b", "ConfigMap/default/c"]);
        assert_eq!(places(&report, "schema/yaml-syntax"), NOWHERE);
    }
}

const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                mode: {type: string, enum: [fast, slow]}
                port: {anyOf: [{type: integer}, {type: string}], x-kubernetes-int-or-string: true}
                size: {type: integer, minimum: 1}
                items:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items: {type: object, required: [name], properties: {name: {type: string, pattern: '^[a-z]+$'}}}
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";

#[test]
fn a_definition_among_the_files_judges_its_objects() {
    let widget = |version: &str, spec: &str| {
        format!("apiVersion: example.com/{version}\nkind: Widget\nmetadata: {{name: a}}\nspec: {spec}\n")
    };
    let rules = ["unknown-field", "wrong-type", "missing-field", "invalid-value"];
    for (spec, rule) in [
        ("{mode: fast, port: 80, size: 1, items: [{name: a}, {name: b}]}", None),
        ("{port: http}", None),
        ("{prot: 80}", Some("unknown-field")),
        ("{port: 1.5}", Some("wrong-type")),
        ("{size: '1'}", Some("wrong-type")),
        ("{items: {name: a}}", Some("wrong-type")),
        ("{items: [{}]}", Some("missing-field")),
        ("{mode: fats}", Some("invalid-value")),
        ("{size: 0}", Some("invalid-value")),
        ("{items: [{name: A}]}", Some("invalid-value")),
        ("{items: [{name: a}, {name: a}]}", Some("invalid-value")),
    ] {
        let (_, report) = judge(&[("crds/widget.yaml", DEFINITION), ("app/widget.yaml", &widget("v1", spec))]);
        let found: Vec<&str> =
            rules.into_iter().filter(|rule| !places(&report, &format!("schema/{rule}")).is_empty()).collect();
        assert_eq!(found, rule.into_iter().collect::<Vec<_>>(), "{spec}");
    }
    // A version that isn't served has a schema of its own.
    let (_, report) =
        judge(&[("crds/widget.yaml", DEFINITION), ("app/widget.yaml", &widget("v1alpha1", "{any: thing}"))]);
    assert_eq!(places(&report, "schema/unknown-field"), NOWHERE);
    assert_eq!(places(&report, "schema/kind-not-served"), [(1, 13)]);
}

#[test]
fn a_definition_beside_several_clusters_is_for_all_of_them() {
    let config = |name: &str| {
        format!(
            "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: {name}, region: eu-central-1}}\n"
        )
    };
    let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {prot: 80}\n";
    let (platform, report) = judge(&[
        ("one/cluster.yaml", &config("one")),
        ("two/cluster.yaml", &config("two")),
        ("shared/widget.yaml", DEFINITION),
        ("one/widget.yaml", widget),
        ("two/widget.yaml", widget),
    ]);
    assert_eq!(platform.clusters().len(), 3);
    assert_eq!(places(&report, "schema/unknown-field").len(), 2);
}
