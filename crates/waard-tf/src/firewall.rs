//! The rules of web ACLs: one in front of the CDN, and one in front of each region.

use std::collections::BTreeSet;

use waard_model::spec::{EdgeSpec, ManagedRules};

use crate::kind::Text;
use crate::resource::wafv2::{
    Action, ActionCondition, ActionOverride, DefaultAction, Every, FieldToMatch, ForwardedIp, LogCondition, LogFilter,
    LoggingFilter, ManagedGroup, Not, Nothing, OverrideAction, RateBased, RedactedField, RegexMatch, Rule,
    SingleHeader, Statement, TextTransformation, Visibility, WebAcl, WebAclLogging,
};
use crate::root::{Address, Meta, Root};
use crate::value::{Ref, Value};

/// The header with the address that a request came to the CDN from, which the CDN itself writes. The first address of
/// `X-Forwarded-For`, which AWS WAF would look at, is whatever a client says it is.
/// Source: AWS WAF Developer Guide, "Using forwarded IP addresses".
pub(crate) const VIEWER: &str = "x-viewer-address";

/// The longest pattern. Source: AWS WAF Developer Guide, "AWS WAF quotas", regex.
const LONGEST_PATTERN: usize = 512;

/// The highest rate. Source: AWS WAF API Reference, `RateBasedStatement`, `Limit`.
const HIGHEST_RATE: i64 = 2_000_000_000;

/// Headers that are credentials, and in no log.
const SECRET: [&str; 2] = ["authorization", "cookie"];

/// Where an ACL stands.
#[derive(Clone, Debug)]
pub(crate) enum Place<'t> {
    /// In front of the CDN: requests come from whom they are from.
    Cdn,
    /// In front of a load balancer, which has these names: requests come from the CDN.
    Balancer(BTreeSet<&'t str>),
}

/// The rules, in the order in which they are tried: the cheapest first.
pub(crate) fn acl<'r>(edge: &EdgeSpec, name: &str, place: &Place<'_>) -> WebAcl<'r> {
    let mut rules = Vec::new();
    if let Place::Balancer(hosts) = place {
        rules.push(rule("unknown-hosts", Act::Block, unknown(hosts)));
    }
    let behind = matches!(place, Place::Balancer(_));
    let groups: BTreeSet<ManagedRules> = edge.waf.managed_rules.iter().copied().collect();
    let by_address = |group: &ManagedRules| matches!(group, ManagedRules::IpReputation | ManagedRules::AnonymousIps);
    let (by_address, by_content): (Vec<_>, Vec<_>) = groups.into_iter().partition(by_address);
    // They look at the address that a request comes from: behind the CDN that is the CDN's.
    let by_address = if behind { Vec::new() } else { by_address };
    rules.extend(by_address.into_iter().map(managed));
    if let Some(limit) = edge.waf.rate_limit {
        let count = i64::try_from(limit.count()).unwrap_or(HIGHEST_RATE).min(HIGHEST_RATE);
        let window = i64::try_from(limit.per().as_secs()).unwrap_or(300);
        let rate = if behind {
            RateBased {
                forwarded_ip_config: Some(ForwardedIp::new(VIEWER, "MATCH")),
                ..RateBased::new(count, window, "FORWARDED_IP")
            }
        } else {
            RateBased::new(count, window, "IP")
        };
        let statement = Statement { rate_based_statement: Some(rate), ..Statement::new() };
        rules.push(rule("rate-of-an-address", Act::Block, statement));
    }
    rules.extend(by_content.into_iter().map(managed));
    for (priority, rule) in (0..).zip(&mut rules) {
        rule.priority = priority;
    }
    let scope = if behind { "REGIONAL" } else { "CLOUDFRONT" };
    WebAcl::new(name, scope, DefaultAction::new(Nothing::new()), rules, visibility(name))
}

/// What a rule does.
#[derive(Clone, Copy)]
enum Act {
    /// It blocks.
    Block,
    /// What the rules of its group say.
    AsGroup,
}

