//! Values of assumptions as people write them.

use rust_decimal::Decimal;
use waard_catalog::{AssumedShape, AssumedUnit};

/// Reads `75`, `60..110`, `60..75..110` or `60~110`, each number with or without a unit.
pub(super) fn shape(text: &str, unit: AssumedUnit) -> Result<AssumedShape, String> {
    let read = |part: &str| number(part.trim(), unit);
    let shape = if let Some((p50, p95)) = text.split_once('~') {
        AssumedShape::LogNormal(read(p50)?, read(p95)?)
    } else {
        let parts = text.split("..").map(read).collect::<Result<Vec<_>, _>>()?;
        match *parts.as_slice() {
            [value] => AssumedShape::Fixed(value),
            [least, most] => AssumedShape::Uniform(least, most),
            [least, likely, most] => AssumedShape::Triangular(least, likely, most),
            _ => return Err("it has more than three numbers".to_owned()),
        }
    };
    let rising = match shape {
        AssumedShape::Fixed(_) => true,
        AssumedShape::Uniform(least, most) => least <= most,
        AssumedShape::Triangular(least, likely, most) => least <= likely && likely <= most,
        AssumedShape::LogNormal(p50, p95) if p50.is_zero() => return Err(format!("a median of {p50} has no {p95}")),
        AssumedShape::LogNormal(p50, p95) => p50 <= p95,
    };
    if rising { Ok(shape) } else { Err("its numbers must rise".to_owned()) }
}

/// Units that may stand behind a number of each kind, and what they are worth, as mantissa and decimal places.
const fn units(unit: AssumedUnit) -> &'static [(&'static str, i64, u32)] {
    match unit {
        AssumedUnit::Seconds => &[("ms", 1, 3), ("s", 1, 0), ("m", 60, 0), ("h", 3600, 0), ("d", 86_400, 0)],
        AssumedUnit::Count => &[],
        AssumedUnit::Share => &[("%", 1, 2)],
        AssumedUnit::Megabytes => &[("MB", 1, 0), ("GB", 1000, 0)],
        AssumedUnit::MegabytesPerSecond => &[("MB/s", 1, 0)],
        AssumedUnit::Usd => &[("USD", 1, 0)],
    }
}

fn number(text: &str, unit: AssumedUnit) -> Result<Decimal, String> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let value: Decimal = digits.parse().map_err(|_| format!("`{text}` is no number"))?;
    let factor = match suffix.trim() {
        "" => Decimal::ONE,
        suffix => match units(unit).iter().find(|(name, ..)| *name == suffix) {
            Some((_, mantissa, places)) => Decimal::new(*mantissa, *places),
            None => return Err(format!("`{suffix}` is not a unit of it")),
        },
    };
    let value = value.checked_mul(factor).ok_or_else(|| format!("`{text}` is too large"))?.normalize();
    if unit == AssumedUnit::Share && value > Decimal::ONE {
        return Err("a share is at most 1, or 100 %".to_owned());
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_units() {
        let of = |n: i64, places: u32| Decimal::new(n, places);
        let cases = [
            ("75", AssumedUnit::Seconds, AssumedShape::Fixed(of(75, 0))),
            ("2m", AssumedUnit::Seconds, AssumedShape::Fixed(of(120, 0))),
            ("500ms..1.5 s", AssumedUnit::Seconds, AssumedShape::Uniform(of(5, 1), of(15, 1))),
            ("5%..10%..0.2", AssumedUnit::Share, AssumedShape::Triangular(of(5, 2), of(1, 1), of(2, 1))),
            ("60 ~ 110", AssumedUnit::Seconds, AssumedShape::LogNormal(of(60, 0), of(110, 0))),
            ("1.2 GB", AssumedUnit::Megabytes, AssumedShape::Fixed(of(1200, 0))),
        ];
        for (text, unit, shape) in cases {
            assert_eq!(super::shape(text, unit), Ok(shape), "{text}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused_with_the_reason() {
        let cases = [
            ("", AssumedUnit::Seconds, "`` is no number"),
            ("-3", AssumedUnit::Seconds, "`-3` is no number"),
            ("3 parsecs", AssumedUnit::Seconds, "`parsecs` is not a unit of it"),
            ("3..2", AssumedUnit::Count, "its numbers must rise"),
            ("1..2..3..4", AssumedUnit::Count, "it has more than three numbers"),
            ("0~4", AssumedUnit::Seconds, "a median of 0 has no 4"),
            ("120%", AssumedUnit::Share, "a share is at most 1, or 100 %"),
        ];
        for (text, unit, problem) in cases {
            assert_eq!(shape(text, unit), Err(problem.to_owned()), "{text}");
        }
    }
}
