//! MirrorMaker 2: copies records, and how far consumers are, from the primary region into the standby.
//!
//! It runs in the standby and pulls, so that it goes on as long as there is something to pull. Topics have the same names
//! in both regions: after a failover, workloads find everything where it was. It makes no topics: those of the topology
//! are in both. In the primary it reads and nothing else; what it has to note, it notes in the standby.
//!
//! Its credentials come from the primary's cluster by way of AWS Secrets Manager in the standby's region.

use std::collections::BTreeMap;

use waard_model::quantity::{Bytes, Duration};
use waard_model::spec::ListenerAuthentication;
use waard_model::topology::Mirror;

use super::cluster::millis;
use super::{Streams, pods, users};
use crate::custom::Custom;
use crate::custom::external_secrets::{
    Entry, ExternalSecret, Match, Named, Provider, PushEntry, PushRemoteRef, PushSecret, RemoteRef, SecretStore,
    Selector, StoreRef, Target as SecretTarget,
};
use crate::custom::kafka::{
    Acl, AutoRestart, CertificateAndKey, ClientAuthentication, Connector, DisruptionBudget, KafkaMirrorMaker2,
    MirrorTemplate, Mirrored, PasswordSecret, Settings, Source, Target, Tls, TrustedCertificate, Typed,
};
use crate::file::File;
use crate::labels::{Wave, in_wave};

/// How often credentials are compared. They are replaced a month before they end.
pub(super) const REFRESH: &str = "1h0m0s";
/// Two, so that one goes on while the other restarts; each copies a part of the partitions.
const REPLICAS: u16 = 2;
const TASKS: u16 = 4;

/// True if the copy runs here.
pub(super) fn is_here(streams: Streams<'_>) -> bool {
    streams.site.region.is_standby() && streams.mirror().is_some()
}

/// Its name for Strimzi.
pub(crate) fn name(streams: Streams<'_>) -> String {
    streams.object("-mirror")
}

/// The user that it is in the primary region, and the secret with its credentials in both.
fn source_user(streams: Streams<'_>) -> String {
    streams.object(".mirror.source")
}

/// The user that it is in the standby region.
fn target_user(streams: Streams<'_>) -> String {
    streams.object(".mirror.target")
}

/// Where the credentials are exchanged.
fn exchange(streams: Streams<'_>) -> String {
    streams.object(".mirror")
}

/// What a region has of the copy.
pub(super) fn add(streams: Streams<'_>, file: &mut File) {
    let Some(mirror) = streams.mirror() else {
        return;
    };
    let region = mirror.standby.name().to_string();
    let secret =
        streams.site.environment.mirror_secret(streams.site.topology.platform(), streams.store, mirror.primary);
    file.custom(&Custom {
        metadata: in_wave(Wave::Access, streams.metadata(exchange(streams))),
        spec: SecretStore { provider: Provider::Aws { service: "SecretsManager", region } },
    });
    let of_authority = format!("{secret}-ca");
    if is_here(streams) {
        let credentials = source_user(streams);
        file.custom(&users::user(streams, target_user(streams), target_rights(streams, mirror)));
        file.custom(&pulled(streams, credentials.clone(), &secret, &["user.crt", "user.key"]));
        file.custom(&pulled(streams, format!("{credentials}.ca"), &of_authority, &["ca.crt"]));
        file.custom(&mirror_maker(streams, mirror));
    } else {
        let mut user = users::user(streams, source_user(streams), source_rights(streams));
        user.spec.authentication = Typed { kind: "tls" };
        file.custom(&user);
        file.custom(&pushed(streams, source_user(streams), &secret, &["user.crt", "user.key"]));
        file.custom(&pushed(streams, streams.authority(), &of_authority, &["ca.crt"]));
    }
}

/// Copies keys of a secret of this namespace to the standby's region.
fn pushed(streams: Streams<'_>, secret: String, remote: &str, keys: &[&str]) -> Custom<PushSecret> {
    let entry = |key: &&str| PushEntry {
        matched: Match {
            secret_key: (*key).to_owned(),
            remote_ref: PushRemoteRef { remote_key: remote.to_owned(), property: (*key).to_owned() },
        },
    };
    Custom {
        metadata: streams.metadata(secret.clone()),
        spec: PushSecret {
            refresh_interval: REFRESH.to_owned(),
            update_policy: "Replace",
            // The standby goes on copying what it can while the primary is made anew.
            deletion_policy: "None",
            secret_store_refs: vec![StoreRef { kind: "SecretStore", name: exchange(streams) }],
            selector: Selector { secret: Named { name: secret } },
            data: keys.iter().map(entry).collect(),
        },
    }
}

