//! See its page.
//!
//! Source: eksctl user guide, "Addons": metrics-server is among the default add-ons since 0.201.0.

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::wish::is_left_open;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/metrics-missing",
    looks_at: "autoscalers that measure the use of cpu or memory",
    page: include_str!("metrics_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let scalers: Vec<&Object> = cluster
        .of("HorizontalPodAutoscaler")
        .filter(|scaler| {
            let metrics = scaler.list("spec.metrics");
            let resource = |metric: &Node| matches!(metric.str_at("type"), Some("Resource" | "ContainerResource"));
            metrics.iter().any(resource) || scaler.at("spec.targetCPUUtilizationPercentage").is_some()
        })
        .collect();
    let Some(first) = scalers.first() else { return };
    findings.looked_at_one();
    let serves = |object: &Object| object.kind() == "APIService" && object.name().ends_with(".metrics.k8s.io");
    let is_server = |text: &str| text.contains("metrics-server") || text.contains("metrics_server");
    let named = cluster.objects().iter().any(|object| serves(object) || is_server(object.name()));
    let by_eksctl = cluster
        .configs()
        .iter()
        .any(|config| config.list("addons").iter().any(|addon| addon.str_at("name").is_some_and(is_server)));
    let own = |root: &&Root| cluster.may_be_changed_by(root);
    let by_terraform = context.platform().roots().iter().filter(own).flat_map(Root::blocks).any(|block| {
        let mut texts = ["addon_name", "chart", "name"].iter().filter_map(|name| block.get(name)?.as_str());
        texts.any(is_server)
            || block
                .argument("addons")
                .or_else(|| block.argument("cluster_addons"))
                .is_some_and(|addons| addons.value.get("metrics-server").is_some())
    });
    let by_chart = cluster.charts(context.platform()).iter().any(|chart| is_server(&chart.name));
    if named || by_eksctl || by_terraform || by_chart {
        return;
    }
    if let Some(module) = is_left_open(context.platform()) {
        findings.unknown(*first, format!("`{}` may install it", module.address()));
        return;
    }
    if let Some(chart) = cluster.unknown_chart(context.platform()) {
        findings.unknown(*first, format!("chart `{}` may bring it", chart.name));
        return;
    }
    // Without a description of the cluster, its add-ons are somebody else's.
    let Some(config) = cluster.configs().first() else {
        findings.unknown(*first, "which add-ons the cluster has is not among the files");
        return;
    };
    let at = config.node().nearest("addons");
    let draft = findings.report(
        at,
        format!(
            "{} autoscalers of {} need the measured use of pods, and no metrics server is named",
            scalers.len(),
            cluster.title()
        ),
    );
    // eksctl adds it by itself, but for a cluster that an older release made, or one that doesn't want it.
    let declined = config.bool_at("addonsConfig.disableDefaultAddons") == Some(true);
    draft.severity(if declined { Severity::Warning } else { Severity::Info });
    draft.related(*first, "this one asks for it").help("name the add-on `metrics-server`: eksctl adds it by itself only since its release 0.201, and only where it makes the cluster");
}
