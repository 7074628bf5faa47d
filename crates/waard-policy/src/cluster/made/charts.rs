//! What Helm charts make: anything in their own namespace, and what belongs to the cluster; nothing in other namespaces.

use waard_catalog::catalog;

use crate::cluster::selector::Selector;
use crate::place::Place;

/// A chart that something installs.
#[derive(Debug)]
pub(crate) struct Chart {
    /// Where it is installed; `None` if that isn't known.
    namespace: Option<String>,
    /// Parts of the names of what it makes; `None` if it may call things anything.
    words: Option<Vec<String>>,
    values: String,
    /// The name of the objects that it certainly makes.
    own: Option<String>,
    place: Place,
}

/// A chart as something installs it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Install<'t> {
    /// The name of the chart.
    pub(crate) chart: &'t str,
    /// Where the chart is from, if that is said.
    pub(crate) repository: &'t str,
    /// The name of the release; empty if it isn't known.
    pub(crate) release: &'t str,
    /// The namespace, if it is known.
    pub(crate) namespace: Option<&'t str>,
    /// Its values, if all of them are known.
    pub(crate) values: Option<&'t str>,
}

/// Parts of names that charts give to things, beside the names of chart, release and workloads.
///
/// Sources: `templates/` of argoproj/argo-helm argo-cd; of prometheus-community/helm-charts kube-prometheus-stack with
/// its subcharts, and prometheus-operator `pkg/prometheus` (`prometheus-operated`); of aws/eks-charts
/// aws-load-balancer-controller (`aws-load-balancer-tls`) and aws-vpc-cni; of kubernetes-sigs/aws-ebs-csi-driver; of
/// kubernetes/autoscaler vertical-pod-autoscaler; of istio/istio manifests/charts; of strimzi-kafka-operator.
const WORDS: [(&str, &[&str]); 8] = [
    ("argo-cd", &["argocd", "argoproj"]),
    ("aws-ebs-csi-driver", &["ebs-csi", "ebs.csi"]),
    ("aws-load-balancer-controller", &["aws-load-balancer"]),
    ("istio", &["istio-reader", "istio-sidecar-injector", "istio-validator"]),
    ("kube-prometheus-stack", &["prometheus", "alertmanager", "grafana", "node-exporter", "kube-state-metrics"]),
    ("strimzi", &["strimzi"]),
    ("vertical-pod-autoscaler", &["vpa"]),
    ("vpc-cni", &["aws-node"]),
];

impl Chart {
    pub(crate) fn new(install: Install<'_>, place: Place) -> Self {
        let place_of = |text: &str| text.trim_start_matches("oci://").trim_end_matches('/').to_owned();
        let chart = install.chart.rsplit('/').next().unwrap_or_default();
        // A chart that only has the name of one that is known may be another one.
        let component = catalog().components().iter().find(|component| {
            component.charts.iter().any(|known| known == chart)
                && place_of(&component.chart_repository) == place_of(install.repository)
        });
        let words = component.filter(|_| install.values.is_some() && !install.release.is_empty()).map(|component| {
            let workloads = catalog().controllers().iter().filter(|container| container.component == component.id);
            let more = WORDS.iter().find(|(id, _)| *id == component.id).map_or(&[][..], |(_, words)| words);
            // The charts of one component have names such as `base` and `gateway`, which say nothing.
            let own = [install.release, chart].into_iter().take(if component.charts.len() > 1 { 1 } else { 2 });
            own.chain(workloads.map(|container| container.workload.as_str()))
                .chain(more.iter().copied())
                .map(str::to_owned)
                .collect()
        });
        let values = words.as_ref().and(install.values).unwrap_or_default().to_owned();
        // Source: istio/istio `manifests/charts/gateway/templates/{service,serviceaccount}.yaml` and `_helpers.tpl`.
        let is_gateway = component.is_some_and(|component| component.id == "istio") && chart == "gateway";
        let own = (is_gateway && words.is_some()).then(|| install.release.to_owned());
        Self { namespace: install.namespace.map(str::to_owned), words, values, own, place }
    }

    pub(super) const fn place(&self) -> Place {
        self.place
    }

    /// Whether it certainly makes an object.
    pub(super) fn makes(&self, kind: &str, namespace: &str, name: &str) -> bool {
        matches!(kind, "Service" | "ServiceAccount")
            && self.namespace.as_deref() == Some(namespace)
            && self.own.as_deref() == Some(name)
    }

