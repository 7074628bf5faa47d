//! A cluster: its objects, what makes others, its nodes, and its Kubernetes version.

mod charts;
mod fit;
mod ingress;
mod kinds;
mod made;
mod nodes;
mod object;
mod policy;
mod selecting;
mod selector;
mod standard;
mod target;
mod workload;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use fit::{Fit, Label};
pub use ingress::{Balancer, IngressView};
pub use made::Defined;
pub(crate) use made::{Chart, Folders, Install, Made};
pub use nodes::{Fargate, GroupKind, NodeGroup, Nodes, Taint, tolerates};
pub(crate) use nodes::{eksctl_nodes, karpenter_nodes, terraform_nodes};
pub use object::{Object, is_builtin_group};
pub use policy::{Direction, Policies, PolicyRule};
pub(crate) use selecting::Selecting;
pub use selector::Selector;
pub use standard::{Level, Pods};
use waard_catalog::Minor;
pub use workload::{Container, Role, Workload, WorkloadKind};

use crate::place::Place;
use crate::schema::{Definitions, Releases};

/// A cluster, as far as the files tell.
#[derive(Debug, Default)]
pub struct Cluster {
    pub(crate) name: String,
    pub(crate) region: Option<String>,
    pub(crate) objects: Vec<Object>,
    pub(crate) configs: Vec<Object>,
    pub(crate) nodes: Nodes,
    pub(crate) version: Option<Version>,
    pub(crate) made: Made,
    pub(crate) releases: OnceLock<Releases>,
    definitions: Definitions,
    kinds: BTreeMap<String, Kind>,
    workloads: Vec<u32>,
    by_namespace: BTreeMap<String, Vec<u32>>,
    by_label: BTreeMap<String, Vec<u32>>,
    /// Horizontal autoscalers by namespace, kind and name of what they scale.
    scalers: BTreeMap<String, u32>,
}

/// The Kubernetes version of a cluster, and where it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The version.
    pub minor: Minor,
    /// Where it is said; `None` if the caller said it.
    pub place: Option<Place>,
}

#[derive(Debug, Default)]
struct Kind {
    all: Vec<u32>,
    by_name: BTreeMap<String, Vec<u32>>,
}

impl Cluster {
    pub(crate) fn index(&mut self, folders: &Folders) {
        for (at, object) in self.objects.iter().enumerate() {
            self.definitions.add(object);
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let kind = self.kinds.entry(kind_key(object.group(), object.kind())).or_default();
            kind.all.push(at);
            kind.by_name.entry(format!("{}/{}", object.ns(), object.name())).or_default().push(at);
            if let Some(workload) = Workload::of(object) {
                self.workloads.push(at);
                self.by_namespace.entry(object.ns().to_owned()).or_default().push(at);
                for label in workload.pod_labels() {
                    let key = label_key(object.ns(), label.key(), label.value().text().unwrap_or_default());
                    self.by_label.entry(key).or_default().push(at);
                }
            }
            if object.kind() == "HorizontalPodAutoscaler" && object.is_builtin() {
                let target = |key: &str| object.str_at(&format!("spec.scaleTargetRef.{key}"));
                if let (Some(kind), Some(name)) = (target("kind"), target("name")) {
                    self.scalers.entry(label_key(object.ns(), kind, name)).or_insert(at);
                }
            }
        }
        self.made.index(&self.objects, &self.configs, folders);
        let daemons: Vec<(i128, i128)> = self.nodes.groups.iter().map(|group| self.daemons(group)).collect();
        for (group, daemons) in self.nodes.groups.iter_mut().zip(daemons) {
            group.daemons = daemons;
        }
    }

    /// What daemonsets among the files take from each node of a group: cpu in thousandths, memory in bytes.
    fn daemons(&self, group: &NodeGroup) -> (i128, i128) {
        let here = self.workloads().filter(|workload| {
            workload.kind == WorkloadKind::DaemonSet
                && group.takes(*workload, waard_catalog::catalog(), self.region()) == Fit::Yes
        });
        here.fold((0, 0), |(cpu, memory), workload| {
            let more = (workload.requests("cpu").millis(), workload.requests("memory").ceil());
            (cpu.saturating_add(more.0), memory.saturating_add(more.1))
        })
    }

    /// Its name; empty if no file says one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name, or words for it.
    pub fn title(&self) -> String {
        if self.name.is_empty() { "the cluster".to_owned() } else { format!("cluster `{}`", self.name) }
    }

    /// Its region, if a file says it.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Every object, in the order of files and documents.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The eksctl ClusterConfigs that describe it.
    pub fn configs(&self) -> &[Object] {
        &self.configs
    }

    /// The CustomResourceDefinitions among its objects.
    pub(crate) const fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// Its Kubernetes version, if a file or the caller says it.
    pub const fn version(&self) -> Option<Version> {
        self.version
    }

