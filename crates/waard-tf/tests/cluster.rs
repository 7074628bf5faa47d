//! The cluster in a region's root: what it says against the topology, and against the documented rules of its arguments.
//!
//! Everything is read back with `hcl::parse`, and nothing here uses the crate's own types for resources.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use hcl::{Expression, Structure};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use waard_catalog::{Arch, catalog};
use waard_model::Topology;
use waard_model::name::{InstanceType, TaintEffect};
use waard_model::spec::{AutoscalerKind, HoursSpec, Provisioner, StandbyCopy, SupportType};
use waard_model::strategy;
use waard_model::topology::{Environment, Pool, Region, StoreKind};

/// Resources of a root: type, name, arguments. Blocks are lists.
type Resources = BTreeMap<(String, String), Value>;

fn shipped() -> Vec<Topology> {
    ["waardhaven", "minimal"]
        .map(|name| {
            let path = format!("{}/../../fixtures/{name}/waard.yaml", env!("CARGO_MANIFEST_DIR"));
            #[allow(clippy::disallowed_methods, reason = "a test reads the fixtures")]
            let bytes = std::fs::read(path).unwrap();
            waard_model::source::read(&bytes).unwrap().0
        })
        .into()
}

fn resources(topology: &Topology, environment: &Environment, region: &Region) -> Resources {
    let mut found = Resources::new();
    for artifact in waard_tf::emit_region(topology, environment, region) {
        for structure in hcl::parse(artifact.text()).unwrap() {
            let Structure::Block(block) = structure else { panic!("{}", artifact.path()) };
            if block.identifier.as_str() == "resource" {
                let labels: Vec<&str> = block.labels.iter().map(hcl::BlockLabel::as_str).collect();
                let [kind, name] = labels.as_slice() else { panic!("{labels:?}") };
                let twice = found.insert(((*kind).to_owned(), (*name).to_owned()), arguments(block.body()));
                assert_eq!(twice, None, "{kind}.{name}");
            }
        }
    }
    found
}

fn arguments(body: &hcl::Body) -> Value {
    let mut map = Map::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                map.insert(attribute.key.to_string(), value(&attribute.expr));
            }
            Structure::Block(block) => {
                let list = map.entry(block.identifier.to_string()).or_insert_with(|| json!([]));
                list.as_array_mut().unwrap().push(arguments(block.body()));
            }
        }
    }
    Value::Object(map)
}

/// Documents are what they encode; references and templates are their text.
fn value(expression: &Expression) -> Value {
    match expression {
        Expression::String(text) => json!(text),
        Expression::Number(number) => json!(number.as_i64().unwrap()),
        Expression::Bool(value) => json!(value),
        Expression::Array(values) => values.iter().map(value).collect(),
        Expression::Object(pairs) => {
            let key = |key: &hcl::expr::ObjectKey| match key {
                hcl::expr::ObjectKey::Expression(Expression::String(text)) => text.clone(),
                other => other.to_string(),
            };
            Value::Object(pairs.iter().map(|(name, of)| (key(name), value(of))).collect())
        }
        Expression::FuncCall(call) => value(&call.args[0]),
        other => json!(hcl::format::to_string(other).unwrap().trim_matches('"')),
    }
}

fn of<'r>(resources: &'r Resources, kind: &'r str) -> impl Iterator<Item = (&'r str, &'r Value)> {
    resources.iter().filter(move |((of, _), _)| of == kind).map(|((_, name), value)| (name.as_str(), value))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn items(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value}"))
}

fn texts(value: &Value) -> Vec<&str> {
    items(value).iter().map(text).collect()
}

fn made_here(environment: &Environment) -> bool {
    environment.provisioner() == Provisioner::Terraform
}

