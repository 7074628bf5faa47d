//! What stands in front of all regions: CDN, firewall, certificates, DNS.

use crate::name::{HeaderName, PathPattern, Text, UrlPath, WorkloadName};
use crate::quantity::{Duration, Rate};
use crate::source::shape::{choice, shape};

choice! {
    /// Protection against denial of service.
    pub enum Shield as "a Shield level" {
        /// Shield Standard, which every account has.
        Standard = "standard",
        /// Shield Advanced: 3,000 USD a month, for a year at least.
        Advanced = "advanced",
    }
}

choice! {
    /// The edge locations that are used.
    pub enum PriceClass as "a price class" {
        /// All of them.
        All = "all",
        /// All but the dearest.
        TwoHundred = "200",
        /// North America and Europe.
        Hundred = "100",
    }
}

choice! {
    /// A group of firewall rules that AWS maintains.
    pub enum ManagedRules as "a managed rule group" {
        /// The core rule set.
        Common = "common",
        /// Inputs that are known to be attacks.
        KnownBadInputs = "known-bad-inputs",
        /// SQL injection.
        SqlInjection = "sql-injection",
        /// Addresses with a bad reputation.
        IpReputation = "ip-reputation",
        /// Addresses that hide who uses them.
        AnonymousIps = "anonymous-ips",
    }
}

choice! {
    /// How DNS chooses a region.
    pub enum Steering as "a steering" {
        /// By the audience of each region.
        Audience = "audience",
        /// The region with the shortest way.
        Latency = "latency",
    }
}

shape! {
    /// What stands in front of all regions.
    pub struct EdgeSpec as "an edge" {
        /// Protection against denial of service.
        default shield: Shield = Shield::Standard,
        /// The edge locations that are used.
        default price_class: PriceClass = PriceClass::All,
        /// What is cached, most specific path first. What no path matches is not cached.
        default behaviours: Vec<BehaviourSpec> = Vec::new(),
        /// What may never be cached.
        default never_cache: NeverCacheSpec = NeverCacheSpec::default(),
        /// The firewall.
        default waf: WafSpec = WafSpec::default(),
        /// Certificates.
        default certificates: CertificatesSpec = CertificatesSpec::default(),
        /// DNS.
        default dns: DnsSpec = DnsSpec::default(),
    }
}

shape! {
    /// What the CDN does with the requests of one path.
    pub struct BehaviourSpec as "a cache behaviour" {
        /// The path.
        required path: PathPattern,
        /// The exposed workload that answers.
        required to: WorkloadName,
        /// How long an answer is kept. Without this key it isn't.
        optional ttl: Duration,
        /// The content behind a path never changes, because names carry a hash of it: browsers keep it too.
        default immutable: bool = false,
        /// Request headers that make a different answer, and so a different entry of the cache.
        default vary_by: Vec<HeaderName> = Vec::new(),
        /// What is behind the path, in words.
        optional content: Text,
    }
}

shape! {
    /// What may never be cached, whatever a behaviour says.
    pub struct NeverCacheSpec as "what is never cached" defaulted {
        /// Requests with one of these headers.
        default headers: Vec<HeaderName> = HeaderName::credentials(),
        /// Paths.
        default paths: Vec<UrlPath> = Vec::new(),
    }
}

shape! {
    /// The firewall in front of the CDN and of each region.
    pub struct WafSpec as "a firewall" defaulted {
        /// Rule groups that AWS maintains.
        default managed_rules: Vec<ManagedRules> = vec![ManagedRules::Common, ManagedRules::KnownBadInputs, ManagedRules::IpReputation],
        /// Requests of one address that are let through. The period is 1, 2, 5 or 10 minutes.
        optional rate_limit: Rate,
    }
}

shape! {
    /// Certificates: one per region and one for the CDN, validated through DNS and renewed by AWS.
    pub struct CertificatesSpec as "certificates" defaulted {
        /// Warn when one runs out sooner than this.
        default warn_before: Duration = Duration::days(21),
    }
}

shape! {
    /// How requests find a region.
    pub struct DnsSpec as "DNS settings" defaulted {
        /// How a region is chosen.
        default steering: Steering = Steering::Audience,
        /// How it is found out that a region is lost.
        default health_check: DnsHealthSpec = DnsHealthSpec::default(),
        /// Send requests to the standby by itself when a region is lost.
        default failover: bool = true,
        /// How long resolvers keep a record.
        default ttl: Duration = Duration::seconds(60),
    }
}

shape! {
    /// A health check of Route 53.
    pub struct DnsHealthSpec as "a health check" defaulted {
        /// The path that is asked for. Without this key, the readiness path of the exposed workload.
        optional path: UrlPath,
        /// How often: 10 s or 30 s, all that Route 53 offers.
        default interval: Duration = Duration::seconds(10),
        /// Failures in a row after which it counts as lost: 1 to 10.
        default failures: u16 = 3,
    }
}
