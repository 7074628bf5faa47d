//! What custom resources must look like: a judge of documents by the facts of waard-catalog, which are made from the
//! definitions that their makers publish. It sees what a structural schema says, and neither rules in CEL nor what an
//! admission webhook of the maker refuses.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Map, Value};
use waard_catalog::custom::{self, Bound, Form, Scope, Shape};

/// True if the document is of a group that has facts.
pub(crate) fn knows(document: &Value) -> bool {
    let group = document["apiVersion"].as_str().unwrap_or_default().rsplit_once('/').map_or("", |(group, _)| group);
    custom::kinds_of(group).next().is_some()
}

/// All that is wrong with a custom resource, or a configuration of eksctl.
pub(crate) fn faults(document: &Value) -> Vec<String> {
    let (Some(version), Some(kind)) = (document["apiVersion"].as_str(), document["kind"].as_str()) else {
        return vec!["it has no apiVersion or no kind".to_owned()];
    };
    let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
    let Some(facts) = custom::kind(group, kind).map(custom::Kind::current) else {
        return vec![format!("there are no facts about {kind} in `{group}`: add it to facts/kinds.csv")];
    };
    let mut found = Vec::new();
    let served = &facts.served;
    if !served.iter().any(|name| name == version) {
        found.push(format!("apiVersion: {group}/{version} is not served; served: {}", served.join(", ")));
    } else if served[0] != version {
        found.push(format!("apiVersion: {group}/{version} is older than {group}/{}", served[0]));
    }
    let mut own = document.as_object().cloned().unwrap_or_default();
    own.remove("apiVersion");
    own.remove("kind");
    if facts.scope != Scope::File {
        metadata(own.remove("metadata"), facts.scope, &mut found);
    }
    found.extend(judge(&own.into(), &facts.root));
    found
}

/// What Kubernetes itself asks of every object.
fn metadata(metadata: Option<Value>, scope: Scope, found: &mut Vec<String>) {
    let Some(metadata) = metadata else {
        found.push("metadata: is missing".to_owned());
        return;
    };
    match serde_json::from_value::<ObjectMeta>(metadata.clone()) {
        Err(error) => found.push(format!("metadata: {error}")),
        Ok(typed) => {
            let kept = serde_json::to_value(&typed).unwrap();
            let known = kept.as_object().unwrap();
            let unknown = metadata.as_object().into_iter().flatten().filter(|(name, _)| !known.contains_key(*name));
            found.extend(unknown.map(|(name, _)| format!("metadata.{name}: no such field")));
            if typed.name.as_deref().unwrap_or_default().is_empty() {
                found.push("metadata.name: is missing".to_owned());
            }
            match (scope, typed.namespace) {
                (Scope::Namespaced, None) => found.push("metadata.namespace: is missing".to_owned()),
                (Scope::Cluster, Some(_)) => found.push("metadata.namespace: it belongs to no namespace".to_owned()),
                _ => {}
            }
        }
    }
}

/// Judges an object without what all have.
pub(crate) fn judge(object: &Value, shape: &Shape) -> Vec<String> {
    let mut found = Vec::new();
    value(object, "", shape, &mut found);
    found
}

/// Judges the fields of an object that stands `at` a place of a document.
fn fields(object: &Map<String, Value>, at: &str, shape: &Shape, found: &mut Vec<String>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    for (name, inner) in object {
        match shape.field(name) {
            Some(field) => value(inner, &below(name), &field.shape, found),
            None if shape.open => {}
            None => found.push(format!("{}: no such field", below(name))),
        }
    }
    let missing = shape.fields.iter().filter(|(name, field)| field.required && !object.contains_key(&***name));
    found.extend(missing.map(|(name, _)| format!("{}: is missing", below(name))));
}

fn value(value: &Value, at: &str, shape: &Shape, found: &mut Vec<String>) {
    let inner = shape.inner.as_deref();
    match (shape.form, value) {
        (form, Value::Null) if form != Form::Any => {
            if !shape.nullable {
                found.push(format!("{at}: has no value"));
            }
            return;
        }
        (Form::Object, Value::Object(object)) => fields(object, at, shape, found),
        (Form::Map, Value::Object(object)) => {
            for (name, value) in object {
                self::value(value, &format!("{at}.{name}"), inner.unwrap(), found);
            }
        }
        (Form::List, Value::Array(items)) => {
            for (number, item) in items.iter().enumerate() {
                self::value(item, &format!("{at}[{number}]"), inner.unwrap(), found);
            }
        }
        (Form::Any, _)
        | (Form::String | Form::IntOrString, Value::String(_))
        | (Form::Boolean, Value::Bool(_))
        | (Form::Number, Value::Number(_)) => {}
        (Form::Integer | Form::IntOrString, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        (form, value) => {
            found.push(format!("{at}: {value} is no {}", form.word()));
            return;
        }
    }
    let broken = shape.bounds.iter().filter(|bound| breaks(bound, value));
    found.extend(broken.map(|bound| format!("{at}: {value} breaks {bound}")));
}

fn breaks(bound: &Bound, value: &Value) -> bool {
    let number = || value.as_f64().unwrap_or_default();
    let length = || {
        let length = match value {
            Value::String(text) => text.chars().count(),
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        };
        u64::try_from(length).unwrap()
    };
    let there = |names: &[String]| names.iter().filter(|name| value.get(name.as_str()).is_some()).count();
    let twice = |of: &dyn Fn(&Value) -> String| {
        let items = value.as_array().unwrap();
        items.iter().map(of).collect::<BTreeSet<_>>().len() < items.len()
    };
    match bound {
        Bound::OneOf(words) => !words.iter().any(|word| value == word),
        Bound::Minimum(limit) => number() < *limit,
        Bound::Maximum(limit) => number() > *limit,
        Bound::MultipleOf(limit) => number() % limit != 0.0,
        Bound::MinLength(limit) | Bound::MinItems(limit) | Bound::MinProperties(limit) => length() < *limit,
        Bound::MaxLength(limit) | Bound::MaxItems(limit) | Bound::MaxProperties(limit) => length() > *limit,
        // A number where either may stand has no characters.
        Bound::Pattern(pattern) => value.as_str().is_some_and(|text| !pattern.takes(text).unwrap()),
        Bound::Unique => twice(&Value::to_string),
        Bound::Keys(names) => twice(&|item| names.iter().map(|name| item[name].to_string() + "\n").collect()),
        Bound::AtMostOne(groups) => groups.iter().any(|names| there(names) > 1),
        Bound::ExactlyOne(groups) => groups.iter().any(|names| there(names) != 1),
    }
}
