//! Repositories of the images that run here, in Amazon ECR.
//!
//! Every cluster pulls from its own region, so that a lost region keeps no other one from starting pods: images are pushed to
//! the region that they name, and ECR copies them to the others. An account has one registry in each region, whatever
//! environments live in it: so one environment of the topology makes all of it, see
//! `docs/decisions/0016-one-environment-makes-the-registry.md`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use waard_model::Topology;
use waard_model::name::{AccountId, ImageRef, RegionName};
use waard_model::topology::{Environment, Region};

use super::Base;
use crate::kind::{AccountIdOf, RepositoryName};
use crate::policy::{Statement, policy};
use crate::resource::ecr::{
    ImageScanning, RegistryDestination, RegistryReplication, RegistryReplicationRules, RegistryRule, Repository,
    RepositoryEncryption, RepositoryFilter, RepositoryLifecycle, RepositoryPolicy,
};
use crate::root::Root;
use crate::site::Site;
use crate::value::{Json, Ref, Value};

/// So long an image without a tag is kept, in days: nothing that runs is one, where all images are named by tags.
const UNTAGGED_DAYS: i64 = 14;
/// Rules of a replication, and filters of a rule. Source: Amazon ECR User Guide, "Private image replication in Amazon ECR".
const MOST_RULES: usize = 10;
const MOST_FILTERS: usize = 100;

/// A repository of an account, as images of the topology name it.
#[derive(Default)]
struct Wanted<'t> {
    /// The regions that images name, where they are pushed to, each with those that pull what was pushed there.
    sources: BTreeMap<RegionName, BTreeSet<&'t RegionName>>,
    /// The regions that pull it, each with the other accounts that do.
    pulled: BTreeMap<&'t RegionName, BTreeSet<&'t AccountId>>,
}

/// An image of Amazon ECR, taken apart.
struct EcrImage<'t> {
    account: AccountId,
    region: RegionName,
    repository: &'t str,
    tagged: bool,
}

/// `<account>.dkr.ecr.<region>.amazonaws.com/<repository>`: the images that clusters pull from their own region.
fn ecr(image: &ImageRef) -> Option<EcrImage<'_>> {
    let (host, repository) = image.repository().split_once('/')?;
    let (account, rest) = host.split_once(".dkr.ecr.")?;
    let region = rest.strip_suffix(".amazonaws.com")?;
    let tagged = image.tag().is_some();
    Some(EcrImage { account: account.parse().ok()?, region: region.parse().ok()?, repository, tagged })
}

pub(crate) fn registry<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) {
    let named: Vec<EcrImage<'_>> = named(site.topology).filter_map(ecr).collect();
    let mut accounts: BTreeMap<&AccountId, usize> = BTreeMap::new();
    for image in &named {
        *accounts.entry(&image.account).or_default() += 1;
    }
    let said = |account: &AccountId| site.topology.environments().values().any(|each| each.account() == Some(account));
    // Environments of which no account is said live in one: that which most images name. The others are somebody else's.
    let unsaid = accounts.iter().filter(|(account, _)| !said(account));
    let unsaid = unsaid.min_by_key(|(account, count)| (Reverse(**count), **account)).map(|(account, _)| *account);
    for account in accounts.keys().copied().filter(|account| said(account) || unsaid == Some(account)) {
        let of_account = || named.iter().filter(|image| image.account == *account);
        let sources: BTreeSet<&RegionName> = of_account().map(|image| &image.region).collect();
        if owner(site.topology, account, &sources).is_none_or(|owner| owner.name() != site.environment.name()) {
            continue;
        }
        let untagged = of_account().filter(|image| !image.tagged).map(|image| image.repository).collect();
        one_account(root, site, base, &Account { id: account, sources, untagged });
    }
}

/// What images of one account say.
struct Account<'t> {
    id: &'t AccountId,
    /// The regions that they are pushed to.
    sources: BTreeSet<&'t RegionName>,
    /// Repositories of which an image is named by its digest alone: it may have no tag at all.
    untagged: BTreeSet<&'t str>,
}

