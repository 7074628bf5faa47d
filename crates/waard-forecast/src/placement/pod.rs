//! Pods, as far as the scheduler looks at them.

use std::net::IpAddr;

use super::amount::Amounts;
use super::selector::{Labels, NodeTerm, Selector};
use super::taint::Toleration;
use super::volume::Volume;

/// A pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Its name, unique in its namespace.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its labels.
    pub labels: Labels,
    /// The higher, the earlier it is scheduled.
    pub priority: i32,
    /// Containers that run together.
    pub containers: Vec<Container>,
    /// Containers that run before them, in order.
    pub init: Vec<InitContainer>,
    /// What the pod as a whole gets.
    pub whole: Wants,
    /// What running it takes beside its containers, as its runtime class says.
    pub overhead: Amounts,
    /// True if it uses the node's own network: every port of a container then is one of the node.
    pub host_network: bool,
    /// Labels that its node must have.
    pub node_selector: Labels,
    /// The required node affinity: one of these terms. `None` if it has none; an empty list matches no node.
    pub node_affinity: Option<Vec<NodeTerm>>,
    /// What it tolerates.
    pub tolerations: Vec<Toleration>,
    /// How it is spread.
    pub spread: Vec<Spread>,
    /// Pods that it must stand beside.
    pub near: Vec<PodTerm>,
    /// Pods that it must not stand beside.
    pub apart: Vec<PodTerm>,
    /// Its volumes that have a claim.
    pub volumes: Vec<Volume>,
    /// True if it is being deleted: it still takes room, but isn't counted when pods are spread.
    pub leaving: bool,
}

/// What a container or a pod requests, and the most that it gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Requests.
    pub requests: Amounts,
    /// Limits. A resource of a container with a limit and no request is requested as much.
    pub limits: Amounts,
}

/// A container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// What it gets.
    pub wants: Wants,
    /// Its ports.
    pub ports: Vec<Port>,
}

/// A container that runs before the main ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitContainer {
    /// What it is otherwise.
    pub container: Container,
    /// True if it goes on beside the main containers: a sidecar, `restartPolicy: Always`.
    pub stays: bool,
}

/// A port of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// The container's port.
    pub container: u16,
    /// The port of the node that leads to it.
    pub host: Option<u16>,
    /// The address of the node that it is bound to; all of them if `None`.
    pub address: Option<IpAddr>,
    /// TCP, UDP or SCTP.
    pub protocol: Protocol,
}

/// A protocol with ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// TCP, which a port that says nothing has.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// As Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

/// A topology spread constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// How many more pods a domain may have than the one with the fewest. At least 1.
    pub max_skew: u32,
    /// The label whose values are the domains.
    pub key: String,
    /// True for `DoNotSchedule`: a pod that would break it waits.
    pub hard: bool,
    /// Which pods of the namespace are counted; none if `None`.
    pub selector: Option<Selector>,
    /// Labels whose value must be the pod's own, beside the selector. What the pod doesn't have, doesn't count.
    pub match_label_keys: Vec<String>,
    /// With fewer domains than these, the fewest pods count as none. `None` is 1.
    pub min_domains: Option<u32>,
    /// True for `Honor`, the default: only nodes that the node selector and affinity of the pod match are counted.
    pub honors_affinity: bool,
    /// True for `Honor`; the default is `Ignore`: only nodes whose taints the pod tolerates are counted.
    pub honors_taints: bool,
}

/// A required term of a pod affinity or anti-affinity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodTerm {
    /// Which pods it speaks of; none if `None`.
    pub selector: Option<Selector>,
    /// Labels whose value must be the pod's own, beside the selector.
    pub match_label_keys: Vec<String>,
    /// Labels whose value must not be the pod's own, beside the selector.
    pub mismatch_label_keys: Vec<String>,
    /// Namespaces of those pods.
    pub namespaces: Vec<String>,
    /// Further namespaces by their labels; an empty one is every namespace.
    /// Without this and without `namespaces`, it is the pod's own.
    pub namespace_selector: Option<Selector>,
    /// Nodes with the same value of this label are one place.
    pub key: String,
}

impl Pod {
    /// The ports of the node that it takes, of containers that run as long as it does.
    /// Sources: kubernetes/kubernetes `pkg/scheduler/util/utils.go`, `GetHostPorts`, and
    /// `pkg/apis/core/v1/defaults.go`, `defaultHostNetworkPorts`.
    pub(super) fn host_ports(&self) -> Vec<(u16, Port)> {
        let sidecars = self.init.iter().filter(|init| init.stays).map(|init| &init.container);
        let ports = sidecars.chain(&self.containers).flat_map(|container| &container.ports);
        let host = |port: &Port| port.host.or(self.host_network.then_some(port.container));
        ports.filter_map(|port| Some((host(port)?, *port))).collect()
    }
}

impl Port {
    /// Whether two ports of a node, the same by number, can't be had by two pods.
    /// Source: kubernetes/kube-scheduler `framework/types.go`, `HostPortInfo.CheckConflict`.
    pub(super) fn is_in_the_way(&self, other: &Self) -> bool {
        let every =
            |address: Option<IpAddr>| address.is_none_or(|address| address.is_unspecified() && address.is_ipv4());
        self.protocol == other.protocol
            && (every(self.address) || every(other.address) || self.address == other.address)
    }
}
