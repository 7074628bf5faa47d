//! Writes facts: a line for each argument, attribute and block with its path and what is known of it, in the order of the
//! names.
//!
//! A block that stands somewhere above already is not written again: `like` names where. The statements of a firewall's
//! rules, which hold statements, would otherwise be twenty thousand lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Provider;
use super::declared::Type;
use super::document::{Block, Item};

/// A part of fewer lines is written again: that is easier to read.
const WORTH_A_REFERENCE: usize = 4;

/// The file of facts of a type; `bytes` are those of the document.
pub(super) fn render(one: &Type, provider: &Provider, bytes: &[u8], block: &Block) -> String {
    let mut text =
        String::from("# Made by `cargo xtask provider-schema`; CONTRIBUTING.md says how to read and refresh it.\n");
    let digest = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let head = [
        ("kind", one.kind.word()),
        ("type", &one.name),
        ("provider", &provider.address),
        ("release", &provider.release),
        ("source", &provider.source),
        ("sha256", &digest),
        ("as_of", &provider.as_of),
    ];
    for (key, value) in head {
        let _ = writeln!(text, "{key}: {value}");
    }
    text.push('\n');
    items(block, "", &mut text, &mut BTreeMap::new());
    text
}

fn items(block: &Block, path: &str, text: &mut String, written: &mut BTreeMap<String, String>) {
    for (name, item) in &block.items {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let head = words(item);
        let (lines, body) = whole(&item.inner);
        if lines >= WORTH_A_REFERENCE {
            if let Some(place) = written.get(&body) {
                let _ = writeln!(text, "{path} {head} like {place}");
                continue;
            }
            written.insert(body, path.clone());
        }
        let _ = writeln!(text, "{path} {head}");
        items(&item.inner, &path, text, written);
    }
}

/// What is known of one, without what is in it.
fn words(item: &Item) -> String {
    std::iter::once(&item.form).chain(&item.words).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The number of lines of what is in a block, and its text, wherever it stands.
fn whole(block: &Block) -> (usize, String) {
    let (mut lines, mut text) = (0, String::new());
    for (name, item) in &block.items {
        let (more, body) = whole(&item.inner);
        lines += more + 1;
        let _ = write!(text, "\n{name} {} ({body})", words(item));
    }
    (lines, text)
}
