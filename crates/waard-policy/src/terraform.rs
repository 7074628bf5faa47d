//! Root modules: the Terraform files of one folder, what they declare, and what is known of their values.

mod constraint;
mod iam;
mod known;
pub(crate) mod layout;
mod passed;

use std::collections::BTreeMap;

pub use constraint::Constraint;
pub use iam::Statement;
pub(crate) use iam::policy_of_yaml;
pub use known::{Instances, Known, Scope};
pub(crate) use passed::Passed;

use crate::hcl::{Argument, Block, Body, Expr};
use crate::place::{Place, Placed};

/// The Terraform files of one folder.
///
/// Whether the folder is applied by itself or called by others, [`is_called`](Self::is_called) says.
#[derive(Debug, Default)]
pub struct Root {
    pub(crate) path: String,
    pub(crate) files: Vec<u32>,
    pub(crate) blocks: Vec<Block>,
    by_address: BTreeMap<String, usize>,
    by_type: BTreeMap<(Box<str>, Box<str>), Vec<usize>>,
    locals: BTreeMap<Box<str>, Argument>,
    values: BTreeMap<Box<str>, Argument>,
    auto_values: BTreeMap<Box<str>, Argument>,
    pub(crate) called: bool,
    /// Whether a file of it could not be read to its end.
    pub(crate) broken: bool,
}

impl Root {
    pub(crate) fn new(path: String) -> Self {
        Self { path, ..Self::default() }
    }

    pub(crate) fn add_file(&mut self, file: u32, body: Body) {
        self.files.push(file);
        for block in body.blocks {
            if &*block.kind == "locals" {
                for local in &block.body.arguments {
                    self.locals.insert(local.name.clone(), local.clone());
                }
            }
            self.blocks.push(block);
        }
    }

    /// What `terraform.tfvars` sets, or an `auto` file, which counts more; of several, the last in their order does.
    ///
    /// Source: Terraform, "Variable definition precedence".
    pub(crate) fn add_values(&mut self, body: Body, auto: bool) {
        let values = if auto { &mut self.auto_values } else { &mut self.values };
        values.extend(body.arguments.into_iter().map(|argument| (argument.name.clone(), argument)));
    }

    pub(crate) fn index(&mut self) {
        for (at, block) in self.blocks.iter().enumerate() {
            self.by_address.entry(block.address()).or_insert(at);
            let first = block.label(0).unwrap_or_default().into();
            self.by_type.entry((block.kind.clone(), first)).or_default().push(at);
        }
    }

    /// The folder.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether another root of the platform calls it as a module.
    pub const fn is_called(&self) -> bool {
        self.called
    }

    /// Whether it is applied by itself: nothing calls it, and it isn't kept among modules.
    pub fn is_applied(&self) -> bool {
        !self.called && !self.path.split('/').any(|part| part == "modules")
    }

    /// Whether all of it could be read: in one that is broken, what seems to be missing may be there.
    pub const fn is_whole(&self) -> bool {
        !self.broken
    }

    /// Every block of the top level, in the order of files and lines.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The blocks of a kind: `variable`, `module`, `terraform`.
    pub fn of_kind<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = &'r Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }

