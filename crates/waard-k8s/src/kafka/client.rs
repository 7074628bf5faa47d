//! How the pods of a workload connect to Kafka: a folder with what they prove who they are with, and variables.
//!
//! Strimzi makes the secrets in the namespace of the Kafka cluster. For a workload in another one, External Secrets
//! copies them there, with the rights of a service account that may read just these.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    EnvVar, KeyToPath, ProjectedVolumeSource, SecretProjection, SecretVolumeSource, ServiceAccount, Volume,
    VolumeMount, VolumeProjection,
};
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};
use waard_model::spec::ListenerAuthentication;
use waard_model::topology::Workload;
use waard_model::topology::reserved::KAFKA_FILES;

use super::{Streams, mirror, users};
use crate::custom::Custom;
use crate::custom::external_secrets::{
    Auth, CaProvider, Entry, ExternalSecret, KubernetesProvider, Named, Provider, RemoteRef, SecretStore, Server,
    StoreRef, Target,
};
use crate::file::File;
use crate::labels::{Wave, common, in_wave, metadata, of_workload};
use crate::{Placed, Site};

/// The certificate that the brokers' are judged by.
const AUTHORITY: &str = "ca.crt";

/// What a user's secret holds.
/// Source: Strimzi documentation, "Securing user access to Kafka".
const fn keys(kind: ListenerAuthentication) -> &'static [&'static str] {
    match kind {
        ListenerAuthentication::Mtls => &["user.crt", "user.key"],
        ListenerAuthentication::Scram => &["password"],
    }
}

/// The service account, and the rights that it has, by which secrets are read for another namespace.
fn reader(streams: Streams<'_>) -> String {
    streams.object(".client")
}

/// The users in other namespaces, by namespace.
fn elsewhere(streams: Streams<'_>) -> BTreeMap<&str, Vec<&Workload>> {
    let mut found: BTreeMap<&str, Vec<&Workload>> = BTreeMap::new();
    for workload in streams.users().filter(|workload| workload.namespace().as_str() != streams.namespace) {
        found.entry(workload.namespace().as_str()).or_default().push(workload);
    }
    found
}

/// In the namespace of the Kafka cluster: who may read which secrets.
pub(super) fn rights(streams: Streams<'_>, file: &mut File) {
    for (namespace, workloads) in elsewhere(streams) {
        let mut names = vec![streams.authority()];
        names.extend(workloads.into_iter().map(|workload| streams.user(workload)));
        let meta = || in_wave(Wave::Access, streams.metadata(format!("{}.{namespace}", reader(streams))));
        file.add(&Role {
            metadata: meta(),
            rules: Some(vec![PolicyRule {
                api_groups: Some(vec![String::new()]),
                resources: Some(vec!["secrets".to_owned()]),
                resource_names: Some(names),
                verbs: vec!["get".to_owned()],
                ..PolicyRule::default()
            }]),
        });
        file.add(&RoleBinding {
            metadata: meta(),
            role_ref: RoleRef {
                api_group: "rbac.authorization.k8s.io".to_owned(),
                kind: "Role".to_owned(),
                name: format!("{}.{namespace}", reader(streams)),
            },
            subjects: Some(vec![Subject {
                kind: "ServiceAccount".to_owned(),
                name: reader(streams),
                namespace: Some(namespace.to_owned()),
                ..Subject::default()
            }]),
        });
    }
}

/// In each other namespace with users: where their secrets come from, and the secrets.
pub(super) fn files(streams: Streams<'_>) -> impl Iterator<Item = Placed> {
    elsewhere(streams).into_iter().map(move |(namespace, workloads)| {
        let site = streams.site;
        let mut file = File::new(streams.store.path(), &site.region.path());
        let meta = || in_wave(Wave::Access, metadata(reader(streams), Some(namespace), common(streams.site)));
        file.add(&ServiceAccount {
            metadata: meta(),
            automount_service_account_token: Some(false),
            ..ServiceAccount::default()
        });
        file.custom(&Custom { metadata: meta(), spec: store(streams) });
        for workload in workloads {
            file.custom(&secret(streams, workload));
        }
        site.placed(namespace, &format!("{}.kafka-client.yaml", streams.store.name()), file)
    })
}

/// Source: External Secrets documentation, provider "Kubernetes".
fn store(streams: Streams<'_>) -> SecretStore {
    SecretStore {
        provider: Provider::Kubernetes(KubernetesProvider {
            remote_namespace: streams.namespace.to_owned(),
            server: Server {
                // Kubernetes keeps its own certificate in every namespace.
                ca_provider: CaProvider { kind: "ConfigMap", name: "kube-root-ca.crt", key: AUTHORITY },
            },
            auth: Auth { service_account: Named { name: reader(streams) } },
        }),
    }
}

