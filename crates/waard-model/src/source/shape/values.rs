//! How the values are read that no declaration makes: scalars, numbers, truth, sequences, maps, and the words of
//! every `choice!`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Context, Key, Shape};
use crate::path::Segment;
use crate::scalar::{Excerpt, Scalar};
use crate::source::node::{Data, Node};
use crate::source::schema::Definitions;

impl<T: Scalar> Shape for T {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        let Data::Scalar { text, plain } = &node.data else {
            context.mismatch(node, T::WHAT, format!("it is {}, such as `{}`", T::RULE, T::EXAMPLE));
            return T::stand_in();
        };
        if node.is_nothing() {
            context.mismatch(node, T::WHAT, format!("it is {}, such as `{}`", T::RULE, T::EXAMPLE));
            return T::stand_in();
        }
        let number = T::NUMBERS && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match text.parse() {
            Ok(value) => {
                if !number {
                    context.trap(text, *plain, &node.span);
                }
                Some(value)
            }
            Err(error) => {
                let error: crate::scalar::Invalid = error;
                context.report(&node.span, error.to_string(), error.help());
                if crate::name::secret_like(text).is_some()
                    && let Some(problem) = context.problems.last_mut()
                {
                    problem.secrets.push(node.span.clone());
                }
                T::stand_in()
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        definitions.named::<T>(|_| {
            let text = json!({ "type": "string", "pattern": T::PATTERN });
            let mut schema = if T::NUMBERS {
                {
                    let least = if "0".parse::<T>().is_ok() { "minimum" } else { "exclusiveMinimum" };
                    json!({ "anyOf": [text, { "type": "number", least: 0 }] })
                }
            } else {
                text
            };
            if let Some(object) = schema.as_object_mut() {
                object.insert("description".to_owned(), format!("{}: {}.", T::WHAT, T::RULE).into());
                object.insert("examples".to_owned(), json!([T::EXAMPLE]));
            }
            schema
        })
    }

    fn stand_in() -> Option<Self> {
        T::EXAMPLE.parse().ok()
    }
}

/// Whole numbers are decimal digits and nothing else: `017`, `0x1F`, `1_000` and `1e3` mean different things to different readers.
macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl Shape for $type {
            #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
            fn decode(node: &Node, context: &mut Context) -> Option<Self> {
                let help = format!("it is a whole number from 0 to {}, such as 3", <$type>::MAX);
                let Data::Scalar { text, plain } = &node.data else {
                    context.mismatch(node, "a whole number", help);
                    return Some(1);
                };
                if node.is_nothing() {
                    context.mismatch(node, "a whole number", help);
                    return Some(1);
                }
                let all_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let digits = all_digits && (text.len() == 1 || !text.starts_with('0'));
                match text.parse() {
                    Ok(number) if digits && *plain => Some(number),
                    Ok(number) if digits => {
                        context.remark(&node.span, format!("{} in quotes is a text, a whole number is needed", Excerpt(text)), format!("write {text} without quotes"));
                        Some(number)
                    }
                    Ok(_) if all_digits => {
                        context.report(&node.span, format!("{} starts with 0, which makes it an octal number to some readers of YAML", Excerpt(text)), help);
                        Some(1)
                    }
                    Err(_) if digits => {
                        context.report(&node.span, format!("{} is more than {}", Excerpt(text), <$type>::MAX), help);
                        Some(1)
                    }
                    _ => {
                        context.report(&node.span, format!("{} is not a whole number in plain decimal digits", Excerpt(text)), help);
                        Some(1)
                    }
                }
            }

            fn schema(_: &mut Definitions) -> Value {
                json!({ "type": "integer", "minimum": 0, "maximum": <$type>::MAX })
            }

            fn stand_in() -> Option<Self> {
                Some(1)
            }
        }
    )*};
}
whole_number!(u16, u32);

impl Shape for bool {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        match &node.data {
            Data::Scalar { text, plain: true } if text == "true" => Some(true),
            Data::Scalar { text, plain: true } if text == "false" => Some(false),
            Data::Scalar { text, plain: false } if text == "true" || text == "false" => {
                context.remark(
                    &node.span,
                    format!("{} in quotes is a text, `true` or `false` is needed", Excerpt(text)),
                    format!("write {text} without quotes"),
                );
                Some(text == "true")
            }
            Data::Scalar { text, .. } if !node.is_nothing() => {
                context.report(&node.span, format!("{} is neither `true` nor `false`", Excerpt(text)), "write `true` or `false`, without quotes; `yes`, `no`, `on` and `off` mean different things to different readers");
                Some(false)
            }
            _ => {
                context.mismatch(node, "`true` or `false`", "write `true` or `false`");
                Some(false)
            }
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "boolean" })
    }

    fn stand_in() -> Option<Self> {
        Some(false)
    }
}

