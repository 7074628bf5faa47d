//! What the values of many charts have in common.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Capabilities, EnvVar, PodSecurityContext, SeccompProfile, SecurityContext, TopologySpreadConstraint,
};
use serde::Serialize;
use waard_catalog::{Installed, Pods, Release, catalog};

use crate::labels::selects;

/// The class of what a cluster can't do without. It exists in every cluster.
/// Source: Kubernetes documentation, "Guaranteed Scheduling For Critical Add-On Pods".
pub(super) const CRITICAL: &str = "system-cluster-critical";

/// Requests, and a limit of memory that is no more than the request.
#[derive(Clone, Serialize)]
pub(super) struct Resources {
    requests: Amounts,
    limits: Memory,
}

#[derive(Clone, Serialize)]
struct Amounts {
    cpu: String,
    memory: String,
}

#[derive(Clone, Serialize)]
struct Memory {
    memory: String,
}

impl Resources {
    /// Of a container that the topology sizes.
    pub(super) fn new(cpu_millis: u32, memory_mib: u32) -> Self {
        let memory = format!("{memory_mib}Mi");
        Self { requests: Amounts { cpu: format!("{cpu_millis}m"), memory: memory.clone() }, limits: Memory { memory } }
    }

    /// Of a container, as the catalog has it.
    pub(super) fn of(component: &str, workload: &str, container: &str) -> Self {
        let found = catalog().containers(component, workload).find(|row| row.name == container);
        found.map_or_else(|| Self::new(0, 0), |row| Self::new(row.cpu_millis, row.memory_mib))
    }
}

/// The pods of a workload of what is installed.
pub(super) fn pods<'i>(installed: &'i Installed, workload: &str) -> Option<&'i Pods> {
    installed.pods.iter().find(|pods| pods.workload == workload)
}

/// How many pods a workload has, at least.
pub(super) fn replicas(installed: &Installed, workload: &str) -> u32 {
    pods(installed, workload).map_or(1, |pods| pods.min)
}

/// An image's tag, where the chart would install another release.
#[derive(Serialize)]
pub(super) struct Image {
    tag: String,
}

impl Image {
    /// The tag of a release that its chart doesn't install by itself.
    pub(super) fn of(installed: &Installed) -> Option<Self> {
        let (_, release) = installed.by.component()?;
        let (_, tag) = release.image.as_deref().filter(|_| Release::needs_image_tag(release))?.rsplit_once(':')?;
        Some(Self { tag: tag.to_owned() })
    }
}

/// `create` and `name` of a service account.
#[derive(Serialize)]
pub(super) struct Account {
    create: bool,
    name: &'static str,
}

/// A service account of a name by which EKS knows its identity. It needs no annotation.
pub(super) const fn account(name: &'static str) -> Account {
    Account { create: true, name }
}

/// Something with nothing but a name.
#[derive(Serialize)]
pub(super) struct Named {
    pub(super) name: &'static str,
}

/// Something that is on or off.
#[derive(Serialize)]
pub(super) struct Enabled {
    pub(super) enabled: bool,
}

/// On.
pub(super) const ON: Enabled = Enabled { enabled: true };
/// Off.
pub(super) const OFF: Enabled = Enabled { enabled: false };

/// One pod may be away.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneMayGo {
    max_unavailable: u8,
}

/// A budget of a pod at a time.
pub(super) const ONE_MAY_GO: OneMayGo = OneMayGo { max_unavailable: 1 };

/// A budget that has to be switched on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Budget {
    enabled: bool,
    min_available: u8,
}

/// A budget of one pod that stays, of the two that there are.
pub(super) const ONE_STAYS: Budget = Budget { enabled: true, min_available: 1 };

/// Spread over zones and nodes, where that is possible: a cluster may be small when it starts.
pub(super) fn spread<const N: usize>(labels: [(&str, &str); N]) -> Vec<TopologySpreadConstraint> {
    ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        .map(|key| TopologySpreadConstraint {
            label_selector: Some(selects(labels)),
            max_skew: 1,
            topology_key: key.to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            ..TopologySpreadConstraint::default()
        })
        .into()
}

/// The same by the labels that Helm charts give by convention.
pub(super) fn spread_release(name: &str, release: &str) -> Vec<TopologySpreadConstraint> {
    spread([("app.kubernetes.io/instance", release), ("app.kubernetes.io/name", name)])
}

/// The container runtime's own filter of system calls.
pub(super) fn seccomp() -> SeccompProfile {
    SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }
}

/// A pod of the restricted level.
pub(super) fn pod_security() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        seccomp_profile: Some(seccomp()),
        ..PodSecurityContext::default()
    }
}

/// A container of the restricted level, with a root file system that is only read.
pub(super) fn container_security() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
        read_only_root_filesystem: Some(true),
        run_as_non_root: Some(true),
        seccomp_profile: Some(seccomp()),
        ..SecurityContext::default()
    }
}

/// The region, for what asks AWS: nodes don't tell it to pods.
pub(super) fn region(region: &str) -> Vec<EnvVar> {
    vec![EnvVar { name: "AWS_REGION".to_owned(), value: Some(region.to_owned()), ..EnvVar::default() }]
}

/// Tags, labels or variables.
pub(super) type Map = BTreeMap<&'static str, String>;
