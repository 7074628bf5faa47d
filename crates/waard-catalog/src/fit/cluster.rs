//! Regions, Kubernetes versions, instance types.

use std::collections::BTreeSet;

use waard_model::Topology;
use waard_model::path::ModelPath;
use waard_model::spec::AutoscalerKind;
use waard_model::topology::Violation;

use super::did_you_mean;
use super::ground::Ground;
use crate::{Compatibility, Instance, Minor, Offer, catalog};

/// Regions that exist and have EKS, zones that exist and can hold a control plane's interfaces.
pub(super) fn regions(topology: &Topology, found: &mut Vec<Violation>) {
    for (_, region) in topology.regions() {
        let name = region.name().as_str();
        let Some(known) = catalog().region(name) else {
            let help = did_you_mean(
                name,
                catalog().regions().iter().map(|region| region.name.as_str()),
                "name a region of AWS",
            );
            found.push(Violation::new(region.path(), format!("AWS has no region `{name}`"), help));
            continue;
        };
        if !known.eks {
            found.push(Violation::new(
                region.path(),
                format!("EKS is not offered in `{name}`"),
                "choose another region",
            ));
        }
        for zone in region.zones() {
            let letters: Vec<&str> = known.control_plane_zones().map(|zone| zone.name.as_str()).collect();
            if known.zone(zone.as_str()).is_none() {
                let message = format!("`{name}` has no zone `{zone}`");
                found.push(Violation::new(
                    region.path().key("zones"),
                    message,
                    format!("say `zones: [{}]`, or some of them", letters.join(", ")),
                ));
            } else if !letters.contains(&zone.as_str()) {
                let message = format!("EKS can't put a control plane into `{zone}`");
                found.push(Violation::new(
                    region.path().key("zones"),
                    message,
                    format!("say `zones: [{}]`, or some of them", letters.join(", ")),
                ));
            }
        }
    }
}

/// Kubernetes versions that EKS has.
pub(super) fn versions(topology: &Topology, found: &mut Vec<Violation>) {
    for (name, cluster) in &topology.spec().clusters {
        if catalog().eks(Minor::new(1, cluster.version.number())).is_none() {
            let path = ModelPath::of(["clusters", name.as_str(), "version"]);
            let all: Vec<String> =
                catalog().eks_versions().iter().rev().take(4).map(|version| version.kubernetes.to_string()).collect();
            found.push(Violation::new(
                path,
                format!("EKS has no version {}", cluster.version),
                format!("the newest are {}", all.join(", ")),
            ));
        }
    }
}

