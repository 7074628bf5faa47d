//! Policy documents: statements of IAM, for roles, keys, buckets and queues.

use crate::value::Json;

/// A statement that allows something.
#[derive(Clone, Debug)]
pub(crate) struct Statement<'r> {
    sid: &'static str,
    effect: &'static str,
    principal: Option<Json<'r>>,
    actions: Vec<String>,
    resources: Vec<Json<'r>>,
    conditions: Vec<(&'static str, Vec<(String, Json<'r>)>)>,
}

impl<'r> Statement<'r> {
    pub(crate) fn allow(sid: &'static str, actions: &[&str]) -> Self {
        let actions = actions.iter().map(|action| (*action).to_owned()).collect();
        Self { sid, effect: "Allow", principal: None, actions, resources: Vec::new(), conditions: Vec::new() }
    }

    pub(crate) fn deny(sid: &'static str, actions: &[&str]) -> Self {
        Self { effect: "Deny", ..Self::allow(sid, actions) }
    }

    /// Who: a service of AWS, such as `ec2.amazonaws.com`.
    pub(crate) fn service(self, name: impl Into<Json<'r>>) -> Self {
        Self { principal: Some(Json::object([("Service", name.into())])), ..self }
    }

    /// Who: a principal by its ARN.
    pub(crate) fn aws(self, arn: impl Into<Json<'r>>) -> Self {
        Self { principal: Some(Json::object([("AWS", arn.into())])), ..self }
    }

    /// Who: everybody. For what is denied, or bound by a condition.
    pub(crate) fn anyone(self) -> Self {
        Self { principal: Some("*".into()), ..self }
    }

    /// On what.
    pub(crate) fn on(mut self, resource: impl Into<Json<'r>>) -> Self {
        self.resources.push(resource.into());
        self
    }

    /// When.
    pub(crate) fn when(mut self, operator: &'static str, key: &str, value: impl Into<Json<'r>>) -> Self {
        let pair = (key.to_owned(), value.into());
        match self.conditions.iter_mut().find(|(there, _)| *there == operator) {
            Some((_, pairs)) => pairs.push(pair),
            None => self.conditions.push((operator, vec![pair])),
        }
        self
    }

    fn json(self) -> Json<'r> {
        let mut pairs: Vec<(&str, Json<'r>)> = vec![("Sid", self.sid.into()), ("Effect", self.effect.into())];
        pairs.extend(self.principal.map(|principal| ("Principal", principal)));
        pairs.push(("Action", one_or_list(self.actions.into_iter().map(Json::from).collect())));
        if !self.resources.is_empty() {
            pairs.push(("Resource", one_or_list(self.resources)));
        }
        if !self.conditions.is_empty() {
            let conditions = self.conditions.into_iter().map(|(operator, pairs)| (operator, Json::object(pairs)));
            pairs.push(("Condition", Json::object(conditions)));
        }
        Json::object(pairs)
    }
}

fn one_or_list(mut values: Vec<Json<'_>>) -> Json<'_> {
    if values.len() == 1 { values.remove(0) } else { Json::List(values) }
}

/// A policy document.
pub(crate) fn policy<'r>(statements: impl IntoIterator<Item = Statement<'r>>) -> Json<'r> {
    Json::object([
        ("Version", Json::from("2012-10-17")),
        ("Statement", Json::List(statements.into_iter().map(Statement::json).collect())),
    ])
}

/// Lets a service of AWS take on a role.
pub(crate) fn assumed_by<'r>(service: &str, actions: &[&str]) -> Json<'r> {
    policy([Statement::allow("Assume", actions).service(service)])
}
