//! Environments and regions among each other.

use std::collections::BTreeMap;

use super::View;
use crate::name::RegionName;
use crate::path::ModelPath;
use crate::quantity::Percent;
use crate::spec::{Audience, Residency, Role, StandbyCopy, Steering};
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Duty, Region, StoreKind};

/// Each environment has a primary region, and their shares of the requests add up to 100 %.
pub(super) fn traffic(view: &View<'_>, violations: &mut Violations) {
    if view.spec.environments.is_empty() {
        let path = ModelPath::of(["environments"]);
        violations.add(path, "the platform runs nowhere", "add an environment with a region, such as `production`");
    }
    for environment in view.environments.values() {
        let path = environment.path().key("regions");
        let shares: Vec<(ModelPath, Percent)> = environment
            .regions()
            .values()
            .filter_map(|region| match region.duty() {
                Duty::Primary { traffic, .. } => Some((region.path(), *traffic)),
                Duty::Standby { .. } => None,
            })
            .collect();
        if shares.is_empty() {
            // Without a cluster profile there are no regions to speak of; each says so by itself.
            let written = view
                .spec
                .environments
                .get(environment.name())
                .is_some_and(|environment| !environment.regions.is_empty());
            if !(written && view.spec.clusters.is_empty()) {
                violations.add(
                    path,
                    format!("`{}` has no primary region", environment.name()),
                    "make one region `role: primary`",
                );
            }
            continue;
        }
        let written = view
            .spec
            .environments
            .get(environment.name())
            .into_iter()
            .flat_map(|environment| environment.regions.values());
        if shares.len() > 1
            && written.into_iter().any(|region| region.role == Role::Primary && region.traffic.is_none())
        {
            continue;
        }
        let sum: u64 = shares.iter().map(|(_, share)| u64::from(share.millionths())).sum();
        if sum != u64::from(Percent::ALL.millionths()) {
            let mut each: Vec<String> = shares.iter().take(12).map(|(_, share)| share.to_string()).collect();
            if shares.len() > each.len() {
                each.push("…".to_owned());
            }
            let total = format!("{}.{:04}", sum / 10_000, sum % 10_000);
            let total = total.trim_end_matches('0').trim_end_matches('.');
            let mut violation = Violation::new(
                path,
                format!(
                    "the regions of `{}` have {total}% of the requests together: {}",
                    environment.name(),
                    each.join(" + ")
                ),
                "the shares of the primary regions add up to 100%",
            );
            for (path, share) in shares {
                violation = violation.with(path.key("traffic"), format!("{share} here"));
            }
            violations.push(violation);
        }
    }
}

