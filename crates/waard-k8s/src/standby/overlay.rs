//! The difference between two sets of documents, as kustomize takes it.
//!
//! Source: sigs.k8s.io/kustomize, strategic merge patches: `null` takes a field away, `$patch` replaces or deletes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use waard_model::artifact::Object;

/// Fields of `spec` that a failover changes by itself, and that are shown by themselves in a patch.
const NUMBERS: [&str; 3] = ["maxReplicas", "minReplicas", "replicas"];

/// What is said of an object that goes.
pub(crate) const GOES: &str = "goes";

/// What happens to an object.
pub(crate) enum Change<'c> {
    /// It comes.
    Added(&'c Object, &'c str),
    /// It changes, or goes.
    Patched {
        /// Its kind and name.
        object: &'c Object,
        /// In words, as they stand in the runbook.
        what: String,
        /// The patch.
        patch: String,
    },
}

impl Change<'_> {
    /// Kind and name of the object.
    pub(crate) fn object(&self) -> &str {
        match self {
            Self::Added(object, _) | Self::Patched { object, .. } => &object.name,
        }
    }

    /// What happens, in words.
    pub(crate) fn what(&self) -> &str {
        match self {
            Self::Added(..) => "comes",
            Self::Patched { what, .. } => what,
        }
    }
}

/// What turns the documents `before` into those `after`, by kind and name.
pub(super) fn changes<'c>(
    before: &BTreeMap<&'c str, (&'c Object, &'c str)>,
    after: &BTreeMap<&'c str, (&'c Object, &'c str)>,
) -> Vec<Change<'c>> {
    let mut found = Vec::new();
    for (name, (object, text)) in before {
        match after.get(name) {
            None => found.push(patched(object, text, GOES, "$patch: delete\n")),
            Some((_, now)) if now == text => {}
            Some((_, now)) => found.push(changed(object, text, now)),
        }
    }
    let come = after.iter().filter(|(name, _)| !before.contains_key(*name));
    found.extend(come.map(|(_, (object, text))| Change::Added(object, text)));
    found
}

fn changed<'c>(object: &'c Object, before: &str, now: &str) -> Change<'c> {
    let (then, rest_then) = numbers(before);
    let (now_numbers, rest_now) = numbers(now);
    if rest_then != rest_now {
        // Without the directive, lists of built-in kinds would be merged with those that stand by.
        let patch = now.replacen("\nspec:\n", "\nspec:\n  $patch: replace\n", 1);
        return Change::Patched { object, what: "is replaced".to_owned(), patch };
    }
    let (mut words, mut fields) = (Vec::new(), String::from("spec:\n"));
    for key in NUMBERS {
        let (old, new) = (then.get(key), now_numbers.get(key));
        if old == new {
            continue;
        }
        // A number that nobody says any more is an autoscaler's.
        let new = new.copied().unwrap_or("null");
        // Writing to a String can't fail.
        let _ = writeln!(fields, "  {key}: {new}");
        let said = |number: Option<&str>| match number {
            None | Some("null") => "an autoscaler's".to_owned(),
            Some(number) => number.to_owned(),
        };
        words.push(format!("{key} {} → {}", said(old.copied()), said(Some(new))));
    }
    patched(object, now, &words.join(", "), &fields)
}

/// A patch of the object whose document is `text`.
fn patched<'c>(object: &'c Object, text: &str, what: &str, patch: &str) -> Change<'c> {
    let version = text.lines().find(|line| line.starts_with("apiVersion: ")).unwrap_or_default();
    let (kind, name) = object.name.split_once('/').unwrap_or_default();
    let namespace = text.lines().find(|line| line.starts_with("  namespace: "));
    let namespace = namespace.map(|line| format!("{line}\n")).unwrap_or_default();
    let patch = format!("{version}\nkind: {kind}\nmetadata:\n  name: {name}\n{namespace}{patch}");
    Change::Patched { object, what: what.to_owned(), patch }
}

/// The numbers of pods in a document, and everything else of it.
fn numbers(text: &str) -> (BTreeMap<&str, &str>, String) {
    let mut found = BTreeMap::new();
    let mut rest = String::with_capacity(text.len());
    let mut spec = false;
    for line in text.lines() {
        if !line.starts_with(' ') {
            spec = line == "spec:";
        }
        let field = line.strip_prefix("  ").and_then(|line| line.split_once(": ")).filter(|_| spec);
        match field {
            Some((key, value)) if NUMBERS.contains(&key) => drop(found.insert(key, value)),
            _ => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    (found, rest)
}
