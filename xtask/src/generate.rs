//! `gen`: from topologies to files.

mod judge;
pub(crate) mod summary;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use waard_policy::Config;

use crate::check::setup;
use crate::cli::Gen;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::input;
use crate::platform::Platform;
use crate::problems::render_problems;
use crate::tree::{self, Conflict, Options, Outcome, TreeError};
use crate::workspace::{self, shown};
use judge::Judge;
use summary::Summary;

/// The topology that is taken if none is named, in the workspace.
pub(crate) const TOPOLOGY: &str = "fixtures/waardhaven/waard.yaml";

/// So many conflicts or differences are listed; all are counted.
const LISTED: usize = 100;

/// Reads all topologies before anything is written, then does one after the other.
pub(crate) fn run(arguments: &Gen, console: &Console) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let root = workspace::root();
    let paths = if arguments.topologies.is_empty() { vec![root.join(TOPOLOGY)] } else { arguments.topologies.clone() };
    if arguments.into.is_some() && paths.len() > 1 {
        return Err(Failure::usage("--into takes the files of one topology, and several were given")
            .help("--out gives each its own folder"));
    }
    let Some(given) = read(&paths, console)? else {
        return Ok(Exit::Usage);
    };
    let config = setup::config(arguments.config.as_deref(), arguments.as_of.as_deref(), &[])?;
    let out = arguments.out.clone().unwrap_or_else(|| root.join("dist"));
    let mut exit = Exit::Clean;
    for (number, one) in given.iter().enumerate() {
        let platform = &one.platform;
        let folder = arguments.into.clone().unwrap_or_else(|| out.join(platform.name()));
        let begun = if number == 0 { begun } else { Instant::now() };
        let done = match (arguments.check, arguments.diff) {
            (true, _) => check(platform, &folder, console)?,
            (_, true) => diff(platform, &folder, console)?,
            _ => write(one, &folder, arguments, &config, begun, console)?,
        };
        exit = exit.max(done);
    }
    Ok(exit)
}

/// A topology that was read.
struct Given<'a> {
    path: &'a Path,
    text: Vec<u8>,
    platform: Platform,
}

/// Reads them all, or shows all that is wrong with any. Two of the same name would write over each other.
fn read<'a>(paths: &'a [PathBuf], console: &Console) -> Result<Option<Vec<Given<'a>>>, Failure> {
    let mut given = Vec::new();
    let mut bad = false;
    let mut names: BTreeMap<String, &Path> = BTreeMap::new();
    for path in paths {
        let text = input::read(path)?;
        match parse(path, &text, console) {
            Some(platform) => {
                if let Some(first) = names.insert(platform.name().to_lowercase(), path) {
                    let (name, first, second) = (platform.name(), shown(first), shown(path));
                    return Err(Failure::usage(format_args!("{first} and {second} are both called `{name}`"))
                        .help("generate them one by one, with different --out"));
                }
                given.push(Given { path, text, platform });
            }
            None => bad = true,
        }
    }
    Ok((!bad).then_some(given))
}

/// Reads one topology; `None` if it has problems, which are shown then.
pub(crate) fn read_one(path: &Path, console: &Console) -> Result<Option<Platform>, Failure> {
    Ok(parse(path, &input::read(path)?, console))
}

fn parse(path: &Path, text: &[u8], console: &Console) -> Option<Platform> {
    match Platform::read(text) {
        Ok(platform) => Some(platform),
        Err(problems) => {
            // What comes before the first byte that isn't text can still be shown.
            let text = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            console.say(render_problems(&shown(path), text, &problems, console.style()).trim_end());
            None
        }
    }
}

