//! `.tf.json`: the same blocks, written as JSON.
//!
//! Source: <https://developer.hashicorp.com/terraform/language/syntax/json>. Whether an object inside of a block is an
//! argument or a nested block, only the provider's schema says: it is given as both.

use super::expr::{Expr, ExprKind, Key};
use super::read::template;
use super::{Argument, Block, Body};
use crate::place::Place;
use crate::yaml::{Entry, Fault, Node, Scalar, documents};

/// What stands in a file.
pub(crate) fn file(text: &str, file: u32) -> (Body, Vec<Fault>) {
    // JSON is YAML, and read so with places.
    let (documents, faults) = documents(text, file);
    let mut body = Body::default();
    for document in &documents {
        for entry in document.root.entries() {
            top(entry, &mut body);
        }
    }
    (body, faults)
}

/// What stands in a file of values: each key is a variable.
pub(crate) fn values(text: &str, file: u32) -> (Body, Vec<Fault>) {
    let (documents, faults) = documents(text, file);
    let arguments = documents.iter().flat_map(|document| inside(&document.root).arguments).collect();
    (Body { arguments, ..Body::default() }, faults)
}

/// How many labels a block of the top level has.
fn labels(kind: &str) -> usize {
    match kind {
        "resource" | "data" | "ephemeral" => 2,
        "variable" | "output" | "module" | "provider" | "check" => 1,
        _ => 0,
    }
}

fn top(entry: &Entry, body: &mut Body) {
    labelled(entry, entry.key(), labels(entry.key()), &mut Vec::new(), &entry.value, body);
}

fn labelled<'n>(
    entry: &'n Entry,
    kind: &str,
    missing: usize,
    found: &mut Vec<&'n str>,
    value: &'n Node,
    body: &mut Body,
) {
    if value.is_list() {
        for item in value.items() {
            labelled(entry, kind, missing, found, item, body);
        }
    } else if missing == 0 {
        body.blocks.push(Block {
            place: entry.key_place(),
            whole: Place { end: value.place.end, ..entry.key_place() },
            kind: kind.into(),
            labels: found.iter().map(|label| (*label).into()).collect(),
            body: inside(value),
        });
    } else {
        for next in value.entries() {
            found.push(next.key());
            labelled(next, kind, missing - 1, found, &next.value, body);
            found.pop();
        }
    }
}

fn inside(value: &Node) -> Body {
    let mut body = Body::default();
    for entry in value.entries().iter().filter(|entry| entry.key() != "//") {
        let nested: Vec<&Node> = if entry.value.is_map() {
            vec![&entry.value]
        } else {
            entry.value.items().iter().filter(|item| item.is_map()).collect()
        };
        for block in nested {
            body.blocks.push(Block {
                place: entry.key_place(),
                whole: Place { end: block.place.end, ..entry.key_place() },
                kind: entry.key().into(),
                labels: Vec::new(),
                body: inside(block),
            });
        }
        body.arguments.push(Argument { place: entry.key_place(), name: entry.key().into(), value: expr(&entry.value) });
    }
    body
}

fn expr(node: &Node) -> Expr {
    let kind = match node.scalar() {
        None if node.is_list() => ExprKind::List(node.items().iter().map(expr).collect()),
        None => ExprKind::Object(
            node.entries()
                .iter()
                .map(|entry| {
                    let key = Key { place: entry.key_place(), text: Some(entry.key().into()), computed: None };
                    (key, expr(&entry.value))
                })
                .collect(),
        ),
        Some(Scalar::Null) => ExprKind::Null,
        Some(Scalar::Bool(value)) => ExprKind::Bool(value),
        #[expect(clippy::cast_precision_loss, reason = "Terraform's numbers are floats here")]
        Some(Scalar::Int(value)) => ExprKind::Number(value as f64),
        Some(Scalar::Float(value)) => ExprKind::Number(value),
        Some(Scalar::Text(text)) if text.contains("${") || text.contains("%{") => {
            template(text, node.place).unwrap_or_else(|| ExprKind::Other(Vec::new()))
        }
        Some(Scalar::Text(text)) => ExprKind::Text(text.into()),
    };
    Expr { place: node.place, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_makes_the_same_blocks() {
        let text = r#"{"resource": {"aws_vpc": {"main": {"cidr_block": "${var.cidr}"}}}, "variable": {"cidr": {}}}"#;
        let (body, faults) = file(text, 0);
        assert!(faults.is_empty());
        let found: Vec<String> = body.blocks.iter().map(Block::address).collect();
        assert_eq!(found, ["aws_vpc.main", "var.cidr"]);
        assert_eq!(body.blocks[0].references()[0].dotted(), "var.cidr");
    }
}
