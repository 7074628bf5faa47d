//! The share of a month in which an environment runs.

use rust_decimal::Decimal;
use waard_model::quantity::DayWindow;
use waard_model::topology::Environment;

const MINUTES_OF_A_WEEK: u32 = 7 * 24 * 60;

/// From 0 to 1; 1 without hours. Weeks are all alike: a day on which clocks change is shorter or longer by an hour, and
/// both happen in a year.
pub(super) fn share(environment: &Environment) -> Decimal {
    let Some(hours) = environment.hours() else {
        return Decimal::ONE;
    };
    let minutes = 5 * minutes(hours.weekdays) + 2 * hours.weekends.map_or(0, minutes);
    Decimal::from(minutes) / Decimal::from(MINUTES_OF_A_WEEK)
}

fn minutes(window: DayWindow) -> u32 {
    u32::from(window.to_minute().saturating_sub(window.from_minute()))
}
