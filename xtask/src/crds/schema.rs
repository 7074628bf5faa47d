//! From an OpenAPI or JSON Schema to what is kept of it: names, types and bounds.
//!
//! A keyword that is neither kept nor known to say nothing about the form of an object is an error: nothing is lost
//! without somebody having decided so.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What schemas say that is kept as it is.
const KEPT: [&str; 11] = [
    "enum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
];

/// What says nothing about the form, or only what a server does: documentation, defaults, merging, CEL.
const LEFT_OUT: [&str; 11] = [
    "$schema",
    "default",
    "description",
    "example",
    "format",
    "preferredOrder",
    "title",
    "x-intellij-html-description",
    "x-kubernetes-group-version-kind",
    "x-kubernetes-map-type",
    "x-kubernetes-validations",
];

/// Deeper than any schema; what is deeper refers to itself.
const DEEPEST: usize = 64;

/// Which rules a schema follows.
pub(super) enum Dialect<'s> {
    /// A structural schema: what it doesn't name is refused.
    Kubernetes,
    /// A JSON Schema with definitions: what it doesn't name is allowed, unless it says otherwise.
    JsonSchema(&'s Value),
}

/// What a value must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// `object`, `map`, `list`, `string`, `integer`, `number`, `boolean`, `int-or-string` or `any`.
    pub(super) form: &'static str,
    pub(super) nullable: bool,
    /// An object may have fields that are not named.
    pub(super) open: bool,
    /// Bounds, words and the like, as JSON Schema names them; `keys`, `unique`, `atMostOne` and `exactlyOne` are ours.
    pub(super) bounds: Map<String, Value>,
    /// The fields of an object, with whether each must be there.
    pub(super) fields: BTreeMap<String, (bool, Node)>,
    /// What a list or a map holds.
    pub(super) inner: Option<Box<Node>>,
}

impl Node {
    /// Leaves out fields.
    pub(super) fn without(&mut self, names: &[&str]) {
        self.fields.retain(|name, _| !names.contains(&name.as_str()));
    }

    /// Keeps only some of the fields of the object at `path`.
    pub(super) fn keep_only(&mut self, path: &str, names: &[&str]) -> Result<(), String> {
        let mut node = self;
        for segment in path.split('.') {
            let (name, list) = segment.strip_suffix("[]").map_or((segment, false), |name| (name, true));
            node = node.fields.get_mut(name).map(|(_, node)| node).ok_or_else(|| format!("there is no {path}"))?;
            if list {
                node = node.inner.as_deref_mut().ok_or_else(|| format!("{path} is no list"))?;
            }
        }
        if let Some(gone) = names.iter().find(|name| !node.fields.contains_key(**name)) {
            return Err(format!("there is no {path}.{gone}"));
        }
        node.fields.retain(|name, _| names.contains(&name.as_str()));
        Ok(())
    }
}

/// What a schema says.
pub(super) fn node(schema: &Value, dialect: &Dialect<'_>) -> Result<Node, String> {
    read(schema, dialect, 0)
}

fn read(schema: &Value, dialect: &Dialect<'_>, depth: usize) -> Result<Node, String> {
    let schema = schema.as_object().ok_or_else(|| format!("{schema} is no schema"))?;
    if depth > DEEPEST {
        return Err(format!("it refers to itself, or is nested more than {DEEPEST} times"));
    }
    if let Some(target) = schema.get("$ref") {
        return read(resolve(target, dialect)?, dialect, depth + 1);
    }
    let mut node = Node { form: form(schema)?, ..Node::default() };
    let mut closed = matches!(dialect, Dialect::Kubernetes);
    for (keyword, value) in schema {
        let truth = value.as_bool();
        match keyword.as_str() {
            kept if KEPT.contains(&kept) => {
                node.bounds.insert(kept.to_owned(), value.clone());
            }
            left_out if LEFT_OUT.contains(&left_out) => {}
            "x-kubernetes-list-type" if value == "set" => {
                node.bounds.insert("unique".to_owned(), true.into());
            }
            // Judged with what they belong to.
            "type" | "x-kubernetes-int-or-string" | "required" | "x-kubernetes-list-type" => {}
            "anyOf" if node.form == "int-or-string" => {}
            "nullable" => node.nullable = truth == Some(true),
            "x-kubernetes-preserve-unknown-fields" => node.open = truth == Some(true),
            "x-kubernetes-list-map-keys" => {
                node.bounds.insert("keys".to_owned(), value.clone());
            }
            "properties" => {
                for (name, field) in value.as_object().into_iter().flatten() {
                    let field = read(field, dialect, depth + 1).map_err(|reason| format!("{name}: {reason}"))?;
                    node.fields.insert(name.clone(), (false, field));
                }
            }
            "items" => node.inner = Some(Box::new(read(value, dialect, depth + 1)?)),
            "additionalProperties" => match truth {
                Some(open) => closed = !open,
                None => node.inner = Some(Box::new(read(value, dialect, depth + 1)?)),
            },
            "oneOf" | "allOf" => closed |= alternatives(&mut node, value, dialect, depth)?,
            _ => return Err(format!("what does `{keyword}: {value}` say?")),
        }
    }
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        match node.fields.get_mut(name) {
            Some((required, _)) => *required = true,
            None => return Err(format!("it requires `{name}` and has no such field")),
        }
    }
    match (node.form, &node.inner, node.fields.is_empty()) {
        ("object", Some(_), true) => node.form = "map",
        ("object", Some(_), false) => return Err("it has fields with and without names".to_owned()),
        ("object", None, _) => node.open |= !closed,
        ("list", None, _) => node.inner = Some(Box::new(Node { form: "any", ..Node::default() })),
        ("any", ..) => node.open = false,
        _ => {}
    }
    Ok(node)
}

