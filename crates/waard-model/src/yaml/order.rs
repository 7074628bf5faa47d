//! The order in which people write the fields of Kubernetes objects, against the alphabet of `k8s-openapi`.
//!
//! One table for all kinds: the same key means much the same everywhere, and where two kinds disagree, the commoner one
//! wins. Keys in [`HEAD`] come first, those in [`TAIL`] last, everything else between them in declared order.

use std::sync::LazyLock;

/// What a reader wants to know first, in this order.
#[rustfmt::skip]
const HEAD: &[&str] = &[
    // What it is.
    "apiVersion", "kind", "metadata",
    // Which one; `server` before `namespace` in an Argo CD destination, `alert` before `labels` in a Prometheus rule.
    "id", "server", "name", "generateName", "namespace", "apiGroup",
    "alert", "record", "expr", "for", "labels", "annotations",
    // Requirements, tolerations, references to keys; helm and git sources; addresses and ports.
    "key", "operator", "repoURL", "chart", "targetRevision",
    "host", "hostname", "subset", "hosts", "gateways", "http", "path", "pathType", "mode",
    "port", "targetPort", "nodePort", "containerPort", "hostPort", "number", "scheme", "protocol", "appProtocol",
    "type", "value", "values", "valueFrom", "effect",
    "ingressClassName", "gatewayClassName", "tls",
    // Mounts.
    "mountPath", "subPath", "subPathExpr", "readOnly", "driver",
    // How often and how many: CronJob, Job, StatefulSet, Deployment, Strimzi.
    "schedule", "timeZone", "concurrencyPolicy", "suspend", "startingDeadlineSeconds",
    "successfulJobsHistoryLimit", "failedJobsHistoryLimit",
    "completionMode", "completions", "parallelism", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished",
    "version", "metadataVersion", "serviceName", "partitions", "replicas", "roles", "minReadySeconds",
    "progressDeadlineSeconds", "revisionHistoryLimit", "podManagementPolicy", "strategy", "updateStrategy",
    "listeners", "config", "storage",
    // Scaling and disruption.
    "scaleTargetRef", "targetRef", "pollingInterval", "cooldownPeriod", "min", "minReplicas", "minReplicaCount",
    "minAllowed", "minAvailable", "max", "maxReplicas", "maxReplicaCount", "maxAllowed", "maxSurge", "maxUnavailable",
    "metrics", "behavior", "scaleUp", "scaleDown", "stabilizationWindowSeconds", "selectPolicy", "policies",
    // Services.
    "clusterIP", "externalName", "loadBalancerClass", "externalTrafficPolicy", "internalTrafficPolicy",
    "trafficDistribution", "ipFamilyPolicy", "ipFamilies", "sessionAffinity", "publishNotReadyAddresses",
    // Argo CD; an Istio route has its destination before its weight.
    "project", "source", "sources", "destination", "syncPolicy",
    // Spreading and selecting.
    "weight", "maxSkew", "topologyKey", "whenUnsatisfiable",
    "selector", "labelSelector", "namespaceSelector", "podSelector", "matchLabels", "matchExpressions",
    "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution",
    // Network policies, roles, routes.
    "policyTypes", "action", "ingress", "egress", "from", "to", "when",
    "roleRef", "subjects", "apiGroups",
    "match", "rewrite", "route", "retries", "timeout",
    "parentRefs", "hostnames", "matches", "filters", "backendRefs",
    // Storage.
    "provisioner", "parameters", "reclaimPolicy", "volumeBindingMode", "allowVolumeExpansion",
    "capacity", "accessModes", "volumeMode", "storageClassName", "served",
    // Pods.
    "serviceAccountName", "automountServiceAccountToken", "priorityClassName",
    // Containers.
    "image", "imagePullPolicy", "restartPolicy", "terminationGracePeriodSeconds", "command", "args", "workingDir",
    "ports", "envFrom", "env", "resources", "resourceNames", "verbs", "requests", "limits",
    "startupProbe", "readinessProbe", "livenessProbe", "lifecycle",
    // Probes.
    "exec", "httpGet", "grpc", "tcpSocket", "initialDelaySeconds", "periodSeconds", "timeoutSeconds",
    "successThreshold", "failureThreshold",
    // Security contexts.
    "runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup", "fsGroupChangePolicy", "seccompProfile",
    "allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities",
];

/// What is long, and what is not written by people.
#[rustfmt::skip]
const TAIL: &[&str] = &[
    "securityContext", "volumeMounts", "volumeDevices",
    "initContainers", "containers", "ephemeralContainers", "volumes",
    "rules", "template", "jobTemplate", "volumeClaimTemplates", "status",
];

/// The rank of every key that is in neither list.
const MIDDLE: u16 = 1 << 12;

/// Both lists with their ranks, by the length of the key: one lookup for each field written has to be cheap, and few
/// keys share a length.
static RANKS: LazyLock<Vec<Vec<(&str, u16)>>> = LazyLock::new(|| {
    let mut ranks = Vec::new();
    for (key, rank) in HEAD.iter().copied().zip(0..).chain(TAIL.iter().copied().zip(MIDDLE + 1..)) {
        if ranks.len() <= key.len() {
            ranks.resize(key.len() + 1, Vec::new());
        }
        if let Some(same_length) = ranks.get_mut(key.len()) {
            same_length.push((key, rank));
        }
    }
    for same_length in &mut ranks {
        same_length.sort_unstable();
    }
    ranks
});

/// Where a field stands among its siblings: the lower, the earlier.
pub(super) fn rank(key: &str) -> u16 {
    let same_length = RANKS.get(key.len()).map_or([].as_slice(), Vec::as_slice);
    let found = same_length.binary_search_by(|&(other, _)| other.cmp(key));
    found.ok().and_then(|at| same_length.get(at)).map_or(MIDDLE, |&(_, rank)| rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_stands_in_the_table_once() {
        let mut keys: Vec<_> = HEAD.iter().chain(TAIL).collect();
        keys.sort_unstable();
        let repeated: Vec<_> = keys.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
    }

    #[test]
    fn known_keys_surround_unknown_ones() {
        assert!(HEAD.iter().all(|key| rank(key) < rank("somethingElse")));
        assert!(TAIL.iter().all(|key| rank(key) > rank("somethingElse")));
    }
}
