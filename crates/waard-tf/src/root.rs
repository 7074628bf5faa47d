//! A root module: what `terraform apply` is run in, with one state.
//!
//! [`Root::build`] gives a root a lifetime of its own, `'r`, which every value and reference of it carries: what belongs to
//! one root can't be used in another. Values go from root to root as an [`Output`], which one root publishes and others read.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use hcl::expr::{Expression, Object};
use waard_model::artifact::{Artifact, ArtifactPath, Object as Named};
use waard_model::path::ModelPath;

use crate::kind::{Kind, Text};
use crate::resource::ssm::{Parameter, ParameterData};
use crate::schema::{Data, Ephemeral, Puts, Resource};
use crate::settings::Settings;
use crate::value::{Brand, Ref, Value, name_tag, traversal};
use crate::write::{self, Block, Body};

/// A root module that is being built.
#[derive(Debug)]
pub struct Root<'r> {
    files: BTreeMap<&'static str, Vec<(Block, Named)>>,
    heads: BTreeMap<&'static str, Vec<String>>,
    file: &'static str,
    source: ModelPath,
    why: Vec<String>,
    taken: BTreeSet<(&'static str, &'static str, String)>,
    brand: Brand<'r>,
}

/// Something that stands in a root, by its address.
#[derive(Debug)]
pub struct Handle<'r, T> {
    address: Address<'r>,
    of: PhantomData<fn() -> T>,
}

/// The address of something in a root.
#[derive(Clone, Debug)]
pub struct Address<'r> {
    parts: Vec<String>,
    brand: Brand<'r>,
}

/// What Terraform itself is told about a resource.
#[derive(Clone, Debug, Default)]
pub struct Meta<'r> {
    /// What must be there before, though no argument says so.
    pub depends_on: Vec<Address<'r>>,
    /// Refuse every plan that would destroy it.
    pub prevent_destroy: bool,
    /// Make the new one before the old one goes.
    pub create_before_destroy: bool,
    /// Arguments that somebody else changes.
    pub ignore_changes: &'static [&'static str],
}

/// A value that one root has and another one needs.
///
/// It is published as a parameter of Systems Manager in the region of the one that needs it: to plan that root, nothing of
/// another region must be up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output<A> {
    /// The name of the output.
    pub name: String,
    /// The name of the parameter.
    pub parameter: String,
    of: PhantomData<fn() -> A>,
}

impl<A: Kind> Output<A> {
    /// `name` of the root at `path`, such as `shop/production/us-east-1`.
    pub fn new(path: &str, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { parameter: format!("/{path}/{name}"), name, of: PhantomData }
    }
}

impl Root<'_> {
    /// Builds a root in `folder`, from the part of the topology at `source`, and gives its files.
    ///
    /// A reference to something of one root can't be used in another, because it can't leave the closure that fills it:
    ///
    /// ```compile_fail
    /// # use waard_model::path::ModelPath;
    /// # use waard_tf::{Root, Settings, resource::vpc::{Subnet, Vpc}};
    /// let mut leaked = None;
    /// Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
    ///     let vpc = root.resource("main", Vpc::new("10.0.0.0/16"));
    ///     leaked = Some(vpc.id()); // borrowed data escapes
    /// });
    /// ```
    ///
    /// Without that line it compiles:
    ///
    /// ```
    /// # use waard_model::path::ModelPath;
    /// # use waard_tf::{Root, Settings, resource::vpc::{Subnet, Vpc}};
    /// let files = Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
    ///     let vpc = root.resource("main", Vpc::new("10.0.0.0/16"));
    ///     root.resource("main", Subnet::new(vpc.id(), "10.0.0.0/24", "eu-west-1a"));
    /// });
    /// assert_eq!(files[0].path().as_str(), "a/terraform.tf");
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "a path is made for the root, and for nothing else")]
    pub fn build(
        folder: &[&str],
        source: ModelPath,
        settings: &Settings,
        fill: impl for<'r> FnOnce(&mut Root<'r>),
    ) -> Vec<Artifact> {
        let mut root = Root {
            files: BTreeMap::new(),
            heads: BTreeMap::new(),
            file: "terraform",
            source: source.clone(),
            why: Vec::new(),
            taken: BTreeSet::new(),
            brand: PhantomData,
        };
        settings.write(&mut root);
        fill(&mut root);
        root.finish(folder, &source)
    }

    fn finish(self, folder: &[&str], source: &ModelPath) -> Vec<Artifact> {
        let Self { files, mut heads, .. } = self;
        files
            .into_iter()
            .map(|(name, blocks)| {
                let (blocks, objects): (Vec<Block>, Vec<Named>) = blocks.into_iter().unzip();
                let head = heads.remove(name).unwrap_or_default();
                let file = format!("{name}.tf");
                let path = ArtifactPath::new(folder.iter().copied().chain([file.as_str()]));
                Artifact::new(path, write::file(&head, &blocks), source.clone()).with_objects(objects)
            })
            .collect()
    }
}

