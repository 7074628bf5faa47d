//! What makes pods: built-in workloads, their pods and containers.

use super::object::Object;
use crate::place::{Place, Placed};
use crate::quantity::Quantity;
use crate::yaml::{Entry, Node};

/// An object that makes pods, or a pod.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'p> {
    /// The object.
    pub object: &'p Object,
    /// Which kind.
    pub kind: WorkloadKind,
    template: &'p Node,
}

/// The kinds that make pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they are Kubernetes' own names")]
pub enum WorkloadKind {
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    Job,
    CronJob,
    Pod,
}

/// A container of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Container<'p> {
    /// The workload.
    pub workload: Workload<'p>,
    /// The container as it is written.
    pub node: &'p Node,
    /// When it runs.
    pub role: Role,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Before the others, and ends.
    Init,
    /// Starts with the init containers and runs as long as the pod (`restartPolicy: Always`).
    Sidecar,
    /// As long as the pod.
    Main,
    /// Added for debugging.
    Ephemeral,
}

impl Placed for Workload<'_> {
    fn place(&self) -> Place {
        self.object.place()
    }
}

impl Placed for Container<'_> {
    fn place(&self) -> Place {
        self.node.get("name").map_or_else(|| self.node.place(), Placed::place)
    }
}

impl<'p> Workload<'p> {
    /// `None` for objects that make no pods by themselves.
    pub(crate) fn of(object: &'p Object) -> Option<Self> {
        let (kind, path) = match (object.group(), object.kind()) {
            ("apps" | "extensions", "Deployment") => (WorkloadKind::Deployment, "spec.template"),
            ("apps", "StatefulSet") => (WorkloadKind::StatefulSet, "spec.template"),
            ("apps" | "extensions", "DaemonSet") => (WorkloadKind::DaemonSet, "spec.template"),
            ("apps" | "extensions", "ReplicaSet") => (WorkloadKind::ReplicaSet, "spec.template"),
            ("", "ReplicationController") => (WorkloadKind::ReplicationController, "spec.template"),
            ("batch", "Job") => (WorkloadKind::Job, "spec.template"),
            ("batch", "CronJob") => (WorkloadKind::CronJob, "spec.jobTemplate.spec.template"),
            ("", "Pod") => (WorkloadKind::Pod, ""),
            _ => return None,
        };
        let template = if path.is_empty() { object.node() } else { object.at(path)? };
        Some(Self { object, kind, template })
    }

