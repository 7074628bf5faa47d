//! Prints the objects of the first cluster of a topology, made in Rust without any file.
fn main() {
    let text = include_str!("../../../fixtures/waardhaven/waard.yaml");
    match waard_model::source::read(text.as_bytes()) {
        Ok((topology, _)) => {
            for artifact in waard_k8s::emit(&topology) {
                println!("=== {}\n{}", artifact.path(), artifact.text());
            }
        }
        Err(problems) => eprintln!("{problems:#?}"),
    }
}
