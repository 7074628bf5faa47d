//! Alerts on data: copies that lag behind what may be lost, consumers that lag behind producers, brokers and disks.

use waard_model::name::TopicName;
use waard_model::quantity::{Duration, Percent};
use waard_model::spec::{CleanupPolicy, KafkaSpec, StandbyCopy, TopicSpec};
use waard_model::topology::{Duty, Store, StoreKind};

use super::rule::{Alert, Severity, about, alert, group};
use crate::Site;
use crate::custom::monitoring::{Rule, RuleGroup};
use crate::standby::RUNBOOKS;

/// Records that are not read when this share of their time is over will be lost unread if nobody acts.
const UNREAD: Percent = Percent::whole(50);
/// CloudWatch has one value a minute.
const MINUTE: Duration = Duration::seconds(60);
/// A broker that starts anew is back before.
const RESTART: Duration = Duration::seconds(600);

pub(super) fn groups(site: Site<'_>) -> Vec<RuleGroup> {
    let mut groups: Vec<RuleGroup> = group("replication", replication(site)).into_iter().collect();
    for store in site.region.stores().values() {
        if let StoreKind::Kafka(kafka) = store.kind() {
            let about_store = |rule| about("store", store.name().as_str(), rule);
            let rules = brokers(site, store, kafka).into_iter().map(about_store).collect();
            groups.extend(group(format!("kafka-{}", store.name()), rules));
        }
    }
    groups
}

/// An alert of no workload.
fn plain(
    site: Site<'_>,
    lasts: Duration,
    name: &'static str,
    severity: Severity,
    expr: String,
    text: [String; 3],
) -> Rule {
    let [summary, description, action] = text;
    alert(site, Alert { name, expr, lasts: Some(lasts), severity, workload: None, summary, description, action })
}

/// In a standby region: copies that would lose more than the share of the RPO that the topology allows.
fn replication(site: Site<'_>) -> Vec<Rule> {
    let Duty::Standby { rpo, protects, .. } = site.region.duty() else {
        return Vec::new();
    };
    let share = site.topology.spec().observability.alerts.replication_lag;
    let allowed = rpo.as_millis() * u64::from(share.millionths()) / 1_000_000;
    let seconds = decimal(allowed);
    let copied = |kind: fn(&StoreKind) -> bool| {
        let mut stores = site.region.stores().values();
        stores.any(|store| kind(store.kind()) && store.standby() == StandbyCopy::Replica)
    };
    let lags = |kind: &str, what: &str, expr: String, told: &str| {
        let text = [
            format!("A copy of {protects} lags behind"),
            format!("{what} is {told} behind {protects}: more than {share} of the {rpo} that may be lost."),
            format!(
                "Find what holds it back, such as a burst of writes or the copy's size, before {protects} is lost."
            ),
        ];
        about("kind", kind, plain(site, MINUTE, "ReplicationLag", Severity::Page, expr, text))
    };
    let runbook = format!("{RUNBOOKS}/{}/{}.md", site.environment.name(), site.region.name());
    let mut rules = Vec::new();
    if copied(|kind| matches!(kind, StoreKind::Database(_))) {
        rules.push(lags(
            "database",
            "The database {{ $labels.dimension_DBInstanceIdentifier }}",
            format!("max by (dimension_DBInstanceIdentifier) (aws_rds_replica_lag_maximum) > {seconds}"),
            "{{ $value | humanizeDuration }}",
        ));
        // RDS says -1 of a replica that replicates no more.
        let stopped = plain(
            site,
            MINUTE,
            "ReplicationStopped",
            Severity::Page,
            "min by (dimension_DBInstanceIdentifier) (aws_rds_replica_lag_maximum) < 0".to_owned(),
            [
                format!("A copy of {protects} is no longer kept up"),
                "The database {{ $labels.dimension_DBInstanceIdentifier }} replicates no more.".to_owned(),
                "Look at its events in RDS; a replica that can't go on is made anew.".to_owned(),
            ],
        );
        rules.push(about("kind", "database", stopped));
    }
    if copied(|kind| matches!(kind, StoreKind::Cache(_))) {
        rules.push(lags(
            "cache",
            "The cache node {{ $labels.dimension_CacheClusterId }}",
            format!(
                "max by (dimension_CacheClusterId) (aws_elasticache_global_datastore_replication_lag_maximum) > {seconds}"
            ),
            "{{ $value | humanizeDuration }}",
        ));
    }
    if copied(|kind| matches!(kind, StoreKind::Kafka(_))) {
        rules.push(lags(
            "kafka",
            "The mirror of the topic {{ $labels.topic }}",
            format!(
                "max by (topic) (kafka_connect_mirror_mirrorsourceconnector_replication_latency_ms_avg) > {allowed}"
            ),
            "{{ $value }} milliseconds",
        ));
        // A mirror that copies nothing has nothing that lags. Source: Kafka documentation, "Connect Worker Metrics".
        let text = [
            format!("A mirror of {protects} copies no more"),
            "{{ $value }} tasks of the connector {{ $labels.connector }} failed.".to_owned(),
            "Look at the conditions of the KafkaMirrorMaker2, and start the task again.".to_owned(),
        ];
        let failed =
            "max by (namespace, connector) (kafka_connect_connect_worker_metrics_connector_failed_task_count) > 0";
        let rule = plain(site, RESTART, "ReplicationStopped", Severity::Page, failed.to_owned(), text);
        rules.push(about("kind", "kafka", rule));
    }
    for rule in &mut rules {
        rule.annotations.insert("runbook".to_owned(), runbook.clone());
    }
    rules
}

