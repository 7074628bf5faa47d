//! Address ranges and zones.

use super::View;
use crate::path::ModelPath;
use crate::quantity::Cidr;
use crate::topology::network::SERVICE_CIDR;
use crate::topology::violation::{Violation, Violations};

/// Load balancers, gateways and endpoints take addresses beside nodes and pods.
const SPARE: u64 = 64;

/// No two VPCs share an address, and none shares one with the Services of the clusters, so that any two may be connected.
pub(super) fn disjoint(view: &View<'_>, violations: &mut Violations) {
    let mut ranges: Vec<(Cidr, ModelPath)> = Vec::new();
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            ranges.push((region.network().cidr(), region.path().key("cidr")));
        }
    }
    let services: Option<Cidr> = SERVICE_CIDR.parse().ok();
    for (range, path) in &ranges {
        if services.is_some_and(|services| !services.is_disjoint(*range)) {
            violations.add(
                path.clone(),
                format!("{range} overlaps {SERVICE_CIDR}, the addresses of Services in every cluster"),
                "choose another private range",
            );
        }
    }
    // Sorted by first address, a range can only overlap the widest one before it.
    ranges.sort();
    let mut widest: Option<&(Cidr, ModelPath)> = None;
    for entry in &ranges {
        if let Some(before) = widest
            && !before.0.is_disjoint(entry.0)
        {
            let message = format!("{} overlaps {}", entry.0, before.0);
            violations.push(
                Violation::new(entry.1.clone(), message, "give each region a range of its own")
                    .with(before.1.clone(), "the other range"),
            );
        }
        if widest.is_none_or(|before| before.0.is_disjoint(entry.0)) {
            widest = Some(entry);
        }
    }
}

/// The addresses that a node takes: the VPC CNI gives it blocks of 16 for its pods, and one address for each network interface.
/// Source: Amazon EKS User Guide, "Assign more IP addresses to Amazon EKS nodes with prefixes".
fn addresses_of_node(max_pods: u16) -> u64 {
    u64::from(max_pods).next_multiple_of(16) + 16
}

/// The private subnets hold every node and every pod at the largest size of all node groups.
pub(super) fn large_enough(view: &View<'_>, violations: &mut Violations) {
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            let network = region.network();
            let path = region.path().key("cidr");
            let declared =
                view.spec.environments.get(environment.name()).and_then(|spec| spec.regions.get(region.name()));
            let prefix = network.cidr().prefix();
            if !(16..=24).contains(&prefix) {
                violations.add(
                    path,
                    format!("a prefix of {prefix} is not possible for a region"),
                    "a VPC has at most a /16 (AWS), and below a /24 there is no room for subnets",
                );
                continue;
            }
            if !network.cidr().is_private() {
                violations.add(
                    path,
                    format!("{} is not a private range", network.cidr()),
                    "use a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
                );
                continue;
            }
            // Another profile stands in for one that doesn't exist; that says nothing about what is needed.
            if declared.is_some_and(|declared| declared.cluster != *region.cluster().profile()) {
                continue;
            }
            let zones = region.zones().len();
            let needed: u64 = region
                .cluster()
                .node_groups()
                .values()
                .map(|group| {
                    u64::from(group.scaling().max())
                        * u64::from(group.copies(zones))
                        * addresses_of_node(group.max_pods())
                })
                .sum::<u64>()
                + SPARE;
            let there = network.private_addresses();
            if needed > there {
                let message = format!(
                    "{} leaves {there} addresses for nodes and pods, at full size the cluster needs {needed}",
                    network.cidr()
                );
                let profile = region.cluster().path().key("node_groups");
                let violation =
                    Violation::new(path, message, "use a larger range, fewer nodes or a smaller `max_pods`")
                        .with(profile.clone(), "the node groups that are counted");
                violations.push(
                    violation
                        .judged_by(profile)
                        .judged_by(region.path().key("zones"))
                        .judged_by(region.path().key("cluster")),
                );
            }
        }
    }
}

/// Two to six different zones of the region, as EKS needs them.
pub(super) fn zones(view: &View<'_>, violations: &mut Violations) {
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            let path = region.path().key("zones");
            let zones = region.zones();
            for (index, zone) in zones.iter().enumerate() {
                if !zone.is_in(region.name()) {
                    violations.add(
                        path.index(index),
                        format!("`{zone}` is not a zone of {}", region.name()),
                        format!("its zones are {0}a, {0}b and so on", region.name()),
                    );
                }
            }
            if let Some((index, zone)) = super::cluster::twice(zones) {
                violations.add(path.index(index), format!("`{zone}` is named twice"), "name each zone once");
            }
            if !(2..=6).contains(&zones.len()) {
                let s = if zones.len() == 1 { "" } else { "s" };
                violations.add(
                    path.clone(),
                    format!("a region with {} zone{s} is not possible", zones.len()),
                    "EKS needs two zones at least, three are usual, six the most",
                );
            }
            if let Some(existing) = region.network().existing() {
                for (key, subnets) in [("private", &existing.private), ("public", &existing.public)] {
                    for zone in zones.iter().filter(|zone| !subnets.contains_key(zone)) {
                        violations.add(
                            region.path().key("network").key(key),
                            format!("there is no {key} subnet in {zone}"),
                            format!("name one, or leave {zone} out of `zones`"),
                        );
                    }
                }
            }
        }
    }
}
