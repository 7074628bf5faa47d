//! The shipped topologies: their goldens are up to date, and what is generated depends on nothing but the topology.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The folders of the good fixtures: those with a topology.
fn good() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("waard.yaml").is_file())
        .collect();
    found.sort();
    assert!(found.len() >= 2, "{found:?}");
    found
}

fn generate(topology: &Path, arguments: &[&str], into: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .arg("gen")
        .arg(topology)
        .args(arguments)
        .args(["--as-of", "2026-11-25"])
        .arg("--into")
        .arg(into)
        .env("NO_COLOR", "1");
    command.output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Every file below a folder, by its path.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn each_folder_is_a_kind_of_fixture() {
    let folders = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    for folder in folders {
        let known = folder.join("waard.yaml").is_file()
            || ["bad", "mutations", "seed"].iter().any(|name| folder.ends_with(name));
        assert!(known, "{} is no fixture: fixtures/README.md lists the kinds", folder.display());
    }
}

#[test]
fn each_fixture_holds_what_belongs_there() {
    for fixture in good() {
        let mut names: Vec<String> =
            fs::read_dir(&fixture).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        // Tests of its root modules, which `cargo xtask ci terraform` runs.
        names.retain(|name| name != "terraform");
        assert_eq!(names, ["out", "plan.txt", "waard.yaml"], "{}", fixture.display());
    }
}

#[test]
fn goldens_are_up_to_date() {
    for fixture in good() {
        let output = generate(&fixture.join("waard.yaml"), &["--check"], &fixture.join("out"));
        let name = fixture.file_name().unwrap().to_string_lossy();
        assert_eq!(
            code(&output),
            Some(0),
            "{}\nrun `cargo xtask gen fixtures/{name}/waard.yaml --into fixtures/{name}/out`, and look at what changed",
            String::from_utf8_lossy(&output.stderr),
        );
    }
}

/// What is done to a tree, in words and in deed.
type Change = (&'static str, fn(&Path));

#[test]
fn check_sees_every_kind_of_change() {
    let topology = fixtures().join("minimal/waard.yaml");
    let changes: [Change; 4] = [
        ("an edited file", |out| {
            let path = out.join("README.md");
            let mut text = fs::read(&path).unwrap();
            text.push(b' ');
            fs::write(&path, text).unwrap();
        }),
        ("a missing file", |out| fs::remove_file(out.join("README.md")).unwrap()),
        ("a stray file", |out| fs::write(out.join("kubernetes/stray.yaml"), "a: 1\n").unwrap()),
        ("a missing manifest", |out| fs::remove_file(out.join("manifest.json")).unwrap()),
    ];
    for (what, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        assert_eq!(code(&generate(&topology, &[], &out)), Some(0));
        assert_eq!(code(&generate(&topology, &["--check"], &out)), Some(0));
        change(&out);
        let before = tree(&out);
        let output = generate(&topology, &["--check"], &out);
        assert_eq!(code(&output), Some(1), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(tree(&out), before, "{what}: --check wrote something");
    }
}

/// The same mapping with its keys the other way around, at every depth.
fn reversed(value: Value) -> Value {
    match value {
        Value::Mapping(map) => {
            let mut entries: Vec<(Value, Value)> = map.into_iter().map(|(key, value)| (key, reversed(value))).collect();
            entries.reverse();
            Value::Mapping(entries.into_iter().collect())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(reversed).collect()),
        other => other,
    }
}

#[test]
fn the_same_topology_gives_the_same_bytes_in_any_order_of_keys() {
    for fixture in good() {
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(fixture.join("waard.yaml")).unwrap();
        let turned = serde_yaml::to_string(&reversed(serde_yaml::from_str(&text).unwrap())).unwrap();
        let other = folder.path().join("turned.yaml");
        fs::write(&other, &turned).unwrap();
        let trees: Vec<_> =
            [("once", &fixture.join("waard.yaml")), ("twice", &fixture.join("waard.yaml")), ("turned", &other)]
                .into_iter()
                .map(|(name, topology)| {
                    let out = folder.path().join(name);
                    let output = generate(topology, &[], &out);
                    assert_eq!(code(&output), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
                    tree(&out)
                })
                .collect();
        assert_eq!(trees[0], trees[1], "{}", fixture.display());
        assert_eq!(trees[0], trees[2], "{}", fixture.display());
    }
}

/// The topology that everything else is measured with is a valid one, at each size.
#[test]
fn synthetic_topologies_are_valid() {
    for regions in [1, 5, 26, 50, 500] {
        let text = xtask::synthetic::topology(regions);
        let platform = xtask::platform::Platform::read(text.as_bytes())
            .unwrap_or_else(|problems| panic!("{regions}: {:#?}", &problems[..1]));
        let clusters =
            platform.emit().iter().filter(|file| file.path().as_str().ends_with("_cluster/storage-class.yaml")).count();
        assert_eq!(clusters, regions);
    }
}
