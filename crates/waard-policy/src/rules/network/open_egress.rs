//! See its page.

use std::collections::BTreeSet;

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/open-egress",
    severity: Severity::Info,
    looks_at: "rules that restrict egress",
    page: include_str!("open_egress.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for policy in cluster.of("NetworkPolicy") {
        for rule in policy.list("spec.egress") {
            findings.looked_at_one();
            let peers = rule.list("to");
            let whole = peers.iter().filter_map(|peer| peer.get("ipBlock")).find(|block| is_everything(block));
            if !peers.is_empty() && whole.is_none() {
                continue;
            }
            let ports: BTreeSet<&str> = rule.list("ports").iter().filter_map(|port| port.get("port")?.text()).collect();
            let ports: Vec<&str> = ports.into_iter().collect();
            let what = if ports.is_empty() { "any port".to_owned() } else { format!("port {}", ports.join(", ")) };
            let message = format!("policy `{}` lets its pods reach the whole internet on {what}", policy.name());
            match whole {
                Some(block) => findings.report(block, message),
                None => findings.report(rule, message),
            }
            .help("name the destinations: the DNS of the cluster, endpoints in the network, an egress gateway or proxy for the rest");
        }
    }
}

/// All addresses, without the exceptions that leave only what is public.
fn is_everything(block: &Node) -> bool {
    matches!(block.str_at("cidr"), Some("0.0.0.0/0" | "::/0"))
}
