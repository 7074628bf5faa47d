//! What an object names exists: everything in a cluster that refers to something is followed, from the emitted files alone.
//!
//! What charts and operators add is known from the Applications that install them: an operator's kinds need the operator,
//! and Services, pods and Secrets that one makes of a custom resource are there if that resource is.

mod core;
mod custom;
mod world;

use serde_json::Value;
use waard_model::Topology;
use waard_model::artifact::Artifact;

use super::Document;
pub(crate) use world::World;

/// Says what is missing: a kind of reference, and what it names.
pub(crate) type Missing<'m> = &'m mut dyn FnMut(&'static str, String);

/// The references of one object.
type Check = fn(&World<'_>, &Document, Missing<'_>);

const CHECKS: [Check; 15] = [
    core::autoscalers,
    core::budgets,
    core::namespaces,
    core::network_policies,
    core::pods,
    core::role_bindings,
    core::services,
    custom::applications,
    custom::gateways_and_routes,
    custom::ingresses,
    custom::kafka,
    custom::karpenter,
    custom::mesh_policies,
    custom::monitors,
    custom::secrets,
];

/// Every reference of a cluster that leads nowhere: `<object>: <kind of reference>: <what it names>`.
/// `here` are the objects of the cluster, `gitops` is what Argo CD has of it.
fn dangling(here: &[&Document], gitops: &[&Document], script: &str) -> Vec<String> {
    let world = World::of(here, gitops, script);
    let mut found = Vec::new();
    for document in here.iter().chain(gitops) {
        let mut missing = |what: &'static str, named: String| {
            found.push(format!("{}/{}: {what}: {named}", document.kind(), document.name()));
        };
        custom::operator(&world, document, &mut missing);
        for check in CHECKS {
            check(&world, document, &mut missing);
        }
    }
    found
}

/// Every dangling reference of a platform, cluster by cluster.
pub(crate) fn dangling_in(topology: &Topology, artifacts: &[Artifact]) -> Vec<String> {
    judged(topology, artifacts, &super::documents(artifacts), &super::documents_below(artifacts, "gitops/"))
}

/// The same of documents that were read already.
pub(crate) fn judged(
    topology: &Topology,
    artifacts: &[Artifact],
    objects: &[Document],
    gitops: &[Document],
) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = objects.iter().filter(|document| document.cluster() == folder).collect();
        let of_argo: Vec<&Document> = gitops.iter().filter(|document| document.below("gitops") == folder).collect();
        let script = format!("controllers/{folder}/install.sh");
        let script = artifacts.iter().find(|artifact| artifact.path().as_str() == script).map_or("", Artifact::text);
        let here = dangling(&here, &of_argo, script);
        found.extend(here.into_iter().map(|what| format!("{folder}: {what}")));
    }
    found
}

/// True if a label selector takes what has `labels`.
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    let pairs = selector["matchLabels"].as_object();
    let plain = pairs.is_none_or(|pairs| pairs.iter().all(|(key, value)| labels[key] == *value));
    plain
        && super::items(&selector["matchExpressions"]).all(|expression| {
            let value = &labels[expression["key"].as_str().unwrap()];
            let listed = super::items(&expression["values"]).any(|each| each == value);
            match expression["operator"].as_str().unwrap() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => !value.is_null(),
                "DoesNotExist" => value.is_null(),
                other => panic!("{other} is no operator of a selector"),
            }
        })
}
