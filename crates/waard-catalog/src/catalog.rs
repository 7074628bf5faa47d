//! The catalog: every table, read once, with look-ups by name.

use std::sync::LazyLock;

use crate::addon::AddonVersion;
use crate::allocatable::Overhead;
use crate::assumed::Assumed;
use crate::component::{Component, ReleaseRow};
use crate::controller::Container;
use crate::daemonset::DaemonSet;
use crate::eks::EksVersion;
use crate::engine::{CacheEngine, CacheVersion, KafkaVersion, PostgresMajor};
use crate::fact::{Fact, Source};
use crate::gate::Gate;
use crate::image::Image;
use crate::instance::{Instance, Offer, OfferingRow};
use crate::minor::Minor;
use crate::price::{Commitment, Price, Promise, Spot};
use crate::provider::Provider;
use crate::recovery::RecoveryStep;
use crate::region::{Region, Zone};
use crate::removed::RemovedApi;
use crate::table::{self, Record};

pub(crate) const ADDONS: &str = include_str!("../facts/addons.csv");
pub(crate) const ASSUMPTIONS: &str = include_str!("../facts/assumptions.csv");
pub(crate) const COMMITMENTS: &str = include_str!("../facts/commitments.csv");
pub(crate) const COMPONENTS: &str = include_str!("../facts/components.csv");
pub(crate) const CONTROLLERS: &str = include_str!("../facts/controllers.csv");
pub(crate) const DAEMONSETS: &str = include_str!("../facts/daemonsets.csv");
pub(crate) const EKS_VERSIONS: &str = include_str!("../facts/eks_versions.csv");
pub(crate) const ELASTICACHE: &str = include_str!("../facts/elasticache.csv");
pub(crate) const GATES: &str = include_str!("../facts/gates.csv");
pub(crate) const IMAGES: &str = include_str!("../facts/images.csv");
pub(crate) const INSTANCES: &str = include_str!("../facts/instances.csv");
pub(crate) const KAFKA: &str = include_str!("../facts/kafka.csv");
pub(crate) const OFFERINGS: &str = include_str!("../facts/offerings.csv");
pub(crate) const POSTGRES: &str = include_str!("../facts/postgres.csv");
pub(crate) const PRICES: &str = include_str!("../facts/prices.csv");
pub(crate) const PROVIDERS: &str = include_str!("../facts/providers.csv");
pub(crate) const RECOVERY: &str = include_str!("../facts/recovery.csv");
pub(crate) const REGIONS: &str = include_str!("../facts/regions.csv");
pub(crate) const RELEASES: &str = include_str!("../facts/releases.csv");
pub(crate) const REMOVED_APIS: &str = include_str!("../facts/removed_apis.csv");
pub(crate) const SLAS: &str = include_str!("../facts/slas.csv");
pub(crate) const SPOT: &str = include_str!("../facts/spot.csv");
pub(crate) const ZONES: &str = include_str!("../facts/zones.csv");

/// Every table of the catalog.
#[derive(Debug)]
pub struct Catalog {
    addons: Vec<AddonVersion>,
    assumptions: Vec<Assumed>,
    commitments: Vec<Commitment>,
    components: Vec<Component>,
    controllers: Vec<Container>,
    daemonsets: Vec<DaemonSet>,
    eks_versions: Vec<EksVersion>,
    caches: Vec<CacheVersion>,
    gates: Vec<Gate>,
    images: Vec<Image>,
    instances: Vec<Instance>,
    kafka: Vec<KafkaVersion>,
    /// Per scope (family or type) the surveyed regions that don't offer it.
    offerings: Vec<(String, Vec<String>)>,
    postgres: Vec<PostgresMajor>,
    prices: Vec<Price>,
    promises: Vec<Promise>,
    providers: Vec<Provider>,
    recovery: Vec<RecoveryStep>,
    regions: Vec<Region>,
    removed_apis: Vec<RemovedApi>,
    spot: Vec<Spot>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::load);

/// The catalog of this build.
pub fn catalog() -> &'static Catalog {
    &CATALOG
}

