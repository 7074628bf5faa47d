//! See its page.

use crate::cluster::Object;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule};
use crate::terraform::Root;
use crate::wish::{Region, is_left_open, plans};
use crate::yaml::Entry;

/// The rule.
pub static RULE: Rule = Rule {
    id: "topology/traffic-not-steered",
    looks_at: "plans with several regions that serve",
    page: include_str!("traffic_not_steered.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for plan in plans(platform) {
        let users: Vec<&Entry> = plan.serving().filter_map(Region::users).collect();
        let [first, _, ..] = users[..] else { continue };
        findings.looked_at_one();
        if platform.roots().is_empty() {
            findings.unknown(first, "what answers for the names of the platform is not among the files");
            continue;
        }
        if platform.roots().iter().any(steers)
            || platform.clusters().iter().any(|cluster| cluster.objects().iter().any(is_steering))
        {
            continue;
        }
        if let Some(module) = is_left_open(platform) {
            findings.unknown(first, format!("`{}` may steer it", module.address()));
            continue;
        }
        let message = format!(
            "users of {} regions are served, and nothing leads each of them to one: no record with a routing policy, no accelerator, no groups of origins",
            users.len()
        );
        let draft = findings.report(first, message);
        draft.help("write records with a latency, geolocation or failover policy and health checks");
        for root in platform.roots() {
            if let Some((at, _)) =
                passed(root).into_iter().find(|(_, name)| name.contains("route53") || name.contains("dns"))
            {
                draft.related(at, "this makes no record");
            }
        }
    }
}

/// Source: AWS provider, `aws_route53_record`; AWS Global Accelerator; CloudFront, "Origin failover".
fn steers(root: &Root) -> bool {
    const POLICIES: [&str; 7] = [
        "latency_routing_policy",
        "geolocation_routing_policy",
        "geoproximity_routing_policy",
        "failover_routing_policy",
        "weighted_routing_policy",
        "cidr_routing_policy",
        "multivalue_answer_routing_policy",
    ];
    root.blocks().iter().any(|block| match block.resource_type() {
        Some("aws_route53_record") => {
            POLICIES.iter().any(|policy| block.may_have(policy) || block.get(policy).is_some())
        }
        Some("aws_cloudfront_distribution") => block.may_have("origin_group"),
        Some(kind) => ["globalaccelerator", "load_balancer_pool", "traffic_manager", "traffic_policy"]
            .iter()
            .any(|part| kind.contains(part)),
        None => false,
    })
}

/// Source: external-dns, `docs/annotations/annotations.md`: records that share a name have a set identifier.
fn is_steering(object: &Object) -> bool {
    object.annotation("external-dns.alpha.kubernetes.io/set-identifier").is_some()
        || object.kind() == "DNSEndpoint"
            && object.list("spec.endpoints").iter().any(|endpoint| endpoint.get("setIdentifier").is_some())
}

/// The names of what is passed to modules.
fn passed(root: &Root) -> Vec<(Place, String)> {
    let calls = root.of_kind("module").flat_map(|module| &module.body.arguments);
    calls
        .flat_map(|argument| argument.value.entries())
        .filter_map(|(key, _)| Some((key.place(), key.text.as_deref()?.to_ascii_lowercase())))
        .collect()
}
