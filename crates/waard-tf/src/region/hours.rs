//! Hours: outside of them an environment has no nodes, and its databases are stopped. `docs/decisions/0010` says why so.
//!
//! EventBridge Scheduler, which knows time zones and their daylight saving, starts a runbook for each managed node group.
//! The runbook finds the Auto Scaling group by the name of the node group, so it is the same whoever makes the cluster, and
//! sets all of its sizes: with a maximum of none, Cluster Autoscaler can't start what the schedule has just ended.

mod runbook;
mod week;

use std::sync::Arc;

use waard_model::name::StoreName;
use waard_model::spec::{AutoscalerKind, HoursSpec, StandbyCopy};
use waard_model::topology::{Pool, Store, StoreKind};

use self::runbook::Runbooks;
use self::week::Week;
use super::Base;
use super::cluster::part;
use super::karpenter::allow_rules;
use crate::kind::{EventRuleArn, QueueArn, RoleArn, ScheduleGroupName, Text};
use crate::policy::{Statement, policy};
use crate::resource::events::{EventRule, EventTarget};
use crate::resource::iam::{Role, RolePolicy};
use crate::resource::scheduler::{DeadLetter, FlexibleWindow, RetryPolicy, Schedule, ScheduleGroup, Target};
use crate::resource::sqs::Queue;
use crate::root::{Handle, Root, named};
use crate::site::Site;
use crate::value::{Json, Ref, Value, join};

/// Minutes after the end of the hours by which all nodes of managed node groups are gone, Karpenter among them: a node may
/// take half an hour to let its pods go. Source: EKS' lifecycle hook of termination, 1,800 seconds.
const DRAINED: u32 = 45;

/// What runs at the wrong time does harm: it is tried for an hour.
const TRIED: i64 = 3600;

/// Seconds that what failed is kept, the most that SQS does: 14 days.
const KEPT: i64 = 1_209_600;

pub(crate) fn hours<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let Some(hours) = site.environment.hours() else {
        return;
    };
    let week = Week::of(hours);
    // Round the clock.
    if week.is_full() {
        return;
    }
    let (stopped, kept) = databases(site);
    root.file("hours", &head(hours, &kept));
    root.from(site.environment.path().key("hours"));
    let group = ScheduleGroup::new(format!("{}-hours", site.cluster()));
    let group = root.resource("hours", group).name();
    let failed = queue(root, site);
    let runbooks = runbook::runbooks(root, site, base);
    report(root, base, site, &failed, &runbooks);
    let plan = Plan {
        site,
        base,
        zone: hours.zone.as_str(),
        role: role(root, site, base, &runbooks, &failed.arn(), &stopped),
        group,
        failed: failed.arn(),
    };
    for pool in site.region.pools() {
        plan.nodes(root, &week, &runbooks, &pool);
    }
    if let Some(karpenter) = &runbooks.karpenter {
        root.why("After Karpenter itself is gone, which would replace them.");
        let input = Json::object([("DocumentName", Json::from(karpenter.name()))]);
        plan.schedule(
            root,
            "karpenter-off",
            week.off(DRAINED),
            "Ends the nodes that Karpenter started.",
            RUNBOOK,
            &input,
        );
    }
    for database in &stopped {
        plan.database(root, &week, database);
    }
}

/// True if sizes of node groups are changed by schedules.
pub(super) fn move_nodes(site: Site<'_>) -> bool {
    site.environment.hours().is_some_and(|hours| !Week::of(hours).is_full())
}

/// The hours outside of which a database is stopped, if it ever is.
pub(super) fn of_database<'t>(site: Site<'t>, store: &Store) -> Option<&'t HoursSpec> {
    let hours = site.environment.hours().filter(|hours| !Week::of(hours).is_full())?;
    databases(site).0.contains(&store.name()).then_some(hours)
}

/// The queue of what couldn't be done.
pub(super) fn queue_name(site: Site<'_>) -> String {
    format!("{}-hours", site.cluster())
}

/// The API that runs a runbook.
const RUNBOOK: &str = "ssm:startAutomationExecution";

fn head(hours: &HoursSpec, kept: &[&StoreName]) -> String {
    let weekends = hours.weekends.map_or_else(|| "no time".to_owned(), |window| window.to_string());
    let head = format!(
        "The environment runs from Monday to Friday at {}, on Saturday and Sunday at {weekends}, all in {}.\nOutside of \
         these hours it has no nodes.",
        hours.weekdays, hours.zone
    );
    if kept.is_empty() {
        return head;
    }
    let names: Vec<&str> = kept.iter().map(|name| name.as_str()).collect();
    format!("{head}\nRDS stops no database that has replicas or is one: {}.", names.join(", "))
}

