//! What is known of a value before anything is applied. What can't be known is [`Known::Unknown`], never a guess.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::Root;
use crate::hcl::{Block, Expr, ExprKind, Part, Reference, Step};

/// A value of Terraform, as far as the files tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// It depends on what the files don't say.
    Unknown,
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list, a set or a tuple.
    List(Vec<Known>),
    /// A map or an object.
    Map(BTreeMap<String, Known>),
}

/// What `each` and `count` are while the values of a block are asked for.
#[derive(Clone, Debug, Default)]
pub struct Scope<'s> {
    each: Option<(&'s str, &'s Known)>,
}

impl<'s> Scope<'s> {
    /// In an instance of `for_each`.
    pub const fn each(key: &'s str, value: &'s Known) -> Self {
        Self { each: Some((key, value)) }
    }
}

/// How many times a block is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Instances {
    /// Once: it has neither `count` nor `for_each`.
    One,
    /// So many times.
    Count(u64),
    /// Once for each key.
    Each(BTreeMap<String, Known>),
    /// It depends on what the files don't say.
    Unknown,
}

impl Known {
    /// A text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A boolean, also one that is written as a text.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A whole number, also one that is written as a text.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the bounds")]
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(*number as i64),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The items of a list; `None` for anything else.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map; `None` for anything else.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// A value inside of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key)
    }

    /// Whether it, or something in it, is not known.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::List(items) => items.iter().any(Self::is_unknown),
            Self::Map(entries) => entries.values().any(Self::is_unknown),
            _ => false,
        }
    }

    /// As a text, the way Terraform inserts it.
    fn inserted(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// So many references are followed, one after the other.
const MAX_STEPS: usize = 24;
/// So many values one question may come to, each [`TEXT`] bytes of a text counting as one more: a list of fifty times a
/// list of fifty times a list would be as long as anybody likes.
const MAX_VALUES: usize = 100_000;
const TEXT: usize = 64;

/// How far a question has gone.
#[derive(Clone, Copy)]
struct Way<'w> {
    scope: &'w Scope<'w>,
    steps: usize,
    left: &'w Cell<usize>,
}

