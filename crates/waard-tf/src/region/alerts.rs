//! The topic that alerts go to, and alarms of CloudWatch on databases and caches.
//!
//! Prometheus in the cluster warns early that copies lag, by a share of the RPO. What is here doesn't need the cluster:
//! what fills up or is at its limit, and that more than the RPO would be lost by now.

use waard_model::Topology;
use waard_model::name::{DbInstanceClass, StoreName};
use waard_model::spec::{CacheSpec, DatabaseSpec};
use waard_model::topology::{Duty, StoreKind};

use super::{Base, backups, hours};
use crate::kind::TopicArn;
use crate::policy::{Statement, policy};
use crate::resource::cloudwatch::{Alarm, Metric, MetricQuery};
use crate::resource::events::{EventRule, EventTarget};
use crate::resource::sns::{Topic, TopicPolicy, TopicSubscription};
use crate::root::{Root, named};
use crate::site::Site;
use crate::value::{Json, Map, Ref, Value};
use waard_model::topology::copies::{self, Holding};

/// Of every hundred: less than this is free, and nothing has grown it. RDS grows storage below 10 % itself, where it may.
/// Source: Amazon RDS User Guide, "Managing capacity automatically with Amazon RDS storage autoscaling".
const FREE: u64 = 10;
/// Percent of all processors, for a quarter of an hour: what comes next waits.
const BUSY: i64 = 90;
/// Percent of the connections that PostgreSQL accepts: the rest is for a rollout, which has old and new pods for a while.
const CONNECTIONS: u64 = 80;
/// Transactions after the oldest that isn't frozen; at about two thousand million PostgreSQL stops to accept writes.
/// Source: Amazon RDS User Guide, "Working with PostgreSQL autovacuum on Amazon RDS for PostgreSQL".
const UNFROZEN: i64 = 1_000_000_000;
/// Percent of a cache's memory: at all of it, it throws out what it was asked to keep for longer, or refuses writes.
const FULL: i64 = 80;

/// An alarm on one measure of one thing.
struct Watch {
    name: String,
    about: String,
    namespace: &'static str,
    metric: &'static str,
    /// Its name by the dimension that AWS files it under.
    of: Vec<(&'static str, String)>,
    statistic: &'static str,
    comparison: &'static str,
    threshold: i64,
    period: i64,
    periods: i64,
    missing: &'static str,
}

pub(crate) fn alerts<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    root.file(
        "alerts",
        "Where alerts go, of Prometheus and of CloudWatch. Whoever is to hear of them subscribes to the topic.",
    );
    let topic = topic(root, site, base);
    for (name, store) in site.region.stores() {
        root.from(store.path());
        match store.kind() {
            StoreKind::Database(spec) => databases(root, site, &topic, name, spec),
            StoreKind::Cache(spec) => caches(root, site, &topic, name, spec),
            _ => {}
        }
    }
    root.from(site.region.path());
    if hours::move_nodes(site) {
        alarm(root, site, &topic, of_hours(site));
    }
    if backups::has_plan(site) {
        failed_backups(root, site, &topic);
    }
}

/// Schedules that failed leave a message. Nights are silent: nothing in the queue is how it should be.
fn of_hours(site: Site<'_>) -> Watch {
    let name = hours::queue_name(site);
    Watch {
        about: "A schedule of the environment's hours failed: look into the queue".to_owned(),
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        of: vec![("QueueName", name.clone())],
        name,
        statistic: "Maximum",
        comparison: "GreaterThanThreshold",
        threshold: 0,
        period: 300,
        periods: 1,
        missing: "notBreaching",
    }
}

/// Source: AWS Backup Developer Guide, "Monitoring AWS Backup events using Amazon EventBridge".
fn failed_backups<'r>(root: &mut Root<'r>, site: Site<'_>, topic: &Ref<'r, TopicArn>) {
    let jobs = ["Backup Job State Change", "Copy Job State Change"];
    let pattern = Json::object([
        ("source", Json::list(["aws.backup"])),
        ("detail-type", Json::list(jobs)),
        ("detail", Json::object([("state", Json::list(["ABORTED", "EXPIRED", "FAILED"]))])),
    ]);
    let rule = EventRule {
        description: Some("Backups, and copies of them, that were not made.".into()),
        ..EventRule::new(format!("{}-backups", site.cluster()), pattern)
    };
    let rule = root.resource("backups", rule);
    let target = EventTarget { target_id: Some("alerts".into()), ..EventTarget::new(rule.name(), topic.clone()) };
    root.resource("backups", target);
}

