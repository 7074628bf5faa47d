//! From the text of a `.tf` file to blocks. hcl-edit refuses what is nested so deep that it would run out of stack.

use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure::{Body as RawBody, Structure};
use hcl_edit::template::{Directive, Element, Template};
use hcl_edit::{Span, parser};

use super::expr::{Expr, ExprKind, Key, Part, Reference, Step};
use super::{Argument, Block, Body};
use crate::place::Place;
use crate::yaml::Fault;

/// What stands in a file. If something is no HCL, the blocks that are still make up the body.
pub(crate) fn file(text: &str, file: u32) -> (Body, Vec<Fault>) {
    match parse(text, 0, file) {
        Ok(body) => (body, Vec::new()),
        Err(first) => {
            let mut whole = Body::default();
            let mut faults = Vec::new();
            for (start, chunk) in chunks(text) {
                match parse(chunk, start, file) {
                    Ok(body) => {
                        whole.arguments.extend(body.arguments);
                        whole.blocks.extend(body.blocks);
                    }
                    Err(fault) => faults.push(fault),
                }
            }
            // What reads in parts but not as a whole is wrong where the whole is.
            (whole, if faults.is_empty() { vec![first] } else { faults })
        }
    }
}

fn parse(text: &str, offset: usize, file: u32) -> Result<Body, Fault> {
    match parser::parse_body(text) {
        Ok(body) => Ok(Reader { file, offset, whole: None }.body(&body)),
        Err(error) => {
            let mut at = error.location().offset().min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |next| at + next.len_utf8());
            Err(Fault {
                place: Place::new(file, offset + at..offset + end),
                message: format!("this is not HCL: {}", error.message().replace(['\n', '\r'], " ")),
                help: "check brackets, quotes and `=` up to here".to_owned(),
            })
        }
    }
}

/// The parts of a text that start with a name in the first column, which is how blocks start when files are formatted.
fn chunks(text: &str) -> Vec<(usize, &str)> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| Some((*start, text.get(*start..end)?))).collect()
}

/// The parts of a template that stands in JSON, all at the place of the whole text.
pub(super) fn template(text: &str, place: Place) -> Option<ExprKind> {
    let template = parser::parse_template(text).ok()?;
    Some(Reader { file: place.file, offset: 0, whole: Some(place) }.template(&template))
}

struct Reader {
    file: u32,
    offset: usize,
    /// Stands for every place, where there are none of their own.
    whole: Option<Place>,
}

impl Reader {
    fn place(&self, of: &impl Span) -> Place {
        if let Some(whole) = self.whole {
            return whole;
        }
        let span = of.span().unwrap_or(0..0);
        Place::new(self.file, self.offset + span.start..self.offset + span.end)
    }

    fn body(&self, raw: &RawBody) -> Body {
        let mut body = Body::default();
        for structure in raw {
            match structure {
                Structure::Attribute(attribute) => body.arguments.push(Argument {
                    place: self.place(&attribute.key),
                    name: attribute.key.as_str().into(),
                    value: self.expr(&attribute.value),
                }),
                Structure::Block(block) => {
                    let start = self.place(&block.ident);
                    let end = block.labels.last().map_or(start, |label| match label {
                        hcl_edit::structure::BlockLabel::Ident(label) => self.place(label),
                        hcl_edit::structure::BlockLabel::String(label) => self.place(label),
                    });
                    body.blocks.push(Block {
                        place: Place { file: start.file, start: start.start, end: end.end.max(start.end) },
                        whole: self.place(block),
                        kind: block.ident.as_str().into(),
                        labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
                        body: self.body(&block.body),
                    });
                }
            }
        }
        body
    }

    fn expr(&self, raw: &Expression) -> Expr {
        Expr { place: self.place(raw), kind: self.kind(raw) }
    }

