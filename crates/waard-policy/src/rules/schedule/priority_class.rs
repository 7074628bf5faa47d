//! See its page.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "schedule/priority-class",
    severity: Severity::Error,
    looks_at: "priority classes",
    page: include_str!("priority_class.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: Kubernetes `pkg/apis/scheduling/validation/validation.go` (names with `system-` are reserved, values end at
/// `HighestUserDefinablePriority`, 1,000,000,000) and `plugin/pkg/admission/priority/admission.go` (one global default).
const HIGHEST: i64 = 1_000_000_000;

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let mut default: Option<&Object> = None;
    for class in cluster.of("PriorityClass") {
        findings.looked_at_one();
        let reserved = matches!(class.name(), "system-cluster-critical" | "system-node-critical");
        if class.name().starts_with("system-") && !reserved {
            findings
                .report(
                    class,
                    format!(
                        "the name `{}` is refused: names that start with `system-` are Kubernetes' own",
                        class.name()
                    ),
                )
                .help("choose another name");
        }
        match class.at("value").map(|value| (value, value.as_int())) {
            Some((at, Some(value))) if value > HIGHEST && !reserved => {
                findings
                    .report(at, format!("`value: {value}` is refused: classes of one's own end at {HIGHEST}"))
                    .help("write a smaller number; only the order counts");
            }
            Some((at, None)) => findings.unknown(at, "its value is no number"),
            _ => {}
        }
        if class.bool_at("globalDefault") == Some(true) {
            match default {
                Some(first) if first.name() != class.name() => {
                    findings
                        .report(
                            class,
                            format!(
                                "`{}` and `{}` are both the global default, the second is refused",
                                first.name(),
                                class.name()
                            ),
                        )
                        .related(first, "the first")
                        .help("keep one");
                }
                _ => default = Some(class),
            }
        }
    }
}
