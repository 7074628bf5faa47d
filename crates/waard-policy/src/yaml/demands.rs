//! What Kubernetes demands of the fields of its own types: which must be there, which words and numbers they take.
//!
//! Only what the API server refuses is here. Fields whose absence is the same as a valid zero are left out of `needs`,
//! and words that differ between releases are all there.
//!
//! Sources: `required` in the OpenAPI documents of Kubernetes 1.33, 1.35 and 1.37 (`api/openapi-spec/swagger.json`); the
//! constants of each type and its documentation in kubernetes/api (`core/v1/types.go` and its like), which the API
//! reference prints; `pkg/apis/*/validation/validation.go` of kubernetes/kubernetes for numbers, for the image of a
//! container, and for what a claim needs.

use super::node::{Entry, Node};
use crate::schema::is_template;

/// What is demanded of a type's fields.
#[derive(Debug)]
pub(super) struct Demands {
    of: &'static str,
    /// Fields that must be there, and that nothing or an empty text doesn't fill.
    pub(super) needs: &'static [&'static str],
    words: &'static [(&'static str, &'static [&'static str])],
    ranges: &'static [(&'static str, i64, i64)],
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number from the first to the second.
    Range(i64, i64),
}

/// The largest number of 32 bits, for fields with a smallest number only.
const I32: i64 = i32::MAX as i64;

impl Demands {
    const fn of(
        of: &'static str,
        needs: &'static [&'static str],
        words: &'static [(&'static str, &'static [&'static str])],
        ranges: &'static [(&'static str, i64, i64)],
    ) -> Self {
        Self { of, needs, words, ranges }
    }

    /// The value, or the item of it, that a field doesn't take.
    pub(super) fn refused<'n>(&self, entry: &'n Entry) -> Option<(&'n Node, Takes)> {
        if let Some((_, words)) = self.words.iter().find(|(field, _)| *field == entry.key()) {
            let wrong = |node: &&Node| node.as_str().is_some_and(|text| !text.is_empty() && !words.contains(&text));
            let node = if entry.value().is_list() {
                entry.value().items().iter().find(wrong)
            } else {
                Some(entry.value()).filter(wrong)
            };
            return node.filter(|node| !node.text().is_some_and(is_template)).map(|node| (node, Takes::Words(words)));
        }
        let (_, from, to) = self.ranges.iter().find(|(field, ..)| *field == entry.key())?;
        let number = entry.value().as_int()?;
        (!(*from..=*to).contains(&number)).then_some((entry.value(), Takes::Range(*from, *to)))
    }
}

/// What is demanded of a type.
pub(super) fn of(name: &str) -> Option<&'static Demands> {
    let found = TYPES.binary_search_by(|demands| demands.of.cmp(name)).ok()?;
    TYPES.get(found)
}

