//! What a bare word in YAML means to the readers in the wild.
//!
//! [`misread`] knows what YAML 1.1 (the regular expressions of <https://yaml.org/type/>, `PyYAML`, go-yaml as kubectl uses
//! it, Ruby's Psych) or YAML 1.2 (the core schema) makes of a plain scalar. The writer quotes such strings; the reader of
//! topology files tells people to quote them.
//!
//! On purpose it is generous: it ignores case where the readers list some capitalisations and digit separators wherever
//! one reader strips them. One thing is left out: the float expression of yaml.org, read to the letter, takes `1.2.3`
//! and `10.0.0.1` for floats, a slip of the pen that no reader has copied.

use std::borrow::Cow;
use std::fmt;

pub use super::quote::is_plain;

/// What a reader takes a plain scalar for, instead of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misread {
    /// `~`, `null` or nothing at all.
    Null,
    /// `true`, `no`, `on`, `y`.
    Bool,
    /// `017`, `0x1F`, `1_000`.
    Int,
    /// `1e3`, `.5`, `.inf`.
    Float,
    /// `12:30`, which YAML 1.1 reads as 750.
    Sexagesimal,
    /// `2001-01-01`, with or without a time.
    Timestamp,
    /// `<<`, the merge key of YAML 1.1.
    Merge,
    /// `=`, the default value key of YAML 1.1.
    Value,
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Sexagesimal => "a base-60 number",
            Self::Timestamp => "a date",
            Self::Merge => "a merge key",
            Self::Value => "a default value key",
        })
    }
}

/// What some reader takes the plain scalar `text` for, `None` when every reader sees a string.
///
/// ```
/// use waard_model::yaml::plain::{Misread, misread};
/// assert_eq!(misread("no"), Some(Misread::Bool));
/// assert_eq!(misread("12:30"), Some(Misread::Sexagesimal));
/// assert_eq!(misread("10.0.0.0/16"), None);
/// ```
pub fn misread(text: &str) -> Option<Misread> {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else {
        return Some(Misread::Null);
    };
    match first {
        b'~' | b'=' | b'<' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => word(text),
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'_' | b',' => number(bytes),
        _ => None,
    }
}

/// `text` as one line of YAML that every reader reads back as that string: bare where that is safe, otherwise in
/// double quotes.
///
/// ```
/// use waard_model::yaml::plain::quoted;
/// assert_eq!(quoted("eu-west-1"), "eu-west-1");
/// assert_eq!(quoted("yes"), "\"yes\"");
/// ```
pub fn quoted(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 2);
    super::quote::double_quoted(&mut out, text);
    Cow::Owned(out)
}

fn word(text: &str) -> Option<Misread> {
    const BOOLS: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "true", "false"];
    match text {
        "~" => Some(Misread::Null),
        "=" => Some(Misread::Value),
        "<<" => Some(Misread::Merge),
        _ if text.len() > 5 => None,
        _ if text.eq_ignore_ascii_case("null") => Some(Misread::Null),
        _ => BOOLS.iter().any(|name| text.eq_ignore_ascii_case(name)).then_some(Misread::Bool),
    }
}

fn number(text: &[u8]) -> Option<Misread> {
    let unsigned = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"-")).unwrap_or(text);
    if is_based(unsigned) || is_decimal(unsigned) {
        return Some(Misread::Int);
    }
    if is_float(unsigned) {
        return Some(Misread::Float);
    }
    if is_sexagesimal(unsigned) {
        return Some(Misread::Sexagesimal);
    }
    is_timestamp(text).then_some(Misread::Timestamp)
}

/// A digit, or what readers strip from between digits: `_` (YAML 1.1), `,` (Psych).
fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'_' | b',')
}

/// `017`, `1_000`, `12`; `-_1` too, which go-yaml reads as -1.
fn is_decimal(text: &[u8]) -> bool {
    text.iter().all(|&byte| is_digit(byte)) && text.iter().any(u8::is_ascii_digit)
}

