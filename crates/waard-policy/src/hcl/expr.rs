//! Expressions, and what they refer to.

use crate::place::{Place, Placed};

/// An expression and where it stands.
#[derive(Clone, Debug)]
pub struct Expr {
    pub(crate) place: Place,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `1`, `0.5`
    Number(f64),
    /// A text in which nothing is inserted.
    Text(Box<str>),
    /// A text in which something is inserted.
    Template(Vec<Part>),
    /// `[…]`
    List(Vec<Expr>),
    /// `{…}`
    Object(Vec<(Key, Expr)>),
    /// `var.name`, `aws_vpc.main.id`, `each.key`
    Reference(Reference),
    /// `name(…)`
    Call {
        /// The function, with its namespace: `provider::aws::arn_parse`.
        name: Box<str>,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `condition ? then : otherwise`
    Conditional(Box<[Expr; 3]>),
    /// `[for … in collection : …]`, `{for …}`
    For {
        /// The names that it makes.
        names: Vec<Box<str>>,
        /// What it goes through.
        collection: Box<Expr>,
        /// What it makes of it: key, value and condition, those that are there.
        results: Vec<Expr>,
        /// Whether it makes an object.
        object: bool,
    },
    /// Operators, and what is looked up in the result of an expression: what it is, is not known.
    Other(Vec<Expr>),
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Part {
    /// Text that stands for itself.
    Text(Box<str>),
    /// `${…}`
    Value(Expr),
    /// `%{…}`, with the expressions in it.
    Directive(Vec<Expr>),
}

/// A key of an object.
#[derive(Clone, Debug)]
pub struct Key {
    pub(crate) place: Place,
    /// Its text; `None` if it is computed.
    pub text: Option<Box<str>>,
    /// The expression that computes it.
    pub computed: Option<Box<Expr>>,
}

/// Something that an expression refers to.
#[derive(Clone, Debug)]
pub struct Reference {
    pub(crate) place: Place,
    /// The steps: `aws_vpc.main["a"].id` has four.
    pub steps: Vec<Step>,
}

/// A step of a reference.
#[derive(Clone, Debug)]
pub enum Step {
    /// `.name`, or the first name
    Name(Box<str>),
    /// `["key"]`
    Key(Box<str>),
    /// `[0]`
    Index(u64),
    /// `[*]`, `.*`
    Splat,
    /// `[expression]`
    Computed(Box<Expr>),
}

impl Placed for Expr {
    fn place(&self) -> Place {
        self.place
    }
}

impl Placed for Key {
    fn place(&self) -> Place {
        self.place
    }
}

impl Placed for Reference {
    fn place(&self) -> Place {
        self.place
    }
}

impl Reference {
    /// The first name: `var`, `aws_vpc`, `each`.
    pub fn root(&self) -> Option<&str> {
        self.name(0)
    }

    /// The name at a position; `None` if another kind of step stands there.
    pub fn name(&self, position: usize) -> Option<&str> {
        match self.steps.get(position) {
            Some(Step::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// The names that it starts with, joined by dots: `aws_vpc.main`.
    pub fn dotted(&self) -> String {
        let names: Vec<&str> = (0..self.steps.len()).map_while(|position| self.name(position)).collect();
        names.join(".")
    }
}

impl Expr {
    /// A text without anything inserted.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A reference, and nothing else.
    pub fn as_reference(&self) -> Option<&Reference> {
        match &self.kind {
            ExprKind::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// The items of a list that is written out; empty for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            ExprKind::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of an object that is written out; empty for anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.kind {
            ExprKind::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key of an object that is written out.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(found, _)| found.text.as_deref() == Some(key)).map(|(_, value)| value)
    }

    /// The arguments of a call of that function.
    pub fn call(&self, function: &str) -> Option<&[Self]> {
        match &self.kind {
            ExprKind::Call { name, args } if &**name == function => Some(args),
            _ => None,
        }
    }

    /// Everything that it refers to.
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    /// The expressions directly inside of it, except for those of `for`, which bind names.
    fn inner(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Template(parts) => parts
                .iter()
                .flat_map(|part| match part {
                    Part::Text(_) => &[],
                    Part::Value(expr) => std::slice::from_ref(expr),
                    Part::Directive(inner) => inner.as_slice(),
                })
                .collect(),
            ExprKind::List(inner) | ExprKind::Other(inner) | ExprKind::Call { args: inner, .. } => {
                inner.iter().collect()
            }
            ExprKind::Object(entries) => {
                entries.iter().flat_map(|(key, value)| key.computed.as_deref().into_iter().chain([value])).collect()
            }
            ExprKind::Conditional(inner) => inner.iter().collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn collect<'e>(&'e self, bound: &mut Vec<&'e str>, found: &mut Vec<&'e Reference>) {
        match &self.kind {
            ExprKind::Reference(reference) => {
                if !reference.root().is_some_and(|root| bound.contains(&root)) {
                    found.push(reference);
                }
                for step in &reference.steps {
                    if let Step::Computed(expr) = step {
                        expr.collect(bound, found);
                    }
                }
            }
            ExprKind::For { names, collection, results, .. } => {
                collection.collect(bound, found);
                let before = bound.len();
                bound.extend(names.iter().map(|name| &**name));
                for result in results {
                    result.collect(bound, found);
                }
                bound.truncate(before);
            }
            _ => {
                for inner in self.inner() {
                    inner.collect(bound, found);
                }
            }
        }
    }
}
