//! Which object belongs to which cluster, and which cluster is described where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use waard_catalog::Minor;
use waard_model::path::ModelPath;

use super::kustomize::{Kustomization, Transforms, join};
use super::parse::{Content, Parsed};
use super::{File, Other, Platform, Subject};
use crate::cluster::{
    Chart, Cluster, Folders, GroupKind, Install, NodeGroup, Object, Version, eksctl_nodes, karpenter_nodes,
    terraform_nodes,
};
use crate::config::Config;
use crate::hcl::Block;
use crate::place::Placed;
use crate::terraform::{Known, Root};
use crate::yaml::{Data, Node};

/// An object, and what decides about its cluster.
struct Found {
    object: Object,
    file: usize,
    is_config: bool,
}

/// A cluster that a file describes.
#[derive(Default)]
struct Described {
    region: Option<String>,
}

pub(super) fn platform(parsed: Vec<Parsed>, config: &Config) -> Platform {
    let mut platform = Platform::default();
    let mut targets: Vec<Option<String>> = Vec::new();
    let mut contents = Vec::new();
    for parsed in parsed {
        platform.files.push(parsed.file);
        targets.push(parsed.cluster);
        contents.push(parsed.content);
    }
    manifests(&mut platform);
    let numbered = platform.files.iter().zip(0u32..);
    platform.installs = numbered.flat_map(|(file, number)| super::scripts::installs(file, number)).collect();
    let mut documents: Vec<(usize, Node)> = Vec::new();
    let mut roots: BTreeMap<String, Root> = BTreeMap::new();
    for (file, content) in contents.into_iter().enumerate() {
        let path = platform.files.get(file).map_or("", |file| file.path());
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let number = u32::try_from(file).unwrap_or(u32::MAX);
        match content {
            Content::Documents(found) => documents.extend(found.into_iter().map(|document| (file, document.root))),
            Content::Terraform(body) => {
                let root = roots.entry(folder.to_owned()).or_insert_with(|| Root::new(folder.to_owned()));
                root.broken |= platform.files.get(file).is_some_and(|file| !file.faults().is_empty());
                root.add_file(number, body);
            }
            Content::Values(body) => {
                roots
                    .entry(folder.to_owned())
                    .or_insert_with(|| Root::new(folder.to_owned()))
                    .add_values(body, path.contains(".auto.tfvars"));
            }
            Content::Topology(topology) => platform.topologies.push(*topology),
            Content::Nothing => {}
        }
    }
    platform.roots = roots.into_values().collect();
    call(&mut platform.roots);
    let found = objects(&mut platform, documents);
    clusters(&mut platform, found, &targets, config);
    spans(&mut platform);
    platform
}

/// What manifests of generated files tell about where each came from.
fn manifests(platform: &mut Platform) {
    let mut origins: BTreeMap<String, (ModelPath, Vec<(String, ModelPath)>)> = BTreeMap::new();
    for file in
        platform.files.iter().filter(|file| file.path == "manifest.json" || file.path.ends_with("/manifest.json"))
    {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&file.text) else { continue };
        if value.get("generator").and_then(serde_json::Value::as_str) != Some("waard") {
            continue;
        }
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path_of = |value: &serde_json::Value| value.as_str().and_then(|text| text.parse::<ModelPath>().ok());
        for entry in value.get("files").and_then(serde_json::Value::as_array).into_iter().flatten() {
            let Some(path) = entry.get("path").and_then(serde_json::Value::as_str) else { continue };
            let Some(source) = entry.get("source").and_then(path_of) else { continue };
            let objects = entry.get("objects").and_then(serde_json::Value::as_array).into_iter().flatten();
            let objects = objects.filter_map(|object| {
                Some((object.get("name")?.as_str()?.to_owned(), object.get("source").and_then(path_of)?))
            });
            origins.extend(join(folder, path).map(|path| (path, (source, objects.collect()))));
        }
    }
    for file in &mut platform.files {
        if let Some((source, objects)) = origins.remove(&file.path)
            && file.origin.is_none()
        {
            (file.origin, file.origins) = (Some(source), objects);
        }
    }
}

