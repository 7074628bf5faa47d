//! Reads a topology file: text to [`Topology`], with every problem found, each at its place.
//!
//! Three steps. [`node`] parses YAML into a tree that knows where each value stands, within fixed limits of
//! size, depth and aliases. [`shape`] turns the tree into a [`Spec`], value by value, going on after each
//! problem. [`Topology::new`] then judges what the values mean together. Problems of the last step that
//! only follow from a value that could not be read are left out.

pub mod node;
pub mod problem;
pub mod schema;
pub mod shape;
pub mod syntax;

use std::collections::BTreeSet;

use crate::spec::Spec;
use crate::topology::Topology;
pub use node::SourceMap;
pub use problem::Problem;
pub use schema::schema;
use shape::{Broken, Context};

/// The largest topology file that is read: 4 MiB. A platform of 500 regions is about a twentieth of that.
pub const MAX_BYTES: usize = 4 << 20;

/// Reads a topology.
///
/// # Errors
/// Every problem of the file, in the order in which they stand in it.
pub fn read(bytes: &[u8]) -> Result<(Topology, SourceMap), Vec<Problem>> {
    let (spec, map, mut problems, broken) = read_spec(bytes)?;
    if let Some(spec) = spec {
        match Topology::new(spec) {
            Ok(topology) if problems.is_empty() => return Ok((topology, map)),
            Ok(_) => {}
            Err(violations) => {
                let own = violations.into_iter().filter(|violation| !violation.follows_from(&broken));
                problems.extend(own.map(|violation| Problem::of_violation(&violation, &map)));
            }
        }
    }
    problems.sort_by_key(|problem| problem.span.as_ref().map_or((0, 0), |span| (span.start, span.end)));
    // What stands behind an alias is read as often as it is used, and wrong once.
    let mut seen = BTreeSet::new();
    problems.retain(|problem| {
        seen.insert((problem.span.as_ref().map(|span| (span.start, span.end)), problem.message.clone()))
    });
    Err(problems)
}

type Decoded = (Option<Spec>, SourceMap, Vec<Problem>, Broken);

fn read_spec(bytes: &[u8]) -> Result<Decoded, Vec<Problem>> {
    let text = problem::text_of(bytes).map_err(|problem| vec![*problem])?;
    let (root, mut problems) = node::parse(text).map_err(|problem| vec![*problem])?;
    let mut context = Context::default();
    let spec = <Spec as shape::Shape>::decode(&root, &mut context);
    let (more, broken) = context.finish();
    problems.extend(more);
    Ok((spec, SourceMap::new(root), problems, broken))
}
