//! What goes from region to region: links, images, backups; and the secrets that each region has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test fails by panicking, in its helpers too"
)]

mod objects;

use std::collections::{BTreeMap, BTreeSet};

use objects::{Block, MINIMAL, Roots, WAARDHAVEN, cases, lies_in, list, random, resource, resources, text, topology};
use proptest::prelude::*;
use serde_json::{Value, json};
use waard_model::Topology;
use waard_model::name::{AccountId, ImageRef};
use waard_model::spec::StandbyCopy;
use waard_model::topology::{Duty, Environment, Region, StoreKind};

fn all_is_well(topology: &Topology) {
    let roots = Roots::of(topology);
    for (environment, region) in topology.regions() {
        let blocks = roots.region(environment, region);
        secrets(topology, environment, region, blocks);
        link(&roots, environment, region, blocks);
        backups(topology, &roots, environment, region, blocks);
    }
    images(topology, &roots);
}

/// Exactly the secrets that pods refer to, without values.
fn secrets(topology: &Topology, environment: &Environment, region: &Region, blocks: &[Block]) {
    let mut wanted: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (name, keys) in region.secrets().into_values().flatten() {
        wanted.entry(environment.secret_name(topology.platform(), name)).or_default().extend(keys);
    }
    let mut there = BTreeSet::new();
    for secret in resources(blocks, "aws_secretsmanager_secret") {
        let body = &secret.body;
        let name = text(&body["name"]);
        let Some(keys) = wanted.get(name) else {
            // Others have secrets too, such as passwords of caches; none that a mirror writes.
            assert!(!name.contains("/kafka-mirror-"), "{name}");
            continue;
        };
        // Source: AWS Secrets Manager API Reference, `CreateSecret`.
        assert!(
            name.len() <= 512 && name.chars().all(|c| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c)),
            "{name}"
        );
        assert_eq!(body["kms_key_id"], "aws_kms_key.data.arn");
        assert!((7..=30).contains(&body["recovery_window_in_days"].as_i64().unwrap()));
        assert!(body["region"].is_null() && body["replica"].is_null(), "each region has its own");
        let description = text(&body["description"]);
        assert!(description.chars().count() <= 2048);
        let count = format!("{} properties", keys.len());
        assert!(keys.iter().all(|key| description.contains(*key)) || description.contains(&count), "{description}");
        assert!(there.insert(name.to_owned()), "{name} twice");
        let version = resource(blocks, "aws_secretsmanager_secret_version", &secret.label);
        assert!(version.is_none(), "{name} has a value");
        for statement in list(&body["policy"]["Statement"]) {
            assert_eq!(statement["Effect"], "Deny");
        }
    }
    assert_eq!(there, wanted.into_keys().collect());
}

/// A standby region that copies Kafka clusters is linked with where they are, and nothing else is linked.
fn link(roots: &Roots, environment: &Environment, region: &Region, blocks: &[Block]) {
    let peerings: Vec<&Block> = resources(blocks, "aws_vpc_peering_connection").collect();
    let Some((primary, _)) = environment.mirrors(region) else {
        assert!(peerings.is_empty());
        return;
    };
    let [peering] = peerings[..] else { panic!("{} links", peerings.len()) };
    assert_eq!(peering.body["peer_region"], primary.name().as_str());
    assert!(peering.body["auto_accept"].is_null(), "another region can't accept for this one");
    let accepters: Vec<&Block> = resources(blocks, "aws_vpc_peering_connection_accepter").collect();
    assert_eq!(accepters.len(), 1);
    assert_eq!(accepters[0].body["region"], primary.name().as_str());
    assert_eq!(accepters[0].body["auto_accept"], true);
    let link = format!("aws_vpc_peering_connection_accepter.{}.id", accepters[0].label);
    let over = |place: Option<&str>| -> Vec<&Value> {
        resources(blocks, "aws_route")
            .map(|route| &route.body)
            .filter(|route| route["vpc_peering_connection_id"] == link.as_str() && route["region"].as_str() == place)
            .collect()
    };
    let (out, back) = (over(None), over(Some(primary.name().as_str())));
    for (routes, of, to) in [(&out, region, primary), (&back, primary, region)] {
        // In a network that somebody else made, its owner makes them.
        assert_eq!(routes.len(), of.network().private().len());
        let cidr = to.network().cidr().to_string();
        assert!(routes.iter().all(|route| route["destination_cidr_block"] == cidr.as_str()));
        let tables: BTreeSet<&str> = routes.iter().map(|route| text(&route["route_table_id"])).collect();
        assert_eq!(tables.len(), routes.len());
        let told = blocks.iter().any(|block| {
            block.kind == "output" && block.label == format!("link_{}", of.name().as_str().replace('-', "_"))
        });
        assert_eq!(told, of.network().existing().is_some());
    }
    handed_on(roots, environment, region, blocks);
}

