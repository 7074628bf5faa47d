//! Prints the objects of one cluster, as a tool that applies them by itself would take them.
//!
//! `cargo run --package waard-k8s --example one_cluster`

use std::process::ExitCode;

fn main() -> ExitCode {
    let text = include_str!("../../../fixtures/minimal/waard.yaml");
    let topology = match waard_model::source::read(text.as_bytes()) {
        Ok((topology, _)) => topology,
        Err(problems) => {
            for problem in problems {
                eprintln!("{}: {}", problem.path, problem.message);
            }
            return ExitCode::from(2);
        }
    };
    if let Some((environment, region)) = topology.regions().next() {
        for file in waard_k8s::emit_region(&topology, environment, region) {
            println!("# {}\n{}", file.path(), file.text());
        }
    }
    ExitCode::SUCCESS
}
