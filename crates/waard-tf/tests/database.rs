//! Rules of RDS that no schema knows, and that every standby region has the copies that its topology asks for.
//! Sources: provider documentation of `aws_db_instance`; Amazon RDS API Reference, `CreateDBInstance` and
//! `CreateDBInstanceReadReplica`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod emitted;

use std::collections::BTreeSet;

use emitted::{Part, Root, emitted, roots, waardhaven};
use waard_model::name::RegionName;
use waard_model::spec::{DatabaseSpec, StandbyCopy};
use waard_model::topology::{Duty, Store, StoreKind};

fn databases<'t>(root: &'t Root<'_>) -> impl Iterator<Item = (&'t Store, &'t DatabaseSpec)> {
    root.region.stores().values().filter_map(|store| match store.kind() {
        StoreKind::Database(spec) => Some((&**store, spec)),
        _ => None,
    })
}

/// Minutes of a week in a window, and of each day for one without a day.
fn minutes(window: &str) -> BTreeSet<u32> {
    const WEEK: u32 = 7 * 24 * 60;
    let (from, to) = window.split_once('-').unwrap();
    let minute = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        let (day, clock) = if parts.len() == 3 { (Some(parts[0]), &parts[1..]) } else { (None, &parts[..]) };
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let day = day.map(|day| days.iter().position(|known| *known == day).unwrap());
        let (hour, minute): (u32, u32) = (clock[0].parse().unwrap(), clock[1].parse().unwrap());
        assert!(hour < 24 && minute < 60 && clock.iter().all(|part| part.len() == 2), "{window}");
        (day.map(|day| u32::try_from(day).unwrap() * 1440), hour * 60 + minute)
    };
    let ((day, from), (end_day, to)) = (minute(from), minute(to));
    let days: Vec<u32> = day.map_or_else(|| (0..7).map(|day| day * 1440).collect(), |day| vec![day]);
    let length = match (day, end_day) {
        (Some(day), Some(end)) => (end + to + WEEK - day - from) % WEEK,
        _ => (to + 1440 - from) % 1440,
    };
    assert!((30..1440).contains(&length), "{window}");
    days.into_iter().flat_map(|day| (0..length).map(move |minute| (day + from + minute) % WEEK)).collect()
}

fn assert_identifier(id: &str, most: usize) {
    let legal = id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !id.ends_with('-');
    assert!(legal && id.len() <= most, "{id}");
}