fn node_groups_are_the_pools(environment: &Environment, region: &Region, root: &Resources) {
    let groups: BTreeMap<&str, &Value> =
        of(root, "aws_eks_node_group").map(|(_, group)| (text(&group["node_group_name"]), group)).collect();
    let pools = if made_here(environment) { region.pools() } else { Vec::new() };
    assert_eq!(groups.len(), pools.len(), "{:?}", region.path());
    for pool in pools {
        let (group, spec) = (groups[pool.name.as_str()], pool.group);
        let scaling = &group["scaling_config"][0];
        let sizes = ["min_size", "desired_size", "max_size"].map(|size| scaling[size].as_u64().unwrap());
        assert_eq!(sizes, [pool.scaling.min(), pool.scaling.desired(), pool.scaling.max()].map(u64::from));
        assert!(sizes[0] <= sizes[1] && sizes[1] <= sizes[2] && sizes[2] >= 1, "{sizes:?}");
        let labels: BTreeMap<&str, &str> =
            spec.labels().iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(group["labels"], json!(labels));
        taints_fit(group, &pool);
        let zones: BTreeSet<&str> = texts(&group["subnet_ids"])
            .into_iter()
            .map(|subnet| subnet.rsplit("private_").next().unwrap().trim_end_matches(".id"))
            .collect();
        let letters: Vec<String> = pool.zones.iter().map(|zone| zone.letter().to_string()).collect();
        assert_eq!(zones, letters.iter().map(String::as_str).collect());
        assert_eq!(group["capacity_type"], if pool.spot { "SPOT" } else { "ON_DEMAND" });
        let instances: Vec<&str> = spec.instances().iter().map(InstanceType::as_str).collect();
        assert_eq!(texts(&group["instance_types"]), instances);
        ami_type_fits(group, &instances);
        let [update] = items(&group["update_config"]) else { panic!("{group}") };
        assert_eq!(update.as_object().unwrap().len(), 1, "exactly one of number and share");
        assert!(update["max_unavailable"].as_u64().unwrap() >= 1);
        // Neither goes with a launch template.
        assert!(group.get("disk_size").is_none() && group.get("remote_access").is_none());
        let ignored = texts(&group["lifecycle"][0]["ignore_changes"]);
        assert!(ignored.contains(&"scaling_config[0].desired_size"), "{ignored:?}");
        assert_eq!(ignored.len(), if environment.hours().is_some_and(has_pause) { 3 } else { 1 }, "{ignored:?}");
        template_fits(root, group, &pool);
        empty_group_is_described(region, root, &pool);
    }
}

fn taints_fit(group: &Value, pool: &Pool<'_>) {
    let effect = |effect| match effect {
        TaintEffect::NoSchedule => "NO_SCHEDULE",
        TaintEffect::NoExecute => "NO_EXECUTE",
        TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
    };
    let taints = pool.group.taints().iter();
    let taints: Vec<Value> = taints
        .map(|one| json!({ "key": one.key().as_str(), "value": one.value().as_str(), "effect": effect(one.effect()) }))
        .collect();
    assert!(taints.len() <= 50);
    assert_eq!(group.get("taint").cloned().unwrap_or_else(|| json!([])), json!(taints));
}

fn ami_type_fits(group: &Value, instances: &[&str]) {
    let Some(instance) = instances.iter().find_map(|name| catalog().instance(name)) else {
        assert!(group.get("ami_type").is_none());
        return;
    };
    // Source: Amazon EKS API Reference, Nodegroup, those of Amazon Linux 2023.
    let known = [
        "AL2023_ARM_64_NVIDIA",
        "AL2023_ARM_64_STANDARD",
        "AL2023_x86_64_NEURON",
        "AL2023_x86_64_NVIDIA",
        "AL2023_x86_64_STANDARD",
    ];
    let ami = text(&group["ami_type"]);
    assert!(known.contains(&ami), "{ami}");
    assert_eq!(ami.contains("ARM_64"), instance.arch == Arch::Arm64, "{instances:?}: {ami}");
    assert_eq!(ami.ends_with("NVIDIA"), instance.gpus > 0, "{instances:?}: {ami}");
}

