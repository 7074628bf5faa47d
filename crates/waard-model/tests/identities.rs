//! Identities and pools: what pods may do in AWS, and which managed node groups there are, judged without the code that
//! makes them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test reads fixtures, and stops where something is wrong"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use waard_model::spec::{Addon, AutoscalerKind, StandbyCopy, WorkKind, ZoneLayout};
use waard_model::topology::identity::{Policy, Statement};
use waard_model::topology::{Duty, Environment, Identity, Region, StoreKind};
use waard_model::{Topology, source, strategy};

fn fixture(change: impl Fn(String) -> String) -> Topology {
    let path = format!("{}/../../fixtures/waardhaven/waard.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = change(std::fs::read_to_string(path).unwrap());
    source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() }
}

/// Actions that AWS can't keep to a resource, and that no condition keeps to a region or a name either: services that
/// belong to no region, lists of an account.
/// Source: AWS Service Authorization Reference, the tables of each service.
const UNSCOPED: [(&str, &str); 5] = [
    ("iam:ListInstanceProfiles", "IAM: a list, no resource types but instance profiles of a path"),
    ("iam:ListServerCertificates", "IAM: a list, no resource types but server certificates of a path"),
    ("pricing:GetProducts", "Price List: no resource types"),
    ("route53:ListHostedZones", "Route 53: no resource types"),
    ("shield:GetSubscriptionState", "Shield: no resource types"),
];

fn faults(identity: &Identity, environment: &Environment, region: &Region) -> Vec<String> {
    let mut found = Vec::new();
    let mut sids = BTreeSet::new();
    for statement in &identity.statements {
        let mut report = |fault: &str| found.push(format!("{}: {}: {fault}", identity.role, statement.sid));
        if !sids.insert(&statement.sid) || !statement.sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            report("the sid is not its own, or refused");
        }
        if statement.actions.is_empty() || statement.resources.is_empty() {
            report("it says nothing");
        }
        if statement.resources.iter().any(|resource| resource == "*") && statement.conditions.is_empty() {
            for action in &statement.actions {
                if !UNSCOPED.iter().any(|(name, _)| name == action) {
                    report(&format!("{action} is allowed on everything"));
                }
            }
        }
        for action in &statement.actions {
            if action.ends_with(":*") || action == "*" {
                report(&format!("{action} is everything"));
            }
        }
        for resource in statement.resources.iter().filter(|resource| *resource != "*") {
            let parts: Vec<&str> = resource.splitn(6, ':').collect();
            assert_eq!((parts.len(), parts[0]), (6, "arn"), "{resource}");
            if let (Some(account), false) = (environment.account(), statement.sid.starts_with("Permission"))
                && !["", account.as_str()].contains(&parts[4])
            {
                report(&format!("{resource} is not of the account"));
            }
        }
        if statement.actions.iter().any(|action| action.starts_with("kms:"))
            && !statement.sid.starts_with("Permission")
            && !statement.conditions["StringEquals"].contains_key("kms:ViaService")
        {
            report("keys without a service");
        }
    }
    let partition = format!("arn:{}:iam::aws:policy/", region.name().partition());
    if !identity.managed.iter().all(|arn| arn.starts_with(&partition)) {
        found.push(format!("{}: {:?}", identity.role, identity.managed));
    }
    if identity.statements.is_empty() && identity.managed.is_empty() {
        found.push(format!("{} may do nothing", identity.role));
    }
    if serde_json::to_string(&Policy(&identity.statements)).unwrap().len() > 10_240 {
        found.push(format!("{} is too long for a role", identity.role));
    }
    found
}

/// The resources on which any statement allows an action.
fn allowed<'i>(identity: &'i Identity, action: &str) -> BTreeSet<&'i str> {
    let with = |statement: &&Statement| statement.actions.iter().any(|each| each == action);
    identity.statements.iter().filter(with).flat_map(|each| each.resources.iter().map(String::as_str)).collect()
}

