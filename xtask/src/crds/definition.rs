//! Finds the definition of a kind: in a CustomResourceDefinition, or in a JSON Schema that stands for one.

use std::cmp::Reverse;

use serde_json::Value;

use super::schema::{Dialect, Node, node};
use super::table::Row;
use super::yaml;

/// What a kind is, and what its objects are made of.
#[derive(Debug)]
pub(super) struct Definition {
    /// `Namespaced`, `Cluster`, or `File` for what no cluster knows.
    pub(super) scope: String,
    /// The versions that are served, the best first, which is the one that is described.
    pub(super) served: Vec<String>,
    /// Other versions that are served with the same schema.
    pub(super) same: Vec<String>,
    /// The object, without `apiVersion`, `kind` and `status`, and without `metadata` where it is that of Kubernetes.
    pub(super) root: Node,
}

/// The documents of a file of definitions, in YAML or in JSON.
pub(super) fn documents(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map(|value| vec![value]).map_err(|error| error.to_string());
    }
    yaml::documents(text)
}

impl Definition {
    /// The definition of the row's kind.
    pub(super) fn find(documents: &[Value], row: &Row) -> Result<Self, String> {
        let names = |value: &Value| {
            value.pointer("/kind").is_some_and(|kind| kind == "CustomResourceDefinition")
                && value.pointer("/spec/group").is_some_and(|group| *group == *row.group)
                && value.pointer("/spec/names/kind").is_some_and(|kind| *kind == *row.kind)
        };
        let mut definition = match documents {
            [schema] if schema.get("definitions").is_some() => Self::of_json_schema(schema, row)?,
            _ => match documents.iter().find(|value| names(value)) {
                Some(crd) => Self::of_crd(crd, row)?,
                None => return Err(format!("no CustomResourceDefinition of it in {}", row.group)),
            },
        };
        for (path, names) in row.only() {
            definition.root.keep_only(path, &names)?;
        }
        Ok(definition)
    }

    fn of_crd(crd: &Value, row: &Row) -> Result<Self, String> {
        let scope = crd.pointer("/spec/scope").and_then(Value::as_str).unwrap_or_default().to_owned();
        let versions = crd.pointer("/spec/versions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut served: Vec<(&str, &Value)> = versions
            .iter()
            .filter(|version| version.get("served") == Some(&Value::Bool(true)))
            .filter_map(|version| Some((version.get("name")?.as_str()?, version.pointer("/schema/openAPIV3Schema")?)))
            .collect();
        served.sort_by_key(|(name, _)| Reverse(rank(name)));
        let object = |schema: &Value| {
            let mut root = node(schema, &Dialect::Kubernetes)?;
            root.without(&["apiVersion", "kind", "metadata", "status"]);
            Ok::<Node, String>(root)
        };
        let asked = |(name, _): &&(&str, &Value)| row.version.is_empty() || *name == row.version;
        let (described, schema) = served.iter().find(asked).ok_or("no such version with a schema is served")?;
        let root = object(schema)?;
        let mut same = Vec::new();
        for (name, schema) in &served {
            // An older version may say what is no longer understood here: it is another schema then.
            if name != described && object(schema).is_ok_and(|other| other == root) {
                same.push((*name).to_owned());
            }
        }
        let served = served.into_iter().map(|(name, _)| name.to_owned()).collect();
        Ok(Self { scope, served, same, root })
    }

    fn of_json_schema(schema: &Value, row: &Row) -> Result<Self, String> {
        let definitions = schema.get("definitions").ok_or("no definitions")?;
        let start = definitions.get(&row.kind).ok_or("no definition of it")?;
        let versions = start.pointer("/properties/apiVersion/enum").and_then(Value::as_array);
        let served = versions
            .and_then(|versions| {
                versions
                    .iter()
                    .map(|version| Some(version.as_str()?.strip_prefix(&row.group)?.strip_prefix('/')?.to_owned()))
                    .collect::<Option<Vec<_>>>()
            })
            .ok_or("its apiVersion names no versions of the group")?;
        let mut root = node(start, &Dialect::JsonSchema(definitions))?;
        root.without(&["apiVersion", "kind"]);
        Ok(Self { scope: "File".to_owned(), served, same: Vec::new(), root })
    }
}

/// The order of versions: stable before beta before alpha, and each by its numbers.
/// Source: Kubernetes, "Versions in CustomResourceDefinitions", version priority.
fn rank(name: &str) -> (u8, u64, u64) {
    let rest = name.strip_prefix('v').unwrap_or_default();
    let (digits, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    let major = digits.parse().unwrap_or_default();
    let minor = |text: &str| text.parse().unwrap_or_default();
    match (rest.strip_prefix("beta"), rest.strip_prefix("alpha")) {
        (Some(beta), _) => (1, major, minor(beta)),
        (_, Some(alpha)) => (0, major, minor(alpha)),
        _ => (2, major, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_versions_come_first() {
        let mut names = ["v1alpha3", "v1beta1", "v2", "v1", "v10", "v1beta2"];
        names.sort_by_key(|name| Reverse(rank(name)));
        assert_eq!(names, ["v10", "v2", "v1", "v1beta2", "v1beta1", "v1alpha3"]);
    }
}
