//! See its page.

use crate::cluster::{Cluster, Defined, Object, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/monitor-selects-nothing",
    looks_at: "monitors of the Prometheus operator that select by labels",
    page: include_str!("monitor_selects_nothing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: prometheus-operator, `Documentation/api-reference/api.md`: ServiceMonitor selects services by their labels,
/// PodMonitor pods; in its own namespace unless `namespaceSelector` names others; `port` is the name of a port of these.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for kind in ["ServiceMonitor", "PodMonitor"] {
        for monitor in cluster.of_group("monitoring.coreos.com", kind) {
            let Some(node) = monitor.at("spec.selector") else { continue };
            let selector = Selector::of(node);
            if selector.is_empty() {
                continue;
            }
            findings.looked_at_one();
            let namespaces = namespaces(cluster, monitor);
            let ports = if kind == "ServiceMonitor" {
                of_services(cluster, &namespaces, selector)
            } else {
                of_pods(cluster, &namespaces, selector)
            };
            match ports {
                Some(ports) => judge_ports(monitor, &ports, findings),
                None => missing(cluster, monitor, node, &namespaces, findings),
            }
        }
    }
}

fn namespaces<'c>(cluster: &'c Cluster, monitor: &'c Object) -> Vec<&'c str> {
    if monitor.bool_at("spec.namespaceSelector.any") == Some(true) {
        return cluster.namespaces().into_keys().collect();
    }
    let named: Vec<&str> = monitor.list("spec.namespaceSelector.matchNames").iter().filter_map(Node::text).collect();
    if named.is_empty() { vec![monitor.ns()] } else { named }
}

/// The names of ports of the services that are selected; `None` if none is.
fn of_services<'c>(cluster: &'c Cluster, namespaces: &[&str], selector: Selector<'c>) -> Option<Vec<&'c str>> {
    let found: Vec<&Object> = cluster
        .of("Service")
        .filter(|service| namespaces.contains(&service.ns()) && selector.takes(service.labels()))
        .collect();
    let ports = found.iter().flat_map(|service| service.list("spec.ports")).filter_map(|port| port.str_at("name"));
    (!found.is_empty()).then(|| ports.collect())
}

/// The names of ports of the pods that are selected; `None` if none is. Proxies that are put into pods have ports too.
fn of_pods<'c>(cluster: &'c Cluster, namespaces: &[&str], selector: Selector<'c>) -> Option<Vec<&'c str>> {
    let found: Vec<Workload<'c>> =
        namespaces.iter().flat_map(|namespace| cluster.selected(namespace, selector)).collect();
    let containers = found.iter().flat_map(|workload| workload.running().collect::<Vec<_>>());
    let ports = containers.flat_map(|container| container.node.list("ports")).filter_map(|port| port.str_at("name"));
    let proxy = found.iter().any(|workload| cluster.has_sidecar(*workload)).then_some("http-envoy-prom");
    (!found.is_empty()).then(|| ports.chain(proxy).collect())
}

fn judge_ports(monitor: &Object, ports: &[&str], findings: &mut Findings<'_>) {
    for endpoint in monitor.list("spec.endpoints").iter().chain(monitor.list("spec.podMetricsEndpoints")) {
        let Some(port) = endpoint.get("port") else { continue };
        let Some(text) = port.text().filter(|text| !ports.contains(text)) else { continue };
        // Whether a proxy is put into pods, the labels of their namespace say, which need not be among the files.
        if text.contains("envoy") || text.contains("proxy") {
            findings.unknown(port, format!("`{text}` may be a port of a proxy that is put into the pods"));
            continue;
        }
        let known = if ports.is_empty() { "none with a name".to_owned() } else { ports.join(", ") };
        findings
            .report(port, format!("what `{}` selects has no port called `{text}`: it has {known}", monitor.name()))
            .help("name a port by the name that the service or the container gives it; until then nothing is scraped");
    }
}

fn missing(cluster: &Cluster, monitor: &Object, node: &Node, namespaces: &[&str], findings: &mut Findings<'_>) {
    let selector = Selector::of(node);
    // What Kubernetes and EKS make: the service `kubernetes` is in `default`, CoreDNS and other add-ons are in
    // `kube-system`.
    let perhaps = |namespace: &&str| {
        matches!(*namespace, "default" | "kube-system")
            || !matches!(cluster.pods_may_be_made(namespace, selector), Defined::No)
    };
    // What says no namespace is where whoever applies it wants it: it is taken for `default` here.
    let open = || {
        let says_none = |object: &Object| object.ns() == "default" && object.at("metadata.namespace").is_none();
        let mut workloads = cluster.selected("default", selector);
        let services = cluster.of("Service").filter(|service| selector.takes(service.labels()));
        let operators = cluster.objects().iter().any(|object| !object.is_builtin() && says_none(object));
        workloads.any(|workload| says_none(workload.object))
            || services.filter(|service| says_none(service)).count() > 0
            || (operators && !matches!(cluster.pods_may_be_made("default", selector), Defined::No))
    };
    if namespaces.iter().any(perhaps) || open() {
        findings.unknown(monitor, "something that isn't among the files may make what it selects");
        return;
    }
    let what = if monitor.kind() == "ServiceMonitor" { "service" } else { "pod" };
    findings
        .report(node, format!("no {what} in namespace {} has the labels `{}`", namespaces.join(", "), selector.show()))
        .counterexample("nothing is scraped, and every alert over these metrics stays silent")
        .help(format!("select labels that the {what}s have, and name their namespace if it is another"));
}
