//! Managed node groups: everything that the topology says of a group, for each pool of it.

use waard_catalog::{Arch, catalog};
use waard_model::name::{InstanceType, TaintEffect};
use waard_model::topology::identity::NODE_POLICIES;
use waard_model::topology::{NodeGroup, Pool};

use super::cluster::{ControlPlane, attach, part};
use super::{Base, hours};
use crate::kind::{RoleArn, Text};
use crate::policy::assumed_by;
use crate::resource::ec2::{
    AutoScalingGroupTag, BlockDevice, Ebs, GroupTag, LaunchTemplate, MetadataOptions, TagSpecification,
};
use crate::resource::eks::{
    GroupTemplate, NodeGroup as ManagedNodeGroup, NodeRepairConfig, ScalingConfig, Taint, UpdateConfig,
};
use crate::resource::iam::Role;
use crate::root::{Address, Handle, Meta, Root, named};
use crate::site::Site;
use crate::value::{Map, Ref, Value, base64};

/// The disk that an image of Amazon Linux starts from. Source: Amazon EC2 User Guide, "Device names on Linux instances".
const ROOT_DISK: &str = "/dev/xvda";

/// Cluster Autoscaler moves it, within the bounds.
const MOVED: &[&str] = &["scaling_config[0].desired_size"];
/// Where nodes are gone outside of hours, bounds are moved as well: what runs every morning gives the groups theirs.
const MOVED_BY_HOURS: &[&str] =
    &["scaling_config[0].min_size", "scaling_config[0].desired_size", "scaling_config[0].max_size"];

/// The groups, of which those are given back where pods of add-ons can run.
pub(crate) fn node_groups<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    cluster: &ControlPlane<'r>,
    first: &[Address<'r>],
) -> Vec<Address<'r>> {
    let groups = site.region.cluster().path().key("node_groups");
    root.file("node_groups", "Nodes, by what runs on them.");
    root.from(groups.clone());
    let (role, attached) = node_role(root, site);
    let before: Vec<Address<'r>> = first.iter().cloned().chain(attached).collect();
    let mut homes = Vec::new();
    for pool in site.region.pools() {
        root.from(groups.key(pool.group.name().as_str()));
        let template = launch_template(root, site, &pool);
        let group = node_group(root, site, base, cluster, &pool, &role, &template, &before);
        tags_of_empty_group(root, site, &pool, &group);
        if pool.group.takes_everything() {
            homes.push(group.address());
        }
    }
    homes
}

/// What is an EC2 instance's to be a node, and not the rights of the CNI, which would be those of every pod on the host's
/// network. EKS lets the role into the cluster by itself.
fn node_role<'r>(root: &mut Root<'r>, site: Site<'_>) -> (Ref<'r, RoleArn>, Vec<Address<'r>>) {
    let trust = assumed_by(&format!("ec2.{}", site.region.name().dns_suffix()), &["sts:AssumeRole"]);
    let role =
        Role { description: Some("Nodes of managed node groups.".into()), ..Role::new(part(site, "nodegroup"), trust) };
    let role = root.resource("nodes", role);
    let attached = NODE_POLICIES.iter().map(|policy| attach(root, site, "nodes", &role, policy)).collect();
    root.output("managed_node_role_arn", "The role of nodes of managed node groups.", &role.arn());
    (role.arn(), attached)
}

/// What EKS doesn't say of the instances itself: disk, metadata, tags, and how many pods a kubelet takes.
fn launch_template<'r>(root: &mut Root<'r>, site: Site<'_>, pool: &Pool<'_>) -> Handle<'r, LaunchTemplate<'r>> {
    let name = format!("{}-{}", site.cluster(), pool.name);
    let tags = || -> Map<'r> {
        let named = std::iter::once(("Name".to_owned(), name.clone()));
        named.chain(site.environment.tags(site.topology.spec())).collect()
    };
    let gibibytes = i64::try_from(pool.group.disk_gibibytes()).unwrap_or(i64::MAX);
    let template = LaunchTemplate {
        update_default_version: Some(true),
        user_data: Some(user_data(pool.group)),
        tags: named(name.as_str()),
        block_device_mappings: Some(vec![BlockDevice::new(ROOT_DISK, Ebs::new("gp3", gibibytes, true, true))]),
        // The metadata of an instance, its role's credentials among it, is for the node alone: with tokens only, which
        // no pod gets over the one hop that they may take.
        metadata_options: Some(MetadataOptions::new("enabled", "required", 1)),
        tag_specifications: Some(
            ["instance", "network-interface", "volume"].map(|kind| TagSpecification::new(kind, tags())).into(),
        ),
        ..LaunchTemplate::new(name.as_str())
    };
    root.resource(&pool.name, template)
}

