//! Selectors of labels, of pods and of nodes.
//!
//! Sources: kubernetes/apimachinery v0.36.3 `pkg/labels/selector.go` (`NewRequirement`, `Requirement.Matches`) and
//! `pkg/apis/meta/v1/helpers.go` (`LabelSelectorAsSelector`); kubernetes/component-helpers v0.36.3
//! `scheduling/corev1/nodeaffinity/nodeaffinity.go`.

use std::collections::BTreeMap;

/// Labels by key.
pub type Labels = BTreeMap<String, String>;

/// How a label must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// It is there, with one of the values.
    In,
    /// It isn't there, or with none of the values.
    NotIn,
    /// It is there.
    Exists,
    /// It isn't there.
    DoesNotExist,
    /// It is there, an integer, and greater than the only value. For nodes only.
    Gt,
    /// It is there, an integer, and less than the only value. For nodes only.
    Lt,
}

/// One thing that labels must fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// How it must be.
    pub operator: Operator,
    /// The values that it is compared with.
    pub values: Vec<String>,
}

impl Requirement {
    /// The label has one of these values.
    pub fn among<I: IntoIterator<Item = String>>(key: &str, values: I) -> Self {
        Self { key: key.to_owned(), operator: Operator::In, values: values.into_iter().collect() }
    }

    /// False if the values can't go with the operator: such a requirement can't be fulfilled, and takes its whole term with it.
    fn is_sound(&self) -> bool {
        match self.operator {
            Operator::In | Operator::NotIn => !self.values.is_empty(),
            Operator::Exists | Operator::DoesNotExist => self.values.is_empty(),
            Operator::Gt | Operator::Lt => self.only_value().is_some_and(|value| value.parse::<i64>().is_ok()),
        }
    }

    fn only_value(&self) -> Option<&str> {
        match self.values.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn compares(&self, value: &str) -> Option<std::cmp::Ordering> {
        Some(value.parse::<i64>().ok()?.cmp(&self.only_value()?.parse::<i64>().ok()?))
    }

    /// Whether labels fulfil it.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        self.is_sound()
            && match self.operator {
                Operator::In => value.is_some_and(|value| self.values.contains(value)),
                Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
                Operator::Exists => value.is_some(),
                Operator::DoesNotExist => value.is_none(),
                Operator::Gt => value.and_then(|value| self.compares(value)).is_some_and(std::cmp::Ordering::is_gt),
                Operator::Lt => value.and_then(|value| self.compares(value)).is_some_and(std::cmp::Ordering::is_lt),
            }
    }
}

/// A selector of labels: all of its requirements. One without any matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(pub Vec<Requirement>);

impl Selector {
    /// What has this label.
    pub fn label(key: &str, value: &str) -> Self {
        Self(vec![Requirement::among(key, [value.to_owned()])])
    }

    /// Whether labels fulfil all requirements.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }

    /// The same, and for each key that labels have, `operator` of the value that they have.
    pub(super) fn and_keys(&self, keys: &[String], operator: Operator, labels: &Labels) -> Self {
        let more = keys.iter().filter_map(|key| {
            let value = labels.get(key)?.clone();
            Some(Requirement { key: key.clone(), operator, values: vec![value] })
        });
        Self(self.0.iter().cloned().chain(more).collect())
    }
}

/// A term of a node affinity. Several are alternatives; one without any requirement matches no node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeTerm {
    /// What the labels of the node must fulfil.
    pub labels: Vec<Requirement>,
    /// What its fields must fulfil, of which there is one: `metadata.name`.
    pub fields: Vec<Requirement>,
}

impl NodeTerm {
    /// Whether a node fulfils it.
    pub fn matches(&self, name: &str, labels: &Labels) -> bool {
        let some = !self.labels.is_empty() || !self.fields.is_empty();
        some && self.labels.iter().all(|requirement| requirement.matches(labels))
            && self.fields.iter().all(|requirement| field_matches(requirement, name))
    }
}

/// Fields know `In` and `NotIn`, each with one value.
/// Source: the same file, `nodeSelectorRequirementsAsFieldSelector`.
fn field_matches(requirement: &Requirement, name: &str) -> bool {
    let value = if requirement.key == "metadata.name" { name } else { "" };
    match (requirement.operator, requirement.only_value()) {
        (Operator::In, Some(only)) => only == value,
        (Operator::NotIn, Some(only)) => only != value,
        _ => false,
    }
}

/// Whether a node fulfils one of several terms.
pub(super) fn any_matches(terms: &[NodeTerm], name: &str, labels: &Labels) -> bool {
    terms.iter().any(|term| term.matches(name, labels))
}
