//! The controllers and operators that a cluster needs, with the values of their charts, and their namespaces.

use crate::{Placed, Site};

/// The files that belong to no single workload.
pub(crate) fn files(_site: Site<'_>) -> Vec<Placed> {
    Vec::new()
}
