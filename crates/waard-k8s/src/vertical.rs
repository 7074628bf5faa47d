//! Recommendations for requests.

use waard_model::topology::Workload;

use crate::Site;
use crate::file::File;

/// What a workload has of it, in the workload's file.
pub(crate) fn of_workload(_site: Site<'_>, _workload: &Workload, _file: &mut File) {}
