//! `completions`: what a shell needs to complete `xtask`.

use clap::CommandFactory as _;

use crate::cli::{Cli, Completions};
use crate::console::Console;
use crate::exit::{Exit, Failure};

/// Prints them. They are for the binary's own name: a shell does not complete what follows `cargo xtask`.
pub(crate) fn run(arguments: &Completions, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command().bin_name("xtask"), "xtask", &mut script);
    console.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