fn rule<'r>(name: &str, act: Act, statement: Statement<'r>) -> Rule<'r> {
    let rule = Rule::new(name, 0_i64, statement, visibility(name));
    match act {
        Act::Block => Rule { action: Some(Action { block: Some(Nothing::new()), ..Action::new() }), ..rule },
        Act::AsGroup => Rule { override_action: Some(OverrideAction::new(Nothing::new())), ..rule },
    }
}

fn visibility<'r>(name: &str) -> Visibility<'r> {
    Visibility::new(true, name, true)
}

/// Source: AWS WAF Developer Guide, "AWS Managed Rules rule groups list".
fn managed<'r>(group: ManagedRules) -> Rule<'r> {
    let name = match group {
        ManagedRules::Common => "AWSManagedRulesCommonRuleSet",
        ManagedRules::KnownBadInputs => "AWSManagedRulesKnownBadInputsRuleSet",
        ManagedRules::SqlInjection => "AWSManagedRulesSQLiRuleSet",
        ManagedRules::IpReputation => "AWSManagedRulesAmazonIpReputationList",
        ManagedRules::AnonymousIps => "AWSManagedRulesAnonymousIpList",
    };
    // It blocks every body of more than 8 KB: that is an upload, not an attack. It is counted, so that it can be seen.
    let counted = (group == ManagedRules::Common).then(|| {
        let count = Action { count: Some(Nothing::new()), ..Action::new() };
        vec![ActionOverride::new("SizeRestrictions_BODY", count)]
    });
    let group = ManagedGroup { rule_action_override: counted, ..ManagedGroup::new(name, "AWS") };
    let statement = Statement { managed_rule_group_statement: Some(group), ..Statement::new() };
    rule(name, Act::AsGroup, statement)
}

/// Requests for a host that isn't served here: those of whoever has found the load balancer by its address, or leads a
/// distribution of their own to it. A distribution of somebody else can't have our hosts.
fn unknown<'r>(hosts: &BTreeSet<&str>) -> Statement<'r> {
    let mut patterns: Vec<String> = Vec::new();
    for host in hosts {
        let host = host.replace('.', r"\.");
        match patterns.last_mut() {
            // `^(` and `)$` around all of them.
            Some(pattern) if pattern.len() + host.len() + 5 <= LONGEST_PATTERN => {
                pattern.push('|');
                pattern.push_str(&host);
            }
            _ => patterns.push(host),
        }
    }
    let other = |pattern: String| {
        let host = FieldToMatch::new(SingleHeader::new("host"));
        let lower = vec![TextTransformation::new(0_i64, "LOWERCASE")];
        let known = RegexMatch::new(format!("^({pattern})$"), host, lower);
        let known = Statement { regex_match_statement: Some(known), ..Statement::new() };
        Statement { not_statement: Some(Not::new(Box::new(known))), ..Statement::new() }
    };
    let mut all: Vec<Statement<'r>> = patterns.into_iter().map(other).collect();
    match all.len() {
        1 => all.remove(0),
        _ => Statement { and_statement: Some(Every::new(all)), ..Statement::new() },
    }
}

/// Records what an ACL stopped or counted, without credentials. What it let through is in the access logs.
pub(crate) fn logging<'r>(
    root: &mut Root<'r>,
    label: &str,
    region: Option<&str>,
    acl: &WebAclRef<'r>,
    to: Value<'r, Text>,
    after: Option<Address<'r>>,
) {
    let condition = |action: &str| LogCondition::new(ActionCondition::new(action));
    let kept = LogFilter::new("KEEP", "MEETS_ANY", vec![condition("BLOCK"), condition("COUNT")]);
    let redacted = SECRET.map(|header| RedactedField::new(SingleHeader::new(header)));
    let logging = WebAclLogging {
        region: region.map(Value::from),
        redacted_fields: Some(redacted.into()),
        logging_filter: Some(LoggingFilter::new("DROP", vec![kept])),
        ..WebAclLogging::new(acl, [to])
    };
    root.resource_as(label, logging, Meta { depends_on: after.into_iter().collect(), ..Meta::default() });
}

/// A reference to an ACL.
pub(crate) type WebAclRef<'r> = Ref<'r, crate::kind::WebAclArn>;
