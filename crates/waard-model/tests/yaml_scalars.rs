//! A table of the strings that YAML writers get wrong, as values, as keys and as items, read back by three readers.

use serde_json::{Value, json};
use waard_model::yaml;
use waard_model::yaml::plain::{self, Misread};

#[path = "yaml_read.rs"]
mod read;

use read::assert_reads_as;
use read::resolve::{Kind, Schema};

/// Strings that some reader takes for something else when they stand bare.
#[rustfmt::skip]
const MISREAD: &[(Misread, &[&str])] = &[
    (Misread::Null, &["", "~", "null", "Null", "NULL"]),
    (
        Misread::Bool,
        &[
            "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "true", "True", "TRUE", "false",
            "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF",
        ],
    ),
    (
        Misread::Int,
        &[
            "0", "1", "-1", "+1", "00", "017", "089", "0o17", "0O17", "0x1F", "0X1f", "-0x1", "0b1", "0B10",
            "1_000", "1__0", "1_", "-_1", "0x_1", "0b_", "1,000", "18446744073709551616", "+0",
        ],
    ),
    (
        Misread::Float,
        &[
            "1.0", "1.33", "-1.5", "+1.5", ".5", "5.", "-.5", "1e3", "1E3", "1e+3", "1.5e-7", "12e03", ".",
            "-.", "+.", ".e+3", "1_0.5", "685_230.15", ".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN",
            ".NAN", "0.", "6.02e23",
        ],
    ),
    (
        Misread::Sexagesimal,
        &[
            "12:30", "1:2:3.5", "190:20:30", "-12:30", "0:0", "22:22", "1:2.", "09:30:00",
        ],
    ),
    (
        Misread::Timestamp,
        &[
            "2001-01-01", "2001-1-1", "2001-12-15T02:59:43.1Z", "2001-12-14t21:59:43.10-05:00",
            "2001-12-14 21:59:43.10 -5", "2001-12-15 2:59:43.10", "2001-12-15T02:59:43",
            "2001-12-15T02:59:43+0200",
        ],
    ),
    (Misread::Merge, &["<<"]),
    (Misread::Value, &["="]),
];

/// Strings that mean something else to the syntax.
#[rustfmt::skip]
const SYNTAX: &[&str] = &[
    "-", "- a", "---", "--- a", "...", "... a", "?", "? a", ":", ": a", "a: b", "a:", "a: ", "a #b", "#a",
    "# a", "&a", "*a", "!a", "!!str a", "|", ">", "|-", "'a'", "\"a\"", "'", "\"", "%YAML 1.2", "@a", "`a`",
    "[a]", "{a: b}", "]", "}", ",a", " a", "a ", " ", "  ", "*", "&", "!", "?a", ":a", "a\\b: ", "- - a",
    "12:30:", "::1", "-\t", "a\t#b", "[", "{",
];

/// Strings with characters that don't go bare.
#[rustfmt::skip]
const CHARACTERS: &[&str] = &[
    "\0", "\u{1}", "\u{7}", "\u{1b}[31m", "\u{7f}", "\u{80}", "\u{85}", "a\u{85}b", "\u{9f}", "\u{a0}",
    "a\u{a0}b", "\u{ad}", "\u{200b}", "\u{2028}", "a\u{2028}b", "\u{2029}", "\u{202e}gpj.exe", "\u{feff}",
    "\u{feff}a", "a\u{feff}", "\u{fffe}", "\u{ffff}", "\u{3000}", "\u{e000}\u{feff}", "\t", "a\tb", "\ta",
    "a\t", "\r", "a\rb", "\r\n", "a\r\nb", "\u{10ffff}\u{0}", "\u{1f600}\t", "\"\\\"\t",
];

/// Strings of several lines.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "\n", "\n\n", "a\n", "a\nb", "a\nb\n", "a\n\n", "a\n\n\n", "\na", "\n\na\n", " a\nb", "  a\n b\n",
    "\n a\n", "\ta\nb", "\n\ta", "a \nb", "a\nb ", "a\t\nb", "a\n \nb", "a\n\nb", " \n", "\n ", "a\n\tb\n",
    "# a\nb", "a\n# b\n", "---\na", "a\n---\n", "a\n...\nb", "- a\n- b\n", "a: b\nc: d\n", "|\n|+\n",
    "%a\nb", "\u{feff}a\nb", "a\u{85}b\nc", "a\r\nb\n", "#!/bin/sh\nset -eu\n\nexec \"$@\"\n", "é\n日本語\n😀",
    "x\ty\nz", " \na", "a\n b\n", "{\n  \"a\": 1\n}\n",
];

