//! What a pod requests as a whole.
//!
//! Sources: kubernetes/component-helpers v0.36.3 `resource/helpers.go`, `PodRequests` and `AggregateContainerRequests`;
//! KEP-753, "Resources calculation for scheduling and pod admission"; KEP-2837 (resources of pods);
//! kubernetes/kubernetes `pkg/apis/core/v1/defaults.go`, `SetDefaults_Pod` and `defaultPodRequests`.

use super::amount::Amounts;
use super::pod::{Pod, Wants};

impl Wants {
    /// The requests, and the limits of what isn't requested.
    fn with_defaults(&self) -> Amounts {
        let mut requests = self.requests.clone();
        for (resource, limit) in self.limits.iter() {
            if requests.named(resource).is_none() {
                requests.set(resource.clone(), limit);
            }
        }
        requests
    }
}

impl Pod {
    /// What the scheduler counts for it.
    ///
    /// Main containers and sidecars run together, so they are summed. Before that, init containers run one after the
    /// other, each beside the sidecars that stand before it in the list, and only those. The larger of both counts,
    /// for each resource by itself. What the pod as a whole requests takes its place; overhead comes on top of either.
    pub fn requests(&self) -> Amounts {
        let mut together = Amounts::default();
        for container in &self.containers {
            together.add(&container.wants.with_defaults());
        }
        let (mut sidecars, mut before) = (Amounts::default(), Amounts::default());
        for init in &self.init {
            let requests = init.container.wants.with_defaults();
            if init.stays {
                together.add(&requests);
                sidecars.add(&requests);
            } else {
                let mut now = sidecars.clone();
                now.add(&requests);
                before.raise(&now);
            }
        }
        together.raise(&before);
        for (resource, limit) in self.whole.limits.iter().filter(|(resource, _)| resource.is_for_pods()) {
            if together.named(resource).is_none() {
                together.set(resource.clone(), limit);
            }
        }
        for (resource, request) in self.whole.requests.iter().filter(|(resource, _)| resource.is_for_pods()) {
            together.set(resource.clone(), request);
        }
        together.add(&self.overhead);
        together
    }
}
