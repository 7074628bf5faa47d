//! See its page.

use crate::context::Context;
use crate::findings::Findings;
use crate::place::Place;
use crate::platform::FileKind;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform/format",
    severity: Severity::Info,
    looks_at: "Terraform files",
    page: include_str!("format.md"),
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
        let (mut count, mut first) = (0_usize, None);
        misplaced(file.text(), &mut |span, what| {
            count += 1;
            first.get_or_insert((span, what));
        });
        if let Some((span, what)) = first {
            let more = if count > 1 { format!(", and {} more such lines", count - 1) } else { String::new() };
            findings
                .report(Place::new(number, span), format!("`terraform fmt` would change this: {what}{more}"))
                .help("run `terraform fmt`");
        }
    }
}

/// An argument on one line: where its name ends and where its `=` is.
struct Assignment {
    start: usize,
    indent: usize,
    name: usize,
    equals: usize,
    value: usize,
    end: usize,
}

fn misplaced(text: &str, found: &mut dyn FnMut(std::ops::Range<usize>, &'static str)) {
    let mut chain: Vec<Assignment> = Vec::new();
    let (mut heredoc, mut comment, mut unsure) = (None::<String>, false, false);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (at, whole) = (start, line.trim_end_matches(['\n', '\r']));
        start += line.len();
        if let Some(end) = &heredoc {
            if whole.trim() == end {
                heredoc = None;
            }
            continue;
        }
        if comment || whole.trim_start().starts_with("/*") {
            comment = !whole.contains("*/");
            judge(&mut chain, found);
            continue;
        }
        let is_comment = whole.trim_start().starts_with(['#', '/']);
        if !is_comment && whole.ends_with([' ', '\t']) && !whole.contains(['#', '"']) {
            let from = at + whole.trim_end().len();
            found(from..at + whole.len(), "spaces at the end of the line");
        }
        heredoc = opens_heredoc(whole);
        match assignment(whole, at).filter(|_| heredoc.is_none()) {
            Some(next) => chain.push(next),
            // What else has a `=` is aligned too, and not read here: its neighbours can't be judged.
            None if whole.contains(" = ") && !is_comment && heredoc.is_none() && !opens(whole) => {
                chain.clear();
                unsure = true;
            }
            None => {
                if unsure {
                    chain.clear();
                    unsure = false;
                }
                judge(&mut chain, found);
            }
        }
    }
    if !unsure {
        judge(&mut chain, found);
    }
}

/// Whether the line opens more brackets than it closes, which Terraform doesn't align.
fn opens(line: &str) -> bool {
    line.trim_end().ends_with(['{', '[', '('])
}

/// Terraform aligns the `=` of neighbouring arguments that end on their line.
/// Source: hashicorp/hcl `hclwrite/format.go`, `formatCells` and `linesForFormat`.
fn judge(chain: &mut Vec<Assignment>, found: &mut dyn FnMut(std::ops::Range<usize>, &'static str)) {
    let same = chain.windows(2).all(|pair| matches!(pair, [a, b] if a.indent == b.indent));
    let widest = chain.iter().map(|line| line.name).max().unwrap_or_default();
    for line in chain.drain(..).filter(|_| same) {
        if line.equals != widest + 1 || line.value != line.equals + 2 {
            found(line.start + line.indent..line.end, "the `=` of neighbouring arguments don't stand below each other");
        }
    }
}

fn opens_heredoc(line: &str) -> Option<String> {
    let (_, rest) = line.rsplit_once("<<")?;
    let word = rest.trim_start_matches('-').trim();
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word.then(|| word.to_owned())
}

/// An argument whose brackets close on its line.
fn assignment(line: &str, start: usize) -> Option<Assignment> {
    if line.contains('\t') || !line.is_ascii() {
        return None;
    }
    let indent = line.len() - line.trim_start().len();
    let first = line.get(indent..)?;
    let name = indent
        + match first.strip_prefix('"') {
            Some(quoted) => 2 + quoted.find('"')?,
            None => first.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))?,
        };
    let rest = line.get(name..)?;
    let equals = name + rest.len() - rest.trim_start().len();
    let after = line.get(equals..)?.strip_prefix('=')?;
    if name == indent || after.starts_with(['=', '>']) {
        return None;
    }
    let (mut depth, mut quoted) = (0_i32, false);
    for byte in after.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b']' | b'}' if !quoted => depth -= 1,
            b'#' if !quoted => break,
            _ => {}
        }
    }
    let value = equals + 1 + after.len() - after.trim_start().len();
    (depth == 0 && !after.trim().is_empty()).then_some(Assignment {
        start,
        indent,
        name,
        equals,
        value,
        end: start + line.len(),
    })
}
