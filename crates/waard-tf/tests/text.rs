//! Text: whatever stands in a string of a topology stands for itself, and everything is laid out as `terraform fmt` does.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use hcl::expr::{Expression, ObjectKey};
use proptest::prelude::*;
use waard_model::path::ModelPath;
use waard_tf::resource::iam::Role;
use waard_tf::resource::logs::LogGroup;
use waard_tf::resource::vpc::{Endpoint, Filter, NatGateway, RouteTables, Subnet, Vpc};
use waard_tf::{Json, Map, Meta, Root, Settings, Text, Value, join};

/// The one file that is written, without the settings.
fn written(fill: impl for<'r> FnOnce(&mut Root<'r>)) -> String {
    let files = Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
        root.file("main", "");
        fill(root);
    });
    files.iter().find(|file| file.path().as_str() == "a/main.tf").unwrap().text().to_owned()
}

/// An argument of the last block.
fn argument(text: &str, name: &str) -> Expression {
    let body = hcl::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let block = body.blocks().next_back().unwrap_or_else(|| panic!("{text}")).clone();
    let found = block.body.attributes().find(|attribute| attribute.key() == name).cloned();
    found.unwrap_or_else(|| panic!("no {name}\n{text}")).expr
}

/// Strings in which something could be taken for a template, an escape, an end or another line.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("${"),
        Just("%{"),
        Just("$${"),
        Just("%%{"),
        Just("$"),
        Just("%"),
        Just("{"),
        Just("}"),
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("\r\n"),
        Just("\t"),
        Just("\\n"),
        Just("${aws_vpc.main.id}"),
        Just("%{ if true }"),
        Just("<<EOF\n"),
        Just("#"),
        Just("//"),
        Just("/*"),
        Just("\u{0}"),
        Just("\u{7f}"),
        Just("\u{2028}"),
        Just("\u{feff}"),
        Just("e\u{301}"),
        Just("日本"),
        Just("😀"),
        Just("a"),
        Just(" "),
        Just("~}"),
        Just("."),
        Just("0"),
        Just("="),
        Just(":"),
        Just("null"),
        Just("for"),
    ];
    prop_oneof![
        4 => proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

/// The texts around the references of a template, as HCL's specification reads what stands between the quotes. (hcl-rs
/// 0.20 takes what was an escape for a template when it reads one a second time.)
fn literals(quoted: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut rest = quoted;
    while let Some(character) = rest.chars().next() {
        let (text, length) = match character {
            '\\' if rest[1..].starts_with('u') => {
                (char::from_u32(u32::from_str_radix(&rest[2..6], 16).unwrap()).unwrap(), 6)
            }
            '\\' => (
                match &rest[1..2] {
                    "n" => '\n',
                    "r" => '\r',
                    "t" => '\t',
                    other => other.chars().next().unwrap(),
                },
                2,
            ),
            '$' | '%' if rest[1..].starts_with(character) && rest[2..].starts_with('{') => {
                texts.last_mut().unwrap().push(character);
                ('{', 3)
            }
            '$' if rest[1..].starts_with('{') => {
                rest = rest.split_once('}').unwrap().1;
                texts.push(String::new());
                continue;
            }
            '%' if rest[1..].starts_with('{') => panic!("a directive: {quoted}"),
            other => (other, other.len_utf8()),
        };
        texts.last_mut().unwrap().push(text);
        rest = &rest[length..];
    }
    texts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_string_stands_for_itself_wherever_it_is(text in nasty()) {
        let tags: Map<'_> = [(text.as_str(), text.as_str())].into_iter().collect();
        let vpc = Vpc { tags: Some(tags), ..Vpc::new(text.as_str()) };
        let file = written(|root| drop(root.resource("main", vpc)));
        prop_assert_eq!(argument(&file, "cidr_block"), Expression::String(text.clone()), "{}", file);
        let Expression::Object(tags) = argument(&file, "tags") else { panic!("{file}") };
        let (key, value) = tags.iter().next().unwrap();
        prop_assert_eq!(value, &Expression::String(text.clone()), "{}", file);
        let key = match key {
            ObjectKey::Identifier(name) => name.to_string(),
            ObjectKey::Expression(Expression::String(key)) => key.clone(),
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(key, text);
    }

    #[test]
    fn a_document_reads_back_as_what_it_is(key in nasty(), value in nasty()) {
        let document = Json::object([(key.as_str(), Json::list([Json::from(value.as_str()), Json::from(true), Json::from(-7)]))]);
        let file = written(|root| drop(root.resource("main", Role::new("a", document))));
        let Expression::FuncCall(call) = argument(&file, "assume_role_policy") else { panic!("{file}") };
        prop_assert_eq!(call.name.name.as_str(), "jsonencode");
        let Expression::Object(pairs) = &call.args[0] else { panic!("{file}") };
        let (there, list) = pairs.iter().next().unwrap();
        let there = match there {
            ObjectKey::Identifier(name) => name.to_string(),
            ObjectKey::Expression(Expression::String(key)) => key.clone(),
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(there, key);
        prop_assert_eq!(list, &Expression::Array(vec![Expression::String(value), Expression::Bool(true), Expression::Number((-7).into())]));
    }

    #[test]
    fn only_references_of_a_joined_text_are_templates(before in nasty(), after in nasty()) {
        let file = written(|root| {
            let vpc = root.resource("main", Vpc::new("10.0.0.0/16"));
            let name: Value<'_, Text> = join([before.as_str().into(), vpc.id().into(), after.as_str().into()]);
            root.resource("a", LogGroup::new(name, 90));
        });
        prop_assert!(matches!(argument(&file, "name"), Expression::TemplateExpr(_)), "{}", file);
        let line = file.lines().find_map(|line| line.trim_start().strip_prefix("name")).unwrap();
        let quoted = line.trim_start_matches([' ', '=']).strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        let texts = literals(quoted);
        let references = texts.len() - 1;
        prop_assert_eq!(references, 1, "{}", file);
        prop_assert_eq!(texts, vec![before, after], "{}", file);
    }

    #[test]
    fn a_comment_ends_with_its_lines(text in nasty()) {
        let file = written(|root| {
            root.why(text.as_str());
            root.resource("main", Vpc::new("10.0.0.0/16"));
        });
        prop_assert_eq!(hcl::parse(&file).unwrap().blocks().count(), 1, "{}", file);
        prop_assert!(file.lines().take_while(|line| !line.starts_with("resource")).all(|line| line.starts_with('#')), "{}", file);
    }

    #[test]
    fn names_become_identifiers_and_never_meet(names in proptest::collection::vec(nasty(), 1..6)) {
        let file = written(|root| names.iter().for_each(|name| drop(root.resource(name, Vpc::new("10.0.0.0/16")))));
        let body = hcl::parse(&file).unwrap();
        let labels: std::collections::BTreeSet<&str> = body.blocks().map(|block| block.labels()[1].as_str()).collect();
        prop_assert_eq!(labels.len(), names.len());
        prop_assert!(labels.iter().all(|label| hcl::Identifier::new(*label).is_ok()), "{}", file);
    }
}

/// The layout of everything that can be written. `terraform fmt` 1.11 leaves it alone: `cargo xtask ci terraform` holds
/// that of all that is emitted against it, and this text was.
#[test]
fn layout_is_that_of_terraform_fmt() {
    let file = written(|root| {
        root.file("main", "What stands here,\nin two lines.");
        root.why("Why it is there.");
        root.why("And more.");
        let tags: Map<'_> =
            [("Name", "a"), ("kubernetes.io/role/elb", "1"), ("ü", "2"), ("for", "3")].into_iter().collect();
        let vpc = Vpc { enable_dns_support: Some(true), tags: Some(tags), ..Vpc::new("10.0.0.0/16") };
        let vpc =
            root.resource_as("main", vpc, Meta { prevent_destroy: true, ignore_changes: &["tags"], ..Meta::default() });
        let subnets: Vec<_> = ["a", "b", "c", "d", "e"]
            .iter()
            .map(|zone| {
                root.resource(
                    &format!("a_rather_long_name_of_a_subnet_{zone}"),
                    Subnet::new(vpc.id(), "10.0.0.0/24", *zone),
                )
                .id()
            })
            .collect();
        let endpoint = Endpoint {
            subnet_ids: Some(subnets.iter().collect()),
            private_dns_enabled: Some(true),
            policy: Some(Json::object([
                ("Version", Json::from("2012-10-17")),
                (
                    "Statement",
                    Json::list([Json::object([
                        ("Effect", Json::from("Allow")),
                        ("Action", Json::list(["a:B", "c:D"])),
                        ("Resource", Json::from(vpc.id())),
                        (
                            "Condition",
                            Json::object([("StringEquals", Json::object([("aws:SourceAccount", "1"), ("a", "2")]))]),
                        ),
                        ("Empty", Json::Object(Vec::new())),
                        ("None", Json::List(Vec::new())),
                    ])]),
                ),
            ])),
            ..Endpoint::new(vpc.id(), "s3", "Gateway")
        };
        root.resource("s3", endpoint);
        let filter = |name: &str| Filter::new(name, ["a", "b"]);
        root.data("all", RouteTables::new(vpc.id(), vec![filter("x"), filter("y")]));
        let meta = Meta { depends_on: vec![vpc.address()], create_before_destroy: true, ..Meta::default() };
        root.resource_as("nat", NatGateway::new(Value::known("eipalloc-1"), &subnets[0]), meta);
    });
    assert_eq!(file, include_str!("text/layout.tf"), "{file}");
}
