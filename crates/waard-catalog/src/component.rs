//! Controllers and operators: which release fits which Kubernetes minor, and how to install it.

use std::fmt;

use jiff::civil::Date;

use crate::fact::Source;
use crate::minor::Minor;

mod rows;

pub(crate) use rows::ReleaseRow;

/// A component that a cluster runs, with the releases that are known for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component {
    /// The catalog's own name for it, such as `aws-load-balancer-controller`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Where its charts are: an `https://` Helm repository or an `oci://` prefix.
    pub chart_repository: String,
    /// Its charts, in the order of their installation.
    pub charts: Vec<String>,
    /// Releases by ascending Kubernetes minors; their ranges don't overlap.
    pub releases: Vec<Release>,
    /// Minors for which a release was looked for and not found.
    pub gaps: Vec<Gap>,
    /// Where repository and chart names come from.
    pub source: Source,
}

/// What the maintainers say about a release and its Kubernetes minors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// They support these minors and no others.
    Supported,
    /// They test with these minors; others may work.
    Tested,
    /// They name the oldest minor only.
    Minimum,
    /// One release line per minor.
    SameMinor,
}

/// A release and the minors it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// Its version, without a `v`.
    pub version: String,
    /// The oldest minor.
    pub from: Minor,
    /// The newest minor; `None` where the maintainers name no end.
    pub to: Option<Minor>,
    /// What stands behind the range.
    pub claim: Claim,
    /// The oldest version that still fits every minor of the range; `None` where nobody says.
    pub oldest: Option<String>,
    /// The main container image with its tag. Some components have others; their chart knows them.
    pub image: Option<String>,
    /// The chart version to install; `None` where no chart for this release was found.
    pub chart_version: Option<String>,
    /// The release that this chart installs unless its image tag is set.
    pub chart_release: Option<String>,
    /// Last day on which the maintainers support it; `None` where it isn't published.
    pub supported_until: Option<Date>,
    /// What the columns don't say.
    pub note: Option<String>,
    /// Where the row comes from.
    pub source: Source,
}

/// Minors for which a release was looked for and not found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The oldest minor.
    pub from: Minor,
    /// The newest minor.
    pub to: Option<Minor>,
    /// What was found instead.
    pub note: String,
    /// Where it was looked for.
    pub source: Source,
}

/// Whether a component runs on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compatibility<'a> {
    /// This release is for the cluster's minor.
    Supported(&'a Release),
    /// No release is for it.
    Unsupported {
        /// The release whose range comes nearest.
        nearest: &'a Release,
        /// What the maintainers say.
        why: String,
    },
    /// The facts don't decide it.
    Unknown {
        /// The release to try, where there is one.
        candidate: Option<&'a Release>,
        /// What is missing or in conflict.
        why: String,
    },
}

impl Component {
    /// The release for a cluster of this minor.
    pub fn for_cluster(&self, minor: Minor) -> Compatibility<'_> {
        if let Some(gap) = self.gaps.iter().find(|gap| covers(gap.from, gap.to, minor)) {
            return Compatibility::Unknown { candidate: None, why: gap.note.clone() };
        }
        if let Some(release) = self.releases.iter().find(|release| covers(release.from, release.to, minor)) {
            if release.source.confidence.is_usable() {
                return Compatibility::Supported(release);
            }
            let why = release.note.clone().unwrap_or_else(|| release.source.to_string());
            return Compatibility::Unknown { candidate: Some(release), why };
        }
        let above = self.releases.iter().find(|release| release.from > minor);
        let Some(nearest) = above.or(self.releases.last()) else {
            return Compatibility::Unknown { candidate: None, why: "no release is known".to_owned() };
        };
        let why = self.claim_of(nearest);
        match nearest.claim {
            Claim::Supported | Claim::Minimum => Compatibility::Unsupported { nearest, why },
            Claim::Tested => Compatibility::Unknown { candidate: Some(nearest), why },
            Claim::SameMinor => Compatibility::Unknown { candidate: None, why },
        }
    }

    /// The release for a cluster of this minor or, where none is known to be for it, the one whose range comes nearest.
    /// `None` only for a component without any release, of which the tables have none.
    pub fn nearest(&self, minor: Minor) -> Option<&Release> {
        match self.for_cluster(minor) {
            Compatibility::Supported(release)
            | Compatibility::Unsupported { nearest: release, .. }
            | Compatibility::Unknown { candidate: Some(release), .. } => Some(release),
            Compatibility::Unknown { candidate: None, .. } => {
                self.releases.iter().rfind(|release| release.from <= minor).or(self.releases.first())
            }
        }
    }

    /// What the maintainers say of a release, over all the rows that it has.
    fn claim_of(&self, release: &Release) -> String {
        let same = |other: &&Release| other.version == release.version && other.source.confidence.is_usable();
        let from = self.releases.iter().find(same).map_or(release.from, |first| first.from);
        let to = self.releases.iter().rfind(same).map_or(release.to, |last| last.to);
        let verb = match release.claim {
            Claim::Supported => "supports",
            Claim::Tested => "is tested with",
            Claim::Minimum => "needs",
            Claim::SameMinor => "is for",
        };
        let range = match to {
            None => format!("{from} or later"),
            Some(to) if to == from => to.to_string(),
            Some(to) => format!("{from} to {to}"),
        };
        format!("{} {} {verb} Kubernetes {range} (as of {})", self.title, release.version, release.source.as_of)
    }
}

impl Release {
    /// Whether `version` (with or without `v`) is new enough for the whole range; `None` where nobody says.
    pub fn accepts(&self, version: &str) -> Option<bool> {
        Some(numbers(version)? >= numbers(self.oldest.as_ref()?)?)
    }

    /// Whether the maintainers' support is over on `day`; `None` where its end isn't published.
    pub fn ended(&self, day: Date) -> Option<bool> {
        self.supported_until.map(|until| day > until)
    }

    /// Whether the chart installs another release unless its image tag is set.
    pub fn needs_image_tag(&self) -> bool {
        self.chart_release.as_ref().is_some_and(|release| *release != self.version)
    }
}

fn covers(from: Minor, to: Option<Minor>, minor: Minor) -> bool {
    from <= minor && to.is_none_or(|to| minor <= to)
}

/// `v1.14.1` as numbers; `None` for anything with other parts, such as a pre-release.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).splitn(3, '.').map(|part| part.parse().ok());
    let (major, minor) = (parts.next()??, parts.next()??);
    Some([major, minor, parts.next().map_or(Some(0), |patch| patch)?])
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

#[cfg(test)]
mod tests;
