//! Less than a region fails: a pod, a node, a zone, a release, a store.

use waard_model::spec::NatLayout;
use waard_model::topology::{StoreKind, Workload};

use super::plan::Plan;
use super::{Case, Failure, Loss, Recovery, lag};
use crate::assumption::key;
use crate::quantity::{Share, Span};

pub(super) fn recoveries(case: &Case<'_>) -> Vec<Recovery> {
    let mut found = Vec::new();
    for workload in case.region.workloads().values().filter(|workload| !workload.exposed().is_empty()) {
        found.push(pod(case, workload));
        found.push(node(case, workload));
        found.push(bad_deploy(case, workload));
    }
    found.extend(spot(case));
    for store in case.region.stores().values() {
        match store.kind() {
            StoreKind::Database(spec) => found.push(database(case, store, spec.multi_az)),
            StoreKind::Bucket(spec) => found.push(bucket(case, store, spec.versioned)),
            _ => {}
        }
    }
    found.push(zone(case));
    found
}

/// The share of requests that a lost part of so many served, until something notices.
fn one_of(count: u32) -> Share {
    Share::of(1.0, f64::from(count.max(1)))
}

/// Adds how the load balancer notices that a pod is gone.
fn noticed(case: &Case<'_>, plan: &mut Plan<'_>) -> usize {
    let health = &case.topology.spec().ingress.health;
    let every = Span::from(health.interval);
    let first = plan.until("detect", "until the load balancer's next health check", &[], every);
    let why = format!("{} failures, one every {}", health.unhealthy, health.interval);
    plan.step("detect", why, &[first], &[], every.times(u64::from(health.unhealthy).saturating_sub(1)))
}

/// Requests go to the other pods once the load balancer knows; the pod itself is started again beside that.
fn pod(case: &Case<'_>, workload: &Workload) -> Recovery {
    let mut recovery = case.recovery(Failure::Pod, workload.name().to_string(), workload.path());
    let mut plan = Plan::new(case.assumptions);
    let noticed = noticed(case, &mut plan);
    if workload.scale().min() < 2 {
        let liveness = workload.probes().liveness.as_ref();
        let kubelet = liveness.map_or(Span::ZERO, |probe| Span::from(probe.every).times(u64::from(probe.failures)));
        let stopped = plan.step("detect", "liveness probes fail", &[], &[], kubelet);
        let keys = [key::POD_START_OVERHEAD, key::APPLICATION_START];
        plan.step("start the pod", "there is no other one", &[noticed, stopped], &keys, Span::ZERO);
        recovery.blocked.push(format!("`{}` may be down to one pod: let `replicas` begin at two", workload.name()));
    }
    recovery.affected = one_of(workload.scale().min());
    (recovery.steps, recovery.outage) = plan.done(case.seed);
    recovery
}

/// The pods of a node are gone for the load balancer as soon as it asks; Kubernetes makes others only once the node
/// counts as unreachable and their toleration has run out.
fn node(case: &Case<'_>, workload: &Workload) -> Recovery {
    let mut recovery = case.recovery(Failure::Node, workload.name().to_string(), workload.path());
    let mut plan = Plan::new(case.assumptions);
    let noticed = noticed(case, &mut plan);
    if workload.scale().min() < 2 {
        let why = "the node counts as unreachable, and the pod no longer tolerates it";
        let evicted = plan.step("evict", why, &[noticed], &[key::NODE_GRACE, key::NODE_EVICTION], Span::ZERO);
        let why = "from pending to ready";
        plan.step("start the pod", why, &[evicted], &[key::RECOVERY_PODS_ON_NEW_NODES], Span::ZERO);
    }
    recovery.affected = one_of(workload.scale().min());
    (recovery.steps, recovery.outage) = plan.done(case.seed);
    recovery
}

