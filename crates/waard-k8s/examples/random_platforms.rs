//! Writes what is emitted for random valid topologies, so that other tools can be tried on it:
//! `cargo run --package waard-k8s --example random_platforms -- FOLDER 50`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for developers that writes files and may stop at the first error"
)]

use std::path::PathBuf;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "random-platforms".to_owned()));
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(10);
    // The same platforms every time.
    let mut runner = TestRunner::deterministic();
    for number in 0..count {
        let topology = waard_model::strategy::topology().new_tree(&mut runner).unwrap().current();
        let out = folder.join(format!("{number:03}"));
        std::fs::create_dir_all(&out).unwrap();
        std::fs::write(out.join("waard.yaml.txt"), topology.spec().to_yaml()).unwrap();
        for file in waard_k8s::emit(&topology) {
            let path = out.join(file.path().as_str());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file.text()).unwrap();
        }
    }
}
