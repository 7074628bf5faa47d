//! See its page.

use crate::context::Context;
use crate::edit::Edit;
use crate::findings::Findings;
use crate::place::Place;
use crate::platform::FileKind;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::layout::misplaced;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/format",
    severity: Severity::Info,
    looks_at: "Terraform files",
    page: include_str!("format.md"),
    fixable: true,
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (number, file) in context.platform().files().iter().enumerate() {
        let ending = file.path().rsplit('.').next();
        let is_hcl = matches!(file.kind(), FileKind::Terraform | FileKind::Values) && ending != Some("json");
        if !is_hcl || !file.faults().is_empty() {
            continue;
        }
        findings.looked_at_one();
        let Ok(number) = u32::try_from(number) else { continue };
        let (mut count, mut first, mut edits) = (0_usize, None, Some(Vec::new()));
        misplaced(file.text(), &mut |line| {
            count += 1;
            first.get_or_insert((line.span, line.what));
            match (&mut edits, line.edit) {
                (Some(edits), Some((span, text))) => edits.push(Edit::new(Place::new(number, span), text)),
                _ => edits = None,
            }
        });
        if let Some((span, what)) = first {
            let more = if count > 1 { format!(", and {} more such lines", count - 1) } else { String::new() };
            findings
                .report(Place::new(number, span), format!("`terraform fmt` would change this: {what}{more}"))
                .help("run `terraform fmt`")
                .fix(edits.into_iter().flatten());
        }
    }
}
