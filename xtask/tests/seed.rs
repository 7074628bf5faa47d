//! The founding document's files: every known defect is found where it stands, and what is valid isn't flagged.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files and the environment, and fails by panicking, in its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// A finding, as far as the tables name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    rule: String,
    file: String,
    line: u64,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn seed(name: &str) -> String {
    fs::read_to_string(root().join("fixtures/seed").join(name)).unwrap()
}

fn report() -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["check", "fixtures/seed", "--as-of", "2026-11-23", "--format", "json"]).current_dir(root());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn findings(report: &Value) -> Vec<(Place, &Value)> {
    let found = report["findings"].as_array().unwrap().iter().map(|finding| {
        let path = finding["location"]["path"].as_str().unwrap();
        let place = Place {
            rule: finding["rule"].as_str().unwrap().to_owned(),
            file: path.strip_prefix("fixtures/seed/").unwrap().to_owned(),
            line: finding["location"]["line"].as_u64().unwrap(),
        };
        (place, finding)
    });
    found.collect()
}

/// The rows of a table, without its head.
fn table(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The ids and statuses of the rows, and the findings that each names.
fn defects() -> Vec<(String, String, Vec<Place>, String)> {
    let rows = table(&seed("defects.csv")).into_iter().map(|row| {
        assert_eq!(row.len(), 5, "{row:?}");
        let places = row[3].split("; ").filter(|place| !place.is_empty()).map(|place| {
            let (rule, at) = place.split_once(' ').unwrap();
            let (file, line) = at.rsplit_once(':').unwrap();
            Place { rule: rule.to_owned(), file: file.to_owned(), line: line.parse().unwrap() }
        });
        (row[0].clone(), row[1].clone(), places.collect(), row[4].clone())
    });
    rows.collect()
}

#[test]
fn every_defect_is_found_or_it_is_said_why_not() {
    let report = report();
    let found: BTreeSet<Place> = findings(&report).into_iter().map(|(place, _)| place).collect();
    let mut wrong = Vec::new();
    for (id, status, places, reason) in defects() {
        assert!(matches!(status.as_str(), "wrong" | "questionable"), "{id}: {status}");
        if places.is_empty() == reason.is_empty() {
            wrong.push(format!("{id}: a row has either findings or a reason why there are none"));
        }
        wrong.extend(places.iter().filter(|place| !found.contains(place)).map(|place| format!("{id}: {place:?}")));
    }
    assert!(wrong.is_empty(), "not found:\n{}", wrong.join("\n"));
}

#[test]
fn every_known_defect_has_a_row() {
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    for (id, status, ..) in defects() {
        assert!(own.insert(id.clone(), status).is_none(), "{id} is there twice");
    }
    let wrong = own.values().filter(|status| *status == "wrong").count();
    assert_eq!((own.len(), wrong), (186, 151));
    // The audit that found them is no part of the project.
    match fs::read_to_string(root().join("../shared/seed/defects.csv")) {
        Ok(audit) => {
            let rows = table(&audit).into_iter().map(|row| (row[0].clone(), row[6].clone()));
            assert_eq!(own, rows.collect());
        }
        Err(_) => eprintln!("skipped: the audit is not here to compare with"),
    }
}

#[test]
fn what_is_valid_is_not_flagged() {
    let report = report();
    let known: BTreeSet<Place> = defects().into_iter().flat_map(|(_, _, places, _)| places).collect();
    let mut wrong = Vec::new();
    for row in table(&seed("valid.csv")) {
        let [thing, file, lines, never] = &row[..] else { panic!("{row:?}") };
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        let lines = first.parse::<u64>().unwrap()..=last.parse::<u64>().unwrap();
        assert!(seed(file).lines().count() as u64 >= *lines.end(), "{file} has no line {}", lines.end());
        for (place, _) in findings(&report).into_iter().filter(|(place, _)| place.file == *file) {
            let named = never.split(' ').any(|rule| place.rule.starts_with(rule));
            if lines.contains(&place.line) && (named || (never == "*" && !known.contains(&place))) {
                wrong.push(format!("{thing}: {place:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "flagged:\n{}", wrong.join("\n"));
}

#[test]
fn findings_are_what_they_were() {
    let report = report();
    let lines: Vec<String> = findings(&report)
        .into_iter()
        .map(|(place, finding)| {
            let text = |key: &str| finding[key].as_str().unwrap();
            let column = &finding["location"]["column"];
            format!(
                "{}:{}:{column}: {} {}: {}\n",
                place.file,
                place.line,
                text("severity"),
                place.rule,
                text("message")
            )
        })
        .collect();
    let found = lines.concat();
    let path = root().join("fixtures/seed/findings.txt");
    if env::var_os("WAARD_BLESS").is_some_and(|value| value == "1") {
        fs::write(path, found).unwrap();
        return;
    }
    let help = "run `WAARD_BLESS=1 cargo test --package xtask --test seed`, and look at what changed";
    assert!(fs::read_to_string(path).unwrap_or_default() == found, "findings.txt is out of date: {help}\n{found}");
}
