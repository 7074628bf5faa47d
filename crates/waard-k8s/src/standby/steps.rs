//! The steps of a failover and how long each may take.
//!
//! What the topology says is counted as it says it; what it can't say comes from the catalog, at its most. What is
//! left of the recovery time is for the decision.

use waard_catalog::{RecoveryStep, catalog};
use waard_model::spec::StandbyCopy;
use waard_model::topology::{Duty, StoreKind};

use crate::Site;

/// A step with its share of the recovery time.
pub(crate) struct Step {
    /// What is done.
    pub(crate) name: &'static str,
    /// The most that it may take, in seconds.
    pub(crate) seconds: u64,
    /// Where the number comes from.
    pub(crate) source: String,
}

/// All steps, in order.
pub(crate) struct Budget {
    pub(crate) steps: Vec<Step>,
    /// The recovery time that is allowed, in seconds.
    pub(crate) allowed: u64,
}

impl Budget {
    /// What all steps take together.
    pub(crate) fn total(&self) -> u64 {
        self.steps.iter().map(|step| step.seconds).sum()
    }

    /// True if they fit in what is allowed.
    pub(crate) fn fits(&self) -> bool {
        self.total() <= self.allowed
    }
}

fn known(step: &str) -> Option<&'static RecoveryStep> {
    catalog().recovery(step)
}

fn step(name: &'static str, fact: Option<&RecoveryStep>) -> Step {
    Step {
        name,
        seconds: fact.map_or(0, |fact| fact.most_seconds.into()),
        source: fact.map_or_else(String::new, |fact| format!("{}: {}", fact.note, fact.source)),
    }
}

/// The steps of a failover to a standby region.
pub(crate) fn budget(site: Site<'_>) -> Budget {
    let allowed = match site.region.duty() {
        Duty::Standby { rto, .. } => rto.as_secs(),
        Duty::Primary { .. } => 0,
    };
    let dns = site.topology.spec().edge.as_ref().map(|edge| &edge.dns);
    let detect = match dns {
        Some(dns) => Step {
            name: "detect",
            seconds: dns.health_check.interval.as_secs() * u64::from(dns.health_check.failures),
            source: format!(
                "edge.dns.health_check: {} failures, one every {}",
                dns.health_check.failures, dns.health_check.interval
            ),
        },
        None => step("detect", known("alert")),
    };
    let workloads = [known("sync").filter(|_| site.topology.spec().gitops.is_some()), known("pods-on-new-nodes")];
    let workloads = Step {
        name: "start the workloads",
        seconds: workloads.iter().flatten().map(|fact| u64::from(fact.most_seconds)).sum(),
        source: workloads
            .iter()
            .flatten()
            .map(|fact| format!("{}: {}", fact.note, fact.source))
            .collect::<Vec<_>>()
            .join("; "),
    };
    let ttl = dns.map_or(60, |dns| dns.ttl.as_secs());
    let traffic = Step {
        name: "move the traffic",
        seconds: ttl,
        source: if dns.is_some() {
            "edge.dns.ttl: resolvers keep a record that long".to_owned()
        } else {
            "the TTL of a minute that the command sets".to_owned()
        },
    };
    let mut steps = vec![
        detect,
        step("decide", known("decision")),
        step("promote the data", slowest_store(site)),
        workloads,
        traffic,
        step("verify", known("verification")),
    ];
    steps.retain(|step| step.seconds > 0);
    let rest: u64 = steps.iter().filter(|step| step.name != "decide").map(|step| step.seconds).sum();
    if let Some(decide) = steps.iter_mut().find(|step| step.name == "decide") {
        let least = known("decision").map_or(0, |fact| u64::from(fact.least_seconds));
        decide.seconds = allowed.saturating_sub(rest).max(least);
        decide.source = if decide.seconds > least {
            "what is left of the RTO".to_owned()
        } else {
            format!("no less is realistic: {}", known("decision").map_or(String::new(), |fact| fact.source.to_string()))
        };
    }
    Budget { steps, allowed }
}

/// The store that takes longest to become one that can be written: they are promoted side by side.
fn slowest_store(site: Site<'_>) -> Option<&'static RecoveryStep> {
    let steps = site.region.stores().values().filter_map(|store| match (store.kind(), store.standby()) {
        (StoreKind::Database(_), StandbyCopy::Replica) => known("database-promotion"),
        (StoreKind::Database(_), StandbyCopy::Backups) => known("database-restore"),
        (StoreKind::Cache(_), StandbyCopy::Replica) => known("cache-promotion"),
        (StoreKind::Cache(_), StandbyCopy::Backups) => known("cache-restore"),
        _ => None,
    });
    steps.max_by_key(|step| step.most_seconds)
}

/// Seconds as people say them.
pub(crate) fn said(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, 0) => format!("{h} h"),
        (h, m, 0) => format!("{h} h {m} min"),
        (h, m, s) => format!("{h} h {m} min {s} s"),
    }
}
