//! Label selectors: which labels they take.
//!
//! Source: k8s.io/apimachinery `pkg/apis/meta/v1/helpers.go`, `LabelSelectorAsSelector`.

use crate::yaml::{Entry, Node};

/// A label selector as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Selector<'n> {
    node: &'n Node,
    plain: bool,
}

impl<'n> Selector<'n> {
    /// Of `matchLabels` and `matchExpressions`.
    pub fn of(node: &'n Node) -> Self {
        Self { node, plain: false }
    }

    /// A map of labels and nothing else, as a Service has.
    pub fn of_labels(node: &'n Node) -> Self {
        Self { node, plain: true }
    }

    /// The labels that it asks for by value.
    pub fn labels(self) -> &'n [Entry] {
        if self.plain { self.node.entries() } else { self.node.map("matchLabels") }
    }

    fn expressions(self) -> &'n [Node] {
        if self.plain { &[] } else { self.node.list("matchExpressions") }
    }

    /// The keys of the labels that it asks about.
    pub fn keys(self) -> impl Iterator<Item = &'n str> {
        let expressions = self.expressions().iter().filter_map(|expression| expression.str_at("key"));
        self.labels().iter().map(Entry::key).chain(expressions)
    }

    /// Whether it asks for nothing: takes everything, or for a Service, nothing.
    pub fn is_empty(self) -> bool {
        self.labels().is_empty() && self.expressions().is_empty()
    }

    /// Whether it takes those labels.
    pub fn takes(self, labels: &[Entry]) -> bool {
        let value = |key: &str| {
            labels.iter().find(|entry| entry.key() == key).map(|entry| entry.value().text().unwrap_or_default())
        };
        self.takes_values(&value)
    }

    /// Whether it takes the labels that `value` gives by key.
    pub fn takes_values<'l>(self, value: &dyn Fn(&str) -> Option<&'l str>) -> bool {
        self.labels().iter().all(|entry| value(entry.key()) == Some(entry.value().text().unwrap_or_default()))
            && self.expressions().iter().all(|expression| {
                let Some(found) = expression.str_at("key").map(value) else { return false };
                let named = |text: &str| expression.list("values").iter().any(|value| value.text() == Some(text));
                match expression.str_at("operator") {
                    Some("In") => found.is_some_and(named),
                    Some("NotIn") => !found.is_some_and(named),
                    Some("Exists") => found.is_some(),
                    Some("DoesNotExist") => found.is_none(),
                    _ => false,
                }
            })
    }

    /// As people write it: `app=api,tier in (a,b)`.
    pub fn show(self) -> String {
        let labels =
            self.labels().iter().map(|entry| format!("{}={}", entry.key(), entry.value().text().unwrap_or_default()));
        let expressions = self.expressions().iter().map(|expression| {
            let key = expression.str_at("key").unwrap_or_default();
            let values: Vec<&str> = expression.list("values").iter().filter_map(Node::text).collect();
            match expression.str_at("operator").unwrap_or_default() {
                "In" => format!("{key} in ({})", values.join(",")),
                "NotIn" => format!("{key} notin ({})", values.join(",")),
                "DoesNotExist" => format!("!{key}"),
                _ => key.to_owned(),
            }
        });
        labels.chain(expressions).collect::<Vec<_>>().join(",")
    }
}
