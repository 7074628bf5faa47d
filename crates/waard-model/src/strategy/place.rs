//! Environments and regions, and what runs where.

use std::collections::{BTreeMap, BTreeSet};

use super::data::Stores;
use super::dice::{Dice, all, v};
use super::workload::{Workloads, sizes};
use super::{Platform, StoreName, WorkloadName, text};
use crate::name::{EnvironmentName, HostName, ProfileName, RegionName};
use crate::quantity::{Cidr, Percent};
use crate::spec::{
    Audience, ClusterSpec, EnvironmentSpec, ExistingNetworkSpec, HoursSpec, NatLayout, Provisioner, RegionSpec,
    Residency, Role, StandbyMode, ZoneLayout,
};

/// Regions, the letters of their zones, and the residency that they can keep.
const REGIONS: &[(&str, &str, Option<Residency>)] = &[
    ("us-east-1", "abc", Some(Residency::Us)),
    ("us-east-2", "abc", Some(Residency::Us)),
    ("us-west-2", "abcd", Some(Residency::Us)),
    ("eu-west-1", "abc", Some(Residency::Eu)),
    ("eu-west-3", "abc", Some(Residency::Eu)),
    ("eu-central-1", "abc", Some(Residency::Eu)),
    ("eu-north-1", "abc", Some(Residency::Eu)),
    ("ap-southeast-1", "abc", Some(Residency::AsiaPacific)),
    ("ap-southeast-2", "abc", Some(Residency::AsiaPacific)),
    ("ap-northeast-1", "acd", Some(Residency::AsiaPacific)),
    ("ap-south-1", "abc", Some(Residency::AsiaPacific)),
    ("ca-central-1", "abd", None),
    ("sa-east-1", "abc", None),
];

type Known = (&'static str, &'static str, Option<Residency>);

/// What runs in the regions of a cluster profile.
#[derive(Default)]
pub(super) struct Usage {
    pub(super) regions: BTreeSet<RegionName>,
    pub(super) workloads: BTreeSet<WorkloadName>,
    pub(super) stores: BTreeSet<StoreName>,
}

/// Environments, and what runs where.
pub(super) struct Places {
    pub(super) environments: BTreeMap<EnvironmentName, EnvironmentSpec>,
    pub(super) profiles: BTreeMap<ProfileName, Usage>,
    /// Stores of each region of each environment.
    stores: BTreeMap<(EnvironmentName, RegionName), BTreeSet<StoreName>>,
    /// What runs and uses a store.
    users: BTreeSet<(StoreName, WorkloadName)>,
}

/// The shares of `n` regions: in steps of 0.0001 %, with a sum of 100 %.
fn shares(dice: &mut Dice<'_>, n: usize) -> Vec<Percent> {
    let even = dice.chance(30);
    let mut left = 1_000_000;
    let mut parts = Vec::new();
    for after in (0..u32::try_from(n).unwrap_or(1)).rev() {
        let part = match after {
            0 => left,
            _ if even => left / (after + 1),
            _ => dice.between(0, left),
        };
        left -= part;
        parts.push(v(&format!("{}.{:04}%", part / 10_000, part % 10_000)));
    }
    parts
}

fn zones(dice: &mut Dice<'_>, (region, letters, _): Known) -> Vec<crate::name::ZoneName> {
    if letters.starts_with("abc") && dice.chance(60) {
        return Vec::new();
    }
    let letters: Vec<char> = letters.chars().collect();
    let chosen = dice.some_of(&letters, 2, letters.len());
    chosen.into_iter().map(|letter| v(&format!("{region}{letter}"))).collect()
}

fn existing(dice: &mut Dice<'_>, (region, letters, _): Known) -> ExistingNetworkSpec {
    let subnets = |digit: char| {
        letters
            .chars()
            .map(|letter| {
                (v(&format!("{region}{letter}")), v(&format!("subnet-0{letter}{}", String::from(digit).repeat(15))))
            })
            .collect()
    };
    let (private, public) = (subnets('1'), subnets('2'));
    ExistingNetworkSpec { vpc: v(dice.pick(&["vpc-0a1b2c3d4e5f60718", "vpc-12345678"])), private, public }
}

