//! The network of a region: a VPC with public, private and database subnets, its ways out, and what is recorded of it.
//!
//! A network that exists already is looked up and not changed.

use waard_model::name::ZoneName;
use waard_model::quantity::Cidr;
use waard_model::spec::{AutoscalerKind, NatLayout};
use waard_model::topology::reserved::KARPENTER_DISCOVERY;

use super::Keys;
use crate::kind::{NatGatewayId, RouteTableId, SecurityGroupId, SubnetId, Text, VpcId};
use crate::policy::{Statement, assumed_by, policy};
use crate::resource::iam::{Role, RolePolicy};
use crate::resource::logs::LogGroup;
use crate::resource::vpc::{
    DefaultSecurityGroup, ElasticIp, Endpoint, FlowLog, IngressRule, InternetGateway, NatGateway, Route, RouteTable,
    RouteTableAssociation, SecurityGroup, Subnet, SubnetData, Vpc, VpcData,
};
use crate::root::{Handle, Meta, Root, named};
use crate::site::Site;
use crate::value::{List, Map, Ref, Value, join};

/// What others need of the network.
pub(crate) struct Network<'r> {
    pub(crate) vpc: Ref<'r, VpcId>,
    /// Where nodes and pods are, by zone.
    pub(crate) private: Vec<(ZoneName, Ref<'r, SubnetId>)>,
    /// Where databases and caches are, by zone: private subnets in a network that exists already.
    pub(crate) database: Vec<(ZoneName, Ref<'r, SubnetId>)>,
    /// The route tables of private subnets, where they are ours.
    pub(crate) private_tables: Vec<Ref<'r, RouteTableId>>,
}

impl<'r> Network<'r> {
    /// The private subnets of some zones.
    pub(crate) fn private_in(&self, zones: &[ZoneName]) -> List<'r, SubnetId> {
        self.private.iter().filter(|(zone, _)| zones.contains(zone)).map(|(_, subnet)| subnet.value()).collect()
    }
}

/// So long flow logs are kept, in days: a value that CloudWatch Logs offers.
const FLOW_LOG_DAYS: i64 = 90;

/// Services that nodes and controllers speak to, which have interface endpoints: with them, what pods may reach on port
/// 443 is AWS without the way over NAT.
/// Source: Amazon EKS User Guide, "Deploy private clusters with limited internet access".
const SERVICES: [&str; 13] = [
    "autoscaling",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "logs",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
];

pub(crate) fn network<'r>(root: &mut Root<'r>, site: Site<'_>, keys: &Keys<'r>) -> Network<'r> {
    root.file(
        "network",
        "The network: subnets for what the internet reaches, for nodes and pods, and for databases; and their routes.",
    );
    if site.region.network().existing().is_some() {
        return existing(root, site);
    }
    let plan = site.region.network();
    let vpc = root.resource(
        "main",
        Vpc {
            enable_dns_support: Some(true),
            enable_dns_hostnames: Some(true),
            tags: named(site.cluster()),
            ..Vpc::new(plan.cidr().to_string())
        },
    );
    root.output("vpc_id", "The network.", &vpc.id());
    root.why("Without rules: what names no security group of its own reaches nothing.");
    root.resource(
        "main",
        DefaultSecurityGroup {
            tags: named(format!("{}-default", site.cluster())),
            ..DefaultSecurityGroup::new(vpc.id())
        },
    );
    let gateway =
        root.resource("main", InternetGateway { tags: named(site.cluster()), ..InternetGateway::new(vpc.id()) });

    let public_tags = [("kubernetes.io/role/elb", "1".to_owned())];
    let mut private_tags = vec![("kubernetes.io/role/internal-elb", "1".to_owned())];
    if site.region.cluster().settings().autoscaler.kind == AutoscalerKind::Karpenter {
        private_tags.push((KARPENTER_DISCOVERY, site.cluster().to_owned()));
    }
    root.why("Load balancers and NAT gateways. Nothing gets a public address by itself.");
    let public = subnets(root, site, &vpc, "public", plan.public(), &public_tags);
    root.why("Nodes and pods.");
    let private = subnets(root, site, &vpc, "private", plan.private(), &private_tags);
    root.why("Databases and caches: no way out at all.");
    let database = subnets(root, site, &vpc, "database", plan.database(), &[]);

    let table = route_table(root, site, &vpc, "public");
    root.resource(
        "public_internet",
        Route { gateway_id: Some(gateway.id().into()), ..Route::new(table.id(), ANYWHERE) },
    );
    associate(root, "public", &public, |_| table.id());
    let gateways = nat_gateways(root, site, &public, &gateway);
    let mut private_tables = Vec::new();
    for (zone, _) in &private {
        let letter = zone.letter();
        let table = route_table(root, site, &vpc, &format!("private-{letter}"));
        if let Some(gateway) = gateways.get(&letter).or_else(|| gateways.values().next()) {
            let route = Route { nat_gateway_id: Some(gateway.into()), ..Route::new(table.id(), ANYWHERE) };
            root.resource(&format!("private_{letter}_internet"), route);
        }
        private_tables.push(table.id());
    }
    let mut tables = private_tables.iter();
    associate(root, "private", &private, |_| tables.next().cloned().unwrap_or_else(|| table.id()));
    let closed = route_table(root, site, &vpc, "database");
    associate(root, "database", &database, |_| closed.id());

    endpoints(root, site, &vpc, &private, &private_tables);
    flow_logs(root, site, &vpc.id(), keys);
    Network { vpc: vpc.id(), private, database, private_tables }
}

