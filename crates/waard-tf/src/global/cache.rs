//! What the CDN keeps, and what tells answers apart.
//!
//! An answer that is meant for one user never reaches another: nothing is kept unless a behaviour says so; what comes
//! with credentials has a key of its own each time, which the function at the edge writes; and no least time makes the
//! CDN keep what the origin calls private.

use std::collections::{BTreeMap, BTreeSet};

use waard_model::name::HeaderName;
use waard_model::path::ModelPath;
use waard_model::spec::{BehaviourSpec, EdgeSpec};

use super::{Site, digest};
use crate::firewall::VIEWER;
use crate::kind::{CachePolicyId, FunctionArn, OriginRequestPolicyId, ResponseHeadersPolicyId};
use crate::resource::cloudfront::{
    CacheKey, CachePolicy, CachePolicyData, ContentTypeOptions, FrameOptions, Function, Items, KeyCookies, KeyHeaders,
    KeyQueryStrings, OriginRequestPolicyData, ReferrerPolicy, RemovedHeader, RemovedHeaders, ResponseHeadersPolicy,
    SecurityHeaders, StrictTransport,
};
use crate::root::Root;
use crate::value::{List, Ref, lines};

const HEAD: &str = "\
What is kept, for how long, and what tells answers apart. Nothing is kept for longer than the origin wants it to be: the
least time is 0, so that `no-store` and `private` hold.";

/// A header that the function writes where credentials are: it is in the key of everything that is kept.
const PRIVATE: &str = "x-private-request";

/// Headers that a cache policy may have in its key.
/// Source: Amazon CloudFront Developer Guide, "Quotas", headers per cache policy.
const MOST_HEADERS: usize = 10;

/// Headers that can't be in the key of a cache policy, or that the CDN has in its own way.
/// Source: Amazon CloudFront Developer Guide, "HTTP request headers and CloudFront behavior (custom and Amazon S3 origins)".
const NEVER_IN_KEY: [&str; 20] = [
    "connection",
    "content-length",
    "cookie",
    "expect",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "warning",
    "x-real-ip",
];

/// What functions are written in.
const RUNTIME: &str = "cloudfront-js-2.0";

/// So long browsers speak HTTPS only, in seconds: a year.
const YEAR: i64 = 31_536_000;

/// What behaviours refer to.
pub(super) struct Cache<'r> {
    pub(super) never: Ref<'r, CachePolicyId>,
    pub(super) everything: Ref<'r, OriginRequestPolicyId>,
    pub(super) function: Ref<'r, FunctionArn>,
    pub(super) headers: Ref<'r, ResponseHeadersPolicyId>,
    shared: Option<Ref<'r, ResponseHeadersPolicyId>>,
    kept: BTreeMap<Key, Ref<'r, CachePolicyId>>,
    immutable: BTreeMap<i64, Ref<'r, FunctionArn>>,
}

/// What makes a cache policy: seconds, and headers in the key.
type Key = (i64, BTreeSet<String>);

impl<'r> Cache<'r> {
    pub(super) fn new(root: &mut Root<'r>, site: Site<'_>, edge: &EdgeSpec) -> Self {
        root.file("cache", HEAD);
        let never = root.data("never", CachePolicyData::new("Managed-CachingDisabled")).id();
        root.why("The load balancer goes by the host.");
        let everything = root.data("everything", OriginRequestPolicyData::new("Managed-AllViewer")).id();
        let function = root.resource("viewer", function(site, edge)).arn();
        let headers = ResponseHeadersPolicy {
            security_headers_config: Some(security()),
            ..ResponseHeadersPolicy::new(site.named("edge"))
        };
        let headers = root.resource("edge", headers).id();
        let shared = edge.behaviours.iter().any(|behaviour| key(behaviour).is_some()).then(|| shared(root, site));
        let (kept, immutable) = (BTreeMap::new(), BTreeMap::new());
        let mut cache = Self { never, everything, function, headers, shared, kept, immutable };
        for (index, behaviour) in edge.behaviours.iter().enumerate() {
            root.from(ModelPath::of(["edge", "behaviours"]).index(index));
            cache.add(root, site, behaviour);
        }
        cache
    }

    fn add(&mut self, root: &mut Root<'r>, site: Site<'_>, behaviour: &BehaviourSpec) {
        let Some(key) = key(behaviour) else { return };
        if behaviour.immutable {
            self.immutable.entry(key.0).or_insert_with(|| immutable(root, site, key.0));
        }
        let policy = policy(site, &key);
        let label = format!("kept_{}", name(&key));
        self.kept.entry(key).or_insert_with(|| root.resource(&label, policy).id());
    }

    /// The policy of a behaviour: the one that keeps nothing, unless it says how long.
    pub(super) fn policy(&self, behaviour: &BehaviourSpec) -> &Ref<'r, CachePolicyId> {
        key(behaviour).and_then(|key| self.kept.get(&key)).unwrap_or(&self.never)
    }

    /// Headers of answers.
    pub(super) fn headers_of(&self, behaviour: &BehaviourSpec) -> &Ref<'r, ResponseHeadersPolicyId> {
        key(behaviour).and(self.shared.as_ref()).unwrap_or(&self.headers)
    }

    /// The function that tells browsers to keep what never changes.
    pub(super) fn immutable_of(&self, behaviour: &BehaviourSpec) -> Option<&Ref<'r, FunctionArn>> {
        key(behaviour).filter(|_| behaviour.immutable).and_then(|(ttl, _)| self.immutable.get(&ttl))
    }
}

