//! Which release of an operator a platform installs, as far as charts and images say it.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Container, Object};
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::yaml::Node;

/// A release that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// As it is written, without a `v`.
    pub(crate) text: String,
    /// Major and minor.
    pub(crate) numbers: (u32, u32),
    /// Where it is written.
    pub(crate) place: Place,
}

/// Components, the charts whose version is that of the component, and the images whose tag is.
///
/// Source: `version` and `appVersion` of each chart in the components' repositories.
const CHARTS: [(&str, &[&str], &[&str]); 5] = [
    ("Strimzi", &["strimzi-kafka-operator"], &["strimzi/operator"]),
    ("External Secrets Operator", &["external-secrets"], &["external-secrets/external-secrets"]),
    ("Istio", &["base", "istiod", "istio-base"], &["istio/pilot"]),
    ("Karpenter", &["karpenter", "karpenter-crd"], &["karpenter/controller"]),
    ("Argo CD", &[], &["argoproj/argocd"]),
];

/// Major and minor of a version; `None` for ranges and what isn't one.
pub(crate) fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split(['.', '-', '+']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The releases of a cluster's components, by name.
pub(crate) type Releases = BTreeMap<&'static str, Release>;

/// The release of a component that a cluster gets, if a file says it: the newest, where there are several.
pub(crate) fn release_of(platform: &Platform, cluster: &Cluster, component: &str) -> Option<Release> {
    let own = cluster.releases.get_or_init(|| of_cluster(cluster));
    let of_roots = || platform.releases.get_or_init(|| of_terraform(platform)).get(component);
    own.get(component).or_else(of_roots).cloned()
}

fn of_terraform(platform: &Platform) -> Releases {
    let mut found = Releases::new();
    for root in platform.roots() {
        for helm in root.resources("helm_release") {
            if let (Some(chart), Some(version)) = (root.text(helm, "chart"), root.text(helm, "version")) {
                add_chart(&mut found, &chart, &version, helm.place());
            }
        }
    }
    found
}

fn of_cluster(cluster: &Cluster) -> Releases {
    let mut found = Releases::new();
    let mut chart = |name: Option<&str>, version: Option<&Node>| {
        if let (Some(name), Some(version)) = (name, version)
            && let Some(text) = version.text()
        {
            add_chart(&mut found, name, text, version.place());
        }
    };
    for object in ["Application", "ApplicationSet"].into_iter().flat_map(|kind| cluster.of_group("argoproj.io", kind)) {
        for source in sources(object) {
            chart(source.str_at("chart"), source.get("targetRevision"));
        }
    }
    for object in cluster.of_group("helm.toolkit.fluxcd.io", "HelmRelease") {
        chart(object.str_at("spec.chart.spec.chart"), object.at("spec.chart.spec.version"));
    }
    for workload in cluster.workloads() {
        for image in workload.containers().filter_map(Container::image) {
            let Some((name, tag)) =
                image.text().and_then(|text| text.split('@').next()).and_then(|text| text.rsplit_once(':'))
            else {
                continue;
            };
            let known = CHARTS.iter().find(|(.., images)| images.iter().any(|known| name.ends_with(known)));
            if let Some((component, ..)) = known {
                add(&mut found, component, tag, image.place());
            }
        }
    }
    found
}

fn add_chart(found: &mut Releases, chart: &str, version: &str, place: Place) {
    let name = chart.rsplit('/').next().unwrap_or(chart);
    if let Some((component, ..)) = CHARTS.iter().find(|(_, charts, _)| charts.contains(&name)) {
        add(found, component, version, place);
    }
}

fn add(found: &mut Releases, component: &'static str, version: &str, place: Place) {
    let text = version.trim().trim_start_matches('v').to_owned();
    let Some(numbers) = numbers(&text) else { return };
    let release = Release { text, numbers, place };
    match found.get(component) {
        Some(there) if there.numbers >= release.numbers => {}
        _ => drop(found.insert(component, release)),
    }
}

fn sources(object: &Object) -> impl Iterator<Item = &Node> {
    let one = ["spec.source", "spec.template.spec.source"].into_iter().filter_map(|path| object.at(path));
    let many = ["spec.sources", "spec.template.spec.sources"].into_iter().flat_map(|path| object.list(path));
    one.chain(many)
}