/// Marks the roots that others call.
fn call(roots: &mut [Root]) {
    let mut called = BTreeSet::new();
    for root in roots.iter() {
        for module in root.of_kind("module") {
            let source = module.get("source").and_then(|source| source.as_str().map(str::to_owned));
            called.extend(source.filter(|source| source.starts_with('.')).and_then(|source| join(&root.path, &source)));
        }
    }
    for root in roots {
        root.called = called.contains(&root.path);
        root.index();
    }
}

/// Sorts documents into objects, kustomizations, and others.
fn objects(platform: &mut Platform, documents: Vec<(usize, Node)>) -> Vec<Found> {
    let mut rest = Vec::new();
    for (file, node) in documents {
        let path = platform.files.get(file).map_or("", |file| file.path());
        let name = path.rsplit('/').next().unwrap_or(path);
        let group =
            node.str_at("apiVersion").and_then(|version| version.split_once('/')).map_or("", |(group, _)| group);
        let by_name = matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization");
        if group == "kustomize.config.k8s.io" || (by_name && node.get("apiVersion").is_none()) {
            platform.kustomizations.push(Kustomization { path: path.to_owned(), node });
        } else {
            rest.push((file, node));
        }
    }
    let patches: BTreeSet<String> = platform.kustomizations.iter().flat_map(Kustomization::patches).collect();
    let mut changes: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    for (file, node) in &rest {
        let path = platform.files.get(*file).map_or("", |file| file.path());
        if patches.contains(path) {
            changes.entry(path.to_owned()).or_default().push(node.clone());
        }
    }
    let transforms = Transforms::of(&platform.kustomizations, &changes);
    let mut found = Vec::new();
    let (mut others, mut renamed) = (Vec::new(), Vec::new());
    for (file, node) in rest {
        let path = platform.files.get(file).map_or("", |file| file.path());
        if patches.contains(path) {
            continue;
        }
        let namespace = transforms.namespace(path);
        expand(node, 0, &mut |mut node| {
            transforms.apply(&mut node, path);
            match Object::new(node.clone(), namespace) {
                Some(object) => {
                    for name in transforms.names(path, object.name()) {
                        renamed.push((object.kind().to_owned(), object.ns().to_owned(), name, object.place()));
                    }
                    let is_config = object.group() == "eksctl.io" && object.kind() == "ClusterConfig";
                    found.push(Found { object, file, is_config });
                }
                None => others.push(Other { node }),
            }
        });
    }
    platform.renamed = renamed;
    platform.others = others;
    found
}

/// Takes lists apart.
fn expand(node: Node, depth: usize, take: &mut dyn FnMut(Node)) {
    const DEEPEST: usize = 8;
    let is_list = node.str_at("kind").is_some_and(|kind| kind.ends_with("List"))
        && node.get("items").is_some_and(Node::is_list)
        && node.get("apiVersion").is_some();
    match node.data {
        Data::Mapping(entries) if is_list && depth < DEEPEST => {
            for entry in entries {
                if let ("items", Data::Sequence(items)) = (&*entry.key, entry.value.data) {
                    for item in items {
                        expand(item, depth + 1, take);
                    }
                }
            }
        }
        data => take(Node { place: node.place, data, cut: node.cut }),
    }
}

/// Every cluster that Terraform describes: the block, its root, its name and region.
fn terraform_clusters(roots: &[Root]) -> Vec<(usize, &Block, Option<String>, Option<String>)> {
    let mut found = Vec::new();
    for (at, root) in roots.iter().enumerate() {
        let modules = root.of_kind("module").filter(|module| {
            let source = module.get("source").and_then(|source| source.as_str()).unwrap_or_default();
            source.contains("terraform-aws-modules/eks/aws") || source.contains("terraform-aws-eks")
        });
        for block in root.resources("aws_eks_cluster").chain(modules.filter(|module| {
            !module.get("source").and_then(|source| source.as_str()).unwrap_or_default().contains("//")
        })) {
            let name = root.text(block, "name").or_else(|| root.text(block, "cluster_name"));
            let mut regions = root
                .of_kind("provider")
                .filter(|provider| provider.label(0) == Some("aws") && provider.get("alias").is_none());
            let region = regions.next().and_then(|provider| root.text(provider, "region"));
            found.push((at, block, name, region));
        }
    }
    found
}

