//! The CDN.

use crate::kind::{
    CachePolicyId, CertificateArn, DistributionArn, DomainName, FunctionArn, OriginRequestPolicyId,
    ResponseHeadersPolicyId, Text, WebAclArn, ZoneId,
};
use crate::schema::{block, data, resource};
use crate::value::{List, Map, Value};

resource! {
    /// A distribution.
    pub struct Distribution = "aws_cloudfront_distribution" {
        required enabled: bool,
        optional comment: Value<'r, Text>,
        optional aliases: List<'r, DomainName>,
        /// `http2`, `http3`, `http2and3` or `http1.1`.
        optional http_version: Value<'r, Text>,
        optional is_ipv6_enabled: bool,
        /// `PriceClass_All`, `PriceClass_200` or `PriceClass_100`.
        optional price_class: Value<'r, Text>,
        optional web_acl_id: Value<'r, WebAclArn>,
        optional tags: Map<'r>,
        required origin: Vec<Origin<'r>>,
        required default_cache_behavior: DefaultBehaviour<'r>,
        optional ordered_cache_behavior: Vec<Behaviour<'r>>,
        required restrictions: Restrictions<'r>,
        required viewer_certificate: ViewerCertificate<'r>,
    }
    reads { arn: DistributionArn, domain_name: DomainName, hosted_zone_id: ZoneId }

    /// What is kept, for how long, and what tells answers apart.
    pub struct CachePolicy = "aws_cloudfront_cache_policy" {
        required name: Value<'r, Text>,
        optional comment: Value<'r, Text>,
        /// Seconds.
        required min_ttl: i64,
        /// Seconds.
        required default_ttl: i64,
        /// Seconds.
        required max_ttl: i64,
        required parameters_in_cache_key_and_forwarded_to_origin: CacheKey<'r>,
    }
    reads { id: CachePolicyId }

    /// Headers that answers get on their way out.
    pub struct ResponseHeadersPolicy = "aws_cloudfront_response_headers_policy" {
        required name: Value<'r, Text>,
        optional comment: Value<'r, Text>,
        optional remove_headers_config: RemovedHeaders<'r>,
        optional security_headers_config: SecurityHeaders<'r>,
    }
    reads { id: ResponseHeadersPolicyId }

    /// Code that runs at the edge for each request.
    pub struct Function = "aws_cloudfront_function" {
        required name: Value<'r, Text>,
        optional comment: Value<'r, Text>,
        required runtime: Value<'r, Text>,
        optional publish: bool,
        required code: Value<'r, Text>,
    }
    reads { arn: FunctionArn }
}

data! {
    /// A cache policy of AWS' own.
    pub struct CachePolicyData = "aws_cloudfront_cache_policy" {
        required name: Value<'r, Text>,
    }
    reads { id: CachePolicyId }

    /// An origin request policy of AWS' own.
    pub struct OriginRequestPolicyData = "aws_cloudfront_origin_request_policy" {
        required name: Value<'r, Text>,
    }
    reads { id: OriginRequestPolicyId }
}

