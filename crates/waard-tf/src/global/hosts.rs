//! Hosts that are reached from outside, each with the regions that answer for it.

use std::collections::BTreeMap;

use waard_model::name::{HostName, RegionName, WorkloadName};
use waard_model::quantity::Percent;
use waard_model::spec::Audience;
use waard_model::topology::{Duty, Region, Route};

use super::Site;

/// A host.
pub(super) struct Host<'t> {
    pub(super) name: &'t HostName,
    /// What stands behind it in any region.
    pub(super) routes: Vec<(&'t WorkloadName, &'t Route)>,
    /// Primary regions that answer.
    pub(super) served: Vec<Served<'t>>,
}

/// A primary region that answers for a host.
pub(super) struct Served<'t> {
    pub(super) region: &'t Region,
    pub(super) audience: &'t [Audience],
    pub(super) traffic: Percent,
    /// Who answers when it is lost.
    pub(super) instead: Option<&'t Region>,
}

impl Host<'_> {
    /// The host as the label of a resource.
    pub(super) fn label(&self) -> &str {
        self.name.as_str()
    }
}

/// The region that gets what nobody else is asked for: the one with the largest share of requests.
pub(super) fn largest<'h, 't>(served: &'h [Served<'t>]) -> Option<&'h Served<'t>> {
    // The first one of those with the same share.
    served.iter().rev().max_by_key(|served| served.traffic)
}

/// Every host of the environment that a primary region answers for, in order.
pub(super) fn of(site: Site<'_>) -> Vec<Host<'_>> {
    let mut hosts: BTreeMap<&HostName, Vec<(&WorkloadName, &Route)>> = BTreeMap::new();
    for region in site.environment.regions().values() {
        for (workload, route) in region.exposed() {
            let routes = hosts.entry(&route.host).or_default();
            if !routes.iter().any(|(name, known)| *name == workload.name() && *known == route) {
                routes.push((workload.name(), route));
            }
        }
    }
    let host = |(name, routes)| {
        let served = served(site, name);
        (!served.is_empty()).then_some(Host { name, routes, served })
    };
    hosts.into_iter().filter_map(host).collect()
}

fn served<'t>(site: Site<'t>, host: &HostName) -> Vec<Served<'t>> {
    let answers = |region: &Region| region.exposed().any(|(_, route)| route.host == *host);
    let mut served: Vec<Served<'t>> = Vec::new();
    for region in site.environment.regions().values().filter(|region| answers(region)) {
        if let Duty::Primary { audience, traffic, .. } = region.duty() {
            let instead = site.environment.standby_of(region.name()).filter(|standby| answers(standby));
            served.push(Served { region, audience, traffic: *traffic, instead });
        }
    }
    // Without a standby: another primary region, the one with the most traffic, if data may go there.
    let others: Vec<(&RegionName, &'t Region, Percent)> =
        served.iter().map(|served| (served.region.name(), served.region, served.traffic)).collect();
    for one in &mut served {
        let residency = one.region.residency();
        let may = |other: &&(&RegionName, &'t Region, Percent)| {
            other.0 != one.region.name() && (residency.is_none() || other.1.residency() == residency)
        };
        one.instead = one.instead.or_else(|| {
            others.iter().rev().filter(may).max_by_key(|(.., traffic)| *traffic).map(|(_, region, _)| *region)
        });
    }
    served
}
