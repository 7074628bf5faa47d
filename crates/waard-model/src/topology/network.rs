//! The address plan of a region.

use crate::name::ZoneName;
use crate::quantity::Cidr;
use crate::spec::ExistingNetworkSpec;

/// The addresses of Services in every cluster: virtual, the same everywhere, outside of every VPC.
pub const SERVICE_CIDR: &str = "172.20.0.0/16";

/// AWS keeps the first four addresses and the last one of every subnet.
/// Source: Amazon VPC User Guide, "Subnet CIDR blocks".
const RESERVED_PER_SUBNET: u64 = 5;

/// A VPC's addresses, divided into subnets for each zone.
///
/// The range is cut into equal blocks, one more than there are zones, rounded up to a power of two. Each zone's
/// private subnet is one block. The last block is cut again: its first half holds the public subnets,
/// its second half those of databases. The division depends on nothing but the range and the number of zones,
/// so a change elsewhere never moves a subnet.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    cidr: Cidr,
    existing: Option<ExistingNetworkSpec>,
    private: Vec<(ZoneName, Cidr)>,
    public: Vec<(ZoneName, Cidr)>,
    database: Vec<(ZoneName, Cidr)>,
}

impl Network {
    pub(super) fn plan(cidr: Cidr, zones: &[ZoneName], existing: Option<ExistingNetworkSpec>) -> Self {
        let (mut private, mut public, mut database) = (Vec::new(), Vec::new(), Vec::new());
        if existing.is_none() {
            let count = u32::try_from(zones.len()).unwrap_or(1).max(1);
            let bits = |parts: u32| u8::try_from(parts.next_power_of_two().trailing_zeros()).unwrap_or(8);
            let last = cidr.part(bits(count + 1), (1 << bits(count + 1)) - 1);
            for (index, zone) in (0_u32..).zip(zones) {
                private.extend(cidr.part(bits(count + 1), index).map(|part| (zone.clone(), part)));
                let small = |half: u32| last?.part(1, half)?.part(bits(count), index);
                public.extend(small(0).map(|part| (zone.clone(), part)));
                database.extend(small(1).map(|part| (zone.clone(), part)));
            }
        }
        Self { cidr, existing, private, public, database }
    }

    /// The whole range of the VPC.
    pub const fn cidr(&self) -> Cidr {
        self.cidr
    }

    /// The network that is used, if it exists already. Then there is no plan of subnets.
    pub const fn existing(&self) -> Option<&ExistingNetworkSpec> {
        self.existing.as_ref()
    }

    /// Subnets of nodes and pods, by zone.
    pub fn private(&self) -> &[(ZoneName, Cidr)] {
        &self.private
    }

    /// Subnets of load balancers and NAT gateways, by zone.
    pub fn public(&self) -> &[(ZoneName, Cidr)] {
        &self.public
    }

    /// Subnets of databases and caches, by zone.
    pub fn database(&self) -> &[(ZoneName, Cidr)] {
        &self.database
    }

    /// Where load balancers have their addresses: the public subnets, or the whole VPC if its subnets aren't ours.
    pub fn balancer_ranges(&self) -> Vec<Cidr> {
        self.ranges(&self.public)
    }

    /// Where nodes, pods and load balancers inside of the VPC have their addresses.
    pub fn private_ranges(&self) -> Vec<Cidr> {
        self.ranges(&self.private)
    }

    /// Where databases and caches have their addresses.
    pub fn database_ranges(&self) -> Vec<Cidr> {
        self.ranges(&self.database)
    }

    fn ranges(&self, subnets: &[(ZoneName, Cidr)]) -> Vec<Cidr> {
        if subnets.is_empty() { vec![self.cidr] } else { subnets.iter().map(|(_, cidr)| *cidr).collect() }
    }

    /// Addresses that nodes and pods can have.
    pub fn private_addresses(&self) -> u64 {
        if self.existing.is_some() {
            return self.cidr.size();
        }
        self.private.iter().map(|(_, cidr)| cidr.size().saturating_sub(RESERVED_PER_SUBNET)).sum()
    }
}