fn template_fits(root: &Resources, group: &Value, pool: &Pool<'_>) {
    let reference = text(&group["launch_template"][0]["id"]);
    let name = reference.strip_prefix("aws_launch_template.").unwrap().strip_suffix(".id").unwrap();
    let template = &root[&("aws_launch_template".to_owned(), name.to_owned())];
    let name = text(&template["name"]);
    assert!(name.ends_with(&format!("-{}", pool.name)) && name.len() <= 128, "{name}");
    let ebs = &template["block_device_mappings"][0]["ebs"][0];
    assert_eq!((&ebs["encrypted"], &ebs["volume_type"]), (&json!(true), &json!("gp3")));
    let (size, disk) = (ebs["volume_size"].as_u64().unwrap(), pool.group.disk().get());
    assert!(size << 30 >= disk && (size - 1) << 30 < disk && (1..=65_536).contains(&size), "{size} GiB for {disk}");
    let metadata = &template["metadata_options"][0];
    assert_eq!((&metadata["http_tokens"], &metadata["http_put_response_hop_limit"]), (&json!("required"), &json!(1)));
    let data = text(&template["user_data"]);
    assert!(data.contains(&format!("maxPods: {}\n", pool.group.max_pods())), "{data}");
    assert!(data.starts_with("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\n"), "{data}");
    assert!(data.ends_with("\n--//--\n"), "{data}");
    for tags in items(&template["tag_specifications"]) {
        assert!(["instance", "network-interface", "volume"].contains(&text(&tags["resource_type"])));
    }
}

fn empty_group_is_described(region: &Region, root: &Resources, pool: &Pool<'_>) {
    let reference = format!("aws_eks_node_group.{}.", pool.name.replace('-', "_"));
    let tags: BTreeMap<&str, &str> = of(root, "aws_autoscaling_group_tag")
        .filter(|(_, tag)| text(&tag["autoscaling_group_name"]).starts_with(&reference))
        .map(|(_, tag)| (text(&tag["tag"][0]["key"]), text(&tag["tag"][0]["value"])))
        .collect();
    let autoscaler = region.cluster().settings().autoscaler.kind;
    if pool.scaling.min() > 0 || autoscaler != AutoscalerKind::ClusterAutoscaler {
        assert_eq!(tags, BTreeMap::new());
        return;
    }
    let template = "k8s.io/cluster-autoscaler/node-template";
    assert!(tags.contains_key(format!("{template}/resources/ephemeral-storage").as_str()));
    for taint in pool.group.taints() {
        let value = tags[format!("{template}/taint/{}", taint.key()).as_str()];
        assert_eq!(value, format!("{}:{}", taint.value(), taint.effect().as_str()));
    }
    assert!(tags.len() <= 40 && tags.keys().all(|key| key.len() <= 128 && !key.starts_with("eks:")), "{tags:?}");
}

