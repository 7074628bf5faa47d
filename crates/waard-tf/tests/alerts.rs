//! Alarms watch what is there, by metrics that AWS has, and tell the topic.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod emitted;

use std::collections::BTreeSet;

use emitted::{Part, emitted};

/// Sources: Amazon RDS User Guide, "Amazon CloudWatch instance-level metrics for Amazon RDS"; Amazon ElastiCache User Guide,
/// "Metrics for Valkey and Redis OSS".
const METRICS: [(&str, &str); 10] = [
    ("AWS/RDS", "CPUUtilization"),
    ("AWS/RDS", "DatabaseConnections"),
    ("AWS/RDS", "FreeStorageSpace"),
    ("AWS/RDS", "MaximumUsedTransactionIDs"),
    ("AWS/RDS", "ReplicaLag"),
    ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"),
    ("AWS/ElastiCache", "EngineCPUUtilization"),
    ("AWS/ElastiCache", "Evictions"),
    ("AWS/ElastiCache", "GlobalDatastoreReplicationLag"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
];

#[test]
fn alarms_watch_what_is_there() {
    for (_, roots) in emitted() {
        for root in roots {
            let ids: BTreeSet<String> =
                root.resources("aws_db_instance").iter().map(|one| one.text("identifier").unwrap()).collect();
            let caches: Vec<String> = root
                .resources("aws_elasticache_replication_group")
                .iter()
                .map(|one| one.text("replication_group_id").unwrap())
                .collect();
            let queues: BTreeSet<String> =
                root.resources("aws_sqs_queue").iter().map(|one| one.text("name").unwrap()).collect();
            let mut names = BTreeSet::new();
            let mut watched = BTreeSet::new();
            for alarm in root.resources("aws_cloudwatch_metric_alarm") {
                let name = alarm.text("alarm_name").unwrap();
                assert!(name.len() <= 255 && names.insert(name.clone()), "{name} is there once");
                assert_eq!(alarm.get("alarm_actions").unwrap(), "[\n  aws_sns_topic.alerts.arn\n]");
                let missing = alarm.text("treat_missing_data").unwrap();
                assert_eq!(missing == "breaching", name.ends_with("-lag"), "{name}");
                assert!(alarm.number("datapoints_to_alarm").unwrap() <= alarm.number("evaluation_periods").unwrap());
                let queries = alarm.blocks("metric_query");
                assert_eq!(alarm.has("metric_name"), queries.is_empty(), "{name}: a metric or several");
                assert!(queries.len() <= 10, "{name}: what an alarm can look at");
                assert_eq!(
                    queries.iter().filter(|query| query.is("return_data")).count(),
                    usize::from(!queries.is_empty())
                );
                let metrics: Vec<Part> = if queries.is_empty() {
                    vec![alarm]
                } else {
                    queries.iter().flat_map(|query| query.blocks("metric")).collect()
                };
                for metric in metrics {
                    let (namespace, of) = (metric.text("namespace").unwrap(), metric.text("metric_name").unwrap());
                    assert!(METRICS.contains(&(namespace.as_str(), of.as_str())), "{namespace} {of}");
                    assert!([60, 300].contains(&metric.number("period").unwrap()));
                    let dimensions = metric.get("dimensions").unwrap();
                    let id = dimensions.split('"').nth(1).unwrap();
                    match namespace.as_str() {
                        "AWS/RDS" => {
                            assert!(ids.contains(id), "{id}");
                            watched.insert(id.to_owned());
                        }
                        "AWS/SQS" => assert!(queues.contains(id), "{id}"),
                        _ => assert!(caches.iter().any(|cache| id.starts_with(cache.as_str())), "{id}"),
                    }
                }
            }
            assert_eq!(watched, ids, "every database is watched");
            assert_eq!(root.resources("aws_sns_topic").len(), 1);
        }
    }
}

/// Source: Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs": EventBridge, unlike other services,
/// doesn't say for whom it asks for the key of a topic.
#[test]
fn events_reach_a_topic_that_is_encrypted() {
    for (_, roots) in emitted() {
        for root in roots {
            let keys = root.resources("aws_kms_key");
            let policies: Vec<String> = keys.iter().filter_map(|key| key.get("policy")).collect();
            let (with, without): (Vec<&String>, Vec<&String>) =
                policies.iter().partition(|policy| policy.contains("events.amazonaws.com"));
            assert_eq!(with.len(), 1, "one key of {}", without.len() + 1);
            let statement = with[0].split("Sid").find(|statement| statement.contains("events.amazonaws.com")).unwrap();
            assert!(!statement.contains("Condition"), "{statement}");
        }
    }
}
