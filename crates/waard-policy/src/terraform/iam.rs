//! Policies of IAM, as Terraform writes them: `jsonencode`, JSON in a text, and `aws_iam_policy_document`; and as YAML.
//!
//! Source: AWS IAM user guide, "IAM JSON policy elements reference".

use super::{Known, Root};
use crate::hcl::{Block, Expr, ExprKind};
use crate::place::{Place, Placed};
use crate::yaml::Node;

/// A statement of a policy.
#[derive(Clone, Debug)]
pub struct Statement {
    place: Place,
    /// Whether it allows; denies, if not.
    pub allows: bool,
    /// `s3:GetObject`; what isn't known is left out.
    pub actions: Vec<String>,
    /// The actions that it leaves out, where it is about all others (`NotAction`).
    pub other_than: Vec<String>,
    /// The resources; what isn't known is left out.
    pub resources: Vec<String>,
    /// Who: `AWS`, `Service`, `Federated` or `*`, and the name.
    pub principals: Vec<(String, String)>,
    /// What its conditions ask about: `aws:SourceArn`.
    pub conditions: Vec<String>,
    /// Whether a part of it isn't known.
    pub open: bool,
}

impl Placed for Statement {
    fn place(&self) -> Place {
        self.place
    }
}

impl Root {
    /// The statements of the policy that an expression is; `None` if that isn't known.
    pub fn policy(&self, expr: &Expr) -> Option<Vec<Statement>> {
        if let ExprKind::Reference(reference) = &expr.kind
            && reference.root() == Some("data")
            && reference.name(1) == Some("aws_iam_policy_document")
        {
            let document = self.block(&format!("data.aws_iam_policy_document.{}", reference.name(2)?))?;
            return Some(self.policy_document(document));
        }
        if let Some([inner]) = expr.call("jsonencode") {
            let places = inner.get("Statement").map_or(&[][..], Expr::items);
            return statements(&self.known(inner), |at| places.get(at).map_or_else(|| expr.place(), Placed::place));
        }
        let Known::Text(text) = self.known(expr) else { return None };
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        statements(&known(&value), |_| expr.place())
    }

    /// The statements of a data source `aws_iam_policy_document`.
    pub fn policy_document(&self, document: &Block) -> Vec<Statement> {
        let of = |block: &Block| {
            let list = |name: &str| self.argument(block, name).map_or_else(Vec::new, |known| texts(&known));
            let mut principals = Vec::new();
            for principal in block.blocks("principals") {
                let kind = self.text(principal, "type").unwrap_or_default();
                let names = self.argument(principal, "identifiers").map_or_else(Vec::new, |known| texts(&known));
                principals.extend(names.into_iter().map(|name| (kind.clone(), name)));
            }
            let conditions = block.blocks("condition");
            Statement {
                place: block.place(),
                allows: self.text(block, "effect").is_none_or(|effect| effect == "Allow"),
                actions: list("actions"),
                other_than: list("not_actions"),
                resources: list("resources"),
                principals,
                conditions: conditions
                    .map(|condition| self.text(condition, "variable").unwrap_or_else(|| "?".to_owned()))
                    .collect(),
                open: block.dynamic("principals").is_some() || block.dynamic("condition").is_some(),
            }
        };
        document.blocks("statement").map(of).collect()
    }
}

/// The statements of a policy that is written as YAML, as in files of eksctl.
pub(crate) fn policy_of_yaml(policy: &Node) -> Vec<Statement> {
    let places = policy.list("Statement");
    statements(&known_yaml(policy), |at| places.get(at).map_or_else(|| policy.place(), Placed::place))
        .unwrap_or_default()
}

/// YAML as a value of Terraform. The reader bounds the depth.
fn known_yaml(node: &Node) -> Known {
    if node.is_map() {
        let entries = node.entries().iter();
        return Known::Map(entries.map(|entry| (entry.key().to_owned(), known_yaml(entry.value()))).collect());
    }
    if node.is_list() {
        return Known::List(node.items().iter().map(known_yaml).collect());
    }
    node.text().map_or(Known::Null, |text| Known::Text(text.to_owned()))
}

fn statements(policy: &Known, place: impl Fn(usize) -> Place) -> Option<Vec<Statement>> {
    let found = policy.get("Statement")?;
    let items = match found {
        Known::List(items) => items.as_slice(),
        Known::Map(_) => std::slice::from_ref(found),
        _ => return None,
    };
    let of = |(at, known): (usize, &Known)| {
        let list = |key: &str| known.get(key).map_or_else(Vec::new, texts);
        let principals = match known.get("Principal") {
            Some(Known::Map(kinds)) => kinds
                .iter()
                .flat_map(|(kind, names)| texts(names).into_iter().map(move |name| (kind.clone(), name)))
                .collect(),
            Some(other) => texts(other).into_iter().map(|name| ("*".to_owned(), name)).collect(),
            None => Vec::new(),
        };
        let conditions = known.get("Condition").and_then(Known::as_map).into_iter().flat_map(|map| map.values());
        let mut conditions: Vec<String> =
            conditions.filter_map(Known::as_map).flat_map(|map| map.keys().cloned()).collect();
        if matches!(known.get("Condition"), Some(Known::Unknown)) {
            conditions.push("?".to_owned());
        }
        Statement {
            place: place(at),
            allows: known.get("Effect").and_then(Known::as_str) == Some("Allow"),
            actions: list("Action"),
            other_than: list("NotAction"),
            resources: list("Resource"),
            principals,
            conditions,
            open: known.is_unknown(),
        }
    };
    Some(items.iter().enumerate().map(of).collect())
}

fn texts(known: &Known) -> Vec<String> {
    match known {
        Known::Text(text) => vec![text.clone()],
        Known::List(items) => items.iter().filter_map(Known::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// JSON as a value of Terraform. serde_json bounds the depth.
fn known(value: &serde_json::Value) -> Known {
    match value {
        serde_json::Value::Null => Known::Null,
        serde_json::Value::Bool(value) => Known::Bool(*value),
        serde_json::Value::Number(number) => number.as_f64().map_or(Known::Unknown, Known::Number),
        serde_json::Value::String(text) => Known::Text(text.clone()),
        serde_json::Value::Array(items) => Known::List(items.iter().map(known).collect()),
        serde_json::Value::Object(map) => {
            Known::Map(map.iter().map(|(key, value)| (key.clone(), known(value))).collect())
        }
    }
}
