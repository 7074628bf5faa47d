//! Statements of IAM policies.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// Conditions: operator, key, and the values of which one must match.
pub type Conditions = BTreeMap<&'static str, BTreeMap<String, Vec<String>>>;

/// What is allowed, on what, and when. There is no other effect: what no statement allows is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is for, unique in its policy: letters and digits.
    pub sid: String,
    /// Actions.
    pub actions: Vec<String>,
    /// ARNs, with `*` and `?` for what isn't known.
    pub resources: Vec<String>,
    /// When. Always, if there are none.
    pub conditions: Conditions,
}

impl Statement {
    pub(super) fn new(
        sid: impl Into<String>,
        actions: &[&str],
        resources: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            sid: sid.into(),
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            resources: resources.into_iter().map(Into::into).collect(),
            conditions: Conditions::new(),
        }
    }

    pub(super) fn when(
        mut self,
        operator: &'static str,
        key: impl Into<String>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.conditions.entry(operator).or_default().insert(key.into(), values);
        self
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let mut statement = writer.serialize_struct("Statement", 5)?;
        statement.serialize_field("Sid", &self.sid)?;
        statement.serialize_field("Effect", "Allow")?;
        statement.serialize_field("Action", &self.actions)?;
        statement.serialize_field("Resource", &self.resources)?;
        if !self.conditions.is_empty() {
            statement.serialize_field("Condition", &self.conditions)?;
        }
        statement.end()
    }
}

/// A policy document, as IAM reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy<'p>(pub &'p [Statement]);

impl Serialize for Policy<'_> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let mut policy = writer.serialize_struct("Policy", 2)?;
        policy.serialize_field("Version", "2012-10-17")?;
        policy.serialize_field("Statement", self.0)?;
        policy.end()
    }
}

impl Policy<'_> {
    /// How many characters it has as JSON without white space, which is what IAM counts.
    pub(super) fn length(self) -> usize {
        serde_json::to_string(&self).map_or(0, |text| text.len())
    }
}
