//! The runbook of a standby region: who decides, what is done in which order and how long it may take, how to look
//! whether it worked, what is lost, and the way back.
//!
//! Every name in it is one that Kubernetes or AWS accepts, so nothing in it means anything to Markdown or to a shell;
//! what has more characters is put in quotes by [`crate::shell::word`]. Free texts of the topology are left out.

mod back;
mod data;
mod traffic;

use std::fmt::Write as _;

use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::spec::{EntryPath, GitopsSpec, WorkloadKind};
use waard_model::topology::{Duty, Region};

use super::steps::{Budget, budget, said};
use super::{Change, Changes, TOP};
use crate::shell::word;
use crate::{Site, cluster, gitops};

/// The top of the runbooks.
pub(crate) const FOLDER: &str = "runbooks";

/// A standby region, the region that it protects, and what its runbook speaks of.
pub(super) struct Failover<'t> {
    pub(super) site: Site<'t>,
    pub(super) primary: &'t Region,
    pub(super) budget: Budget,
    pub(super) changes: &'t Changes<'t>,
}

impl Failover<'_> {
    /// The region, as a word of a shell.
    pub(super) fn region(&self) -> String {
        word(self.site.region.name().as_str())
    }

    /// The context of the cluster, as a word of a shell.
    pub(super) fn context(&self) -> String {
        word(self.site.region.cluster().name())
    }

    /// The context of the protected cluster, as a word of a shell.
    pub(super) fn primary_context(&self) -> String {
        word(self.primary.cluster().name())
    }

    /// What a database or cache is called in AWS, in each of its regions.
    pub(super) fn store(&self, name: &str) -> String {
        word(&format!("{}-{}-{name}", self.site.topology.platform(), self.site.environment.name()))
    }

    /// The heading of a step, and the time that it may take.
    pub(super) fn heading(&self, text: &mut String, number: usize, title: &str, step: &str) -> std::fmt::Result {
        writeln!(text, "## {number}. {title}\n")?;
        match self.budget.steps.iter().find(|other| other.name == step) {
            Some(limit) => writeln!(text, "It may take {}.\n", said(limit.seconds)),
            None => Ok(()),
        }
    }
}

/// Commands, fenced.
pub(super) fn commands(text: &mut String, lines: &[String]) -> std::fmt::Result {
    writeln!(text, "```sh")?;
    for line in lines {
        writeln!(text, "{line}")?;
    }
    writeln!(text, "```\n")
}

/// `runbooks/<environment>/<region>.md`.
pub(super) fn runbook(site: Site<'_>, changes: &Changes<'_>) -> Artifact {
    let mut text = String::with_capacity(8192);
    if let Duty::Standby { protects, .. } = site.region.duty()
        && let Some(primary) = site.environment.regions().get(protects)
    {
        let failover = Failover { site, primary, budget: budget(site), changes };
        // Writing to a String can't fail.
        let _ = write_runbook(&mut text, &failover);
    }
    let name = format!("{}.md", site.region.name());
    let path = ArtifactPath::new([FOLDER, site.environment.name().as_str(), &name]);
    Artifact::new(path, text, site.region.path())
}

fn write_runbook(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, primary, .. } = failover;
    let (region, lost) = (site.region.name(), primary.name());
    writeln!(text, "# Failover of {} from {lost} to {region}\n", site.environment.name())?;
    writeln!(text, "Made by waard from `{}`.", site.region.path())?;
    writeln!(text, "It is followed from top to bottom when the region {lost} is lost, and in drills.\n")?;
    summary(text, failover)?;
    times(text, failover)?;
    before(text, failover)?;
    failover.heading(text, 1, "Detect", "detect")?;
    traffic::detect(text, failover)?;
    decide(text, failover)?;
    fence(text, failover)?;
    failover.heading(text, 4, "Promote the data", "promote the data")?;
    data::promote(text, failover)?;
    failover.heading(text, 5, "Start the workloads", "start the workloads")?;
    workloads(text, failover)?;
    failover.heading(text, 6, "Move the traffic", "move the traffic")?;
    traffic::switch(text, failover)?;
    failover.heading(text, 7, "Verify", "verify")?;
    traffic::verify(text, failover)?;
    writeln!(text, "## What is lost\n")?;
    data::lost(text, failover)?;
    back::failback(text, failover)?;
    back::drill(text, failover)
}

