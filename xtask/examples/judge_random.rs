//! Judges what is generated from random topologies, and prints what is found, most often first:
//! `cargo run --package xtask --example judge_random -- 500 7` (500 of them, beginning at the seed 7). Ends with 1 if one
//! of them has an error; `-- 500 7 info` also counts what is no error, `-- 500 7 warning api` shows one place of each rule
//! whose id holds `api`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool for developers that may stop at the first error"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config as Settings, RngAlgorithm, TestRng, TestRunner};
use waard_policy::{Config, Finding, Platform, Severity, Source, check};

/// A finding and the topology that it is about.
type Found = (String, Finding);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| arguments.get(at).map_or(default, |text| text.parse().unwrap());
    let (count, seed) = (usize::try_from(number(0, 50)).unwrap(), number(1, 1));
    let least: Severity = arguments.get(2).map_or(Severity::Error, |text| text.parse().unwrap());
    let topologies = topologies(count, seed);
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let done: Vec<(usize, Option<Vec<Finding>>)> = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(text) = topologies.get(at) else { return done };
                done.push((at, judge(text)));
            }
        };
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let misfits = done.iter().filter(|(_, found)| found.is_none()).count();
    let mut by_rule: BTreeMap<(Severity, String), Vec<Found>> = BTreeMap::new();
    for (at, found) in done {
        for finding in found.into_iter().flatten().filter(|finding| finding.severity >= least) {
            by_rule
                .entry((finding.severity, finding.rule.clone()))
                .or_default()
                .push((topologies[at].clone(), finding));
        }
    }
    let errors: usize =
        by_rule.iter().filter(|((severity, _), _)| *severity == Severity::Error).map(|(_, found)| found.len()).sum();
    let mut sorted: Vec<_> = by_rule.into_iter().collect();
    sorted.sort_by_key(|((severity, _), found)| std::cmp::Reverse((*severity, found.len())));
    for ((severity, rule), mut found) in sorted {
        found.sort_by_key(|(topology, _)| topology.len());
        let (topology, finding) = &found[0];
        println!("{:>6} {severity} {rule}: {}", found.len(), finding.message);
        let location = &finding.location;
        println!(
            "       {}:{}:{} {}",
            location.path,
            location.line,
            location.column,
            finding.origin.as_deref().unwrap_or_default()
        );
        if let Some(counterexample) = &finding.counterexample {
            println!("       {counterexample}");
        }
        // The smallest topology that shows it.
        if severity == Severity::Error || arguments.get(3).is_some_and(|wanted| rule.contains(wanted.as_str())) {
            println!("{topology}");
        }
    }
    println!(
        "{} topologies of the seed {seed} judged, {misfits} left out because they don't fit the catalog",
        count - misfits
    );
    if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The same seed gives the same topologies every time.
fn topologies(count: usize, seed: u64) -> Vec<String> {
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    let mut runner = TestRunner::new_with_rng(Settings::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let mut one = || waard_model::strategy::topology().new_tree(&mut runner).unwrap().current();
    (0..count).map(|_| one().spec().to_yaml()).collect()
}

/// What is found in a topology and all that is generated from it; `None` if `gen` refuses it.
fn judge(text: &str) -> Option<Vec<Finding>> {
    let platform = xtask::platform::Platform::read(text.as_bytes()).ok()?;
    let mut sources = platform.sources();
    sources.push(Source::new("waard.yaml", text));
    let mut config = Config::default();
    config.as_of = Some("2026-11-25".parse().unwrap());
    Some(check(&Platform::read(sources, &config), &config).findings)
}