#[test]
fn every_instance_is_as_rds_takes_it() {
    let mut seen = 0;
    for (_, roots) in emitted() {
        for root in roots {
            for instance in root.resources("aws_db_instance") {
                seen += 1;
                one(root, &instance);
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

fn one(root: &Root<'_>, instance: &Part) {
    let id = instance.text("identifier").unwrap();
    assert_identifier(&id, 63);
    assert_eq!(instance.get("publicly_accessible").as_deref(), Some("false"), "{id}");
    for always in
        ["storage_encrypted", "deletion_protection", "copy_tags_to_snapshot", "iam_database_authentication_enabled"]
    {
        assert!(instance.is(always), "{id}: {always}");
    }
    assert!(!instance.has("password"), "{id}");
    assert_eq!(instance.text("storage_type").as_deref(), Some("gp3"));
    let replica = instance.has("replicate_source_db");
    for own in ["engine", "engine_version", "db_name", "username", "allocated_storage"] {
        assert_eq!(instance.has(own), !replica, "{id}: {own}");
    }
    let passwords = [instance.has("manage_master_user_password"), instance.has("password_wo")];
    assert_eq!(
        passwords.iter().filter(|there| **there).count(),
        usize::from(!replica),
        "{id}: one password, or its source's"
    );
    assert_eq!(instance.has("password_wo"), instance.has("password_wo_version"), "{id}");
    if instance.has("manage_master_user_password") {
        let replicas = root.resources("aws_db_instance");
        let source = format!(".{}.", instance.labels[1]);
        let copied = |other: &&Part| other.get("replicate_source_db").is_some_and(|from| from.contains(&source));
        assert!(replicas.iter().find(copied).is_none(), "{id}: RDS makes no replica of it");
        let published = format!("database_{}_arn", instance.labels[1]);
        let followed =
            root.resources("aws_ssm_parameter").iter().any(|one| one.text("name").unwrap().ends_with(&published));
        let backed_up = databases(root).any(|(_, spec)| spec.standby == StandbyCopy::Backups);
        assert!(!followed || backed_up, "{id}: RDS makes no replica of it");
    }
    let in_region = instance.get("replicate_source_db").is_some_and(|source| source.starts_with("aws_db_instance."));
    for elsewhere in ["db_subnet_group_name", "kms_key_id"] {
        assert_eq!(instance.has(elsewhere), !in_region, "{id}: {elsewhere}");
    }
    assert!(!(instance.is("multi_az") && instance.has("availability_zone")), "{id}");
    // A final snapshot of what is written, and none of a replica.
    assert_eq!(instance.is("skip_final_snapshot"), replica, "{id}");
    assert_eq!(instance.has("final_snapshot_identifier"), !replica, "{id}");
    if let Some(days) = instance.number("backup_retention_period") {
        assert!((1..=35).contains(&days), "{id}");
        let (backup, upkeep) = (instance.text("backup_window").unwrap(), instance.text("maintenance_window").unwrap());
        assert!(minutes(&backup).is_disjoint(&minutes(&upkeep)), "{id}: {backup} and {upkeep}");
    }
    if let (Some(most), Some(storage)) =
        (instance.number("max_allocated_storage"), instance.number("allocated_storage"))
    {
        assert!(most * 10 >= storage * 11, "{id}");
    }
    assert!((20..=65_536).contains(&instance.number("allocated_storage").unwrap_or(20)), "{id}");
    if let Some(name) = instance.text("db_name") {
        assert!(name.len() <= 63 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{name}");
    }
    assert!([0, 1, 5, 10, 15, 30, 60].contains(&instance.number("monitoring_interval").unwrap()));
    assert!(instance.has("monitoring_role_arn") && instance.has("performance_insights_kms_key_id"));
    // Each log has its group, which is there first.
    for log in ["postgresql", "upgrade"] {
        let name = format!("/aws/rds/instance/{id}/{log}");
        let group = root
            .resources("aws_cloudwatch_log_group")
            .into_iter()
            .find(|group| group.text("name").as_deref() == Some(&name));
        let group = group.unwrap_or_else(|| panic!("{name}"));
        assert!(group.has("kms_key_id"), "{name}");
        let address = format!("aws_cloudwatch_log_group.{}", group.labels[1]);
        assert!(instance.get("depends_on").unwrap().contains(&address), "{id}: {address}");
    }
}

#[test]
fn only_nodes_and_pods_reach_a_database() {
    for (_, roots) in emitted() {
        for root in roots {
            let ranges: BTreeSet<String> =
                root.region.network().private_ranges().iter().map(ToString::to_string).collect();
            let group = "aws_security_group.database.id";
            let rules: Vec<Part> = root
                .resources("aws_vpc_security_group_ingress_rule")
                .into_iter()
                .filter(|rule| rule.get("security_group_id").as_deref() == Some(group))
                .collect();
            for rule in &rules {
                assert!(ranges.contains(&rule.text("cidr_ipv4").unwrap()));
                assert!([5432, 6379].contains(&rule.number("from_port").unwrap()));
                assert_eq!(rule.number("from_port"), rule.number("to_port"));
            }
            if databases(root).next().is_some() {
                let found: BTreeSet<String> = rules
                    .iter()
                    .filter(|rule| rule.number("from_port") == Some(5432))
                    .map(|rule| rule.text("cidr_ipv4").unwrap())
                    .collect();
                assert_eq!(found, ranges);
            }
            for instance in root.resources("aws_db_instance") {
                assert_eq!(instance.get("vpc_security_group_ids").unwrap(), format!("[\n  {group}\n]"));
            }
        }
    }
}

/// The parameter that a data source reads, or nothing.
fn read_from(root: &Root<'_>, expression: &str) -> Option<String> {
    let label = expression.strip_prefix("data.aws_ssm_parameter.")?.strip_suffix(".insecure_value")?;
    let found = root.all("data", "aws_ssm_parameter").into_iter().find(|data| data.labels[1] == label);
    found.and_then(|data| data.text("name"))
}

#[test]
fn every_standby_region_has_its_copies() {
    let (mut replicas, mut backups) = (0, 0);
    for (topology, all) in emitted() {
        for root in all {
            let Duty::Standby { protects, .. } = root.region.duty() else { continue };
            let primary = &root.environment.regions()[protects];
            for (store, spec) in databases(root).filter(|(store, _)| primary.stores().contains_key(store.name())) {
                if spec.writer.as_ref().is_some_and(|writer| writer != protects) {
                    continue;
                }
                let id = format!("{}-{}-{}", topology.platform(), root.environment.name(), store.name());
                let path = |region: &RegionName| {
                    let name = store.name().as_str().replace('-', "_");
                    format!("/waard/{}/{}/{region}/database_{name}_arn", topology.platform(), root.environment.name())
                };
                let instance = root
                    .resources("aws_db_instance")
                    .into_iter()
                    .find(|instance| instance.text("identifier").as_deref() == Some(&id));
                let replications = root.resources("aws_db_instance_automated_backups_replication");
                let copied: Vec<&Part> = replications
                    .iter()
                    .filter(|copy| {
                        let source = copy.get("source_db_instance_arn").unwrap();
                        read_from(root, &source) == Some(path(protects))
                    })
                    .collect();
                assert_eq!(
                    copied.len(),
                    usize::from(spec.standby == StandbyCopy::Backups || spec.backups.copied),
                    "{id}"
                );
                for copy in &copied {
                    backups += 1;
                    assert!(copy.has("kms_key_id"), "{id}");
                    assert_eq!(
                        copy.number("retention_period"),
                        spec.backups.retention.as_days().map(|days| i64::try_from(days).unwrap())
                    );
                }
                if spec.standby == StandbyCopy::Replica {
                    replicas += 1;
                    let instance = instance.unwrap_or_else(|| panic!("{id}"));
                    let source = instance.get("replicate_source_db").unwrap();
                    assert_eq!(read_from(root, &source), Some(path(protects)), "{id}");
                    assert_eq!(
                        instance.text("instance_class").as_deref(),
                        Some(spec.class.as_str()),
                        "as large as its source"
                    );
                    assert!(instance.has("backup_retention_period"), "{id}: it can be promoted with backups on");
                    assert_eq!(instance.is("multi_az"), spec.multi_az && !root.region.is_dark(), "{id}");
                } else {
                    // The name is free for the database that is restored.
                    assert!(instance.is_none(), "{id}");
                }
                // What is read here was published by the other root, for this region.
                let other = all
                    .iter()
                    .find(|other| other.region.name() == protects && std::ptr::eq(other.environment, root.environment))
                    .unwrap();
                let published = other.resources("aws_ssm_parameter").into_iter().any(|parameter| {
                    parameter.text("name") == Some(path(protects))
                        && parameter.text("region").as_deref() == Some(root.region.name().as_str())
                });
                assert!(published, "{id}");
            }
        }
    }
    assert!(replicas > 5 && backups > 5, "{replicas} replicas, {backups} copies of backups");
}

#[test]
fn one_region_writes_and_the_others_read() {
    let topology =
        waardhaven(&[("backups: {", "writer: us-east-1\n      backups: {"), ("        residency: eu\n", "")]);
    let all = roots(&topology);
    let written: Vec<&str> = all
        .iter()
        .filter(|root| root.environment.name().as_str() == "production")
        .filter(|root| root.resources("aws_db_instance").iter().any(|instance| instance.has("db_name")))
        .map(|root| root.region.name().as_str())
        .collect();
    assert_eq!(written, ["us-east-1"]);
    for region in ["eu-west-1", "ap-southeast-1", "eu-central-1", "us-west-2"] {
        let root = all.iter().find(|root| root.region.name().as_str() == region).unwrap();
        let instances = root.resources("aws_db_instance");
        let source = instances[0].get("replicate_source_db").unwrap();
        assert_eq!(
            read_from(root, &source).unwrap(),
            "/waard/waardhaven/production/us-east-1/database_database_arn",
            "{region}"
        );
    }
}

/// `after` of each root, from what is emitted for programs.
fn order(topology: &waard_model::Topology, environment: &str) -> Vec<(String, Vec<String>)> {
    let path = format!("terraform/{environment}/order.json");
    let artifact = waard_tf::emit(topology).into_iter().find(|artifact| artifact.path().as_str() == path).unwrap();
    let order: serde_json::Value = serde_json::from_str(artifact.text()).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let steps = order["roots"].as_array().unwrap().iter();
    steps.map(|step| (text(&step["root"]), step["after"].as_array().unwrap().iter().map(text).collect())).collect()
}

#[test]
fn a_root_comes_after_all_that_it_reads_from() {
    for (topology, all) in emitted() {
        for root in all {
            let steps = order(topology, root.environment.name().as_str());
            let at = |name: &str| steps.iter().position(|(root, _)| root == name).unwrap();
            let here = root.region.name().as_str();
            for (_, before) in &steps[at(here)..=at(here)] {
                assert!(before.iter().all(|other| at(other) < at(here)), "{steps:?}");
                for read in root.all("data", "aws_ssm_parameter") {
                    let name = read.text("name").unwrap();
                    let from = name.split('/').nth(4).unwrap();
                    assert!(before.iter().any(|other| other == from), "{here} reads {name}");
                }
            }
        }
    }
}

#[test]
fn a_writer_comes_before_those_that_read_its_replicas() {
    let topology =
        waardhaven(&[("backups: {", "writer: us-east-1\n      backups: {"), ("        residency: eu\n", "")]);
    let steps = order(&topology, "production");
    let names: Vec<&str> = steps.iter().map(|(root, _)| root.as_str()).collect();
    assert_eq!(names, ["bootstrap", "us-east-1", "ap-southeast-1", "eu-west-1", "eu-central-1", "us-west-2", "global"]);
    let after = |name: &str| steps.iter().find(|(root, _)| root == name).unwrap().1.clone();
    assert_eq!(after("eu-west-1"), ["bootstrap", "us-east-1"]);
    assert_eq!(after("eu-central-1"), ["bootstrap", "eu-west-1", "us-east-1"]);
}

#[test]
fn no_value_of_a_secret_is_in_any_file() {
    for (_, roots) in emitted() {
        for root in roots {
            for version in root.resources("aws_secretsmanager_secret_version") {
                assert!(!version.has("secret_string") && !version.has("secret_binary"));
                assert!(version.get("secret_string_wo").unwrap().starts_with("ephemeral."));
            }
            let written = root.resources("aws_db_instance").into_iter().filter_map(|one| one.get("password_wo"));
            let tokens = root
                .resources("aws_elasticache_replication_group")
                .into_iter()
                .filter_map(|one| one.get("auth_token_wo"));
            assert!(written.chain(tokens).all(|value| value.starts_with("ephemeral.")));
        }
    }
}
