//! Topics.

use waard_model::name::TopicName;
use waard_model::spec::{CleanupPolicy, TopicSpec};

use super::Streams;
use crate::custom::Custom;
use crate::custom::kafka::{KafkaTopic, Settings};

pub(super) fn topics(streams: Streams<'_>) -> impl Iterator<Item = Custom<KafkaTopic>> {
    streams.kafka.topics.iter().map(move |(name, spec)| topic(streams, name, spec))
}

fn topic(streams: Streams<'_>, name: &TopicName, spec: &TopicSpec) -> Custom<KafkaTopic> {
    let kafka = streams.kafka;
    let copies = kafka.copies(spec);
    let mut config = Settings::from([
        ("cleanup.policy", spec.cleanup.as_str().into()),
        ("compression.type", spec.compression.as_str().into()),
        // A topic of fewer copies than usual can't wait for as many as usual.
        ("min.insync.replicas", kafka.min_insync.min(copies).into()),
        ("segment.ms", spec.segment.as_millis().into()),
    ]);
    if spec.cleanup == CleanupPolicy::Delete {
        config.insert("retention.ms", spec.retention.as_millis().into());
        if let Some(bytes) = most_bytes(streams, spec) {
            config.insert("retention.bytes", bytes.into());
        }
    }
    Custom {
        metadata: Streams::kept(streams.member(name.to_string())),
        spec: KafkaTopic { topic_name: name.to_string(), partitions: spec.partitions, replicas: copies, config },
    }
}

/// The most that a partition may take, where the rates of all topics are known: its part of nine tenths of the disks.
///
/// What the topology says fills eight tenths at most, so this deletes nothing early unless more is written than that.
/// Then old records go before a disk is full: a broker with a full disk stops.
fn most_bytes(streams: Streams<'_>, topic: &TopicSpec) -> Option<u64> {
    let kafka = streams.kafka;
    let all: u128 = kafka.topics.values().map(|each| kafka.kept(each)).sum::<Option<u128>>()?;
    let disks = u128::from(kafka.brokers.storage.get()) * u128::from(kafka.brokers.replicas) * 9 / 10;
    let own = kafka.kept(topic)?;
    let copies = u128::from(kafka.copies(topic).max(1));
    let partitions = u128::from(topic.partitions.max(1));
    let bytes = own.saturating_mul(disks).checked_div(all)? / copies / partitions;
    u64::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}
