//! Caches.

use crate::kind::{
    CacheParameterGroupName, CacheSubnetGroupName, DomainName, GlobalReplicationGroupId, KeyArn, LogGroupName,
    ReplicationGroupId, SecurityGroupId, SubnetId, Text,
};
use crate::schema::{block, resource};
use crate::value::{List, Map, Value};

resource! {
    /// Where caches are.
    pub struct SubnetGroup = "aws_elasticache_subnet_group" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        required subnet_ids: List<'r, SubnetId>,
        optional tags: Map<'r>,
    }
    reads { name: CacheSubnetGroupName }

    /// Settings of an engine.
    pub struct ParameterGroup = "aws_elasticache_parameter_group" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        /// The engine and its major version.
        required family: Value<'r, Text>,
        optional tags: Map<'r>,
        optional parameter: Vec<Parameter<'r>>,
    }
    reads { name: CacheParameterGroupName }

    /// A cache: one shard or several, with replicas. With `global_replication_group_id` it follows a cache of another region,
    /// and has that one's engine, node type, shards, parameters and encryption, of which none may be said.
    pub struct ReplicationGroup = "aws_elasticache_replication_group" {
        required replication_group_id: Value<'r, Text>,
        required description: Value<'r, Text>,
        optional global_replication_group_id: Value<'r, GlobalReplicationGroupId>,
        optional engine: Value<'r, Text>,
        optional engine_version: Value<'r, Text>,
        optional auto_minor_version_upgrade: bool,
        optional node_type: Value<'r, Text>,
        optional port: i64,
        /// Nodes of a cache of one shard. Not with the next two.
        optional num_cache_clusters: i64,
        optional num_node_groups: i64,
        optional replicas_per_node_group: i64,
        /// With a replica of each shard; always with several shards.
        optional automatic_failover_enabled: bool,
        /// Only with `automatic_failover_enabled`.
        optional multi_az_enabled: bool,
        optional subnet_group_name: Value<'r, CacheSubnetGroupName>,
        optional security_group_ids: List<'r, SecurityGroupId>,
        optional parameter_group_name: Value<'r, CacheParameterGroupName>,
        optional at_rest_encryption_enabled: bool,
        optional kms_key_id: Value<'r, KeyArn>,
        optional transit_encryption_enabled: bool,
        optional transit_encryption_mode: Value<'r, Text>,
        /// Never kept by Terraform. Only with encryption on the wire.
        optional auth_token_wo: Value<'r, Text>,
        /// A new number writes the password anew.
        optional auth_token_wo_version: i64,
        /// Days: 0 to 35.
        optional snapshot_retention_limit: i64,
        optional snapshot_window: Value<'r, Text>,
        optional final_snapshot_identifier: Value<'r, Text>,
        optional maintenance_window: Value<'r, Text>,
        optional apply_immediately: bool,
        optional tags: Map<'r>,
        /// One of each type.
        optional log_delivery_configuration: Vec<LogDelivery<'r>>,
    }
    reads {
        id: ReplicationGroupId,
        configuration_endpoint_address: DomainName,
        primary_endpoint_address: DomainName,
        reader_endpoint_address: DomainName,
    }

    /// Caches of several regions, of which one is written.
    pub struct GlobalReplicationGroup = "aws_elasticache_global_replication_group" {
        required global_replication_group_id_suffix: Value<'r, Text>,
        optional global_replication_group_description: Value<'r, Text>,
        required primary_replication_group_id: Value<'r, ReplicationGroupId>,
    }
    reads { global_replication_group_id: GlobalReplicationGroupId }
}

block! {
    /// A setting of an engine.
    pub struct Parameter {
        required name: Value<'r, Text>,
        required value: Value<'r, Text>,
    }

    /// Where a log goes.
    pub struct LogDelivery {
        required log_type: Value<'r, Text>,
        required log_format: Value<'r, Text>,
        required destination_type: Value<'r, Text>,
        required destination: Value<'r, LogGroupName>,
    }
}
