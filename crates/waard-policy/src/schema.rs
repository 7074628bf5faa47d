//! What objects must look like, field by field, and where they don't.
//!
//! Built-in kinds are read as the types of k8s-openapi ([`Misread`]), custom ones are held against the
//! CustomResourceDefinition among the files, or else against the catalog's facts ([`waard_catalog::custom`]).
//! Configurations of eksctl are in these too. What neither tells is unknown, with the reason.

mod crd;
mod judge;
mod operators;

use std::collections::BTreeSet;
use std::sync::Arc;

use waard_catalog::custom::{self, Scope, Shape};

pub(crate) use crd::Definitions;
pub(crate) use judge::is_template;
pub(crate) use operators::{Releases, numbers, release_of};

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::yaml::Misread;

/// Something about an object that isn't as its kind wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Where somebody has to change something.
    pub(crate) place: Place,
    /// What it is.
    pub(crate) kind: FlawKind,
}

/// What can be wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FlawKind {
    /// There is no such field; what might be meant.
    Unknown { path: String, help: Option<String> },
    /// Whether there is such a field is not among the facts.
    Untold { path: String, why: String },
    /// It has another type.
    Type { path: String, wants: String, is: String },
    /// A field that must be there isn't.
    Missing { path: String, name: String },
    /// It has the right type and a value that is refused; what would be right.
    Value { path: String, is: String, help: String },
}

/// What is known about an object's form.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It was held against the schema of `by`.
    Judged { flaws: Vec<Flaw>, by: String },
    /// It can't be judged, and why.
    Unknown(String),
}

/// The most flaws of an object that are collected: thousands tell no more.
const MOST_FLAWS: usize = 200;

impl Object {
    /// What of a custom resource, or a configuration of eksctl, isn't as its schema wants it, found once.
    /// `None` for kinds that Kubernetes itself defines.
    pub(crate) fn verdict(&self, platform: &Platform, cluster: &Cluster) -> Option<&Verdict> {
        if self.is_builtin() {
            return None;
        }
        Some(self.verdict.get_or_init(|| verdict(self, platform, cluster)))
    }
}

fn verdict(object: &Object, platform: &Platform, cluster: &Cluster) -> Verdict {
    let (group, version, kind) = (object.group(), object.version(), object.kind());
    // Objects of all clusters may lie in a folder of their own, and their definitions in another.
    let of_rest = platform.clusters().first().filter(|rest| rest.name().is_empty());
    let written =
        [Some(cluster), of_rest].into_iter().flatten().find_map(|cluster| cluster.definitions().get(group, kind));
    if let Some(definition) = written {
        return match definition.shape(version) {
            Some(shape) => judged(object, &shape, Scope::Namespaced, definition.title().to_owned(), None),
            None => Verdict::Unknown(format!(
                "the definition `{}` among the files has no schema of `{version}`",
                definition.title()
            )),
        };
    }
    let Some(facts) = custom::kind(group, kind) else {
        return Verdict::Unknown(format!("which fields a `{kind}` of `{group}` has is not known"));
    };
    let Some(definition) = facts.definition(version) else {
        let current = facts.current();
        return Verdict::Unknown(format!(
            "which fields a `{kind}` has in `{group}/{version}` is not known: {} {} serves {}",
            current.component,
            current.release,
            current.served.join(", ")
        ));
    };
    let by = format!("{} {}", definition.component, definition.release);
    // A newer release may have fields that the one that was read hasn't.
    let newer = release_of(platform, cluster, &definition.component)
        .filter(|release| numbers(&definition.release).is_some_and(|read| release.numbers > read))
        .map(|release| format!("{} {} may have it: only {by} is known", definition.component, release.text));
    judged(object, &definition.root, definition.scope, by, newer)
}

fn judged(object: &Object, shape: &Arc<Shape>, scope: Scope, by: String, newer: Option<String>) -> Verdict {
    let mut flaws = judge::object(object.node(), shape, scope);
    if let Some(why) = newer {
        for flaw in &mut flaws {
            if let FlawKind::Unknown { path, .. } = &flaw.kind {
                flaw.kind = FlawKind::Untold { path: path.clone(), why: why.clone() };
            }
        }
    }
    flaws.truncate(MOST_FLAWS);
    Verdict::Judged { flaws, by }
}

/// The objects of a cluster and its configurations, each with what its schema or type says of it.
///
/// Kinds that nothing is known of are reported as unknown, once each.
pub(crate) fn each<'c>(
    context: &Context<'c>,
    cluster: &'c Cluster,
    findings: &mut Findings<'_>,
    visit: &mut dyn FnMut(&'c Object, Known<'c>, &mut Findings<'_>),
) {
    let mut said: BTreeSet<(&str, &str)> = BTreeSet::new();
    for object in cluster.objects().iter().chain(cluster.configs()) {
        if let Some(misread) = object.misread() {
            findings.looked_at_one();
            visit(object, Known::BuiltIn(misread), findings);
            continue;
        }
        match object.verdict(context.platform(), cluster) {
            Some(Verdict::Judged { flaws, by }) => {
                findings.looked_at_one();
                visit(object, Known::Custom(flaws, by), findings);
            }
            Some(Verdict::Unknown(why)) => {
                if said.insert((object.api_version(), object.kind())) {
                    findings.looked_at_one();
                    findings.unknown(kind_place(object), why.clone());
                }
            }
            None => {
                if said.insert((object.api_version(), object.kind())) {
                    let why =
                        format!("which fields a `{}` of `{}` has is not known", object.kind(), object.api_version());
                    findings.looked_at_one();
                    findings.unknown(kind_place(object), why);
                }
            }
        }
    }
}

/// What is known about the fields of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known<'c> {
    /// What reading it as its type found.
    BuiltIn(&'c Misread),
    /// What its schema says, and whose that is.
    Custom(&'c [Flaw], &'c str),
}

fn kind_place(object: &Object) -> Place {
    object.node().entry("kind").map_or_else(|| object.place(), Placed::place)
}

/// The name that is probably meant: the nearest by spelling, or one that the other contains or is contained in.
pub(crate) fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let lower = key.to_lowercase();
    let rate = |field: &&'k str| {
        let name = field.to_lowercase();
        let distance = strsim::osa_distance(&name, &lower);
        if distance * 3 <= name.len() {
            return Some(distance);
        }
        let contains = |long: &str, short: &str| {
            short.len() >= 3 && long.len() > short.len() && (long.ends_with(short) || long.starts_with(short))
        };
        (contains(&lower, &name) || contains(&name, &lower)).then_some(100 + distance)
    };
    known.filter_map(|field| Some((rate(&field)?, field))).min().map(|(_, field)| field)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_the_one_that_is_meant() {
        let known = ["class", "size", "selector", "autoScaler", "-XX", "name"];
        for (key, near) in [
            ("storageClass", Some("class")),
            ("autoScaling", Some("autoScaler")),
            ("-XX:+UseG1GC", Some("-XX")),
            ("sise", Some("size")),
            ("Name", Some("name")),
            ("replicas", None),
        ] {
            assert_eq!(nearest(key, known.into_iter()), near, "{key}");
        }
    }
}