fn summary(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, primary, budget, .. } = failover;
    let Duty::Standby { mode, rto, rpo, .. } = site.region.duty() else {
        return Ok(());
    };
    let owner = site
        .topology
        .spec()
        .owner
        .as_ref()
        .map_or("nobody is named in the topology: add `owner`".to_owned(), |owner| format!("`{owner}`"));
    writeln!(text, "| what | value |")?;
    writeln!(text, "| --- | --- |")?;
    writeln!(text, "| decides | {owner} |")?;
    writeln!(text, "| protected | `{}` in {} |", primary.cluster().name(), primary.name())?;
    writeln!(text, "| takes over | `{}` in {}, {mode} |", site.region.cluster().name(), site.region.name())?;
    writeln!(text, "| longest outage (RTO) | {rto} |")?;
    writeln!(text, "| most data lost, as time (RPO) | {rpo} |")?;
    let verdict = if budget.fits() { "within the RTO" } else { "**longer than the RTO**" };
    writeln!(text, "| planned | {}, {verdict} |\n", said(budget.total()))
}

fn times(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let budget = &failover.budget;
    writeln!(text, "## Time\n")?;
    writeln!(text, "| step | at most | done after | where the number comes from |")?;
    writeln!(text, "| --- | --- | --- | --- |")?;
    let mut passed = 0;
    for step in &budget.steps {
        passed += step.seconds;
        writeln!(text, "| {} | {} | {} | {} |", step.name, said(step.seconds), said(passed), step.source)?;
    }
    writeln!(text)?;
    if budget.fits() {
        writeln!(text, "Together {}, of {} that are allowed.", said(budget.total()), said(budget.allowed))?;
    } else {
        let over = said(budget.total().saturating_sub(budget.allowed));
        writeln!(
            text,
            "Together {}: {over} more than the {} that are allowed.",
            said(budget.total()),
            said(budget.allowed)
        )?;
        writeln!(text, "The RTO can't be promised like this: keep replicas instead of backups, or allow more time.")?;
    }
    writeln!(text, "What a drill measures replaces these numbers.\n")
}

fn before(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, primary, .. } = failover;
    writeln!(text, "## Before\n")?;
    writeln!(
        text,
        "Commands are given in the folder that holds this output, with rights in the account of the environment."
    )?;
    if let Some(account) = site.environment.account() {
        writeln!(text, "The account is {account}.")?;
    }
    writeln!(text, "Each cluster has a context of its own name:\n")?;
    let contexts = [site.region, *primary].map(|region| {
        let name = word(region.cluster().name());
        format!("aws eks update-kubeconfig --region {} --name {name} --alias {name}", word(region.name().as_str()))
    });
    commands(text, &contexts)
}

fn decide(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, primary, .. } = failover;
    failover.heading(text, 2, "Decide", "decide")?;
    writeln!(text, "Fail over when the region can't be expected back within the RTO:\n")?;
    writeln!(text, "- AWS Health or its status page names {} for EKS, EC2, RDS or networking, or", primary.name())?;
    writeln!(
        text,
        "- its cluster or its databases don't answer from outside of the region, and nothing was released there in the last hour.\n"
    )?;
    writeln!(
        text,
        "Don't when a release broke it: roll that back. Promoting data can't be undone: [failback](#failback) copies it back."
    )?;
    match &site.topology.spec().owner {
        Some(owner) => writeln!(text, "`{owner}` decides, and writes down when.\n"),
        None => writeln!(text, "Whoever is on call decides, and writes down when.\n"),
    }
}

fn fence(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, primary, .. } = failover;
    let context = failover.primary_context();
    writeln!(text, "## 3. Keep the lost region from writing\n")?;
    writeln!(
        text,
        "If its cluster still answers, nothing may write there any more; if it doesn't, go on, and do this as soon as it does."
    )?;
    writeln!(text, "No autoscaler starts what has no pods, and GitOps says no number where an autoscaler does.\n")?;
    let namespaces: std::collections::BTreeSet<&str> =
        primary.workloads().values().map(|workload| workload.namespace().as_str()).collect();
    let mut lines = Vec::new();
    let part = word(&format!("app.kubernetes.io/part-of={}", site.topology.platform()));
    if site.topology.spec().gitops.is_some() {
        lines.push(format!("kubectl --context {context} --namespace {} scale statefulset,deployment --selector app.kubernetes.io/name=argocd-application-controller --replicas=0", word(waard_model::topology::reserved::ARGOCD_NAMESPACE)));
    }
    for namespace in namespaces {
        let namespace = word(namespace);
        lines.push(format!(
            "kubectl --context {context} --namespace {namespace} scale deployment --selector {part} --replicas=0"
        ));
        lines.push(format!("kubectl --context {context} --namespace {namespace} get cronjob --selector {part} --output name | xargs -r -n 1 kubectl --context {context} --namespace {namespace} patch --type merge --patch '{{\"spec\":{{\"suspend\":true}}}}'"));
    }
    commands(text, &lines)
}

