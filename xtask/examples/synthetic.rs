//! Prints a topology of as many regions as asked for: `cargo run --package xtask --example synthetic -- 50 > fifty.yaml`.

fn main() {
    let regions = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(5);
    print!("{}", xtask::synthetic::topology(regions));
}
