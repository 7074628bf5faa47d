//! A Kubernetes manifest and a root module never state the same fact twice with different values.
//!
//! Both sides are read from what is emitted: names that one side gives and the other refers to, for the shipped
//! topologies and for random ones.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test of xtask reads files, and fails by panicking, in its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use hcl::expr::{Expression, ObjectKey};
use proptest::prelude::*;
use serde::Deserialize as _;
use serde_json::Value;
use waard_model::Topology;
use waard_model::artifact::Artifact;

/// A cluster, and the root module of what is beneath it.
struct Pair {
    environment: String,
    cluster: String,
    region: String,
    /// Objects of the cluster and values of its controllers.
    documents: Vec<Value>,
    /// The configuration of eksctl, where that makes the cluster.
    eksctl: Option<Value>,
    blocks: Vec<hcl::Block>,
    /// Address ranges of all roots of the environment.
    ranges: BTreeSet<String>,
    /// Secrets that clusters of the environment put into Secrets Manager.
    pushed: BTreeSet<String>,
}

fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap())
        .filter(|document| !document.is_null())
        .collect()
}

fn pairs(topology: &Topology, artifacts: &[Artifact]) -> Vec<Pair> {
    pairs_of(topology, artifacts, |_, _| true)
}

/// Those of some environments and regions.
fn pairs_of(topology: &Topology, artifacts: &[Artifact], wanted: impl Fn(&str, &str) -> bool) -> Vec<Pair> {
    let below = |prefix: &str| -> Vec<&Artifact> {
        artifacts.iter().filter(|artifact| artifact.path().as_str().starts_with(prefix)).collect()
    };
    let blocks = |prefix: &str| -> Vec<hcl::Block> {
        let files = below(prefix).into_iter().filter(|file| file.path().as_str().ends_with(".tf"));
        files.flat_map(|file| hcl::parse(file.text()).unwrap().into_blocks().collect::<Vec<_>>()).collect()
    };
    let one = |(environment, region): (&waard_model::topology::Environment, &waard_model::topology::Region)| {
        // Networks that were there before are in no root module; other regions' policies speak of them too.
        let existing = environment.regions().values().map(waard_model::topology::Region::network);
        let existing = existing.filter(|network| network.existing().is_some());
        let existing: Vec<String> = existing
            .flat_map(|network| network.private_ranges().into_iter().chain([network.cidr()]))
            .map(|range| range.to_string())
            .collect();
        let (environment, cluster) = (environment.name().to_string(), region.cluster().name().to_owned());
        let of = |folder: &str| -> Vec<Value> {
            let files = below(&format!("{folder}/{environment}/{cluster}/"));
            let files = files.into_iter().filter(|file| file.path().as_str().ends_with(".yaml"));
            files.flat_map(|file| documents(file.text())).collect()
        };
        let eksctl =
            below(&format!("eksctl/{environment}/{cluster}.yaml")).first().map(|file| documents(file.text()).remove(0));
        // Networks are all in files of one name.
        let files = below(&format!("terraform/{environment}/")).into_iter();
        let networks = files.filter(|file| file.path().as_str().ends_with("/network.tf"));
        let networks: Vec<_> = networks.flat_map(|file| hcl::parse(file.text()).unwrap().into_blocks()).collect();
        let made = ["aws_vpc", "aws_subnet"].iter().flat_map(|of| texts(&networks, of, "cidr_block"));
        let ranges = made.chain(existing).collect();
        let manifests = below(&format!("kubernetes/{environment}/"));
        let manifests = manifests.into_iter().filter(|file| file.text().contains("kind: PushSecret"));
        let mut pushed = Vec::new();
        let objects: Vec<Value> = manifests.flat_map(|file| documents(file.text())).collect();
        for document in &objects {
            every(document, "remoteKey", &mut pushed);
        }
        let pushed = pushed.into_iter().filter_map(Value::as_str).map(str::to_owned).collect();
        // Argo CD is given the values of charts as text.
        let applications = of("gitops");
        let mut charts = Vec::new();
        for application in &applications {
            every(application, "helm", &mut charts);
        }
        let values = charts.into_iter().filter_map(|chart| chart["values"].as_str()).flat_map(documents);
        Pair {
            pushed,
            documents: of("kubernetes").into_iter().chain(of("controllers")).chain(values).collect(),
            blocks: blocks(&format!("terraform/{environment}/{}/", region.name())),
            region: region.name().to_string(),
            eksctl,
            ranges,
            environment,
            cluster,
        }
    };
    let regions = topology.regions();
    regions.filter(|(of, region)| wanted(of.name().as_str(), region.name().as_str())).map(one).collect()
}

