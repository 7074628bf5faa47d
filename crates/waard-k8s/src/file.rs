//! One file of several objects.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::{Metadata, Resource};
use serde::Serialize;
use waard_model::artifact::{Artifact, ArtifactPath, Object};
use waard_model::path::ModelPath;
use waard_model::yaml;

use crate::custom::{Custom, Kind};

/// What stands between two documents. Inside of a document no line is like it: text of several lines is indented.
const SEPARATOR: &str = "---\n";

/// The objects of a finished file, each with its document.
pub(crate) fn documents(artifact: &Artifact) -> impl Iterator<Item = (&Object, &str)> {
    let mut rest = artifact.text();
    // The comment at the top belongs to the file.
    while let Some((_, below)) = rest.strip_prefix('#').and_then(|line| line.split_once('\n')) {
        rest = below;
    }
    artifact.objects().iter().map(move |object| {
        let end = rest.find("\n---\n").map_or(rest.len(), |end| end + 1);
        let (document, below) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = below.strip_prefix(SEPARATOR).unwrap_or(below);
        (object, document)
    })
}

/// A file while it is written: text, and what stands in it.
pub(crate) struct File {
    text: String,
    objects: Vec<Object>,
    source: ModelPath,
}

impl File {
    /// An empty file made from the part of the topology at `source`, for the cluster at `place`.
    pub(crate) fn new(source: ModelPath, place: &ModelPath) -> Self {
        let mut text = String::with_capacity(8 * 1024);
        text.push_str("# Made by waard from ");
        text.push_str(&source.to_string());
        if source != *place {
            text.push_str(" for ");
            text.push_str(&place.to_string());
        }
        text.push_str(".\n# To change it, change the topology: what is edited here is found and not kept.\n");
        Self { text, objects: Vec::new(), source }
    }

    /// Adds a line to the comment at the top: before any object.
    pub(crate) fn remark(&mut self, line: &str) {
        self.text.push_str(if line.is_empty() { "#" } else { "# " });
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Adds an object that comes from the same part of the topology as the file.
    pub(crate) fn add<T: Serialize + Resource + Metadata<Ty = ObjectMeta>>(&mut self, object: &T) {
        let name = object.metadata().name.as_deref().unwrap_or_default();
        self.document(T::KIND, name, object);
    }

    /// Adds a custom resource that comes from the same part of the topology as the file.
    pub(crate) fn custom<S: Kind>(&mut self, object: &Custom<S>) {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        self.document(S::KIND, name, object);
    }

    /// True as long as nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Adds a document as it stands in another file.
    pub(crate) fn copy(&mut self, object: &Object, text: &str) {
        if !self.objects.is_empty() {
            self.text.push_str(SEPARATOR);
        }
        self.text.push_str(text);
        self.objects.push(object.clone());
    }

    /// Adds a document of a kind that is none of the cluster's, such as a kustomization.
    pub(crate) fn document<T: Serialize>(&mut self, kind: &str, name: &str, object: &T) {
        if !self.objects.is_empty() {
            self.text.push_str(SEPARATOR);
        }
        let written = yaml::append_with(&mut self.text, object, yaml::Options::KUBERNETES);
        // Only a type whose own `Serialize` fails, or one nested hundreds of levels deep, can't be written. There is none here.
        debug_assert!(written.is_ok(), "{kind}/{name} can't be written as YAML");
        self.objects.push(Object { name: format!("{kind}/{name}"), source: self.source.clone() });
    }

    pub(crate) fn finish(self, path: ArtifactPath) -> Artifact {
        Artifact::new(path, self.text, self.source).with_objects(self.objects)
    }
}
