//! `check`: reads what is to be judged, lets waard-policy judge it, and shows the report.

mod baseline;
mod files;
mod fix;
mod github;
pub(crate) mod human;
mod json;
mod junit;
mod markdown;
pub(crate) mod output;
mod sarif;
pub(crate) mod setup;

use waard_policy::{Platform, Report, Severity, Source, check};

use crate::cli::{CheckArguments, Gate};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::generate;
use crate::platform::sources_below;
use crate::workspace::{self, shown};
use fix::Mends;
use output::Shown;

/// Judges what the arguments name.
pub(crate) fn run(arguments: &CheckArguments, console: &Console) -> Result<Exit, Failure> {
    let outputs = output::all(arguments.format, &arguments.outputs)?;
    let config = setup::config(arguments.config.as_deref(), arguments.as_of.as_deref(), &arguments.only)?;
    let paths = if arguments.paths.is_empty() {
        vec![workspace::root().join(generate::TOPOLOGY)]
    } else {
        arguments.paths.clone()
    };
    let (known, to_know) = (arguments.baseline.as_deref(), arguments.write_baseline.as_deref());
    let (mut sources, places) = files::read(&paths, output::files(&outputs).chain(known).chain(to_know))?.into_parts();
    if sources.is_empty() {
        return Err(Failure::usage("nothing in what is given can be judged")
            .help("give manifests (.yaml, .json), Terraform (.tf, .tf.json) or a topology, or folders with them"));
    }
    if arguments.paths.iter().all(|path| path.is_file())
        && let Some(generated) = generated(&paths, console)?
    {
        sources.extend(generated);
    }
    let known = known.map(baseline::read).transpose()?;
    if arguments.fix {
        let mends = Mends { sources: &sources, places: &places, config: &config, known: known.as_ref() };
        let fixed = mends.find(console)?;
        if arguments.diff {
            mends.show(&fixed, console)?;
            return Ok(if fixed.texts.is_empty() { Exit::Clean } else { Exit::Findings });
        }
        mends.write(&fixed, console)?;
        sources = fixed.sources(&sources);
    }
    let platform = Platform::read(sources, &config);
    let mut report = check(&platform, &config);
    baseline::apply(known, to_know, &platform, &mut report, console)?;
    let shown = Shown { platform: &platform, report: &report, config: &config, from: from(arguments.fail_on) };
    shown.write(&outputs, console)?;
    Ok(exit(&report, arguments.fail_on))
}

fn exit(report: &Report, gate: Gate) -> Exit {
    if report.count(from(gate)) > 0 { Exit::Findings } else { Exit::Clean }
}

const fn from(gate: Gate) -> Severity {
    match gate {
        Gate::Error => Severity::Error,
        Gate::Warning => Severity::Warning,
        Gate::Info => Severity::Info,
    }
}

/// If all files are topologies that are valid: what is generated from them.
fn generated(paths: &[std::path::PathBuf], console: &Console) -> Result<Option<Vec<Source>>, Failure> {
    let mut sources = Vec::new();
    for path in paths {
        let text = crate::input::read(path)?;
        if !String::from_utf8_lossy(&text).lines().any(|line| line.starts_with("waard:")) {
            return Ok(None);
        }
        let Ok(platform) = crate::platform::Platform::read(&text) else {
            console.say(format_args!("{} has problems: nothing is generated from it to be judged", shown(path)));
            return Ok(None);
        };
        sources.extend(sources_below(platform.name(), &platform.emit()));
    }
    Ok(Some(sources))
}