/// Source: provider documentation of `aws_eks_cluster`.
fn cluster_is_allowed(environment: &Environment, region: &Region, root: &Resources) {
    let clusters: Vec<&Value> = of(root, "aws_eks_cluster").map(|(_, cluster)| cluster).collect();
    assert_eq!(clusters.len(), usize::from(made_here(environment)));
    let settings = region.cluster().settings();
    for cluster in clusters {
        let name = text(&cluster["name"]);
        assert_eq!(name, region.cluster().name());
        assert!((1..=100).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_alphanumeric()));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{name}");
        assert_eq!(text(&cluster["version"]), region.cluster().version().to_string());
        let types = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
        let logged = texts(&cluster["enabled_cluster_log_types"]);
        assert!(logged.iter().all(|log| types.contains(log)) && logged.len() == settings.logs.types.len());
        let vpc = &cluster["vpc_config"][0];
        assert_eq!(vpc["endpoint_private_access"], true);
        assert_eq!(vpc["endpoint_public_access"], !settings.endpoint.public_from.is_empty());
        let ranges = vpc.get("public_access_cidrs").map(texts).unwrap_or_default();
        assert_eq!(ranges, settings.endpoint.public_from.iter().map(ToString::to_string).collect::<Vec<_>>());
        let subnets = texts(&vpc["subnet_ids"]);
        assert!(subnets.iter().all(|subnet| subnet.contains("aws_subnet.private_")) && subnets.len() >= 2);
        let encrypted = &cluster["encryption_config"][0];
        assert_eq!(encrypted["resources"], json!(["secrets"]));
        assert_eq!(encrypted["provider"][0]["key_arn"], "aws_kms_key.secrets.arn");
        assert_eq!(cluster["access_config"][0]["authentication_mode"], "API");
        let support = if settings.support == SupportType::Standard { "STANDARD" } else { "EXTENDED" };
        assert_eq!(cluster["upgrade_policy"][0]["support_type"], support);
        assert_eq!(
            (&cluster["deletion_protection"], &cluster["bootstrap_self_managed_addons"]),
            (&json!(true), &json!(false))
        );
        let group = format!("/aws/eks/{name}/cluster");
        let group = of(root, "aws_cloudwatch_log_group").find(|(_, one)| text(&one["name"]) == group);
        assert_eq!(group.is_some(), !logged.is_empty());
        if let Some((label, group)) = group {
            assert_eq!(group["retention_in_days"].as_u64(), settings.logs.retention.as_days());
            assert!(texts(&cluster["depends_on"]).contains(&format!("aws_cloudwatch_log_group.{label}").as_str()));
        }
    }
}

/// Source: provider documentation of `aws_eks_addon`.
fn addons_are_in_order(environment: &Environment, region: &Region, root: &Resources) {
    let addons: BTreeSet<&str> = of(root, "aws_eks_addon").map(|(_, addon)| text(&addon["addon_name"])).collect();
    let wanted = region.cluster().settings().addons.iter().map(|addon| addon.as_str());
    assert_eq!(addons, if made_here(environment) { wanted.collect() } else { BTreeSet::new() });
    for (name, addon) in of(root, "aws_eks_addon") {
        assert!(["NONE", "OVERWRITE"].contains(&text(&addon["resolve_conflicts_on_create"])), "{name}");
        assert!(["NONE", "OVERWRITE", "PRESERVE"].contains(&text(&addon["resolve_conflicts_on_update"])), "{name}");
        let waits = addon.get("depends_on").map(texts).unwrap_or_default();
        let of_nodes = ["vpc_cni", "kube_proxy", "eks_pod_identity_agent"].contains(&name);
        assert_ne!(waits.iter().any(|on| on.starts_with("aws_eks_node_group.")), of_nodes, "{name}: {waits:?}");
        for (group, spec) in of(root, "aws_eks_node_group").filter(|_| of_nodes) {
            assert!(texts(&spec["depends_on"]).contains(&format!("aws_eks_addon.{name}").as_str()), "{group}: {name}");
        }
    }
}

