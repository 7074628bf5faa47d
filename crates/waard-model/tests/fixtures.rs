//! The shipped topologies read without a problem, and print to what reads back to the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

use waard_model::{Topology, source};

fn read(path: &str) -> Topology {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/");
    #[expect(clippy::disallowed_methods, reason = "tests read fixtures")]
    let bytes = std::fs::read(format!("{root}{path}")).unwrap();
    match source::read(&bytes) {
        Ok((topology, _)) => topology,
        Err(problems) => {
            let text = String::from_utf8_lossy(&bytes);
            for p in &problems {
                let line = p.span.as_ref().map(|s| text[..s.start].matches('\n').count() + 1);
                eprintln!("{path}:{line:?}: {} [{}] help: {:?}", p.message, p.path, p.help);
            }
            panic!("{} problems in {path}", problems.len());
        }
    }
}

#[test]
fn shipped_topologies_are_valid_and_print_to_themselves() {
    for path in ["minimal/waard.yaml", "waardhaven/waard.yaml"] {
        let topology = read(path);
        let printed = topology.spec().to_yaml();
        let (again, _) = source::read(printed.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}\n{printed}"));
        assert_eq!(topology, again, "{path}");
        assert_eq!(printed, again.spec().to_yaml(), "{path}");
    }
}
