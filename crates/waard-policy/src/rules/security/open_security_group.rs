//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/open-security-group",
    severity: Severity::Error,
    looks_at: "rules of security groups that let in",
    page: include_str!("open_security_group.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// What a rule lets in.
struct Opening {
    place: Place,
    group: String,
    cidr: String,
    protocol: Option<String>,
    ports: Option<(i64, i64)>,
}

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let mut openings = Vec::new();
    for group in root.resources("aws_security_group").chain(root.resources("aws_default_security_group")) {
        for rule in group.blocks("ingress") {
            openings.extend(opening(root, rule, &group.address(), findings));
        }
    }
    for rule in root.resources("aws_security_group_rule") {
        if root.text(rule, "type").is_some_and(|kind| kind == "ingress") {
            openings.extend(opening(root, rule, &rule.address(), findings));
        }
    }
    for rule in root.resources("aws_vpc_security_group_ingress_rule") {
        openings.extend(opening(root, rule, &rule.address(), findings));
    }
    for Opening { place, group, cidr, protocol, ports } in openings {
        let all = protocol.as_deref().is_some_and(|protocol| matches!(protocol, "-1" | "all"));
        if protocol.as_deref().is_some_and(|protocol| protocol.starts_with("icmp") || matches!(protocol, "1" | "58")) {
            continue;
        }
        let what = match (all, ports) {
            (true, _) => "everything".to_owned(),
            (false, None) => {
                findings.unknown(place, "which ports it opens to the world depends on what the files don't say");
                continue;
            }
            (false, Some((80, 80) | (443, 443))) => continue,
            (false, Some((from, to))) if from == to => format!("port {from}"),
            (false, Some((from, to))) => format!("ports {from} to {to}"),
        };
        findings
            .report(place, format!("`{group}` opens {what} to `{cidr}`, which is everywhere"))
            .help("name the security groups or the addresses that it is for");
    }
}

/// `None` if it isn't open to the world.
fn opening(root: &Root, rule: &Block, group: &str, findings: &mut Findings<'_>) -> Option<Opening> {
    findings.looked_at_one();
    let cidrs = ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"];
    let found = cidrs.iter().find_map(|name| {
        let known = root.argument(rule, name)?;
        let items = match &known {
            Known::List(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        let open = items.iter().filter_map(Known::as_str).find(|cidr| matches!(*cidr, "0.0.0.0/0" | "::/0"))?;
        Some((rule.argument(name)?.place(), open.to_owned()))
    });
    let (place, cidr) = found?;
    let protocol = root.argument(rule, "protocol").or_else(|| root.argument(rule, "ip_protocol"));
    let port = |name: &str| root.argument(rule, name)?.as_int();
    Some(Opening {
        place,
        group: group.to_owned(),
        cidr,
        protocol: protocol
            .and_then(|known| known.as_int().map(|n| n.to_string()).or(known.as_str().map(str::to_owned))),
        ports: port("from_port").zip(port("to_port")),
    })
}
