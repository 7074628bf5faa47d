//! Users: one for each workload that uses the cluster, with exactly the rights that the topology gives it.
//!
//! A workload reads in consumer groups of its own: the one with its name, and all that begin with its name and a dot.
//! In a standby region, one that is like a workload of the primary has that one's groups, and so goes on where it was.

use std::collections::BTreeSet;

use waard_model::topology::{Region, Workload};

use super::{Streams, authentication};
use crate::custom::Custom;
use crate::custom::kafka::{Acl, AclResource, Authorization, KafkaUser, Typed};

pub(super) fn users(streams: Streams<'_>) -> impl Iterator<Item = Custom<KafkaUser>> {
    streams.users().map(move |workload| user(streams, streams.user(workload), rights(streams, workload)))
}

/// A user with rights.
pub(super) fn user(streams: Streams<'_>, name: String, acls: Vec<Acl>) -> Custom<KafkaUser> {
    Custom {
        metadata: streams.member(name),
        spec: KafkaUser {
            authentication: Typed { kind: authentication(streams.authentication()) },
            authorization: (!acls.is_empty()).then_some(Authorization { kind: "simple", acls }),
        },
    }
}

/// Nobody makes topics: they stand in the topology.
/// Source: Apache Kafka documentation, "Authorization and ACLs", operations of each protocol; writing once and only once
/// needs no further right since Kafka 3.0 (KIP-679).
fn rights(streams: Streams<'_>, workload: &Workload) -> Vec<Acl> {
    let (reads, writes) = streams.kafka.rights_of(workload);
    let topics: BTreeSet<_> = reads.iter().chain(&writes).copied().collect();
    let mut acls: Vec<Acl> = topics
        .into_iter()
        .map(|topic| {
            let mut operations = vec!["Describe"];
            operations.extend(reads.contains(&topic).then_some("Read"));
            operations.extend(writes.contains(&topic).then_some("Write"));
            literal("topic", topic.to_string(), operations)
        })
        .collect();
    if !reads.is_empty() {
        acls.extend(own_groups(group(streams, workload)));
    }
    acls
}

/// The consumer group of a workload. One that stands in for another goes on in that one's group, before a failover and
/// after it: what the region is in the topology counts, not what it is at the moment.
pub(super) fn group<'w>(streams: Streams<'w>, workload: &'w Workload) -> &'w str {
    let region = streams.site.region;
    let written = streams.site.topology.spec().workloads.get(workload.name());
    let model = written.and_then(|spec| spec.like.as_ref());
    let standby = streams.site.environment.regions().get(region.name()).is_some_and(Region::is_standby);
    let stands_in = |name: &&waard_model::name::WorkloadName| standby && !region.workloads().contains_key(*name);
    model.filter(stands_in).unwrap_or_else(|| workload.name()).as_str()
}

/// The consumer groups of a workload.
fn own_groups(workload: &str) -> [Acl; 2] {
    [
        literal("group", workload.to_owned(), vec!["Describe", "Read"]),
        acl("group", Some(format!("{workload}.")), Some("prefix"), vec!["Describe", "Read"]),
    ]
}

/// A right to what has exactly this name.
pub(super) fn literal(kind: &'static str, name: String, operations: Vec<&'static str>) -> Acl {
    acl(kind, Some(name), Some("literal"), operations)
}

/// A right.
pub(super) fn acl(
    kind: &'static str,
    name: Option<String>,
    pattern_type: Option<&'static str>,
    operations: Vec<&'static str>,
) -> Acl {
    Acl { resource: AclResource { kind, name, pattern_type }, operations }
}
