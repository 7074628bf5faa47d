//! Who may call whom: `security.istio.io`.
//! Source: istio/istio 1.31, `manifests/charts/base/files/crd-all.gen.yaml`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kind;
use crate::labels::Labels;

/// Whether calls need mutual TLS.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeerAuthentication {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selector: Option<Selector>,
    pub(crate) mtls: Mtls,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) port_level_mtls: BTreeMap<String, Mtls>,
}
kind!(PeerAuthentication, "security.istio.io/v1", "PeerAuthentication");

#[derive(Serialize)]
pub(crate) struct Mtls {
    pub(crate) mode: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    pub(crate) match_labels: Labels,
}

/// Who may call. Without rules nobody may.
#[derive(Serialize)]
pub(crate) struct AuthorizationPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) selector: Option<Selector>,
    pub(crate) action: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<Rule>,
}
kind!(AuthorizationPolicy, "security.istio.io/v1", "AuthorizationPolicy");

#[derive(Serialize)]
pub(crate) struct Rule {
    pub(crate) from: Vec<From>,
    pub(crate) to: Vec<To>,
}

#[derive(Serialize)]
pub(crate) struct From {
    pub(crate) source: Source,
}

/// Identities, or addresses of who has none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Source {
    Principals(Vec<String>),
    IpBlocks(Vec<String>),
}

#[derive(Serialize)]
pub(crate) struct To {
    pub(crate) operation: Operation,
}

#[derive(Serialize)]
pub(crate) struct Operation {
    pub(crate) ports: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) paths: Vec<String>,
}
