//! The rows of the tables of components and of releases.

use std::str::FromStr;

use super::{Claim, Component, Gap, Release};
use crate::minor::Minor;
use crate::table::{Record, Row, RowError};

impl Record for Component {
    type Key = String;
    const COLUMNS: &'static [&'static str] =
        &["component", "title", "chart_repository", "charts", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let repository = row.text("chart_repository")?;
        if !repository.starts_with("https://") && !repository.starts_with("oci://") {
            return Err(row.wrong("chart_repository", "is neither https:// nor oci://"));
        }
        Ok(Self {
            id: row.text("component")?,
            title: row.text("title")?,
            chart_repository: repository,
            charts: row.words("charts")?,
            releases: Vec::new(),
            gaps: Vec::new(),
            source: row.source()?,
        })
    }

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// A row of the releases table: a release, or that there is none.
pub(crate) struct ReleaseRow {
    pub(crate) component: String,
    from: Minor,
    pub(crate) found: Result<Release, Gap>,
}

impl Record for ReleaseRow {
    type Key = (String, Minor);
    const COLUMNS: &'static [&'static str] = &[
        "component",
        "kubernetes_from",
        "kubernetes_to",
        "claim",
        "release",
        "oldest",
        "image",
        "chart_version",
        "chart_release",
        "supported_until",
        "note",
        "source",
        "as_of",
        "confidence",
    ];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let (from, to) = (row.minor("kubernetes_from")?, row.optional("kubernetes_to")?);
        let claim: Claim = row.parse("claim")?;
        if to.is_some_and(|to| to < from) {
            return Err(row.wrong("kubernetes_to", "is older than kubernetes_from"));
        }
        if to.is_none() && claim != Claim::Minimum {
            return Err(row.wrong("kubernetes_to", "may only be open for the claim `minimum`"));
        }
        let (note, source) = (row.optional_text("note")?, row.source()?);
        let found = match row.optional_text("release")? {
            None => Err(Gap { from, to, note: row.text("note")?, source }),
            Some(version) => Ok(Release {
                version,
                from,
                to,
                claim,
                oldest: row.optional_text("oldest")?,
                image: row.optional_text("image")?,
                chart_version: row.optional_text("chart_version")?,
                chart_release: row.optional_text("chart_release")?,
                supported_until: row.optional_date("supported_until")?,
                note,
                source,
            }),
        };
        Ok(Self { component: row.text("component")?, from, found })
    }

    fn key(&self) -> (String, Minor) {
        (self.component.clone(), self.from)
    }
}

impl FromStr for Claim {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "supported" => Ok(Self::Supported),
            "tested" => Ok(Self::Tested),
            "minimum" => Ok(Self::Minimum),
            "same-minor" => Ok(Self::SameMinor),
            _ => Err(()),
        }
    }
}
