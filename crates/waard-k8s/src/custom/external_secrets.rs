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
    /// A namespace of this cluster, with the rights of a service account.
    Kubernetes(KubernetesProvider),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KubernetesProvider {
    pub(crate) remote_namespace: String,
    pub(crate) server: Server,
    pub(crate) auth: Auth,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Server {
    pub(crate) ca_provider: CaProvider,
}

#[derive(Serialize)]
pub(crate) struct CaProvider {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Auth {
    pub(crate) service_account: Named,
}

#[derive(Serialize)]
pub(crate) struct Named {
    pub(crate) name: String,
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushSecret {
    pub(crate) refresh_interval: String,
    pub(crate) update_policy: &'static str,
    pub(crate) deletion_policy: &'static str,
    pub(crate) secret_store_refs: Vec<StoreRef>,
    pub(crate) selector: Selector,
    pub(crate) data: Vec<PushEntry>,
}
kind!(PushSecret, "external-secrets.io/v1alpha1", "PushSecret");

#[derive(Serialize)]
pub(crate) struct Selector {
    pub(crate) secret: Named,
}

#[derive(Serialize)]
pub(crate) struct PushEntry {
    #[serde(rename = "match")]
    pub(crate) matched: Match,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Match {
    pub(crate) secret_key: String,
    pub(crate) remote_ref: PushRemoteRef,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushRemoteRef {
    pub(crate) remote_key: String,
    pub(crate) property: String,
}
