//! The README of the output: what is where, what must be there first, and in which order it is applied.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waard_model::Topology;
use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::path::ModelPath;
use waard_model::spec::{EntryPath, Provisioner, StandbyMode};
use waard_model::topology::reserved::ARGOCD_NAMESPACE;
use waard_model::topology::roots::BOOTSTRAP;
use waard_model::topology::{Duty, Environment, Region};

use crate::shell::word;
use crate::{gitops, install, standby};

/// `README.md` at the top of the output.
pub(crate) fn readme(topology: &Topology) -> Artifact {
    let mut text = String::with_capacity(8192);
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
        "Change the topology and generate again: a file that was edited here is reported and not overwritten.\n"
    )?;
    folders(text, topology)?;
    clusters(text, topology)?;
    foundation(text, topology)?;
    order(text, topology)?;
    match topology.spec().gitops {
        Some(_) => with_gitops(text, topology)?,
        None => by_hand(text, topology)?,
    }
    if topology.regions().any(|(_, region)| region.is_standby()) {
        writeln!(text, "\n## When a region is lost\n")?;
        writeln!(
            text,
            "Follow the runbook of its standby: `{}/<environment>/<standby region>.md`.",
            standby::RUNBOOKS
        )?;
        writeln!(text, "What it changes in the cluster is in `{}`, and can be looked at before.", standby::TOP)?;
    }
    Ok(())
}

fn folders(text: &mut String, topology: &Topology) -> std::fmt::Result {
    let standby = topology.regions().any(|(_, region)| region.is_standby());
    let eksctl = topology.environments().values().any(|environment| environment.provisioner() == Provisioner::Eksctl);
    let rows = [
        (
            true,
            "terraform/<environment>/".to_owned(),
            "what is beneath the clusters and in front of them: a root module for each region, `bootstrap`, `global`, and their order in `order.json`",
        ),
        (
            true,
            "kubernetes/<environment>/<cluster>/".to_owned(),
            "objects: a folder for each namespace, `_cluster` for what belongs to none",
        ),
        (true, format!("{}/<environment>/<cluster>/install.sh", install::TOP), "what is installed by hand"),
        (
            topology.spec().gitops.is_some(),
            format!("{}/<environment>/<cluster>/", gitops::TOP),
            "what Argo CD keeps in the cluster",
        ),
        (eksctl, "eksctl/<environment>/<cluster>.yaml".to_owned(), "the cluster, where eksctl makes it"),
        (standby, format!("{}/<environment>/<cluster>/", standby::TOP), "what a failover to the cluster changes"),
        (
            standby,
            format!("{}/<environment>/<region>.md", standby::RUNBOOKS),
            "what is done when the region that it protects is lost",
        ),
        (
            true,
            "manifest.json".to_owned(),
            "every file, with its digest and the part of the topology that it came from",
        ),
    ];
    writeln!(text, "## What is where\n")?;
    writeln!(text, "| path | holds |")?;
    writeln!(text, "| --- | --- |")?;
    for (_, path, holds) in rows.iter().filter(|(there, ..)| *there) {
        writeln!(text, "| `{path}` | {holds} |")?;
    }
    writeln!(text)
}

fn clusters(text: &mut String, topology: &Topology) -> std::fmt::Result {
    writeln!(text, "## Clusters\n")?;
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
    if topology.regions().any(|(_, region)| region.is_standby()) {
        writeln!(
            text,
            "Standby clusters come first in each table: they must be ready before anything depends on them."
        )?;
    }
    let modes: BTreeSet<StandbyMode> = topology
        .regions()
        .filter_map(|(_, region)| match region.duty() {
            Duty::Standby { mode, .. } => Some(*mode),
            Duty::Primary { .. } => None,
        })
        .collect();
    for mode in modes {
        let what = match mode {
            StandbyMode::Warm => {
                "A warm one runs every service at its least size; nothing in it runs by itself or migrates a database."
            }
            StandbyMode::PilotLight => "A pilot light has copies of the data and no pods of workloads.",
        };
        writeln!(text, "{what}")?;
    }
    writeln!(text)
}

