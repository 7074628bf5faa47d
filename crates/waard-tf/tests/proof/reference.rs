//! References: what in an expression refers to what, and of which type that is.

use hcl::expr::{Expression, ObjectKey, Operation, Traversal, TraversalOperator};
use hcl::template::{Element, Template};

use super::facts::{FACTS, Facts, Form, Item};

/// What a reference refers to: `data`, `aws_vpc`, `main`, and what follows.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) kind: String,
    pub(crate) of: String,
    pub(crate) name: String,
    pub(crate) rest: Vec<TraversalOperator>,
}

impl Reference {
    /// The address, as Terraform writes it.
    pub(crate) fn address(&self) -> String {
        match self.kind.as_str() {
            "resource" => format!("{}.{}", self.of, self.name),
            kind => format!("{kind}.{}.{}", self.of, self.name),
        }
    }

    pub(crate) fn read(traversal: &Traversal) -> Result<Self, String> {
        let Expression::Variable(start) = &traversal.expr else {
            return Err(format!("what does {traversal:?} refer to?"));
        };
        let start = start.as_str().to_owned();
        let mut operators = traversal.operators.iter();
        let mut next = || match operators.next() {
            Some(TraversalOperator::GetAttr(name)) => Ok(name.to_string()),
            other => Err(format!("{start}: {other:?} is no name")),
        };
        let (kind, of) = match start.as_str() {
            "data" | "ephemeral" => (start.clone(), next()?),
            of if of.starts_with("aws_") => ("resource".to_owned(), of.to_owned()),
            other => return Err(format!("there is no `{other}` here")),
        };
        Ok(Self { kind, of, name: next()?, rest: operators.cloned().collect() })
    }

    pub(crate) fn facts(&self) -> Option<&'static Facts> {
        FACTS.get(&(self.kind.clone(), self.of.clone()))
    }

    /// The type of what it refers to, and whether that is a secret.
    pub(crate) fn form(&self) -> Result<(Form, bool), String> {
        let facts = self.facts().ok_or_else(|| format!("there are no facts about {} {}", self.kind, self.of))?;
        let none = |name: &str| format!("{} has no attribute `{name}`", self.of);
        let mut at = At::Block(String::new());
        let mut secret = false;
        for operator in &self.rest {
            at = match (at, operator) {
                (At::Block(path), TraversalOperator::GetAttr(name)) => {
                    let item: &Item = facts.block(&path).get(name.as_str()).ok_or_else(|| none(name))?;
                    secret |= item.sensitive;
                    match &item.form {
                        Form::Block(nesting) if nesting == "single" => At::Block(facts.below(&path, name)),
                        Form::Block(nesting) => At::Blocks(facts.below(&path, name), nesting.clone()),
                        form => At::Form(form.clone()),
                    }
                }
                (At::Blocks(path, nesting), TraversalOperator::Index(Expression::Number(_))) if nesting == "list" => {
                    At::Block(path)
                }
                (At::Form(Form::List(inner)), TraversalOperator::Index(Expression::Number(_)))
                | (
                    At::Form(Form::Map(inner)),
                    TraversalOperator::Index(Expression::String(_)) | TraversalOperator::GetAttr(_),
                ) => At::Form(*inner),
                (At::Form(Form::Object(fields)), TraversalOperator::GetAttr(name)) => {
                    At::Form(fields.get(name.as_str()).cloned().ok_or_else(|| none(name))?)
                }
                (at, operator) => return Err(format!("{}: {at:?} has no {operator:?}", self.address())),
            };
        }
        match at {
            At::Form(form) => Ok((form, secret)),
            At::Block(_) | At::Blocks(..) => Err(format!("{} is no attribute", self.address())),
        }
    }
}

/// Where a reference has got to.
#[derive(Debug)]
enum At {
    Block(String),
    Blocks(String, String),
    Form(Form),
}

/// Every reference in an expression, also in templates.
pub(crate) fn references(expression: &Expression, found: &mut Vec<Result<Reference, String>>) {
    match expression {
        Expression::Array(values) => values.iter().for_each(|value| references(value, found)),
        Expression::Object(pairs) => {
            for (key, value) in pairs {
                if let ObjectKey::Expression(key) = key {
                    references(key, found);
                }
                references(value, found);
            }
        }
        Expression::TemplateExpr(template) => match Template::from_expr(template) {
            Ok(template) => {
                for element in template.elements() {
                    match element {
                        Element::Literal(_) => {}
                        Element::Interpolation(inner) => references(&inner.expr, found),
                        Element::Directive(_) => found.push(Err("a template with a directive".to_owned())),
                    }
                }
            }
            Err(error) => found.push(Err(error.to_string())),
        },
        Expression::Traversal(traversal) => found.push(Reference::read(traversal)),
        Expression::FuncCall(call) => call.args.iter().for_each(|argument| references(argument, found)),
        Expression::Parenthesis(inner) => references(inner, found),
        Expression::ForExpr(each) => {
            references(&each.collection_expr, found);
            let element = match &each.collection_expr {
                Expression::Traversal(of) => match Reference::read(of).and_then(|reference| reference.form()) {
                    Ok((Form::List(inner) | Form::Set(inner), _)) => *inner,
                    _ => Form::Dynamic,
                },
                _ => Form::Dynamic,
            };
            for part in std::iter::once(&each.value_expr).chain(&each.cond_expr) {
                of_element(part, each.value_var.as_str(), &element, found);
            }
        }
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::String(_) => {}
        other => found.push(Err(format!("{other:?} is more than a value or a reference"))),
    }
}

/// The same inside of a loop, where `name` is an element.
fn of_element(expression: &Expression, name: &str, element: &Form, found: &mut Vec<Result<Reference, String>>) {
    match expression {
        Expression::Traversal(of) if matches!(&of.expr, Expression::Variable(start) if start.as_str() == name) => {
            match (element, of.operators.as_slice()) {
                (Form::Object(fields), [TraversalOperator::GetAttr(field)]) if fields.contains_key(field.as_str()) => {}
                (element, operators) => found.push(Err(format!("{element:?} has no {operators:?}"))),
            }
        }
        Expression::Operation(operation) => match &**operation {
            Operation::Binary(both) => {
                of_element(&both.lhs_expr, name, element, found);
                of_element(&both.rhs_expr, name, element, found);
            }
            Operation::Unary(one) => of_element(&one.expr, name, element, found),
        },
        other => references(other, found),
    }
}
