//! How problems are shown, also those of files that hold anything.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::ops::Range;

use waard_model::path::ModelPath;
use xtask::platform::Problem;
use xtask::problems::{Style, render_problems};

fn problem(span: impl Into<Option<Range<usize>>>) -> Problem {
    Problem {
        span: span.into(),
        path: ModelPath::of(["environments", "production"]),
        message: "`desired` is 9, and `max` is 5".to_owned(),
        help: Some("`desired` is between 3 and 5".to_owned()),
        related: Vec::new(),
        secrets: Vec::new(),
    }
}

fn plain(text: &str, problems: &[Problem]) -> String {
    render_problems("waard.yaml", text, problems, Style::Plain)
}

#[test]
fn a_problem_shows_place_excerpt_message_and_help() {
    let text = "waard: v1\nplatform: shop\nsize: 3..5\ndesired: 9\n";
    let mut wrong = problem(45..46);
    wrong.related.push((31..35, "`max` is said here".to_owned()));
    wrong.related.push((0..5, "far\naway".to_owned()));
    assert_eq!(
        plain(text, &[wrong]),
        "\
error: `desired` is 9, and `max` is 5
 --> waard.yaml:4:10
  |
1 | waard: v1
  | ----- far away
2 | platform: shop
3 | size: 3..5
  |       ---- `max` is said here
4 | desired: 9
  |          ^
  |
  = note: at environments.production
  = help: `desired` is between 3 and 5

waard.yaml: 1 problem
"
    );
}

#[test]
fn places_far_apart_are_shown_apart_and_the_problem_first() {
    let text = "first: 1\n".to_owned() + &"# nothing\n".repeat(50) + "last: 1\n";
    let at = text.find("last").unwrap();
    let mut wrong = problem(at..at + 4);
    wrong.related.push((0..5, "and here".to_owned()));
    assert_eq!(
        plain(&text, &[wrong]),
        "\
error: `desired` is 9, and `max` is 5
  --> waard.yaml:52:1
   |
52 | last: 1
   | ^^^^
   |
  ::: waard.yaml:1:1
   |
 1 | first: 1
   | ----- and here
   |
   = note: at environments.production
   = help: `desired` is between 3 and 5

waard.yaml: 1 problem
"
    );
}

#[test]
fn a_line_of_a_megabyte_is_cut_and_its_column_is_that_of_the_file() {
    let text = format!("a: 1\n{}WRONG{}\nb: 2\n", "é".repeat(300_000), "x".repeat(500_000));
    let at = text.find("WRONG").unwrap();
    let shown = plain(&text, &[problem(at..at + 5)]);
    assert!(shown.len() < 1_000, "{}", shown.len());
    assert!(shown.contains("--> waard.yaml:2:300001\n"), "{shown}");
    assert!(shown.contains("éWRONGx"), "{shown}");
    let whole = plain(&text, &[problem(5..text.len() - 6)]);
    assert!(whole.len() < 1_500, "{}", whole.len());
}

#[test]
fn the_end_of_the_file_is_on_its_last_line() {
    for text in ["a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "a: 1\nb: 2"] {
        let shown = plain(text, &[problem(text.len()..text.len())]);
        assert!(shown.contains("--> waard.yaml:2:5\n"), "{shown}");
        assert!(shown.contains("2 | b: 2\n"), "{shown}");
    }
}

#[test]
fn a_span_over_several_lines_marks_the_first() {
    let text = "a:\r\n\tb: 1\r\n\tc: 2\r\n";
    let shown = plain(text, &[problem(5..text.len())]);
    assert!(shown.contains("waard.yaml:2:2\n"), "{shown}");
    assert!(shown.contains("b: 1\n") && !shown.contains("c: 2"), "{shown}");
    assert!(!shown.contains('\r'), "{shown:?}");
}

#[test]
fn without_a_span_the_file_is_named() {
    let shown = plain("", &[Problem { path: ModelPath::ROOT, ..problem(None) }]);
    assert_eq!(
        shown,
        "\
error: `desired` is 9, and `max` is 5
--> waard.yaml
 = help: `desired` is between 3 and 5

waard.yaml: 1 problem
"
    );
}

#[test]
fn thousands_are_counted_and_a_hundred_shown() {
    let text = "a: 1\n".repeat(5_000);
    let problems: Vec<Problem> = (0..5_000).map(|line| problem(line * 5..line * 5 + 1)).collect();
    let shown = plain(&text, &problems);
    assert_eq!(shown.matches("error: ").count(), 100);
    assert!(shown.ends_with("and 4900 more\n\nwaard.yaml: 5000 problems\n"));
}

#[test]
fn what_a_terminal_would_obey_is_not_passed_on() {
    let text = "a: \x1b[2J\x07\n";
    let mut wrong = problem(3..8);
    wrong.message = "a\x1b]0;title\x07b".to_owned();
    wrong.help = Some("\x1b[31m".to_owned());
    let shown = plain(text, &[wrong]);
    assert!(!shown.contains('\x1b') && !shown.contains('\x07'), "{shown:?}");
}

#[test]
fn no_span_makes_it_fail() {
    let texts = ["", "\n", "\r\n", "\r", "é", "a: é\n\tb: 日本語 👩‍👩‍👧\r\n\r\n", "\u{feff}a: 1", "x\0y\n\n\n", "\t\t\tx"];
    let long = format!("{}日{}", "é".repeat(200), "👩".repeat(200));
    for text in texts.into_iter().chain([long.as_str()]) {
        for start in 0..text.len() + 3 {
            for end in [0, start, start + 1, start + 7, text.len(), text.len() + 9, usize::MAX] {
                let related = vec![(end..start, "here".to_owned()), (start..start, String::new())];
                let wrong = [Problem { related, ..problem(start..end) }];
                for style in [Style::Plain, Style::Coloured] {
                    let shown = render_problems("waard.yaml", text, &wrong, style);
                    assert!(shown.contains("1 problem"), "{shown}");
                }
            }
        }
    }
}
