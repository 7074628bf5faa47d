//! Random topologies, and their clusters one by one.

use proptest::prelude::*;
use waard_model::topology::{Environment, Region};
use waard_model::{Topology, strategy};

use super::{Document, documents};

/// A topology that is shown as its file when a property fails.
pub(crate) struct Random(pub(crate) Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

pub(crate) fn random() -> impl Strategy<Value = Random> {
    strategy::topology().prop_map(Random)
}

/// As many cases as `PROPTEST_CASES` says, and no file of failures.
pub(crate) fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// Judges every cluster of a topology by itself.
pub(crate) fn each_cluster(topology: &Topology, mut judge: impl FnMut(&Environment, &Region, &[&Document])) {
    let documents = documents(&waard_k8s::emit(topology));
    for (environment, region) in topology.regions() {
        let folder = format!("{}/{}", environment.name(), region.cluster().name());
        let here: Vec<&Document> = documents
            .iter()
            .filter(|document| document.path.starts_with("kubernetes/") && document.cluster() == folder)
            .collect();
        judge(environment, region, &here);
    }
}