fn identities_have_roles(topology: &Topology, environment: &Environment, region: &Region, root: &Resources) {
    let pods = "pods.eks.amazonaws.com";
    let roles: BTreeMap<&str, (&str, &Value)> = of(root, "aws_iam_role")
        .filter(|(_, role)| role["assume_role_policy"]["Statement"][0]["Principal"]["Service"] == pods)
        .map(|(label, role)| (text(&role["name"]), (label, role)))
        .collect();
    let identities = if made_here(environment) { topology.identities(environment, region) } else { Vec::new() };
    assert_eq!(roles.len(), identities.len());
    for identity in &identities {
        let (label, role) = roles[identity.role.as_str()];
        let trust = &role["assume_role_policy"]["Statement"][0];
        assert_eq!(trust["Action"], json!(["sts:AssumeRole", "sts:TagSession"]));
        let condition = &trust["Condition"]["StringEquals"];
        assert_eq!(condition["aws:RequestTag/kubernetes-namespace"], identity.namespace);
        assert_eq!(condition["aws:RequestTag/kubernetes-service-account"], identity.service_account);
        let cluster = text(&condition["aws:RequestTag/eks-cluster-arn"]);
        assert!(cluster.ends_with(&format!(":cluster/{}", region.cluster().name())), "{cluster}");
        let is_it = |one: &&Value| one["role_arn"] == format!("aws_iam_role.{label}.arn");
        let own = of(root, "aws_eks_pod_identity_association").map(|(_, one)| one).filter(is_it);
        let own: Vec<(&str, &str)> = own.map(|one| (text(&one["namespace"]), text(&one["service_account"]))).collect();
        let told: Vec<(&str, &str)> = of(root, "aws_eks_addon")
            .filter(|(_, one)| identity.addon.is_some_and(|addon| one["addon_name"] == addon.as_str()))
            .flat_map(|(_, one)| one.get("pod_identity_association").map(items).unwrap_or_default())
            .filter(is_it)
            .map(|one| (identity.namespace.as_str(), text(&one["service_account"])))
            .collect();
        let expected = [(identity.namespace.as_str(), identity.service_account.as_str())];
        assert_eq!([own, told].concat(), expected, "{}", identity.role);
        let name = format!("aws_iam_role.{label}.name");
        let policies: Vec<&Value> =
            of(root, "aws_iam_role_policy").map(|(_, one)| one).filter(|one| one["role"] == name).collect();
        assert_eq!(policies.len(), usize::from(!identity.statements.is_empty()));
        for policy in policies {
            assert_eq!(policy["policy"]["Version"], "2012-10-17");
            let sids: Vec<&str> = items(&policy["policy"]["Statement"]).iter().map(|one| text(&one["Sid"])).collect();
            assert_eq!(sids, identity.statements.iter().map(|one| one.sid.as_str()).collect::<Vec<_>>());
        }
        let attached = of(root, "aws_iam_role_policy_attachment").filter(|(_, one)| one["role"] == name);
        assert_eq!(attached.map(|(_, one)| text(&one["policy_arn"])).collect::<Vec<_>>(), identity.managed);
    }
}

