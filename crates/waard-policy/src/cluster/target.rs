//! Pods that load balancers send to directly.
//!
//! Source: aws-load-balancer-controller, `docs/guide/ingress/annotations.md` and `docs/guide/service/annotations.md`, target type.

use super::{Balancer, Cluster, IngressView, Object, Selector, Workload};
use crate::place::{Place, Placed};
use crate::yaml::Node;

/// A workload whose pods are targets of a load balancer.
pub(crate) struct Target<'c> {
    /// The workload.
    pub workload: Workload<'c>,
    /// Where it is said that its pods are the targets.
    pub place: Place,
}

impl Cluster {
    /// Every workload whose pods a load balancer sends to, rather than to their nodes.
    pub(crate) fn targets(&self) -> Vec<Target<'_>> {
        let mut found = Vec::new();
        for ingress in IngressView::all(self).filter(|ingress| ingress.balancer == Balancer::Alb) {
            for (name, _) in ingress.backends() {
                let Some(service) = self.find("Service", ingress.object.ns(), name) else { continue };
                // Annotations of the service win over those of the ingress.
                let own = service.annotation_node("alb.ingress.kubernetes.io/target-type");
                let kind = own.or_else(|| ingress.setting("targetType", "target-type"));
                if let Some(kind) = kind.filter(|kind| kind.text() == Some("ip")) {
                    self.targets_of(service, kind.place(), &mut found);
                }
            }
        }
        for service in self.of("Service").filter(|service| service.str_at("spec.type") == Some("LoadBalancer")) {
            let annotation =
                |name: &str| service.annotation_node(&format!("service.beta.kubernetes.io/aws-load-balancer-{name}"));
            let kind = annotation("nlb-target-type").filter(|node| node.text() == Some("ip"));
            let kind = kind.or_else(|| annotation("type").filter(|node| node.text() == Some("nlb-ip")));
            if let Some(kind) = kind {
                self.targets_of(service, kind.place(), &mut found);
            }
        }
        found
    }

    fn targets_of<'c>(&'c self, service: &'c Object, place: Place, found: &mut Vec<Target<'c>>) {
        let selector: Option<&Node> = service.at("spec.selector").filter(|node| !node.entries().is_empty());
        let Some(selector) = selector else { return };
        let workloads = self.selected(service.ns(), Selector::of_labels(selector));
        found.extend(workloads.into_iter().map(|workload| Target { workload, place }));
    }
}
