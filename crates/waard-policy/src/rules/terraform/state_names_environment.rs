//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/state-names-environment",
    severity: Severity::Warning,
    looks_at: "backends of root modules with an environment as a variable",
    page: include_str!("state_names_environment.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

/// What environments are called.
const WORDS: [&str; 9] = ["production", "prod", "staging", "stage", "development", "dev", "testing", "test", "qa"];

fn check(_: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    if !root.is_applied() {
        return;
    }
    // Undeclared or not: what is used as a variable is meant to change.
    let variable = root.blocks().iter().flat_map(|block| block.references()).find(|reference| {
        reference.root() == Some("var")
            && matches!(reference.name(1), Some("environment" | "env" | "stage" | "environment_name"))
    });
    let Some(variable) = variable else { return };
    for backend in root.settings("backend") {
        for name in ["key", "prefix"] {
            let Some(argument) = backend.argument(name) else { continue };
            findings.looked_at_one();
            let text = argument.value.as_str().unwrap_or_default();
            let word = text.split(['/', '-', '_', '.']).find(|word| WORDS.contains(word));
            if let Some(word) = word {
                findings
                    .report(
                        argument,
                        format!("the state is always that of `{word}`, while `{}` is a variable: another environment would write into it", variable.dotted()),
                    )
                    .help("leave the key to `terraform init -backend-config`, or give each environment a root module")
                    .related(variable, "the environment is a variable here");
            }
        }
    }
}