    fn kind(&self, raw: &Expression) -> ExprKind {
        match raw {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(value) => value.value().as_f64().map_or(ExprKind::Other(Vec::new()), ExprKind::Number),
            Expression::String(value) => ExprKind::Text(value.as_str().into()),
            Expression::Array(items) => ExprKind::List(items.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => {
                ExprKind::Object(object.iter().map(|(key, value)| (self.key(key), self.expr(value.expr()))).collect())
            }
            Expression::StringTemplate(template) => self.template(template),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template),
            Expression::Parenthesis(inner) => self.kind(inner.inner()),
            Expression::Variable(name) => {
                ExprKind::Reference(Reference { place: self.place(raw), steps: vec![Step::Name(name.as_str().into())] })
            }
            Expression::Conditional(inner) => ExprKind::Conditional(Box::new([
                self.expr(&inner.cond_expr),
                self.expr(&inner.true_expr),
                self.expr(&inner.false_expr),
            ])),
            Expression::FuncCall(call) => {
                let namespace = call.name.namespace.iter().map(|part| format!("{}::", part.as_str()));
                let name: String = namespace.chain([call.name.name.as_str().to_owned()]).collect();
                ExprKind::Call { name: name.into(), args: call.args.iter().map(|arg| self.expr(arg)).collect() }
            }
            Expression::Traversal(traversal) => self.traversal(&traversal.expr, &traversal.operators, self.place(raw)),
            Expression::UnaryOp(op) => ExprKind::Other(vec![self.expr(&op.expr)]),
            Expression::BinaryOp(op) => ExprKind::Other(vec![self.expr(&op.lhs_expr), self.expr(&op.rhs_expr)]),
            Expression::ForExpr(each) => {
                let names = each.intro.key_var.iter().chain([&each.intro.value_var]);
                let mut results: Vec<Expr> = each.key_expr.iter().map(|expr| self.expr(expr)).collect();
                results.push(self.expr(&each.value_expr));
                results.extend(each.cond.iter().map(|cond| self.expr(&cond.expr)));
                ExprKind::For {
                    names: names.map(|name| name.as_str().into()).collect(),
                    collection: Box::new(self.expr(&each.intro.collection_expr)),
                    results,
                    object: each.key_expr.is_some(),
                }
            }
        }
    }

    fn key(&self, raw: &ObjectKey) -> Key {
        match raw {
            ObjectKey::Ident(name) => Key { place: self.place(name), text: Some(name.as_str().into()), computed: None },
            ObjectKey::Expression(expr) => {
                let read = self.expr(expr);
                match &read.kind {
                    ExprKind::Text(text) => Key { place: read.place, text: Some(text.clone()), computed: None },
                    // Without parentheses a name is a text; with them it is a reference.
                    ExprKind::Reference(reference)
                        if reference.steps.len() == 1 && !matches!(expr, Expression::Parenthesis(_)) =>
                    {
                        Key { place: read.place, text: reference.root().map(Into::into), computed: None }
                    }
                    _ => Key { place: read.place, text: None, computed: Some(Box::new(read)) },
                }
            }
        }
    }

