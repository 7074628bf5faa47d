//! The JSON Schema says what the reader says, as far as a schema can.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::format_collect,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};
use waard_model::name::*;
use waard_model::quantity::*;
use waard_model::scalar::Scalar;
use waard_model::source;

/// Wrong topologies that a schema can't refuse: what is wrong is what several values mean together, what a name stands
/// for, or what only some readers of YAML make of a value.
const BEYOND_A_SCHEMA: &[&str] = &[
    "addon-missing",
    "addon-twice",
    "addon-version-without-addon",
    "audience-missing",
    "audience-twice",
    "autoscaler-that-does-not-start",
    "bounds-reversed",
    "bucket-copies",
    "bucket-of-states",
    "bucket-tiers",
    "caches",
    "calls-itself",
    "calls-unknown",
    "calls-what-has-no-port",
    "calls-what-runs-elsewhere",
    "cidr-host-bits",
    "cidr-of-services",
    "cidr-overlap",
    "cidr-prefix",
    "cidr-public",
    "cidr-too-small",
    "cluster-profile-unknown",
    "cluster-profile-unused",
    "commitment-not-offered",
    "commitment-to-nothing",
    "containers",
    "cron-hour",
    "database-backups",
    "database-max-storage",
    "database-replica-class-without-replicas",
    "database-replica-of-that-name",
    "database-replicas",
    "database-replicas-in-all",
    "database-storage",
    "database-writer-elsewhere",
    "database-writer-stands-by",
    "database-writers-in-a-circle",
    "disruption-blocks-drain",
    "disruption-both",
    "disruption-share-blocks-drain",
    "domain-elsewhere",
    "domain-too-long",
    "domain-twice",
    "edge-behaviours",
    "edge-settings",
    "edge-too-many-behaviours",
    "eksctl-log-retention",
    "eksctl-stack-name-too-long",
    "environment-name-is-no-namespace",
    "holds-unknown-store",
    "host-of-two-environments",
    "ingress-settings",
    "joined-name-too-long",
    "kafka-controller-memory",
    "kafka-copies",
    "kafka-disk-too-small",
    "kafka-even-controllers",
    "kafka-heap",
    "kafka-listeners",
    "kafka-min-insync",
    "kafka-names",
    "kafka-neighbours",
    "kafka-no-broker",
    "kafka-no-listener",
    "kafka-one-copy",
    "kafka-settings",
    "kafka-topics",
    "kafka-two-in-a-namespace",
    "kafka-user-too-long",
    "kafka-users",
    "kind-job-with-schedule",
    "kind-scheduled-with-keys-of-a-service",
    "kind-scheduled-with-replicas-in-environment",
    "kind-scheduled-without-schedule",
    "kind-service-with-schedule",
    "label-of-karpenter",
    "label-that-waard-sets",
    "like-of-like",
    "like-unknown",
    "like-with-less-memory",
    "like-without-image",
    "log-retention",
    "memory-not-whole",
    "migration-without-command",
    "missing-image-and-resources",
    "name-of-a-migration",
    "name-of-a-policy",
    "name-of-another-file",
    "name-of-headroom",
    "namespace-of-metrics",
    "namespace-of-the-mesh",
    "network-without-subnet",
    "no-home-because-of-a-taint",
    "no-home-for-dns",
    "no-home-when-empty",
    "no-primary-region",
    "no-region",
    "no-room-for-all",
    "node-group-instances",
    "node-group-labels-and-taints",
    "node-group-labels-of-kubernetes",
    "node-group-limits",
    "node-group-names",
    "node-group-sizes",
    "only-for-kafka-not-stateful",
    "only-for-unknown",
    "only-for-what-runs-elsewhere",
    "only-for-workload-and-kafka",
    "platform-nowhere",
    "policy-too-long",
    "ports",
    "primary-with-keys-of-a-standby",
    "probe-settings",
    "probe-startup-above-target",
    "residency-of-bucket",
    "residency-of-database",
    "residency-of-standby",
    "residency-outside",
    "residency-standby-elsewhere",
    "resources",
    "rollout-never-starts",
    "route-claimed-twice",
    "routes",
    "routes-straight-to-the-pods",
    "routes-through-the-gateway",
    "runs-twice",
    "runs-unknown-workload",
    "scale-fixed-with-metric",
    "scale-from-nothing",
    "scale-in-environment-from-nothing",
    "scale-settings",
    "scale-to-nothing",
    "secret-and-variable",
    "secret-literal-by-name",
    "secret-literal-in-environment",
    "shutdown-too-short",
    "size-key-of-another-store",
    "size-of-database-too-small",
    "size-of-unknown-store",
    "size-of-unknown-workload",
    "spot-for-stateful-work",
    "spot-for-system-nodes",
    "standby-protects-itself",
    "standby-protects-nothing",
    "standby-protects-standby",
    "standby-runs-nothing",
    "standby-twice-for-one-region",
    "standby-with-keys-of-a-primary",
    "standby-without-copy",
    "standby-without-its-keys",
    "store-name-twice",
    "traffic-above-100",
    "traffic-missing",
    "traffic-not-100",
    "traffic-of-a-single-region",
    "trap-12-30",
    "trap-1e3",
    "trap-account-number",
    "trap-date",
    "trap-hex",
    "trap-no",
    "trap-no-as-key",
    "trap-on-as-key",
    "unprotected-but-protected",
    "unprotected-without-reason",
    "uses-nothing-there",
    "uses-unknown-store",
    "version-too-old",
    "version-without-controllers",
    "vertical-fights-an-environment",
    "vertical-fights-horizontal",
    "volumes",
    "window-over-midnight",
    "word-trap-off",
    "yaml-tag",
    "zone-alone",
    "zone-of-another-region",
    "zone-twice",
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

#[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The file as an editor reads it: plain numbers and booleans are such, as in YAML 1.2. `None` if it is no YAML.
fn value(path: &Path) -> Option<Value> {
    let text = read(path);
    let value: serde_yaml::Value = serde_yaml::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    serde_json::to_value(value).ok()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&source::schema()).unwrap()
}

