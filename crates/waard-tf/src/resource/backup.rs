//! AWS Backup.

use crate::kind::{BackupPlanId, BackupVaultArn, BackupVaultName, KeyArn, RoleArn, Text};
use crate::schema::{block, resource};
use crate::value::{List, Map, Value};

resource! {
    /// Where backups are kept.
    pub struct BackupVault = "aws_backup_vault" {
        /// 2 to 50 letters, digits, `-`, `_` and `.`.
        required name: Value<'r, Text>,
        optional kms_key_arn: Value<'r, KeyArn>,
        optional tags: Map<'r>,
    }
    reads { name: BackupVaultName, arn: BackupVaultArn }

    /// What keeps backups from being deleted before their time. Without a number of days after which it can't be changed
    /// any more, those who may take the lock away can.
    pub struct BackupVaultLock = "aws_backup_vault_lock_configuration" {
        required backup_vault_name: Value<'r, BackupVaultName>,
        required min_retention_days: i64,
    }

    /// When backups are made.
    pub struct BackupPlan = "aws_backup_plan" {
        required name: Value<'r, Text>,
        optional tags: Map<'r>,
        required rule: Vec<BackupRule<'r>>,
    }
    reads { id: BackupPlanId }

    /// Of what backups are made.
    pub struct BackupSelection = "aws_backup_selection" {
        required name: Value<'r, Text>,
        required plan_id: Value<'r, BackupPlanId>,
        required iam_role_arn: Value<'r, RoleArn>,
        required resources: List<'r, Text>,
    }
}

block! {
    /// A rule of a plan.
    pub struct BackupRule {
        /// 1 to 50 letters, digits, `-`, `_` and `.`.
        required rule_name: Value<'r, Text>,
        required target_vault_name: Value<'r, BackupVaultName>,
        required schedule: Value<'r, Text>,
        /// UTC without it.
        optional schedule_expression_timezone: Value<'r, Text>,
        /// Minutes in which it must begin: 60 at least.
        required start_window: i64,
        /// Minutes in which it must end, an hour more at least.
        required completion_window: i64,
        required lifecycle: BackupLifecycle<'r>,
        optional copy_action: CopyAction<'r>,
    }

    /// How long a backup is kept.
    pub struct BackupLifecycle {
        /// Days.
        required delete_after: i64,
    }

    /// Where a copy goes.
    pub struct CopyAction {
        required destination_vault_arn: Value<'r, BackupVaultArn>,
        required lifecycle: BackupLifecycle<'r>,
    }
}
