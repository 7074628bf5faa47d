//! What to judge by: `waard-policy.toml`, what the command line says beside it, and the day.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use waard_catalog::Date;
use waard_policy::Config;
use waard_policy::rules::RULES;

use crate::console::visible;
use crate::exit::Failure;
use crate::explain;
use crate::input;
use crate::workspace::shown;

/// The configuration that is read if none is named, in the current folder.
const DEFAULT: &str = "waard-policy.toml";

/// Reads the configuration, and puts over it what the command line says. Without a day anywhere it is today.
///
/// # Errors
/// Bad usage, if the file, the day or one of the rules is none.
pub(crate) fn config(file: Option<&Path>, as_of: Option<&str>, only: &[String]) -> Result<Config, Failure> {
    let default = PathBuf::from(DEFAULT);
    let path = file.map(Path::to_owned).or_else(|| default.is_file().then_some(default));
    let mut config = match path {
        Some(path) => {
            let bytes = input::read(&path)?;
            let name = shown(&path);
            let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format_args!("{name} is not UTF-8")))?;
            Config::parse(&name, &text).map_err(|error| {
                Failure::usage(format_args!("{name}:{}:{}: {error}", error.line, error.column)).help(&error.help)
            })?
        }
        None => Config::default(),
    };
    if as_of.is_some() || config.as_of.is_none() {
        config.as_of = day(as_of)?;
    }
    // A rule that isn't there finds nothing, which must not look as if all were well.
    if let Some(id) = only.iter().find(|only| !RULES.iter().any(|rule| rule.id == **only || rule.group() == **only)) {
        return Err(explain::unknown(id));
    }
    if !only.is_empty() {
        config.only = only.to_vec();
    }
    Ok(config)
}

/// The day that somebody named, or else today.
///
/// # Errors
/// Bad usage, if what was named is no day.
pub(crate) fn day(named: Option<&str>) -> Result<Option<Date>, Failure> {
    let Some(named) = named else { return Ok(today()) };
    let day = named
        .parse()
        .map_err(|_| Failure::usage(format_args!("`{}` is no day", visible(named))).help("write 2026-11-25"))?;
    Ok(Some(day))
}

/// The day, in UTC.
fn today() -> Option<Date> {
    const DAY: u64 = 24 * 60 * 60;
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Date::constant(1970, 1, 1).checked_add(Duration::from_secs(seconds - seconds % DAY)).ok()
}