/// What a standby region reads, the region that it protects has published for it.
fn handed_on(roots: &Roots, environment: &Environment, region: &Region, blocks: &[Block]) {
    let Duty::Standby { protects, .. } = region.duty() else { return };
    let published: BTreeSet<&str> =
        resources(roots.region(environment, &environment.regions()[protects]), "aws_ssm_parameter")
            .filter(|parameter| parameter.body["region"] == region.name().as_str())
            .map(|parameter| text(&parameter.body["name"]))
            .collect();
    for read in blocks.iter().filter(|block| block.kind == "data" && block.of == "aws_ssm_parameter") {
        let name = text(&read.body["name"]);
        if name.contains(&format!("/{protects}/")) {
            assert!(published.contains(name), "{name} is read in {}, but {protects} doesn't publish it", region.name());
        }
    }
}

/// Databases have backups apart from them, copied where that is asked for and nowhere else.
fn backups(topology: &Topology, roots: &Roots, environment: &Environment, region: &Region, blocks: &[Block]) {
    let vaults: Vec<&Block> = resources(blocks, "aws_backup_vault").collect();
    assert!(vaults.len() <= 1);
    for vault in &vaults {
        // Source: AWS Backup API Reference, `CreateBackupVault`.
        let name = text(&vault.body["name"]);
        assert!((2..=50).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)));
        assert_eq!(vault.body["kms_key_arn"], "aws_kms_key.data.arn");
        let lock = resource(blocks, "aws_backup_vault_lock_configuration", &vault.label).expect("a lock");
        assert!(lock["changeable_for_days"].is_null(), "a lock that nobody can take away");
    }
    let plans: BTreeMap<&str, &Value> =
        resources(blocks, "aws_backup_plan").map(|plan| (plan.label.as_str(), &plan.body)).collect();
    let written = region.stores().values().filter_map(|store| match store.kind() {
        StoreKind::Database(database) => Some((store, database)),
        _ => None,
    });
    let mut expected = BTreeSet::new();
    for (store, database) in written {
        if region.is_standby() || database.writer.as_ref().is_some_and(|writer| writer != region.name()) {
            continue;
        }
        let label = store.name().as_str().replace('-', "_");
        let plan = plans[label.as_str()];
        let rule = &plan["rule"][0];
        assert!(text(&plan["name"]).len() <= 50);
        let days = database.backups.retention.as_days().unwrap();
        assert_eq!(rule["lifecycle"][0]["delete_after"], days);
        assert!(rule["start_window"].as_i64().unwrap() >= 60);
        assert!(rule["completion_window"].as_i64().unwrap() >= rule["start_window"].as_i64().unwrap() + 60);
        let zone = rule["schedule_expression_timezone"].as_str();
        schedule(text(&rule["schedule"]), zone.is_some());
        // Nothing makes a backup of a database that is stopped.
        let stops = resources(blocks, "aws_scheduler_schedule").find(|schedule| {
            let name = format!("database-{}-off-", store.name());
            text(&schedule.body["name"]).starts_with(&name)
        });
        assert_eq!(zone, stops.map(|schedule| text(&schedule.body["schedule_expression_timezone"])), "{label}");
        let lock = resource(blocks, "aws_backup_vault_lock_configuration", "main").unwrap();
        assert!(lock["min_retention_days"].as_u64().unwrap() <= days, "a job that keeps too short is refused");
        let selection = resource(blocks, "aws_backup_selection", &label).unwrap();
        let instance = format!(":db:{}-{}-{}", topology.platform(), environment.name(), store.name());
        assert!(list(&selection["resources"]).iter().all(|arn| text(arn).ends_with(&instance)));
        let standby = environment.standby_of(region.name());
        let asked = database.backups.copied || database.standby == StandbyCopy::Backups;
        match (standby.filter(|_| asked), list(&rule["copy_action"])[..].first()) {
            (Some(standby), Some(copy)) => {
                let arn = text(&copy["destination_vault_arn"]);
                let vault = resource(roots.region(environment, standby), "aws_backup_vault", "main").expect("a vault");
                assert!(arn.contains(&format!(":backup:{}:", standby.name())), "{arn}");
                assert!(arn.ends_with(&format!(":backup-vault:{}", text(&vault["name"]))), "{arn}");
                let there = resource(roots.region(environment, standby), "aws_backup_vault_lock_configuration", "main");
                assert!(there.unwrap()["min_retention_days"].as_u64().unwrap() <= days);
                if let Some(residency) = region.residency() {
                    assert!(lies_in(standby.name().as_str(), &residency.to_string()), "{arn}");
                }
            }
            (None, None) => {}
            other => panic!("{other:?}"),
        }
        expected.insert(label);
    }
    assert_eq!(plans.keys().map(|label| (*label).to_owned()).collect::<BTreeSet<_>>(), expected);
}

