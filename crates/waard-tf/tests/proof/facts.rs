//! What the provider says of its types: `facts`, made from its schema. CONTRIBUTING.md says how the files are read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What is known about a type.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) head: BTreeMap<String, String>,
    /// By path of a block, `""` for the type itself: what may stand in it, by name.
    blocks: BTreeMap<String, BTreeMap<String, Item>>,
    /// Blocks that are like another one, by path.
    like: BTreeMap<String, String>,
}

/// What is known about an argument, an attribute or a block.
#[allow(clippy::struct_excessive_bools, reason = "as many as the schema has")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    pub(crate) form: Form,
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) sensitive: bool,
    pub(crate) deprecated: bool,
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
}

/// A type of values, or a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Dynamic,
    Text,
    Number,
    Bool,
    List(Box<Form>),
    Set(Box<Form>),
    Map(Box<Form>),
    Object(BTreeMap<String, Form>),
    /// A block with its nesting.
    Block(String),
}

/// All facts, by kind and type: `resource`, `aws_subnet`.
pub(crate) static FACTS: LazyLock<BTreeMap<(String, String), Facts>> = LazyLock::new(|| {
    let read = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let kind = file.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let facts = Facts::read(&super::text_of(file)).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        assert_eq!((&facts.head["kind"], &facts.head["type"]), (&kind, &name), "{}", file.display());
        ((kind, name), facts)
    };
    files().iter().map(read).collect()
});

/// The files of facts.
pub(crate) fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("facts");
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()).collect()
    };
    let mut found: Vec<PathBuf> =
        list(&folder).iter().filter(|path| path.is_dir()).flat_map(|folder| list(folder)).collect();
    found.sort();
    found
}

impl Facts {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (head, lines) = text.split_once("\n\n").ok_or("no empty line below the head")?;
        let mut facts = Self::default();
        for line in head.lines().filter(|line| !line.starts_with('#')) {
            let (key, value) = line.split_once(": ").ok_or_else(|| format!("`{line}` is no fact of the head"))?;
            facts.head.insert(key.to_owned(), value.to_owned());
        }
        facts.blocks.entry(String::new()).or_default();
        for line in lines.lines() {
            facts.line(line)?;
        }
        Ok(facts)
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        let (path, rest) = line.split_once(' ').ok_or_else(|| format!("`{line}` has no type"))?;
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        let mut words = rest.split(' ');
        let mut item = Item::default();
        let form = words.next().unwrap_or_default();
        if matches!(form, "block" | "attributes") {
            let nesting = words.next().ok_or_else(|| format!("{path}: nested how?"))?;
            item.form = Form::Block(nesting.to_owned());
            if form == "attributes" {
                return Err(format!(
                    "{path}: attributes with attributes are in no type yet; teach the contract test of them"
                ));
            }
            self.blocks.entry(path.to_owned()).or_default();
        } else {
            item.form = Form::read(form).ok_or_else(|| format!("{path}: what is `{form}`?"))?;
        }
        while let Some(word) = words.next() {
            let number = |text: &str| text.parse().map_err(|_| format!("{path}: `{text}` is no number"));
            match word.split_once('=').unwrap_or((word, "")) {
                ("required", "") => item.required = true,
                ("optional", "") => item.optional = true,
                ("sensitive", "") => item.sensitive = true,
                ("deprecated", "") => item.deprecated = true,
                ("computed" | "write-only", "") => {}
                ("min", count) => item.min = number(count)?,
                ("max", count) => item.max = Some(number(count)?),
                ("like", "") => {
                    let place = words.next().unwrap_or_default();
                    if !self.blocks.contains_key(place) {
                        return Err(format!("{path}: {place} does not stand above it"));
                    }
                    self.like.insert(path.to_owned(), place.to_owned());
                }
                _ => return Err(format!("{path}: what is `{word}`?")),
            }
        }
        let block = self.blocks.get_mut(parent).ok_or_else(|| format!("{path}: {parent} does not stand above it"))?;
        match block.insert(name.to_owned(), item) {
            None => Ok(()),
            Some(_) => Err(format!("{path} stands there twice")),
        }
    }

    /// What may stand in a block, by its path.
    pub(crate) fn block(&self, path: &str) -> &BTreeMap<String, Item> {
        &self.blocks[self.real(path)]
    }

    /// The path of a block below another one.
    pub(crate) fn below(&self, path: &str, name: &str) -> String {
        let path = self.real(path);
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    }

    fn real<'f>(&'f self, path: &'f str) -> &'f str {
        self.like.get(path).map_or(path, |place| self.real(place))
    }
}

impl Form {
    /// `map(list(string))`, `object(a=string,b=number)`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match Self::start(text)? {
            (form, "") => Some(form),
            _ => None,
        }
    }

    fn start(text: &str) -> Option<(Self, &str)> {
        let end = text.find(['(', ')', ',', '=']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let inner = |rest: &'_ str| -> Option<(Box<Self>, usize)> {
            let (form, left) = Self::start(rest.strip_prefix('(')?)?;
            Some((Box::new(form), rest.len() - left.strip_prefix(')')?.len()))
        };
        Some(match word {
            "string" => (Self::Text, rest),
            "number" => (Self::Number, rest),
            "bool" => (Self::Bool, rest),
            "dynamic" => (Self::Dynamic, rest),
            "list" => inner(rest).map(|(form, end)| (Self::List(form), &rest[end..]))?,
            "set" => inner(rest).map(|(form, end)| (Self::Set(form), &rest[end..]))?,
            "map" => inner(rest).map(|(form, end)| (Self::Map(form), &rest[end..]))?,
            "object" => {
                let mut fields = BTreeMap::new();
                let mut rest = rest.strip_prefix('(')?;
                while !rest.starts_with(')') {
                    let (name, value) = rest.split_once('=')?;
                    let (form, left) = Self::start(value)?;
                    fields.insert(name.to_owned(), form);
                    rest = left.strip_prefix(',').unwrap_or(left);
                }
                (Self::Object(fields), &rest[1..])
            }
            _ => return None,
        })
    }
}
