//! Random trees, strings and number-like words: whatever is written reads back equal.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;
use waard_model::yaml;
use waard_model::yaml::plain;

#[path = "yaml_read.rs"]
mod read;

use read::assert_reads_as;
use read::resolve::{Kind, Schema};

/// Characters that mean something to YAML, in one way or another, and some that don't.
const NASTY: &str = "  \n\n\t\r\"'\\:#-?,[]{}&*!|>%@`~=<+._01289eEyYnNoxTZ\0\u{1}\u{7f}\u{85}\u{a0}\u{200b}\u{2028}\u{feff}\u{fffe}aé日😀";

fn text() -> impl Strategy<Value = String> {
    let nasty: Vec<char> = NASTY.chars().collect();
    let line = vec(prop::sample::select(vec!["a", " b", "c: d", "# e", "", "- f", "\tg", "---", "h "]), 1..6);
    prop_oneof![
        3 => vec(prop::sample::select(nasty), 0..12).prop_map(String::from_iter),
        1 => vec(any::<char>(), 0..8).prop_map(String::from_iter),
        1 => line.prop_map(|lines| lines.join("\n")),
        1 => prop::sample::select(vec!["yes", "No", "null", "1_000", "12:30", "2001-01-01", "~", "<<", "name"])
            .prop_map(str::to_owned),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    let finite = any::<f64>().prop_filter("JSON has finite numbers only", |number| number.is_finite());
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => finite.prop_map(Value::from),
        8 => text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(text(), inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Words of what numbers and dates are made of, which is where readers differ.
fn number_like() -> impl Strategy<Value = String> {
    let parts =
        vec!["0", "1", "7", "59", "_", ".", ":", "-", "+", "e", "E", "x", "o", "b", "T", "Z", " ", "2001", "inf"];
    vec(prop::sample::select(parts), 0..9).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_read_back_equal(value in tree()) {
        assert_reads_as(&yaml::to_string(&value).unwrap(), &value);
    }

    #[test]
    fn misread_finds_all_that_looks_like_a_number(word in number_like()) {
        let sees_a_string = |schema: Schema| schema.resolve(&word) == Kind::Str;
        if !sees_a_string(Schema::core()) || !sees_a_string(Schema::one_one()) {
            prop_assert!(plain::misread(&word).is_some(), "{:?}", word);
        }
    }

    #[test]
    fn what_is_bare_reads_as_itself(word in number_like()) {
        let value = serde_json::json!({ "a": [word] });
        assert_reads_as(&yaml::to_string(&value).unwrap(), &value);
    }

    #[test]
    fn documents_append(first in tree(), second in tree()) {
        let mut out = String::new();
        yaml::append(&mut out, &first).unwrap();
        let length = out.len();
        out.push_str("---\n");
        yaml::append(&mut out, &second).unwrap();
        assert_reads_as(&out[..length], &first);
        assert_reads_as(&out[length + 4..], &second);
        let read: Vec<Value> = serde_yaml::Deserializer::from_str(&out)
            .map(|document| serde::Deserialize::deserialize(document).unwrap())
            .collect();
        prop_assert_eq!(read, [first, second]);
    }
}
