//! Kafka clusters, their topics and users, and their mirrors in standby regions.

use crate::{Placed, Site};

/// The files that belong to no single workload.
pub(crate) fn files(_site: Site<'_>) -> Vec<Placed> {
    Vec::new()
}