fn write(
    given: &Given<'_>,
    folder: &Path,
    arguments: &Gen,
    config: &Config,
    begun: Instant,
    console: &Console,
) -> Result<Exit, Failure> {
    let platform = &given.platform;
    let artifacts = platform.emit();
    let judge = Judge {
        topology: given.path,
        text: &given.text,
        name: platform.name(),
        artifacts: &artifacts,
        config,
        done: OnceCell::new(),
    };
    let agree = || judge.finds_no_error() || arguments.allow_errors;
    let options = Options { overwrite: arguments.overwrite, agree: &agree, ..Options::default() };
    match tree::write(folder, &artifacts, &options).map_err(|error| failure(&error))? {
        Outcome::Written(report) => {
            judge.show(console)?;
            let summary = Summary::of(platform.name(), &artifacts);
            console.say(summary.render(&shown(folder), &report, begun.elapsed()));
            Ok(Exit::Clean)
        }
        Outcome::Conflicts(conflicts) => {
            show_conflicts(folder, &conflicts, console)?;
            Ok(Exit::Findings)
        }
        Outcome::Refused => {
            let errors = judge.show(console)?;
            let s = if errors == 1 { "" } else { "s" };
            console.error(
                format_args!("nothing was written to {}: {errors} error{s}", shown(folder)),
                Some("change the topology, or waive them in waard-policy.toml; --allow-errors writes all the same"),
            );
            Ok(Exit::Findings)
        }
    }
}

fn show_conflicts(folder: &Path, conflicts: &[Conflict], console: &Console) -> Result<(), Failure> {
    for conflict in conflicts.iter().take(LISTED) {
        console.result(&format!("{}\n", shown(&folder.join(conflict.to_string()))))?;
        console.say(format_args!("  help: {}", conflict.help()));
    }
    more(conflicts.len(), console);
    let s = if conflicts.len() == 1 { "" } else { "s" };
    console.error(
        format_args!("nothing was written to {}: {} conflict{s}", shown(folder), conflicts.len()),
        Some("`cargo xtask gen --diff` shows what would change"),
    );
    Ok(())
}

fn check(platform: &Platform, folder: &Path, console: &Console) -> Result<Exit, Failure> {
    let differences = tree::check(folder, &platform.emit(), &Options::default()).map_err(|error| failure(&error))?;
    for difference in differences.iter().take(LISTED) {
        console.result(&format!("{}\n", shown(&folder.join(difference.to_string()))))?;
    }
    more(differences.len(), console);
    if differences.is_empty() {
        console.say(format_args!("{}: up to date", shown(folder)));
        return Ok(Exit::Clean);
    }
    let s = if differences.len() == 1 { "" } else { "s" };
    console.error(
        format_args!("{} is out of date: {} difference{s}", shown(folder), differences.len()),
        Some("run `cargo xtask gen` with the same arguments, without --check; it names, and leaves alone, what was edited or put there by hand"),
    );
    Ok(Exit::Findings)
}

fn diff(platform: &Platform, folder: &Path, console: &Console) -> Result<Exit, Failure> {
    let mut told = Ok(());
    let mut show = |text: &str| {
        if told.is_ok() {
            told = console.result(text);
        }
    };
    let count =
        tree::diff(folder, &platform.emit(), &Options::default(), &mut show).map_err(|error| failure(&error))?;
    told?;
    let s = if count == 1 { "" } else { "s" };
    console.say(format_args!("{}: {count} file{s} would change", shown(folder)));
    Ok(if count == 0 { Exit::Clean } else { Exit::Findings })
}

fn more(count: usize, console: &Console) {
    if let Some(more @ 1..) = count.checked_sub(LISTED) {
        console.say(format_args!("and {more} more"));
    }
}

/// What the tree says went wrong, and what to do about it.
pub(crate) fn failure(error: &TreeError) -> Failure {
    let failure = Failure::world(error);
    match error {
        TreeError::Io { .. } => failure.help("every file is either old or new; once the cause is mended, run again"),
        TreeError::Busy { .. } => failure.help("run again when it has ended"),
        TreeError::Newer { .. } => failure.help("use that version of waard"),
        _ => failure,
    }
}
