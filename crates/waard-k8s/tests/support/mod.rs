//! What the tests of emitted objects share: reading the files back, independently of what wrote them.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::similar_names,
    clippy::cmp_owned,
    clippy::collapsible_match,
    clippy::collapsible_if,
    clippy::unused_self,
    clippy::semicolon_if_nothing_returned,
    clippy::too_many_lines,
    reason = "a judge says each of its rules where it stands, in the words of what it judges"
)]

pub(crate) mod authority;
pub(crate) mod contract;
pub(crate) mod judge;
pub(crate) mod random;
pub(crate) mod reach;
pub(crate) mod references;
pub(crate) mod routes;
pub(crate) mod security;
pub(crate) mod streams;
pub(crate) mod typed;

use serde_json::Value;
use waard_model::artifact::Artifact;
use waard_model::{Topology, source};

/// One document of an emitted file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) value: Value,
}

impl Document {
    pub(crate) fn kind(&self) -> &str {
        self.value["kind"].as_str().unwrap()
    }

    pub(crate) fn name(&self) -> &str {
        self.value["metadata"]["name"].as_str().unwrap()
    }

    pub(crate) fn namespace(&self) -> &str {
        self.value["metadata"]["namespace"].as_str().unwrap_or_default()
    }

    /// The folder of the cluster that it belongs to: `<environment>/<cluster>`. Empty for what isn't applied with a cluster's objects.
    pub(crate) fn cluster(&self) -> &str {
        self.below("kubernetes")
    }

    /// The same for the files below another top folder, such as `gitops`.
    pub(crate) fn below(&self, top: &str) -> &str {
        let Some(rest) = self.path.strip_prefix(top).and_then(|rest| rest.strip_prefix('/')) else {
            return "";
        };
        rest.match_indices('/').nth(1).map_or("", |(end, _)| &rest[..end])
    }

    /// The pod template, of the kinds that have one.
    pub(crate) fn template(&self) -> Option<&Value> {
        let template = match self.kind() {
            "Deployment" | "Job" => &self.value["spec"]["template"],
            "CronJob" => &self.value["spec"]["jobTemplate"]["spec"]["template"],
            _ => return None,
        };
        Some(template)
    }
}

/// Every object of every cluster, Kustomizations left out, read back with a library that had no part in writing them.
pub(crate) fn documents(artifacts: &[Artifact]) -> Vec<Document> {
    documents_below(artifacts, "kubernetes/")
}

/// The same of all files whose path starts with `top`.
pub(crate) fn documents_below(artifacts: &[Artifact], top: &str) -> Vec<Document> {
    let mut found = Vec::new();
    let below = |artifact: &&Artifact| artifact.path().as_str().starts_with(top);
    for artifact in artifacts.iter().filter(below).filter(|artifact| artifact.path().as_str().ends_with(".yaml")) {
        if artifact.path().as_str().ends_with("kustomization.yaml") {
            continue;
        }
        for text in split(artifact.text()) {
            let value: Value =
                serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", artifact.path()));
            found.push(Document { path: artifact.path().to_string(), text, value });
        }
    }
    found
}

/// The documents of a file as text.
pub(crate) fn split(text: &str) -> Vec<String> {
    text.split("\n---\n").map(|part| format!("{}\n", part.trim_end_matches('\n'))).collect()
}

/// A shipped topology.
#[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
pub(crate) fn fixture(name: &str) -> Topology {
    let path = format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read(path).unwrap();
    source::read(&text).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

pub(crate) fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap())
}

pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// All containers of a pod, init containers included.
pub(crate) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    items(&pod["initContainers"]).chain(items(&pod["containers"]))
}

/// A quantity of CPU in thousandths of a core.
pub(crate) fn millicores(value: &Value) -> u64 {
    let text = value.as_str().unwrap();
    text.strip_suffix('m').map_or_else(|| text.parse::<u64>().unwrap() * 1000, |millis| millis.parse().unwrap())
}

/// A quantity of memory in bytes.
pub(crate) fn bytes(value: &Value) -> u64 {
    let text = value.as_str().unwrap();
    let (number, shift) = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50)]
        .iter()
        .find_map(|(unit, shift)| text.strip_suffix(unit).map(|number| (number, *shift)))
        .unwrap_or((text, 0));
    number.parse::<u64>().unwrap() << shift
}