/// What runs in a region: some workloads, all that they call, and no two that claim the same routes.
fn runs(dice: &mut Dice<'_>, workloads: &Workloads) -> Vec<WorkloadName> {
    let names: Vec<&WorkloadName> = workloads.keys().collect();
    let mut chosen: Vec<WorkloadName> = dice.some_of(&names, 1, 6).into_iter().map(|name| (*name).clone()).collect();
    let mut at = 0;
    while let Some(planned) = chosen.get(at).and_then(|name| workloads.get(name)) {
        for callee in &planned.calls {
            if !chosen.contains(callee) {
                chosen.push(callee.clone());
            }
        }
        at += 1;
    }
    let clashes: Vec<WorkloadName> = chosen
        .iter()
        .filter(|name| {
            workloads.get(name).and_then(|planned| planned.rival.as_ref()).is_some_and(|rival| chosen.contains(rival))
        })
        .cloned()
        .collect();
    chosen.retain(|name| !clashes.contains(name));
    chosen
}

struct Draft {
    known: Known,
    spec: RegionSpec,
}

fn draft(dice: &mut Dice<'_>, known: Known, role: Role) -> Draft {
    let spec = RegionSpec {
        role,
        purpose: dice.some(40, text::line),
        audience: Vec::new(),
        traffic: None,
        unprotected: None,
        protects: None,
        mode: None,
        rto: None,
        rpo: None,
        residency: None,
        zones: zones(dice, known),
        // Stands in until the size of the cluster is known.
        cidr: v("10.0.0.0/16"),
        nat: *dice.choose(NatLayout::ALL),
        network: dice.some(8, |d| existing(d, known)),
        cluster: v("stands-in"),
        runs: Vec::new(),
        holds: Vec::new(),
    };
    Draft { known, spec }
}

fn regions(dice: &mut Dice<'_>, platform: &Platform) -> Vec<Draft> {
    let mut pool: Vec<Known> = REGIONS.to_vec();
    let mut made: Vec<Draft> = Vec::new();
    let mut standbys: Vec<Draft> = Vec::new();
    let count = 1 + dice.below(3);
    let shares = shares(dice, count);
    let mut audiences: Vec<Audience> = Audience::ALL.to_vec();
    for share in shares {
        let known = pool.remove(dice.below(pool.len()));
        let mut region = draft(dice, known, Role::Primary);
        region.spec.residency = known.2.filter(|_| dice.chance(35));
        region.spec.traffic = if count == 1 { dice.some(50, |_| Percent::ALL) } else { Some(share) };
        if (count > 1 && platform.steering.is_some()) || dice.chance(40) {
            for _ in 0..=dice.below(2) {
                region.spec.audience.push(audiences.remove(dice.below(audiences.len())));
            }
        }
        made.push(region);
    }
    if platform.standby {
        for primary in &mut made {
            let fits = |known: &Known| primary.spec.residency.is_none() || known.2 == primary.spec.residency;
            let Some(at) = pool.iter().position(fits).filter(|_| dice.chance(60)) else {
                continue;
            };
            let known = pool.remove(at);
            let mut standby = draft(dice, known, Role::Standby);
            standby.spec.residency = primary.spec.residency;
            standby.spec.protects = Some(v(primary.known.0));
            standby.spec.mode = Some(*dice.choose(StandbyMode::ALL));
            standby.spec.rto = dice.some(30, |_| v("45m"));
            standby.spec.rpo = dice.some(30, |_| v("15m"));
            standbys.push(standby);
        }
    }
    for primary in &mut made {
        let protected = standbys
            .iter()
            .any(|standby| standby.spec.protects.as_ref().is_some_and(|name| name.as_str() == primary.known.0));
        if !protected && (!standbys.is_empty() || dice.chance(10)) {
            primary.spec.unprotected = Some(text::line(dice));
        }
    }
    made.extend(standbys);
    made
}

