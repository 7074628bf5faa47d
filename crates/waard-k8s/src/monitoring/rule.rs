//! Rules of Prometheus: how an alert is written.

use waard_model::quantity::Duration;
use waard_model::topology::Workload;

use crate::Site;
use crate::custom::Custom;
use crate::custom::monitoring::{PrometheusRule, Rule, RuleGroup};
use crate::labels::{Labels, labels, metadata};

/// Who has to do something, and when.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Somebody, at once.
    Page,
    /// Somebody, in working hours.
    Ticket,
    /// Nobody: it is missed if it is not there.
    None,
}

impl Severity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
            Self::None => "none",
        }
    }
}

/// An alert. Its texts are templates of Prometheus, so a text of the topology goes through [`literal`] first.
pub(crate) struct Alert<'t> {
    pub(crate) name: &'static str,
    pub(crate) expr: String,
    /// How long it must hold.
    pub(crate) lasts: Option<Duration>,
    pub(crate) severity: Severity,
    pub(crate) workload: Option<&'t Workload>,
    /// What is wrong, in a line.
    pub(crate) summary: String,
    /// The same with the values.
    pub(crate) description: String,
    /// What to look at, or to do.
    pub(crate) action: String,
}

pub(crate) fn alert(site: Site<'_>, alert: Alert<'_>) -> Rule {
    let mut all = labels([
        ("environment", site.environment.name().as_str()),
        ("platform", site.topology.platform().as_str()),
        ("region", site.region.name().as_str()),
        ("severity", alert.severity.as_str()),
    ]);
    if let Some(workload) = alert.workload {
        all.insert("workload".to_owned(), workload.name().to_string());
    }
    let mut annotations =
        labels([("action", &alert.action), ("description", &alert.description), ("summary", &alert.summary)]);
    if let Some(owner) = &site.topology.spec().owner {
        annotations.insert("owner".to_owned(), literal(owner.as_str()));
    }
    Rule {
        record: None,
        alert: Some(alert.name),
        expr: alert.expr,
        lasts: alert.lasts.map(|lasts| lasts.to_string()),
        labels: all,
        annotations,
    }
}

/// A rule with a label that tells it from others of its name: no two alerts may have the same labels.
pub(crate) fn about(key: &str, value: &str, mut rule: Rule) -> Rule {
    rule.labels.insert(key.to_owned(), value.to_owned());
    rule
}

/// A value that is worked out once and used by several alerts.
pub(crate) fn record(name: String, expr: String, labels: Labels) -> Rule {
    Rule { record: Some(name), alert: None, expr, lasts: None, labels, annotations: Labels::new() }
}

pub(crate) fn group(name: impl Into<String>, rules: Vec<Rule>) -> Option<RuleGroup> {
    (!rules.is_empty()).then(|| RuleGroup { name: name.into(), rules })
}

/// The object of some groups; none if there are none.
pub(crate) fn rules(
    name: String,
    namespace: &str,
    labels: Labels,
    groups: Vec<RuleGroup>,
) -> Option<Custom<PrometheusRule>> {
    (!groups.is_empty())
        .then(|| Custom { metadata: metadata(name, Some(namespace), labels), spec: PrometheusRule { groups } })
}

/// A text that arrives as it is: what would be code of a template is written as a string of one.
/// Source: Prometheus documentation, "Template reference"; Go `text/template`.
pub(crate) fn literal(text: &str) -> String {
    text.replace("{{", r#"{{"{{"}}"#)
}

/// A number of millionths as a decimal number, without zeros at its end.
pub(crate) fn fraction(millionths: u32) -> String {
    let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The names of some namespaces as a regular expression; they have nothing in them that means something there.
pub(crate) fn any_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_no_code() {
        assert_eq!(literal("a {{ .b }} c"), r#"a {{"{{"}} .b }} c"#);
        assert_eq!(literal("ops@example.com"), "ops@example.com");
    }

    #[test]
    fn shares_are_exact() {
        assert_eq!(fraction(500_000), "0.5");
        assert_eq!(fraction(1_000_000), "1");
        assert_eq!(fraction(125_000), "0.125");
        assert_eq!(fraction(1), "0.000001");
        assert_eq!(fraction(0), "0");
    }
}