fn one_account<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, of: &Account<'_>) {
    // Who pulls in which region must be known only where images are pushed to. To ask that in the root of each region would
    // take as many questions as there are pairs of regions.
    let all = of.sources.iter().any(|source| home(site.environment, source, source) == Some(site.region));
    let wanted = wanted(site.topology, of.id, (!all).then_some(site.region.name()));
    let mut replicated: BTreeMap<&RegionName, Vec<(&str, BTreeSet<&RegionName>)>> = BTreeMap::new();
    for (repository, each) in &wanted {
        let Some(first) = each.sources.keys().next() else {
            continue;
        };
        let places: BTreeSet<&RegionName> = each.sources.keys().chain(each.pulled.keys().copied()).collect();
        for place in places {
            let source = if each.sources.contains_key(place) { place } else { first };
            if home(site.environment, place, source) == Some(site.region) {
                make(root, site, base, of, (repository, each), place);
            }
        }
        for (source, pulled) in &each.sources {
            let to: BTreeSet<&RegionName> = pulled.iter().copied().filter(|region| *region != source).collect();
            if !to.is_empty() && home(site.environment, source, source) == Some(site.region) {
                replicated.entry(source).or_default().push((repository, to));
            }
        }
    }
    for (source, repositories) in replicated {
        replicate(root, site, of.id, source, &repositories);
    }
}

/// Every image that the topology names, whether it runs somewhere or not.
fn named(topology: &Topology) -> impl Iterator<Item = &ImageRef> {
    let workloads = topology.spec().workloads.values().flat_map(|workload| {
        workload.image.iter().chain(workload.containers.values().map(|container| &container.image))
    });
    let environments = topology.spec().environments.values();
    workloads.chain(
        environments.flat_map(|environment| environment.workloads.values()).filter_map(|size| size.image.as_ref()),
    )
}

/// The repositories of an account, and who pulls them from where; in one region only, if it is said.
fn wanted<'t>(topology: &'t Topology, account: &AccountId, only: Option<&RegionName>) -> BTreeMap<&'t str, Wanted<'t>> {
    let mut wanted: BTreeMap<&str, Wanted<'_>> = BTreeMap::new();
    for environment in topology.environments().values() {
        let regions = environment.regions();
        let found: Vec<&Region> =
            only.map_or_else(|| regions.values().collect(), |name| regions.get(name).into_iter().collect());
        for region in found {
            for image in region.workloads().values().flat_map(|workload| {
                let further = workload.spec().containers.values().map(|container| &container.image);
                std::iter::once(workload.image()).chain(further)
            }) {
                let Some(image) = ecr(image).filter(|image| image.account == *account) else {
                    continue;
                };
                let repository = wanted.entry(image.repository).or_default();
                repository.sources.entry(image.region).or_default().insert(region.name());
                let readers = repository.pulled.entry(region.name()).or_default();
                readers.extend(environment.account().filter(|reader| *reader != account));
            }
        }
    }
    wanted
}

/// The environment that makes the registry of an account: one that lives in it, else one of which no account is said. Of
/// several, the one that is in a region that images are pushed to, always runs, has most regions, and comes first.
fn owner<'t>(topology: &'t Topology, account: &AccountId, sources: &BTreeSet<&RegionName>) -> Option<&'t Environment> {
    let environments = || topology.environments().values();
    let rank = |environment: &&Environment| {
        let there = sources.iter().any(|region| environment.regions().contains_key(*region));
        (!there, environment.hours().is_some(), Reverse(environment.regions().len()))
    };
    let own = environments().filter(|environment| environment.account() == Some(account)).min_by_key(rank);
    own.or_else(|| environments().filter(|environment| environment.account().is_none()).min_by_key(rank))
}

/// The region in whose root something of the registry in `place` is made: that region itself, where the environment has it,
/// else the one that images are pushed to, else its first primary one.
fn home<'t>(environment: &'t Environment, place: &RegionName, source: &RegionName) -> Option<&'t Region> {
    let regions = environment.regions();
    let first = || regions.values().find(|region| !region.is_standby());
    regions.get(place).or_else(|| regions.get(source)).or_else(first)
}

fn start(root: &mut Root<'_>) {
    root.file("registry", "Images that run here, in the registry of this account in each region. All regions are applied before the first image is\npushed: what is copied to a region without its repository makes one there, with other settings.");
}

