//! Stores: databases, caches, Kafka clusters, buckets.

use std::collections::BTreeMap;

use crate::name::{
    CacheNodeType, DbInstanceClass, EngineVersion, Namespace, PortName, RegionName, StoreName, Text, TopicName,
    WorkloadName,
};
use crate::quantity::{Bytes, Cpu, DayWindow, Duration, Percent, Throughput};
use crate::source::shape::{choice, shape};
use crate::spec::Residency;

choice! {
    /// How a store gets to the standby region.
    pub enum StandbyCopy as "a standby copy" {
        /// It is replicated all the time: a read replica, a global datastore, a mirror, bucket replication.
        Replica = "replica",
        /// Its backups are copied: more may be lost, and a restore takes longer.
        Backups = "backups",
        /// It isn't: the standby starts with an empty one.
        None = "none",
    }
}

choice! {
    /// A database engine.
    pub enum DatabaseEngine as "a database engine" {
        /// PostgreSQL on RDS.
        Postgresql = "postgresql",
    }
}

choice! {
    /// A cache engine.
    pub enum CacheEngine as "a cache engine" {
        /// Valkey on ElastiCache.
        Valkey = "valkey",
        /// Redis OSS on ElastiCache.
        Redis = "redis",
    }
}

choice! {
    /// How a Kafka client proves who it is.
    pub enum ListenerAuthentication as "a listener's authentication" {
        /// A client certificate.
        Mtls = "mtls",
        /// A password that is never sent, SCRAM-SHA-512.
        Scram = "scram",
    }
}

choice! {
    /// How a topic's records are compressed.
    pub enum Compression as "a compression" {
        /// As the producer sent them.
        Producer = "producer",
        /// LZ4: fast.
        Lz4 = "lz4",
        /// Zstandard: small.
        Zstd = "zstd",
        /// Gzip.
        Gzip = "gzip",
        /// Snappy.
        Snappy = "snappy",
        /// Not at all.
        Uncompressed = "uncompressed",
    }
}

choice! {
    /// What happens to old records.
    pub enum CleanupPolicy as "a cleanup policy" {
        /// They are deleted.
        Delete = "delete",
        /// The last one of each key stays.
        Compact = "compact",
    }
}

choice! {
    /// A storage class that objects move to.
    pub enum StorageClass as "a storage class" {
        /// Standard-Infrequent Access: at least 30 days after creation.
        StandardIa = "standard-ia",
        /// Intelligent-Tiering.
        IntelligentTiering = "intelligent-tiering",
        /// Glacier Instant Retrieval.
        GlacierIr = "glacier-ir",
        /// Glacier Flexible Retrieval.
        Glacier = "glacier",
        /// Glacier Deep Archive.
        DeepArchive = "deep-archive",
    }
}

shape! {
    /// Stores by kind. Names are unique among all kinds.
    pub struct DataSpec as "data" defaulted {
        /// PostgreSQL databases.
        default databases: BTreeMap<StoreName, DatabaseSpec> = BTreeMap::new(),
        /// Redis or Valkey caches.
        default caches: BTreeMap<StoreName, CacheSpec> = BTreeMap::new(),
        /// Kafka clusters.
        default kafka: BTreeMap<StoreName, KafkaSpec> = BTreeMap::new(),
        /// S3 buckets.
        default buckets: BTreeMap<StoreName, BucketSpec> = BTreeMap::new(),
    }
}

