//! See its page.

use crate::cluster::{Cluster, Selector, Workload};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/service-port-missing",
    severity: Severity::Error,
    looks_at: "ports of services with the pods behind them",
    page: include_str!("service_port_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for service in cluster.of("Service") {
        let Some(selector) = service.at("spec.selector").filter(|node| !node.entries().is_empty()) else { continue };
        let workloads: Vec<Workload<'_>> = cluster.selected(service.ns(), Selector::of_labels(selector)).collect();
        for port in service.list("spec.ports") {
            let target = port.get("targetPort").filter(|node| !node.is_null()).or_else(|| port.get("port"));
            let Some(target) = target else { continue };
            for workload in &workloads {
                findings.looked_at_one();
                judge(*workload, port, target, service.name(), findings);
            }
        }
    }
}

fn judge(workload: Workload<'_>, port: &Node, target: &Node, service: &str, findings: &mut Findings<'_>) {
    let title = workload.object.title();
    let declared: Vec<&Node> = workload.running().flat_map(|container| container.node.list("ports")).collect();
    let show = |port: &&Node| {
        let number = port.get("containerPort").and_then(Node::text).unwrap_or("?");
        port.get("name").and_then(Node::text).map_or_else(|| number.to_owned(), |name| format!("{number} ({name})"))
    };
    let shown: Vec<String> = declared.iter().map(show).collect();
    let (Some(text), number) = (target.text(), target.as_int()) else { return };
    if let Some(number) = number {
        // Numbers needn't be declared to be reached. Where every container declares its ports, one that isn't there is
        // most likely a slip.
        let all_declare = workload.running().all(|container| !container.node.list("ports").is_empty());
        let has = declared.iter().any(|port| port.int_at("containerPort") == Some(number));
        if all_declare && !has && !declared.is_empty() {
            findings
                .report(
                    target,
                    format!(
                        "service `{service}` sends to port {number}, and the containers of {title} declare {}",
                        shown.join(", ")
                    ),
                )
                .severity(Severity::Warning)
                .related(workload, "the pods")
                .help("send to a port that a container listens on, by its name for preference, or declare the port");
        }
        return;
    }
    let protocol = port.get("protocol").and_then(Node::text).unwrap_or("TCP");
    let named = declared.iter().find(|port| port.get("name").and_then(Node::text) == Some(text));
    let its_protocol = named.map(|port| port.get("protocol").and_then(Node::text).unwrap_or("TCP"));
    let message = match its_protocol {
        None if shown.is_empty() => {
            format!("no container of {title} has a port called `{text}`, to which service `{service}` sends")
        }
        None => format!(
            "no container of {title} has a port called `{text}`, to which service `{service}` sends: they have {}",
            shown.join(", ")
        ),
        Some(found) if found != protocol => {
            format!("port `{text}` of {title} is {found}, and service `{service}` sends {protocol}")
        }
        Some(_) => return,
    };
    findings.report(target, message).related(workload, "the pods").help(
        "name the port in the container, or send to its number: until then the pods are no endpoints of the port",
    );
}
