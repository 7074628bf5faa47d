//! Brokers and controllers of Strimzi: objects that become pods with volumes, on nodes that their pod template says.

use crate::cluster::{Cluster, Label, NodeGroup, Object, tolerates};
use crate::context::Context;
use crate::yaml::Node;

/// The objects of a cluster whose pods keep data on volumes.
pub(crate) fn with_volumes(cluster: &Cluster) -> impl Iterator<Item = &Object> {
    let group = "kafka.strimzi.io";
    let all = cluster.of_group(group, "Kafka").chain(cluster.of_group(group, "KafkaNodePool"));
    all.filter(|kafka| claims(kafka))
}

fn claims(kafka: &Object) -> bool {
    let mut found = false;
    kafka.node().walk(&mut |node| found |= node.get("type").and_then(Node::text) == Some("persistent-claim"));
    found
}

/// Whether a group may be meant for it: its tolerations take the group's taints, and no affinity keeps it away.
pub(crate) fn is_meant(context: &Context<'_>, cluster: &Cluster, kafka: &Object, group: &NodeGroup) -> bool {
    let (mut tolerated, mut kept_away) = (false, false);
    kafka.node().walk(&mut |node| {
        let tolerations = node.list("tolerations");
        tolerated |= !tolerations.is_empty() && group.taints.iter().all(|taint| tolerates(tolerations, taint));
        for expression in node.list("nodeSelectorTerms").iter().flat_map(|term| term.list("matchExpressions")) {
            let key = expression.str_at("key").unwrap_or_default();
            let has = match group.label(key, context.catalog(), cluster.region()) {
                Label::Values(values) => {
                    let wanted = expression.list("values").iter().filter_map(Node::text);
                    values.iter().any(|value| wanted.clone().any(|wanted| wanted == value))
                }
                Label::Absent => false,
                Label::Unknown => continue,
            };
            kept_away |= expression.str_at("operator") == Some("In") && !has;
        }
    });
    // A group that is named like the namespace is meant for it, tolerations or not: that they miss is another finding.
    let named = group.labels.values().flatten().chain([&group.name]).any(|value| value == kafka.ns());
    !kept_away && (group.taints.is_empty() || tolerated || named)
}
