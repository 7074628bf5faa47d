//! What holds of every topology that exists, asserted from what it says of itself and not by the code that checks it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is wrong"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use waard_model::name::TaintEffect;
use waard_model::quantity::{Bytes, CountOrShare, Duration, Percent};
use waard_model::spec::{KafkaSpec, Residency, StandbyCopy, VerticalMode, VolumeKind, WorkKind, WorkloadKind};
use waard_model::strategy;
use waard_model::topology::{Disruption, Duty, Environment, Region, Scale, StoreKind, Workload};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() }
}

/// First and last address of `10.0.0.0/16`, read by hand.
fn range(cidr: impl std::fmt::Display) -> (u64, u64) {
    let text = cidr.to_string();
    let (address, prefix) = text.split_once('/').unwrap();
    let first = address.split('.').fold(0, |sum, part| sum * 256 + part.parse::<u64>().unwrap());
    let size = 1_u64 << (32 - prefix.parse::<u32>().unwrap());
    assert_eq!(first % size, 0, "{text} has host bits");
    (first, first + size - 1)
}

fn apart(a: (u64, u64), b: (u64, u64)) -> bool {
    a.1 < b.0 || b.1 < a.0
}

fn pairs<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items.iter().enumerate().flat_map(|(at, a)| items[at + 1..].iter().map(move |b| (a, b)))
}

fn workloads(topology: &waard_model::Topology) -> impl Iterator<Item = (&Environment, &Region, &Workload)> {
    topology.regions().flat_map(|(environment, region)| {
        region.workloads().values().map(move |workload| (environment, region, &**workload))
    })
}

fn stores(topology: &waard_model::Topology) -> impl Iterator<Item = (&Environment, &Region, &str, &StoreKind)> {
    topology.regions().flat_map(|(environment, region)| {
        region.stores().values().map(move |store| (environment, region, store.name().as_str(), store.kind()))
    })
}

fn kafkas(topology: &waard_model::Topology) -> impl Iterator<Item = (&Region, &str, &KafkaSpec)> {
    stores(topology).filter_map(|(_, region, name, kind)| match kind {
        StoreKind::Kafka(kafka) => Some((region, name, kafka)),
        _ => None,
    })
}

