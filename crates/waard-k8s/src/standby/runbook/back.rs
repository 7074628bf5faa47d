//! The way back, and drills.

use std::fmt::Write as _;

use waard_model::spec::StandbyCopy;
use waard_model::topology::StoreKind;

use super::workloads::switch;
use super::{Failover, commands, data};
use crate::shell::word;
use crate::standby::TOP;

pub(super) fn failback(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, primary, .. } = failover;
    let (lost, here) = (word(primary.name().as_str()), failover.region());
    writeln!(text, "## Failback\n")?;
    writeln!(
        text,
        "When {} is back, and not before it was looked at. It needs a window in which nothing is written, and no hurry.\n",
        primary.name()
    )?;
    writeln!(text, "1. Keep [the lost region from writing](#3-keep-the-lost-region-from-writing): its data is old.")?;
    writeln!(
        text,
        "2. Copy the data back. What the lost region still had and this one lacks is compared by hand first, then given up.\n"
    )?;
    for store in primary.stores().values() {
        let id = failover.store(store.name().as_str());
        match (store.kind(), store.standby()) {
            (StoreKind::Database(database), copy)
                if copy != StandbyCopy::None
                    && database.writer.as_ref().is_none_or(|writer| writer == primary.name()) =>
            {
                writeln!(
                    text,
                    "   Database {}: the old instance gives up its name, and a replica of the new one takes it.\n",
                    store.name()
                )?;
                let class = word(database.class.as_str());
                let group = word(&primary.cluster().database_group());
                commands(
                    text,
                    &[
                        format!(
                            "aws rds modify-db-instance --region {lost} --db-instance-identifier {id} --new-db-instance-identifier {id}-old --apply-immediately"
                        ),
                        format!(
                            "source=$(aws rds describe-db-instances --region {here} --db-instance-identifier {id} --query 'DBInstances[0].DBInstanceArn' --output text)"
                        ),
                        format!(
                            "group=$(aws ec2 describe-security-groups --region {lost} --filters Name=group-name,Values={group} --query 'SecurityGroups[0].GroupId' --output text)"
                        ),
                        format!(
                            "key=$(aws rds describe-db-instances --region {lost} --db-instance-identifier {id}-old --query 'DBInstances[0].KmsKeyId' --output text)"
                        ),
                        format!(
                            "aws rds create-db-instance-read-replica --region {lost} --source-region {here} --source-db-instance-identifier \"$source\" --db-instance-identifier {id} --db-instance-class {class} --db-subnet-group-name {group} --vpc-security-group-ids \"$group\" --kms-key-id \"$key\" --no-publicly-accessible"
                        ),
                        format!("aws rds wait db-instance-available --region {lost} --db-instance-identifier {id}"),
                    ],
                )?;
            }
            (StoreKind::Cache(_), StandbyCopy::Replica) => {
                writeln!(
                    text,
                    "   Cache {}: the lost region follows this one by itself. In the window, make it the primary again:\n",
                    store.name()
                )?;
                let query = format!(
                    "GlobalReplicationGroups[?ends_with(GlobalReplicationGroupId, '-{id}')].GlobalReplicationGroupId"
                );
                commands(
                    text,
                    &[
                        format!(
                            "global=$(aws elasticache describe-global-replication-groups --region {lost} --query {} --output text)",
                            word(&query)
                        ),
                        format!(
                            "aws elasticache failover-global-replication-group --region {lost} --global-replication-group-id \"$global\" --primary-region {lost} --primary-replication-group-id {id}"
                        ),
                    ],
                )?;
            }
            (StoreKind::Kafka(_), StandbyCopy::Replica) => {
                writeln!(
                    text,
                    "   Kafka cluster {}: records that were written here are produced again by their sources, or copied by a mirror that runs in {} for the time of the failback.\n",
                    store.name(),
                    primary.name()
                )?;
            }
            (StoreKind::Bucket(_), copy) if copy != StandbyCopy::None => {
                writeln!(text, "   Bucket {}:\n", store.name())?;
                let bucket = |region: &str| word(&format!("s3://{}", data::bucket_name(failover, region, store)));
                commands(
                    text,
                    &[format!(
                        "aws s3 sync {} {} --source-region {here} --region {lost}",
                        bucket(site.region.name().as_str()),
                        bucket(primary.name().as_str())
                    )],
                )?;
            }
            _ => {}
        }
    }
    writeln!(
        text,
        "3. Open the window: stop what writes here, as [step 3](#3-keep-the-lost-region-from-writing) does there, with this cluster's context."
    )?;
    writeln!(
        text,
        "4. Promote the databases of {} as [step 4](#4-promote-the-data) does here, with its region.",
        primary.name()
    )?;
    writeln!(
        text,
        "5. Start {}: Argo CD's controller again, or `kubectl apply --server-side --kustomize {}`; then scale each Deployment of it to its least number of pods, so that autoscalers go on.",
        primary.name(),
        site.with(primary).folder("kubernetes")
    )?;
    writeln!(
        text,
        "6. Move the traffic back: the record that [step 6](#6-move-the-traffic) changed is ExternalDNS's again as soon as that runs."
    )?;
    writeln!(text, "7. Make this region stand by again:\n")?;
    match &site.topology.spec().gitops {
        Some(gitops) => commands(text, &switch(failover, gitops, "kubernetes"))?,
        None => commands(
            text,
            &[format!(
                "kubectl --context {} apply --server-side --kustomize {}",
                failover.context(),
                word(&site.folder("kubernetes"))
            )],
        )?,
    }
    writeln!(
        text,
        "8. Make its databases replicas again: delete the promoted ones after a last snapshot, and let Terraform make them anew.\n"
    )
}

pub(super) fn drill(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, .. } = failover;
    let (context, overlay) = (failover.context(), word(&site.folder(TOP)));
    let region = failover.region();
    writeln!(text, "## Drill\n")?;
    writeln!(
        text,
        "Every month, without an outage: what would change, whether there is room for it, and how far the copies are behind.\n"
    )?;
    let mut lines = vec![
        format!("kubectl kustomize {overlay} > /dev/null"),
        format!("kubectl --context {context} diff --server-side --force-conflicts --kustomize {overlay}"),
        format!(
            "aws service-quotas get-service-quota --region {region} --service-code ec2 --quota-code L-1216C47A --query 'Quota.Value'"
        ),
    ];
    for store in failover.primary.stores().values() {
        if let (StoreKind::Database(_), StandbyCopy::Replica) = (store.kind(), store.standby()) {
            let id = failover.store(store.name().as_str());
            lines.push(format!("aws rds describe-db-instances --region {region} --db-instance-identifier {id} --query 'DBInstances[0].StatusInfos'"));
        }
    }
    commands(text, &lines)?;
    writeln!(
        text,
        "Twice a year, in a window that was announced: all steps from 2 to 7 and the failback, with a clock."
    )?;
    writeln!(
        text,
        "Write down how long each step took, put it in place of the number under [Time](#time), and file what went wrong."
    )
}