    /// The resources of a type.
    pub fn resources<'r>(&'r self, resource_type: &str) -> impl Iterator<Item = &'r Block> + use<'r> {
        self.typed("resource", resource_type)
    }

    /// The data sources of a type.
    pub fn data<'r>(&'r self, data_type: &str) -> impl Iterator<Item = &'r Block> + use<'r> {
        self.typed("data", data_type)
    }

    fn typed<'r>(&'r self, kind: &str, label: &str) -> impl Iterator<Item = &'r Block> + use<'r> {
        let found = self.by_type.get(&(kind.into(), label.into())).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|at| self.blocks.get(*at))
    }

    /// A block by its address: `aws_vpc.main`, `var.name`, `module.network`, `data.aws_ami.al2023`.
    pub fn block(&self, address: &str) -> Option<&Block> {
        self.blocks.get(*self.by_address.get(address)?)
    }

    /// A local value.
    pub fn local(&self, name: &str) -> Option<&Argument> {
        self.locals.get(name)
    }

    /// What a variable is set to, by its file of values or its default.
    pub fn variable(&self, name: &str) -> Option<&Expr> {
        let set = self.auto_values.get(name).or_else(|| self.values.get(name)).map(|argument| &argument.value);
        set.or_else(|| self.block(&format!("var.{name}"))?.get("default"))
    }

    /// A boolean argument of a block, or its default; `None` if it isn't known.
    pub fn flag(&self, block: &Block, name: &str, default: bool) -> Option<bool> {
        match self.argument(block, name) {
            None | Some(Known::Null) => Some(default),
            Some(known) => known.as_bool(),
        }
    }

    /// Backends in S3.
    pub fn s3_backends(&self) -> impl Iterator<Item = &Block> {
        self.settings("backend").filter(|backend| backend.label(0) == Some("s3"))
    }

    /// Databases of RDS and its kin that are no copies of others.
    pub fn written_databases(&self) -> impl Iterator<Item = &Block> {
        ["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"]
            .into_iter()
            .flat_map(|kind| self.resources(kind))
            .filter(|block| !self.is_copy(block))
    }

    /// The blocks in the `terraform` blocks of a kind: `required_providers`, `backend`.
    pub fn settings<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = &'r Block> {
        self.of_kind("terraform").flat_map(move |block| block.blocks(kind))
    }

    /// The version constraint of a provider, with where it stands.
    pub fn provider_constraint(&self, name: &str) -> Option<(Place, String)> {
        self.settings("required_providers").find_map(|block| {
            let expr = block.get(name)?;
            let version = expr.get("version").unwrap_or(expr);
            Some((version.place(), version.as_str()?.to_owned()))
        })
    }

    /// The region of the AWS provider that what names no other provider is made by.
    pub fn region(&self) -> Option<String> {
        self.region_of_provider(None)
    }

    /// The region in which a resource is made, if that is known.
    pub fn region_of(&self, block: &Block) -> Option<String> {
        if block.get("region").is_some() {
            return self.text(block, "region");
        }
        match block.get("provider") {
            None => self.region(),
            Some(provider) => {
                let reference = provider.as_reference().filter(|reference| reference.root() == Some("aws"))?;
                self.region_of_provider(reference.name(1))
            }
        }
    }

    fn region_of_provider(&self, alias: Option<&str>) -> Option<String> {
        let mut providers = self.of_kind("provider").filter(|provider| provider.label(0) == Some("aws"));
        let found = providers.find(|provider| provider.get("alias").and_then(Expr::as_str) == alias)?;
        self.text(found, "region")
    }

    /// Whether a store is a copy of another: a replica, or a member of a global one that is written elsewhere.
    pub fn is_copy(&self, block: &Block) -> bool {
        ["replicate_source_db", "replication_source_identifier", "global_replication_group_id"]
            .iter()
            .any(|name| block.get(name).is_some_and(|expr| self.known(expr) != Known::Null))
    }

    /// Whether a block is of an environment that, by its name, serves nobody.
    pub fn is_for_trial(&self, block: &Block) -> bool {
        const NAMES: [&str; 10] =
            ["dev", "development", "test", "testing", "qa", "stage", "staging", "sandbox", "preview", "demo"];
        let of_path = self.path.split(['/', '-', '_']).any(|part| NAMES.contains(&part));
        let named = ["environment", "env"].iter().find_map(|name| match self.known(self.variable(name)?) {
            Known::Text(text) => Some(NAMES.contains(&text.as_str())),
            _ => None,
        });
        let own = ["identifier", "cluster_identifier", "replication_group_id", "bucket"].iter().any(|name| {
            self.text(block, name).is_some_and(|text| text.split(['-', '_', '.']).any(|part| NAMES.contains(&part)))
        });
        of_path || own || named == Some(true)
    }

    /// Where the root as a whole is shown: its first block, or its first file.
    pub fn place(&self) -> Place {
        let of_file = self.files.first().map(|file| Place::of_file(*file));
        let terraform = self.of_kind("terraform").next().map(|block| block.place);
        terraform.or(of_file).unwrap_or(Place::of_file(0))
    }
}