fn lies_in(region: &str, residency: Residency) -> bool {
    match residency {
        // The regions of the European Union: Ireland, Frankfurt, Paris, Stockholm, Milan, Spain.
        Residency::Eu => {
            ["eu-west-1", "eu-central-1", "eu-west-3", "eu-north-1", "eu-south-1", "eu-south-2"].contains(&region)
        }
        Residency::Us => ["us-east-1", "us-east-2", "us-west-1", "us-west-2"].contains(&region),
        Residency::AsiaPacific => region.starts_with("ap-"),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn node_groups_have_sizes_that_can_be(topology in strategy::shown()) {
        for (_, region) in topology.regions() {
            let groups = region.cluster().node_groups();
            for (name, group) in groups {
                let scaling = group.scaling();
                prop_assert!(scaling.min() <= scaling.desired() && scaling.desired() <= scaling.max() && scaling.max() > 0, "{name}: {scaling}");
                prop_assert!(!group.instances().is_empty());
                prop_assert!(group.on_demand_base() <= scaling.max());
                prop_assert_eq!(group.labels()[&"workload-type".parse().unwrap()].as_str(), name.as_str());
                if matches!(group.work(), WorkKind::System | WorkKind::Stateful) {
                    prop_assert_eq!(group.spot(), Percent::ZERO);
                }
            }
            // What the cluster itself needs, such as DNS, tolerates nothing and is never without a node.
            let home = |group: &&waard_model::topology::NodeGroup| {
                group.only_for().is_empty() && group.scaling().min() > 0 && group.taints().iter().all(|taint| taint.effect() == TaintEffect::PreferNoSchedule)
            };
            prop_assert!(groups.values().any(|group| home(&group)), "no home for DNS in {}", region.cluster().name());
        }
    }

    #[test]
    fn shares_of_the_traffic_add_up(topology in strategy::shown()) {
        for environment in topology.environments().values() {
            let shares: Vec<u32> = environment.regions().values().filter_map(|region| match region.duty() {
                Duty::Primary { traffic, .. } => Some(traffic.millionths()),
                Duty::Standby { .. } => None,
            }).collect();
            prop_assert!(!shares.is_empty());
            prop_assert_eq!(shares.iter().sum::<u32>(), 1_000_000);
        }
    }

    #[test]
    fn no_two_networks_share_an_address(topology in strategy::shown()) {
        let ranges: Vec<(u64, u64)> = topology.regions().map(|(_, region)| range(region.network().cidr())).collect();
        for (a, b) in pairs(&ranges) {
            prop_assert!(apart(*a, *b));
        }
        let services = range(waard_model::topology::SERVICE_CIDR);
        prop_assert!(ranges.iter().all(|each| apart(*each, services)));
    }

    #[test]
    fn subnets_divide_a_network_that_holds_its_cluster(topology in strategy::shown()) {
        for (_, region) in topology.regions() {
            let network = region.network();
            let whole = range(network.cidr());
            let zones = region.zones();
            prop_assert!((2..=6).contains(&zones.len()) && zones.iter().collect::<BTreeSet<_>>().len() == zones.len());
            prop_assert!(zones.iter().all(|zone| zone.as_str().strip_prefix(region.name().as_str()).is_some_and(|letter| letter.len() == 1)));
            let nodes: u64 = region.cluster().node_groups().values()
                .map(|group| u64::from(group.scaling().max()) * u64::from(group.copies(zones.len())) * (u64::from(group.max_pods()) + 1)).sum();
            if network.existing().is_some() {
                prop_assert!(network.private().is_empty() && network.public().is_empty() && network.database().is_empty());
                prop_assert!(whole.1 - whole.0 + 1 >= nodes);
                continue;
            }
            let mut subnets = Vec::new();
            for kind in [network.private(), network.public(), network.database()] {
                prop_assert!(kind.iter().map(|(zone, _)| zone).eq(zones), "one subnet per zone, in their order");
                subnets.extend(kind.iter().map(|(_, cidr)| range(cidr)));
            }
            prop_assert!(subnets.iter().all(|subnet| whole.0 <= subnet.0 && subnet.1 <= whole.1));
            // AWS makes no subnet smaller than a /28.
            prop_assert!(subnets.iter().all(|subnet| subnet.1 - subnet.0 >= 15));
            for (a, b) in pairs(&subnets) {
                prop_assert!(apart(*a, *b));
            }
            let room: u64 = network.private().iter().map(|(_, cidr)| range(cidr)).map(|(first, last)| last - first + 1 - 5).sum();
            prop_assert!(room >= nodes, "{} addresses for {nodes}", room);
        }
    }

    #[test]
    fn a_standby_protects_a_primary_and_holds_its_data(topology in strategy::shown()) {
        for environment in topology.environments().values() {
            let mut protected = BTreeSet::new();
            for standby in environment.regions().values() {
                let Duty::Standby { protects, .. } = standby.duty() else { continue };
                let primary = &environment.regions()[protects];
                prop_assert!(matches!(primary.duty(), Duty::Primary { .. }), "a standby of a standby");
                prop_assert!(protected.insert(protects), "two standbys of one region");
                prop_assert!(!standby.workloads().is_empty());
                prop_assert_eq!(environment.standby_of(protects).map(Region::name), Some(standby.name()));
                for (name, store) in primary.stores() {
                    let copied = store.standby() != StandbyCopy::None;
                    prop_assert!(!copied || standby.stores().contains_key(name), "{name} is not in {}", standby.name());
                    prop_assert!(copied || !matches!(store.kind(), StoreKind::Database(_)), "{name} is lost with {protects}");
                }
                prop_assert!(primary.residency().is_none() || primary.residency() == standby.residency());
            }
            for region in environment.regions().values() {
                let Duty::Primary { unprotected, .. } = region.duty() else { continue };
                prop_assert!(!protected.contains(region.name()) || unprotected.is_none());
                prop_assert!(protected.is_empty() || protected.contains(region.name()) || unprotected.is_some());
            }
        }
    }

    #[test]
    fn data_stays_where_it_must(topology in strategy::shown()) {
        for (_, region) in topology.regions() {
            prop_assert!(region.residency().is_none_or(|residency| lies_in(region.name().as_str(), residency)));
        }
        for (_, region, name, kind) in stores(&topology) {
            let StoreKind::Bucket(bucket) = kind else { continue };
            prop_assert!(bucket.residency.is_none_or(|residency| lies_in(region.name().as_str(), residency)), "{name} in {}", region.name());
        }
    }

    #[test]
    fn what_is_called_or_used_is_there(topology in strategy::shown()) {
        for (_, region, workload) in workloads(&topology) {
            for callee in workload.calls() {
                let callee = &region.workloads()[callee];
                prop_assert!(callee.kind() == WorkloadKind::Service && !callee.ports().is_empty() && callee.name() != workload.name());
                prop_assert!(region.callers(callee.name()).any(|caller| caller.name() == workload.name()));
            }
            for used in workload.uses() {
                prop_assert!(region.stores().contains_key(used));
            }
        }
        for environment in topology.environments().values() {
            let writers = environment.regions().values().flat_map(|region| region.stores().values()).filter_map(|store| match store.kind() {
                StoreKind::Database(database) => database.writer.as_ref().map(|writer| (store.name(), writer)),
                _ => None,
            });
            for (store, writer) in writers {
                prop_assert!(environment.regions()[writer].stores().contains_key(store));
            }
        }
    }

    #[test]
    fn every_pod_has_nodes_that_take_it(topology in strategy::shown()) {
        for (_, region) in topology.regions() {
            let groups = region.cluster().node_groups();
            let kafka = region.stores().values().filter(|store| matches!(store.kind(), StoreKind::Kafka(_))).map(|store| store.name().as_str());
            let occupants: Vec<&str> = region.workloads().keys().map(waard_model::name::WorkloadName::as_str).chain(kafka).collect();
            for occupant in &occupants {
                let placement = region.placement(occupant);
                prop_assert!(!placement.groups().is_empty(), "{occupant} has no home in {}", region.cluster().name());
                let tolerated = placement.taints();
                for group in placement.groups() {
                    prop_assert!(groups.values().any(|known| known == *group));
                    let hard = group.taints().iter().filter(|taint| taint.effect() != TaintEffect::PreferNoSchedule);
                    prop_assert!(hard.clone().all(|taint| tolerated.contains(&taint)), "{occupant} does not tolerate {}", group.name());
                    prop_assert!(group.only_for().is_empty() || group.only_for().iter().any(|name| name.as_str() == *occupant));
                    prop_assert_eq!(placement.is_dedicated(), !group.only_for().is_empty());
                }
                // Nothing else may go where it goes alone.
                if placement.is_dedicated() {
                    prop_assert!(placement.groups().iter().all(|group| group.taints().iter().any(|taint| taint.effect() == TaintEffect::NoSchedule)));
                }
            }
            for group in groups.values().filter(|group| !group.only_for().is_empty()) {
                prop_assert!(group.only_for().iter().any(|name| occupants.contains(&name.as_str())), "{} is idle", group.name());
            }
        }
    }

    #[test]
    fn a_node_can_always_be_drained(topology in strategy::shown()) {
        for (_, _, workload) in workloads(&topology).filter(|(_, _, workload)| workload.kind() == WorkloadKind::Service) {
            let (least, most) = (workload.scale().min(), workload.scale().max());
            prop_assert!(1 <= least && least <= most);
            if let Scale::Auto { cpu, memory, .. } = workload.scale() {
                prop_assert!(least < most && (cpu.is_some() || memory.is_some()));
            }
            let free = match workload.disruption() {
                Disruption::Unavailable(CountOrShare::Count(count)) => u32::from(count),
                // Kubernetes rounds a share of pods that may be missing up.
                Disruption::Unavailable(CountOrShare::Share(share)) => {
                    u32::try_from((u64::from(least) * u64::from(share.millionths())).div_ceil(1_000_000)).unwrap()
                }
                // The eviction API rounds the share that stays up.
                Disruption::Available(share) => {
                    let stay = (u64::from(least) * u64::from(share.millionths())).div_ceil(1_000_000);
                    least - u32::try_from(stay).unwrap()
                }
            };
            prop_assert!(free >= 1, "{}: {:?} of {least}", workload.name(), workload.disruption());
        }
    }

    #[test]
    fn pods_start_and_stop_in_time(topology in strategy::shown()) {
        let target = topology.spec().targets.container_start;
        let leaving = topology.spec().ingress.deregistration;
        for (_, _, workload) in workloads(&topology) {
            let probes = workload.probes();
            prop_assert!(probes.startup.is_some() || (probes.readiness.is_none() && probes.liveness.is_none()));
            for probe in [&probes.startup, &probes.readiness, &probes.liveness].into_iter().flatten() {
                prop_assert!(workload.ports().contains_key(&probe.port));
                prop_assert!(probe.timeout <= probe.every && probe.failures >= 1);
                prop_assert!([Some(probe.every), Some(probe.timeout), probe.after].into_iter().flatten().all(|span| span.as_millis() % 1000 == 0));
            }
            if let (Some(startup), Some(target)) = (&probes.startup, target) {
                let budget = startup.after.map_or(0, Duration::as_millis) + startup.every.as_millis() * u64::from(startup.failures);
                prop_assert!(budget <= target.as_millis(), "{} may take {budget} ms", workload.name());
            }
            let shutdown = workload.shutdown();
            if !workload.exposed().is_empty() {
                prop_assert!(shutdown.drain.is_some_and(|drain| drain >= leaving), "{} forgets its last requests", workload.name());
            }
            let drain = shutdown.drain.map_or(0, Duration::as_millis);
            prop_assert_eq!(shutdown.grace().as_millis(), drain + shutdown.finish.as_millis());
            let rollout = workload.rollout();
            prop_assert!(!rollout.surge.is_none() || !rollout.unavailable.is_none());
        }
    }

    #[test]
    fn joined_names_fit(topology in strategy::shown()) {
        let platform = topology.platform();
        let mut clusters = BTreeSet::new();
        for (environment, region) in topology.regions() {
            let cluster = region.cluster().name();
            prop_assert!(cluster.len() <= 100 && clusters.insert(cluster.to_owned()));
            let prefix = format!("{platform}-{}", environment.name());
            for workload in region.workloads().values() {
                let name = workload.name();
                prop_assert!(format!("{prefix}-{}-{name}", region.name()).len() <= 64, "IAM role");
                let object = format!("{platform}-{name}");
                let most = if workload.migration().is_some() { 63 - "-migrate-12345678".len() } else { 52 };
                prop_assert!(object.len() <= most, "{}", object);
            }
            for store in region.stores().values() {
                let name = store.name();
                let (joined, most) = match store.kind() {
                    StoreKind::Bucket(_) => (format!("{prefix}-{}-{name}", region.name()), 63),
                    StoreKind::Cache(_) => (format!("{prefix}-{name}"), 40),
                    StoreKind::Database(_) => (format!("{prefix}-{name}-12"), 63),
                    StoreKind::Kafka(_) => (format!("{platform}-{name}-cluster-operator-certs"), 63),
                };
                prop_assert!(joined.len() <= most, "{joined}");
            }
        }
    }

    #[test]
    fn kafka_survives_a_broker_and_its_disks_suffice(topology in strategy::shown()) {
        for (_, name, kafka) in kafkas(&topology) {
            let brokers = kafka.brokers.replicas;
            let copies = kafka.topics.values().filter_map(|topic| topic.replication).chain([kafka.replication]);
            for copies in copies {
                prop_assert!((1..=brokers).contains(&copies) && kafka.min_insync <= copies, "{name}: {copies} copies on {brokers} brokers");
            }
            prop_assert!(kafka.min_insync >= 1 && (kafka.replication == 1 || kafka.min_insync < kafka.replication), "{name}: {} of {}", kafka.min_insync, kafka.replication);
            prop_assert_eq!(kafka.controllers.replicas % 2, 1, "{}: controllers without a majority", name);
            prop_assert!(kafka.brokers.heap.is_none_or(|heap| heap.get() * 4 <= kafka.brokers.memory.get() * 3));
            prop_assert!(kafka.brokers.memory >= Bytes::gibibytes(1) && kafka.controllers.memory >= Bytes::gibibytes(1));
            let ports: BTreeSet<u16> = kafka.listeners.values().map(|listener| listener.port).collect();
            prop_assert!(!ports.is_empty() && ports.len() == kafka.listeners.len() && ports.iter().all(|port| *port >= 9092 && ![9404, 9999].contains(port)));
            let written: f64 = kafka.topics.values().map(|topic| {
                let kept = topic.retention.as_secs() + topic.segment.as_secs();
                #[expect(clippy::cast_precision_loss, reason = "far from the edge")]
                let bytes = topic.rate.map_or(0, waard_model::quantity::Throughput::bytes_per_second) as f64 * kept as f64;
                bytes * f64::from(topic.replication.unwrap_or(kafka.replication)) / f64::from(brokers)
            }).sum();
            #[expect(clippy::cast_precision_loss, reason = "far from the edge")]
            let disk = kafka.brokers.storage.get() as f64;
            prop_assert!(written <= disk * 0.8001);
            for (user, rights) in &kafka.users {
                prop_assert!(topology.spec().workloads.contains_key(user));
                prop_assert!(rights.reads.iter().chain(&rights.writes).all(|topic| kafka.topics.contains_key(topic)));
            }
        }
    }

    #[test]
    fn stores_are_what_aws_makes(topology in strategy::shown()) {
        for (_, _, name, kind) in stores(&topology) {
            match kind {
                StoreKind::Database(database) => {
                    prop_assert!(database.storage >= Bytes::gibibytes(20) && database.max_storage.is_none_or(|max| max > database.storage));
                    prop_assert!(database.backups.retention.as_days().is_some_and(|days| (1..=35).contains(&days)));
                    prop_assert!(database.replicas.in_region <= 15 && (database.replicas.in_region > 0 || database.replicas.class.is_none()), "{name}");
                }
                StoreKind::Cache(cache) => {
                    prop_assert!((1..=90).contains(&(cache.shards * (cache.replicas + 1))) && cache.replicas <= 5 && cache.tls);
                }
                StoreKind::Bucket(bucket) => {
                    let ages: Vec<Duration> = bucket.tiers.iter().map(|tier| tier.after).chain(bucket.expire_after).collect();
                    prop_assert!(ages.is_sorted_by(|a, b| a < b), "{name}: {ages:?}");
                    let classes: Vec<_> = bucket.tiers.iter().map(|tier| tier.class).collect();
                    prop_assert!(classes.is_sorted_by(|a, b| a < b), "{name}: {classes:?}");
                    prop_assert!(bucket.standby != StandbyCopy::Replica || bucket.versioned);
                }
                StoreKind::Kafka(_) => {}
            }
        }
    }

    #[test]
    fn a_route_leads_to_one_workload_of_one_environment(topology in strategy::shown()) {
        let mut hosts: BTreeMap<&str, &str> = BTreeMap::new();
        for (environment, region) in topology.regions() {
            let mut claimed = BTreeSet::new();
            for workload in region.workloads().values() {
                for route in workload.exposed() {
                    prop_assert!(claimed.insert((&route.host, &route.path)), "{}{} twice in {}", route.host, route.path, region.name());
                    prop_assert!(workload.ports().contains_key(&route.port));
                    prop_assert!(route.host.is_within(environment.domain()), "{} is not under {}", route.host, environment.domain());
                    let other = hosts.insert(route.host.as_str(), environment.name().as_str());
                    prop_assert!(other.is_none_or(|other| other == environment.name().as_str()), "{} in two environments", route.host);
                }
            }
        }
    }

    #[test]
    fn a_pod_is_one_that_kubernetes_takes(topology in strategy::shown()) {
        for (_, _, workload) in workloads(&topology) {
            let spec = workload.spec();
            let mesh = topology.spec().mesh.is_some();
            let ports: BTreeSet<u16> = workload.ports().values().copied().collect();
            prop_assert_eq!(ports.len(), workload.ports().len());
            prop_assert!(ports.iter().all(|port| *port >= 1024 && !(mesh && (15_000..=15_090).contains(port))));
            prop_assert!(spec.metrics.as_ref().is_none_or(|metrics| workload.ports().contains_key(&metrics.port)));
            let variables = std::iter::once((&spec.env, &spec.secrets)).chain(spec.containers.values().map(|container| (&container.env, &container.secrets)));
            for (env, secrets) in variables {
                prop_assert!(env.keys().all(|name| !secrets.contains_key(name) && !name.names_a_secret()));
            }
            let mounts: Vec<&str> = spec.volumes.values().map(|volume| volume.mount.as_str()).chain(spec.secret_files.keys().map(waard_model::name::MountPath::as_str)).collect();
            for (a, b) in pairs(&mounts) {
                let below = |a: &str, b: &str| format!("{a}/").starts_with(&format!("{b}/"));
                prop_assert!(!below(a, b) && !below(b, a), "{a} and {b} hide each other");
            }
            for volume in spec.volumes.values().filter(|volume| volume.kind == VolumeKind::Memory) {
                prop_assert!(volume.size < workload.resources().memory);
            }
            for (name, container) in &spec.containers {
                prop_assert!(name.as_str() != workload.name().as_str());
                prop_assert!(container.volumes.iter().all(|volume| spec.volumes.contains_key(volume)));
            }
            prop_assert!(workload.resources().cpu_limit.is_none_or(|limit| limit >= workload.resources().cpu));
            prop_assert!(workload.user() > 0);
            prop_assert_eq!(workload.kind() == WorkloadKind::Scheduled, workload.schedule().is_some());
            let moves = matches!(workload.scale(), Scale::Auto { .. }) && workload.kind() == WorkloadKind::Service;
            prop_assert!(!moves || spec.vertical.as_ref().is_none_or(|vertical| vertical.mode == VerticalMode::Off));
        }
    }
}