impl Catalog {
    fn load() -> Self {
        let mut components: Vec<Component> = rows(COMPONENTS);
        for row in rows::<ReleaseRow>(RELEASES) {
            if let Some(component) = components.iter_mut().find(|component| component.id == row.component) {
                match row.found {
                    Ok(release) => component.releases.push(release),
                    Err(gap) => component.gaps.push(gap),
                }
            }
        }
        let mut regions: Vec<Region> = rows(REGIONS);
        for zone in rows::<Zone>(ZONES) {
            if let Some(region) = regions.iter_mut().find(|region| region.name == zone.region) {
                region.zones.push(zone);
            }
        }
        Self {
            addons: rows(ADDONS),
            assumptions: rows(ASSUMPTIONS),
            commitments: rows(COMMITMENTS),
            components,
            controllers: rows(CONTROLLERS),
            daemonsets: rows(DAEMONSETS),
            eks_versions: rows(EKS_VERSIONS),
            caches: rows(ELASTICACHE),
            gates: rows(GATES),
            images: rows(IMAGES),
            instances: rows(INSTANCES),
            kafka: rows(KAFKA),
            offerings: rows::<OfferingRow>(OFFERINGS).into_iter().map(|row| (row.scope, row.absent_in)).collect(),
            postgres: rows(POSTGRES),
            prices: rows(PRICES),
            promises: rows(SLAS),
            providers: rows(PROVIDERS),
            recovery: rows(RECOVERY),
            regions,
            removed_apis: rows(REMOVED_APIS),
            spot: rows(SPOT),
        }
    }

    /// Every price, by service, item and region.
    pub fn prices(&self) -> &[Price] {
        &self.prices
    }

    /// What a service asks for an item in a region, or for it in every region.
    pub fn price(&self, service: &str, item: &str, region: &str) -> Option<&Price> {
        let find = |region: &str| {
            let key = |price: &Price| {
                (price.service.as_str(), price.item.as_str(), price.region.as_str()).cmp(&(service, item, region))
            };
            self.prices.binary_search_by(key).ok().and_then(|at| self.prices.get(at))
        };
        find(region).or_else(|| find("*"))
    }

    /// Every discount for a commitment.
    pub fn commitments(&self) -> &[Commitment] {
        &self.commitments
    }

    /// The discount of an offer for a family in a region; where there is none for these, that for any family, and any
    /// region.
    pub fn commitment(
        &self,
        offer: &str,
        family: &str,
        region: &str,
        term: &str,
        payment: &str,
    ) -> Option<&Commitment> {
        [(family, region), (family, "*"), ("*", region), ("*", "*")].into_iter().find_map(|(family, region)| {
            self.commitments.iter().find(|found| {
                found.offer == offer
                    && found.family == family
                    && found.region == region
                    && found.term == term
                    && found.payment == payment
            })
        })
    }

    /// What spot capacity of a family saves in a region.
    pub fn spot(&self, family: &str, region: &str) -> Option<&Spot> {
        self.spot.iter().find(|spot| spot.family == family && spot.region == region)
    }

