//! `xtask forecast` as a user has it: tables, JSON, exit codes, and what can be set.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::process::{Command, Output};

use serde_json::Value;

fn forecast(arguments: &[&str]) -> Output {
    let common = ["forecast", "--as-of", "2026-11-25", "--runs", "20"];
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(common).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = forecast(&[arguments, &["--format", "json"]].concat());
    assert!(output.status.code().is_some_and(|code| code <= 1), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn verdict<'d>(document: &'d Value, target: &str) -> &'d str {
    let targets = document["targets"].as_array().unwrap();
    targets.iter().find(|row| row["target"] == target).unwrap()["verdict"].as_str().unwrap()
}

#[test]
fn every_target_has_a_forecast_and_a_verdict() {
    let document = json(&[]);
    let targets: Vec<&str> =
        document["targets"].as_array().unwrap().iter().map(|row| row["target"].as_str().unwrap()).collect();
    assert_eq!(
        targets,
        ["availability", "autoscaling", "container_start", "cost_per_user", "deployments", "rto", "rpo"]
    );
    for row in document["targets"].as_array().unwrap() {
        assert!(row["expected"].is_f64() && row["high"].is_f64(), "{row}");
        assert!(["met", "missed"].contains(&row["verdict"].as_str().unwrap()), "{row}");
    }
    // README.md says so, and why.
    assert_eq!(verdict(&document, "availability"), "missed");
    for target in ["autoscaling", "container_start", "cost_per_user", "deployments", "rto", "rpo"] {
        assert_eq!(verdict(&document, target), "met", "{target}");
    }
    assert_eq!(forecast(&[]).status.code(), Some(1), "a target is missed");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(forecast(&["--format", "json"]).stdout, forecast(&["--format", "json"]).stdout);
    assert_ne!(forecast(&["--format", "json"]).stdout, forecast(&["--format", "json", "--seed", "2"]).stdout);
}

#[test]
fn what_is_set_counts() {
    let few = json(&["--set", "demand.users=1000"]);
    assert_eq!(verdict(&few, "cost_per_user"), "missed");
    let slow = json(&["--set", "application.start=60..90"]);
    assert_eq!(verdict(&slow, "container_start"), "missed");
    for (set, said) in [
        ("hpa.sync-perod=3", "is `hpa.sync-period` meant?"),
        ("demand.users=many", "no number of users"),
        ("demand.colour=1", "there is no `demand.colour`"),
        ("image.size", "sets nothing"),
    ] {
        let output = forecast(&["--set", set]);
        assert_eq!(output.status.code(), Some(2), "{set}");
        assert!(text(&output.stderr).contains(said), "{set}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{set}");
    }
}

#[test]
fn markdown_is_a_table_and_holds_no_markup_of_others() {
    let output = forecast(&["--format", "markdown"]);
    let text = text(&output.stdout);
    assert!(text.starts_with("# Forecast of waardhaven\n\n| target | asked |"), "{text}");
    assert!(!text.contains('<'), "{text}");
}
