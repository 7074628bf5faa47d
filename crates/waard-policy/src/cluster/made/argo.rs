//! What Applications of Argo CD bring: what a folder says that is among the files, a chart, or what isn't known.
//!
//! Source: argo-cd.readthedocs.io, "Application Specification", "ApplicationSet Specification", "Git Generator".

use std::sync::Arc;

use super::{Chart, Folders, Install, Made};
use crate::cluster::object::Object;
use crate::place::{Place, Placed};
use crate::yaml::Node;

pub(super) fn add(made: &mut Made, object: &Object, folders: &Folders) {
    match object.kind() {
        "Application" => application(made, object, object.node(), folders),
        "ApplicationSet" => {
            if let Some(template) = object.at("spec.template") {
                application(made, object, template, folders);
            }
        }
        _ => {}
    }
}

fn application(made: &mut Made, object: &Object, node: &Node, folders: &Folders) {
    let place = object.place();
    let namespace = node.str_at("spec.destination.namespace").filter(|text| !text.contains("{{"));
    let one = ["spec.source", "spec.sourceHydrator.drySource"].into_iter().filter_map(|path| node.at(path));
    for source in one.chain(node.list("spec.sources")) {
        add_source(made, object, node, source, namespace, folders);
    }
    let creates =
        node.list("spec.syncPolicy.syncOptions").iter().any(|option| option.text() == Some("CreateNamespace=true"));
    match namespace {
        Some(namespace) if creates => made.add("Namespace", "", namespace, place),
        None if creates => made.add_perhaps("Namespace", "", place),
        _ => {}
    }
}

fn add_source(
    made: &mut Made,
    object: &Object,
    application: &Node,
    source: &Node,
    namespace: Option<&str>,
    folders: &Folders,
) {
    let place: Place = object.place();
    let helm = source.at("helm");
    if let Some(chart) = source.str_at("chart") {
        let name = application.str_at("metadata.name").unwrap_or_default();
        let release = helm.and_then(|helm| helm.str_at("releaseName")).unwrap_or(name);
        let elsewhere = helm.is_some_and(|helm| {
            ["valueFiles", "valuesObject", "parameters", "fileParameters"].iter().any(|key| helm.get(key).is_some())
        });
        let written = helm.and_then(|helm| helm.str_at("values")).unwrap_or_default();
        let is_template = object.kind() == "ApplicationSet";
        let templated = is_template && [chart, release, written].iter().any(|text| text.contains("{{"));
        let install = Install {
            chart,
            repository: source.str_at("repoURL").unwrap_or_default(),
            release,
            namespace,
            values: Some(written).filter(|_| !elsewhere && !templated),
        };
        made.add_chart(Arc::new(Chart::new(install, place)));
        return;
    }
    let Some(path) = source.str_at("path") else {
        // One that only lends files to the others.
        if source.get("ref").is_none() {
            made.add_elsewhere("", place);
        }
        return;
    };
    if !is_among(object, path, folders) || source.get("plugin").is_some() {
        made.add_elsewhere("", place);
    } else if helm.is_some() || folders.is_chart(path) {
        made.add_chart(Arc::new(Chart::new(Install { namespace, ..Install::default() }, place)));
    }
}

/// Whether a folder is among the files. Of a template's path, what stands before the first of its words has to be, or all
/// folders that the generators look into.
fn is_among(object: &Object, path: &str, folders: &Folders) -> bool {
    let Some((before, _)) = path.split_once("{{") else { return folders.holds(path) };
    if let Some((folder, _)) = before.rsplit_once('/') {
        return folders.holds(folder);
    }
    let mut all = Vec::new();
    if let Some(generators) = object.at("spec.generators") {
        generators.walk(&mut |node| {
            let looked_into = node.list("directories").iter().filter(|found| found.bool_at("exclude") != Some(true));
            all.extend(looked_into.filter_map(|found| found.str_at("path")));
        });
    }
    let fixed = |path: &str| path.split_once('*').map_or(path, |(before, _)| before).trim_end_matches('/').to_owned();
    !all.is_empty() && all.into_iter().all(|path| folders.holds(&fixed(path)))
}
