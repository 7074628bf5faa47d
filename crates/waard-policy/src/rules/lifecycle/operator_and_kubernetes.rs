//! See its page.

use std::collections::BTreeMap;

use waard_catalog::{Compatibility, Component, Minor};

use crate::charts::{self, Chart, Version};
use crate::cluster::{Cluster, Container};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/operator-and-kubernetes",
    severity: Severity::Error,
    looks_at: "operators whose objects, images or charts are there, in clusters whose version is known",
    page: include_str!("operator_and_kubernetes.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The API groups by which an operator is known, and the catalog's name for it.
const GROUPS: [(&str, &str); 8] = [
    ("argoproj.io", "argo-cd"),
    ("autoscaling.k8s.io", "vertical-pod-autoscaler"),
    ("external-secrets.io", "external-secrets"),
    ("kafka.strimzi.io", "strimzi"),
    ("karpenter.sh", "karpenter"),
    ("monitoring.coreos.com", "kube-prometheus-stack"),
    ("networking.istio.io", "istio"),
    ("security.istio.io", "istio"),
];

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(version) = cluster.version() else { return };
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    for object in cluster.objects() {
        // Argo Workflows and Argo Rollouts share the group of Argo CD.
        if object.group() == "argoproj.io" && !matches!(object.kind(), "Application" | "ApplicationSet" | "AppProject")
        {
            continue;
        }
        if let Some((_, id)) = GROUPS.iter().find(|(group, _)| *group == object.group()) {
            seen.entry(id).or_insert_with(|| object.place());
        }
    }
    let mut charts = charts::of_cluster(cluster);
    // Which cluster others are installed in, nothing says where there are several.
    if context.platform().clusters().len() == 1 {
        charts.extend(charts::of_platform(context.platform()));
    }
    let installed = charts.iter().filter_map(|chart| {
        let of_component = |component: &&Component| component.charts.contains(&chart.name);
        let component = context.catalog().components().iter().find(of_component)?;
        (component.id != "cluster-autoscaler").then_some((component, chart))
    });
    for (component, chart) in installed {
        seen.entry(&component.id).or_insert(chart.place);
        chart_of(component, chart, version.minor, findings);
    }
    for (id, at) in seen {
        let Some(component) = context.catalog().component(id) else { continue };
        findings.looked_at_one();
        match component.for_cluster(version.minor) {
            Compatibility::Unsupported { why, .. } => {
                let draft = findings
                    .report(at, format!("no maintained release of {component} is for Kubernetes {}", version.minor));
                draft.counterexample(why);
                draft.help("upgrade the cluster first");
                if let Some(place) = version.place {
                    draft.related(place, "the cluster's version");
                }
            }
            Compatibility::Unknown { why, .. } => findings.unknown(at, why),
            Compatibility::Supported(_) => {}
        }
    }
    for workload in cluster.workloads() {
        for container in workload.running() {
            image(context, version.minor, container, findings);
        }
    }
}

/// A chart that has the version of what it installs.
fn chart_of(component: &Component, chart: &Chart, minor: Minor, findings: &mut Findings<'_>) {
    let Compatibility::Supported(release) = component.for_cluster(minor) else { return };
    let Version::Text(version) = &chart.version else { return };
    if release.chart_version == release.chart_release && release.accepts(version) == Some(false) {
        findings.looked_at_one();
        let oldest = release.oldest.as_deref().unwrap_or_default();
        findings
            .report(
                chart.place,
                format!("{component} {version} is too old for Kubernetes {minor}, which needs {oldest} or later"),
            )
            .help(format!("use {}", release.version));
    }
}

/// An operator's own image, whose tag is its release.
fn image(context: &Context<'_>, minor: Minor, container: Container<'_>, findings: &mut Findings<'_>) {
    let Some((at, text)) = container.image().and_then(|image| Some((image, image.text()?))) else { return };
    let text = text.split_once('@').map_or(text, |(name, _)| name);
    let Some((name, tag)) = text.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) else { return };
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let of_release = |image: &str| {
        let image = image.rsplit_once(':').map_or(image, |(name, _)| name);
        image.strip_prefix("docker.io/").unwrap_or(image) == name
    };
    let found = context.catalog().components().iter().find(|component| {
        // The Cluster Autoscaler has a rule of its own.
        component.id != "cluster-autoscaler"
            && component.releases.iter().any(|release| release.image.as_deref().is_some_and(of_release))
    });
    let Some(component) = found else { return };
    findings.looked_at_one();
    match component.for_cluster(minor) {
        Compatibility::Supported(release) if release.accepts(tag) == Some(false) => {
            let oldest = release.oldest.as_deref().unwrap_or_default();
            findings
                .report(
                    at,
                    format!("{component} {tag} is too old for Kubernetes {minor}, which needs {oldest} or later"),
                )
                .help(format!("use {}", release.version));
        }
        Compatibility::Unsupported { why, .. } => {
            findings
                .report(at, format!("no maintained release of {component} is for Kubernetes {minor}"))
                .counterexample(why)
                .help("upgrade the cluster first");
        }
        Compatibility::Unknown { why, .. } => findings.unknown(at, why),
        Compatibility::Supported(_) => {}
    }
}
