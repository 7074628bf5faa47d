//! What each rule of a cost policy saves: the bill without it, less the bill with it.

use waard_catalog::Date;
use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::spec::{CommitmentKind, Spec};

use super::{Range, bill};
use crate::assumption::Assumptions;

/// A rule of a topology that saves money.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// Shares of spot nodes, of groups and environments.
    Spot,
    /// A commitment.
    Commitment(CommitmentKind),
    /// Hours outside of which environments are off.
    Hours,
    /// Colder storage classes.
    Tiers,
}

/// What a rule saves.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    /// The rule.
    pub rule: Rule,
    /// Where it stands.
    pub path: ModelPath,
    /// US dollars a month, at the three scales.
    pub monthly: Range,
    /// False if one of the two bills has other gaps than the other: then the difference is none of the rule's.
    pub is_whole: bool,
}

/// What the rules of a topology save, each taken alone: together they may save less than their sum.
pub fn savings(topology: &Topology, assumptions: &Assumptions, as_of: Date) -> Vec<Saving> {
    let with = bill(topology, assumptions, as_of);
    let spec = topology.spec();
    let mut rules: Vec<(Rule, ModelPath, Spec)> = Vec::new();
    let mut without = spec.clone();
    without.cost.spot.clear();
    for environment in without.environments.values_mut() {
        environment.spot = None;
    }
    for profile in without.clusters.values_mut() {
        for group in profile.node_groups.values_mut() {
            group.spot = None;
        }
    }
    rules.push((Rule::Spot, ModelPath::of(["cost", "spot"]), without));
    for kind in spec.cost.commitments.keys() {
        let mut without = spec.clone();
        without.cost.commitments.remove(kind);
        let path = ModelPath::of(["cost", "commitments", kind.as_str()]);
        rules.push((Rule::Commitment(*kind), path, without));
    }
    let mut without = spec.clone();
    for environment in without.environments.values_mut() {
        environment.hours = None;
    }
    rules.push((Rule::Hours, ModelPath::of(["environments"]), without));
    let mut without = spec.clone();
    for bucket in without.data.buckets.values_mut() {
        bucket.tiers.clear();
    }
    rules.push((Rule::Tiers, ModelPath::of(["data", "buckets"]), without));
    let saves = |(rule, path, without): (Rule, ModelPath, Spec)| {
        if without == *spec {
            return None;
        }
        // What is left out can break another rule of the model; then nothing can be said of it.
        let dearer = bill(&Topology::new(without).ok()?, assumptions, as_of);
        let monthly = dearer.sum(|_| true) - with.sum(|_| true);
        Some(Saving { rule, path, monthly, is_whole: dearer.gaps == with.gaps })
    };
    rules.into_iter().filter_map(saves).collect()
}