fn environment(
    dice: &mut Dice<'_>,
    platform: &Platform,
    first: bool,
    name: &str,
    workloads: &Workloads,
    stores: &Stores,
) -> EnvironmentSpec {
    let own: HostName = v(&format!("{name}.{}", platform.domain));
    let domain = if first { dice.choose(&[None, Some(platform.domain.clone()), Some(own)]).clone() } else { Some(own) };
    let mut made = BTreeMap::new();
    for region in regions(dice, platform) {
        let mut spec = region.spec;
        spec.runs = runs(dice, workloads);
        let lies =
            |store: &&StoreName| stores.residency(store).is_none_or(|residency| region.known.2 == Some(residency));
        let names = stores.names(true);
        let holdable: Vec<&StoreName> = names.iter().filter(lies).collect();
        if dice.chance(25) {
            spec.holds = dice.some_of(&holdable, 1, 2).into_iter().map(|name| (*name).clone()).collect();
        }
        made.insert(v(region.known.0), spec);
    }
    EnvironmentSpec {
        provisioner: *dice.choose(Provisioner::ALL),
        account: dice.some(40, |d| v(d.pick(&["111122223333", "000000000017"]))),
        domain,
        namespace: dice.some(25, |d| v(d.pick(&["shop", "no"]))),
        hours: dice.some(30, |d| HoursSpec {
            zone: v(d.pick(&["America/New_York", "UTC", "Australia/Lord_Howe"])),
            weekdays: v(d.pick(&["08:00-18:00", "00:00-24:00", "12:30-12:31"])),
            weekends: d.some(40, |_| v("10:00-16:00")),
        }),
        spot: dice.some(20, |d| v(d.pick(&["100%", "0%", "33.3333%"]))),
        regions: made,
        workloads: sizes(dice, platform, workloads),
        data: stores.sizes(dice),
    }
}

pub(super) fn roll(dice: &mut Dice<'_>, platform: &Platform, workloads: &Workloads, stores: &Stores) -> Places {
    let mut environments = BTreeMap::new();
    for (index, name) in platform.environments.iter().enumerate() {
        environments.insert(v(name), environment(dice, platform, index == 0, name, workloads, stores));
    }
    let count: usize = environments.values().map(|environment: &EnvironmentSpec| environment.regions.len()).sum();
    let names: Vec<ProfileName> =
        all(&["full", "no", "standby-2"]).into_iter().take(1 + dice.below(count.min(3))).collect();
    let mut places =
        Places { environments, profiles: BTreeMap::new(), stores: BTreeMap::new(), users: BTreeSet::new() };
    let mut at = 0;
    for (environment_name, environment) in &mut places.environments {
        for (region_name, region) in &mut environment.regions {
            // Each profile has a region; the others choose.
            region.cluster = match names.get(at) {
                Some(name) => name.clone(),
                None => dice.choose(&names).clone(),
            };
            at += 1;
            let mut here: BTreeSet<StoreName> = region.holds.iter().cloned().collect();
            for name in &region.runs {
                for store in workloads.get(name).into_iter().flat_map(|planned| &planned.uses) {
                    here.insert(store.clone());
                    places.users.insert((store.clone(), name.clone()));
                }
            }
            places.stores.insert((environment_name.clone(), region_name.clone()), here);
        }
        for (name, region) in &environment.regions {
            let Some(primary) = &region.protects else { continue };
            let copied = places.stores.get(&(environment_name.clone(), primary.clone())).cloned().unwrap_or_default();
            let here = places.stores.entry((environment_name.clone(), name.clone())).or_default();
            here.extend(copied.into_iter().filter(|store| stores.is_copied(store)));
        }
        for (name, region) in &environment.regions {
            let usage = places.profiles.entry(region.cluster.clone()).or_default();
            usage.regions.insert(name.clone());
            usage.workloads.extend(region.runs.iter().cloned());
            usage
                .stores
                .extend(places.stores.get(&(environment_name.clone(), name.clone())).into_iter().flatten().cloned());
        }
    }
    places
}

