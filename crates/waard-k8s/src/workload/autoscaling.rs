//! The HorizontalPodAutoscaler of a service.

use k8s_openapi::api::autoscaling::v2::{
    ContainerResourceMetricSource, CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules,
    HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget,
    ResourceMetricSource,
};
use waard_model::quantity::{ChangeAmount, Percent};
use waard_model::spec::AutoscalingBehaviourSpec;
use waard_model::topology::{Scale, Workload};

use crate::Site;
use crate::labels::{metadata, of_workload};

/// The autoscaler of a service whose number of pods isn't fixed. A dark region has none: it has no pods until a failover.
pub(super) fn autoscaler(site: Site<'_>, workload: &Workload) -> Option<HorizontalPodAutoscaler> {
    let Scale::Auto { replicas, cpu, memory, up, down } = workload.scale() else {
        return None;
    };
    if site.region.is_dark() {
        return None;
    }
    let app = site.object(workload.name().as_str());
    // Beside other containers, the average over the pod would say little about the one that does the work.
    let container = (site.has_mesh() || !workload.spec().containers.is_empty()).then(|| workload.name().as_str());
    let metrics = [("cpu", cpu), ("memory", memory)]
        .into_iter()
        .filter_map(|(name, share)| share.map(|share| metric(name, share, container)));
    let behavior = HorizontalPodAutoscalerBehavior {
        scale_up: Some(up.as_ref().map_or_else(|| usual(0, &[("Percent", 100), ("Pods", 4)]), rules)),
        scale_down: Some(down.as_ref().map_or_else(|| usual(300, &[("Percent", 100)]), rules)),
    };
    Some(HorizontalPodAutoscaler {
        metadata: metadata(app.clone(), Some(workload.namespace().as_str()), of_workload(site, workload)),
        spec: Some(HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: "Deployment".to_owned(),
                name: app,
            },
            min_replicas: i32::try_from(replicas.min()).ok(),
            max_replicas: i32::try_from(replicas.max()).unwrap_or(i32::MAX),
            metrics: Some(metrics.collect()),
            behavior: Some(behavior),
        }),
        ..HorizontalPodAutoscaler::default()
    })
}

fn metric(name: &str, share: Percent, container: Option<&str>) -> MetricSpec {
    let target = MetricTarget {
        type_: "Utilization".to_owned(),
        average_utilization: i32::try_from(share.rounded()).ok(),
        ..MetricTarget::default()
    };
    match container {
        Some(container) => MetricSpec {
            type_: "ContainerResource".to_owned(),
            container_resource: Some(ContainerResourceMetricSource {
                name: name.to_owned(),
                container: container.to_owned(),
                target,
            }),
            ..MetricSpec::default()
        },
        None => MetricSpec {
            type_: "Resource".to_owned(),
            resource: Some(ResourceMetricSource { name: name.to_owned(), target }),
            ..MetricSpec::default()
        },
    }
}

/// What Kubernetes does where nothing is said, said: at once up, and down after five minutes without need.
/// Source: Kubernetes, "Horizontal Pod Autoscaling", default behavior.
fn usual(window: i32, policies: &[(&str, i32)]) -> HPAScalingRules {
    let policy = |(type_, value): &(&str, i32)| HPAScalingPolicy {
        type_: (*type_).to_owned(),
        value: *value,
        period_seconds: 15,
    };
    HPAScalingRules {
        stabilization_window_seconds: Some(window),
        select_policy: Some("Max".to_owned()),
        policies: Some(policies.iter().map(policy).collect()),
        ..HPAScalingRules::default()
    }
}

fn rules(behaviour: &AutoscalingBehaviourSpec) -> HPAScalingRules {
    let policy = |rate: &waard_model::quantity::ChangeRate| {
        let (type_, value) = match rate.amount() {
            ChangeAmount::Percent(percent) => ("Percent", percent),
            ChangeAmount::Pods(pods) => ("Pods", pods),
        };
        HPAScalingPolicy { type_: type_.to_owned(), value: value.into(), period_seconds: rate.per().as_secs_i32() }
    };
    HPAScalingRules {
        stabilization_window_seconds: Some(behaviour.after.map_or(0, waard_model::quantity::Duration::as_secs_i32)),
        select_policy: Some("Max".to_owned()),
        policies: Some(behaviour.at_most.iter().map(policy).collect()),
        ..HPAScalingRules::default()
    }
}
