//! `docs/topology.md` names every key that a topology file can have.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use waard_model::source;

/// The page, without the schema: it is to be read, so it has to say by itself what there is.
fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/topology.md");
    #[expect(clippy::disallowed_methods, reason = "tests read the documents that they judge")]
    std::fs::read_to_string(path).unwrap()
}

/// Every mapping of the schema that has keys of its own, with those keys.
fn keys(schema: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let keys = |mapping: &Value| {
        let properties = mapping["properties"].as_object();
        properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect::<BTreeSet<_>>()
    };
    let parts = schema["$defs"].as_object().unwrap().iter().map(|(name, part)| (name.clone(), keys(part)));
    parts.filter(|(_, keys)| !keys.is_empty()).collect()
}

/// The tables of the page, each as the keys in the first column of its rows.
fn tables(page: &str) -> Vec<BTreeSet<String>> {
    let mut tables = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("| key |") {
            let rows = lines.by_ref().skip(1).map_while(|row| row.strip_prefix("| `"));
            tables.push(rows.filter_map(|row| row.split_once('`')).map(|(key, _)| key.to_owned()).collect());
        }
    }
    tables
}

#[test]
fn every_key_is_in_a_table_of_the_page() {
    let parts = keys(&source::schema());
    let tables = tables(&page());
    assert!(parts.len() > 50 && tables.len() > 50, "{} parts, {} tables", parts.len(), tables.len());
    let mut missing = Vec::new();
    for (part, keys) in &parts {
        // The table of a mapping is the one that has most of its keys.
        let there = tables.iter().max_by_key(|table| table.intersection(keys).count()).unwrap();
        let absent: Vec<&str> = keys.difference(there).map(String::as_str).collect();
        if !absent.is_empty() {
            missing.push(format!("{part}: {}", absent.join(", ")));
        }
    }
    assert!(missing.is_empty(), "docs/topology.md doesn't name these keys:\n{}", missing.join("\n"));
}

#[test]
fn every_key_in_a_table_of_the_page_exists() {
    let parts = keys(&source::schema());
    for table in tables(&page()) {
        let invented = parts.values().map(|keys| table.difference(keys).collect::<Vec<_>>()).min_by_key(Vec::len);
        assert_eq!(invented, Some(Vec::new()), "keys of a table in docs/topology.md that no mapping has");
    }
}
