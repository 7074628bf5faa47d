//! The table of assumptions in docs/forecast.md has all of them, as they are.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use waard_forecast::Assumptions;

#[test]
#[expect(clippy::disallowed_methods, reason = "tests read the documentation")]
fn every_assumption_stands_in_the_documentation() {
    let path = format!("{}/../../docs/forecast.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let written: Vec<&str> =
        text.lines().filter(|line| line.starts_with("| `") && line.matches('|').count() == 5).collect();
    let expected: Vec<String> = Assumptions::of_catalog()
        .iter()
        .map(|assumption| {
            let shown = assumption.to_string();
            let (name, value) = shown.split_once(" = ").unwrap();
            format!("| `{name}` | {value} | {} | {} |", assumption.confidence().unwrap(), assumption.note)
        })
        .collect();
    assert_eq!(written, expected);
}
