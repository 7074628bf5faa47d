//! `install.sh` of each cluster: what is installed by hand before anything else can be applied.
//!
//! With a GitOps repository that is Argo CD and its root application. Without one, it is every chart, in order, and
//! then the cluster's objects.

use std::fmt::Write as _;

use waard_model::artifact::Artifact;
use waard_model::topology::reserved::ARGOCD_NAMESPACE;

use crate::controllers::{Controller, controllers};
use crate::shell::word;
use crate::{Site, cluster, gitops};

/// The top of the folders.
pub(crate) const TOP: &str = "controllers";

/// How long a chart may take until everything of it is ready.
const TIMEOUT: &str = "10m";

/// The script.
pub(crate) fn artifacts(site: Site<'_>) -> Vec<Artifact> {
    let mut text = String::with_capacity(4096);
    // Writing to a String can't fail.
    let _ = write_script(&mut text, site);
    vec![Artifact::new(site.beside(TOP, &["install.sh"]), text, site.region.path())]
}

/// True if it installs Argo CD, which installs everything else.
fn is_argo(controller: &Controller) -> bool {
    controller.namespace == ARGOCD_NAMESPACE
}

fn write_script(text: &mut String, site: Site<'_>) -> std::fmt::Result {
    let name = word(site.region.cluster().name());
    writeln!(text, "#!/bin/sh")?;
    writeln!(text, "# Made by waard for {}.", site.region.path())?;
    writeln!(
        text,
        "# Installs by hand what the cluster {name} needs first. It may be run again: what is there stays."
    )?;
    writeln!(text, "set -eu")?;
    writeln!(text, "cd \"$(dirname \"$0\")/../../..\"\n")?;
    let mut all = controllers(site);
    all.sort_by(|a, b| (a.wave, &a.name).cmp(&(b.wave, &b.name)));
    if site.topology.spec().gitops.is_some() {
        for controller in all.iter().filter(|controller| is_argo(controller)) {
            chart(text, &name, controller)?;
        }
        writeln!(text, "# Argo CD does the rest, and keeps itself too.")?;
        let root = word(&format!("{}/root.yaml", site.folder(gitops::TOP)));
        return writeln!(text, "kubectl --context {name} apply --server-side --filename {root}");
    }
    let objects = site.folder("kubernetes");
    writeln!(text, "# Charts that keep data need the storage class.")?;
    let storage = word(&format!("{objects}/{}/storage-class.yaml", cluster::FOLDER));
    writeln!(text, "kubectl --context {name} apply --server-side --filename {storage}\n")?;
    for controller in all.iter().filter(|controller| !is_argo(controller)) {
        chart(text, &name, controller)?;
    }
    writeln!(text, "kubectl --context {name} apply --server-side --kustomize {}", word(&objects))
}

fn chart(text: &mut String, cluster: &str, controller: &Controller) -> std::fmt::Result {
    let from = if controller.repository.starts_with("oci://") {
        word(&format!("{}/{}", controller.repository, controller.chart))
    } else {
        format!("{} --repo {}", word(&controller.chart), word(&controller.repository))
    };
    write!(
        text,
        "helm upgrade --install {} {from} --version {} \\\n  --kube-context {cluster} --namespace {} --create-namespace --wait --timeout {TIMEOUT}",
        word(&controller.release),
        word(&controller.version),
        word(&controller.namespace),
    )?;
    if controller.values.is_empty() {
        return writeln!(text, "\n");
    }
    let end = delimiter(&controller.values);
    let newline = if controller.values.ends_with('\n') { "" } else { "\n" };
    writeln!(text, " --values - <<'{end}'\n{}{newline}{end}\n", controller.values)
}

/// A line that is none of the text's.
fn delimiter(text: &str) -> String {
    let mut end = "VALUES".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    end
}