shape! {
    /// A database.
    pub struct DatabaseSpec as "a database" {
        /// The engine.
        default engine: DatabaseEngine = DatabaseEngine::Postgresql,
        /// Its version: a major, so that minors follow by themselves, or a major and minor.
        required version: EngineVersion,
        /// The instance class of the writer.
        required class: DbInstanceClass,
        /// Storage: gp3, encrypted.
        required storage: Bytes,
        /// The size up to which storage grows by itself.
        optional max_storage: Bytes,
        /// A synchronous second instance in another zone.
        default multi_az: bool = true,
        /// Automatic backups.
        default backups: BackupSpec = BackupSpec::default(),
        /// Read replicas in the same region.
        default replicas: ReplicaSpec = ReplicaSpec::default(),
        /// How it gets to the standby region.
        default standby: StandbyCopy = StandbyCopy::Replica,
        /// The one region that writes; the others read from replicas of it. Without this key every primary region has its own data.
        optional writer: RegionName,
    }
}

shape! {
    /// Automatic backups of a database.
    pub struct BackupSpec as "backups" defaulted {
        /// How long they are kept: 1 to 35 days.
        default retention: Duration = Duration::days(7),
        /// When they are made, in UTC; at least half an hour.
        optional window: DayWindow,
        /// Copy them to the standby region too, beside a replica.
        default copied: bool = false,
    }
}

shape! {
    /// Read replicas of a database.
    pub struct ReplicaSpec as "replicas" defaulted {
        /// How many in the same region.
        default in_region: u16 = 0,
        /// Their instance class. Without this key, the writer's.
        optional class: DbInstanceClass,
    }
}

shape! {
    /// A cache.
    pub struct CacheSpec as "a cache" {
        /// The engine.
        default engine: CacheEngine = CacheEngine::Valkey,
        /// Its version.
        required version: EngineVersion,
        /// The node type.
        required node: CacheNodeType,
        /// Shards. More than one is cluster mode, which clients must speak.
        default shards: u16 = 1,
        /// Replicas of each shard: 0 to 5.
        default replicas: u16 = 1,
        /// Encryption on the wire.
        default tls: bool = true,
        /// How it gets to the standby region.
        default standby: StandbyCopy = StandbyCopy::None,
    }
}

shape! {
    /// A Kafka cluster, run by Strimzi in KRaft mode.
    pub struct KafkaSpec as "a Kafka cluster" {
        /// The Kafka version.
        required version: EngineVersion,
        /// Its namespace. Without this key it is the store's name.
        optional namespace: Namespace,
        /// The brokers.
        required brokers: KafkaBrokersSpec,
        /// How brokers collect garbage.
        default jvm: KafkaJvmSpec = KafkaJvmSpec::default(),
        /// The KRaft controllers.
        default controllers: KafkaControllersSpec = KafkaControllersSpec::default(),
        /// Listeners inside the cluster, all with TLS and authentication.
        required listeners: BTreeMap<PortName, ListenerSpec>,
        /// Copies of each record, where a topic says nothing else.
        default replication: u16 = 3,
        /// Copies that must be written before a record counts.
        default min_insync: u16 = 2,
        /// How long records of topics are kept that say nothing else, such as those that Kafka makes for itself.
        default retention: Duration = Duration::days(7),
        /// Size of a segment file, at which the next one is begun.
        default segment_size: Bytes = Bytes::gibibytes(1),
        /// The topics.
        default topics: BTreeMap<TopicName, TopicSpec> = BTreeMap::new(),
        /// What each workload may do. A workload that uses this Kafka cluster and isn't named here may read and write every topic.
        default users: BTreeMap<WorkloadName, KafkaUserSpec> = BTreeMap::new(),
        /// How it gets to the standby region.
        default standby: StandbyCopy = StandbyCopy::Replica,
    }
}

shape! {
    /// The brokers of a Kafka cluster.
    pub struct KafkaBrokersSpec as "brokers" {
        /// How many, a multiple of the zones.
        default replicas: u16 = 3,
        /// Processor time of each: requested.
        required cpu: Cpu,
        /// Most processor time of each. Without this key there is no limit but the node.
        optional cpu_limit: Cpu,
        /// Memory of each: requested, and the limit.
        required memory: Bytes,
        /// The part of the memory that is Java heap; the rest caches pages. Without this key, half of it, at most 6 GiB.
        optional heap: Bytes,
        /// Disk of each: gp3, encrypted.
        required storage: Bytes,
    }
}

