//! See its page.
//!
//! Source: EKS API reference, `VpcConfigRequest`: public access is on and its ranges are 0.0.0.0/0 by default;
//! eksctl `pkg/apis/eksctl.io/v1alpha5/defaults.go`, `ClusterEndpointAccessDefaults`.

use crate::cluster::Object;
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::Block;
use crate::place::{Place, Placed};
use crate::rule::{Check, Rule, Severity};
use crate::terraform::{Known, Root};

/// The rule.
pub static RULE: Rule = Rule {
    id: "security/public-endpoint",
    severity: Severity::Warning,
    looks_at: "clusters",
    page: include_str!("public_endpoint.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for root in context.platform().roots() {
        for block in root.resources("aws_eks_cluster") {
            findings.looked_at_one();
            let Some(network) = block.block("vpc_config") else { continue };
            let public = root.flag(network, "endpoint_public_access", true);
            terraform(root, network, public, "public_access_cidrs", findings);
        }
        let modules = root.of_kind("module").filter(|module| {
            let source = module.get("source").and_then(|source| source.as_str()).unwrap_or_default();
            source.contains("terraform-aws-modules/eks/aws") && !source.contains("//")
        });
        for module in modules {
            findings.looked_at_one();
            // The module calls it by these names before and after its version 21, and leaves it private.
            let (flag, list) = if module.get("endpoint_public_access").is_some() {
                ("endpoint_public_access", "endpoint_public_access_cidrs")
            } else {
                ("cluster_endpoint_public_access", "cluster_endpoint_public_access_cidrs")
            };
            terraform(root, module, root.flag(module, flag, false), list, findings);
        }
    }
    for config in context.platform().clusters().iter().flat_map(crate::cluster::Cluster::configs) {
        findings.looked_at_one();
        eksctl(config, findings);
    }
}

fn terraform(root: &Root, block: &Block, public: Option<bool>, list: &str, findings: &mut Findings<'_>) {
    match (public, root.argument(block, list)) {
        (Some(false), _) => {}
        (None, _) => findings.unknown(block, "whether its endpoint is public depends on what the files don't say"),
        (Some(true), None | Some(Known::Null)) => report(block.place(), None, findings),
        (Some(true), Some(Known::List(items))) => {
            let open = items.iter().filter_map(Known::as_str).find(|cidr| is_everything(cidr));
            let at = block.get(list).map_or_else(|| block.place(), Placed::place);
            if let Some(cidr) = open {
                report(at, Some(cidr), findings);
            } else if items.iter().any(Known::is_unknown) {
                findings.unknown(at, "from where its endpoint can be reached depends on what the files don't say");
            }
        }
        (Some(true), Some(_)) => {
            findings.unknown(block, "from where its endpoint can be reached depends on what the files don't say");
        }
    }
}

fn eksctl(config: &Object, findings: &mut Findings<'_>) {
    if config.bool_at("privateCluster.enabled") == Some(true)
        || config.bool_at("vpc.clusterEndpoints.publicAccess") == Some(false)
    {
        return;
    }
    let cidrs = config.list("vpc.publicAccessCIDRs");
    match cidrs.iter().find(|cidr| cidr.text().is_some_and(is_everything)) {
        Some(cidr) => report(cidr.place(), cidr.text(), findings),
        None if cidrs.is_empty() => report(config.node().nearest("vpc.clusterEndpoints.publicAccess"), None, findings),
        None => {}
    }
}

fn is_everything(cidr: &str) -> bool {
    matches!(cidr, "0.0.0.0/0" | "::/0")
}

fn report(at: Place, cidr: Option<&str>, findings: &mut Findings<'_>) {
    let why = match cidr {
        Some(cidr) => format!("`{cidr}` is everywhere"),
        None => "the endpoint is public and no range of addresses is named, which means 0.0.0.0/0".to_owned(),
    };
    findings
        .report(at, format!("the API server of the cluster can be reached from all of the internet: {why}"))
        .help("switch private access on, and public access off, or name the ranges that it is for");
}
