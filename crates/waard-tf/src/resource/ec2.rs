//! Instances: what they are started from, and tags.

use crate::kind::{LaunchTemplateId, LaunchTemplateVersion, SecurityGroupId, Text};
use crate::schema::{block, resource};
use crate::value::{Map, Value};

resource! {
    /// What instances are started from.
    pub struct LaunchTemplate = "aws_launch_template" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        optional update_default_version: bool,
        /// In base64.
        optional user_data: Value<'r, Text>,
        optional tags: Map<'r>,
        optional block_device_mappings: Vec<BlockDevice<'r>>,
        optional metadata_options: MetadataOptions<'r>,
        optional tag_specifications: Vec<TagSpecification<'r>>,
    }
    reads { id: LaunchTemplateId, latest_version: LaunchTemplateVersion }

    /// A tag of something that somebody else made: here of a security group.
    pub struct Tag = "aws_ec2_tag" {
        required resource_id: Value<'r, SecurityGroupId>,
        required key: Value<'r, Text>,
        required value: Value<'r, Text>,
    }

    /// A tag of an Auto Scaling group that somebody else made.
    pub struct AutoScalingGroupTag = "aws_autoscaling_group_tag" {
        required autoscaling_group_name: Value<'r, crate::kind::AutoScalingGroupName>,
        required tag: GroupTag<'r>,
    }
}

block! {
    /// A disk.
    pub struct BlockDevice {
        required device_name: Value<'r, Text>,
        required ebs: Ebs<'r>,
    }

    /// A disk of EBS.
    pub struct Ebs {
        required volume_type: &'static str,
        /// GiB.
        required volume_size: i64,
        required encrypted: bool,
        required delete_on_termination: bool,
    }

    /// How an instance asks who it is.
    pub struct MetadataOptions {
        required http_endpoint: &'static str,
        required http_tokens: &'static str,
        required http_put_response_hop_limit: i64,
    }

    /// Tags of what is started.
    pub struct TagSpecification {
        required resource_type: &'static str,
        required tags: Map<'r>,
    }

    /// A tag of an Auto Scaling group.
    pub struct GroupTag {
        required key: Value<'r, Text>,
        required value: Value<'r, Text>,
        required propagate_at_launch: bool,
    }
}
