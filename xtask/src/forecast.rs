//! `forecast`: whether a platform will meet its targets, before anything of it is applied.

mod json;
mod text;

use std::io::{IsTerminal as _, Write as _};
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

use waard_forecast::targets::Verdict;
use waard_forecast::{Assumptions, Forecast, Options};
use waard_model::Topology;
use waard_model::spec::Spec;

use crate::check::setup;
use crate::cli::{ForecastArguments, ForecastFormat};
use crate::console::{Console, visible};
use crate::exit::{Exit, Failure};
use crate::generate;
use crate::workspace;

/// Forecasts a topology, and fails if a target is missed.
pub(crate) fn run(arguments: &ForecastArguments, console: &Console) -> Result<Exit, Failure> {
    let path = arguments.topology.clone().unwrap_or_else(|| workspace::root().join(generate::TOPOLOGY));
    let Some(platform) = generate::read_one(&path, console)? else {
        return Ok(Exit::Usage);
    };
    let mut assumptions = Assumptions::default();
    let mut spec = platform.topology().spec().clone();
    for set in &arguments.set {
        let Some((name, value)) = set.split_once('=') else {
            return Err(Failure::usage(format_args!("`{}` sets nothing", visible(set)))
                .help("write --set demand.users=20000, or --set node-group.launch=75"));
        };
        if name.starts_with("demand.") {
            demand(&mut spec, name, value)?;
        } else {
            assumptions.set(name, value).map_err(|error| Failure::usage(&error))?;
        }
    }
    let topology = Topology::new(spec).map_err(|violations| {
        let first = violations.first().map_or_else(String::new, ToString::to_string);
        Failure::usage(format_args!("with what is set the topology is no longer valid: {first}"))
    })?;
    let as_of = setup::day(arguments.as_of.as_deref())?
        .ok_or_else(|| Failure::usage("this machine doesn't know what day it is").help("say it with --as-of"))?;
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let options = Options { as_of, seed: arguments.seed, runs: arguments.runs.get(), threads };
    let bar = Bar::new();
    let forecast = waard_forecast::forecast(&topology, &assumptions, options, &|done| bar.show(done));
    bar.clear();
    let text = match arguments.format {
        ForecastFormat::Human => text::human(&topology, &forecast, &assumptions),
        ForecastFormat::Markdown => text::markdown(&topology, &forecast, &assumptions),
        ForecastFormat::Json => json::render(&topology, &forecast, &assumptions, options),
    };
    console.result(&text)?;
    Ok(exit(&forecast))
}

fn exit(forecast: &Forecast) -> Exit {
    let missed = forecast.targets.iter().any(|row| row.verdict == Verdict::Missed);
    if missed { Exit::Findings } else { Exit::Clean }
}

/// Another demand than the topology's.
fn demand(spec: &mut Spec, name: &str, value: &str) -> Result<(), Failure> {
    let Some(demand) = spec.demand.as_mut() else {
        return Err(Failure::usage("the topology has no `demand`").help("add it: users, peak_requests, source"));
    };
    let shown = visible(value);
    match name {
        "demand.users" => {
            demand.users = value.parse().map_err(|_| {
                Failure::usage(format_args!("`{shown}` is no number of users")).help("write --set demand.users=20000")
            })?;
        }
        "demand.peak_requests" => {
            demand.peak_requests = value.parse().map_err(|error| Failure::usage(format_args!("{error}")))?;
        }
        _ => {
            return Err(Failure::usage(format_args!("there is no `{}` to set", visible(name)))
                .help("demand has `demand.users` and `demand.peak_requests`"));
        }
    }
    Ok(())
}

/// A bar on standard error, on a terminal only.
struct Bar {
    shown: Option<Mutex<u32>>,
}

impl Bar {
    const WIDTH: usize = 30;

    fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal().then(|| Mutex::new(u32::MAX)) }
    }

    fn show(&self, done: f64) {
        let Some(shown) = &self.shown else { return };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
        let percent = (done.clamp(0.0, 1.0) * 100.0) as u32;
        let mut last = shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *last != percent {
            *last = percent;
            let full = percent as usize * Self::WIDTH / 100;
            let _ = write!(
                std::io::stderr(),
                "\r  simulating [{}{}] {percent:>3} %",
                "=".repeat(full),
                " ".repeat(Self::WIDTH - full)
            );
        }
    }

    fn clear(&self) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r{}\r", " ".repeat(Self::WIDTH + 24));
        }
    }
}
