//! Address ranges.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use ipnet::Ipv4Net;

use crate::scalar::{Invalid, scalar};

/// A range of IPv4 addresses whose host bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(Ipv4Net);

impl Cidr {
    /// The range that starts at `address`; `None` if a host bit is set or the prefix is longer than 32.
    pub fn new(address: Ipv4Addr, prefix: u8) -> Option<Self> {
        Ipv4Net::new(address, prefix).ok().filter(|net| net.addr() == net.network()).map(Self)
    }

    /// Length of the prefix in bits.
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// How many addresses it has.
    pub fn size(self) -> u64 {
        1_u64 << (32 - u32::from(self.0.prefix_len()).min(32))
    }

    /// True if no address lies in both.
    pub fn is_disjoint(self, other: Self) -> bool {
        !self.0.contains(&other.0) && !other.0.contains(&self.0)
    }

    /// True if all of `other` lies in it.
    pub fn contains(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }

    /// True if the range is private (RFC 1918) or shared (RFC 6598) address space, as a VPC's should be.
    pub fn is_private(self) -> bool {
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
            .iter()
            .filter_map(|range| range.parse::<Ipv4Net>().ok())
            .any(|range| range.contains(&self.0))
    }

    /// The `index`-th of the equal parts that `bits` more bits of prefix make; `None` past the last.
    pub fn part(self, bits: u8, index: u32) -> Option<Self> {
        let prefix = self.0.prefix_len().checked_add(bits).filter(|p| *p <= 32)?;
        if u64::from(index) >= 1_u64 << bits {
            return None;
        }
        let step = 1_u64 << (32 - prefix);
        let address = u64::from(u32::from(self.0.network())) + step * u64::from(index);
        Self::new(Ipv4Addr::from(u32::try_from(address).ok()?), prefix)
    }
}

impl FromStr for Cidr {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fail = |reason: String| Invalid::new::<Self>(text, reason);
        if !text.contains('/') {
            return Err(fail("the `/` and the prefix at its end are missing".to_owned()));
        }
        let net: Ipv4Net =
            text.parse().map_err(|_| fail("it is no IPv4 address with `/` and a prefix of 0 to 32".to_owned()))?;
        // `010` is 8 to some readers and 10 to others.
        if net.to_string() != text {
            return Err(fail(format!("it is no IPv4 address as everyone reads it; write `{net}`")));
        }
        if net.addr() != net.network() {
            return Err(fail(format!("bits after the prefix are set; the range is {}", net.trunc())));
        }
        Ok(Self(net))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

scalar!(
    Cidr,
    "an address range",
    "an IPv4 address, `/` and a prefix, with no bit set after it",
    r"^([0-9]{1,3}\.){3}[0-9]{1,3}/([0-9]|[12][0-9]|3[0-2])$",
    "10.0.0.0/16"
);
