//! The PodDisruptionBudget of a service: drains take pods away one step at a time, and always can.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use waard_model::topology::{Disruption, Workload};

use super::deployment::count_or_share;
use crate::Site;
use crate::labels::{metadata, of_workload, selects_app};

pub(super) fn budget(site: Site<'_>, workload: &Workload) -> PodDisruptionBudget {
    let app = site.object(workload.name().as_str());
    let (max_unavailable, min_available) = match workload.disruption() {
        Disruption::Unavailable(count) => (Some(count_or_share(count)), None),
        Disruption::Available(share) => (None, Some(IntOrString::String(format!("{}%", share.rounded())))),
    };
    PodDisruptionBudget {
        metadata: metadata(app.clone(), Some(workload.namespace().as_str()), of_workload(site, workload)),
        spec: Some(PodDisruptionBudgetSpec {
            selector: Some(selects_app(app)),
            max_unavailable,
            min_available,
            // A pod that isn't ready serves nobody: it must not hold a drain up.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
        }),
        ..PodDisruptionBudget::default()
    }
}