    /// What AWS promises of a service: `alb`, `cloudfront`, `ec2-region`, `eks`, `elasticache-multi-az`,
    /// `rds-multi-az`, `route53`, `s3`, `waf`, …
    pub fn promise(&self, service: &str) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.service == service)
    }

    /// The EKS calendar, oldest minor first.
    pub fn eks_versions(&self) -> &[EksVersion] {
        &self.eks_versions
    }

    /// A Kubernetes minor on EKS.
    pub fn eks(&self, kubernetes: Minor) -> Option<&EksVersion> {
        self.eks_versions.iter().find(|version| version.kubernetes == kubernetes)
    }

    /// Every component, by id.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// A component by its id: `argo-cd`, `aws-ebs-csi-driver`, `aws-load-balancer-controller`, `cloudwatch-exporter`,
    /// `cluster-autoscaler`, `external-dns`, `external-secrets`, `istio`, `karpenter`, `kube-prometheus-stack`,
    /// `metrics-server`, `nvidia-device-plugin`, `strimzi`, `vertical-pod-autoscaler`, `vpc-cni`.
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    /// What is known of an EKS add-on's version for a minor; `None` for add-ons and minors that are not in the table.
    pub fn addon(&self, name: &str, kubernetes: Minor) -> Option<&AddonVersion> {
        self.addons.iter().find(|addon| addon.addon == name && addon.kubernetes == kubernetes)
    }

    /// Every number that forecasts assume, by name.
    pub fn assumptions(&self) -> &[Assumed] {
        &self.assumptions
    }

    /// A number that forecasts assume, such as `node.launch`.
    pub fn assumed(&self, name: &str) -> Option<&Assumed> {
        let found = self.assumptions.binary_search_by(|assumed| assumed.name.as_str().cmp(name)).ok()?;
        self.assumptions.get(found)
    }

    /// A provider of Terraform by its address without the registry, such as `hashicorp/aws`.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// What a feature gate is in a minor; `None` if it isn't there yet, or isn't in the table.
    pub fn gate(&self, gate: &str, kubernetes: Minor) -> Option<&Gate> {
        self.gates.iter().rfind(|row| row.gate == gate && row.kubernetes <= kubernetes)
    }

    /// An image that belongs to no component: `al2023`, as Karpenter's alias of what nodes start from, or `pause`.
    pub fn image(&self, id: &str) -> Option<&Image> {
        self.images.iter().find(|image| image.id == id)
    }

    /// Every instance type, by name.
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    /// An instance type by its name, such as `c6i.2xlarge`.
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        let found = self.instances.binary_search_by(|instance| instance.name.as_str().cmp(name)).ok()?;
        self.instances.get(found)
    }

    /// Whether a region offers an instance type.
    pub fn offer(&self, instance: &str, region: &str) -> Offer {
        let (Some(instance), Some(region)) = (self.instance(instance), self.region(region)) else {
            return Offer::Unknown;
        };
        let of_it = |(scope, _): &&(String, Vec<String>)| *scope == instance.name || scope == instance.family();
        match self.offerings.iter().find(of_it) {
            Some((_, absent_in)) if region.surveyed => {
                if absent_in.contains(&region.name) {
                    Offer::No
                } else {
                    Offer::Yes
                }
            }
            _ => Offer::Unknown,
        }
    }

    /// How long each step of a failover takes.
    pub fn recovery_steps(&self) -> &[RecoveryStep] {
        &self.recovery
    }

    /// How long a step of a failover takes, by name.
    pub fn recovery(&self, step: &str) -> Option<&RecoveryStep> {
        self.recovery.iter().find(|row| row.step == step)
    }

    /// Every region, by code.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// A region by its code, such as `us-east-1`.
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }

    /// Every API version that Kubernetes serves no longer, by API version and kind.
    pub fn removed_apis(&self) -> &[RemovedApi] {
        &self.removed_apis
    }

    /// A kind in an API version, if Kubernetes serves it no longer.
    pub fn removed_api(&self, api_version: &str, kind: &str) -> Option<&RemovedApi> {
        self.removed_apis.iter().find(|row| row.api_version == api_version && row.kind == kind)
    }

    /// PostgreSQL majors on RDS, oldest first.
    pub fn postgres_majors(&self) -> &[PostgresMajor] {
        &self.postgres
    }

    /// A PostgreSQL major on RDS.
    pub fn postgres(&self, major: u16) -> Option<&PostgresMajor> {
        self.postgres.iter().find(|postgres| postgres.major == major)
    }

    /// The versions of an ElastiCache engine, oldest first.
    pub fn cache_versions(&self, engine: CacheEngine) -> impl Iterator<Item = &CacheVersion> {
        self.caches.iter().filter(move |cache| cache.engine == engine)
    }

    /// A version of an ElastiCache engine; `None` if it can't be created.
    pub fn cache(&self, engine: CacheEngine, version: &str) -> Option<&CacheVersion> {
        self.cache_versions(engine).find(|cache| cache.version == version)
    }

    /// The Kafka versions that a Strimzi release runs, oldest first; none for a release that is not in the table.
    pub fn kafka_versions(&self, strimzi: &str) -> impl Iterator<Item = &KafkaVersion> {
        self.kafka.iter().filter(move |version| version.strimzi == strimzi)
    }

    /// Every container of the pods of controllers and EKS add-ons, by component, workload and name.
    pub fn controllers(&self) -> &[Container] {
        &self.controllers
    }

    /// The containers of the pods that a component's workload makes.
    pub fn containers(&self, component: &str, workload: &str) -> impl Iterator<Item = &Container> {
        self.controllers.iter().filter(move |row| row.component == component && row.workload == workload)
    }

    /// The containers of the `DaemonSet`s that every node of a waard cluster runs.
    pub fn daemonsets(&self) -> &[DaemonSet] {
        &self.daemonsets
    }

    /// What those `DaemonSet`s take from every node, as sure as the least sure of their rows.
    pub fn node_overhead(&self) -> Fact<Overhead> {
        let mut value = Overhead::default();
        let mut source = Source {
            name: "sum of the requests of the node's DaemonSets".to_owned(),
            as_of: jiff::civil::Date::MAX,
            confidence: crate::fact::Confidence::Verified,
        };
        let mut last = "";
        for container in &self.daemonsets {
            value.cpu_millis += container.cpu_millis;
            value.memory_mib += container.memory_mib;
            value.pods += u32::from(container.name != last);
            last = &container.name;
            source.as_of = source.as_of.min(container.source.as_of);
            source.confidence = source.confidence.max(container.source.confidence);
        }
        Fact { value, source }
    }
}

/// The rows of a table, by key. Rows that don't parse are left out, and the tests see to it that there are none.
fn rows<T: Record>(text: &str) -> Vec<T> {
    let mut rows: Vec<T> = table::read(text).0;
    rows.sort_by_key(Record::key);
    rows
}
