//! Databases, caches, Kafka and buckets, each with what its copies in other regions cost.

use rust_decimal::Decimal;
use waard_catalog::catalog;
use waard_model::quantity::{Bytes, Duration};
use waard_model::spec::{
    BucketSpec, CacheEngine, CacheSpec, CommitmentKind, CommitmentSpec, DatabaseSpec, KafkaSpec, StandbyCopy,
    StorageClass,
};
use waard_model::topology::copies::{self, Holding};
use waard_model::topology::{Region, Store, StoreKind};

use super::compute::share;
use super::meter::{Entry, Meter};
use super::{Part, Range};
use crate::assumption::key;

pub(super) fn region(meter: &mut Meter<'_>, region: &Region) {
    for store in region.stores().values() {
        match store.kind() {
            StoreKind::Database(spec) => database(meter, region, store, spec),
            StoreKind::Cache(spec) => cache(meter, region, store, spec),
            StoreKind::Kafka(spec) => kafka(meter, region, store, spec),
            StoreKind::Bucket(spec) => bucket(meter, region, store, spec),
        }
    }
}

fn gibibytes(bytes: Bytes) -> Decimal {
    Decimal::from(bytes.get().div_ceil(1 << 30))
}

fn database(meter: &mut Meter<'_>, region: &Region, store: &Store, spec: &DatabaseSpec) {
    let (environment, path, name) = (meter.environment, store.path(), store.name());
    let holding = copies::database(environment, region, name, spec);
    let standby = region.is_standby();
    // A pilot light's replica is in one zone until it is promoted.
    let multi_az = spec.multi_az && !region.is_dark();
    let readers = match holding {
        Holding::Own => spec.replicas.in_region,
        Holding::Replica(_) | Holding::Backups(_) => 0,
    };
    // What is replicated to or from another region isn't stopped at night: RDS stops no source and no replica of it.
    let stops = matches!(holding, Holding::Own)
        && spec.replicas.in_region == 0
        && copies::followers(environment, region, name, spec).is_empty();
    let running = if stops { meter.running() } else { Decimal::ONE };
    let commitment = commitment(meter, CommitmentKind::Database, running);
    if !matches!(holding, Holding::Backups(_)) {
        let (what, instances) = match holding {
            Holding::Replica(source) => (format!("replica of `{name}` in {}", source.name()), u32::from(multi_az) + 1),
            _ => (format!("database `{name}`"), u32::from(multi_az) + 1),
        };
        meter.line(Part::Databases, &path, what, |entry| {
            let hours = entry.month() * running * Decimal::from(instances);
            instance(entry, spec.class.as_str(), commitment.as_ref()) * hours
        });
        meter.line(Part::Databases, &path, format!("storage of `{name}`"), |entry| {
            let item = if multi_az { "gp3-storage-multi-az" } else { "gp3-storage" };
            let size = gibibytes(spec.storage);
            let most = spec.max_storage.map_or(size, gibibytes);
            Range::new(size, size, most.max(size)) * entry.price("rds", item)
        });
        extended_support(meter, &path, spec, u32::from(multi_az) + 1 + u32::from(readers));
    }
    if readers > 0 {
        let class = spec.replicas.class.as_ref().unwrap_or(&spec.class);
        meter.line(Part::Databases, &path, format!("read replicas of `{name}`"), |entry| {
            let hours = entry.month() * Decimal::from(readers);
            instance(entry, class.as_str(), commitment.as_ref()) * hours
        });
        meter.line(Part::Databases, &path, format!("storage of read replicas of `{name}`"), |entry| {
            entry.price("rds", "gp3-storage") * (gibibytes(spec.storage) * Decimal::from(readers))
        });
    }
    if copies::backups(environment, region, name, spec).is_some() {
        // Only what is beyond the size of the databases of a region is paid. Source: Amazon RDS pricing, backup storage.
        meter.line(Part::Databases, &path, format!("copied backups of `{name}`"), |entry| {
            let size = gibibytes(spec.storage);
            let free = if matches!(holding, Holding::Backups(_)) { Decimal::ZERO } else { size };
            let days = Decimal::from(spec.backups.retention.as_secs()) / Decimal::from(86_400);
            let changes = entry.gigabytes(key::DATABASE_CHANGE) * (days / Decimal::from(30));
            beyond(Range::fixed(size) + changes, free) * entry.price("rds", "backup-storage")
        });
    }
    if standby && !matches!(holding, Holding::Own) || matches!(holding, Holding::Replica(_)) {
        let (Holding::Replica(source) | Holding::Backups(source)) = holding else { return };
        let from = source.name().to_string();
        meter.use_line(Part::Databases, &path, format!("changes of `{name}` from {from}"), |entry| {
            entry.gigabytes(key::DATABASE_CHANGE) * entry.price_in("transfer", "between-regions", &from)
        });
    }
}

