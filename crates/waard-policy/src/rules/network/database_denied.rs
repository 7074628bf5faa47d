//! See its page.
//!
//! Sources: Amazon RDS and ElastiCache user guides: a primary may be in any subnet of its group, and moves with a failover;
//! Amazon VPC user guide, "Security group rules": what no rule lets in is refused.

use waard_model::quantity::Cidr;

use crate::cluster::{Cluster, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::hcl::{Block, Expr};
use crate::place::Placed;
use crate::rule::{Check, Rule, Severity};
use crate::terraform::Root;
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network/database-denied",
    severity: Severity::Error,
    looks_at: "managed databases and caches, by their security groups and by the policies of pods that name their ports",
    page: include_str!("database_denied.md"),
    check: Check::Platform(check),
    ..Rule::BASE
};

/// A managed database or cache.
struct Store<'r> {
    block: &'r Block,
    port: i64,
    groups: Option<&'r Expr>,
    subnets: Option<Vec<Subnet<'r>>>,
}

/// A subnet, and its addresses.
type Subnet<'r> = (&'r Block, Cidr);

/// How far a policy gets with a store.
struct Reached<'s, 'r> {
    store: &'s Store<'r>,
    missed: Vec<Subnet<'r>>,
    /// How many subnets it reaches.
    count: usize,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let platform = context.platform();
    for root in platform.roots() {
        for store in stores(root) {
            group(root, &store, findings);
        }
    }
    for cluster in platform.clusters().iter().filter(|cluster| !cluster.name().is_empty()) {
        let makes = |root: &&Root| {
            let mut clusters = root.resources("aws_eks_cluster");
            clusters.any(|block| root.text(block, "name").is_some_and(|name| name == cluster.name()))
        };
        let Some(root) = platform.roots().iter().find(makes) else { continue };
        let stores = stores(root);
        if !stores.is_empty() {
            policies(cluster, &stores, findings);
        }
    }
}

fn stores(root: &Root) -> Vec<Store<'_>> {
    let mut found = Vec::new();
    for (kind, groups, subnets) in [
        ("aws_db_instance", "vpc_security_group_ids", "db_subnet_group_name"),
        ("aws_rds_cluster", "vpc_security_group_ids", "db_subnet_group_name"),
        ("aws_elasticache_replication_group", "security_group_ids", "subnet_group_name"),
        ("aws_elasticache_cluster", "security_group_ids", "subnet_group_name"),
    ] {
        for block in root.resources(kind) {
            let Some(port) = port(root, block) else { continue };
            let subnets = block.get(subnets).and_then(|name| subnets_of(root, name));
            found.push(Store { block, port, groups: block.get(groups), subnets });
        }
    }
    found
}

/// The port that is written, or that of the engine.
fn port(root: &Root, block: &Block) -> Option<i64> {
    if block.get("port").is_some() {
        return root.argument(block, "port")?.as_int();
    }
    let engine = root.text(block, "engine");
    match engine.as_deref() {
        Some(engine) if engine.contains("postgres") => Some(5432),
        Some(engine) if engine.contains("mysql") || engine == "mariadb" => Some(3306),
        Some("redis" | "valkey") => Some(6379),
        Some("memcached") => Some(11211),
        None if block.label(0) == Some("aws_elasticache_replication_group") => Some(6379),
        _ => None,
    }
}

/// The subnets of a group, if all of them are known.
fn subnets_of<'r>(root: &'r Root, name: &Expr) -> Option<Vec<Subnet<'r>>> {
    let group = root.block(&name.as_reference()?.dotted_pair())?;
    let subnet = |expr: &Expr| {
        let block = root.block(&expr.as_reference()?.dotted_pair())?;
        Some((block, root.text(block, "cidr_block")?.parse().ok()?))
    };
    let found: Option<Vec<_>> = group.get("subnet_ids")?.items().iter().map(subnet).collect();
    found.filter(|subnets| !subnets.is_empty())
}

/// Whether a security group of a store lets anybody in on its port.
fn group(root: &Root, store: &Store<'_>, findings: &mut Findings<'_>) {
    let Some(groups) = store.groups.filter(|groups| !groups.items().is_empty()) else { return };
    findings.looked_at_one();
    let mut named = Vec::new();
    for expr in groups.items() {
        let reference = expr.as_reference().filter(|reference| reference.root() == Some("aws_security_group"));
        match reference.and_then(|reference| root.block(&reference.dotted_pair())) {
            Some(block) => named.push(block),
            None => {
                return findings.unknown(expr, "the rules of this group are not among the files of the root module");
            }
        }
    }
    let opens = |rule: &Block| {
        let number = |name: &str| root.argument(rule, name).map(|known| known.as_int());
        let all = root.argument(rule, "ip_protocol").or_else(|| root.argument(rule, "protocol"));
        let all = all.is_none_or(|known| known.as_str().is_none_or(|text| text == "-1" || text == "all"));
        match (number("from_port"), number("to_port")) {
            (Some(Some(from)), Some(Some(to))) => all || (from..=to).contains(&store.port),
            // What isn't known, or opens everything.
            _ => true,
        }
    };
    for block in &named {
        let own = block.blocks("ingress").any(opens) || block.dynamic("ingress").is_some();
        let is_of = |rule: &&Block| {
            rule.get("security_group_id").is_none_or(|expr| {
                expr.as_reference()
                    .and_then(|reference| root.block(&reference.dotted_pair()))
                    .is_none_or(|found| std::ptr::eq(found, *block))
            })
        };
        let rules =
            root.resources("aws_security_group_rule").chain(root.resources("aws_vpc_security_group_ingress_rule"));
        let lets_in = |rule: &&Block| {
            rule.label(0) != Some("aws_security_group_rule")
                || root.text(rule, "type").is_none_or(|kind| kind == "ingress")
        };
        if own || rules.filter(lets_in).filter(is_of).any(opens) {
            return;
        }
    }
    // Who is told of the group may add a rule elsewhere.
    let told = root
        .blocks()
        .iter()
        .filter(|block| matches!(&*block.kind, "output" | "module") || block.label(0) == Some("aws_ssm_parameter"));
    let told = told
        .flat_map(Block::references)
        .any(|reference| named.iter().any(|block| block.address() == reference.dotted_pair()));
    if told {
        return findings.unknown(store.block, "its security groups are given to others, who may let somebody in");
    }
    let titles: Vec<String> = named.iter().map(|block| format!("`{}`", block.address())).collect();
    let at = store.groups.map_or_else(|| store.block.place(), Placed::place);
    findings
        .report(
            at,
            format!(
                "nobody reaches `{}` on port {}: no rule of {} lets anything in there",
                store.block.address(),
                store.port,
                titles.join(", ")
            ),
        )
        .help("add a rule for the security group or the subnets of what uses it");
}

