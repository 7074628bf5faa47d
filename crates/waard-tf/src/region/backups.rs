//! Backups beside those that databases keep of themselves.
//!
//! What RDS keeps goes with the instance, and who may delete the one may delete the other. A vault is apart: it has a lock,
//! and a copy of it is in the standby region where the topology asks for copies of backups.
//!
//! In it are databases, where they are written. Not in it, and why:
//! - read replicas: they have no data of their own;
//! - caches: they can be filled again;
//! - Kafka: snapshots of its disks are not of one moment, and Kafka can't be restored from such; each record has copies in
//!   other zones, and in the standby region where it is mirrored;
//! - buckets: they keep old versions, and copies in the standby region where that is asked for; backups would be the same
//!   again, at the price of as much storage;
//! - disks of pods: all of them are gone with their pods.

use waard_model::spec::{DatabaseSpec, StandbyCopy};
use waard_model::topology::identity::managed_policy;
use waard_model::topology::{Region, Store, StoreKind};

use super::{Base, hours};
use crate::kind::{BackupVaultArn, BackupVaultName, RoleArn};
use crate::policy::assumed_by;
use crate::resource::backup::{
    BackupLifecycle, BackupPlan, BackupRule, BackupSelection, BackupVault, BackupVaultLock, CopyAction,
};
use crate::resource::iam::{Role, RolePolicyAttachment};
use crate::root::Root;
use crate::site::{Site, backups_kept};
use crate::value::{Ref, Value, join};

/// A backup may begin within eight hours and must end within a day, in minutes: while RDS makes its own or maintains the
/// instance, it waits. Source: AWS Backup Developer Guide, "Amazon RDS backups", "Considerations".
const START_WITHIN: i64 = 480;
const END_WITHIN: i64 = 1440;

/// So long after the window of the database's own backups: two hours, in minutes.
const AFTER_OWN: u16 = 120;

/// When backups begin of a database whose window RDS chooses: noon.
const NOON: u16 = 720;

/// So long after the environment's hours have begun, in minutes: a database takes some to start.
const AFTER_START: u16 = 60;

pub(crate) fn backups<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let own = written(site.region);
    let copied = site.protects().map(|primary| {
        let all = written(primary).into_iter().filter(|(_, database)| is_copied(database));
        all.collect::<Vec<_>>()
    });
    let kept: Vec<i64> =
        own.iter().chain(copied.iter().flatten()).map(|(_, database)| backups_kept(database)).collect();
    let Some(least) = kept.iter().min() else {
        return;
    };
    root.file("backups", "Backups of databases, apart from the databases.");
    if own.is_empty() {
        root.why("Holds copies of backups of the region that this one protects.");
    }
    let vault = root.resource(
        "main",
        BackupVault { kms_key_arn: Some((&base.keys.data).into()), ..BackupVault::new(vault_name(site)) },
    );
    root.output("backup_vault_arn", "Where backups are kept.", &vault.arn());
    root.why("Nobody deletes a backup before its time, but who may take the lock away. A lock that nobody can take away is a decision\nthat is never taken back, and not one for a generator.");
    root.resource("main", BackupVaultLock::new(vault.name(), *least));
    if own.is_empty() {
        return;
    }
    let role = role(root, site);
    for (store, database) in own {
        root.from(store.path());
        plan(root, site, base, store, database, &vault.name(), &role);
    }
    root.from(site.region.path());
}

/// True if backups are made here, and not only kept.
pub(super) fn has_plan(site: Site<'_>) -> bool {
    !written(site.region).is_empty()
}

/// The same in each region, so that a region knows where copies go before the other one is made. A vault's name has 50
/// characters at most, and so has that of a plan, which is why that begins without the platform.
fn vault_name(site: Site<'_>) -> String {
    site.named("backup")
}

/// The databases that are written in a region.
fn written(region: &Region) -> Vec<(&Store, &DatabaseSpec)> {
    let databases = region.stores().values().filter_map(|store| match store.kind() {
        StoreKind::Database(database) => Some((&**store, database)),
        _ => None,
    });
    databases
        .filter(|(_, database)| {
            !region.is_standby() && database.writer.as_ref().is_none_or(|writer| writer == region.name())
        })
        .collect()
}