/// What Terraform makes, in which order, and what people add to it.
fn foundation(text: &mut String, topology: &Topology) -> std::fmt::Result {
    writeln!(text, "## Terraform first\n")?;
    writeln!(
        text,
        "Networks, clusters, roles, data, names and what stands in front of them: `terraform/<environment>/<root>`, each root with a state of its own."
    )?;
    writeln!(
        text,
        "A region's state is in that region, so the loss of one region never keeps you from changing another.\n"
    )?;
    writeln!(text, "| environment | roots, in the order in which they are applied |")?;
    writeln!(text, "| --- | --- |")?;
    for environment in topology.environments().values() {
        let names: Vec<String> =
            topology.roots(environment).into_iter().map(|root| format!("`{}`", root.name)).collect();
        writeln!(text, "| {} | {} |", environment.name(), names.join(", "))?;
    }
    let Some(environment) = topology.environments().values().next() else {
        return writeln!(text);
    };
    let folder = word(&format!("terraform/{}/{BOOTSTRAP}", environment.name()));
    writeln!(
        text,
        "\n`{BOOTSTRAP}` makes the buckets of all states, its own among them, so its first state is a local file that then moves:\n"
    )?;
    writeln!(text, "```sh")?;
    writeln!(text, "cd {folder}")?;
    writeln!(text, "printf 'terraform {{\\n  backend \"local\" {{}}\\n}}\\n' > backend_override.tf")?;
    writeln!(text, "terraform init && terraform apply")?;
    writeln!(text, "rm backend_override.tf && terraform init -migrate-state")?;
    writeln!(text, "```\n")?;
    writeln!(
        text,
        "It also makes the public zone of the environment's domain. Delegate the domain to the name servers that `terraform output name_servers` prints before you go on: certificates are validated through it."
    )?;
    writeln!(text, "The other roots need no such care:\n")?;
    writeln!(text, "```sh")?;
    writeln!(text, "terraform -chdir=terraform/{}/<root> init", environment.name())?;
    writeln!(text, "terraform -chdir=terraform/{}/<root> apply", environment.name())?;
    writeln!(text, "```\n")?;
    writeln!(text, "- Keep the `.terraform.lock.hcl` that `init` writes: it holds the provider at one release.")?;
    if topology.regions().any(|(_, region)| region.is_standby()) {
        writeln!(
            text,
            "- What belongs to a copy but stands in the region that it is a copy of, such as a bucket's replication, is in the root of the standby. With that region lost, plan the standby with `-refresh=false`."
        )?;
    }
    let secrets: BTreeSet<String> = topology
        .regions()
        .flat_map(|(environment, region)| {
            let names: BTreeSet<&str> = region.secrets().values().flat_map(|secrets| secrets.keys().copied()).collect();
            names
                .into_iter()
                .map(|name| format!("`{}`", environment.secret_name(topology.platform(), name)))
                .collect::<Vec<_>>()
        })
        .collect();
    if !secrets.is_empty() {
        writeln!(
            text,
            "- No secret is in these files. Give each of these a value in AWS Secrets Manager, in each region, a JSON object with its keys as properties: {}.",
            secrets.into_iter().collect::<Vec<_>>().join(", ")
        )?;
    }
    if topology.entry() == EntryPath::Direct && topology.spec().mesh.is_some() {
        writeln!(
            text,
            "- Requests go from the load balancer straight to the pods, and the mesh is for what these call."
        )?;
    }
    writeln!(text)
}

