//! Pods and nodes as Kubernetes writes them, as far as the scheduler looks at them. What isn't known is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use waard_forecast::placement::{
    Amounts, Bound, Claim, Compare, Container, Effect, InitContainer, Labels, Node, NodeTerm, Operator, Pod, PodTerm,
    Port, Protocol, Requirement, Resource, Selector, Spread, StorageClass, Taint, Toleration, Volume, Wants,
};

type Quantities = BTreeMap<String, String>;

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct NodeFile {
    labels: Labels,
    taints: Vec<String>,
    unschedulable: bool,
    allocatable: Quantities,
    attach_limits: BTreeMap<String, u32>,
    /// Names of pods of the file, of which one is on the node, or `name*3` for three.
    pub(crate) pods: Vec<String>,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct PodFile {
    namespace: String,
    labels: Labels,
    containers: Vec<ContainerFile>,
    init_containers: Vec<ContainerFile>,
    resources: ResourcesFile,
    overhead: Quantities,
    host_network: bool,
    node_selector: Labels,
    node_affinity: Option<Vec<TermFile>>,
    tolerations: Vec<TolerationFile>,
    topology_spread_constraints: Vec<SpreadFile>,
    pod_affinity: Vec<PodTermFile>,
    pod_anti_affinity: Vec<PodTermFile>,
    volumes: Vec<VolumeFile>,
    deleting: bool,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct ContainerFile {
    requests: Quantities,
    limits: Quantities,
    ports: Vec<PortFile>,
    restart_policy: Option<Always>,
}

#[derive(Deserialize, Clone, Copy)]
enum Always {
    Always,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct ResourcesFile {
    requests: Quantities,
    limits: Quantities,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PortFile {
    container_port: u16,
    host_port: Option<u16>,
    #[serde(rename = "hostIP")]
    host_ip: Option<std::net::IpAddr>,
    protocol: Option<ProtocolFile>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
enum ProtocolFile {
    Tcp,
    Udp,
    Sctp,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct TermFile {
    match_expressions: Vec<RequirementFile>,
    match_fields: Vec<RequirementFile>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    key: String,
    operator: OperatorFile,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
enum OperatorFile {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Gt,
    Lt,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct SelectorFile {
    match_labels: Labels,
    match_expressions: Vec<RequirementFile>,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct TolerationFile {
    key: String,
    operator: CompareFile,
    value: String,
    effect: Option<EffectFile>,
}

#[derive(Deserialize, Clone, Copy, Default)]
enum CompareFile {
    #[default]
    Equal,
    Exists,
    Lt,
    Gt,
}

#[derive(Deserialize, Clone, Copy)]
enum EffectFile {
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SpreadFile {
    max_skew: u32,
    topology_key: String,
    when_unsatisfiable: Unsatisfiable,
    label_selector: Option<SelectorFile>,
    #[serde(default)]
    match_label_keys: Vec<String>,
    min_domains: Option<u32>,
    node_affinity_policy: Option<Policy>,
    node_taints_policy: Option<Policy>,
}

#[derive(Deserialize, Clone, Copy)]
enum Unsatisfiable {
    DoNotSchedule,
    ScheduleAnyway,
}

#[derive(Deserialize, Clone, Copy)]
enum Policy {
    Honor,
    Ignore,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PodTermFile {
    topology_key: String,
    label_selector: Option<SelectorFile>,
    #[serde(default)]
    namespaces: Vec<String>,
    namespace_selector: Option<SelectorFile>,
    #[serde(default)]
    match_label_keys: Vec<String>,
    #[serde(default)]
    mismatch_label_keys: Vec<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct VolumeFile {
    claim: String,
    state: StateFile,
    #[serde(default)]
    driver: String,
    #[serde(default)]
    handle: String,
    node_affinity: Option<Vec<TermFile>>,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    class: String,
    #[serde(default)]
    binding: BindingFile,
    #[serde(default)]
    allowed_topologies: Vec<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    read_write_once_pod: bool,
}

#[derive(Deserialize, Clone, Copy)]
enum StateFile {
    Missing,
    Bound,
    Unbound,
    Ephemeral,
}

#[derive(Deserialize, Clone, Copy, Default)]
enum BindingFile {
    Immediate,
    #[default]
    WaitForFirstConsumer,
}

/// An amount as Kubernetes writes it: of CPU in thousandths, of everything else whole.
fn amounts(quantities: &Quantities) -> Amounts {
    let read = |(name, text): (&String, &String)| {
        let resource = Resource::named(name);
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: u64 = digits.parse().unwrap_or_else(|_| panic!("{text} is no amount"));
        let factor = match (&resource, &text[digits.len()..]) {
            (Resource::Cpu, "") => 1000,
            (Resource::Cpu, "m") | (_, "") => 1,
            (_, "Ki") => 1 << 10,
            (_, "Mi") => 1 << 20,
            (_, "Gi") => 1 << 30,
            _ => panic!("{text} is no amount of {name}"),
        };
        (resource, number * factor)
    };
    quantities.iter().map(read).collect()
}

impl RequirementFile {
    fn read(&self) -> Requirement {
        let operator = match self.operator {
            OperatorFile::In => Operator::In,
            OperatorFile::NotIn => Operator::NotIn,
            OperatorFile::Exists => Operator::Exists,
            OperatorFile::DoesNotExist => Operator::DoesNotExist,
            OperatorFile::Gt => Operator::Gt,
            OperatorFile::Lt => Operator::Lt,
        };
        Requirement { key: self.key.clone(), operator, values: self.values.clone() }
    }
}

impl SelectorFile {
    fn read(&self) -> Selector {
        let labels = self.match_labels.iter().map(|(key, value)| Requirement::among(key, [value.clone()]));
        Selector(labels.chain(self.match_expressions.iter().map(RequirementFile::read)).collect())
    }
}

fn terms(terms: &[TermFile]) -> Vec<NodeTerm> {
    let all = |requirements: &[RequirementFile]| requirements.iter().map(RequirementFile::read).collect();
    terms
        .iter()
        .map(|term| NodeTerm { labels: all(&term.match_expressions), fields: all(&term.match_fields) })
        .collect()
}

const fn effect(effect: EffectFile) -> Effect {
    match effect {
        EffectFile::NoSchedule => Effect::NoSchedule,
        EffectFile::PreferNoSchedule => Effect::PreferNoSchedule,
        EffectFile::NoExecute => Effect::NoExecute,
    }
}

/// A taint as `kubectl taint` takes it: `key=value:effect` or `key:effect`.
fn taint(text: &str) -> Taint {
    let (head, name) = text.rsplit_once(':').unwrap();
    let (key, value) = head.split_once('=').unwrap_or((head, ""));
    let effect = match name {
        "NoSchedule" => Effect::NoSchedule,
        "PreferNoSchedule" => Effect::PreferNoSchedule,
        "NoExecute" => Effect::NoExecute,
        _ => panic!("{name} is no effect"),
    };
    Taint { key: key.to_owned(), value: value.to_owned(), effect }
}

impl ContainerFile {
    fn read(&self) -> Container {
        let port = |port: &PortFile| Port {
            container: port.container_port,
            host: port.host_port,
            address: port.host_ip,
            protocol: match port.protocol.unwrap_or(ProtocolFile::Tcp) {
                ProtocolFile::Tcp => Protocol::Tcp,
                ProtocolFile::Udp => Protocol::Udp,
                ProtocolFile::Sctp => Protocol::Sctp,
            },
        };
        Container {
            wants: Wants { requests: amounts(&self.requests), limits: amounts(&self.limits) },
            ports: self.ports.iter().map(port).collect(),
        }
    }
}

impl SpreadFile {
    fn read(&self) -> Spread {
        Spread {
            max_skew: self.max_skew,
            key: self.topology_key.clone(),
            hard: matches!(self.when_unsatisfiable, Unsatisfiable::DoNotSchedule),
            selector: self.label_selector.as_ref().map(SelectorFile::read),
            match_label_keys: self.match_label_keys.clone(),
            min_domains: self.min_domains,
            honors_affinity: matches!(self.node_affinity_policy.unwrap_or(Policy::Honor), Policy::Honor),
            honors_taints: matches!(self.node_taints_policy.unwrap_or(Policy::Ignore), Policy::Honor),
        }
    }
}

impl PodTermFile {
    fn read(&self) -> PodTerm {
        PodTerm {
            selector: self.label_selector.as_ref().map(SelectorFile::read),
            match_label_keys: self.match_label_keys.clone(),
            mismatch_label_keys: self.mismatch_label_keys.clone(),
            namespaces: self.namespaces.clone(),
            namespace_selector: self.namespace_selector.as_ref().map(SelectorFile::read),
            key: self.topology_key.clone(),
        }
    }
}

impl VolumeFile {
    fn read(&self) -> Volume {
        let class = || StorageClass {
            name: self.class.clone(),
            driver: self.driver.clone(),
            waits: matches!(self.binding, BindingFile::WaitForFirstConsumer),
            allowed: self.allowed_topologies.clone(),
        };
        let state = match self.state {
            StateFile::Missing => Claim::Missing,
            StateFile::Unbound => Claim::Unbound(class()),
            StateFile::Ephemeral => Claim::Ephemeral(class()),
            StateFile::Bound => Claim::Bound(Bound {
                driver: self.driver.clone(),
                handle: self.handle.clone(),
                nodes: self.node_affinity.as_deref().map(terms),
                labels: self.labels.clone(),
            }),
        };
        Volume { claim: self.claim.clone(), state, one_pod: self.read_write_once_pod }
    }
}

impl PodFile {
    pub(crate) fn read(&self, name: &str) -> Pod {
        let namespace = if self.namespace.is_empty() { "default" } else { &self.namespace };
        let init = |container: &ContainerFile| InitContainer {
            container: container.read(),
            stays: matches!(container.restart_policy, Some(Always::Always)),
        };
        let toleration = |toleration: &TolerationFile| Toleration {
            key: toleration.key.clone(),
            compare: match toleration.operator {
                CompareFile::Equal => Compare::Equal,
                CompareFile::Exists => Compare::Exists,
                CompareFile::Lt => Compare::Lt,
                CompareFile::Gt => Compare::Gt,
            },
            value: toleration.value.clone(),
            effect: toleration.effect.map(effect),
        };
        Pod {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            labels: self.labels.clone(),
            priority: 0,
            containers: self.containers.iter().map(ContainerFile::read).collect(),
            init: self.init_containers.iter().map(init).collect(),
            whole: Wants { requests: amounts(&self.resources.requests), limits: amounts(&self.resources.limits) },
            overhead: amounts(&self.overhead),
            host_network: self.host_network,
            node_selector: self.node_selector.clone(),
            node_affinity: self.node_affinity.as_deref().map(terms),
            tolerations: self.tolerations.iter().map(toleration).collect(),
            spread: self.topology_spread_constraints.iter().map(SpreadFile::read).collect(),
            near: self.pod_affinity.iter().map(PodTermFile::read).collect(),
            apart: self.pod_anti_affinity.iter().map(PodTermFile::read).collect(),
            volumes: self.volumes.iter().map(VolumeFile::read).collect(),
            leaving: self.deleting,
        }
    }
}

impl NodeFile {
    /// A node: where nothing else is said, with 4 cores, 16 GiB and room for 110 pods. Its host name is its name.
    pub(crate) fn read(&self, name: &str) -> Node {
        let mut allocatable = self.allocatable.clone();
        let pods = allocatable.remove("pods").map_or(110, |pods| pods.parse().unwrap());
        for (resource, amount) in [("cpu", "4"), ("memory", "16Gi")] {
            allocatable.entry(resource.to_owned()).or_insert_with(|| amount.to_owned());
        }
        let mut labels = self.labels.clone();
        labels.insert("kubernetes.io/hostname".to_owned(), name.to_owned());
        Node {
            name: name.to_owned(),
            labels,
            taints: self.taints.iter().map(|text| taint(text)).collect(),
            unschedulable: self.unschedulable,
            allocatable: amounts(&allocatable),
            pods,
            attach_limits: self.attach_limits.clone(),
        }
    }
}
