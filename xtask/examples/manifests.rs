//! Writes clusters as people write them by hand, to measure with:
//! `cargo run --package xtask --example manifests -- FOLDER 500 2` (500 clusters with 2 applications each).
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a tool for developers that writes files and may stop at the first error"
)]

use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "manifests".to_owned()));
    let mut number = |default| arguments.next().map_or(default, |number| number.parse().unwrap());
    let (clusters, applications) = (number(500), number(2));
    for (path, text) in xtask::synthetic::manifests(clusters, applications) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}
