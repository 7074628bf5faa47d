//! What a patch does to an object: strategic merge, and JSON6902.
//!
//! Sources: <https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md>;
//! `patchMergeKey` in the types of kubernetes/api; RFC 6902 and RFC 6901.

use crate::place::Placed;
use crate::yaml::{Data, Entry, Node};

/// Merges a patch into an object. Lists whose items have a key are merged by it where Kubernetes does so.
pub(super) fn merge(base: &mut Node, patch: &Node, builtin: bool) {
    let Data::Mapping(changes) = &patch.data else {
        base.clone_from(patch);
        return;
    };
    if !matches!(base.data, Data::Mapping(_)) || patch.str_at("$patch") == Some("replace") {
        base.data = Data::Mapping(Vec::new());
        base.place = patch.place;
    }
    base.cut |= patch.cut;
    let Data::Mapping(entries) = &mut base.data else { return };
    for change in changes.iter().filter(|change| !change.key().starts_with('$')) {
        let delete = change.value.is_null() && !change.value.cut;
        if delete || change.value.str_at("$patch") == Some("delete") {
            entries.retain(|entry| entry.key != change.key);
            continue;
        }
        match entries.iter_mut().find(|entry| entry.key == change.key) {
            None => {
                // What only directs the merge is left out of what is new, too.
                let mut value = Node { data: Data::Mapping(Vec::new()), ..change.value.clone() };
                if change.value.is_map() {
                    merge(&mut value, &change.value, builtin);
                } else {
                    value = change.value.clone();
                }
                entries.push(Entry { key: change.key.clone(), key_place: change.key_place, value });
            }
            Some(entry) if change.value.is_map() => merge(&mut entry.value, &change.value, builtin),
            Some(entry) if change.value.is_list() && builtin => list(&change.key, &mut entry.value, &change.value),
            Some(entry) => entry.value.clone_from(&change.value),
        }
    }
}

