//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schema/unknown-kind",
    severity: Severity::Error,
    looks_at: "objects of built-in API versions",
    page: include_str!("unknown_kind.md"),
    check: Check::Object(check),
    ..Rule::BASE
};

/// The kinds of each API version that is generally available.
///
/// Source: the types of k8s-openapi 0.29.0, of Kubernetes 1.33 to 1.37.
const KINDS: [(&str, &[&str]); 23] = [
    (
        "admissionregistration.k8s.io/v1",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    ("apps/v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("authentication.k8s.io/v1", &["SelfSubjectReview", "TokenRequest", "TokenReview"]),
    (
        "authorization.k8s.io/v1",
        &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"],
    ),
    ("autoscaling/v1", &["HorizontalPodAutoscaler", "Scale"]),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"]),
    ("batch/v1", &["CronJob", "Job"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest", "ClusterTrustBundle", "PodCertificateRequest"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("events.k8s.io/v1", &["Event"]),
    ("flowcontrol.apiserver.k8s.io/v1", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io/v1", &["IPAddress", "Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("policy/v1", &["Eviction", "PodDisruptionBudget"]),
    ("rbac.authorization.k8s.io/v1", &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]),
    (
        "resource.k8s.io/v1",
        &["DeviceClass", "DeviceTaintRule", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"],
    ),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    (
        "storage.k8s.io/v1",
        &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
    ),
    ("storagemigration.k8s.io/v1", &["StorageVersionMigration"]),
    (
        "v1",
        &[
            "APIGroup",
            "APIVersions",
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "DeleteOptions",
            "Endpoints",
            "Event",
            "LimitRange",
            "List",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
            "Status",
            "WatchEvent",
        ],
    ),
];

fn check(_: &Context<'_>, _: &Cluster, object: &Object, findings: &mut Findings<'_>) {
    let (version, kind) = (object.api_version(), object.kind());
    let Some((_, kinds)) = KINDS.iter().find(|(found, _)| *found == version) else { return };
    findings.looked_at_one();
    if kinds.contains(&kind) || kind.strip_suffix("List").is_some_and(|one| kinds.contains(&one)) {
        return;
    }
    let at = object.node().entry("kind").map_or_else(|| object.place(), Placed::place);
    let elsewhere = KINDS.iter().filter(|(_, kinds)| kinds.contains(&kind)).map(|(version, _)| *version).next_back();
    let near = KINDS
        .iter()
        .flat_map(|(version, kinds)| {
            kinds.iter().map(move |found| (strsim::osa_distance(found, kind), *found, *version))
        })
        .min()
        .filter(|(distance, ..)| *distance <= 2);
    let draft = findings.report(at, format!("`{version}` has no kind `{kind}`"));
    match (elsewhere, near) {
        (Some(other), _) => draft.help(format!("{kind} is in `{other}`")),
        (None, Some((_, found, other))) => draft.help(format!("is `{found}` of `{other}` meant?")),
        (None, None) => draft.help("mend the kind or the API version: `kubectl apply` fails: no matches for kind"),
    };
}
