//! How long judging takes: 10,000 objects across 50, 500 and 1,000 clusters, and 1,000 and 10,000 in one.
//!
//! `cargo bench --package xtask --bench check` prints a table; `-- --rules` how long each rule takes in the last row
//! instead, the slowest first, which shows where the time of a cluster that is too slow goes. Everything runs in this
//! process, from texts in memory; times are medians. Reading and judging use as many threads as there are processors.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark reads the clock and may stop at the first error"
)]

use std::time::{Duration, Instant};

use waard_policy::rules::RULES;
use waard_policy::{Config, Platform, Report, Source, check, check_with};
use xtask::synthetic::{FIXED, OF_AN_APPLICATION, manifests};

const RUNS: usize = 5;

fn main() {
    let mut config = Config::default();
    config.as_of = Some("2026-11-25".parse().unwrap());
    let by_rule = std::env::args().any(|argument| argument == "--rules");
    println!(
        "{:>8} {:>8} {:>6} {:>9} {:>9} {:>10} {:>9} {:>9}",
        "clusters", "objects", "MB", "read ms", "judge ms", "objects/s", "findings", "peak MB"
    );
    for (clusters, objects) in [(50, 1_000), (500, 10_000), (1_000, 20_000), (500, 40_000), (1, 1_000), (1, 10_000)] {
        let applications = (objects / clusters - FIXED) / OF_AN_APPLICATION;
        let sources: Vec<Source> =
            manifests(clusters, applications).into_iter().map(|(path, text)| Source::new(path, text)).collect();
        if by_rule {
            if (clusters, objects) == (1, 10_000) {
                rules(&sources, &config);
            }
            continue;
        }
        row(clusters, &sources, &config);
    }
}

fn row(clusters: usize, sources: &[Source], config: &Config) {
    let bytes: usize = manifests_size(sources);
    let (mut reading, mut judging) = (Vec::new(), Vec::new());
    let (mut objects, mut report) = (0, Report::default());
    for _ in 0..RUNS {
        let given = sources.to_vec();
        let start = Instant::now();
        let platform = Platform::read(given, config);
        reading.push(start.elapsed());
        let start = Instant::now();
        report = check(&platform, config);
        judging.push(start.elapsed());
        objects = platform.clusters().iter().map(|cluster| cluster.objects().len()).sum();
    }
    let (reading, judging) = (median(reading), median(judging));
    println!(
        "{clusters:>8} {objects:>8} {:>6.1} {:>9.1} {:>9.1} {:>10.0} {:>9} {:>9}",
        bytes as f64 / 1e6,
        ms(reading),
        ms(judging),
        objects as f64 / (reading + judging).as_secs_f64(),
        report.findings.len(),
        peak(),
    );
}

fn manifests_size(sources: &[Source]) -> usize {
    sources.iter().map(|source| source.text().len()).sum()
}

fn rules(sources: &[Source], config: &Config) {
    let platform = Platform::read(sources.to_vec(), config);
    // What is worked out once is worked out by now.
    check(&platform, config);
    let mut times: Vec<(Duration, &str)> = Vec::new();
    for rule in RULES {
        let start = Instant::now();
        check_with(&platform, config, &[rule]);
        times.push((start.elapsed(), rule.id));
    }
    times.sort();
    for (time, rule) in times.iter().rev().take(40) {
        println!("{:>9.2} ms  {rule}", ms(*time));
    }
    println!("{:>9.2} ms  all", ms(times.iter().map(|(time, _)| *time).sum()));
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The most memory that this process had so far, in MB, where the system says it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.map_or_else(|| "?".to_owned(), |kib| (kib / 1024).to_string())
}
