//! MirrorMaker 2.

use k8s_openapi::api::core::v1::ResourceRequirements;
use serde::Serialize;

use super::{ContainerTemplate, DisruptionBudget, JvmOptions, PodTemplate, Settings, Typed};
use crate::custom::kind;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KafkaMirrorMaker2 {
    pub(crate) version: String,
    pub(crate) replicas: u16,
    pub(crate) target: Target,
    pub(crate) mirrors: Vec<Mirrored>,
    pub(crate) resources: ResourceRequirements,
    pub(crate) jvm_options: JvmOptions,
    pub(crate) metrics_config: Typed,
    pub(crate) template: MirrorTemplate,
}
kind!(KafkaMirrorMaker2, "kafka.strimzi.io/v1", "KafkaMirrorMaker2");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) alias: String,
    pub(crate) bootstrap_servers: String,
    pub(crate) group_id: String,
    pub(crate) config_storage_topic: String,
    pub(crate) offset_storage_topic: String,
    pub(crate) status_storage_topic: String,
    pub(crate) tls: Tls,
    pub(crate) authentication: ClientAuthentication,
    pub(crate) config: Settings,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Source {
    pub(crate) alias: String,
    pub(crate) bootstrap_servers: String,
    pub(crate) tls: Tls,
    pub(crate) authentication: ClientAuthentication,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tls {
    pub(crate) trusted_certificates: Vec<TrustedCertificate>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrustedCertificate {
    pub(crate) secret_name: String,
    pub(crate) pattern: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientAuthentication {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_and_key: Option<CertificateAndKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password_secret: Option<PasswordSecret>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateAndKey {
    pub(crate) secret_name: String,
    pub(crate) certificate: &'static str,
    pub(crate) key: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordSecret {
    pub(crate) secret_name: String,
    pub(crate) password: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mirrored {
    pub(crate) source: Source,
    pub(crate) topics_pattern: String,
    pub(crate) topics_exclude_pattern: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) groups_pattern: Option<String>,
    pub(crate) source_connector: Connector,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) checkpoint_connector: Option<Connector>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connector {
    pub(crate) tasks_max: u16,
    pub(crate) auto_restart: AutoRestart,
    pub(crate) config: Settings,
}

#[derive(Serialize)]
pub(crate) struct AutoRestart {
    pub(crate) enabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MirrorTemplate {
    pub(crate) pod: PodTemplate,
    pub(crate) connect_container: ContainerTemplate,
    pub(crate) pod_disruption_budget: DisruptionBudget,
}