/// Alertmanager publishes by the policy of its own role.
fn topic<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) -> Ref<'r, TopicArn> {
    let name = site.environment.alert_topic(site.topology.platform());
    let topic =
        Topic { kms_master_key_id: Some((&base.keys.logs).into()), tags: named(name.clone()), ..Topic::new(name) };
    let topic = root.resource("alerts", topic);
    let from = |sid, service: &str| {
        Statement::allow(sid, &["sns:Publish"]).service(service).on(topic.arn()).when(
            "StringEquals",
            "aws:SourceAccount",
            base.account.clone(),
        )
    };
    let secure = Statement::deny("OnlyTls", &["sns:Publish"]).anyone().on(topic.arn()).when(
        "Bool",
        "aws:SecureTransport",
        "false",
    );
    let allowed = policy([from("Alarms", "cloudwatch.amazonaws.com"), from("Events", "events.amazonaws.com"), secure]);
    root.resource("alerts", TopicPolicy::new(topic.arn(), allowed));
    root.output("alert_topic_arn", "The topic that alerts go to: subscribe to it.", &topic.arn());
    subscribe_owner(root, site.topology, &topic.arn(), None);
    topic.arn()
}

/// Whoever owns the platform hears of what is published. `region` is where the topic is, if not in that of the root.
pub(crate) fn subscribe_owner<'r>(
    root: &mut Root<'r>,
    topology: &Topology,
    topic: &Ref<'r, TopicArn>,
    region: Option<&str>,
) {
    if let Some(owner) = &topology.spec().owner {
        root.why("It is sent a link, and hears nothing until that is opened.");
        let owner = TopicSubscription::new(topic, "email", owner.as_str());
        root.resource("owner", TopicSubscription { region: region.map(Value::from), ..owner });
    }
}

fn databases<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    topic: &Ref<'r, TopicArn>,
    name: &StoreName,
    spec: &DatabaseSpec,
) {
    let id = site.named(name.as_str());
    let holding = copies::database(site.environment, site.region, name, spec);
    if matches!(holding, Holding::Backups(_)) {
        return;
    }
    let replicas = if matches!(holding, Holding::Own) { spec.replicas.in_region } else { 0 };
    let of_replica = |number| (format!("{id}-{number}"), spec.replicas.class.as_ref().unwrap_or(&spec.class));
    let instances = std::iter::once((id.clone(), &spec.class)).chain((1..=replicas).map(of_replica));
    for (instance, class) in instances {
        database(root, site, topic, &instance, class, spec);
    }
    let watch = |metric, threshold, missing| Watch {
        name: format!("{id}-{}", if metric == "ReplicaLag" { "lag" } else { "transactions" }),
        about: String::new(),
        namespace: "AWS/RDS",
        metric,
        of: vec![("DBInstanceIdentifier", id.clone())],
        statistic: "Maximum",
        comparison: "GreaterThanThreshold",
        threshold,
        period: 60,
        periods: 5,
        missing,
    };
    match (holding, site.region.duty()) {
        (Holding::Replica(source), Duty::Standby { rpo, .. }) => {
            let about = format!("{name} is further behind {} than the {rpo} that may be lost.", source.name());
            root.why("No value is as bad as a late one: then there is no copy, or nobody knows of it.");
            alarm(root, site, topic, Watch { about, ..watch("ReplicaLag", whole(rpo.as_secs()), "breaching") });
        }
        (Holding::Own, _) => {
            let about = format!("{name} needs a VACUUM before it runs out of transaction numbers.");
            let watch = watch("MaximumUsedTransactionIDs", UNFROZEN, "notBreaching");
            alarm(root, site, topic, Watch { about, ..watch });
        }
        _ => {}
    }
}

/// An instance, whether it is written or not. One that is stopped at night measures nothing, and nothing is wrong.
fn database<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    topic: &Ref<'r, TopicArn>,
    instance: &str,
    class: &DbInstanceClass,
    spec: &DatabaseSpec,
) {
    let watch = |what: &str, metric, comparison, threshold, about: String| Watch {
        name: format!("{instance}-{what}"),
        about,
        namespace: "AWS/RDS",
        metric,
        of: vec![("DBInstanceIdentifier", instance.to_owned())],
        statistic: "Average",
        comparison,
        threshold,
        period: 300,
        periods: 3,
        missing: "notBreaching",
    };
    let free = whole(spec.storage.get() / 100 * FREE);
    let about = format!("Less than {FREE} % of the {} of {instance} are free.", spec.storage);
    alarm(root, site, topic, watch("storage", "FreeStorageSpace", "LessThanThreshold", free, about));
    let about = format!("{instance} uses more than {BUSY} % of its processors.");
    alarm(root, site, topic, watch("cpu", "CPUUtilization", "GreaterThanThreshold", BUSY, about));
    if let Some(most) = connections(class) {
        let about = format!("{instance} has more than {CONNECTIONS} % of the {most} connections that it accepts.");
        let threshold = whole(most * CONNECTIONS / 100);
        alarm(root, site, topic, watch("connections", "DatabaseConnections", "GreaterThanThreshold", threshold, about));
    }
}