fn clusters(platform: &mut Platform, found: Vec<Found>, targets: &[Option<String>], config: &Config) {
    let mut known: BTreeMap<String, Described> = BTreeMap::new();
    for found in found.iter().filter(|found| found.is_config) {
        let described = known.entry(found.object.name().to_owned()).or_default();
        described.region = found.object.str_at("metadata.region").map(str::to_owned);
    }
    let terraform = terraform_clusters(&platform.roots);
    for (_, _, name, region) in &terraform {
        if let Some(name) = name {
            let described = known.entry(name.clone()).or_default();
            described.region = described.region.take().or_else(|| region.clone());
        }
    }
    for topology in platform.topologies.iter().filter_map(super::TopologyFile::topology) {
        for (_, region) in topology.regions() {
            let described = known.entry(region.cluster().name().to_owned()).or_default();
            described.region.get_or_insert_with(|| region.name().to_string());
        }
    }
    let unnamed_terraform = terraform.iter().any(|(_, _, name, _)| name.is_none());
    let layouts: BTreeSet<String> = platform.files.iter().filter_map(|file| generated_layout(&file.path)).collect();
    let only = match (known.len(), unnamed_terraform) {
        (1, false) => known.keys().next().cloned(),
        _ => None,
    };
    let names: Vec<String> = platform
        .files
        .iter()
        .zip(targets)
        .map(|(file, target)| target.clone().unwrap_or_else(|| name_of(&file.path, &known, &layouts, only.as_deref())))
        .collect();
    let mut clusters: BTreeMap<String, Cluster> = BTreeMap::new();
    for found in found {
        let name = if found.is_config {
            targets.get(found.file).cloned().flatten().unwrap_or_else(|| found.object.name().to_owned())
        } else {
            names.get(found.file).cloned().unwrap_or_default()
        };
        let cluster = clusters.entry(name).or_default();
        if found.is_config { cluster.configs.push(found.object) } else { cluster.objects.push(found.object) }
    }
    let single = known.len() + usize::from(unnamed_terraform) <= 1;
    for (root, block, name, _) in &terraform {
        let Some(root) = platform.roots.get(*root) else { continue };
        let cluster = match name {
            Some(name) => clusters.entry(name.clone()).or_default(),
            None if single => clusters.entry(String::new()).or_default(),
            None => continue,
        };
        terraform_nodes(root, block, &mut cluster.nodes);
        let version = block
            .argument("version")
            .or_else(|| block.argument("cluster_version"))
            .or_else(|| block.argument("kubernetes_version"));
        if let Some(version) = version.filter(|_| cluster.version.is_none())
            && (&*block.kind == "resource" || &*version.name != "version")
            && let Some(minor) = minor_of(&root.known(&version.value))
        {
            cluster.version = Some(Version { minor, place: Some(version.value.place()) });
        }
    }
    for (name, cluster) in &mut clusters {
        let described = known.get(name);
        cluster.name.clone_from(name);
        cluster.region = described.and_then(|described| described.region.clone());
        for config in &cluster.configs {
            eksctl_nodes(config, &mut cluster.nodes);
            let version = config.at("metadata.version");
            if let Some(minor) = version.and_then(Node::text).and_then(|text| text.parse().ok()) {
                cluster.version = Some(Version { minor, place: version.map(Placed::place) });
            }
        }
        karpenter_nodes(cluster.objects.iter(), &mut cluster.nodes);
        if cluster.nodes.groups.is_empty() && cluster.nodes.fargate.is_empty() && cluster.nodes.unknown.is_none() {
            cluster.nodes.unknown = Some("no file says which nodes it has".to_owned());
        }
        // Karpenter itself runs on nodes that it didn't make.
        let by_karpenter = |group: &NodeGroup| group.kind == GroupKind::Karpenter;
        let only_pools = !cluster.nodes.groups.is_empty() && cluster.nodes.groups.iter().all(by_karpenter);
        if only_pools && cluster.nodes.fargate.is_empty() && cluster.nodes.unknown.is_none() {
            cluster.nodes.unknown = Some("no file says on which nodes Karpenter runs".to_owned());
        }
        if cluster.version.is_none() {
            cluster.version = config.kubernetes().map(|minor| Version { minor, place: None });
        }
    }
    platform.clusters = clusters.into_values().collect();
    made_by_others(platform);
    let folders = Folders::of(platform.files.iter().map(File::path));
    for cluster in &mut platform.clusters {
        cluster.index(&folders);
    }
}