const ANYWHERE: &str = "0.0.0.0/0";

/// A network that exists: its databases are in its private subnets.
fn existing<'r>(root: &mut Root<'r>, site: Site<'_>) -> Network<'r> {
    let Some(spec) = site.region.network().existing() else {
        return Network { vpc: Ref::none(), private: Vec::new(), database: Vec::new(), private_tables: Vec::new() };
    };
    root.why("A network that somebody else made: what is in it is not changed here.");
    let vpc = root.data("main", VpcData::new(spec.vpc.as_str())).id();
    root.output("vpc_id", "The network.", &vpc);
    let mut private = Vec::new();
    for (zone, subnet) in spec.private.iter().filter(|(zone, _)| site.region.zones().contains(zone)) {
        let found = root.data(&format!("private_{}", zone.letter()), SubnetData::new(subnet.as_str()));
        private.push((zone.clone(), found.id()));
    }
    Network { vpc, database: private.clone(), private, private_tables: Vec::new() }
}

fn subnets<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    vpc: &Handle<'r, Vpc<'r>>,
    kind: &str,
    plan: &[(ZoneName, Cidr)],
    tags: &[(&str, String)],
) -> Vec<(ZoneName, Ref<'r, SubnetId>)> {
    let one = |(zone, cidr): &(ZoneName, Cidr)| {
        let letter = zone.letter();
        let name = ("Name".to_owned(), format!("{}-{kind}-{letter}", site.cluster()));
        let tags: Map<'r> =
            std::iter::once(name).chain(tags.iter().map(|(k, v)| ((*k).to_owned(), v.clone()))).collect();
        let subnet = Subnet { tags: Some(tags), ..Subnet::new(vpc.id(), cidr.to_string(), zone.as_str()) };
        (zone.clone(), root.resource(&format!("{kind}_{letter}"), subnet).id())
    };
    plan.iter().map(one).collect()
}

fn route_table<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    vpc: &Handle<'r, Vpc<'r>>,
    name: &str,
) -> Handle<'r, RouteTable<'r>> {
    let tags = named(format!("{}-{name}", site.cluster()));
    root.resource(name, RouteTable { tags, ..RouteTable::new(vpc.id()) })
}

