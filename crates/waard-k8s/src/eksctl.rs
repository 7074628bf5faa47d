//! The eksctl ClusterConfig of a cluster that eksctl makes: `eksctl/<environment>/<cluster>.yaml`.
//!
//! eksctl makes the cluster, its node groups, its add-ons, and the roles of its nodes and pods. Terraform makes what must be
//! there before it or outlives it: the network, the key that encrypts Secrets, databases, buckets, queues, and the role
//! of nodes that Karpenter starts. Neither makes anything that the other one does.
//!
//! What Terraform makes has ids that are known only afterwards: the VPC's, from which eksctl finds the subnets by zone
//! and range, and the key's. They stand in the file as zeros, and its first lines say the command that puts the real
//! ones in their place. A file that is used without it makes nothing: there is no such VPC.
//! Source: eksctl 0.231 `pkg/vpc/vpc.go`, `describeSubnets`; `pkg/apis/eksctl.io/v1alpha5/validation.go`.

mod addons;
mod node_groups;

use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::spec::{AutoscalerKind, Provisioner, SupportType};
use waard_model::topology::reserved::KARPENTER_DISCOVERY;
use waard_model::topology::{Identity, SERVICE_CIDR, identity};

use crate::Site;
use crate::custom::eksctl::{
    AccessConfig, AccessEntry, AddonsConfig, CloudWatch, ClusterConfig, ClusterEndpoints, ClusterLogging, Iam,
    Metadata, Nat, NetworkConfig, PodIdentity, SecretsEncryption, Subnet, Subnets, UpgradePolicy, Vpc,
};
use crate::file::File;
use crate::labels::Labels;

/// Stands for the VPC that Terraform makes.
const NO_VPC: &str = "vpc-00000000000000000";
/// Stands for an account that the topology doesn't say.
const NO_ACCOUNT: &str = "000000000000";

/// The files outside of the folder of Kubernetes objects.
pub(crate) fn artifacts(site: Site<'_>) -> Vec<Artifact> {
    if site.environment.provisioner() != Provisioner::Eksctl {
        return Vec::new();
    }
    let name = site.region.cluster().name();
    let mut file = File::new(site.region.path(), &site.region.path());
    for line in instructions(site) {
        file.remark(&line);
    }
    let identities = site.topology.identities(site.environment, site.region);
    file.document(ClusterConfig::KIND, name, &config(site, &identities));
    let path = ArtifactPath::new(["eksctl", site.environment.name().as_str(), &format!("{name}.yaml")]);
    vec![file.finish(path)]
}

fn config<'i>(site: Site<'_>, identities: &'i [Identity]) -> ClusterConfig<'i> {
    let (cluster, settings) = (site.region.cluster(), site.region.cluster().settings());
    let kept = settings.logs.retention.as_days().unwrap_or_default();
    let enable_types: Vec<&str> = settings.logs.types.iter().map(|log| log.as_str()).collect();
    ClusterConfig {
        api_version: ClusterConfig::API_VERSION,
        kind: ClusterConfig::KIND,
        metadata: Metadata {
            name: cluster.name().to_owned(),
            region: site.region.name().to_string(),
            version: cluster.version().to_string(),
            tags: tags(site),
        },
        upgrade_policy: UpgradePolicy {
            support_type: match settings.support {
                SupportType::Standard => "STANDARD",
                SupportType::Extended => "EXTENDED",
            },
        },
        kubernetes_network_config: NetworkConfig { service_ipv4_cidr: SERVICE_CIDR },
        vpc: vpc(site),
        // Who may do what is said by access entries alone; who makes the cluster has the first one.
        access_config: AccessConfig { authentication_mode: "API", access_entries: access_entries(site) },
        // Pods get their roles through EKS Pod Identity, which needs no OIDC provider.
        iam: Iam {
            with_oidc: false,
            pod_identity_associations: identities
                .iter()
                .filter(|identity| identity.addon.is_none())
                .map(pod_identity)
                .collect(),
        },
        secrets_encryption: SecretsEncryption { key_arn: no_key(site) },
        cloud_watch: (!enable_types.is_empty())
            .then_some(CloudWatch { cluster_logging: ClusterLogging { enable_types, log_retention_in_days: kept } }),
        // Only the add-ons of the topology, at their versions: eksctl would add the newest of others.
        addons_config: AddonsConfig { disable_default_addons: true },
        addons: addons::addons(site, identities),
        managed_node_groups: node_groups::node_groups(site),
    }
}

/// eksctl gives the cluster's tags to the security group of nodes too, where Karpenter looks for it.
/// Source: aws/karpenter-provider-aws 1.14, "Getting Started with Karpenter".
fn tags(site: Site<'_>) -> Labels {
    let mut tags = site.environment.tags(site.topology.spec());
    let cluster = site.region.cluster();
    if cluster.settings().autoscaler.kind == AutoscalerKind::Karpenter {
        tags.insert(KARPENTER_DISCOVERY.to_owned(), cluster.name().to_owned());
    }
    tags
}