fn one<'i>(identities: &'i [Identity], account: &str) -> Option<&'i Identity> {
    let mut found = identities.iter().filter(|identity| identity.service_account == account);
    let first = found.next();
    assert!(found.next().is_none(), "{account} twice");
    first
}

fn judge(topology: &Topology) {
    let mut roles = BTreeSet::new();
    for (environment, region) in topology.regions() {
        let identities = topology.identities(environment, region);
        for identity in &identities {
            assert_eq!(faults(identity, environment, region), Vec::<String>::new());
            assert!(roles.insert(identity.role.clone()), "{} twice", identity.role);
            assert!(identity.role.len() <= 64, "{}", identity.role);
        }
        let platform = topology.platform();
        for workload in region.workloads().values() {
            let identity = one(&identities, &format!("{platform}-{}", workload.name()));
            let buckets: BTreeSet<String> = workload
                .uses()
                .iter()
                .filter(|name| matches!(region.stores()[*name].kind(), StoreKind::Bucket(_)))
                .map(|name| format!("arn:aws:s3:::{platform}-{}-{}-{name}", environment.name(), region.name()))
                .collect();
            let needed = !buckets.is_empty() || !workload.spec().permissions.is_empty();
            assert_eq!(identity.is_some(), needed, "{}", workload.name());
            let Some(identity) = identity else { continue };
            assert_eq!(identity.namespace, workload.namespace().as_str());
            // What the topology itself permits is the writer's word; without it, exactly the buckets.
            let own = Identity {
                statements: identity.statements.iter().filter(|s| !s.sid.starts_with("Permission")).cloned().collect(),
                ..identity.clone()
            };
            let listed: BTreeSet<&str> = buckets.iter().map(String::as_str).collect();
            let objects: Vec<String> = buckets.iter().map(|bucket| format!("{bucket}/*")).collect();
            assert_eq!(allowed(&own, "s3:ListBucket"), listed);
            for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] {
                assert_eq!(allowed(&own, action), objects.iter().map(String::as_str).collect(), "{action}");
            }
        }
        secrets(topology, environment, region, one(&identities, "external-secrets"));
        let kind = region.cluster().settings().autoscaler.kind;
        assert_eq!(one(&identities, "cluster-autoscaler").is_some(), kind == AutoscalerKind::ClusterAutoscaler);
        assert_eq!(one(&identities, "karpenter").is_some(), kind == AutoscalerKind::Karpenter);
        let addons = &region.cluster().settings().addons;
        for (account, addon) in [
            ("aws-node", Addon::VpcCni),
            ("ebs-csi-controller-sa", Addon::EbsCsi),
            ("efs-csi-controller-sa", Addon::EfsCsi),
        ] {
            let identity = one(&identities, account);
            assert_eq!(identity.is_some(), addons.contains(&addon), "{account}");
            assert!(identity.is_none_or(|identity| identity.addon == Some(addon)));
        }
        assert_eq!(one(&identities, "alertmanager").is_some(), environment.account().is_some());
        assert_eq!(
            one(&identities, "aws-load-balancer-controller").is_some(),
            one(&identities, "external-dns").is_some()
        );
        let exposed = region.workloads().values().any(|workload| !workload.exposed().is_empty());
        assert!(!exposed || one(&identities, "aws-load-balancer-controller").is_some());
    }
}

