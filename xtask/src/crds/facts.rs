//! Writes facts: a line for each field with its path, its type and its bounds, in the order of the names.
//!
//! A part that stands somewhere above already is not written again: `like` names where. Pod templates would otherwise
//! stand there a dozen times.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::definition::Definition;
use super::schema::Node;
use super::table::Row;

/// A part of fewer lines is written again: that is easier to read.
const WORTH_A_REFERENCE: usize = 4;

/// The file of facts of a kind; `bytes` are those of the file that defines it.
pub(super) fn render(row: &Row, bytes: &[u8], definition: &Definition) -> String {
    let mut text = String::from("# Made by `cargo xtask crds`; CONTRIBUTING.md says how to read and refresh it.\n");
    let digest = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let source = format!("{} {} {}", row.repository, row.tag, row.path);
    let release = format!("{} {}", row.component, row.release);
    let head = [
        ("group", row.group.as_str()),
        ("kind", &row.kind),
        ("version", &row.version),
        ("scope", &definition.scope),
        ("served", &definition.served.join(" ")),
        ("same", &definition.same.join(" ")),
        ("release", &release),
        ("source", &source),
        ("sha256", &digest),
        ("as_of", &row.as_of),
        ("only", &row.only),
    ];
    for (key, value) in head.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "{key}: {value}");
    }
    text.push('\n');
    let mut written = BTreeMap::new();
    fields(&definition.root, "", &mut text, &mut written);
    text
}

type Written = BTreeMap<String, String>;

fn fields(node: &Node, path: &str, text: &mut String, written: &mut Written) {
    for (name, (required, field)) in &node.fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        line(field, *required, &path, text, written);
    }
    if let Some(inner) = &node.inner {
        let mark = if node.form == "map" { "{}" } else { "[]" };
        line(inner, false, &format!("{path}{mark}"), text, written);
    }
}

fn line(node: &Node, required: bool, path: &str, text: &mut String, written: &mut Written) {
    let required = if required { " required" } else { "" };
    let (lines, body) = whole(node);
    if lines >= WORTH_A_REFERENCE {
        if let Some(place) = written.get(&body) {
            let _ = writeln!(text, "{path} {}{required} like {place}", node.form);
            return;
        }
        written.insert(body, path.to_owned());
    }
    let _ = writeln!(text, "{path} {}{required}{}", node.form, words(node));
    fields(node, path, text, written);
}

/// What is said after the type.
fn words(node: &Node) -> String {
    let mut words = String::new();
    for (word, said) in [("nullable", node.nullable), ("open", node.open)] {
        if said {
            words.push(' ');
            words.push_str(word);
        }
    }
    if !node.bounds.is_empty() {
        let _ = write!(words, " {}", serde_json::Value::Object(node.bounds.clone()));
    }
    words
}

/// The number of lines of a part, and its text, wherever it stands.
fn whole(node: &Node) -> (usize, String) {
    let mut text = format!("{}{}", node.form, words(node));
    let mut lines = 1;
    let inner = node.inner.iter().map(|inner| ("", false, &**inner));
    for (name, required, field) in
        node.fields.iter().map(|(name, (required, field))| (&**name, *required, field)).chain(inner)
    {
        let (more, body) = whole(field);
        lines += more;
        let _ = write!(text, "\n{name} {required} ({body})");
    }
    (lines, text)
}
