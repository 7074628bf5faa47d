//! Reads the YAML of other people's CRDs as JSON values: plain YAML 1.2, no tags, no aliases.

use granit_parser::{Event, Options, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

/// The documents of a file.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let (mut documents, mut nodes, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let options = {
        let mut options = Options::default();
        options.emit_comments = false;
        options
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        match event {
            Event::Scalar(text, style, _, None) => nodes.push(scalar(text.into_owned(), style == ScalarStyle::Plain)),
            Event::SequenceStart(..) | Event::MappingStart(..) => open.push(nodes.len()),
            Event::SequenceEnd => {
                let items = nodes.split_off(open.pop().unwrap_or_default());
                nodes.push(Value::Array(items));
            }
            Event::MappingEnd => {
                let mut items = nodes.split_off(open.pop().unwrap_or_default()).into_iter();
                let mut entries = Map::new();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    // A key that YAML takes for a number or a truth value is a name all the same.
                    let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
                    entries.insert(key, value);
                }
                nodes.push(Value::Object(entries));
            }
            Event::DocumentEnd => documents.extend(nodes.pop()),
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) => {}
            other => return Err(format!("{other:?} at {span:?} is more than CRDs need")),
        }
    }
    Ok(documents)
}

fn scalar(text: String, plain: bool) -> Value {
    if !plain {
        return Value::String(text);
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        digits => match (digits.parse::<i64>(), digits.parse::<f64>()) {
            (Ok(whole), _) => Value::from(whole),
            (_, Ok(number)) if digits.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                Number::from_f64(number).map_or(Value::String(text), Value::Number)
            }
            _ => Value::String(text),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_as_kubernetes_reads_them() {
        let read = documents("# c\na:\n- 1\n- \"1\"\n- no\n- true\n- 1.5\n- =\nb: |\n  x\n---\n{}\n").unwrap();
        let meant = [serde_json::json!({"a": [1, "1", "no", true, 1.5, "="], "b": "x\n"}), serde_json::json!({})];
        assert_eq!(read, meant);
        assert!(documents("a: *b\n").is_err() && documents("a: !b c\n").is_err());
    }
}
