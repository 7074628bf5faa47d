//! The command line of waard: the only place that reads files, the environment or the clock, writes, and renders.
//!
//! It is a library so that its tests and benchmarks can use its parts; nothing else in the workspace does.
#![allow(
    clippy::disallowed_methods,
    reason = "xtask is the one crate that reads files, the environment and the clock; all others get what they need as arguments"
)]

mod check;
mod ci;
mod cli;
mod completions;
mod console;
mod crds;
mod docs;
mod exit;
mod explain;
mod forecast;
mod generate;
mod input;
pub mod mutate;
pub mod platform;
pub mod problems;
mod provider_schema;
mod schema;
pub mod synthetic;
pub mod tree;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

pub use exit::Exit;

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let console = console::Console::detect();
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Also asked-for help ends up here. If it can't be printed, nobody is there to read it.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Clean }.into();
        }
    };
    let done = match &cli.command {
        cli::Command::Gen(arguments) => generate::run(arguments, &console),
        cli::Command::Check(arguments) => check::run(arguments, &console),
        cli::Command::Explain(arguments) => explain::run(arguments, &console),
        cli::Command::Mutate(arguments) => mutate::run(arguments, &console),
        cli::Command::Docs(arguments) => docs::run(arguments, &console),
        cli::Command::Forecast(arguments) => forecast::run(arguments, &console),
        cli::Command::Schema(arguments) => schema::run(arguments, &console),
        cli::Command::Completions(arguments) => completions::run(arguments, &console),
        cli::Command::Crds(arguments) => crds::run(arguments, &console),
        cli::Command::ProviderSchema(arguments) => provider_schema::run(arguments, &console),
        cli::Command::Ci(arguments) => ci::run(arguments, &console),
    };
    let exit = done.unwrap_or_else(|failure| {
        console.error(&failure.message, failure.help.as_deref());
        failure.exit
    });
    exit.into()
}
