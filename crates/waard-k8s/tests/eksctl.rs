//! ClusterConfigs, judged by the rules that eksctl itself applies, and by what the founding document got wrong.
//!
//! Source of the rules: eksctl 0.231 `pkg/apis/eksctl.io/v1alpha5/validation.go`, `addon.go`, `access_entry.go`,
//! `pkg/ctl/cmdutils/configfile.go`, `pkg/vpc/vpc.go`, `pkg/cfn/builder/iam_helper.go`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use support::{fixture, items, strings};
use waard_model::artifact::Artifact;
use waard_model::spec::{AutoscalerKind, ExistingNetworkSpec, Provisioner, WorkKind};
use waard_model::topology::Region;
use waard_model::{Topology, strategy};

/// `LogRetentionInDaysValues`.
const RETENTION: [u64; 17] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653];
const LOGS: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

fn is_arn(value: &Value) -> bool {
    let parts: Vec<&str> = value.as_str().unwrap_or_default().splitn(6, ':').collect();
    parts.len() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") && !parts[2].is_empty() && !parts[5].is_empty()
}

/// `IsInvalidNameArg`.
fn is_name(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn pod_identities(value: &Value, of_addon: bool, report: &mut dyn FnMut(String)) {
    let mut seen = BTreeSet::new();
    for identity in items(value) {
        let name = format!("{}/{}", identity["namespace"], identity["serviceAccountName"]);
        if !identity["namespace"].is_string() || !identity["serviceAccountName"].is_string() {
            report(format!("{name}: namespace and service account must be set"));
        }
        if !seen.insert(name.clone()) {
            report(format!("{name}: twice"));
        }
        let arns = &identity["permissionPolicyARNs"];
        if identity["permissionPolicy"].is_null() && arns.is_null() {
            report(format!("{name}: no policy"));
        }
        for arn in items(arns).filter(|arn| !is_arn(arn)) {
            report(format!("{name}: {arn}"));
        }
        for field in ["roleARN", "wellKnownPolicies", "createServiceAccount"] {
            if !identity[field].is_null() {
                report(format!("{name}: {field}"));
            }
        }
        if of_addon && !identity["tags"].is_null() {
            report(format!("{name}: tags are not for add-ons"));
        }
        let role = identity["roleName"].as_str().unwrap_or_default();
        let of_role = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
        if role.is_empty() || role.len() > 64 || !role.bytes().all(of_role) {
            report(format!("{name}: IAM takes no role {role:?}"));
        }
        let policy = &identity["permissionPolicy"];
        if !policy.is_null() && policy["Version"] != "2012-10-17" {
            report(format!("{name}: the version of the policy"));
        }
    }
}

fn node_groups(config: &Value, region: &Region, report: &mut dyn FnMut(String)) {
    let mut names = BTreeSet::new();
    for group in items(&config["managedNodeGroups"]) {
        let name = group["name"].as_str().unwrap_or_default();
        let mut report = |fault: &str| report(format!("{name}: {fault}"));
        if !is_name(&group["name"]) || !names.insert(name) {
            report("the name is refused or there twice");
        }
        let number = |key: &str| group[key].as_u64().unwrap_or(u64::MAX);
        let (min, desired, max) = (number("minSize"), number("desiredCapacity"), number("maxSize"));
        if !(min <= desired && desired <= max && (1..=450).contains(&max)) {
            report("min <= desired <= max");
        }
        if !group["instanceType"].is_null() || items(&group["instanceTypes"]).next().is_none() {
            report("only one of instanceType and instanceTypes");
        }
        if group["volumeSize"].as_u64().unwrap_or(0) < 20
            || group["volumeEncrypted"] != true
            || group["volumeType"] != "gp3"
        {
            report("no encrypted gp3 disk");
        }
        if !group["availabilityZones"].is_null() && !group["subnets"].is_null() {
            report("only one of subnets and availabilityZones");
        }
        for zone in strings(&group["availabilityZones"]) {
            if config["vpc"]["subnets"]["private"][zone].is_null() {
                report("a zone without a subnet");
            }
        }
        if group["privateNetworking"] != true {
            report("nodes in public subnets");
        }
        if group["disableIMDSv1"] != true || group["disablePodIMDS"] != true {
            report("pods reach the node's metadata");
        }
        let update = &group["updateConfig"];
        let both = [&update["maxUnavailable"], &update["maxUnavailablePercentage"]];
        if both.iter().filter(|value| value.is_null()).count() != 1 {
            report("one of maxUnavailable and maxUnavailablePercentage");
        }
        if update["maxUnavailable"].as_u64().is_some_and(|most| most < 1 || most > max) {
            report("maxUnavailable cannot be greater than maxSize");
        }
        let policies: Vec<&str> = strings(&group["iam"]["attachPolicyARNs"]).collect();
        if !items(&group["iam"]["attachPolicyARNs"]).all(is_arn) || !policies.iter().all(|arn| arn.contains('/')) {
            report("policies must be ARNs with a name");
        }
        // The list stands in for what eksctl attaches without it.
        for needed in
            ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"]
        {
            if !policies.iter().any(|arn| arn.ends_with(needed)) {
                report("a policy that nodes need is missing");
            }
        }
        if policies.len() != 3 {
            report("nodes have rights that are a pod's");
        }
        if group["propagateASGTags"] != false {
            report("taints would lose their effect");
        }
        for (key, value) in group["labels"].as_object().into_iter().flatten() {
            let domain = key.split_once('/').map_or("", |(domain, _)| domain);
            let reserved = [".kubernetes.io", ".k8s.io"].iter().any(|end| format!(".{domain}").ends_with(end));
            let allowed = ["kubelet.kubernetes.io", "node.kubernetes.io"].iter().any(|open| domain.ends_with(open));
            if key.len() > 63 || value.as_str().is_none_or(str::is_empty) || (reserved && !allowed) {
                report("a label that is refused");
            }
        }
        for taint in items(&group["taints"]) {
            let effect = taint["effect"].as_str().unwrap_or_default();
            if !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect) {
                report("a taint without an effect");
            }
        }
        let tags = group["tags"].as_object();
        if tags.is_some_and(|tags| tags.len() > 44 || tags.keys().any(|key| key.len() > 128)) {
            report("tags that are refused");
        }
        let node_template = |end: &str| &group["tags"][format!("k8s.io/cluster-autoscaler/node-template/{end}")];
        if min == 0 && region.cluster().settings().autoscaler.kind == AutoscalerKind::ClusterAutoscaler {
            if !node_template("resources/ephemeral-storage").is_string() {
                report("no first node for scratch space");
            }
            for taint in items(&group["taints"]) {
                let (key, value, effect) = (&taint["key"], &taint["value"], &taint["effect"]);
                let whole = format!("{}:{}", value.as_str().unwrap(), effect.as_str().unwrap());
                if *node_template(&format!("taint/{}", key.as_str().unwrap())) != whole.as_str() {
                    report("a taint without its effect for an empty group");
                }
            }
        }
        for field in ["ssh", "instancesDistribution", "maxPrice", "launchTemplate", "ami", "overrideBootstrapCommand"] {
            if !group[field].is_null() {
                report(&format!("{field} is not for managed nodes, or deprecated"));
            }
        }
        let pools = region.pools();
        let Some(pool) = pools.iter().find(|pool| pool.name == name) else {
            report("the topology has no such group");
            continue;
        };
        if group["spot"] == true && matches!(pool.group.work(), WorkKind::System | WorkKind::Stateful) {
            report("what must not be lost is on spot");
        }
        if group["labels"]["workload-type"] != pool.group.name().as_str() {
            report("pods don't find it");
        }
    }
    if names.len() != region.pools().len() {
        report(format!("{} groups of {}", names.len(), region.pools().len()));
    }
    // What takes everything: DNS, metrics, controllers.
    let open = |group: &Value| {
        group["minSize"].as_u64() > Some(0)
            && items(&group["taints"]).all(|taint| taint["effect"] == "PreferNoSchedule")
    };
    if !items(&config["managedNodeGroups"]).any(open) {
        report("no node group takes what tolerates nothing".to_owned());
    }
}

