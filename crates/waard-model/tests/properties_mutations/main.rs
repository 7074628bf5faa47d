//! A valid topology with one thing broken is refused, at the place that was broken.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is wrong"
)]

mod cluster;
mod data;
mod edge;
mod region;
mod workload;

use proptest::prelude::*;
use waard_model::name::{StoreName, WorkloadName};
use waard_model::path::ModelPath;
use waard_model::scalar::Scalar;
use waard_model::spec::{
    BucketSpec, NodeGroupSpec, ProbeSpec, RegionSpec, Role, Spec, StoreSize, TierSpec, TopicSpec, WorkloadKind,
    WorkloadSpec,
};
use waard_model::topology::Violation;
use waard_model::{Topology, strategy};

pub(crate) fn v<T: Scalar>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Chooses what is broken among all that could be.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn among<T>(&mut self, items: Vec<T>) -> Option<T> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let count = u64::try_from(items.len()).unwrap().max(1);
        let index = usize::try_from((self.0 >> 33) % count).unwrap();
        items.into_iter().nth(index)
    }
}

/// Breaks one thing and says where; `None` if there is nothing of the kind to break.
pub(crate) type Mutation = fn(&mut Spec, &mut Chance) -> Option<ModelPath>;

pub(crate) fn region<'s>(
    spec: &'s mut Spec,
    chance: &mut Chance,
    like: impl Fn(&RegionSpec) -> bool,
) -> Option<(ModelPath, &'s mut RegionSpec)> {
    let mut found = Vec::new();
    for (environment_name, environment) in &mut spec.environments {
        for (name, region) in &mut environment.regions {
            if like(region) {
                found.push((
                    ModelPath::of(["environments", environment_name.as_str(), "regions", name.as_str()]),
                    region,
                ));
            }
        }
    }
    chance.among(found)
}

pub(crate) fn group<'s>(spec: &'s mut Spec, chance: &mut Chance) -> Option<(ModelPath, &'s mut NodeGroupSpec)> {
    let mut found = Vec::new();
    for (profile, cluster) in &mut spec.clusters {
        for (name, group) in &mut cluster.node_groups {
            found.push((ModelPath::of(["clusters", profile.as_str(), "node_groups", name.as_str()]), group));
        }
    }
    chance.among(found)
}

/// A workload that runs somewhere and is of the kind that is looked for.
pub(crate) fn workload<'s>(
    spec: &'s mut Spec,
    chance: &mut Chance,
    like: impl Fn(&WorkloadSpec) -> bool,
) -> Option<(ModelPath, WorkloadName, &'s mut WorkloadSpec)> {
    let running: Vec<WorkloadName> =
        spec.environments.values().flat_map(|e| e.regions.values()).flat_map(|region| region.runs.clone()).collect();
    let found = spec.workloads.iter_mut().filter(|(name, workload)| running.contains(name) && like(workload));
    chance.among(
        found.map(|(name, workload)| (ModelPath::of(["workloads", name.as_str()]), name.clone(), workload)).collect(),
    )
}

pub(crate) fn is_service(workload: &WorkloadSpec) -> bool {
    workload.like.is_none() && workload.kind.is_none_or(|kind| kind == WorkloadKind::Service)
}

pub(crate) fn environment(spec: &Spec, chance: &mut Chance) -> Option<waard_model::name::EnvironmentName> {
    chance.among(spec.environments.keys().cloned().collect())
}

/// A store that some region holds, so that it is not only written down.
pub(crate) fn held(spec: &mut Spec, chance: &mut Chance, name: &StoreName) {
    if let Some((_, region)) = region(spec, chance, |region| region.role == Role::Primary) {
        region.holds.push(name.clone());
    }
}

pub(crate) fn bucket(tiers: Vec<TierSpec>) -> BucketSpec {
    BucketSpec { tiers, ..BucketSpec::default() }
}

pub(crate) fn probe(port: &str) -> ProbeSpec {
    ProbeSpec::new(v(port))
}

