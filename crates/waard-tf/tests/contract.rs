//! Everything that is emitted against the provider's schema, and the roots of a platform against each other.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod proof;

use std::collections::BTreeSet;
use std::path::Path;

use proof::facts::{FACTS, Facts, Form, files};
use proof::judge::BOOLEANS;
use proof::platform::Platform;
use proof::{FIXTURES, fixture, text_of};
use proptest::prelude::*;
use waard_model::Topology;

/// A topology that is shown as its file when a property fails.
struct Random(Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

fn random() -> impl Strategy<Value = Random> {
    waard_model::strategy::topology().prop_map(Random)
}

#[test]
fn what_is_emitted_for_the_fixtures_is_what_the_provider_knows() {
    for name in FIXTURES {
        let artifacts = waard_tf::emit(&fixture(name));
        let found = Platform::of(&artifacts).faults();
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_emitted_for_any_topology_is_what_the_provider_knows(topology in random()) {
        let found = Platform::of(&waard_tf::emit(&topology.0)).faults();
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}

/// Every declared type has facts, and there are no others.
#[test]
fn facts_are_of_the_declared_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resource");
    let mut declared: BTreeSet<(String, String)> = [("provider".to_owned(), "aws".to_owned())].into();
    for item in std::fs::read_dir(folder).unwrap() {
        let text = text_of(&item.unwrap().path());
        let mut kind = "";
        for line in text.lines() {
            kind = line.strip_suffix("! {").unwrap_or(kind);
            if let Some((_, name)) =
                line.trim_start().strip_prefix("pub struct ").and_then(|rest| rest.split_once(" = \""))
            {
                declared.insert((kind.to_owned(), name.split('"').next().unwrap().to_owned()));
            }
        }
    }
    let known: BTreeSet<(String, String)> = FACTS.keys().cloned().collect();
    assert_eq!(known, declared, "run `cargo xtask provider-schema`");
    assert_eq!(files().len(), FACTS.len());
}

/// What may be a boolean where the provider has text is there, and is text.
#[test]
fn booleans_that_are_text_are_known() {
    for (of, argument) in BOOLEANS {
        let facts = &FACTS[&("resource".to_owned(), of.to_owned())];
        let (block, name) = argument.rsplit_once('.').unwrap_or(("", argument));
        assert_eq!(facts.block(block)[name].form, Form::Text, "{of}.{argument}");
    }
}

/// What is written into `required_providers` is the release that the facts describe.
#[test]
fn facts_are_of_one_release_and_it_is_the_oldest_that_is_allowed() {
    let text = text_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("facts/provider.csv"));
    let row: Vec<&str> = text.lines().nth(1).unwrap().splitn(5, ',').collect();
    for facts in FACTS.values() {
        for (key, value) in ["provider", "release", "source", "as_of"].iter().zip(&row) {
            assert_eq!(facts.head[*key], *value);
        }
        assert_eq!(facts.head["sha256"].len(), 64);
    }
    assert_eq!(waard_tf::PROVIDER_RELEASE, row[1]);
    assert!(waard_tf::PROVIDER.starts_with(&format!(">= {}, < ", row[1])));
}

#[test]
fn files_of_facts_that_were_edited_wrongly_are_refused() {
    let good = "type: a\n\nb block list min=1\nb.c map(list(string)) optional\nd block set like b\n";
    assert!(Facts::read(good).is_ok());
    for (from, to, said) in [
        ("\n\n", "\n", "no empty line"),
        ("type: a", "type", "no fact of the head"),
        ("optional", "possible", "what is `possible`"),
        ("b block list min=1\n", "", "b does not stand above"),
        ("like b", "like c", "c does not stand above"),
        ("d block set like b", "b block set", "twice"),
        ("min=1", "min=one", "`one` is no number"),
        ("map(list(string))", "map(list(string)", "what is `map(list(string)`"),
        ("b.c map(list(string)) optional", "b.c", "has no type"),
    ] {
        let fault = Facts::read(&good.replace(from, to)).unwrap_err();
        assert!(fault.contains(said), "{to}: {fault}");
    }
    let object = Form::read("set(object(a=string,b=list(number)))");
    assert!(matches!(object, Some(Form::Set(inner)) if matches!(&*inner, Form::Object(fields) if fields.len() == 2)));
}

/// Each kind of fault, made in what is emitted for the shipped topology: it is found, and said where.
#[test]
fn faults_are_found() {
    let good: Vec<(String, String)> = waard_tf::emit(&fixture("waardhaven"))
        .iter()
        .map(|artifact| (artifact.path().as_str().to_owned(), artifact.text().to_owned()))
        .collect();
    let whole = Platform::read(good.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let broken = |file: &str, from: &str, to: &str| -> Vec<String> {
        let (_, text) = good.iter().find(|(path, _)| path == file).unwrap_or_else(|| panic!("no {file}"));
        assert!(text.contains(from), "{file} has no {from}:\n{text}");
        let mut broken = whole.clone();
        broken.put(file, &text.replacen(from, to, 1));
        broken.faults()
    };
    let root = "terraform/production/us-east-1";
    let at = |file: &str| format!("{root}/{file}");
    let network = at("network.tf");
    for (file, from, to, said) in [
        // Arguments.
        (network.clone(), "enable_dns_hostnames", "enable_dns_hostname", "no argument `enable_dns_hostname`"),
        (network.clone(), "\"public_a\" {\n  vpc_id ", "\"public_a\" {\n  # vpc_id ", "`vpc_id` is missing"),
        (
            network.clone(),
            "enable_dns_support ",
            "arn = \"a\"\n  enable_dns_support ",
            "arn: is decided by the provider",
        ),
        (network.clone(), "enable_dns_support   = true", "enable_dns_support = \"true\"", "where a Bool belongs"),
        (network.clone(), "domain = \"vpc\"", "vpc = true", "no argument `vpc`"),
        (network.clone(), "domain = \"vpc\"", "domain = true", "a Bool, where a Text belongs"),
        // Blocks.
        (
            network.clone(),
            "resource \"aws_vpc\" \"main\" {",
            "resource \"aws_vpc\" \"main\" {\n  lifecycles {}",
            "no block `lifecycles`",
        ),
        (
            network.clone(),
            "resource \"aws_vpc\" \"main\" {",
            "resource \"aws_vpc\" \"main\" {\n  tags_all {}",
            "is an argument, not a block",
        ),
        (network.clone(), "resource \"aws_subnet\"", "resource \"aws_subnets\"", "no facts about resource aws_subnets"),
        (
            network.clone(),
            "resource \"aws_vpc\" \"main\" {",
            "module \"vpc\" {}\n\nresource \"aws_vpc\" \"main\" {",
            "what is a block `module`",
        ),
        (
            network.clone(),
            "resource \"aws_subnet\" \"public_b\"",
            "resource \"aws_subnet\" \"public_a\"",
            "is there twice",
        ),
        // References.
        (network.clone(), "aws_vpc.main.id", "aws_vpc.other.id", "aws_vpc.other is not in this root"),
        (network.clone(), "aws_vpc.main.id", "aws_vpc.main.identity", "aws_vpc has no attribute `identity`"),
        (network.clone(), "aws_vpc.main.id", "aws_vpc.main.tags", "where a Text belongs"),
        (network.clone(), "aws_vpc.main.id", "var.vpc", "there is no `var` here"),
        (
            network.clone(),
            "resource \"aws_vpc\" \"main\" {",
            "resource \"aws_vpc\" \"main\" {\n  instance_tenancy = aws_subnet.public_a.id",
            "a circle: ",
        ),
        (network.clone(), "depends_on = [", "depends_on = [aws_eip.nat_z, ", "aws_eip.nat_z is not in this root"),
        // Terraform's own.
        (
            at("terraform.tf"),
            "use_lockfile = true",
            "dynamodb_table = \"locks\"",
            "backend: no argument `dynamodb_table`",
        ),
        (
            "terraform/production/eu-central-1/terraform.tf".to_owned(),
            "eu-central-1.tfstate",
            "global.tfstate",
            "has the state of",
        ),
        (at("terraform.tf"), "provider \"aws\" {\n  region", "provider \"aws\" {\n  regions", "no argument `regions`"),
        (at("outputs.tf"), "  value ", "  worth ", "no argument `worth`"),
        (at("certificate.tf"), "option.resource_record_name", "option.record_name", "record_name"),
        // What roots hand to each other.
        (at("outputs.tf"), "resource \"aws_ssm_parameter\"", "resource \"aws_ssm_parameters\"", "nobody publishes"),
        (
            "terraform/production/us-west-2/inputs.tf".to_owned(),
            "data_key_arn\"\n",
            "other_key_arn\"\n",
            "nobody publishes",
        ),
        (
            "terraform/production/us-west-2/inputs.tf".to_owned(),
            "data_key_arn\"\n",
            "other_key_arn\"\n",
            "nobody reads",
        ),
        // The order.
        (
            "terraform/production/order.json".to_owned(),
            "\"bootstrap\",\n        \"us-east-1\"",
            "\"bootstrap\"",
            "isn't applied before",
        ),
        ("terraform/production/order.json".to_owned(), "\"us-east-1\"", "\"us-east-9\"", "order.json"),
    ] {
        let found = broken(&file, from, to);
        assert!(found.iter().any(|fault| fault.contains(said)), "{file}: {from} -> {to}: {said}: {found:#?}");
    }
}
