//! A distribution for each host: what is behind a path differs from host to host.

use std::collections::BTreeSet;

use waard_model::quantity::Duration;
use waard_model::spec::{BehaviourSpec, EdgeSpec, PriceClass};

use super::cache::Cache;
use super::hosts::Host;
use super::steering::entry;
use super::{CENTRE, Site};
use crate::certificate::{Covered, certificate, names};
use crate::kind::{DistributionArn, DomainName, WebAclArn, ZoneId};
use crate::resource::cloudfront::{
    Behaviour, CustomOrigin, DefaultBehaviour, Distribution, FunctionAssociation, GeoRestriction, GrpcConfig, Origin,
    Restrictions, ViewerCertificate,
};
use crate::resource::route53::{AliasTarget, Record};
use crate::root::{Root, named};
use crate::value::{List, Ref};

const HEAD: &str = "\
The CDN: a distribution for each host. It asks whichever region DNS leads it to, and shows that region the host that the
user asked for, which is what the certificate of the region's load balancer must fit.";

const HOSTS: &str = "The hosts, which lead to the CDN.";

/// CloudFront's own most, without asking AWS for more, in seconds.
/// Source: hashicorp/terraform-provider-aws, `cloudfront_distribution`, `origin_read_timeout`, `origin_keepalive_timeout`.
const LONGEST_WAIT: i64 = 60;

/// Methods that are let through: all that CloudFront knows.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Methods whose answers are kept, where any are.
const KEPT: [&str; 2] = ["GET", "HEAD"];

/// What others need of a distribution.
pub(super) struct Made<'r> {
    pub(super) arn: Ref<'r, DistributionArn>,
}

pub(super) fn distribution<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    edge: &EdgeSpec,
    host: &Host<'_>,
    all: &[Host<'_>],
    cache: &Cache<'r>,
    (acl, zone): (&Ref<'r, WebAclArn>, &Ref<'r, ZoneId>),
) -> Made<'r> {
    let label = host.label();
    let domain = site.environment.domain().as_str();
    root.file(
        "certificates",
        "Certificates of the CDN: one for each host, in us-east-1, where CloudFront looks for them.",
    );
    let names = names(&[host.name.as_str()].into(), domain).into_iter().next().unwrap_or_default();
    let covered = Covered { label: label.to_owned(), name: host.name.to_string(), names, region: Some(CENTRE) };
    let certificate = certificate(root, covered, zone);
    root.file("cdn", HEAD);
    let shown = ViewerCertificate::new(certificate, "sni-only", "TLSv1.2_2021");
    let aliases: List<'r, DomainName> = [host.name.as_str()].into();
    let behaviours = behaviours(edge, host, cache);
    let distribution = Distribution {
        comment: Some(host.name.as_str().into()),
        aliases: Some(aliases),
        http_version: Some("http2and3".into()),
        is_ipv6_enabled: Some(true),
        price_class: Some(price_class(edge).into()),
        web_acl_id: Some(acl.into()),
        tags: named(host.name.as_str()),
        ordered_cache_behavior: (!behaviours.is_empty()).then_some(behaviours),
        ..Distribution::new(
            true,
            vec![origin(site, host, entry(site.environment, all, host))],
            default(cache, host),
            Restrictions::new(GeoRestriction::new("none")),
            shown,
        )
    };
    let made = root.resource(label, distribution);
    root.output(&format!("distribution_{label}"), "What the host leads to.", &made.domain_name());
    root.file("hosts", HOSTS);
    for kind in ["A", "AAAA"] {
        let alias = AliasTarget::new(made.domain_name(), made.hosted_zone_id(), false);
        let record = Record { alias: Some(alias), ..Record::new(zone, host.name.as_str(), kind) };
        root.resource(&format!("{label}_{}", kind.to_lowercase()), record);
    }
    Made { arn: made.arn() }
}

const fn price_class(edge: &EdgeSpec) -> &'static str {
    match edge.price_class {
        PriceClass::All => "PriceClass_All",
        PriceClass::TwoHundred => "PriceClass_200",
        PriceClass::Hundred => "PriceClass_100",
    }
}

