//! Files that nobody should write: each is answered with a clear problem, in bounded time, and never with a panic.
//!
//! They are made here, because they are too large, or no text, to be stored among the fixtures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::format_collect,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::fmt::Write as _;
use std::time::Duration;

use waard_model::source::{self, MAX_BYTES, Problem};

/// Far more than any of them takes: only a hang is to be found out.
const GUARD: Duration = Duration::from_secs(20);

const MINIMAL: &str = include_str!("../../../fixtures/minimal/waard.yaml");

/// The problems of a file, which it must have, and have in time.
#[expect(clippy::disallowed_methods, reason = "the time that reading takes is what is tested")]
fn problems(name: &str, bytes: &[u8]) -> Vec<Problem> {
    let begun = std::time::Instant::now();
    let Err(problems) = source::read(bytes) else { panic!("{name}: it was read without a problem") };
    let taken = begun.elapsed();
    assert!(taken < GUARD, "{name}: {taken:?}");
    assert!(!problems.is_empty(), "{name}");
    for problem in &problems {
        assert!(
            !problem.message.is_empty() && problem.message.len() < 2_000,
            "{name}: {} bytes",
            problem.message.len()
        );
        assert!(problem.help.as_ref().is_none_or(|help| help.len() < 4_000), "{name}: {problem:?}");
        let spans = problem.span.iter().chain(problem.related.iter().map(|(span, _)| span));
        for span in spans {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(text.get(span.clone()).is_some(), "{name}: {span:?} is no part of the text");
        }
    }
    problems
}

/// The one problem of a file, whose message holds `part`.
fn one(name: &str, bytes: &[u8], part: &str) -> Problem {
    let mut problems = problems(name, bytes);
    assert_eq!(problems.len(), 1, "{name}: {problems:#?}");
    let problem = problems.remove(0);
    assert!(problem.message.contains(part), "{name}: {}", problem.message);
    assert!(problem.help.is_some(), "{name}");
    problem
}

fn one_text(name: &str, text: &str, part: &str) -> Problem {
    one(name, text.as_bytes(), part)
}

#[test]
fn files_that_are_too_large() {
    one("100 MB of nothing", &vec![0; 100_000_000], "bytes");
    one("100 MB of text", &b"a: b\n".repeat(20_000_000), "bytes");
    let mut just = MINIMAL.to_owned();
    while just.len() < MAX_BYTES {
        just.push('#');
    }
    assert!(source::read(just.as_bytes()).is_ok(), "{MAX_BYTES} bytes are allowed");
    just.push('#');
    one_text("4 MiB and a byte", &just, "more than 4194304 bytes");
}

#[test]
fn files_that_are_no_text() {
    let mut latin = MINIMAL.replace("shop", "sh\u{f6}p").into_bytes();
    latin.retain(|byte| *byte != 0xc3);
    let problem = one("Latin-1", &latin, "not UTF-8");
    assert!(problem.message.contains("line 4"), "{}", problem.message);
    one("UTF-16", &[0xff, 0xfe, b'w', 0, b'a', 0], "not UTF-8");
    one("half a character", "waard: v1\nplatform: ö".as_bytes().split_last().unwrap().1, "not UTF-8");
    one("a surrogate", &[b'a', b':', b' ', 0xed, 0xa0, 0x80], "not UTF-8");
    let problem = one_text("NUL", &MINIMAL.replace("shop.example\n", "shop\0.example\n"), "NUL");
    let at = MINIMAL.find("shop.example\n").unwrap() + "shop".len();
    assert_eq!(problem.span, Some(at..at + 1));
    one_text("UTF-16 without a mark", "w\0a\0a\0r\0d\0", "NUL");
    one("gzip", &[0x1f, 0x8b, 0x08, 0x00, 0xff, 0xff], "not UTF-8");
}

#[test]
fn values_nested_too_deep() {
    let depth = 10_000;
    let flow = |open: &str, close: &str| format!("{MINIMAL}\ndata: {}{}\n", open.repeat(depth), close.repeat(depth));
    one_text("flow sequences", &flow("[", "]"), "nested");
    one_text("flow mappings", &flow("{a: ", "}"), "nested");
    one_text("flow sequences that stay open", &flow("[", ""), "nested");
    one_text("flow mappings as keys", &flow("{", "}"), "nested");
    one_text("explicit keys", &format!("{}a", "? ".repeat(depth)), "nested");
    one_text("block sequences", &format!("{MINIMAL}\ndata:\n  {}a\n", "- ".repeat(depth)), "nested");
    let mut block = format!("{MINIMAL}\ndata:\n");
    for level in 1..2_000 {
        let _ = writeln!(block, "{}a:", " ".repeat(level));
    }
    one_text("block mappings", &block, "nested");
}

