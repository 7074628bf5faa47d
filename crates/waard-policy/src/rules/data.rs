//! Rules about data: copies, backups, replicas, and where they are.

pub mod backup_retention;
pub mod copies_older_than_rpo;
pub mod deletion_protection;
pub mod final_snapshot;
pub mod incomplete_store;
pub mod independent_databases;
pub mod kafka_copy;
pub mod kafka_replication;
pub mod kafka_retention;
pub mod no_copy_in_standby;
pub mod outside_residency;
pub mod replication_without_versions;
pub mod single_zone;
pub mod smaller_replica;
