//! What custom resources must look like: `facts/crds`, made from the definitions that their makers publish, and a
//! judge of documents by it. CONTRIBUTING.md says how the files are read. It sees what a structural schema says, and
//! neither rules in CEL nor what an admission webhook of the maker refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use regex::Regex;
use serde_json::{Map, Value};

/// What is known about a kind.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// `group`, `kind`, `scope`, `served`, `release`, `source`, `sha256`, `as_of`, `only`.
    pub(crate) head: BTreeMap<String, String>,
    /// By path: `spec.listeners[].port`, `spec.labels{}`.
    pub(crate) lines: BTreeMap<String, Line>,
    /// By path of an object: its fields, with whether each must be there.
    fields: BTreeMap<String, BTreeMap<String, bool>>,
}

/// What is known about one value.
#[derive(Debug, Default)]
pub(crate) struct Line {
    form: String,
    nullable: bool,
    open: bool,
    pub(crate) like: Option<String>,
    bounds: Map<String, Value>,
    pattern: OnceLock<Regex>,
}

/// All facts, by group and kind.
pub(crate) static FACTS: LazyLock<BTreeMap<(String, String), Facts>> = LazyLock::new(|| {
    let files =
        files().into_iter().map(|(name, text)| Facts::read(&text).unwrap_or_else(|fault| panic!("{name}: {fault}")));
    files.map(|facts| ((facts.head["group"].clone(), facts.head["kind"].clone()), facts)).collect()
});

/// The files of facts, with their names.
#[expect(clippy::disallowed_methods, reason = "tests read facts")]
pub(crate) fn files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/facts/crds");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap())
        .map(|item| (item.file_name().into_string().unwrap(), std::fs::read_to_string(item.path()).unwrap()))
        .collect();
    files.sort();
    files
}

/// True if the document is of a group that has facts.
pub(crate) fn knows(document: &Value) -> bool {
    let group = document["apiVersion"].as_str().unwrap_or_default().rsplit_once('/').map_or("", |(group, _)| group);
    FACTS.keys().any(|(known, _)| known == group)
}

/// All that is wrong with a custom resource, or a configuration of eksctl.
pub(crate) fn faults(document: &Value) -> Vec<String> {
    let (Some(version), Some(kind)) = (document["apiVersion"].as_str(), document["kind"].as_str()) else {
        return vec!["it has no apiVersion or no kind".to_owned()];
    };
    let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
    let Some(facts) = FACTS.get(&(group.to_owned(), kind.to_owned())) else {
        return vec![format!("there are no facts about {kind} in `{group}`: add it to facts/kinds.csv")];
    };
    let mut found = Vec::new();
    let served: Vec<&str> = facts.head["served"].split(' ').collect();
    if !served.contains(&version) {
        found.push(format!("apiVersion: {group}/{version} is not served; served: {}", served.join(", ")));
    } else if served[0] != version {
        found.push(format!("apiVersion: {group}/{version} is older than {group}/{}", served[0]));
    }
    let mut own = document.as_object().cloned().unwrap_or_default();
    own.remove("apiVersion");
    own.remove("kind");
    if facts.head["scope"] != "File" {
        metadata(own.remove("metadata"), &facts.head["scope"], &mut found);
    }
    found.extend(facts.judge(&own.into()));
    found
}

/// What Kubernetes itself asks of every object.
fn metadata(metadata: Option<Value>, scope: &str, found: &mut Vec<String>) {
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
                ("Namespaced", None) => found.push("metadata.namespace: is missing".to_owned()),
                ("Cluster", Some(_)) => found.push("metadata.namespace: it belongs to no namespace".to_owned()),
                _ => {}
            }
        }
    }
}