/// By name. Types of different groups with the same name demand the same.
static TYPES: [Demands; 114] = [
    Demands::of("APIServiceSpec", &["groupPriorityMinimum", "versionPriority"], &[], &[]),
    Demands::of("AppArmorProfile", &["type"], &[("type", &["RuntimeDefault", "Localhost", "Unconfined"])], &[]),
    Demands::of("CSIPersistentVolumeSource", &["driver", "volumeHandle"], &[], &[]),
    Demands::of("CSIVolumeSource", &["driver"], &[], &[]),
    Demands::of("ClusterRoleBinding", &["roleRef"], &[], &[]),
    Demands::of("ConfigMapKeySelector", &["key"], &[], &[]),
    Demands::of(
        "Container",
        &["name", "image"],
        &[
            ("imagePullPolicy", &["Always", "IfNotPresent", "Never"]),
            ("restartPolicy", &["Always", "OnFailure", "Never"]),
            ("terminationMessagePolicy", &["File", "FallbackToLogsOnError"]),
        ],
        &[],
    ),
    Demands::of(
        "ContainerPort",
        &["containerPort"],
        &[("protocol", &["TCP", "UDP", "SCTP"])],
        &[("containerPort", 1, 65535), ("hostPort", 0, 65535)],
    ),
    Demands::of(
        "ContainerResizePolicy",
        &["resourceName", "restartPolicy"],
        &[("restartPolicy", &["NotRequired", "RestartContainer"])],
        &[],
    ),
    Demands::of("ContainerResourceMetricSource", &["name", "container", "target"], &[], &[]),
    Demands::of("CronJob", &["spec"], &[], &[]),
    Demands::of(
        "CronJobSpec",
        &["schedule", "jobTemplate"],
        &[("concurrencyPolicy", &["Allow", "Forbid", "Replace"])],
        &[("failedJobsHistoryLimit", 0, I32), ("successfulJobsHistoryLimit", 0, I32)],
    ),
    Demands::of("CrossVersionObjectReference", &["kind", "name"], &[], &[]),
    Demands::of("CustomResourceDefinition", &["spec"], &[], &[]),
    Demands::of("CustomResourceDefinitionNames", &["kind", "plural"], &[], &[]),
    Demands::of(
        "CustomResourceDefinitionSpec",
        &["group", "names", "scope", "versions"],
        &[("scope", &["Namespaced", "Cluster"])],
        &[],
    ),
    Demands::of("CustomResourceDefinitionVersion", &["name"], &[], &[]),
    Demands::of("DaemonSet", &["spec"], &[], &[]),
    Demands::of(
        "DaemonSetSpec",
        &["selector", "template"],
        &[],
        &[("minReadySeconds", 0, I32), ("revisionHistoryLimit", 0, I32)],
    ),
    Demands::of("DaemonSetUpdateStrategy", &[], &[("type", &["RollingUpdate", "OnDelete"])], &[]),
    Demands::of("Deployment", &["spec"], &[], &[]),
    Demands::of(
        "DeploymentSpec",
        &["selector", "template"],
        &[],
        &[("minReadySeconds", 0, I32), ("replicas", 0, I32), ("revisionHistoryLimit", 0, I32)],
    ),
    Demands::of("DeploymentStrategy", &[], &[("type", &["RollingUpdate", "Recreate"])], &[]),
    Demands::of("DownwardAPIVolumeFile", &["path"], &[], &[]),
    Demands::of("Endpoint", &["addresses"], &[], &[]),
    Demands::of("EndpointSlice", &["addressType"], &[], &[]),
    Demands::of("EnvVar", &["name"], &[], &[]),
    Demands::of("EphemeralContainer", &["name"], &[], &[]),
    Demands::of("ExternalMetricSource", &["metric", "target"], &[], &[]),
    Demands::of("GRPCAction", &["port"], &[], &[("port", 1, 65535)]),
    Demands::of(
        "HPAScalingPolicy",
        &["type", "value", "periodSeconds"],
        &[("type", &["Pods", "Percent"])],
        &[("periodSeconds", 1, 1800), ("value", 1, I32)],
    ),
    Demands::of(
        "HPAScalingRules",
        &[],
        &[("selectPolicy", &["Max", "Min", "Disabled"])],
        &[("stabilizationWindowSeconds", 0, 3600)],
    ),
    Demands::of("HTTPGetAction", &["port"], &[("scheme", &["HTTP", "HTTPS"])], &[("port", 1, 65535)]),
    Demands::of("HTTPHeader", &["name"], &[], &[]),
    Demands::of(
        "HTTPIngressPath",
        &["pathType", "backend"],
        &[("pathType", &["Exact", "Prefix", "ImplementationSpecific"])],
        &[],
    ),
    Demands::of("HTTPIngressRuleValue", &["paths"], &[], &[]),
    Demands::of("HorizontalPodAutoscaler", &["spec"], &[], &[]),
    Demands::of(
        "HorizontalPodAutoscalerSpec",
        &["scaleTargetRef", "maxReplicas"],
        &[],
        &[("maxReplicas", 1, I32), ("minReplicas", 0, I32)],
    ),
    Demands::of("HostAlias", &["ip"], &[], &[]),
    Demands::of(
        "HostPathVolumeSource",
        &["path"],
        &[("type", &["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"])],
        &[],
    ),
    Demands::of("IPBlock", &["cidr"], &[], &[]),
    Demands::of("IngressClassParametersReference", &["kind", "name"], &[], &[]),
    Demands::of("IngressServiceBackend", &["name"], &[], &[]),
    Demands::of("Job", &["spec"], &[], &[]),
    Demands::of(
        "JobSpec",
        &["template"],
        &[("completionMode", &["NonIndexed", "Indexed"]), ("podReplacementPolicy", &["TerminatingOrFailed", "Failed"])],
        &[
            ("backoffLimit", 0, I32),
            ("completions", 0, I32),
            ("parallelism", 0, I32),
            ("ttlSecondsAfterFinished", 0, I32),
        ],
    ),
    Demands::of("KeyToPath", &["key", "path"], &[], &[]),
    Demands::of(
        "LabelSelectorRequirement",
        &["key", "operator"],
        &[("operator", &["In", "NotIn", "Exists", "DoesNotExist"])],
        &[],
    ),
    Demands::of("LimitRangeItem", &["type"], &[("type", &["Container", "Pod", "PersistentVolumeClaim"])], &[]),
    Demands::of("LimitRangeSpec", &["limits"], &[], &[]),
    Demands::of("LocalVolumeSource", &["path"], &[], &[]),
    Demands::of("MetricIdentifier", &["name"], &[], &[]),
    Demands::of(
        "MetricSpec",
        &["type"],
        &[("type", &["Resource", "ContainerResource", "Pods", "Object", "External"])],
        &[],
    ),
    Demands::of("MetricTarget", &["type"], &[("type", &["Utilization", "Value", "AverageValue"])], &[]),
    Demands::of(
        "MutatingWebhook",
        &["name", "clientConfig", "sideEffects", "admissionReviewVersions"],
        &[
            ("failurePolicy", &["Fail", "Ignore"]),
            ("matchPolicy", &["Exact", "Equivalent"]),
            ("reinvocationPolicy", &["Never", "IfNeeded"]),
            ("sideEffects", &["None", "NoneOnDryRun"]),
        ],
        &[],
    ),
    Demands::of("NFSVolumeSource", &["server", "path"], &[], &[]),
    Demands::of(
        "NetworkPolicyPort",
        &[],
        &[("protocol", &["TCP", "UDP", "SCTP"])],
        &[("endPort", 1, 65535), ("port", 1, 65535)],
    ),
    Demands::of("NetworkPolicySpec", &[], &[("policyTypes", &["Ingress", "Egress"])], &[]),
    Demands::of("NodeSelector", &["nodeSelectorTerms"], &[], &[]),
    Demands::of(
        "NodeSelectorRequirement",
        &["key", "operator"],
        &[("operator", &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"])],
        &[],
    ),
    Demands::of("ObjectFieldSelector", &["fieldPath"], &[], &[]),
    Demands::of("ObjectMetricSource", &["describedObject", "metric", "target"], &[], &[]),
    Demands::of("PersistentVolumeClaim", &["spec"], &[], &[]),
    Demands::of(
        "PersistentVolumeClaimSpec",
        &["accessModes", "resources"],
        &[
            ("accessModes", &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]),
            ("volumeMode", &["Filesystem", "Block"]),
        ],
        &[],
    ),
    Demands::of("PersistentVolumeClaimVolumeSource", &["claimName"], &[], &[]),
    Demands::of(
        "PersistentVolumeSpec",
        &[],
        &[
            ("accessModes", &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]),
            ("persistentVolumeReclaimPolicy", &["Retain", "Delete", "Recycle"]),
            ("volumeMode", &["Filesystem", "Block"]),
        ],
        &[],
    ),
    Demands::of("Pod", &["spec"], &[], &[]),
    Demands::of("PodAffinityTerm", &["topologyKey"], &[], &[]),
    Demands::of(
        "PodDisruptionBudgetSpec",
        &[],
        &[("unhealthyPodEvictionPolicy", &["IfHealthyBudget", "AlwaysAllow"])],
        &[],
    ),
    Demands::of("PodFailurePolicy", &["rules"], &[], &[]),
    Demands::of("PodFailurePolicyRule", &["action"], &[("action", &["FailJob", "FailIndex", "Ignore", "Count"])], &[]),
    Demands::of("PodOS", &[], &[("name", &["linux", "windows"])], &[]),
    Demands::of("PodReadinessGate", &["conditionType"], &[], &[]),
    Demands::of("PodSchedulingGate", &["name"], &[], &[]),
    Demands::of("PodSecurityContext", &[], &[("fsGroupChangePolicy", &["OnRootMismatch", "Always"])], &[]),
    Demands::of(
        "PodSpec",
        &["containers"],
        &[
            ("dnsPolicy", &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
            ("preemptionPolicy", &["PreemptLowerPriority", "Never"]),
            ("restartPolicy", &["Always", "OnFailure", "Never"]),
        ],
        &[("terminationGracePeriodSeconds", 0, i64::MAX)],
    ),
    Demands::of("PodTemplateSpec", &["spec"], &[], &[]),
    Demands::of("PodsMetricSource", &["metric", "target"], &[], &[]),
    Demands::of("PolicyRule", &["verbs"], &[], &[]),
    Demands::of("PreferredSchedulingTerm", &["weight", "preference"], &[], &[("weight", 1, 100)]),
    Demands::of("PriorityClass", &[], &[("preemptionPolicy", &["PreemptLowerPriority", "Never"])], &[]),
    Demands::of(
        "Probe",
        &[],
        &[],
        &[
            ("failureThreshold", 0, I32),
            ("initialDelaySeconds", 0, I32),
            ("periodSeconds", 0, I32),
            ("successThreshold", 0, I32),
            ("timeoutSeconds", 0, I32),
        ],
    ),
    Demands::of("ReplicaSet", &["spec"], &[], &[]),
    Demands::of("ReplicaSetSpec", &["selector"], &[], &[("replicas", 0, I32)]),
    Demands::of("ResourceFieldSelector", &["resource"], &[], &[]),
    Demands::of("ResourceMetricSource", &["name", "target"], &[], &[]),
    Demands::of("RoleBinding", &["roleRef"], &[], &[]),
    Demands::of("RoleRef", &["kind", "name"], &[("kind", &["Role", "ClusterRole"])], &[]),
    Demands::of("RuntimeClass", &["handler"], &[], &[]),
    Demands::of("SeccompProfile", &["type"], &[("type", &["RuntimeDefault", "Localhost", "Unconfined"])], &[]),
    Demands::of("SecretKeySelector", &["key"], &[], &[]),
    Demands::of("SecurityContext", &[], &[("procMount", &["Default", "Unmasked"])], &[]),
    Demands::of("ServiceAccountTokenProjection", &["path"], &[], &[]),
    Demands::of("ServiceBackendPort", &[], &[], &[("number", 1, 65535)]),
    Demands::of(
        "ServicePort",
        &["port"],
        &[("protocol", &["TCP", "UDP", "SCTP"])],
        &[("nodePort", 0, 65535), ("port", 1, 65535), ("targetPort", 1, 65535)],
    ),
    Demands::of(
        "ServiceSpec",
        &[],
        &[
            ("externalTrafficPolicy", &["Cluster", "Local"]),
            ("internalTrafficPolicy", &["Cluster", "Local"]),
            ("ipFamilies", &["IPv4", "IPv6"]),
            ("ipFamilyPolicy", &["SingleStack", "PreferDualStack", "RequireDualStack"]),
            ("sessionAffinity", &["None", "ClientIP"]),
            ("type", &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
        ],
        &[],
    ),
    Demands::of("StatefulSet", &["spec"], &[], &[]),
    Demands::of(
        "StatefulSetPersistentVolumeClaimRetentionPolicy",
        &[],
        &[("whenDeleted", &["Retain", "Delete"]), ("whenScaled", &["Retain", "Delete"])],
        &[],
    ),
    Demands::of(
        "StatefulSetSpec",
        &["selector", "template"],
        &[("podManagementPolicy", &["OrderedReady", "Parallel"])],
        &[("minReadySeconds", 0, I32), ("replicas", 0, I32), ("revisionHistoryLimit", 0, I32)],
    ),
    Demands::of("StatefulSetUpdateStrategy", &[], &[("type", &["RollingUpdate", "OnDelete"])], &[]),
    Demands::of(
        "StorageClass",
        &["provisioner"],
        &[("reclaimPolicy", &["Retain", "Delete"]), ("volumeBindingMode", &["Immediate", "WaitForFirstConsumer"])],
        &[],
    ),
    Demands::of("Subject", &["kind"], &[("kind", &["User", "Group", "ServiceAccount"])], &[]),
    Demands::of("Sysctl", &["name", "value"], &[], &[]),
    Demands::of("TCPSocketAction", &["port"], &[], &[("port", 1, 65535)]),
    Demands::of("Taint", &[], &[("effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"])], &[]),
    Demands::of(
        "Toleration",
        &[],
        &[("effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"]), ("operator", &["Equal", "Exists", "Lt", "Gt"])],
        &[],
    ),
    Demands::of(
        "TopologySpreadConstraint",
        &["maxSkew", "topologyKey", "whenUnsatisfiable"],
        &[
            ("nodeAffinityPolicy", &["Honor", "Ignore"]),
            ("nodeTaintsPolicy", &["Honor", "Ignore"]),
            ("whenUnsatisfiable", &["DoNotSchedule", "ScheduleAnyway"]),
        ],
        &[("maxSkew", 1, I32), ("minDomains", 1, I32)],
    ),
    Demands::of("TypedLocalObjectReference", &["kind", "name"], &[], &[]),
    Demands::of(
        "ValidatingWebhook",
        &["name", "clientConfig", "sideEffects", "admissionReviewVersions"],
        &[
            ("failurePolicy", &["Fail", "Ignore"]),
            ("matchPolicy", &["Exact", "Equivalent"]),
            ("sideEffects", &["None", "NoneOnDryRun"]),
        ],
        &[],
    ),
    Demands::of("Validation", &["expression"], &[], &[]),
    Demands::of("Variable", &["name", "expression"], &[], &[]),
    Demands::of("Volume", &["name"], &[], &[]),
    Demands::of("VolumeDevice", &["name", "devicePath"], &[], &[]),
    Demands::of(
        "VolumeMount",
        &["name", "mountPath"],
        &[
            ("mountPropagation", &["None", "HostToContainer", "Bidirectional"]),
            ("recursiveReadOnly", &["Disabled", "IfPossible", "Enabled"]),
        ],
        &[],
    ),
    Demands::of("WeightedPodAffinityTerm", &["weight", "podAffinityTerm"], &[], &[("weight", 1, 100)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_in_order_and_demand_something() {
        assert!(TYPES.is_sorted_by(|a, b| a.of < b.of));
        for demands in &TYPES {
            assert!(
                !demands.needs.is_empty() || !demands.words.is_empty() || !demands.ranges.is_empty(),
                "{}",
                demands.of
            );
            assert!(demands.ranges.iter().all(|(_, from, to)| from < to));
            assert!(demands.words.iter().all(|(_, words)| words.len() > 1));
        }
        assert_eq!(of("Container").map(|demands| demands.needs), Some(&["name", "image"][..]));
        assert!(of("ConfigMap").is_none());
    }
}