impl Way<'_> {
    fn next(self) -> Self {
        Self { steps: self.steps + 1, ..self }
    }

    /// Whether so much more may be made.
    fn spend(self, values: usize) -> bool {
        let left = self.left.get().checked_sub(values);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// What no instance of a block is.
const NOWHERE: &Scope<'_> = &Scope { each: None };

impl Root {
    /// What an expression is known to be.
    pub fn known(&self, expr: &Expr) -> Known {
        self.known_in(expr, &Scope::default())
    }

    /// What an expression is known to be in an instance of `for_each`.
    pub fn known_in(&self, expr: &Expr, scope: &Scope<'_>) -> Known {
        self.value(expr, Way { scope, steps: 0, left: &Cell::new(MAX_VALUES) })
    }

    /// What an argument of a block is known to be; `None` if the block doesn't have it.
    pub fn argument(&self, block: &Block, name: &str) -> Option<Known> {
        block.get(name).map(|expr| self.known(expr))
    }

    /// The text of an argument, if it is known.
    pub fn text(&self, block: &Block, name: &str) -> Option<String> {
        match self.argument(block, name)? {
            Known::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The region that an ARN names; what else stands in it needn't be known.
    pub fn region_of_arn(&self, expr: &Expr) -> Option<String> {
        let text = match &expr.kind {
            ExprKind::Template(parts) => {
                let part = |part: &Part| match part {
                    Part::Text(text) => text.to_string(),
                    Part::Value(expr) => self.known(expr).inserted().unwrap_or_else(|| "?".to_owned()),
                    Part::Directive(_) => "?".to_owned(),
                };
                parts.iter().map(part).collect()
            }
            _ => self.known(expr).inserted()?,
        };
        let mut parts = text.split(':');
        let region = parts.next().filter(|start| *start == "arn").and_then(|_| parts.nth(2))?;
        (!region.is_empty() && !region.contains('?') && parts.next().is_some()).then(|| region.to_owned())
    }

    /// How many times a block is made.
    pub fn instances(&self, block: &Block) -> Instances {
        if let Some(count) = block.get("count") {
            return match self.known(count).as_int().map(u64::try_from) {
                Some(Ok(count)) => Instances::Count(count),
                _ => Instances::Unknown,
            };
        }
        let Some(each) = block.get("for_each") else {
            return Instances::One;
        };
        match self.known(each) {
            Known::Map(entries) => Instances::Each(entries),
            Known::List(items) => {
                let keys: Option<Vec<&str>> = items.iter().map(Known::as_str).collect();
                keys.map_or(Instances::Unknown, |keys| {
                    Instances::Each(keys.into_iter().map(|key| (key.to_owned(), Known::Text(key.to_owned()))).collect())
                })
            }
            _ => Instances::Unknown,
        }
    }

    fn value(&self, expr: &Expr, way: Way<'_>) -> Known {
        if way.steps > MAX_STEPS || !way.spend(1) {
            return Known::Unknown;
        }
        let next = |expr: &Expr| self.value(expr, way.next());
        match &expr.kind {
            ExprKind::Null => Known::Null,
            ExprKind::Bool(value) => Known::Bool(*value),
            ExprKind::Number(value) => Known::Number(*value),
            ExprKind::Text(text) if way.spend(text.len() / TEXT) => Known::Text(text.to_string()),
            ExprKind::Template(parts) => {
                let mut whole = String::new();
                for part in parts {
                    match part {
                        Part::Text(text) => whole.push_str(text),
                        Part::Value(expr) => match next(expr).inserted() {
                            Some(text) if way.spend(text.len() / TEXT) => whole.push_str(&text),
                            _ => return Known::Unknown,
                        },
                        Part::Directive(_) => return Known::Unknown,
                    }
                }
                Known::Text(whole)
            }
            ExprKind::List(items) => Known::List(items.iter().map(next).collect()),
            ExprKind::Object(entries) => {
                let mut map = BTreeMap::new();
                for (key, value) in entries {
                    let text = match (&key.text, &key.computed) {
                        (Some(text), _) => Some(text.to_string()),
                        (None, Some(expr)) => next(expr).inserted(),
                        (None, None) => None,
                    };
                    let Some(text) = text else { return Known::Unknown };
                    map.insert(text, next(value));
                }
                Known::Map(map)
            }
            ExprKind::Reference(reference) => self.reference(reference, way),
            ExprKind::Call { name, args } => self.call(name, args, way),
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                match next(condition) {
                    Known::Bool(true) => next(then),
                    Known::Bool(false) => next(otherwise),
                    _ => Known::Unknown,
                }
            }
            ExprKind::Text(_) | ExprKind::For { .. } | ExprKind::Other(_) => Known::Unknown,
        }
    }

    fn reference(&self, reference: &Reference, way: Way<'_>) -> Known {
        let scope = way.scope;
        let outside = Way { scope: NOWHERE, ..way.next() };
        let (found, used) = match (reference.root(), reference.name(1)) {
            (Some("var"), Some(name)) if !self.called => (self.variable(name).map(|expr| self.value(expr, outside)), 2),
            (Some("local"), Some(name)) => (self.local(name).map(|local| self.value(&local.value, outside)), 2),
            (Some("each"), Some("key")) => (scope.each.map(|(key, _)| Known::Text(key.to_owned())), 2),
            (Some("each"), Some("value")) => (scope.each.map(|(_, value)| value.clone()), 2),
            // A name that the same root gives a resource, known where the resource is made once.
            (Some(_), Some(_)) => match (self.block(&reference.dotted_pair()), reference.name(2)) {
                (Some(block), Some(argument))
                    if &*block.kind == "resource"
                        && matches!(argument, "name" | "bucket" | "cluster_name" | "node_group_name" | "version")
                        && reference.steps.len() == 3
                        && block.get("count").is_none()
                        && block.get("for_each").is_none() =>
                {
                    (block.get(argument).map(|expr| self.value(expr, outside)), 3)
                }
                _ => (None, 0),
            },
            _ => (None, 0),
        };
        let mut found = found.unwrap_or(Known::Unknown);
        for step in reference.steps.iter().skip(used) {
            found = match (found, step) {
                (Known::Map(mut map), Step::Name(key) | Step::Key(key)) => map.remove(&**key).unwrap_or(Known::Unknown),
                (Known::List(mut items), Step::Index(index)) => match usize::try_from(*index) {
                    Ok(index) if index < items.len() => items.swap_remove(index),
                    _ => Known::Unknown,
                },
                _ => Known::Unknown,
            };
        }
        found
    }

    fn call(&self, name: &str, args: &[Expr], way: Way<'_>) -> Known {
        let mut values = args.iter().map(|arg| self.value(arg, way.next()));
        match name {
            "toset" | "tolist" | "tomap" | "tostring" | "tonumber" | "tobool" | "nonsensitive" | "sensitive" => {
                values.next().unwrap_or(Known::Unknown)
            }
            "lower" | "upper" => match values.next() {
                Some(Known::Text(text)) if name == "lower" => Known::Text(text.to_lowercase()),
                Some(Known::Text(text)) => Known::Text(text.to_uppercase()),
                _ => Known::Unknown,
            },
            "trimspace" => match values.next() {
                Some(Known::Text(text)) => Known::Text(text.trim().to_owned()),
                _ => Known::Unknown,
            },
            "length" => match values.next() {
                Some(Known::List(items)) => count(items.len()),
                Some(Known::Map(entries)) => count(entries.len()),
                Some(Known::Text(text)) => count(text.chars().count()),
                _ => Known::Unknown,
            },
            "keys" => match values.next() {
                Some(Known::Map(entries)) => Known::List(entries.into_keys().map(Known::Text).collect()),
                _ => Known::Unknown,
            },
            "values" => match values.next() {
                Some(Known::Map(entries)) => Known::List(entries.into_values().collect()),
                _ => Known::Unknown,
            },
            "join" => match (values.next(), values.next()) {
                (Some(Known::Text(between)), Some(Known::List(items))) => {
                    let texts: Option<Vec<String>> = items.iter().map(Known::inserted).collect();
                    texts.map_or(Known::Unknown, |texts| Known::Text(texts.join(&between)))
                }
                _ => Known::Unknown,
            },
            "lookup" => match (values.next(), values.next(), values.next()) {
                (Some(Known::Map(mut entries)), Some(Known::Text(key)), otherwise) => {
                    entries.remove(&key).or(otherwise).unwrap_or(Known::Unknown)
                }
                _ => Known::Unknown,
            },
            "concat" => {
                let mut all = Vec::new();
                for value in values {
                    let Known::List(items) = value else { return Known::Unknown };
                    all.extend(items);
                }
                Known::List(all)
            }
            "merge" => {
                let mut all = BTreeMap::new();
                for value in values {
                    let Known::Map(entries) = value else { return Known::Unknown };
                    all.extend(entries);
                }
                Known::Map(all)
            }
            "coalesce" => match values.next() {
                Some(Known::Null | Known::Unknown) | None => Known::Unknown,
                Some(found) => found,
            },
            _ => Known::Unknown,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "what stands in files is counted")]
const fn count(length: usize) -> Known {
    Known::Number(length as f64)
}

impl Reference {
    /// The first two names: the address of a resource.
    pub(crate) fn dotted_pair(&self) -> String {
        format!("{}.{}", self.name(0).unwrap_or_default(), self.name(1).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hcl;

    fn root(text: &str) -> Root {
        let mut root = Root::new("terraform".to_owned());
        root.add_file(0, hcl::file(text, 0).0);
        root.index();
        root
    }

    #[test]
    fn variables_with_defaults_and_locals_are_known() {
        let root = root(
            "variable \"env\" {\n  default = \"prod\"\n}\nvariable \"open\" {}\nlocals {\n  name = \"shop-${var.env}\"\n  loop = local.loop\n}\nresource \"t\" \"n\" {\n  a = local.name\n  b = var.open\n  c = local.loop\n  d = { x = [1, var.open] }\n}\n",
        );
        let block = root.block("t.n").unwrap();
        assert_eq!(root.text(block, "a").as_deref(), Some("shop-prod"));
        assert_eq!(root.argument(block, "b"), Some(Known::Unknown));
        assert_eq!(root.argument(block, "c"), Some(Known::Unknown));
        let map = root.argument(block, "d").unwrap();
        assert_eq!(map.get("x"), Some(&Known::List(vec![Known::Number(1.0), Known::Unknown])));
    }

    #[test]
    fn functions_of_what_is_known_are_known() {
        let root = root(
            "variable \"open\" {}\nlocals {\n  sizes = { b = \"large\", a = \"small\" }\n  names = [\"x\", \"y\"]\n}\nresource \"t\" \"n\" {\n  count = length(local.names)\n  a = join(\"-\", local.names)\n  b = lookup(local.sizes, \"b\", \"none\")\n  c = lookup(local.sizes, \"z\", \"none\")\n  d = keys(local.sizes)\n  e = join(\"-\", [\"x\", var.open])\n  f = lookup(var.open, \"a\", \"b\")\n  g = local.sizes[\"a\"]\n  h = local.names[1]\n}\n",
        );
        let block = root.block("t.n").unwrap();
        assert_eq!(root.instances(block), Instances::Count(2));
        let text = |name: &str| root.text(block, name);
        assert_eq!(
            (text("a").as_deref(), text("b").as_deref(), text("c").as_deref()),
            (Some("x-y"), Some("large"), Some("none"))
        );
        assert_eq!((text("g").as_deref(), text("h").as_deref()), (Some("small"), Some("y")));
        let names = ["a", "b"].map(|name| Known::Text(name.to_owned()));
        assert_eq!(root.argument(block, "d"), Some(Known::List(names.to_vec())));
        assert_eq!(
            (root.argument(block, "e"), root.argument(block, "f")),
            (Some(Known::Unknown), Some(Known::Unknown))
        );
    }

    #[test]
    fn what_grows_without_end_is_not_known() {
        let mut text = "locals {\n  a0 = \"x\"\n".to_owned();
        for level in 1..12 {
            let below = format!("local.a{},", level - 1).repeat(50);
            text = format!("{text}  a{level} = [{below}]\n");
        }
        text +=
            "}\nresource \"t\" \"n\" {\n  a = local.a2\n  b = local.a11\n  name = t.n.name\n  count = t.n.name\n}\n";
        let root = root(&text);
        let block = root.block("t.n").unwrap();
        assert!(!root.argument(block, "a").unwrap().is_unknown());
        assert!(root.argument(block, "b").unwrap().is_unknown());
        assert_eq!(root.instances(block), Instances::Unknown);
        assert_eq!(root.argument(block, "name"), Some(Known::Unknown));
    }

    #[test]
    fn for_each_over_literals_is_known() {
        let root = root("resource \"t\" \"n\" {\n  for_each = toset([\"a\", \"b\"])\n  name = \"x-${each.key}\"\n}\n");
        let block = root.block("t.n").unwrap();
        let Instances::Each(entries) = root.instances(block) else { panic!() };
        let names: Vec<Known> = entries
            .iter()
            .map(|(key, value)| root.known_in(block.get("name").unwrap(), &Scope::each(key, value)))
            .collect();
        assert_eq!(names, [Known::Text("x-a".to_owned()), Known::Text("x-b".to_owned())]);
    }
}
