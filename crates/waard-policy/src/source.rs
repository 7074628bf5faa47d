//! What the caller gives to be judged: the library reads no files itself.

use waard_model::path::ModelPath;

/// A file of the platform: a manifest, a root module's file, a topology, a kustomization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) cluster: Option<String>,
    pub(crate) origin: Option<ModelPath>,
    pub(crate) objects: Vec<(String, ModelPath)>,
    pub(crate) unreadable: Option<String>,
}

impl Source {
    /// A file at `path`, relative to whatever the caller calls the platform's folder, with `/` between folders.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            cluster: None,
            origin: None,
            objects: Vec::new(),
            unreadable: None,
        }
    }

    /// The same from bytes that may be no text: then the file is a finding, and nothing else.
    pub fn from_bytes(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(path, text),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let mut source = Self::new(path, "");
                source.unreadable = Some(format!("the file is not UTF-8: byte {} is none of a character", at + 1));
                source
            }
        }
    }

    /// The same file, whose objects belong to that cluster, whatever the path says.
    #[must_use]
    pub fn in_cluster(mut self, cluster: impl Into<String>) -> Self {
        self.cluster = Some(cluster.into());
        self
    }

    /// The same file, generated from that part of a topology.
    #[must_use]
    pub fn from_topology(mut self, origin: ModelPath, objects: Vec<(String, ModelPath)>) -> Self {
        self.origin = Some(origin);
        self.objects = objects;
        self
    }

    /// Where it stands.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same file with another text.
    pub fn set_text(&mut self, text: impl Into<String>) {
        self.text = text.into();
    }
}