/// Makes a secret of this namespace from what the primary's cluster wrote.
fn pulled(streams: Streams<'_>, secret: String, remote: &str, keys: &[&str]) -> Custom<ExternalSecret> {
    let entry = |key: &&str| Entry {
        secret_key: (*key).to_owned(),
        remote_ref: RemoteRef { key: remote.to_owned(), property: (*key).to_owned() },
    };
    Custom {
        metadata: streams.metadata(secret.clone()),
        spec: ExternalSecret {
            refresh_interval: REFRESH.to_owned(),
            secret_store_ref: StoreRef { kind: "SecretStore", name: exchange(streams) },
            target: SecretTarget { name: secret, creation_policy: "Owner", deletion_policy: "Retain" },
            data: keys.iter().map(entry).collect(),
        },
    }
}

/// Source: Strimzi documentation, "Securing a Kafka MirrorMaker 2 deployment", rights of the source user
/// with `offset-syncs.topic.location=target`.
fn source_rights(streams: Streams<'_>) -> Vec<Acl> {
    let topics = streams.kafka.topics.keys();
    let mut acls: Vec<Acl> = topics
        .map(|topic| users::literal("topic", topic.to_string(), vec!["Describe", "DescribeConfigs", "Read"]))
        .collect();
    acls.push(users::acl("cluster", None, None, vec!["Describe"]));
    acls.push(users::literal("group", "*".to_owned(), vec!["Describe"]));
    acls
}

/// The topics that it keeps its own notes in.
/// Source: Apache Kafka, `DefaultReplicationPolicy` and `IdentityReplicationPolicy`, names of internal topics.
fn own_topics(streams: Streams<'_>, mirror: Mirror<'_>) -> Vec<String> {
    let primary = mirror.primary.name();
    let mut topics: Vec<String> =
        ["configs", "offsets", "status"].iter().map(|part| own_topic(streams, part)).collect();
    topics.push(format!("mm2-offset-syncs.{primary}.internal"));
    topics.push(format!("{primary}.checkpoints.internal"));
    topics
}

fn own_topic(streams: Streams<'_>, part: &str) -> String {
    format!("{}-{part}", name(streams))
}

/// Source: Strimzi documentation, "Securing a Kafka MirrorMaker 2 deployment", rights of the target user.
fn target_rights(streams: Streams<'_>, mirror: Mirror<'_>) -> Vec<Acl> {
    let own = own_topics(streams, mirror)
        .into_iter()
        .map(|topic| users::literal("topic", topic, vec!["Create", "Describe", "DescribeConfigs", "Read", "Write"]));
    let copied = streams.kafka.topics.keys();
    let mut acls: Vec<Acl> = own.collect();
    acls.extend(
        copied.map(|topic| users::literal("topic", topic.to_string(), vec!["Describe", "DescribeConfigs", "Write"])),
    );
    acls.push(users::acl("cluster", None, None, vec!["Describe"]));
    // Its own group as a worker, and those of consumers whose positions it sets.
    acls.push(users::literal("group", "*".to_owned(), vec!["Describe", "Read"]));
    acls
}

fn mirror_maker(streams: Streams<'_>, mirror: Mirror<'_>) -> Custom<KafkaMirrorMaker2> {
    let environment = streams.site.environment;
    let port = streams.kafka.mirror_port();
    let source = source_user(streams);
    let storage = || {
        Settings::from([
            ("config.storage.replication.factor", streams.kafka.replication.into()),
            ("offset.flush.interval.ms", (interval(mirror.rpo) * 1000).into()),
            ("offset.storage.replication.factor", streams.kafka.replication.into()),
            ("status.storage.replication.factor", streams.kafka.replication.into()),
        ])
    };
    let memory = Bytes::gibibytes(1);
    Custom {
        metadata: streams.metadata(name(streams)),
        spec: KafkaMirrorMaker2 {
            version: streams.kafka.version.to_string(),
            replicas: REPLICAS,
            target: Target {
                alias: mirror.standby.name().to_string(),
                bootstrap_servers: streams.bootstrap(),
                group_id: name(streams),
                config_storage_topic: own_topic(streams, "configs"),
                offset_storage_topic: own_topic(streams, "offsets"),
                status_storage_topic: own_topic(streams, "status"),
                tls: trust(streams.authority()),
                authentication: proof(streams.authentication(), target_user(streams)),
                config: storage(),
            },
            mirrors: vec![Mirrored {
                source: Source {
                    alias: mirror.primary.name().to_string(),
                    bootstrap_servers: format!(
                        "{}:{port}",
                        environment.mirror_host(streams.store, mirror.primary, None)
                    ),
                    tls: trust(format!("{source}.ca")),
                    authentication: proof(ListenerAuthentication::Mtls, source),
                },
                topics_pattern: alternatives(streams.kafka.topics.keys().map(|topic| exactly(topic.as_str()))),
                // Only what is named is copied, and no name of it is left out for its ending.
                topics_exclude_pattern: "__.*",
                groups_pattern: groups_pattern(mirror, streams),
                source_connector: connector(source_settings(streams, mirror)),
                checkpoint_connector: Some(connector(checkpoint_settings(streams, mirror))),
            }],
            resources: pods::resources(millis(250), None, memory),
            jvm_options: pods::heap(Bytes::mebibytes(512), BTreeMap::new()),
            metrics_config: Typed { kind: "strimziMetricsReporter" },
            template: MirrorTemplate {
                pod: pods::placed_pod(streams),
                connect_container: pods::container(Vec::new()),
                pod_disruption_budget: DisruptionBudget { max_unavailable: 1 },
            },
        },
    }
}

