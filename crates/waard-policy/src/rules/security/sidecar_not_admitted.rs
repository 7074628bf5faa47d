//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::wish::is_left_open;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/sidecar-not-admitted",
    severity: Severity::Error,
    looks_at: "pods with sidecars that need rights in the network",
    page: include_str!("sidecar_not_admitted.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: istio.io, "Application Requirements" and "Install the Istio CNI node agent": the init container of a sidecar
/// needs NET_ADMIN and NET_RAW; Kubernetes, "Pod Security Standards": neither `baseline` nor `restricted` allows NET_ADMIN.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let routes = cluster.of_group("networking.istio.io", "VirtualService").next();
    let mut held = Vec::new();
    for namespace in cluster.of("Namespace") {
        let level = namespace.label("pod-security.kubernetes.io/enforce");
        if let Some(level @ ("baseline" | "restricted")) = level
            && let Some(workload) = cluster
                .workloads()
                .find(|workload| workload.object.ns() == namespace.name() && cluster.has_sidecar(*workload))
        {
            held.push((
                namespace.place(),
                format!("namespace `{}` enforces `{level}`", namespace.name()),
                workload.place(),
                Severity::Error,
            ));
        }
    }
    for policy in cluster.of("PodSecurityPolicy") {
        let drops = policy.at("spec.requiredDropCapabilities").filter(|list| {
            list.items().iter().any(|item| item.text() == Some("ALL") || item.text() == Some("NET_ADMIN"))
        });
        let allows =
            policy.list("spec.allowedCapabilities").iter().any(|item| matches!(item.text(), Some("NET_ADMIN" | "*")));
        let sidecar =
            cluster.workloads().find(|workload| cluster.has_sidecar(*workload)).map(|workload| workload.place());
        if let (Some(drops), false, Some(by)) = (
            policy
                .node()
                .at("spec")
                .and_then(|spec| spec.entry("requiredDropCapabilities"))
                .filter(|_| drops.is_some()),
            allows,
            sidecar.or_else(|| routes.map(Placed::place)),
        ) {
            // A route alone may lead to pods without sidecars.
            let severity = if sidecar.is_some() { Severity::Error } else { Severity::Info };
            held.push((drops.place(), format!("{} drops every capability", policy.title()), by, severity));
        }
    }
    if held.is_empty() {
        return;
    }
    let is_cni = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.rsplit('/').next() == Some("cni")
            || text.contains("istio-cni")
            || text.contains("istio_cni")
            || text.contains("ztunnel")
    };
    let agent = cluster.objects().iter().any(|object| {
        let mut found = is_cni(object.name());
        if !object.is_builtin() {
            object.node().walk(&mut |node| found |= node.text().is_some_and(is_cni));
            found |= object.bool_at("spec.components.cni.enabled") == Some(true);
        }
        found
    });
    let by_terraform = context
        .platform()
        .roots()
        .iter()
        .flat_map(|root| root.resources("helm_release"))
        .any(|release| ["chart", "name"].iter().filter_map(|name| release.get(name)?.as_str()).any(is_cni));
    let by_script = context.platform().installs().iter().any(|install| is_cni(&install.chart));
    for (place, why, by, severity) in held {
        findings.looked_at_one();
        if agent || by_terraform || by_script {
            continue;
        }
        if let Some(module) = is_left_open(context.platform()) {
            findings.unknown(place, format!("`{}` may install the node agent of the mesh", module.address()));
            continue;
        }
        findings
            .report(
                place,
                format!(
                    "{why}, and the init container of a sidecar needs NET_ADMIN and NET_RAW: such pods are refused"
                ),
            )
            .severity(severity)
            .related(by, "this wants sidecars")
            .help("install the node agent of Istio (chart `cni`), or the ambient mode: pods then need neither");
    }
}
