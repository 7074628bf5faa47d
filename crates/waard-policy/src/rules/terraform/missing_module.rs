//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::platform::join;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/missing-module",
    severity: Severity::Error,
    looks_at: "calls of modules in folders",
    page: include_str!("missing_module.md"),
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for module in root.of_kind("module") {
        let Some(source) = module.get("source") else { continue };
        let Some(path) = source.as_str().filter(|path| path.starts_with("./") || path.starts_with("../")) else {
            continue;
        };
        findings.looked_at_one();
        let Some(folder) = join(root.path(), path) else {
            findings.unknown(source, format!("`{path}` is outside of what was given"));
            continue;
        };
        if context.platform().root(&folder).is_none() {
            let message = format!(
                "there is no module in `{folder}`, which module `{}` calls",
                module.label(0).unwrap_or_default()
            );
            findings
                .report(source, message)
                .help("write the module, or mend the path; it counts from the folder of this file");
        }
    }
}
