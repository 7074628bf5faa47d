//! Documented rules of CloudFront, ACM and what is recorded of requests.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Body;
use waard_model::Topology;
use waard_model::spec::Shield;
use waard_model::topology::Region;

use super::{Tree, blocks, deep, get, list, number, only, text};

const NEVER: &str = "data.aws_cloudfront_cache_policy.never.id";

pub(crate) fn distributions(topology: &Topology, global: &Tree, hosts: &BTreeMap<String, Vec<&Region>>) {
    let never: Vec<String> =
        topology.spec().edge.iter().flat_map(|edge| &edge.never_cache.paths).map(ToString::to_string).collect();
    let mut aliases = BTreeSet::new();
    for (name, body) in global.all("aws_cloudfront_distribution") {
        let alias = list(body, "aliases");
        assert_eq!(alias.len(), 1);
        assert!(aliases.insert(alias[0].clone()), "{alias:?} twice");
        assert!(text(body, "comment").len() <= 128);
        assert_eq!(text(body, "http_version"), "http2and3");
        assert_eq!(text(body, "is_ipv6_enabled"), "true");
        assert!(["PriceClass_All", "PriceClass_200", "PriceClass_100"].contains(&text(body, "price_class").as_str()));
        assert_eq!(text(body, "web_acl_id"), "aws_wafv2_web_acl.edge.arn");
        let origin = deep(body, &["origin", "custom_origin_config"]);
        assert_eq!(text(origin, "origin_protocol_policy"), "https-only");
        assert_eq!(list(origin, "origin_ssl_protocols"), ["TLSv1.2"]);
        assert!((1..=60).contains(&number(origin, "origin_read_timeout")));
        assert!((1..=60).contains(&number(origin, "origin_keepalive_timeout")));
        assert!((1..=3).contains(&number(only(body, "origin"), "connection_attempts")));
        assert!((1..=10).contains(&number(only(body, "origin"), "connection_timeout")));
        let shown = only(body, "viewer_certificate");
        assert_eq!(
            text(shown, "acm_certificate_arn"),
            format!("aws_acm_certificate_validation.{name}.certificate_arn")
        );
        assert_eq!(text(shown, "minimum_protocol_version"), "TLSv1.2_2021");
        assert_eq!(text(shown, "ssl_support_method"), "sni-only");
        assert_eq!(text(deep(body, &["restrictions", "geo_restriction"]), "restriction_type"), "none");
        let default = only(body, "default_cache_behavior");
        assert_eq!(text(default, "cache_policy_id"), NEVER, "what no path matches is kept");
        let ordered = blocks(body, "ordered_cache_behavior");
        let paths: Vec<String> = ordered.iter().map(|one| text(one, "path_pattern")).collect();
        assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), paths.len(), "a path twice: {paths:?}");
        for one in ordered.iter().copied().chain([default]) {
            behaviour(one, only(body, "origin"));
        }
        let first_kept = ordered.iter().position(|one| text(one, "cache_policy_id") != NEVER).unwrap_or(usize::MAX);
        for path in never.iter().filter(|_| first_kept < usize::MAX) {
            let stem = path.trim_end_matches('/');
            let exact = if stem.is_empty() { "/" } else { stem };
            for pattern in [exact.to_owned(), format!("{stem}/*")] {
                let at = paths.iter().position(|known| *known == pattern).unwrap_or_else(|| panic!("no {pattern}"));
                assert_eq!(text(ordered[at], "cache_policy_id"), NEVER, "{pattern} is kept");
                assert!(at < first_kept, "{pattern} comes too late");
            }
        }
    }
    assert_eq!(aliases, hosts.keys().cloned().collect());
}

/// Source: Amazon CloudFront API Reference, `CacheBehavior`.
fn behaviour(body: &Body, origin: &Body) {
    assert_eq!(text(body, "target_origin_id"), text(origin, "origin_id"));
    assert_eq!(text(body, "viewer_protocol_policy"), "redirect-to-https");
    let (allowed, kept) = (list(body, "allowed_methods"), list(body, "cached_methods"));
    assert!([2, 3, 7].contains(&allowed.len()), "CloudFront takes three sets of methods");
    assert_eq!(kept, ["GET", "HEAD"]);
    assert!(kept.iter().all(|method| allowed.contains(method)));
    // The host that is asked for must get through, or the load balancer knows nothing of it.
    assert_eq!(text(body, "origin_request_policy_id"), "data.aws_cloudfront_origin_request_policy.everything.id");
    let functions: BTreeMap<String, String> = blocks(body, "function_association")
        .iter()
        .map(|one| (text(one, "event_type"), text(one, "function_arn")))
        .collect();
    assert_eq!(functions["viewer-request"], "aws_cloudfront_function.viewer.arn");
    assert!(functions.len() <= 2 && functions.keys().all(|event| event.starts_with("viewer-")));
    let kept = text(body, "cache_policy_id") != NEVER;
    let headers = text(body, "response_headers_policy_id");
    assert_eq!(headers == "aws_cloudfront_response_headers_policy.kept.id", kept, "what is kept sets no cookies");
}