/// EKS adds settings of its own, and nodeadm merges both. The same as eksctl writes.
/// Source: awslabs/amazon-eks-ami, nodeadm's documentation, "Merging multiple configuration objects"; Amazon EKS User
/// Guide, "Customize managed nodes with launch templates"; eksctl 0.231 `pkg/nodebootstrap/al2023.go`.
fn user_data<'r>(group: &NodeGroup) -> Value<'r, Text> {
    base64(format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: application/node.eks.aws\n\n\
         apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: {}\n\n--//--\n",
        group.max_pods()
    ))
}

#[expect(clippy::too_many_arguments, reason = "what a group is made of comes from as many places")]
fn node_group<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    cluster: &ControlPlane<'r>,
    pool: &Pool<'_>,
    role: &Ref<'r, RoleArn>,
    template: &Handle<'r, LaunchTemplate<'r>>,
    before: &[Address<'r>],
) -> Handle<'r, ManagedNodeGroup<'r>> {
    let group = pool.group;
    let taint = |taint: &waard_model::name::TaintSpec| {
        Taint::new(taint.key().to_string(), taint.value().to_string(), effect(taint.effect()))
    };
    let scaling = pool.scaling;
    let resource = ManagedNodeGroup {
        // Nodes follow the control plane.
        version: Some((&cluster.version).into()),
        ami_type: image(group),
        capacity_type: Some(if pool.spot { "SPOT" } else { "ON_DEMAND" }),
        instance_types: Some(group.instances().iter().map(InstanceType::to_string).collect()),
        labels: Some(group.labels().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()),
        taint: Some(group.taints().iter().map(taint).collect()),
        launch_template: Some(GroupTemplate::new(template.id(), template.latest_version())),
        update_config: Some(UpdateConfig {
            max_unavailable: Some(pool.replaced_at_once().into()),
            ..UpdateConfig::new()
        }),
        node_repair_config: Some(NodeRepairConfig::new(true)),
        ..ManagedNodeGroup::new(
            &cluster.name,
            pool.name.as_str(),
            role,
            base.network.private_in(pool.zones),
            ScalingConfig::new(scaling.min(), scaling.desired(), scaling.max()),
        )
    };
    let ignore_changes = if hours::move_nodes(site) { MOVED_BY_HOURS } else { MOVED };
    let meta = Meta { depends_on: before.to_vec(), ignore_changes, ..Meta::default() };
    root.resource_as(&pool.name, resource, meta)
}

/// The image for GPUs, and that for Arm, follow from the instance types. Unknown ones are left to EKS.
/// Source: Amazon EKS API Reference, "Nodegroup", `amiType`.
fn image(group: &NodeGroup) -> Option<&'static str> {
    let instance = group.instances().iter().find_map(|name| catalog().instance(name.as_str()))?;
    Some(match (instance.arch, instance.gpus > 0, instance.neurons > 0) {
        (Arch::Amd64, true, _) => "AL2023_x86_64_NVIDIA",
        (Arch::Arm64, true, _) => "AL2023_ARM_64_NVIDIA",
        (Arch::Amd64, false, true) => "AL2023_x86_64_NEURON",
        (Arch::Amd64, false, false) => "AL2023_x86_64_STANDARD",
        (Arch::Arm64, false, _) => "AL2023_ARM_64_STANDARD",
    })
}

const fn effect(effect: TaintEffect) -> &'static str {
    match effect {
        TaintEffect::NoSchedule => "NO_SCHEDULE",
        TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
        TaintEffect::NoExecute => "NO_EXECUTE",
    }
}

/// EKS tags the Auto Scaling group with what Cluster Autoscaler finds it by, but not with what its nodes would be like.
/// Source: Amazon EKS User Guide, "Managed node groups"; kubernetes/autoscaler
/// `cluster-autoscaler/cloudprovider/aws/README.md`, "Auto-Discovery Setup".
fn tags_of_empty_group<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    pool: &Pool<'_>,
    group: &Handle<'r, ManagedNodeGroup<'r>>,
) {
    let tags = pool.template_tags(site.region.cluster().settings().autoscaler.kind);
    for (index, (key, value)) in tags.into_iter().enumerate() {
        if index == 0 {
            root.why("What a node would be like, for Cluster Autoscaler to know while there is none.");
        }
        let end = key.rsplit_once("node-template/").map_or(key.as_str(), |(_, end)| end).to_owned();
        let name = group.first_within("resources", "autoscaling_groups", "name");
        let tag = AutoScalingGroupTag::new(name, GroupTag::new(key, value, false));
        root.resource(&format!("{}_{end}", pool.name), tag);
    }
}
