//! The EKS calendar: when a Kubernetes minor came to EKS and when its support ends.

use jiff::civil::Date;

use crate::fact::Source;
use crate::minor::Minor;
use crate::table::{Record, Row, RowError};

/// A Kubernetes minor on EKS.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EksVersion {
    /// The minor.
    pub kubernetes: Minor,
    /// First day on EKS; `None` where only bounds are known, which [`note`](Self::note) tells.
    pub released: Option<Date>,
    /// Last day of standard support; `None` where it isn't published.
    pub standard_until: Option<Date>,
    /// Last day of extended support; `None` where it isn't published.
    pub extended_until: Option<Date>,
    /// What the dates don't say.
    pub note: Option<String>,
    /// Where the row comes from.
    pub source: Source,
}

/// What EKS gives a minor on a given day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupportPhase {
    /// Not on EKS yet.
    NotYet,
    /// Standard support.
    Standard,
    /// Extended support: the control plane costs a surcharge, unless the cluster's upgrade policy forbids the phase.
    Extended,
    /// No support: AWS upgrades the control plane by itself, and no cluster can be created.
    Ended,
    /// The calendar doesn't say.
    Unknown,
}

impl EksVersion {
    /// The phase on `day`. The last day of a phase belongs to it.
    pub fn phase(&self, day: Date) -> SupportPhase {
        match (self.released, self.standard_until, self.extended_until) {
            (_, _, Some(extended)) if day > extended => SupportPhase::Ended,
            (_, Some(standard), Some(_)) if day > standard => SupportPhase::Extended,
            (Some(released), _, _) if day < released => SupportPhase::NotYet,
            (Some(_), Some(standard), _) if day <= standard => SupportPhase::Standard,
            _ => SupportPhase::Unknown,
        }
    }
}

impl Record for EksVersion {
    type Key = Minor;
    const COLUMNS: &'static [&'static str] =
        &["kubernetes", "released", "standard_until", "extended_until", "note", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let version = Self {
            kubernetes: row.minor("kubernetes")?,
            released: row.optional_date("released")?,
            standard_until: row.optional_date("standard_until")?,
            extended_until: row.optional_date("extended_until")?,
            note: row.optional_text("note")?,
            source: row.source()?,
        };
        let dates = [version.released, version.standard_until, version.extended_until];
        if !dates.iter().flatten().is_sorted_by(|earlier, later| earlier < later) {
            return Err(row.wrong("standard_until", "is out of order with its neighbours"));
        }
        if dates.contains(&None) && version.note.is_none() {
            return Err(row.wrong("note", "must say why a date is missing"));
        }
        Ok(version)
    }

    fn key(&self) -> Minor {
        self.kubernetes
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalog::EKS_VERSIONS;
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound_and_no_minor_is_left_out() {
        let rows = assert_sound::<EksVersion>(EKS_VERSIONS);
        assert!(rows.windows(2).all(|pair| pair[1].kubernetes.minor() == pair[0].kubernetes.minor() + 1));
    }

    #[test]
    fn phases_change_after_their_last_day() {
        let rows = assert_sound::<EksVersion>(EKS_VERSIONS);
        let phase = |minor: &str, day| {
            rows.iter().find(|row| row.kubernetes.to_string() == minor).map(|row| row.phase(day)).unwrap()
        };
        assert_eq!(phase("1.34", date(2025, 10, 5)), SupportPhase::NotYet);
        assert_eq!(phase("1.34", date(2026, 12, 2)), SupportPhase::Standard);
        assert_eq!(phase("1.34", date(2026, 12, 3)), SupportPhase::Extended);
        assert_eq!(phase("1.31", date(2026, 11, 26)), SupportPhase::Extended);
        assert_eq!(phase("1.31", date(2026, 11, 27)), SupportPhase::Ended);
        assert_eq!(phase("1.28", date(2026, 11, 23)), SupportPhase::Ended);
        assert_eq!(phase("1.37", date(2026, 11, 23)), SupportPhase::Unknown);
    }
}
