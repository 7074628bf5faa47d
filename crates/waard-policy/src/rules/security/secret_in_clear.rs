//! See its page.

use crate::cluster::Cluster;
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::secrets::{by_form, in_clear};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/secret-in-clear",
    severity: Severity::Error,
    looks_at: "values of environment variables and ConfigMaps",
    page: include_str!("secret_in_clear.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    let help = "keep it in a Secret that something outside of these files fills, refer to it, and change what was written here";
    for container in cluster.workloads().flat_map(|workload| workload.containers().collect::<Vec<_>>()) {
        for variable in container.node.list("env") {
            let Some(node) = variable.get("value").filter(|node| !node.is_null()) else { continue };
            findings.looked_at_one();
            let name = variable.get("name").and_then(Node::text).unwrap_or_default();
            if let Some(what) = node.text().and_then(|value| in_clear(name, value)) {
                let message = format!("`{name}` of container `{}` is {what}, in clear", container.name());
                findings.report(node, message).help(help);
            }
        }
    }
    for map in cluster.of("ConfigMap") {
        for entry in map.node().map("data") {
            findings.looked_at_one();
            let value = entry.value().text().unwrap_or_default();
            // Whole files are judged by line.
            let lines = value.lines().map(str::trim).filter_map(|line| {
                let (name, value) = line.split_once(['=', ':'])?;
                in_clear(name.trim(), value.trim().trim_matches(['"', '\'']))
            });
            let whole = in_clear(entry.key(), value).or_else(|| by_form(value));
            let found = if value.contains('\n') { by_form(value).or_else(|| lines.into_iter().next()) } else { whole };
            if let Some(what) = found {
                let message = format!("`{}` of ConfigMap `{}` holds {what}, in clear", entry.key(), map.name());
                findings.report(entry, message).help(help);
            }
        }
    }
}
