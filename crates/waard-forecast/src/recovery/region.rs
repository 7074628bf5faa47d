//! A region is lost: what its standby does, store by store.

use waard_model::spec::StandbyCopy;
use waard_model::topology::copies::{self, Holding};
use waard_model::topology::{Duty, Region, Store, StoreKind};

use super::plan::Plan;
use super::{Case, Failure, Loss, Recovery, lag};
use crate::assumption::{Key, key};
use crate::quantity::{Share, Span};

pub(super) fn recovery(case: &Case<'_>) -> Recovery {
    let region = case.region;
    let mut recovery = case.recovery(Failure::Region, region.name().to_string(), region.path());
    recovery.affected = Share::new(1.0);
    let Some(standby) = case.environment.standby_of(region.name()) else {
        without_standby(case, &mut recovery);
        return recovery;
    };
    recovery.path = standby.path();
    let (mut rto, mut rpo) = (None, None);
    if let Duty::Standby { rto: time, rpo: data, .. } = standby.duty() {
        (rto, rpo) = (Some(Span::from(*time)), Some(Span::from(*data)));
    }
    recovery.rto = rto;
    let mut plan = Plan::new(case.assumptions);
    let detected = detected(case, &mut plan);
    let decided =
        plan.step("decide", "somebody starts the failover", &[detected], &[key::RECOVERY_DECISION], Span::ZERO);
    let mut ready = Vec::new();
    for store in region.stores().values() {
        let loss = loss(case, standby, store, rpo);
        if let Some(key) = promotion(case, standby, store) {
            let why = format!("`{}`: {}", store.name(), loss.mechanism);
            ready.push(plan.step("promote the data", why, &[decided], &[key], Span::ZERO));
        } else if loss.lost.is_none() && !loss.refills {
            recovery.blocked.push(format!(
                "`{}` isn't in {}: it stays lost until {} is back; say `standby: replica` or `standby: backups`",
                store.name(),
                standby.name(),
                region.name()
            ));
        }
        recovery.losses.push(loss);
    }
    let gitops = case.topology.spec().gitops.is_some();
    let (why, keys): (_, &[Key]) = if gitops {
        (
            "the changed application set reaches the cluster, and pods come up on new nodes",
            &[key::RECOVERY_SYNC, key::RECOVERY_PODS_ON_NEW_NODES],
        )
    } else {
        ("manifests are applied, and pods come up on new nodes", &[key::RECOVERY_PODS_ON_NEW_NODES])
    };
    ready.push(plan.step("start the workloads", why, &[decided], keys, Span::ZERO));
    let ttl = case.topology.spec().edge.as_ref().map_or(Span::secs(60), |edge| Span::from(edge.dns.ttl));
    let moved = plan.step("move the traffic", "resolvers keep a record for its TTL", &ready, &[], ttl);
    plan.step("verify", "somebody looks at what answers", &[moved], &[key::RECOVERY_VERIFICATION], Span::ZERO);
    for workload in region.workloads().values().filter(|workload| !workload.exposed().is_empty()) {
        let stands_in = standby
            .workloads()
            .values()
            .any(|other| region.stood_in_by(other).is_some_and(|found| found.name() == workload.name()));
        if !stands_in {
            recovery.blocked.push(format!(
                "nothing in {} stands in for `{}`: name it, or a workload that is `like` it, in `runs`",
                standby.name(),
                workload.name()
            ));
        }
    }
    let (steps, outage) = plan.done(case.seed);
    recovery.steps = steps;
    recovery.outage = outage.filter(|_| recovery.blocked.is_empty());
    recovery
}

/// How long it takes to notice: where Route 53 asks, its interval and failures; else an alert.
fn detected(case: &Case<'_>, plan: &mut Plan<'_>) -> usize {
    let checks = case.topology.spec().edge.as_ref().filter(|_| case.topology.health_route(case.region).is_some());
    match checks.map(|edge| &edge.dns.health_check) {
        Some(check) => {
            let every = Span::from(check.interval);
            let most = every.times(u64::from(check.failures));
            let why = format!("{} failures, one every {}", check.failures, check.interval);
            // The first check that fails comes within an interval.
            let first = plan.until("detect", "until the next check", &[], every);
            plan.step("detect", why, &[first], &[], most.minus(every))
        }
        None => plan.step("detect", "an alert reaches somebody", &[], &[key::RECOVERY_ALERT], Span::ZERO),
    }
}