fn associate<'r>(
    root: &mut Root<'r>,
    kind: &str,
    subnets: &[(ZoneName, Ref<'r, SubnetId>)],
    mut table: impl FnMut(&ZoneName) -> Ref<'r, RouteTableId>,
) {
    for (zone, subnet) in subnets {
        root.resource(&format!("{kind}_{}", zone.letter()), RouteTableAssociation::new(subnet, table(zone)));
    }
}

/// By the letter of their zones.
fn nat_gateways<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    public: &[(ZoneName, Ref<'r, SubnetId>)],
    internet: &Handle<'r, InternetGateway<'r>>,
) -> std::collections::BTreeMap<char, Ref<'r, NatGatewayId>> {
    let count = match site.region.nat() {
        NatLayout::PerZone => public.len(),
        NatLayout::Single => 1,
    };
    let mut made = std::collections::BTreeMap::new();
    for (zone, subnet) in public.iter().take(count) {
        let letter = zone.letter();
        let tags = || named(format!("{}-nat-{letter}", site.cluster()));
        let address = ElasticIp { domain: Some("vpc".into()), tags: tags(), ..ElasticIp::new() };
        let address = root.resource(&format!("nat_{letter}"), address);
        let gateway = NatGateway { tags: tags(), ..NatGateway::new(address.allocation_id(), subnet) };
        let meta = Meta { depends_on: vec![internet.address()], ..Meta::default() };
        made.insert(letter, root.resource_as(&format!("nat_{letter}"), gateway, meta).id());
    }
    made
}

fn endpoints<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    vpc: &Handle<'r, Vpc<'r>>,
    private: &[(ZoneName, Ref<'r, SubnetId>)],
    tables: &[Ref<'r, RouteTableId>],
) {
    let (region, cluster) = (site.region.name(), site.cluster());
    root.file("endpoints", "Ways to services of AWS that don't leave its network, and cost no NAT.");
    root.why("Image layers come from S3 too.");
    let gateway = Endpoint {
        route_table_ids: Some(tables.iter().collect()),
        tags: named(format!("{cluster}-s3")),
        ..Endpoint::new(vpc.id(), format!("com.amazonaws.{region}.s3"), "Gateway")
    };
    root.resource("s3", gateway);
    let group = root.resource(
        "endpoints",
        SecurityGroup {
            tags: named(format!("{cluster}-endpoints")),
            ..SecurityGroup::new(format!("{cluster}-endpoints"), "Interface endpoints of AWS services", vpc.id())
        },
    );
    let rule = IngressRule {
        cidr_ipv4: Some(site.region.network().cidr().to_string().into()),
        from_port: Some(443),
        to_port: Some(443),
        ..IngressRule::new(group.id(), "HTTPS from inside of the network", "tcp")
    };
    root.resource("endpoints_https", rule);
    let groups: [Ref<'r, SecurityGroupId>; 1] = [group.id()];
    for service in SERVICES {
        let endpoint = Endpoint {
            subnet_ids: Some(private.iter().map(|(_, subnet)| subnet).collect()),
            security_group_ids: Some(groups.iter().collect()),
            private_dns_enabled: Some(true),
            tags: named(format!("{cluster}-{}", service.replace('.', "-"))),
            ..Endpoint::new(vpc.id(), format!("com.amazonaws.{region}.{service}"), "Interface")
        };
        root.resource(&service.replace('.', "_"), endpoint);
    }
}

fn flow_logs<'r>(root: &mut Root<'r>, site: Site<'_>, vpc: &Ref<'r, VpcId>, keys: &Keys<'r>) {
    let cluster = site.cluster();
    root.file("flow_logs", "Who talked to whom, and what was refused.");
    let group = LogGroup {
        kms_key_id: Some((&keys.logs).into()),
        ..LogGroup::new(format!("/aws/vpc/{cluster}"), FLOW_LOG_DAYS)
    };
    let group = root.resource("flow_logs", group);
    let role = root.resource(
        "flow_logs",
        Role::new(format!("{cluster}.flow-logs"), assumed_by("vpc-flow-logs.amazonaws.com", &["sts:AssumeRole"])),
    );
    let streams: Value<'r, Text> = join([group.arn().into(), ":*".into()]);
    let write = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
    let allowed = policy([Statement::allow("Write", &write).on(streams)]);
    root.resource("flow_logs", RolePolicy::new("write", role.name(), allowed));
    let log = FlowLog {
        max_aggregation_interval: Some(60),
        tags: named(cluster),
        ..FlowLog::new(vpc, "ALL", "cloud-watch-logs", group.arn(), role.arn())
    };
    root.resource("main", log);
}