/// It waits a little longer than the slowest route may take, so that the origin's own answer arrives, and gives up an idle
/// connection before the load balancer does.
fn origin<'r>(site: Site<'_>, host: &Host<'_>, entry: String) -> Origin<'r> {
    let idle = site.topology.spec().ingress.idle_timeout;
    let seconds = |span: Duration| i64::try_from(span.as_millis().div_ceil(1000)).unwrap_or(LONGEST_WAIT);
    let slowest = host.routes.iter().map(|(_, route)| seconds(route.timeout.unwrap_or(idle))).max();
    let custom = CustomOrigin {
        origin_read_timeout: Some((slowest.unwrap_or(LONGEST_WAIT) + 1).clamp(1, LONGEST_WAIT)),
        origin_keepalive_timeout: Some((seconds(idle) - 5).clamp(1, LONGEST_WAIT)),
        ..CustomOrigin::new(80_i64, 443_i64, "https-only", ["TLSv1.2"])
    };
    Origin { connection_attempts: Some(3), connection_timeout: Some(5), ..Origin::new("region", entry, custom) }
}

/// gRPC is spoken on a port whose name says so.
fn grpc<'r>(host: &Host<'_>) -> Option<GrpcConfig<'r>> {
    let speaks = |name: &str| name.split('-').next() == Some("grpc");
    host.routes.iter().any(|(_, route)| speaks(route.port.as_str())).then(|| GrpcConfig::new(true))
}

fn function<'r>(cache: &Cache<'r>) -> Vec<FunctionAssociation<'r>> {
    vec![FunctionAssociation::new("viewer-request", &cache.function)]
}

fn default<'r>(cache: &Cache<'r>, host: &Host<'_>) -> DefaultBehaviour<'r> {
    DefaultBehaviour {
        compress: Some(true),
        origin_request_policy_id: Some((&cache.everything).into()),
        response_headers_policy_id: Some((&cache.headers).into()),
        function_association: Some(function(cache)),
        grpc_config: grpc(host),
        ..DefaultBehaviour::new("region", "redirect-to-https", METHODS, KEPT, &cache.never)
    }
}

/// What becomes of requests for a path: as the topology says, or nothing is kept.
fn behaviour<'r>(cache: &Cache<'r>, path: &str, of: Option<&BehaviourSpec>) -> Behaviour<'r> {
    let policy = of.map_or(&cache.never, |of| cache.policy(of));
    let headers = of.map_or(&cache.headers, |of| cache.headers_of(of));
    let answers = of.and_then(|of| cache.immutable_of(of));
    let answers = answers.map(|function| FunctionAssociation::new("viewer-response", function));
    Behaviour {
        compress: Some(true),
        origin_request_policy_id: Some((&cache.everything).into()),
        response_headers_policy_id: Some(headers.into()),
        function_association: Some(function(cache).into_iter().chain(answers).collect()),
        ..Behaviour::new(path, "region", "redirect-to-https", METHODS, KEPT, policy)
    }
}

/// First what may never be kept, then what is kept, in the order of the topology. The first one that fits is taken, and
/// no two may have the same path.
fn behaviours<'r>(edge: &EdgeSpec, host: &Host<'_>, cache: &Cache<'r>) -> Vec<Behaviour<'r>> {
    let own = |behaviour: &&BehaviourSpec| host.routes.iter().any(|(workload, _)| **workload == behaviour.to);
    let own: Vec<&BehaviourSpec> = edge.behaviours.iter().filter(own).collect();
    if own.is_empty() {
        // What no path fits isn't kept anyway.
        return Vec::new();
    }
    let never = edge.never_cache.paths.iter().flat_map(|path| {
        let exact = if path.stem().is_empty() { "/" } else { path.stem() };
        [exact.to_owned(), format!("{}/*", path.stem())]
    });
    let kept = own.into_iter().map(|one| (one.path.to_string(), Some(one)));
    let mut known: BTreeSet<String> = BTreeSet::new();
    never
        .map(|path| (path, None))
        .chain(kept)
        .filter(|(path, _)| known.insert(path.clone()))
        .map(|(path, of)| behaviour(cache, &path, of))
        .collect()
}
