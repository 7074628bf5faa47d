//! Is a document what its kind can be? Built-in kinds are read as the types of k8s-openapi and written again, which
//! loses what isn't a field; custom ones are held against their contract.

use std::any::TypeId;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, ResourceQuota, Service, ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, IngressClass, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_openapi::api::scheduling::v1::PriorityClass;
use k8s_openapi::api::storage::v1::StorageClass;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::contract;

/// All that a document has and its kind doesn't, or lacks. Secrets are never emitted, so they are no known kind.
pub(crate) fn faults(document: &Value) -> Vec<String> {
    if contract::knows(document) {
        return contract::faults(document);
    }
    match document["kind"].as_str().unwrap_or_default() {
        "ClusterRole" => built_in::<ClusterRole>(document),
        "ClusterRoleBinding" => built_in::<ClusterRoleBinding>(document),
        "ConfigMap" => built_in::<ConfigMap>(document),
        "CronJob" => built_in::<CronJob>(document),
        "DaemonSet" => built_in::<DaemonSet>(document),
        "Deployment" => built_in::<Deployment>(document),
        "HorizontalPodAutoscaler" => built_in::<HorizontalPodAutoscaler>(document),
        "Ingress" => built_in::<Ingress>(document),
        "IngressClass" => built_in::<IngressClass>(document),
        "Job" => built_in::<Job>(document),
        "LimitRange" => built_in::<LimitRange>(document),
        "Namespace" => built_in::<Namespace>(document),
        "NetworkPolicy" => built_in::<NetworkPolicy>(document),
        "PersistentVolumeClaim" => built_in::<PersistentVolumeClaim>(document),
        "PodDisruptionBudget" => built_in::<PodDisruptionBudget>(document),
        "PriorityClass" => built_in::<PriorityClass>(document),
        "ResourceQuota" => built_in::<ResourceQuota>(document),
        "Role" => built_in::<Role>(document),
        "RoleBinding" => built_in::<RoleBinding>(document),
        "Service" => built_in::<Service>(document),
        "ServiceAccount" => built_in::<ServiceAccount>(document),
        "StatefulSet" => built_in::<StatefulSet>(document),
        "StorageClass" => built_in::<StorageClass>(document),
        other => vec![format!("{} {other} is no kind that is known here", document["apiVersion"])],
    }
}

fn built_in<T>(document: &Value) -> Vec<String>
where
    T: DeserializeOwned + Resource<Scope: 'static> + Serialize,
{
    if document["apiVersion"] != T::API_VERSION {
        return vec![format!("apiVersion: {} instead of {}", document["apiVersion"], T::API_VERSION)];
    }
    let mut found = Vec::new();
    match serde_json::from_value::<T>(document.clone()) {
        Err(error) => found.push(error.to_string()),
        Ok(object) => lost(document, &serde_json::to_value(object).unwrap(), "", &mut found),
    }
    let namespaced = TypeId::of::<T::Scope>() == TypeId::of::<NamespaceResourceScope>();
    match (namespaced, document["metadata"]["namespace"].is_string()) {
        (true, false) => found.push("metadata.namespace: is missing".to_owned()),
        (false, true) => found.push("metadata.namespace: it belongs to no namespace".to_owned()),
        _ => {}
    }
    found
}

/// Where what was kept differs from what was given.
fn lost(given: &Value, kept: &Value, at: &str, found: &mut Vec<String>) {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => {
            for (name, value) in given {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                match kept.get(name) {
                    Some(kept) => lost(value, kept, &at, found),
                    None => found.push(format!("{at}: no such field, or no value")),
                }
            }
            // What the type has to have, and was not given.
            found.extend(
                kept.keys().filter(|name| !given.contains_key(*name)).map(|name| format!("{at}.{name}: is missing")),
            );
        }
        (Value::Array(given), Value::Array(kept)) if given.len() == kept.len() => {
            for (number, (given, kept)) in given.iter().zip(kept).enumerate() {
                lost(given, kept, &format!("{at}[{number}]"), found);
            }
        }
        _ if given == kept => {}
        _ => found.push(format!("{at}: {given} is read as {kept}")),
    }
}
