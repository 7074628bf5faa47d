//! See its page.

use crate::cluster::{Balancer, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::rule::{Check, Rule};
use crate::terraform::Known;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/edge-bypassed",
    looks_at: "load balancers behind a CDN",
    page: include_str!("edge_bypassed.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let Some((edge, names)) = edge(platform) else { return };
    for ingress in
        platform.clusters().iter().flat_map(IngressView::all).filter(|ingress| ingress.balancer == Balancer::Alb)
    {
        let Some(scheme) =
            ingress.setting("scheme", "scheme").filter(|scheme| scheme.text() == Some("internet-facing"))
        else {
            continue;
        };
        // One for other hosts is behind something else, or nothing.
        let hosts: Vec<&str> =
            ingress.object.list("spec.rules").iter().filter_map(|rule| rule.str_at("host")).collect();
        if !hosts.is_empty() && !names.is_empty() && !hosts.iter().any(|host| names.iter().any(|name| name == host)) {
            continue;
        }
        findings.looked_at_one();
        if is_closed(ingress) {
            continue;
        }
        findings
            .report(scheme, format!("the load balancer of ingress `{}` takes requests from anywhere, past the CDN in front of it and its firewall", ingress.object.name()))
            .related(edge, "the CDN")
            .counterexample("a request to the load balancer's own name is served")
            .help("let in the CDN only: `alb.ingress.kubernetes.io/security-group-prefix-lists` with the list of CloudFront's origin-facing addresses, or a secret header that a rule asks for");
    }
}

/// Whether something decides who may reach it. Source: aws-load-balancer-controller, `docs/guide/ingress/annotations.md`.
pub(crate) fn is_closed(ingress: IngressView<'_>) -> bool {
    [
        ("inboundCIDRs", "inbound-cidrs"),
        ("prefixListsIDs", "security-group-prefix-lists"),
        ("securityGroups", "security-groups"),
    ]
    .iter()
    .any(|(field, annotation)| {
        ingress.setting(field, annotation).is_some_and(|node| !matches!(node.text(), Some("0.0.0.0/0")))
    }) || ingress.object.labels().is_empty() && ingress.setting("conditions", "conditions").is_some()
}

/// CDNs that lead to load balancers, distributions with an origin that isn't a bucket, or the wish for one; and the names
/// that they answer for, none if not all of them are known.
fn edge(platform: &Platform) -> Option<(Place, Vec<String>)> {
    let (mut first, mut names, mut open) = (None, Vec::new(), false);
    for root in platform.roots() {
        for block in root.resources("aws_cloudfront_distribution") {
            let to_balancer = block.blocks("origin").any(|origin| origin.may_have("custom_origin_config"));
            if !to_balancer && block.dynamic("origin").is_none() {
                continue;
            }
            first = first.or(Some(block.place()));
            match root.argument(block, "aliases") {
                Some(Known::List(aliases)) if aliases.iter().all(|alias| alias.as_str().is_some()) => {
                    names.extend(aliases.iter().filter_map(|alias| alias.as_str().map(str::to_owned)));
                }
                _ => open = true,
            }
        }
        let passed = root.passed().into_iter().filter(|passed| platform.calls_nothing(root, passed.module));
        for passed in passed {
            let wanted = passed.value.entries().iter().find(|(key, value)| {
                let name = key.text.as_deref().unwrap_or_default().to_ascii_lowercase();
                let is_cdn = name.contains("cloudfront") || name == "cdn";
                is_cdn && !matches!(root.known(value), Known::Bool(false) | Known::Null)
            });
            if let Some((key, _)) = wanted {
                first = first.or(Some(key.place()));
                open = true;
            }
        }
    }
    first.map(|place| (place, if open { Vec::new() } else { names }))
}
