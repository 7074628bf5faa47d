//! Pods that operators make, and the labels that these can have.

use crate::cluster::object::Object;
use crate::cluster::selector::Selector;
use crate::place::{Place, Placed};

/// Pods that an object of an operator becomes.
#[derive(Debug)]
pub(super) struct OfOperator {
    namespace: Box<str>,
    /// Beginnings of keys of labels that the operator sets, with the beginnings of their values; none: any value.
    own: &'static [(&'static str, &'static [&'static str])],
    /// Labels that the object gives to its pods, or may.
    given: Vec<(Box<str>, Box<str>)>,
    place: Place,
}

/// Source: strimzi/strimzi-kafka-operator 0.46 `Labels.java`: `strimzi.io/*`, and four of the recommended labels, whose
/// values are the kind of component, the cluster's name, `strimzi-` with that name, and the operator's.
const STRIMZI: &[(&str, &[&str])] = &[
    ("strimzi.io/", &[]),
    ("app.kubernetes.io/name", &["kafka", "strimzi", "entity-operator", "cruise-control", "zookeeper"]),
    ("app.kubernetes.io/instance", &[]),
    ("app.kubernetes.io/part-of", &["strimzi-"]),
    ("app.kubernetes.io/managed-by", &["strimzi-"]),
    ("statefulset.kubernetes.io/", &[]),
];

/// Source: prometheus-operator `pkg/prometheus/server/statefulset.go`, `pkg/alertmanager/statefulset.go`.
const PROMETHEUS: &[(&str, &[&str])] = &[
    ("app.kubernetes.io/", &[]),
    ("operator.prometheus.io/", &[]),
    ("prometheus", &[]),
    ("alertmanager", &[]),
    ("thanos-ruler", &[]),
    ("managed-by", &[]),
    ("statefulset.kubernetes.io/", &[]),
    ("apps.kubernetes.io/", &[]),
];

/// Source: cloudnative-pg `pkg/utils/labels_annotations.go`.
const POSTGRES: &[(&str, &[&str])] =
    &[("cnpg.io/", &[]), ("app.kubernetes.io/", &[]), ("postgresql", &[]), ("role", &[])];

/// Sources: argo-rollouts `utils/defaults`; argo-workflows `workflow/common/common.go`.
const ARGO: &[(&str, &[&str])] = &[("rollouts-pod-template-hash", &[]), ("workflows.argoproj.io/", &[])];

impl OfOperator {
    /// `None` if the object becomes no pods, as far as is known.
    pub(super) fn of(object: &Object) -> Option<Self> {
        let own = match (object.group(), object.kind()) {
            (
                "kafka.strimzi.io",
                "Kafka" | "KafkaConnect" | "KafkaMirrorMaker" | "KafkaMirrorMaker2" | "KafkaBridge" | "KafkaNodePool",
            ) => STRIMZI,
            ("monitoring.coreos.com", "Prometheus" | "PrometheusAgent" | "Alertmanager" | "ThanosRuler") => PROMETHEUS,
            ("postgresql.cnpg.io", "Cluster" | "Pooler") => POSTGRES,
            ("argoproj.io", "Rollout" | "Workflow" | "CronWorkflow") => ARGO,
            _ => return None,
        };
        // Its own labels, and those of any template in it.
        let mut given = Vec::new();
        object.node().walk(&mut |node| {
            for label in node.map("labels") {
                given.push((label.key().into(), label.value().text().unwrap_or_default().into()));
            }
        });
        Some(Self { namespace: object.ns().into(), own, given, place: object.place() })
    }

    pub(super) const fn place(&self) -> Place {
        self.place
    }

    /// Whether its pods may have the labels that a selector asks for.
    pub(super) fn may_be_selected(&self, namespace: &str, selector: Selector<'_>) -> bool {
        let may = |key: &str, value: &str| {
            let of_operator = self.own.iter().any(|(beginning, values)| {
                key.starts_with(beginning)
                    && (values.is_empty() || values.iter().any(|beginning| value.starts_with(beginning)))
            });
            of_operator || self.given.iter().any(|(has, is)| **has == *key && **is == *value)
        };
        let asked = selector.labels();
        *self.namespace == *namespace
            && asked.iter().all(|label| may(label.key(), label.value().text().unwrap_or_default()))
    }
}
