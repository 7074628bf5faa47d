//! Quantities of Kubernetes: `100m`, `1.5`, `512Mi`, `1e3`.
//!
//! Source: k8s.io/apimachinery `pkg/api/resource/quantity.go`.

use crate::yaml::Node;

/// A quantity in thousandths, rounded up, which is how the scheduler counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(i128);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many thousandths.
    pub const fn from_millis(millis: i128) -> Self {
        Self(millis)
    }

    /// So many.
    pub const fn from_whole(whole: i128) -> Self {
        Self(whole.saturating_mul(1000))
    }

    /// In thousandths.
    pub const fn millis(self) -> i128 {
        self.0
    }

    /// Rounded up.
    pub const fn ceil(self) -> i128 {
        self.0.div_euclid(1000) + if self.0.rem_euclid(1000) == 0 { 0 } else { 1 }
    }

    /// The sum.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many of it.
    #[must_use]
    pub const fn times(self, count: i128) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Reads a quantity; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let end = text.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(text.len());
        let (number, suffix) = (text.get(..end)?, text.get(end..)?);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty())
            || whole.len() > 18
            || fraction.len() > 18
            || fraction.contains('.')
        {
            return None;
        }
        let digits: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        let numerator = digits.checked_mul(scale)?.checked_add(part)?;
        let (multiply, divide) = factor(suffix)?;
        let up = numerator.checked_mul(multiply)?.checked_mul(1000)?;
        let down = scale.checked_mul(divide)?;
        let millis = up.checked_add(down - 1)? / down;
        Some(Self(if negative { -millis } else { millis }))
    }

    /// Reads the quantity of a node, whether it is written as a text or as a number.
    pub fn of(node: &Node) -> Option<Self> {
        Self::parse(node.text()?)
    }
}

fn factor(suffix: &str) -> Option<(i128, i128)> {
    Some(match suffix {
        "" => (1, 1),
        "n" => (1, 1_000_000_000),
        "u" => (1, 1_000_000),
        "m" => (1, 1_000),
        "k" => (1_000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            let size = 10_i128.checked_pow(power.unsigned_abs())?;
            if power < 0 { (1, size) } else { (size, 1) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_as_kubernetes_reads_them() {
        for (text, millis) in [
            ("100m", 100),
            ("1", 1000),
            ("1.5", 1500),
            (".5", 500),
            ("1Ki", 1_024_000),
            ("2e3", 2_000_000),
            ("1E", 1_000_000_000_000_000_000_000),
            ("1e-3", 1),
            ("1n", 1),
            ("-1", -1000),
        ] {
            assert_eq!(Quantity::parse(text).map(Quantity::millis), Some(millis), "{text}");
        }
        for text in ["", "m", "1 Gi", "1gb", "1.2.3", "--1", "e3", "99999999999999999999"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
        assert_eq!(Quantity::parse("1500m").unwrap().ceil(), 2);
    }
}