fn trust(secret_name: String) -> Tls {
    Tls { trusted_certificates: vec![TrustedCertificate { secret_name, pattern: "*.crt" }] }
}

/// Proves to be the user whose secret has the same name.
fn proof(kind: ListenerAuthentication, user: String) -> ClientAuthentication {
    let mut proof = ClientAuthentication {
        kind: super::authentication(kind),
        certificate_and_key: None,
        username: None,
        password_secret: None,
    };
    match kind {
        ListenerAuthentication::Mtls => {
            proof.certificate_and_key =
                Some(CertificateAndKey { secret_name: user, certificate: "user.crt", key: "user.key" });
        }
        ListenerAuthentication::Scram => {
            proof.username = Some(user.clone());
            proof.password_secret = Some(PasswordSecret { secret_name: user, password: "password" });
        }
    }
    proof
}

fn connector(config: Settings) -> Connector {
    Connector { tasks_max: TASKS, auto_restart: AutoRestart { enabled: true }, config }
}

/// How often positions and changes are written down, in seconds: five times within what may be lost, each minute at least.
fn interval(rpo: Duration) -> u64 {
    (rpo.as_secs() / 5).clamp(1, 60)
}

fn common_settings() -> Settings {
    Settings::from([
        // Kafka's default policy would put the region's name before each topic's.
        ("replication.policy.class", "org.apache.kafka.connect.mirror.IdentityReplicationPolicy".into()),
        ("offset-syncs.topic.location", "target".into()),
    ])
}

/// Source: Apache Kafka documentation, "MirrorMaker Configs", `MirrorSourceConnector`.
fn source_settings(streams: Streams<'_>, mirror: Mirror<'_>) -> Settings {
    let mut settings = common_settings();
    settings.extend(Settings::from([
        ("offset-syncs.topic.replication.factor", streams.kafka.replication.into()),
        ("refresh.topics.interval.seconds", interval(mirror.rpo).into()),
        ("replication.factor", streams.kafka.replication.into()),
        // The topology says both in both regions.
        ("sync.topic.acls.enabled", false.into()),
        ("sync.topic.configs.enabled", false.into()),
    ]));
    settings
}

/// Source: Apache Kafka documentation, "MirrorMaker Configs", `MirrorCheckpointConnector`.
fn checkpoint_settings(streams: Streams<'_>, mirror: Mirror<'_>) -> Settings {
    let every = interval(mirror.rpo);
    let mut settings = common_settings();
    settings.extend(Settings::from([
        ("checkpoints.topic.replication.factor", streams.kafka.replication.into()),
        ("emit.checkpoints.interval.seconds", every.into()),
        ("refresh.groups.interval.seconds", every.into()),
        ("sync.group.offsets.enabled", true.into()),
        ("sync.group.offsets.interval.seconds", every.into()),
    ]));
    settings
}

/// The consumer groups of the primary's workloads that read.
fn groups_pattern(mirror: Mirror<'_>, streams: Streams<'_>) -> Option<String> {
    let readers = mirror.primary.workloads().values().filter(|workload| {
        workload.uses().contains(streams.store.name()) && !streams.kafka.rights_of(workload).0.is_empty()
    });
    let groups: Vec<String> = readers.map(|workload| format!("{}(\\..+)?", workload.name())).collect();
    (!groups.is_empty()).then(|| alternatives(groups.into_iter()))
}

/// A regular expression for exactly this name: of its characters only the dot means something else.
fn exactly(name: &str) -> String {
    name.replace('.', "\\.")
}

fn alternatives(expressions: impl Iterator<Item = String>) -> String {
    expressions.collect::<Vec<_>>().join("|")
}
