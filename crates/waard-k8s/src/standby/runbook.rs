//! The runbook of a standby region: who decides, what is done in which order and how long it may take, how to look
//! whether it worked, what is lost, and the way back.
//!
//! Every name in it is one that Kubernetes or AWS accepts, so nothing in it means anything to Markdown or to a shell;
//! what has more characters is put in quotes by [`crate::shell::word`]. Free texts of the topology are left out.

mod back;
mod data;
mod traffic;
mod workloads;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waard_model::artifact::{Artifact, ArtifactPath};
use waard_model::spec::EntryPath;
use waard_model::topology::{Duty, Region};

use super::Changes;
use super::steps::{Budget, budget, said};
use crate::Site;
use crate::shell::word;

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
    workloads::start(text, failover)?;
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
    let namespaces: BTreeSet<&str> =
        primary.workloads().values().map(|workload| workload.namespace().as_str()).collect();
    let mut lines = Vec::new();
    let part = word(&format!("app.kubernetes.io/part-of={}", site.topology.platform()));
    if site.topology.spec().gitops.is_some() {
        lines.push(workloads::stop_argo(&context));
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
