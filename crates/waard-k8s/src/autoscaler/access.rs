//! What Cluster Autoscaler may do in the cluster: what its example for AWS grants, without what it no longer uses,
//! Endpoints as locks and the group `extensions`.
//!
//! Source: kubernetes/autoscaler, `cluster-autoscaler/cloudprovider/aws/examples/cluster-autoscaler-autodiscover.yaml`.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use waard_model::spec::Expander;
use waard_model::topology::reserved::SYSTEM_NAMESPACE;

use super::{NAME, early};
use crate::Site;

const READ: &[&str] = &["get", "list", "watch"];

fn rule(group: &str, resources: &[&str], names: &[&str], verbs: &[&str]) -> PolicyRule {
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(owned(resources)),
        resource_names: (!names.is_empty()).then(|| owned(names)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}

/// The identity that EKS Pod Identity gives a role of AWS.
pub(super) fn service_account(site: Site<'_>) -> ServiceAccount {
    ServiceAccount {
        metadata: early(site, true),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

pub(super) fn cluster_role(site: Site<'_>) -> ClusterRole {
    ClusterRole {
        metadata: early(site, false),
        rules: Some(vec![
            rule("", &["events"], &[], &["create", "patch"]),
            rule("", &["pods/eviction"], &[], &["create"]),
            rule("", &["pods/status"], &[], &["update"]),
            // It taints nodes before it drains them.
            rule("", &["nodes"], &[], &["get", "list", "watch", "update"]),
            rule(
                "",
                &[
                    "namespaces",
                    "persistentvolumeclaims",
                    "persistentvolumes",
                    "pods",
                    "replicationcontrollers",
                    "services",
                ],
                &[],
                READ,
            ),
            rule("apps", &["daemonsets", "replicasets", "statefulsets"], &[], READ),
            rule("batch", &["jobs"], &[], &["get", "list", "watch", "patch"]),
            rule("policy", &["poddisruptionbudgets"], &[], &["list", "watch"]),
            rule("resource.k8s.io", &["deviceclasses", "resourceclaims", "resourceslices"], &[], READ),
            rule(
                "storage.k8s.io",
                &["csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"],
                &[],
                READ,
            ),
        ]),
        ..ClusterRole::default()
    }
}

/// In its own namespace: the lease of the leader, the status that it writes, and the priorities that it reads.
pub(super) fn role(site: Site<'_>) -> Role {
    let mut rules = vec![
        rule("coordination.k8s.io", &["leases"], &[], &["create"]),
        rule("coordination.k8s.io", &["leases"], &[NAME], &["get", "update"]),
        rule("", &["configmaps"], &[], &["create"]),
        rule("", &["configmaps"], &["cluster-autoscaler-status"], &["delete", "get", "update"]),
    ];
    if site.region.cluster().settings().autoscaler.expander == Expander::Priority {
        // It lists them all and looks at the one; a rule with a name can't grant that.
        rules.push(rule("", &["configmaps"], &[], &["list", "watch"]));
        rules.push(rule("", &["configmaps"], &[super::flags::PRIORITIES], &["get"]));
    }
    Role { metadata: early(site, true), rules: Some(rules) }
}

fn subject() -> Vec<Subject> {
    vec![Subject {
        kind: "ServiceAccount".to_owned(),
        name: NAME.to_owned(),
        namespace: Some(SYSTEM_NAMESPACE.to_owned()),
        ..Subject::default()
    }]
}

fn to(kind: &str) -> RoleRef {
    RoleRef { api_group: "rbac.authorization.k8s.io".to_owned(), kind: kind.to_owned(), name: NAME.to_owned() }
}

pub(super) fn cluster_role_binding(site: Site<'_>) -> ClusterRoleBinding {
    ClusterRoleBinding { metadata: early(site, false), role_ref: to("ClusterRole"), subjects: Some(subject()) }
}

pub(super) fn role_binding(site: Site<'_>) -> RoleBinding {
    RoleBinding { metadata: early(site, true), role_ref: to("Role"), subjects: Some(subject()) }
}
