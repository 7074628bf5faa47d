//! Providers of Terraform: the newest release that is known.

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// A provider of Terraform.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// Its address without the registry: `hashicorp/aws`.
    pub name: String,
    /// The newest release that is known.
    pub newest: String,
    /// The major of that release.
    pub major: u32,
    /// Where it was read.
    pub source: Source,
}

impl Record for Provider {
    type Key = String;
    const COLUMNS: &'static [&'static str] = &["provider", "newest", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let newest = row.text("newest")?;
        let major = newest.split('.').next().and_then(|major| major.parse().ok());
        let major = major.ok_or_else(|| row.wrong("newest", "is no version"))?;
        Ok(Self { name: row.text("provider")?, newest, major, source: row.source()? })
    }

    fn key(&self) -> String {
        self.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{PROVIDERS, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<Provider>(PROVIDERS);
    }

    #[test]
    fn majors_are_read_from_releases() {
        assert_eq!(catalog().provider("hashicorp/aws").unwrap().major, 6);
        assert_eq!(catalog().provider("hashicorp/random"), None);
    }
}
