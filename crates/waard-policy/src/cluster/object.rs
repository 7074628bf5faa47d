//! A Kubernetes object as it is written.

use std::any::Any;
use std::fmt;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;

use crate::place::{Place, Placed};
use crate::schema::Verdict;
use crate::yaml::{Entry, Misread, Node, ReadError};

/// A Kubernetes object, of a built-in or any other kind.
pub struct Object {
    pub(crate) node: Node,
    api_version: Box<str>,
    kind: Box<str>,
    namespace: Option<Box<str>>,
    name: Box<str>,
    typed: OnceLock<Result<Box<dyn Any + Send + Sync>, ReadError>>,
    misread: OnceLock<Option<Misread>>,
    pub(crate) verdict: OnceLock<Verdict>,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title())
    }
}

impl Placed for Object {
    /// The object's name, so that a finding about all of it shows one line; its kind where it has none.
    fn place(&self) -> Place {
        let name = self.node.at("metadata.name").filter(|node| !node.is_null()).map(Placed::place);
        name.or_else(|| self.node.entry("kind").map(Placed::place)).unwrap_or(self.node.place)
    }
}

impl Object {
    /// `None` if the node says neither what it is nor that it is an object.
    /// `namespace` is where a kustomization puts what says none.
    pub(crate) fn new(node: Node, namespace: Option<&str>) -> Option<Self> {
        let api_version: Box<str> = node.get("apiVersion")?.text()?.into();
        let kind: Box<str> = node.get("kind")?.text()?.into();
        let name = node.at("metadata.name").and_then(Node::text).unwrap_or_default().into();
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let written = node.at("metadata.namespace").and_then(Node::text);
        let namespace = if is_cluster_scoped(group, &kind) {
            None
        } else {
            Some(namespace.or(written).unwrap_or("default").into())
        };
        let (typed, misread, verdict) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Some(Self { node, api_version, kind, namespace, name, typed, misread, verdict })
    }

    /// `apps/v1`
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// `apps`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `v1`
    pub fn version(&self) -> &str {
        self.api_version.split_once('/').map_or(&*self.api_version, |(_, version)| version)
    }

    /// `Deployment`
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its name; empty if none is written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The namespace in which it will be: `default` if none is written; `None` for kinds that are in none.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The namespace, or an empty text for kinds that are in none.
    pub fn ns(&self) -> &str {
        self.namespace.as_deref().unwrap_or_default()
    }

    /// All of it.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The single value that stands at a place.
    pub(crate) fn value_at(&self, place: Place) -> Option<&Node> {
        let mut found = None;
        self.node.walk(&mut |node| {
            if found.is_none() && node.place() == place && node.scalar().is_some() {
                found = Some(node);
            }
        });
        found
    }

    /// What stands at a path of keys, such as `spec.template.spec`.
    pub fn at(&self, path: &str) -> Option<&Node> {
        self.node.at(path)
    }

    /// The text at a path of keys.
    pub fn str_at(&self, path: &str) -> Option<&str> {
        self.node.str_at(path)
    }

    /// The whole number at a path of keys.
    pub fn int_at(&self, path: &str) -> Option<i64> {
        self.node.int_at(path)
    }

    /// The boolean at a path of keys.
    pub fn bool_at(&self, path: &str) -> Option<bool> {
        self.node.bool_at(path)
    }

    /// The items of the list at a path of keys.
    pub fn list(&self, path: &str) -> &[Node] {
        self.node.list(path)
    }

    /// Its labels.
    pub fn labels(&self) -> &[Entry] {
        self.node.map("metadata.labels")
    }

    /// A label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.node.at("metadata.labels")?.get(key)?.text()
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotation_node(key)?.text()
    }

    /// An annotation, with its place.
    pub fn annotation_node(&self, key: &str) -> Option<&Node> {
        self.node.at("metadata.annotations")?.get(key)
    }

    /// `Deployment/production/api`, or `ClusterRole/admin`: how findings, waivers and baselines call it.
    pub fn title(&self) -> String {
        match self.namespace() {
            Some(namespace) => format!("{}/{namespace}/{}", self.kind, self.name),
            None => format!("{}/{}", self.kind, self.name),
        }
    }

    /// Whether Kubernetes itself defines the kind, rather than a CustomResourceDefinition.
    pub fn is_builtin(&self) -> bool {
        is_builtin_group(self.group())
    }

    /// What of it doesn't fit the type of its built-in kind and version, found once; `None` for kinds without a type.
    pub fn misread(&self) -> Option<&Misread> {
        self.misread.get_or_init(|| super::kinds::misread(self)).as_ref()
    }

    /// The object as its type in k8s-openapi, read once. Always ask with the same type for an object.
    ///
    /// # Errors
    /// If it isn't what the type asks for; the error says where.
    pub fn typed<T: DeserializeOwned + Any + Send + Sync>(&self) -> Result<&T, &ReadError> {
        static OTHER: OnceLock<ReadError> = OnceLock::new();
        let read = self.typed.get_or_init(|| self.node.read::<T>().map(|value| Box::new(value) as _));
        match read {
            Ok(value) => value.downcast_ref().ok_or_else(|| {
                OTHER.get_or_init(|| ReadError { place: None, message: "it was read as another type".to_owned() })
            }),
            Err(error) => Err(error),
        }
    }
}

