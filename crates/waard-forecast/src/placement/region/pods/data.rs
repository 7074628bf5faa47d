//! Brokers and controllers of Kafka clusters.

use waard_model::quantity::{Bytes, Cpu};
use waard_model::spec::ZoneLayout;
use waard_model::topology::{Placement, Region, Store};

use super::{on, storage_class, tolerations};
use crate::placement::amount::{Amounts, Resource};
use crate::placement::demand::Kind;
use crate::placement::group::{HOST, ZONE};
use crate::placement::pod::{Container, Pod, PodTerm, Wants};
use crate::placement::selector::{Requirement, Selector};
use crate::placement::volume::{Claim, Volume};

/// The priority of everything that streams waits for.
const HIGH: i32 = 1_000_000;

/// The pods of every Kafka cluster of a region.
pub(in super::super) fn of_kafka(region: &Region) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for store in region.kafka() {
        let Some(kafka) = store.kafka() else {
            continue;
        };
        for (role, replicas, cpu, memory) in [
            ("broker", kafka.brokers.replicas, kafka.brokers.cpu, kafka.brokers.memory),
            ("controller", kafka.controllers.replicas, kafka.controllers.cpu, kafka.controllers.memory),
        ] {
            kinds.extend(of_role(region, store, role, replicas, (cpu, memory)));
        }
    }
    kinds
}

/// A pool in each zone, as even as it goes. Where each zone can have a node for each pod of it, pods insist on their
/// zone and on a node without another of the role; elsewhere both are only wishes.
fn of_role(region: &Region, store: &Store, role: &str, replicas: u16, wants: (Cpu, Bytes)) -> Vec<Kind> {
    let placement = region.placement(store.name().as_str());
    let zones = u16::try_from(region.zones().len()).unwrap_or(1).max(1);
    let strict = nodes_in_a_zone(&placement, zones) >= u32::from(replicas.div_ceil(zones));
    let pool = |(index, zone): (u16, &waard_model::name::ZoneName)| {
        let count = u32::from(replicas / zones + u16::from(index < replicas % zones));
        let in_zone = Requirement::among(ZONE, [zone.to_string()]);
        let name = format!("{}-{role}-{}", store.name(), zone.letter());
        let pod = Pod {
            node_affinity: on(&placement, strict.then_some(in_zone).into_iter().collect()),
            ..of(store, &placement, role, name.clone(), wants, strict)
        };
        (count > 0).then_some(Kind { of: name, pod, least: count, expected: count, most: count })
    };
    (0_u16..).zip(region.zones()).filter_map(pool).collect()
}

fn of(store: &Store, placement: &Placement<'_>, role: &str, name: String, wants: (Cpu, Bytes), strict: bool) -> Pod {
    let (cpu, memory) = wants;
    let requests = Amounts::default().with(Resource::Cpu, cpu.millicores().into()).with(Resource::Memory, memory.get());
    let of_role = format!("{}/{role}", store.name());
    let apart =
        PodTerm { selector: Some(Selector::label("role", &of_role)), key: HOST.to_owned(), ..PodTerm::default() };
    Pod {
        name,
        namespace: store.kafka_namespace().unwrap_or_default().to_owned(),
        labels: [("role".to_owned(), of_role)].into(),
        priority: HIGH,
        containers: vec![Container { wants: Wants { requests, ..Wants::default() }, ports: Vec::new() }],
        tolerations: tolerations(placement),
        apart: strict.then_some(apart).into_iter().collect(),
        volumes: vec![Volume { claim: "data".to_owned(), state: Claim::Unbound(storage_class()), one_pod: false }],
        ..Pod::default()
    }
}

/// How many nodes the groups of a placement can have in each zone, for certain.
fn nodes_in_a_zone(placement: &Placement<'_>, zones: u16) -> u32 {
    let of = |group: &&waard_model::topology::NodeGroup| match group.zones() {
        ZoneLayout::Each => group.scaling().max(),
        ZoneLayout::Across => group.scaling().max() / u32::from(zones),
    };
    placement.groups().iter().map(of).sum()
}
