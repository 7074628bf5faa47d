//! A small schema with one of everything, and what is kept of it.

use super::declared::{self, Kind, Type};
use super::document::Document;
use super::{Provider, facts, provider};

const SCHEMA: &str = r#"{ "format_version": "1.0", "provider_version": "1.2.3", "provider_schemas": { "example.org/a/b": {
  "provider": { "version": 0, "block": { "attributes": { "region": { "type": "string", "optional": true } } } },
  "data_source_schemas": { "b_thing": { "block": { "attributes": { "id": { "type": "string", "required": true } } } } },
  "resource_schemas": { "b_thing": { "version": 1, "block": {
    "description": "Prose that is not copied.",
    "attributes": {
      "arn": { "type": "string", "computed": true, "description_kind": "plain" },
      "password": { "type": "string", "optional": true, "sensitive": true, "write_only": true },
      "size": { "type": "number", "required": true, "description": "How large." },
      "old": { "type": "bool", "optional": true, "computed": true, "deprecated": true },
      "tags": { "type": ["map", "string"], "optional": true },
      "rules": { "type": ["set", ["object", { "port": "number", "to": ["list", "string"] }]], "optional": true },
      "nested": { "nested_type": { "nesting_mode": "list", "attributes": { "x": { "type": "string", "required": true } } }, "optional": true }
    },
    "block_types": {
      "left": { "nesting_mode": "list", "min_items": 1, "max_items": 1, "block": { "attributes": {
        "a": { "type": "string", "required": true }, "b": { "type": "string", "optional": true },
        "c": { "type": "string", "optional": true }, "d": { "type": "string", "optional": true } } } },
      "right": { "nesting_mode": "set", "block": { "deprecated": true, "attributes": {
        "a": { "type": "string", "required": true }, "b": { "type": "string", "optional": true },
        "c": { "type": "string", "optional": true }, "d": { "type": "string", "optional": true } } } }
    } } } }
} } }"#;

const LIST: &str = "provider,release,source,as_of,note\nexample.org/a/b,1.2.3,somewhere,2026-01-31,\n";

fn thing(kind: Kind) -> Type {
    Type { kind, name: "b_thing".to_owned() }
}

fn listed() -> Provider {
    provider(LIST.as_bytes()).unwrap()
}

fn read(text: &str) -> Result<Document, String> {
    Document::read(text.as_bytes(), "example.org/a/b", "1.2.3")
}

#[test]
fn facts_are_names_and_types_without_prose() {
    let block = read(SCHEMA).unwrap().block(&thing(Kind::Resource)).unwrap();
    let text = facts::render(&thing(Kind::Resource), &listed(), SCHEMA.as_bytes(), &block);
    let (head, lines) = text.split_once("\n\n").unwrap();
    assert!(
        head.contains(
            "\nkind: resource\ntype: b_thing\nprovider: example.org/a/b\nrelease: 1.2.3\nsource: somewhere\nsha256: "
        ),
        "{head}"
    );
    assert_eq!(
        lines,
        "arn string computed\n\
         left block list min=1 max=1\n\
         left.a string required\n\
         left.b string optional\n\
         left.c string optional\n\
         left.d string optional\n\
         nested attributes list optional\n\
         nested.x string required\n\
         old bool optional computed deprecated\n\
         password string optional sensitive write-only\n\
         right block set deprecated like left\n\
         rules set(object(port=number,to=list(string))) optional\n\
         size number required\n\
         tags map(string) optional\n"
    );
}

#[test]
fn documents_of_something_else_are_refused() {
    let said = |text: &str| read(text).map(|_| ()).unwrap_err();
    assert!(said(&SCHEMA.replace("1.2.3", "1.2.4")).contains("it is of release 1.2.4"));
    assert!(said(&SCHEMA.replace("example.org/a/b", "example.org/a/c")).contains("no schema of example.org/a/b"));
    assert!(said("\u{1f}").contains("line 1"));
    assert!(Document::read(&[0x1f, 0x8b, 8], "", "").map(|_| ()).unwrap_err().contains("gzip -dc"));
    // Documents of terraform itself don't say of which release they are.
    let document = read(&SCHEMA.replace("\"provider_version\": \"1.2.3\", ", "")).unwrap();
    assert_eq!(document.block(&thing(Kind::Data)).unwrap().items.len(), 1);
    assert!(document.block(&thing(Kind::Ephemeral)).unwrap_err().contains("no ephemeral b_thing"));
    // What isn't known may matter.
    let strange =
        read(&SCHEMA.replace("\"required\": true, \"description\"", "\"needed\": true, \"description\"")).unwrap();
    assert!(strange.block(&thing(Kind::Resource)).unwrap_err().contains("size: what is `needed: true`?"));
}

#[test]
fn declarations_are_found() {
    let text = "resource! {\n    /// A thing.\n    pub struct Thing = \"b_thing\" {\n    }\n}\n\n\
        data! {\n    pub struct ThingData = \"b_thing\" {}\n}\n\nblock! {\n    pub struct Part {\n    }\n}\n";
    assert_eq!(declared::types(text).unwrap(), [thing(Kind::Resource), thing(Kind::Data)]);
    assert!(
        declared::types(&text.replace("data! {", "source! {")).unwrap_err().contains("b_thing is declared outside")
    );
}

#[test]
fn the_list_names_one_provider() {
    assert!(provider(format!("{LIST}x,1,y,2026-01-01,\n").as_bytes()).unwrap_err().contains("2 providers"));
    assert!(provider(LIST.replace("as_of", "when").as_bytes()).is_err());
}
