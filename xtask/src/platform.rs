//! The one place where the command line meets the model, the catalog and the emitters.

use std::thread;

use waard_model::Topology;
use waard_model::artifact::Artifact;
use waard_model::source::SourceMap;
use waard_model::topology::{Environment, Region};
use waard_policy::Source;

pub use waard_model::source::{MAX_BYTES, Problem};

/// A topology that was read, is valid, and contradicts nothing in the catalog.
pub struct Platform {
    topology: Topology,
    name: String,
}

impl Platform {
    /// Reads a topology file, with everything that is wrong with it.
    ///
    /// # Errors
    /// All problems, if there are any.
    pub fn read(text: &[u8]) -> Result<Self, Vec<Problem>> {
        let (topology, map) = waard_model::source::read(text)?;
        let misfits = misfits(&topology, &map);
        if !misfits.is_empty() {
            return Err(misfits);
        }
        let name = topology.platform().to_string();
        Ok(Self { topology, name })
    }

    /// The topology.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// The platform's name, which is also that of its output folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything that is generated, in the order of the paths. Regions are independent of each other, so each
    /// processor makes the clusters and root modules of some; what comes out doesn't depend on how many there are.
    pub fn emit(&self) -> Vec<Artifact> {
        let sites: Vec<(&Environment, &Region)> = self.topology.regions().collect();
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let share = sites.len().div_ceil(workers).max(1);
        let emit = |sites: &[(&Environment, &Region)]| -> Vec<Artifact> {
            sites
                .iter()
                .flat_map(|(environment, region)| {
                    let mut artifacts = waard_k8s::emit_region(&self.topology, environment, region);
                    artifacts.extend(waard_tf::emit_region(&self.topology, environment, region));
                    artifacts
                })
                .collect()
        };
        let mut artifacts = if sites.len() < 2 * workers {
            emit(&sites)
        } else {
            thread::scope(|scope| {
                let running: Vec<_> = sites.chunks(share).map(|share| scope.spawn(move || emit(share))).collect();
                // Emitting can't panic; should it, the panic goes on here and nothing has been written.
                running
                    .into_iter()
                    .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect()
            })
        };
        artifacts.extend(waard_k8s::emit_shared(&self.topology));
        artifacts.extend(waard_tf::emit_shared(&self.topology));
        artifacts.sort_by(|a, b| a.path().cmp(b.path()));
        artifacts
    }

    /// Everything that is generated, as files to be judged, each with where in the topology it came from.
    pub fn sources(&self) -> Vec<Source> {
        self.emit().iter().map(|artifact| source(artifact.path().as_str(), artifact)).collect()
    }
}

/// What is generated, below the name of its platform, as files to be judged.
pub(crate) fn sources_below(platform: &str, artifacts: &[Artifact]) -> Vec<Source> {
    artifacts.iter().map(|artifact| source(&format!("{platform}/{}", artifact.path()), artifact)).collect()
}

/// A generated file, with the part of the topology that it came from.
fn source(path: &str, artifact: &Artifact) -> Source {
    let objects = artifact.objects().iter().map(|object| (object.name.clone(), object.source.clone())).collect();
    Source::new(path, artifact.text()).from_topology(artifact.source().clone(), objects)
}

/// What contradicts the catalog, at its place in the file.
fn misfits(topology: &Topology, map: &SourceMap) -> Vec<Problem> {
    let found = waard_catalog::fit::misfits(topology);
    let mut problems: Vec<Problem> = found.iter().map(|violation| Problem::of_violation(violation, map)).collect();
    problems.sort_by_key(|problem| problem.span.as_ref().map_or((0, 0), |span| (span.start, span.end)));
    problems
}

/// The JSON Schema of a topology file.
pub fn schema() -> String {
    let mut text = format!("{:#}", waard_model::source::schema());
    text.push('\n');
    text
}
