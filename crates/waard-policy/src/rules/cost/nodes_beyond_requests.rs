//! See its page.

use waard_catalog::Instance;
use waard_model::path::Segment;
use waard_model::topology::Region;

use crate::cluster::{Cluster, Fit, GroupKind, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Placed;
use crate::quantity::Quantity;
use crate::rule::{Check, Parameter, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "cost/nodes-beyond-requests",
    looks_at: "clusters whose nodes and requests are known",
    page: include_str!("nodes_beyond_requests.md"),
    parameters: &[Parameter {
        name: "percent",
        default: 20,
        help: "the smallest share of the nodes' cpu or memory that pods must request",
    }],
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Requests against what the nodes that always run can give, group by group.
fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    const MIB: i128 = 1 << 20;
    let catalog = context.catalog();
    let workloads: Vec<Workload<'_>> = cluster
        .workloads()
        .filter(|workload| {
            !matches!(workload.kind, WorkloadKind::DaemonSet | WorkloadKind::Job | WorkloadKind::CronJob)
        })
        .collect();
    let percent = i128::from(context.parameter("percent"));
    let serving = once_it_serves(context, cluster);
    for group in cluster.nodes().groups.iter().filter(|group| group.kind != GroupKind::Karpenter) {
        let keeps = i128::from(group.min.max(group.desired).unwrap_or(0));
        // Two nodes are there for their zones, and so is one in each zone.
        let for_zones = i128::try_from(group.zones.len()).unwrap_or_default().max(2);
        let fits: Vec<Workload<'_>> = workloads
            .iter()
            .copied()
            .filter(|workload| !matches!(group.takes(*workload, catalog, cluster.region()), Fit::No(_)))
            .collect();
        if keeps <= for_zones || fits.is_empty() {
            continue;
        }
        findings.looked_at_one();
        // Pods of operators and charts are not counted in what follows.
        let foreign = cluster.objects().iter().any(|object| {
            matches!(
                object.group(),
                "helm.toolkit.fluxcd.io"
                    | "argoproj.io"
                    | "kafka.strimzi.io"
                    | "postgresql.cnpg.io"
                    | "monitoring.coreos.com"
            )
        });
        if foreign && group.taints.is_empty() {
            findings.unknown(group.place, "operators or charts may bring pods for it");
            continue;
        }
        let instances: Option<Vec<&Instance>> = group.instances.iter().map(|name| catalog.instance(name)).collect();
        let Some(smallest) = instances.and_then(|all| all.into_iter().min_by_key(|one| (one.vcpu, one.memory_mib)))
        else {
            findings.unknown(group.place, "the size of its nodes is not known");
            continue;
        };
        let has = smallest.allocatable(smallest.max_pods_managed());
        let mut asked = (0_i128, 0_i128);
        for workload in &fits {
            let of_serving = serving.as_ref().and_then(|region| least_of(context, region, *workload));
            let pods = i128::from(pods(cluster, *workload).max(of_serving.unwrap_or_default()));
            let cpu = workload.requests("cpu").plus(proxy(cluster, *workload, "proxyCPU", PROXY_CPU));
            let memory = workload.requests("memory").plus(proxy(cluster, *workload, "proxyMemory", PROXY_MEMORY));
            asked.0 = asked.0.saturating_add(cpu.millis().saturating_mul(pods));
            asked.1 = asked.1.saturating_add(memory.ceil().div_euclid(MIB).saturating_mul(pods));
        }
        let (cpu, memory) = (i128::from(has.cpu_millis) * keeps, i128::from(has.memory_mib) * keeps);
        let share = |asked: i128, has: i128| asked.saturating_mul(100).checked_div(has).unwrap_or(100);
        let (cpu_share, memory_share) = (share(asked.0, cpu), share(asked.1, memory));
        if cpu_share < percent && memory_share < percent {
            let need = (asked.0.div_euclid(i128::from(has.cpu_millis).max(1)) + 1)
                .max(asked.1.div_euclid(i128::from(has.memory_mib).max(1)) + 1);
            findings
                .report(
                    group.place,
                    format!("node group `{}` keeps {keeps} nodes, and its pods request {cpu_share} % of their cpu and {memory_share} % of their memory{}", group.name, if serving.is_some() { ", even once it has taken over" } else { "" }),
                )
                .counterexample(format!("{}m of {cpu}m cpu, {}Mi of {memory}Mi memory: {need} of {} would hold them", asked.0, asked.1, smallest.name))
                .help("lower the group's smallest and desired size, take a smaller type, or correct the requests");
        }
    }
}

/// What a sidecar of Istio asks for where its pod doesn't say it.
/// Source: istio/istio `manifests/charts/istio-control/istio-discovery/values.yaml`, `global.proxy.resources`.
const PROXY_CPU: &str = "100m";
const PROXY_MEMORY: &str = "128Mi";

/// What the sidecar that Istio puts into the pods asks for.
/// Source: istio.io, "Resource Annotations", `sidecar.istio.io/proxyCPU` and `sidecar.istio.io/proxyMemory`.
fn proxy(cluster: &Cluster, workload: Workload<'_>, key: &str, default: &str) -> Quantity {
    if !cluster.has_sidecar(workload) {
        return Quantity::ZERO;
    }
    let written = workload.pod_annotation(&format!("sidecar.istio.io/{key}"));
    Quantity::parse(written.unwrap_or(default)).unwrap_or_default()
}

/// The region of a topology whose cluster it is, as it will be once it has taken over, if it stands by: its nodes wait
/// for that load.
fn once_it_serves(context: &Context<'_>, cluster: &Cluster) -> Option<Region> {
    let mut topologies = context.platform().topologies().iter().filter_map(|file| file.topology());
    topologies.find_map(|topology| {
        let mut regions = topology.regions();
        let (environment, region) = regions.find(|(_, region)| region.cluster().name() == cluster.name())?;
        environment.after_failover(region)
    })
}

/// The fewest pods that a workload has in a region, if it was generated from a topology.
fn least_of(context: &Context<'_>, region: &Region, workload: Workload<'_>) -> Option<i64> {
    let (_, origin) = context.platform().subject(workload.object.place());
    match origin?.segments() {
        [Segment::Key(of), Segment::Key(name)] if **of == *"workloads" => {
            let found = region.workloads().values().find(|workload| workload.name().as_str() == &**name)?;
            Some(found.scale().min().into())
        }
        _ => None,
    }
}

/// The fewest pods that always run.
fn pods(cluster: &Cluster, workload: Workload<'_>) -> i64 {
    let scaler = cluster.autoscaler_of(workload);
    let least = scaler.map(|scaler| scaler.int_at("spec.minReplicas").unwrap_or(1));
    least.or_else(|| workload.replicas()).unwrap_or(1)
}
