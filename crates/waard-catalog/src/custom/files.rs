//! The files of facts, in the order of groups, kinds and versions.

/// Group, kind, version if it isn't the best that is served, and text.
pub(super) type File = (&'static str, &'static str, &'static str, &'static str);

macro_rules! file {
    ($group:literal, $kind:literal) => {
        ($group, $kind, "", include_str!(concat!("../../facts/crds/", $group, "_", $kind, ".txt")))
    };
    ($group:literal, $kind:literal, $version:literal) => {
        ($group, $kind, $version, include_str!(concat!("../../facts/crds/", $group, "_", $kind, "_", $version, ".txt")))
    };
}

/// A new row of `facts/kinds.csv` needs a line here, which the tests ask for.
pub(super) const FILES: &[File] = &[
    file!("argoproj.io", "AppProject"),
    file!("argoproj.io", "Application"),
    file!("argoproj.io", "ApplicationSet"),
    file!("autoscaling.k8s.io", "VerticalPodAutoscaler"),
    file!("eksctl.io", "ClusterConfig"),
    file!("elbv2.k8s.aws", "IngressClassParams"),
    file!("elbv2.k8s.aws", "TargetGroupBinding"),
    file!("extensions.istio.io", "WasmPlugin"),
    file!("external-secrets.io", "ClusterExternalSecret"),
    file!("external-secrets.io", "ClusterSecretStore"),
    file!("external-secrets.io", "ExternalSecret"),
    file!("external-secrets.io", "PushSecret"),
    file!("external-secrets.io", "SecretStore"),
    file!("kafka.strimzi.io", "Kafka"),
    file!("kafka.strimzi.io", "Kafka", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaBridge"),
    file!("kafka.strimzi.io", "KafkaBridge", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaConnect"),
    file!("kafka.strimzi.io", "KafkaConnect", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaConnector"),
    file!("kafka.strimzi.io", "KafkaConnector", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaMirrorMaker2"),
    file!("kafka.strimzi.io", "KafkaMirrorMaker2", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaNodePool"),
    file!("kafka.strimzi.io", "KafkaNodePool", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaRebalance"),
    file!("kafka.strimzi.io", "KafkaRebalance", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaTopic"),
    file!("kafka.strimzi.io", "KafkaTopic", "v1beta2"),
    file!("kafka.strimzi.io", "KafkaUser"),
    file!("kafka.strimzi.io", "KafkaUser", "v1beta2"),
    file!("karpenter.k8s.aws", "EC2NodeClass"),
    file!("karpenter.sh", "NodeClaim"),
    file!("karpenter.sh", "NodePool"),
    file!("monitoring.coreos.com", "Alertmanager"),
    file!("monitoring.coreos.com", "AlertmanagerConfig"),
    file!("monitoring.coreos.com", "PodMonitor"),
    file!("monitoring.coreos.com", "Probe"),
    file!("monitoring.coreos.com", "Prometheus"),
    file!("monitoring.coreos.com", "PrometheusRule"),
    file!("monitoring.coreos.com", "ScrapeConfig"),
    file!("monitoring.coreos.com", "ServiceMonitor"),
    file!("networking.istio.io", "DestinationRule"),
    file!("networking.istio.io", "EnvoyFilter"),
    file!("networking.istio.io", "Gateway"),
    file!("networking.istio.io", "ProxyConfig"),
    file!("networking.istio.io", "ServiceEntry"),
    file!("networking.istio.io", "Sidecar"),
    file!("networking.istio.io", "VirtualService"),
    file!("networking.istio.io", "WorkloadEntry"),
    file!("networking.istio.io", "WorkloadGroup"),
    file!("security.istio.io", "AuthorizationPolicy"),
    file!("security.istio.io", "PeerAuthentication"),
    file!("security.istio.io", "RequestAuthentication"),
    file!("telemetry.istio.io", "Telemetry"),
];
