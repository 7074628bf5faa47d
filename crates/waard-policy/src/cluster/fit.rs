//! Whether a node group takes the pods of a workload.

use waard_catalog::{Arch, Catalog};

use super::nodes::{GroupKind, NodeGroup, Nodes, tolerates};
use super::workload::{Workload, WorkloadKind};
use crate::config::matches;
use crate::yaml::Node;

/// Whether nodes of a group take a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// They do.
    Yes,
    /// They don't, and why: "taint workload-type=api:NoSchedule".
    No(String),
    /// It depends on what the files don't say.
    Unknown(String),
}

/// The values that a label can have on the nodes of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// One of these.
    Values(Vec<String>),
    /// The nodes don't have it.
    Absent,
    /// It depends on what the files don't say.
    Unknown,
}

impl Nodes {
    /// Whether the pods of a workload run on Fargate.
    pub fn on_fargate(&self, workload: Workload<'_>) -> bool {
        self.fargate.iter().any(|profile| {
            matches(&profile.namespace, workload.object.ns())
                && profile.labels.iter().all(|(key, value)| workload.pod_label(key) == Some(value.as_str()))
        })
    }
}

impl NodeGroup {
    /// The values that a label can have on its nodes, those that Kubernetes and EKS set included.
    pub fn label(&self, key: &str, catalog: &Catalog, region: Option<&str>) -> Label {
        if let Some(values) = self.labels.get(key) {
            return Label::Values(values.clone());
        }
        let some = |values: Vec<String>| if values.is_empty() { Label::Unknown } else { Label::Values(values) };
        match key {
            // A pool takes what the pod asks for, of what its node class has an image for.
            "kubernetes.io/os" if self.kind == GroupKind::Karpenter => Label::Unknown,
            "kubernetes.io/os" => Label::Values(vec!["linux".to_owned()]),
            "beta.kubernetes.io/os" => self.label("kubernetes.io/os", catalog, region),
            "kubernetes.io/arch" | "beta.kubernetes.io/arch" => {
                let known: Option<Vec<Arch>> =
                    self.instances.iter().map(|name| catalog.instance(name).map(|instance| instance.arch)).collect();
                some(known.unwrap_or_default().iter().map(ToString::to_string).collect())
            }
            "node.kubernetes.io/instance-type" | "beta.kubernetes.io/instance-type" => some(self.instances.clone()),
            "topology.kubernetes.io/region" | "failure-domain.beta.kubernetes.io/region" => {
                some(region.into_iter().map(str::to_owned).collect())
            }
            "topology.kubernetes.io/zone" | "failure-domain.beta.kubernetes.io/zone" => some(self.zones.clone()),
            "eks.amazonaws.com/capacityType" if self.is_managed() => match self.spot {
                Some(spot) => Label::Values(vec![if spot { "SPOT" } else { "ON_DEMAND" }.to_owned()]),
                None => Label::Unknown,
            },
            "eks.amazonaws.com/nodegroup" if self.is_managed() => Label::Values(vec![self.name.clone()]),
            "kubernetes.io/hostname" | "eks.amazonaws.com/nodegroup-image" => Label::Unknown,
            // Karpenter gives its nodes many labels by the instance type.
            key if self.kind == GroupKind::Karpenter && key.starts_with("karpenter.") => Label::Unknown,
            _ if self.open => Label::Unknown,
            _ => Label::Absent,
        }
    }

    fn is_managed(&self) -> bool {
        matches!(self.kind, GroupKind::EksctlManaged | GroupKind::Terraform)
    }

