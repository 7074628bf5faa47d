//! The way from a standby region to the Kafka clusters that it copies, over the network of AWS.
//!
//! Brokers are reached through load balancers that have addresses inside of the primary region's network only, and let in
//! addresses of the standby region's network only. Their names are public ones and lead to those addresses, so that no
//! network must resolve names of the other.

use waard_model::topology::Region;

use super::{Base, outputs};
use crate::kind::{PeeringId, RouteTableId};
use crate::resource::vpc::{Peering, PeeringAccepter, Route};
use crate::root::{Root, named};
use crate::site::Site;
use crate::value::{Ref, Value};

pub(crate) fn link<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    if let Some((primary, _)) = site.environment.mirrors(site.region) {
        reach(root, site, base, primary);
    }
    if let Some((standby, _)) = site.environment.mirrored(site.region) {
        let to = standby.name().as_str();
        root.publish(
            &outputs::linked_vpc(site, site.region),
            "The network with what is copied.",
            &base.network.vpc,
            to,
        );
        for ((zone, _), table) in site.region.network().private().iter().zip(&base.network.private_tables) {
            let output = outputs::linked_table(site, site.region, zone);
            root.publish(&output, "Routes of nodes, and of load balancers inside of the network.", table, to);
        }
    }
}

fn reach<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, primary: &Region) {
    let vpc = root.read(&outputs::linked_vpc(site, primary));
    let (here, there) = (site.region.network(), primary.network());
    root.file("link", "The way to the region that this one protects: its Kafka clusters are copied from here.");
    let tags = || named(format!("{}-from-{}", primary.cluster().name(), site.region.name()));
    let asked = root
        .resource("primary", Peering { tags: tags(), ..Peering::new(&base.network.vpc, vpc, primary.name().as_str()) });
    let accepter = PeeringAccepter {
        region: Some(Value::known(primary.name().as_str())),
        tags: tags(),
        ..PeeringAccepter::new(asked.id(), true)
    };
    let link = root.resource("primary", accepter).id();
    let named_here = here.private().iter().zip(&base.network.private_tables);
    for ((zone, _), table) in named_here {
        route(root, &format!("private_{}_primary", zone.letter()), None, table, there.cidr().to_string(), &link);
    }
    let back: Vec<_> = there
        .private()
        .iter()
        .map(|(zone, _)| (zone, root.read(&outputs::linked_table(site, primary, zone))))
        .collect();
    for (zone, table) in &back {
        let label = format!("primary_private_{}_back", zone.letter());
        route(root, &label, Some(primary), table, here.cidr().to_string(), &link);
    }
    for (region, other) in [(site.region, primary), (primary, site.region)] {
        if region.network().existing().is_some() {
            root.output(
                &format!("link_{}", region.name().as_str().replace('-', "_")),
                &format!(
                    "The network of {} is its owner's, who adds a route to {} over this to the tables of its private subnets.",
                    region.name(),
                    other.network().cidr()
                ),
                &link,
            );
        }
    }
}

fn route<'r>(
    root: &mut Root<'r>,
    label: &str,
    region: Option<&Region>,
    table: &Ref<'r, RouteTableId>,
    to: String,
    link: &Ref<'r, PeeringId>,
) {
    let route = Route {
        region: region.map(|region| Value::known(region.name().as_str())),
        vpc_peering_connection_id: Some(link.into()),
        ..Route::new(table, to)
    };
    root.resource(label, route);
}
