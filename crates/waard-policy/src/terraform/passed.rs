//! Objects that are passed to modules: where the module isn't there, they are all that says what it shall make.

use super::Root;
use crate::cluster::Cluster;
use crate::hcl::{Block, Expr};
use crate::place::{Place, Placed};
use crate::platform::Platform;

/// An object that is passed to a module, at any depth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed<'r> {
    /// The call.
    pub module: &'r Block,
    /// Its key, or the name of the argument.
    pub name: &'r str,
    /// Where that stands.
    pub place: Place,
    /// The object.
    pub value: &'r Expr,
    /// Whether it is inside of one that is named after regions.
    pub within_regions: bool,
}

impl Passed<'_> {
    /// The keys of its entries.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.value.entries().iter().filter_map(|(key, _)| Some(key.text.as_deref()?.to_owned())).collect()
    }

    /// Whether it describes a group of nodes: instance types and sizes.
    fn is_group(&self) -> bool {
        let has = |names: &[&str]| names.iter().any(|name| self.value.get(name).is_some());
        has(&["instance_types", "instance_type"]) && has(&["min_size", "max_size", "desired_size", "desired_capacity"])
    }

    /// Whether it describes a database that is written to.
    pub(crate) fn is_database(&self) -> bool {
        let class = self.value.get("instance_class").and_then(Expr::as_str);
        class.is_some_and(|class| class.starts_with("db.")) && !self.name.to_ascii_lowercase().contains("replica")
    }

    /// Whether it describes a cache.
    pub(crate) fn is_cache(&self) -> bool {
        let kind = ["node_type", "instance_type"].iter().find_map(|name| self.value.get(name)?.as_str());
        kind.is_some_and(|kind| kind.starts_with("cache."))
    }
}

impl Root {
    /// Every object that is passed to a module.
    pub(crate) fn passed(&self) -> Vec<Passed<'_>> {
        let mut found = Vec::new();
        for module in self.of_kind("module") {
            for argument in &module.body.arguments {
                let own = Passed {
                    module,
                    name: &argument.name,
                    place: argument.place(),
                    value: &argument.value,
                    within_regions: false,
                };
                inner(own, 0, &mut found);
            }
        }
        found
    }

    /// Those that describe groups of nodes.
    pub(crate) fn passed_groups(&self) -> Vec<Passed<'_>> {
        self.passed().into_iter().filter(Passed::is_group).collect()
    }

    /// What a block's `for_each` may go through, where it is a variable that nothing declares: an object of the same name
    /// that is passed to another module.
    pub(crate) fn alike(&self, block: &Block) -> Option<Passed<'_>> {
        let reference = block.get("for_each")?.as_reference().filter(|reference| reference.root() == Some("var"))?;
        let name = reference.name(1).filter(|name| self.block(&format!("var.{name}")).is_none())?;
        self.passed().into_iter().find(|passed| passed.name == name && !passed.value.entries().is_empty())
    }
}

fn inner<'r>(passed: Passed<'r>, depth: usize, found: &mut Vec<Passed<'r>>) {
    const DEEPEST: usize = 8;
    if passed.value.entries().is_empty() || depth > DEEPEST {
        return;
    }
    found.push(passed);
    let within_regions = passed.within_regions || passed.name.to_ascii_lowercase().contains("region");
    for (key, value) in passed.value.entries() {
        let Some(name) = key.text.as_deref() else { continue };
        inner(Passed { name, place: key.place(), value, within_regions, ..passed }, depth + 1, found);
    }
}

impl Platform {
    /// Whether a call is about a cluster: it names that one, or none where there is no other, and no other region.
    pub(crate) fn is_call_for(&self, root: &Root, module: &Block, cluster: &Cluster) -> bool {
        let own = ["cluster_name", "name"].iter().filter_map(|key| module.get(key));
        let inner = module.body.arguments.iter().flat_map(|argument| argument.value.entries());
        let inner = inner.filter(|(key, _)| matches!(key.text.as_deref(), Some("cluster_name" | "name")));
        let mut names = own.chain(inner.map(|(_, value)| value)).peekable();
        let is_only = self.clusters().iter().filter(|cluster| !cluster.nodes().groups.is_empty()).count() == 1;
        let fits = if names.peek().is_none() {
            is_only
        } else {
            names.all(|expr| root.known(expr).as_str() == Some(cluster.name()))
        };
        let region = root.text(module, "region");
        fits && region.is_none_or(|region| cluster.region().is_none_or(|own| own == region))
    }

    /// Whether a call is of a folder that isn't there: nothing makes anything of what is passed.
    pub(crate) fn calls_nothing(&self, root: &Root, module: &Block) -> bool {
        let local = module.get("source").and_then(Expr::as_str).is_some_and(|source| source.starts_with('.'));
        local && self.called(root, module).is_none()
    }
}
