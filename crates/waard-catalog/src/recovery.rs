//! How long the steps of a failover take.

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// A step of a failover that takes time whatever the topology says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecoveryStep {
    /// Which one, such as `database-promotion`.
    pub step: String,
    /// The least that it takes, in seconds.
    pub least_seconds: u32,
    /// The most that it is planned with, in seconds.
    pub most_seconds: u32,
    /// What is counted.
    pub note: String,
    /// Where the numbers come from.
    pub source: Source,
}

impl Record for RecoveryStep {
    type Key = String;
    const COLUMNS: &'static [&'static str] =
        &["step", "least_seconds", "most_seconds", "note", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let (least, most) = (row.parse("least_seconds")?, row.parse("most_seconds")?);
        if least > most {
            return Err(row.wrong("most_seconds", "is less than least_seconds"));
        }
        Ok(Self {
            step: row.text("step")?,
            least_seconds: least,
            most_seconds: most,
            note: row.text("note")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> String {
        self.step.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{RECOVERY, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<RecoveryStep>(RECOVERY);
        assert_eq!(catalog().recovery("database-promotion").unwrap().most_seconds, 900);
    }
}
