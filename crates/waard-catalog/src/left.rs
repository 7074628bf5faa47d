//! What a node of a group has left for pods, beside what runs on every one.

use waard_model::topology::NodeGroup;

use crate::allocatable::{Allocatable, Overhead};
use crate::catalog::catalog;
use crate::installed::{self, Installed, Nodes, Pods};
use crate::instance::Instance;

/// What a node of a group has left, and the instance type that this is said of: the one that leaves least, of those
/// that the group can have. `None` if the catalog knows none of them.
///
/// What EKS and the `DaemonSet`s of `installed` run on every node is taken off.
pub fn left_on_each(group: &NodeGroup, installed: &[Installed]) -> Option<(&'static Instance, Allocatable)> {
    let base = catalog().node_overhead().value;
    let overhead = overhead(base, group, installed.iter().flat_map(|controller| &controller.pods));
    let types = group.instances().iter().filter_map(|name| catalog().instance(name.as_str()));
    types
        .map(|instance| (instance, instance.allocatable(group.max_pods().into()).minus(overhead)))
        .min_by_key(|(_, left)| (left.memory_mib_low, left.cpu_millis))
}

/// What runs on every node of a group: what EKS puts there, and the `DaemonSet`s of controllers.
fn overhead<'p>(base: Overhead, group: &NodeGroup, pods: impl Iterator<Item = &'p Pods>) -> Overhead {
    let gpus = installed::has_gpus(group);
    pods.filter(|pods| pods.nodes == Nodes::Every || (pods.nodes == Nodes::Gpus && gpus)).fold(base, |sum, pods| {
        Overhead {
            cpu_millis: sum.cpu_millis + pods.cpu_millis,
            memory_mib: sum.memory_mib + pods.memory_mib,
            pods: sum.pods + 1,
        }
    })
}
