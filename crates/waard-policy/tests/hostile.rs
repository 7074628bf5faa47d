//! Whatever is given, judging it ends without a panic, and says the same each time.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test reads the clock and its own memory, and fails by panicking, in its helpers too"
)]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use waard_policy::page::examples;
use waard_policy::rules::RULES;
use waard_policy::{Config, Platform, Report, Source, check};

const NAMES: [&str; 6] =
    ["a.yaml", "k/kustomization.yaml", "t/main.tf", "t/x.tf.json", "t/terraform.tfvars", "manifest.json"];

fn judge(files: Vec<(String, Vec<u8>)>) -> Report {
    let config = Config::default();
    let sources = files.into_iter().map(|(path, bytes)| Source::from_bytes(path, bytes)).collect();
    check(&Platform::read(sources, &config), &config)
}

/// Every file of every example.
fn pages() -> Vec<(String, String)> {
    RULES.iter().flat_map(|rule| examples(rule.page)).flat_map(|example| example.files).collect()
}

/// A file of an example with bytes taken out, put in, or repeated.
fn mutated() -> impl Strategy<Value = (String, Vec<u8>)> {
    let files = pages();
    (0..files.len(), prop::collection::vec((any::<prop::sample::Index>(), 0..6_u8, any::<u8>()), 1..8)).prop_map(
        move |(which, changes)| {
            let (path, text) = files[which].clone();
            let mut bytes = text.into_bytes();
            for (at, what, byte) in changes {
                let at = at.index(bytes.len() + 1);
                match what {
                    0 => bytes.truncate(at),
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    2 => bytes.insert(at, byte),
                    3 => bytes.insert(at, b"{}[]:-\n\"'&*!?"[usize::from(byte) % 13]),
                    4 => {
                        let tail = bytes[at..].to_vec();
                        bytes.extend(tail);
                    }
                    _ if at < bytes.len() => bytes[at] = byte,
                    _ => {}
                }
            }
            (path, bytes)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300), name in prop::sample::select(&NAMES[..])) {
        judge(vec![(name.to_owned(), bytes)]);
    }

    #[test]
    fn any_text_is_judged(text in "[a-z:{}\\[\\]\\-\n \"'&*!?$=<|>#.0-9\t]{0,200}", name in prop::sample::select(&NAMES[..])) {
        judge(vec![(name.to_owned(), text.into_bytes())]);
    }

    #[test]
    fn broken_examples_are_judged_and_each_time_the_same(files in prop::collection::vec(mutated(), 1..6)) {
        let mut reversed = files.clone();
        reversed.sort_by(|a, b| b.cmp(a));
        let mut ordered = files;
        ordered.sort();
        // Of two files with one path, which one comes first is up to the caller.
        ordered.dedup_by(|a, b| a.0 == b.0);
        reversed.retain(|file| ordered.contains(file));
        prop_assert_eq!(judge(ordered), judge(reversed));
    }

    #[test]
    fn any_configuration_is_read(text in "[a-z\\[\\]=\"\n .0-9-]{0,120}") {
        let _ = Config::parse("waard-policy.toml", &text);
    }
}

#[test]
fn all_examples_together_are_one_platform() {
    let files = pages().into_iter().enumerate();
    let report = judge(files.map(|(number, (path, text))| (format!("{number}/{path}"), text.into_bytes())).collect());
    assert!(!report.findings.is_empty());
}

