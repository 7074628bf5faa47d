//! See its page.

use crate::cluster::{Cluster, Object, Selector};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::{Entry, Node};

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/subset-missing",
    severity: Severity::Error,
    looks_at: "subsets that virtual services route to",
    page: include_str!("subset_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for service in cluster.of_group("networking.istio.io", "VirtualService") {
        for destination in destinations(service) {
            let (Some(host), Some(subset)) = (destination.str_at("host"), destination.get("subset")) else { continue };
            let Some(name) = subset.text() else { continue };
            findings.looked_at_one();
            let wanted = cluster.mesh_host(host, service.ns());
            let rules: Vec<&Object> = cluster
                .of_group("networking.istio.io", "DestinationRule")
                .filter(|rule| {
                    rule.str_at("spec.host").is_some_and(|host| covers(&cluster.mesh_host(host, rule.ns()), &wanted))
                })
                .collect();
            let mut subsets = rules.iter().flat_map(|rule| rule.list("spec.subsets"));
            if subsets.any(|found| found.get("name").and_then(Node::text) == Some(name)) {
                continue;
            }
            let message = match rules.as_slice() {
                [] => format!("there is no DestinationRule for host `{host}`, so it has no subset `{name}`"),
                _ => format!("no DestinationRule for host `{host}` has a subset `{name}`"),
            };
            let draft = findings.report(subset, message);
            draft.help("define the subset by labels of the pods, or route to the host alone; requests to it get 503");
            if let Some(rule) = rules.first() {
                draft.related(*rule, "the rule of that host");
            }
            if let Some((label, pods)) = named_alike(cluster, &wanted, name) {
                let (key, value) = (label.key(), label.value().text().unwrap_or_default());
                draft.related(
                    label,
                    format!("pods of {pods} have {key}={value}: a subset by {key}={name} would be empty"),
                );
            }
        }
    }
}

/// A label of the pods behind a host whose value starts like the name of a subset and isn't it: the subset that somebody
/// would write by its name takes none of them.
fn named_alike<'c>(cluster: &'c Cluster, host: &str, name: &str) -> Option<(&'c Entry, String)> {
    let mut parts = host.split('.');
    let (service, namespace) = (parts.next()?, parts.next()?);
    let selector = cluster.find("Service", namespace, service)?.at("spec.selector")?;
    let workloads = cluster.selected(namespace, Selector::of_labels(selector));
    workloads.into_iter().find_map(|workload| {
        let mut labels = workload.pod_labels().iter();
        let label = labels.find(|label| {
            let rest = label.value().text().and_then(|value| value.strip_prefix(name));
            rest.is_some_and(|rest| rest.starts_with(['.', '-']))
        })?;
        Some((label, workload.object.title()))
    })
}

/// Whether the host of a rule, perhaps with `*` in front, is or covers a host.
fn covers(pattern: &str, host: &str) -> bool {
    pattern == host || pattern.strip_prefix('*').is_some_and(|rest| host.ends_with(rest))
}

fn destinations(service: &Object) -> Vec<&Node> {
    let routes = ["spec.http", "spec.tls", "spec.tcp"].into_iter().flat_map(|path| service.list(path));
    let mut found = Vec::new();
    for route in routes {
        found.extend(route.list("route").iter().filter_map(|target| target.get("destination")));
        found.extend(route.get("mirror"));
        found.extend(route.list("mirrors").iter().filter_map(|target| target.get("destination")));
    }
    found
}
