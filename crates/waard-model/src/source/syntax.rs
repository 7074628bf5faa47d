//! What a YAML parser trips over, in the words of the person who wrote it.

use std::ops::Range;

use granit_parser::ErrorKind;

/// Where it is, what is wrong, and what would be right. `at` is where the parser gave up.
pub fn explain(kind: &ErrorKind, text: &str, at: usize) -> (Range<usize>, String, String) {
    use ErrorKind as E;
    let here = word(text, at, |_| true);
    let (span, message, help) = match kind {
        E::UnknownAnchor => {
            let span = word(text, at, |c| !c.is_whitespace() && !",[]{}".contains(c));
            let name = text.get(span.clone()).unwrap_or_default().trim_start_matches('*');
            let message = format!("there is no anchor `{name}` that this alias could repeat");
            (
                span,
                message,
                format!("mark the value above it with `&{name}`, or write \"*{name}\" in quotes if it is a text"),
            )
        }
        E::UnexpectedCharacter { .. } | E::MissingAnchorOrAliasName => {
            let character = text.get(here.clone()).unwrap_or_default().escape_default();
            (here, format!("a value without quotes can't start with `{character}`"), "write it in quotes".to_owned())
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement | E::MappingKeyNotAllowed => (
            here,
            "no key can stand here, and `:` makes one".to_owned(),
            "write the text in quotes if the `:` is part of it; otherwise check the indentation".to_owned(),
        ),
        E::ExpectedBlockMappingKey | E::ExpectedBlockSequenceEntry | E::InvalidIndentation => (
            word(text, at, |c| c != '\n' && c != '\r' && c != ':'),
            "the indentation of this line is that of no line above".to_owned(),
            "start it in the same column as the lines that it belongs with".to_owned(),
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            word(text, at, |c| c != '\n' && c != '\r'),
            "this line is no key with a value".to_owned(),
            "write `key: value`, with a space after the `:`".to_owned(),
        ),
        E::ExpectedFlowMappingSeparator | E::UnexpectedEofFlowMapping => {
            (here, "a `{` above is still open here".to_owned(), "close it with `}`, or add the missing `,`".to_owned())
        }
        E::ExpectedFlowSequenceSeparator | E::UnexpectedEofFlowSequence => {
            (here, "a `[` above is still open here".to_owned(), "close it with `]`, or add the missing `,`".to_owned())
        }
        E::MismatchedFlowCollectionEnd { open, close } => {
            (here, format!("this `{open}` is closed by `{close}`"), format!("close it with `{}`", closing(*open)))
        }
        E::UnclosedFlowCollection { open } => {
            (here, format!("this `{open}` is never closed"), format!("close it with `{}`", closing(*open)))
        }
        E::MisplacedFlowCollectionEnd => {
            (here, "this bracket closes nothing".to_owned(), "remove it, or add the one that opens".to_owned())
        }
        E::UnclosedQuotedScalar => {
            (here, "this quote is never closed".to_owned(), "close it at the end of the value".to_owned())
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => (
            here,
            "something follows the closing quote".to_owned(),
            "write all of the value inside of the quotes".to_owned(),
        ),
        E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape | E::InvalidUnicodeEscape => (
            here,
            "`\\` starts an escape in double quotes, and this is none".to_owned(),
            "write `\\\\`, or use single quotes".to_owned(),
        ),
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabInPlainScalar
        | E::TabAtBlockScalarStart => {
            // The parser stops where the value starts that the tab cuts off.
            let tab = text.get(at..).and_then(|rest| rest.find('\t')).map_or(here, |more| at + more..at + more + 1);
            (tab, "a tab stands here".to_owned(), "indent with spaces".to_owned())
        }
        E::RecursionLimitExceeded => {
            (here, "values are nested too deep here".to_owned(), "no part of a topology is that deep".to_owned())
        }
        E::UnexpectedEof | E::UnexpectedEofBlockMapping | E::UnexpectedEofBlockSequence => {
            (here, "the file ends in the middle of a value".to_owned(), "is it complete? close what is open".to_owned())
        }
        _ => (here, "this is not YAML".to_owned(), "check indentation, quotes and brackets up to here".to_owned()),
    };
    (span, message, help)
}

const fn closing(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

/// The characters from `at` on that belong together, at most 60; one if none does.
fn word(text: &str, at: usize, belongs: fn(char) -> bool) -> Range<usize> {
    const MOST: usize = 60;
    let rest = text.get(at..).unwrap_or_default();
    let most = if belongs('\n') { 1 } else { MOST };
    let length: usize = rest.chars().take(most).take_while(|c| belongs(*c)).map(char::len_utf8).sum();
    let length = length.max(rest.chars().next().map_or(0, char::len_utf8));
    at..at + length
}
