//! Whether a topology fits the facts: regions and zones that exist, versions that are supported, instance types that
//! are offered, a release of every controller, and room for every pod, those of controllers included.
//!
//! The model can't know these things, because they age. [`misfits`] reports them in the model's own terms, so that
//! they are shown at their place in the file like every other problem.

mod cluster;
mod ground;
mod place;
mod room;
mod stores;

use waard_model::Topology;
use waard_model::topology::Violation;

use ground::Ground;

/// Everything about a topology that contradicts the catalog, in the order of the model path that it speaks of.
/// What the catalog doesn't know for sure is no contradiction.
pub fn misfits(topology: &Topology) -> Vec<Violation> {
    let mut found = Vec::new();
    let grounds: Vec<Ground<'_>> =
        topology.regions().map(|(environment, region)| Ground::of(topology, environment, region)).collect();
    cluster::regions(topology, &mut found);
    cluster::versions(topology, &mut found);
    cluster::instances(topology, &mut found);
    cluster::controllers(&grounds, &mut found);
    place::pods(topology, &grounds, &mut found);
    place::brokers(&grounds, &mut found);
    place::controllers(&grounds, &mut found);
    room::all(topology, &grounds, &mut found);
    stores::global_datastores(topology, &mut found);
    stores::versions(topology, &mut found);
    found.sort_by(|a, b| (a.path(), a.to_string()).cmp(&(b.path(), b.to_string())));
    found.dedup();
    found
}

/// The name among `known` that `word` is most likely a slip of, as help.
fn did_you_mean<'n>(word: &str, known: impl Iterator<Item = &'n str>, else_say: &str) -> String {
    let same_head = |name: &&str| name.split(['.', '-']).next() == word.split(['.', '-']).next();
    let near: Vec<&str> = known.filter(same_head).take(8).collect();
    if near.is_empty() { else_say.to_owned() } else { format!("there are {}", near.join(", ")) }
}