fn make<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    of: &Account<'_>,
    (repository, wanted): (&str, &Wanted<'_>),
    place: &RegionName,
) {
    start(root);
    let elsewhere = place != site.region.name();
    let region = || elsewhere.then(|| Value::known(place.as_str()));
    let label = if elsewhere { format!("{repository}_{place}") } else { repository.to_owned() };
    // Elsewhere there is no key of this root.
    let key = (!elsewhere).then(|| (&base.keys.data).into());
    if site.environment.account().is_none() {
        root.why(format!("Images name the account {}: this root is applied there.", of.id));
    }
    let made = root.resource(
        &label,
        Repository {
            region: region(),
            image_tag_mutability: Some("IMMUTABLE".into()),
            image_scanning_configuration: Some(ImageScanning::new(true)),
            encryption_configuration: Some(RepositoryEncryption { kms_key: key, ..RepositoryEncryption::new("KMS") }),
            ..Repository::new(repository)
        },
    );
    if !of.untagged.contains(repository) {
        let lifecycle = RepositoryLifecycle::new(made.name(), untagged());
        root.resource(&label, RepositoryLifecycle { region: region(), ..lifecycle });
    }
    if let Some(others) = wanted.pulled.get(place).filter(|others| !others.is_empty()) {
        readers(root, site, &label, region(), made.name(), others);
    }
}

/// Source: Amazon ECR User Guide, "Examples of lifecycle policies in Amazon ECR". What a list of images for several
/// processors names isn't deleted while the list is there.
fn untagged<'r>() -> Json<'r> {
    let selection = Json::object([
        ("tagStatus", Json::from("untagged")),
        ("countType", "sinceImagePushed".into()),
        ("countUnit", "days".into()),
        ("countNumber", UNTAGGED_DAYS.into()),
    ]);
    let rule = Json::object([
        ("rulePriority", Json::from(1)),
        ("description", "What no tag names is of no release.".into()),
        ("selection", selection),
        ("action", Json::object([("type", "expire")])),
    ]);
    Json::object([("rules", Json::list([rule]))])
}

fn readers<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    label: &str,
    region: Option<Value<'r, crate::kind::Text>>,
    repository: Ref<'r, RepositoryName>,
    readers: &BTreeSet<&AccountId>,
) {
    let arns = readers.iter().map(|reader| format!("arn:{}:iam::{reader}:root", site.partition()));
    let pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    let allowed = policy([Statement::allow("Pull", &pull).aws(Json::list(arns))]);
    root.why("Environments in other accounts run it.");
    root.resource(label, RepositoryPolicy { region, ..RepositoryPolicy::new(repository, allowed) });
}

/// What goes to the same regions is one rule.
fn replicate<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    account: &AccountId,
    source: &RegionName,
    repositories: &[(&str, BTreeSet<&RegionName>)],
) {
    let mut alike: BTreeMap<&BTreeSet<&RegionName>, Vec<&str>> = BTreeMap::new();
    for (repository, to) in repositories {
        alike.entry(to).or_default().push(repository);
    }
    let destinations = |to: &BTreeSet<&RegionName>| -> Vec<RegistryDestination<'r>> {
        let registry = || Value::<AccountIdOf>::known(account.as_str());
        to.iter().map(|region| RegistryDestination::new(region.as_str(), registry())).collect()
    };
    let filter = |repository: &&str| RepositoryFilter::new(*repository, "PREFIX_MATCH");
    let one = |(to, repositories): (&BTreeSet<&RegionName>, &[&str])| RegistryRule {
        repository_filter: Some(repositories.iter().map(filter).collect()),
        ..RegistryRule::new(destinations(to))
    };
    let mut rules: Vec<RegistryRule<'r>> =
        alike.iter().flat_map(|(to, all)| all.chunks(MOST_FILTERS).map(move |some| (*to, some))).map(one).collect();
    if rules.len() > MOST_RULES {
        let all = alike.keys().flat_map(|to| to.iter().copied()).collect();
        rules = vec![RegistryRule::new(destinations(&all))];
    }
    start(root);
    root.why("Where images are copied to when they are pushed. There is one of these for the whole registry: what else the account\ncopies belongs here too.");
    let elsewhere = source != site.region.name();
    let label = if elsewhere { source.as_str() } else { "main" };
    let replication = RegistryReplication {
        region: elsewhere.then(|| Value::known(source.as_str())),
        ..RegistryReplication::new(RegistryReplicationRules::new(rules))
    };
    root.resource(label, replication);
}
