//! Reads the emitted roots back, with the parser of HCL and nothing of the crate itself.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::collections::BTreeMap;

use hcl::expr::Expression;
use proptest::prelude::*;
use serde_json::{Map, Value};
use waard_model::Topology;
use waard_model::strategy;
use waard_model::topology::{Environment, Region};

/// A topology that is shown as its file when a property fails.
pub struct Random(pub Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

pub fn random() -> impl Strategy<Value = Random> {
    strategy::topology().prop_map(Random)
}

pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

pub const WAARDHAVEN: &str = include_str!("../../../../fixtures/waardhaven/waard.yaml");
pub const MINIMAL: &str = include_str!("../../../../fixtures/minimal/waard.yaml");

pub fn topology(text: &str) -> Topology {
    waard_model::source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}")).0
}

/// One block of a root: `resource "aws_x" "label"`, or another.
#[derive(Clone, Debug)]
pub struct Block {
    pub kind: String,
    /// The type and the name, where it has two labels.
    pub of: String,
    pub label: String,
    /// Arguments by name; nested blocks are a list each.
    pub body: Value,
}

/// All blocks of one root.
#[derive(Clone, Debug)]
pub struct Roots(BTreeMap<(String, String), Vec<Block>>);

impl Roots {
    pub fn of(topology: &Topology) -> Self {
        let files = waard_tf::emit(topology);
        Self::read(files.iter().map(|file| (file.path().as_str(), file.text())))
    }

    /// From paths and texts.
    pub fn read<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut roots: BTreeMap<(String, String), Vec<Block>> = BTreeMap::new();
        for (path, text) in files {
            let parts: Vec<&str> = path.split('/').collect();
            let ["terraform", environment, root, name] = parts[..] else { continue };
            if !name.ends_with(".tf") {
                continue;
            }
            let body = hcl::parse(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let blocks = roots.entry((environment.to_owned(), root.to_owned())).or_default();
            for block in body.into_blocks() {
                let mut labels = block.labels.iter().map(|label| label.as_str().to_owned());
                let first = labels.next().unwrap_or_default();
                let (of, label) = labels.next().map_or((String::new(), first.clone()), |second| (first, second));
                blocks.push(Block { kind: block.identifier.to_string(), of, label, body: content(&block.body) });
            }
        }
        Self(roots)
    }

    /// Every root: its environment, its name, its blocks.
    pub fn each(&self) -> impl Iterator<Item = (&str, &str, &[Block])> {
        self.0.iter().map(|((environment, root), blocks)| (environment.as_str(), root.as_str(), blocks.as_slice()))
    }

    /// The blocks of a region's root.
    pub fn region(&self, environment: &Environment, region: &Region) -> &[Block] {
        &self.0[&(environment.name().to_string(), region.name().to_string())]
    }

    /// All resources of a type, with the region that they are in: said by themselves, else that of the root.
    pub fn all<'s>(&'s self, of: &'s str) -> impl Iterator<Item = (&'s str, &'s str, &'s Block)> {
        self.0.iter().flat_map(move |((environment, root), blocks)| {
            resources(blocks, of)
                .map(move |block| (environment.as_str(), block.body["region"].as_str().unwrap_or(root), block))
        })
    }
}

/// The resources of a type among blocks.
pub fn resources<'b>(blocks: &'b [Block], of: &str) -> impl Iterator<Item = &'b Block> + use<'b> {
    let of = of.to_owned();
    blocks.iter().filter(move |block| block.kind == "resource" && block.of == of)
}

pub fn resource<'b>(blocks: &'b [Block], of: &str, label: &str) -> Option<&'b Value> {
    resources(blocks, of).find(|block| block.label == label).map(|block| &block.body)
}

/// What an expression says: `jsonencode(…)` is what is in it, a reference is its text.
fn said(expression: &Expression) -> Value {
    match expression {
        Expression::Null => Value::Null,
        Expression::Bool(value) => Value::Bool(*value),
        Expression::Number(number) => {
            number.as_i64().map_or_else(|| Value::String(number.to_string()), |number| Value::Number(number.into()))
        }
        Expression::String(text) => Value::String(text.clone()),
        Expression::Array(values) => values.iter().map(said).collect(),
        Expression::Object(pairs) => {
            let text = |key: &hcl::expr::ObjectKey| key.to_string().trim_matches('"').to_owned();
            Value::Object(pairs.iter().map(|(key, value)| (text(key), said(value))).collect())
        }
        Expression::FuncCall(call) if call.name.to_string() == "jsonencode" => said(&call.args[0]),
        Expression::TemplateExpr(template) => {
            let quoted = template.to_string();
            Value::String(quoted.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(&quoted).to_owned())
        }
        other => Value::String(hcl::format::to_string(other).unwrap().trim().to_owned()),
    }
}

fn content(body: &hcl::Body) -> Value {
    let mut map = Map::new();
    for attribute in body.attributes() {
        map.insert(attribute.key.to_string(), said(&attribute.expr));
    }
    for block in body.blocks() {
        let list = map.entry(block.identifier.to_string()).or_insert_with(|| Value::Array(Vec::new()));
        list.as_array_mut().unwrap().push(content(&block.body));
    }
    Value::Object(map)
}

/// A list, whether one thing or several are said.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        one => vec![one],
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// True if a region lies where data must stay. Sources: the countries of AWS' regions, AWS Global Infrastructure; London and
/// Zurich are not in the European Union.
pub fn lies_in(region: &str, residency: &str) -> bool {
    match residency {
        "eu" => ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"].contains(&region),
        "us" => region.starts_with("us-"),
        _ => region.starts_with("ap-"),
    }
}
