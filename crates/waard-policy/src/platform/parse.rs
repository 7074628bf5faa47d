//! From files to trees: each by itself, several at once.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

use waard_model::source::read;

use super::{File, FileKind, MAX_BYTES, TopologyFile};
use crate::hcl::{self, Body};
use crate::place::Place;
use crate::source::Source;
use crate::yaml::{Data, Document, Fault, Node, documents};

/// A file and what was read from it.
pub(super) struct Parsed {
    pub(super) file: File,
    pub(super) cluster: Option<String>,
    pub(super) content: Content,
}

/// What was read.
pub(super) enum Content {
    Documents(Vec<Document>),
    Terraform(Body),
    Values(Body),
    Topology(Box<TopologyFile>),
    Nothing,
}

/// The parsers recurse, as deep as they let a file be nested: the stack has room for that in every build.
const STACK: usize = 64 << 20;

/// Parses all files, in the order of their paths.
pub(super) fn all(mut sources: Vec<Source>) -> Vec<Parsed> {
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    let workers = thread::available_parallelism().map_or(1, usize::from).clamp(1, 8).min(sources.len().max(1));
    // Each worker takes the next file, so that it doesn't matter which of them are large, or how many workers start.
    let files = Mutex::new((0..).zip(sources));
    let next = || files.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> Vec<(u32, Parsed)> {
        std::iter::from_fn(next).map(|(number, source)| (number, one(number, source))).collect()
    };
    let mut parsed: Vec<(u32, Parsed)> = thread::scope(|scope| {
        let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let running: Vec<_> = (0..workers).filter_map(|worker| start(worker).ok()).collect();
        // A bug that stops a worker must not look as if its files had nothing wrong in them.
        running.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    // Where not one thread could be started.
    parsed.extend(work());
    parsed.sort_by_key(|(number, _)| *number);
    parsed.into_iter().map(|(_, parsed)| parsed).collect()
}

fn one(number: u32, source: Source) -> Parsed {
    let cluster = source.cluster.clone();
    let unreadable = source.unreadable.clone();
    let mut file = File::new(source);
    file.kind = kind_of(&file.path);
    let too_large = || format!("the file has more than {MAX_BYTES} bytes");
    let refused = unreadable.or_else(|| (file.text.len() > MAX_BYTES).then(too_large));
    if let Some(message) = refused.filter(|_| file.kind != FileKind::Other) {
        let help = "is this the right file?".to_owned();
        file.faults.push(Fault { place: Place::of_file(number), message, help });
        return Parsed { file, cluster, content: Content::Nothing };
    }
    let content = match file.kind {
        FileKind::Yaml | FileKind::Topology => yaml(number, &mut file),
        FileKind::Terraform | FileKind::Values => {
            let json = file.path.rsplit('.').next() == Some("json");
            let (body, faults) = match (json, file.kind) {
                (true, FileKind::Values) => hcl::json_values(&file.text, number),
                (true, _) => hcl::json_file(&file.text, number),
                (false, _) => hcl::file(&file.text, number),
            };
            file.faults = faults;
            if file.kind == FileKind::Values { Content::Values(body) } else { Content::Terraform(body) }
        }
        FileKind::Other => Content::Nothing,
    };
    Parsed { file, cluster, content }
}

fn kind_of(path: &str) -> FileKind {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |ending: &str| name.len() > ending.len() && name.ends_with(ending);
    if ends(".tf") || ends(".tf.json") || ends(".tofu") {
        FileKind::Terraform
    } else if name == "terraform.tfvars"
        || name == "terraform.tfvars.json"
        || ends(".auto.tfvars")
        || ends(".auto.tfvars.json")
    {
        FileKind::Values
    } else if ends(".yaml") || ends(".yml") || ends(".json") || name == "Kustomization" {
        FileKind::Yaml
    } else {
        FileKind::Other
    }
}

fn yaml(number: u32, file: &mut File) -> Content {
    if names_a_topology(&file.text) {
        file.kind = FileKind::Topology;
        let (topology, problems) = match read(file.text.as_bytes()) {
            Ok(read) => (Some(Box::new(read)), Vec::new()),
            Err(problems) => (None, problems),
        };
        return Content::Topology(Box::new(TopologyFile { file: number, topology, problems }));
    }
    let (mut documents, faults) = documents(&file.text, number);
    file.faults = faults;
    for document in &mut documents {
        file.traps.append(&mut document.traps);
    }
    if !file.faults.is_empty() {
        for document in &documents {
            cuts(&document.root, document.root.place, &mut file.cuts);
        }
    }
    documents.retain(|document| !matches!(document.root.data, Data::Scalar { .. }));
    Content::Documents(documents)
}

/// The values that lost something, each with its key.
fn cuts(node: &Node, key: Place, found: &mut Vec<Place>) {
    if node.is_cut() {
        found.extend([node.place, key]);
    }
    for item in node.items() {
        cuts(item, item.place, found);
    }
    for entry in node.entries() {
        cuts(entry.value(), entry.key_place(), found);
    }
}

/// Whether the first key that isn't indented and no comment is `waard`, or one of the keys is.
fn names_a_topology(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    lines.any(|line| line.strip_prefix("waard:").is_some_and(|rest| rest.trim_start().starts_with(['v', '"', '\''])))
}
