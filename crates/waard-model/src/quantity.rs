//! Quantities with their units: sizes, shares, durations, rates, money, address ranges, times of day.

mod money;
mod net;
mod rate;
mod share;
mod size;
mod time;

pub use money::{Usd, UsdPerMonth};
pub use net::Cidr;
pub use rate::{ChangeAmount, ChangeRate, Rate, Throughput};
pub use share::{CountOrShare, Percent};
pub use size::{Bounds, Bytes, Cpu};
pub use time::{Cron, DayWindow, Duration, TimeZone};

/// Splits `12.5Gi` into `12.5` and `Gi`: the number and what follows.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    text.split_at(end)
}

/// A plain decimal number without sign, in units of `10^-scale`: `("1.5", 3)` is 1500.
fn decimal(text: &str, scale: u32) -> Result<u64, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(format!("`{text}` is not a plain decimal number"));
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(format!("`{text}` has a leading zero"));
    }
    if scale == 0 && text.contains('.') {
        return Err(format!("`{text}` is not a whole number"));
    }
    if scale > 0 && fraction.len() > scale as usize {
        return Err(format!("`{text}` has more than {scale} decimal places"));
    }
    let fraction = fraction.trim_end_matches('0');
    let unit = 10_u64.pow(scale);
    let too_large = || format!("`{text}` is too large");
    let whole: u64 = whole.parse().map_err(|_| too_large())?;
    let padded = format!("{fraction:0<width$}", width = scale as usize);
    let fraction: u64 = if padded.is_empty() { 0 } else { padded.parse().map_err(|_| too_large())? };
    whole.checked_mul(unit).and_then(|w| w.checked_add(fraction)).ok_or_else(too_large)
}

/// Prints a number in units of `10^-scale` without trailing zeros.
fn print_decimal(f: &mut std::fmt::Formatter<'_>, value: u64, scale: u32) -> std::fmt::Result {
    let unit = 10_u64.pow(scale);
    let (whole, fraction) = (value / unit, value % unit);
    if fraction == 0 {
        return write!(f, "{whole}");
    }
    let digits = format!("{fraction:0>width$}", width = scale as usize);
    write!(f, "{whole}.{}", digits.trim_end_matches('0'))
}
