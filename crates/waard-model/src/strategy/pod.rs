//! What is inside a pod.

use std::collections::BTreeMap;

use super::dice::{Dice, v};
use super::text;
use super::workload::Class;
use crate::name::{ContainerName, EnvVarName, PortName, SecretKeyRef, VolumeName};
use crate::quantity::{Bytes, Cpu, Duration};
use crate::spec::{ContainerRole, ContainerSpec, ProbeSpec, ProbesSpec, ResourcesSpec, VolumeKind, VolumeSpec};

const DIGEST: &str = "sha256:8f14e45fceea167a5a36dedd4bea2543d7c0f0c9d1e8b6a1f0c2e4d6a8b0c2e4";
const VARIABLES: &[&str] = &[
    "LOG_LEVEL",
    "NO",
    "ON",
    "y",
    "_",
    "ENVIRONMENT",
    "EMPTY_OK",
    "A1",
    "GREETING",
    "PATH_PREFIX",
    "NULL",
    "JAVA_OPTS",
];
const SECRETS: &[&str] = &["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "API_TOKEN"];
pub(super) const SECRET_KEYS: &[&str] = &["database-secrets/url", "app-secrets/tls.crt", "yes/NO", "a/_", "x-1/1.10"];

pub(super) fn resources(dice: &mut Dice<'_>, class: Class) -> ResourcesSpec {
    let (cpu, memory): (Cpu, Bytes) = match class {
        Class::Light => {
            (v(dice.pick(&["100m", "50m", "1m", "250m", "500m"])), v(dice.pick(&["256Mi", "128Mi", "1Gi", "200.5Mi"])))
        }
        Class::Heavy => (v(dice.pick(&["1", "2", "3", "1500m"])), v(dice.pick(&["2Gi", "4Gi", "8Gi"]))),
        Class::Gpu => (v(dice.pick(&["1", "3"])), v(dice.pick(&["4Gi", "12Gi"]))),
    };
    ResourcesSpec {
        cpu,
        cpu_limit: dice.some(30, |_| v("4")),
        memory,
        scratch: dice.some(20, |d| v(d.pick(&["1Gi", "64Mi"]))),
        gpu: u16::from(class == Class::Gpu),
    }
}

pub(super) fn image(dice: &mut Dice<'_>, name: &str) -> crate::name::ImageRef {
    let registry = dice.pick(&[
        "registry.example.com",
        "111122223333.dkr.ecr.us-east-1.amazonaws.com",
        "localhost:5000",
        "r.io:443",
    ]);
    let release = match dice.below(4) {
        0 => ":v1.0.0".to_owned(),
        1 => format!(":v1.0.0@{DIGEST}"),
        2 => format!("@{DIGEST}"),
        _ => ":1.10".to_owned(),
    };
    v(&format!("{registry}/shop/{name}{release}"))
}

pub(super) fn env(dice: &mut Dice<'_>) -> BTreeMap<EnvVarName, crate::name::EnvValue> {
    dice.some_of(VARIABLES, 0, 4).into_iter().map(|name| (v(name), text::value(dice))).collect()
}

pub(super) fn secrets(dice: &mut Dice<'_>) -> BTreeMap<EnvVarName, SecretKeyRef> {
    dice.some_of(SECRETS, 0, 2).into_iter().map(|name| (v(name), v(dice.pick(SECRET_KEYS)))).collect()
}

pub(super) fn ports(dice: &mut Dice<'_>, least: usize) -> BTreeMap<PortName, u16> {
    let numbers = dice.some_of(&[8000_u16, 8080, 1024, 65_535, 9090, 15_091], least, 3);
    let names = dice.some_of(&["http", "metrics", "grpc", "n", "on", "a-1-b-2-c-3-d4"], 3, 3);
    names.into_iter().zip(numbers).map(|(name, number)| (v(name), *number)).collect()
}

pub(super) fn probe(dice: &mut Dice<'_>, ports: &BTreeMap<PortName, u16>) -> Option<ProbeSpec> {
    let names: Vec<&PortName> = ports.keys().collect();
    if names.is_empty() {
        return None;
    }
    Some(ProbeSpec {
        path: dice.some(70, |d| v(d.pick(&["/ready", "/", "/health/~a/1.10"]))),
        port: (*dice.choose(&names)).clone(),
        every: v(dice.pick(&["10s", "5s", "1m"])),
        timeout: v(dice.pick(&["1s", "5s"])),
        failures: *dice.choose(&[3, 1, 10]),
        after: dice.some(20, |_| Duration::seconds(7)),
    })
}

pub(super) fn probes(dice: &mut Dice<'_>, ports: &BTreeMap<PortName, u16>) -> ProbesSpec {
    ProbesSpec {
        // At most 27 s, less than any target of the start.
        startup: if dice.chance(25) {
            probe(dice, ports).map(|probe| ProbeSpec {
                every: v("2s"),
                timeout: v("2s"),
                failures: *dice.choose(&[10, 1, 5]),
                ..probe
            })
        } else {
            None
        },
        readiness: if dice.chance(75) { probe(dice, ports) } else { None },
        liveness: if dice.chance(50) { probe(dice, ports) } else { None },
    }
}

pub(super) fn volumes(dice: &mut Dice<'_>) -> BTreeMap<VolumeName, VolumeSpec> {
    let names = dice.some_of(&["tmp", "cache", "yes", "work", "null"], 0, 3);
    let mounts = ["/tmp", "/var/cache/app", "/data-1.10/..data", "/on"];
    let mut made = BTreeMap::new();
    for (name, mount) in names.into_iter().zip(mounts) {
        let kind = *dice.choose(VolumeKind::ALL);
        let size = match kind {
            VolumeKind::Memory => v("64Mi"),
            VolumeKind::Scratch => v(dice.pick(&["1Gi", "256Mi"])),
            VolumeKind::Disk => v(dice.pick(&["10Gi", "100Gi"])),
        };
        made.insert(v(name), VolumeSpec { mount: v(mount), kind, size });
    }
    made
}

pub(super) fn containers(
    dice: &mut Dice<'_>,
    volumes: &BTreeMap<VolumeName, VolumeSpec>,
) -> BTreeMap<ContainerName, ContainerSpec> {
    let volumes: Vec<VolumeName> = volumes.keys().cloned().collect();
    let mut made = BTreeMap::new();
    for name in dice.some_of(&["log-shipper", "no-1", "prepare", "false"], 0, 2) {
        let container = ContainerSpec {
            role: *dice.choose(ContainerRole::ALL),
            image: image(dice, name),
            command: commands(dice, 20),
            args: commands(dice, 30),
            resources: ResourcesSpec {
                cpu: v(dice.pick(&["10m", "100m"])),
                cpu_limit: dice.some(30, |_| v("0.5")),
                memory: v(dice.pick(&["32Mi", "128Mi"])),
                scratch: None,
                gpu: 0,
            },
            env: env(dice),
            secrets: secrets(dice),
            volumes: dice.some_of(&volumes, 0, 2).into_iter().cloned().collect(),
        };
        made.insert(v(name), container);
    }
    made
}

pub(super) fn commands(dice: &mut Dice<'_>, percent: usize) -> Vec<crate::name::Argument> {
    let count = if dice.chance(percent) { dice.between(1, 3) } else { 0 };
    (0..count).map(|_| text::argument(dice)).collect()
}
