//! Nodes, their disks, and the control plane that they belong to.
//!
//! A group has its fewest nodes at the least scale, those that it starts with at the expected one, and its most at the
//! most. EC2 takes the first of its types that it has, so that is the expected price; the cheapest and the dearest are
//! the bounds.

use rust_decimal::Decimal;
use waard_catalog::{Minor, SupportPhase, catalog};
use waard_model::name::InstanceType;
use waard_model::quantity::Percent;
use waard_model::spec::{CommitmentKind, CommitmentSpec, WorkKind};
use waard_model::topology::{NodeGroup, Region};

use super::meter::{Entry, Meter};
use super::{Part, Range};

pub(super) fn region(meter: &mut Meter<'_>, region: &Region) {
    for group in region.cluster().node_groups().values() {
        nodes(meter, region, group);
    }
    control_plane(meter, region);
}

fn nodes(meter: &mut Meter<'_>, region: &Region, group: &NodeGroup) {
    let path = region.cluster().path().key("node_groups").key(group.name().as_str());
    let on_demand = sizes(region, group, NodeGroup::on_demand);
    let spot = sizes(region, group, |group, nodes| nodes - group.on_demand(nodes));
    let running = meter.running();
    let commitment = meter.topology.spec().cost.commitments.get(&CommitmentKind::Compute).cloned();
    let covered = commitment.filter(|_| group.work() == WorkKind::Serving && running == Decimal::ONE);
    let name = group.name();
    meter.line(Part::Compute, &path, format!("node group `{name}`, on demand"), |entry| {
        let price = price(entry, group.instances());
        let full = on_demand * price * entry.month() * running;
        match &covered {
            // It is bought for what always runs, and paid whether that runs or not.
            Some(commitment) => {
                let always = Range::fixed(on_demand.least()) * price * entry.month();
                full - always * saved(entry, commitment)
            }
            None => full,
        }
    });
    meter.line(Part::Compute, &path, format!("node group `{name}`, spot"), |entry| {
        if spot.is_zero() {
            return Range::ZERO;
        }
        spot * spot_price(entry, group.instances(), region.name().as_str()) * entry.month() * running
    });
    meter.line(Part::Compute, &path, format!("node group `{name}`, disks"), |entry| {
        (on_demand + spot) * entry.price("ebs", "gp3") * Decimal::from(group.disk_gibibytes()) * running
    });
}

/// Nodes of a group at the three scales, in all zones that it has nodes of its own in: `of` picks some of so many.
pub(super) fn sizes(region: &Region, group: &NodeGroup, of: fn(&NodeGroup, u32) -> u32) -> Range {
    let copies = Decimal::from(group.copies(region.zones().len()));
    let scaling = group.scaling();
    let [least, expected, most] = [scaling.min(), scaling.desired(), scaling.max()].map(|nodes| of(group, nodes));
    Range::new(least, expected, most) * copies
}

/// The first type's price, between that of the cheapest and that of the dearest.
fn price(entry: &Entry<'_>, types: &[InstanceType]) -> Range {
    let mut prices = types.iter().map(|instance| entry.price("ec2", instance.as_str()));
    let first = prices.next().unwrap_or_default();
    prices.fold(first, Range::or)
}

/// The same for spot nodes. Where nobody says what spot saves, it may save nothing.
fn spot_price(entry: &Entry<'_>, types: &[InstanceType], region: &str) -> Range {
    let mut prices = types.iter().map(|instance| {
        let family = instance.as_str().split('.').next().unwrap_or_default();
        let list = entry.price("ec2", instance.as_str());
        let Some(spot) = catalog().spot(family, region) else {
            entry.without_discount(format!("spot nodes of `{family}` in `{region}`"));
            return list;
        };
        list * Range::new(left(spot.most), left(spot.median), left(spot.least))
    });
    let first = prices.next().unwrap_or_default();
    prices.fold(first, Range::or)
}

/// What so many percent off leave of a price.
fn left(percent_off: Decimal) -> Decimal {
    Decimal::ONE - percent_off / Decimal::ONE_HUNDRED
}

/// The share of the price of covered nodes that a Compute Savings Plan takes off, for the share that it covers.
fn saved(entry: &Entry<'_>, commitment: &CommitmentSpec) -> Decimal {
    let (term, payment) = (commitment.term.as_str(), commitment.payment.as_str());
    let Some(found) = catalog().commitment("compute-savings-plan", "*", "*", term, payment) else {
        entry.without_discount(format!("a Compute Savings Plan for {term}, {payment}"));
        return Decimal::ZERO;
    };
    found.discount / Decimal::ONE_HUNDRED * share(commitment.share)
}

/// A percentage as a factor.
pub(super) fn share(percent: Percent) -> Decimal {
    Decimal::from(percent.millionths()) / Decimal::from(1_000_000)
}

fn control_plane(meter: &mut Meter<'_>, region: &Region) {
    let path = region.cluster().path().key("version");
    let version = region.cluster().version();
    let minor = Minor::new(1, version.number());
    let phase = catalog().eks(minor).map_or(SupportPhase::Unknown, |eks| eks.phase(meter.as_of));
    let (item, what) = match phase {
        SupportPhase::Extended => ("control-plane-extended", format!("control plane, {minor} in extended support")),
        _ => ("control-plane", format!("control plane, {minor}")),
    };
    // A cluster stays when its nodes go.
    meter.line(Part::ControlPlane, &path, what, |entry| {
        if matches!(phase, SupportPhase::Unknown | SupportPhase::Ended) {
            entry.lacks(format!("Kubernetes {minor} on {}: it has no support then that is known", entry.as_of));
        }
        entry.price("eks", item) * entry.month()
    });
}
