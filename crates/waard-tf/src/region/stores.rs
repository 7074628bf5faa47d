//! Databases and caches: where they are, who may reach them, and each of them.

use waard_model::topology::StoreKind;

use super::{Base, cache, database};
use crate::kind::{SecurityGroupId, SubnetId};
use crate::resource::vpc::{IngressRule, SecurityGroup};
use crate::root::{Root, named};
use crate::site::Site;
use crate::value::{List, Value};

/// Where PostgreSQL answers.
pub(super) const POSTGRESQL_PORT: i64 = 5432;
/// Where Valkey and Redis answer.
pub(super) const CACHE_PORT: i64 = 6379;

/// So long logs of engines are kept, in days: a value that CloudWatch Logs offers.
pub(super) const LOG_DAYS: i64 = 90;

/// The day of maintenance: another one in a standby region, so that a copy is never away together with what it stands in
/// for, and has the newer minor version of the engine first.
pub(super) fn maintenance_day(site: Site<'_>) -> Day {
    if site.region.is_standby() { Day("sat", "sun") } else { Day("sun", "mon") }
}

/// A day, and the one after it.
#[derive(Clone, Copy)]
pub(super) struct Day(&'static str, &'static str);

impl Day {
    /// A weekly window of an hour that begins at a minute of the day.
    pub(super) fn hour_from(self, minute: u16) -> String {
        let (minute, end) = (minute % DAY, minute % DAY + 60);
        let last = if end < DAY { self.0 } else { self.1 };
        format!("{}:{}-{last}:{}", self.0, clock(minute), clock(end))
    }
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// A minute of the day as AWS writes it: midnight is 00:00, at either end.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

pub(crate) fn stores<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let has = |is: fn(&StoreKind) -> bool| site.region.stores().values().any(|store| is(store.kind()));
    let databases = has(|kind| matches!(kind, StoreKind::Database(_)));
    let caches = has(|kind| matches!(kind, StoreKind::Cache(_)));
    if !databases && !caches {
        return;
    }
    root.file("stores", "Who may reach databases and caches.");
    let ports = [(databases, POSTGRESQL_PORT, "PostgreSQL"), (caches, CACHE_PORT, "Caches")];
    let group = security_group(root, site, base, &ports);
    if databases {
        database::databases(root, site, base, &group);
    }
    if caches {
        cache::caches(root, site, base, &group);
    }
}

/// Nodes and pods get in, on the engines' ports; nothing gets out: an engine answers, and calls nobody.
fn security_group<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    ports: &[(bool, i64, &str)],
) -> Value<'r, SecurityGroupId> {
    let name = site.region.cluster().database_group();
    root.why("Without a rule for what leaves: an engine answers, and calls nobody.");
    let group = root.resource(
        "database",
        SecurityGroup {
            tags: named(name.clone()),
            ..SecurityGroup::new(name, "Databases and caches", &base.network.vpc)
        },
    );
    for (_, port, what) in ports.iter().filter(|(there, _, _)| *there) {
        for (index, range) in site.region.network().private_ranges().iter().enumerate() {
            let rule = IngressRule {
                cidr_ipv4: Some(range.to_string().into()),
                from_port: Some(*port),
                to_port: Some(*port),
                ..IngressRule::new(group.id(), format!("{what} from nodes and pods"), "tcp")
            };
            root.resource(&format!("{}_{}", what.to_lowercase(), index + 1), rule);
        }
    }
    group.id().into()
}

/// The subnets that databases and caches are in.
pub(super) fn subnets<'r>(base: &Base<'r>) -> List<'r, SubnetId> {
    base.network.database.iter().map(|(_, subnet)| subnet).collect()
}

/// One thing as a list.
pub(super) fn only<'r>(group: &Value<'r, SecurityGroupId>) -> List<'r, SecurityGroupId> {
    [group.clone()].into()
}
