//! Stores.

use std::collections::{BTreeMap, BTreeSet};

use super::dice::{Dice, v};
use super::place::Places;
use super::{Platform, StoreName, text};
use crate::quantity::{Bytes, Cpu};
use crate::spec::{
    BackupSpec, BucketSpec, CacheEngine, CacheSpec, CleanupPolicy, Compression, DataSpec, DatabaseEngine, DatabaseSpec,
    KafkaBrokersSpec, KafkaControllersSpec, KafkaJvmSpec, KafkaSpec, KafkaUserSpec, ListenerAuthentication,
    ListenerSpec, ReplicaSpec, Residency, StandbyCopy, StorageClass, StoreSize, TierSpec, TopicSpec,
};

/// Stores, and what else has to be known of them.
pub(super) struct Stores {
    pub(super) spec: DataSpec,
    /// Kafka clusters whose brokers are too large for the nodes that every pod may run on.
    pub(super) heavy: BTreeSet<StoreName>,
}

const DATABASES: &[&str] = &["database", "off", "orders-db"];
const CACHES: &[&str] = &["cache", "n", "sessions-v2"];
const KAFKA: &[&str] = &["kafka", "events"];
const BUCKETS: &[&str] = &["data-lake", "archive", "null", "gdpr-compliant-bytes"];

fn database(dice: &mut Dice<'_>, platform: &Platform) -> DatabaseSpec {
    let in_region = u16::try_from(dice.below(4)).unwrap_or(0);
    DatabaseSpec {
        engine: DatabaseEngine::Postgresql,
        version: v(dice.pick(&["17", "16.10", "15"])),
        class: v(dice.pick(&["db.r6g.large", "db.r6g.2xlarge", "db.m6g.large"])),
        storage: v(dice.pick(&["100Gi", "500Gi", "1Ti"])),
        max_storage: dice.some(40, |d| v(d.pick(&["2Ti", "1127Gi", "64Ti"]))),
        multi_az: !dice.chance(30),
        backups: BackupSpec {
            retention: v(dice.pick(&["7d", "1d", "35d", "72h"])),
            window: dice.some(50, |d| v(d.pick(&["03:00-04:00", "00:00-00:30", "23:00-24:00"]))),
            copied: dice.chance(30),
        },
        replicas: ReplicaSpec {
            in_region,
            class: if in_region > 0 { dice.some(50, |_| v("db.r6g.xlarge")) } else { None },
        },
        standby: if platform.standby {
            *dice.choose(&[StandbyCopy::Replica, StandbyCopy::Backups])
        } else {
            *dice.choose(StandbyCopy::ALL)
        },
        writer: None,
    }
}

fn cache(dice: &mut Dice<'_>) -> CacheSpec {
    let engine = *dice.choose(CacheEngine::ALL);
    let standby = *dice.choose(&[StandbyCopy::None, StandbyCopy::Replica]);
    // ElastiCache copies no cache of small nodes to another region.
    let nodes: &[&str] =
        if standby == StandbyCopy::Replica { &["cache.r6g.large"] } else { &["cache.r6g.large", "cache.t4g.small"] };
    CacheSpec {
        engine,
        version: v(if engine == CacheEngine::Valkey { dice.pick(&["8.0", "7.2"]) } else { dice.pick(&["7.1", "7.0"]) }),
        node: v(dice.pick(nodes)),
        shards: *dice.choose(&[1, 2, 3, 15]),
        replicas: *dice.choose(&[1, 0, 2, 5]),
        tls: true,
        standby,
    }
}

fn topic(dice: &mut Dice<'_>, brokers: u16, replication: u16, min_insync: u16) -> TopicSpec {
    // What is kept at the most is 70 GiB per topic and copy, see `storage` below.
    let (retention, rate) = *dice.choose(&[("7d", "100Ki/s"), ("1d", "500Ki/s"), ("30d", "20Ki/s"), ("1d", "3Ki/s")]);
    TopicSpec {
        partitions: *dice.choose(&[12, 1, 3, 4000]),
        replication: dice.some(30, |d| if d.chance(50) { brokers.min(4000) } else { replication.max(min_insync) }),
        retention: v(retention),
        segment: v(dice.pick(&["1d", "6h"])),
        compression: *dice.choose(Compression::ALL),
        cleanup: *dice.choose(CleanupPolicy::ALL),
        rate: dice.some(70, |_| v(rate)),
    }
}