impl<'r> Root<'r> {
    /// What follows stands in the file `<name>.tf`, which begins with `head` as its comment.
    pub fn file(&mut self, name: &'static str, head: &str) {
        self.file = name;
        if !head.is_empty() {
            self.heads.entry(name).or_insert_with(|| head.lines().map(str::to_owned).collect());
        }
    }

    /// What follows comes from this part of the topology.
    pub fn from(&mut self, source: ModelPath) {
        self.source = source;
    }

    /// Why the next block is there, as a comment above it.
    pub fn why(&mut self, text: impl Into<String>) {
        self.why.push(text.into());
    }

    /// Adds a resource. Should there be one of that type and name, its name gets a number: an address is never there twice.
    pub fn resource<R: Resource>(&mut self, name: &str, resource: R) -> Handle<'r, R> {
        self.resource_as(name, resource, Meta::default())
    }

    /// Adds a resource, with what Terraform is told about it.
    #[expect(clippy::needless_pass_by_value, reason = "who adds something has no more use for it")]
    pub fn resource_as<R: Resource>(&mut self, name: &str, resource: R, meta: Meta<'r>) -> Handle<'r, R> {
        let label = self.free("resource", R::TYPE, name);
        let mut body = Puts::default();
        resource.fill(&mut body);
        meta.put(&mut body.0);
        self.push("resource", vec![R::TYPE.to_owned(), label.clone()], body.0);
        Handle::new(vec![R::TYPE.to_owned(), label])
    }

    /// Adds a data source.
    #[expect(clippy::needless_pass_by_value, reason = "who adds something has no more use for it")]
    pub fn data<D: Data>(&mut self, name: &str, data: D) -> Handle<'r, D> {
        let label = self.free("data", D::TYPE, name);
        let mut body = Puts::default();
        data.fill(&mut body);
        self.push("data", vec![D::TYPE.to_owned(), label.clone()], body.0);
        Handle::new(vec!["data".to_owned(), D::TYPE.to_owned(), label])
    }

    /// Adds an ephemeral resource.
    #[expect(clippy::needless_pass_by_value, reason = "who adds something has no more use for it")]
    pub fn ephemeral<E: Ephemeral>(&mut self, name: &str, ephemeral: E) -> Handle<'r, E> {
        let label = self.free("ephemeral", E::TYPE, name);
        let mut body = Puts::default();
        ephemeral.fill(&mut body);
        self.push("ephemeral", vec![E::TYPE.to_owned(), label.clone()], body.0);
        Handle::new(vec!["ephemeral".to_owned(), E::TYPE.to_owned(), label])
    }

    /// An output, for people and their scripts: `terraform output <name>`.
    pub fn output<A: Kind>(&mut self, name: &str, description: &str, value: &Ref<'r, A>) {
        let label = self.free("output", "", name);
        let mut body = Body::default();
        body.argument("description", Expression::String(description.to_owned()));
        body.argument("value", value.text().expression);
        self.elsewhere("outputs", |root| root.push("output", vec![label], body));
    }

    /// An output that the root of another region reads: its parameter is made there. Where several regions read it, each
    /// has a parameter.
    pub fn publish<A: Kind>(&mut self, output: &Output<A>, description: &str, value: &Ref<'r, A>, to: &str) {
        if !self.taken.contains(&("output", "", output.name.replace('-', "_"))) {
            self.output(&output.name, description, value);
        }
        self.elsewhere("outputs", |root| {
            let parameter = Parameter {
                region: Some(Value::known(to)),
                description: Some(Value::known(description)),
                insecure_value: Some(value.text()),
                ..Parameter::new(output.parameter.as_str(), "String")
            };
            root.why(format!("Read in {to}, where it stays readable when this region is lost."));
            root.resource(&format!("{}_{}", output.name, to.replace('-', "_")), parameter);
        });
    }

    /// What another root published for this one.
    pub fn read<A: Kind>(&mut self, output: &Output<A>) -> Ref<'r, A> {
        let label = output.parameter.trim_start_matches('/').rsplit('/').take(2).collect::<Vec<_>>();
        let label = label.into_iter().rev().collect::<Vec<_>>().join("_");
        let read = self.elsewhere("inputs", |root| {
            root.file("inputs", "What the roots that are applied before this one have published for it.");
            root.data(&label, ParameterData::new(output.parameter.as_str()))
        });
        Ref::raw(read.attribute::<Text>("insecure_value").text().expression)
    }

    fn elsewhere<T>(&mut self, file: &'static str, write: impl FnOnce(&mut Self) -> T) -> T {
        let here = std::mem::replace(&mut self.file, file);
        let result = write(self);
        self.file = here;
        result
    }

    /// Adds a block that is no resource.
    pub(crate) fn push(&mut self, kind: &'static str, labels: Vec<String>, body: Body) {
        let name = match kind {
            "resource" => labels.join("."),
            _ => std::iter::once(kind).chain(labels.iter().map(String::as_str)).collect::<Vec<_>>().join("."),
        };
        let comment = std::mem::take(&mut self.why);
        let object = Named { name, source: self.source.clone() };
        self.files.entry(self.file).or_default().push((Block { comment, kind, labels, body }, object));
    }

    /// A name that is an identifier and not taken: hyphens and the like become underscores.
    fn free(&mut self, kind: &'static str, of: &'static str, name: &str) -> String {
        let mut label: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        if !label.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            label.insert(0, '_');
        }
        let mut free = label.clone();
        let mut number = 2;
        while !self.taken.insert((kind, of, free.clone())) {
            free = format!("{label}_{number}");
            number += 1;
        }
        free
    }
}

