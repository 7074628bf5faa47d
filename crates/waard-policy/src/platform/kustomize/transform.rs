//! What kustomizations do to the objects that they list, as far as one object alone shows it: patches, images, replicas.
//!
//! A file's objects are changed by the kustomization that lists it, then by the one that lists that folder, and so on,
//! as long as there is just one. Where several overlays use one base, each makes its own of it: the object is judged as
//! the base has it, and what any of them patches is marked as unknown ([`Node::is_cut`]).

use std::collections::BTreeMap;

use super::{Kustomization, join, patch};
use crate::cluster::is_builtin_group;
use crate::place::Place;
use crate::yaml::{Data, Entry, Node, documents};

/// The deepest chain of overlays that is followed.
const DEEPEST: usize = 16;

/// The names that are followed for an object, and no more.
const MOST_NAMES: usize = 64;

/// The kustomizations, by what they list.
pub(crate) struct Transforms<'k> {
    listed: BTreeMap<String, Vec<&'k Kustomization>>,
    /// Patches of each kustomization, by its path, in their order.
    patches: BTreeMap<&'k str, Vec<Patch>>,
}

struct Patch {
    target: Option<Node>,
    change: Node,
}

impl<'k> Transforms<'k> {
    /// `files` are the documents of every file, by path.
    pub(crate) fn of(kustomizations: &'k [Kustomization], files: &BTreeMap<String, Vec<Node>>) -> Self {
        let (mut listed, mut patches): (BTreeMap<String, Vec<&Kustomization>>, _) = (BTreeMap::new(), BTreeMap::new());
        for kustomization in kustomizations {
            for (path, _) in kustomization.resources() {
                listed.entry(path).or_default().push(kustomization);
            }
            let found: Vec<Patch> = kustomization.changes(files);
            if !found.is_empty() {
                patches.insert(kustomization.path(), found);
            }
        }
        Self { listed, patches }
    }

    /// Changes an object of a file as its kustomizations do.
    pub(crate) fn apply(&self, object: &mut Node, path: &str) {
        if self.listed.is_empty() || object.get("kind").is_none() {
            return;
        }
        let mut at = path.to_owned();
        for _ in 0..DEEPEST {
            match self.listed.get(&at).map(Vec::as_slice) {
                Some([only]) => {
                    self.by(only, object);
                    only.folder().clone_into(&mut at);
                }
                Some(several) => {
                    let patched = several.iter().any(|kustomization| self.touches(kustomization, object));
                    if patched {
                        uncertain(object);
                    }
                    return;
                }
                None => return,
            }
        }
    }