/// Strings that nobody quotes.
#[rustfmt::skip]
const BARE: &[&str] = &[
    "a", "abc-def", "a b", "a:b", "a#b", "a:b:c", "http://example.com:80/x?y=z#f", "10.0.0.0/16",
    "10.0.0.1", "1.2.3", "v1.33", "1.33.2-eks", "--flag=x", "-c", "--", "-a", "----", "100m", "2Gi", "1h",
    "30s", "5%", "50%", "1 2", "1-2", "0x", "0b", "0xg", "0b2", "1e", "e3", "1:60", "8080:80", "2001-01",
    "2001-01-01x", "2001-01-01T", "1..2", ".inf.", "..", "....", "a, b [c] {d}", "a'b", "a\"b", "it's",
    "a\\b", "\\d+", "yess", "nope", "None", "nan", "inf", "Infinity", "undefined", "a&b", "a*b", "a|b",
    "a>b", "a@b", "a%b", "<a", "<<<", "==", "=a", "~a", "~/x", "/a", "(a)", "$(VAR)", "${x}", "é", "日本語",
    "😀", "a\u{200d}b", "\u{10ffff}", "\u{e000}", "1_a", "_", "_1x", "+", "-x1", "+a", "truely", "on-call",
    "yes/no", "a ?b", "a -b", "a !b",
];

fn misread() -> impl Iterator<Item = &'static str> {
    MISREAD.iter().flat_map(|(_, texts)| texts.iter().copied())
}

fn table() -> impl Iterator<Item = &'static str> {
    let rest = [SYNTAX, CHARACTERS, LINES, BARE].into_iter().flatten().copied();
    misread().chain(rest)
}

#[test]
fn strings_stay_strings_as_values() {
    assert!(table().count() >= 120);
    for text in table() {
        for value in [json!({ "a": text }), json!({"a": {"b": text, "c": 1}}), json!({"a": text, "b": text})] {
            assert_reads_as(&yaml::to_string(&value).unwrap(), &value);
        }
    }
}

#[test]
fn strings_stay_strings_as_items() {
    for text in table() {
        for value in [json!([text]), json!([[text, text], [[text]]]), json!({"a": [text, { "b": text }]})] {
            assert_reads_as(&yaml::to_string(&value).unwrap(), &value);
        }
    }
}

#[test]
fn strings_stay_strings_as_keys() {
    let long = "k".repeat(3000);
    let misreadable = format!("{}: # ", "ë ".repeat(700));
    let mut keys: Vec<&str> = table().collect();
    keys.extend([long.as_str(), misreadable.as_str()]);
    for text in keys {
        for value in
            [json!({ text: 1 }), json!({"a": { text: { text: [text] } }}), json!([{ text: [{ text: "a\nb" }] }])]
        {
            assert_reads_as(&yaml::to_string(&value).unwrap(), &value);
        }
    }
}

#[test]
fn strings_stay_strings_as_documents() {
    for text in table() {
        assert_reads_as(&yaml::to_string(text).unwrap(), &Value::from(text));
    }
}

#[test]
fn scalars_of_other_types_keep_them() {
    let value = json!({
        "null": null, "bools": [true, false], "empty": [[], {}],
        "ints": [0, -1, i64::MIN, i64::MAX, u64::MAX],
        "floats": [0.0, -0.0, 0.1, 1.0, -2.5, 1e16, 1e300, 1.5e-7, 5e-324, f64::MAX, 123_456_789.123],
    });
    assert_reads_as(&yaml::to_string(&value).unwrap(), &value);
}

#[test]
fn only_what_must_be_is_quoted() {
    for text in BARE.iter().copied() {
        assert_eq!(yaml::to_string(text).unwrap(), format!("{text}\n"));
        assert_eq!(plain::quoted(text), text);
    }
    let core = Schema::core();
    let one_one = Schema::one_one();
    for text in BARE.iter().copied() {
        assert_eq!((core.resolve(text), one_one.resolve(text)), (Kind::Str, Kind::Str), "{text:?}");
    }
}

#[test]
fn everything_else_is_quoted_on_one_line() {
    for text in misread().chain(SYNTAX.iter().copied()).chain(CHARACTERS.iter().copied()) {
        let quoted = plain::quoted(text);
        assert!(quoted.starts_with('"') && quoted.ends_with('"'), "{text:?} became {quoted}");
        assert!(!quoted.contains(['\n', '\r', '\t', '\u{85}', '\u{2028}', '\u{feff}']), "{quoted:?}");
    }
}

#[test]
fn misread_says_what_for() {
    for (kind, texts) in MISREAD {
        for text in *texts {
            assert_eq!(plain::misread(text), Some(*kind), "{text:?}");
        }
    }
    for text in [SYNTAX, BARE].into_iter().flatten() {
        assert_eq!(plain::misread(text), None, "{text:?}");
    }
    assert_eq!(Misread::Sexagesimal.to_string(), "a base-60 number");
}

#[test]
fn misread_knows_what_the_specifications_know() {
    let core = Schema::core();
    let one_one = Schema::one_one();
    for text in table() {
        if core.resolve(text) != Kind::Str || one_one.resolve(text) != Kind::Str {
            assert!(plain::misread(text).is_some(), "{text:?}");
        }
    }
}
