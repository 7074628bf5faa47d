//! Reads what `terraform providers schema -json` prints, as far as it says what may be written.
//!
//! Source: Terraform documentation, "terraform providers schema", format version 1.0.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::declared::{Kind, Type};

/// The schema of one provider.
pub(super) struct Document {
    provider: Map<String, Value>,
}

/// The body of a block: what may stand in it, by name.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) items: BTreeMap<String, Item>,
}

/// What may stand in a block.
#[derive(Debug)]
pub(super) struct Item {
    /// Its type (`string`, `list(string)`), or `block` or `attributes` with how they are nested.
    pub(super) form: String,
    /// `required`, `sensitive` and the like, in order.
    pub(super) words: Vec<String>,
    /// What is in a block, or in an attribute with attributes of its own.
    pub(super) inner: Block,
}

/// What may be said of an attribute, in the order in which it is written. Those left out are for people to read.
const WORDS: [(&str, &str); 6] = [
    ("required", "required"),
    ("optional", "optional"),
    ("computed", "computed"),
    ("sensitive", "sensitive"),
    ("deprecated", "deprecated"),
    ("write_only", "write-only"),
];

/// Keys that say nothing about what may be written.
const PROSE: [&str; 3] = ["description", "description_kind", "deprecation_message"];

impl Document {
    /// Takes the schema of one provider, of one release if the document says which it is.
    pub(super) fn read(bytes: &[u8], provider: &str, release: &str) -> Result<Self, String> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            return Err(
                "it is compressed: unpack it, as in `gzip -dc aws.json.gz | cargo xtask provider-schema -`".to_owned()
            );
        }
        let document: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let said = document.get("provider_version").and_then(Value::as_str);
        if let Some(other) = said.filter(|said| *said != release) {
            return Err(format!("it is of release {other}, and {} says {release}", super::PROVIDER));
        }
        match document.get("provider_schemas").and_then(|all| all.get(provider)) {
            Some(Value::Object(schema)) => Ok(Self { provider: schema.clone() }),
            _ => Err(format!("it has no schema of {provider}")),
        }
    }

    /// What may stand in a block of a type.
    pub(super) fn block(&self, one: &Type) -> Result<Block, String> {
        let schema = match one.kind {
            Kind::Provider => self.provider.get("provider"),
            Kind::Resource => self.of("resource_schemas", &one.name),
            Kind::Data => self.of("data_source_schemas", &one.name),
            Kind::Ephemeral => self.of("ephemeral_resource_schemas", &one.name),
        };
        let block = schema.and_then(|schema| schema.get("block"));
        let block = block.ok_or_else(|| format!("the provider has no {} {}", one.kind.word(), one.name))?;
        body(block).map_err(|reason| format!("{}: {reason}", one.name))
    }

    fn of(&self, kind: &str, name: &str) -> Option<&Value> {
        self.provider.get(kind)?.get(name)
    }
}

fn body(block: &Value) -> Result<Block, String> {
    let mut items = BTreeMap::new();
    for (name, attribute) in object(block, "attributes") {
        let item = self::attribute(attribute).map_err(|reason| format!("{name}: {reason}"))?;
        items.insert(name.clone(), item);
    }
    for (name, nested) in object(block, "block_types") {
        let inner = nested.get("block").ok_or_else(|| format!("{name}: no block"))?;
        let mode = text(nested, "nesting_mode")?;
        let mut words = Vec::new();
        for (key, word) in [("min_items", "min"), ("max_items", "max")] {
            if let Some(number) = nested.get(key).and_then(Value::as_u64).filter(|number| *number > 0) {
                words.push(format!("{word}={number}"));
            }
        }
        if inner.get("deprecated").and_then(Value::as_bool) == Some(true) {
            words.push("deprecated".to_owned());
        }
        let inner = body(inner).map_err(|reason| format!("{name}: {reason}"))?;
        items.insert(name.clone(), Item { form: format!("block {mode}"), words, inner });
    }
    Ok(Block { items })
}

fn attribute(attribute: &Value) -> Result<Item, String> {
    let mut words = Vec::new();
    for (key, value) in attribute.as_object().into_iter().flatten() {
        let known = WORDS.iter().any(|(word, _)| word == key) || matches!(key.as_str(), "type" | "nested_type");
        if !known && !PROSE.contains(&key.as_str()) {
            return Err(format!("what is `{key}: {value}`?"));
        }
    }
    for (key, word) in WORDS {
        if attribute.get(key).and_then(Value::as_bool) == Some(true) {
            words.push(word.to_owned());
        }
    }
    if let Some(nested) = attribute.get("nested_type") {
        let form = format!("attributes {}", text(nested, "nesting_mode")?);
        return Ok(Item { form, words, inner: body(nested)? });
    }
    let form = form(attribute.get("type").unwrap_or(&Value::Null))?;
    Ok(Item { form, words, inner: Block::default() })
}

/// A type as Terraform writes it, without blanks.
fn form(of: &Value) -> Result<String, String> {
    let unclear = || format!("what type is {of}?");
    match of {
        Value::String(name) if matches!(name.as_str(), "string" | "number" | "bool" | "dynamic") => Ok(name.clone()),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(outer), inner] if matches!(outer.as_str(), "list" | "set" | "map") => {
                Ok(format!("{outer}({})", form(inner)?))
            }
            [Value::String(outer), Value::Object(fields), ..] if outer == "object" => {
                let fields: Result<Vec<String>, String> =
                    fields.iter().map(|(name, inner)| Ok(format!("{name}={}", form(inner)?))).collect();
                Ok(format!("object({})", fields?.join(",")))
            }
            _ => Err(unclear()),
        },
        _ => Err(unclear()),
    }
}

fn object<'v>(of: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    of.get(key).and_then(Value::as_object).into_iter().flatten()
}

fn text<'v>(of: &'v Value, key: &str) -> Result<&'v str, String> {
    of.get(key).and_then(Value::as_str).ok_or_else(|| format!("no {key}"))
}