fn kafka(dice: &mut Dice<'_>, heavy: bool) -> KafkaSpec {
    let (brokers, replication) = *dice.choose(&[(3_u16, 3_u16), (1, 1), (6, 3), (3, 2)]);
    let min_insync = if replication == 3 { *dice.choose(&[2, 1]) } else { 1 };
    let names = dice.some_of(&["market-data-stream", "1.10", "1e3", "yes", "2024-01-01", "a.b-c"], 0, 3);
    let topics = names.into_iter().map(|name| (v(name), topic(dice, brokers, replication, min_insync))).collect();
    let ports = dice.some_of(&[9093_u16, 9092, 9094, 65_535], 1, 2);
    let listeners = ports.into_iter().zip(if dice.chance(30) { ["on", "y"] } else { ["tls", "scram"] });
    KafkaSpec {
        version: v(dice.pick(&["4.3.1", "4.2.0"])),
        namespace: dice.some(30, |d| v(d.pick(&["streaming", "true"]))),
        brokers: KafkaBrokersSpec {
            replicas: brokers,
            cpu: if heavy { Cpu::cores(2) } else { v(dice.pick(&["500m", "250m"])) },
            cpu_limit: dice.some(30, |_| v("4")),
            memory: if heavy { v(dice.pick(&["8Gi", "16Gi"])) } else { v(dice.pick(&["2Gi", "1Gi"])) },
            heap: dice.some(40, |_| v("768Mi")),
            // Three topics of at most 70 GiB, three copies on one broker of 9 at the worst; with a fifth to spare.
            storage: v(dice.pick(&["1000Gi", "1Ti", "4Ti"])),
        },
        jvm: KafkaJvmSpec { max_pause: v(dice.pick(&["20ms", "1s"])), start_at: v(dice.pick(&["35%", "45%"])) },
        retention: v(dice.pick(&["7d", "36h"])),
        segment_size: v(dice.pick(&["1Gi", "256Mi"])),
        controllers: if dice.chance(40) {
            KafkaControllersSpec {
                replicas: *dice.choose(&[1, 3, 5]),
                cpu: v("250m"),
                memory: Bytes::gibibytes(1),
                storage: v("10Gi"),
            }
        } else {
            KafkaControllersSpec::default()
        },
        listeners: listeners
            .map(|(port, name)| {
                (v(name), ListenerSpec { port: *port, authentication: *dice.choose(ListenerAuthentication::ALL) })
            })
            .collect(),
        replication,
        min_insync,
        topics,
        users: BTreeMap::new(),
        standby: *dice.choose(StandbyCopy::ALL),
    }
}

fn bucket(dice: &mut Dice<'_>) -> BucketSpec {
    let classes = dice.some_of(StorageClass::ALL, 0, 4);
    let mut classes: Vec<StorageClass> = classes.into_iter().copied().collect();
    classes.sort();
    let mut day = 0;
    let mut tiers = Vec::new();
    for class in classes {
        day += dice.between(30, 400);
        tiers.push(TierSpec { after: v(&format!("{day}d")), class });
    }
    let residency = dice.some(30, |d| *d.choose(Residency::ALL));
    let standby =
        if residency.is_some() { StandbyCopy::None } else { *dice.choose(&[StandbyCopy::None, StandbyCopy::Replica]) };
    BucketSpec {
        purpose: dice.some(60, text::line),
        versioned: standby == StandbyCopy::Replica || !dice.chance(30),
        old_versions: v(dice.pick(&["90d", "1d"])),
        tiers,
        expire_after: dice.some(30, |d| v(&format!("{}d", day + d.between(1, 4000)))),
        standby,
        residency,
    }
}

pub(super) fn roll(dice: &mut Dice<'_>, platform: &Platform) -> Stores {
    let databases = dice.some_of(DATABASES, 0, 2);
    let caches = dice.some_of(CACHES, 0, 2);
    let two = dice.chance(20);
    let streams = dice.some_of(KAFKA, 0, if two { 2 } else { 1 });
    let buckets = dice.some_of(BUCKETS, 0, 3);
    let mut heavy = BTreeSet::new();
    let mut kafkas = BTreeMap::new();
    for name in streams {
        let name: StoreName = v(name);
        let large = dice.chance(50);
        let mut spec = kafka(dice, large);
        // Each has a namespace of its own.
        let taken = |other: &KafkaSpec| other.namespace == spec.namespace;
        if kafkas.values().any(taken) {
            spec.namespace = None;
        }
        kafkas.insert(name.clone(), spec);
        if large {
            heavy.insert(name);
        }
    }
    let spec = DataSpec {
        databases: databases.into_iter().map(|name| (v(name), database(dice, platform))).collect(),
        caches: caches.into_iter().map(|name| (v(name), cache(dice))).collect(),
        kafka: kafkas,
        buckets: buckets.into_iter().map(|name| (v(name), bucket(dice))).collect(),
    };
    Stores { spec, heavy }
}

