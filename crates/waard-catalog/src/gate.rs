//! Feature gates of Kubernetes. EKS leaves each at its default.

use crate::fact::Source;
use crate::minor::Minor;
use crate::table::{Record, Row, RowError};

/// What a feature gate is from a minor on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gate {
    /// Its name.
    pub gate: String,
    /// From which minor on.
    pub kubernetes: Minor,
    /// `alpha`, `beta` or `stable`.
    pub stage: String,
    /// Whether it is on if nobody sets it.
    pub enabled: bool,
    /// Where it was read.
    pub source: Source,
}

impl Record for Gate {
    type Key = (String, Minor);
    const COLUMNS: &'static [&'static str] =
        &["gate", "kubernetes", "stage", "enabled", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let stage = row.text("stage")?;
        if !["alpha", "beta", "stable"].contains(&stage.as_str()) {
            return Err(row.wrong("stage", "is no stage"));
        }
        Ok(Self {
            gate: row.text("gate")?,
            kubernetes: row.minor("kubernetes")?,
            stage,
            enabled: row.flag("enabled")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> (String, Minor) {
        (self.gate.clone(), self.kubernetes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{GATES, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound_and_the_last_that_holds_counts() {
        assert_sound::<Gate>(GATES);
        let of =
            |minor: &str| catalog().gate("HPAConfigurableTolerance", minor.parse().unwrap()).map(|gate| gate.enabled);
        assert_eq!((of("1.32"), of("1.34"), of("1.36")), (None, Some(false), Some(true)));
    }
}