/// What is wrong with a ClusterConfig.
fn faults(topology: &Topology, region: &Region, config: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let report = &mut |fault: String| found.push(fault);
    if config["apiVersion"] != "eksctl.io/v1alpha5" || config["kind"] != "ClusterConfig" {
        report("the kind".to_owned());
    }
    let metadata = &config["metadata"];
    if !is_name(&metadata["name"]) || metadata["region"] != region.name().as_str() {
        report("name or region".to_owned());
    }
    if metadata["version"] != region.cluster().version().to_string().as_str() {
        report("the version".to_owned());
    }
    if !["STANDARD", "EXTENDED"].contains(&config["upgradePolicy"]["supportType"].as_str().unwrap_or_default()) {
        report("upgradePolicy.supportType".to_owned());
    }
    if config["kubernetesNetworkConfig"]["serviceIPv4CIDR"] != "172.20.0.0/16" {
        report("the addresses of Services".to_owned());
    }
    // Nothing that Terraform makes, and no self-managed nodes.
    for field in ["nodeGroups", "karpenter", "fargateProfiles", "availabilityZones", "iamIdentityMappings", "gitops"] {
        if !config[field].is_null() {
            report(format!("{field} must not be set"));
        }
    }
    let vpc = &config["vpc"];
    let id = vpc["id"].as_str().unwrap_or_default();
    let digits = id.strip_prefix("vpc-").unwrap_or_default();
    if ![8, 17].contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        report("can't describe subnets without a VPC".to_owned());
    }
    let subnets = vpc["subnets"]["private"].as_object().unwrap();
    if subnets.len() < 2 || subnets.len() != region.zones().len() {
        report("two private subnets at least, one for each zone".to_owned());
    }
    for (zone, subnet) in subnets {
        let given = subnet["id"].as_str().is_some_and(|id| id.starts_with("subnet-"));
        let planned = subnet["cidr"].as_str().is_some_and(|cidr| cidr.contains('/'));
        if given == planned || !region.zones().iter().any(|known| known.as_str() == zone) {
            report(format!("{zone}: an id, or a range"));
        }
    }
    if !vpc["subnets"]["public"].is_null() {
        report("the control plane would have addresses in public subnets".to_owned());
    }
    let endpoints = &vpc["clusterEndpoints"];
    let ranges: Vec<&str> = strings(&vpc["publicAccessCIDRs"]).collect();
    if endpoints["privateAccess"] != true || endpoints["publicAccess"] != !ranges.is_empty() {
        report("the API must be reached from inside, and from outside only by those who are named".to_owned());
    }
    if config["accessConfig"]["authenticationMode"] != "API" {
        report("authenticationMode".to_owned());
    }
    let karpenter = region.cluster().settings().autoscaler.kind == AutoscalerKind::Karpenter;
    let found_by = &config["metadata"]["tags"]["karpenter.sh/discovery"];
    if (*found_by == region.cluster().name()) != karpenter {
        report("Karpenter doesn't find the security group of nodes".to_owned());
    }
    let entries: Vec<&Value> = items(&config["accessConfig"]["accessEntries"]).collect();
    if entries.len() != usize::from(karpenter) {
        report("nodes that Karpenter starts, and no others, need an entry".to_owned());
    }
    for entry in entries {
        let role = format!(":role/{}", region.cluster().node_role());
        let principal = entry["principalARN"].as_str().unwrap_or_default();
        if !is_arn(&entry["principalARN"]) || !principal.ends_with(&role) || entry["type"] != "EC2_LINUX" {
            report("an access entry".to_owned());
        }
    }
    if config["iam"]["withOIDC"] != false || !config["iam"]["serviceAccounts"].is_null() {
        report("service accounts need OIDC".to_owned());
    }
    pod_identities(&config["iam"]["podIdentityAssociations"], false, report);
    for identity in items(&config["iam"]["podIdentityAssociations"]) {
        let (namespace, account) = (&identity["namespace"], &identity["serviceAccountName"]);
        let name = region.cluster().name();
        let stack =
            format!("eksctl-{name}-podidentityrole-{}-{}", namespace.as_str().unwrap(), account.as_str().unwrap());
        if stack.len() > 128 {
            report(format!("{stack} is too long"));
        }
    }
    if !is_arn(&config["secretsEncryption"]["keyARN"]) {
        report("secretsEncryption.keyARN".to_owned());
    }
    let logging = &config["cloudWatch"]["clusterLogging"];
    let types: Vec<&str> = strings(&logging["enableTypes"]).collect();
    if types.iter().any(|kind| !LOGS.contains(kind)) {
        report("a log that is unknown".to_owned());
    }
    let days = logging["logRetentionInDays"].as_u64();
    if types.is_empty() != logging.is_null() || days.is_some_and(|days| !RETENTION.contains(&days)) {
        report("logRetentionInDays".to_owned());
    }
    if config["addonsConfig"]["disableDefaultAddons"] != true {
        report("eksctl would add add-ons".to_owned());
    }
    let mut names = BTreeSet::new();
    for addon in items(&config["addons"]) {
        let name = addon["name"].as_str().unwrap_or_default();
        if !names.insert(name) {
            report(format!("{name}: twice"));
        }
        if !addon["version"].is_null() && !addon["version"].as_str().is_some_and(|version| version.starts_with('v')) {
            report(format!("{name}: the version {}", addon["version"]));
        }
        let values = addon["configurationValues"].as_str();
        if values.is_some_and(|values| serde_json::from_str::<Value>(values).is_err()) {
            report(format!("{name}: values that are no JSON"));
        }
        let identities = &addon["podIdentityAssociations"];
        pod_identities(identities, true, report);
        let needed = matches!(name, "vpc-cni" | "aws-ebs-csi-driver" | "aws-efs-csi-driver");
        if identities.is_null() == needed {
            report(format!("{name}: its identity"));
        }
        if name == "vpc-cni" {
            let values: Value = serde_json::from_str(values.unwrap_or("{}")).unwrap_or_default();
            let enforced = topology.spec().network_policy.enforced.to_string();
            if values["enableNetworkPolicy"] != enforced.as_str() || values["env"]["ENABLE_PREFIX_DELEGATION"] != "true"
            {
                report("the CNI doesn't do what the topology says".to_owned());
            }
        }
    }
    let wanted: BTreeSet<&str> = region.cluster().settings().addons.iter().map(|addon| addon.as_str()).collect();
    if names != wanted {
        report("the add-ons".to_owned());
    }
    node_groups(config, region, report);
    found
}

