//! The built-in kinds that k8s-openapi has types for.

use super::Object;
use crate::yaml::Misread;

macro_rules! kinds {
    ($object:expr, $($version:literal { $($kind:literal => $type:ty),* $(,)? })*) => {
        match ($object.api_version(), $object.kind()) {
            $($(($version, $kind) => Some($object.node().misread::<$type>()),)*)*
            _ => None,
        }
    };
}

/// Reads an object as its type, for what doesn't fit; `None` for kinds without a type.
pub(super) fn misread(object: &Object) -> Option<Misread> {
    use k8s_openapi::api::{
        admissionregistration::v1 as admission, apps::v1 as apps, autoscaling::v1 as autoscaling1,
        autoscaling::v2 as autoscaling2, batch::v1 as batch, certificates::v1 as certificates,
        coordination::v1 as coordination, core::v1 as core, discovery::v1 as discovery, flowcontrol::v1 as flow,
        networking::v1 as net, node::v1 as node, policy::v1 as policy, rbac::v1 as rbac, scheduling::v1 as scheduling,
        storage::v1 as storage,
    };
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1 as extensions;
    use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1 as registration;
    kinds! { object,
        "v1" {
            "ConfigMap" => core::ConfigMap, "Secret" => core::Secret, "Service" => core::Service, "Pod" => core::Pod,
            "ServiceAccount" => core::ServiceAccount, "Namespace" => core::Namespace, "Endpoints" => core::Endpoints,
            "LimitRange" => core::LimitRange, "ResourceQuota" => core::ResourceQuota,
            "PersistentVolume" => core::PersistentVolume, "PersistentVolumeClaim" => core::PersistentVolumeClaim,
            "PodTemplate" => core::PodTemplate, "ReplicationController" => core::ReplicationController,
        }
        "apps/v1" {
            "Deployment" => apps::Deployment, "StatefulSet" => apps::StatefulSet, "DaemonSet" => apps::DaemonSet,
            "ReplicaSet" => apps::ReplicaSet,
        }
        "batch/v1" { "Job" => batch::Job, "CronJob" => batch::CronJob }
        "autoscaling/v1" { "HorizontalPodAutoscaler" => autoscaling1::HorizontalPodAutoscaler }
        "autoscaling/v2" { "HorizontalPodAutoscaler" => autoscaling2::HorizontalPodAutoscaler }
        "policy/v1" { "PodDisruptionBudget" => policy::PodDisruptionBudget }
        "networking.k8s.io/v1" {
            "Ingress" => net::Ingress, "IngressClass" => net::IngressClass, "NetworkPolicy" => net::NetworkPolicy,
        }
        "rbac.authorization.k8s.io/v1" {
            "Role" => rbac::Role, "ClusterRole" => rbac::ClusterRole, "RoleBinding" => rbac::RoleBinding,
            "ClusterRoleBinding" => rbac::ClusterRoleBinding,
        }
        "storage.k8s.io/v1" { "StorageClass" => storage::StorageClass, "CSIDriver" => storage::CSIDriver }
        "scheduling.k8s.io/v1" { "PriorityClass" => scheduling::PriorityClass }
        "node.k8s.io/v1" { "RuntimeClass" => node::RuntimeClass }
        "coordination.k8s.io/v1" { "Lease" => coordination::Lease }
        "discovery.k8s.io/v1" { "EndpointSlice" => discovery::EndpointSlice }
        "certificates.k8s.io/v1" { "CertificateSigningRequest" => certificates::CertificateSigningRequest }
        "flowcontrol.apiserver.k8s.io/v1" {
            "FlowSchema" => flow::FlowSchema, "PriorityLevelConfiguration" => flow::PriorityLevelConfiguration,
        }
        "admissionregistration.k8s.io/v1" {
            "ValidatingWebhookConfiguration" => admission::ValidatingWebhookConfiguration,
            "MutatingWebhookConfiguration" => admission::MutatingWebhookConfiguration,
            "ValidatingAdmissionPolicy" => admission::ValidatingAdmissionPolicy,
            "ValidatingAdmissionPolicyBinding" => admission::ValidatingAdmissionPolicyBinding,
        }
        "apiextensions.k8s.io/v1" { "CustomResourceDefinition" => extensions::CustomResourceDefinition }
        "apiregistration.k8s.io/v1" { "APIService" => registration::APIService }
    }
}
