//! See its page.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Defined, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/namespace-missing",
    severity: Severity::Warning,
    looks_at: "namespaces that objects are put into",
    page: include_str!("namespace_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut used: BTreeMap<&str, (&Object, usize)> = BTreeMap::new();
    for object in cluster.objects() {
        if let Some(namespace) = object.namespace() {
            used.entry(namespace).or_insert((object, 0)).1 += 1;
        }
    }
    for (namespace, (first, count)) in used {
        findings.looked_at_one();
        let at = first.at("metadata.namespace").map_or_else(|| first.place(), Placed::place);
        match cluster.defines("Namespace", "", namespace) {
            Defined::Object(_) | Defined::Made(_) => {}
            Defined::Perhaps(_) => {
                findings.unknown(at, format!("something that isn't among the files may make `{namespace}`"));
            }
            Defined::No => {
                let s = if count == 1 { "" } else { "s" };
                let message = format!("nothing makes namespace `{namespace}`, into which {count} object{s} are put");
                findings.report(at, message).help(
                    "add a Namespace, with the labels that pod security and the mesh need; without it nothing in it can be applied",
                );
            }
        }
    }
}
