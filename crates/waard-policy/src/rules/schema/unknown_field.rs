//! See its page.

use waard_catalog::Minor;

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::UnknownKey;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/unknown-field",
    severity: Severity::Error,
    looks_at: "objects of built-in kinds",
    page: include_str!("unknown_field.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    let Some(misread) = object.misread() else { return };
    findings.looked_at_one();
    for unknown in &misread.unknown {
        match unknown.since.map(|minor| Minor::new(1, minor)) {
            None => report(unknown, findings),
            Some(since) => match cluster.version() {
                Some(version) if version.minor >= since => {}
                Some(version) => {
                    let message = format!("`{}` has the field `{}` since Kubernetes {since}", unknown.of, unknown.key);
                    let draft =
                        findings.report(unknown.place, format!("{message}, and the cluster runs {}", version.minor));
                    draft.help("upgrade the cluster first, or leave the field out");
                    if let Some(place) = version.place {
                        draft.related(place, "the version of the cluster");
                    }
                }
                None => {
                    let why = format!(
                        "the field `{}` came with Kubernetes {since}, and no file says which version runs",
                        unknown.key
                    );
                    findings.unknown(unknown.place, why);
                }
            },
        }
    }
}

fn report(unknown: &UnknownKey, findings: &mut Findings<'_>) {
    let UnknownKey { key, place, of, known, .. } = unknown;
    let draft = findings.report(*place, format!("`{of}` has no field `{key}`"));
    // The nearest by spelling, or else the one that differs only in case.
    let near = known.iter().map(|field| (strsim::osa_distance(&field.to_lowercase(), &key.to_lowercase()), field));
    match near.min().filter(|(distance, field)| *distance * 3 <= field.len()) {
        Some((_, field)) => draft.help(format!("is `{field}` meant?")),
        None => draft.help(
            "remove it, or move it to where it belongs: kubectl refuses the object, and older ones drop the field",
        ),
    };
}
