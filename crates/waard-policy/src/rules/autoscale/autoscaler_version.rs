//! See its page.

use waard_catalog::{Compatibility, Minor};

use crate::autoscaler::Autoscaler;
use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/autoscaler-version",
    looks_at: "Cluster Autoscalers in clusters whose version is known",
    page: include_str!("autoscaler_version.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// The minor of the Cluster Autoscaler is that of the cluster: it simulates that scheduler.
/// Source: kubernetes/autoscaler `cluster-autoscaler/README.md`, "Releases".
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(version) = cluster.version() else { return };
    for autoscaler in Autoscaler::of(cluster) {
        let Some(image) = autoscaler.container.image() else { continue };
        findings.looked_at_one();
        let Some((minor, patch)) = image.text().and_then(tag_of) else {
            findings.unknown(image, "its image has no tag that is a version");
            continue;
        };
        let component = context.catalog().component("cluster-autoscaler");
        let release = component.and_then(|component| match component.for_cluster(version.minor) {
            Compatibility::Supported(release) => Some(release),
            _ => None,
        });
        let newest = release.map(|release| release.version.as_str());
        let help = newest.map_or_else(
            || format!("use a release {}.x", version.minor),
            |newest| format!("use {newest}, the newest patch for Kubernetes {} that is known", version.minor),
        );
        if minor != version.minor {
            let message = format!(
                "Cluster Autoscaler {minor}.{patch} simulates the scheduler of Kubernetes {minor}, {} runs {}",
                cluster.title(),
                version.minor
            );
            let draft = findings.report(image, message);
            draft.help(help);
            if let Some(place) = version.place {
                draft.related(place, "the cluster's version");
            }
            continue;
        }
        let newest_patch = newest.and_then(|newest| newest.rsplit('.').next()).and_then(|patch| patch.parse().ok());
        if newest_patch.is_some_and(|newest: u32| patch == 0 && newest > 0) {
            findings
                .report(image, format!("Cluster Autoscaler {minor}.0 has none of the fixes of its later patches"))
                .severity(Severity::Info)
                .help(help);
        }
    }
}

/// Minor and patch of an image's tag, such as `v1.36.1`.
fn tag_of(image: &str) -> Option<(Minor, u32)> {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let tag = image.rsplit('/').next()?.split_once(':')?.1;
    let mut parts = tag.strip_prefix('v').unwrap_or(tag).splitn(3, '.');
    let minor = Minor::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let patch = parts.next()?;
    let end = patch.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(patch.len());
    Some((minor, patch.get(..end)?.parse().ok()?))
}
