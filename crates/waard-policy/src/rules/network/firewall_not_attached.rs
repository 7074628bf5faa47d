//! See its page.

use crate::cluster::{Balancer, IngressView};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::platform::Platform;
use crate::rule::{Check, Rule};
use crate::rules::network::edge_bypassed::is_closed;
use crate::terraform::Known;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/firewall-not-attached",
    looks_at: "load balancers of platforms that want a web application firewall",
    page: include_str!("firewall_not_attached.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    let Some((firewall, regional)) = firewall(platform) else { return };
    let associated = platform.roots().iter().any(|root| {
        root.resources("aws_wafv2_web_acl_association").next().is_some()
            || root.resources("aws_wafregional_web_acl_association").next().is_some()
    });
    for ingress in
        platform.clusters().iter().flat_map(IngressView::all).filter(|ingress| ingress.balancer == Balancer::Alb)
    {
        let Some(scheme) =
            ingress.setting("scheme", "scheme").filter(|scheme| scheme.text() == Some("internet-facing"))
        else {
            continue;
        };
        findings.looked_at_one();
        let attached = [
            ("wafv2AclArn", "wafv2-acl-arn"),
            ("wafv2AclName", "wafv2-acl-name"),
            ("wafAclId", "waf-acl-id"),
            ("wafAclId", "web-acl-id"),
        ];
        // One at the CDN is enough for what only the CDN reaches.
        if associated
            || attached.iter().any(|(field, annotation)| ingress.setting(field, annotation).is_some())
            || (!regional && is_closed(ingress))
        {
            continue;
        }
        findings
            .report(
                scheme,
                format!(
                    "no firewall is attached to the load balancer of ingress `{}`, and one is wanted",
                    ingress.object.name()
                ),
            )
            .related(firewall, "wanted here")
            .help("make an access list of scope REGIONAL and name it in `alb.ingress.kubernetes.io/wafv2-acl-arn`");
    }
}

/// Where a firewall is wanted, and whether it is one for load balancers. One of scope CLOUDFRONT is attached to the CDN.
fn firewall(platform: &Platform) -> Option<(Place, bool)> {
    for root in platform.roots() {
        let acl =
            root.resources("aws_wafv2_web_acl").find(|block| root.text(block, "scope").as_deref() == Some("REGIONAL"));
        if let Some(block) = acl {
            return Some((block.place(), true));
        }
        let wanted =
            root.passed().into_iter().filter(|passed| platform.calls_nothing(root, passed.module)).find_map(|passed| {
                let (key, _) = passed.value.entries().iter().find(|(key, value)| {
                    let name = key.text.as_deref().unwrap_or_default().to_ascii_lowercase();
                    name.split('_').any(|word| word == "waf" || word == "wafv2")
                        && !matches!(root.known(value), Known::Bool(false) | Known::Null)
                })?;
                Some(key.place())
            });
        if let Some(place) = wanted {
            return Some((place, false));
        }
    }
    None
}
