//! What stands in front, and names.

use waard_model::name::StoreName;
use waard_model::path::ModelPath;
use waard_model::spec::{BehaviourSpec, DatabaseSpec, EdgeSpec, EntryPath, EnvironmentSpec, RegionSpec, Role};

use super::{Mutation, held, region, v};

pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("a mesh that isn't there", |s, _| {
        s.mesh = None;
        s.ingress.via = Some(EntryPath::Mesh);
        Some(ModelPath::of(["ingress", "via"]))
    }),
    ("a try that outlasts the next", |s, _| {
        s.ingress.health.timeout = s.ingress.health.interval;
        Some(ModelPath::of(["ingress", "health", "timeout"]))
    }),
    ("an odd interval", |s, _| {
        s.edge.as_mut()?.dns.health_check.interval = v("7s");
        Some(ModelPath::of(["edge", "dns", "health_check", "interval"]))
    }),
    ("a behaviour that is never reached", |s, c| {
        let to =
            c.among(s.workloads.iter().filter(|(_, w)| !w.exposed.is_empty()).map(|(name, _)| name.clone()).collect())?;
        let edge: &mut EdgeSpec = s.edge.as_mut()?;
        let behaviour = |path: &str| BehaviourSpec::new(v(path), to.clone());
        edge.behaviours = vec![behaviour("/zz/*"), behaviour("/zz/inner/*")];
        Some(ModelPath::of(["edge", "behaviours"]).index(1))
    }),
    ("what may never be cached", |s, c| {
        let to =
            c.among(s.workloads.iter().filter(|(_, w)| !w.exposed.is_empty()).map(|(name, _)| name.clone()).collect())?;
        let edge = s.edge.as_mut()?;
        edge.never_cache.paths = vec![v("/zz")];
        edge.behaviours = vec![BehaviourSpec { ttl: Some(v("1m")), ..BehaviourSpec::new(v("/zz/*"), to) }];
        Some(ModelPath::of(["edge", "behaviours"]).index(0).key("ttl"))
    }),
    ("a name that AWS refuses", |s, c| {
        let name: StoreName = v("zz--database");
        s.data.databases.insert(name.clone(), DatabaseSpec::new(v("17"), v("db.r6g.large"), v("100Gi")));
        held(s, c, &name);
        Some(ModelPath::of(["data", "databases", name.as_str()]))
    }),
    ("a name that two caches would have", |s, c| {
        let (_, region) = region(s, c, |region| region.role == Role::Primary)?;
        let spare = RegionSpec {
            holds: vec![v("b")],
            ..RegionSpec::new(Role::Primary, v("192.168.0.0/16"), region.cluster.clone(), region.runs.clone())
        };
        let cache = waard_model::spec::CacheSpec::new(v("8.0"), v("cache.r6g.large"));
        s.data.caches.extend([(v("a-b"), cache.clone()), (v("b"), cache)]);
        let name = s.environments.keys().next()?.clone();
        let mut first = s.environments.remove(&name)?;
        let here = first.regions.keys().next()?.clone();
        first.regions.get_mut(&here)?.holds.push(v("a-b"));
        let domain = Some(v(&format!("zz-a.{}", s.domain)));
        let second = EnvironmentSpec { domain, ..EnvironmentSpec::new([(here, spare)].into()) };
        s.environments.extend([(v("zz"), first), (v("zz-a"), second)]);
        Some(ModelPath::of(["data", "caches"]))
    }),
    ("a name that is too long when joined", |s, c| {
        let name: StoreName = v("a-cache-of-24-characters");
        let cache = waard_model::spec::CacheSpec::new(v("8.0"), v("cache.r6g.large"));
        s.data.caches.insert(name.clone(), cache);
        s.platform = v("twenty-characters-ab");
        held(s, c, &name);
        Some(ModelPath::of(["data", "caches", name.as_str()]))
    }),
];
