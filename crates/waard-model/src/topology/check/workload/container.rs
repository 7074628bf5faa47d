//! What is inside a pod: containers, probes, resources, secrets, volumes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::View;
use super::{resolved, written};
use crate::name::{EnvVarName, MountPath};
use crate::path::ModelPath;
use crate::quantity::{Bytes, Duration};
use crate::source::shape::nearest;
use crate::spec::{ResourcesSpec, VolumeKind, WorkloadSpec};
use crate::topology::violation::{Violation, Violations};

/// Probes that Kubernetes accepts, of ports that exist, and a start within the target.
/// Source: Kubernetes API reference, core/v1 Probe: whole seconds, at least 1.
pub(crate) fn probes(view: &View<'_>, violations: &mut Violations) {
    for (path, _, spec) in written(view) {
        let Some(probes) = &spec.probes else { continue };
        for (key, probe) in
            [("startup", &probes.startup), ("readiness", &probes.readiness), ("liveness", &probes.liveness)]
        {
            let Some(probe) = probe else { continue };
            let path = path.key("probes").key(key);
            for (key, span) in [("every", Some(probe.every)), ("timeout", Some(probe.timeout)), ("after", probe.after)]
            {
                if let Some(span) = span.filter(|span| !span.is_whole_seconds()) {
                    violations.add(
                        path.key(key),
                        format!("{span} is no whole number of seconds"),
                        "probes count in whole seconds, such as `2s`",
                    );
                }
            }
            if probe.timeout > probe.every {
                let message = format!("a try waits for {}, but the next starts after {}", probe.timeout, probe.every);
                violations.push(
                    Violation::new(path.key("timeout"), message, "not longer than `every`")
                        .judged_by(path.key("every")),
                );
            }
            if probe.failures == 0 {
                violations.add(path.key("failures"), "a probe that can't fail says nothing", "at least 1");
            }
        }
    }
    for (_, workload) in resolved(view) {
        let probes = workload.probes();
        for (key, probe) in
            [("startup", &probes.startup), ("readiness", &probes.readiness), ("liveness", &probes.liveness)]
        {
            // One that was derived has its port from another.
            let derived =
                key == "startup" && workload.spec().probes.as_ref().is_none_or(|probes| probes.startup.is_none());
            if let Some(probe) = probe.as_ref().filter(|probe| !derived && !workload.ports().contains_key(&probe.port))
            {
                violations.push(missing_port(
                    workload,
                    workload.path().key("probes").key(key).key("port"),
                    &probe.port,
                ));
            }
        }
        if let (Some(startup), Some(target)) = (&probes.startup, view.spec.targets.container_start)
            && startup.budget() > target
        {
            let message =
                format!("`{}` may take {} to start, the target is {target}", workload.name(), startup.budget());
            let path = workload.path().key("probes").key("startup");
            violations.push(Violation::new(path.clone(), message, "`after` and `every` × `failures` must not be longer, or leave `startup` out: it follows from the target").with(ModelPath::of(["targets", "container_start"]), "the target").judged_by(path));
        }
    }
}

/// What each container gets, within what it is allowed.
pub(crate) fn resources(view: &View<'_>, violations: &mut Violations) {
    let check = |path: ModelPath, resources: &ResourcesSpec, violations: &mut Violations| {
        if let Some(limit) = resources.cpu_limit.filter(|limit| *limit < resources.cpu) {
            let message = format!("a limit of {limit} is less than the {} that are requested", resources.cpu);
            violations.push(
                Violation::new(path.key("cpu_limit"), message, "at least as much, or leave it out")
                    .judged_by(path.key("cpu")),
            );
        }
        if resources.memory < Bytes::mebibytes(4) {
            violations.add(path.key("memory"), format!("no process starts with {}", resources.memory), "4Mi at least");
        }
        if resources.gpu > 16 {
            violations.add(path.key("gpu"), format!("no instance has {} GPUs", resources.gpu), "at most 16");
        }
    };
    for (path, _, spec) in written(view) {
        if let Some(resources) = &spec.resources {
            check(path.key("resources"), resources, violations);
        }
        if let Some(resources) = spec.migration.as_ref().and_then(|migration| migration.resources.as_ref()) {
            check(path.key("migration").key("resources"), resources, violations);
        }
        for (name, container) in &spec.containers {
            check(path.key("containers").key(name.as_str()).key("resources"), &container.resources, violations);
        }
        if spec.user == Some(0) {
            violations.add(
                path.key("user"),
                "pods don't run as root",
                "a number above 0, above 10000 if the image allows it",
            );
        }
    }
}

/// Secrets stay references, and no variable is said twice.
pub(crate) fn secrets(view: &View<'_>, violations: &mut Violations) {
    for (path, name, spec) in written(view) {
        variables(&path, &spec.env, spec.secrets.keys(), violations);
        for (environment, sizes) in &view.spec.environments {
            if let Some(size) = sizes.workloads.get(name) {
                let path = ModelPath::of(["environments", environment.as_str(), "workloads", name.as_str()]);
                variables(&path, &size.env, spec.secrets.keys(), violations);
            }
        }
        for (name, container) in &spec.containers {
            variables(&path.key("containers").key(name.as_str()), &container.env, container.secrets.keys(), violations);
        }
        if let Some(migration) = &spec.migration
            && migration.command.is_empty()
        {
            violations.add(
                path.key("migration").key("command"),
                "the migration has no command",
                "name it, such as `[python, manage.py, migrate]`",
            );
        }
    }
}