/// Texts within what is read that would cost much if something repeated, nested or scanned them too often, each about
/// `size` long.
fn costly(size: usize) -> Vec<(&'static str, &'static str, String)> {
    let times = |text: &str| text.repeat(size / text.len());
    let nested = |open: &str, close: &str| {
        let depth = size / (open.len() + close.len());
        open.repeat(depth) + &close.repeat(depth)
    };
    let long = "x".repeat(size / 2);
    let anchors = (0..150).map(|level| format!("&a{level} [")).collect::<Vec<_>>().concat();
    let resource = |value: &str| format!("resource \"aws_s3_bucket\" \"b\" {{\n  bucket = {value}\n}}\n");
    vec![
        ("aliases of a long text", "a.yaml", format!("a: &a \"{long}\"\nb: [{}]\n", times("*a,"))),
        ("aliases of a long key", "a.yaml", format!("a: &a {{{long}: 1}}\nb: [{}]\n", times("*a,"))),
        ("anchors within anchors", "a.yaml", format!("{anchors}{}{}", times("1,"), "]".repeat(150))),
        ("merges of merges", "a.yaml", {
            let keys = (0..size / 20).map(|key| format!("k{key}: 1,")).collect::<Vec<_>>().concat();
            let levels = (1..100).map(|level| format!("a{level}: &a{level} {{<<: *a{}}}\n", level - 1));
            format!("a0: &a0 {{{keys}}}\n{}", levels.collect::<String>())
        }),
        ("brackets", "a.yaml", times("[")),
        ("dashes", "a.yaml", times("- ")),
        ("question marks", "a.yaml", times("? ")),
        ("documents", "a.yaml", times("a: 1\n---\n")),
        ("broken documents", "a.yaml", times("a: [\n---\n")),
        ("templates", "a.yaml", times("a: {{ b }}\n---\n")),
        ("keys", "a.yaml", (0..size / 9).map(|key| format!("k{key}: 1\n")).collect::<Vec<_>>().concat()),
        ("one key", "a.yaml", times("k: 1\n")),
        ("one line", "a.json", {
            let pods = times("{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}},");
            format!("{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{}]}}", pods.trim_end_matches(','))
        }),
        ("lists within lists", "a.yaml", {
            let list = "{apiVersion: v1, kind: List, items: [";
            list.repeat(50) + &times("{apiVersion: v1, kind: Pod},") + &"]}".repeat(50)
        }),
        ("objects of one name", "a.yaml", {
            times(
                "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n---\n",
            )
        }),
        ("workloads of one selector", "a.yaml", {
            times(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}}}\n---\n",
            )
        }),
        ("policies for all pods", "a.yaml", {
            times(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n---\n",
            )
        }),
        ("directives", "main.tf", format!("a = \"{}\"\n", nested("%{if a}", "%{endif}"))),
        ("directives in a heredoc", "main.tf", format!("a = <<E\n{}\nE\n", nested("%{for a in b}", "%{ endfor ~}"))),
        ("directives in JSON", "x.tf.json", format!("{{\"a\": \"{}\"}}", nested("%{~ if a}", "%{endif}"))),
        ("a sum", "main.tf", format!("a = 1{}\n", times("+1"))),
        ("a ruler", "main.tf", format!("# {}\na = 1\n", times("-"))),
        ("negations", "main.tf", format!("a = {}1\n", times("! -"))),
        ("conditionals", "main.tf", format!("a = {}1\n", times("b ? c : "))),
        ("attributes", "main.tf", format!("a = b{}\n", times(".c"))),
        ("splats", "main.tf", format!("a = b{}\n", times("[*]"))),
        ("brackets that seem to close", "main.tf", format!("a = {}\n", times("[ # ]\n"))),
        ("a list", "main.tf", format!("a = [{}]\n", times("[],"))),
        ("blocks", "main.tf", nested("a {\n", "}\n")),
        ("broken blocks", "main.tf", times("a {\n")),
        ("broken lines", "main.tf", times("a = = 1\n")),
        ("texts of texts", "main.tf", {
            let levels = (1..60).map(|level| format!("  a{level} = \"${{local.a{0}}}${{local.a{0}}}\"\n", level - 1));
            format!("locals {{\n  a0 = \"{long}\"\n{}}}\n{}", levels.collect::<String>(), resource("local.a12"))
        }),
        ("lists of lists", "main.tf", {
            let list = |level: usize| format!("  a{level} = [{}]\n", format!("local.a{},", level - 1).repeat(50));
            format!("locals {{\n  a0 = 1\n{}}}\n{}", (1..12).map(list).collect::<String>(), resource("local.a11"))
        }),
        ("a circle", "main.tf", format!("locals {{\n  a = local.b\n  b = local.a\n}}\n{}", resource("local.a"))),
        ("a circle of counts", "main.tf", resource("aws_s3_bucket.b.bucket\n  count = aws_s3_bucket.b.bucket")),
    ]
}

/// Every text ends within so long, on a slow machine that is busy: what is quadratic or worse takes far longer.
const LIMIT: Duration = Duration::from_secs(30);
/// And without more memory than that, as the system says it: several hundred times their size.
const MOST_MIB: u64 = 1024;

#[test]
fn what_could_cost_much_is_refused_or_judged_in_bounded_time_and_memory() {
    // `WAARD_HOSTILE_BYTES=16000000` tries the largest files that are read.
    let size = std::env::var("WAARD_HOSTILE_BYTES").map_or(1 << 18, |bytes| bytes.parse().unwrap());
    for (what, name, text) in costly(size) {
        let begun = Instant::now();
        judge(vec![(name.to_owned(), text.into_bytes())]);
        let took = begun.elapsed();
        println!("{what}: {} ms, {} MiB", took.as_millis(), peak().unwrap_or_default());
        assert!(took < LIMIT, "{what}: {took:?}");
        assert!(peak().is_none_or(|peak| peak < MOST_MIB), "{what}: {:?} MiB", peak());
    }
}

/// The most memory that this process had so far, where the system says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
}
