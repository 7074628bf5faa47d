//! Roots as they are read back from their files: what tests look at, never our own types.

pub(crate) mod cdn;
pub(crate) mod dns;
pub(crate) mod entrance;

use hcl::expr::Expression;
use hcl::{Block, Body};
use waard_model::Topology;
use waard_model::artifact::Artifact;
use waard_model::topology::Environment;

/// All blocks of a root.
pub(crate) struct Tree(pub(crate) Vec<Block>);

/// The shipped platforms.
pub(crate) fn fixtures() -> Vec<Topology> {
    let read = |name: &str| {
        let path = format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read(path).unwrap();
        waard_model::source::read(&text).unwrap().0
    };
    ["waardhaven", "minimal"].map(read).into()
}

/// A root of an environment.
pub(crate) fn root(files: &[Artifact], environment: &Environment, root: &str) -> Tree {
    let folder = format!("terraform/{}/{root}/", environment.name());
    let files = files.iter().filter(|file| file.path().as_str().starts_with(&folder));
    let blocks = files.flat_map(|file| {
        let body: Body = hcl::parse(file.text()).unwrap();
        body.into_blocks().collect::<Vec<_>>()
    });
    Tree(blocks.collect())
}

impl Tree {
    /// The resources of a type, with their names.
    pub(crate) fn all<'t>(&'t self, kind: &'t str) -> impl Iterator<Item = (&'t str, &'t Body)> {
        self.0
            .iter()
            .filter(move |block| block.identifier() == "resource" && block.labels()[0].as_str() == kind)
            .map(|block| (block.labels()[1].as_str(), block.body()))
    }
}

/// An argument, as it is written.
pub(crate) fn get(body: &Body, name: &str) -> Option<String> {
    let found = body.attributes().find(|attribute| attribute.key() == name)?;
    Some(match found.expr() {
        Expression::String(text) => text.clone(),
        other => hcl::format::to_string(other).unwrap(),
    })
}

/// An argument that is there.
pub(crate) fn text(body: &Body, name: &str) -> String {
    get(body, name).unwrap_or_else(|| panic!("no {name} in {body:?}"))
}

/// A number that is there.
pub(crate) fn number(body: &Body, name: &str) -> i64 {
    text(body, name).parse().unwrap()
}

/// A list of texts.
pub(crate) fn list(body: &Body, name: &str) -> Vec<String> {
    let found = body.attributes().find(|attribute| attribute.key() == name);
    match found.map(hcl::Attribute::expr) {
        Some(Expression::Array(values)) => values
            .iter()
            .map(|value| match value {
                Expression::String(text) => text.clone(),
                other => hcl::format::to_string(other).unwrap(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Nested blocks of a name.
pub(crate) fn blocks<'b>(body: &'b Body, name: &'b str) -> Vec<&'b Body> {
    body.blocks().filter(|block| block.identifier() == name).map(Block::body).collect()
}

/// The only nested block of a name.
pub(crate) fn only<'b>(body: &'b Body, name: &'b str) -> &'b Body {
    let found = blocks(body, name);
    assert_eq!(found.len(), 1, "{name} in {body:?}");
    found[0]
}

/// A block that is in a block that is in a block.
pub(crate) fn deep<'b>(body: &'b Body, path: &[&'b str]) -> &'b Body {
    path.iter().fold(body, |body, name| only(body, name))
}