/// Whether Kubernetes itself serves the API group, now or in the past.
pub fn is_builtin_group(group: &str) -> bool {
    matches!(
        group,
        "" | "apps"
            | "batch"
            | "autoscaling"
            | "policy"
            | "extensions"
            | "networking.k8s.io"
            | "rbac.authorization.k8s.io"
            | "storage.k8s.io"
            | "admissionregistration.k8s.io"
            | "apiextensions.k8s.io"
            | "apiregistration.k8s.io"
            | "authentication.k8s.io"
            | "authorization.k8s.io"
            | "certificates.k8s.io"
            | "coordination.k8s.io"
            | "discovery.k8s.io"
            | "events.k8s.io"
            | "flowcontrol.apiserver.k8s.io"
            | "internal.apiserver.k8s.io"
            | "node.k8s.io"
            | "resource.k8s.io"
            | "scheduling.k8s.io"
            | "storagemigration.k8s.io"
    )
}

/// Kinds that are in no namespace. Those of custom resources are listed where they are common.
///
/// Source of those of Kubernetes: `+genclient:nonNamespaced` in kubernetes/api at v0.37.0-beta.0; of the others: `scope`
/// in the CustomResourceDefinitions of each project.
fn is_cluster_scoped(group: &str, kind: &str) -> bool {
    match group {
        "" => matches!(kind, "Namespace" | "Node" | "PersistentVolume" | "ComponentStatus"),
        "policy" | "extensions" => kind == "PodSecurityPolicy",
        "networking.k8s.io" => matches!(kind, "IngressClass" | "IPAddress" | "ServiceCIDR"),
        "rbac.authorization.k8s.io" => matches!(kind, "ClusterRole" | "ClusterRoleBinding"),
        "storage.k8s.io" => kind != "CSIStorageCapacity",
        "certificates.k8s.io" => kind != "PodCertificateRequest",
        "scheduling.k8s.io" => kind == "PriorityClass",
        "authorization.k8s.io" => kind != "LocalSubjectAccessReview",
        "admissionregistration.k8s.io"
        | "apiextensions.k8s.io"
        | "apiregistration.k8s.io"
        | "authentication.k8s.io"
        | "flowcontrol.apiserver.k8s.io"
        | "internal.apiserver.k8s.io"
        | "node.k8s.io"
        | "storagemigration.k8s.io"
        | "karpenter.sh"
        | "karpenter.k8s.aws" => true,
        "resource.k8s.io" => matches!(
            kind,
            "DeviceClass" | "DeviceTaintRule" | "ResourcePoolStatusRequest" | "ResourceSlice" | "ResourceClass"
        ),
        "argoproj.io" => matches!(kind, "ClusterWorkflowTemplate" | "ClusterAnalysisTemplate"),
        "cert-manager.io" => kind == "ClusterIssuer",
        "crd.k8s.amazonaws.com" => kind == "ENIConfig",
        "eks.amazonaws.com" => kind != "TargetGroupBinding",
        "external-secrets.io" => matches!(kind, "ClusterSecretStore" | "ClusterExternalSecret" | "ClusterPushSecret"),
        "generators.external-secrets.io" => kind == "ClusterGenerator",
        "gateway.networking.k8s.io" => kind == "GatewayClass",
        "keda.sh" => kind == "ClusterTriggerAuthentication",
        "kyverno.io" => !matches!(kind, "Policy" | "PolicyException" | "CleanupPolicy" | "UpdateRequest"),
        "elbv2.k8s.aws" => kind == "IngressClassParams",
        "snapshot.storage.k8s.io" => matches!(kind, "VolumeSnapshotClass" | "VolumeSnapshotContent"),
        "trust.cert-manager.io" => kind == "Bundle",
        "vpcresources.k8s.aws" => kind == "CNINode",
        "config.gatekeeper.sh" | "status.gatekeeper.sh" => false,
        _ => group.ends_with(".gatekeeper.sh"),
    }
}