/// Every ClusterConfig, read back, with its region.
fn configs<'t>(topology: &'t Topology, artifacts: &[Artifact]) -> Vec<(&'t Region, String, Value)> {
    let mut found = Vec::new();
    for (environment, region) in topology.regions() {
        let path = format!("eksctl/{}/{}.yaml", environment.name(), region.cluster().name());
        let artifact = artifacts.iter().find(|artifact| artifact.path().as_str() == path);
        assert_eq!(artifact.is_some(), environment.provisioner() == Provisioner::Eksctl, "{path}");
        let Some(artifact) = artifact else { continue };
        found.push((region, artifact.text().to_owned(), serde_yaml::from_str(artifact.text()).unwrap()));
    }
    let files = artifacts.iter().filter(|artifact| artifact.path().as_str().starts_with("eksctl/")).count();
    assert_eq!(files, found.len(), "a stray file");
    found
}

fn judge(topology: &Topology) {
    for (region, text, config) in configs(topology, &waard_k8s::emit(topology)) {
        assert_eq!(faults(topology, region, &config), Vec::<String>::new(), "{}", region.cluster().name());
        // What stands in the file as zeros is replaced by the command at its top.
        let (comment, _) = text.split_once("apiVersion:").unwrap();
        let entries = items(&config["accessConfig"]["accessEntries"]).map(|entry| &entry["principalARN"]);
        let unknown = [&config["vpc"]["id"], &config["secretsEncryption"]["keyARN"]].into_iter().chain(entries);
        for value in unknown.map(|value| value.as_str().unwrap()).filter(|value| value.contains("000000000000")) {
            assert!(comment.contains(&format!("-e \"s|{value}|$(made ")), "{value} stays");
        }
        assert!(comment.lines().all(|line| line.starts_with('#')), "{comment}");
    }
}