/// `cron(minute hour * * ? *)`, or on weekdays in the hours of an environment.
fn schedule(cron: &str, in_hours: bool) {
    let fields: Vec<&str> = cron.strip_prefix("cron(").unwrap().strip_suffix(')').unwrap().split(' ').collect();
    assert!(fields[0].parse::<u8>().unwrap() < 60 && fields[1].parse::<u8>().unwrap() < 24, "{cron}");
    assert_eq!(fields[2..], if in_hours { ["?", "*", "MON-FRI", "*"] } else { ["*", "*", "?", "*"] });
}

/// Account, region and repository of an image of ECR.
fn ecr(image: &ImageRef) -> Option<(String, String, String)> {
    let (host, repository) = image.repository().split_once('/')?;
    let host = host.strip_suffix(".amazonaws.com")?;
    let (account, region) = host.split_once(".dkr.ecr.")?;
    Some((account.to_owned(), region.to_owned(), repository.to_owned()))
}

/// Every image has its repository in every region that pulls it, made once, and gets there from where it is pushed to.
fn images(topology: &Topology, roots: &Roots) {
    let mut made: BTreeMap<(&str, &str), &Block> = BTreeMap::new();
    let mut owners = BTreeSet::new();
    for (environment, place, repository) in roots.all("aws_ecr_repository") {
        let body = &repository.body;
        assert_eq!(body["image_tag_mutability"], "IMMUTABLE");
        assert_eq!(body["image_scanning_configuration"], json!([{ "scan_on_push": true }]));
        assert_eq!(body["encryption_configuration"][0]["encryption_type"], "KMS");
        assert!(made.insert((place, text(&body["name"])), repository).is_none(), "{} twice in {place}", body["name"]);
        owners.insert(environment);
    }
    let mut registries = BTreeMap::new();
    for (environment, place, replication) in roots.all("aws_ecr_replication_configuration") {
        let rules = list(&replication.body["replication_configuration"][0]["rule"]);
        // Source: Amazon ECR User Guide, "Private image replication in Amazon ECR".
        assert!((1..=10).contains(&rules.len()));
        for rule in &rules {
            assert!((1..=25).contains(&list(&rule["destination"]).len()));
            assert!(list(&rule["repository_filter"]).len() <= 100);
            assert!(list(&rule["destination"]).iter().all(|to| to["region"] != place), "a registry copies to itself");
        }
        assert!(registries.insert((environment, place), rules).is_none(), "two replications of one registry");
    }
    let said: BTreeSet<&str> =
        topology.environments().values().filter_map(|each| each.account()).map(AccountId::as_str).collect();
    for (_, region) in topology.regions() {
        for image in region.workloads().values().flat_map(|workload| {
            std::iter::once(workload.image())
                .chain(workload.spec().containers.values().map(|container| &container.image))
        }) {
            let Some((account, source, repository)) = ecr(image) else { continue };
            let here = region.name().as_str();
            if !said.contains(account.as_str()) && !made.contains_key(&(here, repository.as_str())) {
                // Somebody else's account, or one of several that might be ours.
                continue;
            }
            assert!(made.contains_key(&(here, repository.as_str())), "{repository} of {account} in {here}");
            if source == here || !said.contains(account.as_str()) {
                continue;
            }
            assert!(
                made.contains_key(&(source.as_str(), repository.as_str())),
                "{repository} of {account} in {source}"
            );
            let reaches = registries.iter().filter(|((_, place), _)| *place == source).any(|(_, rules)| {
                rules.iter().any(|rule| {
                    let filters = list(&rule["repository_filter"]);
                    let named = filters.is_empty()
                        || filters.iter().any(|filter| repository.starts_with(text(&filter["filter"])));
                    let to = list(&rule["destination"]);
                    named && to.iter().any(|to| to["region"] == here && to["registry_id"] == account.as_str())
                })
            });
            assert!(reaches, "{repository} of {account} gets from {source} to {here}");
        }
    }
    for (_, _, lifecycle) in roots.all("aws_ecr_lifecycle_policy") {
        for rule in list(&lifecycle.body["policy"]["rules"]) {
            assert_eq!(rule["selection"]["tagStatus"], "untagged", "what has a tag may run");
        }
    }
}