#[test]
fn more_values_than_a_topology_has() {
    let many = |item: &str, count: usize| format!("{MINIMAL}\ndata: [{}]\n", item.repeat(count));
    one_text("200,000 values", &many("a, ", 200_000), "more than 200000 values");
    one_text("2 million empty lists", &many("[],", 1_300_000), "more than 200000 values");
    let mut bomb = format!("{MINIMAL}\nbomb:\n  - &b0 [{}]\n", "x, ".repeat(9));
    for level in 1..10 {
        let _ = writeln!(bomb, "  - &b{level} [{}]", format!("*b{}, ", level - 1).repeat(9));
    }
    one_text("a billion laughs", &bomb, "counting those that aliases repeat");
    let mut map = format!("{MINIMAL}\nbomb:\n  b0: &b0 {{ a: 1, b: 2 }}\n");
    for level in 1..40 {
        let _ = writeln!(map, "  b{level}: &b{level} {{ a: *b{0}, b: *b{0} }}", level - 1);
    }
    let problems = problems("mappings doubled forty times", map.as_bytes());
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let keys = format!("{MINIMAL}\n{}", "? [a, b]\n: c\n".repeat(60_000));
    one_text("keys that are lists", &keys, "more than 200000 values");
    let anchors: String = (0..60_000).fold(String::new(), |mut text, n| {
        let _ = write!(text, "&a{n} x, *a{n}, ");
        text
    });
    problems_at_least("60,000 anchors", &format!("{MINIMAL}\ndata: [{anchors}]\n"), 1);
}

fn problems_at_least(name: &str, text: &str, least: usize) -> Vec<Problem> {
    let problems = problems(name, text.as_bytes());
    assert!(problems.len() >= least, "{name}: {} problems", problems.len());
    problems
}

#[test]
fn lines_and_words_without_end() {
    let long = "x".repeat(3_000_000);
    one_text("a name", &MINIMAL.replace("platform: shop", &format!("platform: {long}")), "is not a platform name");
    one_text(
        "a name in quotes",
        &MINIMAL.replace("platform: shop", &format!("platform: '{long}'")),
        "is not a platform name",
    );
    one_text("a key", &format!("{MINIMAL}\n? {long}\n: 1\n"), "is no key");
    problems_at_least("a line of brackets", &format!("{MINIMAL}\ndata: {}", "[] ".repeat(1_000_000)), 1);
    problems_at_least("nothing but dashes", &"-".repeat(3_000_000), 1);
    problems_at_least("nothing but spaces", &" ".repeat(3_000_000), 1);
    problems_at_least("nothing but line ends", &"\n".repeat(3_000_000), 1);
    problems_at_least("nothing but carriage returns", &"\r".repeat(3_000_000), 1);
    problems_at_least("nothing but comments", &"#\n".repeat(1_500_000), 1);
    problems_at_least("nothing but quotes", &"'".repeat(2_999_999), 1);
    problems_at_least("an open quote", &format!("{MINIMAL}\ndata: \"{}", "a\n ".repeat(800_000)), 1);
    problems_at_least("a block of text", &format!("{MINIMAL}\nowner: |\n{}", "  a\n".repeat(700_000)), 1);
    problems_at_least("documents", &"---\n".repeat(700_000), 1);
    problems_at_least("directives", &"%YAML 1.2\n".repeat(300_000), 1);
    problems_at_least(
        "escapes",
        &MINIMAL.replace("platform: shop", &format!("platform: \"{}\"", "\\u00e9".repeat(500_000))),
        1,
    );
    problems_at_least("digits", &MINIMAL.replace("8080", &"9".repeat(3_000_000)), 1);
    problems_at_least("a version", &MINIMAL.replace("1.4.2", &"1.".repeat(1_500_000)), 1);
    problems_at_least("a path", &MINIMAL.replace("/ready", &"/a".repeat(1_500_000)), 1);
}

