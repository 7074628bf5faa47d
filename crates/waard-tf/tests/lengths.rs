//! Every name, description and tag is one that AWS takes: long enough, short enough, of characters that are allowed.
//!
//! The table has every argument that gives something a name or a description, of every type that is emitted: one that is
//! missing is a fault too, so that a new type can't be forgotten.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod objects;

use objects::{MINIMAL, Roots, WAARDHAVEN, cases, random, topology};
use proptest::prelude::*;
use serde_json::Value;

/// What a text may be made of.
#[derive(Clone, Copy)]
enum Of {
    /// Letters, digits and these.
    Word(&'static str),
    /// Small letters, digits and these.
    Small(&'static str),
    /// A small letter first, then small letters, digits and single hyphens, the last one no hyphen.
    Id,
    /// Anything that can be printed.
    Prose,
    /// A name of DNS, maybe with `*` first: labels of at most 63 characters.
    Host,
    /// A key of KMS' names: `alias/` and a word, not one of AWS' own.
    Alias,
    /// Words of small letters and digits, joined by single `.`, `_`, `-` and by `/`.
    Repository,
    /// A letter, then letters, digits and `_`.
    Symbol,
}

struct Rule {
    of: &'static str,
    /// The argument, or the end of its path.
    argument: &'static str,
    least: usize,
    most: usize,
    made: Of,
}

const fn rule(of: &'static str, argument: &'static str, least: usize, most: usize, made: Of) -> Rule {
    Rule { of, argument, least, most, made }
}

/// EC2: names and descriptions of security groups and their rules.
const GROUP: Of = Of::Word(" ._-:/()#,@[]+=&;{}!$*");

/// Sources: the API references of the services, at the action that makes the thing; where the provider is stricter, its
/// own check.
const RULES: &[Rule] = &[
    // AWS Certificate Manager, `RequestCertificate`; the first name is the common name, of at most 64 (RFC 5280).
    rule("aws_acm_certificate", "domain_name", 1, 64, Of::Host),
    // AWS Backup, `BackupPlanInput`, `BackupRuleInput`, `BackupSelection`, `CreateBackupVault`.
    rule("aws_backup_plan", "name", 1, 50, Of::Word("-_.")),
    rule("aws_backup_plan", "rule.rule_name", 1, 50, Of::Word("-_.")),
    rule("aws_backup_selection", "name", 1, 50, Of::Word("-_.")),
    rule("aws_backup_vault", "name", 2, 50, Of::Word("-_")),
    // AWS Budgets, `Budget`: no `:` and no `\`.
    rule("aws_budgets_budget", "name", 1, 100, Of::Word(" -_./")),
    // Amazon CloudFront, `CachePolicyConfig`, `ResponseHeadersPolicyConfig`, `CreateFunction`, `DistributionConfig`, `Origin`.
    rule("aws_cloudfront_cache_policy", "name", 1, 128, Of::Word("-_")),
    rule("aws_cloudfront_cache_policy", "comment", 0, 128, Of::Prose),
    rule("aws_cloudfront_distribution", "comment", 0, 128, Of::Prose),
    rule("aws_cloudfront_distribution", "origin.origin_id", 1, 128, Of::Prose),
    rule("aws_cloudfront_distribution", "origin.domain_name", 1, 253, Of::Host),
    rule("aws_cloudfront_function", "name", 1, 64, Of::Word("-_")),
    rule("aws_cloudfront_function", "comment", 0, 128, Of::Prose),
    rule("aws_cloudfront_response_headers_policy", "name", 1, 128, Of::Word("-_")),
    rule("aws_cloudfront_response_headers_policy", "comment", 0, 128, Of::Prose),
    // Amazon EventBridge, `PutRule`, `Target`.
    rule("aws_cloudwatch_event_rule", "name", 1, 64, Of::Word(".-_")),
    rule("aws_cloudwatch_event_rule", "description", 0, 512, Of::Prose),
    rule("aws_cloudwatch_event_target", "target_id", 1, 64, Of::Word(".-_")),
    // Amazon CloudWatch Logs, `PutDeliveryDestination`, `PutDeliverySource`, `CreateLogGroup`.
    rule("aws_cloudwatch_log_delivery_destination", "name", 1, 60, Of::Word("-_")),
    rule("aws_cloudwatch_log_delivery_source", "name", 1, 60, Of::Word("-_")),
    rule("aws_cloudwatch_log_group", "name", 1, 512, Of::Word("._-/#")),
    // Amazon CloudWatch, `PutMetricAlarm`, `MetricDataQuery`.
    rule("aws_cloudwatch_metric_alarm", "alarm_name", 1, 255, Of::Prose),
    rule("aws_cloudwatch_metric_alarm", "alarm_description", 0, 1024, Of::Prose),
    rule("aws_cloudwatch_metric_alarm", "metric_query.id", 1, 255, Of::Symbol),
    rule("aws_cloudwatch_metric_alarm", "metric_name", 1, 255, Of::Prose),
    rule("aws_cloudwatch_metric_alarm", "label", 0, 1024, Of::Prose),
    // Amazon RDS, `CreateDBInstance` (PostgreSQL), `CreateDBParameterGroup`, `CreateDBSubnetGroup`.
    rule("aws_db_instance", "identifier", 1, 63, Of::Id),
    rule("aws_db_instance", "final_snapshot_identifier", 1, 255, Of::Id),
    rule("aws_db_instance", "db_name", 1, 63, Of::Symbol),
    rule("aws_db_parameter_group", "name", 1, 255, Of::Id),
    rule("aws_db_parameter_group", "description", 1, 255, Of::Prose),
    rule("aws_db_subnet_group", "name", 1, 255, Of::Small(" ._-")),
    rule("aws_db_subnet_group", "description", 1, 255, Of::Prose),
    // Amazon ECR, `CreateRepository`.
    rule("aws_ecr_repository", "name", 2, 256, Of::Repository),
    rule("aws_ecr_lifecycle_policy", "description", 0, 256, Of::Prose),
    // Amazon EKS, `CreateCluster`, `CreateNodegroup`.
    rule("aws_eks_cluster", "name", 1, 100, Of::Word("-_")),
    rule("aws_eks_node_group", "node_group_name", 1, 63, Of::Word("-_")),
    // Amazon ElastiCache, `CreateReplicationGroup`, `CreateCacheParameterGroup`, `CreateCacheSubnetGroup`. The end of a global
    // datastore's name has no limit that is documented: as long as that of its members.
    rule("aws_elasticache_global_replication_group", "global_replication_group_id_suffix", 1, 40, Of::Id),
    rule("aws_elasticache_global_replication_group", "global_replication_group_description", 1, 255, Of::Prose),
    rule("aws_elasticache_parameter_group", "name", 1, 255, Of::Id),
    rule("aws_elasticache_parameter_group", "description", 1, 255, Of::Prose),
    rule("aws_elasticache_replication_group", "replication_group_id", 1, 40, Of::Id),
    rule("aws_elasticache_replication_group", "description", 1, 255, Of::Prose),
    rule("aws_elasticache_replication_group", "final_snapshot_identifier", 1, 255, Of::Id),
    rule("aws_elasticache_subnet_group", "name", 1, 255, Of::Small("-")),
    rule("aws_elasticache_subnet_group", "description", 1, 255, Of::Prose),
    // AWS IAM, `CreateRole`, `PutRolePolicy`.
    rule("aws_iam_role", "name", 1, 64, Of::Word("+=,.@-_")),
    rule("aws_iam_role", "description", 0, 1000, Of::Prose),
    rule("aws_iam_role_policy", "name", 1, 128, Of::Word("+=,.@-_")),
    // AWS KMS, `CreateAlias`, `CreateKey`.
    rule("aws_kms_alias", "name", 7, 256, Of::Alias),
    rule("aws_kms_key", "description", 0, 8192, Of::Prose),
    // Amazon EC2, `CreateLaunchTemplate`, `CreateSecurityGroup`, `IpRange`.
    rule("aws_launch_template", "name", 3, 128, Of::Word("().-/_")),
    rule("aws_launch_template", "description", 0, 255, Of::Prose),
    rule("aws_security_group", "name", 1, 255, GROUP),
    rule("aws_security_group", "description", 1, 255, GROUP),
    rule("aws_vpc_security_group_egress_rule", "description", 0, 255, GROUP),
    rule("aws_vpc_security_group_ingress_rule", "description", 0, 255, GROUP),
    // Amazon Route 53, `ResourceRecordSet`, `HostedZoneConfig`.
    rule("aws_route53_record", "name", 1, 253, Of::Host),
    rule("aws_route53_record", "set_identifier", 1, 128, Of::Prose),
    rule("aws_route53_zone", "name", 1, 253, Of::Host),
    rule("aws_route53_zone", "comment", 0, 256, Of::Prose),
    // Amazon S3 User Guide, "General purpose bucket naming rules"; `LifecycleRule`, `ReplicationRule`.
    rule("aws_s3_bucket", "bucket", 3, 63, Of::Small("-")),
    rule("aws_s3_bucket_lifecycle_configuration", "rule.id", 1, 255, Of::Prose),
    rule("aws_s3_bucket_logging", "target_prefix", 1, 1024, Of::Word("-_/")),
    rule("aws_s3_bucket_replication_configuration", "rule.id", 1, 255, Of::Prose),
    // Amazon EventBridge Scheduler, `CreateSchedule`, `CreateScheduleGroup`.
    rule("aws_scheduler_schedule", "name", 1, 64, Of::Word("-_.")),
    rule("aws_scheduler_schedule", "description", 0, 512, Of::Prose),
    rule("aws_scheduler_schedule_group", "name", 1, 64, Of::Word("-_.")),
    // AWS Secrets Manager, `CreateSecret`.
    rule("aws_secretsmanager_secret", "name", 1, 512, Of::Word("/_+=.@-")),
    rule("aws_secretsmanager_secret", "description", 0, 2048, Of::Prose),
    // AWS Shield, `CreateProtection`.
    rule("aws_shield_protection", "name", 1, 128, Of::Word(" _.-")),
    // Amazon SNS, `CreateTopic`; Amazon SQS, `CreateQueue`.
    rule("aws_sns_topic", "name", 1, 256, Of::Word("-_")),
    rule("aws_sns_topic", "display_name", 0, 100, Of::Prose),
    rule("aws_sqs_queue", "name", 1, 80, Of::Word("-_")),
    // AWS Systems Manager, `CreateDocument`, `PutParameter` (1011 with what the ARN begins with, 60 of these at most).
    rule("aws_ssm_document", "name", 3, 128, Of::Word("_-.")),
    rule("aws_ssm_parameter", "name", 1, 951, Of::Word("_-./")),
    rule("aws_ssm_parameter", "description", 0, 1024, Of::Prose),
    // AWS WAF, `CreateWebACL`, `Rule`, `VisibilityConfig`.
    rule("aws_wafv2_web_acl", "name", 1, 128, Of::Word("-_")),
    rule("aws_wafv2_web_acl", "description", 1, 256, Of::Word(" +=:#@/-,.")),
    rule("aws_wafv2_web_acl", "rule.name", 1, 128, Of::Word("-_")),
    rule("aws_wafv2_web_acl", "visibility_config.metric_name", 1, 128, Of::Word("-_")),
];

/// Arguments that look like a name and give none: words of AWS' own, and what something else is called.
const OTHERS: &[(&str, &str)] = &[
    ("aws_autoscaling_group_tag", "autoscaling_group_name"),
    ("aws_budgets_budget", "cost_filter.name"),
    ("aws_cloudfront_cache_policy", "items"),
    ("aws_db_instance", "ca_cert_identifier"),
    ("aws_db_parameter_group", "parameter.name"),
    ("aws_ecr_replication_configuration", "destination.registry_id"),
    ("aws_eks_addon", "addon_name"),
    ("aws_elasticache_parameter_group", "parameter.name"),
    ("aws_launch_template", "block_device_mappings.device_name"),
    ("aws_s3_bucket_replication_configuration", "bucket"),
    ("aws_vpc_endpoint", "service_name"),
    ("aws_vpc_peering_connection", "peer_owner_id"),
    ("aws_wafv2_web_acl", "forwarded_ip_config.header_name"),
    ("aws_wafv2_web_acl", "managed_rule_group_statement.name"),
    ("aws_wafv2_web_acl", "managed_rule_group_statement.vendor_name"),
    ("aws_wafv2_web_acl", "rule_action_override.name"),
    ("aws_wafv2_web_acl", "single_header.name"),
    ("aws_wafv2_web_acl_logging_configuration", "single_header.name"),
    ("aws_cloudfront_distribution", "target_origin_id"),
];

/// True if an argument of this name names or describes something.
fn names(argument: &str) -> bool {
    let ends = ["name", "id", "identifier", "suffix", "prefix", "alias", "bucket", "description", "comment", "label"];
    ends.iter().any(|end| argument == *end || argument.ends_with(&format!("_{end}")))
}

/// A text that is known: no reference, no call, and not made of one.
fn known(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let start = text.split('.').next().unwrap_or_default();
    let refers = start != text && (start.starts_with("aws_") || ["data", "ephemeral"].contains(&start));
    let called = text.split_once('(').is_some_and(|(function, _)| {
        !function.is_empty() && function.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    });
    (!refers && !called && !text.contains("${")).then_some(text)
}

fn faults(roots: &Roots) -> Vec<String> {
    let mut found = Vec::new();
    for (environment, root, blocks) in roots.each() {
        for block in blocks.iter().filter(|block| block.kind == "resource") {
            let mut say =
                |fault: String| found.push(format!("{environment}/{root}: {}.{}: {fault}", block.of, block.label));
            walk(&block.of, "", &block.body, &mut say);
            if let Some(Value::Object(tags)) = block.body.get("tags") {
                tagged(tags, &mut say);
            }
        }
        for provider in blocks.iter().filter(|block| block.kind == "provider") {
            let mut say = |fault: String| found.push(format!("{environment}/{root}: provider: {fault}"));
            if let Some(Value::Object(tags)) = provider.body["default_tags"][0].get("tags") {
                tagged(tags, &mut say);
            }
        }
    }
    found
}

fn walk(of: &str, path: &str, body: &Value, say: &mut impl FnMut(String)) {
    let Value::Object(arguments) = body else { return };
    for (name, value) in arguments {
        let here = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        // Blocks; what is in a document is no argument.
        if let Value::Array(blocks) = value {
            blocks
                .iter()
                .filter(|_| !["policy", "inline_policy"].contains(&name.as_str()))
                .for_each(|block| walk(of, &here, block, say));
        }
        let Some(text) = known(value).filter(|_| names(name)) else { continue };
        let ends = |argument: &str| here == argument || here.ends_with(&format!(".{argument}"));
        let rules = RULES.iter().filter(|rule| rule.of == of && ends(rule.argument));
        // The one that says most: `parameter.name` before `name`.
        match rules.max_by_key(|rule| rule.argument.len()) {
            _ if OTHERS.iter().any(|(other, argument)| *other == of && ends(argument)) => {}
            Some(rule) if here.contains('.') && !rule.argument.contains('.') && name == "name" => {
                say(format!("{here}: there is no rule for it"));
            }
            Some(rule) => {
                let length = text.chars().count();
                if !(rule.least..=rule.most).contains(&length) {
                    say(format!("{here}: `{text}` has {length} characters, not {} to {}", rule.least, rule.most));
                }
                if !fits(rule.made, text) {
                    say(format!("{here}: `{text}` has characters that are not allowed there"));
                }
                if let Some(start) = reserved(of).iter().find(|start| name == "name" && text.starts_with(**start)) {
                    say(format!("{here}: `{text}` begins with `{start}`, which is AWS' own"));
                }
            }
            None => say(format!("{here}: there is no rule for it")),
        }
    }
}

/// Beginnings that AWS keeps to itself. Sources: as above.
fn reserved(of: &str) -> &'static [&'static str] {
    match of {
        "aws_security_group" => &["sg-"],
        "aws_ssm_document" => &["AWS", "amazon", "amzn", "aws"],
        "aws_ssm_parameter" => &["/aws", "/ssm", "aws", "ssm"],
        "aws_kms_alias" => &["alias/aws/"],
        "aws_cloudwatch_log_group" => &["aws/"],
        _ => &[],
    }
}

fn fits(of: Of, text: &str) -> bool {
    let all = |allowed: &dyn Fn(char) -> bool| text.chars().all(allowed);
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    match of {
        Of::Word(more) => all(&|c| c.is_ascii_alphanumeric() || more.contains(c)),
        Of::Small(more) => all(&|c| small(c) || more.contains(c)),
        Of::Id => {
            text.starts_with(|c: char| c.is_ascii_lowercase())
                && all(&|c| small(c) || c == '-')
                && !text.contains("--")
                && !text.ends_with('-')
        }
        Of::Prose => all(&|c| !c.is_control() || c == '\n' || c == '\t'),
        Of::Host => text.strip_prefix("*.").unwrap_or(text).split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| small(c) || c == '-' || c == '_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        }),
        Of::Alias => text
            .strip_prefix("alias/")
            .is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "/_-".contains(c))),
        Of::Repository => text
            .split('/')
            .all(|part| all(&|c| small(c) || "._-/".contains(c)) && part.starts_with(small) && part.ends_with(small)),
        Of::Symbol => {
            text.starts_with(|c: char| c.is_ascii_alphabetic()) && all(&|c| c.is_ascii_alphanumeric() || c == '_')
        }
    }
}

