//! Pods of controllers and add-ons.

use waard_catalog::{Installed, Nodes, PodKind, Pods};
use waard_model::topology::Region;

use super::{on, over, storage_class, tolerations};
use crate::placement::amount::{Amounts, Resource};
use crate::placement::demand::Kind;
use crate::placement::group::{HOST, ZONE};
use crate::placement::pod::{Container, Pod, Wants};
use crate::placement::selector::Requirement;
use crate::placement::volume::{Claim, Volume};

/// The StatefulSets of controllers whose pods have a volume of their own.
const WITH_A_VOLUME: [&str; 2] =
    ["alertmanager-kube-prometheus-stack-alertmanager", "prometheus-kube-prometheus-stack-prometheus"];

/// The pods of everything that is installed, but for what runs on every node, which is taken off the nodes.
pub(in super::super) fn of_installed(region: &Region, installed: &[Installed]) -> Vec<Kind> {
    let of = |installed: &Installed, pods: &Pods| {
        let placement = match &pods.nodes {
            // No workload or Kafka cluster has an empty name.
            Nodes::Open => region.placement(""),
            Nodes::Store(store) => region.placement(store.as_str()),
            Nodes::Every | Nodes::Gpus => return None,
        };
        let built = Requirement::among("kubernetes.io/arch", pods.architectures.iter().map(ToString::to_string));
        let name = match &pods.nodes {
            Nodes::Store(store) => format!("{}-{store}", pods.workload),
            _ => pods.workload.to_owned(),
        };
        let pod = Pod {
            node_affinity: on(&placement, vec![built]),
            tolerations: tolerations(&placement),
            ..pod(installed, pods, &name)
        };
        // What is only there for a time, such as the job of a chart, is never needed at the least.
        let (least, expected) = if pods.kind == PodKind::Job { (0, 0) } else { (pods.min, pods.min) };
        Some(Kind { of: name, pod, least, expected, most: pods.max })
    };
    let all = installed.iter().flat_map(|installed| installed.pods.iter().map(move |pods| (installed, pods)));
    let mut kinds: Vec<Kind> = all.filter_map(|(installed, pods)| of(installed, pods)).collect();
    // Several Kafka clusters have an operator of the same name each.
    kinds.sort_by(|a, b| a.of.cmp(&b.of));
    kinds.dedup_by(|again, first| {
        let same = again.of == first.of;
        if same {
            first.least += again.least;
            first.expected += again.expected;
            first.most += again.most;
        }
        same
    });
    kinds
}

fn pod(installed: &Installed, pods: &Pods, name: &str) -> Pod {
    let requests = Amounts::default()
        .with(Resource::Cpu, pods.cpu_millis.into())
        .with(Resource::Memory, u64::from(pods.memory_mib) << 20);
    let volume = || Volume { claim: "data".to_owned(), state: Claim::Unbound(storage_class()), one_pod: false };
    Pod {
        name: name.to_owned(),
        namespace: installed.namespace.clone(),
        labels: [("app".to_owned(), name.to_owned())].into(),
        containers: vec![Container { wants: Wants { requests, ..Wants::default() }, ports: Vec::new() }],
        spread: vec![over(ZONE, name, false), over(HOST, name, false)],
        volumes: WITH_A_VOLUME.contains(&pods.workload).then(volume).into_iter().collect(),
        ..Pod::default()
    }
}
