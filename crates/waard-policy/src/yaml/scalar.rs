//! What a scalar without quotes is: as kubectl reads it, with YAML 1.1's booleans and numbers.
//!
//! Source: sigs.k8s.io/yaml `goyaml.v2/resolve.go`, which kubectl and client-go read with.

/// What a single value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'n> {
    /// Nothing: empty, `~`, `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(&'n str),
}

/// Resolves a scalar that stands without quotes.
pub(super) fn resolve(text: &str) -> Scalar<'_> {
    let Some(first) = text.bytes().next() else {
        return Scalar::Null;
    };
    match first {
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => word(text),
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
        _ => Scalar::Text(text),
    }
}

fn word(text: &str) -> Scalar<'_> {
    match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        _ => Scalar::Text(text),
    }
}

fn number(text: &str) -> Scalar<'_> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte)) {
        return Scalar::Text(text);
    }
    let cleaned: std::borrow::Cow<'_, str> =
        if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let (negative, digits) = match cleaned.as_bytes().first() {
        Some(b'-') => (true, cleaned.get(1..).unwrap_or_default()),
        Some(b'+') => (false, cleaned.get(1..).unwrap_or_default()),
        _ => (false, &*cleaned),
    };
    if let Some(value) = integer(digits) {
        let value = if negative { -value } else { value };
        #[expect(clippy::cast_precision_loss, reason = "a number beyond 64 bits is read as a float there too")]
        return i64::try_from(value).map_or(Scalar::Float(value as f64), Scalar::Int);
    }
    let plain = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match digits.parse::<f64>() {
        Ok(value) if plain => Scalar::Float(if negative { -value } else { value }),
        _ => Scalar::Text(text),
    }
}

/// As Go's `strconv.ParseInt` with base 0: `0x`, `0o`, `0b`, and octal after a leading zero.
fn integer(digits: &str) -> Option<i128> {
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || digits.len() > 30 || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    i128::from_str_radix(digits, base).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_what_kubectl_reads() {
        for (text, is) in [
            ("", Scalar::Null),
            ("null", Scalar::Null),
            ("yes", Scalar::Bool(true)),
            ("OFF", Scalar::Bool(false)),
            ("yEs", Scalar::Text("yEs")),
            ("8080", Scalar::Int(8080)),
            ("-1", Scalar::Int(-1)),
            ("0644", Scalar::Int(420)),
            ("0o17", Scalar::Int(15)),
            ("1_000", Scalar::Int(1000)),
            ("1.5", Scalar::Float(1.5)),
            ("1e3", Scalar::Float(1000.0)),
            ("1.2.3", Scalar::Text("1.2.3")),
            ("-", Scalar::Text("-")),
            (".", Scalar::Text(".")),
            ("100m", Scalar::Text("100m")),
            ("2026-11-25", Scalar::Text("2026-11-25")),
            ("089", Scalar::Float(89.0)),
            ("0x", Scalar::Text("0x")),
            ("99999999999999999999", Scalar::Float(1e20)),
        ] {
            assert_eq!(resolve(text), is, "{text:?}");
        }
    }
}
