//! See its page.

use std::collections::BTreeSet;

use waard_catalog::custom;

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::schema::{numbers, release_of};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/not-served-version",
    severity: Severity::Error,
    looks_at: "custom resources of known operators, and configurations of eksctl",
    page: include_str!("not_served_version.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut said: BTreeSet<(&str, &str)> = BTreeSet::new();
    for object in cluster.objects().iter().chain(cluster.configs()) {
        let (group, version, kind) = (object.group(), object.version(), object.kind());
        // A definition among the files says itself what it serves: `schema/kind-not-served`.
        if cluster.definitions().get(group, kind).is_some() {
            continue;
        }
        let Some(facts) = custom::kind(group, kind) else { continue };
        findings.looked_at_one();
        if facts.serves(version) {
            continue;
        }
        let at = object.node().get("apiVersion").map_or_else(|| object.place(), Placed::place);
        let current = facts.current();
        let runs = release_of(context.platform(), cluster, &current.component);
        let older = runs.filter(|runs| numbers(&current.release).is_some_and(|read| runs.numbers < read));
        if let Some(older) = older {
            // What that release serves is known if a release of at least its age is, which served the version.
            let had = facts.definition(version).and_then(|definition| numbers(&definition.release));
            if had.is_none_or(|had| older.numbers > had) && said.insert((object.api_version(), kind)) {
                let why =
                    format!("whether {} {} serves `{version}` of {kind} is not known", current.component, older.text);
                findings.unknown(at, why);
            }
            continue;
        }
        let serves = current.served.iter().map(|version| format!("`{version}`")).collect::<Vec<_>>().join(", ");
        let message =
            format!("{} {} serves {serves} of {kind}, and not `{version}`", current.component, current.release);
        let draft = findings.report(at, message);
        match facts.definition(version) {
            Some(old) => draft.help(format!(
                "write it for {serves}: {} {} was the last release that served `{version}`",
                old.component, old.release
            )),
            None => draft.help(format!("write it for {serves}")),
        };
    }
}
