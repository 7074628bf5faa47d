//! A topology without a file: two regions, one of which stands by for the other.
//!
//! ```sh
//! cargo run -p waard-model --example build_in_rust
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use waard_model::Topology;
use waard_model::spec::{
    ClusterSpec, EnvironmentSpec, Format, NodeGroupSpec, ProbeSpec, ProbesSpec, RegionSpec, ResourcesSpec, Role,
    ScaleSpec, Spec, StandbyMode, WorkloadSpec,
};

fn main() -> Result<(), Box<dyn Error>> {
    // `new` takes the keys that a file must have; whatever else is said, is said by name.
    let system = NodeGroupSpec::new(vec!["m7g.large".parse()?], "2..4".parse()?);
    let apps = NodeGroupSpec {
        desired: Some(3),
        ..NodeGroupSpec::new(vec!["c7g.xlarge".parse()?, "c6g.xlarge".parse()?], "2..8".parse()?)
    };
    let cluster =
        ClusterSpec::new("1.36".parse()?, BTreeMap::from([("system".parse()?, system), ("apps".parse()?, apps)]));

    let api = WorkloadSpec {
        image: Some("registry.example.com/shop/api:v1.0.0".parse()?),
        ports: BTreeMap::from([("http".parse()?, 8000)]),
        probes: Some(ProbesSpec { readiness: Some(ProbeSpec::new("http".parse()?)), ..ProbesSpec::default() }),
        resources: Some(ResourcesSpec::new("500m".parse()?, "1Gi".parse()?)),
        scale: Some(ScaleSpec { cpu: Some("70%".parse()?), ..ScaleSpec::new("3..12".parse()?) }),
        ..WorkloadSpec::default()
    };

    let primary = RegionSpec::new(Role::Primary, "10.0.0.0/16".parse()?, "full".parse()?, vec!["api".parse()?]);
    let standby = RegionSpec {
        protects: Some("eu-west-1".parse()?),
        mode: Some(StandbyMode::Warm),
        rto: Some("30m".parse()?),
        rpo: Some("5m".parse()?),
        ..RegionSpec::new(Role::Standby, "10.1.0.0/16".parse()?, "full".parse()?, vec!["api".parse()?])
    };
    let production =
        EnvironmentSpec::new(BTreeMap::from([("eu-west-1".parse()?, primary), ("eu-central-1".parse()?, standby)]));

    let spec = Spec::new(
        Format::V1,
        "shop".parse()?,
        "example.com".parse()?,
        BTreeMap::from([("production".parse()?, production)]),
        BTreeMap::from([("full".parse()?, cluster)]),
        BTreeMap::from([("api".parse()?, api)]),
    );

    // A topology that exists is valid. One that isn't comes back with all that is wrong, each with its place.
    let topology = Topology::new(spec).map_err(|violations| {
        let each: Vec<String> =
            violations.iter().map(|violation| format!("{}: {violation}", violation.path())).collect();
        each.join("\n")
    })?;

    println!("{}", topology.spec().to_yaml());
    for (environment, region) in topology.regions() {
        let cluster = region.cluster();
        let most: u32 = cluster.node_groups().values().map(|group| group.scaling().max()).sum();
        println!(
            "# {}: Kubernetes {} for {}, at most {most} nodes",
            cluster.name(),
            cluster.version(),
            environment.name()
        );
    }
    Ok(())
}
