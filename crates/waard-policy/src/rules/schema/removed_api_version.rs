//! See its page.

use waard_catalog::{Minor, SupportPhase};

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/removed-api-version",
    severity: Severity::Error,
    looks_at: "objects of built-in kinds",
    page: include_str!("removed_api_version.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    if !object.is_builtin() {
        return;
    }
    findings.looked_at_one();
    let (version, kind) = (object.api_version(), object.kind());
    let Some(row) = context.catalog().removed_api(version, kind).filter(|row| row.source.confidence.is_usable()) else {
        return;
    };
    let removed = row.removed;
    let at = object.node().get("apiVersion").map_or_else(|| object.place(), Placed::place);
    let said = cluster.version().map(|version| (version.minor, version.place));
    let Some((runs, said)) = said.or_else(|| oldest(context).map(|minor| (minor, None))) else {
        let title = cluster.title();
        let why =
            format!("Kubernetes {removed} serves `{version}` no longer, and no file says which version {title} runs");
        return findings.unknown(at, why);
    };
    if runs < removed {
        return;
    }
    let which = match said {
        Some(_) => format!("{} runs {runs}", cluster.title()),
        None => format!("the oldest that EKS still runs is {runs}"),
    };
    let draft =
        findings.report(at, format!("Kubernetes serves `{version}` {kind} no longer since {removed}, and {which}"));
    match &row.instead {
        Some(instead) => draft.help(format!("use `{instead}`, and mend the fields that changed")),
        None => draft.help("no other version serves it; label namespaces for Pod Security admission instead"),
    };
    if let Some(place) = said {
        draft.related(place, "the version of the cluster");
    }
}

/// The oldest minor that EKS still runs on the day.
fn oldest(context: &Context<'_>) -> Option<Minor> {
    let day = context.as_of()?;
    let running = context
        .catalog()
        .eks_versions()
        .iter()
        .filter(|version| matches!(version.phase(day), SupportPhase::Standard | SupportPhase::Extended));
    running.map(|version| version.kubernetes).min()
}