/// The keys by which the lists of pods and services are merged: the first that the patch's items have.
const MERGED: [(&str, &[&str]); 11] = [
    ("containers", &["name"]),
    ("env", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("hostAliases", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ports", &["containerPort", "port"]),
    ("topologySpreadConstraints", &["topologyKey"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];

fn list(name: &str, base: &mut Node, patch: &Node) {
    let keys = MERGED.iter().find(|(list, _)| *list == name).map(|(_, keys)| *keys);
    let key = keys.and_then(|keys| {
        keys.iter().find(|key| patch.items().iter().all(|item| item.get(key).is_some() || item.get("$patch").is_some()))
    });
    let replaces = patch.items().iter().any(|item| item.str_at("$patch") == Some("replace"));
    let (Some(key), Data::Sequence(items), false) = (key, &mut base.data, replaces) else {
        base.clone_from(patch);
        return;
    };
    for change in patch.items() {
        let Some(value) = change.get(key).and_then(Node::text) else { continue };
        let found = items.iter().position(|item| item.get(key).and_then(Node::text) == Some(value));
        match (found, change.str_at("$patch") == Some("delete")) {
            (Some(at), true) => drop(items.remove(at)),
            (None, true) => {}
            (Some(at), false) => {
                if let Some(item) = items.get_mut(at) {
                    merge(item, change, true);
                }
            }
            (None, false) => items.push(change.clone()),
        }
    }
}

/// Carries out the operations of a JSON6902 patch. False if one of them can't be: then nobody knows what results.
pub(super) fn operations(base: &mut Node, patch: &Node) -> bool {
    patch.items().iter().all(|operation| {
        let (Some(op), Some(at)) = (operation.str_at("op"), operation.str_at("path")) else { return false };
        let parts: Vec<String> = at.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let Some((last, parents)) = parts.split_last() else { return false };
        let Some(parent) = parents.iter().try_fold(&mut *base, |node, part| step(node, part)) else { return false };
        match op {
            "test" => true,
            "remove" => remove(parent, last),
            "add" | "replace" => {
                operation.get("value").is_some_and(|value| put(parent, last, value, operation, op == "add"))
            }
            _ => false,
        }
    })
}

fn step<'n>(node: &'n mut Node, part: &str) -> Option<&'n mut Node> {
    match &mut node.data {
        Data::Mapping(entries) => entries.iter_mut().find(|entry| *entry.key == *part).map(|entry| &mut entry.value),
        Data::Sequence(items) => items.get_mut(part.parse::<usize>().ok()?),
        Data::Scalar { .. } => None,
    }
}

fn remove(parent: &mut Node, last: &str) -> bool {
    match &mut parent.data {
        Data::Mapping(entries) => entries.retain(|entry| *entry.key != *last),
        Data::Sequence(items) => match last.parse::<usize>() {
            Ok(at) if at < items.len() => drop(items.remove(at)),
            _ => return false,
        },
        Data::Scalar { .. } => return false,
    }
    true
}

fn put(parent: &mut Node, last: &str, value: &Node, operation: &Node, add: bool) -> bool {
    // `metadata: {}` without labels is a mapping, and so is nothing at all.
    if parent.is_null() {
        parent.data = Data::Mapping(Vec::new());
    }
    match &mut parent.data {
        Data::Mapping(entries) => {
            if let Some(entry) = entries.iter_mut().find(|entry| *entry.key == *last) {
                entry.value.clone_from(value);
            } else {
                let key_place = operation.get("path").map_or(operation.place, Placed::place);
                entries.push(Entry { key: last.into(), key_place, value: value.clone() });
            }
        }
        Data::Sequence(items) => match last.parse::<usize>() {
            _ if last == "-" => items.push(value.clone()),
            Ok(at) if add && at <= items.len() => items.insert(at, value.clone()),
            Ok(at) if at < items.len() => {
                if let Some(item) = items.get_mut(at) {
                    item.clone_from(value);
                }
            }
            _ => return false,
        },
        Data::Scalar { .. } => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::documents;

    fn node(text: &str) -> Node {
        documents(text, 0).0.remove(0).root
    }

    #[test]
    fn items_are_merged_by_their_key_and_the_rest_stays() {
        let mut base = node(
            "spec:\n  replicas: 1\n  gone: 1\n  containers:\n  - {name: a, image: x, env: [{name: A, value: '1'}]}\n  - {name: b}\n  args: [x]\n",
        );
        let patch = node(
            "spec:\n  replicas: 3\n  gone: null\n  containers:\n  - {name: a, env: [{name: B, value: '2'}]}\n  - {name: b, $patch: delete}\n  - {name: c}\n  args: [y]\n  more: {deep: 1}\n",
        );
        merge(&mut base, &patch, true);
        let spec = base.get("spec").unwrap();
        assert_eq!(
            (spec.int_at("replicas"), spec.int_at("more.deep"), spec.get("gone").is_none()),
            (Some(3), Some(1), true)
        );
        let names: Vec<_> = spec.list("containers").iter().filter_map(|item| item.str_at("name")).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(spec.list("containers")[0].list("env").len(), 2);
        assert_eq!(spec.list("containers")[0].str_at("image"), Some("x"));
        assert_eq!(spec.list("args").len(), 1);
    }

    #[test]
    fn lists_of_custom_resources_are_replaced() {
        let mut base = node("spec: {volumes: [{name: a}]}\n");
        merge(&mut base, &node("spec: {volumes: [{name: b}]}\n"), false);
        assert_eq!(base.list("spec.volumes").len(), 1);
        assert_eq!(base.list("spec.volumes")[0].str_at("name"), Some("b"));
    }

    #[test]
    fn operations_are_carried_out_in_order() {
        let mut base = node("metadata: {annotations: {a/b: x}}\nspec: {list: [{a: 1}, {a: 2}]}\n");
        let patch = node(
            "- {op: replace, path: /spec/list/1/a, value: 3}\n- {op: add, path: /spec/list/-, value: {a: 4}}\n- {op: remove, path: /spec/list/0}\n- {op: replace, path: /metadata/annotations/a~1b, value: z}\n- {op: add, path: /spec/new, value: 5}\n",
        );
        assert!(operations(&mut base, &patch));
        let list: Vec<_> = base.list("spec.list").iter().filter_map(|item| item.int_at("a")).collect();
        assert_eq!((list, base.int_at("spec.new")), (vec![3, 4], Some(5)));
        assert_eq!(base.at("metadata.annotations").unwrap().str_at("a/b"), Some("z"));
        for wrong in [
            "- {op: move, from: /a, path: /b}\n",
            "- {op: replace, path: /no/where, value: 1}\n",
            "- {op: remove, path: /spec/list/9}\n",
        ] {
            assert!(!operations(&mut base, &node(wrong)), "{wrong}");
        }
    }
}