fn pattern(pattern: &str) -> Validator {
    jsonschema::draft202012::new(&json!({ "pattern": pattern })).unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

#[test]
fn it_is_a_schema() {
    jsonschema::draft202012::meta::validate(&source::schema())
        .unwrap_or_else(|error| panic!("{}: {error}", error.instance_path()));
}

#[test]
fn the_file_is_up_to_date() {
    let file = fixtures().join("../docs/waard.schema.json");
    let mut now = serde_json::to_string_pretty(&source::schema()).unwrap();
    now.push('\n');
    assert!(
        read(&file) == now,
        "docs/waard.schema.json is out of date: run `cargo xtask schema --out docs/waard.schema.json`"
    );
}

#[test]
fn it_accepts_the_good_topologies() {
    let validator = validator();
    for name in ["minimal", "waardhaven"] {
        let value = value(&fixtures().join(name).join("waard.yaml")).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn it_refuses_the_bad_topologies_that_a_schema_can() {
    let validator = validator();
    let beyond: BTreeSet<&str> = BEYOND_A_SCHEMA.iter().copied().collect();
    assert!(BEYOND_A_SCHEMA.is_sorted(), "BEYOND_A_SCHEMA is sorted by name");
    let folders = std::fs::read_dir(fixtures().join("bad")).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    cases.sort();
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        seen.insert(name);
        let accepted = value(&case.join("waard.yaml")).is_some_and(|value| validator.is_valid(&value));
        match (accepted, beyond.contains(name)) {
            (true, false) => {
                wrong.push(format!("{name}: the schema accepts it; make it refuse it, or add it to BEYOND_A_SCHEMA"));
            }
            (false, true) => wrong.push(format!("{name}: the schema refuses it; take it out of BEYOND_A_SCHEMA")),
            _ => {}
        }
    }
    wrong.extend(beyond.difference(&seen).map(|name| format!("{name}: fixtures/bad has no such case")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a definition says of texts, if it is one of a single value.
fn of_texts(definition: &Value) -> Option<&str> {
    let own = definition.get("pattern");
    let one_of_two = || definition.get("anyOf")?.get(0)?.get("pattern");
    own.or_else(one_of_two)?.as_str()
}

#[test]
fn every_definition_describes_itself() {
    let schema = source::schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let mut scalars = 0;
    for (name, definition) in definitions {
        assert!(definition["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no description");
        for (key, property) in definition["properties"].as_object().into_iter().flatten() {
            assert!(
                property["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{name}.{key} has no description"
            );
        }
        let Some(own) = of_texts(definition) else { continue };
        scalars += 1;
        let examples = definition["examples"].as_array().unwrap_or_else(|| panic!("{name} has no examples"));
        assert!(!examples.is_empty(), "{name}");
        for example in examples {
            assert!(pattern(own).is_valid(example), "{name}: {example} does not match {own}");
        }
    }
    assert!(scalars > 30, "{scalars}");
}

#[test]
fn defaults_are_valid() {
    let schema = source::schema();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        for (key, property) in definition["properties"].as_object().into_iter().flatten() {
            let Some(default) = property.get("default") else {
                continue;
            };
            let mut one = property.clone();
            one["$defs"] = schema["$defs"].clone();
            let validator = jsonschema::draft202012::new(&one).unwrap();
            assert!(validator.is_valid(default), "{name}.{key}: {default}");
        }
    }
}

/// One kind of single value: its name, its pattern, and whether its parser takes a text.
struct Kind {
    name: &'static str,
    pattern: &'static str,
    example: &'static str,
    parses: fn(&str) -> bool,
}

macro_rules! kinds {
    ($($type:ty),* $(,)?) => {
        [$(Kind {
            name: stringify!($type),
            pattern: <$type as Scalar>::PATTERN,
            example: <$type as Scalar>::EXAMPLE,
            parses: |text| text.parse::<$type>().is_ok(),
        }),*]
    };
}

fn kinds() -> impl Iterator<Item = Kind> {
    kinds![
        AccountId,
        AddonName,
        AddonVersion,
        Argument,
        ArnPattern,
        AwsAction,
        Bounds,
        Bytes,
        CacheNodeType,
        ChangeRate,
        Cidr,
        ClusterVersion,
        ContainerName,
        CountOrShare,
        Cpu,
        Cron,
        DayWindow,
        DbInstanceClass,
        Duration,
        EngineVersion,
        EnvValue,
        EnvVarName,
        EnvironmentName,
        GitPath,
        GitRepository,
        GitRevision,
        HeaderName,
        HostName,
        ImageRef,
        InstanceType,
        LabelKey,
        LabelValue,
        MountPath,
        Namespace,
        NodeGroupName,
        OccupantName,
        Owner,
        PathPattern,
        Percent,
        PlatformName,
        PortName,
        ProfileName,
        Rate,
        RegionName,
        SecretKeyRef,
        StoreName,
        SubnetId,
        TaintSpec,
        Text,
        Throughput,
        TimeZone,
        TlsPolicy,
        TopicName,
        UrlPath,
        UsdPerMonth,
        VolumeName,
        VpcId,
        WorkloadName,
        ZoneName,
    ]
    .into_iter()
}

#[test]
fn every_kind_of_value_is_among_the_kinds() {
    let schema = source::schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let there: BTreeSet<&str> = definitions
        .iter()
        .filter(|(_, definition)| of_texts(definition).is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    let here: BTreeSet<&str> = kinds().map(|kind| kind.name).collect();
    assert_eq!(there, here);
}

/// Texts near an example: cut, doubled, with a character more, less or another.
fn neighbours(example: &str) -> BTreeSet<String> {
    const OTHERS: &str = "aZ09-_./:*%@ \u{e9}\n";
    let characters: Vec<char> = example.chars().collect();
    let mut found = BTreeSet::new();
    for at in 0..=characters.len() {
        let (head, tail) = characters.split_at(at);
        let text = |parts: &[&[char]]| parts.concat().into_iter().collect::<String>();
        found.insert(text(&[head]));
        found.insert(text(&[tail]));
        for other in OTHERS.chars() {
            found.insert(text(&[head, &[other], tail]));
            found.insert(text(&[head, &[other], tail.get(1..).unwrap_or_default()]));
        }
        found.insert(text(&[head, tail.get(1..).unwrap_or_default()]));
        found.insert(text(&[head, &vec!['a'; 300], tail]));
        found.insert(text(&[head, &['0'; 12], tail]));
    }
    found.insert(example.repeat(2));
    found.insert(example.to_uppercase());
    found.insert(format!(" {example}"));
    found.insert(format!("{example} "));
    found
}

#[test]
fn the_patterns_accept_what_the_parsers_accept() {
    let mut wrong = Vec::new();
    for kind in kinds() {
        let pattern = pattern(kind.pattern);
        for text in neighbours(kind.example) {
            if (kind.parses)(&text) && !pattern.is_valid(&json!(text)) {
                wrong.push(format!("{}: the parser accepts {text:?}, {} doesn't", kind.name, kind.pattern));
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_patterns_refuse_what_people_get_wrong() {
    let table = [
        ("PlatformName", &["Shop", "my_shop", "-shop", "shop-", "1shop", "", "the-shop-of-our-company"][..]),
        ("RegionName", &["frankfurt", "eu-central", "eu-central-1a", "EU-central-1", "eu_central_1"]),
        ("ZoneName", &["eu-central-1", "a", "eu-central-1A"]),
        ("InstanceType", &["large", "m7g", "m7g.", "M7g.large"]),
        ("DbInstanceClass", &["r6g.large", "db.large"]),
        ("CacheNodeType", &["r6g.large", "cache.large"]),
        ("AccountId", &["1234", "1234-5678-9012"]),
        ("Cidr", &["10.0.0.0", "10.0.0.0/33", "10.0.0/16", "10.0.0.0/-1", "fd00::/8"]),
        ("Bounds", &["3", "3-20", "3...20", "3..", "03..20"]),
        ("Bytes", &["256", "256MB", "256M", "256 Mi", "-1Gi", ".5Gi"]),
        ("Cpu", &["250mc", "0.5m", "half", "0", "0.0", "00.5"]),
        ("Percent", &["70", "170%", "-1%", "70 %", "99.99999%"]),
        ("Duration", &["10", "10 s", "1.5s", "0s", "2w", "1h30m", "05s"]),
        ("Rate", &["1000", "1000/fortnight", "0/s", "1.5/s"]),
        ("ChangeRate", &["10/60s", "100%", "0%/15s", "10%/2h"]),
        ("UsdPerMonth", &["5", "5 EUR/month", "5 USD", "$5/month", "5USD/month"]),
        ("DayWindow", &["8am-6pm", "08:00", "8:00-18:00", "25:00-26:00", "08:60-09:00"]),
        ("TimeZone", &["EST", "UTC+2", "europe/berlin", "+02:00"]),
        ("Cron", &["0 0 3 * * *", "@daily", "* * * *", "TZ=UTC 0 3 * * *"]),
        ("ClusterVersion", &["1.36.2", "v1.36", "1.9", "latest"]),
        ("EngineVersion", &["v17", "17.x", "17.", "01"]),
        (
            "ImageRef",
            &[
                "nginx",
                "nginx:1.29",
                "library/nginx:1.29",
                "registry.example.com/api",
                "registry.example.com/api:latest",
                "registry.example.com/api@sha256:8f14e45f",
                "registry.example.com/api:main",
                "https://registry.example.com/api:1.0",
            ],
        ),
        ("SecretKeyRef", &["database-secrets", "hunter2", "/url", "Database/url", "a/b/c"]),
        ("EnvVarName", &["LOG-LEVEL", "1ST", "", "A B"]),
        ("GitPath", &["", "/a", "a/", "../a", "a/../b", "a b", "{{a}}", "-a"]),
        (
            "GitRepository",
            &[
                "git@github.com:a/b.git",
                "http://a.b/c",
                "https://u:p@a.b/c",
                "ssh://a.b/c",
                "https://a.b",
                "https://a.b/../c",
            ],
        ),
        ("GitRevision", &["", "-a", "a..b", "a/", "a.lock", "a/.b", "a b"]),
        ("PortName", &["a-port-with-a-long-name", "HTTP", "8080", "a--b"]),
        ("Namespace", &["default", "kube-system", "My-namespace"]),
        ("MountPath", &["tmp", "/", "/a/../b", "//a", "/a/"]),
        ("HostName", &["api", "api.", "*.example.com", "API.example.com", "10.0.0.1", "-a.example.com"]),
        ("UrlPath", &["ready", "/ready?full", "//ready", "/a b", "/../a"]),
        ("AwsAction", &["*", "s3:*", "s3", "s3:getObject", "S3:GetObject"]),
        ("ArnPattern", &["*", "arn:aws:s3", "arn:aws:sqs:us-east-1:1234:queue"]),
        ("LabelKey", &["-team", "a/b/c", "team/", "/team"]),
        ("TaintSpec", &["dedicated", "a=b", "a=b:Never", "a:NoSchedule"]),
        ("TlsPolicy", &["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-1-2021-06", "TLSv1.2"]),
        ("AddonVersion", &["1.11.4", "latest", "v1.11.4"]),
        ("Owner", &["platform", "@example.com", "platform@", "a b@example.com"]),
        ("Text", &["", " a", "a ", "two\nlines"]),
        ("EnvValue", &["", "two\nlines"]),
        ("VpcId", &["vpc-123", "0a1b2c3d"]),
        ("TopicName", &["Market-Data", "market_data", "-a", "a-"]),
    ];
    let mut wrong = Vec::new();
    for (name, texts) in table {
        let kind = kinds().find(|kind| kind.name == name).unwrap_or_else(|| panic!("{name}"));
        let pattern = pattern(kind.pattern);
        for text in texts {
            if (kind.parses)(text) {
                wrong.push(format!("{name}: the parser accepts {text:?}"));
            }
            if pattern.is_valid(&json!(text)) {
                wrong.push(format!("{name}: {} accepts {text:?}", kind.pattern));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