/// What brings a store to where it can be written, if anything does.
fn promotion(case: &Case<'_>, standby: &Region, store: &Store) -> Option<Key> {
    let copied = standby.stores().contains_key(store.name());
    match (store.kind(), store.standby()) {
        _ if !copied => None,
        (StoreKind::Database(spec), _) => match copies::database(case.environment, standby, store.name(), spec) {
            Holding::Replica(_) => Some(key::RECOVERY_DATABASE_PROMOTION),
            Holding::Backups(_) => Some(key::RECOVERY_DATABASE_RESTORE),
            Holding::Own => None,
        },
        (StoreKind::Cache(_), StandbyCopy::Replica) => Some(key::RECOVERY_CACHE_PROMOTION),
        (StoreKind::Cache(_), StandbyCopy::Backups) => Some(key::RECOVERY_CACHE_RESTORE),
        _ => None,
    }
}

/// What is lost of a store with its region.
fn loss(case: &Case<'_>, standby: &Region, store: &Store, rpo: Option<Span>) -> Loss {
    let copied = standby.stores().contains_key(store.name());
    let replica_or_backups = |replica: &'static [Key], backups: &'static [Key]| match store.standby() {
        StandbyCopy::Replica if copied => ("replica", replica),
        StandbyCopy::Backups if copied => ("copied backups", backups),
        _ => ("none", &[][..]),
    };
    let (mechanism, keys) = match store.kind() {
        StoreKind::Database(spec) if copied => {
            match copies::database(case.environment, standby, store.name(), spec) {
                // What is written elsewhere isn't lost with this region.
                Holding::Replica(source) if source.name() != case.region.name() => {
                    return elsewhere(store, rpo);
                }
                Holding::Replica(_) => ("replica", &[key::DATABASE_LAG][..]),
                Holding::Backups(_) => ("copied backups", &[key::BACKUP_LOG_UPLOAD, key::BACKUP_COPY][..]),
                Holding::Own => ("none", &[][..]),
            }
        }
        StoreKind::Database(_) => ("none", &[][..]),
        StoreKind::Cache(_) => replica_or_backups(&[key::CACHE_LAG], &[key::BACKUP_COPY]),
        StoreKind::Kafka(_) => replica_or_backups(&[key::MIRROR_LAG], &[]),
        StoreKind::Bucket(_) => replica_or_backups(&[key::BUCKET_REPLICATION], &[]),
    };
    Loss {
        store: store.name().clone(),
        path: store.path(),
        mechanism,
        lost: (!keys.is_empty()).then(|| lag(case.assumptions, keys, case.seed)),
        rpo,
        refills: matches!(store.kind(), StoreKind::Cache(_)),
    }
}

fn elsewhere(store: &Store, rpo: Option<Span>) -> Loss {
    let lost = Some(crate::Estimate::exact(Span::ZERO));
    Loss {
        store: store.name().clone(),
        path: store.path(),
        mechanism: "written in another region",
        lost,
        rpo,
        refills: false,
    }
}

/// No standby: its users go to another primary region, if there is one; its data is gone until it is back.
fn without_standby(case: &Case<'_>, recovery: &mut Recovery) {
    let others = case.environment.regions().values().filter(|other| !other.is_standby()).count() > 1;
    let steered = case.topology.has_front(case.environment) && others;
    if steered {
        let mut plan = Plan::new(case.assumptions);
        let detected = detected(case, &mut plan);
        let ttl = case.topology.spec().edge.as_ref().map_or(Span::ZERO, |edge| Span::from(edge.dns.ttl));
        plan.step(
            "move the traffic",
            "users are sent to another primary region, which has other data",
            &[detected],
            &[],
            ttl,
        );
        (recovery.steps, recovery.outage) = plan.done(case.seed);
    }
    for store in case.region.stores().values() {
        let refills = matches!(store.kind(), StoreKind::Cache(_));
        let written = match store.kind() {
            StoreKind::Database(spec) => spec.writer.as_ref().is_some_and(|writer| writer != case.region.name()),
            _ => false,
        };
        if written {
            recovery.losses.push(elsewhere(store, None));
            continue;
        }
        let (name, path) = (store.name().clone(), store.path());
        recovery.losses.push(Loss { store: name, path, mechanism: "none", lost: None, rpo: None, refills });
    }
    let data = recovery.losses.iter().any(|loss| loss.lost.is_none() && !loss.refills);
    if data {
        // An answer without their data is not what users had before.
        recovery.outage = None;
    }
    let rest = match (steered, data) {
        (true, true) => "its users are sent to another region, and their data stays lost until it is back",
        (true, false) => "its users are sent to another region",
        (false, _) => "nothing serves until it is back",
    };
    if data || !steered {
        recovery.blocked.push(format!("no standby region protects {}: {rest}", case.region.name()));
    }
}