impl Facts {
    /// Reads a file of facts.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (head, lines) = text.split_once("\n\n").ok_or("no empty line below the head")?;
        let mut facts = Self::default();
        for line in head.lines().filter(|line| !line.starts_with('#')) {
            let (key, value) = line.split_once(": ").ok_or_else(|| format!("`{line}` is no fact of the head"))?;
            facts.head.insert(key.to_owned(), value.to_owned());
        }
        for text in lines.lines() {
            let (path, rest) = text.split_once(' ').ok_or_else(|| format!("`{text}` has no type"))?;
            let (words, bounds) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
            let (words, like) = words.split_once(" like ").map_or((words, None), |(words, like)| (words, Some(like)));
            let mut words = words.split_whitespace();
            let mut known = Line { form: words.next().unwrap_or_default().to_owned(), ..Line::default() };
            let mut required = false;
            for word in words {
                match word {
                    "required" => required = true,
                    "nullable" => known.nullable = true,
                    "open" => known.open = true,
                    _ => return Err(format!("{path}: what is `{word}`?")),
                }
            }
            if let Some(like) = like {
                if !facts.lines.contains_key(like) {
                    return Err(format!("{path}: {like} does not stand above it"));
                }
                known.like = Some(like.to_owned());
            }
            if !bounds.is_empty() {
                known.bounds = serde_json::from_str(bounds).map_err(|error| format!("{path}: {error}"))?;
            }
            if let Some(pattern) = known.bounds.get("pattern") {
                let pattern =
                    Regex::new(pattern.as_str().unwrap_or("(")).map_err(|error| format!("{path}: {error}"))?;
                known.pattern = pattern.into();
            }
            if !path.ends_with("[]") && !path.ends_with("{}") {
                let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
                if !parent.is_empty() && !facts.lines.contains_key(parent) {
                    return Err(format!("{path}: {parent} does not stand above it"));
                }
                facts.fields.entry(parent.to_owned()).or_default().insert(name.to_owned(), required);
            }
            if facts.lines.insert(path.to_owned(), known).is_some() {
                return Err(format!("{path} stands there twice"));
            }
        }
        Ok(facts)
    }

    /// Judges an object without what all have.
    pub(crate) fn judge(&self, object: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.object(object.as_object().unwrap(), "", "", false, &mut found);
        found
    }

    /// Judges the fields of an object that stands `at` a place of a document by what is known about `path`.
    fn object(&self, object: &Map<String, Value>, at: &str, path: &str, open: bool, found: &mut Vec<String>) {
        let below =
            |start: &str, name: &str| if start.is_empty() { name.to_owned() } else { format!("{start}.{name}") };
        let none = BTreeMap::new();
        let fields = self.fields.get(path).unwrap_or(&none);
        for (name, value) in object {
            if fields.contains_key(name) {
                self.value(value, &below(at, name), &below(path, name), found);
            } else if !open {
                found.push(format!("{}: no such field", below(at, name)));
            }
        }
        let missing = fields.iter().filter(|(name, required)| **required && !object.contains_key(*name));
        found.extend(missing.map(|(name, _)| format!("{}: is missing", below(at, name))));
    }

    fn value(&self, value: &Value, at: &str, path: &str, found: &mut Vec<String>) {
        let mut path = path;
        let mut line = &self.lines[path];
        while let Some(like) = &line.like {
            path = like;
            line = &self.lines[path];
        }
        match (line.form.as_str(), value) {
            (form, Value::Null) if form != "any" => {
                if !line.nullable {
                    found.push(format!("{at}: has no value"));
                }
                return;
            }
            ("object", Value::Object(object)) => self.object(object, at, path, line.open, found),
            ("map", Value::Object(object)) => {
                for (name, value) in object {
                    self.value(value, &format!("{at}.{name}"), &format!("{path}{{}}"), found);
                }
            }
            ("list", Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    self.value(item, &format!("{at}[{number}]"), &format!("{path}[]"), found);
                }
            }
            ("any", _)
            | ("string" | "int-or-string", Value::String(_))
            | ("boolean", Value::Bool(_))
            | ("number", Value::Number(_)) => {}
            ("integer" | "int-or-string", Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            (form, value) => {
                found.push(format!("{at}: {value} is no {form}"));
                return;
            }
        }
        for (bound, limit) in &line.bounds {
            if let Some(fault) = line.breaks(bound, limit, value) {
                found.push(format!("{at}: {fault}"));
            }
        }
    }
}

impl Line {
    /// How a value breaks a bound.
    fn breaks(&self, bound: &str, limit: &Value, value: &Value) -> Option<String> {
        let count = |count: usize| f64::from(u32::try_from(count).unwrap());
        let length = match value {
            Value::String(text) => count(text.chars().count()),
            Value::Array(items) => count(items.len()),
            Value::Object(fields) => count(fields.len()),
            other => other.as_f64().unwrap_or_default(),
        };
        let number = limit.as_f64().unwrap_or_default();
        let there = |names: &Value| -> usize {
            let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
            names.filter(|name| value.get(name).is_some()).count()
        };
        let groups = || limit.as_array().into_iter().flatten();
        let broken = match bound {
            "enum" => !limit.as_array().unwrap().contains(value),
            "minimum" | "minLength" | "minItems" | "minProperties" => length < number,
            "maximum" | "maxLength" | "maxItems" | "maxProperties" => length > number,
            "multipleOf" => length % number != 0.0,
            // A number where either may stand has no characters.
            "pattern" => value.as_str().is_some_and(|text| !self.pattern.get().unwrap().is_match(text)),
            "unique" => {
                let items = value.as_array().unwrap();
                items.iter().map(Value::to_string).collect::<BTreeSet<_>>().len() < items.len()
            }
            "keys" => {
                let items = value.as_array().unwrap();
                let key =
                    |item: &Value| groups().map(|name| item[name.as_str().unwrap()].to_string()).collect::<Vec<_>>();
                items.iter().map(key).collect::<BTreeSet<_>>().len() < items.len()
            }
            "atMostOne" => groups().any(|names| there(names) > 1),
            "exactlyOne" => groups().any(|names| there(names) != 1),
            other => panic!("the judge knows no bound called {other}"),
        };
        broken.then(|| format!("{value} breaks {bound} {limit}"))
    }
}