impl<T: Shape> Shape for Vec<T> {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        let items = match &node.data {
            Data::Sequence(items) => items.as_slice(),
            Data::Scalar { .. } if !node.is_nothing() => {
                context.mismatch(node, "a sequence", "write it in brackets, `[…]`, or on a line of its own after `- `");
                std::slice::from_ref(node)
            }
            _ => {
                context.mismatch(node, "a sequence", "write `[…]`, or one item a line after `- `");
                return Some(Self::new());
            }
        };
        let owner = context.owner.take();
        let read =
            |(index, item): (usize, &Node)| context.within(Segment::Index(index), |context| T::decode(item, context));
        let list = items.iter().enumerate().filter_map(read).collect();
        context.owner = owner;
        Some(list)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "array", "items": T::schema(definitions) })
    }

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Scalar + Ord> Key for T {
    const KEY: &'static str = T::WHAT;
    fn from_key(text: &str) -> Result<Self, (String, String)> {
        text.parse().map_err(|error: crate::scalar::Invalid| (error.to_string(), error.help()))
    }
    fn key_schema(definitions: &mut Definitions) -> Value {
        Self::schema(definitions)
    }
}

impl<K: Key, V: Shape> Shape for BTreeMap<K, V> {
    #[expect(private_interfaces, reason = "only the types of this crate are read from topology files")]
    fn decode(node: &Node, context: &mut Context) -> Option<Self> {
        let Data::Mapping(entries) = &node.data else {
            context.mismatch(
                node,
                &format!("a mapping whose keys are each {}", K::KEY),
                "write `name: value`, one a line",
            );
            return Some(Self::new());
        };
        let mut map = Self::new();
        for entry in entries {
            context.within_entry(&entry.key, &entry.key_span, |context| {
                let value = if entry.value.is_nothing() {
                    context.report(
                        &entry.key_span,
                        format!("`{}` has no value", entry.key),
                        "give it one, or leave the key out",
                    );
                    None
                } else {
                    V::decode(&entry.value, context)
                };
                match (K::from_key(&entry.key), value.or_else(V::stand_in)) {
                    (Ok(key), Some(value)) => {
                        context.trap(&entry.key, entry.key_plain, &entry.key_span);
                        map.insert(key, value);
                    }
                    (Ok(_), None) => context.broken.lose(&context.here(), &entry.key),
                    (Err((message, help)), _) => {
                        context.report(&entry.key_span, message, help);
                        context.broken.lose(&context.here(), &entry.key);
                    }
                }
            });
        }
        Some(map)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "object", "propertyNames": K::key_schema(definitions), "additionalProperties": V::schema(definitions) })
    }

    fn stand_in() -> Option<Self> {
        Some(Self::new())
    }
}

/// The known word that `word` is most likely a slip of. Of more words than anybody reads, none is looked for.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    if word.len() > 64 || known.len() > 400 {
        return None;
    }
    let folded = word.to_ascii_lowercase().replace('-', "_");
    let distance = |key: &&str| strsim::damerau_levenshtein(&folded, &key.to_ascii_lowercase().replace('-', "_"));
    let near = known.iter().filter(|key| key.len().abs_diff(word.len()) <= 3);
    let best = near.min_by_key(|key| (distance(key), key.len(), **key))?;
    let allowed = match best.len() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    (distance(best) <= allowed).then_some(*best)
}

/// The word of several that `text` is; else what is wrong, and what would be right.
pub(crate) fn choose<T: Copy>(text: &str, what: &str, words: &[(&str, T)]) -> Result<T, (String, String)> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let help = match nearest(text, &known) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("it is one of {}", known.join(", ")),
    };
    Err((format!("{} is not {what}", Excerpt(text)), help))
}

/// Reads a word out of several.
pub(crate) fn decode_word<T: Copy>(node: &Node, context: &mut Context, what: &str, words: &[(&str, T)]) -> Option<T> {
    let first = words.first().map(|(_, value)| *value);
    let Data::Scalar { text, plain } = &node.data else {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        context.mismatch(node, what, format!("it is one of {}", known.join(", ")));
        return first;
    };
    if node.is_nothing() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        context.mismatch(node, what, format!("it is one of {}", known.join(", ")));
        return first;
    }
    match choose(text, what, words) {
        Ok(value) => {
            context.trap(text, *plain, &node.span);
            Some(value)
        }
        Err((message, help)) => {
            context.report(&node.span, message, help);
            // What was most likely meant stands in, so that less else seems to be wrong.
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let meant = nearest(text, &known);
            words.iter().find(|(word, _)| Some(*word) == meant).map(|(_, value)| *value).or(first)
        }
    }
}
