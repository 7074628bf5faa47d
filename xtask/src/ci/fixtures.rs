//! What is committed and generated: the fixtures' goldens, the schema, and the pages of the rules.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::{Outcome, Scene};
use crate::exit::Failure;
use crate::platform::{self, Platform};
use crate::tree::{self, Options};
use crate::workspace::shown;
use crate::{docs, generate, schema as schema_command};

/// So many differences of one fixture are shown.
const SHOWN: usize = 20;

/// A folder of `fixtures/` with a topology that is meant to be good.
pub(super) struct Fixture {
    pub(super) name: String,
    pub(super) folder: PathBuf,
}

impl Fixture {
    pub(super) fn topology(&self) -> PathBuf {
        self.folder.join("waard.yaml")
    }

    fn golden(&self) -> PathBuf {
        self.folder.join("out")
    }
}

/// All of them, in order. `fixtures/bad` has no topology of its own, so it is none.
pub(super) fn all(scene: &Scene<'_>) -> Vec<Fixture> {
    let items: io::Result<Vec<_>> = fs::read_dir(scene.root.join("fixtures")).and_then(Iterator::collect);
    let mut fixtures: Vec<Fixture> = items
        .unwrap_or_default()
        .into_iter()
        .map(|item| Fixture { name: item.file_name().to_string_lossy().into_owned(), folder: item.path() })
        .filter(|fixture| fixture.topology().is_file())
        .collect();
    fixtures.sort_by(|a, b| a.name.cmp(&b.name));
    fixtures
}

/// Reads a fixture's topology; its problems are shown.
pub(super) fn read(scene: &Scene<'_>, fixture: &Fixture) -> Result<Platform, String> {
    match generate::read_one(&fixture.topology(), scene.console) {
        Ok(Some(platform)) => Ok(platform),
        Ok(None) => Err(format!("{} has problems", fixture.name)),
        Err(Failure { message, .. }) => Err(message),
    }
}

/// `gen --check` of every fixture that has a golden `out/`.
pub(super) fn goldens(scene: &Scene<'_>) -> Outcome {
    let fixtures: Vec<Fixture> = all(scene).into_iter().filter(|fixture| fixture.golden().is_dir()).collect();
    if fixtures.is_empty() {
        return Outcome::Nothing("no fixture has a folder out/".to_owned());
    }
    let failed: Vec<String> = fixtures.iter().filter_map(|fixture| golden(scene, fixture).err()).collect();
    if failed.is_empty() {
        let names: Vec<&str> = fixtures.iter().map(|fixture| fixture.name.as_str()).collect();
        Outcome::Passed(format!("out/ of {}", names.join(", ")))
    } else {
        Outcome::Failed(failed.join("; "))
    }
}

fn golden(scene: &Scene<'_>, fixture: &Fixture) -> Result<(), String> {
    let platform = read(scene, fixture)?;
    let differences = tree::check(&fixture.golden(), &platform.emit(), &Options::default())
        .map_err(|error| generate::failure(&error).message)?;
    for difference in differences.iter().take(SHOWN) {
        scene.console.say(format_args!("{}/out/{difference}", fixture.name));
    }
    if differences.is_empty() {
        return Ok(());
    }
    let (topology, golden) = (shown(&fixture.topology()), shown(&fixture.golden()));
    Err(format!(
        "{golden} is out of date ({} differences): run `cargo xtask gen {topology} --into {golden}`",
        differences.len()
    ))
}

/// `schema --check`.
pub(super) fn schema(scene: &Scene<'_>) -> Outcome {
    let place = scene.root.join(schema_command::PLACE);
    match schema_command::is_current(&place, &platform::schema()) {
        Ok(true) => Outcome::Passed(schema_command::PLACE.to_owned()),
        Ok(false) => Outcome::Failed(format!(
            "{place} is out of date: run `cargo xtask schema --out {place}`",
            place = schema_command::PLACE
        )),
        Err(failure) => Outcome::Failed(failure.message),
    }
}

/// `docs --check`.
pub(super) fn rules(scene: &Scene<'_>) -> Outcome {
    match docs::changes(&scene.root.join(docs::PLACE)) {
        Ok(changes) if changes.is_empty() => Outcome::Passed(docs::PLACE.to_owned()),
        Ok(changes) => {
            let (count, place) = (changes.len(), docs::PLACE);
            Outcome::Failed(format!("{count} pages of {place} are out of date: run `cargo xtask docs`"))
        }
        Err(failure) => Outcome::Failed(failure.message),
    }
}