#[test]
fn links_of_shipped_topologies() {
    for text in [WAARDHAVEN, MINIMAL] {
        all_is_well(&topology(text));
    }
    let roots = Roots::of(&topology(WAARDHAVEN));
    assert_eq!(roots.all("aws_vpc_peering_connection").count(), 2);
    let repositories: BTreeSet<(&str, &str)> =
        roots.all("aws_ecr_repository").map(|(environment, _, made)| (environment, text(&made.body["name"]))).collect();
    let all = ["api", "data-processing", "ml-training", "web"].map(|name| format!("waardhaven/{name}"));
    assert_eq!(repositories, all.iter().map(|name| ("production", name.as_str())).collect());
    let training = roots.all("aws_ecr_repository").filter(|(.., made)| made.body["name"] == "waardhaven/ml-training");
    assert_eq!(training.map(|(_, place, _)| place).collect::<Vec<_>>(), ["us-east-1"]);
}

/// With an account of its own for each environment, the one that images name makes them, and the others may pull.
#[test]
fn other_accounts_may_pull() {
    let with = |account: &str, environment: &str, text: &str| {
        let key = format!("\n  {environment}:\n");
        assert!(text.contains(&key));
        text.replace(&key, &format!("{key}    account: \"{account}\"\n"))
    };
    let text = with("111122223333", "staging", &with("444455556666", "production", WAARDHAVEN));
    let topology = topology(&with("777788889999", "development", &text));
    all_is_well(&topology);
    let roots = Roots::of(&topology);
    let staging = topology.regions().find(|(environment, _)| environment.name().as_str() == "staging").unwrap();
    let mut places = BTreeSet::new();
    for (environment, place, made) in roots.all("aws_ecr_repository") {
        assert_eq!(environment, "staging");
        places.insert(place);
        let blocks = roots.region(staging.0, staging.1);
        let policy = resource(blocks, "aws_ecr_repository_policy", &made.label).expect("others pull it");
        let readers = &policy["policy"]["Statement"][0]["Principal"]["AWS"];
        assert!(list(readers).contains(&&json!("arn:aws:iam::444455556666:root")), "{readers}");
        assert_eq!(
            list(readers).len(),
            if place == "us-east-1" && made.label != "waardhaven_ml_training" { 2 } else { 1 }
        );
        // No key of the root is in another region.
        let key = &made.body["encryption_configuration"][0]["kms_key"];
        assert_eq!(key.is_null(), place != "us-east-1");
    }
    assert_eq!(places.len(), 5, "all regions of production, and none twice");
}

/// An image that a digest alone names may have no tag, so that nothing without one is deleted.
#[test]
fn images_without_tags_are_kept() {
    let text = WAARDHAVEN.replace("/waardhaven/web:v1.0.0@", "/waardhaven/web@");
    let roots = Roots::of(&topology(&text));
    let swept: BTreeSet<&str> = roots.all("aws_ecr_lifecycle_policy").map(|(.., each)| each.label.as_str()).collect();
    assert_eq!(swept, BTreeSet::from(["waardhaven_api", "waardhaven_data_processing", "waardhaven_ml_training"]));
}

/// Where no environment says its account, images of two accounts can't both be in it: one registry is made, not two in one.
#[test]
fn a_second_account_is_somebody_elses() {
    let text = WAARDHAVEN.replace(
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/waardhaven/web",
        "000011112222.dkr.ecr.us-east-1.amazonaws.com/waardhaven/web",
    );
    let topology = topology(&text);
    all_is_well(&topology);
    let roots = Roots::of(&topology);
    assert!(roots.all("aws_ecr_repository").all(|(.., made)| made.body["name"] != "waardhaven/web"));
    assert_eq!(roots.all("aws_ecr_repository").count(), 2 * 5 + 1);
}

/// A network that somebody else made is linked, and gets no routes.
#[test]
fn an_existing_network_gets_no_routes() {
    let subnets = |kind: &str| {
        let zones =
            [("a", "1"), ("b", "2"), ("c", "3")].map(|(zone, id)| format!("us-east-1{zone}: subnet-0{kind}{id}"));
        format!("{{ {} }}", zones.join(", "))
    };
    let network =
        format!("network: {{ vpc: vpc-01234567, private: {}, public: {} }}", subnets("aaaaaa"), subnets("bbbbbb"));
    let text = WAARDHAVEN.replacen("cidr: 10.0.0.0/16\n", &format!("cidr: 10.0.0.0/16\n        {network}\n"), 1);
    let topology = topology(&text);
    all_is_well(&topology);
    let (environment, standby) =
        topology.regions().find(|(_, region)| region.name().as_str() == "us-west-2" && region.is_standby()).unwrap();
    let roots = Roots::of(&topology);
    let blocks = roots.region(environment, standby);
    let routes = resources(blocks, "aws_route").filter(|route| !route.body["vpc_peering_connection_id"].is_null());
    assert_eq!(routes.count(), 3);
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn links_of_random_topologies(topology in random()) {
        all_is_well(&topology.0);
    }
}
