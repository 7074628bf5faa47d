//! DNS: zones, records, health checks.

use crate::kind::{DomainName, HealthCheckId, Text, ZoneArn, ZoneId};
use crate::schema::{block, data, resource};
use crate::value::{List, Map, Value};

resource! {
    /// A public zone.
    pub struct Zone = "aws_route53_zone" {
        required name: Value<'r, DomainName>,
        optional comment: Value<'r, Text>,
        optional tags: Map<'r>,
    }
    reads { zone_id: ZoneId, arn: ZoneArn, name_servers: Text }

    /// A record: either `records` with a `ttl`, or an `alias`. With at most one routing policy, and then with an identifier.
    pub struct Record = "aws_route53_record" {
        required zone_id: Value<'r, ZoneId>,
        required name: Value<'r, Text>,
        required r#type: Value<'r, Text>,
        /// Seconds.
        optional ttl: i64,
        optional records: List<'r, Text>,
        /// What tells records of one name and type apart.
        optional set_identifier: Value<'r, Text>,
        optional health_check_id: Value<'r, HealthCheckId>,
        /// Take over a record that somebody else has made.
        optional allow_overwrite: bool,
        optional alias: AliasTarget<'r>,
        optional failover_routing_policy: FailoverRouting<'r>,
        optional geolocation_routing_policy: GeolocationRouting<'r>,
        optional latency_routing_policy: LatencyRouting<'r>,
    }
    reads { fqdn: DomainName, name: Text }

    /// Asks again and again whether something answers.
    pub struct HealthCheck = "aws_route53_health_check" {
        required r#type: Value<'r, Text>,
        optional fqdn: Value<'r, DomainName>,
        optional port: i64,
        optional resource_path: Value<'r, Text>,
        /// Seconds: 10 or 30.
        optional request_interval: i64,
        /// 1 to 10.
        optional failure_threshold: i64,
        optional enable_sni: bool,
        optional tags: Map<'r>,
    }
    reads { id: HealthCheckId }
}

data! {
    /// A zone that is there.
    pub struct ZoneData = "aws_route53_zone" {
        required name: Value<'r, DomainName>,
        optional private_zone: bool,
    }
    reads { zone_id: ZoneId, arn: ZoneArn }
}

block! {
    /// What a record is another name of.
    pub struct AliasTarget {
        required name: Value<'r, DomainName>,
        required zone_id: Value<'r, ZoneId>,
        required evaluate_target_health: bool,
    }

    /// `PRIMARY` or `SECONDARY`.
    pub struct FailoverRouting {
        required r#type: Value<'r, Text>,
    }

    /// From where: exactly one of a continent and a country, `*` for everywhere else.
    pub struct GeolocationRouting {
        optional continent: Value<'r, Text>,
        optional country: Value<'r, Text>,
    }

    /// Near which region.
    pub struct LatencyRouting {
        required region: Value<'r, Text>,
    }
}