/// External Secrets reads what pods refer to and what its mirrors need, and writes what a mirror elsewhere needs.
fn secrets(topology: &Topology, environment: &Environment, region: &Region, identity: Option<&Identity>) {
    let account = environment.account().map_or("*", |account| account.as_str());
    let arn = |region: &Region, name: String, end: &str| {
        let path = format!("{}/{}/{name}", topology.platform(), environment.name());
        format!("arn:aws:secretsmanager:{}:{account}:secret:{path}{end}", region.name())
    };
    let mut read: BTreeSet<String> = BTreeSet::new();
    for workload in region.workloads().values() {
        // In a standby region also what runs only after a failover.
        let spec = workload.spec();
        let migration = workload.migration().filter(|_| region.may_write_data_of(workload));
        let mut references: Vec<&waard_model::name::SecretKeyRef> = spec.secrets.values().collect();
        references.extend(spec.secret_files.values());
        references.extend(spec.containers.values().flat_map(|container| container.secrets.values()));
        references.extend(migration.iter().flat_map(|migration| migration.secrets.values()));
        read.extend(references.iter().map(|secret| arn(region, secret.secret().to_owned(), "-??????")));
    }
    let mut written: BTreeSet<String> = BTreeSet::new();
    let pair = |standby: &Region, primary: &Region| {
        let copied = |name: &&waard_model::name::StoreName| {
            let store = &primary.stores()[*name];
            matches!(store.kind(), StoreKind::Kafka(kafka) if !kafka.topics.is_empty())
                && store.standby() == StandbyCopy::Replica
        };
        let names = primary.stores().keys().filter(|name| standby.stores().contains_key(*name)).filter(copied);
        let both = |name| ["", "-ca"].map(|end| format!("kafka-mirror-{name}-{}{end}", primary.name()));
        names.flat_map(both).collect::<Vec<String>>()
    };
    for other in environment.regions().values() {
        let protects =
            |a: &Region, b: &Region| matches!(a.duty(), Duty::Standby { protects, .. } if protects == b.name());
        if protects(region, other) {
            read.extend(pair(region, other).into_iter().map(|name| arn(region, name, "-??????")));
        }
        if protects(other, region) {
            for name in pair(other, region) {
                written.extend(["", "-??????"].map(|end| arn(other, name.clone(), end)));
            }
        }
    }
    assert_eq!(identity.is_some(), !read.is_empty() || !written.is_empty());
    let Some(identity) = identity else { return };
    let both: BTreeSet<&str> = read.iter().chain(&written).map(String::as_str).collect();
    assert_eq!(allowed(identity, "secretsmanager:GetSecretValue"), both);
    assert_eq!(allowed(identity, "secretsmanager:PutSecretValue"), written.iter().map(String::as_str).collect());
}

#[test]
fn the_founding_platform_has_the_least_rights() {
    judge(&fixture(|text| text));
    judge(&fixture(|text| text.replace("  production:\n", "  production:\n    account: \"111122223333\"\n")));
    judge(&fixture(|text| {
        text.replace("autoscaler: &autoscaler\n", "autoscaler: &autoscaler\n      kind: karpenter\n")
    }));
}

/// The policy of a workload, word for word.
#[test]
fn a_policy_reads_as_iam_has_it() {
    let topology = fixture(|text| text);
    let (environment, region) = topology.regions().find(|(_, region)| region.name().as_str() == "eu-west-1").unwrap();
    let identities = topology.identities(environment, region);
    let identity = one(&identities, "waardhaven-data-processing").unwrap();
    assert_eq!(identity.role, "waardhaven-production-eu-west-1-data-processing");
    let bucket = "arn:aws:s3:::waardhaven-production-eu-west-1-data-lake";
    assert_eq!(
        serde_json::to_value(Policy(&identity.statements)).unwrap(),
        serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ListBuckets",
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                    "Resource": [bucket],
                    "Condition": { "StringEquals": { "aws:ResourceAccount": ["${aws:PrincipalAccount}"] } },
                },
                {
                    "Sid": "ReadAndWriteObjects",
                    "Effect": "Allow",
                    "Action": [
                        "s3:AbortMultipartUpload",
                        "s3:DeleteObject",
                        "s3:GetObject",
                        "s3:ListMultipartUploadParts",
                        "s3:PutObject",
                    ],
                    "Resource": [format!("{bucket}/*")],
                    "Condition": { "StringEquals": { "aws:ResourceAccount": ["${aws:PrincipalAccount}"] } },
                },
                {
                    "Sid": "EncryptObjects",
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                    "Resource": ["arn:aws:kms:eu-west-1:*:key/*"],
                    "Condition": {
                        "StringEquals": {
                            "aws:ResourceAccount": ["${aws:PrincipalAccount}"],
                            "kms:ViaService": ["s3.eu-west-1.amazonaws.com"],
                        },
                        "StringLike": { "kms:EncryptionContext:aws:s3:arn": [bucket, format!("{bucket}/*")] },
                    },
                },
            ],
        })
    );
}