/// Sources: IAM CreateRole (64), SQS CreateQueue (80), EventBridge PutRule (64), EventBridge Scheduler CreateSchedule and
/// CreateScheduleGroup (64), Systems Manager CreateDocument (128).
fn names_fit(root: &Resources) {
    let limits = [
        ("aws_cloudwatch_event_rule", 64),
        ("aws_iam_role", 64),
        ("aws_scheduler_schedule", 64),
        ("aws_scheduler_schedule_group", 64),
        ("aws_sqs_queue", 80),
        ("aws_ssm_document", 128),
    ];
    for (kind, most) in limits {
        let mut seen = BTreeSet::new();
        for (label, resource) in of(root, kind) {
            let name = text(&resource["name"]);
            assert!(name.len() <= most, "{kind}.{label}: {name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "{name}");
            assert!(seen.insert(name), "{kind} {name} twice");
        }
    }
}

fn eksctl_makes_the_rest(environment: &Environment, root: &Resources) {
    if made_here(environment) {
        return;
    }
    for kind in root.keys().map(|(kind, _)| kind.as_str()) {
        let its = kind.starts_with("aws_eks_") || kind.starts_with("aws_autoscaling_") || kind == "aws_launch_template";
        assert!(!its, "{kind}");
    }
    let logs = of(root, "aws_cloudwatch_log_group").find(|(_, group)| text(&group["name"]).starts_with("/aws/eks/"));
    assert_eq!(logs, None);
}

fn karpenter_has_what_it_needs(environment: &Environment, region: &Region, root: &Resources) {
    let cluster = region.cluster();
    let used = cluster.settings().autoscaler.kind == AutoscalerKind::Karpenter;
    let queue = of(root, "aws_sqs_queue").find(|(_, queue)| queue["name"] == cluster.interruption_queue());
    let role = of(root, "aws_iam_role").find(|(_, role)| role["name"] == cluster.node_role());
    assert_eq!((queue.is_some(), role.is_some()), (used, used));
    assert_eq!(of(root, "aws_eks_access_entry").count(), usize::from(used && made_here(environment)));
    assert_eq!(of(root, "aws_ec2_tag").count(), usize::from(used && made_here(environment)));
    let Some((label, queue)) = queue else { return };
    assert_eq!(queue["sqs_managed_sse_enabled"], true);
    assert!((60..=1_209_600).contains(&queue["message_retention_seconds"].as_i64().unwrap()));
    let targets = of(root, "aws_cloudwatch_event_target");
    assert_eq!(targets.filter(|(_, one)| one["arn"] == format!("aws_sqs_queue.{label}.arn")).count(), 5);
    let mut policies = of(root, "aws_sqs_queue_policy").map(|(_, policy)| policy);
    let policy = policies.find(|policy| policy["queue_url"] == format!("aws_sqs_queue.{label}.url")).unwrap();
    let statements = items(&policy["policy"]["Statement"]);
    let denied = statements.iter().find(|one| one["Effect"] == "Deny").unwrap();
    assert_eq!(denied["Condition"]["Bool"]["aws:SecureTransport"], "false");
    let rules = statements.iter().find(|one| one["Effect"] == "Allow").unwrap();
    assert_eq!(items(&rules["Condition"]["ArnEquals"]["aws:SourceArn"]).len(), 5);
}

fn is_expression(schedule: &Value) {
    let cron = text(&schedule["schedule_expression"]);
    let fields: Vec<&str> = cron.strip_prefix("cron(").unwrap().strip_suffix(')').unwrap().split(' ').collect();
    let [minute, hour, day, month, weekdays, year] = fields.as_slice() else { panic!("{cron}") };
    assert!(minute.parse::<u8>().unwrap() < 60 && hour.parse::<u8>().unwrap() < 24, "{cron}");
    // One of day and weekday is open, and a week begins on Sunday.
    assert_eq!((*day, *month, *year), ("?", "*", "*"), "{cron}");
    assert!(!weekdays.contains("-SUN") && !weekdays.contains('?'), "{cron}");
}

/// What is switched by schedules, and how.
fn switched(environment: &Environment, region: &Region, root: &Resources) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, schedule) in of(root, "aws_scheduler_schedule") {
        assert_eq!(schedule["schedule_expression_timezone"], environment.hours().unwrap().zone.as_str());
        is_expression(schedule);
        let target = &schedule["target"][0];
        let (arn, input) = (text(&target["arn"]), &target["input"]);
        assert!(target["dead_letter_config"][0]["arn"].is_string());
        assert!((60..=86_400).contains(&target["retry_policy"][0]["maximum_event_age_in_seconds"].as_i64().unwrap()));
        let (_, api) = arn.rsplit_once(":scheduler:::aws-sdk:").unwrap();
        if let Some(parameters) = input.get("Parameters") {
            assert_eq!(api, "ssm:startAutomationExecution");
            let pool = text(&parameters["NodeGroup"][0]).to_owned();
            let document = text(&input["DocumentName"]);
            let scaling = region.pools().into_iter().find(|one| one.name == pool).unwrap().scaling;
            if document == "aws_ssm_document.nodes_on.name" {
                let said = ["Min", "Desired", "Max"].map(|size| text(&parameters[size][0]).parse::<u32>().unwrap());
                assert_eq!(said, [scaling.min(), scaling.desired(), scaling.max()]);
            }
            found.entry(pool).or_default().insert(document.to_owned());
        } else if let Some(database) = input.get("DbInstanceIdentifier") {
            found.entry(text(database).to_owned()).or_default().insert(api.to_owned());
        } else {
            assert_eq!(
                (api, text(&input["DocumentName"])),
                ("ssm:startAutomationExecution", "aws_ssm_document.karpenter_off.name")
            );
            assert!(!region.cluster().karpenter_groups().is_empty());
        }
    }
    found
}

