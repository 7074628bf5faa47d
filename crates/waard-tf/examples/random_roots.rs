//! Writes the Terraform of random valid topologies, or of given ones, so that other tools can be tried on it:
//! `cargo run --package waard-tf --example random_roots -- FOLDER 50 7` (50 of them, beginning at the seed 7) and
//! `cargo run --package waard-tf --example random_roots -- FOLDER fixtures/minimal/waard.yaml`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool for developers that writes files and may stop at the first error"
)]

use std::path::{Path, PathBuf};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use waard_model::Topology;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "random-roots".to_owned()));
    let what: Vec<String> = arguments.collect();
    if let Some(count) = what.first().and_then(|count| count.parse().ok()) {
        // The same seed gives the same platforms every time.
        let seed: u64 = what.get(1).map_or(1, |seed| seed.parse().unwrap());
        let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        for number in 0..count {
            let topology = waard_model::strategy::topology().new_tree(&mut runner).unwrap().current();
            let out = folder.join(format!("{number:03}"));
            write(&out.join("waard.yaml.txt"), &topology.spec().to_yaml());
            emit(&out, &topology);
        }
        return;
    }
    for file in what {
        let text = std::fs::read(&file).unwrap();
        let (topology, _) = waard_model::source::read(&text).unwrap_or_else(|problems| panic!("{problems:?}"));
        emit(&folder.join(topology.platform().as_str()), &topology);
    }
}

fn emit(out: &Path, topology: &Topology) {
    for file in waard_tf::emit(topology) {
        write(&out.join(file.path().as_str()), file.text());
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
