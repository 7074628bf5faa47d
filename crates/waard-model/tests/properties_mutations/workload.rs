//! Workloads.

use waard_model::name::WorkloadName;
use waard_model::path::ModelPath;
use waard_model::spec::{
    ProbeSpec, ProbesSpec, RouteSpec, ScaleSpec, ScheduleSpec, ShutdownSpec, VerticalBoundSpec, VerticalSpec,
    VolumeKind, VolumeSpec, WorkloadSize, WorkloadSpec,
};

use super::{Mutation, alike, environment, is_service, probe, v, workload};

pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("a call to nobody", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.calls.push(v("nobody-at-all"));
            path.key("calls")
        })
    }),
    ("a call to itself", |s, c| {
        workload(s, c, |_| true).map(|(path, name, w)| {
            w.calls.push(name);
            path.key("calls")
        })
    }),
    ("a call to what doesn't run there", |s, c| {
        let callee: WorkloadName = v("zz-callee");
        let mut spec = WorkloadSpec { image: Some(v("r.io/x:1")), ..WorkloadSpec::default() };
        spec.resources = s.workloads.values().find_map(|w| w.resources.clone());
        spec.ports.insert(v("http"), 8000);
        let (path, _, caller) = workload(s, c, |_| true)?;
        caller.calls.push(callee.clone());
        s.workloads.insert(callee, spec);
        Some(path.key("calls"))
    }),
    ("a use of nothing", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.uses.push(v("nothing-at-all"));
            path.key("uses")
        })
    }),
    ("a port twice", |s, c| {
        workload(s, c, |w| !w.ports.is_empty()).map(|(path, _, w)| {
            let port = *w.ports.values().next().unwrap();
            w.ports.insert(v("zz-twice"), port);
            path.key("ports")
        })
    }),
    ("a port of root", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.ports.insert(v("zz-low"), 443);
            path.key("ports").key("zz-low")
        })
    }),
    ("a probe of no port", |s, c| {
        workload(s, c, |w| w.like.is_none()).map(|(path, _, w)| {
            w.probes = Some(ProbesSpec { startup: None, readiness: Some(probe("zz-none")), liveness: None });
            path.key("probes")
        })
    }),
    ("a start that takes too long", |s, c| {
        s.targets.container_start = Some(v("29s"));
        let (path, _, w) = workload(s, c, |w| w.like.is_none() && !w.ports.is_empty())?;
        let port = w.ports.keys().next().unwrap().to_string();
        w.probes = Some(ProbesSpec { startup: Some(probe(&port)), readiness: None, liveness: None });
        Some(path.key("probes").key("startup"))
    }),
    ("a probe that waits too long", |s, c| {
        workload(s, c, |w| w.like.is_none() && !w.ports.is_empty()).map(|(path, _, w)| {
            let port = w.ports.keys().next().unwrap().to_string();
            w.probes = Some(ProbesSpec {
                startup: None,
                readiness: Some(ProbeSpec { timeout: v("11s"), ..probe(&port) }),
                liveness: None,
            });
            path.key("probes").key("readiness")
        })
    }),
    ("a drain that is too short", |s, c| {
        workload(s, c, |w| !w.exposed.is_empty()).map(|(path, _, w)| {
            w.shutdown = Some(ShutdownSpec { drain: Some(v("4s")), finish: Some(v("1s")) });
            path.key("shutdown")
        })
    }),
    ("a drain that is inherited and too short", |s, c| {
        let (_, name, base) =
            workload(s, c, |w| is_service(w) && w.exposed.is_empty() && w.ports.contains_key(&v("http")))?;
        base.shutdown = Some(ShutdownSpec { drain: Some(v("4s")), finish: Some(v("1s")) });
        let host = format!("zz.{}", s.domain);
        let route = RouteSpec::new(v(&host));
        Some(alike(s, &name, WorkloadSpec { exposed: vec![route], ..WorkloadSpec::default() }))
    }),
    ("a variable that is inherited as a secret", |s, c| {
        let (_, name, base) = workload(s, c, is_service)?;
        base.secrets.insert(v("ZZ_URL"), v("a/b"));
        Some(alike(s, &name, WorkloadSpec { env: [(v("ZZ_URL"), v("x"))].into(), ..WorkloadSpec::default() }))
    }),
    ("a mount that hides an inherited one", |s, c| {
        let (_, name, base) = workload(s, c, |w| is_service(w) && !w.volumes.is_empty())?;
        let mount = base.volumes.values().next()?.mount.to_string();
        Some(alike(
            s,
            &name,
            WorkloadSpec { secret_files: [(v(&format!("{mount}/file")), v("a/b"))].into(), ..WorkloadSpec::default() },
        ))
    }),
    ("an inherited container of the same name", |s, c| {
        let container = s.workloads.values().find_map(|w| w.containers.values().next().cloned())?;
        let (_, name, base) = workload(s, c, |w| is_service(w) && w.containers.is_empty())?;
        base.containers.insert(v("zz-alike"), waard_model::spec::ContainerSpec { volumes: Vec::new(), ..container });
        Some(alike(s, &name, WorkloadSpec::default()))
    }),
    ("no pods", |s, c| {
        workload(s, c, is_service)
            .map(|(path, name, w)| {
                w.scale = Some(ScaleSpec::new(v("0..0")));
                (path.key("scale"), name)
            })
            .map(|(path, name)| {
                s.environments.values_mut().for_each(|e| drop(e.workloads.remove(&name)));
                path
            })
    }),
    ("an autoscaler that starts from nothing", |s, c| {
        workload(s, c, is_service)
            .map(|(path, name, w)| {
                w.scale = Some(ScaleSpec::new(v("0..3")));
                (path.key("scale"), name)
            })
            .map(|(path, name)| {
                s.environments.values_mut().for_each(|e| drop(e.workloads.remove(&name)));
                path
            })
    }),
    ("no pods in one environment", |s, c| {
        let name = environment(s, c)?;
        let running: Vec<WorkloadName> =
            s.environments.get(&name)?.regions.values().flat_map(|r| r.runs.clone()).collect();
        let service = c.among(running.into_iter().filter(|w| s.workloads.get(w).is_some_and(is_service)).collect())?;
        let size = WorkloadSize { replicas: Some(v("0..3")), ..WorkloadSize::default() };
        s.environments.get_mut(&name)?.workloads.insert(service.clone(), size);
        Some(ModelPath::of(["environments", name.as_str(), "workloads", service.as_str()]))
    }),
    ("no disruption", |s, c| {
        workload(s, c, is_service).map(|(path, _, w)| {
            w.disruption = Some(waard_model::spec::DisruptionSpec { unavailable: Some(v("0")), available: None });
            path.key("disruption")
        })
    }),
    ("all must stay", |s, c| {
        workload(s, c, is_service).map(|(path, _, w)| {
            w.disruption = Some(waard_model::spec::DisruptionSpec { unavailable: None, available: Some(v("99.9%")) });
            path.key("disruption")
        })
    }),
    ("both kinds of disruption", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.disruption =
                Some(waard_model::spec::DisruptionSpec { unavailable: Some(v("1")), available: Some(v("1%")) });
            path.key("disruption")
        })
    }),
    ("the least above the most", |s, c| {
        workload(s, c, is_service).map(|(path, _, w)| {
            let bound = |cpu: &str| VerticalBoundSpec { cpu: v(cpu), memory: v("1Gi") };
            w.vertical =
                Some(VerticalSpec { mode: waard_model::spec::VerticalMode::Off, min: bound("2"), max: bound("1") });
            path.key("vertical")
        })
    }),
    ("a route elsewhere", |s, c| {
        workload(s, c, |w| !w.exposed.is_empty()).map(|(path, _, w)| {
            w.exposed[0].host = v("api.elsewhere.org");
            path.key("exposed")
        })
    }),
    ("a route twice", |s, c| {
        workload(s, c, |w| !w.exposed.is_empty()).map(|(path, _, w)| {
            w.exposed.push(w.exposed[0].clone());
            path.key("exposed")
        })
    }),
    ("a route twice, once with a slash", |s, c| {
        workload(s, c, |w| w.exposed.first().is_some_and(|route| route.path.as_str() == "/v1")).map(|(path, _, w)| {
            w.exposed.push(waard_model::spec::RouteSpec { path: v("/v1/"), ..w.exposed[0].clone() });
            path.key("exposed")
        })
    }),
    ("a release that doesn't run", |s, c| {
        workload(s, c, |w| !w.exposed.is_empty() && w.like.is_none()).map(|(path, _, w)| {
            w.exposed[0].version = Some(v("zz-no-release"));
            path.key("exposed").index(0).key("version")
        })
    }),
    ("retries where nothing tries again", |s, c| {
        s.ingress.via = Some(waard_model::spec::EntryPath::Direct);
        workload(s, c, |w| !w.exposed.is_empty()).map(|(path, _, w)| {
            w.exposed[0].retries = 1;
            path.key("exposed").index(0).key("retries")
        })
    }),
    ("a secret in the open", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.env.insert(v("DB_PASSWORD"), v("hunter2"));
            path.key("env")
        })
    }),
    ("a mount that hides another", |s, c| {
        workload(s, c, |w| w.like.is_none()).map(|(path, _, w)| {
            for (name, mount) in [("zz-outer", "/zz"), ("zz-inner", "/zz/inner")] {
                w.volumes.insert(v(name), VolumeSpec { mount: v(mount), kind: VolumeKind::Scratch, size: v("1Gi") });
            }
            path.key("volumes")
        })
    }),
    ("a volume that takes all memory", |s, c| {
        workload(s, c, |w| w.like.is_none()).map(|(path, _, w)| {
            w.volumes.insert(v("zz-memory"), VolumeSpec { mount: v("/zz"), kind: VolumeKind::Memory, size: v("1Ti") });
            path.key("volumes").key("zz-memory")
        })
    }),
    ("a limit below the request", |s, c| {
        workload(s, c, |w| w.resources.is_some()).map(|(path, _, w)| {
            let resources = w.resources.as_mut().unwrap();
            (resources.cpu, resources.cpu_limit) = (v("2"), Some(v("1")));
            path.key("resources")
        })
    }),
    ("no image", |s, c| {
        workload(s, c, |w| w.like.is_none()).map(|(path, _, w)| {
            w.image = None;
            path
        })
    }),
    ("like nobody", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.like = Some(v("nobody-at-all"));
            path.key("like")
        })
    }),
    ("a service with a schedule", |s, c| {
        let schedule = ScheduleSpec::new(v("0 0 * * *"), v("UTC"));
        workload(s, c, is_service).map(|(path, _, w)| {
            w.schedule = Some(schedule);
            path.key("schedule")
        })
    }),
    ("root", |s, c| {
        workload(s, c, |_| true).map(|(path, _, w)| {
            w.user = Some(0);
            path.key("user")
        })
    }),
];