fn order(text: &mut String, topology: &Topology) -> std::fmt::Result {
    writeln!(text, "## Then each cluster\n")?;
    writeln!(text, "Standby ones first:\n")?;
    let Some((environment, region)) =
        topology.environments().values().find_map(|environment| Some((environment, *in_order(environment).first()?)))
    else {
        return Ok(());
    };
    let (name, folder) = (word(region.cluster().name()), environment.name());
    let eksctl: Vec<(&Environment, &Region)> =
        topology.regions().filter(|(environment, _)| environment.provisioner() == Provisioner::Eksctl).collect();
    let mut number = 1;
    let mut step = |text: &mut String, what: &str, command: Option<String>| -> std::fmt::Result {
        writeln!(text, "{number}. {what}")?;
        number += 1;
        match command {
            Some(command) => writeln!(text, "\n   ```sh\n   {command}\n   ```\n"),
            None => writeln!(text),
        }
    };
    if let Some((environment, region)) = eksctl.first() {
        let names: BTreeSet<String> =
            eksctl.iter().map(|(environment, _)| format!("`{}`", environment.name())).collect();
        let names: Vec<String> = names.into_iter().collect();
        let file = word(&format!("eksctl/{}/{}.yaml", environment.name(), region.cluster().name()));
        let what = format!(
            "In {}, eksctl makes the cluster on Terraform's network. The first lines of its file say how:",
            names.join(" and ")
        );
        step(text, &what, Some(format!("sed -n '/^#/p' {file}")))?;
    }
    let region_name = word(region.name().as_str());
    step(
        text,
        "Give its context the name of the cluster:",
        Some(format!("aws eks update-kubeconfig --region {region_name} --name {name} --alias {name}")),
    )?;
    let install = word(&format!("{}/{folder}/{}/install.sh", install::TOP, region.cluster().name()));
    match &topology.spec().gitops {
        Some(gitops) => {
            step(
                text,
                &format!(
                    "Commit this folder to `{}`, as {}, branch, tag or commit `{}`.",
                    gitops.repository,
                    gitops.path.as_ref().map_or("its top".to_owned(), |path| format!("`{path}`")),
                    gitops.revision
                ),
                None,
            )?;
            let namespace = word(ARGOCD_NAMESPACE);
            let credentials = if gitops.repository.as_str().starts_with("ssh://") {
                "--from-file=sshPrivateKey=KEY_FILE"
            } else {
                "--from-literal=username=USER --from-file=password=TOKEN_FILE"
            };
            let secret = format!(
                "kubectl --context {name} create namespace {namespace}\n   kubectl --context {name} --namespace {namespace} create secret generic repository --from-literal=type=git --from-literal=url={} {credentials}\n   kubectl --context {name} --namespace {namespace} label secret repository argocd.argoproj.io/secret-type=repository",
                word(gitops.repository.as_str())
            );
            step(
                text,
                "If the repository isn't public, let Argo CD read it; it needs no right to write:",
                Some(secret),
            )?;
            step(
                text,
                "Install Argo CD and its root application; that is all that is applied by hand:",
                Some(format!("sh {install}")),
            )?;
        }
        None => step(
            text,
            "Install the controllers with their charts, and apply the objects:",
            Some(format!("sh {install}")),
        )?,
    }
    Ok(())
}

fn with_gitops(text: &mut String, topology: &Topology) -> std::fmt::Result {
    writeln!(text, "## How it goes on\n")?;
    writeln!(text, "Argo CD runs in each cluster and pulls for that cluster alone.")?;
    writeln!(
        text,
        "The application `root` keeps `{}/<environment>/<cluster>`, and with it, in this order: projects, controllers that others rely on, what belongs to no namespace, controllers that keep data, and one application for each namespace.",
        gitops::TOP
    )?;
    writeln!(
        text,
        "Within a namespace the order is: namespace, identities and policies, migrations, then the rest.\n"
    )?;
    writeln!(text, "- A change is a commit: generate, review the difference, push.")?;
    writeln!(
        text,
        "- A region that is added to the topology gets its folders by generating; the steps above are done once in its cluster, and no other cluster changes."
    )?;
    writeln!(
        text,
        "- A namespace that leaves the topology loses its application, and everything in it stays until you delete it: it may hold data."
    )?;
    writeln!(
        text,
        "- A migration's Job is named after its content: it runs once, and again when anything in it changes."
    )?;
    writeln!(text, "  One that failed has to be deleted before it is tried again.")?;
    if topology.regions().any(|(_, region)| region.is_standby()) {
        writeln!(
            text,
            "- In standby clusters, the path of the set `{}` is left to the runbook: Argo CD doesn't set it back.",
            gitops::PLATFORM
        )?;
    }
    Ok(())
}

fn by_hand(text: &mut String, topology: &Topology) -> std::fmt::Result {
    writeln!(text, "## How it goes on\n")?;
    writeln!(
        text,
        "The script may be run again after each change; a cluster's objects alone are applied as a whole:\n"
    )?;
    writeln!(text, "```sh")?;
    if let Some((environment, region)) = topology.regions().next() {
        let name = region.cluster().name();
        writeln!(
            text,
            "kubectl --context {name} apply --server-side --kustomize kubernetes/{}/{name}",
            environment.name()
        )?;
    }
    writeln!(text, "```\n")?;
    writeln!(
        text,
        "`kubectl` applies all at once, so a migration starts together with the pods of its release, and what left the topology stays until you delete it."
    )?;
    writeln!(
        text,
        "A migration's Job is named after its content: it runs once, and again when anything in it changes."
    )?;
    writeln!(text, "One that failed has to be deleted before it is applied again.")?;
    writeln!(text, "With `gitops` in the topology, Argo CD does all of this, in order.")
}

/// Standby regions first, then primary ones.
fn in_order(environment: &Environment) -> Vec<&Region> {
    let mut regions: Vec<&Region> = environment.regions().values().collect();
    regions.sort_by_key(|region| matches!(region.duty(), Duty::Primary { .. }));
    regions
}
