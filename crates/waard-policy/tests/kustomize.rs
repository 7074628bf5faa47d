//! What kustomizations do to the objects that they list.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use waard_policy::{Cluster, Config, Object, Platform, Report, Source, check};

fn judge(files: &[(&str, &str)]) -> (Platform, Report) {
    let config = Config::default();
    let sources = files.iter().map(|(path, text)| Source::new(*path, *text)).collect();
    let platform = Platform::read(sources, &config);
    let report = check(&platform, &config);
    (platform, report)
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: api
          envFrom: [{configMapRef: {name: settings}}]
";

fn deployment(platform: &Platform) -> &Object {
    platform.clusters().iter().flat_map(Cluster::objects).find(|it| it.kind() == "Deployment").unwrap()
}

#[test]
fn an_overlay_changes_its_base() {
    let (platform, report) = judge(&[
        ("base/api.yaml", DEPLOYMENT),
        (
            "base/kustomization.yaml",
            "resources: [api.yaml]\nimages: [{name: api, newName: example.com/api, newTag: '3'}]\n",
        ),
        (
            "overlay/kustomization.yaml",
            "\
namespace: shop
namePrefix: eu-
resources: [../base]
replicas: [{name: api, count: 4}]
configMapGenerator: [{name: settings, literals: [a=b]}]
patches:
  - path: memory.yaml
  - target: {kind: Deployment, name: api}
    patch: |-
      - {op: add, path: /spec/minReadySeconds, value: 5}
  - target: {kind: Service}
    patch: |-
      - {op: remove, path: /spec}
",
        ),
        (
            "overlay/memory.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n      containers:\n        - {name: api, resources: {limits: {memory: 1Gi}}}\n",
        ),
        (
            "overlay/user.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api, namespace: shop}\nspec: {maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: eu-api}}\n",
        ),
    ]);
    let object = deployment(&platform);
    assert_eq!((object.namespace(), object.int_at("spec.replicas")), (Some("shop"), Some(4)));
    assert_eq!(object.int_at("spec.minReadySeconds"), Some(5));
    let containers = object.list("spec.template.spec.containers");
    assert_eq!(containers.len(), 1);
    assert_eq!(containers[0].str_at("image"), Some("example.com/api:3"));
    // What a patch brings stands in its file.
    let memory = containers[0].at("resources.limits.memory").unwrap();
    assert_eq!(platform.file_of(memory).unwrap().path(), "overlay/memory.yaml");
    assert_eq!(platform.text_at(memory), "1Gi");
    // Generated names and prefixed ones are no missing references.
    let missing: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with("references/"))
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn what_one_of_several_overlays_may_add_is_not_missing() {
    let base = DEPLOYMENT.replace("          image: api\n", "");
    let overlay = |image: &str| {
        format!(
            "resources: [../../base]\npatchesStrategicMerge:\n  - |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {{name: api}}\n    spec: {{template: {{spec: {{containers: [{{name: api, image: {image}}}]}}}}}}\n"
        )
    };
    let (one, two) = (overlay("example.com/api:1"), overlay("example.com/api:2"));
    let listed = "resources: [api.yaml]\n";
    let missing = |files: &[(&str, &str)]| {
        let (_, report) = judge(files);
        let found = report.findings.iter().filter(|finding| finding.rule == "schema/missing-field").count();
        (found, report.unknown.iter().any(|unknown| unknown.rule == "schema/missing-field"))
    };
    let base = [("base/api.yaml", base.as_str()), ("base/kustomization.yaml", listed)];
    assert_eq!(missing(&base), (1, false));
    let with =
        |more: &[(&'static str, &str)]| missing(&base.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>());
    assert_eq!(with(&[("overlays/one/kustomization.yaml", &one)]), (0, false));
    let both = [("overlays/one/kustomization.yaml", one.as_str()), ("overlays/two/kustomization.yaml", two.as_str())];
    assert_eq!(with(&both), (0, true));
}

#[test]
fn kustomizations_that_list_each_other_end() {
    let (platform, _) = judge(&[
        ("a/kustomization.yaml", "namePrefix: a-\nresources: [../b, api.yaml]\n"),
        ("b/kustomization.yaml", "namePrefix: b-\nresources: [../a]\n"),
        ("a/api.yaml", DEPLOYMENT),
    ]);
    assert_eq!(deployment(&platform).name(), "api");
}
