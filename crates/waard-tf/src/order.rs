//! In which order roots are applied: `terraform/<environment>/order.json`.

use serde_json::json;
use waard_model::Topology;
use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::topology::Environment;

/// A program that applies everything reads it; people find the same in the README.
pub(crate) fn artifact(topology: &Topology, environment: &Environment) -> Artifact {
    let name = environment.name().as_str();
    let roots: Vec<_> =
        topology.roots(environment).into_iter().map(|root| json!({ "root": root.name, "after": root.after })).collect();
    let order = json!({ "platform": topology.platform().as_str(), "environment": name, "roots": roots });
    let path = ArtifactPath::new(["terraform", name, "order.json"]);
    Artifact::new(path, format!("{order:#}\n"), environment.path())
}