/// What a behaviour keeps. `None` where it keeps nothing: without a time, or where what tells answers apart can't be in
/// the key, so that keeping them would give a user the answer to somebody else's question.
fn key(behaviour: &BehaviourSpec) -> Option<Key> {
    let ttl = i64::try_from(behaviour.ttl?.as_secs()).ok().filter(|ttl| *ttl > 0)?;
    // Encodings and cookies are in the key in ways of their own.
    let apart = |name: &&str| !matches!(*name, "accept-encoding" | "cookie");
    let names = behaviour.vary_by.iter().map(HeaderName::as_str).filter(apart);
    let headers: BTreeSet<String> = names.chain(OURS).map(str::to_owned).collect();
    let possible = headers.len() <= MOST_HEADERS && !headers.iter().any(|name| NEVER_IN_KEY.contains(&name.as_str()));
    possible.then_some((ttl, headers))
}

/// By what it does, so that it keeps its name whatever stands before it: names of policies are the account's.
fn name((ttl, headers): &Key) -> String {
    let own: Vec<&str> = headers.iter().map(String::as_str).filter(|name| !OURS.contains(name)).collect();
    if own.is_empty() { format!("{ttl}s") } else { format!("{ttl}s-{:08x}", digest(&own.join(","))) }
}

/// Headers that are in every key.
const OURS: [&str; 2] = ["authorization", PRIVATE];

fn policy<'r>(site: Site<'_>, key: &Key) -> CachePolicy<'r> {
    let (ttl, headers) = key;
    let items: List<'r, crate::kind::Text> = headers.iter().collect();
    let named = KeyHeaders { headers: Some(Items::new(items)), ..KeyHeaders::new("whitelist") };
    let key_of = CacheKey {
        enable_accept_encoding_brotli: Some(true),
        enable_accept_encoding_gzip: Some(true),
        ..CacheKey::new(KeyCookies::new("all"), named, KeyQueryStrings::new("all"))
    };
    CachePolicy::new(site.named(&name(key)), 0_i64, *ttl, *ttl, key_of)
}

/// What is kept sets no cookies: the one that somebody was given would be given to all.
/// Source: Amazon CloudFront Developer Guide, "Caching content based on cookies".
fn shared<'r>(root: &mut Root<'r>, site: Site<'_>) -> Ref<'r, ResponseHeadersPolicyId> {
    root.why("What is kept sets no cookies: the one that somebody was given would be given to all.");
    let removed = RemovedHeaders::new(vec![RemovedHeader::new("Set-Cookie")]);
    let policy = ResponseHeadersPolicy {
        remove_headers_config: Some(removed),
        security_headers_config: Some(security()),
        ..ResponseHeadersPolicy::new(site.named("kept"))
    };
    root.resource("kept", policy).id()
}

fn security<'r>() -> SecurityHeaders<'r> {
    SecurityHeaders {
        content_type_options: Some(ContentTypeOptions::new(true)),
        frame_options: Some(FrameOptions::new("SAMEORIGIN", false)),
        referrer_policy: Some(ReferrerPolicy::new("strict-origin-when-cross-origin", false)),
        strict_transport_security: Some(StrictTransport::new(YEAR, true)),
        ..SecurityHeaders::new()
    }
}

/// A function and no header of a policy, which error pages would have too: it isn't called for those.
/// Sources: RFC 8246, "HTTP Immutable Responses"; Amazon CloudFront Developer Guide, "Restrictions on all edge functions",
/// HTTP status codes.
fn immutable<'r>(root: &mut Root<'r>, site: Site<'_>, ttl: i64) -> Ref<'r, FunctionArn> {
    root.why(
        "The names of these files carry a hash of what is in them: browsers needn't ask again. Errors don't get this.",
    );
    let code = format!(
        "function handler(event) {{\n  var response = event.response;\n  response.headers['cache-control'] = {{ value: 'public, max-age={ttl}, immutable' }};\n  return response;\n}}"
    );
    let name = format!("immutable-{ttl}s");
    let function = Function {
        comment: Some("Browsers keep what never changes".into()),
        publish: Some(true),
        ..Function::new(site.named(&name), RUNTIME, lines(&code))
    };
    root.resource(&name, function).arn()
}

/// Marks requests that must not be answered from what is kept, and writes down whose they are.
/// Source: Amazon CloudFront Developer Guide, "CloudFront Functions event structure".
fn function<'r>(site: Site<'_>, edge: &EdgeSpec) -> Function<'r> {
    let headers: BTreeSet<&str> = edge.never_cache.headers.iter().map(HeaderName::as_str).collect();
    let mut tests: Vec<String> = Vec::new();
    for header in headers {
        tests.push(match header {
            // Cookies are none of the headers that a function is shown.
            "cookie" => "Object.keys(request.cookies).length > 0".to_owned(),
            _ => format!("request.headers['{header}']"),
        });
    }
    let mut code = vec![
        "function handler(event) {".to_owned(),
        "  var request = event.request;".to_owned(),
        "  // Whose request it is: the firewall of each region counts by this. What a client says of it is overwritten."
            .to_owned(),
        format!("  request.headers['{VIEWER}'] = {{ value: event.viewer.ip }};"),
        format!("  delete request.headers['{PRIVATE}'];"),
    ];
    if !tests.is_empty() {
        code.push("  // In the key of everything that is kept, and never the same twice.".to_owned());
        code.push(format!("  if ({}) {{", tests.join(" || ")));
        code.push(format!("    request.headers['{PRIVATE}'] = {{ value: event.context.requestId }};"));
        code.push("  }".to_owned());
    }
    code.extend(["  return request;".to_owned(), "}".to_owned()]);
    Function {
        comment: Some("Marks requests with credentials, and whose they are".into()),
        publish: Some(true),
        ..Function::new(site.named("viewer"), RUNTIME, lines(&code.join("\n")))
    }
}
