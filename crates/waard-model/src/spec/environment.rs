//! Environments and regions: where the platform runs, and what differs there.

use std::collections::BTreeMap;

use crate::name::{
    AccountId, EnvValue, EnvVarName, HostName, ImageRef, Namespace, ProfileName, RegionName, StoreName, SubnetId, Text,
    VpcId, WorkloadName, ZoneName,
};
use crate::quantity::{Bounds, Bytes, Cidr, Cpu, DayWindow, Duration, Percent, TimeZone};
use crate::source::shape::{choice, shape};
use crate::spec::StoreSize;

choice! {
    /// What makes the clusters of an environment.
    pub enum Provisioner as "a provisioner" {
        /// Terraform makes the cluster and everything beneath it.
        Terraform = "terraform",
        /// eksctl makes the cluster, on the network that Terraform makes.
        Eksctl = "eksctl",
    }
}

choice! {
    /// What a region is for.
    pub enum Role as "a role of a region" {
        /// It serves its audience.
        Primary = "primary",
        /// It stands ready for a primary region that is lost.
        Standby = "standby",
    }
}

choice! {
    /// How much of a standby region runs before it is needed.
    pub enum StandbyMode as "a mode of a standby region" {
        /// Data is copied; workloads are declared with no pods until a failover.
        PilotLight = "pilot-light",
        /// Data is copied, and every workload runs at its least size.
        Warm = "warm",
    }
}

choice! {
    /// Whom a region serves. Each is one or more continents of Route 53's geolocation routing.
    pub enum Audience as "an audience" {
        /// North America.
        NorthAmerica = "north-america",
        /// South America.
        SouthAmerica = "south-america",
        /// Europe.
        Europe = "europe",
        /// Africa.
        Africa = "africa",
        /// The Middle East, which Route 53 counts to Asia.
        MiddleEast = "middle-east",
        /// Asia.
        Asia = "asia",
        /// Australia and the Pacific.
        Oceania = "oceania",
    }
}

choice! {
    /// Where data must stay.
    pub enum Residency as "a residency" {
        /// In the European Union, as the GDPR is commonly read for personal data.
        Eu = "eu",
        /// In the United States.
        Us = "us",
        /// In the Asia-Pacific regions.
        AsiaPacific = "asia-pacific",
    }
}

choice! {
    /// How private subnets reach the internet.
    pub enum NatLayout as "a NAT layout" {
        /// A NAT gateway in each zone: a lost zone takes only its own way out with it.
        PerZone = "per-zone",
        /// One NAT gateway: cheaper, and lost with its zone.
        Single = "single",
    }
}

shape! {
    /// An environment: the same platform, elsewhere and at its own size.
    pub struct EnvironmentSpec as "an environment" {
        /// What makes its clusters.
        default provisioner: Provisioner = Provisioner::Terraform,
        /// The AWS account that it lives in.
        optional account: AccountId,
        /// The domain that stands in for the platform's in this environment: `api.example.com` becomes `api.<domain>`.
        optional domain: HostName,
        /// The namespace of workloads that name none. Without this key it is the environment's name.
        optional namespace: Namespace,
        /// When it runs. Without this key it always does.
        optional hours: HoursSpec,
        /// Spot share of all node groups that hold no data, instead of what `cost.spot` says.
        optional spot: Percent,
        /// Where it runs.
        required regions: BTreeMap<RegionName, RegionSpec>,
        /// Workloads whose size differs here.
        default workloads: BTreeMap<WorkloadName, WorkloadSize> = BTreeMap::new(),
        /// Stores whose size differs here.
        default data: BTreeMap<StoreName, StoreSize> = BTreeMap::new(),
    }
}

shape! {
    /// The hours in which an environment runs; outside of them its nodes are scaled to nothing.
    pub struct HoursSpec as "hours" {
        /// The time zone of the hours, with its daylight saving.
        required zone: TimeZone,
        /// From when to when it runs from Monday to Friday.
        required weekdays: DayWindow,
        /// From when to when it runs on Saturday and Sunday. Without this key it doesn't.
        optional weekends: DayWindow,
    }
}

shape! {
    /// A region of an environment.
    pub struct RegionSpec as "a region" {
        /// Whether it serves an audience or stands by.
        required role: Role,
        /// What it is for, in words.
        optional purpose: Text,
        /// Primary: whom it serves.
        default audience: Vec<Audience> = Vec::new(),
        /// Primary: its share of all requests. Those of an environment add up to 100 %.
        optional traffic: Percent,
        /// Primary: why no standby protects it, in an environment that has standby regions.
        optional unprotected: Text,
        /// Standby: the primary region that it stands in for.
        optional protects: RegionName,
        /// Standby: how much of it runs beforehand.
        optional mode: StandbyMode,
        /// Standby: longest outage when the primary is lost. Without this key, `targets.rto`.
        optional rto: Duration,
        /// Standby: most data, as time, that may be lost. Without this key, `targets.rpo`.
        optional rpo: Duration,
        /// Where its data must stay. A standby has the residency of the region that it protects.
        optional residency: Residency,
        /// The availability zones. Without this key, zones a, b and c.
        default zones: Vec<ZoneName> = Vec::new(),
        /// The addresses of its VPC: a private range with a prefix of 16 to 24.
        required cidr: Cidr,
        /// How its private subnets reach the internet.
        default nat: NatLayout = NatLayout::PerZone,
        /// An existing network to use instead of making one.
        optional network: ExistingNetworkSpec,
        /// The profile of its cluster, one of `clusters`.
        required cluster: ProfileName,
        /// The workloads that run here.
        required runs: Vec<WorkloadName>,
        /// Stores that are here although no workload that runs here uses them.
        default holds: Vec<StoreName> = Vec::new(),
    }
}

shape! {
    /// A network that exists already.
    pub struct ExistingNetworkSpec as "an existing network" {
        /// The VPC.
        required vpc: VpcId,
        /// The private subnet of each zone.
        required private: BTreeMap<ZoneName, SubnetId>,
        /// The public subnet of each zone.
        required public: BTreeMap<ZoneName, SubnetId>,
    }
}

shape! {
    /// What differs for a workload in one environment.
    pub struct WorkloadSize as "the size of a workload" defaulted {
        /// Fewest and most pods.
        optional replicas: Bounds,
        /// Processor time that its main container requests.
        optional cpu: Cpu,
        /// Memory that its main container requests, and its limit.
        optional memory: Bytes,
        /// Pods' worth of room that is kept free for it.
        optional headroom: u16,
        /// Another release, which runs here instead.
        optional image: ImageRef,
        /// Variables that are added here, or have another value.
        default env: BTreeMap<EnvVarName, EnvValue> = BTreeMap::new(),
    }
}
