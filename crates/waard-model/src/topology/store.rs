//! Stores, resolved for an environment.

use crate::name::StoreName;
use crate::path::ModelPath;
use crate::spec::{BucketSpec, CacheSpec, DatabaseSpec, KafkaSpec, StandbyCopy};

/// A store at the size that it has in one environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    pub(super) name: StoreName,
    pub(super) kind: StoreKind,
}

/// What a store is.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreKind {
    /// A database.
    Database(DatabaseSpec),
    /// A cache.
    Cache(CacheSpec),
    /// A Kafka cluster.
    Kafka(KafkaSpec),
    /// A bucket.
    Bucket(BucketSpec),
}

impl Store {
    /// Its name.
    pub const fn name(&self) -> &StoreName {
        &self.name
    }

    /// What it is.
    pub const fn kind(&self) -> &StoreKind {
        &self.kind
    }

    /// How it gets to the standby region.
    pub const fn standby(&self) -> StandbyCopy {
        match &self.kind {
            StoreKind::Database(store) => store.standby,
            StoreKind::Cache(store) => store.standby,
            StoreKind::Kafka(store) => store.standby,
            StoreKind::Bucket(store) => store.standby,
        }
    }

    /// Where it stands in the topology.
    pub fn path(&self) -> ModelPath {
        ModelPath::of(["data", self.kind.key(), self.name.as_str()])
    }

    /// The namespace of a Kafka cluster: its own, or its name.
    pub fn kafka_namespace(&self) -> Option<&str> {
        match &self.kind {
            StoreKind::Kafka(kafka) => {
                Some(kafka.namespace.as_ref().map_or(self.name.as_str(), crate::name::Namespace::as_str))
            }
            _ => None,
        }
    }
}

impl StoreKind {
    /// The key under `data` that stores of this kind stand under.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Database(_) => "databases",
            Self::Cache(_) => "caches",
            Self::Kafka(_) => "kafka",
            Self::Bucket(_) => "buckets",
        }
    }

    /// What it is, with its article.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Database(_) => "a database",
            Self::Cache(_) => "a cache",
            Self::Kafka(_) => "a Kafka cluster",
            Self::Bucket(_) => "a bucket",
        }
    }
}
