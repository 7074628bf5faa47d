//! The three ways of writing a string: bare, in double quotes, as a literal block.

use super::plain::misread;

/// How a string is written as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it stands.
    Plain,
    /// In double quotes, on one line.
    Quoted,
    /// A literal block.
    Literal(Block),
}

/// The header of a literal block: `|2-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The first line starts with a space, so the header must say how far the block is indented.
    pub(super) indicator: bool,
    /// What becomes of the line breaks at the end.
    pub(super) chomp: Chomp,
}

/// What a block does with the line breaks at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chomp {
    /// `|-`: there is none.
    Strip,
    /// `|`: there is exactly one.
    Clip,
    /// `|+`: there are several.
    Keep,
}

/// Chooses the style of a value; `keep` allows `|+`.
pub(super) fn style(text: &str, keep: bool) -> Style {
    if is_plain(text) {
        return Style::Plain;
    }
    match block(text) {
        Some(block) if keep || block.chomp != Chomp::Keep => Style::Literal(block),
        _ => Style::Quoted,
    }
}

/// Whether every reader reads `text`, written bare as a value or a key in block style, as that string.
pub fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let starts_well = match first {
        // The indicators. `:`, `?` and `-` may start a plain scalar when no blank follows; only `-` is worth it
        // (`--verbose`): Psych reads `:name` as a symbol, and nobody starts with `?`.
        b'!' | b'"' | b'#' | b'%' | b'&' | b'\'' | b'*' | b',' | b':' | b'>' | b'?' | b'@' | b'[' | b']' | b'`'
        | b'{' | b'|' | b'}' | b' ' => false,
        b'-' => !matches!(bytes, [b'-'] | [b'-', b' ', ..]) && !is_marker(bytes, b"---"),
        b'.' => !is_marker(bytes, b"..."),
        _ => true,
    };
    starts_well
        && !matches!(last, b' ' | b':')
        && (!bytes.iter().any(|&byte| is_special(byte)) || specials_are_harmless(text))
        && misread(text).is_none()
}

/// `---` and `...` end a document when they stand alone or before a blank at the start of a line.
fn is_marker(text: &[u8], marker: &[u8]) -> bool {
    matches!(text.strip_prefix(marker), Some([] | [b' ', ..]))
}

/// A byte that needs a second look at its surroundings or at its whole character.
fn is_special(byte: u8) -> bool {
    matches!(byte, b':' | b'#' | 0..0x20 | 0x7f..)
}

fn specials_are_harmless(text: &str) -> bool {
    let bytes = text.as_bytes();
    let no_syntax = bytes.windows(2).all(|pair| !matches!(pair, b": " | b" #"));
    no_syntax && (bytes.iter().all(|byte| matches!(byte, 0x20..0x7f)) || !text.chars().any(is_escaped))
}

/// Characters that go nowhere as themselves: control characters and what YAML doesn't count as printable, all line
/// breaks, and what nobody sees in an editor (odd spaces, byte order marks, switches of the writing direction).
/// The joiners U+200C and U+200D stay: languages and emoji are made with them.
fn is_escaped(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\0'..='\u{a0}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}' => true,
        _ => character.is_whitespace(),
    }
}

/// The block that holds `text`, if one can: text of several lines, all of it visible.
fn block(text: &str) -> Option<Block> {
    if !text.contains('\n') {
        return None;
    }
    let body = text.trim_end_matches('\n');
    let first_line = body.trim_start_matches('\n');
    // Blanks at the end of a line are lost to editors, a tab at the start looks like indentation, and a text of line
    // breaks only is no block anyone can read.
    let blank = first_line.is_empty() || body.split('\n').any(|line| line.ends_with([' ', '\t']));
    if blank
        || first_line.starts_with('\t')
        || body.chars().any(|character| !matches!(character, '\n' | '\t') && is_escaped(character))
    {
        return None;
    }
    let chomp = match text.len() - body.len() {
        0 => Chomp::Strip,
        1 => Chomp::Clip,
        _ => Chomp::Keep,
    };
    Some(Block { indicator: first_line.starts_with(' '), chomp })
}

/// Appends `text` in double quotes.
pub(super) fn double_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|character| matches!(character, '"' | '\\') || is_escaped(character)) {
        let Some((before, from)) = rest.split_at_checked(at) else {
            break;
        };
        out.push_str(before);
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            escape(out, character);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn escape(out: &mut String, character: char) {
    let short = match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\t' => "\\t",
        '\r' => "\\r",
        '\0' => "\\0",
        _ => "",
    };
    if !short.is_empty() {
        out.push_str(short);
        return;
    }
    let code = u32::from(character);
    let (letter, digits) = match code {
        0..=0xff => ('x', 2),
        0x100..=0xffff => ('u', 4),
        _ => ('U', 8),
    };
    out.push('\\');
    out.push(letter);
    for place in (0..digits).rev() {
        out.push(char::from_digit(code >> (4 * place) & 0xf, 16).unwrap_or('0'));
    }
}
