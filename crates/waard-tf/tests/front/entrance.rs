//! Documented rules of web ACLs and security groups, and what stands at the entrance of a region.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Body;
use waard_model::Topology;
use waard_model::spec::EntryPath;
use waard_model::topology::{Environment, Region};

use super::cdn::certificates;
use super::{Tree, blocks, get, list, number, only, text};

/// Source: AWS WAF API Reference, `Rule`, `RateBasedStatement`, `RegexMatchStatement`; AWS WAF Developer Guide, quotas.
pub(crate) fn firewall(tree: &Tree, scope: &str) {
    let acls: Vec<(&str, &Body)> = tree.all("aws_wafv2_web_acl").collect();
    assert_eq!(acls.len(), 1);
    let (label, body) = acls[0];
    assert_eq!(text(body, "scope"), scope);
    assert_eq!(get(body, "region").as_deref(), (scope == "CLOUDFRONT").then_some("us-east-1"));
    assert!(text(body, "name").len() <= 128);
    let rules = blocks(body, "rule");
    let unique = |name: &str| rules.iter().map(|rule| text(rule, name)).collect::<BTreeSet<_>>().len() == rules.len();
    assert!(unique("priority") && unique("name"));
    for rule in &rules {
        let group = !blocks(only(rule, "statement"), "managed_rule_group_statement").is_empty();
        assert_eq!(blocks(rule, "override_action").len(), usize::from(group));
        assert_eq!(blocks(rule, "action").len(), usize::from(!group));
        assert_eq!(only(rule, "statement").blocks().count(), 1, "exactly one statement");
        let metric = text(only(rule, "visibility_config"), "metric_name");
        assert!(metric.len() <= 255 && metric.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
        if let [rate] = blocks(only(rule, "statement"), "rate_based_statement").as_slice() {
            assert!((10..=2_000_000_000).contains(&number(rate, "limit")));
            assert!([60, 120, 300, 600].contains(&number(rate, "evaluation_window_sec")));
            let forwarded = text(rate, "aggregate_key_type") == "FORWARDED_IP";
            assert_eq!(forwarded, scope == "REGIONAL", "behind the CDN all addresses are the CDN's");
            assert_eq!(blocks(rate, "forwarded_ip_config").len(), usize::from(forwarded));
        }
    }
    let names: Vec<String> = rules.iter().map(|rule| text(rule, "name")).collect();
    let by_address = names.iter().any(|name| name.contains("IpReputation") || name.contains("AnonymousIp"));
    assert!(scope == "CLOUDFRONT" || !by_address);
    let logging: Vec<(&str, &Body)> = tree.all("aws_wafv2_web_acl_logging_configuration").collect();
    assert_eq!(logging.len(), 1);
    assert_eq!(text(logging[0].1, "resource_arn"), format!("aws_wafv2_web_acl.{label}.arn"));
    assert_eq!(list(logging[0].1, "log_destination_configs").len(), 1);
}

pub(crate) fn of_region(topology: &Topology, environment: &Environment, region: &Region, tree: &Tree) {
    let exposed = region.is_exposed();
    let edge = topology.spec().edge.is_some();
    if exposed {
        let origin = environment.origin_host(region);
        let hosts: BTreeSet<&str> =
            region.exposed().map(|(_, route)| route.host.as_str()).chain([origin.as_str()]).collect();
        certificates(tree, &hosts, None);
    }
    assert_eq!(tree.all("aws_acm_certificate").count() > 0, exposed);
    assert_eq!(tree.all("aws_wafv2_web_acl").count(), usize::from(exposed && edge));
    if !(exposed && edge) {
        return;
    }
    firewall(tree, "REGIONAL");
    let cluster = region.cluster();
    let acl = tree.all("aws_wafv2_web_acl").next().unwrap().1;
    assert_eq!(text(acl, "name"), cluster.balancer_acl());
    patterns(acl);
    let mut weight: BTreeMap<String, i64> = BTreeMap::new();
    for (_, rule) in tree.all("aws_vpc_security_group_ingress_rule") {
        let group = text(rule, "security_group_id");
        let list = get(rule, "prefix_list_id").unwrap_or_default();
        *weight.entry(group).or_default() += match list.as_str() {
            "data.aws_ec2_managed_prefix_list.cdn.id" => 55,
            "data.aws_ec2_managed_prefix_list.health_checks.id" => 25,
            _ => 1,
        };
    }
    for name in [cluster.balancer_security_group(), cluster.balancer_health_group()] {
        let (label, body) = tree.all("aws_security_group").find(|(_, body)| text(body, "name") == name).unwrap();
        assert!(text(body, "tags").contains(&name), "the controller finds it by its tag");
        let reference = format!("aws_security_group.{label}.id");
        let weight = weight[&reference];
        assert!((25..=60).contains(&weight), "{name}: {weight} rules");
        let open = tree
            .all("aws_vpc_security_group_ingress_rule")
            .filter(|(_, rule)| text(rule, "security_group_id") == reference);
        for (_, rule) in open {
            assert_eq!((number(rule, "from_port"), number(rule, "to_port")), (443, 443));
            assert!(get(rule, "cidr_ipv4").is_none() && get(rule, "prefix_list_id").is_some(), "{name} is open");
        }
    }
    let out: BTreeSet<i64> = tree
        .all("aws_vpc_security_group_egress_rule")
        .filter(|(label, _)| label.starts_with("targets_"))
        .map(|(_, rule)| number(rule, "to_port"))
        .collect();
    if topology.entry() == EntryPath::Mesh {
        assert_eq!(out, [8080, 15_021].into());
    }
    assert!(!out.is_empty());
}

fn patterns(acl: &Body) {
    let written = hcl::format::to_string(acl).unwrap();
    for line in written.lines().filter(|line| line.contains("regex_string")) {
        let pattern = line.split('"').nth(1).unwrap().replace("\\\\", "\\");
        assert!(pattern.len() <= 512 && pattern.starts_with("^(") && pattern.ends_with(")$"), "{pattern}");
    }
    assert!(written.contains("regex_string"));
}