/// Names of the databases here that are stopped, and those that RDS doesn't stop.
/// Source: Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily", "Limitations". It starts one by itself
/// after seven days; no week is without hours.
fn databases<'t>(site: Site<'t>) -> (Vec<&'t StoreName>, Vec<&'t StoreName>) {
    // A standby region has a replica, or no instance at all.
    let is_there = |store: &&'t Arc<Store>| !site.region.is_standby() || store.standby() == StandbyCopy::Replica;
    let all = site.region.stores().values().filter(|store| matches!(store.kind(), StoreKind::Database(_)));
    let (stopped, kept): (Vec<_>, Vec<_>) = all.filter(is_there).partition(|store| stands_alone(site, store));
    let names = |stores: Vec<&'t Arc<Store>>| stores.into_iter().map(|store| store.name()).collect();
    (names(stopped), names(kept))
}

/// True if the database has no replicas anywhere and is none.
fn stands_alone(site: Site<'_>, store: &Store) -> bool {
    let StoreKind::Database(database) = store.kind() else {
        return false;
    };
    let copied = site.standby().is_some() && store.standby() == StandbyCopy::Replica;
    let mut others = site.environment.regions().values().filter(|region| region.name() != site.region.name());
    let shared = database.writer.is_some() && others.any(|region| region.stores().contains_key(store.name()));
    database.replicas.in_region == 0 && !site.region.is_standby() && !copied && !shared
}

/// What couldn't be done lies here: calls that failed, and runbooks that did.
fn queue<'r>(root: &mut Root<'r>, site: Site<'_>) -> Handle<'r, Queue<'r>> {
    let name = queue_name(site);
    let queue = Queue {
        message_retention_seconds: Some(KEPT),
        sqs_managed_sse_enabled: Some(true),
        tags: named(name.as_str()),
        ..Queue::new(name)
    };
    root.why("What couldn't be done, for people to see.");
    root.resource("hours", queue)
}

/// A runbook that fails says so to EventBridge, and to nobody else.
/// Source: AWS Systems Manager User Guide, "Amazon EventBridge event examples for Systems Manager".
fn report<'r>(
    root: &mut Root<'r>,
    base: &Base<'r>,
    site: Site<'_>,
    queue: &Handle<'r, Queue<'r>>,
    runbooks: &Runbooks<'r>,
) {
    let names = runbooks.all().map(|document| Json::from(document.name()));
    let pattern = Json::object([
        ("source", Json::list(["aws.ssm"])),
        ("detail-type", Json::list(["EC2 Automation Execution Status-change Notification"])),
        (
            "detail",
            Json::object([
                ("Definition", Json::List(names.collect())),
                ("Status", Json::list(["Cancelled", "Failed", "TimedOut"])),
            ]),
        ),
    ]);
    let rule = EventRule {
        description: Some("Runbooks of hours that failed.".into()),
        ..EventRule::new(format!("{}-hours", site.cluster()), pattern)
    };
    let rule = root.resource("hours", rule);
    root.resource(
        "hours",
        EventTarget { target_id: Some("queue".into()), ..EventTarget::new(rule.name(), queue.arn()) },
    );
    let rules: [Ref<'r, EventRuleArn>; 1] = [rule.arn()];
    allow_rules(root, base, "hours", queue, &rules);
}

/// The role of the schedules: it starts these runbooks and these databases, and nothing else.
/// Source: EventBridge Scheduler User Guide, "Confused deputy prevention in EventBridge Scheduler", "Encryption at rest".
fn role<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    runbooks: &Runbooks<'r>,
    failed: &Ref<'r, QueueArn>,
    databases: &[&StoreName],
) -> Ref<'r, RoleArn> {
    let own = |service: &str, rest: String| -> Value<'r, Text> {
        let start = format!("arn:{}:{service}:{}:", site.partition(), site.region.name());
        join([start.into(), (&base.account).into(), rest.into()])
    };
    let group = own("scheduler", format!(":schedule-group/{}-hours", site.cluster()));
    let trust = policy([Statement::allow("Assume", &["sts:AssumeRole"])
        .service("scheduler.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", base.account.clone())
        .when("ArnEquals", "aws:SourceArn", Json::from(group))]);
    let role = Role {
        description: Some("Schedules of the environment's hours.".into()),
        ..Role::new(part(site, "scheduler"), trust)
    };
    let role = root.resource("scheduler", role);
    let mut run = Statement::allow("Run", &["ssm:StartAutomationExecution"]);
    for name in runbooks.names(site) {
        run =
            run.on(own("ssm", format!(":automation-definition/{name}:*"))).on(own("ssm", format!(":document/{name}")));
    }
    let mut statements = vec![
        run.on(own("ssm", ":automation-execution/*".to_owned())),
        Statement::allow("HandOver", &["iam:PassRole"]).on(runbooks.role.clone()).when(
            "StringEquals",
            "iam:PassedToService",
            "ssm.amazonaws.com",
        ),
        Statement::allow("Report", &["sqs:SendMessage"]).on(failed.clone()),
        Statement::allow("ReadSchedules", &["kms:Decrypt"]).on(base.keys.logs.clone()),
    ];
    if !databases.is_empty() {
        let start = Statement::allow("Databases", &["rds:StartDBInstance", "rds:StopDBInstance"]);
        let instance = |name: &&StoreName| own("rds", format!(":db:{}", site.named(name.as_str())));
        statements.push(databases.iter().fold(start, |statement, name| statement.on(instance(name))));
    }
    root.resource("scheduler", RolePolicy::new("allowed", role.name(), policy(statements)));
    role.arn()
}