impl<'r, T> Handle<'r, T> {
    fn new(parts: Vec<String>) -> Self {
        Self { address: Address { parts, brand: PhantomData }, of: PhantomData }
    }

    pub(crate) fn attribute<A: Kind>(&self, name: &str) -> Ref<'r, A> {
        let parts: Vec<&str> = self.address.parts.iter().map(String::as_str).chain([name]).collect();
        Ref::raw(traversal(&parts))
    }

    /// An attribute of the first block of that name, which the provider fills in: `certificate_authority[0].data`.
    pub(crate) fn first<A: Kind>(&self, block: &str, name: &str) -> Ref<'r, A> {
        Ref::raw(crate::value::indexed(&self.address.parts, block, name))
    }

    /// An attribute of the first one in the first one: `resources[0].autoscaling_groups[0].name`.
    pub(crate) fn first_within<A: Kind>(&self, outer: &str, inner: &str, name: &str) -> Ref<'r, A> {
        Ref::raw(crate::value::indexed_within(&self.address.parts, outer, inner, name))
    }

    /// Its address, for [`Meta::depends_on`].
    pub fn address(&self) -> Address<'r> {
        self.address.clone()
    }
}

impl<T> Clone for Handle<'_, T> {
    fn clone(&self) -> Self {
        Self { address: self.address.clone(), of: PhantomData }
    }
}

impl Meta<'_> {
    fn put(&self, body: &mut Body) {
        if !self.depends_on.is_empty() {
            let all = self.depends_on.iter().map(|address| {
                let parts: Vec<&str> = address.parts.iter().map(String::as_str).collect();
                traversal(&parts)
            });
            body.argument("depends_on", Expression::Array(all.collect()));
        }
        let mut lifecycle = Body::default();
        if self.create_before_destroy {
            lifecycle.argument("create_before_destroy", Expression::Bool(true));
        }
        if self.prevent_destroy {
            lifecycle.argument("prevent_destroy", Expression::Bool(true));
        }
        if !self.ignore_changes.is_empty() {
            let all = self.ignore_changes.iter().map(|name| crate::value::argument_path(name));
            lifecycle.argument("ignore_changes", Expression::Array(all.collect()));
        }
        if !lifecycle.items.is_empty() {
            body.block("lifecycle", lifecycle);
        }
    }
}

/// An object of expressions, in their order.
pub(crate) fn object(pairs: impl IntoIterator<Item = (String, Expression)>) -> Expression {
    let pairs = pairs.into_iter().map(|(key, value)| (crate::value::object_key(&key), value));
    Expression::Object(pairs.collect::<Object<_, _>>())
}

/// Tags with a name among them.
pub fn named<'r>(name: impl Into<String>) -> Option<crate::value::Map<'r>> {
    Some(name_tag(name))
}