/// Standby regions protect a primary region of the same environment, one each; a primary region without one says why.
pub(super) fn duties(view: &View<'_>, violations: &mut Violations) {
    let by_audience = view.spec.edge.as_ref().is_some_and(|edge| edge.dns.steering == Steering::Audience);
    for environment in view.environments.values() {
        let mut protected: BTreeMap<&RegionName, &RegionName> = BTreeMap::new();
        let mut served: BTreeMap<Audience, &RegionName> = BTreeMap::new();
        let primaries =
            environment.regions().values().filter(|region| matches!(region.duty(), Duty::Primary { .. })).count();
        for region in environment.regions().values() {
            match region.duty() {
                Duty::Standby { protects, .. } => {
                    let path = region.path().key("protects");
                    match environment.regions().get(protects).map(super::super::Region::duty) {
                        Some(Duty::Primary { .. }) => {}
                        Some(Duty::Standby { .. }) => violations.add(
                            path.clone(),
                            format!("`{protects}` is a standby region itself"),
                            "protect a primary region",
                        ),
                        None if *protects == RegionName::nowhere() => {}
                        None => {
                            let message = format!("`{}` has no region `{protects}`", environment.name());
                            violations.push(
                                Violation::new(
                                    path.clone(),
                                    message,
                                    "protect a primary region of the same environment",
                                )
                                .not_among(environment.path().key("regions")),
                            );
                        }
                    }
                    if let Some(other) = protected.insert(protects, region.name()) {
                        violations.push(
                            Violation::new(
                                path,
                                format!("`{protects}` is already protected by `{other}`"),
                                "one standby region protects one primary region",
                            )
                            .with(
                                environment.path().key("regions").key(other.as_str()).key("protects"),
                                "the other one",
                            ),
                        );
                    }
                }
                Duty::Primary { audience, .. } => {
                    for (index, who) in audience.iter().enumerate() {
                        if let Some(other) = served.insert(*who, region.name()) {
                            violations.add(
                                region.path().key("audience").index(index),
                                format!("`{who}` is already served by `{other}`"),
                                "each audience has one region",
                            );
                        }
                    }
                    if by_audience && audience.is_empty() && primaries > 1 {
                        violations.add(
                            region.path(),
                            "nobody is steered to this region",
                            "add `audience: […]`, or set `edge.dns.steering: latency`",
                        );
                    }
                }
            }
        }
        if protected.is_empty() {
            continue;
        }
        // A standby region that protects none of them may mean any.
        let astray = protected.keys().any(|name| {
            !environment.regions().get(*name).is_some_and(|region| matches!(region.duty(), Duty::Primary { .. }))
        });
        for region in environment.regions().values() {
            let Duty::Primary { unprotected, .. } = region.duty() else {
                continue;
            };
            match (protected.get(region.name()), unprotected) {
                (None, None) if astray => {}
                (None, None) => {
                    let message = format!("no standby region protects `{}`", region.name());
                    let violation = Violation::new(
                        region.path(),
                        message,
                        "add one with `protects`, or say under `unprotected` why it may be lost",
                    );
                    let regions = environment.path().key("regions");
                    let protects = |violation: Violation, standby: &&RegionName| {
                        violation.judged_by(regions.key(standby.as_str()).key("protects"))
                    };
                    let violation = protected.values().take(100).fold(violation, protects);
                    violations.push(violation.not_among(regions));
                }
                (Some(standby), Some(_)) => violations.add(
                    region.path().key("unprotected"),
                    format!("`{standby}` protects this region"),
                    "leave `unprotected` out",
                ),
                _ => {}
            }
        }
    }
}

/// True if a region lies in a jurisdiction. London and Zurich have codes that start with `eu`, but lie outside of the European Union.
/// Source: AWS General Reference, "Regions, Availability Zones, and Local Zones".
fn lies_in(region: &RegionName, residency: Residency) -> bool {
    match residency {
        Residency::Eu => region.area() == "eu" && !matches!(region.as_str(), "eu-west-2" | "eu-central-2"),
        Residency::Us => region.area() == "us",
        Residency::AsiaPacific => region.area() == "ap",
    }
}

/// Data that must stay somewhere is, with all its copies, in regions that lie there.
pub(super) fn residency(view: &View<'_>, violations: &mut Violations) {
    for environment in view.environments.values() {
        for region in environment.regions().values() {
            if let Some(residency) = region.residency()
                && !lies_in(region.name(), residency)
            {
                violations.add(
                    region.path().key("residency"),
                    format!("`{}` does not lie in `{residency}`", region.name()),
                    "choose a region that does, or another residency",
                );
            }
            if let Duty::Standby { protects, .. } = region.duty()
                && let Some(primary) = environment.regions().get(protects)
                && let Some(residency) = primary.residency()
                && region.residency() != Some(residency)
            {
                let message = format!("`{protects}` keeps its data in `{residency}`, its standby doesn't say so");
                violations.push(
                    Violation::new(
                        region.path(),
                        message,
                        format!("add `residency: {residency}`, in a region that lies there"),
                    )
                    .with(primary.path().key("residency"), "what it protects"),
                );
            }
            for store in region.stores().values() {
                if let StoreKind::Database(database) = store.kind()
                    && let Some(writer) = database.writer.as_ref().and_then(|name| environment.regions().get(name))
                {
                    // What is written here is kept there, and what is kept there is copied to here.
                    let leaves = |data: &Region, place: &Region| {
                        data.residency().filter(|residency| !lies_in(place.name(), *residency))
                    };
                    if let Some(residency) = leaves(region, writer).or_else(|| leaves(writer, region)) {
                        let message = format!(
                            "`{}` of `{}` must stay in `{residency}`, but `{}` writes it",
                            store.name(),
                            region.name(),
                            writer.name()
                        );
                        let help = "let each region write its own, or choose regions that all lie there";
                        violations.push(
                            Violation::new(store.path().key("writer"), message, help)
                                .with(region.path(), "the region that has it")
                                .with(writer.path(), "the region that writes it"),
                        );
                    }
                }
                let StoreKind::Bucket(bucket) = store.kind() else {
                    continue;
                };
                if let Some(residency) = bucket.residency
                    && !lies_in(region.name(), residency)
                {
                    let message =
                        format!("`{}` must stay in `{residency}`, but `{}` has it", store.name(), region.name());
                    violations.push(
                        Violation::new(
                            store.path().key("residency"),
                            message,
                            "take it out of that region, or choose another residency",
                        )
                        .with(region.path(), "the region"),
                    );
                }
            }
        }
    }
}