    fn traversal(
        &self,
        base: &Expression,
        operators: &[hcl_edit::Decorated<TraversalOperator>],
        place: Place,
    ) -> ExprKind {
        let base = self.kind(base);
        let mut steps = match base {
            ExprKind::Reference(reference) => reference.steps,
            other => return ExprKind::Other(vec![Expr { place, kind: other }]),
        };
        for operator in operators {
            steps.push(match operator.value() {
                TraversalOperator::GetAttr(name) => Step::Name(name.as_str().into()),
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Step::Splat,
                TraversalOperator::LegacyIndex(index) => Step::Index(*index.value()),
                TraversalOperator::Index(expr) => {
                    let read = self.expr(expr);
                    match read.kind {
                        ExprKind::Text(text) => Step::Key(text),
                        #[expect(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "it is whole and small"
                        )]
                        ExprKind::Number(number) if number.fract() == 0.0 && (0.0..1e15).contains(&number) => {
                            Step::Index(number as u64)
                        }
                        _ => Step::Computed(Box::new(read)),
                    }
                }
            });
        }
        ExprKind::Reference(Reference { place, steps })
    }

    fn template(&self, template: &Template) -> ExprKind {
        let mut parts = Vec::new();
        for element in template {
            match element {
                Element::Literal(text) => parts.push(Part::Text(text.as_str().into())),
                Element::Interpolation(inner) => parts.push(Part::Value(self.expr(&inner.expr))),
                Element::Directive(directive) => {
                    let mut inner = Vec::new();
                    self.directive(directive, &mut inner);
                    parts.push(Part::Directive(inner));
                }
            }
        }
        match &parts[..] {
            [] => ExprKind::Text("".into()),
            [Part::Text(text)] => ExprKind::Text(text.clone()),
            // `"${var.x}"` is `var.x`.
            [Part::Value(expr)] => expr.kind.clone(),
            _ => ExprKind::Template(parts),
        }
    }

    fn directive(&self, directive: &Directive, found: &mut Vec<Expr>) {
        match directive {
            Directive::If(inner) => {
                found.push(self.expr(&inner.if_expr.cond_expr));
                self.nested(&inner.if_expr.template, found);
                if let Some(otherwise) = &inner.else_expr {
                    self.nested(&otherwise.template, found);
                }
            }
            Directive::For(inner) => {
                let start = &inner.for_expr;
                let names = start.key_var.iter().chain([&start.value_var]).map(|name| name.as_str().into()).collect();
                let mut results = Vec::new();
                self.nested(&start.template, &mut results);
                let collection = self.expr(&start.collection_expr);
                let place = collection.place;
                let kind = ExprKind::For { names, collection: Box::new(collection), results, object: false };
                found.push(Expr { place, kind });
            }
        }
    }

    fn nested(&self, template: &Template, found: &mut Vec<Expr>) {
        for element in template {
            match element {
                Element::Literal(_) => {}
                Element::Interpolation(inner) => found.push(self.expr(&inner.expr)),
                Element::Directive(directive) => self.directive(directive, found),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_arguments_and_references_are_placed() {
        let text =
            "resource \"aws_vpc\" \"main\" {\n  cidr_block = var.cidr\n  tags = { Name = \"x-${each.key}\" }\n}\n";
        let (body, faults) = file(text, 0);
        assert!(faults.is_empty(), "{faults:?}");
        let vpc = &body.blocks[0];
        assert_eq!(
            (vpc.address().as_str(), &text[vpc.place.span()]),
            ("aws_vpc.main", "resource \"aws_vpc\" \"main\"")
        );
        let found: Vec<String> = vpc.references().iter().map(|reference| reference.dotted()).collect();
        assert_eq!(found, ["var.cidr", "each.key"]);
        assert_eq!(&text[vpc.get("cidr_block").unwrap().place.span()], "var.cidr");
    }

    #[test]
    fn names_that_for_and_dynamic_make_are_no_references() {
        let text = "locals {\n  a = [for k, v in var.m : v.x if k != local.b]\n}\nresource \"t\" \"n\" {\n  dynamic \"setting\" {\n    for_each = local.s\n    content {\n      name = setting.value\n    }\n  }\n}\n";
        let (body, _) = file(text, 0);
        let found: Vec<String> = body.blocks.iter().flat_map(Block::references).map(Reference::dotted).collect();
        assert_eq!(found, ["var.m", "local.b", "local.s"]);
    }

    #[test]
    fn what_is_broken_leaves_the_rest() {
        let text = "variable \"a\" {}\nresource \"x\" {\n  y = = 1\n}\nvariable \"b\" {}\n";
        let (body, faults) = file(text, 0);
        assert_eq!(faults.len(), 1);
        assert_eq!(body.blocks.iter().map(Block::address).collect::<Vec<_>>(), ["var.a", "var.b"]);
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let (_, faults) = file(&format!("a = {}", "[".repeat(100_000)), 0);
        assert_eq!(faults.len(), 1);
        let (_, faults) = file(&format!("a = {}true", "!".repeat(100_000)), 0);
        assert_eq!(faults.len(), 1);
        // Brackets in texts and comments don't count, whichever way they point.
        let (_, faults) = file(&format!("a = {}", "[ # ]\n".repeat(100_000)), 0);
        assert_eq!(faults.len(), 1);
        let (_, faults) = file(&format!("a = \"{}\"\n", "(".repeat(1_000)), 0);
        assert!(faults.is_empty(), "{faults:?}");
        let (_, faults) = file(&format!("# {}\na = 1\n", "-".repeat(1_000)), 0);
        assert!(faults.is_empty());
    }
}
