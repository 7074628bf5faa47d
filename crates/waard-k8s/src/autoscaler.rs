//! What adds and removes nodes: Cluster Autoscaler, or Karpenter's node pools.

use crate::{Placed, Site};

/// The files that belong to no single workload.
pub(crate) fn files(_site: Site<'_>) -> Vec<Placed> {
    Vec::new()
}
