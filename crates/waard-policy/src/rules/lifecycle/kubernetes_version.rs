//! See its page.

use waard_catalog::SupportPhase;

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::place::Place;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "lifecycle/kubernetes-version",
    severity: Severity::Error,
    looks_at: "clusters whose Kubernetes version is written",
    page: include_str!("kubernetes_version.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let Some(version) = cluster.version() else { return };
    let Some(at): Option<Place> = version.place else { return };
    findings.looked_at_one();
    let Some(day) = context.as_of() else {
        return findings.unknown(at, "no day is given to judge for");
    };
    let minor = version.minor;
    let Some(eks) = context.catalog().eks(minor) else {
        return findings.unknown(at, format!("the catalog doesn't know Kubernetes {minor} on EKS"));
    };
    let phase = eks.phase(day);
    let last = |date: Option<waard_catalog::Date>| {
        date.map_or_else(|| "a day that isn't published".to_owned(), |date| date.to_string())
    };
    let newest = context.catalog().eks_versions().iter().rfind(|other| other.phase(day) == SupportPhase::Standard);
    let help = newest.map_or_else(String::new, |newest| {
        format!("Kubernetes {} has standard support until {}", newest.kubernetes, last(newest.standard_until))
    });
    match phase {
        SupportPhase::Ended => {
            let message = format!(
                "EKS ended all support of Kubernetes {minor} on {}: no such cluster can be created, and AWS upgrades those that are left",
                last(eks.extended_until)
            );
            findings.report(at, message).help(help);
        }
        SupportPhase::Extended => {
            let message = format!(
                "standard support of Kubernetes {minor} ended on {}: until {} the control plane costs {}",
                last(eks.standard_until),
                last(eks.extended_until),
                surcharge(context, cluster)
            );
            findings.report(at, message).severity(Severity::Warning).help(help);
        }
        SupportPhase::NotYet => {
            let message = format!("Kubernetes {minor} comes to EKS on {}", last(eks.released));
            findings.report(at, message).help(help);
        }
        SupportPhase::Unknown => {
            findings.unknown(at, format!("the calendar says nothing about Kubernetes {minor} on {day}"));
        }
        SupportPhase::Standard => {}
    }
}

/// What a control plane costs in extended support and before, by the hour.
fn surcharge(context: &Context<'_>, cluster: &Cluster) -> String {
    let region = cluster.region().unwrap_or("*");
    let price = |item: &str| context.catalog().price("eks", item, region).map(|price| price.usd);
    match (price("control-plane-extended"), price("control-plane")) {
        (Some(extended), Some(standard)) => format!("{extended} USD an hour instead of {standard}"),
        _ => "a surcharge".to_owned(),
    }
}