/// What is more than that is free.
fn beyond(size: Range, free: Decimal) -> Range {
    let over = |size: Decimal| (size - free).max(Decimal::ZERO);
    Range::new(over(size.least()), over(size.expected()), over(size.most()))
}

/// The price of an instance hour, with what a commitment takes off.
fn instance(entry: &Entry<'_>, class: &str, commitment: Option<&CommitmentSpec>) -> Range {
    let price = entry.price("rds-postgresql", class);
    price * reduced(entry, "rds-reserved", family(class), commitment)
}

/// `db.r6g.large` and `cache.r6g.large` are of the family `r6g`.
fn family(class: &str) -> &str {
    class.split('.').nth(1).unwrap_or(class)
}

/// The commitment for a kind of store, where it always runs.
fn commitment(meter: &Meter<'_>, kind: CommitmentKind, running: Decimal) -> Option<CommitmentSpec> {
    let found = meter.topology.spec().cost.commitments.get(&kind);
    found.filter(|_| running == Decimal::ONE && meter.environment.hours().is_none()).cloned()
}

/// The share of a price that is left. Where the offer is known for another region of the family only, that one counts:
/// discounts of reserved instances hardly differ between regions. Where it is known for none, it may save nothing.
fn reduced(entry: &Entry<'_>, offer: &str, family: &str, commitment: Option<&CommitmentSpec>) -> Decimal {
    let Some(commitment) = commitment else {
        return Decimal::ONE;
    };
    let (term, payment) = (commitment.term.as_str(), commitment.payment.as_str());
    let found = catalog()
        .commitments()
        .iter()
        .find(|found| found.offer == offer && found.family == family && found.term == term && found.payment == payment);
    let Some(found) = found else {
        entry.without_discount(format!("reserved nodes of `{family}` for {term}, {payment}"));
        return Decimal::ONE;
    };
    Decimal::ONE - found.discount / Decimal::ONE_HUNDRED * share(commitment.share)
}

/// What an engine past its standard support costs beside, by vCPU and hour.
fn extended_support(meter: &mut Meter<'_>, path: &waard_model::path::ModelPath, spec: &DatabaseSpec, instances: u32) {
    let Some(major) = catalog().postgres(spec.version.major()) else {
        return;
    };
    if meter.as_of <= major.standard_until {
        return;
    }
    // The price doubles in the third year.
    let years = meter.as_of.year() - major.standard_until.year();
    let item = if years >= 2 { "extended-support-year-3" } else { "extended-support-year-1-2" };
    let running = meter.running();
    meter.line(Part::Databases, path, format!("extended support of PostgreSQL {}", major.major), |entry| {
        let Some(vcpus) = vcpus(spec.class.as_str()) else {
            entry.lacks(format!("vCPUs of `{}`", spec.class));
            return Range::ZERO;
        };
        entry.price("rds", item) * entry.month() * (Decimal::from(vcpus * instances) * running)
    });
}

/// A class has the shape of the instance type of the same name.
fn vcpus(class: &str) -> Option<u32> {
    let instance = catalog().instance(class.strip_prefix("db.")?)?;
    Some(u32::from(instance.vcpu))
}

fn cache(meter: &mut Meter<'_>, region: &Region, store: &Store, spec: &CacheSpec) {
    let (path, name) = (store.path(), store.name());
    let service = match spec.engine {
        CacheEngine::Valkey => "elasticache-valkey",
        CacheEngine::Redis => "elasticache-redis",
    };
    let nodes = u32::from(spec.shards) * (u32::from(spec.replicas) + 1);
    let commitment = commitment(meter, CommitmentKind::Cache, Decimal::ONE);
    let source = copies::cache(meter.environment, region, name);
    let what = source
        .map_or_else(|| format!("cache `{name}`"), |source| format!("copy of cache `{name}` in {}", source.name()));
    // ElastiCache can't be stopped.
    meter.line(Part::Caches, &path, what, |entry| {
        let price = entry.price(service, spec.node.as_str());
        let left = reduced(entry, "elasticache-reserved", family(spec.node.as_str()), commitment.as_ref());
        price * entry.month() * (Decimal::from(nodes) * left)
    });
}

