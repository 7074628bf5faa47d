//! `kafka.strimzi.io/v1`, as Strimzi 1.2.0 serves it.

mod mirror;
mod template;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
pub(crate) use mirror::{
    AutoRestart, CertificateAndKey, ClientAuthentication, Connector, KafkaMirrorMaker2, MirrorTemplate, Mirrored,
    PasswordSecret, Source, Target, Tls, TrustedCertificate,
};
use serde::{Serialize, Serializer};
pub(crate) use template::{ContainerTemplate, DisruptionBudget, EnvironmentVariable, PodMetadata, PodTemplate};

use super::kind;

/// A value of Kafka's own configuration.
pub(crate) enum Setting {
    Flag(bool),
    Number(u64),
    Text(String),
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => writer.serialize_bool(*flag),
            Self::Number(number) => writer.serialize_u64(*number),
            Self::Text(text) => writer.serialize_str(text),
        }
    }
}

impl From<bool> for Setting {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u64> for Setting {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u16> for Setting {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Kafka's own configuration.
pub(crate) type Settings = BTreeMap<&'static str, Setting>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are called what the resource calls them")]
pub(crate) struct Kafka {
    pub(crate) kafka: Brokers,
    pub(crate) entity_operator: EntityOperator,
    pub(crate) kafka_exporter: Exporter,
    pub(crate) cluster_ca: Authority,
    pub(crate) clients_ca: Authority,
}
kind!(Kafka, "kafka.strimzi.io/v1", "Kafka");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Brokers {
    pub(crate) version: String,
    pub(crate) metadata_version: String,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) authorization: Typed,
    pub(crate) config: Settings,
    pub(crate) rack: Rack,
    pub(crate) metrics_config: Typed,
    pub(crate) template: KafkaTemplate,
}

/// What is said by its type alone.
#[derive(Serialize)]
pub(crate) struct Typed {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rack {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) env_var_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listener {
    pub(crate) name: String,
    pub(crate) port: u16,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) tls: bool,
    pub(crate) authentication: Typed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) configuration: Option<ListenerConfiguration>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListenerConfiguration {
    pub(crate) class: &'static str,
    pub(crate) allocate_load_balancer_node_ports: bool,
    pub(crate) load_balancer_source_ranges: Vec<String>,
    pub(crate) bootstrap: Bootstrap,
    pub(crate) advertised_host_template: String,
    pub(crate) per_broker_annotations_template: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bootstrap {
    pub(crate) alternative_names: Vec<String>,
    pub(crate) annotations: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KafkaTemplate {
    pub(crate) pod_disruption_budget: DisruptionBudget,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntityOperator {
    pub(crate) topic_operator: Operator,
    pub(crate) user_operator: Operator,
    pub(crate) template: EntityOperatorTemplate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operator {
    pub(crate) resources: ResourceRequirements,
    pub(crate) jvm_options: JvmOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntityOperatorTemplate {
    pub(crate) pod: PodTemplate,
    pub(crate) topic_operator_container: ContainerTemplate,
    pub(crate) user_operator_container: ContainerTemplate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exporter {
    pub(crate) topic_regex: &'static str,
    pub(crate) group_regex: &'static str,
    pub(crate) resources: ResourceRequirements,
    pub(crate) template: ExporterTemplate,
}

#[derive(Serialize)]
pub(crate) struct ExporterTemplate {
    pub(crate) pod: PodTemplate,
    pub(crate) container: ContainerTemplate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authority {
    pub(crate) validity_days: u32,
    pub(crate) renewal_days: u32,
}

#[derive(Serialize)]
pub(crate) struct JvmOptions {
    #[serde(rename = "-Xms")]
    pub(crate) least: String,
    #[serde(rename = "-Xmx")]
    pub(crate) most: String,
    #[serde(rename = "-XX", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) options: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KafkaNodePool {
    pub(crate) replicas: u16,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) storage: Storage,
    pub(crate) resources: ResourceRequirements,
    pub(crate) jvm_options: JvmOptions,
    pub(crate) template: NodePoolTemplate,
}
kind!(KafkaNodePool, "kafka.strimzi.io/v1", "KafkaNodePool");

#[derive(Serialize)]
pub(crate) struct Storage {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) volumes: Vec<Disk>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disk {
    pub(crate) id: u16,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) size: String,
    pub(crate) class: &'static str,
    pub(crate) delete_claim: bool,
    pub(crate) kraft_metadata: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NodePoolTemplate {
    pub(crate) pod: PodTemplate,
    pub(crate) kafka_container: ContainerTemplate,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KafkaTopic {
    pub(crate) topic_name: String,
    pub(crate) partitions: u16,
    pub(crate) replicas: u16,
    pub(crate) config: Settings,
}
kind!(KafkaTopic, "kafka.strimzi.io/v1", "KafkaTopic");

#[derive(Serialize)]
pub(crate) struct KafkaUser {
    pub(crate) authentication: Typed,
    /// Without it, the user may do nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorization: Option<Authorization>,
}
kind!(KafkaUser, "kafka.strimzi.io/v1", "KafkaUser");

#[derive(Serialize)]
pub(crate) struct Authorization {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) acls: Vec<Acl>,
}

#[derive(Serialize)]
pub(crate) struct Acl {
    pub(crate) resource: AclResource,
    pub(crate) operations: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AclResource {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pattern_type: Option<&'static str>,
}
