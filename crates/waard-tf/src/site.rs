//! What a root is written for, and the names that several of its files say.

use waard_model::Topology;
use waard_model::quantity::Duration;
use waard_model::spec::DatabaseSpec;
use waard_model::topology::{Duty, Environment, Region};

use crate::settings::{Settings, State};

/// One region of one environment of a platform.
#[derive(Clone, Copy)]
pub(crate) struct Site<'t> {
    pub(crate) topology: &'t Topology,
    pub(crate) environment: &'t Environment,
    pub(crate) region: &'t Region,
}

impl<'t> Site<'t> {
    /// The name of the cluster, which what belongs to it begins with.
    pub(crate) fn cluster(self) -> &'t str {
        self.region.cluster().name()
    }

    /// `<platform>-<environment>-<name>`: what is called alike in each region.
    pub(crate) fn named(self, name: &str) -> String {
        format!("{}-{}-{name}", self.topology.platform(), self.environment.name())
    }

    /// The region's partition of AWS.
    pub(crate) fn partition(self) -> &'static str {
        self.region.name().partition()
    }

    /// The primary region that this one protects.
    pub(crate) fn protects(self) -> Option<&'t Region> {
        match self.region.duty() {
            Duty::Standby { protects, .. } => self.environment.regions().get(protects),
            Duty::Primary { .. } => None,
        }
    }

    /// The region that protects this one.
    pub(crate) fn standby(self) -> Option<&'t Region> {
        self.environment.standby_of(self.region.name()).filter(|_| !self.region.is_standby())
    }

    /// Where outputs of the root of `region` are published: a part of their names. A platform's own name can't begin them,
    /// because no parameter's name may begin with `aws` or `ssm`.
    /// Source: AWS Systems Manager User Guide, "Requirements and constraints for parameter names".
    pub(crate) fn outputs_of(self, region: &Region) -> String {
        format!("waard/{}/{}/{}", self.topology.platform(), self.environment.name(), region.name())
    }

    /// Settings of the root of this region.
    pub(crate) fn settings(self) -> Settings {
        settings(self.topology, self.environment, self.region, self.region.name().as_str())
    }
}

/// The root `root`, made in `region`, with its state there.
pub(crate) fn settings(topology: &Topology, environment: &Environment, region: &Region, root: &str) -> Settings {
    Settings {
        state: State {
            bucket: region.cluster().state_bucket(),
            key: format!("{root}.tfstate"),
            region: region.name().to_string(),
            key_alias: format!("alias/{}", region.cluster().state_bucket()),
        },
        region: region.name().to_string(),
        account: environment.account().map(ToString::to_string),
        tags: environment.tags(topology.spec()).into_iter().collect(),
    }
}

/// Where what belongs to no region has its state, and the CDN its logs, which tell of all users: in a region with a residency
/// before any without; and of those in a standby region, because it is needed when another region is lost. `None` only
/// without regions, which no topology has.
pub(crate) fn seat(environment: &Environment) -> Option<&Region> {
    environment.regions().values().min_by_key(|region| (region.residency().is_none(), !region.is_standby()))
}

/// A number of days, as arguments have it. `None` if it isn't whole days.
pub(crate) fn days(span: Duration) -> Option<i64> {
    span.as_days().and_then(|days| i64::try_from(days).ok())
}

/// How long backups of a database are kept, in days.
pub(crate) fn backups_kept(database: &DatabaseSpec) -> i64 {
    days(database.backups.retention).unwrap_or(7)
}
