//! Managed node groups: everything that the topology says of a group, for each pool of it.

use waard_model::name::{InstanceType, ZoneName};
use waard_model::topology::Pool;
use waard_model::topology::identity::{NODE_POLICIES, managed_policy};

use crate::Site;
use crate::custom::eksctl::{ManagedNodeGroup, NodeIam, NodeRepairConfig, Taint, UpdateConfig};

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
        volume_size: group.disk_gibibytes(),
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
        tags: pool.template_tags(site.region.cluster().settings().autoscaler.kind),
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
        update_config: UpdateConfig { max_unavailable: pool.replaced_at_once() },
        node_repair_config: NodeRepairConfig { enabled: true },
    }
}
