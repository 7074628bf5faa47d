//! The README of the output: what is there, and in which order to apply it.

use std::fmt::Write as _;

use waard_model::Topology;
use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::path::ModelPath;
use waard_model::topology::{Duty, Environment, Region};

/// `README.md` at the top of the output.
pub(crate) fn readme(topology: &Topology) -> Artifact {
    let mut text = String::with_capacity(4096);
    // Writing to a String can't fail.
    let _ = write_readme(&mut text, topology);
    Artifact::new(ArtifactPath::new(["README.md"]), text, ModelPath::ROOT)
}

fn write_readme(text: &mut String, topology: &Topology) -> std::fmt::Result {
    let platform = topology.platform();
    writeln!(text, "# {platform}\n")?;
    writeln!(text, "Made by waard from the topology of `{platform}`.")?;
    writeln!(
        text,
        "Change the topology and generate again: a file that was edited here is reported and not overwritten."
    )?;
    writeln!(
        text,
        "`manifest.json` lists every file with its digest and the part of the topology that it came from.\n"
    )?;
    writeln!(text, "## Kubernetes\n")?;
    writeln!(text, "One folder for each cluster, one below it for each namespace, a `kustomization.yaml` in each.")?;
    writeln!(text, "In the cluster there must be, before its folder is applied:\n")?;
    writeln!(
        text,
        "- node groups with the labels and taints that the pods ask for, and metrics-server for autoscalers;"
    )?;
    if topology.spec().mesh.is_some() {
        writeln!(
            text,
            "- Istio with its CNI plugin, without which the restricted level refuses every pod of the mesh;"
        )?;
    }
    writeln!(text, "- the Secrets that pods refer to;")?;
    writeln!(
        text,
        "- images of Amazon ECR in the registry of the cluster's own region: that is where pods take them from.\n"
    )?;
    writeln!(text, "Apply a cluster as a whole, with its own context:\n")?;
    writeln!(text, "```")?;
    if let Some((environment, region)) = topology.regions().next() {
        let name = region.cluster().name();
        writeln!(text, "kubectl --context {name} apply --server-side -k kubernetes/{}/{name}", environment.name())?;
    }
    writeln!(text, "```\n")?;
    writeln!(
        text,
        "Argo CD goes by the sync waves of the objects: namespaces, identities and policies, migrations, then the rest."
    )?;
    writeln!(text, "`kubectl` applies all at once, so a migration starts together with the pods of its release.")?;
    writeln!(
        text,
        "A migration's Job is named after its content: it runs once, and again when anything in it changes."
    )?;
    writeln!(text, "One that failed has to be deleted before it is applied again.\n")?;
    for environment in topology.environments().values() {
        writeln!(text, "### {}\n", environment.name())?;
        writeln!(text, "| cluster | Kubernetes | role | workloads |")?;
        writeln!(text, "| --- | --- | --- | --- |")?;
        for region in in_order(environment) {
            let role = match region.duty() {
                Duty::Primary { traffic, .. } => format!("primary, {traffic} of the requests"),
                Duty::Standby { protects, mode, .. } => format!("standby of {protects}, {mode}"),
            };
            let workloads: Vec<&str> = region.workloads().keys().map(waard_model::name::WorkloadName::as_str).collect();
            writeln!(
                text,
                "| {} | {} | {role} | {} |",
                region.cluster().name(),
                region.cluster().version(),
                workloads.join(", ")
            )?;
        }
        writeln!(text)?;
    }
    writeln!(text, "Standby clusters come first in each table: they must be ready before anything depends on them.")
}

/// Standby regions first, then primary ones.
fn in_order(environment: &Environment) -> Vec<&Region> {
    let mut regions: Vec<&Region> = environment.regions().values().collect();
    regions.sort_by_key(|region| matches!(region.duty(), Duty::Primary { .. }));
    regions
}
