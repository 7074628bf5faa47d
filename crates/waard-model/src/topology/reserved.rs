//! Names that mean the same to the checks, which keep them free, and to the emitters, which use them.

/// The label, and the taint's key, by which node groups and workloads find each other.
pub const WORKLOAD_TYPE: &str = "workload-type";
/// The namespace of the mesh's control plane.
pub const MESH_NAMESPACE: &str = "istio-system";
/// The namespace of the mesh's gateway.
pub const GATEWAY_NAMESPACE: &str = "istio-ingress";
/// The network policy of every namespace that denies what no other allows.
pub const DEFAULT_DENY: &str = "default-deny";
/// The network policy of every namespace that lets pods ask the cluster's DNS.
pub const ALLOW_DNS: &str = "allow-dns";
/// The network policy of every namespace that lets proxies reach the mesh's control plane.
pub const ALLOW_MESH_CONTROL_PLANE: &str = "allow-mesh-control-plane";
