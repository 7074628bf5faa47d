//! What stands in front, ingress, mesh, observability and cost.

use std::collections::BTreeMap;

use super::dice::{Dice, all, v};
use super::workload::Workloads;
use super::{Platform, WorkloadName, text};
use crate::name::HeaderName;
use crate::quantity::{Duration, Percent};
use crate::spec::{
    AlertsSpec, BalancingAlgorithm, BehaviourSpec, CertificatesSpec, CommitmentKind, CommitmentSpec, CommitmentTerm,
    CostSpec, DataSpec, DnsHealthSpec, DnsSpec, EdgeSpec, EntryPath, IngressHealthSpec, IngressSpec, ManagedRules,
    MeshGatewaySpec, MeshKind, MeshSpec, MetricsSpec, MutualTls, NeverCacheSpec, ObservabilitySpec, Payment,
    PriceClass, ProxySpec, Shield, WafSpec, WorkKind,
};

pub(super) fn ingress(dice: &mut Dice<'_>, platform: &Platform) -> IngressSpec {
    let ways: &[Option<EntryPath>] = if platform.mesh {
        &[None, Some(EntryPath::Mesh), Some(EntryPath::Direct)]
    } else {
        &[None, Some(EntryPath::Direct)]
    };
    IngressSpec {
        via: *dice.choose(ways),
        health: if dice.chance(30) {
            IngressHealthSpec {
                interval: v("15s"),
                timeout: v("2s"),
                healthy: *dice.choose(&[2, 10]),
                unhealthy: *dice.choose(&[2, 10]),
            }
        } else {
            IngressHealthSpec::default()
        },
        algorithm: *dice.choose(BalancingAlgorithm::ALL),
        deregistration: v(dice.pick(&["30s", "5s", "2m"])),
        idle_timeout: v(dice.pick(&["60s", "5s", "4000s"])),
        access_logs: !dice.chance(30),
        ..IngressSpec::default()
    }
}

pub(super) fn mesh(dice: &mut Dice<'_>, platform: &Platform) -> Option<MeshSpec> {
    platform.mesh.then(|| MeshSpec {
        kind: MeshKind::Istio,
        mtls: *dice.choose(MutualTls::ALL),
        proxy: if dice.chance(30) { ProxySpec { cpu: v("10m"), memory: v("64Mi") } } else { ProxySpec::default() },
        gateway: if dice.chance(30) {
            MeshGatewaySpec { replicas: v("3..5"), cpu: v("250m"), memory: v("256Mi") }
        } else {
            MeshGatewaySpec::default()
        },
    })
}

fn headers(dice: &mut Dice<'_>) -> Vec<HeaderName> {
    all(&dice.some_of(&["accept", "accept-language", "x-on", "y"], 0, 2).into_iter().copied().collect::<Vec<_>>())
}

fn behaviours(dice: &mut Dice<'_>, exposed: &[&WorkloadName]) -> Vec<BehaviourSpec> {
    if exposed.is_empty() {
        return Vec::new();
    }
    let mut made = Vec::new();
    let mut paths =
        dice.some_of(&["/static/*", "/v1/market-data/*", "/index.html", "/*.css", "/a?c", "/~me/1.10"], 0, 4);
    if dice.chance(20) {
        paths.push(&"/*");
    }
    for path in paths {
        let ttl: Option<Duration> = dice.some(60, |d| v(d.pick(&["5s", "365d", "1h"])));
        made.push(BehaviourSpec {
            path: v(path),
            to: (*dice.choose(exposed)).clone(),
            ttl,
            immutable: ttl.is_some() && dice.chance(40),
            vary_by: headers(dice),
            content: dice.some(40, text::line),
        });
    }
    made
}

pub(super) fn edge(dice: &mut Dice<'_>, platform: &Platform, workloads: &Workloads) -> Option<EdgeSpec> {
    let steering = platform.steering?;
    let exposed: Vec<&WorkloadName> =
        workloads.iter().filter(|(_, planned)| !planned.spec.exposed.is_empty()).map(|(name, _)| name).collect();
    Some(EdgeSpec {
        shield: *dice.choose(Shield::ALL),
        price_class: *dice.choose(PriceClass::ALL),
        behaviours: behaviours(dice, &exposed),
        never_cache: if dice.chance(50) {
            NeverCacheSpec { headers: headers(dice), paths: all(&["/v1/account", "/on"]) }
        } else {
            NeverCacheSpec::default()
        },
        waf: WafSpec {
            managed_rules: dice.some_of(ManagedRules::ALL, 0, 5).into_iter().copied().collect(),
            rate_limit: dice.some(50, |d| v(d.pick(&["2000/5m", "10/minute", "100000/10m"]))),
        },
        certificates: CertificatesSpec { warn_before: v(dice.pick(&["21d", "30d"])) },
        dns: DnsSpec {
            steering,
            health_check: DnsHealthSpec {
                path: dice.some(40, |_| v("/health")),
                interval: v(dice.pick(&["10s", "30s"])),
                failures: *dice.choose(&[3, 1, 10]),
            },
            failover: !dice.chance(30),
            ttl: v(dice.pick(&["60s", "1s", "2d"])),
        },
    })
}

pub(super) fn observability(dice: &mut Dice<'_>) -> ObservabilitySpec {
    if dice.chance(60) {
        return ObservabilitySpec::default();
    }
    ObservabilitySpec {
        metrics: MetricsSpec {
            namespace: v(dice.pick(&["monitoring", "null"])),
            interval: v(dice.pick(&["15s", "1m"])),
            retention: v(dice.pick(&["15d", "36h"])),
        },
        alerts: AlertsSpec {
            error_budget: dice.chance(50),
            latency_of_change: dice.chance(50),
            replication_lag: v(dice.pick(&["50%", "12.5%"])),
        },
        log_retention: v(dice.pick(&["30d", "1d", "3653d"])),
    }
}

pub(super) fn cost(dice: &mut Dice<'_>, data: &DataSpec) -> CostSpec {
    let kinds = dice.some_of(&[WorkKind::Serving, WorkKind::Batch, WorkKind::Training], 0, 3);
    let spot: BTreeMap<WorkKind, Percent> =
        kinds.into_iter().map(|kind| (*kind, v(dice.pick(&["80%", "0.5%", "100%"])))).collect();
    let mut possible = vec![CommitmentKind::Compute];
    possible.extend((!data.databases.is_empty()).then_some(CommitmentKind::Database));
    possible.extend((!data.caches.is_empty()).then_some(CommitmentKind::Cache));
    let mut commitments = BTreeMap::new();
    for kind in dice.some_of(&possible, 0, 3) {
        let commitment = CommitmentSpec {
            share: v(dice.pick(&["100%", "60%"])),
            term: *dice.choose(CommitmentTerm::ALL),
            payment: *dice.choose(Payment::ALL),
        };
        let payment = match (kind, commitment.term, commitment.payment) {
            (CommitmentKind::Database, CommitmentTerm::ThreeYears, Payment::NoUpfront) => Payment::AllUpfront,
            (_, _, payment) => payment,
        };
        commitments.insert(*kind, CommitmentSpec { payment, ..commitment });
    }
    CostSpec { spot, commitments, budget: dice.some(40, |d| v(d.pick(&["35000 USD/month", "0.01 USD/month"]))) }
}
