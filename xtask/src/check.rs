//! `check`: reads what is to be judged, lets waard-policy judge it, and shows the report.

mod files;
mod github;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;

use std::time::{Duration, SystemTime};

use waard_catalog::Date;
use waard_policy::rules::RULES;
use waard_policy::{Config, Platform, Report, Severity, Source, check};

use crate::cli::{CheckArguments, Format, Gate};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::explain;
use crate::generate;
use crate::workspace::{self, shown};

/// Judges what the arguments name.
pub(crate) fn run(arguments: &CheckArguments, console: &Console) -> Result<Exit, Failure> {
    let config = config(arguments)?;
    let paths = if arguments.paths.is_empty() {
        vec![workspace::root().join(generate::TOPOLOGY)]
    } else {
        arguments.paths.clone()
    };
    let mut sources = files::read(&paths)?;
    if sources.is_empty() {
        return Err(Failure::usage("nothing in what is given can be judged")
            .help("give manifests (.yaml, .json), Terraform (.tf, .tf.json) or a topology, or folders with them"));
    }
    if arguments.paths.iter().all(|path| path.is_file())
        && let Some(generated) = generated(&paths, console)?
    {
        sources.extend(generated);
    }
    let platform = Platform::read(sources, &config);
    let report = check(&platform, &config);
    let text = match arguments.format {
        Format::Human => human::render(&platform, &report, console.result_style()),
        Format::Json => json::render(&platform, &report, config.as_of),
        Format::Github => github::render(&report),
        Format::Sarif => sarif::render(&report),
        Format::Junit => junit::render(&report, from(arguments.fail_on)),
        Format::Markdown => markdown::render(&report),
    };
    console.result(&text)?;
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
        for artifact in platform.emit() {
            let objects =
                artifact.objects().iter().map(|object| (object.name.clone(), object.source.clone())).collect();
            let path = format!("{}/{}", platform.name(), artifact.path());
            sources.push(Source::new(path, artifact.text()).from_topology(artifact.source().clone(), objects));
        }
    }
    Ok(Some(sources))
}

/// What the file and the arguments say.
fn config(arguments: &CheckArguments) -> Result<Config, Failure> {
    let default = std::path::PathBuf::from("waard-policy.toml");
    let path = arguments.config.clone().or_else(|| default.is_file().then_some(default));
    let mut config = match path {
        Some(path) => {
            let bytes = crate::input::read(&path)?;
            let name = shown(&path);
            let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format_args!("{name} is not UTF-8")))?;
            Config::parse(&name, &text).map_err(|error| {
                Failure::usage(format_args!("{name}:{}:{}: {error}", error.line, error.column)).help(&error.help)
            })?
        }
        None => Config::default(),
    };
    if let Some(day) = &arguments.as_of {
        let day =
            day.parse().map_err(|_| Failure::usage(format_args!("`{day}` is no day")).help("write 2026-11-25"))?;
        config.as_of = Some(day);
    }
    if config.as_of.is_none() {
        config.as_of = today();
    }
    // A rule that isn't there finds nothing, which must not look as if all were well.
    if let Some(id) =
        arguments.only.iter().find(|only| !RULES.iter().any(|rule| rule.id == **only || rule.group() == **only))
    {
        return Err(explain::unknown(id));
    }
    if !arguments.only.is_empty() {
        config.only.clone_from(&arguments.only);
    }
    Ok(config)
}

/// The day, in UTC.
fn today() -> Option<Date> {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Date::constant(1970, 1, 1).checked_add(Duration::from_secs(seconds - seconds % DAY)).ok()
}
