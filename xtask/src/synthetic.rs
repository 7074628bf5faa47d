//! A topology of as many regions as wanted, to measure with: three workloads in each, with a database and a cache.
//!
//! Real regions, so that the catalog knows them; there are fewer of those than wanted, so they come again in further environments.

mod manifests;

use std::fmt::Write as _;

use waard_catalog::{Offer, catalog};

pub use manifests::{FIXED, OF_AN_APPLICATION, manifests};

/// Most regions that an environment gets: each has 4 % of its requests then.
const PER_ENVIRONMENT: usize = 25;

/// A valid topology file with `regions` regions, at most 1,000.
pub fn topology(regions: usize) -> String {
    let offered =
        |name: &str| ["m7g.large", "m7g.2xlarge"].iter().all(|instance| catalog().offer(instance, name) != Offer::No);
    let real: Vec<&str> = catalog()
        .regions()
        .iter()
        .filter(|region| {
            region.eks
                && offered(&region.name)
                && ['a', 'b', 'c']
                    .iter()
                    .all(|letter| region.control_plane_zones().any(|zone| zone.name.ends_with(*letter)))
        })
        .map(|region| region.name.as_str())
        .take(PER_ENVIRONMENT)
        .collect();
    let mut text = String::with_capacity(200 * regions + 4096);
    // Writing to a String can't fail.
    let _ = write_topology(&mut text, &real, regions.clamp(1, 1000));
    text
}

fn write_topology(text: &mut String, real: &[&str], regions: usize) -> std::fmt::Result {
    text.push_str(HEAD);
    let mut number = 0;
    for environment in 0..regions.div_ceil(real.len()) {
        let here = real.len().min(regions - number);
        writeln!(text, "  env-{environment:03}:\n    domain: env-{environment:03}.synthetic.example\n    regions:")?;
        for (index, region) in real.iter().take(here).enumerate() {
            // The first region takes what is left over of 100 %, counted in hundredths of a percent.
            let share = 10_000 / here + if index == 0 { 10_000 % here } else { 0 };
            let (high, low) = (number / 32, number % 32 * 8);
            writeln!(
                text,
                "      {region}: {{ role: primary, traffic: {}.{:02}%, cidr: 10.{high}.{low}.0/21, cluster: full, runs: [api, web, worker] }}",
                share / 100,
                share % 100,
            )?;
            number += 1;
        }
    }
    text.push_str(TAIL);
    Ok(())
}

const HEAD: &str = "\
waard: v1
platform: synthetic
domain: synthetic.example
targets: { availability: 99.9%, container_start: 30s }
environments:
";

const TAIL: &str = "\
clusters:
  full:
    version: \"1.36\"
    node_groups:
      system: { instances: [m7g.large], size: 2..4, work: system, max_pods: 29 }
      apps: { instances: [m7g.2xlarge], size: 2..16, desired: 3, spot: 40%, only_for: [api, web, worker], max_pods: 40 }
data:
  databases: { database: { version: \"17\", class: db.r6g.large, storage: 100Gi } }
  caches: { cache: { version: \"8.1\", node: cache.r6g.large } }
workloads:
  api:
    image: registry.synthetic.example/api:1.2.3
    ports: { http: 8080, metrics: 9090 }
    metrics: { port: metrics }
    probes: { readiness: { path: /ready, port: http }, liveness: { path: /health, port: http } }
    resources: { cpu: 500m, memory: 512Mi }
    env: { LOG_LEVEL: info }
    secrets: { DATABASE_URL: database/url, CACHE_URL: cache/url }
    volumes: { tmp: { mount: /tmp, size: 256Mi } }
    migration: { command: [migrate, up] }
    scale: { replicas: 3..30, cpu: 70%, up: { at_most: [100%/15s] }, down: { at_most: [10%/minute], after: 5m } }
    uses: [database, cache]
    exposed: [{ host: api.synthetic.example }]
  web:
    image: registry.synthetic.example/web:1.2.3
    ports: { http: 3000 }
    probes: { readiness: { path: /ready, port: http } }
    resources: { cpu: 250m, memory: 256Mi }
    scale: { replicas: 2..10 }
    calls: [api]
    exposed: [{ host: www.synthetic.example }]
  worker:
    image: registry.synthetic.example/worker:1.2.3
    ports: { metrics: 9090 }
    metrics: { port: metrics }
    resources: { cpu: 500m, memory: 1Gi }
    scale: { replicas: 2..20 }
    uses: [database]
";
