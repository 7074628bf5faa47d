//! Names that mean the same to the checks, which keep them free, and to the emitters, which use them.

/// The label, and the taint's key, by which node groups and workloads find each other.
pub const WORKLOAD_TYPE: &str = "workload-type";
/// The namespace of the mesh's control plane.
pub const MESH_NAMESPACE: &str = "istio-system";
/// The namespace of the mesh's gateway.
pub const GATEWAY_NAMESPACE: &str = "istio-ingress";
/// The namespace of Argo CD.
pub const ARGOCD_NAMESPACE: &str = "argocd";
/// The namespace of External Secrets Operator.
pub const EXTERNAL_SECRETS_NAMESPACE: &str = "external-secrets";
/// The namespace of ExternalDNS.
pub const EXTERNAL_DNS_NAMESPACE: &str = "external-dns";
/// The namespace of Strimzi's operator.
pub const STRIMZI_NAMESPACE: &str = "strimzi-system";
/// The namespace that every cluster has, for what the cluster itself needs.
pub const SYSTEM_NAMESPACE: &str = "kube-system";
/// Namespaces of what every cluster may install, beside those of the mesh and of what collects metrics.
pub const CONTROLLER_NAMESPACES: [&str; 4] =
    [ARGOCD_NAMESPACE, EXTERNAL_SECRETS_NAMESPACE, EXTERNAL_DNS_NAMESPACE, STRIMZI_NAMESPACE];
/// The mesh's gateway: the value of its pods' label `istio`.
pub const GATEWAY_LABEL: &str = "ingressgateway";
/// The mesh's gateway: its Service.
pub const GATEWAY_SERVICE: &str = "istio-ingressgateway";
/// The mesh's gateway: its port for requests, of Service and container alike. Inside the VPC, without TLS.
pub const GATEWAY_PORT: u16 = 8080;
/// The mesh's gateway: its port for `/healthz/ready`.
pub const GATEWAY_STATUS_PORT: u16 = 15_021;
/// The network policy of every namespace that denies what no other allows.
pub const DEFAULT_DENY: &str = "default-deny";
/// The network policy of every namespace that lets pods ask the cluster's DNS.
pub const ALLOW_DNS: &str = "allow-dns";
/// The network policy of every namespace that lets proxies reach the mesh's control plane.
pub const ALLOW_MESH_CONTROL_PLANE: &str = "allow-mesh-control-plane";
/// Where a pod finds what it connects to Kafka with: a folder for each cluster that its workload uses.
pub const KAFKA_FILES: &str = "/etc/kafka";
/// The tag by which Karpenter finds subnets and security groups; its value is the cluster's name. What makes them puts it there.
pub const KARPENTER_DISCOVERY: &str = "karpenter.sh/discovery";
