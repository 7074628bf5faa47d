//! Amounts of what a node has and a pod requests.

use std::collections::BTreeMap;
use std::fmt;

/// Something that a node has and a pod requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Processor time, in thousandths of a core.
    Cpu,
    /// Memory, in bytes.
    Memory,
    /// Scratch space on the node's disk, in bytes.
    EphemeralStorage,
    /// Anything else by its name, such as `nvidia.com/gpu`: whole ones, or bytes of huge pages.
    Other(String),
}

impl Resource {
    /// The resource that Kubernetes calls so.
    pub fn named(name: &str) -> Self {
        match name {
            "cpu" => Self::Cpu,
            "memory" => Self::Memory,
            "ephemeral-storage" => Self::EphemeralStorage,
            other => Self::Other(other.to_owned()),
        }
    }

    /// GPUs of NVIDIA.
    pub fn gpu() -> Self {
        Self::named("nvidia.com/gpu")
    }

    /// True if a pod as a whole can have it, beside its containers.
    /// Source: kubernetes/component-helpers v0.36.3 `resource/helpers.go`, `IsSupportedPodLevelResource`.
    pub(super) fn is_for_pods(&self) -> bool {
        match self {
            Self::Cpu | Self::Memory => true,
            Self::EphemeralStorage => false,
            Self::Other(name) => name.starts_with("hugepages-"),
        }
    }

    /// An amount of it as Kubernetes writes it: `250m`, `512Mi`, `1`.
    pub fn write(&self, amount: u64) -> String {
        const KIB: u64 = 1 << 10;
        const MIB: u64 = 1 << 20;
        match self {
            Self::Cpu => format!("{amount}m"),
            Self::Memory | Self::EphemeralStorage if amount.is_multiple_of(MIB) => format!("{}Mi", amount / MIB),
            Self::Memory | Self::EphemeralStorage if amount.is_multiple_of(KIB) => format!("{}Ki", amount / KIB),
            _ => amount.to_string(),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::EphemeralStorage => "ephemeral-storage",
            Self::Other(name) => name,
        })
    }
}

/// How much of several resources. What isn't named is none, but naming none is something else: see [`Amounts::named`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts(BTreeMap<Resource, u64>);

impl Amounts {
    /// How much of one resource; 0 if it isn't named.
    pub fn get(&self, resource: &Resource) -> u64 {
        self.named(resource).unwrap_or(0)
    }

    /// How much of one resource, if it is named.
    pub fn named(&self, resource: &Resource) -> Option<u64> {
        self.0.get(resource).copied()
    }

    /// The same with so much of one resource.
    #[must_use]
    pub fn with(mut self, resource: Resource, amount: u64) -> Self {
        self.set(resource, amount);
        self
    }

    /// Sets how much there is of one resource.
    pub fn set(&mut self, resource: Resource, amount: u64) {
        self.0.insert(resource, amount);
    }

    /// Adds another's amounts.
    pub fn add(&mut self, other: &Self) {
        for (resource, amount) in &other.0 {
            let sum = self.0.entry(resource.clone()).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }

    /// Raises each amount to another's, where that is more.
    pub fn raise(&mut self, other: &Self) {
        for (resource, amount) in &other.0 {
            let most = self.0.entry(resource.clone()).or_default();
            *most = (*most).max(*amount);
        }
    }

    /// What is left without another's amounts; none rather than less.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(
            self.iter()
                .map(|(resource, amount)| (resource.clone(), amount.saturating_sub(other.get(resource))))
                .collect(),
        )
    }

    /// What is named, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Resource, u64)> {
        self.0.iter().map(|(resource, amount)| (resource, *amount))
    }

    /// True if none of anything is named.
    pub fn is_none(&self) -> bool {
        self.0.values().all(|amount| *amount == 0)
    }
}

impl FromIterator<(Resource, u64)> for Amounts {
    fn from_iter<I: IntoIterator<Item = (Resource, u64)>>(amounts: I) -> Self {
        Self(amounts.into_iter().collect())
    }
}

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (resource, amount)) in self.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {resource}", resource.write(amount))?;
        }
        Ok(())
    }
}