fn workloads(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let Failover { site, .. } = failover;
    let context = failover.context();
    let overlay = site.folder(TOP);
    writeln!(
        text,
        "`{overlay}` is the cluster as it serves: [what stands by](../../{}) and these changes.\n",
        site.folder("kubernetes")
    )?;
    changes_table(text, failover)?;
    match &site.topology.spec().gitops {
        Some(gitops) => {
            writeln!(text, "Argo CD follows one field of its set of applications, which is left to this runbook:\n")?;
            commands(text, &switch(failover, gitops, TOP))?;
            writeln!(text, "If Argo CD can't reach the repository, stop it and apply the overlay by hand:\n")?;
            let stop = format!(
                "kubectl --context {context} --namespace argocd scale statefulset,deployment --selector app.kubernetes.io/name=argocd-application-controller --replicas=0"
            );
            let apply = format!(
                "kubectl --context {context} apply --server-side --force-conflicts --kustomize {}",
                word(&overlay)
            );
            commands(text, &[stop, apply])?;
        }
        None => {
            commands(
                text,
                &[format!("kubectl --context {context} apply --server-side --kustomize {}", word(&overlay))],
            )?;
            deletions(text, failover)?;
        }
    }
    writeln!(text, "Check that every Deployment has its pods, and that migrations are complete:\n")?;
    let namespaces: std::collections::BTreeSet<&str> =
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

/// `kubectl apply` deletes nothing.
fn deletions(text: &mut String, failover: &Failover<'_>) -> std::fmt::Result {
    let context = failover.context();
    let mut lines = Vec::new();
    for (folder, changes) in failover.changes {
        for change in changes.iter().filter(|change| matches!(change, Change::Patched { what, .. } if what == "goes")) {
            let namespace =
                if *folder == cluster::FOLDER { String::new() } else { format!(" --namespace {}", word(folder)) };
            lines.push(format!(
                "kubectl --context {context}{namespace} delete {} --ignore-not-found",
                word(&change.object().to_ascii_lowercase())
            ));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(text, "`kubectl apply` deletes nothing; what goes is deleted by hand:\n")?;
    commands(text, &lines)
}

/// The commands that make Argo CD follow `kubernetes` or `failover`.
pub(super) fn switch(failover: &Failover<'_>, gitops: &GitopsSpec, top: &str) -> Vec<String> {
    let (site, context) = (failover.site, failover.context());
    let namespace = word(waard_model::topology::reserved::ARGOCD_NAMESPACE);
    let path = gitops::namespace_path(site, gitops, top);
    let patch = format!(r#"{{"spec":{{"template":{{"spec":{{"source":{{"path":"{path}"}}}}}}}}}}"#);
    let mut lines = vec![format!(
        "kubectl --context {context} --namespace {namespace} patch applicationset {} --type merge --patch {}",
        gitops::PLATFORM,
        word(&patch)
    )];
    if failover.changes.get(cluster::FOLDER).is_some_and(|changes| !changes.is_empty()) {
        let path = gitops::in_repository(gitops, &format!("{}/{}", site.folder(top), cluster::FOLDER));
        let patch = format!(r#"{{"spec":{{"source":{{"path":"{path}"}}}}}}"#);
        lines.push(format!(
            "kubectl --context {context} --namespace {namespace} patch application cluster --type merge --patch {}",
            word(&patch)
        ));
    }
    lines.push(format!("kubectl --context {context} --namespace {namespace} get application"));
    lines
}

/// The hosts that the region answers, and the path that is asked for, without doubles.
pub(super) fn hosts(failover: &Failover<'_>) -> Vec<(String, String)> {
    let workloads = failover.site.region.workloads().values();
    let exposed = workloads.filter_map(|workload| {
        let route = workload.exposed().first()?;
        let ready = workload.probes().readiness.as_ref().and_then(|probe| probe.path.as_ref());
        let path = ready.filter(|_| route.path.as_str() == "/").unwrap_or(&route.path);
        Some((route.host.to_string(), path.to_string()))
    });
    let mut found: Vec<_> = exposed.collect();
    found.sort();
    found.dedup();
    found
}

/// The way in, for people.
pub(super) fn entry(failover: &Failover<'_>) -> &'static str {
    match failover.site.topology.entry() {
        EntryPath::Direct => "the load balancer",
        EntryPath::Mesh => "the load balancer and the mesh's gateway",
    }
}
