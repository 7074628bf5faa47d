//! Nodes.

use std::collections::BTreeMap;

use super::amount::Amounts;
use super::selector::Labels;
use super::taint::Taint;

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Its taints.
    pub taints: Vec<Taint>,
    /// True if it is cordoned.
    pub unschedulable: bool,
    /// What pods can be given of it.
    pub allocatable: Amounts,
    /// How many pods it takes.
    pub pods: u32,
    /// How many volumes it takes, by CSI driver. A driver that isn't named has no limit.
    pub attach_limits: BTreeMap<String, u32>,
}
