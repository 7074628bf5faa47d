//! Any bytes as a file of YAML or JSON: a manifest, a kustomization, a ClusterConfig, or what generated files came from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waard_policy::Config;
use waard_policy_fuzz::{Files, judge};

const NAMES: [&str; 4] = ["a.yaml", "b.json", "k/kustomization.yaml", "manifest.json"];

fuzz_target!(|data: &[u8]| {
    let Some((which, bytes)) = data.split_first() else { return };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    judge(&Files::from([(name.to_owned(), bytes.to_vec())]), &Config::default());
});