fn secret(streams: Streams<'_>, workload: &Workload) -> Custom<ExternalSecret> {
    let user = streams.user(workload);
    let entry = |secret: String, key: &str| Entry {
        secret_key: key.to_owned(),
        remote_ref: RemoteRef { key: secret, property: key.to_owned() },
    };
    let own = keys(streams.authentication()).iter().map(|key| entry(user.clone(), key));
    Custom {
        metadata: metadata(user.clone(), Some(workload.namespace().as_str()), of_workload(streams.site, workload)),
        spec: ExternalSecret {
            refresh_interval: mirror::REFRESH.to_owned(),
            secret_store_ref: StoreRef { kind: "SecretStore", name: reader(streams) },
            target: Target { name: user.clone(), creation_policy: "Owner", deletion_policy: "Retain" },
            data: std::iter::once(entry(streams.authority(), AUTHORITY)).chain(own).collect(),
        },
    }
}

/// A volume's name: none of a topology starts with a digit.
fn volume_name(streams: Streams<'_>) -> String {
    format!("0-kafka-{}", streams.store.name())
}

/// The volumes of a workload's pods with what they need for Kafka.
pub(crate) fn volumes(site: Site<'_>, workload: &Workload) -> Vec<Volume> {
    Streams::used_by(site, workload).map(|streams| volume(streams, workload)).collect()
}

fn volume(streams: Streams<'_>, workload: &Workload) -> Volume {
    let user = streams.user(workload);
    let items = |keys: &[&str]| {
        let item = |key: &&str| KeyToPath { key: (*key).to_owned(), path: (*key).to_owned(), ..KeyToPath::default() };
        Some(keys.iter().map(item).collect())
    };
    let own = keys(streams.authentication());
    let mut volume = Volume { name: volume_name(streams), ..Volume::default() };
    if workload.namespace().as_str() == streams.namespace {
        let part = |name: String, keys: &[&str]| VolumeProjection {
            secret: Some(SecretProjection { name, items: items(keys), ..SecretProjection::default() }),
            ..VolumeProjection::default()
        };
        volume.projected = Some(ProjectedVolumeSource {
            default_mode: Some(0o440),
            sources: Some(vec![part(streams.authority(), &[AUTHORITY]), part(user, own)]),
        });
    } else {
        let all: Vec<&str> = std::iter::once(AUTHORITY).chain(own.iter().copied()).collect();
        volume.secret = Some(SecretVolumeSource {
            secret_name: Some(user),
            items: items(&all),
            default_mode: Some(0o440),
            ..SecretVolumeSource::default()
        });
    }
    volume
}

/// A folder, so that files that are replaced are seen by a running process.
pub(crate) fn mounts(site: Site<'_>, workload: &Workload) -> Vec<VolumeMount> {
    let mount = |streams: Streams<'_>| VolumeMount {
        name: volume_name(streams),
        mount_path: folder(streams),
        read_only: Some(true),
        ..VolumeMount::default()
    };
    Streams::used_by(site, workload).map(mount).collect()
}

fn folder(streams: Streams<'_>) -> String {
    format!("{KAFKA_FILES}/{}", streams.store.name())
}

/// Variables that say where Kafka is and how to connect, without those that the topology itself says.
pub(crate) fn variables(site: Site<'_>, workload: &Workload) -> Vec<EnvVar> {
    let spec = workload.spec();
    let said = |name: &str| spec.env.keys().chain(spec.secrets.keys()).any(|variable| variable.as_str() == name);
    let all = Streams::used_by(site, workload).flat_map(|streams| settings(streams, workload));
    all.filter(|(name, _)| !said(name))
        .map(|(name, value)| EnvVar { name, value: Some(value), ..EnvVar::default() })
        .collect()
}

fn settings(streams: Streams<'_>, workload: &Workload) -> Vec<(String, String)> {
    let head = format!("KAFKA_{}", streams.store.name().as_str().to_ascii_uppercase().replace('-', "_"));
    let mut all = vec![
        ("BOOTSTRAP_SERVERS", streams.bootstrap()),
        ("FOLDER", folder(streams)),
        ("GROUP", users::group(streams, workload).to_owned()),
    ];
    match streams.authentication() {
        ListenerAuthentication::Mtls => all.push(("SECURITY_PROTOCOL", "SSL".to_owned())),
        ListenerAuthentication::Scram => all.extend([
            ("SASL_MECHANISM", "SCRAM-SHA-512".to_owned()),
            ("SECURITY_PROTOCOL", "SASL_SSL".to_owned()),
            ("USERNAME", streams.user(workload)),
        ]),
    }
    all.into_iter().map(|(name, value)| (format!("{head}_{name}"), value)).collect()
}
