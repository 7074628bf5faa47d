//! What Karpenter needs that it doesn't make itself: the role of its nodes, and a queue on which it hears of interruptions.
//! Terraform makes it whoever makes the cluster.
//!
//! Source: aws/karpenter-provider-aws 1.14, "Getting Started with Karpenter", its CloudFormation template, and
//! "CloudFormation", "Interruption Handling".

use waard_model::spec::AutoscalerKind;
use waard_model::topology::identity::NODE_POLICIES;
use waard_model::topology::reserved::KARPENTER_DISCOVERY;

use super::Base;
use super::cluster::{ControlPlane, attach};
use crate::kind::EventRuleArn;
use crate::policy::{Statement, assumed_by, policy};
use crate::resource::ec2::Tag;
use crate::resource::eks::AccessEntry;
use crate::resource::events::{EventRule, EventTarget};
use crate::resource::iam::Role;
use crate::resource::sqs::{Queue, QueuePolicy};
use crate::root::{Handle, Root, named};
use crate::site::Site;
use crate::value::{Json, Ref};

/// What may take a node away: how the rule's name ends, where it comes from, and what it is called.
const INTERRUPTIONS: [(&str, &str, &str); 5] = [
    ("capacity", "aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
    ("health", "aws.health", "AWS Health Event"),
    ("rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"),
    ("spot", "aws.ec2", "EC2 Spot Instance Interruption Warning"),
    ("state", "aws.ec2", "EC2 Instance State-change Notification"),
];

/// Seconds: what is older has happened.
const KEPT: i64 = 300;

pub(crate) fn karpenter<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, cluster: Option<&ControlPlane<'r>>) {
    if site.region.cluster().settings().autoscaler.kind != AutoscalerKind::Karpenter {
        return;
    }
    root.file("karpenter", "What Karpenter's nodes are, and how it hears of interruptions.");
    root.from(site.region.cluster().path().key("autoscaler"));
    let trust = assumed_by(&format!("ec2.{}", site.region.name().dns_suffix()), &["sts:AssumeRole"]);
    let role = Role {
        description: Some("Nodes that Karpenter starts.".into()),
        ..Role::new(site.region.cluster().node_role(), trust)
    };
    let role = root.resource("karpenter_node", role);
    for policy in NODE_POLICIES {
        attach(root, site, "karpenter_node", &role, policy);
    }
    root.output("node_role_arn", "The role of nodes that Karpenter starts.", &role.arn());
    if let Some(cluster) = cluster {
        root.why("EKS lets in nodes of managed node groups only.");
        let entry = AccessEntry { r#type: Some("EC2_LINUX"), ..AccessEntry::new(&cluster.name, role.arn()) };
        root.resource("karpenter_node", entry);
        root.why("By it Karpenter finds the security group of nodes.");
        root.resource("karpenter_discovery", Tag::new(&cluster.security_group, KARPENTER_DISCOVERY, site.cluster()));
    }
    interruptions(root, site, base);
}

fn interruptions<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let name = site.region.cluster().interruption_queue();
    let queue = Queue {
        message_retention_seconds: Some(KEPT),
        // Karpenter may read the queue, but use no key.
        sqs_managed_sse_enabled: Some(true),
        tags: named(name.as_str()),
        ..Queue::new(name.as_str())
    };
    let queue = root.resource("interruption", queue);
    let mut rules = Vec::new();
    for (end, source, kind) in INTERRUPTIONS {
        let pattern = Json::object([("source", Json::list([source])), ("detail-type", Json::list([kind]))]);
        let rule = EventRule {
            description: Some(format!("{kind}, for Karpenter").into()),
            ..EventRule::new(format!("{}-{end}", site.cluster()), pattern)
        };
        let rule = root.resource(&format!("interruption_{end}"), rule);
        let target = EventTarget { target_id: Some("karpenter".into()), ..EventTarget::new(rule.name(), queue.arn()) };
        root.resource(&format!("interruption_{end}"), target);
        rules.push(rule.arn());
    }
    allow_rules(root, base, "interruption", &queue, &rules);
}

/// Lets these rules send to a queue, and nobody without TLS do anything with it.
pub(super) fn allow_rules<'r>(
    root: &mut Root<'r>,
    base: &Base<'r>,
    label: &str,
    queue: &Handle<'r, Queue<'r>>,
    rules: &[Ref<'r, EventRuleArn>],
) {
    let allowed = policy([
        Statement::allow("Events", &["sqs:SendMessage"])
            .service("events.amazonaws.com")
            .on(queue.arn())
            .when("StringEquals", "aws:SourceAccount", base.account.clone())
            .when("ArnEquals", "aws:SourceArn", Json::list(rules.iter().cloned())),
        Statement::deny("OnlyTls", &["sqs:*"]).anyone().on(queue.arn()).when("Bool", "aws:SecureTransport", "false"),
    ]);
    root.resource(label, QueuePolicy::new(queue.url(), allowed));
}