/// What kustomizations and Terraform make in clusters.
fn made_by_others(platform: &mut Platform) {
    let mut made = Vec::new();
    for kustomization in &platform.kustomizations {
        for (key, kind) in [("secretGenerator", "Secret"), ("configMapGenerator", "ConfigMap")] {
            for generator in kustomization.node.list(key) {
                let Some(name) = generator.str_at("name") else { continue };
                let namespace = generator.str_at("namespace").or_else(|| kustomization.node.str_at("namespace"));
                let namespace = namespace.unwrap_or("*").to_owned();
                let renamed = kustomization.renamed(name);
                if renamed != name {
                    made.push((kind, namespace.clone(), renamed, generator.place()));
                }
                made.push((kind, namespace, name.to_owned(), generator.place()));
            }
        }
    }
    let kinds = [
        ("kubernetes_secret", "Secret"),
        ("kubernetes_secret_v1", "Secret"),
        ("kubernetes_config_map", "ConfigMap"),
        ("kubernetes_config_map_v1", "ConfigMap"),
        ("kubernetes_namespace", "Namespace"),
        ("kubernetes_namespace_v1", "Namespace"),
        ("kubernetes_service_account", "ServiceAccount"),
        ("kubernetes_service_account_v1", "ServiceAccount"),
        ("kubernetes_storage_class", "StorageClass"),
        ("kubernetes_storage_class_v1", "StorageClass"),
    ];
    let (mut perhaps, mut elsewhere, mut charts) = (Vec::new(), Vec::new(), Vec::new());
    for root in &platform.roots {
        for (resource, kind) in kinds {
            for block in root.resources(resource) {
                let Some(metadata) = block.block("metadata") else { continue };
                let in_none = matches!(kind, "Namespace" | "StorageClass");
                let namespace = root.argument(metadata, "namespace").unwrap_or(Known::Text("default".to_owned()));
                match (root.argument(metadata, "name"), namespace) {
                    (Some(Known::Text(name)), Known::Text(namespace)) => {
                        made.push((kind, if in_none { String::new() } else { namespace }, name, block.place()));
                    }
                    (_, Known::Text(namespace)) if !in_none => perhaps.push((kind, namespace, block.place())),
                    _ => perhaps.push((kind, String::new(), block.place())),
                }
            }
        }
        for release in root.resources("helm_release") {
            let namespace = root.argument(release, "namespace").unwrap_or(Known::Text("default".to_owned()));
            let namespace = if let Known::Text(text) = &namespace { Some(text.as_str()) } else { None };
            let creates = root.argument(release, "create_namespace").and_then(|value| value.as_bool());
            if let Some(namespace) = namespace.filter(|_| creates == Some(true)) {
                made.push(("Namespace", String::new(), namespace.to_owned(), release.place()));
            }
            let text = |name: &str| root.text(release, name).unwrap_or_default();
            // Values are texts that functions make, more often than not.
            let has_values =
                ["values", "set"].iter().any(|key| release.get(key).is_some() || release.block(key).is_some());
            let (chart, repository, name) = (text("chart"), text("repository"), text("name"));
            let install = Install {
                chart: &chart,
                repository: &repository,
                release: &name,
                namespace,
                values: (!has_values).then_some(""),
            };
            charts.push(Arc::new(Chart::new(install, release.place())));
        }
        // Of any kind, in any namespace.
        for resource in ["kubernetes_manifest", "kubectl_manifest", "kustomization_resource"] {
            perhaps.extend(root.resources(resource).map(|block| ("*", String::new(), block.place())));
        }
    }
    for kustomization in &platform.kustomizations {
        for chart in kustomization.node.list("helmCharts") {
            let install = Install {
                chart: chart.str_at("name").unwrap_or_default(),
                namespace: chart.str_at("namespace").or_else(|| kustomization.node.str_at("namespace")),
                ..Install::default()
            };
            charts.push(Arc::new(Chart::new(install, chart.place())));
        }
        // What stands in another repository, or above what was given, is not among the files. What is missing below the
        // kustomization is missing for kustomize too.
        let listed = ["resources", "bases", "components"].into_iter().flat_map(|key| kustomization.node.list(key));
        let absent = |node: &&Node| {
            node.text().is_some_and(|text| {
                let is_remote = text.contains("://") || text.starts_with("github.com/") || text.contains("?ref=");
                let is_beside = || {
                    join(kustomization.folder(), text)
                        .is_none_or(|path| !platform.has_file(&path) && !platform.has_folder(&path))
                };
                is_remote || (text.starts_with("..") && is_beside())
            })
        };
        elsewhere.extend(listed.filter(absent).map(Placed::place));
    }
    for install in &platform.installs {
        let of = Install {
            chart: &install.chart,
            repository: &install.repository,
            release: &install.release,
            namespace: install.namespace.as_deref(),
            values: install.values.as_deref(),
        };
        charts.push(Arc::new(Chart::new(of, install.place)));
    }
    for (kind, namespace, name, by) in &platform.renamed {
        for cluster in &mut platform.clusters {
            cluster.made.add(kind, namespace, name, *by);
        }
    }
    for cluster in &mut platform.clusters {
        for (kind, namespace, name, by) in &made {
            cluster.made.add(kind, namespace, name, *by);
        }
        for (kind, namespace, by) in &perhaps {
            cluster.made.add_perhaps(kind, namespace, *by);
        }
        for chart in &charts {
            cluster.made.add_chart(Arc::clone(chart));
        }
        for by in &elsewhere {
            cluster.made.add_elsewhere("", *by);
        }
    }
}

