//! A small evaluator of NetworkPolicies, written from the API's documentation: may this pod open a connection to that one?
//! Source: Kubernetes API reference, networking.k8s.io/v1 NetworkPolicy.

use serde_json::Value;

use super::{Document, items};

/// One end of a connection.
pub(crate) enum End<'e> {
    /// A pod of a namespace, by its labels.
    Pod { namespace: &'e str, labels: &'e Value },
    /// An address outside of the cluster's pods.
    Address(&'e str),
}

/// True if `from` may open a TCP connection to `port` of `to`, as all policies of the cluster together say.
pub(crate) fn allowed(policies: &[&Document], from: &End<'_>, to: &End<'_>, port: u64) -> bool {
    allowed_by(policies, from, to, port, "TCP")
}

/// The same for a protocol.
pub(crate) fn allowed_by(policies: &[&Document], from: &End<'_>, to: &End<'_>, port: u64, protocol: &str) -> bool {
    one_way(policies, from, to, (port, protocol), "Egress") && one_way(policies, to, from, (port, protocol), "Ingress")
}

/// What the policies that select `own` say of traffic in one direction with `other`.
fn one_way(policies: &[&Document], own: &End<'_>, other: &End<'_>, to: (u64, &str), direction: &str) -> bool {
    let End::Pod { namespace, labels } = own else {
        return true;
    };
    let selecting: Vec<&Value> = policies
        .iter()
        .filter(|policy| policy.namespace() == *namespace)
        .map(|policy| &policy.value["spec"])
        .filter(|spec| {
            items(&spec["policyTypes"]).any(|kind| kind == direction) && matches(&spec["podSelector"], labels)
        })
        .collect();
    if selecting.is_empty() {
        return true;
    }
    let (rules, peers) = if direction == "Egress" { ("egress", "to") } else { ("ingress", "from") };
    selecting.iter().flat_map(|spec| items(&spec[rules])).any(|rule| {
        let ports = rule["ports"].as_array();
        let port_fits = ports.is_none_or(|ports| ports.iter().any(|entry| fits(entry, to)));
        let peer_fits = rule[peers].as_array().is_none_or(|all| all.iter().any(|peer| is_peer(peer, namespace, other)));
        port_fits && peer_fits
    })
}

/// True if an entry of a rule's ports takes a port, by number; a missing port is every one.
fn fits(entry: &Value, (port, protocol): (u64, &str)) -> bool {
    assert!(!entry["port"].is_string(), "the evaluator knows no named ports");
    let first = entry["port"].as_u64();
    let last = entry["endPort"].as_u64().or(first);
    entry["protocol"].as_str().unwrap_or("TCP") == protocol
        && first.is_none_or(|first| first <= port)
        && last.is_none_or(|last| port <= last)
}

fn matches(selector: &Value, labels: &Value) -> bool {
    super::references::selects(selector, labels)
}

fn is_peer(peer: &Value, own_namespace: &str, other: &End<'_>) -> bool {
    match other {
        End::Address(address) => {
            let block = &peer["ipBlock"];
            let inside = |range: &str| contains(range, address);
            block["cidr"].as_str().is_some_and(inside)
                && !items(&block["except"]).any(|range| inside(range.as_str().unwrap()))
        }
        End::Pod { namespace, labels } => {
            if !peer["ipBlock"].is_null() {
                return false;
            }
            let namespace_fits = if peer["namespaceSelector"].is_null() {
                *namespace == own_namespace
            } else {
                matches(&peer["namespaceSelector"], &serde_json::json!({ "kubernetes.io/metadata.name": namespace }))
            };
            namespace_fits && (peer["podSelector"].is_null() || matches(&peer["podSelector"], labels))
        }
    }
}

pub(crate) fn contains(range: &str, address: &str) -> bool {
    let number = |text: &str| u32::from(text.parse::<std::net::Ipv4Addr>().unwrap());
    let (net, prefix) = range.split_once('/').unwrap();
    let prefix: u32 = prefix.parse().unwrap();
    let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
    number(net) & mask == number(address) & mask
}
