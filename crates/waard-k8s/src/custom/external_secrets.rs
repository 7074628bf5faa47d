//! `external-secrets.io`, as External Secrets Operator 2.9.0 serves it.

use serde::Serialize;

use super::kind;

/// Where secrets are read from or written to: one of the providers.
#[derive(Serialize)]
pub(crate) struct SecretStore {
    pub(crate) provider: Provider,
}
kind!(SecretStore, "external-secrets.io/v1", "SecretStore");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Provider {
    /// AWS Secrets Manager, with the identity of the operator's own pod.
    Aws { service: &'static str, region: String },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExternalSecret {
    pub(crate) refresh_interval: String,
    pub(crate) secret_store_ref: StoreRef,
    pub(crate) target: Target,
    pub(crate) data: Vec<Entry>,
}
kind!(ExternalSecret, "external-secrets.io/v1", "ExternalSecret");

#[derive(Serialize)]
pub(crate) struct StoreRef {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) creation_policy: &'static str,
    pub(crate) deletion_policy: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) secret_key: String,
    pub(crate) remote_ref: RemoteRef,
}

#[derive(Serialize)]
pub(crate) struct RemoteRef {
    pub(crate) key: String,
    pub(crate) property: String,
}