/// The texts of an argument in all resources of a type.
fn texts(blocks: &[hcl::Block], of: &str, name: &str) -> Vec<String> {
    resources(blocks, of).filter_map(|block| text(block.body(), name)).collect()
}

fn resources<'b>(blocks: &'b [hcl::Block], of: &str) -> impl Iterator<Item = &'b hcl::Block> {
    blocks.iter().filter(move |block| block.identifier() == "resource" && block.labels()[0].as_str() == of)
}

fn argument<'b>(body: &'b hcl::Body, name: &str) -> Option<&'b Expression> {
    body.attributes().find(|attribute| attribute.key() == name).map(hcl::Attribute::expr)
}

fn text(body: &hcl::Body, name: &str) -> Option<String> {
    match argument(body, name)? {
        Expression::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn map(body: &hcl::Body, name: &str) -> BTreeMap<String, String> {
    let Some(Expression::Object(pairs)) = argument(body, name) else { return BTreeMap::new() };
    let key = |key: &ObjectKey| match key {
        ObjectKey::Expression(Expression::String(text)) => text.clone(),
        other => other.to_string(),
    };
    pairs
        .iter()
        .filter_map(|(name, value)| match value {
            Expression::String(text) => Some((key(name), text.clone())),
            _ => None,
        })
        .collect()
}

/// Every value of a key, wherever it is.
fn every<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == key {
                    found.push(value);
                }
                every(value, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| every(item, key, found)),
        _ => {}
    }
}

/// Labels and taints of nodes: `workload-type=api` with `NoSchedule`.
type Nodes = (BTreeMap<String, String>, Vec<(String, String, String)>);

impl Pair {
    fn kind<'p>(&'p self, kind: &'p str) -> impl Iterator<Item = &'p Value> {
        self.documents.iter().filter(move |document| document["kind"] == kind)
    }

    fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.cluster(&mut found);
        self.nodes(&mut found);
        self.names(&mut found);
        self.ranges(&mut found);
        self.identities(&mut found);
        self.versions(&mut found);
        self.topics(&mut found);
        found.iter().map(|fault| format!("{}/{}: {fault}", self.environment, self.region)).collect()
    }

    /// One of the two makes the cluster, of that name, there.
    fn cluster(&self, found: &mut Vec<String>) {
        let ours: Vec<String> = texts(&self.blocks, "aws_eks_cluster", "name");
        let made: Vec<&str> = self
            .eksctl
            .iter()
            .filter_map(|config| config["metadata"]["name"].as_str())
            .chain(ours.iter().map(String::as_str))
            .collect();
        if made != [self.cluster.as_str()] {
            found.push(format!("{made:?} is made, and {} has objects", self.cluster));
        }
        let home = self
            .blocks
            .iter()
            .find(|block| block.identifier() == "provider")
            .and_then(|block| text(block.body(), "region"));
        if home.as_deref() != Some(&self.region) {
            found.push(format!("the root module makes things in {home:?}"));
        }
        if let Some(config) = &self.eksctl {
            if config["metadata"]["region"] != self.region.as_str() {
                found.push(format!("eksctl makes the cluster in {}", config["metadata"]["region"]));
            }
            let subnets: BTreeSet<String> = texts(&self.blocks, "aws_subnet", "cidr_block").into_iter().collect();
            let mut ranges = Vec::new();
            every(&config["vpc"]["subnets"], "cidr", &mut ranges);
            for range in ranges.iter().filter_map(|range| range.as_str()) {
                if !subnets.is_empty() && !subnets.contains(range) {
                    found.push(format!("eksctl is given the subnet {range}, which nobody makes"));
                }
            }
        }
        // What controllers are told of where they run.
        for (key, wanted) in [("clusterName", &self.cluster), ("awsRegion", &self.region)] {
            let mut values = Vec::new();
            self.documents.iter().for_each(|document| every(document, key, &mut values));
            for value in values.into_iter().filter_map(Value::as_str).filter(|value| value != wanted) {
                found.push(format!("a controller is told the {key} {value}"));
            }
        }
    }

    /// Each kind of nodes there is.
    fn kinds_of_nodes(&self) -> Vec<Nodes> {
        let managed = resources(&self.blocks, "aws_eks_node_group").map(|block| {
            let taints = block.body().blocks().filter(|block| block.identifier() == "taint").map(|block| {
                let word = |name: &str| text(block.body(), name).unwrap_or_default();
                let effect = match word("effect").as_str() {
                    "NO_SCHEDULE" => "NoSchedule",
                    "NO_EXECUTE" => "NoExecute",
                    "PREFER_NO_SCHEDULE" => "PreferNoSchedule",
                    other => panic!("{other}"),
                };
                (word("key"), word("value"), effect.to_owned())
            });
            (map(block.body(), "labels"), taints.collect())
        });
        let strings = |value: &Value| -> BTreeMap<String, String> {
            let pairs = value.as_object().into_iter().flatten();
            pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
        };
        let taints = |value: &Value| -> Vec<(String, String, String)> {
            let word = |taint: &Value, key: &str| taint[key].as_str().unwrap_or_default().to_owned();
            value
                .as_array()
                .into_iter()
                .flatten()
                .map(|taint| (word(taint, "key"), word(taint, "value"), word(taint, "effect")))
                .collect()
        };
        let groups = self.eksctl.iter().flat_map(|config| config["managedNodeGroups"].as_array().into_iter().flatten());
        let groups = groups.map(|group| (strings(&group["labels"]), taints(&group["taints"])));
        let pools = self.kind("NodePool").map(|pool| {
            let template = &pool["spec"]["template"];
            (strings(&template["metadata"]["labels"]), taints(&template["spec"]["taints"]))
        });
        managed.chain(groups).chain(pools).collect()
    }

    /// Every pod that chooses nodes finds some that it tolerates.
    fn nodes(&self, found: &mut Vec<String>) {
        let kinds = self.kinds_of_nodes();
        for document in &self.documents {
            let mut specs = Vec::new();
            every(document, "nodeSelector", &mut specs);
            let mut pods = Vec::new();
            every(document, "template", &mut pods);
            for pod in pods.iter().map(|pod| &pod["spec"]).filter(|spec| spec["nodeSelector"].is_object()) {
                let chosen: Vec<(&String, &str)> = pod["nodeSelector"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    // Those that the kubelet sets.
                    .filter(|(key, _)| !key.starts_with("kubernetes.io/") && !key.contains(".kubernetes.io/"))
                    .filter_map(|(key, value)| Some((key, value.as_str()?)))
                    .collect();
                let tolerates = |(key, value, effect): &(String, String, String)| {
                    pod["tolerations"].as_array().into_iter().flatten().any(|one| {
                        (one["key"].is_null() || one["key"] == key.as_str())
                            && (one["effect"].is_null() || one["effect"] == effect.as_str())
                            && (one["operator"] == "Exists" || one["value"].as_str().unwrap_or_default() == value)
                    })
                };
                let fits = |(labels, taints): &Nodes| {
                    chosen.iter().all(|(key, value)| labels.get(*key).is_some_and(|label| label == value))
                        && taints.iter().filter(|(_, _, effect)| effect != "PreferNoSchedule").all(tolerates)
                };
                if !kinds.iter().any(fits) {
                    found
                        .push(format!("{} chooses nodes {chosen:?}, and there are none", document["metadata"]["name"]));
                }
            }
        }
    }

    /// What is called by its name is there.
    fn names(&self, found: &mut Vec<String>) {
        let mut say = |what: &str, used: Vec<String>, of: &str, argument: &str| {
            let there = texts(&self.blocks, of, argument);
            for name in used.into_iter().filter(|name| !there.contains(name)) {
                found.push(format!("{what} {name} is used, and there are {there:?}"));
            }
        };
        let strings = |key: &str| -> Vec<String> {
            let mut values = Vec::new();
            self.documents.iter().for_each(|document| every(document, key, &mut values));
            values.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let lists = |key: &str| -> Vec<String> {
            strings(key).iter().flat_map(|list| list.split(',')).map(|name| name.trim().to_owned()).collect()
        };
        say("the firewall", strings("wafv2AclName"), "aws_wafv2_web_acl", "name");
        let groups = lists("alb.ingress.kubernetes.io/security-groups");
        say("the security group", groups, "aws_security_group", "name");
        say("the queue", strings("interruptionQueue"), "aws_sqs_queue", "name");
        let mut attributes = Vec::new();
        self.documents.iter().for_each(|document| every(document, "loadBalancerAttributes", &mut attributes));
        let buckets = attributes
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter(|one| one["key"] == "access_logs.s3.bucket");
        let buckets = buckets.filter_map(|one| one["value"].as_str()).map(str::to_owned).collect();
        say("the bucket of logs", buckets, "aws_s3_bucket", "bucket");
        // Secrets of Secrets Manager: those of stores that are AWS.
        let stores: BTreeSet<(&str, &str)> = self
            .kind("SecretStore")
            .filter(|store| store["spec"]["provider"]["aws"].is_object())
            .filter_map(|store| Some((store["metadata"]["namespace"].as_str()?, store["metadata"]["name"].as_str()?)))
            .collect();
        let mut secrets = Vec::new();
        for secret in self.kind("ExternalSecret") {
            let store = secret["spec"]["secretStoreRef"]["name"].as_str().unwrap_or_default();
            let namespace = secret["metadata"]["namespace"].as_str().unwrap_or_default();
            if stores.contains(&(namespace, store)) {
                let mut refs = Vec::new();
                every(&secret["spec"], "remoteRef", &mut refs);
                secrets.extend(refs.into_iter().filter_map(|one| one["key"].as_str()).map(str::to_owned));
            }
        }
        // Not those that another cluster keeps there.
        secrets.retain(|name| !self.pushed.contains(name));
        say("the secret", secrets, "aws_secretsmanager_secret", "name");
        let roles =
            self.kind("EC2NodeClass").filter_map(|class| class["spec"]["role"].as_str()).map(str::to_owned).collect();
        say("the role", roles, "aws_iam_role", "name");
    }

    /// Private ranges that a network policy lets through are those of networks that are made, or of services.
    fn ranges(&self, found: &mut Vec<String>) {
        // A network that was there before is in no root module.
        if self.ranges.is_empty() || resources(&self.blocks, "aws_vpc").next().is_none() {
            return;
        }
        let services = resources(&self.blocks, "aws_eks_cluster")
            .flat_map(|block| block.body().blocks())
            .find_map(|block| text(block.body(), "service_ipv4_cidr"))
            .or_else(|| Some(self.eksctl.as_ref()?["kubernetesNetworkConfig"]["serviceIPv4CIDR"].as_str()?.to_owned()));
        for policy in self.kind("NetworkPolicy") {
            let mut ranges = Vec::new();
            every(&policy["spec"], "cidr", &mut ranges);
            for range in ranges.into_iter().filter_map(Value::as_str) {
                let single = range.ends_with("/32");
                let public = range == "0.0.0.0/0" || range.starts_with("169.254.");
                let service = services.as_deref() == Some(range);
                if !public && !single && !service && !self.ranges.contains(range) {
                    found.push(format!("{} speaks of {range}, which no root module makes", policy["metadata"]["name"]));
                }
            }
        }
    }

    /// Every identity is one of a service account that is there, and each is given once.
    fn identities(&self, found: &mut Vec<String>) {
        let accounts: BTreeSet<(String, String)> = self
            .kind("ServiceAccount")
            .map(|account| {
                let word = |key: &str| account["metadata"][key].as_str().unwrap_or_default().to_owned();
                (word("namespace"), word("name"))
            })
            .collect();
        let pods = self
            .eksctl
            .iter()
            .flat_map(|config| config["iam"]["podIdentityAssociations"].as_array().into_iter().flatten());
        let pods = pods.map(|one| {
            let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            (word("namespace"), word("serviceAccountName"))
        });
        let ours = resources(&self.blocks, "aws_eks_pod_identity_association").map(|block| {
            let word = |name: &str| text(block.body(), name).unwrap_or_default();
            (word("namespace"), word("service_account"))
        });
        let mut seen = BTreeSet::new();
        for identity in pods.chain(ours) {
            if !seen.insert(identity.clone()) {
                found.push(format!("{identity:?} has two identities"));
            }
        }
        // Charts of controllers make their own service accounts.
        let platform = accounts.iter().map(|(namespace, _)| namespace.as_str()).collect::<BTreeSet<_>>();
        for (namespace, name) in seen.iter().filter(|(namespace, _)| platform.contains(namespace.as_str())) {
            if !accounts.contains(&(namespace.clone(), name.clone()))
                && namespace != "kube-system"
                && namespace != "monitoring"
            {
                found.push(format!("the identity of {namespace}/{name} is nobody's"));
            }
        }
    }
}

impl Pair {
    /// What is said of the version of Kubernetes is the version that is made.
    fn versions(&self, found: &mut Vec<String>) {
        let made = texts(&self.blocks, "aws_eks_cluster", "version").pop();
        let made = made.or_else(|| Some(self.eksctl.as_ref()?["metadata"]["version"].as_str()?.to_owned()));
        let made = made.unwrap_or_else(|| panic!("{} has no version", self.cluster));
        for document in &self.documents {
            let labels = document["metadata"]["labels"].as_object().into_iter().flatten();
            for (label, version) in labels.filter(|(label, _)| label.starts_with("pod-security.kubernetes.io/")) {
                if label.ends_with("-version") && *version != format!("v{made}") && version != "latest" {
                    found.push(format!("{label} is {version}, and the cluster has {made}"));
                }
            }
            let mut images = Vec::new();
            every(document, "image", &mut images);
            for image in images.into_iter().filter_map(Value::as_str) {
                let Some((_, tag)) = image.split_once("/cluster-autoscaler:v") else { continue };
                if !tag.starts_with(&format!("{made}.")) {
                    found.push(format!("the autoscaler is {tag}, and the cluster has {made}"));
                }
            }
        }
    }

    /// The topics that alerts are told to: `arn:aws:sns:<region>:<account>:<name>`.
    fn told(&self) -> Vec<&str> {
        let mut topics = Vec::new();
        self.documents.iter().for_each(|document| every(document, "topic_arn", &mut topics));
        topics.into_iter().filter_map(Value::as_str).collect()
    }

    fn topics(&self, found: &mut Vec<String>) {
        let there = texts(&self.blocks, "aws_sns_topic", "name");
        let provider = self.blocks.iter().find(|block| block.identifier() == "provider");
        let accounts = provider.and_then(|block| argument(block.body(), "allowed_account_ids"));
        let accounts = accounts.map(|accounts| json(accounts).to_string()).unwrap_or_default();
        for arn in self.told() {
            let parts: Vec<&str> = arn.split(':').collect();
            let (region, account, name) = (parts[3], parts[4], parts[5]);
            if region != self.region || !accounts.contains(account) || !there.iter().any(|topic| topic == name) {
                found.push(format!("alerts are told to {arn}, and there are {there:?} in {accounts}"));
            }
        }
    }

    /// What pods may do: namespace and service account, with role, statements and managed policies, whoever gives them.
    fn allowed(&self) -> BTreeMap<(String, String), Allowed> {
        let mut all = BTreeMap::new();
        let mut add = |namespace: String, account: String, allowed: Allowed| {
            assert!(all.insert((namespace.clone(), account.clone()), allowed).is_none(), "{namespace}/{account}");
        };
        if let Some(config) = &self.eksctl {
            let mut lists = Vec::new();
            every(config, "podIdentityAssociations", &mut lists);
            for one in lists.into_iter().filter_map(Value::as_array).flatten() {
                let word = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
                assert!(one["wellKnownPolicies"].is_null(), "policies that only eksctl knows: {one}");
                let managed = one["permissionPolicyARNs"].as_array().into_iter().flatten();
                let allowed = Allowed {
                    role: word("roleName"),
                    statements: statements(&one["permissionPolicy"]["Statement"]),
                    managed: managed.filter_map(|arn| arn.as_str().map(str::to_owned)).collect(),
                };
                add(word("namespace"), word("serviceAccountName"), allowed);
            }
        }
        let reference = |block: &hcl::Block, name: &str| -> String {
            let of = argument(block.body(), name).map(hcl::format::to_string).and_then(Result::ok).unwrap_or_default();
            of.trim().split('.').nth(1).unwrap_or_default().to_owned()
        };
        let role = |label: &str| -> Allowed {
            let named = resources(&self.blocks, "aws_iam_role").find(|block| block.labels()[1].as_str() == label);
            let of = |kind: &'static str| {
                resources(&self.blocks, kind).filter(|block| reference(block, "role") == label).collect::<Vec<_>>()
            };
            let policies = of("aws_iam_role_policy");
            let policies = policies.iter().filter_map(|block| argument(block.body(), "policy"));
            let attached = of("aws_iam_role_policy_attachment");
            Allowed {
                role: text(named.unwrap_or_else(|| panic!("no role {label}")).body(), "name").unwrap_or_default(),
                statements: policies.flat_map(|policy| statements(&json(policy)["Statement"])).collect(),
                managed: attached.iter().filter_map(|block| text(block.body(), "policy_arn")).collect(),
            }
        };
        for block in resources(&self.blocks, "aws_eks_pod_identity_association") {
            let word = |name: &str| text(block.body(), name).unwrap_or_default();
            add(word("namespace"), word("service_account"), role(&reference(block, "role_arn")));
        }
        // Add-ons have theirs in themselves; EKS has them all in one namespace.
        for addon in resources(&self.blocks, "aws_eks_addon").flat_map(|addon| addon.body().blocks()) {
            if addon.identifier() == "pod_identity_association" {
                let account = text(addon.body(), "service_account").unwrap_or_default();
                add("kube-system".to_owned(), account, role(&reference(addon, "role_arn")));
            }
        }
        all
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Allowed {
    role: String,
    statements: BTreeSet<String>,
    managed: BTreeSet<String>,
}

/// Statements of a policy, each as a text in which the order of lists and keys says nothing.
fn statements(value: &Value) -> BTreeSet<String> {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Array(items) => {
                let mut items: Vec<Value> = items.iter().map(sorted).collect();
                items.sort_by_key(Value::to_string);
                if let [one] = items.as_slice() { one.clone() } else { Value::Array(items) }
            }
            Value::Object(fields) => {
                let fields: BTreeMap<&String, Value> = fields.iter().map(|(key, value)| (key, sorted(value))).collect();
                fields.into_iter().map(|(key, value)| (key.clone(), value)).collect()
            }
            other => other.clone(),
        }
    }
    value.as_array().into_iter().flatten().map(|statement| sorted(statement).to_string()).collect()
}

