//! See its page.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Defined, Object, is_builtin_group};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/kind-not-served",
    severity: Severity::Error,
    looks_at: "objects",
    page: include_str!("kind_not_served.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Groups that EKS serves by itself, or that others bring into every cluster of it.
///
/// Source: Amazon EKS User Guide, "Security groups for pods", "Custom networking" and "EKS Auto Mode".
const OF_EKS: [&str; 6] = [
    "crd.k8s.amazonaws.com",
    "eks.amazonaws.com",
    "metrics.k8s.io",
    "networking.k8s.aws",
    "vpcresources.k8s.aws",
    "cninode.vpcresources.k8s.aws",
];

/// The kinds that a cluster has one object of only to be read by tools.
const OF_TOOLS: [&str; 5] =
    ["kustomize.config.k8s.io", "eksctl.io", "kubeadm.k8s.io", "kubelet.config.k8s.io", "config.karmada.io"];

/// Charts, and the groups that they bring definitions for.
///
/// Source: the folder `crds` or the templates of each chart.
const OF_CHARTS: [(&str, &[&str]); 14] = [
    ("strimzi-kafka-operator", &["kafka.strimzi.io", "core.strimzi.io"]),
    ("base", &["networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"]),
    ("vertical-pod-autoscaler", &["autoscaling.k8s.io"]),
    ("external-secrets", &["external-secrets.io", "generators.external-secrets.io"]),
    ("kube-prometheus-stack", &["monitoring.coreos.com"]),
    ("prometheus-operator-crds", &["monitoring.coreos.com"]),
    ("argo-cd", &["argoproj.io"]),
    ("argo-rollouts", &["argoproj.io"]),
    ("aws-load-balancer-controller", &["elbv2.k8s.aws"]),
    ("karpenter", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("karpenter-crd", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("cert-manager", &["cert-manager.io", "acme.cert-manager.io"]),
    ("keda", &["keda.sh"]),
    ("kyverno", &["kyverno.io"]),
];

/// The charts that Terraform, scripts, kustomizations, Argo CD and Flux install.
fn charts(context: &Context<'_>, cluster: &Cluster) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut add = |name: &str| found.insert(name.rsplit('/').next().unwrap_or(name).to_owned());
    for root in context.platform().roots() {
        for release in root.resources("helm_release") {
            if let Some(name) = root.text(release, "chart") {
                add(&name);
            }
        }
    }
    let generators = context.platform().kustomizations().iter().flat_map(|found| found.node().list("helmCharts"));
    for name in generators.filter_map(|chart| chart.str_at("name")) {
        add(name);
    }
    for install in context.platform().installs() {
        add(&install.chart);
    }
    for object in cluster.objects() {
        let paths: &[&str] = match object.kind() {
            "Application" => &["spec.source.chart"],
            "ApplicationSet" => &["spec.template.spec.source.chart"],
            "HelmRelease" => &["spec.chart.spec.chart"],
            _ => continue,
        };
        for name in paths.iter().filter_map(|path| object.str_at(path)) {
            add(name);
        }
        let sources = object.list("spec.sources").iter().chain(object.list("spec.template.spec.sources"));
        for name in sources.filter_map(|source| source.str_at("chart")) {
            add(name);
        }
    }
    found
}

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let charts = charts(context, cluster);
    let brought: BTreeSet<&str> = OF_CHARTS
        .iter()
        .filter(|(chart, _)| charts.contains(*chart))
        .flat_map(|(_, groups)| groups.iter().copied())
        .collect();
    let written: BTreeSet<(&str, &str)> = cluster
        .of("CustomResourceDefinition")
        .filter_map(|crd| Some((crd.str_at("spec.group")?, crd.str_at("spec.names.kind")?)))
        .collect();
    let mut judged: BTreeSet<(&str, &str)> = BTreeSet::new();
    for object in cluster.objects() {
        let (group, kind) = (object.group(), object.kind());
        let known = is_builtin_group(group) || OF_EKS.contains(&group) || OF_TOOLS.contains(&group);
        if known || group.is_empty() || !judged.insert((group, kind)) {
            continue;
        }
        findings.looked_at_one();
        if let Some(crd) = cluster.of("CustomResourceDefinition").find(|crd| serves(crd, group, kind)) {
            version(object, crd, findings);
            continue;
        }
        if written.contains(&(group, kind)) || brought.contains(group) {
            continue;
        }
        let at = object.node().get("apiVersion").map_or_else(|| object.place(), Placed::place);
        // Charts and operators bring definitions with them; which ones, no file here tells.
        if let Defined::Perhaps(_) = cluster.defines("CustomResourceDefinition", "", "") {
            let why =
                format!("whether a chart or operator brings the kind `{kind}` of `{group}` is not among the files");
            findings.unknown(at, why);
            continue;
        }
        let count = cluster.of_group(group, kind).count();
        let are = if count == 1 { "1 object is".to_owned() } else { format!("{count} objects are") };
        findings.report(at, format!("nothing installs the kind `{kind}` of `{group}`, and {are} of it")).help(
            "install its operator with its CustomResourceDefinitions, or add those to the files; without them `kubectl apply` fails: no matches for kind",
        );
    }
}

fn serves(crd: &Object, group: &str, kind: &str) -> bool {
    crd.str_at("spec.group") == Some(group) && crd.str_at("spec.names.kind") == Some(kind)
}

/// A version that the definition among the files doesn't serve.
fn version(object: &Object, crd: &Object, findings: &mut Findings<'_>) {
    let versions = crd.list("spec.versions");
    let served = |version: &&Node| version.bool_at("served") != Some(false);
    let names: Vec<&str> = versions.iter().filter(served).filter_map(|version| version.str_at("name")).collect();
    if !names.is_empty() && !names.contains(&object.version()) {
        let at = object.node().get("apiVersion").map_or_else(|| object.place(), Placed::place);
        let message = format!("`{}` serves {} and not `{}`", crd.name(), names.join(", "), object.version());
        findings.report(at, message).related(crd, "its definition").help("use a version that is served");
    }
}
