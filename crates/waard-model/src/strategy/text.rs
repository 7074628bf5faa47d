//! Texts that a careless emitter breaks on, each allowed where it is used.

use super::dice::{Dice, v};
use crate::name::{Argument, EnvValue, LabelValue, Text};

/// Allowed everywhere: no white space at either end.
const TRIMMED: &[&str] = &[
    "plain",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "null",
    "~",
    "true",
    "1.10",
    "12:30",
    "190:20:30",
    "0o17",
    "017",
    "0x1F",
    "0b1",
    "1_000",
    "1e3",
    ".5",
    "5.",
    "+1",
    "-0",
    "0",
    ".inf",
    "-.INF",
    ".NaN",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "...",
    "- a",
    "? a",
    ": a",
    "a: b",
    "a:",
    "a #b",
    "# no comment",
    "#",
    "'",
    "\"",
    "it's \"quoted\"",
    "'single'",
    "\"double\"",
    "''",
    "\\",
    "\\n",
    "a\\",
    "\\\"",
    "${x}",
    "%{y}",
    "$${x}",
    "%%{y}",
    "${",
    "$(VAR)",
    "$$(VAR)",
    "echo $$; a$",
    "$HOME/$(",
    "`id`",
    "{{ .Values.x }}",
    "{a: b}",
    "[a, b]",
    "a, b",
    "&anchor",
    "*alias",
    "!tag",
    "!!str x",
    "|",
    ">",
    "|-",
    "%YAML 1.1",
    "@at",
    "2024-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "naïve café",
    "日本語のテキスト",
    "e\u{301}",
    "\u{1f600}\u{1f468}\u{200d}\u{1f469}",
    "a\u{2028}b",
    "a\u{2029}b",
    "a\u{feff}b",
    "a\u{a0}b",
    "a\u{200b}b",
    "\u{202e}rtl",
    "a\u{fffd}b",
    "a\u{fffe}b",
    "a\u{ffff}b",
    "\u{10ffff}",
    "//",
    "/* c */",
    "<<EOF",
    "http://a.b/c?d=e&f=%20#g",
    "a  b",
    "key: value # and more",
    "{\"json\": [1, null, \"\\u0041\"]}",
    "CAPS",
    "user@host",
    "a;b",
    "a|b",
    "a&&b",
    "!",
    "?",
    "*",
    "%",
    "a text that is longer than eighty characters, so that an emitter that folds lines has to fold it somewhere, does it not",
    "an-unbroken-text-of-more-than-eighty-characters-which-nothing-could-fold-without-changing-what-it-says",
];

/// White space at an end.
const LOOSE: &[&str] =
    &[" leading", "trailing ", " ", "  two  ", "\u{a0}", " # no comment", ": ", "- ", "\u{feff}bom", "a \u{3000}"];

fn loose<'t>(dice: &mut Dice<'_>) -> &'t str {
    if dice.chance(15) { dice.pick(LOOSE) } else { dice.pick(TRIMMED) }
}

/// A remark.
pub(super) fn line(dice: &mut Dice<'_>) -> Text {
    v(dice.pick(TRIMMED))
}

/// The value of a variable.
pub(super) fn value(dice: &mut Dice<'_>) -> EnvValue {
    if dice.chance(3) { v(&"x".repeat(1000)) } else { v(loose(dice)) }
}

/// An argument.
pub(super) fn argument(dice: &mut Dice<'_>) -> Argument {
    v(loose(dice))
}

/// The value of a label.
pub(super) fn label(dice: &mut Dice<'_>) -> LabelValue {
    v(dice.pick(&[
        "true",
        "compute-optimized",
        "yes",
        "1.10",
        "0x1F",
        "007",
        "1e3",
        "null",
        "No",
        "A_b.c",
        "12",
        "2024-01-01",
        "1_000",
    ]))
}
