//! Whatever the bytes are, reading them ends, without a panic, and points only to what is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is wrong"
)]

use std::ops::Range;

use proptest::prelude::*;
use waard_model::path::ModelPath;
use waard_model::source::Problem;
use waard_model::{Topology, source, strategy};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1000, failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() }
}

fn lies_in(span: &Range<usize>, text: &str) -> bool {
    span.start <= span.end && text.get(span.clone()).is_some()
}

/// Reads, and judges what is said of what is wrong.
fn judged(bytes: &[u8]) -> Result<Option<Topology>, TestCaseError> {
    let problems: Vec<Problem> = match source::read(bytes) {
        Ok((topology, _)) => return Ok(Some(topology)),
        Err(problems) => problems,
    };
    prop_assert!(!problems.is_empty(), "refused for no reason");
    let text = std::str::from_utf8(bytes).ok();
    for problem in &problems {
        prop_assert!(
            !problem.message.is_empty() && problem.help.as_ref().is_some_and(|help| !help.is_empty()),
            "{problem:?}"
        );
        prop_assert!(problem.message.len() < 4000, "a message of {} bytes", problem.message.len());
        prop_assert!(!problem.message.contains('\n'), "{:?}", problem.message);
        let spans = problem.span.iter().chain(problem.related.iter().map(|(span, _)| span));
        for span in spans {
            prop_assert!(
                text.is_some_and(|text| lies_in(span, text)),
                "{:?} at {span:?} of {} bytes",
                problem.message,
                bytes.len()
            );
        }
    }
    prop_assert!(problems.iter().all(|problem| problem.span.is_some()) || problems.len() == 1);
    prop_assert!(
        problems.is_sorted_by_key(|problem| problem.span.as_ref().map_or(0, |span| span.start)),
        "{problems:?}"
    );
    Ok(None)
}

/// Pieces of which text is made that looks like YAML, and like a topology.
const PIECES: &[&str] = &[
    "waard: v1\n",
    "platform: shop\n",
    "domain: example.com\n",
    "environments:\n",
    "  production:\n",
    "    regions:\n",
    "      us-east-1:\n",
    "        role: primary\n",
    "        cidr: 10.0.0.0/16\n",
    "        cluster: full\n",
    "        runs: [api]\n",
    "clusters:\n",
    "  full:\n",
    "    version: \"1.36\"\n",
    "    node_groups:\n",
    "      system: { instances: [m7g.large], size: 2..4 }\n",
    "workloads:\n",
    "  api:\n",
    "    image: r.io/api:1\n",
    "    resources: { cpu: 1, memory: 1Gi }\n",
    "a",
    "b: ",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    " ",
    "#",
    " # x\n",
    "\"",
    "'",
    "\\",
    "\\x",
    "\\u12",
    "|\n",
    ">-\n  x\n",
    "&a ",
    "*a",
    "&a [*a]",
    "!",
    "!!str ",
    "!<x> ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "<<: ",
    "~",
    "null",
    "yes",
    "1.10",
    "12:30",
    "0o17",
    "é",
    "\u{1f600}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\r\n",
    "\r",
    "\u{7f}",
    "\0",
    "\u{fffe}",
    "\u{1b}",
];

#[derive(Clone, Debug)]
enum Edit {
    Delete(usize),
    Insert(&'static str),
    Replace(usize, &'static str),
    Double(usize),
    Truncate,
}

fn edit() -> impl Strategy<Value = Edit> {
    let piece = || proptest::sample::select(PIECES);
    prop_oneof![
        (1_usize..40).prop_map(Edit::Delete),
        piece().prop_map(Edit::Insert),
        (1_usize..4, piece()).prop_map(|(count, piece)| Edit::Replace(count, piece)),
        (1_usize..200).prop_map(Edit::Double),
        Just(Edit::Truncate),
    ]
}

/// Applies an edit to whole characters.
fn apply(text: &str, at: prop::sample::Index, edit: &Edit) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = if chars.is_empty() { 0 } else { at.index(chars.len()) };
    let end = |count: usize| (at + count).min(chars.len());
    let (head, tail) = chars.split_at(at);
    let (middle, tail): (String, &[char]) = match edit {
        Edit::Delete(count) => (String::new(), &chars[end(*count)..]),
        Edit::Insert(piece) => ((*piece).to_owned(), tail),
        Edit::Replace(count, piece) => ((*piece).to_owned(), &chars[end(*count)..]),
        Edit::Double(count) => (chars[at..end(*count)].iter().collect(), tail),
        Edit::Truncate => (String::new(), &[]),
    };
    head.iter().collect::<String>() + &middle + &tail.iter().collect::<String>()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        judged(&bytes)?;
    }

    #[test]
    fn any_text_is_read_to_an_end(text in "\\PC{0,300}") {
        judged(text.as_bytes())?;
    }

    #[test]
    fn any_pieces_of_yaml_are_read_to_an_end(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        judged(pieces.concat().as_bytes())?;
    }

    #[test]
    fn nested_brackets_are_read_to_an_end(brackets in "[\\[\\]{}:,&*a \n-]{0,400}", depth in 0_usize..3000) {
        judged(brackets.as_bytes())?;
        judged(format!("waard: {}{brackets}", "[".repeat(depth)).as_bytes())?;
        judged(format!("{}{brackets}", "- ".repeat(depth)).as_bytes())?;
    }

    #[test]
    fn a_damaged_topology_is_read_to_an_end(topology in strategy::shown(), edits in proptest::collection::vec((any::<prop::sample::Index>(), edit()), 1..3)) {
        let mut text = topology.spec().to_yaml();
        for (at, edit) in &edits {
            text = apply(&text, *at, edit);
        }
        if let Some(read) = judged(text.as_bytes())? {
            // An edit that did no harm made another valid topology, which is printed and read like any other.
            let again = judged(read.spec().to_yaml().as_bytes())?;
            prop_assert!(again.as_ref() == Some(&read));
        }
    }

    #[test]
    fn damaged_bytes_are_read_to_an_end(topology in strategy::shown(), at: prop::sample::Index, byte: u8) {
        let mut bytes = topology.spec().to_yaml().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        judged(&bytes)?;
    }

    #[test]
    fn every_path_has_a_place_in_the_text(topology in strategy::shown(), paths in proptest::collection::vec(path(), 1..20)) {
        let text = topology.spec().to_yaml();
        let (_, map) = source::read(text.as_bytes()).unwrap();
        for path in paths {
            prop_assert!(lies_in(&map.span(&path), &text), "{path}");
        }
    }
}

/// Paths that lead somewhere, or part of the way.
fn path() -> impl Strategy<Value = ModelPath> {
    const KEYS: &[&str] = &[
        "environments",
        "production",
        "regions",
        "us-east-1",
        "runs",
        "clusters",
        "full",
        "node_groups",
        "system",
        "size",
        "workloads",
        "api",
        "env",
        "data",
        "edge",
        "behaviours",
        "x",
        "",
    ];
    let step = prop_oneof![4 => proptest::sample::select(KEYS).prop_map(Ok), 1 => (0_usize..4).prop_map(Err)];
    proptest::collection::vec(step, 0..7).prop_map(|steps| {
        steps.into_iter().fold(ModelPath::ROOT, |path, step| match step {
            Ok(key) => path.key(key),
            Err(index) => path.index(index),
        })
    })
}
