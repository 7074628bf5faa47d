//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/fault-injected",
    looks_at: "routes of virtual services",
    page: include_str!("fault_injected.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Source: istio.io, reference of VirtualService, HTTPFaultInjection: without `percentage`, a delay or abort is for all.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for service in cluster.of_group("networking.istio.io", "VirtualService") {
        for route in service.list("spec.http") {
            findings.looked_at_one();
            let Some(fault) = route.entry("fault") else { continue };
            // A route that only requests with a certain header take is for tests.
            let matches = route.list("match");
            let only_tests = !matches.is_empty() && matches.iter().all(|found| !found.map("headers").is_empty());
            if only_tests {
                continue;
            }
            for (key, what) in [("delay", "delays"), ("abort", "fails")] {
                let Some(part) = fault.value().get(key) else { continue };
                let share = part
                    .at("percentage.value")
                    .and_then(Node::as_float)
                    .or_else(|| part.at("percent").and_then(Node::as_float));
                if share == Some(0.0) {
                    continue;
                }
                let share = share.map_or_else(|| "every request".to_owned(), |share| format!("{share} % of requests"));
                findings
                    .report(fault, format!("VirtualService `{}` {what} {share} of this route on purpose", service.name()))
                    .help("fault injection is for tests: remove it, or let only requests with a test header take the route; it limits no rates");
            }
        }
    }
}
