//! A small evaluator of Istio's AuthorizationPolicy and PeerAuthentication, written from the API's documentation:
//! does this pod's proxy let the call through?
//! Source: Istio reference, "Authorization Policy" and "PeerAuthentication".

use serde_json::Value;

use super::reach::contains;
use super::{Document, items, strings};

/// Who calls: a pod of the mesh by its identity, or an address outside of it.
pub(crate) enum Caller<'c> {
    Identity(&'c str),
    Address(&'c str),
}

/// The identity of a service account.
pub(crate) fn identity(namespace: &str, account: &str) -> String {
    format!("cluster.local/ns/{namespace}/sa/{account}")
}

/// True if a pod in `namespace` with `labels` takes the call, as all objects of the cluster together say.
pub(crate) fn takes(
    here: &[&Document],
    caller: &Caller<'_>,
    namespace: &str,
    labels: &Value,
    port: u64,
    path: &str,
) -> bool {
    if matches!(caller, Caller::Address(_)) && mode(here, namespace, labels, port) == "STRICT" {
        return false;
    }
    let policies: Vec<&Value> = here
        .iter()
        .filter(|document| document.kind() == "AuthorizationPolicy" && document.namespace() == namespace)
        .map(|document| &document.value["spec"])
        .filter(|spec| selects(spec, labels))
        .collect();
    assert!(policies.iter().all(|policy| policy["action"] == "ALLOW"), "the evaluator knows no other action");
    policies.is_empty()
        || policies.iter().flat_map(|policy| items(&policy["rules"])).any(|rule| fits(rule, caller, port, path))
}

/// The mode of mutual TLS of a port: of the port, of the workload, of the namespace or of the mesh.
pub(crate) fn mode<'d>(here: &[&'d Document], namespace: &str, labels: &Value, port: u64) -> &'d str {
    let all = || here.iter().filter(|document| document.kind() == "PeerAuthentication");
    let own = all().find(|document| {
        document.namespace() == namespace
            && !document.value["spec"]["selector"].is_null()
            && selects(&document.value["spec"], labels)
    });
    if let Some(own) = own {
        let of_port = &own.value["spec"]["portLevelMtls"][port.to_string()]["mode"];
        return of_port.as_str().unwrap_or_else(|| own.value["spec"]["mtls"]["mode"].as_str().unwrap());
    }
    let wide = |namespace: &str| {
        all().find(|document| document.namespace() == namespace && document.value["spec"]["selector"].is_null())
    };
    let mesh = wide(namespace).or_else(|| wide("istio-system")).unwrap();
    mesh.value["spec"]["mtls"]["mode"].as_str().unwrap()
}

fn selects(spec: &Value, labels: &Value) -> bool {
    let wanted = spec["selector"]["matchLabels"].as_object();
    wanted.is_none_or(|wanted| wanted.iter().all(|(key, value)| labels[key] == *value))
}

fn fits(rule: &Value, caller: &Caller<'_>, port: u64, path: &str) -> bool {
    let from = rule["from"].as_array().is_none_or(|all| {
        all.iter().any(|from| match caller {
            Caller::Identity(identity) => strings(&from["source"]["principals"]).any(|known| known == *identity),
            Caller::Address(address) => strings(&from["source"]["ipBlocks"]).any(|range| contains(range, address)),
        })
    });
    let to = rule["to"].as_array().is_none_or(|all| {
        all.iter().any(|to| {
            let operation = &to["operation"];
            strings(&operation["ports"]).any(|known| known == port.to_string())
                && operation["paths"].as_array().is_none_or(|paths| paths.iter().any(|known| known == path))
        })
    });
    from && to
}
