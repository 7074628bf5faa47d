//! See its page.

use waard_catalog::{Minor, SupportPhase};

use crate::cluster::{Cluster, Object, Selector};
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
    fixable: true,
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
        Some(instead) if is_same(version, object) => draft
            .help(format!("use `{instead}`: its fields are the same"))
            .fix(object.node().get("apiVersion").and_then(|node| context.platform().rewrite(node, instead))),
        Some(instead) => draft.help(format!("use `{instead}`, and mend the fields that changed")),
        None => draft.help("no other version serves it; label namespaces for Pod Security admission instead"),
    };
    if let Some(place) = said {
        draft.related(place, "the version of the cluster");
    }
}

/// Versions of which the next has the same fields with the same meaning.
///
/// Source: kubernetes.io, "Deprecated API Migration Guide", which lists for each kind what changed: nothing for these
/// ("no notable changes"), and the selector of a PodDisruptionBudget, see [`is_same`]. `v2beta2` and `v2` of the
/// HorizontalPodAutoscaler differ in no field of `kubernetes/api` `autoscaling/v2beta2/types.go` and `v2/types.go`.
const SAME: [&str; 13] = [
    "apiregistration.k8s.io/v1beta1 APIService",
    "autoscaling/v2beta2 HorizontalPodAutoscaler",
    "batch/v1beta1 CronJob",
    "coordination.k8s.io/v1beta1 Lease",
    "networking.k8s.io/v1beta1 IngressClass",
    "node.k8s.io/v1beta1 RuntimeClass",
    "policy/v1beta1 PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1beta1 ClusterRole",
    "rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding",
    "rbac.authorization.k8s.io/v1beta1 Role",
    "rbac.authorization.k8s.io/v1beta1 RoleBinding",
    "scheduling.k8s.io/v1beta1 PriorityClass",
    "storage.k8s.io/v1beta1 StorageClass",
];

/// Whether an object means the same in the next version. An empty selector of a PodDisruptionBudget took no pods, and
/// takes all of the namespace in `policy/v1`.
fn is_same(version: &str, object: &Object) -> bool {
    let empty = || object.at("spec.selector").is_none_or(|node| Selector::of(node).is_empty());
    SAME.contains(&&*format!("{version} {}", object.kind())) && !(object.kind() == "PodDisruptionBudget" && empty())
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