fn resolve<'s>(target: &Value, dialect: &Dialect<'s>) -> Result<&'s Value, String> {
    let name = target.as_str().and_then(|target| target.strip_prefix("#/definitions/"));
    match (dialect, name) {
        (Dialect::JsonSchema(definitions), Some(name)) => definitions.get(name),
        _ => None,
    }
    .ok_or_else(|| format!("{target} leads nowhere"))
}

/// The type, in a word.
fn form(schema: &Map<String, Value>) -> Result<&'static str, String> {
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        return Ok("int-or-string");
    }
    match schema.get("type") {
        None if schema.contains_key("properties") => Ok("object"),
        None => Ok("any"),
        Some(Value::String(word)) => match word.as_str() {
            "array" => Ok("list"),
            "boolean" => Ok("boolean"),
            "integer" => Ok("integer"),
            "number" => Ok("number"),
            "object" => Ok("object"),
            "string" => Ok("string"),
            _ => Err(format!("there is no type `{word}`")),
        },
        Some(other) => Err(format!("there is no type {other}")),
    }
}

/// What combined schemas say, in the few ways that are in use: fields that exclude each other, or another definition.
/// True if what has no name is refused because of it.
fn alternatives(node: &mut Node, value: &Value, dialect: &Dialect<'_>, depth: usize) -> Result<bool, String> {
    let unclear = || format!("what does {value} say?");
    let parts = value.as_array().ok_or_else(unclear)?;
    // Several groups, each combined in itself.
    if let Some(groups) = parts.iter().map(|part| alone(part, "oneOf")).collect::<Option<Vec<_>>>() {
        for group in groups {
            alternatives(node, group, dialect, depth)?;
        }
        return Ok(false);
    }
    if let [part] = parts.as_slice() {
        // The one thing that it can be: its fields are those of the object itself.
        if part.get("$ref").is_some() {
            let other = read(part, dialect, depth + 1)?;
            for (name, (required, field)) in other.fields {
                node.fields.entry(name).or_insert((required, field)).0 |= required;
            }
            return Ok(!other.open);
        }
        // Fields without a word about them.
        if part.as_object().is_some_and(|part| part.keys().all(|key| key == "properties") && says_nothing(part)) {
            return Ok(false);
        }
    }
    let mut names: Vec<&str> = Vec::new();
    let mut may_lack = false;
    for part in parts {
        if let Some(inner) = alone(part, "not").and_then(|not| alone(not, "anyOf")).and_then(Value::as_array) {
            may_lack = inner.iter().all(|part| required_alone(part).is_some());
        } else {
            names.push(required_alone(part).ok_or_else(unclear)?);
        }
    }
    if (!may_lack && names.len() < 2) || names.len() + usize::from(may_lack) != parts.len() {
        return Err(unclear());
    }
    // One field that may be there or not says nothing.
    if names.len() > 1 {
        let word = if may_lack { "atMostOne" } else { "exactlyOne" };
        let groups = node.bounds.entry(word).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(groups) = groups {
            groups.push(names.into());
        }
    }
    Ok(false)
}

/// The value of the only keyword.
fn alone<'v>(schema: &'v Value, keyword: &str) -> Option<&'v Value> {
    let schema = schema.as_object()?;
    schema.get(keyword).filter(|_| schema.len() == 1)
}

/// The one field that a schema asks for, if it says no more.
fn required_alone(schema: &Value) -> Option<&str> {
    let schema = schema.as_object()?;
    let others = schema.keys().any(|key| key != "required" && key != "properties");
    match schema.get("required")?.as_array()?.as_slice() {
        [name] if !others && says_nothing(schema) => name.as_str(),
        _ => None,
    }
}

/// True if nothing is said about any of the properties.
fn says_nothing(schema: &Map<String, Value>) -> bool {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().all(|(_, property)| property.as_object().is_some_and(Map::is_empty))
}