/// Nodes of spot groups go with two minutes' notice, in which their pods are drained. Where a workload stands on spot
/// nodes alone, no more is kept than what the notice leaves time for.
fn spot(case: &Case<'_>) -> Vec<Recovery> {
    let groups = case.region.cluster().node_groups().values();
    let spot = groups.filter(|group| group.on_demand(group.scaling().max()) < group.scaling().max());
    spot.map(|group| {
        let path = case.region.cluster().path().key("node_groups").key(group.name().as_str());
        let mut recovery = case.recovery(Failure::SpotReclaim, group.name().to_string(), path);
        let mut plan = Plan::new(case.assumptions);
        let keys = [key::RECOVERY_PODS_ON_NEW_NODES];
        plan.step(
            "replace the node",
            "pods are drained at the notice, and start on another node",
            &[],
            &keys,
            Span::ZERO,
        );
        // What is on demand stays.
        let (most, kept) = (group.scaling().max(), group.on_demand(group.scaling().max()));
        recovery.affected = Share::of(f64::from(most - kept), f64::from(most));
        (recovery.steps, recovery.outage) = plan.done(case.seed);
        recovery
    })
    .collect()
}

/// A bad release is noticed, decided on, and rolled back as it was rolled out, wave by wave.
fn bad_deploy(case: &Case<'_>, workload: &Workload) -> Recovery {
    let mut recovery = case.recovery(Failure::BadDeploy, workload.name().to_string(), workload.path());
    let mut plan = Plan::new(case.assumptions);
    let detected = plan.step("detect", "errors, latency or users say so", &[], &[key::DEPLOY_DETECTION], Span::ZERO);
    let decided = plan.step("decide", "somebody rolls back", &[detected], &[key::RECOVERY_DECISION], Span::ZERO);
    let waves = waves(workload);
    let sync = plan.step("roll back", "the old release is asked for", &[decided], &[key::RECOVERY_SYNC], Span::ZERO);
    let mut last = sync;
    for _ in 0..waves {
        let keys = [key::POD_START_OVERHEAD, key::APPLICATION_START, key::LOAD_BALANCER_REGISTRATION];
        last = plan.step("roll back", format!("one of {waves} waves of pods"), &[last], &keys, Span::ZERO);
    }
    recovery.affected = Share::new(1.0);
    (recovery.steps, recovery.outage) = plan.done(case.seed);
    recovery
}

/// How many times pods are replaced until all are: `replicas / (surge + unavailable)`, rounded up.
pub(crate) fn waves(workload: &Workload) -> u32 {
    let (replicas, rollout) = (workload.scale().min().max(1), workload.rollout());
    // Kubernetes rounds a share of surge up and one of unavailable down.
    // Source: Kubernetes, "Deployments", "Rolling Update Deployment".
    let at_once = rollout.surge.rounded_up(replicas) + rollout.unavailable.rounded_down(replicas);
    replicas.div_ceil(at_once.max(1))
}

/// The instance of a database is lost: the standby in another zone takes over, or a backup is restored.
fn database(case: &Case<'_>, store: &waard_model::topology::Store, multi_az: bool) -> Recovery {
    let mut recovery = case.recovery(Failure::LostDatabase, store.name().to_string(), store.path());
    let mut plan = Plan::new(case.assumptions);
    recovery.affected = Share::new(1.0);
    let (name, path) = (store.name().clone(), store.path());
    let loss = |mechanism, lost| Loss { store: name, path, mechanism, lost: Some(lost), rpo: None, refills: false };
    if multi_az {
        plan.step("fail over", "the standby in another zone takes over", &[], &[key::DATABASE_FAILOVER], Span::ZERO);
        // It is written in both zones before it counts.
        recovery.losses.push(loss("standby in another zone", crate::Estimate::exact(Span::ZERO)));
    } else {
        let alert = plan.step("detect", "an alert reaches somebody", &[], &[key::RECOVERY_ALERT], Span::ZERO);
        let decided = plan.step("decide", "somebody restores it", &[alert], &[key::RECOVERY_DECISION], Span::ZERO);
        let keys = [key::RECOVERY_DATABASE_RESTORE];
        plan.step("restore", "from backups, in the same region", &[decided], &keys, Span::ZERO);
        recovery.losses.push(loss("backups", lag(case.assumptions, &[key::BACKUP_LOG_UPLOAD], case.seed)));
        recovery.blocked.push(format!("`{}` is in one zone: say `multi_az: true`", store.name()));
    }
    (recovery.steps, recovery.outage) = plan.done(case.seed);
    recovery
}