/// An answer of one user is never given to another.
pub(crate) fn policies(global: &Tree) {
    let mut names = BTreeSet::new();
    for (_, body) in global.all("aws_cloudfront_cache_policy") {
        let name = text(body, "name");
        assert!(name.len() <= 128 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
        assert!(names.insert(name));
        let (least, usual, most) = (number(body, "min_ttl"), number(body, "default_ttl"), number(body, "max_ttl"));
        assert_eq!(least, 0, "a least time keeps what is private");
        assert!(0 < usual && usual <= most && most <= 31_536_000);
        let key = only(body, "parameters_in_cache_key_and_forwarded_to_origin");
        assert_eq!(text(only(key, "cookies_config"), "cookie_behavior"), "all");
        assert_eq!(text(only(key, "query_strings_config"), "query_string_behavior"), "all");
        assert_eq!(text(only(key, "headers_config"), "header_behavior"), "whitelist");
        let headers = list(deep(key, &["headers_config", "headers"]), "items");
        assert!((1..=10).contains(&headers.len()), "{headers:?}");
        for needed in ["authorization", "x-private-request"] {
            assert!(headers.iter().any(|header| header == needed), "{needed} is not in the key");
        }
        for refused in ["cookie", "accept-encoding", "connection", "content-length", "transfer-encoding", "upgrade"] {
            assert!(!headers.iter().any(|header| header == refused), "{refused} is in the key");
        }
    }
    for (name, body) in global.all("aws_cloudfront_response_headers_policy") {
        let removed = blocks(body, "remove_headers_config");
        assert_eq!(removed.len(), usize::from(name == "kept"));
        if let [removed] = removed.as_slice() {
            assert_eq!(text(only(removed, "items"), "header"), "Set-Cookie");
        }
    }
    for (_, body) in global.all("aws_cloudfront_function") {
        assert!(text(body, "name").len() <= 64);
        assert_eq!(text(body, "runtime"), "cloudfront-js-2.0");
        assert!(text(body, "code").len() <= 10_240);
    }
}

/// Every name is covered by a certificate, in its region, with validation, inside of the quotas.
pub(crate) fn certificates(tree: &Tree, names: &BTreeSet<&str>, region: Option<&str>) {
    let mut covered = BTreeSet::new();
    let issued: BTreeSet<String> =
        tree.all("aws_acm_certificate_validation").map(|(_, body)| text(body, "certificate_arn")).collect();
    for (label, body) in tree.all("aws_acm_certificate") {
        assert_eq!(get(body, "region").as_deref(), region);
        assert_eq!(text(body, "validation_method"), "DNS");
        let first = text(body, "domain_name");
        assert!(first.len() <= 64, "{first} is too long for a common name");
        let all: Vec<String> = std::iter::once(first).chain(list(body, "subject_alternative_names")).collect();
        assert!(all.len() <= 10, "{all:?}");
        assert!(issued.contains(&format!("aws_acm_certificate.{label}.arn")));
        for name in &all {
            let quoted = format!("option.domain_name == \"{name}\"");
            let apex = name.strip_prefix("*.").map(|apex| format!("option.domain_name == \"{apex}\""));
            let record = tree.all("aws_route53_record").any(|(_, record)| {
                let of = text(record, "name");
                let here = of.contains(&format!("aws_acm_certificate.{label}."));
                here && (of.contains(&quoted) || apex.as_ref().is_some_and(|apex| of.contains(apex)))
            });
            assert!(record, "{name} is not validated");
        }
        covered.extend(all);
    }
    for name in names {
        let parent = name.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        assert!(covered.contains(*name) || parent.is_some_and(|parent| covered.contains(&parent)), "{name}");
    }
}

pub(crate) fn logs(global: &Tree) {
    let bucket = global.all("aws_s3_bucket").next().unwrap().1;
    let name = text(bucket, "bucket");
    assert!(name.starts_with("aws-waf-logs-") && name.len() <= 63, "{name}");
    let sources: Vec<String> =
        global.all("aws_cloudwatch_log_delivery_source").map(|(_, body)| text(body, "name")).collect();
    assert_eq!(sources.len(), global.all("aws_cloudfront_distribution").count());
    assert_eq!(sources.iter().collect::<BTreeSet<_>>().len(), sources.len());
    assert!(sources.iter().all(|name| name.len() <= 60));
    for kind in ["source", "destination"].map(|kind| format!("aws_cloudwatch_log_delivery_{kind}")) {
        assert!(global.all(&kind).all(|(_, body)| text(body, "region") == "us-east-1"));
    }
}

pub(crate) fn shield(topology: &Topology, global: &Tree, hosts: usize) {
    let advanced = topology.spec().edge.as_ref().is_some_and(|edge| edge.shield == Shield::Advanced);
    assert_eq!(global.all("aws_shield_protection").count(), if advanced { hosts + 1 } else { 0 });
    assert_eq!(global.all("aws_shield_subscription").count(), 0, "36,000 USD are nobody's side effect");
}