/// Milliseconds as seconds.
fn decimal(millis: u64) -> String {
    if millis.is_multiple_of(1000) {
        (millis / 1000).to_string()
    } else {
        format!("{}.{:03}", millis / 1000, millis % 1000)
    }
}

/// Sources: strimzi/strimzi-kafka-operator 1.2.0 `examples/metrics/prometheus-install/prometheus-rules`, danielqsj/kafka_exporter
/// README, kubernetes-monitoring/kubernetes-mixin `alerts/storage_alerts.libsonnet`.
fn brokers(site: Site<'_>, store: &Store, kafka: &KafkaSpec) -> Vec<Rule> {
    let name = store.name();
    let namespace = store.kafka_namespace().unwrap_or_default();
    let cluster = site.object(name.as_str());
    let disks = format!(r#"{{namespace="{namespace}",persistentvolumeclaim=~"data(-[0-9]+)?-{cluster}-.+"}}"#);
    let mut rules = vec![
        plain(
            site,
            RESTART,
            "KafkaUnderReplicated",
            Severity::Ticket,
            format!(
                r#"sum by (topic) (kafka_topic_partition_under_replicated_partition{{namespace="{namespace}"}}) > 0"#
            ),
            [
                format!("Kafka {name} lacks copies of records"),
                "{{ $value }} partitions of {{ $labels.topic }} have fewer copies than they are to have.".to_owned(),
                "Look at the brokers: one is away, or can't keep up.".to_owned(),
            ],
        ),
        plain(
            site,
            Duration::seconds(300),
            "KafkaRefusesWrites",
            Severity::Page,
            format!(
                r#"count by (topic) (kafka_topic_partition_in_sync_replica{{namespace="{namespace}"}} < {}) > 0"#,
                kafka.min_insync
            ),
            [
                format!("Kafka {name} refuses records"),
                format!(
                    "{{{{ $value }}}} partitions of {{{{ $labels.topic }}}} have fewer than {} copies in sync: producers that want all of them are refused.",
                    kafka.min_insync
                ),
                "Bring the brokers back that are away.".to_owned(),
            ],
        ),
        plain(
            site,
            Duration::seconds(3600),
            "KafkaDiskFilling",
            Severity::Ticket,
            format!(
                "(kubelet_volume_stats_available_bytes{disks} / kubelet_volume_stats_capacity_bytes{disks} < 0.15) and (predict_linear(kubelet_volume_stats_available_bytes{disks}[6h], 4 * 24 * 3600) < 0)"
            ),
            [
                format!("A disk of Kafka {name} will be full within four days"),
                "{{ $value | humanizePercentage }} of {{ $labels.persistentvolumeclaim }} are free, and it fills."
                    .to_owned(),
                format!("Raise `brokers.storage` of `data.kafka.{name}`, or keep records for a shorter time."),
            ],
        ),
        plain(
            site,
            MINUTE,
            "KafkaDiskFull",
            Severity::Page,
            format!("kubelet_volume_stats_available_bytes{disks} / kubelet_volume_stats_capacity_bytes{disks} < 0.03"),
            [
                format!("A disk of Kafka {name} is full"),
                "{{ $value | humanizePercentage }} of {{ $labels.persistentvolumeclaim }} are free.".to_owned(),
                format!("Raise `brokers.storage` of `data.kafka.{name}` now: a broker without room stops."),
            ],
        ),
    ];
    for (topic, spec) in &kafka.topics {
        let about_topic = |rule| about("topic", topic.as_str(), rule);
        rules.extend(lag(site, namespace, topic, spec).into_iter().map(about_topic));
    }
    rules
}

/// How long it would take to produce what a group has not read yet: nearly how old the oldest of it is.
fn behind(namespace: &str, topic: &TopicName) -> String {
    let of = format!(r#"namespace="{namespace}",topic="{topic}""#);
    format!(
        "sum by (consumergroup, topic) (kafka_consumergroup_lag{{{of}}}) / on (topic) group_left sum by (topic) (rate(kafka_topic_partition_current_offset{{{of}}}[10m]))"
    )
}

fn lag(site: Site<'_>, namespace: &str, topic: &TopicName, spec: &TopicSpec) -> Vec<Rule> {
    let behind = behind(namespace, topic);
    let mut rules = Vec::new();
    if let Some(target) = site.topology.spec().targets.autoscaling {
        // Consumers that lag have had the time to become more.
        rules.push(plain(
            site,
            target.plus(target),
            "ConsumerLag",
            Severity::Ticket,
            format!("{behind} > {}", decimal(target.as_millis())),
            [
                format!("Consumers of {topic} lag behind"),
                "The group {{ $labels.consumergroup }} is {{ $value | humanizeDuration }} behind the producers of {{ $labels.topic }}.".to_owned(),
                "Look at whether its pods read at all; if they do, it needs more of them, and as many partitions.".to_owned(),
            ],
        ));
    }
    if spec.cleanup == CleanupPolicy::Delete {
        let half = spec.retention.as_millis() * u64::from(UNREAD.millionths()) / 1_000_000;
        rules.push(plain(
            site,
            RESTART,
            "RecordsUnread",
            Severity::Page,
            format!("{behind} > {}", decimal(half)),
            [
                format!("Records of {topic} will be deleted unread"),
                format!("The group {{{{ $labels.consumergroup }}}} is {{{{ $value | humanizeDuration }}}} behind; records of {{{{ $labels.topic }}}} are kept for {}.", spec.retention),
                format!("Bring its consumers back, or raise `retention` of the topic {topic} while the disks have room."),
            ],
        ));
    }
    rules
}