    /// The pod template: `metadata` and `spec`.
    pub fn template(self) -> &'p Node {
        self.template
    }

    /// The spec of the pods.
    pub fn pod_spec(self) -> Option<&'p Node> {
        self.template.get("spec")
    }

    /// What stands at a path in the spec of the pods.
    pub fn pod_at(self, path: &str) -> Option<&'p Node> {
        self.pod_spec()?.at(path)
    }

    /// The items of a list in the spec of the pods.
    pub fn pod_list(self, path: &str) -> &'p [Node] {
        self.pod_spec().map_or(&[], |spec| spec.list(path))
    }

    /// The labels of the pods.
    pub fn pod_labels(self) -> &'p [Entry] {
        self.template.map("metadata.labels")
    }

    /// A label of the pods.
    pub fn pod_label(self, key: &str) -> Option<&'p str> {
        self.template.at("metadata.labels")?.get(key)?.text()
    }

    /// An annotation of the pods.
    pub fn pod_annotation(self, key: &str) -> Option<&'p str> {
        self.template.at("metadata.annotations")?.get(key)?.text()
    }

    /// The service account of the pods.
    pub fn service_account(self) -> &'p str {
        let name = self.pod_at("serviceAccountName").or_else(|| self.pod_at("serviceAccount"));
        name.and_then(Node::text).unwrap_or("default")
    }

    /// How many pods it is written to make, before any autoscaler; `None` if it is no number.
    /// Daemonsets make one on each node, and say 1 here.
    pub fn replicas(self) -> Option<i64> {
        let path = match self.kind {
            WorkloadKind::Job => "spec.parallelism",
            WorkloadKind::CronJob => "spec.jobTemplate.spec.parallelism",
            WorkloadKind::Pod | WorkloadKind::DaemonSet => return Some(1),
            _ => "spec.replicas",
        };
        self.object.at(path).map_or(Some(1), Node::as_int)
    }

    /// Every container, init containers first.
    pub fn containers(self) -> impl Iterator<Item = Container<'p>> {
        let with = move |node: &'p Node, role| Container { workload: self, node, role };
        let init = self.pod_list("initContainers").iter().map(move |node| {
            let role = if node.str_at("restartPolicy") == Some("Always") { Role::Sidecar } else { Role::Init };
            with(node, role)
        });
        let main = self.pod_list("containers").iter().map(move |node| with(node, Role::Main));
        let ephemeral = self.pod_list("ephemeralContainers").iter().map(move |node| with(node, Role::Ephemeral));
        init.chain(main).chain(ephemeral)
    }

    /// The containers that run as long as the pod.
    pub fn running(self) -> impl Iterator<Item = Container<'p>> {
        self.containers().filter(|container| matches!(container.role, Role::Main | Role::Sidecar))
    }

    /// The number of a port that a container names.
    pub fn port(self, name: &str) -> Option<i64> {
        let ports = self.running().flat_map(|container| container.node.list("ports"));
        ports
            .filter(|port| port.get("name").and_then(Node::text) == Some(name))
            .find_map(|port| port.int_at("containerPort"))
    }

    /// What the scheduler counts for a pod: `cpu`, `memory`, `nvidia.com/gpu`, …
    ///
    /// The most of what runs at once: all that run, or an init container with the sidecars that started before it, and
    /// the overhead. Source: Kubernetes, "Resource sharing within containers" of sidecar containers.
    pub fn requests(self, resource: &str) -> Quantity {
        let (mut sidecars, mut most) = (Quantity::ZERO, Quantity::ZERO);
        for container in self.containers() {
            let asked = container.request(resource).unwrap_or_default();
            match container.role {
                Role::Init => most = most.max(sidecars.plus(asked)),
                Role::Sidecar => {
                    sidecars = sidecars.plus(asked);
                    most = most.max(sidecars);
                }
                Role::Main | Role::Ephemeral => {}
            }
        }
        let main = self
            .pod_list("containers")
            .iter()
            .map(|node| Container { workload: self, node, role: Role::Main }.request(resource).unwrap_or_default());
        let running = main.fold(sidecars, Quantity::plus);
        let pod = self.pod_at("resources.requests").and_then(|map| map.get(resource)).and_then(Quantity::of);
        let overhead = self.pod_at("overhead").and_then(|map| map.get(resource)).and_then(Quantity::of);
        pod.unwrap_or_else(|| most.max(running)).plus(overhead.unwrap_or_default())
    }
}

impl<'p> Container<'p> {
    /// Its name.
    pub fn name(self) -> &'p str {
        self.node.str_at("name").unwrap_or_default()
    }

    /// Its image.
    pub fn image(self) -> Option<&'p Node> {
        self.node.get("image").filter(|node| !node.is_null())
    }

    /// What stands at a path of keys.
    pub fn at(self, path: &str) -> Option<&'p Node> {
        self.node.at(path)
    }

    /// What it asks for: its request, or its limit where it has no request.
    pub fn request(self, resource: &str) -> Option<Quantity> {
        let of = |path: &str| self.node.at(path).and_then(|map| map.get(resource)).and_then(Quantity::of);
        of("resources.requests").or_else(|| of("resources.limits"))
    }

    /// What it gets at most.
    pub fn limit(self, resource: &str) -> Option<Quantity> {
        Quantity::of(self.node.at("resources.limits")?.get(resource)?)
    }

    /// A setting of its security context; that of the pod where it has none of its own.
    pub fn security(self, key: &str) -> Option<&'p Node> {
        let own = self.node.at("securityContext").and_then(|context| context.at(key)).filter(|node| !node.is_null());
        own.or_else(|| self.workload.pod_at("securityContext")?.at(key))
    }
}
