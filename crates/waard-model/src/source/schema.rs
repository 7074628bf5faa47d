//! The JSON Schema of a topology file (draft 2020-12), made from the same declarations that read it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::shape::Shape;
use crate::spec::Spec;

/// The schema for editors and other readers. What needs more than one value to judge is left to waard itself.
pub fn schema() -> Value {
    let mut definitions = Definitions::default();
    let reference = Spec::schema(&mut definitions);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:waard:topology:v1",
        "title": "waard topology",
    });
    if let (Some(into), Value::Object(reference)) = (schema.as_object_mut(), reference) {
        into.extend(reference);
        into.insert("$defs".to_owned(), Value::Object(definitions.found));
    }
    schema
}

/// The named types that a schema refers to.
#[derive(Default)]
pub struct Definitions {
    found: Map<String, Value>,
}

impl Definitions {
    /// A reference to the type's definition, which `make` makes the first time.
    pub(crate) fn named<T>(&mut self, make: impl FnOnce(&mut Self) -> Value) -> Value {
        let path = std::any::type_name::<T>();
        let name = path.rsplit("::").next().unwrap_or(path);
        if !self.found.contains_key(name) {
            // Stands in while the definition is made, so that a type may contain itself.
            self.found.insert(name.to_owned(), Value::Null);
            let schema = make(self);
            self.found.insert(name.to_owned(), schema);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

/// Doc comments as one description: lines of a paragraph joined, Rust's link brackets taken off.
fn description(doc: &[&str]) -> String {
    let mut text = String::new();
    for line in doc {
        let line = line.trim();
        if line.is_empty() {
            text.push_str("\n\n");
        } else {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push(' ');
            }
            text.push_str(line);
        }
    }
    text.replace("[`", "`").replace("`]", "`")
}

pub(crate) fn with_doc(mut schema: Value, doc: &[&str]) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".to_owned(), description(doc).into());
    }
    schema
}

pub(crate) fn with_default(mut schema: Value, default: &impl Serialize) -> Value {
    if let (Some(object), Ok(default)) = (schema.as_object_mut(), serde_json::to_value(default)) {
        let empty = default.as_array().is_some_and(Vec::is_empty) || default.as_object().is_some_and(Map::is_empty);
        if !empty {
            object.insert("default".to_owned(), default);
        }
    }
    schema
}

pub(crate) fn object(doc: &[&str], properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), description(doc).into());
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("additionalProperties".to_owned(), false.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.into()
}

pub(crate) fn words(doc: &[&str], words: &[(&str, &[&str])]) -> Value {
    let each: Vec<Value> =
        words.iter().map(|(word, doc)| json!({ "const": word, "description": description(doc) })).collect();
    json!({ "description": description(doc), "oneOf": each })
}
