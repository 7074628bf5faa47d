//! What cargo itself checks.

use std::env;
use std::process::Command;

use super::{Outcome, Scene, tools};

pub(super) fn fmt(scene: &Scene<'_>) -> Outcome {
    cargo(scene, &["fmt", "--all", "--check"], "run `cargo fmt --all`")
}

pub(super) fn clippy(scene: &Scene<'_>) -> Outcome {
    cargo(scene, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], "see above")
}

pub(super) fn doc(scene: &Scene<'_>) -> Outcome {
    cargo(scene, &["doc", "--workspace", "--no-deps"], "see above")
}

fn cargo(scene: &Scene<'_>, arguments: &[&str], help: &str) -> Outcome {
    let line = format!("cargo {}", arguments.join(" "));
    scene.console.say(&line);
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&scene.root);
    if arguments.first() == Some(&"doc") {
        command.env("RUSTDOCFLAGS", "-D warnings");
    }
    // Through standard error: the result of `ci` is its summary.
    command.stdout(std::io::stderr());
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed(line),
        Ok(status) => Outcome::Failed(format!("{line}: {status}; {help}")),
        Err(error) => tools::not_started("cargo", &error),
    }
}
