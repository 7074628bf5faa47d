//! Terraform as people write it: blocks, arguments and expressions that know where they stand.
//!
//! `.tf` is read by hcl-edit, `.tf.json` from its JSON; both become the same [`Block`]s. [`Root`](crate::terraform::Root)
//! says what an expression is known to be.

mod expr;
mod json;
mod read;

pub use expr::{Expr, ExprKind, Key, Part, Reference, Step};
pub(crate) use json::{file as json_file, values as json_values};
pub(crate) use read::file;

use crate::place::{Place, Placed};

/// A block: `kind "label" "label" { … }`.
#[derive(Clone, Debug)]
pub struct Block {
    pub(crate) place: Place,
    /// From its head to its closing brace.
    pub(crate) whole: Place,
    /// `resource`, `module`, `ingress`, …
    pub kind: Box<str>,
    /// Its labels.
    pub labels: Vec<Box<str>>,
    /// What stands in it.
    pub body: Body,
}

/// What stands in a block, or in a file.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Arguments, in the order of the file.
    pub arguments: Vec<Argument>,
    /// Blocks, in the order of the file.
    pub blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Clone, Debug)]
pub struct Argument {
    pub(crate) place: Place,
    /// Its name.
    pub name: Box<str>,
    /// Its value.
    pub value: Expr,
}

impl Placed for Block {
    fn place(&self) -> Place {
        self.place
    }
}

impl Placed for Argument {
    fn place(&self) -> Place {
        self.place
    }
}

impl Block {
    /// A label by position.
    pub fn label(&self, position: usize) -> Option<&str> {
        self.labels.get(position).map(|label| &**label)
    }

    /// The type of a resource or data source; `None` for other blocks.
    pub fn resource_type(&self) -> Option<&str> {
        matches!(&*self.kind, "resource" | "data" | "ephemeral").then(|| self.label(0)).flatten()
    }

    /// How Terraform calls it: `aws_vpc.main`, `data.aws_ami.al2023`, `module.network`, `var.name`.
    pub fn address(&self) -> String {
        let labels = self.labels.join(".");
        match &*self.kind {
            "resource" => labels,
            "variable" => format!("var.{labels}"),
            kind if labels.is_empty() => kind.to_owned(),
            kind => format!("{kind}.{labels}"),
        }
    }

    /// The value of an argument.
    pub fn get(&self, name: &str) -> Option<&Expr> {
        self.argument(name).map(|argument| &argument.value)
    }

    /// An argument.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.body.arguments.iter().find(|argument| &*argument.name == name)
    }

    /// The nested blocks of a kind; those that `dynamic` makes are in [`dynamic`](Self::dynamic).
    pub fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Self> {
        self.body.blocks.iter().filter(move |block| &*block.kind == kind)
    }

    /// The first nested block of a kind.
    pub fn block(&self, kind: &str) -> Option<&Self> {
        self.body.blocks.iter().find(|block| &*block.kind == kind)
    }

    /// `dynamic "kind"`: makes a number of blocks that is not known.
    pub fn dynamic(&self, kind: &str) -> Option<&Self> {
        self.body.blocks.iter().find(|block| &*block.kind == "dynamic" && block.label(0) == Some(kind))
    }

    /// Whether a block of the kind is there, or may be.
    pub fn may_have(&self, kind: &str) -> bool {
        self.block(kind).is_some() || self.dynamic(kind).is_some()
    }

    /// Everything that its arguments, and those of its nested blocks, refer to. Names that a `for` or a `dynamic` block
    /// makes are no references, and neither are types, providers, and arguments whose changes are ignored.
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        self.body.references(&self.kind, &mut Vec::new(), &mut found);
        found
    }
}

impl Body {
    fn references<'b>(&'b self, kind: &str, bound: &mut Vec<&'b str>, found: &mut Vec<&'b Reference>) {
        let no_reference = |name: &str| {
            matches!(
                (kind, name),
                ("variable", "type")
                    | ("lifecycle", "ignore_changes")
                    | ("resource" | "data" | "ephemeral", "provider")
                    | ("module", "providers")
            )
        };
        for argument in self.arguments.iter().filter(|argument| !no_reference(&argument.name)) {
            argument.value.collect(bound, found);
        }
        for block in &self.blocks {
            if &*block.kind != "dynamic" {
                block.body.references(&block.kind, bound, found);
                continue;
            }
            let named = block.get("iterator").and_then(Expr::as_reference).and_then(Reference::root);
            let outer = bound.len();
            for argument in block.body.arguments.iter().filter(|argument| &*argument.name == "for_each") {
                argument.value.collect(bound, found);
            }
            bound.push(named.or(block.label(0)).unwrap_or_default());
            for argument in block.body.arguments.iter().filter(|argument| &*argument.name == "labels") {
                argument.value.collect(bound, found);
            }
            for inner in &block.body.blocks {
                inner.body.references(&inner.kind, bound, found);
            }
            bound.truncate(outer);
        }
    }
}
