//! Managed node groups: everything that the topology says of a group, for each pool of it.

use waard_model::name::{InstanceType, ZoneName};
use waard_model::spec::AutoscalerKind;
use waard_model::topology::identity::{NODE_POLICIES, managed_policy};
use waard_model::topology::{NodeGroup, Pool};

use crate::Site;
use crate::custom::eksctl::{ManagedNodeGroup, NodeIam, NodeRepairConfig, Taint, UpdateConfig};
use crate::labels::Labels;

/// Below it, Cluster Autoscaler looks for what a node will have as long as the group has none.
const TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template";

/// Most tags of a node group that follow from its labels and taints; a resource has 50 at most, the platform's and
/// eksctl's included. Source: AWS General Reference, "Tag naming limits and requirements".
const MOST_TAGS: usize = 40;

pub(super) fn node_groups(site: Site<'_>) -> Vec<ManagedNodeGroup> {
    site.region.pools().iter().map(|pool| node_group(site, pool)).collect()
}

fn node_group(site: Site<'_>, pool: &Pool<'_>) -> ManagedNodeGroup {
    let group = pool.group;
    let zonal = pool.zones.len() < site.region.zones().len();
    ManagedNodeGroup {
        name: pool.name.clone(),
        // The image for GPUs, and that for Arm, follow from the instance types.
        ami_family: "AmazonLinux2023",
        instance_types: group.instances().iter().map(InstanceType::to_string).collect(),
        spot: pool.spot,
        min_size: pool.scaling.min(),
        desired_capacity: pool.scaling.desired(),
        max_size: pool.scaling.max(),
        availability_zones: if zonal { pool.zones.iter().map(ZoneName::to_string).collect() } else { Vec::new() },
        private_networking: true,
        volume_type: "gp3",
        volume_size: group.disk().get().div_ceil(1 << 30),
        volume_encrypted: true,
        max_pods_per_node: group.max_pods(),
        labels: group.labels().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        taints: group
            .taints()
            .iter()
            .map(|taint| Taint {
                key: taint.key().to_string(),
                value: taint.value().to_string(),
                effect: taint.effect().as_str(),
            })
            .collect(),
        tags: tags(site, pool),
        // It would leave out the effect of taints, and Cluster Autoscaler then doesn't know them.
        // Source: eksctl 0.231 `pkg/cfn/builder/nodegroup.go`, `GenerateClusterAutoscalerTags`.
        propagate_asg_tags: false,
        // The metadata of an instance, its role's credentials among it, is for the node alone: with tokens only, which
        // no pod gets over the one hop that they may take.
        disable_imdsv1: true,
        disable_pod_imds: true,
        // With this list, eksctl adds nothing; without it, the rights of the CNI would be those of every pod on the host's network.
        iam: NodeIam {
            attach_policy_arns: NODE_POLICIES.map(|name| managed_policy(site.region.name(), name)).to_vec(),
        },
        // A tenth at a time, one at least.
        update_config: UpdateConfig { max_unavailable: (pool.scaling.max() / 10).max(1) },
        node_repair_config: NodeRepairConfig { enabled: true },
    }
}

/// What a node of an empty group will be like. Cluster Autoscaler asks EKS for labels and taints, but for disks only the
/// tags: without them, no pod that requests scratch space would get a first node.
/// Source: kubernetes/autoscaler `cluster-autoscaler/cloudprovider/aws/aws_manager.go`, `buildNodeFromTemplate`.
fn tags(site: Site<'_>, pool: &Pool<'_>) -> Labels {
    let kind = site.region.cluster().settings().autoscaler.kind;
    if pool.scaling.min() > 0 || kind != AutoscalerKind::ClusterAutoscaler {
        return Labels::new();
    }
    let group = pool.group;
    let taints = group
        .taints()
        .iter()
        .map(|taint| (format!("taint/{}", taint.key()), format!("{}:{}", taint.value(), taint.effect().as_str())));
    let labels = group.labels().iter().map(|(key, value)| (format!("label/{key}"), value.to_string()));
    let disk = ("resources/ephemeral-storage".to_owned(), format!("{}Mi", usable_mebibytes(group)));
    let all = std::iter::once(disk).chain(taints).chain(labels).take(MOST_TAGS);
    all.map(|(end, value)| (format!("{TEMPLATE}/{end}"), value)).collect()
}

/// A kubelet evicts pods when a tenth of the disk is left.
/// Source: Kubernetes, "Node-pressure Eviction", default of `nodefs.available`.
fn usable_mebibytes(group: &NodeGroup) -> u64 {
    (group.disk().get() >> 20) / 10 * 9
}
