//! One root against the facts: every block, argument and reference of it.

use std::collections::{BTreeMap, BTreeSet};

use hcl::expr::{Expression, ObjectKey, TraversalOperator};
use hcl::{Block, Body, Structure};

use super::facts::{FACTS, Facts, Form};
use super::reference::{Reference, references};

/// Blocks that stand at the top of a file, with the number of their labels.
const TOP: [(&str, usize); 6] =
    [("data", 2), ("ephemeral", 2), ("output", 1), ("provider", 1), ("resource", 2), ("terraform", 0)];

/// Settings of the backend, which belongs to Terraform: source: Terraform documentation, "Backend Type: s3".
const BACKEND: [(&str, Form); 6] = [
    ("bucket", Form::Text),
    ("encrypt", Form::Bool),
    ("key", Form::Text),
    ("kms_key_id", Form::Text),
    ("region", Form::Text),
    ("use_lockfile", Form::Bool),
];

/// Booleans that the provider has as text, so that they can also be unset; Terraform turns a boolean into such a text.
/// Sources: Terraform documentation, "Types and Values", "Type Conversion"; the provider's `nullable.TypeNullableBool`.
pub(crate) const BOOLEANS: [(&str, &str); 4] = [
    ("aws_elasticache_replication_group", "at_rest_encryption_enabled"),
    ("aws_elasticache_replication_group", "auto_minor_version_upgrade"),
    ("aws_launch_template", "block_device_mappings.ebs.delete_on_termination"),
    ("aws_launch_template", "block_device_mappings.ebs.encrypted"),
];

/// Functions that may be called, and what they give.
fn function(name: &str) -> Option<Form> {
    match name {
        "base64encode" | "jsonencode" | "replace" | "trimsuffix" => Some(Form::Text),
        // What a list of one holds.
        "one" => Some(Form::Dynamic),
        "sort" | "tolist" => Some(Form::List(Box::new(Form::Text))),
        _ => None,
    }
}

/// All that is wrong with a root, given its files.
pub(crate) fn faults(files: &[(String, Body)]) -> Vec<String> {
    let mut judge = Judge::default();
    for (file, body) in files {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => judge.say(file, format!("`{}` stands in no block", attribute.key())),
                Structure::Block(block) => judge.top(file, block),
            }
        }
    }
    for (kind, need) in [("terraform", 1), ("provider", 1)] {
        let count = files.iter().flat_map(|(_, body)| body.blocks()).filter(|block| block.identifier() == kind).count();
        if count != need {
            judge.found.push(format!("{count} blocks `{kind}`"));
        }
    }
    judge.close();
    judge.found
}

/// The address of a block that has one.
pub(crate) fn address(block: &Block) -> String {
    let labels = block.labels().iter().map(hcl::BlockLabel::as_str);
    let kind = (block.identifier() != "resource").then(|| block.identifier());
    kind.into_iter().chain(labels).collect::<Vec<_>>().join(".")
}

/// The value of an argument.
pub(crate) fn argument<'b>(body: &'b Body, name: &str) -> Option<&'b Expression> {
    body.attributes().find(|attribute| attribute.key() == name).map(hcl::Attribute::expr)
}

#[derive(Default)]
struct Judge {
    found: Vec<String>,
    /// Every address, and what it refers to.
    uses: BTreeMap<String, BTreeSet<String>>,
    /// Which address refers to which, for what can only be said at the end.
    open: Vec<(String, Reference)>,
}

impl Judge {
    fn say(&mut self, at: &str, fault: impl std::fmt::Display) {
        self.found.push(format!("{at}: {fault}"));
    }

