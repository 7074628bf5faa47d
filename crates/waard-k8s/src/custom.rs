//! Custom resources: narrow types of our own for the fields that are emitted, one module for each API group.
//!
//! Published bindings make nearly every field optional, take minutes to build, and need another k8s-openapi; what is
//! written here is held against the real schemas by a test.

pub(crate) mod argo;
pub(crate) mod autoscaling;
pub(crate) mod eksctl;
pub(crate) mod elbv2;
pub(crate) mod envoy;
pub(crate) mod external_secrets;
pub(crate) mod istio;
pub(crate) mod istio_security;
pub(crate) mod kafka;
pub(crate) mod karpenter;
pub(crate) mod monitoring;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use serde::ser::SerializeStruct as _;

/// The `spec` of a custom resource.
pub(crate) trait Kind: Serialize {
    /// Group and version, such as `kafka.strimzi.io/v1`.
    const API_VERSION: &'static str;
    /// The kind, such as `KafkaTopic`.
    const KIND: &'static str;
}

/// A custom resource, as k8s-openapi's types are built-in ones.
pub(crate) struct Custom<S> {
    pub(crate) metadata: ObjectMeta,
    pub(crate) spec: S,
}

impl<S: Kind> Serialize for Custom<S> {
    fn serialize<W: serde::Serializer>(&self, writer: W) -> Result<W::Ok, W::Error> {
        let mut object = writer.serialize_struct(S::KIND, 4)?;
        object.serialize_field("apiVersion", S::API_VERSION)?;
        object.serialize_field("kind", S::KIND)?;
        object.serialize_field("metadata", &self.metadata)?;
        object.serialize_field("spec", &self.spec)?;
        object.end()
    }
}

/// Says of which kind a type is the `spec`.
macro_rules! kind {
    ($spec:ty, $version:literal, $kind:literal) => {
        impl $crate::custom::Kind for $spec {
            const API_VERSION: &'static str = $version;
            const KIND: &'static str = $kind;
        }
    };
}
pub(crate) use kind;
