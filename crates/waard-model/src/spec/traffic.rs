//! Inside a cluster: how requests enter, the mesh, network policy, pod security, observability.

use crate::name::{Namespace, TlsPolicy};
use crate::quantity::{Bounds, Bytes, Cpu, Duration, Percent};
use crate::source::shape::{choice, shape};

choice! {
    /// The one way by which requests enter a cluster.
    pub enum EntryPath as "a way in" {
        /// The load balancer sends them straight to the pods.
        Direct = "direct",
        /// The load balancer sends them to the mesh's gateway.
        Mesh = "mesh",
    }
}

choice! {
    /// How the load balancer chooses a pod.
    pub enum BalancingAlgorithm as "a balancing algorithm" {
        /// The one with the fewest open requests.
        LeastOutstandingRequests = "least-outstanding-requests",
        /// One after the other.
        RoundRobin = "round-robin",
    }
}

shape! {
    /// How requests enter a cluster: one application load balancer per region.
    pub struct IngressSpec as "an ingress" defaulted {
        /// The one way in. Without this key: through the mesh if there is one, else direct.
        optional via: EntryPath,
        /// The TLS policy of the load balancer.
        default tls_policy: TlsPolicy = TlsPolicy::recommended(),
        /// How the load balancer finds out that a pod is ready.
        default health: IngressHealthSpec = IngressHealthSpec::default(),
        /// How the load balancer chooses a pod.
        default algorithm: BalancingAlgorithm = BalancingAlgorithm::LeastOutstandingRequests,
        /// How long the load balancer still sends requests to a pod that is leaving. Pods wait that long before they stop.
        default deregistration: Duration = Duration::seconds(30),
        /// How long a connection may be idle.
        default idle_timeout: Duration = Duration::seconds(60),
        /// Keep access logs in a bucket.
        default access_logs: bool = true,
    }
}

shape! {
    /// How the load balancer finds out that a pod is ready.
    pub struct IngressHealthSpec as "a health check" defaulted {
        /// How often it asks: 5 s to 300 s.
        default interval: Duration = Duration::seconds(10),
        /// How long it waits for an answer; less than the interval.
        default timeout: Duration = Duration::seconds(5),
        /// Answers in a row that make a pod healthy: 2 to 10.
        default healthy: u16 = 2,
        /// Failures in a row that make it unhealthy: 2 to 10.
        default unhealthy: u16 = 3,
    }
}

choice! {
    /// A service mesh.
    pub enum MeshKind as "a service mesh" {
        /// Istio with sidecars.
        Istio = "istio",
    }
}

choice! {
    /// Whether calls without mutual TLS are let through.
    pub enum MutualTls as "a mutual TLS mode" {
        /// They aren't.
        Strict = "strict",
        /// They are, while a platform moves into the mesh.
        Permissive = "permissive",
    }
}

shape! {
    /// The service mesh.
    pub struct MeshSpec as "a mesh" {
        /// Which one.
        default kind: MeshKind = MeshKind::Istio,
        /// Whether calls without mutual TLS are let through.
        default mtls: MutualTls = MutualTls::Strict,
        /// What the proxy in each pod requests. It counts in placement and scaling.
        default proxy: ProxySpec = ProxySpec::default(),
        /// The gateway through which requests enter.
        default gateway: MeshGatewaySpec = MeshGatewaySpec::default(),
    }
}

shape! {
    /// What the mesh's proxy requests in each pod.
    pub struct ProxySpec as "a proxy" defaulted {
        /// Processor time.
        default cpu: Cpu = Cpu::TENTH,
        /// Memory: requested, and the limit.
        default memory: Bytes = Bytes::mebibytes(128),
    }
}

shape! {
    /// The mesh's gateway.
    pub struct MeshGatewaySpec as "a gateway" defaulted {
        /// Fewest and most pods.
        default replicas: Bounds = Bounds::GATEWAY,
        /// Processor time of each.
        default cpu: Cpu = Cpu::cores(1),
        /// Memory of each.
        default memory: Bytes = Bytes::gibibytes(1),
    }
}

shape! {
    /// Network policy. Every namespace denies what isn't allowed, and what is allowed follows from `calls`, `uses`, `exposed` and `internet`.
    pub struct NetworkPolicySpec as "a network policy" defaulted {
        /// The CNI enforces the policies.
        default enforced: bool = true,
    }
}

choice! {
    /// A level of the Pod Security Standards.
    pub enum PodSecurityLevel as "a pod security level" {
        /// What a careful team runs.
        Restricted = "restricted",
        /// Known privilege escalations are refused.
        Baseline = "baseline",
        /// Everything is let through.
        Privileged = "privileged",
    }
}

shape! {
    /// The Pod Security Standard of every namespace of the platform.
    pub struct PodSecuritySpec as "a pod security level" defaulted {
        /// The level that is enforced. Pods of the platform always meet `restricted`.
        default level: PodSecurityLevel = PodSecurityLevel::Restricted,
    }
}

shape! {
    /// Metrics and alerts.
    pub struct ObservabilitySpec as "observability" defaulted {
        /// Metrics.
        default metrics: MetricsSpec = MetricsSpec::default(),
        /// Alerts, made from the targets.
        default alerts: AlertsSpec = AlertsSpec::default(),
        /// How long logs of containers are kept: a number of days that CloudWatch Logs offers.
        default log_retention: Duration = Duration::days(30),
    }
}

shape! {
    /// How metrics are collected, by Prometheus.
    pub struct MetricsSpec as "metrics" defaulted {
        /// The namespace that Prometheus runs in.
        default namespace: Namespace = Namespace::monitoring(),
        /// How often pods are asked.
        default interval: Duration = Duration::seconds(15),
        /// How long samples are kept.
        default retention: Duration = Duration::days(15),
    }
}

shape! {
    /// Alerts on the targets.
    pub struct AlertsSpec as "alerts" defaulted {
        /// Alert when the error budget burns too fast, over several windows.
        default error_budget: bool = true,
        /// Alert when a target of scaling or start is missed.
        default latency_of_change: bool = true,
        /// Alert when replication lags by more than this share of the RPO.
        default replication_lag: Percent = Percent::whole(50),
    }
}
