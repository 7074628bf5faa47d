//! Reads a file of facts: a head, and a line for each field, a parent above its children.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Lines;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Bound, Definition, Field, Form, Pattern, Scope, Shape};
use crate::fact::{Confidence, Source};

/// Why a text is no file of facts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {reason}")]
pub struct FactsError {
    /// The path, or the key of the head.
    pub at: String,
    /// What is wrong.
    pub reason: String,
}

fn error<T>(at: &str, reason: impl Into<String>) -> Result<T, FactsError> {
    Err(FactsError { at: at.to_owned(), reason: reason.into() })
}

impl Definition {
    /// Reads a file of facts.
    ///
    /// # Errors
    /// If a line isn't what `cargo xtask crds` writes; the error names it.
    pub fn read(text: &str) -> Result<Self, FactsError> {
        let Some((head, lines)) = text.split_once("\n\n") else { return error("head", "no empty line below it") };
        let mut facts: BTreeMap<&str, &str> = BTreeMap::new();
        for line in head.lines().filter(|line| !line.starts_with('#')) {
            let Some((key, value)) = line.split_once(": ") else { return error(line, "is no fact of the head") };
            facts.insert(key, value);
        }
        let get = |key: &str| facts.get(key).copied().unwrap_or_default();
        let need = |key: &str| match get(key) {
            "" => error(key, "the head lacks it"),
            value => Ok(value.to_owned()),
        };
        let scope = match get("scope") {
            "Namespaced" => Scope::Namespaced,
            "Cluster" => Scope::Cluster,
            "File" => Scope::File,
            other => return error("scope", format!("what is `{other}`?")),
        };
        let served: Vec<String> = need("served")?.split(' ').map(str::to_owned).collect();
        let mut versions: Vec<String> = match get("version") {
            "" => served.iter().take(1).cloned().collect(),
            version => vec![version.to_owned()],
        };
        versions.extend(get("same").split_whitespace().map(str::to_owned));
        let release = need("release")?;
        let Some((component, release)) = release.rsplit_once(' ') else { return error("release", "has no number") };
        let Ok(as_of) = need("as_of")?.parse() else { return error("as_of", "is no day") };
        let only = get("only");
        let mut reader = Reader { lines: lines.lines().peekable(), known: BTreeMap::new(), only };
        let mut root = Shape::of(Form::Object);
        reader.fields("", &mut root)?;
        if let Some(line) = reader.lines.next() {
            return error(line, "what it belongs to does not stand above it");
        }
        Ok(Self {
            group: need("group")?,
            kind: need("kind")?,
            versions,
            served,
            scope,
            component: component.to_owned(),
            release: release.to_owned(),
            sha256: need("sha256")?,
            only: only.to_owned(),
            source: Source { name: need("source")?, as_of, confidence: Confidence::Verified },
            root: Arc::new(root),
        })
    }
}

struct Reader<'t> {
    lines: Peekable<Lines<'t>>,
    /// What stands above, by its path.
    known: BTreeMap<&'t str, Arc<Shape>>,
    only: &'t str,
}

impl<'t> Reader<'t> {
    /// The lines below `path`: fields, or what a list or a map holds.
    fn fields(&mut self, path: &str, shape: &mut Shape) -> Result<(), FactsError> {
        while let Some(line) = self.lines.peek().copied() {
            let Some((at, rest)) = line.split_once(' ') else { return error(line, "has no type") };
            let Some(below) = at.strip_prefix(path) else { return Ok(()) };
            let name = match below {
                "[]" | "{}" => None,
                _ if path.is_empty() => Some(below),
                _ => match below.strip_prefix('.') {
                    Some(name) => Some(name),
                    None => return Ok(()),
                },
            };
            // A path of a level further down has no parent of its own, and ends up as what belongs to nothing.
            if name.is_some_and(|name| name.is_empty() || name.contains(['.', '[', '{'])) {
                return Ok(());
            }
            self.lines.next();
            let (required, inner) = self.line(at, rest)?;
            match name {
                None => shape.inner = Some(inner),
                Some(name) => {
                    if shape.fields.insert(name.into(), Field { required, shape: inner }).is_some() {
                        return error(at, "stands there twice");
                    }
                }
            }
        }
        Ok(())
    }

    fn line(&mut self, at: &'t str, rest: &str) -> Result<(bool, Arc<Shape>), FactsError> {
        let (words, bounds) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        let (words, like) = words.split_once(" like ").map_or((words, None), |(words, like)| (words, Some(like)));
        let mut words = words.split_whitespace();
        let word = words.next().unwrap_or_default();
        let Some(form) = Form::parse(word) else { return error(at, format!("there is no type `{word}`")) };
        let mut shape = Shape::of(form);
        let mut required = false;
        for word in words {
            match word {
                "required" => required = true,
                "nullable" => shape.nullable = true,
                "open" => shape.open = true,
                _ => return error(at, format!("what is `{word}`?")),
            }
        }
        if self.known.contains_key(at) {
            return error(at, "stands there twice");
        }
        // Paths of maps end in braces too.
        if let Some(like) = like.map(|like| format!("{like}{bounds}")) {
            let Some(same) = self.known.get(like.as_str()).cloned() else {
                return error(at, format!("{like} does not stand above it"));
            };
            self.known.insert(at, same.clone());
            return Ok((required, same));
        }
        if !bounds.is_empty() {
            let read = serde_json::from_str::<Map<String, Value>>(bounds);
            let Ok(bounds) = read else { return error(at, format!("what does {bounds} say?")) };
            for (word, value) in &bounds {
                let Some(bound) = bound(word, value) else {
                    return error(at, format!("what does `{word}: {value}` say?"));
                };
                shape.bounds.push(bound);
            }
        }
        shape.partial =
            self.only.split_whitespace().any(|kept| kept.split_once('=').is_some_and(|(path, _)| path == at));
        self.fields(at, &mut shape)?;
        let shape = Arc::new(shape);
        self.known.insert(at, shape.clone());
        Ok((required, shape))
    }
}

fn bound(word: &str, value: &Value) -> Option<Bound> {
    let texts = |value: &Value| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let groups = || -> Option<Vec<Vec<String>>> { value.as_array()?.iter().map(texts).collect() };
    Some(match word {
        "enum" => Bound::OneOf(texts(value)?),
        "minimum" => Bound::Minimum(value.as_f64()?),
        "maximum" => Bound::Maximum(value.as_f64()?),
        "multipleOf" => Bound::MultipleOf(value.as_f64()?),
        "minLength" => Bound::MinLength(value.as_u64()?),
        "maxLength" => Bound::MaxLength(value.as_u64()?),
        "minItems" => Bound::MinItems(value.as_u64()?),
        "maxItems" => Bound::MaxItems(value.as_u64()?),
        "minProperties" => Bound::MinProperties(value.as_u64()?),
        "maxProperties" => Bound::MaxProperties(value.as_u64()?),
        "pattern" => Bound::Pattern(Pattern::new(value.as_str()?)),
        "unique" => Bound::Unique,
        "keys" => Bound::Keys(texts(value)?),
        "atMostOne" => Bound::AtMostOne(groups()?),
        "exactlyOne" => Bound::ExactlyOne(groups()?),
        _ => return None,
    })
}