    fn top(&mut self, file: &str, block: &Block) {
        let at = address(block);
        let kind = block.identifier();
        let Some((_, labels)) = TOP.iter().find(|(name, _)| *name == kind) else {
            return self.say(file, format!("what is a block `{kind}`?"));
        };
        if block.labels().len() != *labels {
            return self.say(&at, format!("{} labels", block.labels().len()));
        }
        if self.uses.insert(at.clone(), BTreeSet::new()).is_some() {
            self.say(&at, "is there twice");
        }
        match kind {
            "terraform" => self.terraform(&at, block.body()),
            "output" => self.output(&at, block.body()),
            _ => {
                let of = block.labels()[0].as_str();
                match FACTS.get(&(kind.to_owned(), of.to_owned())) {
                    Some(facts) => self.block(facts, "", &at, &at, block.body()),
                    None => self
                        .say(&at, format!("there are no facts about {kind} {of}: run `cargo xtask provider-schema`")),
                }
            }
        }
    }

    fn terraform(&mut self, at: &str, body: &Body) {
        for attribute in body.attributes() {
            if attribute.key() == "required_version" {
                self.value(at, at, &Form::Text, attribute.expr());
            } else {
                self.say(at, format!("no argument `{}`", attribute.key()));
            }
        }
        for block in body.blocks() {
            match block.identifier() {
                "required_providers" => {
                    let form = Form::Map(Box::new(Form::Text));
                    block.body().attributes().for_each(|attribute| self.value(at, at, &form, attribute.expr()));
                }
                "backend" if block.labels().first().is_some_and(|label| label.as_str() == "s3") => {
                    for attribute in block.body().attributes() {
                        match BACKEND.iter().find(|(name, _)| *name == attribute.key()) {
                            Some((_, form)) => self.value(at, at, form, attribute.expr()),
                            None => self.say(at, format!("backend: no argument `{}`", attribute.key())),
                        }
                    }
                    for (name, _) in BACKEND {
                        if argument(block.body(), name).is_none() {
                            self.say(at, format!("backend: `{name}` is missing"));
                        }
                    }
                }
                other => self.say(at, format!("no block `{other}`")),
            }
        }
    }

    fn output(&mut self, at: &str, body: &Body) {
        for attribute in body.attributes() {
            let form = match attribute.key() {
                "description" => Form::Text,
                "sensitive" => Form::Bool,
                "value" => Form::Dynamic,
                other => {
                    self.say(at, format!("no argument `{other}`"));
                    continue;
                }
            };
            self.value(at, at, &form, attribute.expr());
        }
        let Some(value) = argument(body, "value") else {
            return self.say(at, "`value` is missing");
        };
        let mut found = Vec::new();
        references(value, &mut found);
        let secret = found.into_iter().flatten().any(|reference| reference.form().is_ok_and(|(_, secret)| secret));
        if secret && argument(body, "sensitive") != Some(&Expression::Bool(true)) {
            self.say(at, "gives away a sensitive value");
        }
    }