    /// Whether it may make an object. An empty name is any.
    pub(super) fn may_make(&self, kind: &str, namespace: &str, name: &str) -> bool {
        // Helm makes the namespace of a release only where it is told to, which is known where the chart is.
        if kind == "Namespace" {
            return self.namespace.is_none();
        }
        if !namespace.is_empty() && !self.is_in(namespace) {
            return false;
        }
        name.is_empty() || self.is_about(name) || (kind == "IngressClass" && self.makes_alb(name))
    }

    /// Whether its pods may have the labels that a selector asks for.
    pub(super) fn may_be_selected(&self, namespace: &str, selector: Selector<'_>) -> bool {
        let Some(words) = &self.words else { return self.is_in(namespace) };
        // A label may have a part of the name: the gateway of Istio that is released as `istio-ingress` has
        // `istio: ingress`.
        let has = |value: &str| self.is_about(value) || words.iter().any(|word| word.contains(value));
        let asked = selector.labels();
        self.is_in(namespace) && (asked.is_empty() || asked.iter().any(|label| label.value().text().is_some_and(has)))
    }

    /// Whether its pods may tolerate taints of node groups. Those of charts that are known tolerate none by themselves,
    /// except daemonsets.
    pub(super) fn may_tolerate(&self) -> bool {
        self.words.is_none() || self.values.contains("olerations")
    }

    fn is_in(&self, namespace: &str) -> bool {
        self.namespace.as_deref().is_none_or(|own| own == namespace)
    }

    fn is_about(&self, name: &str) -> bool {
        let Some(words) = &self.words else { return true };
        words.iter().any(|word| name.contains(word.as_str())) || self.values.contains(name)
    }

    /// Source: aws/eks-charts aws-load-balancer-controller `values.yaml`: `ingressClass: alb`, `createIngressClassResource: true`.
    fn makes_alb(&self, name: &str) -> bool {
        let Some(words) = &self.words else { return true };
        name == "alb"
            && words.iter().any(|word| word == "aws-load-balancer-controller")
            && !self.values.contains("createIngressClassResource: false")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARGO: Install<'_> = Install {
        chart: "argo-cd",
        repository: "https://argoproj.github.io/argo-helm/",
        release: "argocd",
        namespace: Some("argocd"),
        values: Some("extraConfigMap: house-rules\n"),
    };

    #[test]
    fn a_known_chart_makes_what_is_called_like_it_where_it_is_installed() {
        let chart = Chart::new(ARGO, Place::of_file(0));
        for (kind, namespace, name, may) in [
            ("Secret", "argocd", "argocd-secret", true),
            ("ConfigMap", "argocd", "house-rules", true),
            ("ConfigMap", "argocd", "", true),
            ("ConfigMap", "argocd", "api-settings", false),
            ("ServiceAccount", "production", "argocd-server", false),
            ("ClusterRole", "", "argocd-server", true),
            ("StorageClass", "", "gp3", false),
            ("Namespace", "", "production", false),
        ] {
            assert_eq!(chart.may_make(kind, namespace, name), may, "{kind} {namespace}/{name}");
        }
    }

    #[test]
    fn a_gateway_of_istio_makes_a_service_of_its_name() {
        let install = Install {
            chart: "gateway",
            repository: "ghcr.io/istio/release/charts",
            release: "istio-ingressgateway",
            namespace: Some("istio-ingress"),
            values: Some(""),
        };
        let chart = Chart::new(install, Place::of_file(0));
        assert!(chart.makes("Service", "istio-ingress", "istio-ingressgateway"));
        assert!(!chart.makes("Service", "istio-ingress", "istio-ingress"));
        assert!(!chart.may_make("Service", "istio-ingress", "istio-ingresgateway"));
        assert!(!Chart::new(ARGO, Place::of_file(0)).makes("Service", "argocd", "argocd"));
    }

    #[test]
    fn what_an_unknown_chart_calls_things_is_not_known() {
        for install in [
            Install { chart: "shop", ..ARGO },
            Install { repository: "https://charts.example.com", ..ARGO },
            Install { values: None, ..ARGO },
        ] {
            let chart = Chart::new(install, Place::of_file(0));
            assert!(chart.may_make("ConfigMap", "argocd", "api-settings"), "{install:?}");
            assert!(chart.may_make("StorageClass", "", "fast"), "{install:?}");
            assert!(!chart.may_make("ConfigMap", "production", "api-settings"), "{install:?}");
        }
    }
}