    /// The namespace into which an object of a file is put: what the outermost kustomization says.
    pub(crate) fn namespace(&self, path: &str) -> Option<&'k str> {
        let (mut at, mut namespace) = (path.to_owned(), None);
        for _ in 0..DEEPEST {
            let Some(found) = self.listed.get(&at) else { break };
            namespace =
                found.iter().rev().find_map(|kustomization| kustomization.node.str_at("namespace")).or(namespace);
            let [only] = found.as_slice() else { break };
            only.folder().clone_into(&mut at);
        }
        namespace
    }

    /// What kustomizations make of the name of an object of a file, at each step and in each overlay.
    pub(crate) fn names(&self, path: &str, name: &str) -> Vec<String> {
        let (mut steps, mut found) = (vec![(path.to_owned(), name.to_owned())], Vec::new());
        while let Some((at, name)) = steps.pop() {
            for kustomization in self.listed.get(&at).map_or(&[][..], Vec::as_slice) {
                let new = kustomization.renamed(&name);
                if found.len() >= MOST_NAMES {
                    return found;
                }
                if new != name {
                    found.push(new.clone());
                }
                if kustomization.folder() != at {
                    steps.push((kustomization.folder().to_owned(), new));
                }
            }
            if steps.len() > MOST_NAMES {
                break;
            }
        }
        found
    }

    fn touches(&self, kustomization: &Kustomization, object: &Node) -> bool {
        let patches = self.patches.get(kustomization.path()).map_or(&[][..], Vec::as_slice);
        patches.iter().any(|patch| patch.takes(object) != Some(false))
    }

    fn by(&self, kustomization: &Kustomization, object: &mut Node) {
        let builtin = is_builtin_group(
            object.str_at("apiVersion").and_then(|version| version.split_once('/')).map_or("", |(group, _)| group),
        );
        for patch in self.patches.get(kustomization.path()).map_or(&[][..], Vec::as_slice) {
            match patch.takes(object) {
                Some(false) => {}
                None => uncertain(object),
                Some(true) if patch.change.is_list() => {
                    let mut changed = object.clone();
                    if patch::operations(&mut changed, &patch.change) {
                        *object = changed;
                    } else {
                        uncertain(object);
                    }
                }
                Some(true) => {
                    // The name and kind of a patch say whom it is for.
                    let own = |key: &str| object.get(key).cloned();
                    let (kind, version, name) = (own("kind"), own("apiVersion"), object.at("metadata.name").cloned());
                    patch::merge(object, &patch.change, builtin);
                    for (parent, key, value) in
                        [("", "kind", kind), ("", "apiVersion", version), ("metadata", "name", name)]
                    {
                        restore(object, parent, key, value);
                    }
                }
            }
        }
        for image in kustomization.node().list("images") {
            images(object, image);
        }
        for replicas in kustomization.node().list("replicas") {
            let scaled = object.str_at("kind").is_some_and(|kind| {
                matches!(kind, "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController")
            });
            if scaled
                && replicas.str_at("name") == object.str_at("metadata.name")
                && let Some(entry) = replicas.entry("count")
            {
                let change = Entry { key: "replicas".into(), ..entry.clone() };
                if let Some(Data::Mapping(entries)) = value_of(object, "spec").map(|spec| &mut spec.data) {
                    entries.retain(|entry| *entry.key != *"replicas");
                    entries.push(change);
                }
            }
        }
    }
}

/// What an object has is no longer known: absence proves nothing anywhere in it.
fn uncertain(node: &mut Node) {
    node.cut = node.is_map() || node.cut;
    match &mut node.data {
        Data::Scalar { .. } => {}
        Data::Sequence(items) => items.iter_mut().for_each(uncertain),
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| uncertain(&mut entry.value)),
    }
}

fn value_of<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Data::Mapping(entries) = &mut node.data else { return None };
    entries.iter_mut().find(|entry| *entry.key == *key).map(|entry| &mut entry.value)
}

fn restore(object: &mut Node, parent: &str, key: &str, value: Option<Node>) {
    let Some(value) = value else { return };
    let within = if parent.is_empty() { Some(object) } else { value_of(object, parent) };
    if let Some(found) = within.and_then(|within| value_of(within, key)) {
        *found = value;
    }
}

impl Patch {
    /// Whether it is for an object; `None` if that depends on labels, which other transformers may set.
    fn takes(&self, object: &Node) -> Option<bool> {
        let version = object.str_at("apiVersion").unwrap_or_default();
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let name = object.str_at("metadata.name").unwrap_or_default();
        let kind = object.str_at("kind").unwrap_or_default();
        let Some(target) = &self.target else {
            let of = self.change.str_at("apiVersion").unwrap_or(version);
            let same_group = of.split_once('/').map_or("", |(group, _)| group) == group;
            let is = self.change.str_at("kind") == Some(kind) && self.change.str_at("metadata.name") == Some(name);
            return Some(same_group && is);
        };
        let fits = |key: &str, value: &str| {
            target.str_at(key).filter(|wanted| !wanted.is_empty()).is_none_or(|wanted| {
                // Targets are regular expressions; of those, only plain names are decided here.
                wanted == value
            })
        };
        let version_only = version.split_once('/').map_or(version, |(_, version)| version);
        let is_expression = |key: &str| {
            target.str_at(key).is_some_and(|text| text.contains(['*', '+', '?', '|', '[', '(', '^', '$', '\\']))
        };
        if !fits("group", group) || !fits("version", version_only) || (!is_expression("kind") && !fits("kind", kind)) {
            return Some(false);
        }
        if ["labelSelector", "annotationSelector"].iter().any(|key| target.get(key).is_some()) || is_expression("kind")
        {
            return None;
        }
        if is_expression("name") {
            return if matches!(target.str_at("name"), Some(".*" | "^.*$")) { Some(true) } else { None };
        }
        Some(fits("name", name))
    }
}