pub(crate) fn kafka(spec: &mut Spec, chance: &mut Chance) -> Option<(ModelPath, StoreName)> {
    let name = chance.among(spec.data.kafka.keys().cloned().collect())?;
    held(spec, chance, &name);
    Some((ModelPath::of(["data", "kafka", name.as_str()]), name))
}

pub(crate) fn topic(replication: Option<u16>) -> TopicSpec {
    TopicSpec { replication, ..TopicSpec::new(1, v("7d")) }
}

/// Adds `zz-alike`, which is like `base`, wherever that runs.
pub(crate) fn alike(spec: &mut Spec, base: &WorkloadName, own: WorkloadSpec) -> ModelPath {
    let name: WorkloadName = v("zz-alike");
    spec.workloads.insert(name.clone(), WorkloadSpec { like: Some(base.clone()), ..own });
    for region in spec.environments.values_mut().flat_map(|e| e.regions.values_mut()) {
        if region.runs.contains(base) {
            region.runs.push(name.clone());
        }
    }
    ModelPath::of(["workloads", "zz-alike"])
}

/// Gives a store another size in every environment.
pub(crate) fn in_environments(spec: &mut Spec, store: &StoreName, size: &StoreSize) -> ModelPath {
    for environment in spec.environments.values_mut() {
        environment.data.insert(store.clone(), size.clone());
    }
    ModelPath::of(["environments"])
}

/// True if the violation, or what it refers to, is the place that was broken, or stands above or below it.
fn speaks_of(violation: &Violation, place: &ModelPath) -> bool {
    let near = |path: &ModelPath| path.contains(place) || place.contains(path);
    near(violation.path()) || violation.related().iter().any(|(path, _)| near(path))
}

fn mutations() -> Vec<(&'static str, Mutation)> {
    [cluster::MUTATIONS, region::MUTATIONS, workload::MUTATIONS, data::MUTATIONS, edge::MUTATIONS].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, max_shrink_iters: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_topology_is_refused_where_it_is_broken(topology in strategy::shown(), first: prop::sample::Index, seed: u64) {
        let mutations = mutations();
        let first = first.index(mutations.len());
        // The first mutation from `first` on that has something to break.
        let broken = (0..mutations.len()).find_map(|step| {
            let (name, mutation) = mutations[(first + step) % mutations.len()];
            let mut spec = topology.spec().clone();
            mutation(&mut spec, &mut Chance(seed)).map(|place| (name, spec, place))
        });
        let (name, spec, place) = broken.unwrap();
        prop_assert!(&spec != topology.spec(), "{name} changes nothing");
        let Err(violations) = Topology::new(spec) else {
            return Err(TestCaseError::fail(format!("{name} is taken; it should be refused at {place}")));
        };
        let said: Vec<String> = violations.iter().map(|v| format!("{}: {v}", v.path())).collect();
        let said = said.join("
");
        prop_assert!(violations.iter().any(|violation| speaks_of(violation, &place)), "{name} is refused, but not at {place}:\n{said}");
        prop_assert!(violations.iter().all(|violation| !violation.to_string().is_empty() && violation.help().is_some_and(|help| !help.is_empty())));
    }
}

/// Each mutation finds something to break in some topology, and always fails; so the table is no list of dead letters.
#[test]
fn every_mutation_is_refused() {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let topologies: Vec<Topology> =
        (0..40).map(|_| strategy::topology().new_tree(&mut runner).unwrap().current()).collect();
    let mut wrong = Vec::new();
    for (name, mutation) in mutations() {
        let mut applied = 0;
        let mut taken = 0;
        for (seed, topology) in (0..).zip(&topologies) {
            let mut spec = topology.spec().clone();
            let Some(place) = mutation(&mut spec, &mut Chance(seed)) else {
                continue;
            };
            applied += 1;
            if !Topology::new(spec).is_err_and(|violations| violations.iter().any(|v| speaks_of(v, &place))) {
                taken += 1;
            }
        }
        if applied == 0 || taken > 0 {
            wrong.push(format!("{name}: {taken} of {applied} not refused there"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