/// What an expression says: `jsonencode(…)` is what is in it.
fn json(expression: &Expression) -> Value {
    match expression {
        Expression::Bool(value) => Value::Bool(*value),
        Expression::String(text) => Value::String(text.replace("$${", "${")),
        Expression::Array(values) => values.iter().map(json).collect(),
        Expression::Object(pairs) => {
            let name = |key: &ObjectKey| key.to_string().trim_matches('"').to_owned();
            Value::Object(pairs.iter().map(|(key, value)| (name(key), json(value))).collect())
        }
        Expression::FuncCall(call) if call.name.to_string() == "jsonencode" => json(&call.args[0]),
        other => {
            let text = hcl::format::to_string(other).unwrap();
            Value::String(text.trim().trim_matches('"').replace("$${", "${"))
        }
    }
}

fn faults(topology: &Topology) -> Vec<String> {
    let mut artifacts = waard_k8s::emit(topology);
    artifacts.extend(waard_tf::emit(topology));
    pairs(topology, &artifacts).iter().flat_map(Pair::faults).collect()
}

fn written(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name).join("waard.yaml");
    fs::read_to_string(file).unwrap()
}

fn topology(text: &str) -> Topology {
    waard_model::source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

fn fixture(name: &str) -> Topology {
    topology(&written(name))
}

/// Pods may do the same, whether eksctl gives them their roles or Terraform does.
#[test]
fn both_provisioners_give_the_same_identities() {
    let plain = written("waardhaven").replace("    provisioner: eksctl\n", "");
    let environments = ["production", "staging", "development"];
    let eksctl = environments.iter().fold(plain.clone(), |text, name| {
        text.replace(&format!("\n  {name}:\n"), &format!("\n  {name}:\n    provisioner: eksctl\n"))
    });
    let allowed = |text: &str| -> Vec<_> {
        let topology = topology(text);
        let mut artifacts = waard_k8s::emit(&topology);
        artifacts.extend(waard_tf::emit(&topology));
        let pairs = pairs(&topology, &artifacts);
        pairs.iter().map(|pair| (pair.cluster.clone(), pair.eksctl.is_some(), pair.allowed())).collect()
    };
    let (ours, theirs) = (allowed(&plain), allowed(&eksctl));
    assert_eq!((ours.len(), theirs.len()), (7, 7));
    for ((cluster, by_eksctl, one), (_, by_other, other)) in ours.iter().zip(&theirs) {
        assert!(!by_eksctl && *by_other, "{cluster}");
        assert!(one.len() > 3 && one.values().all(|one| !one.role.is_empty()), "{cluster}: {one:#?}");
        assert!(one.values().all(|one| !one.statements.is_empty() || !one.managed.is_empty()), "{cluster}: {one:#?}");
        let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
        for name in names {
            assert_eq!(one.get(name), other.get(name), "{cluster}: {name:?}");
        }
    }
}

/// With accounts, alerts are told to topics that are there.
#[test]
fn alerts_are_told_to_the_topics() {
    let text = ["production", "staging", "development"].iter().fold(written("waardhaven"), |text, name| {
        text.replace(&format!("\n  {name}:\n"), &format!("\n  {name}:\n    account: \"111122223333\"\n"))
    });
    let topology = topology(&text);
    let mut artifacts = waard_k8s::emit(&topology);
    artifacts.extend(waard_tf::emit(&topology));
    for mut pair in pairs(&topology, &artifacts) {
        assert!(!pair.told().is_empty(), "{} tells nobody", pair.cluster);
        assert_eq!(pair.faults(), Vec::<String>::new());
        // Without its topic, it is noticed.
        pair.blocks.retain(|block| block.labels().first().is_none_or(|of| of.as_str() != "aws_sns_topic"));
        assert!(pair.faults().iter().any(|fault| fault.contains("alerts are told to")));
    }
}

#[test]
fn the_shipped_platforms_say_the_same_on_both_sides() {
    for name in ["minimal", "waardhaven"] {
        let found = faults(&fixture(name));
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

/// Each fact, changed on one side: it is noticed.
#[test]
fn what_differs_is_found() {
    let topology = fixture("waardhaven");
    let mut artifacts = waard_k8s::emit(&topology);
    artifacts.extend(waard_tf::emit(&topology));
    let root = "terraform/production/us-west-2";
    for (file, from, to, said) in [
        ("cluster.tf", "\"waardhaven-production-us-west-2\"", "\"waardhaven-us-west-2\"", "is made, and"),
        ("cluster.tf", "\"1.36\"", "\"1.35\"", "pod-security.kubernetes.io/enforce-version is"),
        ("cluster.tf", "\"1.36\"", "\"1.35\"", "the autoscaler is 1.36"),
        ("terraform.tf", "provider \"aws\" {\n  region", "provider \"aws\" {\n  regions", "makes things in"),
        ("node_groups.tf", "\"workload-type\" = \"api\"", "\"workload-type\" = \"web\"", "chooses nodes"),
        ("node_groups.tf", "value  = \"api\"", "value  = \"web\"", "chooses nodes"),
        ("firewall.tf", "\"waardhaven-production-us-west-2-balancer\"", "\"balancer\"", "the firewall"),
        ("balancer.tf", "\"waardhaven-production-us-west-2-balancer\"", "\"balancer\"", "the security group"),
        ("logs.tf", "\"waardhaven-production-us-west-2-logs\"", "\"logs\"", "the bucket of logs"),
        ("secrets.tf", "\"waardhaven/production/app-secrets\"", "\"app-secrets\"", "the secret"),
        ("network.tf", "\"10.3.128.0/18\"", "\"10.3.0.0/17\"", "speaks of 10.3.128.0/18"),
        (
            "identities.tf",
            "service_account = \"waardhaven-data-processing\"",
            "service_account = \"data-processing\"",
            "is nobody's",
        ),
    ] {
        let path = format!("{root}/{file}");
        let broken: Vec<Artifact> = artifacts
            .iter()
            .map(|artifact| {
                if artifact.path().as_str() != path {
                    return artifact.clone();
                }
                assert!(artifact.text().contains(from), "{path} has no {from}");
                let text = artifact.text().replacen(from, to, 1);
                Artifact::new(artifact.path().clone(), text, artifact.source().clone())
            })
            .collect();
        let here = |environment: &str, region: &str| (environment, region) == ("production", "us-west-2");
        let found: Vec<String> = pairs_of(&topology, &broken, here).iter().flat_map(Pair::faults).collect();
        assert!(found.iter().any(|fault| fault.contains(said)), "{file}: {to}: {found:#?}");
    }
}

struct Random(Topology);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spec().to_yaml())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, max_shrink_iters: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_platform_says_the_same_on_both_sides(topology in waard_model::strategy::topology().prop_map(Random)) {
        let found = faults(&topology.0);
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}
