//! All roots of a platform: their order, and what they hand to each other.

use std::collections::{BTreeMap, BTreeSet};

use hcl::expr::Expression;
use hcl::{Block, Body};
use waard_model::artifact::Artifact;

use super::judge::{self, address, argument};

/// The files of each root, by environment and name of the root, and the order of each environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Platform {
    pub(crate) roots: BTreeMap<(String, String), Vec<(String, Body)>>,
    orders: BTreeMap<String, serde_json::Value>,
    found: Vec<String>,
}

impl Platform {
    pub(crate) fn of(artifacts: &[Artifact]) -> Self {
        Self::read(artifacts.iter().map(|artifact| (artifact.path().as_str(), artifact.text())))
    }

    /// From paths and texts.
    pub(crate) fn read<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut platform = Self::default();
        files.into_iter().for_each(|(path, text)| platform.put(path, text));
        platform
    }

    /// Adds a file, or puts another text in its place.
    pub(crate) fn put(&mut self, path: &str, text: &str) {
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["terraform", environment, "order.json"] => match serde_json::from_str(text) {
                Ok(order) => drop(self.orders.insert((*environment).to_owned(), order)),
                Err(error) => self.found.push(format!("{path}: {error}")),
            },
            ["terraform", environment, root, file] if file.ends_with(".tf") => match hcl::parse(text) {
                Ok(body) => {
                    let files = self.roots.entry(((*environment).to_owned(), (*root).to_owned())).or_default();
                    files.retain(|(name, _)| name != file);
                    files.push(((*file).to_owned(), body));
                }
                Err(error) => self.found.push(format!("{path}: {error}")),
            },
            _ => self.found.push(format!("{path}: what is it?")),
        }
    }

    /// All that is wrong with any root, and with all of them together.
    pub(crate) fn faults(mut self) -> Vec<String> {
        for ((environment, root), files) in &self.roots {
            let found = judge::faults(files);
            self.found.extend(found.into_iter().map(|fault| format!("{environment}/{root}: {fault}")));
        }
        self.states();
        let environments: BTreeSet<String> = self.roots.keys().map(|(environment, _)| environment.clone()).collect();
        for environment in environments {
            let before = self.before(&environment);
            self.handed(&environment, &before);
        }
        self.found
    }

    /// Every block of a root.
    pub(crate) fn blocks(files: &[(String, Body)]) -> impl Iterator<Item = &Block> {
        files.iter().flat_map(|(_, body)| body.blocks())
    }

    /// No two roots have the same state.
    fn states(&mut self) {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for ((environment, root), files) in &self.roots {
            let backend = Self::blocks(files)
                .filter(|block| block.identifier() == "terraform")
                .flat_map(|block| block.body().blocks())
                .find(|block| block.identifier() == "backend");
            let Some(backend) = backend else {
                self.found.push(format!("{environment}/{root}: keeps its state nowhere"));
                continue;
            };
            let place = format!("{:?}", (argument(backend.body(), "bucket"), argument(backend.body(), "key")));
            if let Some(other) = seen.insert(place, format!("{environment}/{root}")) {
                self.found.push(format!("{environment}/{root}: has the state of {other}"));
            }
        }
    }

    /// For each root of an environment, all that are applied before it.
    fn before(&mut self, environment: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut before: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let none = Vec::new();
        let steps = self.orders.get(environment).and_then(|order| order["roots"].as_array()).unwrap_or(&none);
        for step in steps {
            let root = step["root"].as_str().unwrap_or_default().to_owned();
            let mut all = BTreeSet::new();
            for name in step["after"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
                match before.get(name) {
                    Some(others) => all.extend(others.iter().cloned().chain([name.to_owned()])),
                    None => self.found.push(format!("{environment}/order.json: {root} comes before {name}")),
                }
            }
            if before.insert(root.clone(), all).is_some() {
                self.found.push(format!("{environment}/order.json: {root} is there twice"));
            }
        }
        let there: BTreeSet<&String> =
            self.roots.keys().filter(|(other, _)| other == environment).map(|(_, root)| root).collect();
        let listed: BTreeSet<&String> = before.keys().collect();
        if there != listed {
            self.found.push(format!("{environment}/order.json: lists {listed:?}, and there are {there:?}"));
        }
        before
    }

    /// Every parameter that a root reads was published into its region by a root that is applied before, and every one
    /// that is published is read.
    fn handed(&mut self, environment: &str, before: &BTreeMap<String, BTreeSet<String>>) {
        let mut published: BTreeMap<(String, String), &str> = BTreeMap::new();
        let mut reads: Vec<(&str, String, (String, String))> = Vec::new();
        for ((of, root), files) in self.roots.iter().filter(|((of, _), _)| of == environment) {
            let home = Self::blocks(files)
                .find(|block| block.identifier() == "provider")
                .and_then(|provider| text(provider.body(), "region"))
                .unwrap_or_default();
            for block in Self::blocks(files) {
                let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
                let place = || {
                    let region = text(block.body(), "region").unwrap_or_else(|| home.clone());
                    (region, text(block.body(), "name").unwrap_or_default())
                };
                match (block.identifier(), labels.as_slice()) {
                    ("resource", ["aws_ssm_parameter", _]) => {
                        if let Some(other) = published.insert(place(), root) {
                            self.found.push(format!("{of}/{root}: {} is published by {other} too", address(block)));
                        }
                    }
                    // Those that AWS itself publishes.
                    ("data", ["aws_ssm_parameter", _]) if place().1.starts_with("/aws/") => {}
                    ("data", ["aws_ssm_parameter", _]) => reads.push((root, address(block), place())),
                    _ => {}
                }
            }
        }
        for (root, at, place) in &reads {
            match published.get(place) {
                Some(by) if before.get(*root).is_some_and(|all| all.contains(*by)) => {}
                Some(by) => self
                    .found
                    .push(format!("{environment}/{root}: {at} is published by {by}, which isn't applied before")),
                None => self.found.push(format!("{environment}/{root}: nobody publishes {at} in {}", place.0)),
            }
        }
        for (place, by) in &published {
            if reads.iter().all(|(_, _, read)| read != place) {
                self.found.push(format!("{environment}/{by}: nobody reads {} in {}", place.1, place.0));
            }
        }
    }
}

/// The text of an argument, if it is known.
pub(crate) fn text(body: &Body, name: &str) -> Option<String> {
    match argument(body, name)? {
        Expression::String(text) => Some(text.clone()),
        _ => None,
    }
}
