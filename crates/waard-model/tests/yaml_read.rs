//! Reads YAML back as trees, twice: by the events of granit-parser with a schema of our own, and by `yaml_serde`.
//! The tests of the YAML writer compare what was meant with both.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;

#[path = "yaml_resolve.rs"]
pub(crate) mod resolve;

use resolve::{Kind, Schema};

/// A node as it stands in the text.
#[derive(Debug)]
pub(crate) enum Node {
    Scalar { text: String, plain: bool },
    Seq(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// The one document in `yaml`.
pub(crate) fn parse(yaml: &str) -> Node {
    let mut nodes = Vec::new();
    let mut open = Vec::new();
    let mut documents = 0;
    for event in Parser::new_from_str(yaml) {
        let (event, _) = event.unwrap_or_else(|error| panic!("{error}\n{yaml}"));
        match event {
            Event::Scalar(text, style, _, tag) => {
                assert_eq!(tag, None);
                let plain = style == ScalarStyle::Plain;
                nodes.push(Node::Scalar { text: text.into_owned(), plain });
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => open.push(nodes.len()),
            Event::SequenceEnd => {
                let items = nodes.split_off(open.pop().unwrap());
                nodes.push(Node::Seq(items));
            }
            Event::MappingEnd => {
                let mut items = nodes.split_off(open.pop().unwrap()).into_iter();
                let mut entries = Vec::new();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    entries.push((key, value));
                }
                nodes.push(Node::Map(entries));
            }
            Event::DocumentStart(..) => documents += 1,
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            other => panic!("{other:?} has no place here\n{yaml}"),
        }
    }
    assert_eq!((documents, nodes.len()), (1, 1), "one document\n{yaml}");
    nodes.pop().unwrap()
}

/// Asserts that `yaml` is the document `meant`: to `yaml_serde`, to YAML 1.2, to YAML 1.1.
pub(crate) fn assert_reads_as(yaml: &str, meant: &Value) {
    assert!(yaml.ends_with('\n') && !yaml.ends_with("\n\n"), "one line break at the end\n{yaml}");
    let read: Value = serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    assert_eq!(&read, meant, "\n{yaml}");
    let node = parse(yaml);
    for schema in [Schema::core(), Schema::one_one()] {
        assert_same(&node, meant, &schema, yaml);
    }
}

fn assert_same(node: &Node, meant: &Value, schema: &Schema, yaml: &str) {
    match (node, meant) {
        (Node::Seq(items), Value::Array(meant)) => {
            assert_eq!(items.len(), meant.len(), "\n{yaml}");
            for (item, meant) in items.iter().zip(meant) {
                assert_same(item, meant, schema, yaml);
            }
        }
        (Node::Map(entries), Value::Object(meant)) => {
            assert_eq!(entries.len(), meant.len(), "\n{yaml}");
            // By key, not by place: a reader of mappings doesn't know their order, and neither does every `Value`.
            for (key, value) in entries {
                let Node::Scalar { text, .. } = key else { panic!("{key:?} is no key\n{yaml}") };
                let meant_value = meant.get(text).unwrap_or_else(|| panic!("{text:?} was not meant\n{yaml}"));
                assert_same(key, &Value::from(text.as_str()), schema, yaml);
                assert_same(value, meant_value, schema, yaml);
            }
        }
        (Node::Scalar { text, plain }, meant) => {
            let kind = if *plain { schema.resolve(text) } else { Kind::Str };
            let same = match meant {
                Value::Null => kind == Kind::Null,
                Value::Bool(bool) => kind == Kind::Bool && text == &bool.to_string(),
                Value::Number(number) if number.is_f64() => {
                    kind == Kind::Float && text.parse::<f64>().ok() == number.as_f64()
                }
                Value::Number(number) => kind == Kind::Int && text == &number.to_string(),
                Value::String(string) => kind == Kind::Str && text == string,
                Value::Array(_) | Value::Object(_) => false,
            };
            assert!(same, "{text:?}, read as {kind:?}, was meant as {meant}\n{yaml}");
        }
        _ => panic!("{node:?} was meant as {meant}\n{yaml}"),
    }
}

/// Whether an assertion fails, as it must for the tests to mean anything.
fn fails(yaml: &str, meant: &Value) -> bool {
    let (yaml, meant) = (yaml.to_owned(), meant.clone());
    std::panic::catch_unwind(move || assert_reads_as(&yaml, &meant)).is_err()
}

#[test]
fn the_reader_reads() {
    assert_reads_as("a:\n  - 1\n  - \"no\"\nb: |\n  x\n", &serde_json::json!({"a": [1, "no"], "b": "x\n"}));
}

#[test]
fn the_reader_rejects_what_was_not_meant() {
    for (yaml, meant) in [
        ("a: no\n", serde_json::json!({"a": "no"})),
        ("a: 1_000\n", serde_json::json!({"a": "1_000"})),
        ("a: 12:30\n", serde_json::json!({"a": "12:30"})),
        ("no: a\n", serde_json::json!({"no": "a"})),
        ("a: \"1\"\n", serde_json::json!({"a": 1})),
        ("a: 1\n", serde_json::json!({"a": "1"})),
        ("a: b\n\n", serde_json::json!({"a": "b"})),
    ] {
        assert!(fails(yaml, &meant), "{yaml:?} passes for {meant}");
    }
}
