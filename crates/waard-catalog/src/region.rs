//! Regions of the commercial partition `aws`, and their availability zones.

use std::fmt;
use std::str::FromStr;

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// The member states of the European Union, as ISO 3166-1 codes (27 since 2020-02-01).
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// An AWS region.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Region {
    /// Its code, such as `eu-west-1`.
    pub name: String,
    /// AWS's name for it, such as `Europe (Ireland)`.
    pub title: String,
    /// Where in the world it is: the project's own classification.
    pub geography: Geography,
    /// The country it stands in, ISO 3166-1 alpha-2: the project's own classification, from AWS's name.
    pub country: String,
    /// Whether an account must enable it first: regions launched after 2019-03-20 (AWS account management guide; which
    /// regions those are is recalled).
    pub opt_in: bool,
    /// Whether botocore lists an EKS endpoint. `false` for regions that are announced and not open.
    pub eks: bool,
    /// Whether the catalog knows which instance types it offers.
    pub surveyed: bool,
    /// Its zones by name; empty where none is known.
    pub zones: Vec<Zone>,
    /// Where the row comes from.
    pub source: Source,
}

/// An availability zone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Zone {
    /// Its name, such as `us-east-1a`. In old accounts a name can mean another place than in new ones.
    pub name: String,
    /// Its region.
    pub region: String,
    /// The place behind the name, such as `use1-az6`, where the accounts that were seen agree.
    pub id: Option<String>,
    /// Whether EKS puts control planes there. It refuses the places `use1-az3` (nearly always `us-east-1e`),
    /// `usw1-az2` and `cac1-az3`; no account seen has a name for the last two.
    pub eks_control_plane: bool,
    /// Where the row comes from.
    pub source: Source,
}

/// A part of the world: the project's own classification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Geography {
    /// North America, Mexico included.
    NorthAmerica,
    /// South America.
    SouthAmerica,
    /// Europe, United Kingdom and Switzerland included: not the same as the EU, see [`Region::in_eu`].
    Europe,
    /// Israel and the Arab states of Asia.
    MiddleEast,
    /// Africa.
    Africa,
    /// Asia east of the Middle East, Australia, New Zealand.
    AsiaPacific,
}

impl Region {
    /// Whether data here is in the European Union. London and Zurich are in Europe and not in the EU.
    pub fn in_eu(&self) -> bool {
        EU.contains(&self.country.as_str())
    }

    /// The zones in which an EKS control plane can have its subnets, by name.
    pub fn control_plane_zones(&self) -> impl Iterator<Item = &Zone> {
        self.zones.iter().filter(|zone| zone.eks_control_plane)
    }

    /// The zone of this name.
    pub fn zone(&self, name: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.name == name)
    }
}

impl Geography {
    /// Every geography.
    pub const ALL: [Self; 6] =
        [Self::NorthAmerica, Self::SouthAmerica, Self::Europe, Self::MiddleEast, Self::Africa, Self::AsiaPacific];
}

impl fmt::Display for Geography {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NorthAmerica => "north-america",
            Self::SouthAmerica => "south-america",
            Self::Europe => "europe",
            Self::MiddleEast => "middle-east",
            Self::Africa => "africa",
            Self::AsiaPacific => "asia-pacific",
        })
    }
}

impl FromStr for Geography {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|geography| geography.to_string() == text).ok_or(())
    }
}

impl Record for Region {
    type Key = String;
    const COLUMNS: &'static [&'static str] =
        &["region", "name", "geography", "country", "opt_in", "eks", "surveyed", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let country = row.text("country")?;
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(row.wrong("country", "is not two capital letters"));
        }
        Ok(Self {
            name: row.text("region")?,
            title: row.text("name")?,
            geography: row.parse("geography")?,
            country,
            opt_in: row.flag("opt_in")?,
            eks: row.flag("eks")?,
            surveyed: row.flag("surveyed")?,
            zones: Vec::new(),
            source: row.source()?,
        })
    }

    fn key(&self) -> String {
        self.name.clone()
    }
}

impl Record for Zone {
    type Key = (String, String);
    const COLUMNS: &'static [&'static str] =
        &["zone", "region", "zone_id", "eks_control_plane", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let (name, region) = (row.text("zone")?, row.text("region")?);
        let letter = name.strip_prefix(&region).is_some_and(|rest| matches!(rest.as_bytes(), [b'a'..=b'z']));
        if !letter {
            return Err(row.wrong("zone", "is not the region and one letter"));
        }
        Ok(Self {
            name,
            region,
            id: row.optional_text("zone_id")?,
            eks_control_plane: row.flag("eks_control_plane")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> (String, String) {
        (self.region.clone(), self.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{REGIONS, ZONES, catalog};
    use crate::table::assert_sound;

    fn region(name: &str) -> &'static Region {
        catalog().region(name).unwrap()
    }

    #[test]
    fn every_row_is_sound_and_every_zone_has_its_region() {
        assert_sound::<Region>(REGIONS);
        let zones = assert_sound::<Zone>(ZONES);
        assert_eq!(zones.len(), catalog().regions().iter().map(|region| region.zones.len()).sum::<usize>());
    }

    #[test]
    fn every_region_with_eks_can_carry_a_control_plane() {
        for region in catalog().regions() {
            assert_eq!(region.control_plane_zones().count() >= 2, region.eks, "{}", region.name);
        }
    }

    #[test]
    fn europe_is_not_the_eu() {
        let europe = catalog().regions().iter().filter(|region| region.geography == Geography::Europe);
        let outside: Vec<&str> = europe.filter(|region| !region.in_eu()).map(|region| region.name.as_str()).collect();
        assert_eq!(outside, ["eu-central-2", "eu-west-2"]);
        assert!(catalog().regions().iter().all(|region| !region.in_eu() || region.geography == Geography::Europe));
    }

    #[test]
    fn the_zone_without_control_planes() {
        assert!(!region("us-east-1").zone("us-east-1e").unwrap().eks_control_plane);
        let names: Vec<&str> =
            region("us-east-1").control_plane_zones().take(3).map(|zone| zone.name.as_str()).collect();
        assert_eq!(names, ["us-east-1a", "us-east-1b", "us-east-1c"]);
        assert_eq!(region("us-west-1").zones.len(), 2, "two zones only");
        assert_eq!(region("ap-northeast-1").zone("ap-northeast-1b"), None);
    }

    #[test]
    fn geographies_of_the_first_topology() {
        let cases = [
            ("us-east-1", Geography::NorthAmerica),
            ("eu-west-1", Geography::Europe),
            ("ap-southeast-1", Geography::AsiaPacific),
            ("me-south-1", Geography::MiddleEast),
            ("il-central-1", Geography::MiddleEast),
            ("af-south-1", Geography::Africa),
            ("sa-east-1", Geography::SouthAmerica),
            ("mx-central-1", Geography::NorthAmerica),
        ];
        for (name, geography) in cases {
            assert_eq!(region(name).geography, geography, "{name}");
        }
        assert_eq!(catalog().region("cn-north-1"), None, "another partition");
    }
}
