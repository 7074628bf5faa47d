//! Database, cache and Kafka versions that can be created.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// A major version of PostgreSQL on RDS.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostgresMajor {
    /// The major version.
    pub major: u16,
    /// The newest version that can be created.
    pub newest: String,
    /// Every version that can be created, oldest first, as `EngineVersion` wants it.
    pub creatable: Vec<String>,
    /// Last day of standard support.
    pub standard_until: Date,
    /// Last day of paid extended support.
    pub extended_until: Date,
    /// Where the row comes from.
    pub source: Source,
}

impl Record for PostgresMajor {
    type Key = u16;
    const COLUMNS: &'static [&'static str] =
        &["major", "newest", "creatable", "standard_until", "extended_until", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let day = |column| row.optional_date(column)?.ok_or_else(|| row.wrong(column, "must not be empty"));
        let postgres = Self {
            major: row.parse("major")?,
            newest: row.text("newest")?,
            creatable: row.words("creatable")?,
            standard_until: day("standard_until")?,
            extended_until: day("extended_until")?,
            source: row.source()?,
        };
        if postgres.creatable.last() != Some(&postgres.newest) {
            return Err(row.wrong("newest", "is not the last of the creatable versions"));
        }
        if postgres.creatable.iter().any(|version| !version.starts_with(&format!("{}.", postgres.major))) {
            return Err(row.wrong("creatable", "has a version of another major"));
        }
        if postgres.standard_until >= postgres.extended_until {
            return Err(row.wrong("extended_until", "is not after standard_until"));
        }
        Ok(postgres)
    }

    fn key(&self) -> u16 {
        self.major
    }
}

/// An engine of ElastiCache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CacheEngine {
    /// Redis OSS; it ends at 7.1.
    Redis,
    /// Valkey.
    Valkey,
}

impl fmt::Display for CacheEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redis => "redis",
            Self::Valkey => "valkey",
        })
    }
}

impl FromStr for CacheEngine {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "redis" => Ok(Self::Redis),
            "valkey" => Ok(Self::Valkey),
            _ => Err(()),
        }
    }
}

/// A version of an ElastiCache engine that can be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheVersion {
    /// The engine.
    pub engine: CacheEngine,
    /// The version as `EngineVersion` wants it.
    pub version: String,
    /// Last day of standard support, after which the nodes cost a surcharge; `None` where none is announced.
    pub standard_until: Option<Date>,
    /// Where the row comes from.
    pub source: Source,
}

impl Record for CacheVersion {
    type Key = (CacheEngine, String);
    const COLUMNS: &'static [&'static str] = &["engine", "version", "standard_until", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            engine: row.parse("engine")?,
            version: row.text("version")?,
            standard_until: row.optional_date("standard_until")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> (CacheEngine, String) {
        (self.engine, self.version.clone())
    }
}

/// A Kafka version that a Strimzi release runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KafkaVersion {
    /// The Strimzi release.
    pub strimzi: String,
    /// The Kafka version, for `spec.kafka.version`.
    pub kafka: String,
    /// Its metadata version, for `spec.kafka.metadataVersion`.
    pub metadata: String,
    /// Whether Strimzi runs it when the resource names none.
    pub is_default: bool,
    /// Where the row comes from.
    pub source: Source,
}

impl Record for KafkaVersion {
    type Key = (String, String);
    const COLUMNS: &'static [&'static str] =
        &["strimzi", "kafka", "metadata", "default", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            strimzi: row.text("strimzi")?,
            kafka: row.text("kafka")?,
            metadata: row.text("metadata")?,
            is_default: row.flag("default")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> (String, String) {
        (self.strimzi.clone(), self.kafka.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ELASTICACHE, KAFKA, POSTGRES, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<PostgresMajor>(POSTGRES);
        assert_sound::<CacheVersion>(ELASTICACHE);
        assert_sound::<KafkaVersion>(KAFKA);
    }

    #[test]
    fn a_deprecated_minor_can_not_be_created() {
        let fifteen = catalog().postgres(15).unwrap();
        assert_eq!(fifteen.newest, "15.19");
        assert!(!fifteen.creatable.contains(&"15.4".to_owned()));
        assert!(fifteen.creatable.contains(&"15.13".to_owned()));
        assert_eq!(fifteen.standard_until.to_string(), "2028-02-29");
        assert_eq!(catalog().postgres(10), None);
    }

    #[test]
    fn caches() {
        let newest = |engine| catalog().cache_versions(engine).last().map(|cache| cache.version.as_str());
        assert_eq!(newest(CacheEngine::Redis), Some("7.1"));
        assert_eq!(newest(CacheEngine::Valkey), Some("9.1"));
        assert!(catalog().cache(CacheEngine::Redis, "7.0").is_some());
        assert_eq!(catalog().cache(CacheEngine::Redis, "8.0"), None);
    }

    #[test]
    fn every_strimzi_release_has_its_kafka_versions_and_one_default() {
        for release in &catalog().component("strimzi").unwrap().releases {
            let kafka: Vec<_> = catalog().kafka_versions(&release.version).collect();
            assert_eq!(kafka.iter().filter(|version| version.is_default).count(), 1, "{}", release.version);
        }
        assert_eq!(catalog().kafka_versions("1.2.0").find(|version| version.is_default).unwrap().kafka, "4.3.1");
        assert!(catalog().kafka_versions("1.2.0").all(|version| version.kafka != "3.6.0"));
    }
}