impl Stores {
    /// All names; those of buckets that must stay somewhere only if asked for.
    pub(super) fn names(&self, resident: bool) -> Vec<StoreName> {
        let buckets =
            self.spec.buckets.iter().filter(|(_, bucket)| resident || bucket.residency.is_none()).map(|(name, _)| name);
        self.spec
            .databases
            .keys()
            .chain(self.spec.caches.keys())
            .chain(self.spec.kafka.keys())
            .chain(buckets)
            .cloned()
            .collect()
    }

    /// Where a store must stay.
    pub(super) fn residency(&self, name: &StoreName) -> Option<Residency> {
        self.spec.buckets.get(name).and_then(|bucket| bucket.residency)
    }

    /// True if a standby region gets a copy of it.
    pub(super) fn is_copied(&self, name: &StoreName) -> bool {
        let data = &self.spec;
        let copies = [
            data.databases.get(name).map(|s| s.standby),
            data.caches.get(name).map(|s| s.standby),
            data.kafka.get(name).map(|s| s.standby),
            data.buckets.get(name).map(|s| s.standby),
        ];
        copies.into_iter().flatten().any(|copy| copy != StandbyCopy::None)
    }

    /// Sizes for one environment, not above those that fit on the nodes.
    pub(super) fn sizes(&self, dice: &mut Dice<'_>) -> BTreeMap<StoreName, StoreSize> {
        let mut sizes = BTreeMap::new();
        for name in self.spec.databases.keys() {
            if !dice.chance(40) {
                continue;
            }
            let size = StoreSize {
                class: dice.some(50, |_| v("db.r6g.large")),
                storage: dice.some(50, |d| v(d.pick(&["20Gi", "100Gi"]))),
                multi_az: dice.some(50, |d| d.chance(50)),
                replicas: dice.some(50, |d| *d.choose(&[0, 1, 5])),
                ..StoreSize::default()
            };
            sizes.insert(name.clone(), size);
        }
        for name in self.spec.caches.keys() {
            if !dice.chance(40) {
                continue;
            }
            let size = StoreSize {
                node: dice.some(50, |_| v("cache.r6g.large")),
                shards: dice.some(50, |d| *d.choose(&[1, 3])),
                replicas: dice.some(50, |d| *d.choose(&[0, 1, 5])),
                ..StoreSize::default()
            };
            sizes.insert(name.clone(), size);
        }
        for name in self.spec.kafka.keys() {
            if !dice.chance(40) {
                continue;
            }
            let size = StoreSize {
                storage: dice.some(50, |d| v(d.pick(&["1000Gi", "2000Gi"]))),
                replicas: dice.some(50, |d| *d.choose(&[3, 1, 2])),
                cpu: dice.some(50, |_| v("250m")),
                memory: dice.some(50, |_| Bytes::gibibytes(1)),
                ..StoreSize::default()
            };
            sizes.insert(name.clone(), size);
        }
        sizes
    }

    /// What can only be said once it is known what runs where: users of Kafka, writers of databases.
    pub(super) fn follow(&mut self, dice: &mut Dice<'_>, places: &Places) {
        for (name, kafka) in &mut self.spec.kafka {
            let topics: Vec<_> = kafka.topics.keys().cloned().collect();
            for user in places.users(name) {
                if !dice.chance(60) {
                    continue;
                }
                let mut some = || dice.some_of(&topics, 0, 3).into_iter().cloned().collect();
                kafka.users.insert(user, KafkaUserSpec { reads: some(), writes: some() });
            }
        }
        // One region for all, so that regions don't copy from each other in a circle.
        let writer = self.spec.databases.keys().find_map(|name| places.writers(name).into_iter().next());
        for (name, database) in &mut self.spec.databases {
            let can = writer.clone().filter(|writer| places.writers(name).contains(writer));
            database.writer = can.filter(|_| dice.chance(40));
        }
    }
}