    /// Its nodes.
    pub const fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// The objects of a built-in kind, such as `Service`.
    pub fn of<'c>(&'c self, kind: &str) -> impl Iterator<Item = &'c Object> + use<'c> {
        self.of_group("", kind)
    }

    /// The objects of a kind of an API group, in any version: `("networking.istio.io", "VirtualService")`.
    pub fn of_group<'c>(&'c self, group: &str, kind: &str) -> impl Iterator<Item = &'c Object> + use<'c> {
        let found = self.kinds.get(&kind_key(group, kind)).map_or(&[][..], |kind| &kind.all);
        found.iter().filter_map(|at| self.objects.get(*at as usize))
    }

    /// An object of a built-in kind. `namespace` is empty for kinds that are in none.
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object> {
        self.find_in_group("", kind, namespace, name)
    }

    /// An object of a kind of an API group.
    pub fn find_in_group(&self, group: &str, kind: &str, namespace: &str, name: &str) -> Option<&Object> {
        self.all_in_group(group, kind, namespace, name).next()
    }

    /// All objects with that name: more than one if it is written more than once.
    pub fn all_in_group<'c>(
        &'c self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'c Object> + use<'c> {
        let kind = self.kinds.get(&kind_key(group, kind));
        let found =
            kind.and_then(|kind| kind.by_name.get(&format!("{namespace}/{name}"))).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|at| self.objects.get(*at as usize))
    }

    /// Whether an object is there: written, made by another one, perhaps, or not.
    pub fn defines(&self, kind: &str, namespace: &str, name: &str) -> Defined<'_> {
        match self.find(kind, namespace, name) {
            Some(object) => Defined::Object(object),
            None => self.made.defines(kind, namespace, name),
        }
    }

    /// Whether pods that no workload among the files makes may be in a namespace and taken by a selector: those of charts
    /// and operators.
    pub fn pods_may_be_made(&self, namespace: &str, selector: Selector<'_>) -> Defined<'_> {
        self.made.pods(namespace, selector)
    }

    /// What may make pods that tolerate taints of node groups, and isn't among the files: a chart, another repository.
    pub fn tolerant_pods_may_be_made(&self) -> Option<Place> {
        self.made.tolerant()
    }

    /// Every namespace that is known of, in no order, and the object that makes it if that is among the files.
    ///
    /// Each has the label `kubernetes.io/metadata.name` with its name:
    /// <https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name>.
    pub fn namespaces(&self) -> BTreeMap<&str, Option<&Object>> {
        let mut found: BTreeMap<&str, Option<&Object>> = BTreeMap::new();
        for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
            found.insert(name, None);
        }
        found.extend(self.objects.iter().filter(|object| !object.ns().is_empty()).map(|object| (object.ns(), None)));
        found.extend(self.made.names("Namespace", "").map(|(name, _)| (name, None)));
        found.extend(self.of("Namespace").map(|object| (object.name(), Some(object))));
        found
    }

    /// Whether a selector of namespaces takes one; `None` if its labels are not known.
    pub fn takes_namespace(&self, selector: Selector<'_>, namespace: &str) -> Option<bool> {
        let object = self.find("Namespace", "", namespace);
        let name = |key: &str| (key == "kubernetes.io/metadata.name").then_some(namespace);
        let taken = selector.takes_values(&|key| name(key).or_else(|| object?.label(key)));
        let system = matches!(namespace, "default" | "kube-system" | "kube-public" | "kube-node-lease");
        if object.is_some() || system || selector.keys().all(|key| key == "kubernetes.io/metadata.name") {
            return Some(taken);
        }
        None
    }

    /// Whether Istio puts a sidecar into the pods of a workload, as far as labels of the namespace and the pods tell.
    ///
    /// Source: istio.io, "Installing the Sidecar", "Controlling the injection policy".
    pub fn has_sidecar(&self, workload: Workload<'_>) -> bool {
        let own = workload
            .pod_label("sidecar.istio.io/inject")
            .or_else(|| workload.pod_annotation("sidecar.istio.io/inject"));
        let of_namespace = || {
            let namespace = self.find("Namespace", "", workload.object.ns());
            namespace.is_some_and(|object| {
                object.label("istio-injection") == Some("enabled")
                    || (object.label("istio.io/rev").is_some() && object.label("istio-injection").is_none())
            })
        };
        match own {
            Some(text) => text == "true",
            None => workload.pod_label("istio.io/rev").is_some() || of_namespace(),
        }
    }

    /// The full name of a host of Istio as an object in a namespace means it: a short name is a service of that namespace.
    ///
    /// Source: istio.io, reference of Destination, `host`. `name.namespace` is short for a service too, if there is one.
    pub fn mesh_host(&self, host: &str, namespace: &str) -> String {
        match host.split_once('.') {
            None if host.contains('*') => host.to_owned(),
            None => format!("{host}.{namespace}.svc.cluster.local"),
            Some((name, of)) => {
                let of = of.strip_suffix(".svc").unwrap_or(of);
                let is_service = !of.contains('.') && self.find("Service", of, name).is_some();
                if is_service { format!("{name}.{of}.svc.cluster.local") } else { host.to_owned() }
            }
        }
    }

    /// Every workload: built-in objects that make pods, and pods.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'_>> {
        self.workloads.iter().filter_map(|at| Workload::of(self.objects.get(*at as usize)?))
    }

    /// A workload by its kind and name.
    pub fn workload(&self, kind: &str, namespace: &str, name: &str) -> Option<Workload<'_>> {
        self.find(kind, namespace, name).and_then(Workload::of)
    }

    /// Whether a binding gives a service account a role: to itself, or to a group that it is in.
    pub(crate) fn has_binding(&self, namespace: &str, name: &str) -> bool {
        let bindings = self.of("RoleBinding").chain(self.of("ClusterRoleBinding"));
        bindings.flat_map(|binding| binding.list("subjects").iter().map(move |subject| (binding, subject))).any(
            |(binding, subject)| {
                let text = |key: &str| subject.str_at(key).unwrap_or_default();
                let own = subject.str_at("namespace").unwrap_or(binding.ns());
                let group = format!("system:serviceaccounts:{namespace}");
                match text("kind") {
                    "ServiceAccount" => text("name") == name && own == namespace,
                    "Group" => text("name") == "system:serviceaccounts" || text("name") == group,
                    "User" => text("name") == format!("system:serviceaccount:{namespace}:{name}"),
                    _ => false,
                }
            },
        )
    }

    /// The horizontal pod autoscaler that scales a workload.
    pub fn autoscaler_of(&self, workload: Workload<'_>) -> Option<&Object> {
        let target = workload.object;
        let at = self.scalers.get(&label_key(target.ns(), target.kind(), target.name()))?;
        self.objects.get(*at as usize)
    }

    /// The largest number of pods of a workload: that of its autoscaler, if it has one; `None` if it isn't known.
    pub fn most_pods(&self, workload: Workload<'_>) -> Option<i64> {
        let scaler = self.autoscaler_of(workload);
        scaler.map_or_else(|| workload.replicas(), |scaler| scaler.int_at("spec.maxReplicas"))
    }

    /// Whether a LimitRange of a namespace gives containers that say none a request, or a limit.
    ///
    /// Source: Kubernetes, "Limit Ranges": `default` is a limit, and a request where there is no `defaultRequest`.
    pub fn has_default(&self, namespace: &str, resource: &str, limit: bool) -> bool {
        let ranges = self.of("LimitRange").filter(|range| range.ns() == namespace);
        let keys: &[&str] = if limit { &["default"] } else { &["defaultRequest", "default"] };
        ranges
            .flat_map(|range| range.list("spec.limits"))
            .filter(|found| found.str_at("type") == Some("Container"))
            .any(|found| keys.iter().any(|key| found.get(key).is_some_and(|map| map.get(resource).is_some())))
    }

    /// The workloads of a namespace.
    pub fn workloads_of(&self, namespace: &str) -> impl Iterator<Item = Workload<'_>> {
        let found = self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|at| Workload::of(self.objects.get(*at as usize)?))
    }

    /// The workloads in a namespace whose pods a selector takes, in the order of files and documents.
    pub fn selected<'c>(
        &'c self,
        namespace: &str,
        selector: Selector<'c>,
    ) -> impl Iterator<Item = Workload<'c>> + use<'c> {
        let all = || self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        let candidates = self.rarest(namespace, selector).map_or_else(all, |(_, found)| found);
        let workloads = candidates.iter().filter_map(|at| Workload::of(self.objects.get(*at as usize)?));
        workloads.filter(move |workload| selector.takes(workload.pod_labels()))
    }

    /// The label of a selector that the fewest workloads of a namespace have, as a key, and those workloads: all may have
    /// one of its labels, and few another. `None` if it asks for no label by its value.
    fn rarest(&self, namespace: &str, selector: Selector<'_>) -> Option<(String, &[u32])> {
        let found = selector.labels().iter().map(|label| {
            let key = label_key(namespace, label.key(), label.value().text().unwrap_or_default());
            let found = self.by_label.get(&key).map_or(&[][..], Vec::as_slice);
            (key, found)
        });
        found.min_by_key(|(_, found)| found.len())
    }
}

/// Built-in kinds moved between groups: `Deployment` is the same in `extensions` and `apps`.
fn kind_key(group: &str, kind: &str) -> String {
    let group = if is_builtin_group(group) { "" } else { group };
    format!("{group}/{kind}")
}

fn label_key(namespace: &str, key: &str, value: &str) -> String {
    format!("{namespace}\n{key}\n{value}")
}