/// True if an hour or more lies between the end of some day's hours and the start of the next one's.
fn has_pause(hours: &HoursSpec) -> bool {
    let windows: Vec<(u32, u32)> = (0..14)
        .filter_map(|day| Some((day, if day % 7 < 5 { hours.weekdays } else { hours.weekends? })))
        .map(|(day, window)| (day * 1440 + u32::from(window.from_minute()), day * 1440 + u32::from(window.to_minute())))
        .collect();
    windows.windows(2).any(|pair| pair[1].0 - pair[0].1 >= 60)
}

/// What runs is switched off outside of hours and on again, all of it that can be, and nothing else.
fn hours_end_everything(topology: &Topology, environment: &Environment, region: &Region, root: &Resources) {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let both = |one: &str, other: &str| BTreeSet::from([one.to_owned(), other.to_owned()]);
    if environment.hours().is_some_and(has_pause) {
        for pool in region.pools() {
            wanted.insert(pool.name, both("aws_ssm_document.nodes_on.name", "aws_ssm_document.nodes_off.name"));
        }
        let holders = |name| environment.regions().values().filter(|one| one.stores().contains_key(name)).count();
        for store in region.stores().values().filter(|_| !region.is_standby()) {
            let StoreKind::Database(database) = store.kind() else { continue };
            let copied = environment.standby_of(region.name()).is_some() && store.standby() == StandbyCopy::Replica;
            let shared = database.writer.is_some() && holders(store.name()) > 1;
            if database.replicas.in_region == 0 && !copied && !shared {
                let name = format!("{}-{}-{}", topology.platform(), environment.name(), store.name());
                wanted.insert(name, both("rds:startDBInstance", "rds:stopDBInstance"));
            }
        }
        // A maximum of none on the group itself: Cluster Autoscaler can't start anything.
        let steps = &root[&("aws_ssm_document".to_owned(), "nodes_off".to_owned())]["content"]["mainSteps"];
        let resize = items(steps).iter().find(|step| step["inputs"]["Api"] == "UpdateAutoScalingGroup").unwrap();
        assert!(["MinSize", "MaxSize", "DesiredCapacity"].iter().all(|size| resize["inputs"][size] == 0));
    }
    assert_eq!(switched(environment, region, root), wanted);
}

fn everything(topology: &Topology) {
    for environment in topology.environments().values() {
        for region in environment.regions().values() {
            let root = &resources(topology, environment, region);
            node_groups_are_the_pools(environment, region, root);
            cluster_is_allowed(environment, region, root);
            addons_are_in_order(environment, region, root);
            identities_have_roles(topology, environment, region, root);
            eksctl_makes_the_rest(environment, root);
            karpenter_has_what_it_needs(environment, region, root);
            hours_end_everything(topology, environment, region, root);
            names_fit(root);
        }
    }
}

#[test]
fn shipped_platforms() {
    shipped().iter().for_each(everything);
}

#[test]
fn staging_and_development_are_off_at_night_whoever_makes_their_clusters() {
    let topology = &shipped()[0];
    for name in ["staging", "development"] {
        let environment = topology.environments().values().find(|one| one.name().as_str() == name).unwrap();
        let region = environment.regions().values().next().unwrap();
        let switched = switched(environment, region, &resources(topology, environment, region));
        assert_eq!(switched.len(), region.pools().len() + 1, "{name}: all nodes and the database");
    }
}

/// Shown as its file when a property fails.
struct Random(Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_platforms(topology in strategy::topology().prop_map(Random)) {
        everything(&topology.0);
    }
}
