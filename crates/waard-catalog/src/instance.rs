//! EC2 instance types as nodes: their shape, how many pods they take, where they can be launched.

use std::fmt;
use std::str::FromStr;

use crate::allocatable::Allocatable;
use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// Pods that a managed node group allows at most below [`MANY_CPUS`] vCPU, whatever the network would carry.
const MANAGED_CAP: u32 = 110;
/// The same from [`MANY_CPUS`] vCPU on.
const MANAGED_CAP_MANY_CPUS: u32 = 250;
/// vCPU from which the larger cap holds (Amazon EKS user guide, 2024-12-18).
const MANY_CPUS: u16 = 30;

/// An EC2 instance type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instance {
    /// Its name, such as `c6i.2xlarge`.
    pub name: String,
    /// Virtual CPUs.
    pub vcpu: u16,
    /// Nominal memory in MiB; a node reports a little less.
    pub memory_mib: u32,
    /// The architecture that images must have.
    pub arch: Arch,
    /// What it runs on.
    pub hypervisor: Hypervisor,
    /// Whether its CPU runs on credits.
    pub burstable: bool,
    /// NVIDIA GPUs.
    pub gpus: u16,
    /// Their model, such as `A10G`.
    pub gpu_model: Option<String>,
    /// Memory of each GPU in MiB; 0 without GPUs.
    pub gpu_memory_mib: u32,
    /// AWS Inferentia devices.
    pub neurons: u16,
    /// Network interfaces on network card 0: those that carry pod addresses.
    pub enis: u16,
    /// IPv4 addresses per network interface, its own included.
    pub ipv4_per_eni: u16,
    /// EC2's own flag; it can turn false while the type is offered everywhere.
    pub current_generation: bool,
    /// Whether any region offers it. A price is no proof: `p3` types have one and can't be launched.
    pub offered: bool,
    /// Where the row comes from.
    pub source: Source,
}

/// A CPU architecture, named as Kubernetes names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arch {
    /// x86-64.
    Amd64,
    /// AWS Graviton.
    Arm64,
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        })
    }
}

impl FromStr for Arch {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "amd64" => Ok(Self::Amd64),
            "arm64" => Ok(Self::Arm64),
            _ => Err(()),
        }
    }
}

/// What an instance runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hypervisor {
    /// AWS Nitro.
    Nitro,
    /// None: bare metal, on Nitro cards.
    Metal,
    /// Xen, of older generations: no prefix delegation.
    Xen,
}

impl FromStr for Hypervisor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "nitro" => Ok(Self::Nitro),
            "metal" => Ok(Self::Metal),
            "xen" => Ok(Self::Xen),
            _ => Err(()),
        }
    }
}

/// Whether a region offers an instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// In at least one of its zones.
    Yes,
    /// In none.
    No,
    /// The survey doesn't cover the region, or the catalog doesn't know the region or the type.
    Unknown,
}

impl Instance {
    /// The part of the name before the dot, such as `c6i`.
    pub fn family(&self) -> &str {
        self.name.split_once('.').map_or(self.name.as_str(), |(family, _)| family)
    }

    /// The part of the name after the dot, such as `2xlarge`.
    pub fn size(&self) -> &str {
        self.name.split_once('.').map_or("", |(_, size)| size)
    }

    /// Pods for which the network has addresses: interfaces × (addresses − 1) + 2.
    /// Source: awslabs/amazon-eks-ami `nodeadm/internal/kubelet/eni_max_pods.go`, 2026-07-23, verified.
    pub fn max_pods(&self) -> u32 {
        u32::from(self.enis) * u32::from(self.ipv4_per_eni).saturating_sub(1) + 2
    }

    /// Pods on a node of a managed node group: [`max_pods`](Self::max_pods), but not more than 110 below 30 vCPU and
    /// 250 from there on.
    pub fn max_pods_managed(&self) -> u32 {
        self.max_pods().min(self.managed_cap())
    }

    /// Pods with prefix delegation (16 addresses in the place of one), with the cap of managed node groups;
    /// `None` where the instance can't do it.
    pub fn max_pods_prefix(&self) -> Option<u32> {
        let addresses = u32::from(self.enis) * u32::from(self.ipv4_per_eni).saturating_sub(1) * 16 + 2;
        (self.hypervisor != Hypervisor::Xen).then(|| addresses.min(self.managed_cap()))
    }

    fn managed_cap(&self) -> u32 {
        if self.vcpu < MANY_CPUS { MANAGED_CAP } else { MANAGED_CAP_MANY_CPUS }
    }

    /// What pods can be given on a node whose kubelet takes `max_pods` pods.
    ///
    /// `nodeadm` reserves memory for the pods that the network has room for, even where a managed node group caps
    /// their number below that; a larger `max_pods` counts instead, as it should be reserved for.
    pub fn allocatable(&self, max_pods: u32) -> Allocatable {
        Allocatable::of(self.vcpu, self.memory_mib, self.gpus, max_pods, max_pods.max(self.max_pods()))
    }
}

impl Record for Instance {
    type Key = String;
    const COLUMNS: &'static [&'static str] = &[
        "instance",
        "vcpu",
        "memory_mib",
        "arch",
        "hypervisor",
        "burstable",
        "gpus",
        "gpu_model",
        "gpu_memory_mib",
        "neurons",
        "enis",
        "ipv4_per_eni",
        "current",
        "offered",
        "source",
        "as_of",
        "confidence",
    ];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let instance = Self {
            name: row.text("instance")?,
            vcpu: row.parse("vcpu")?,
            memory_mib: row.parse("memory_mib")?,
            arch: row.parse("arch")?,
            hypervisor: row.parse("hypervisor")?,
            burstable: row.flag("burstable")?,
            gpus: row.parse("gpus")?,
            gpu_model: row.optional_text("gpu_model")?,
            gpu_memory_mib: row.parse("gpu_memory_mib")?,
            neurons: row.parse("neurons")?,
            enis: row.parse("enis")?,
            ipv4_per_eni: row.parse("ipv4_per_eni")?,
            current_generation: row.flag("current")?,
            offered: row.flag("offered")?,
            source: row.source()?,
        };
        let has_gpus = instance.gpus > 0;
        if has_gpus != instance.gpu_model.is_some() || has_gpus != (instance.gpu_memory_mib > 0) {
            return Err(row.wrong("gpus", "does not go with gpu_model and gpu_memory_mib"));
        }
        if instance.size().is_empty() || instance.vcpu == 0 || instance.memory_mib == 0 || instance.enis == 0 {
            return Err(row.wrong("instance", "has no shape"));
        }
        Ok(instance)
    }

    fn key(&self) -> String {
        self.name.clone()
    }
}

/// A row of the offerings table: the surveyed regions that do not offer a family or a type.
pub(crate) struct OfferingRow {
    /// A family (`c6i`) or, where the sizes of a family differ, a type (`inf2.xlarge`).
    pub(crate) scope: String,
    pub(crate) absent_in: Vec<String>,
}

impl Record for OfferingRow {
    type Key = String;
    const COLUMNS: &'static [&'static str] = &["scope", "absent_in", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        row.source()?;
        Ok(Self { scope: row.text("scope")?, absent_in: row.words("absent_in")? })
    }

    fn key(&self) -> String {
        self.scope.clone()
    }
}

#[cfg(test)]
mod tests;