/// Disks stay when nodes go. Traffic follows from the rates of topics: a record comes from another zone twice of three
/// times, is copied into other zones, and is read from another zone twice of three times by each that reads it.
fn kafka(meter: &mut Meter<'_>, region: &Region, store: &Store, spec: &KafkaSpec) {
    let (path, name) = (store.path(), store.name());
    meter.line(Part::Kafka, &path, format!("disks of `{name}`"), |entry| {
        let brokers = gibibytes(spec.brokers.storage) * Decimal::from(spec.brokers.replicas);
        let controllers = gibibytes(spec.controllers.storage) * Decimal::from(spec.controllers.replicas);
        entry.price("ebs", "gp3") * (brokers + controllers)
    });
    let zones = Decimal::from(region.zones().len().max(1) as u64);
    let elsewhere = (zones - Decimal::ONE) / zones;
    let mut crossing = Decimal::ZERO;
    let mut written = Decimal::ZERO;
    for (topic, settings) in &spec.topics {
        let Some(rate) = settings.rate else { continue };
        let readers = region
            .workloads()
            .values()
            .filter(|workload| workload.uses().contains(name) && spec.rights_of(workload).0.contains(&topic));
        let rate = Decimal::from(rate.bytes_per_second()) / Decimal::from(1_000_000_000);
        let copied = Decimal::from(spec.copies(settings).saturating_sub(1)).min(zones - Decimal::ONE);
        crossing += rate * (elsewhere + copied + elsewhere * Decimal::from(readers.count() as u64));
        written += rate;
    }
    let running = meter.running();
    // A standby's own clients are idle until a failover.
    let traffic = if region.is_standby() { written } else { crossing };
    meter.use_line(Part::Kafka, &path, format!("traffic of `{name}` between zones"), |entry| {
        // Paid on both sides.
        let price = entry.price("transfer", "between-zones") * Decimal::TWO;
        price * entry.month() * (traffic * Decimal::from(3600) * running)
    });
    if let Some(mirror) =
        meter.environment.mirror_of(region, store).filter(|mirror| *mirror.standby.name() == *region.name())
    {
        let from = mirror.primary.name().to_string();
        meter.use_line(Part::Kafka, &path, format!("records of `{name}` from {from}"), |entry| {
            let price = entry.price_in("transfer", "between-regions", &from);
            price * entry.month() * (written * Decimal::from(3600) * running)
        });
    }
}

/// What lies in a bucket after the assumed months of growth: each month's part in the class that its age calls for.
fn bucket(meter: &mut Meter<'_>, region: &Region, store: &Store, spec: &BucketSpec) {
    let (path, name) = (store.path(), store.name());
    meter.use_line(Part::Buckets, &path, format!("objects of `{name}`"), |entry| {
        let growth = entry.gigabytes(key::BUCKET_GROWTH);
        let months = Decimal::round(&entry.assume(key::BUCKET_AGE).expected());
        let months = u32::try_from(months).unwrap_or(0);
        let price: Range = (0..months)
            .filter(|month| spec.expire_after.is_none_or(|after| days(after) > u64::from(*month) * 30))
            .map(|month| {
                let class = spec.tiers.iter().rfind(|tier| days(tier.after) <= u64::from(month) * 30);
                entry.price("s3", class.map_or("standard", |tier| item(tier.class)))
            })
            .sum();
        growth * price
    });
    let copied = region.is_standby() && spec.standby == StandbyCopy::Replica;
    if copied {
        let waard_model::topology::Duty::Standby { protects, .. } = region.duty() else { return };
        let from = protects.to_string();
        meter.use_line(Part::Buckets, &path, format!("objects of `{name}` from {from}"), |entry| {
            let price = entry.price_in("transfer", "between-regions", &from)
                + entry.price_in("s3", "replication-time-control", &from);
            entry.gigabytes(key::BUCKET_GROWTH) * price
        });
    }
}

fn days(span: Duration) -> u64 {
    span.as_secs() / 86_400
}

/// The name of a storage class in the table of prices.
const fn item(class: StorageClass) -> &'static str {
    match class {
        StorageClass::StandardIa => "standard-ia",
        StorageClass::IntelligentTiering => "intelligent-tiering",
        StorageClass::GlacierIr => "glacier-ir",
        StorageClass::Glacier => "glacier",
        StorageClass::DeepArchive => "deep-archive",
    }
}
