//! See its page.

use crate::context::Context;
use crate::edit::Edit;
use crate::findings::Findings;
use crate::hcl::{Argument, Block};
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::terraform::layout;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/backend-lock-table",
    severity: Severity::Warning,
    looks_at: "S3 backends",
    page: include_str!("backend_lock_table.md"),
    fixable: true,
    check: Check::Root(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, root: &Root, findings: &mut Findings<'_>) {
    for backend in root.s3_backends() {
        findings.looked_at_one();
        if let Some(table) = backend.argument("dynamodb_table") {
            findings
                .report(
                    table,
                    "`dynamodb_table` is deprecated: since Terraform 1.11 the state is locked by a file beside it",
                )
                .help("set `use_lockfile = true`, keep both for one release, then remove the table")
                .fix(removed(context, root, backend, table));
        }
    }
}

/// The last step of the change, once the file locks too: who still knows the table alone takes the lock of the file as
/// well. The first step is nobody's but the owner's, because all who apply have to take it before the last one.
fn removed(context: &Context<'_>, root: &Root, backend: &Block, table: &Argument) -> Option<Edit> {
    let by_file = root.argument(backend, "use_lockfile")?;
    let file = context.platform().file_of(table).filter(|file| file.path().rsplit('.').next() != Some("json"))?;
    let (key, value) = (table.place().span(), table.value.place().span());
    let start = file.text().get(..key.start)?.rfind('\n')? + 1;
    let end = value.end + file.text().get(value.end..)?.find('\n')? + 1;
    let alone =
        file.text().get(start..key.start)?.trim().is_empty() && file.text().get(value.end..end)?.trim().is_empty();
    if by_file.as_bool() != Some(true) || !alone {
        return None;
    }
    let (span, text) = layout::without(file.text(), start..end)?;
    Some(Edit::new(Place::new(table.place().file, span), text))
}
