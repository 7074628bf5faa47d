//! Containers: image, environment, resources, probes, security.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, HTTPGetAction, Lifecycle, LifecycleHandler,
    Probe as ProbeObject, ResourceRequirements, SecretKeySelector, SecurityContext, SleepAction, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use waard_model::name::{Argument, ContainerName, EnvValue, EnvVarName, ImageRef, SecretKeyRef};
use waard_model::spec::{ContainerRole, ContainerSpec, ResourcesSpec};
use waard_model::topology::{Probe, Workload};

use super::{volumes, with};
use crate::Site;
use crate::kafka::client;

/// The resource of NVIDIA's device plugin. A GPU is never shared, so its limit is its request.
const GPU: &str = "nvidia.com/gpu";

/// The workload's main container.
pub(super) fn main(site: Site<'_>, workload: &Workload) -> Container {
    let probes = workload.probes();
    let ports: Vec<ContainerPort> = workload
        .ports()
        .iter()
        .map(|(name, port)| ContainerPort {
            name: Some(name.to_string()),
            container_port: (*port).into(),
            protocol: Some("TCP".to_owned()),
            ..ContainerPort::default()
        })
        .collect();
    let spec = workload.spec();
    Container {
        name: workload.name().to_string(),
        command: arguments(&spec.command),
        args: arguments(&spec.args),
        ports: (!ports.is_empty()).then_some(ports),
        env: with(env(&spec.env, &spec.secrets), client::variables(site, workload)),
        resources: Some(resources(workload.resources())),
        startup_probe: probes.startup.as_ref().map(probe),
        readiness_probe: probes.readiness.as_ref().map(probe),
        liveness_probe: probes.liveness.as_ref().map(probe),
        lifecycle: workload.shutdown().drain.map(|drain| Lifecycle {
            // While it sleeps, load balancers and other pods forget the pod; only then is the process told to stop.
            pre_stop: Some(LifecycleHandler {
                sleep: Some(SleepAction { seconds: drain.as_secs_i32().into() }),
                ..LifecycleHandler::default()
            }),
            ..Lifecycle::default()
        }),
        volume_mounts: with(volumes::mounts(workload, None), client::mounts(site, workload)),
        ..base(site, workload.image())
    }
}

/// A further container of the workload's pods.
pub(super) fn further(site: Site<'_>, workload: &Workload, name: &ContainerName, spec: &ContainerSpec) -> Container {
    Container {
        name: name.to_string(),
        command: arguments(&spec.command),
        args: arguments(&spec.args),
        env: env(&spec.env, &spec.secrets),
        resources: Some(resources(&spec.resources)),
        volume_mounts: volumes::mounts(workload, Some(&spec.volumes)),
        restart_policy: (spec.role == ContainerRole::Sidecar).then(|| "Always".to_owned()),
        ..base(site, &spec.image)
    }
}

/// What every container has: an image, and no more rights than it needs.
pub(super) fn base(site: Site<'_>, image: &ImageRef) -> Container {
    Container {
        image: Some(regional_image(site, image)),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), ..Capabilities::default() }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        ..Container::default()
    }
}

/// An image of Amazon ECR is pulled from the cluster's own region, where replication puts it: a lost region must not
/// keep another one from starting pods. Images of other registries are left as they are.
fn regional_image(site: Site<'_>, image: &ImageRef) -> String {
    let text = image.as_str();
    let regional = || {
        let (host, rest) = text.split_once('/')?;
        let (account, host) = host.split_once(".dkr.ecr.")?;
        let (_, suffix) = host.split_once(".amazonaws.com")?;
        suffix.is_empty().then(|| format!("{account}.dkr.ecr.{}.amazonaws.com/{rest}", site.region.name()))
    };
    regional().unwrap_or_else(|| text.to_owned())
}

pub(super) fn arguments(arguments: &[Argument]) -> Option<Vec<String>> {
    (!arguments.is_empty()).then(|| arguments.iter().map(|argument| literal(argument.as_str())).collect())
}

/// Kubernetes replaces `$(NAME)` in arguments and values, and `$$` by `$`; a topology means what it says, so where a text
/// has one of the two, every `$` in it is written twice.
/// Source: k8s.io/kubernetes `third_party/forked/golang/expansion/expand.go`.
fn literal(text: &str) -> String {
    if text.contains("$(") || text.contains("$$") { text.replace('$', "$$") } else { text.to_owned() }
}

/// Variables in the order of their names, secrets by reference.
pub(super) fn env(
    values: &BTreeMap<EnvVarName, EnvValue>,
    secrets: &BTreeMap<EnvVarName, SecretKeyRef>,
) -> Option<Vec<EnvVar>> {
    let plain = values.iter().map(|(name, value)| {
        let variable = EnvVar { name: name.to_string(), value: Some(literal(value.as_str())), ..EnvVar::default() };
        (name, variable)
    });
    let secret = secrets.iter().map(|(name, secret)| {
        let reference = SecretKeySelector {
            name: secret.secret().to_owned(),
            key: secret.key().to_owned(),
            ..SecretKeySelector::default()
        };
        let source = EnvVarSource { secret_key_ref: Some(reference), ..EnvVarSource::default() };
        (name, EnvVar { name: name.to_string(), value_from: Some(source), ..EnvVar::default() })
    });
    let all: BTreeMap<&EnvVarName, EnvVar> = plain.chain(secret).collect();
    (!all.is_empty()).then(|| all.into_values().collect())
}

/// Requests, and as limits: memory always, CPU where it is said, GPUs.
pub(super) fn resources(resources: &ResourcesSpec) -> ResourceRequirements {
    let mut requests = BTreeMap::from([
        ("cpu".to_owned(), Quantity(resources.cpu.to_string())),
        ("memory".to_owned(), Quantity(resources.memory.to_string())),
    ]);
    let mut limits = BTreeMap::from([("memory".to_owned(), Quantity(resources.memory.to_string()))]);
    if let Some(limit) = resources.cpu_limit {
        limits.insert("cpu".to_owned(), Quantity(limit.to_string()));
    }
    if let Some(scratch) = resources.scratch {
        requests.insert("ephemeral-storage".to_owned(), Quantity(scratch.to_string()));
        limits.insert("ephemeral-storage".to_owned(), Quantity(scratch.to_string()));
    }
    if resources.gpu > 0 {
        requests.insert(GPU.to_owned(), Quantity(resources.gpu.to_string()));
        limits.insert(GPU.to_owned(), Quantity(resources.gpu.to_string()));
    }
    ResourceRequirements { requests: Some(requests), limits: Some(limits), ..ResourceRequirements::default() }
}

fn probe(probe: &Probe) -> ProbeObject {
    let port = IntOrString::String(probe.port.to_string());
    let mut object = ProbeObject {
        initial_delay_seconds: probe.after.map(waard_model::quantity::Duration::as_secs_i32),
        period_seconds: Some(probe.every.as_secs_i32()),
        timeout_seconds: Some(probe.timeout.as_secs_i32()),
        failure_threshold: Some(probe.failures.into()),
        ..ProbeObject::default()
    };
    match &probe.path {
        Some(path) => {
            object.http_get = Some(HTTPGetAction { path: Some(path.to_string()), port, ..HTTPGetAction::default() });
        }
        None => {
            object.tcp_socket = Some(TCPSocketAction { port, ..TCPSocketAction::default() });
        }
    }
    object
}
