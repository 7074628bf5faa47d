//! How the writer's text looks, byte for byte, for every kind of value that serde knows, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Serialize, Serialize as Derive};
use serde_json::json;
use waard_model::yaml::{self, Options, Order};

/// What `value` is written as.
fn written(value: impl Serialize) -> String {
    yaml::to_string(&value).unwrap()
}

#[test]
fn collections() {
    assert_eq!(
        written(json!({"a": {"b": {"c": 1}}, "d": [1, [2, [3]], {"e": 4, "f": [5]}]})),
        "\
a:
  b:
    c: 1
d:
  - 1
  - - 2
    - - 3
  - e: 4
    f:
      - 5
"
    );
    assert_eq!(
        written(json!([[], {}, [[]], [{"a": {}, "b": []}], null])),
        "\
- []
- {}
- - []
- - a: {}
    b: []
- null
"
    );
    assert_eq!(written(json!({})), "{}\n");
    assert_eq!(written(json!([])), "[]\n");
}

#[test]
fn blocks() {
    assert_eq!(
        written(json!({"a": "b\nc", "d": ["e\n\nf\n", {"g": " h\ni"}], "j": "k\n\n", "l": "\nm\n"})),
        "\
a: |-
  b
  c
d:
  - |
    e

    f
  - g: |2-
       h
      i
j: |+
  k

l: |

  m
"
    );
    // Where a block would lose or hide something, quotes say it.
    assert_eq!(
        written(json!(["a \nb", "a\r\nb", "\n", "\ta\nb", "a\u{7}\nb"])),
        "\
- \"a \\nb\"
- \"a\\r\\nb\"
- \"\\n\"
- \"\\ta\\nb\"
- \"a\\x07\\nb\"
"
    );
}

#[test]
fn a_document_ends_with_one_line_break() {
    assert_eq!(written(json!({"a": {"b": "c\n\n"}})), "a:\n  b: \"c\\n\\n\"\n");
    assert_eq!(written("a\nb\n"), "\"a\\nb\\n\"\n");
}

#[test]
fn nothing_is_folded() {
    let long = "word ".repeat(1000) + "end";
    assert_eq!(written(json!({ "a": long })), format!("a: {long}\n"));
    assert_eq!(written(json!({ "a": format!("{long}\n") })), format!("a: |\n  {long}\n"));
}

#[test]
fn escapes() {
    assert_eq!(
        written("\"\\\0\t\r\u{1b}\u{85}\u{a0}\u{2028}\u{feff}\u{202e}é😀"),
        "\"\\\"\\\\\\0\\t\\r\\x1b\\x85\\xa0\\u2028\\ufeff\\u202eé😀\"\n"
    );
}

#[test]
fn long_keys_are_explicit() {
    let key = "k".repeat(1025);
    assert_eq!(written(json!({"a": { &key: "v" }})), format!("a:\n  ? {key}\n  : v\n"));
    assert_eq!(
        written(json!([{ &key: {"b": ["c\nd"]} }])),
        format!("- ? {key}\n  :\n    b:\n      - |-\n        c\n        d\n")
    );
}

#[derive(Derive)]
enum Variant {
    Unit,
    Newtype(u8),
    Tuple(u8, &'static str),
    Struct { b: u8, a: Option<u8> },
}

#[derive(Derive)]
struct Unit;

#[derive(Derive)]
struct Newtype(&'static str);

/// Serializes as bytes.
struct Bytes(&'static [u8]);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[test]
fn other_types() {
    assert_eq!(
        written([Variant::Unit, Variant::Newtype(1), Variant::Tuple(2, "n"), Variant::Struct { b: 3, a: None }]),
        "\
- Unit
- Newtype: 1
- Tuple:
    - 2
    - \"n\"
- Struct:
    b: 3
    a: null
"
    );
    assert_eq!(
        written((Unit, Newtype("x"), 'y', Some(1), None::<u8>, (), true)),
        "- null\n- x\n- \"y\"\n- 1\n- null\n- null\n- true\n"
    );
    for (bytes, base64) in
        [(&b""[..], "\"\""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"\xff\xfe\xfd", "//79")]
    {
        assert_eq!(written(Bytes(bytes)), format!("{base64}\n"));
    }
}

#[test]
fn numbers() {
    assert_eq!(written((i128::MIN, u128::MAX)), format!("- {}\n- {}\n", i128::MIN, u128::MAX));
    let floats = [0.1, 1.0, -0.0, 1e15, 1e16, 1.5e300, 1e-7, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    assert_eq!(
        written(floats),
        "- 0.1\n- 1.0\n- -0.0\n- 1000000000000000.0\n- 1.0e+16\n- 1.5e+300\n- 1.0e-7\n- .nan\n- .inf\n- -.inf\n"
    );
    assert_eq!(written(0.1_f32), "0.1\n");
}

#[test]
fn keys_are_strings() {
    assert_eq!(written(BTreeMap::from([(1, "a"), (20, "b")])), "\"1\": a\n\"20\": b\n");
    assert_eq!(written(BTreeMap::from([(false, 0), (true, 1)])), "\"false\": 0\n\"true\": 1\n");
    assert_eq!(written(BTreeMap::from([(None, 0), (Some('y'), 1), (Some('z'), 2)])), "\"null\": 0\n\"y\": 1\nz: 2\n");
}

/// A mapping whose key is a float, which no ordered map has.
struct FloatKey;

impl Serialize for FloatKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&1.5, &[0])?;
        map.end()
    }
}

#[test]
fn float_keys_are_strings() {
    assert_eq!(written(FloatKey), "\"1.5\":\n  - 0\n");
}

#[test]
fn a_collection_is_no_key() {
    let error = yaml::to_string(&BTreeMap::from([(vec![1], 2)])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a sequence can't be the key of a mapping; a key is a string, a number, a boolean or null"
    );
}

/// A list of `Some` in newtypes: deep without any collection.
#[derive(Derive)]
struct Deep(Option<Box<Deep>>);

#[test]
fn depth_is_bounded() {
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    assert!(yaml::to_string(&nested(yaml::MAX_DEPTH)).is_ok());
    let error = yaml::to_string(&nested(yaml::MAX_DEPTH + 1)).unwrap_err();
    assert_eq!(error.to_string(), "the value nests more than 256 levels deep");
    let deep = (0..1000).fold(Deep(None), |inner, _| Deep(Some(Box::new(inner))));
    assert!(yaml::to_string(&deep).is_err());
}

#[test]
fn a_failure_leaves_the_text_as_it_was() {
    let mut out = String::from("a: 1\n---\n");
    yaml::append(&mut out, &json!({"b": 2})).unwrap();
    assert_eq!(out, "a: 1\n---\nb: 2\n");
    let broken = (1, BTreeMap::from([((1, 2), 3)]));
    yaml::append_with(&mut out, &broken, Options { order: Order::Kubernetes }).unwrap_err();
    assert_eq!(out, "a: 1\n---\nb: 2\n");
}