/// Pools are as large together as their group at its fewest, wanted and most nodes, and have the share of spot there.
fn judge_pools(topology: &Topology) {
    for (_, region) in topology.regions() {
        let cluster = region.cluster();
        let mut names = BTreeSet::new();
        let pools = region.pools();
        let mut sums: BTreeMap<(&str, &[waard_model::name::ZoneName]), [u32; 3]> = BTreeMap::new();
        for pool in &pools {
            assert!(names.insert(&pool.name), "{} twice", pool.name);
            let (scaling, group) = (pool.scaling, pool.group);
            assert!(scaling.min() <= scaling.desired() && scaling.desired() <= scaling.max() && scaling.max() > 0);
            let sum = sums.entry((group.name().as_str(), pool.zones)).or_default();
            for (sum, n) in sum.iter_mut().zip([scaling.min(), scaling.desired(), scaling.max()]) {
                *sum += n;
            }
            assert_eq!(pool.zones.len() == 1, group.zones() == ZoneLayout::Each || region.zones().len() == 1);
            let all = group.scaling();
            for (here, of) in
                [(scaling.min(), all.min()), (scaling.desired(), all.desired()), (scaling.max(), all.max())]
            {
                let above = u64::from(of.saturating_sub(group.on_demand_base()));
                let spot = above * u64::from(group.spot().millionths()) / 1_000_000;
                let expected = if pool.spot { spot } else { u64::from(of) - spot };
                assert_eq!(u64::from(here), expected, "{} of {of}", pool.name);
            }
        }
        for group in cluster.managed_groups() {
            let places: Vec<&[_]> = match group.zones() {
                ZoneLayout::Across => vec![region.zones()],
                ZoneLayout::Each => region.zones().chunks(1).collect(),
            };
            for zones in places {
                let all = group.scaling();
                assert_eq!(sums[&(group.name().as_str(), zones)], [all.min(), all.desired(), all.max()]);
            }
        }
        let (managed, other) = (cluster.managed_groups(), cluster.karpenter_groups());
        assert_eq!(managed.len() + other.len(), cluster.node_groups().len());
        assert!(managed.iter().any(|group| group.takes_everything() && group.scaling().min() > 0));
        if cluster.settings().autoscaler.kind == AutoscalerKind::ClusterAutoscaler {
            assert!(other.is_empty());
        }
        assert!(!other.iter().any(|group| matches!(group.work(), WorkKind::System | WorkKind::Stateful)));
    }
}

#[test]
fn the_pools_of_the_founding_platform() {
    let topology = fixture(|text| text);
    judge_pools(&topology);
    let production = topology.environments().values().find(|each| each.name().as_str() == "production").unwrap();
    let region = production.regions().values().find(|region| region.name().as_str() == "us-east-1").unwrap();
    let shown: Vec<String> = region
        .pools()
        .iter()
        .map(|pool| {
            let zones: String = pool.zones.iter().map(waard_model::name::ZoneName::letter).collect();
            format!("{} {zones} {} {}", pool.name, pool.scaling, pool.spot)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "api abc 3..14, starting with 5 false",
            "api-spot abc 0..6, starting with 0 true",
            "data-processing abc 1..2, starting with 1 false",
            "data-processing-spot abc 1..8, starting with 2 true",
            "kafka-a a 1..2, starting with 1 false",
            "kafka-b b 1..2, starting with 1 false",
            "kafka-c c 1..2, starting with 1 false",
            "ml-training abc 0..1, starting with 1 false",
            "ml-training-spot abc 0..4, starting with 0 true",
            "system abc 3..6, starting with 3 false",
        ]
    );
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn identities_of_random_platforms_have_the_least_rights(topology in strategy::topology()) {
        judge(&topology);
    }

    #[test]
    fn pools_of_random_platforms_add_up(topology in strategy::topology()) {
        judge_pools(&topology);
    }
}
