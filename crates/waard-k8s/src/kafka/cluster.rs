//! The cluster itself: listeners, configuration, operators of topics and users, exporter of consumers' lag.

use std::collections::BTreeMap;

use waard_model::quantity::{Bytes, Cpu};
use waard_model::topology::{MIRROR_LISTENER, Mirror};

use super::{Streams, authentication, pods, pools};
use crate::custom::Custom;
use crate::custom::kafka::{
    Authority, Bootstrap, Brokers, DisruptionBudget, EntityOperator, EntityOperatorTemplate, Exporter,
    ExporterTemplate, Kafka, KafkaTemplate, Listener, ListenerConfiguration, Operator, Rack, Settings, Typed,
};
use crate::labels::Labels;

/// Certificates of authorities are made for a year and replaced a month before its end, which restarts every broker, one by one.
/// Source: Strimzi documentation, `CertificateAuthority`, its defaults.
const AUTHORITY: Authority = Authority { validity_days: 365, renewal_days: 30 };

pub(super) fn cluster(streams: Streams<'_>) -> Custom<Kafka> {
    let version = streams.kafka.version.as_str();
    Custom {
        metadata: Streams::kept(streams.metadata(streams.name())),
        spec: Kafka {
            kafka: Brokers {
                version: version.to_owned(),
                metadata_version: metadata_version(version),
                listeners: listeners(streams),
                authorization: Typed { kind: "simple" },
                config: settings(streams),
                rack: Rack { kind: "environment-variable", env_var_name: pools::RACK },
                metrics_config: Typed { kind: "strimziMetricsReporter" },
                template: KafkaTemplate { pod_disruption_budget: DisruptionBudget { max_unavailable: 1 } },
            },
            entity_operator: entity_operator(streams),
            kafka_exporter: Exporter {
                topic_regex: ".*",
                group_regex: ".*",
                resources: pods::resources(millis(50), None, Bytes::mebibytes(128)),
                template: ExporterTemplate { pod: pods::pod(streams), container: pods::container(Vec::new()) },
            },
            cluster_ca: AUTHORITY,
            clients_ca: AUTHORITY,
        },
    }
}

pub(super) fn millis(n: u32) -> Cpu {
    Cpu::from_millicores(n).unwrap_or(Cpu::cores(1))
}

/// The newest format of metadata that a version writes: that of its minor.
/// Source: Apache Kafka, `MetadataVersion.fromVersionString`, which takes `4.3` as the last one of 4.3.
fn metadata_version(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// Two small processes in one pod. They hold no data, so they run where every pod may.
fn entity_operator(streams: Streams<'_>) -> EntityOperator {
    let operator = || Operator {
        resources: pods::resources(millis(100), None, Bytes::mebibytes(512)),
        jvm_options: pods::heap(Bytes::mebibytes(256), BTreeMap::new()),
    };
    EntityOperator {
        topic_operator: operator(),
        user_operator: operator(),
        template: EntityOperatorTemplate {
            pod: pods::pod(streams),
            topic_operator_container: pods::container(Vec::new()),
            user_operator_container: pods::container(Vec::new()),
        },
    }
}

fn listeners(streams: Streams<'_>) -> Vec<Listener> {
    let inside = streams.kafka.listeners.iter().map(|(name, listener)| Listener {
        name: name.to_string(),
        port: listener.port,
        kind: "internal",
        tls: true,
        authentication: Typed { kind: authentication(listener.authentication) },
        configuration: None,
    });
    let mirror = streams.mirror().filter(|_| !streams.site.region.is_standby());
    inside.chain(mirror.map(|mirror| mirror_listener(streams, mirror))).collect()
}

/// The listener that the standby region copies from: a network load balancer for each broker and one for the first
/// question, with addresses inside of this VPC only, and open to that region's addresses only.
/// Source: AWS Load Balancer Controller, "Network Load Balancer"; Strimzi documentation, `GenericKafkaListenerConfiguration`.
fn mirror_listener(streams: Streams<'_>, mirror: Mirror<'_>) -> Listener {
    let host = |broker: Option<&str>| streams.site.environment.mirror_host(streams.store, mirror.primary, broker);
    Listener {
        name: MIRROR_LISTENER.to_owned(),
        port: streams.kafka.mirror_port(),
        kind: "loadbalancer",
        tls: true,
        authentication: Typed { kind: "tls" },
        configuration: Some(ListenerConfiguration {
            class: "service.k8s.aws/nlb",
            // Requests go to addresses of pods, and need no port of a node.
            allocate_load_balancer_node_ports: false,
            load_balancer_source_ranges: vec![mirror.standby.network().cidr().to_string()],
            bootstrap: Bootstrap { alternative_names: vec![host(None)], annotations: balancer(&host(None)) },
            advertised_host_template: host(Some("{nodeId}")),
            per_broker_annotations_template: balancer(&host(Some("{nodeId}"))),
        }),
    }
}

fn balancer(host: &str) -> Labels {
    crate::labels::labels([
        ("external-dns.alpha.kubernetes.io/hostname", host),
        // A broker stands in one zone, who asks in any.
        ("service.beta.kubernetes.io/aws-load-balancer-attributes", "load_balancing.cross_zone.enabled=true"),
        ("service.beta.kubernetes.io/aws-load-balancer-nlb-target-type", "ip"),
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
    ])
}

/// Source: Apache Kafka documentation, broker configuration.
fn settings(streams: Streams<'_>) -> Settings {
    let kafka = streams.kafka;
    Settings::from([
        // Who isn't named in a rule may do nothing, and a topic that is written wrong isn't made.
        ("allow.everyone.if.no.acl.found", false.into()),
        ("auto.create.topics.enable", false.into()),
        ("compression.type", "producer".into()),
        ("default.replication.factor", kafka.replication.into()),
        ("log.retention.ms", kafka.retention.as_millis().into()),
        ("log.segment.bytes", kafka.segment_size.get().into()),
        ("min.insync.replicas", kafka.min_insync.into()),
        ("offsets.topic.replication.factor", kafka.replication.into()),
        // A consumer that says its zone reads from a copy there.
        ("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector".into()),
        ("share.coordinator.state.topic.min.isr", kafka.min_insync.into()),
        ("share.coordinator.state.topic.replication.factor", kafka.replication.into()),
        ("transaction.state.log.min.isr", kafka.min_insync.into()),
        ("transaction.state.log.replication.factor", kafka.replication.into()),
        // Better no leader than one that has lost records.
        ("unclean.leader.election.enable", false.into()),
    ])
}
