//! How workloads are started, by Argo CD or by hand.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waard_model::spec::{GitopsSpec, WorkloadKind};
use waard_model::topology::reserved::ARGOCD_NAMESPACE;

use super::{Failover, commands};
use crate::shell::word;
use crate::standby::TOP;
use crate::standby::overlay::GOES;
use crate::{cluster, gitops};

pub(super) fn start(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, .. } = failover;
    let context = failover.context();
    let overlay = site.folder(TOP);
    writeln!(
        text,
        "`{overlay}` is the cluster as it serves: [what stands by](../../{}) and these changes.\n",
        site.folder("kubernetes")
    )?;
    changes_table(text, failover)?;
    let mut apply = vec![format!(
        "kubectl --context {context} apply --server-side --force-conflicts --kustomize {}",
        word(&overlay)
    )];
    apply.extend(deletions(failover));
    if let Some(gitops) = &site.topology.spec().gitops {
        writeln!(text, "Argo CD follows one field of its set of applications, which is left to this runbook:\n")?;
        commands(text, &switch(failover, gitops, TOP))?;
        writeln!(text, "If Argo CD can't reach the repository, stop it and apply the overlay by hand:\n")?;
        apply.insert(0, stop_argo(&context));
    }
    commands(text, &apply)?;
    writeln!(text, "Check that every Deployment has its pods, and that migrations are complete:\n")?;
    let namespaces: BTreeSet<&str> =
        site.region.workloads().values().map(|workload| workload.namespace().as_str()).collect();
    let mut lines = Vec::new();
    for namespace in namespaces {
        lines.push(format!(
            "kubectl --context {context} --namespace {} get deployment,horizontalpodautoscaler,job,cronjob",
            word(namespace)
        ));
    }
    for workload in site.region.workloads().values().filter(|workload| workload.kind() == WorkloadKind::Service) {
        let name = word(&site.object(workload.name().as_str()));
        lines.push(format!(
            "kubectl --context {context} --namespace {} rollout status deployment/{name} --timeout=5m",
            word(workload.namespace().as_str())
        ));
    }
    commands(text, &lines)?;
    let missing: Vec<String> = failover
        .primary
        .workloads()
        .values()
        .filter(|workload| {
            !site
                .region
                .workloads()
                .values()
                .any(|own| failover.primary.stood_in_by(own).is_some_and(|model| model.name() == workload.name()))
        })
        .map(|workload| format!("`{}`", workload.name()))
        .collect();
    if !missing.is_empty() {
        writeln!(text, "Not started, because this region doesn't run it: {}.\n", missing.join(", "))?;
    }
    Ok(())
}

/// What changes, for people.
fn changes_table(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    if failover.changes.values().all(Vec::is_empty) {
        return writeln!(text, "Nothing changes: everything runs as it will.\n");
    }
    writeln!(text, "| folder | object | what happens |")?;
    writeln!(text, "| --- | --- | --- |")?;
    for (folder, changes) in failover.changes {
        for change in changes {
            writeln!(text, "| {folder} | `{}` | {} |", change.object(), change.what())?;
        }
    }
    writeln!(text)
}

/// What goes is deleted by hand: `kubectl apply` deletes nothing.
fn deletions(failover: &Failover<'_>) -> Vec<String> {
    let context = failover.context();
    let mut lines = Vec::new();
    for (folder, changes) in failover.changes {
        let namespace =
            if *folder == cluster::FOLDER { String::new() } else { format!(" --namespace {}", word(folder)) };
        for change in changes.iter().filter(|change| change.what() == GOES) {
            let object = word(&change.object().to_ascii_lowercase());
            lines.push(format!("kubectl --context {context}{namespace} delete {object} --ignore-not-found"));
        }
    }
    lines
}

/// The command that stops Argo CD in a cluster: nothing sets back what is done by hand.
pub(super) fn stop_argo(context: &str) -> String {
    format!(
        "kubectl --context {context} --namespace {} scale statefulset,deployment --selector app.kubernetes.io/name=argocd-application-controller --replicas=0",
        word(ARGOCD_NAMESPACE)
    )
}

/// The commands that make Argo CD follow `kubernetes` or `failover`.
pub(super) fn switch(failover: &Failover<'_>, gitops: &GitopsSpec, top: &str) -> Vec<String> {
    let (site, context) = (failover.site, failover.context());
    let namespace = word(ARGOCD_NAMESPACE);
    let folders = gitops::namespace_path(site, gitops, top);
    let patch = format!(r#"{{"spec":{{"template":{{"spec":{{"source":{{"path":"{folders}"}}}}}}}}}}"#);
    let mut lines = vec![format!(
        "kubectl --context {context} --namespace {namespace} patch applicationset {} --type merge --patch {}",
        gitops::PLATFORM,
        word(&patch)
    )];
    if failover.changes.get(cluster::FOLDER).is_some_and(|changes| !changes.is_empty()) {
        let folder = gitops::in_repository(gitops, &format!("{}/{}", site.folder(top), cluster::FOLDER));
        let patch = format!(r#"{{"spec":{{"source":{{"path":"{folder}"}}}}}}"#);
        lines.push(format!(
            "kubectl --context {context} --namespace {namespace} patch application cluster --type merge --patch {}",
            word(&patch)
        ));
    }
    lines.push(format!("kubectl --context {context} --namespace {namespace} get application"));
    lines
}