fn pod_identity(identity: &Identity) -> PodIdentity<'_> {
    PodIdentity {
        namespace: identity.namespace.clone(),
        service_account_name: identity.service_account.clone(),
        role_name: identity.role.clone(),
        permission_policy_arns: identity.managed.clone(),
        permission_policy: (!identity.statements.is_empty()).then_some(identity::Policy(&identity.statements)),
    }
}

/// Nodes, and the addresses by which the control plane reaches them, are in private subnets only; eksctl makes no
/// subnets, gateways or routes.
fn vpc(site: Site<'_>) -> Vpc {
    let network = site.region.network();
    let public = &site.region.cluster().settings().endpoint.public_from;
    let (id, cidr, private) = if let Some(existing) = network.existing() {
        let own = existing.private.iter().filter(|(zone, _)| site.region.zones().contains(zone));
        let private = own.map(|(zone, subnet)| (zone.to_string(), Subnet::Id(subnet.to_string()))).collect();
        (existing.vpc.to_string(), None, private)
    } else {
        let planned = network.private().iter();
        let private = planned.map(|(zone, cidr)| (zone.to_string(), Subnet::Cidr(cidr.to_string()))).collect();
        (NO_VPC.to_owned(), Some(network.cidr().to_string()), private)
    };
    Vpc {
        id,
        cidr,
        subnets: Subnets { private },
        nat: Nat { gateway: "Disable" },
        cluster_endpoints: ClusterEndpoints { private_access: true, public_access: !public.is_empty() },
        public_access_cidrs: public.iter().map(ToString::to_string).collect(),
    }
}

/// Nodes of managed node groups are let in by EKS; those that Karpenter starts have a role of their own.
fn access_entries(site: Site<'_>) -> Vec<AccessEntry> {
    if site.region.cluster().settings().autoscaler.kind != AutoscalerKind::Karpenter {
        return Vec::new();
    }
    let (account, role) = (account(site), site.region.cluster().node_role());
    let principal_arn = format!("arn:{}:iam::{account}:role/{role}", site.region.name().partition());
    vec![AccessEntry { principal_arn, kind: "EC2_LINUX" }]
}

fn account(site: Site<'_>) -> &str {
    site.environment.account().map_or(NO_ACCOUNT, waard_model::name::AccountId::as_str)
}

/// Stands for the key that Terraform makes.
fn no_key(site: Site<'_>) -> String {
    let (partition, region) = (site.region.name().partition(), site.region.name());
    format!("arn:{partition}:kms:{region}:{NO_ACCOUNT}:key/00000000-0000-0000-0000-000000000000")
}

/// How the cluster is made of the file.
fn instructions(site: Site<'_>) -> Vec<String> {
    let (environment, region, name) = (site.environment.name(), site.region.name(), site.region.cluster().name());
    let folder = format!("terraform/{environment}/{region}");
    let mut lines = vec![
        String::new(),
        format!("To make the cluster, after `terraform apply` in {folder}, which makes what stands here as zeros:"),
        String::new(),
        format!("  made() {{ terraform -chdir={folder} output -raw \"$1\"; }}"),
    ];
    let mut replace = vec![(no_key(site), "$(made secrets_key_arn)".to_owned())];
    if site.region.network().existing().is_none() {
        replace.push((NO_VPC.to_owned(), "$(made vpc_id)".to_owned()));
    }
    if let (None, [entry]) = (site.environment.account(), access_entries(site).as_slice()) {
        replace.push((entry.principal_arn.clone(), "$(made node_role_arn)".to_owned()));
    }
    lines.push("  sed \\".to_owned());
    lines.extend(replace.iter().map(|(zeros, real)| format!("    -e \"s|{zeros}|{real}|\" \\")));
    lines.push(format!("    eksctl/{environment}/{name}.yaml |"));
    // The plugin is one of the controllers that Argo CD installs.
    lines.push("    eksctl create cluster --config-file - --install-nvidia-plugin=false".to_owned());
    lines.push(format!("  aws eks update-cluster-config --region {region} --name {name} --deletion-protection"));
    if site.region.cluster().settings().endpoint.public_from.is_empty() {
        lines.push(String::new());
        lines
            .push("The API has no public address: run this where the VPC is reached, such as over its VPN.".to_owned());
    }
    let open: Vec<&str> = addons::without_version(site);
    if !open.is_empty() {
        lines.push(String::new());
        lines.push(format!("No version is known for Kubernetes {} of", site.region.cluster().version()));
        lines.push(format!("{}: eksctl installs EKS's default one.", open.join(", ")));
        lines.push("To hold it, name it under `addon_versions` of the cluster profile.".to_owned());
    }
    lines
}
