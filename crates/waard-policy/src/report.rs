//! What comes out: findings in their order, and what each rule looked at.

use crate::baseline::Compared;
use crate::rule::Severity;

/// The judgement over a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong, by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// Findings that a waiver excuses, in the same order.
    pub waived: Vec<Finding>,
    /// What couldn't be judged, by path, line, column and rule.
    pub unknown: Vec<Unknown>,
    /// What each rule did, by id.
    pub rules: Vec<Summary>,
    /// What a baseline knew, once one was applied: findings that it has are here, and not among the others.
    pub baseline: Option<Compared>,
}

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The id of its rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, with the values.
    pub message: String,
    /// Where.
    pub location: Location,
    /// The object or block that it is about: `Deployment/production/api`, `aws_eks_cluster.main`.
    pub subject: Option<String>,
    /// The part of the topology that it came from, as a path.
    pub origin: Option<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// The smallest case that shows it.
    pub counterexample: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// A mend that is safe and mechanical: what to replace, in the order of the places. Empty if there is none.
    pub fix: Vec<Replacement>,
    /// The reason of the waiver that excuses it.
    pub waived: Option<String>,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// What it has to do with the finding.
    pub message: String,
}

/// Bytes that a mend replaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replacement {
    /// Where: nothing, if something is to be put in.
    pub location: Location,
    /// What takes their place.
    pub text: String,
}

/// Something that couldn't be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The id of the rule.
    pub rule: String,
    /// Where.
    pub location: Location,
    /// Why not.
    pub why: String,
}

/// A place as people and tools want it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The path as the caller gave it.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// Behind the last character.
    pub end_column: usize,
    /// The bytes in the file.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// What a rule did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub rule: String,
    /// How many things it judged.
    pub looked_at: u64,
    /// What it looks at, in the plural.
    pub looks_at: String,
    /// How many findings are left.
    pub findings: usize,
    /// How many findings a waiver excuses.
    pub waived: usize,
    /// How many findings a baseline knew.
    pub known: usize,
    /// How many things it couldn't judge.
    pub unknown: usize,
}

/// How a rule ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It looked at something and found nothing wrong.
    Pass,
    /// It found something, waived and known things included.
    Fail,
    /// It couldn't judge some of what it looked at, and found nothing wrong in the rest.
    Unknown,
    /// There was nothing to look at: no pass.
    NotApplicable,
}

impl Summary {
    /// How the rule ended.
    pub const fn outcome(&self) -> Outcome {
        if self.findings + self.waived + self.known > 0 {
            Outcome::Fail
        } else if self.unknown > 0 {
            Outcome::Unknown
        } else if self.looked_at == 0 {
            Outcome::NotApplicable
        } else {
            Outcome::Pass
        }
    }
}

impl Report {
    /// How many findings are at least that bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity >= severity).count()
    }
}
