//! Environments and regions.

use std::collections::BTreeMap;

use waard_model::name::StoreName;
use waard_model::path::ModelPath;
use waard_model::spec::{
    BucketSpec, DatabaseSpec, ExistingNetworkSpec, Residency, Role, RouteSpec, StandbyCopy, StandbyMode,
};

use super::{Mutation, bucket, environment, is_service, region, v, workload};

pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("shares that don't add up", |s, c| {
        let (path, region) = region(s, c, |region| region.role == Role::Primary)?;
        let share = region.traffic.map_or(1_000_000, waard_model::quantity::Percent::millionths);
        let other = if share == 0 { 1 } else { share - 1 };
        region.traffic = Some(v(&format!("{}.{:04}%", other / 10_000, other % 10_000)));
        path.parent()
    }),
    ("no primary region", |s, c| {
        let name = environment(s, c)?;
        for region in s.environments.get_mut(&name)?.regions.values_mut() {
            (region.role, region.traffic, region.audience, region.unprotected) =
                (Role::Standby, None, Vec::new(), None);
            (region.protects, region.mode, region.rto, region.rpo) =
                (Some(v("us-gov-west-1")), Some(StandbyMode::Warm), Some(v("1h")), Some(v("1h")));
        }
        Some(ModelPath::of(["environments", name.as_str(), "regions"]))
    }),
    ("the same range twice", |s, c| {
        let other = c.among(s.environments.values().flat_map(|e| e.regions.values()).map(|r| r.cidr).collect())?;
        let (path, region) = region(s, c, |region| region.cidr != other)?;
        region.cidr = other;
        Some(path.key("cidr"))
    }),
    ("a range inside another", |s, c| {
        let other = c.among(
            s.environments
                .values()
                .flat_map(|e| e.regions.values())
                .map(|r| r.cidr)
                .filter(|cidr| cidr.prefix() < 24)
                .collect(),
        )?;
        let (path, region) = region(s, c, |region| region.cidr != other)?;
        region.cidr = other.part(24 - other.prefix(), 0)?;
        Some(path.key("cidr"))
    }),
    ("the range of Services", |s, c| {
        region(s, c, |_| true).map(|(path, r)| {
            r.cidr = v("172.20.0.0/16");
            path.key("cidr")
        })
    }),
    ("a public range", |s, c| {
        region(s, c, |_| true).map(|(path, r)| {
            r.cidr = v("8.8.0.0/16");
            path.key("cidr")
        })
    }),
    ("too small a range", |s, c| {
        let (path, region) = region(s, c, |_| true)?;
        let (profile, cidr) = (region.cluster.clone(), region.cidr.part(24 - region.cidr.prefix(), 0)?);
        region.cidr = cidr;
        for group in s.clusters.get_mut(&profile)?.node_groups.values_mut() {
            (group.size, group.desired) = (v("4..20"), None);
        }
        Some(path.key("cidr"))
    }),
    ("an unknown zone", |s, c| {
        region(s, c, |r| r.network.is_none()).map(|(path, r)| {
            r.zones = vec![v("us-gov-east-1a"), v("us-gov-east-1b")];
            path.key("zones")
        })
    }),
    ("a zone twice", |s, c| {
        let (path, region) = region(s, c, |region| !region.zones.is_empty())?;
        region.zones.push(region.zones[0].clone());
        Some(path.key("zones"))
    }),
    ("no subnet in a zone", |s, c| {
        let (path, region) = region(s, c, |_| true)?;
        region.network = Some(ExistingNetworkSpec::new(v("vpc-12345678"), BTreeMap::new(), BTreeMap::new()));
        Some(path.key("network"))
    }),
    ("no such profile", |s, c| {
        region(s, c, |_| true).map(|(path, r)| {
            r.cluster = v("nowhere-at-all");
            path.key("cluster")
        })
    }),
    ("no such workload", |s, c| {
        region(s, c, |_| true).map(|(path, r)| {
            r.runs.push(v("nobody-at-all"));
            path.key("runs")
        })
    }),
    ("a workload twice", |s, c| {
        region(s, c, |r| !r.runs.is_empty()).map(|(path, r)| {
            r.runs.push(r.runs[0].clone());
            path.key("runs")
        })
    }),
    ("no such store to hold", |s, c| {
        region(s, c, |_| true).map(|(path, r)| {
            r.holds.push(v("nothing-at-all"));
            path.key("holds")
        })
    }),
    ("a primary that protects", |s, c| {
        region(s, c, |r| r.role == Role::Primary).map(|(path, r)| {
            r.protects = Some(v("us-east-1"));
            path.key("protects")
        })
    }),
    ("a standby of itself", |s, c| {
        let (path, region) = region(s, c, |region| region.role == Role::Standby)?;
        let name = path.to_string();
        region.protects = Some(v(name.rsplit('.').next()?));
        Some(path.key("protects"))
    }),
    ("a standby of nothing", |s, c| {
        region(s, c, |r| r.role == Role::Standby).map(|(path, r)| {
            r.protects = Some(v("us-gov-west-1"));
            path.key("protects")
        })
    }),
    ("two standbys of one", |s, c| {
        let name = environment(s, c)?;
        let regions = &mut s.environments.get_mut(&name)?.regions;
        let protected = c.among(regions.values().filter_map(|r| r.protects.clone()).collect())?;
        let other = c.among(
            regions
                .values_mut()
                .filter(|r| r.role == Role::Standby && r.protects.as_ref() != Some(&protected))
                .collect(),
        )?;
        other.protects = Some(protected);
        Some(ModelPath::of(["environments", name.as_str(), "regions"]))
    }),
    ("a standby without a mode", |s, c| {
        region(s, c, |r| r.role == Role::Standby).map(|(path, r)| {
            r.mode = None;
            path
        })
    }),
    ("a primary that nobody protects", |s, c| {
        let mut found = Vec::new();
        for (environment, spec) in &mut s.environments {
            let standby = spec.regions.values().any(|region| region.role == Role::Standby);
            for (name, region) in spec.regions.iter_mut().filter(|(_, region)| standby && region.unprotected.is_some())
            {
                found.push((ModelPath::of(["environments", environment.as_str(), "regions", name.as_str()]), region));
            }
        }
        let (path, region) = c.among(found)?;
        region.unprotected = None;
        Some(path)
    }),
    ("data that isn't copied", |s, c| {
        let (_, region) = region(s, c, |region| region.role == Role::Standby)?;
        let protects = region.protects.clone()?;
        let name: StoreName = v("zz-database");
        for primary in s.environments.values_mut().filter_map(|e| e.regions.get_mut(&protects)) {
            primary.holds.push(name.clone());
        }
        let database =
            DatabaseSpec { standby: StandbyCopy::None, ..DatabaseSpec::new(v("17"), v("db.r6g.large"), v("100Gi")) };
        s.data.databases.insert(name, database);
        Some(ModelPath::of(["data", "databases", "zz-database", "standby"]))
    }),
    ("a residency elsewhere", |s, c| {
        let (path, region) = region(s, c, |region| region.role == Role::Primary)?;
        let asian = path.to_string().contains(".ap-");
        region.residency = Some(if asian { Residency::Us } else { Residency::AsiaPacific });
        Some(path.key("residency"))
    }),
    ("a bucket elsewhere", |s, c| {
        let (path, region) = region(s, c, |_| true)?;
        region.holds.push(v("zz-bucket"));
        let residency = if path.to_string().contains(".ap-") { Residency::Eu } else { Residency::AsiaPacific };
        s.data.buckets.insert(v("zz-bucket"), BucketSpec { residency: Some(residency), ..bucket(Vec::new()) });
        Some(ModelPath::of(["data", "buckets", "zz-bucket", "residency"]))
    }),
    ("another domain", |s, c| {
        let name = environment(s, c)?;
        s.environments.get_mut(&name)?.domain = Some(v("elsewhere.example.org"));
        Some(ModelPath::of(["environments", name.as_str(), "domain"]))
    }),
    ("the same domain twice", |s, c| {
        let names: Vec<_> = s.environments.keys().cloned().collect();
        let exposed = s.workloads.values().any(|workload| !workload.exposed.is_empty());
        let (first, second) = (names.first()?, names.get(1).filter(|_| exposed)?);
        let domain = Some(v(&format!("x.{}", s.domain)));
        s.environments.get_mut(first)?.domain.clone_from(&domain);
        s.environments.get_mut(second)?.domain = domain;
        let _ = c;
        Some(ModelPath::of(["environments"]))
    }),
    ("a host of two environments", |s, c| {
        let names: Vec<_> = s.environments.keys().cloned().collect();
        let (first, second) = (names.first()?.clone(), names.get(1)?.clone());
        let root = s.domain.clone();
        s.environments.get_mut(&first)?.domain = None;
        s.environments.get_mut(&second)?.domain = Some(v(&format!("inner.{root}")));
        let (path, name, workload) = workload(s, c, |w| is_service(w) && w.ports.contains_key(&v("http")))?;
        let route = |host: String| RouteSpec { path: v("/clash"), ..RouteSpec::new(v(&host)) };
        workload.exposed.extend([route(format!("a.inner.{root}")), route(format!("a.{root}"))]);
        for region in s.environments.values_mut().flat_map(|e| e.regions.values_mut()) {
            if !region.runs.contains(&name) {
                region.runs.push(name.clone());
            }
        }
        let _ = path;
        Some(ModelPath::of(["environments"]))
    }),
];
