//! What is done with each store, and what of it is lost.

use std::fmt::Write as _;

use waard_model::spec::{DatabaseSpec, StandbyCopy};
use waard_model::topology::{Duty, Store, StoreKind};

use super::{Failover, commands};
use crate::shell::word;

/// The stores of the protected region: they are what can be lost.
fn stores<'f>(failover: &'f Failover<'_>) -> impl Iterator<Item = &'f Store> {
    failover.primary.stores().values().map(|store| &**store)
}

pub(super) fn promote(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let mut any = false;
    for store in stores(failover) {
        match (store.kind(), store.standby()) {
            (StoreKind::Database(database), StandbyCopy::Replica) => promote_database(text, failover, store, database)?,
            // A topology in which a database isn't copied is refused.
            (StoreKind::Database(database), _) => restore_database(text, failover, store, database)?,
            (StoreKind::Cache(_), StandbyCopy::Replica) => promote_cache(text, failover, store)?,
            (StoreKind::Cache(_), _) => {
                writeln!(
                    text,
                    "### Cache {}\n\nThe one of this region starts empty, and fills as it is used.\n",
                    store.name()
                )?;
            }
            (StoreKind::Kafka(_), copy) => kafka(text, failover, store, copy)?,
            (StoreKind::Bucket(_), copy) => bucket(text, failover, store, copy)?,
        }
        any = true;
    }
    if !any {
        writeln!(text, "There is none.\n")?;
    }
    Ok(())
}

fn promote_database(
    text: &mut String,
    failover: &Failover<'_>,
    store: &Store,
    database: &DatabaseSpec,
) -> std::fmt::Result {
    let (region, id) = (failover.region(), failover.store(store.name().as_str()));
    writeln!(text, "### Database {}\n", store.name())?;
    if let Some(writer) = &database.writer
        && writer != failover.primary.name()
    {
        return writeln!(text, "It is written in {writer} and goes on there: nothing is promoted.\n");
    }
    writeln!(
        text,
        "How far the replica is behind, in seconds, is what will be lost; then promote it. That can't be undone.\n"
    )?;
    let days = database.backups.retention.as_secs() / 86_400;
    let lag = format!(
        "aws cloudwatch get-metric-statistics --region {region} --namespace AWS/RDS --metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value={id} --start-time \"$(date -u -d '-15 minutes' +%FT%TZ)\" --end-time \"$(date -u +%FT%TZ)\" --period 60 --statistics Maximum"
    );
    let promote = format!(
        "aws rds promote-read-replica --region {region} --db-instance-identifier {id} --backup-retention-period {days}"
    );
    commands(text, &[lag, promote])?;
    writeln!(text, "Done when the source is `None` and the status `available`:\n")?;
    let wait = format!("aws rds wait db-instance-available --region {region} --db-instance-identifier {id}");
    let look = format!(
        "aws rds describe-db-instances --region {region} --db-instance-identifier {id} --query 'DBInstances[0].[ReadReplicaSourceDBInstanceIdentifier,DBInstanceStatus]' --output text"
    );
    commands(text, &[wait, look])?;
    if database.multi_az {
        writeln!(text, "After the failover, give it a second instance in another zone, as the lost one had:\n")?;
        commands(
            text,
            &[format!(
                "aws rds modify-db-instance --region {region} --db-instance-identifier {id} --multi-az --apply-immediately"
            )],
        )?;
    }
    Ok(())
}

fn restore_database(
    text: &mut String,
    failover: &Failover<'_>,
    store: &Store,
    database: &DatabaseSpec,
) -> std::fmt::Result {
    let (region, id) = (failover.region(), failover.store(store.name().as_str()));
    let group = word(&failover.site.region.cluster().database_group());
    writeln!(text, "### Database {}\n", store.name())?;
    writeln!(text, "Restore it from the backups that were copied here:\n")?;
    let class = word(database.class.as_str());
    let multi_az = if database.multi_az { "--multi-az" } else { "--no-multi-az" };
    let lines = [
        format!(
            "backup=$(aws rds describe-db-instance-automated-backups --region {region} --db-instance-identifier {id} --query 'DBInstanceAutomatedBackups[0].DBInstanceAutomatedBackupsArn' --output text)"
        ),
        format!(
            "group=$(aws ec2 describe-security-groups --region {region} --filters Name=group-name,Values={group} --query 'SecurityGroups[0].GroupId' --output text)"
        ),
        format!(
            "aws rds restore-db-instance-to-point-in-time --region {region} --source-db-instance-automated-backups-arn \"$backup\" --use-latest-restorable-time --target-db-instance-identifier {id} --db-instance-class {class} {multi_az} --db-subnet-group-name {group} --vpc-security-group-ids \"$group\" --no-publicly-accessible"
        ),
    ];
    commands(text, &lines)?;
    writeln!(text, "Done when its status is `available`:\n")?;
    commands(text, &[format!("aws rds wait db-instance-available --region {region} --db-instance-identifier {id}")])
}

