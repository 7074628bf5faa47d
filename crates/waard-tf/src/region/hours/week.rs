//! A week of hours: when they begin and end, as expressions of EventBridge Scheduler.

use waard_model::spec::HoursSpec;

const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;

/// A pause shorter than an hour is none: in less time nodes are hardly gone, and a database that is stopping can't start.
const SHORTEST_PAUSE: u32 = 60;

/// Days in the order of a week.
const DAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// When hours begin and end, in minutes since Monday began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Week {
    on: Vec<u32>,
    off: Vec<u32>,
}

/// A time of day on some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Time {
    /// Such as `0800`.
    pub(super) name: String,
    /// Such as `cron(0 8 ? * MON-FRI *)`.
    pub(super) expression: String,
}

impl Week {
    pub(super) fn of(hours: &HoursSpec) -> Self {
        let window = |day: u32| if day < 5 { Some(hours.weekdays) } else { hours.weekends };
        let windows: Vec<(u32, u32)> = (0..7)
            .filter_map(|day| {
                let window = window(day)?;
                Some((day * DAY + u32::from(window.from_minute()), day * DAY + u32::from(window.to_minute())))
            })
            .collect();
        // In order, and the first one comes again after the last.
        let next = windows.iter().cycle().skip(1);
        let (mut on, mut off) = (Vec::new(), Vec::new());
        for ((_, end), (start, _)) in windows.iter().zip(next) {
            if (start + WEEK - end) % WEEK >= SHORTEST_PAUSE {
                off.push(end % WEEK);
                on.push(*start);
            }
        }
        Self { on, off }
    }

    /// True if there is no pause.
    pub(super) fn is_full(&self) -> bool {
        self.off.is_empty()
    }

    pub(super) fn on(&self) -> Vec<Time> {
        times(&self.on, 0)
    }

    /// So many minutes after the end.
    pub(super) fn off(&self, later: u32) -> Vec<Time> {
        times(&self.off, later)
    }
}

fn times(moments: &[u32], later: u32) -> Vec<Time> {
    let mut found: Vec<(u32, u32)> =
        moments.iter().map(|moment| (moment + later) % WEEK).map(|at| (at % DAY, at / DAY)).collect();
    found.sort_unstable();
    found
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|alike| {
            let (minute, _) = alike.first()?;
            let days: Vec<u32> = alike.iter().map(|(_, day)| *day).collect();
            let (hour, minute) = (minute / 60, minute % 60);
            let expression = format!("cron({minute} {hour} ? * {} *)", written(&days));
            Some(Time { name: format!("{hour:02}{minute:02}"), expression })
        })
        .collect()
}

/// In an expression a week begins on Sunday, so no range ends with it.
/// Source: EventBridge Scheduler User Guide, "Schedule types", cron-based schedules.
fn written(days: &[u32]) -> String {
    let names: Vec<&str> = days.iter().filter_map(|day| DAYS.get(usize::try_from(*day).ok()?)).copied().collect();
    let in_a_row = days.windows(2).all(|pair| matches!(pair, [a, b] if a + 1 == *b));
    match names.as_slice() {
        all if all.len() == 7 => "*".to_owned(),
        [first, _, .., last] if in_a_row && names.len() > 2 && *last != "SUN" => format!("{first}-{last}"),
        some => some.join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(weekdays: &str, weekends: Option<&str>) -> (Vec<String>, Vec<String>) {
        let hours = HoursSpec {
            zone: "Europe/Berlin".parse().unwrap(),
            weekdays: weekdays.parse().unwrap(),
            weekends: weekends.map(|window| window.parse().unwrap()),
        };
        let week = Week::of(&hours);
        let written = |times: Vec<Time>| times.into_iter().map(|time| time.expression).collect();
        (written(week.on()), written(week.off(0)))
    }

    #[test]
    fn weekdays_alone() {
        let (on, off) = week("08:00-18:30", None);
        assert_eq!(
            (on.as_slice(), off.as_slice()),
            (&["cron(0 8 ? * MON-FRI *)".to_owned()][..], &["cron(30 18 ? * MON-FRI *)".to_owned()][..])
        );
    }

    #[test]
    fn the_same_every_day() {
        let (on, off) = week("07:00-20:00", Some("07:00-20:00"));
        assert_eq!((on.len(), off.len()), (1, 1));
        assert_eq!(off, ["cron(0 20 ? * * *)"]);
    }

    #[test]
    fn other_hours_on_weekends() {
        let (on, off) = week("07:00-20:00", Some("09:00-20:00"));
        assert_eq!(on, ["cron(0 7 ? * MON-FRI *)", "cron(0 9 ? * SAT,SUN *)"]);
        assert_eq!(off, ["cron(0 20 ? * * *)"]);
    }

    #[test]
    fn the_end_of_a_day_is_the_start_of_the_next() {
        let (on, off) = week("12:00-24:00", None);
        assert_eq!(on, ["cron(0 12 ? * MON-FRI *)"]);
        assert_eq!(off, ["cron(0 0 ? * TUE-SAT *)"]);
    }

    #[test]
    fn days_that_follow_each_other_are_one() {
        let (on, off) = week("00:00-24:00", None);
        assert_eq!((on, off), (vec!["cron(0 0 ? * MON *)".to_owned()], vec!["cron(0 0 ? * SAT *)".to_owned()]));
    }

    #[test]
    fn without_a_pause_nothing_ends() {
        let (on, off) = week("00:00-24:00", Some("00:00-23:30"));
        assert!(on.is_empty() && off.is_empty());
    }

    #[test]
    fn later_may_be_the_next_day() {
        let hours =
            HoursSpec { zone: "UTC".parse().unwrap(), weekdays: "12:00-23:30".parse().unwrap(), weekends: None };
        let later = Week::of(&hours).off(45);
        assert_eq!(later, [Time { name: "0015".to_owned(), expression: "cron(15 0 ? * TUE-SAT *)".to_owned() }]);
    }
}
