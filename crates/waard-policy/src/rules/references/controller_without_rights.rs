//! See its page.

use crate::cluster::{Cluster, Container};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/controller-without-rights",
    severity: Severity::Error,
    looks_at: "controllers that work through the Kubernetes API",
    page: include_str!("controller_without_rights.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Controllers that do nothing without rights in the cluster, by the last part of the image's name. Each brings its roles in
/// its chart or manifests.
const CONTROLLERS: [&str; 14] = [
    "aws-load-balancer-controller",
    "cert-manager-controller",
    "cluster-autoscaler",
    "cluster-autoscaler-amd64",
    "cluster-autoscaler-arm64",
    "descheduler",
    "external-dns",
    "external-secrets",
    "k8s-cloudwatch-adapter",
    "karpenter",
    "keda",
    "kube-state-metrics",
    "metrics-server",
    "vpa-recommender",
];

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for workload in cluster.workloads() {
        let Some(container) = workload.running().find(|container| is_controller(*container)) else { continue };
        findings.looked_at_one();
        let (namespace, account) = (workload.object.ns(), workload.service_account());
        if cluster.has_binding(namespace, account) {
            continue;
        }
        let charts = cluster.charts(context.platform());
        let own = charts.iter().find(|chart| chart.name == container.name() || chart.name == image_name(container));
        let other = || cluster.unknown_chart(context.platform()).map(|chart| chart.name);
        if let Some(name) = own.map(|chart| chart.name.clone()).or_else(other) {
            findings.unknown(workload, format!("chart `{name}` may bind its roles"));
            continue;
        }
        findings
            .report(
                workload,
                format!(
                    "no binding gives service account `{account}` any right, and `{}` can do nothing without",
                    container.name()
                ),
            )
            .counterexample("its first request to the API is refused: forbidden")
            .help("add the ClusterRole, Role and bindings of its release");
    }
}

/// Whether it runs a controller, by the name of its image, whatever the registry is.
pub(crate) fn is_controller(container: Container<'_>) -> bool {
    CONTROLLERS.contains(&image_name(container))
}

fn image_name(container: Container<'_>) -> &str {
    let image = container.image().and_then(Node::text).unwrap_or_default();
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split_once(':').map_or(last, |(name, _)| name)
}