    /// Whether its nodes take the pods of a workload, on an empty node.
    pub fn takes(&self, workload: Workload<'_>, catalog: &Catalog, region: Option<&str>) -> Fit {
        if self.max == Some(0) {
            return Fit::No("a size of at most 0 nodes".to_owned());
        }
        let mut unknown = None;
        let tolerations = workload.pod_list("tolerations");
        for taint in self.taints.iter().filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute")) {
            if !tolerates(tolerations, taint) {
                return Fit::No(format!("taint {taint}"));
            }
        }
        let label = |key: &str| self.label(key, catalog, region);
        for entry in workload.pod_spec().map_or(&[][..], |spec| spec.map("nodeSelector")) {
            let value = entry.value().text().unwrap_or_default();
            match label(entry.key()) {
                Label::Values(values) if values.iter().any(|found| found == value) => {}
                Label::Unknown => {
                    unknown = Some(format!(
                        "whether nodes of group `{}` have label `{}` is not known",
                        self.name,
                        entry.key()
                    ));
                }
                _ => return Fit::No(format!("node selector {}={value}", entry.key())),
            }
        }
        let terms = workload.pod_at("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
        if let Some(terms) = terms.map(|required| required.list("nodeSelectorTerms")).filter(|terms| !terms.is_empty())
        {
            match terms.iter().map(|term| term_takes(term, &label)).max() {
                Some(Answer::Yes) => {}
                Some(Answer::Unknown) => {
                    unknown =
                        Some(format!("whether group `{}` has the labels of the node affinity is not known", self.name));
                }
                _ => return Fit::No("required node affinity".to_owned()),
            }
        }
        match self.has_room(workload, catalog) {
            Fit::Yes => {}
            Fit::Unknown(why) => unknown = Some(why),
            no @ Fit::No(_) => return no,
        }
        if self.open && unknown.is_none() {
            unknown = Some(format!("not all labels and taints of group `{}` are known", self.name));
        }
        unknown.map_or(Fit::Yes, Fit::Unknown)
    }

    /// Whether a pod fits on an empty node of the largest type.
    fn has_room(&self, workload: Workload<'_>, catalog: &Catalog) -> Fit {
        const MIB: i128 = 1 << 20;
        let cpu = workload.requests("cpu").millis();
        let memory = workload.requests("memory").ceil().div_euclid(MIB);
        let gpus = workload.requests("nvidia.com/gpu").ceil();
        if (cpu, memory, gpus) == (0, 0, 0) || self.instances.is_empty() {
            return Fit::Yes;
        }
        let mut largest = None;
        for name in &self.instances {
            let Some(instance) = catalog.instance(name) else {
                return Fit::Unknown(format!("the catalog doesn't know instance type `{name}`"));
            };
            let has = instance.allocatable(instance.max_pods_managed());
            // A daemonset itself is counted among what is taken.
            let (cpu_taken, taken) = if workload.kind == WorkloadKind::DaemonSet { (0, 0) } else { self.daemons };
            let its_cpu = i128::from(has.cpu_millis).saturating_sub(cpu_taken);
            let its_memory = i128::from(has.memory_mib).saturating_sub(taken.div_euclid(MIB));
            if its_cpu >= cpu && its_memory >= memory && i128::from(instance.gpus) >= gpus {
                return Fit::Yes;
            }
            largest = largest.max(Some((its_cpu, its_memory, i128::from(instance.gpus))));
        }
        let (its_cpu, its_memory, its_gpus) = largest.unwrap_or_default();
        Fit::No(if its_cpu < cpu {
            format!("a request for {cpu}m cpu (a node has {its_cpu}m)")
        } else if its_memory < memory {
            format!("a request for {memory}Mi memory (a node has {its_memory}Mi)")
        } else {
            format!("a request for {gpus} GPUs (a node has {its_gpus})")
        })
    }
}

/// Source: kubernetes/component-helpers `scheduling/corev1/nodeaffinity/nodeaffinity.go`: terms are alternatives, the
/// expressions of one are all needed, and a term without any matches no node; k8s.io/apimachinery `pkg/labels/selector.go`,
/// `Requirement.Matches`: `NotIn` matches where the label is absent.
///
/// From worst to best, so that the best of several terms counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    No,
    Unknown,
    Yes,
}

fn term_takes(term: &Node, label: &dyn Fn(&str) -> Label) -> Answer {
    if !term.list("matchFields").is_empty() {
        return Answer::Unknown;
    }
    let all = term.list("matchExpressions").iter().map(|expression| {
        let key = expression.str_at("key").unwrap_or_default();
        let wanted: Vec<&str> = expression.list("values").iter().filter_map(Node::text).collect();
        let is = |yes: bool| if yes { Answer::Yes } else { Answer::No };
        match (expression.str_at("operator").unwrap_or_default(), label(key)) {
            (_, Label::Unknown) | ("Gt" | "Lt", Label::Values(_)) => Answer::Unknown,
            ("In", Label::Values(has)) => is(has.iter().any(|value| wanted.contains(&value.as_str()))),
            ("NotIn", Label::Values(has)) => is(has.iter().any(|value| !wanted.contains(&value.as_str()))),
            ("Exists", Label::Values(_)) | ("NotIn" | "DoesNotExist", Label::Absent) => Answer::Yes,
            _ => Answer::No,
        }
    });
    all.min().unwrap_or(Answer::No)
}
