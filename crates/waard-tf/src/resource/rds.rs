//! Databases.

use crate::kind::{
    DbInstanceArn, DbInstanceId, DbParameterGroupName, DbSubnetGroupName, DomainName, KeyArn, RoleArn, SecretArn,
    SecurityGroupId, SubnetId, Text,
};
use crate::schema::{block, resource};
use crate::value::{List, Map, Ref, Value};

resource! {
    /// Where databases are: subnets of two zones at least.
    pub struct SubnetGroup = "aws_db_subnet_group" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        required subnet_ids: List<'r, SubnetId>,
        optional tags: Map<'r>,
    }
    reads { name: DbSubnetGroupName }

    /// Settings of an engine.
    pub struct ParameterGroup = "aws_db_parameter_group" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        /// The engine and its major version.
        required family: Value<'r, Text>,
        optional tags: Map<'r>,
        optional parameter: Vec<Parameter<'r>>,
    }
    reads { name: DbParameterGroupName }

    /// A database.
    pub struct Instance = "aws_db_instance" {
        required identifier: Value<'r, Text>,
        /// Not of a read replica, which has its source's.
        optional engine: Value<'r, Text>,
        /// Not of a read replica.
        optional engine_version: Value<'r, Text>,
        optional auto_minor_version_upgrade: bool,
        required instance_class: Value<'r, Text>,
        /// A read replica: the identifier of its source, or in another region its ARN.
        optional replicate_source_db: Value<'r, Text>,
        /// Not of a read replica.
        optional db_name: Value<'r, Text>,
        /// Not of a read replica.
        optional username: Value<'r, Text>,
        /// RDS makes the password and changes it; then there is no other.
        optional manage_master_user_password: bool,
        optional master_user_secret_kms_key_id: Value<'r, KeyArn>,
        /// Never kept by Terraform.
        optional password_wo: Value<'r, Text>,
        /// A new number writes the password anew.
        optional password_wo_version: i64,
        optional iam_database_authentication_enabled: bool,
        optional port: i64,
        /// GiB. Not of a read replica.
        optional allocated_storage: i64,
        /// GiB.
        optional max_allocated_storage: i64,
        optional storage_type: Value<'r, Text>,
        optional storage_encrypted: bool,
        /// Not of a read replica in the region of its source, which has its source's.
        optional kms_key_id: Value<'r, KeyArn>,
        optional multi_az: bool,
        /// Not with `multi_az`.
        optional availability_zone: Value<'r, Text>,
        /// Not of a read replica in the region of its source.
        optional db_subnet_group_name: Value<'r, DbSubnetGroupName>,
        optional vpc_security_group_ids: List<'r, SecurityGroupId>,
        required publicly_accessible: bool,
        optional ca_cert_identifier: Value<'r, Text>,
        optional parameter_group_name: Value<'r, DbParameterGroupName>,
        /// Days: 0 to 35.
        optional backup_retention_period: i64,
        optional backup_window: Value<'r, Text>,
        optional delete_automated_backups: bool,
        optional copy_tags_to_snapshot: bool,
        optional skip_final_snapshot: bool,
        optional final_snapshot_identifier: Value<'r, Text>,
        required deletion_protection: bool,
        optional maintenance_window: Value<'r, Text>,
        optional apply_immediately: bool,
        optional enabled_cloudwatch_logs_exports: List<'r, Text>,
        /// Seconds: 0, 1, 5, 10, 15, 30 or 60.
        optional monitoring_interval: i64,
        optional monitoring_role_arn: Value<'r, RoleArn>,
        optional database_insights_mode: Value<'r, Text>,
        optional performance_insights_enabled: bool,
        optional performance_insights_kms_key_id: Value<'r, KeyArn>,
        /// Days: 7, 731 or a multiple of 31.
        optional performance_insights_retention_period: i64,
        optional tags: Map<'r>,
    }
    reads { arn: DbInstanceArn, identifier: DbInstanceId }

    /// Copies of a database's backups in another region, the one that this is in.
    pub struct BackupsReplication = "aws_db_instance_automated_backups_replication" {
        required source_db_instance_arn: Value<'r, DbInstanceArn>,
        optional kms_key_id: Value<'r, KeyArn>,
        /// Days.
        optional retention_period: i64,
    }
}

block! {
    /// A setting of an engine.
    pub struct Parameter {
        required name: Value<'r, Text>,
        required value: Value<'r, Text>,
        /// `immediate`, or `pending-reboot` for one that is only read when the engine starts.
        optional apply_method: Value<'r, Text>,
    }
}

impl<'r> crate::root::Handle<'r, Instance<'r>> {
    /// Refers to `address`: the host that it answers on.
    pub fn host(&self) -> Ref<'r, DomainName> {
        self.attribute("address")
    }

    /// Refers to the ARN of the secret that RDS keeps the password in.
    pub fn master_user_secret(&self) -> Ref<'r, SecretArn> {
        self.first("master_user_secret", "secret_arn")
    }
}
