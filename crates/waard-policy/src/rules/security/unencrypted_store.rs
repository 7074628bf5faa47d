//! See its page.
//!
//! Source: Terraform AWS provider, the resources' pages; ElastiCache API reference, `CreateReplicationGroup`: at rest, "true when using
//! Valkey, false when using Redis OSS".

use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/unencrypted-store",
    severity: Severity::Error,
    looks_at: "databases, caches and file systems",
    page: include_str!("unencrypted_store.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    let flags = [
        ("aws_db_instance", "storage_encrypted", false),
        ("aws_rds_cluster", "storage_encrypted", false),
        ("aws_docdb_cluster", "storage_encrypted", false),
        ("aws_neptune_cluster", "storage_encrypted", false),
        ("aws_efs_file_system", "encrypted", false),
        ("aws_elasticache_replication_group", "at_rest_encryption_enabled", false),
        ("aws_elasticache_replication_group", "transit_encryption_enabled", false),
    ];
    for (kind, flag, default) in flags {
        for block in root.resources(kind).filter(|block| !inherits(block)) {
            findings.looked_at_one();
            // ElastiCache encrypts what runs Valkey at rest unless it is told not to; in transit nothing by default.
            let valkey = root.text(block, "engine").is_some_and(|engine| engine == "valkey");
            let default = default || (flag == "at_rest_encryption_enabled" && valkey);
            match root.flag(block, flag, default) {
                Some(true) => {}
                None => findings.unknown(block, format!("`{flag}` depends on what the files don't say")),
                Some(false) => {
                    let at = block.argument(flag).map_or_else(|| block.place(), Placed::place);
                    let what = if flag.starts_with("transit") { "in transit" } else { "at rest" };
                    findings
                        .report(at, format!("`{}` is not encrypted {what}", block.address()))
                        .help(format!("set `{flag} = true`; a store that exists has to be made anew for it"));
                }
            }
        }
    }
}

/// Replicas, and what is restored, are as encrypted as what they are made from, unless they say otherwise.
fn inherits(block: &Block) -> bool {
    let from = [
        "replicate_source_db",
        "snapshot_identifier",
        "replication_source_identifier",
        "global_cluster_identifier",
        "global_replication_group_id",
        "snapshot_arns",
        "snapshot_name",
        "restore_to_point_in_time",
    ];
    from.iter().any(|name| block.get(name).is_some() || block.block(name).is_some())
}
