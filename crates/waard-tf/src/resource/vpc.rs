//! Networks: VPCs and what is in them.

use crate::kind::{
    AllocationId, InternetGatewayId, LogGroupArn, NatGatewayId, PeeringId, PrefixListId, RoleArn, RouteTableId,
    SecurityGroupId, SubnetId, Text, VpcId,
};
use crate::schema::{block, data, resource};
use crate::value::{Json, List, Map, Value};

resource! {
    /// A network.
    pub struct Vpc = "aws_vpc" {
        required cidr_block: Value<'r, Text>,
        optional enable_dns_support: bool,
        optional enable_dns_hostnames: bool,
        optional tags: Map<'r>,
    }
    reads { id: VpcId }

    /// The security group that a network comes with: without rules it lets nothing through.
    pub struct DefaultSecurityGroup = "aws_default_security_group" {
        required vpc_id: Value<'r, VpcId>,
        optional tags: Map<'r>,
    }

    /// A way out to the internet, and in.
    pub struct InternetGateway = "aws_internet_gateway" {
        required vpc_id: Value<'r, VpcId>,
        optional tags: Map<'r>,
    }
    reads { id: InternetGatewayId }

    /// A part of a network, in one zone.
    pub struct Subnet = "aws_subnet" {
        required vpc_id: Value<'r, VpcId>,
        required cidr_block: Value<'r, Text>,
        required availability_zone: Value<'r, Text>,
        optional tags: Map<'r>,
    }
    reads { id: SubnetId }

    /// A public address.
    pub struct ElasticIp = "aws_eip" {
        optional domain: Value<'r, Text>,
        optional tags: Map<'r>,
    }
    reads { allocation_id: AllocationId, public_ip: Text }

    /// A way out to the internet, and not in.
    pub struct NatGateway = "aws_nat_gateway" {
        required allocation_id: Value<'r, AllocationId>,
        required subnet_id: Value<'r, SubnetId>,
        optional tags: Map<'r>,
    }
    reads { id: NatGatewayId }

    /// Where packets go.
    pub struct RouteTable = "aws_route_table" {
        required vpc_id: Value<'r, VpcId>,
        optional tags: Map<'r>,
    }
    reads { id: RouteTableId }

    /// Where packets to one range go: to exactly one of the gateways.
    pub struct Route = "aws_route" {
        optional region: Value<'r, Text>,
        required route_table_id: Value<'r, RouteTableId>,
        required destination_cidr_block: Value<'r, Text>,
        optional gateway_id: Value<'r, InternetGatewayId>,
        optional nat_gateway_id: Value<'r, NatGatewayId>,
        optional vpc_peering_connection_id: Value<'r, PeeringId>,
    }

    /// A way between two networks, as the one that asks for it sees it.
    pub struct Peering = "aws_vpc_peering_connection" {
        required vpc_id: Value<'r, VpcId>,
        required peer_vpc_id: Value<'r, VpcId>,
        /// Where the other network is.
        required peer_region: Value<'r, Text>,
        optional tags: Map<'r>,
    }
    reads { id: PeeringId }

    /// The same, as the one that is asked sees it.
    pub struct PeeringAccepter = "aws_vpc_peering_connection_accepter" {
        optional region: Value<'r, Text>,
        required vpc_peering_connection_id: Value<'r, PeeringId>,
        required auto_accept: bool,
        optional tags: Map<'r>,
    }
    reads { id: PeeringId }

    /// Which route table a subnet has.
    pub struct RouteTableAssociation = "aws_route_table_association" {
        required subnet_id: Value<'r, SubnetId>,
        required route_table_id: Value<'r, RouteTableId>,
    }

    /// A way to a service of AWS that doesn't leave its network.
    pub struct Endpoint = "aws_vpc_endpoint" {
        required vpc_id: Value<'r, VpcId>,
        required service_name: Value<'r, Text>,
        required vpc_endpoint_type: Value<'r, Text>,
        /// Gateway.
        optional route_table_ids: List<'r, RouteTableId>,
        /// Interface.
        optional subnet_ids: List<'r, SubnetId>,
        /// Interface.
        optional security_group_ids: List<'r, SecurityGroupId>,
        /// Interface.
        optional private_dns_enabled: bool,
        optional policy: Json<'r>,
        optional tags: Map<'r>,
    }

    /// Records of who talked to whom.
    pub struct FlowLog = "aws_flow_log" {
        required vpc_id: Value<'r, VpcId>,
        required traffic_type: Value<'r, Text>,
        required log_destination_type: Value<'r, Text>,
        required log_destination: Value<'r, LogGroupArn>,
        required iam_role_arn: Value<'r, RoleArn>,
        /// Seconds: 60 or 600.
        optional max_aggregation_interval: i64,
        optional tags: Map<'r>,
    }

    /// Who may talk to what has it.
    pub struct SecurityGroup = "aws_security_group" {
        required name: Value<'r, Text>,
        required description: Value<'r, Text>,
        required vpc_id: Value<'r, VpcId>,
        optional tags: Map<'r>,
    }
    reads { id: SecurityGroupId }

    /// Lets something in: from exactly one of a range, a prefix list and a security group.
    pub struct IngressRule = "aws_vpc_security_group_ingress_rule" {
        required security_group_id: Value<'r, SecurityGroupId>,
        required description: Value<'r, Text>,
        optional cidr_ipv4: Value<'r, Text>,
        optional prefix_list_id: Value<'r, PrefixListId>,
        optional referenced_security_group_id: Value<'r, SecurityGroupId>,
        required ip_protocol: Value<'r, Text>,
        /// Not with all protocols.
        optional from_port: i64,
        optional to_port: i64,
        optional tags: Map<'r>,
    }

    /// Lets something out: to exactly one of a range, a prefix list and a security group.
    pub struct EgressRule = "aws_vpc_security_group_egress_rule" {
        required security_group_id: Value<'r, SecurityGroupId>,
        required description: Value<'r, Text>,
        optional cidr_ipv4: Value<'r, Text>,
        optional prefix_list_id: Value<'r, PrefixListId>,
        optional referenced_security_group_id: Value<'r, SecurityGroupId>,
        required ip_protocol: Value<'r, Text>,
        /// Not with all protocols.
        optional from_port: i64,
        optional to_port: i64,
        optional tags: Map<'r>,
    }
}

data! {
    /// A prefix list that AWS maintains.
    pub struct PrefixList = "aws_ec2_managed_prefix_list" {
        required name: Value<'r, Text>,
    }
    reads { id: PrefixListId }

    /// A network that is there.
    pub struct VpcData = "aws_vpc" {
        required id: Value<'r, Text>,
    }
    reads { id: VpcId }

    /// A subnet that is there.
    pub struct SubnetData = "aws_subnet" {
        required id: Value<'r, Text>,
    }
    reads { id: SubnetId }

    /// Route tables that are there.
    pub struct RouteTables = "aws_route_tables" {
        required vpc_id: Value<'r, VpcId>,
        required filter: Vec<Filter<'r>>,
    }
}

block! {
    /// What is looked for.
    pub struct Filter {
        required name: Value<'r, Text>,
        required values: List<'r, Text>,
    }
}
