//! How a region is reached and reaches others, and its logs, keys and secrets.

use rust_decimal::Decimal;
use waard_model::quantity::Percent;
use waard_model::spec::NatLayout;
use waard_model::topology::{Duty, Region};

use super::compute::{share, sizes};
use super::edge::web_acl;
use super::meter::{Entry, Meter};
use super::{Part, Range};
use crate::assumption::key;

/// Keys of KMS in a region: one for the cluster, one for data, one for logs. Source: `waard-tf`, `region/keys.rs`.
const KEYS: u32 = 3;

/// Megabytes of answers that one LCU of a load balancer carries in an hour.
/// Source: Elastic Load Balancing pricing, "LCU details".
const LCU_MEGABYTES: u32 = 1000;

pub(super) fn region(meter: &mut Meter<'_>, region: &Region) {
    let path = region.path();
    let zones = region.zones().len().max(1) as u64;
    let gateways = match region.nat() {
        NatLayout::PerZone => zones,
        NatLayout::Single => 1,
    };
    meter.line(Part::Network, &path.key("nat"), "NAT gateways", |entry| {
        entry.price("nat", "gateway") * entry.month() * Decimal::from(gateways)
    });
    let nodes = nodes(region);
    let running = meter.running();
    meter.use_line(Part::Network, &path.key("nat"), "traffic through NAT gateways", |entry| {
        nodes * entry.gigabytes(key::NAT_OF_A_NODE) * entry.price("nat", "data") * running
    });
    if region.is_exposed() {
        meter.line(Part::Network, &path, "load balancer", |entry| entry.price("elb", "alb") * entry.month());
        let traffic = traffic(region);
        if let Some(demand) = meter.topology.spec().demand.as_ref().filter(|_| serves(meter, traffic)) {
            let peak = demand.peak_requests;
            meter.use_line(Part::Network, &path, "requests at the load balancer", |entry| {
                let megabytes =
                    requests(entry, peak, traffic) * misses(entry) * entry.assume(key::REQUEST_RESPONSE_SIZE);
                megabytes * entry.price("elb", "alb-lcu") * (Decimal::ONE / Decimal::from(LCU_MEGABYTES))
            });
        }
        if meter.topology.spec().edge.is_some() {
            firewall(meter, region);
        }
    }
    meter.line(Part::Upkeep, &path, "logs", |entry| {
        let gigabytes = entry.gigabytes(key::LOGS_OF_A_REGION) + nodes * entry.gigabytes(key::LOGS_OF_A_NODE);
        gigabytes * entry.price("logs", "ingestion")
    });
    meter.line(Part::Upkeep, &path, "keys", |entry| entry.price("kms", "key") * Decimal::from(KEYS));
    let secrets: usize = region.secrets().values().map(std::collections::BTreeMap::len).sum();
    meter.line(Part::Upkeep, &path, "secrets", |entry| {
        if secrets == 0 {
            return Range::ZERO;
        }
        entry.price("secrets-manager", "secret") * Decimal::from(secrets as u64)
    });
}

/// The nodes of a region at the three scales.
fn nodes(region: &Region) -> Range {
    region.cluster().node_groups().values().map(|group| sizes(region, group, |_, nodes| nodes)).sum()
}

/// The region's share of all requests. A standby has none until it takes over.
fn traffic(region: &Region) -> Decimal {
    match region.duty() {
        Duty::Primary { traffic, .. } => share(*traffic),
        Duty::Standby { .. } => share(Percent::ZERO),
    }
}

/// Whether the demand of the topology comes to a region: it is that of environments of production size.
fn serves(meter: &Meter<'_>, traffic: Decimal) -> bool {
    meter.topology.is_full_size(meter.environment) && !traffic.is_zero()
}

/// Requests of a month.
pub(super) fn requests(entry: &Entry<'_>, peak: waard_model::quantity::Rate, traffic: Decimal) -> Range {
    let seconds = Decimal::from(peak.per().as_millis()) / Decimal::from(1000);
    let rate = Decimal::from(peak.count()) / seconds;
    entry.assume(key::REQUEST_MEAN_TO_PEAK) * entry.month() * (rate * Decimal::from(3600) * traffic)
}

/// The share of requests that the CDN passes on.
fn misses(entry: &Entry<'_>) -> Range {
    let hits = entry.assume(key::CDN_HIT_RATIO);
    Range::new(Decimal::ONE - hits.most(), Decimal::ONE - hits.expected(), Decimal::ONE - hits.least())
}

fn firewall(meter: &mut Meter<'_>, region: &Region) {
    let Some(edge) = meter.topology.spec().edge.as_ref() else { return };
    meter.line(Part::Edge, &region.path(), "firewall of the load balancer", |entry| web_acl(entry, edge));
}