/// Egress rules for the port of a store that reach only some of its subnets.
fn policies(cluster: &Cluster, stores: &[Store<'_>], findings: &mut Findings<'_>) {
    for policy in cluster.of_group("networking.k8s.io", "NetworkPolicy") {
        for rule in policy.list("spec.egress") {
            let peers = rule.list("to");
            let blocks: Vec<&Node> = peers.iter().filter_map(|peer| peer.get("ipBlock")).collect();
            if peers.is_empty() || blocks.len() < peers.len() {
                continue;
            }
            for port in rule.list("ports").iter().filter(|port| port.get("endPort").is_none()) {
                let Some(node) = port.get("port") else { continue };
                let ours = stores.iter().filter(|store| Some(store.port) == node.as_int() && store.subnets.is_some());
                let ours: Vec<&Store<'_>> = ours.collect();
                if !ours.is_empty() {
                    findings.looked_at_one();
                    judge(policy, rule, &ours, findings);
                }
            }
        }
    }
}

fn judge(policy: &Object, rule: &Node, stores: &[&Store<'_>], findings: &mut Findings<'_>) {
    // Other rules of the policy for the port count too.
    let all: Vec<(Cidr, Vec<Cidr>)> = policy
        .list("spec.egress")
        .iter()
        .filter(|other| same_ports(other, rule))
        .flat_map(|other| other.list("to"))
        .filter_map(block_of)
        .collect();
    let mut best: Option<Reached<'_, '_>> = None;
    for store in stores {
        let Some(subnets) = &store.subnets else { continue };
        let missed: Vec<Subnet<'_>> = subnets.iter().filter(|(_, subnet)| !covers(&all, *subnet, 0)).copied().collect();
        if missed.is_empty() {
            return;
        }
        let count = subnets.len().saturating_sub(missed.len());
        if best.as_ref().is_none_or(|best| count > best.count) {
            best = Some(Reached { store, missed, count });
        }
    }
    let Some(Reached { store, missed, count }) = best else { return };
    if count == 0 {
        // It may be for another one, which is not among the files.
        return findings
            .unknown(rule, "no database of the root module is where this rule leads, and another one may be");
    }
    let names: Vec<String> = missed.iter().map(|(block, subnet)| format!("`{}` ({subnet})", block.address())).collect();
    let draft = findings.report(
        rule,
        format!(
            "policy `{}` lets pods reach only some subnets of `{}`: not {}",
            policy.name(),
            store.block.address(),
            names.join(", ")
        ),
    );
    draft.counterexample(format!("after a failover into that subnet, TCP {}: denied", store.port));
    draft.help("name every subnet of its subnet group").related(store.block, "the store");
}

fn same_ports(one: &Node, other: &Node) -> bool {
    let ports = |rule: &Node| -> Vec<String> {
        rule.list("ports").iter().filter_map(|port| Some(port.get("port")?.text()?.to_owned())).collect()
    };
    let others = ports(other);
    ports(one).iter().any(|port| others.contains(port))
}

fn block_of(peer: &Node) -> Option<(Cidr, Vec<Cidr>)> {
    let block = peer.get("ipBlock")?;
    let except = block.list("except").iter().filter_map(|node| node.text()?.parse().ok()).collect();
    Some((block.str_at("cidr")?.parse().ok()?, except))
}

/// Whether blocks reach all of a subnet, by halves where they reach a part.
fn covers(blocks: &[(Cidr, Vec<Cidr>)], subnet: Cidr, steps: u8) -> bool {
    let whole = |(block, except): &(Cidr, Vec<Cidr>)| {
        block.contains(subnet) && except.iter().all(|except| except.is_disjoint(subnet))
    };
    if blocks.iter().any(whole) {
        return true;
    }
    let touches = blocks.iter().any(|(block, _)| !block.is_disjoint(subnet));
    touches
        && steps < 8
        && [0, 1].into_iter().all(|half| subnet.part(1, half).is_some_and(|half| covers(blocks, half, steps + 1)))
}