block! {
    /// Where content comes from.
    pub struct Origin {
        required origin_id: Value<'r, Text>,
        required domain_name: Value<'r, DomainName>,
        /// 1 to 3.
        optional connection_attempts: i64,
        /// Seconds: 1 to 10.
        optional connection_timeout: i64,
        required custom_origin_config: CustomOrigin<'r>,
    }

    /// How CloudFront speaks with it.
    pub struct CustomOrigin {
        required http_port: i64,
        required https_port: i64,
        /// `http-only`, `https-only` or `match-viewer`.
        required origin_protocol_policy: Value<'r, Text>,
        required origin_ssl_protocols: List<'r, Text>,
        /// Seconds.
        optional origin_read_timeout: i64,
        /// Seconds.
        optional origin_keepalive_timeout: i64,
    }

    /// What becomes of requests that no path matches.
    pub struct DefaultBehaviour {
        required target_origin_id: Value<'r, Text>,
        required viewer_protocol_policy: Value<'r, Text>,
        required allowed_methods: List<'r, Text>,
        required cached_methods: List<'r, Text>,
        optional compress: bool,
        required cache_policy_id: Value<'r, CachePolicyId>,
        optional origin_request_policy_id: Value<'r, OriginRequestPolicyId>,
        optional response_headers_policy_id: Value<'r, ResponseHeadersPolicyId>,
        optional function_association: Vec<FunctionAssociation<'r>>,
        /// Needs HTTP/2, and POST among the methods.
        optional grpc_config: GrpcConfig<'r>,
    }

    /// What becomes of requests for a path.
    pub struct Behaviour {
        required path_pattern: Value<'r, Text>,
        required target_origin_id: Value<'r, Text>,
        required viewer_protocol_policy: Value<'r, Text>,
        required allowed_methods: List<'r, Text>,
        required cached_methods: List<'r, Text>,
        optional compress: bool,
        required cache_policy_id: Value<'r, CachePolicyId>,
        optional origin_request_policy_id: Value<'r, OriginRequestPolicyId>,
        optional response_headers_policy_id: Value<'r, ResponseHeadersPolicyId>,
        optional function_association: Vec<FunctionAssociation<'r>>,
    }

    /// Whether gRPC gets through.
    pub struct GrpcConfig {
        required enabled: bool,
    }

    /// When a function runs.
    pub struct FunctionAssociation {
        required event_type: Value<'r, Text>,
        required function_arn: Value<'r, FunctionArn>,
    }

    /// Who may not see it.
    pub struct Restrictions {
        required geo_restriction: GeoRestriction<'r>,
    }

    /// `none`, or a list of countries.
    pub struct GeoRestriction {
        required restriction_type: Value<'r, Text>,
    }

    /// What viewers are shown.
    pub struct ViewerCertificate {
        /// In us-east-1.
        required acm_certificate_arn: Value<'r, CertificateArn>,
        required ssl_support_method: Value<'r, Text>,
        required minimum_protocol_version: Value<'r, Text>,
    }

    /// What tells answers apart.
    pub struct CacheKey {
        optional enable_accept_encoding_brotli: bool,
        optional enable_accept_encoding_gzip: bool,
        required cookies_config: KeyCookies<'r>,
        required headers_config: KeyHeaders<'r>,
        required query_strings_config: KeyQueryStrings<'r>,
    }

    /// `none`, `all`, or a list.
    pub struct KeyCookies {
        required cookie_behavior: Value<'r, Text>,
    }

    /// `none` or `whitelist`.
    pub struct KeyHeaders {
        required header_behavior: Value<'r, Text>,
        optional headers: Items<'r>,
    }

    /// `none`, `all`, or a list.
    pub struct KeyQueryStrings {
        required query_string_behavior: Value<'r, Text>,
    }

    /// Names.
    pub struct Items {
        required items: List<'r, Text>,
    }

    /// Headers of the origin that nobody gets.
    pub struct RemovedHeaders {
        required items: Vec<RemovedHeader<'r>>,
    }

    /// A header.
    pub struct RemovedHeader {
        required header: Value<'r, Text>,
    }

    /// Headers that keep browsers from doing harm.
    pub struct SecurityHeaders {
        optional content_type_options: ContentTypeOptions<'r>,
        optional frame_options: FrameOptions<'r>,
        optional referrer_policy: ReferrerPolicy<'r>,
        optional strict_transport_security: StrictTransport<'r>,
    }

    /// `X-Content-Type-Options: nosniff`.
    pub struct ContentTypeOptions {
        required r#override: bool,
    }

    /// `X-Frame-Options`.
    pub struct FrameOptions {
        /// `DENY` or `SAMEORIGIN`.
        required frame_option: Value<'r, Text>,
        required r#override: bool,
    }

    /// `Referrer-Policy`.
    pub struct ReferrerPolicy {
        required referrer_policy: Value<'r, Text>,
        required r#override: bool,
    }

    /// `Strict-Transport-Security`.
    pub struct StrictTransport {
        required access_control_max_age_sec: i64,
        required r#override: bool,
    }
}
