//! The pods of a region, by what makes them.

mod data;
mod system;
mod workload;

pub(super) use data::of_kafka;
pub(super) use system::of_installed;
pub(super) use workload::of_workloads;

use waard_model::name::{TaintEffect, TaintSpec};
use waard_model::topology::Placement;
use waard_model::topology::reserved::WORKLOAD_TYPE;

use crate::placement::pod::Spread;
use crate::placement::selector::{NodeTerm, Requirement, Selector};
use crate::placement::taint::{Compare, Effect, Toleration};
use crate::placement::volume::StorageClass;

/// The class of the platform's volumes, which are made where their pod goes.
fn storage_class() -> StorageClass {
    StorageClass { name: "gp3".to_owned(), driver: "ebs.csi.aws.com".to_owned(), waits: true, allowed: Vec::new() }
}

/// One of the groups of a placement, if they are only for some, and what else a node must have.
fn on(placement: &Placement<'_>, more: Vec<Requirement>) -> Option<Vec<NodeTerm>> {
    let names = placement.groups().iter().map(|group| group.name().to_string());
    let groups = placement.is_dedicated().then(|| Requirement::among(WORKLOAD_TYPE, names));
    let labels: Vec<Requirement> = groups.into_iter().chain(more).collect();
    (!labels.is_empty()).then(|| vec![NodeTerm { labels, fields: Vec::new() }])
}

fn tolerations(placement: &Placement<'_>) -> Vec<Toleration> {
    let tolerate = |taint: &TaintSpec| Toleration {
        key: taint.key().to_string(),
        compare: Compare::Equal,
        value: taint.value().to_string(),
        effect: Some(match taint.effect() {
            TaintEffect::NoSchedule => Effect::NoSchedule,
            TaintEffect::PreferNoSchedule => Effect::PreferNoSchedule,
            TaintEffect::NoExecute => Effect::NoExecute,
        }),
    };
    placement.taints().into_iter().map(tolerate).collect()
}

/// Spread over the values of a label, one pod more at most, counting pods with the same `app`.
fn over(key: &str, app: &str, hard: bool) -> Spread {
    Spread {
        max_skew: 1,
        key: key.to_owned(),
        hard,
        selector: Some(Selector::label("app", app)),
        // There is one release at a time.
        match_label_keys: Vec::new(),
        min_domains: None,
        honors_affinity: true,
        honors_taints: true,
    }
}