/// Objects are deleted: their old versions come back, if they are kept.
fn bucket(case: &Case<'_>, store: &waard_model::topology::Store, versioned: bool) -> Recovery {
    let mut recovery = case.recovery(Failure::DeletedBucket, store.name().to_string(), store.path());
    recovery.affected = Share::new(1.0);
    let (name, path) = (store.name().clone(), store.path());
    let loss = |mechanism, lost| Loss { store: name, path, mechanism, lost, rpo: None, refills: false };
    if versioned {
        let mut plan = Plan::new(case.assumptions);
        let alert = plan.step("detect", "an alert reaches somebody", &[], &[key::RECOVERY_ALERT], Span::ZERO);
        let decided = plan.step("decide", "somebody restores them", &[alert], &[key::RECOVERY_DECISION], Span::ZERO);
        plan.step("restore", "old versions are made the newest again", &[decided], &[key::RESTORE_BUCKET], Span::ZERO);
        (recovery.steps, recovery.outage) = plan.done(case.seed);
        recovery.losses.push(loss("old versions", Some(crate::Estimate::exact(Span::ZERO))));
    } else {
        recovery.blocked.push(format!("`{}` keeps no old versions: say `versioned: true`", store.name()));
        recovery.losses.push(loss("none", None));
    }
    recovery
}

/// A zone is lost: databases, caches and Kafka fail over, the load balancer leaves out what doesn't answer, and pods
/// start in the other zones.
fn zone(case: &Case<'_>) -> Recovery {
    let region = case.region;
    let mut recovery = case.recovery(Failure::Zone, region.name().to_string(), region.path().key("zones"));
    let zones = u32::try_from(region.zones().len()).unwrap_or(u32::MAX).max(1);
    let mut plan = Plan::new(case.assumptions);
    let noticed = noticed(case, &mut plan);
    let mut after = vec![noticed];
    for store in region.stores().values() {
        let name = store.name();
        match store.kind() {
            StoreKind::Database(spec) if spec.multi_az => {
                let why = format!("`{name}`: the standby in another zone takes over");
                after.push(plan.step("fail over", why, &[], &[key::DATABASE_FAILOVER], Span::ZERO));
            }
            StoreKind::Database(_) => recovery.blocked.push(format!("`{name}` is in one zone: say `multi_az: true`")),
            StoreKind::Cache(spec) if spec.replicas > 0 => {
                let why = format!("`{name}`: a replica in another zone takes over");
                after.push(plan.step("fail over", why, &[], &[key::CACHE_FAILOVER], Span::ZERO));
            }
            StoreKind::Cache(_) => recovery.blocked.push(format!("`{name}` has no replica: say `replicas: 1`")),
            StoreKind::Kafka(_) => {
                let why = format!("`{name}`: other brokers lead the partitions");
                after.push(plan.step("fail over", why, &[], &[key::KAFKA_ELECTION], Span::ZERO));
            }
            StoreKind::Bucket(_) => {}
        }
    }
    if region.nat() == NatLayout::Single && zones > 1 {
        recovery.blocked.push("the one NAT gateway may be in that zone: say `nat: per-zone`".to_owned());
    }
    if zones == 1 {
        recovery.blocked.push("there is one zone only: give it at least two".to_owned());
    }
    recovery.affected = Share::of(1.0, f64::from(zones));
    let (steps, outage) = plan.done(case.seed);
    recovery.steps = steps;
    recovery.outage = outage.filter(|_| recovery.blocked.is_empty());
    recovery
}
