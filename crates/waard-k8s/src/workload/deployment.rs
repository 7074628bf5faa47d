//! The Deployment of a service.

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use waard_model::quantity::CountOrShare;
use waard_model::topology::{Scale, Workload};

use super::pod;
use crate::Site;
use crate::labels::{metadata, of_workload, selects_app};

pub(super) fn deployment(site: Site<'_>, workload: &Workload) -> Deployment {
    let app = site.object(workload.name().as_str());
    let labels = of_workload(site, workload);
    let mut template = pod::template(site, workload, labels.clone());
    if let Some(spec) = template.spec.as_mut() {
        spec.topology_spread_constraints = Some(pod::spread(site, workload, &app));
    }
    let rollout = workload.rollout();
    // An autoscaler owns the number where there is one: saying it here would reset it with every release.
    let replicas = match workload.scale() {
        _ if site.region.is_dark() => Some(0),
        Scale::Fixed(count) => i32::try_from(*count).ok(),
        Scale::Auto { .. } => None,
    };
    Deployment {
        metadata: metadata(app.clone(), Some(workload.namespace().as_str()), labels),
        spec: Some(DeploymentSpec {
            replicas,
            revision_history_limit: Some(5),
            selector: selects_app(app),
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(count_or_share(rollout.surge)),
                    max_unavailable: Some(count_or_share(rollout.unavailable)),
                }),
            }),
            template,
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

pub(super) fn count_or_share(value: CountOrShare) -> IntOrString {
    match value {
        CountOrShare::Count(count) => IntOrString::Int(count.into()),
        CountOrShare::Share(share) => IntOrString::String(share.to_string()),
    }
}