/// The connections that an instance class accepts: a share of its memory, at most 5000. `None` for a class whose memory
/// isn't known.
/// Source: Amazon RDS User Guide, "Maximum number of database connections".
fn connections(class: &DbInstanceClass) -> Option<u64> {
    let instance = waard_catalog::catalog().instance(class.as_str().strip_prefix("db.")?)?;
    let bytes = u64::from(instance.memory_mib) << 20;
    Some((bytes / 9_531_392).min(5000))
}

/// The nodes of a shard together: which of them is the primary changes.
fn caches<'r>(root: &mut Root<'r>, site: Site<'_>, topic: &Ref<'r, TopicArn>, name: &StoreName, spec: &CacheSpec) {
    let id = site.named(name.as_str());
    let follows = copies::cache(site.environment, site.region, name).is_some();
    let replicas = if follows && site.region.is_dark() { spec.replicas.min(1) } else { spec.replicas };
    for shard in 1..=spec.shards {
        let (named, shard) = if spec.shards > 1 {
            (format!("Shard {shard} of {id}"), format!("{id}-{shard:04}"))
        } else {
            (id.clone(), id.clone())
        };
        let nodes: Vec<String> = (1..=replicas + 1).map(|node| format!("{shard}-{node:03}")).collect();
        let watch = |what: &str, metric, threshold, period, about: String| Watch {
            name: format!("{shard}-{what}"),
            about,
            namespace: "AWS/ElastiCache",
            metric,
            of: nodes.iter().map(|node| ("CacheClusterId", node.clone())).collect(),
            statistic: "Maximum",
            comparison: "GreaterThanThreshold",
            threshold,
            period,
            periods: 3,
            missing: "notBreaching",
        };
        let about = format!("{named} uses more than {FULL} % of its memory.");
        alarm(root, site, topic, watch("memory", "DatabaseMemoryUsagePercentage", FULL, 300, about));
        let about = format!("{named} throws out what it was asked to keep for longer.");
        alarm(root, site, topic, Watch { statistic: "Sum", ..watch("evictions", "Evictions", 0, 300, about) });
        let about = format!("{named} uses more than {BUSY} % of the processor that its engine runs on.");
        alarm(root, site, topic, watch("cpu", "EngineCPUUtilization", BUSY, 300, about));
        if let (true, Duty::Standby { rpo, protects, .. }) = (follows, site.region.duty()) {
            let about = format!("{named} is further behind {protects} than the {rpo} that may be lost.");
            let lag = watch("lag", "GlobalDatastoreReplicationLag", whole(rpo.as_secs()), 60, about);
            alarm(root, site, topic, Watch { periods: 5, missing: "breaching", ..lag });
        }
    }
}

fn alarm<'r>(root: &mut Root<'r>, site: Site<'_>, topic: &Ref<'r, TopicArn>, watch: Watch) {
    let label = watch.name.strip_prefix(&site.named("")).unwrap_or(&watch.name).to_owned();
    let dimensions = |(key, value): &(&str, String)| [(*key, value.as_str())].into_iter().collect::<Map<'r>>();
    let base = Alarm {
        alarm_description: Some(watch.about.into()),
        threshold: Some(watch.threshold),
        datapoints_to_alarm: Some(watch.periods),
        treat_missing_data: Some(watch.missing.into()),
        alarm_actions: Some([topic].into_iter().collect()),
        ok_actions: Some([topic].into_iter().collect()),
        ..Alarm::new(watch.name, watch.comparison, watch.periods)
    };
    let alarm = match watch.of.as_slice() {
        [one] => Alarm {
            namespace: Some(watch.namespace.into()),
            metric_name: Some(watch.metric.into()),
            dimensions: Some(dimensions(one)),
            statistic: Some(watch.statistic.into()),
            period: Some(watch.period),
            ..base
        },
        several => {
            let function = if watch.statistic == "Sum" { "SUM" } else { "MAX" };
            let ids: Vec<String> = (1..=several.len()).map(|number| format!("m{number}")).collect();
            let all = MetricQuery {
                expression: Some(format!("{function}([{}])", ids.join(", ")).into()),
                label: Some(watch.metric.into()),
                return_data: Some(true),
                ..MetricQuery::new("all")
            };
            let each = several.iter().zip(&ids).map(|(of, id)| {
                let metric = Metric {
                    dimensions: Some(dimensions(of)),
                    ..Metric::new(watch.namespace, watch.metric, watch.period, watch.statistic)
                };
                MetricQuery { metric: Some(metric), ..MetricQuery::new(id.as_str()) }
            });
            Alarm { metric_query: Some(std::iter::once(all).chain(each).collect()), ..base }
        }
    };
    root.resource(&label, alarm);
}

/// A number as Terraform has it.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