#[test]
fn thousands_of_problems() {
    let lines = |count: usize, line: &dyn Fn(usize) -> String| {
        (0..count).fold(String::new(), |mut text, n| {
            text.push_str(&line(n));
            text
        })
    };
    let unknown = lines(90_000, &|n| format!("key{n}: x\n"));
    problems_at_least("90,000 unknown keys", &format!("{MINIMAL}\n{unknown}"), 90_000);
    let near = lines(60_000, &|n| format!("    purpose{n}: x\n"));
    problems_at_least("60,000 slips of a key", &MINIMAL.replace("    ports:", &format!("{near}    ports:")), 60_000);
    let twice = "data: x\n".repeat(60_000);
    problems_at_least("the same key 60,000 times", &format!("{MINIMAL}\n{twice}"), 59_999);
    let names = lines(60_000, &|n| format!("nobody-{n}, "));
    problems_at_least(
        "60,000 workloads that don't exist",
        &MINIMAL.replace("runs: [api]", &format!("runs: [api, {names}]")),
        60_000,
    );
    problems_at_least(
        "60,000 calls of nobody",
        &MINIMAL.replace("    ports:", &format!("    calls: [{names}]\n    ports:")),
        60_000,
    );
    problems_at_least(
        "60,000 stores that don't exist",
        &MINIMAL.replace("    ports:", &format!("    uses: [{names}]\n    ports:")),
        60_000,
    );
    let broken = lines(15_000, &|n| format!("    N{n}: A\n"));
    let secrets = lines(15_000, &|n| format!("      TOKEN_{n}: 'x'\n"));
    let both = format!(
        "{}\ndata:\n  databases:\n{broken}",
        MINIMAL.replace("    ports:", &format!("    env:\n{secrets}    ports:"))
    );
    problems_at_least("15,000 that can't be read and 15,000 that may not be", &both, 30_000);
    let tags = "!!str x, ".repeat(60_000);
    problems_at_least("60,000 tags", &format!("{MINIMAL}\ndata: [{tags}]\n"), 60_000);
}

#[test]
fn thousands_of_everything() {
    let lines = |count: usize, line: &dyn Fn(usize) -> String| {
        (0..count).fold(String::new(), |mut text, n| {
            text.push_str(&line(n));
            text
        })
    };
    let workloads = lines(5_000, &|n| {
        format!(
            "  w{n}:\n    image: r.example/a:1\n    resources: {{ cpu: 1, memory: 1Gi }}\n    calls: [x{n}, y{n}]\n"
        )
    });
    problems_at_least("5,000 workloads that call nobody", &format!("{MINIMAL}{workloads}"), 10_000);
    let volumes = lines(4_000, &|n| format!("      v{n}: {{ mount: /v{n}, size: 1Gi }}\n"));
    problems_at_least(
        "4,000 volumes",
        &MINIMAL.replace("    ports:", &format!("    volumes:\n{volumes}    colour: blue\n    ports:")),
        1,
    );
    let behaviours = lines(10_000, &|n| format!("    - {{ path: /p{n}, to: api }}\n"));
    problems_at_least("10,000 behaviours", &format!("{MINIMAL}\nedge:\n  behaviours:\n{behaviours}"), 1);
    let groups = lines(5_000, &|n| format!("      g{n}: {{ instances: [m7g.large], size: 0..1, only_for: [n{n}] }}\n"));
    problems_at_least(
        "5,000 node groups for nobody",
        &MINIMAL.replace("    node_groups:\n", &format!("    node_groups:\n{groups}")),
        5_000,
    );
    let regions = lines(5_000, &|n| {
        let word = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].get(n / 500).unwrap();
        let number = n % 500 + 1;
        format!("      eu-{word}-{number}: {{ role: primary, cidr: 10.0.0.0/16, cluster: small, runs: [api] }}\n")
    });
    problems_at_least(
        "5,000 regions with the same addresses",
        &MINIMAL.replace("    regions:\n", &format!("    regions:\n{regions}")),
        5_000,
    );
    let shares = regions.replace("role: primary,", "role: primary, traffic: 1%,");
    problems_at_least("5,000 shares", &MINIMAL.replace("    regions:\n", &format!("    regions:\n{shares}")), 5_000);
    let profiles = lines(1_000, &|n| {
        format!("  p{n}: {{ version: '1.36', node_groups: {{ a: {{ instances: [m7g.large], size: 1..2 }} }} }}\n")
    });
    let both = MINIMAL
        .replace("    regions:\n", &format!("    regions:\n{regions}"))
        .replace("clusters:\n", &format!("clusters:\n{profiles}"));
    problems_at_least("1,000 profiles for nobody and 5,000 regions", &both, 6_000);
}

/// Small files that say a platform that no memory holds: each environment has every workload, and workloads may be alike.
#[test]
fn platforms_that_grow_from_a_small_file() {
    let region = "    regions: { eu-central-1: { role: primary, cidr: 10.0.0.0/20, cluster: small, runs: [api] } }\n";
    let environments: String = (0..2000).map(|n| format!("  e{n}:\n{region}")).collect();
    let workloads: String = (0..4000).map(|n| format!("  w{n}: {{ like: api }}\n")).collect();
    let (head, tail) = MINIMAL.split_once("environments:\n").unwrap();
    let (_, tail) = tail.split_once("clusters:\n").unwrap();
    let text = format!("{head}environments:\n{environments}clusters:\n{tail}{workloads}");
    assert!(text.len() < MAX_BYTES);
    one_text("environments times workloads", &text, "parts together");
}
