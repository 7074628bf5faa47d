//! See its page.

use crate::autoscaler::{Autoscaler, Flag};
use crate::cluster::{Cluster, Defined, GroupKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/autoscaler-flags",
    looks_at: "Cluster Autoscalers",
    page: include_str!("autoscaler_flags.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

/// Sources: kubernetes/autoscaler `cluster-autoscaler/FAQ.md`, "What are Expanders?" and "What are the parameters to
/// CA?"; `cloudprovider/aws/aws_cloud_provider.go`, whose `Pricing` is not implemented; `expander/priority/readme.md`.
fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for autoscaler in Autoscaler::of(cluster) {
        findings.looked_at_one();
        let on_aws = autoscaler.flag("cloud-provider").is_none_or(|flag| flag.value == "aws");
        if let Some(flag) = autoscaler.flag("expander") {
            expander(cluster, &autoscaler, flag, on_aws, findings);
        }
        if autoscaler.is_on("scale-down-enabled") == Some(false) {
            for name in ["scale-down-unneeded-time", "scale-down-utilization-threshold", "scale-down-delay-after-add"] {
                if let Some(flag) = autoscaler.flag(name) {
                    findings
                        .report(
                            flag,
                            format!("`--{name}={}` has no effect with `--scale-down-enabled=false`", flag.value),
                        )
                        .help("remove one of the two");
                }
            }
        }
        if let Some(flag) = autoscaler.flag("scale-down-utilization-threshold")
            && flag.value.parse::<f64>().is_ok_and(|value| !(0.0..=1.0).contains(&value))
        {
            findings
                .report(flag, format!("`--{}={}` is no share of a node", flag.name, flag.value))
                .help("write a number from 0 to 1: 0.5 removes nodes of which less than half is requested");
        }
        if let Some(flag) = autoscaler.flag("max-nodes-total")
            && let Ok(most) = flag.value.parse::<i64>()
            && most > 0
        {
            let groups = cluster.nodes().groups.iter().filter(|group| group.kind != GroupKind::Karpenter);
            let least: i64 = groups.filter_map(|group| group.min).fold(0, i64::saturating_add);
            if least > most {
                findings
                    .report(flag, format!("the node groups have at least {least} nodes, and `--max-nodes-total` allows {most}: nothing is ever added"))
                    .help("raise it above the sum of the groups' largest sizes, or leave it out");
            }
        }
        let replicas = autoscaler.container.workload.replicas();
        if autoscaler.is_on("leader-elect") == Some(false)
            && replicas.is_some_and(|replicas| replicas > 1)
            && let Some(flag) = autoscaler.flag("leader-elect")
        {
            findings
                .report(
                    flag,
                    format!("{} replicas without a leader all change the same groups", replicas.unwrap_or_default()),
                )
                .help("leave `--leader-elect` on, or run one replica");
        }
    }
}

fn expander(cluster: &Cluster, autoscaler: &Autoscaler<'_>, flag: Flag<'_>, on_aws: bool, findings: &mut Findings<'_>) {
    for name in flag.value.split(',') {
        match name {
            "price" if on_aws => {
                findings
                    .report(
                        flag,
                        "the expander `price` knows no prices of AWS: the Cluster Autoscaler ends as it starts",
                    )
                    .severity(Severity::Error)
                    .help("use `least-waste`, or `priority` with cheaper groups first");
            }
            "priority" => {
                let namespace = autoscaler.container.workload.object.ns();
                let map = "cluster-autoscaler-priority-expander";
                match cluster.defines("ConfigMap", namespace, map) {
                    Defined::No => {
                        findings
                            .report(flag, format!("the expander `priority` reads ConfigMap `{map}` in namespace `{namespace}`, which is missing: a group is chosen at random"))
                            .help("write the ConfigMap, or choose another expander");
                    }
                    Defined::Perhaps(_) => findings
                        .unknown(flag, format!("something that isn't among the files may make ConfigMap `{map}`")),
                    _ => {}
                }
            }
            "random" | "most-pods" | "least-waste" | "least-nodes" | "price" | "grpc" => {}
            other => {
                findings
                    .report(flag, format!("there is no expander `{other}`"))
                    .severity(Severity::Error)
                    .help("the expanders are `random`, `most-pods`, `least-waste`, `least-nodes`, `price`, `priority` and `grpc`");
            }
        }
    }
}