    /// A block, at a path of the facts.
    fn block(&mut self, facts: &Facts, path: &str, top: &str, at: &str, body: &Body) {
        let items = facts.block(path);
        let mut seen = BTreeSet::new();
        for attribute in body.attributes() {
            let (name, here) = (attribute.key(), format!("{at}.{}", attribute.key()));
            seen.insert(name);
            let Some(item) = items.get(name) else {
                match name {
                    "depends_on" if path.is_empty() => self.depends_on(top, attribute.expr()),
                    _ => self.say(at, format!("no argument `{name}`")),
                }
                continue;
            };
            if matches!(item.form, Form::Block(_)) {
                self.say(&here, "is a block, not an argument");
            } else if !item.required && !item.optional {
                self.say(&here, "is decided by the provider");
            } else if item.deprecated {
                self.say(&here, "is deprecated");
            } else if item.form == Form::Text && matches!(attribute.expr(), Expression::Bool(_)) {
                let of = (facts.head["type"].as_str(), facts.below(path, name));
                if !BOOLEANS.iter().any(|(known, argument)| of == (*known, (*argument).to_owned())) {
                    self.say(&here, "a Bool, where a Text belongs");
                }
            } else {
                self.value(top, &here, &item.form, attribute.expr());
            }
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for block in body.blocks() {
            let (name, here) = (block.identifier(), format!("{at}.{}", block.identifier()));
            if name == "lifecycle" && path.is_empty() && !items.contains_key(name) {
                self.lifecycle(facts, &here, block.body());
                continue;
            }
            match items.get(name) {
                Some(item) if matches!(item.form, Form::Block(_)) => {
                    if item.deprecated {
                        self.say(&here, "is deprecated");
                    }
                    *counts.entry(name).or_default() += 1;
                    self.block(facts, &facts.below(path, name), top, &here, block.body());
                }
                Some(_) => self.say(&here, "is an argument, not a block"),
                None => self.say(at, format!("no block `{name}`")),
            }
        }
        for (name, item) in items {
            if item.required && !seen.contains(name.as_str()) {
                self.say(at, format!("`{name}` is missing"));
            }
            if let Form::Block(nesting) = &item.form {
                let count = counts.get(name.as_str()).copied().unwrap_or_default();
                let most = item.max.or((nesting == "single").then_some(1)).unwrap_or(usize::MAX);
                if count < item.min || count > most {
                    self.say(at, format!("{count} blocks `{name}`"));
                }
            }
        }
    }

    fn depends_on(&mut self, top: &str, value: &Expression) {
        let mut found = Vec::new();
        references(value, &mut found);
        for reference in found {
            match reference {
                Ok(reference) if reference.rest.is_empty() => self.open.push((top.to_owned(), reference)),
                Ok(reference) => self.say(top, format!("depends on an attribute of {}", reference.address())),
                Err(fault) => self.say(top, fault),
            }
        }
    }

    fn lifecycle(&mut self, facts: &Facts, at: &str, body: &Body) {
        for attribute in body.attributes() {
            match (attribute.key(), attribute.expr()) {
                ("create_before_destroy" | "prevent_destroy", Expression::Bool(_)) => {}
                ("ignore_changes", Expression::Array(names)) => {
                    for name in names {
                        if let Err(fault) = ignored(facts, name) {
                            self.say(at, fault);
                        }
                    }
                }
                (name, _) => self.say(at, format!("no argument `{name}`, or another value")),
            }
        }
        if let Some(block) = body.blocks().next() {
            self.say(at, format!("no block `{}`", block.identifier()));
        }
    }

    /// The value of an argument: of its type, and referring to what is there.
    fn value(&mut self, top: &str, at: &str, form: &Form, value: &Expression) {
        if let Err(fault) = fits(form, value) {
            self.say(at, fault);
        }
        let mut found = Vec::new();
        references(value, &mut found);
        for reference in found {
            match reference {
                Ok(reference) => self.open.push((top.to_owned(), reference)),
                Err(fault) => self.say(at, fault),
            }
        }
    }

    /// What refers to what.
    fn close(&mut self) {
        for (from, reference) in std::mem::take(&mut self.open) {
            let to = reference.address();
            if !self.uses.contains_key(&to) {
                self.say(&from, format!("{to} is not in this root"));
                continue;
            }
            if !reference.rest.is_empty()
                && let Err(fault) = reference.form()
            {
                self.say(&from, fault);
            }
            self.uses.entry(from).or_default().insert(to);
        }
        // What nothing of the rest refers to any more goes, until nothing goes.
        let mut left = self.uses.clone();
        loop {
            let free: Vec<String> = left
                .iter()
                .filter(|(_, uses)| uses.iter().all(|to| !left.contains_key(to)))
                .map(|(at, _)| at.clone())
                .collect();
            if free.is_empty() {
                break;
            }
            for at in &free {
                left.remove(at);
            }
        }
        if !left.is_empty() {
            let names: Vec<&str> = left.keys().map(String::as_str).collect();
            self.found.push(format!("a circle: {}", names.join(", ")));
        }
    }
}

/// Whether `ignore_changes` names an argument.
fn ignored(facts: &Facts, name: &Expression) -> Result<(), String> {
    let (start, operators) = match name {
        Expression::Variable(name) => (name.as_str(), [].as_slice()),
        Expression::Traversal(traversal) => match &traversal.expr {
            Expression::Variable(name) => (name.as_str(), traversal.operators.as_slice()),
            other => return Err(format!("what is {other:?}?")),
        },
        other => return Err(format!("what is {other:?}?")),
    };
    let mut path = String::new();
    let names = std::iter::once(start).chain(operators.iter().filter_map(|operator| match operator {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    }));
    for name in names {
        let item = facts.block(&path).get(name).ok_or_else(|| format!("ignores `{name}`, which isn't there"))?;
        match item.form {
            Form::Block(_) => path = facts.below(&path, name),
            // Keys of a map, such as one tag, are nobody's to know.
            _ => break,
        }
    }
    Ok(())
}

/// Whether a value is one of a type. Terraform would turn numbers into text; who wrote them meant something else.
fn fits(form: &Form, value: &Expression) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}, where a {form:?} belongs"));
    match (form, value) {
        (Form::Dynamic, _) | (_, Expression::Traversal(_) | Expression::FuncCall(_)) => {}
        (Form::Text, Expression::String(_) | Expression::TemplateExpr(_))
        | (Form::Number, Expression::Number(_))
        | (Form::Bool, Expression::Bool(_)) => return Ok(()),
        (Form::List(inner), Expression::Array(values)) => {
            return values.iter().try_for_each(|value| fits(inner, value));
        }
        (Form::Set(inner), Expression::Array(values)) => {
            let all: BTreeSet<String> = values.iter().map(|value| format!("{value:?}")).collect();
            if all.len() < values.len() {
                return wrong("the same thing twice");
            }
            return values.iter().try_for_each(|value| fits(inner, value));
        }
        (Form::Map(inner), Expression::Object(pairs)) => {
            let all: BTreeSet<String> = pairs.keys().map(key).collect();
            if all.len() < pairs.len() {
                return wrong("a key twice");
            }
            return pairs.values().try_for_each(|value| fits(inner, value));
        }
        (Form::Object(fields), Expression::Object(pairs)) => {
            let all: BTreeSet<String> = pairs.keys().map(key).collect();
            if !all.iter().eq(fields.keys()) {
                return wrong(&format!("fields {all:?}"));
            }
            return pairs.iter().try_for_each(|(name, value)| fits(&fields[&key(name)], value));
        }
        (_, value) => return wrong(&format!("{value:?}")),
    }
    // What is known of its type must go together with what is wanted.
    let known = match value {
        Expression::FuncCall(call) => {
            let name = call.name.name.as_str();
            function(name).ok_or_else(|| format!("what does the function `{name}` give? Add it to the judge"))?
        }
        Expression::Traversal(traversal) => match Reference::read(traversal).and_then(|reference| reference.form()) {
            Ok((form, _)) => form,
            // Said already, where references are looked at.
            Err(_) => return Ok(()),
        },
        _ => return Ok(()),
    };
    if goes(&known, form) { Ok(()) } else { wrong(&format!("a {known:?}")) }
}

/// Whether Terraform takes one type for the other, without turning one into text.
fn goes(from: &Form, to: &Form) -> bool {
    match (from, to) {
        (Form::List(a) | Form::Set(a), Form::List(b) | Form::Set(b)) | (Form::Map(a), Form::Map(b)) => goes(a, b),
        // A version of a launch template is a number there and text where it is used.
        (Form::Dynamic, _) | (_, Form::Dynamic) | (Form::Number, Form::Text) => true,
        (from, to) => from == to,
    }
}

fn key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Expression(Expression::String(text)) => text.clone(),
        other => other.to_string(),
    }
}
