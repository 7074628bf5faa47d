//! CustomResourceDefinitions among the files: the schemas of their objects.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use waard_catalog::custom::{Bound, Field, Form, Pattern, Shape};

use crate::cluster::Object;
use crate::yaml::Node;

/// Deeper than any schema; what is deeper is taken as anything.
const DEEPEST: usize = 64;

/// The definitions of a cluster, by group and kind.
#[derive(Debug, Default)]
pub(crate) struct Definitions(BTreeMap<(Box<str>, Box<str>), Definition>);

/// A definition, whose schemas are read when somebody asks for them.
#[derive(Debug)]
pub(crate) struct Definition {
    title: String,
    /// The schema of each version, with what holds for all of them.
    versions: Vec<Version>,
    open: bool,
}

#[derive(Debug)]
struct Version {
    name: Box<str>,
    schema: Option<Node>,
    shape: OnceLock<Option<Arc<Shape>>>,
}

impl Definitions {
    /// Adds an object, if it is a definition.
    pub(crate) fn add(&mut self, object: &Object) {
        if object.group() != "apiextensions.k8s.io" || object.kind() != "CustomResourceDefinition" {
            return;
        }
        let (Some(group), Some(kind)) = (object.str_at("spec.group"), object.str_at("spec.names.kind")) else { return };
        // Before v1 there could be one schema for all versions.
        let of_all = object.at("spec.validation.openAPIV3Schema");
        let version = |node: &Node| {
            let name = node.str_at("name")?.into();
            let schema = node.at("schema.openAPIV3Schema").or(of_all).cloned();
            Some(Version { name, schema, shape: OnceLock::new() })
        };
        let versions = object.list("spec.versions").iter().filter_map(version).collect();
        let open = object.bool_at("spec.preserveUnknownFields") == Some(true);
        let definition = Definition { title: object.name().to_owned(), versions, open };
        self.0.entry((group.into(), kind.into())).or_insert(definition);
    }

    /// The definition of a kind.
    pub(crate) fn get(&self, group: &str, kind: &str) -> Option<&Definition> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(group.into(), kind.into()))
    }
}

impl Definition {
    /// Its name.
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// What the objects of a version look like, without what all objects have.
    pub(crate) fn shape(&self, version: &str) -> Option<Arc<Shape>> {
        let version = self.versions.iter().find(|found| *found.name == *version)?;
        let read = || {
            let mut shape = shape(version.schema.as_ref()?, 0);
            shape.open |= self.open;
            for name in ["apiVersion", "kind", "metadata", "status"] {
                shape.fields.remove(name);
            }
            Some(Arc::new(shape))
        };
        version.shape.get_or_init(read).clone()
    }
}

/// What a structural schema says. Alternatives (`oneOf`, `not` …) and rules in CEL are left out: they only refuse more.
fn shape(schema: &Node, depth: usize) -> Shape {
    let is = |key: &str| schema.bool_at(key) == Some(true);
    let form = if is("x-kubernetes-int-or-string") { Some(Form::IntOrString) } else { None };
    let form = form.unwrap_or_else(|| match schema.str_at("type") {
        Some("object") => Form::Object,
        Some("array") => Form::List,
        Some("string") => Form::String,
        Some("integer") => Form::Integer,
        Some("number") => Form::Number,
        Some("boolean") => Form::Boolean,
        None if schema.get("properties").is_some() => Form::Object,
        _ => Form::Any,
    });
    let mut shape = Shape::of(form);
    // What is broken or too deep is taken as anything.
    if depth > DEEPEST || schema.is_cut() || !schema.is_map() {
        return Shape::of(Form::Any);
    }
    shape.nullable = is("nullable");
    shape.open = is("x-kubernetes-preserve-unknown-fields");
    match form {
        Form::Object => object(schema, &mut shape, depth),
        Form::List => {
            let inner = schema.get("items").map_or_else(|| Shape::of(Form::Any), |items| self::shape(items, depth + 1));
            shape.inner = Some(Arc::new(inner));
        }
        _ => {}
    }
    bounds(schema, &mut shape);
    shape
}

fn object(schema: &Node, shape: &mut Shape, depth: usize) {
    let required: Vec<&str> = schema.list("required").iter().filter_map(Node::as_str).collect();
    for entry in schema.map("properties") {
        let field = self::shape(entry.value(), depth + 1);
        let required = required.contains(&entry.key());
        shape.fields.insert(entry.key().into(), Field { required, shape: Arc::new(field) });
    }
    match schema.get("additionalProperties") {
        Some(more) if more.is_map() && shape.fields.is_empty() => {
            shape.form = Form::Map;
            shape.inner = Some(Arc::new(self::shape(more, depth + 1)));
        }
        Some(more) => shape.open |= more.as_bool() != Some(false),
        None => {}
    }
    // An object of Kubernetes in a field, which its own schema would judge.
    if schema.bool_at("x-kubernetes-embedded-resource") == Some(true) {
        shape.open = true;
    }
}

fn bounds(schema: &Node, shape: &mut Shape) {
    let count = |key: &str| schema.int_at(key).and_then(|limit| u64::try_from(limit).ok());
    let number = |key: &str| schema.get(key).and_then(Node::as_float);
    let words: Option<Vec<String>> = schema
        .get("enum")
        .and_then(|words| words.items().iter().map(|word| word.as_str().map(str::to_owned)).collect());
    let exclusive = |key: &str| schema.bool_at(key) == Some(true);
    let all = [
        words.filter(|words| !words.is_empty()).map(Bound::OneOf),
        number("minimum").filter(|_| !exclusive("exclusiveMinimum")).map(Bound::Minimum),
        number("maximum").filter(|_| !exclusive("exclusiveMaximum")).map(Bound::Maximum),
        number("multipleOf").filter(|limit| *limit != 0.0).map(Bound::MultipleOf),
        count("minLength").map(Bound::MinLength),
        count("maxLength").map(Bound::MaxLength),
        count("minItems").map(Bound::MinItems),
        count("maxItems").map(Bound::MaxItems),
        count("minProperties").map(Bound::MinProperties),
        count("maxProperties").map(Bound::MaxProperties),
        schema.str_at("pattern").map(|text| Bound::Pattern(Pattern::new(text))),
        (schema.str_at("x-kubernetes-list-type") == Some("set")).then_some(Bound::Unique),
        (schema.str_at("x-kubernetes-list-type") == Some("map")).then(|| {
            let keys = schema.list("x-kubernetes-list-map-keys");
            Bound::Keys(keys.iter().filter_map(Node::as_str).map(str::to_owned).collect())
        }),
    ];
    shape.bounds = all.into_iter().flatten().collect();
}