impl Kustomization {
    fn changes(&self, files: &BTreeMap<String, Vec<Node>>) -> Vec<Patch> {
        let mut found = Vec::new();
        let mut add = |target: Option<&Node>, changes: Vec<Node>| {
            found.extend(changes.into_iter().map(|change| Patch { target: target.cloned(), change }));
        };
        let of_file = |path: &str| -> Vec<Node> {
            let path = join(self.folder(), path).unwrap_or_default();
            files.get(&path).cloned().unwrap_or_default()
        };
        for node in self.node.list("patchesStrategicMerge") {
            let text = node.text().unwrap_or_default();
            add(None, if text.contains('\n') { inline(node) } else { of_file(text) });
        }
        for node in self.node.list("patches").iter().chain(self.node.list("patchesJson6902")) {
            let changes = match node.str_at("path") {
                Some(path) => of_file(path),
                None => node.get("patch").map(inline).unwrap_or_default(),
            };
            add(node.get("target"), changes);
        }
        found
    }
}

/// A patch that is written as a text: what is wrong in it is shown where the text starts.
fn inline(node: &Node) -> Vec<Node> {
    let (found, _) = documents(node.text().unwrap_or_default(), node.place.file);
    found
        .into_iter()
        .map(|mut document| {
            place(&mut document.root, node.place);
            document.root
        })
        .collect()
}

fn place(node: &mut Node, at: Place) {
    node.place = at;
    match &mut node.data {
        Data::Scalar { .. } => {}
        Data::Sequence(items) => items.iter_mut().for_each(|item| place(item, at)),
        Data::Mapping(entries) => {
            for entry in entries {
                entry.key_place = at;
                place(&mut entry.value, at);
            }
        }
    }
}

/// Changes images as `images` says. Source: kustomize `api/filters/imagetag`.
fn images(node: &mut Node, change: &Node) {
    let Some(name) = change.str_at("name") else { return };
    match &mut node.data {
        Data::Scalar { .. } => {}
        Data::Sequence(items) => items.iter_mut().for_each(|item| images(item, change)),
        Data::Mapping(entries) => {
            for entry in entries {
                let pods = matches!(&*entry.key, "containers" | "initContainers");
                if let (true, Data::Sequence(items)) = (pods, &mut entry.value.data) {
                    for image in items.iter_mut().filter_map(|item| value_of(item, "image")) {
                        if let Some(text) = image.as_str().and_then(|text| renamed(text, name, change)) {
                            image.data = Data::Scalar { text: text.into(), plain: false };
                        }
                    }
                }
                images(&mut entry.value, change);
            }
        }
    }
}

fn renamed(image: &str, name: &str, change: &Node) -> Option<String> {
    let without_digest = image.split_once('@').map_or(image, |(image, _)| image);
    let slash = without_digest.rfind('/').map_or(0, |at| at + 1);
    let colon = without_digest.get(slash..)?.find(':').map(|at| slash + at);
    let its = without_digest.get(..colon.unwrap_or(without_digest.len()))?;
    if its != name {
        return None;
    }
    let rest = image.get(its.len()..).unwrap_or_default();
    let new = change.str_at("newName").unwrap_or(its);
    let tag = change.get("newTag").and_then(Node::text).map(|tag| format!(":{tag}"));
    let rest = match (change.str_at("digest"), tag) {
        (Some(digest), Some(tag)) => format!("{tag}@{digest}"),
        (Some(digest), None) => format!("@{digest}"),
        (None, Some(tag)) => tag,
        (None, None) => rest.to_owned(),
    };
    Some(format!("{new}{rest}"))
}