fn minor_of(known: &Known) -> Option<Minor> {
    match known {
        Known::Text(text) => text.parse().ok(),
        Known::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// The folder of a cluster in the layout that waard generates: `kubernetes/<environment>/<cluster>` if `_cluster` is in it.
fn generated_layout(path: &str) -> Option<String> {
    let (folder, _) = path.split_once("/_cluster/")?;
    let mut parts = folder.rsplit('/');
    let name = parts.next()?;
    parts.next()?;
    (parts.next()? == "kubernetes").then(|| name.to_owned())
}

fn name_of(path: &str, known: &BTreeMap<String, Described>, layouts: &BTreeSet<String>, only: Option<&str>) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    let parts = || std::iter::once(stem).chain(folder.rsplit('/')).filter(|part| !part.is_empty());
    if let Some(name) = parts().find(|part| known.contains_key(*part)) {
        return name.to_owned();
    }
    if let Some(name) = parts().find(|part| layouts.contains(*part)) {
        return name.to_owned();
    }
    let in_region = parts().find_map(|part| {
        let mut there = known.iter().filter(|(_, described)| described.region.as_deref() == Some(part));
        match (there.next(), there.next()) {
            (Some((name, _)), None) => Some(name.clone()),
            _ => None,
        }
    });
    in_region.or_else(|| only.map(str::to_owned)).unwrap_or_default()
}

/// Notes what stands where, for findings.
fn spans(platform: &mut Platform) {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut spans: Vec<(u32, u32, u32, Subject)> = Vec::new();
    for (cluster, found) in platform.clusters.iter().enumerate() {
        for (at, object) in found.objects.iter().enumerate() {
            let place = object.node.place;
            spans.push((place.file, place.start, place.end, Subject::Object(narrow(cluster), narrow(at))));
        }
        for (at, object) in found.configs.iter().enumerate() {
            let place = object.node.place;
            spans.push((place.file, place.start, place.end, Subject::Config(narrow(cluster), narrow(at))));
        }
    }
    for (root, found) in platform.roots.iter().enumerate() {
        for (at, block) in found.blocks.iter().enumerate() {
            let place = block.whole;
            spans.push((place.file, place.start, place.end, Subject::Block(narrow(root), narrow(at))));
        }
    }
    spans.sort_by_key(|(file, start, ..)| (*file, *start));
    for (file, start, end, subject) in spans {
        if let Some(file) = platform.files.get_mut(file as usize) {
            file.spans.push((start, end, subject));
        }
    }
}