/// What all schedules have in common.
struct Plan<'p, 'r> {
    site: Site<'p>,
    base: &'p Base<'r>,
    zone: &'static str,
    role: Ref<'r, RoleArn>,
    group: Ref<'r, ScheduleGroupName>,
    failed: Ref<'r, QueueArn>,
}

impl<'r> Plan<'_, 'r> {
    fn nodes(&self, root: &mut Root<'r>, week: &Week, runbooks: &Runbooks<'r>, pool: &Pool<'_>) {
        let one = |value: String| Json::list([value]);
        let start = |document: Ref<'r, Text>, parameters: Json<'r>| {
            Json::object([("DocumentName", Json::from(document)), ("Parameters", parameters)])
        };
        let off = start(runbooks.off.name(), Json::object([("NodeGroup", one(pool.name.clone()))]));
        let on = Json::object([
            ("NodeGroup", one(pool.name.clone())),
            ("Min", one(pool.scaling.min().to_string())),
            ("Desired", one(pool.scaling.desired().to_string())),
            ("Max", one(pool.scaling.max().to_string())),
        ]);
        let on = start(runbooks.on.name(), on);
        let name = |end: &str| format!("nodes-{}-{end}", pool.name);
        self.schedule(root, &name("off"), week.off(0), "Ends all nodes of the group.", RUNBOOK, &off);
        self.schedule(root, &name("on"), week.on(), "Gives the group its nodes.", RUNBOOK, &on);
    }

    fn database(&self, root: &mut Root<'r>, week: &Week, database: &StoreName) {
        let input = Json::object([("DbInstanceIdentifier", self.site.named(database.as_str()))]);
        let name = |end: &str| format!("database-{database}-{end}");
        self.schedule(root, &name("off"), week.off(0), "Stops the database.", "rds:stopDBInstance", &input);
        self.schedule(root, &name("on"), week.on(), "Starts the database.", "rds:startDBInstance", &input);
    }

    /// A schedule for each time of day, whatever the days. Arguments of an API are spelled with a capital letter first.
    /// Source: EventBridge Scheduler User Guide, "Using universal targets in EventBridge Scheduler".
    fn schedule(
        &self,
        root: &mut Root<'r>,
        name: &str,
        times: Vec<week::Time>,
        description: &str,
        api: &str,
        input: &Json<'r>,
    ) {
        for time in times {
            let name = format!("{name}-{}", time.name);
            let target = Target {
                retry_policy: Some(RetryPolicy::new(TRIED, 10)),
                dead_letter_config: Some(DeadLetter::new(&self.failed)),
                ..Target::new(
                    format!("arn:{}:scheduler:::aws-sdk:{api}", self.site.partition()),
                    &self.role,
                    input.clone(),
                )
            };
            let schedule = Schedule {
                description: Some(description.into()),
                schedule_expression_timezone: Some(self.zone.into()),
                kms_key_arn: Some((&self.base.keys.logs).into()),
                ..Schedule::new(&self.group, name.as_str(), time.expression, FlexibleWindow::new("OFF"), target)
            };
            root.resource(&name, schedule);
        }
    }
}

/// True if Karpenter starts nodes here that are in no managed node group.
fn has_karpenter(site: Site<'_>) -> bool {
    let cluster = site.region.cluster();
    cluster.settings().autoscaler.kind == AutoscalerKind::Karpenter && !cluster.karpenter_groups().is_empty()
}
