//! Kustomizations: what they take together, and what they change in it.
//!
//! Objects are judged as their kustomization makes them: in its namespace, with its patches, images and numbers of
//! replicas (see `transform`). What `namePrefix` and `nameSuffix` make of a name is known beside the name itself, and
//! generated ConfigMaps and Secrets are known by the name that others refer to, without the hash. What charts, remote
//! bases and other repositories bring is not among the files, so nothing is missing that they may have.
//!
//! Source: <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/>.

mod patch;
mod transform;

use std::collections::BTreeSet;

pub(crate) use transform::Transforms;

use crate::place::{Place, Placed};
use crate::yaml::Node;

/// A kustomization.
#[derive(Debug)]
pub struct Kustomization {
    pub(crate) node: Node,
    pub(crate) path: String,
}

impl Placed for Kustomization {
    fn place(&self) -> Place {
        self.node.place()
    }
}

impl Kustomization {
    /// Its value.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Its path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The folder that it stands in.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The paths of what it lists under `resources`, `bases` and `components`, as the platform calls them.
    pub fn resources(&self) -> impl Iterator<Item = (String, &Node)> {
        let listed = ["resources", "bases", "components"].into_iter().flat_map(|key| self.node.list(key));
        listed.filter_map(|node| Some((join(self.folder(), node.text()?)?, node)))
    }

    /// A name as this kustomization leaves it: with its prefix and suffix.
    pub(crate) fn renamed(&self, name: &str) -> String {
        let part = |key: &str| self.node.get(key).and_then(Node::text).unwrap_or_default();
        format!("{}{name}{}", part("namePrefix"), part("nameSuffix"))
    }

    /// The files that are patches and no objects.
    pub(crate) fn patches(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let named = self.node.list("patches").iter().chain(self.node.list("patchesJson6902"));
        let named = named.filter_map(|patch| patch.get("path"));
        for node in named.chain(self.node.list("patchesStrategicMerge")).chain(self.node.list("configurations")) {
            found.extend(node.text().and_then(|text| join(self.folder(), text)));
        }
        found
    }
}

/// A path relative to a folder; `None` if it leaves what is given or is no path.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    if path.contains("://") || path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|part| *part == "..") => return None,
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let from_root = if folder.starts_with('/') { "/" } else { "" };
    Some(format!("{from_root}{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_within_what_is_given() {
        assert_eq!(join("a/b", "../c/d.yaml").as_deref(), Some("a/c/d.yaml"));
        assert_eq!(join("", "./x").as_deref(), Some("x"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(join("../a", "../../x"), None);
        assert_eq!(join("/a/b", "../x").as_deref(), Some("/a/x"));
        assert_eq!(join("a", "https://example.com/x"), None);
    }
}