/// A shipped topology with changes.
fn changed(change: impl FnOnce(&mut waard_model::spec::Spec)) -> Topology {
    let mut spec = fixture("waardhaven").spec().clone();
    change(&mut spec);
    Topology::new(spec).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn everywhere(spec: &mut waard_model::spec::Spec) {
    for environment in spec.environments.values_mut() {
        environment.provisioner = Provisioner::Eksctl;
    }
}

#[test]
fn the_shipped_platform_is_one_that_eksctl_makes() {
    judge(&fixture("minimal"));
    judge(&fixture("waardhaven"));
    judge(&changed(everywhere));
}

#[test]
fn other_autoscalers_accounts_and_networks_are_too() {
    judge(&changed(|spec| {
        everywhere(spec);
        for cluster in spec.clusters.values_mut() {
            cluster.autoscaler.kind = AutoscalerKind::Karpenter;
        }
    }));
    judge(&changed(|spec| {
        everywhere(spec);
        spec.network_policy.enforced = false;
        for cluster in spec.clusters.values_mut() {
            cluster.autoscaler.kind = AutoscalerKind::Karpenter;
            cluster.logs.types.clear();
            cluster.endpoint.public_from = vec!["203.0.113.0/24".parse().unwrap()];
        }
        for environment in spec.environments.values_mut() {
            environment.account = Some("111122223333".parse().unwrap());
            for (name, region) in &mut environment.regions {
                let subnets = |digit: char| {
                    let subnet = |letter: char| format!("subnet-0{letter}{}", String::from(digit).repeat(15));
                    ['a', 'b', 'c'].map(|letter| (name.zone(letter).unwrap(), subnet(letter).parse().unwrap())).into()
                };
                let vpc = "vpc-0a1b2c3d4e5f60718".parse().unwrap();
                region.network = Some(ExistingNetworkSpec { vpc, private: subnets('1'), public: subnets('2') });
            }
        }
    }));
}

/// What a test can't see fail may be blind: each of eksctl's rules, and each fault of the founding document, is found.
#[test]
fn each_fault_is_found() {
    type Damage = fn(&mut Value);
    let cases: [(&str, Damage); 27] = [
        ("name or region", |c| c["metadata"]["name"] = "a_b".into()),
        ("the version", |c| c["metadata"]["version"] = "1.28".into()),
        ("supportType", |c| c["upgradePolicy"]["supportType"] = "standard".into()),
        ("nodeGroups must not", |c| c["nodeGroups"] = serde_json::json!([{ "name": "a" }])),
        ("availabilityZones must not", |c| c["availabilityZones"] = serde_json::json!(["us-east-1a"])),
        ("without a VPC", |c| c["vpc"]["id"] = "vpc-main".into()),
        ("an id, or a range", |c| {
            c["vpc"]["subnets"]["private"]["us-east-1a"] =
                serde_json::json!({ "id": "subnet-private-1a", "cidr": "10.0.0.0/18" });
        }),
        ("reached from inside", |c| c["vpc"]["clusterEndpoints"]["publicAccess"] = true.into()),
        ("need OIDC", |c| c["iam"]["serviceAccounts"] = serde_json::json!([{ "metadata": { "name": "a" } }])),
        ("no policy", |c| c["iam"]["podIdentityAssociations"][0]["permissionPolicy"] = Value::Null),
        ("keyARN", |c| c["secretsEncryption"]["keyARN"] = "alias/key".into()),
        ("logRetentionInDays", |c| c["cloudWatch"]["clusterLogging"]["logRetentionInDays"] = 1096.into()),
        ("eksctl would add", |c| c["addonsConfig"]["disableDefaultAddons"] = false.into()),
        ("the version \"latest\"", |c| c["addons"][0]["version"] = "latest".into()),
        ("doesn't do what", |c| c["addons"][0]["configurationValues"] = "{}".into()),
        ("the add-ons", |c| c["addons"][5]["name"] = "aws-efs-csi-driver".into()),
        ("min <= desired", |c| c["managedNodeGroups"][0]["desiredCapacity"] = 99.into()),
        ("instanceType and", |c| c["managedNodeGroups"][0]["instanceType"] = "c5.xlarge".into()),
        ("gp3 disk", |c| c["managedNodeGroups"][0]["volumeEncrypted"] = Value::Null),
        ("public subnets", |c| c["managedNodeGroups"][0]["privateNetworking"] = false.into()),
        ("node's metadata", |c| c["managedNodeGroups"][0]["disablePodIMDS"] = false.into()),
        ("greater than maxSize", |c| c["managedNodeGroups"][0]["updateConfig"]["maxUnavailable"] = 99.into()),
        ("that nodes need", |c| {
            c["managedNodeGroups"][0]["iam"]["attachPolicyARNs"] =
                serde_json::json!(["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"]);
        }),
        ("lose their effect", |c| c["managedNodeGroups"][0]["propagateASGTags"] = true.into()),
        ("on spot", |c| c["managedNodeGroups"][4]["spot"] = true.into()),
        ("tolerates nothing", |c| {
            c["managedNodeGroups"][4]["taints"] =
                serde_json::json!([{ "key": "a", "value": "b", "effect": "NoSchedule" }]);
        }),
        ("deprecated", |c| c["managedNodeGroups"][0]["ssh"] = serde_json::json!({ "enableSsm": true })),
    ];
    let topology = fixture("waardhaven");
    let configs = configs(&topology, &waard_k8s::emit(&topology));
    let (region, _, config) = configs.first().unwrap();
    for (expected, damage) in cases {
        let mut damaged = config.clone();
        damage(&mut damaged);
        let found = faults(&topology, region, &damaged);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{expected}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_platforms_are_too(spec in strategy::spec()) {
        judge(&Topology::new(spec.clone()).unwrap());
        let mut spec = spec;
        everywhere(&mut spec);
        judge(&Topology::new(spec).unwrap_or_else(|found| panic!("{found:#?}")));
    }
}
