//! What happens when something fails: how long users wait, what is lost, and what stands in the way.
//!
//! Each failure is a tree of steps, of which some wait for others: data is promoted while pods start, and traffic moves
//! when both are there. How long it takes is the longest way through it, drawn many times.

mod parts;
mod plan;
mod region;

use waard_model::Topology;
use waard_model::name::{EnvironmentName, RegionName, StoreName};
use waard_model::path::ModelPath;
use waard_model::topology::Duty;

use crate::assumption::{Assumptions, Used};
use crate::estimate::Estimate;
use crate::quantity::{Share, Span};

pub(crate) use parts::waves;
pub use plan::Step;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// A pod ends, or hangs.
    Pod,
    /// A node is lost without notice.
    Node,
    /// A spot node is taken back.
    SpotReclaim,
    /// A release is bad.
    BadDeploy,
    /// The instance of a database is lost.
    LostDatabase,
    /// The objects of a bucket are deleted.
    DeletedBucket,
    /// A zone is lost.
    Zone,
    /// A region is lost.
    Region,
}

impl Failure {
    /// Its name in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pod => "pod",
            Self::Node => "node",
            Self::SpotReclaim => "spot reclaim",
            Self::BadDeploy => "bad deploy",
            Self::LostDatabase => "lost database",
            Self::DeletedBucket => "deleted bucket",
            Self::Zone => "zone",
            Self::Region => "region",
        }
    }
}

/// What a failure does.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// What fails.
    pub failure: Failure,
    /// The environment.
    pub environment: EnvironmentName,
    /// The region in which it fails.
    pub region: RegionName,
    /// What exactly: a workload, a store, a node group; the region itself.
    pub subject: String,
    /// The part of the topology that decides it.
    pub path: ModelPath,
    /// The steps until it is over, in an order in which each comes after those that it waits for.
    pub steps: Vec<Step>,
    /// From the failure until users are served as before; `None` if nothing here brings that about.
    pub outage: Option<Estimate<Span>>,
    /// The share of the region's users who notice, as long as it lasts.
    pub affected: Share,
    /// What is lost of data.
    pub losses: Vec<Loss>,
    /// What makes it longer or impossible, and how to mend it.
    pub blocked: Vec<String>,
    /// The longest outage that the topology allows.
    pub rto: Option<Span>,
}

impl Recovery {
    /// Whether it is over in time, 19 times of 20; `None` where nothing is asked.
    pub fn is_in_time(&self) -> Option<bool> {
        let allowed = self.rto?;
        Some(self.outage.as_ref().is_some_and(|outage| outage.high() <= allowed))
    }
}

/// What is lost of a store.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The store.
    pub store: StoreName,
    /// Where it stands in the topology.
    pub path: ModelPath,
    /// How it is copied.
    pub mechanism: &'static str,
    /// What was written in so long before the failure; `None` if all of it is lost.
    pub lost: Option<Estimate<Span>>,
    /// The most that the topology allows.
    pub rpo: Option<Span>,
    /// True of what fills itself again, such as a cache: its loss costs time and no data.
    pub refills: bool,
}

impl Loss {
    /// Whether no more is lost than is allowed, 19 times of 20; `None` where nothing is asked, or nothing is at stake.
    pub fn is_allowed(&self) -> Option<bool> {
        let allowed = self.rpo.filter(|_| !self.refills)?;
        Some(self.lost.as_ref().is_some_and(|lost| lost.high() <= allowed))
    }
}

/// How many times each way is drawn.
const RUNS: u32 = 2_000;

/// What each failure does to each region that serves.
pub fn recoveries(topology: &Topology, assumptions: &Assumptions, seed: u64) -> Vec<Recovery> {
    let mut found = Vec::new();
    for environment in topology.environments().values() {
        for region in environment.regions().values() {
            if matches!(region.duty(), Duty::Standby { .. }) {
                continue;
            }
            let case = Case { topology, environment, region, assumptions, seed };
            found.extend(parts::recoveries(&case));
            found.push(region::recovery(&case));
        }
    }
    found
}

/// Where something fails.
pub(crate) struct Case<'a> {
    topology: &'a Topology,
    environment: &'a waard_model::topology::Environment,
    region: &'a waard_model::topology::Region,
    assumptions: &'a Assumptions,
    seed: u64,
}

impl Case<'_> {
    fn recovery(&self, failure: Failure, subject: impl Into<String>, path: ModelPath) -> Recovery {
        Recovery {
            failure,
            environment: self.environment.name().clone(),
            region: self.region.name().clone(),
            subject: subject.into(),
            path,
            steps: Vec::new(),
            outage: None,
            affected: Share::NONE,
            losses: Vec::new(),
            blocked: Vec::new(),
            rto: None,
        }
    }
}

/// An estimate of one assumption that is a time.
fn lag(assumptions: &Assumptions, keys: &[crate::assumption::Key], seed: u64) -> Estimate<Span> {
    let reader = assumptions.reader();
    let drawn: Vec<crate::random::Distribution> = keys.iter().map(|key| reader.distribution(*key)).collect();
    let dice = crate::random::Dice::new(seed);
    let runs = (0..u64::from(RUNS)).map(|run| {
        let parts = drawn.iter().zip(0..).map(|(one, part)| dice.at(run).at(part).draw(one));
        Span::from_secs(parts.sum())
    });
    let used: Used = reader.used();
    Estimate::sampled(runs.collect()).unwrap_or_else(|| Estimate::exact(Span::ZERO)).using(&used)
}