shape! {
    /// How the brokers' Java collects garbage: G1, with these goals.
    pub struct KafkaJvmSpec as "Java settings" defaulted {
        /// The longest pause that it aims for.
        default max_pause: Duration = Duration::millis(20),
        /// The share of the heap that is in use when a cycle starts.
        default start_at: Percent = Percent::whole(35),
    }
}

shape! {
    /// The KRaft controllers of a Kafka cluster.
    pub struct KafkaControllersSpec as "controllers" defaulted {
        /// How many: an odd number.
        default replicas: u16 = 3,
        /// Processor time of each.
        default cpu: Cpu = Cpu::cores(1),
        /// Memory of each.
        default memory: Bytes = Bytes::gibibytes(2),
        /// Disk of each.
        default storage: Bytes = Bytes::gibibytes(20),
    }
}

shape! {
    /// A listener of a Kafka cluster. There is no plain text.
    pub struct ListenerSpec as "a listener" {
        /// Its port: 9092 or above, not 9404 and not 9999, which Strimzi uses itself.
        required port: u16,
        /// How clients prove who they are.
        default authentication: ListenerAuthentication = ListenerAuthentication::Mtls,
    }
}

shape! {
    /// A topic.
    pub struct TopicSpec as "a topic" {
        /// Partitions.
        required partitions: u16,
        /// Copies of each record. Without this key, the cluster's.
        optional replication: u16,
        /// How long records are kept.
        required retention: Duration,
        /// How long one segment file is written.
        default segment: Duration = Duration::days(1),
        /// How records are compressed.
        default compression: Compression = Compression::Producer,
        /// What happens to old records.
        default cleanup: CleanupPolicy = CleanupPolicy::Delete,
        /// What is written to it on average, after compression. Disks are judged by it.
        optional rate: Throughput,
    }
}

shape! {
    /// What a workload may do with a Kafka cluster.
    pub struct KafkaUserSpec as "a Kafka user" defaulted {
        /// Topics that it reads.
        default reads: Vec<TopicName> = Vec::new(),
        /// Topics that it writes.
        default writes: Vec<TopicName> = Vec::new(),
    }
}

shape! {
    /// A bucket. It is always encrypted and never public.
    pub struct BucketSpec as "a bucket" defaulted {
        /// What it is for, in words.
        optional purpose: Text,
        /// Keep old versions of objects.
        default versioned: bool = true,
        /// How long old versions are kept.
        default old_versions: Duration = Duration::days(90),
        /// When objects move to a colder storage class.
        default tiers: Vec<TierSpec> = Vec::new(),
        /// When objects are deleted. Without this key they never are.
        optional expire_after: Duration,
        /// How it gets to the standby region.
        default standby: StandbyCopy = StandbyCopy::None,
        /// Where its data must stay, whatever its region says.
        optional residency: Residency,
    }
}

shape! {
    /// A move to a colder storage class.
    pub struct TierSpec as "a tier" {
        /// How long after an object was made.
        required after: Duration,
        /// The class that it moves to.
        required class: StorageClass,
    }
}

shape! {
    /// What differs for a store in one environment.
    pub struct StoreSize as "the size of a store" defaulted {
        /// Database: the instance class of writer and replicas.
        optional class: DbInstanceClass,
        /// Database and Kafka brokers: the size of the disk.
        optional storage: Bytes,
        /// Database: a second instance in another zone.
        optional multi_az: bool,
        /// Database: read replicas in the region. Cache: replicas of each shard. Kafka: brokers.
        optional replicas: u16,
        /// Cache: the node type.
        optional node: CacheNodeType,
        /// Cache: shards.
        optional shards: u16,
        /// Kafka: processor time of each broker.
        optional cpu: Cpu,
        /// Kafka: memory of each broker.
        optional memory: Bytes,
    }
}
