//! See its page.

use waard_catalog::Minor;

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::edit::Edit;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::schema::{FlawKind, Known, each, nearest};
use crate::yaml::UnknownKey;

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/unknown-field",
    severity: Severity::Error,
    looks_at: "objects, and configurations of eksctl",
    page: include_str!("unknown_field.md"),
    fixable: true,
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    each(context, cluster, findings, &mut |object, known, findings| match known {
        Known::BuiltIn(misread) => {
            for unknown in &misread.unknown {
                built_in(context, cluster, object, unknown, findings);
            }
        }
        Known::Custom(flaws, by) => {
            for flaw in flaws {
                match &flaw.kind {
                    FlawKind::Unknown { path, help } => {
                        let draft =
                            findings.report(flaw.place, format!("a `{}` has no field `{path}` in {by}", object.kind()));
                        draft.help(help.as_deref().unwrap_or(
                            "remove it, or move it to where it belongs: what no schema names is refused, or dropped",
                        ));
                    }
                    FlawKind::Untold { path, why } => findings.unknown(flaw.place, format!("`{path}`: {why}")),
                    _ => {}
                }
            }
        }
    });
}

fn built_in(
    context: &Context<'_>,
    cluster: &Cluster,
    object: &Object,
    unknown: &UnknownKey,
    findings: &mut Findings<'_>,
) {
    let Some(since) = unknown.since.map(|minor| Minor::new(1, minor)) else {
        return report(context, object, unknown, findings);
    };
    match cluster.version() {
        Some(version) if version.minor >= since => {}
        Some(version) => {
            let message = format!("`{}` has the field `{}` since Kubernetes {since}", unknown.of, unknown.key);
            let draft = findings.report(unknown.place, format!("{message}, and the cluster runs {}", version.minor));
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
    }
}

fn report(context: &Context<'_>, object: &Object, unknown: &UnknownKey, findings: &mut Findings<'_>) {
    let UnknownKey { key, place, of, known, .. } = unknown;
    let draft = findings.report(*place, format!("`{of}` has no field `{key}`"));
    match nearest(key, known.iter().copied()) {
        Some(field) => draft.help(format!("is `{field}` meant?")).fix(respelled(context, object, unknown)),
        None => draft.help(
            "remove it, or move it to where it belongs: kubectl refuses the object, and older ones drop the field",
        ),
    };
}

/// Another spelling, if only one field is a letter or the case away, and isn't there too.
fn respelled(context: &Context<'_>, object: &Object, unknown: &UnknownKey) -> Option<Edit> {
    let key = unknown.key.to_lowercase();
    let near = |field: &&&str| strsim::osa_distance(&field.to_lowercase(), &key) <= 1 && field.len() > 3;
    let mut alike = unknown.known.iter().filter(near);
    let (field, None) = (alike.next()?, alike.next()) else { return None };
    let mut found = None;
    object.node().walk(&mut |node| {
        found = found.or_else(|| {
            let entry = node.entries().iter().find(|entry| entry.key_place() == unknown.place)?;
            Some((node, entry))
        });
    });
    let (node, entry) = found?;
    node.get(field).is_none().then(|| context.platform().rename(entry, field)).flatten()
}
