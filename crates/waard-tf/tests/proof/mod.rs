//! Judges emitted Terraform with nothing of the crate itself: text is read with `hcl::parse` and held against `facts`.

pub(crate) mod facts;
pub(crate) mod judge;
pub(crate) mod platform;
pub(crate) mod reference;

use std::path::Path;

use waard_model::Topology;

#[expect(clippy::disallowed_methods, reason = "tests read files")]
pub(crate) fn text_of(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The topology of a fixture.
pub(crate) fn fixture(name: &str) -> Topology {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name).join("waard.yaml");
    waard_model::source::read(text_of(&file).as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

/// The names of the good fixtures.
pub(crate) const FIXTURES: [&str; 2] = ["minimal", "waardhaven"];
