//! What of a node's capacity the scheduler may give away.
//!
//! The formula is that of `nodeadm`, which configures the kubelet on EKS AL2023 nodes
//! (awslabs/amazon-eks-ami `nodeadm/internal/kubelet/config.go`, `eni_max_pods.go`):
//! allocatable = capacity − kube-reserved − hard eviction threshold.

/// Where the formula was read, and the day of that commit.
pub const RESERVE_SOURCE: &str =
    "awslabs/amazon-eks-ami nodeadm/internal/kubelet/config.go, commit 81fec2e8 (2026-07-23, verified)";

/// Ranges of CPU in thousandths of a core, and how many hundredths of a percent of each the kubelet reserves.
const CPU_RANGES: [(u32, u32, u32); 4] = [(0, 1000, 600), (1000, 2000, 100), (2000, 4000, 50), (4000, u32::MAX, 25)];
/// Memory that the kubelet reserves on every node, in MiB.
const MEMORY_BASE_MIB: u32 = 255;
/// Memory that the kubelet reserves per pod that the instance type has room for, in MiB.
const MEMORY_PER_POD_MIB: u32 = 11;
/// `evictionHard` `memory.available`, in MiB.
const EVICTION_MIB: u32 = 100;
/// The part of the nominal memory, in thousandths, that Karpenter assumes the hypervisor and the kernel keep
/// (`VM_MEMORY_OVERHEAD_PERCENT` = 0.075, karpenter-provider-aws `pkg/operator/options/options.go`, 2026-08-21).
const VM_OVERHEAD_PER_MILLE: u32 = 75;

/// What pods can be given on one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allocatable {
    /// CPU in thousandths of a core.
    pub cpu_millis: u32,
    /// Memory in MiB, of the instance type's nominal memory: never less than what the node reports.
    pub memory_mib: u32,
    /// Memory in MiB when hypervisor and kernel keep 7.5 %: what to count on when it must fit.
    pub memory_mib_low: u32,
    /// Pods, those of `DaemonSet`s and of the host network included.
    pub pods: u32,
    /// Whole GPUs.
    pub gpus: u16,
}

/// What a set of pods takes from every node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overhead {
    /// Requested CPU in thousandths of a core.
    pub cpu_millis: u32,
    /// Requested memory in MiB.
    pub memory_mib: u32,
    /// Pods.
    pub pods: u32,
}

impl Allocatable {
    /// Of a node with this capacity, whose kubelet takes `max_pods` pods and whose instance type has room for
    /// `reserve_pods`.
    pub(crate) fn of(vcpu: u16, memory_mib: u32, gpus: u16, max_pods: u32, reserve_pods: u32) -> Self {
        let capacity = u32::from(vcpu) * 1000;
        let kept = reserved_memory_mib(reserve_pods).saturating_add(EVICTION_MIB);
        let vm_overhead = memory_mib.saturating_mul(VM_OVERHEAD_PER_MILLE).div_ceil(1000);
        Self {
            cpu_millis: capacity.saturating_sub(reserved_cpu_millis(capacity)),
            memory_mib: memory_mib.saturating_sub(kept),
            memory_mib_low: memory_mib.saturating_sub(vm_overhead).saturating_sub(kept),
            pods: max_pods,
            gpus,
        }
    }

    /// What is left beside `overhead`; nothing is left rather than less than nothing.
    #[must_use]
    pub fn minus(self, overhead: Overhead) -> Self {
        Self {
            cpu_millis: self.cpu_millis.saturating_sub(overhead.cpu_millis),
            memory_mib: self.memory_mib.saturating_sub(overhead.memory_mib),
            memory_mib_low: self.memory_mib_low.saturating_sub(overhead.memory_mib),
            pods: self.pods.saturating_sub(overhead.pods),
            gpus: self.gpus,
        }
    }
}

/// CPU that the kubelet reserves of `capacity`, both in thousandths of a core:
/// 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest.
/// Source: [`RESERVE_SOURCE`].
pub fn reserved_cpu_millis(capacity: u32) -> u32 {
    CPU_RANGES.iter().map(|(from, to, share)| capacity.min(*to).saturating_sub(*from) * share / 10_000).sum()
}

/// Memory in MiB that the kubelet reserves: 255 and 11 for each of `pods`.
/// Source: [`RESERVE_SOURCE`].
pub fn reserved_memory_mib(pods: u32) -> u32 {
    pods.saturating_mul(MEMORY_PER_POD_MIB).saturating_add(MEMORY_BASE_MIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_cpu_steps_down_core_by_core() {
        let cases = [(1000, 60), (2000, 70), (4000, 80), (8000, 90), (16_000, 110), (96_000, 310), (0, 0)];
        for (capacity, reserved) in cases {
            assert_eq!(reserved_cpu_millis(capacity), reserved, "{capacity}");
        }
    }

    #[test]
    fn memory_is_reserved_per_pod() {
        assert_eq!(reserved_memory_mib(58), 893);
        assert_eq!(reserved_memory_mib(0), 255);
        assert_eq!(reserved_memory_mib(u32::MAX), u32::MAX);
    }

    #[test]
    fn nothing_is_never_less_than_nothing() {
        let none = Allocatable::of(1, 100, 0, 4, 4).minus(Overhead { cpu_millis: 5000, memory_mib: 1, pods: 9 });
        assert_eq!((none.cpu_millis, none.memory_mib, none.memory_mib_low, none.pods), (0, 0, 0, 0));
    }
}
