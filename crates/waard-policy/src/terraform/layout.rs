//! How `terraform fmt` lays out neighbouring arguments, as far as lines tell it without reading expressions.

use std::ops::Range;

/// An argument on one line: where its name ends and where its `=` is.
struct Assignment {
    start: usize,
    indent: usize,
    name: usize,
    equals: usize,
    value: usize,
    end: usize,
    /// A comment follows, which `terraform fmt` aligns too.
    commented: bool,
}

/// A line that `terraform fmt` would change.
pub(crate) struct Misplaced {
    /// What is wrong.
    pub(crate) span: Range<usize>,
    /// Why, in words.
    pub(crate) what: &'static str,
    /// What to replace so that it is right; `None` where that isn't sure.
    pub(crate) edit: Option<(Range<usize>, String)>,
}

/// Calls `found` for every line of which it is certain that `terraform fmt` would change it.
pub(crate) fn misplaced(text: &str, found: &mut dyn FnMut(Misplaced)) {
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
        heredoc = opens_heredoc(whole);
        let next = assignment(whole, at);
        // A comment or a text may end with spaces; behind an argument without a comment there is neither.
        let plain = !whole.contains(['#', '"']) || next.as_ref().is_some_and(|next| !next.commented);
        if !is_comment && whole.ends_with([' ', '\t']) && plain {
            let span = at + whole.trim_end().len()..at + whole.len();
            found(Misplaced {
                span: span.clone(),
                what: "spaces at the end of the line",
                edit: Some((span, String::new())),
            });
        }
        match next {
            // One that opens a heredoc too: the chain goes on behind it.
            Some(next) => chain.push(next),
            // What else has a `=` is aligned too, and not read here: its neighbours can't be judged.
            None if whole.contains(" = ") && !is_comment && !opens(whole) => {
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
fn judge(chain: &mut Vec<Assignment>, found: &mut dyn FnMut(Misplaced)) {
    let same = chain.windows(2).all(|pair| matches!(pair, [a, b] if a.indent == b.indent));
    let widest = chain.iter().map(|line| line.name).max().unwrap_or_default();
    let commented = chain.iter().any(|line| line.commented);
    for line in chain.drain(..).filter(|_| same) {
        if line.equals != widest + 1 || line.value != line.equals + 2 {
            let gap = line.start + line.name..line.start + line.value;
            let text = format!("{}= ", " ".repeat(widest + 1 - line.name));
            found(Misplaced {
                span: line.start + line.indent..line.end,
                what: "the `=` of neighbouring arguments don't stand below each other",
                edit: (!commented).then_some((gap, text)),
            });
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
    let (mut depth, mut quoted, mut commented) = (0_i32, false, false);
    for (at, byte) in after.bytes().enumerate() {
        match byte {
            b'/' if !quoted => commented |= matches!(after.as_bytes().get(at + 1), Some(b'/' | b'*')),
            b'"' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b']' | b'}' if !quoted => depth -= 1,
            b'#' if !quoted => {
                commented = true;
                break;
            }
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
        commented,
    })
}

/// The text that `terraform fmt` would leave, if nothing but those lines is to be changed and all of it is sure.
fn formatted(text: &str) -> Option<String> {
    let mut edits = Vec::new();
    misplaced(text, &mut |line| edits.push(line.edit));
    let mut edits: Vec<(Range<usize>, String)> = edits.into_iter().collect::<Option<_>>()?;
    edits.sort_by_key(|(span, _)| span.start);
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (span, replacement) in edits {
        out.push_str(text.get(from..span.start)?);
        out.push_str(&replacement);
        from = span.end;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

/// Takes lines out of a text, and brings what is left of it into form if it was in form before. The one change that does
/// so: which bytes become which text.
pub(crate) fn without(text: &str, lines: Range<usize>) -> Option<(Range<usize>, String)> {
    let mut tidy = true;
    misplaced(text, &mut |_| tidy = false);
    let left = format!("{}{}", text.get(..lines.start)?, text.get(lines.end..)?);
    let after = if tidy { formatted(&left)? } else { left };
    let alike = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let start = alike(&mut text.chars(), &mut after.chars());
    let (old, new) = (text.get(start..)?, after.get(start..)?);
    let end = alike(&mut old.chars().rev(), &mut new.chars().rev());
    Some((start..text.len() - end, new.get(..new.len() - end)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_and_the_rest_stays_in_form() {
        let text = "a {\n  key            = \"k\"\n  dynamodb_table = \"t\"\n  use_lockfile   = true\n}\n";
        let at = text.find("  dyn").unwrap();
        let end = text.find("  use_").unwrap();
        let (span, new) = without(text, at..end).unwrap();
        let after = format!("{}{new}{}", &text[..span.start], &text[span.end..]);
        assert_eq!(after, "a {\n  key          = \"k\"\n  use_lockfile = true\n}\n");
    }

    #[test]
    fn comments_beside_arguments_are_left_to_terraform() {
        assert_eq!(formatted("a = 1\nlong = 2\n").as_deref(), Some("a    = 1\nlong = 2\n"));
        assert_eq!(formatted("a = 1 # one\nlong = 2\n"), None);
        assert_eq!(formatted("a = \"http://x#y\"\nlong = 2\n").as_deref(), Some("a    = \"http://x#y\"\nlong = 2\n"));
    }
}
