//! What is generated: a tree of relative path → text, with the topology path each file and object came from.
//!
//! The emitters (`waard-k8s`, `waard-tf`) make [`Artifact`]s; xtask writes them.
//! An artifact's path is relative to the folder of its topology, uses `/` and never leaves that folder.

use std::fmt;

use crate::path::ModelPath;

/// One generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    path: ArtifactPath,
    text: String,
    source: ModelPath,
    objects: Vec<Object>,
}

/// One object inside a generated file: a Kubernetes document, a Terraform block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `kind/name`, as the tool that reads the file calls it: `Deployment/shop-api`.
    pub name: String,
    /// The topology path that the object came from.
    pub source: ModelPath,
}

impl Artifact {
    /// A file at `path` with the given text, made from the part of the topology at `source`.
    pub fn new(path: ArtifactPath, text: String, source: ModelPath) -> Self {
        Self { path, text, source, objects: Vec::new() }
    }

    /// The same file, with the objects that stand in it, in the order in which they stand.
    #[must_use]
    pub fn with_objects(mut self, objects: Vec<Object>) -> Self {
        self.objects = objects;
        self
    }

    /// Where the file stands, relative to the topology's output folder.
    pub fn path(&self) -> &ArtifactPath {
        &self.path
    }

    /// The whole text of the file, ending in a line break.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the topology that the file came from.
    pub fn source(&self) -> &ModelPath {
        &self.source
    }

    /// The objects in the file, in the order in which they stand.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }
}

/// A relative path of generated output: one or more segments of `[a-zA-Z0-9._-]`, joined with `/`, none of them `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArtifactPath(String);

impl ArtifactPath {
    /// Joins segments with `/`. Any character outside `[a-zA-Z0-9._-]` becomes `-`, so a path can't leave its folder.
    ///
    /// ```
    /// use waard_model::artifact::ArtifactPath;
    /// let path = ArtifactPath::new(["kubernetes", "production", "shop.yaml"]);
    /// assert_eq!(path.as_str(), "kubernetes/production/shop.yaml");
    /// assert_eq!(ArtifactPath::new(["..", "a/b"]).as_str(), "--/a-b");
    /// ```
    pub fn new<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path = String::with_capacity(96);
        for segment in segments {
            if !path.is_empty() {
                path.push('/');
            }
            let dots_only = segment.chars().all(|c| c == '.');
            path.extend(segment.chars().map(|c| match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => c,
                '.' if !dots_only => c,
                _ => '-',
            }));
        }
        Self(path)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