fn is_copied(database: &DatabaseSpec) -> bool {
    database.backups.copied || database.standby == StandbyCopy::Backups
}

/// AWS' own policies, which AWS keeps up to date with what its services need. The one to restore with too: when it is wanted,
/// there is no time to make it. Source: AWS Backup Developer Guide, "IAM service roles".
fn role<'r>(root: &mut Root<'r>, site: Site<'_>) -> Ref<'r, RoleArn> {
    root.why("What AWS Backup may do: make backups, and restore them.");
    let name = format!("{}.backup", site.cluster());
    let role = root.resource("backup", Role::new(name, assumed_by("backup.amazonaws.com", &["sts:AssumeRole"])));
    for (label, which) in [("backup", "Backup"), ("restore", "Restores")] {
        let name = format!("service-role/AWSBackupServiceRolePolicyFor{which}");
        let attached = RolePolicyAttachment::new(role.name(), managed_policy(site.region.name(), &name));
        root.resource(label, attached);
    }
    role.arn()
}

fn plan<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    store: &Store,
    database: &DatabaseSpec,
    vault: &Ref<'r, BackupVaultName>,
    by: &Ref<'r, RoleArn>,
) {
    let name = site.named(store.name().as_str());
    let days = backups_kept(database);
    let copy = site.standby().filter(|_| is_copied(database)).map(|standby| {
        root.why(format!(
            "Copies fail until the vault in {} is there, which is made after this region.",
            standby.name()
        ));
        CopyAction::new(vault_in(site, base, standby), BackupLifecycle::new(days))
    });
    let schedule = schedule(root, site, store, database);
    let rule = BackupRule {
        schedule_expression_timezone: schedule.zone.map(Value::from),
        copy_action: copy,
        ..BackupRule::new("daily", vault, schedule.cron, START_WITHIN, END_WITHIN, BackupLifecycle::new(days))
    };
    let plan = root.resource(
        store.name().as_str(),
        BackupPlan::new(format!("{}-{}", site.environment.name(), store.name()), vec![rule]),
    );
    let (partition, region) = (site.partition(), site.region.name());
    let instance =
        join([format!("arn:{partition}:rds:{region}:").into(), (&base.account).into(), format!(":db:{name}").into()]);
    root.resource(store.name().as_str(), BackupSelection::new("database", plan.id(), by, [instance]));
}

/// When backups begin.
struct Schedule<'t> {
    cron: String,
    zone: Option<&'t str>,
}

/// RDS makes no backup of a database that is stopped, and neither does AWS Backup: where there are hours, it is made in them.
/// Source: Amazon RDS User Guide, "Backup window": an instance must be available.
fn schedule<'t>(root: &mut Root<'_>, site: Site<'t>, store: &Store, database: &DatabaseSpec) -> Schedule<'t> {
    let Some(hours) = hours::of_database(site, store) else {
        let begins = database.backups.window.map_or(NOON, |window| (window.to_minute() + AFTER_OWN) % 1440);
        return Schedule { cron: format!("cron({} {} * * ? *)", begins % 60, begins / 60), zone: None };
    };
    root.why("In the hours of the environment: nothing makes a backup of a database that is stopped.");
    let (from, to) = (hours.weekdays.from_minute(), hours.weekdays.to_minute());
    let begins = from + AFTER_START.min(to.saturating_sub(from) / 2);
    let cron = format!("cron({} {} ? * MON-FRI *)", begins % 60, begins / 60);
    Schedule { cron, zone: Some(hours.zone.as_str()) }
}

/// The vault of another region, which may not be there yet.
fn vault_in<'r>(site: Site<'_>, base: &Base<'r>, region: &Region) -> Value<'r, BackupVaultArn> {
    let start = format!("arn:{}:backup:{}:", region.name().partition(), region.name());
    join([start.into(), (&base.account).into(), format!(":backup-vault:{}", vault_name(site)).into()])
}