impl Places {
    /// The workloads that run somewhere and use a store.
    pub(super) fn users(&self, store: &StoreName) -> Vec<WorkloadName> {
        self.users.iter().filter(|(used, _)| used == store).map(|(_, user)| user.clone()).collect()
    }

    /// The primary regions that have a store in every environment that has it at all, if no data leaves a residency then.
    pub(super) fn writers(&self, store: &StoreName) -> Vec<RegionName> {
        let has = |environment: &EnvironmentName| {
            let regions = self.stores.iter().filter(move |((at, _), here)| at == environment && here.contains(store));
            let names: BTreeSet<RegionName> = regions.map(|((_, region), _)| region.clone()).collect();
            let spec = self.environments.get(environment)?;
            let residency = |name| spec.regions.get(name).and_then(|region| region.residency);
            let one = names.iter().map(residency).collect::<BTreeSet<_>>().len() == 1;
            let can = |name: &RegionName| one && self.is_primary(environment, name);
            (!names.is_empty()).then(|| names.into_iter().filter(can).collect())
        };
        let each: Vec<BTreeSet<RegionName>> = self.environments.keys().filter_map(has).collect();
        let Some((first, rest)) = each.split_first() else {
            return Vec::new();
        };
        first.iter().filter(|region| rest.iter().all(|regions| regions.contains(region))).cloned().collect()
    }

    fn is_primary(&self, environment: &EnvironmentName, region: &RegionName) -> bool {
        let environment = self.environments.get(environment);
        environment.and_then(|spec| spec.regions.get(region)).is_some_and(|region| region.role == Role::Primary)
    }

    /// Gives each region a range of its own that holds its cluster.
    pub(super) fn addresses(&mut self, dice: &mut Dice<'_>, clusters: &BTreeMap<ProfileName, ClusterSpec>) {
        let mut next = 0_u32;
        for environment in self.environments.values_mut() {
            for region in environment.regions.values_mut() {
                let zones = if region.zones.is_empty() { 3 } else { region.zones.len() };
                let needed: u64 = clusters
                    .get(&region.cluster)
                    .into_iter()
                    .flat_map(|cluster| cluster.node_groups.values())
                    .map(|group| {
                        let copies =
                            if group.zones == ZoneLayout::Each { u64::try_from(zones).unwrap_or(6) } else { 1 };
                        u64::from(group.size.max()) * copies * (u64::from(group.max_pods).next_multiple_of(16) + 16)
                    })
                    .sum();
                // A quarter of the range is not for nodes and pods if there are three zones, half of it if there are two or four.
                let fits = |prefix: &u8| {
                    (1_u64 << (32 - prefix)) * u64::try_from(zones).unwrap_or(2)
                        / u64::try_from((zones + 1).next_power_of_two()).unwrap_or(8)
                        >= needed + 128
                };
                let most = (16..=24).take_while(fits).last().unwrap_or(16);
                let prefix = 16 + u8::try_from(dice.below(usize::from(most) - 15)).unwrap_or(0);
                // The ranges of one kind are /16 apart, whatever their own length.
                let start = match dice.below(4) {
                    1 => (100 << 24) | ((64 + next) << 16),
                    2 if next < 11 => (172 << 24) | ((21 + next) << 16),
                    _ => (10 << 24) | (next << 16),
                };
                let inside = dice.below(1 << (prefix - 16));
                let start = start + (u32::try_from(inside).unwrap_or(0) << (32 - prefix));
                next += 1;
                region.cidr = Cidr::new(start.into(), prefix).unwrap_or(region.cidr);
            }
        }
    }
}
