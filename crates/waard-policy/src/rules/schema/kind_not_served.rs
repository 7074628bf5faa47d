//! See its page.

use std::collections::BTreeSet;

use crate::charts::{self, Chart};
use crate::cluster::{Cluster, Object, is_builtin_group};
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

/// Charts, and the groups that they bring definitions for: a chart that isn't here may bring any.
///
/// Source: the folder `crds` or the templates of each chart.
const OF_CHARTS: [(&str, &[&str]); 24] = [
    ("argo-cd", &["argoproj.io"]),
    ("argo-rollouts", &["argoproj.io"]),
    ("aws-ebs-csi-driver", &[]),
    ("aws-load-balancer-controller", &["elbv2.k8s.aws", "gateway.k8s.aws"]),
    ("base", &["networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"]),
    ("cert-manager", &["cert-manager.io", "acme.cert-manager.io"]),
    ("cluster-autoscaler", &[]),
    ("cni", &[]),
    ("external-dns", &["externaldns.k8s.io"]),
    ("external-secrets", &["external-secrets.io", "generators.external-secrets.io"]),
    ("gateway", &[]),
    ("istiod", &[]),
    ("karpenter", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("karpenter-crd", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("keda", &["keda.sh"]),
    ("kube-prometheus-stack", &["monitoring.coreos.com"]),
    ("kyverno", &["kyverno.io"]),
    ("metrics-server", &[]),
    ("nvidia-device-plugin", &["nfd.k8s-sigs.io"]),
    ("prometheus-operator-crds", &["monitoring.coreos.com"]),
    ("prometheus-yet-another-cloudwatch-exporter", &[]),
    ("strimzi-kafka-operator", &["kafka.strimzi.io", "core.strimzi.io"]),
    ("velero", &["velero.io"]),
    ("vertical-pod-autoscaler", &["autoscaling.k8s.io"]),
];

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut charts = charts::of_cluster(cluster);
    charts.extend(charts::of_platform(context.platform()));
    let of_chart = |chart: &Chart| OF_CHARTS.iter().find(|(name, _)| *name == chart.name);
    let brought: BTreeSet<&str> =
        charts.iter().filter_map(of_chart).flat_map(|(_, groups)| groups.iter().copied()).collect();
    // What is neither a chart nor among the files may bring anything too.
    let open = cluster.made.may_define() || charts.iter().any(|chart| of_chart(chart).is_none());
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
        if open {
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
