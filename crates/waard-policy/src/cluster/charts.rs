//! The charts that are installed in a cluster, by their names.

use waard_catalog::catalog;

use super::{Cluster, Object};
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::terraform::Root;
use crate::yaml::Node;

/// Charts of which it is known what they bring, beside those of the catalog's components.
const KNOWN: [&str; 16] = [
    "argocd-image-updater",
    "aws-efs-csi-driver",
    "base",
    "cert-manager",
    "cni",
    "descheduler",
    "fluent-bit",
    "gateway",
    "grafana",
    "ingress-nginx",
    "istiod",
    "keda",
    "loki",
    "prometheus-yet-another-cloudwatch-exporter",
    "strimzi-kafka-operator",
    "ztunnel",
];

/// A chart.
pub(crate) struct Chart {
    /// Its name, without repository.
    pub name: String,
    /// Where that is written.
    pub place: Place,
}

impl Cluster {
    /// Every chart that Argo CD, Flux, Terraform, a kustomization or a script installs. What the last three install counts
    /// for every cluster.
    pub(crate) fn charts(&self, platform: &Platform) -> Vec<Chart> {
        let mut found = Vec::new();
        let mut add = |node: Option<&Node>| {
            let Some((node, text)) = node.and_then(|node| Some((node, node.text()?))) else { return };
            let name = text.rsplit('/').next().unwrap_or(text).to_owned();
            found.push(Chart { name, place: node.place() });
        };
        for object in self.objects() {
            match (object.group(), object.kind()) {
                ("argoproj.io", "Application") => application(object, "spec", &mut add),
                ("argoproj.io", "ApplicationSet") => application(object, "spec.template.spec", &mut add),
                ("helm.toolkit.fluxcd.io", "HelmRelease") => add(object.at("spec.chart.spec.chart")),
                _ => {}
            }
        }
        for kustomization in platform.kustomizations() {
            for chart in kustomization.node.list("helmCharts") {
                add(chart.get("name"));
            }
        }
        for root in platform.roots() {
            for release in root.resources("helm_release") {
                let name = root.text(release, "chart").unwrap_or_default();
                let name = name.rsplit('/').next().unwrap_or_default().to_owned();
                found.push(Chart { name, place: release.place() });
            }
        }
        found.extend(
            platform.installs().iter().map(|install| Chart { name: install.chart.clone(), place: install.place }),
        );
        found
    }

    /// A chart that may bring anything, because nothing is known of its name.
    pub(crate) fn unknown_chart(&self, platform: &Platform) -> Option<Chart> {
        let is_known = |name: &str| KNOWN.contains(&name) || catalog().component(name).is_some();
        self.charts(platform).into_iter().find(|chart| !is_known(&chart.name))
    }
}

impl Cluster {
    /// Whether what a root makes in a cluster may be in this one: it makes no other.
    pub(crate) fn may_be_changed_by(&self, root: &Root) -> bool {
        let mut names = root.resources("aws_eks_cluster").map(|block| root.text(block, "name")).peekable();
        names.peek().is_none() || names.any(|name| name.is_none_or(|name| name == self.name()))
    }

    /// Something that brings objects from a repository, or a folder, that is not among the files.
    pub(crate) fn brings_from_elsewhere(&self, platform: &Platform) -> Option<Place> {
        let found = self.objects().iter().find(|object| {
            let sources: Vec<&Node> = match (object.group(), object.kind()) {
                ("argoproj.io", "Application") => sources(object, "spec"),
                ("argoproj.io", "ApplicationSet") => sources(object, "spec.template.spec"),
                ("kustomize.toolkit.fluxcd.io", "Kustomization") => object.at("spec").into_iter().collect(),
                _ => return false,
            };
            let folders = sources.into_iter().filter(|source| source.get("chart").is_none());
            folders.filter_map(|source| source.str_at("path")).any(|path| !is_here(platform, path))
        });
        found.map(Placed::place)
    }
}

fn sources<'o>(object: &'o Object, spec: &str) -> Vec<&'o Node> {
    let Some(spec) = object.at(spec) else { return Vec::new() };
    spec.at("source").into_iter().chain(spec.list("sources")).collect()
}

/// Whether a folder of a repository is among the files, of which only a part of that repository may have been given: by its
/// last names, up to the first one that a template fills in.
fn is_here(platform: &Platform, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let known = parts.iter().position(|part| part.contains("{{")).unwrap_or(parts.len());
    let parts = parts.get(..known).unwrap_or_default();
    (0..parts.len()).any(|from| {
        let rest = parts.get(from..).unwrap_or_default();
        let folder = format!("/{}/", rest.join("/"));
        (rest.len() > 1 || from == 0)
            && platform.files().iter().any(|file| format!("/{}", file.path()).contains(&folder))
    })
}

fn application<'o>(object: &'o Object, spec: &str, add: &mut dyn FnMut(Option<&'o Node>)) {
    for source in sources(object, spec) {
        add(source.get("chart"));
    }
}