/// Source: AWS General Reference, "Tag naming limits and requirements"; the characters are those that every service takes.
fn tagged(tags: &serde_json::Map<String, Value>, say: &mut impl FnMut(String)) {
    let allowed = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " +-=._:/@".contains(c));
    if tags.len() > 50 {
        say(format!("{} tags", tags.len()));
    }
    for (key, value) in tags {
        if !(1..=128).contains(&key.chars().count()) || !allowed(key) || key.starts_with("aws:") {
            say(format!("no tag can be called `{key}`"));
        }
        if let Some(value) = known(value)
            && (value.chars().count() > 256 || !allowed(value))
        {
            say(format!("no tag can be `{value}`"));
        }
    }
}

#[test]
fn names_of_shipped_topologies() {
    for text in [WAARDHAVEN, MINIMAL] {
        let found = faults(&Roots::of(&topology(text)));
        assert!(found.is_empty(), "{found:#?}");
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn names_of_random_topologies(topology in random()) {
        let found = faults(&Roots::of(&topology.0));
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}

/// Shorter names of the shipped platform, which leave room for others.
const SHORTENED: &[(&str, &str)] = &[
    ("gdpr-compliant-storage", "gdpr"),
    ("backup-storage", "kept"),
    ("data-lake", "lake"),
    ("standby-api", "sapi"),
    ("data-processing", "dp"),
    ("ml-training", "ml"),
    ("\n  production:\n", "\n  p:\n"),
    ("\n  staging:\n", "\n  s:\n"),
    ("\n  development:\n", "\n  d:\n"),
    ("platform: waardhaven\n", "platform: w\n"),
];

/// Names, in all places where they stand: `%` is where they grow. Each one grows when those before it have.
const GROWING: &[&[&str]] = &[
    &["platform: w%\n"],
    &["\n  p%:\n"],
    &["\n  s%:\n"],
    &["\n  d%:\n"],
    &["\n    database%:\n      version", "uses: [database%", "      database%: { class"],
    &["    cache%: { engine", "cache%, kafka]", "      cache%: { node"],
    &["    lake%:\n", "lake%]"],
    &["      api%:\n        instances"],
    &["      apps%: { instances"],
    &["      kafka%:\n        instances", "      kafka%: { instances"],
    &["\n  web%:\n", "[api, web%,", "[sapi, web%,", "api, web%]", "to: web%,", "\n      web%: { replicas"],
    &["waardhaven%.com"],
    &["api%.waardhaven"],
];

/// Names as long as the model lets them be: what is joined from them is short enough everywhere.
#[test]
fn the_longest_names_are_short_enough() {
    let grow = |text: &str, places: &[&str], more: usize| -> String {
        places.iter().fold(text.to_owned(), |text, place| {
            let from = place.replace('%', "");
            assert!(text.contains(&from), "{from}");
            text.replace(&from, &place.replace('%', &"x".repeat(more)))
        })
    };
    let read = |text: &str| waard_model::source::read(text.as_bytes()).ok().map(|(topology, _)| topology);
    let mut text = SHORTENED.iter().fold(WAARDHAVEN.to_owned(), |text, (from, to)| text.replace(from, to));
    for places in GROWING {
        // Between one that is taken and one that isn't.
        let (mut taken, mut refused) = (0, 256);
        assert!(read(&text).is_some() && read(&grow(&text, places, refused)).is_none(), "{places:?} has no end");
        while refused - taken > 1 {
            let middle = usize::midpoint(taken, refused);
            if read(&grow(&text, places, middle)).is_some() { taken = middle } else { refused = middle }
        }
        text = grow(&text, places, taken);
        let found = faults(&Roots::of(&read(&text).unwrap()));
        assert!(found.is_empty(), "{places:?} with {taken} more: {found:#?}");
    }
}

/// What a test can't see fail may be blind.
#[test]
fn names_that_aws_refuses_are_found() {
    let files = waard_tf::emit(&topology(WAARDHAVEN));
    for (file, from, to, said) in [
        (
            "terraform/production/us-east-1/cluster.tf",
            "waardhaven-production-us-east-1.cluster",
            &*"n".repeat(65),
            "65 characters",
        ),
        (
            "terraform/staging/us-east-1/database.tf",
            "waardhaven-staging-database",
            "waardhaven--database",
            "not allowed there",
        ),
        ("terraform/staging/us-east-1/balancer.tf", "Load balancer", "The region's load balancer", "not allowed there"),
        ("terraform/staging/us-east-1/keys.tf", "alias/waardhaven", "alias/aws/waardhaven", "AWS' own"),
        (
            "terraform/staging/us-east-1/hours.tf",
            "resource \"aws_scheduler_schedule_group\"",
            "resource \"aws_schedule\"",
            "no rule",
        ),
        ("terraform/staging/us-east-1/terraform.tf", "\"managed-by\"", "\"managed~by\"", "no tag can be called"),
    ] {
        let broken: Vec<(String, String)> = files
            .iter()
            .map(|artifact| {
                let (path, text) = (artifact.path().as_str(), artifact.text());
                if path != file {
                    return (path.to_owned(), text.to_owned());
                }
                assert!(text.contains(from), "{file} has no {from}:\n{text}");
                (path.to_owned(), text.replace(from, to))
            })
            .collect();
        let found = faults(&Roots::read(broken.iter().map(|(path, text)| (path.as_str(), text.as_str()))));
        assert!(found.iter().any(|fault| fault.contains(said)), "{file}: {found:#?}");
    }
}