/// A release of every controller that a cluster needs.
/// What is only untested or in dispute is no contradiction; that there is none, or that it is refused, is one.
pub(super) fn controllers(grounds: &[Ground<'_>], found: &mut Vec<Violation>) {
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for ground in grounds {
        let cluster = ground.region.cluster();
        let minor = Minor::new(1, cluster.version().number());
        // A minor that EKS doesn't have is told as that.
        if catalog().eks(minor).is_none() {
            continue;
        }
        for (component, _) in ground.installed.iter().filter_map(|installed| installed.by.component()) {
            let why = match component.for_cluster(minor) {
                Compatibility::Unsupported { why, .. } | Compatibility::Unknown { candidate: None, why } => why,
                Compatibility::Supported(_) | Compatibility::Unknown { candidate: Some(_), .. } => continue,
            };
            if told.insert((cluster.profile().as_str(), &component.id)) {
                let message = format!("no release of {component} is known for Kubernetes {}: {why}", cluster.version());
                let help = versions_that_fit(ground);
                found.push(Violation::new(cluster.path().key("version"), message, help));
            }
        }
    }
}

/// The versions that everything a cluster needs has a release for.
fn versions_that_fit(ground: &Ground<'_>) -> String {
    let fits = |minor: Minor| {
        let mut components = ground.installed.iter().filter_map(|installed| installed.by.component());
        components.all(|(component, _)| matches!(component.for_cluster(minor), Compatibility::Supported(_)))
    };
    let all: Vec<String> = catalog()
        .eks_versions()
        .iter()
        .rev()
        .map(|version| version.kubernetes)
        .filter(|minor| fits(*minor))
        .map(|minor| minor.to_string())
        .collect();
    if all.is_empty() {
        "there is no version that everything has a release for".to_owned()
    } else {
        format!("everything has a release for {}", all.join(", "))
    }
}

/// Instance types that exist, of one shape in a group, offered where they are to run, with room for the pods that are promised.
pub(super) fn instances(topology: &Topology, found: &mut Vec<Violation>) {
    for (profile, cluster) in &topology.spec().clusters {
        for (name, group) in &cluster.node_groups {
            let path = ModelPath::of(["clusters", profile.as_str(), "node_groups", name.as_str()]);
            let mut known: Vec<&Instance> = Vec::new();
            for (index, wanted) in group.instances.iter().enumerate() {
                if let Some(instance) = catalog().instance(wanted.as_str()) {
                    known.push(instance);
                } else {
                    let help = did_you_mean(
                        wanted.as_str(),
                        catalog().instances().iter().map(|i| i.name.as_str()),
                        "name a type of the catalog, such as `m7g.large`",
                    );
                    found.push(Violation::new(
                        path.key("instances").index(index),
                        format!("the catalog has no instance type `{wanted}`"),
                        help,
                    ));
                }
            }
            let Some(first) = known.first() else { continue };
            for (index, other) in known.iter().enumerate().skip(1) {
                let at = path.key("instances").index(index);
                if other.arch != first.arch {
                    found.push(Violation::new(
                        at,
                        format!("`{}` is {}, `{}` is {}", other.name, other.arch, first.name, first.arch),
                        "one architecture per group, or an image built for the other would land on it",
                    ));
                } else if cluster.autoscaler.kind == AutoscalerKind::ClusterAutoscaler && shape(other) != shape(first) {
                    let message =
                        format!("`{}` has {}, `{}` has {}", other.name, words(other), first.name, words(first));
                    found.push(Violation::new(
                        at,
                        message,
                        "types of one shape per group: Cluster Autoscaler plans with the first one",
                    ));
                }
            }
            if let Some(least) = known
                .iter()
                .filter_map(|instance| instance.max_pods_prefix().map(|most| (most, instance)))
                .min_by_key(|(most, _)| *most)
                && u32::from(group.max_pods) > least.0
            {
                found.push(Violation::new(
                    path.key("max_pods"),
                    format!("`{}` can have {} pods at most", least.1.name, least.0),
                    "a smaller number, or larger instances",
                ));
            }
        }
    }
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (_, region) in topology.regions() {
        for group in region.cluster().node_groups().values() {
            for (index, wanted) in group.instances().iter().enumerate() {
                if catalog().offer(wanted.as_str(), region.name().as_str()) == Offer::No
                    && told.insert((wanted.as_str(), region.name().as_str()))
                {
                    let path = region
                        .cluster()
                        .path()
                        .key("node_groups")
                        .key(group.name().as_str())
                        .key("instances")
                        .index(index);
                    let message = format!("`{wanted}` is not offered in `{}`", region.name());
                    found.push(
                        Violation::new(
                            path,
                            message,
                            "choose a type that is, or give the region a cluster profile of its own",
                        )
                        .with(region.path().key("cluster"), "uses this profile"),
                    );
                }
            }
        }
    }
}

fn shape(instance: &Instance) -> (u16, u32, u16) {
    (instance.vcpu, instance.memory_mib, instance.gpus)
}

fn words(instance: &Instance) -> String {
    let gpus = if instance.gpus == 0 { String::new() } else { format!(" and {} GPUs", instance.gpus) };
    format!("{} vCPUs, {} MiB{gpus}", instance.vcpu, instance.memory_mib)
}