/// `0b1`, `0o17`, `0x1F`, in either case.
fn is_based(text: &[u8]) -> bool {
    let [b'0', base, digits @ ..] = text else {
        return false;
    };
    let fits: fn(&u8) -> bool = match base {
        b'b' | b'B' => |byte| matches!(byte, b'0' | b'1' | b'_'),
        b'o' | b'O' => |byte| matches!(byte, b'0'..=b'7' | b'_'),
        b'x' | b'X' => |byte| byte.is_ascii_hexdigit() || *byte == b'_',
        _ => return false,
    };
    !digits.is_empty() && digits.iter().all(fits)
}

/// `1.5`, `.5`, `5.`, `1e3`, `.inf`, `.nan`; a lone `.` too, which fits the expression of yaml.org.
fn is_float(text: &[u8]) -> bool {
    if text.eq_ignore_ascii_case(b".inf") || text.eq_ignore_ascii_case(b".nan") {
        return true;
    }
    let whole = leading_digits(text);
    let (fraction, point) = match whole.strip_prefix(b".") {
        Some(fraction) => (leading_digits(fraction), true),
        None => (whole, false),
    };
    let mantissa_has_digits = text.first().is_some_and(u8::is_ascii_digit) || point;
    match fraction {
        [] => mantissa_has_digits && point,
        [b'e' | b'E', exponent @ ..] => {
            let digits = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
            mantissa_has_digits && is_decimal(digits)
        }
        _ => false,
    }
}

/// What is left of `text` after its leading digits.
fn leading_digits(text: &[u8]) -> &[u8] {
    let digits = text.iter().take_while(|&&byte| is_digit(byte)).count();
    text.get(digits..).unwrap_or_default()
}

/// `[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_sexagesimal(text: &[u8]) -> bool {
    if !text.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let (places, fraction) = match text.iter().position(|&byte| byte == b'.') {
        Some(point) => text.split_at_checked(point).unwrap_or((text, &[])),
        None => (text, [].as_slice()),
    };
    let mut places = places.split(|&byte| byte == b':');
    let leading = places.next().is_some_and(|digits| digits.iter().all(|&byte| is_digit(byte)));
    let mut count = 0;
    let sixtieths = places.all(|digits| {
        count += 1;
        matches!(digits, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    leading && count > 0 && sixtieths && fraction.iter().skip(1).all(|&byte| is_digit(byte))
}

/// `2001-01-01`, and `2001-01-01T12:30:45.5+02:00` in all the ways of yaml.org; months and the like of one digit too.
fn is_timestamp(text: &[u8]) -> bool {
    let mut rest = Cursor(text);
    let date = rest.digits(4, 4) && rest.byte(b"-") && rest.digits(1, 2) && rest.byte(b"-") && rest.digits(1, 2);
    if !date || rest.0.is_empty() {
        return date;
    }
    let separator = rest.byte(b"Tt") || rest.blanks();
    let time = rest.digits(1, 2) && rest.byte(b":") && rest.digits(1, 2) && rest.byte(b":") && rest.digits(1, 2);
    if !(separator && time) {
        return false;
    }
    if rest.byte(b".") {
        rest.digits(0, usize::MAX);
    }
    rest.blanks();
    if !rest.byte(b"Z") && rest.byte(b"+-") {
        let hours = rest.digits(1, 2);
        let minutes = rest.0.is_empty() || (rest.byte(b":") | true && rest.digits(1, 2));
        return hours && minutes && rest.0.is_empty();
    }
    rest.0.is_empty()
}

/// Eats a timestamp from the left.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn digits(&mut self, min: usize, max: usize) -> bool {
        let count = self.0.iter().take(max).take_while(|byte| byte.is_ascii_digit()).count();
        self.0 = self.0.get(count..).unwrap_or_default();
        count >= min
    }

    fn byte(&mut self, any_of: &[u8]) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if any_of.contains(first) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn blanks(&mut self) -> bool {
        let before = self.0.len();
        while self.byte(b" \t") {}
        self.0.len() < before
    }
}
