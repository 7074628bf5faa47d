//! Metrics and alerts.

use waard_model::topology::Workload;

use crate::file::File;
use crate::{Placed, Site};

/// The files that belong to no single workload.
pub(crate) fn files(_site: Site<'_>) -> Vec<Placed> {
    Vec::new()
}

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(_site: Site<'_>, _workload: &Workload, _file: &mut File) {}