fn promote_cache(text: &mut String, failover: &Failover<'_>, store: &Store) -> std::fmt::Result {
    let (region, id) = (failover.region(), failover.store(store.name().as_str()));
    writeln!(text, "### Cache {}\n", store.name())?;
    let query =
        format!("GlobalReplicationGroups[?ends_with(GlobalReplicationGroupId, '-{id}')].GlobalReplicationGroupId");
    let lines = [
        format!(
            "global=$(aws elasticache describe-global-replication-groups --region {region} --query {} --output text)",
            word(&query)
        ),
        format!(
            "aws elasticache failover-global-replication-group --region {region} --global-replication-group-id \"$global\" --primary-region {region} --primary-replication-group-id {id}"
        ),
    ];
    commands(text, &lines)?;
    writeln!(text, "Done when this region has the role `PRIMARY`:\n")?;
    let look = format!(
        "aws elasticache describe-global-replication-groups --region {region} --global-replication-group-id \"$global\" --show-member-info --query 'GlobalReplicationGroups[0].Members[].[ReplicationGroupRegion,Role,Status]' --output text"
    );
    commands(text, &[look])
}

fn kafka(text: &mut String, failover: &Failover<'_>, store: &Store, copy: StandbyCopy) -> std::fmt::Result {
    writeln!(text, "### Kafka cluster {}\n", store.name())?;
    if copy != StandbyCopy::Replica {
        return writeln!(text, "The one of this region starts empty.\n");
    }
    let (context, namespace) = (failover.context(), word(store.kafka_namespace().unwrap_or_default()));
    writeln!(
        text,
        "The mirror stops with the workloads' step; topics have their names here, and consumers go on where they were last copied."
    )?;
    writeln!(text, "The cluster takes records when it is `Ready`:\n")?;
    let cluster = word(&failover.site.object(store.name().as_str()));
    let lines = [format!(
        "kubectl --context {context} --namespace {namespace} wait kafka/{cluster} --for=condition=Ready --timeout=60s"
    )];
    commands(text, &lines)
}

fn bucket(text: &mut String, failover: &Failover<'_>, store: &Store, copy: StandbyCopy) -> std::fmt::Result {
    writeln!(text, "### Bucket {}\n", store.name())?;
    if copy == StandbyCopy::None {
        return writeln!(text, "It isn't copied: its objects are there again when the region is.\n");
    }
    let id = bucket_name(failover, failover.site.region.name().as_str(), store);
    writeln!(text, "Its copy is a bucket of its own, which is written from now on: `{id}`. Nothing is promoted.\n")
}

/// The name of a bucket in a region.
pub(super) fn bucket_name(failover: &Failover<'_>, region: &str, store: &Store) -> String {
    format!("{}-{}-{region}-{}", failover.site.topology.platform(), failover.site.environment.name(), store.name())
}

pub(super) fn lost(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Duty::Standby { rpo, .. } = failover.site.region.duty() else {
        return Ok(());
    };
    writeln!(
        text,
        "Of what is copied, at most what was written in the last {rpo}, if the copies kept up; alerts say when they don't.\n"
    )?;
    writeln!(text, "| store | copied by | what is lost |")?;
    writeln!(text, "| --- | --- | --- |")?;
    for store in stores(failover) {
        let (by, what) = match (store.kind(), store.standby()) {
            (StoreKind::Cache(_), StandbyCopy::None) => ("nothing", "everything; it fills again as it is used"),
            (_, StandbyCopy::None) => ("nothing", "everything, until the region is back"),
            (StoreKind::Database(database), _)
                if database.writer.as_ref().is_some_and(|writer| writer != failover.primary.name()) =>
            {
                ("replication from its writer", "nothing: it is written elsewhere")
            }
            (StoreKind::Database(_), StandbyCopy::Replica) => {
                ("a read replica", "what the replica lagged behind (ReplicaLag)")
            }
            (StoreKind::Database(_), StandbyCopy::Backups) => {
                ("copied backups", "what came after the last log that was copied")
            }
            (StoreKind::Cache(_), StandbyCopy::Replica) => ("a global datastore", "what wasn't replicated yet"),
            (StoreKind::Cache(_), StandbyCopy::Backups) => {
                ("copied backups", "everything since the last backup, unless it fills again")
            }
            (StoreKind::Kafka(_), StandbyCopy::Replica) => {
                ("MirrorMaker 2", "records that weren't copied yet; some are read twice")
            }
            (StoreKind::Kafka(_), StandbyCopy::Backups) => {
                ("nothing that runs", "everything, until the region is back")
            }
            (StoreKind::Bucket(_), _) => {
                ("replication of objects", "objects that weren't copied yet, until the region is back")
            }
        };
        writeln!(text, "| {} | {by} | {what} |", store.name())?;
    }
    writeln!(text)
}