/// A standby region has a copy of everything that the lost region's workloads wrote and can't make again.
pub(super) fn standby_data(view: &View<'_>, violations: &mut Violations) {
    for environment in view.environments.values() {
        for standby in environment.regions().values() {
            let Duty::Standby { protects, rpo, .. } = standby.duty() else {
                continue;
            };
            let Some(primary) = environment.regions().get(protects) else {
                continue;
            };
            for store in primary.stores().values() {
                if store.standby() == StandbyCopy::None && matches!(store.kind(), StoreKind::Database(_)) {
                    let message = format!(
                        "`{}` may lose at most {rpo} of data, but `{}` is not copied to it",
                        standby.name(),
                        store.name()
                    );
                    violations.push(
                        Violation::new(
                            store.path().key("standby"),
                            message,
                            "set `standby: replica` or `standby: backups`",
                        )
                        .with(standby.path(), "the standby region"),
                    );
                }
            }
            if standby.workloads().is_empty() {
                violations.add(
                    standby.path().key("runs"),
                    format!("nothing runs in `{}`, so nothing can take over", standby.name()),
                    "name the workloads that take over",
                );
            }
        }
    }
}

/// Hosts of different environments differ.
pub(super) fn domains(view: &View<'_>, violations: &mut Violations) {
    let mut seen: BTreeMap<&str, ModelPath> = BTreeMap::new();
    let exposes = view.spec.workloads.values().any(|workload| !workload.exposed.is_empty());
    for environment in view.environments.values() {
        let path = environment.path();
        let domain = environment.domain();
        if environment.domain() != &view.spec.domain && !environment.domain().is_within(&view.spec.domain) {
            let message = format!("`{domain}` does not stand under `{}`", view.spec.domain);
            violations.push(
                Violation::new(
                    path.key("domain"),
                    message,
                    format!("choose a name under it, such as `{}.{}`", environment.name(), view.spec.domain),
                )
                .with(ModelPath::of(["domain"]), "the platform's domain"),
            );
        }
        if exposes && let Some(other) = seen.insert(domain.as_str(), path.clone()) {
            let message = format!("`{}` has the same domain as another environment: {domain}", environment.name());
            violations.push(
                Violation::new(
                    path.clone(),
                    message,
                    format!("add `domain: {}.{}`", environment.name(), view.spec.domain),
                )
                .with(other.clone(), "the other environment")
                .judged_by(path.key("domain"))
                .judged_by(other.key("domain"))
                .judged_by(ModelPath::of(["domain"])),
            );
        }
    }
}

/// Commitments cover something that is there.
pub(super) fn commitments(view: &View<'_>, violations: &mut Violations) {
    use crate::spec::{CommitmentKind, CommitmentTerm, Payment};
    if let Some(database) = view.spec.cost.commitments.get(&CommitmentKind::Database)
        && (database.term, database.payment) == (CommitmentTerm::ThreeYears, Payment::NoUpfront)
    {
        // Source: Amazon RDS User Guide, "Reserved DB instances for Amazon RDS", offering types.
        let path = ModelPath::of(["cost", "commitments", "database"]);
        let message = "a database can't be reserved for three years without an upfront payment";
        violations.push(
            Violation::new(path.key("term"), message, "set `payment: partial-upfront`, or `term: 1-year`")
                .judged_by(path.key("payment")),
        );
    }
    for kind in view.spec.cost.commitments.keys() {
        let there = match kind {
            CommitmentKind::Database => !view.spec.data.databases.is_empty(),
            CommitmentKind::Cache => !view.spec.data.caches.is_empty(),
            CommitmentKind::Compute => true,
        };
        if !there {
            let stores = ModelPath::of(["data", if *kind == CommitmentKind::Cache { "caches" } else { "databases" }]);
            let path = ModelPath::of(["cost", "commitments", kind.as_str()]);
            violations.push(
                Violation::new(path, format!("there is no {kind} to commit to"), "leave it out").not_among(stores),
            );
        }
    }
}