fn variables<'s>(
    path: &ModelPath,
    env: &BTreeMap<EnvVarName, crate::name::EnvValue>,
    secrets: impl Iterator<Item = &'s EnvVarName>,
    violations: &mut Violations,
) {
    for name in env.keys().filter(|name| name.names_a_secret()) {
        let message = format!("`{name}` is the name of a secret, whose value can't stand in a topology");
        violations.push(
            Violation::new(
                path.key("env").key(name.as_str()),
                message,
                format!("say under `secrets` where it is kept: `{name}: <secret>/<key>`"),
            )
            .about_key()
            .about_secret(),
        );
    }
    for name in secrets.filter(|name| env.contains_key(name)) {
        violations.push(
            Violation::new(
                path.key("env").key(name.as_str()),
                format!("`{name}` stands in `secrets` too"),
                "keep one of the two",
            )
            .about_key()
            .with(path.key("secrets").key(name.as_str()), "here"),
        );
    }
}

/// Mounts that don't hide one another, and memory volumes that fit.
pub(crate) fn volumes(view: &View<'_>, violations: &mut Violations) {
    for (path, _, spec) in written(view) {
        let volumes = spec
            .volumes
            .iter()
            .map(|(name, volume)| (path.key("volumes").key(name.as_str()).key("mount"), &volume.mount));
        let files = spec.secret_files.keys().map(|file| (path.key("secret_files").key(file.as_str()), file));
        let mounts: Vec<(ModelPath, &MountPath)> = volumes.chain(files).collect();
        for (index, (at, mount)) in mounts.iter().enumerate() {
            let inside = |a: &MountPath, b: &MountPath| {
                a == b || a.as_str().strip_prefix(b.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            let hides = mounts.iter().take(index).find(|(_, other)| inside(mount, other) || inside(other, mount));
            if let Some((other, place)) = hides {
                let message = if mount.as_str() == place.as_str() {
                    format!("`{mount}` is mounted twice")
                } else if inside(mount, place) {
                    format!("`{mount}` stands inside of the mount `{place}`")
                } else {
                    format!("the mount `{place}` stands inside of `{mount}`")
                };
                let violation =
                    Violation::new(at.clone(), message, "mount each beside the other, where neither hides the other")
                        .with(other.clone(), "the other one");
                // A volume says where it is mounted, a file of a secret is named by it.
                violations.push(if index < spec.volumes.len() { violation } else { violation.about_key() });
            }
        }
        for (name, volume) in &spec.volumes {
            let memory = spec.resources.as_ref().map(|resources| resources.memory);
            if volume.kind == VolumeKind::Memory && memory.is_some_and(|memory| volume.size >= memory) {
                let at = path.key("volumes").key(name.as_str()).key("size");
                let message =
                    format!("a volume of {} in memory takes all the memory that the container gets", volume.size);
                violations.push(
                    Violation::new(at, message, "less than `resources.memory`, which it counts to")
                        .judged_by(path.key("resources")),
                );
            }
        }
    }
}

/// Further containers: names, volumes.
pub(crate) fn containers(view: &View<'_>, violations: &mut Violations) {
    for (path, name, spec) in written(view) {
        let reserved: BTreeSet<&str> =
            [name.as_str(), "migration", "istio-proxy", "istio-init", "istio-validation"].into();
        for (container, inner) in &spec.containers {
            let at = path.key("containers").key(container.as_str());
            if reserved.contains(container.as_str()) {
                violations.add(
                    at.clone(),
                    format!("`{container}` is the name of another container of these pods"),
                    "choose another",
                );
            }
            for (index, volume) in inner
                .volumes
                .iter()
                .enumerate()
                .filter(|(_, volume)| !all_volumes(view, spec).contains(volume.as_str()))
            {
                violations.push(
                    Violation::new(
                        at.key("volumes").index(index),
                        format!("`{name}` has no volume `{volume}`"),
                        "name one of its `volumes`",
                    )
                    .not_among(path.key("volumes")),
                );
            }
        }
        if spec.job.as_ref().is_some_and(|job| job.timeout < Duration::seconds(1)) {
            violations.add(path.key("job").key("timeout"), "a run can't be shorter than a second", "1s at least");
        }
    }
}

/// A port that is named, but isn't there.
pub(super) fn missing_port(
    workload: &crate::topology::Workload,
    path: ModelPath,
    port: &crate::name::PortName,
) -> Violation {
    let names: Vec<&str> = workload.ports().keys().map(crate::name::PortName::as_str).collect();
    let help = match nearest(port.as_str(), &names) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.is_empty() => format!("add `ports: {{ {port}: 8080 }}`"),
        None => format!("name one of its `ports`: {}", names.join(", ")),
    };
    let own = workload.path();
    let violation =
        Violation::new(path.clone(), format!("`{}` has no port `{port}`", workload.name()), help).judged_by(path);
    violation.not_among(own.key("ports")).judged_by(own.key("like"))
}

fn all_volumes<'v>(view: &View<'v>, spec: &'v WorkloadSpec) -> BTreeSet<&'v str> {
    let base = spec.like.as_ref().and_then(|like| view.spec.workloads.get(like));
    spec.volumes
        .keys()
        .chain(base.into_iter().flat_map(|base| base.volumes.keys()))
        .map(crate::name::VolumeName::as_str)
        .collect()
}
