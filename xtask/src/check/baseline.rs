//! Reads and writes baselines.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use waard_policy::rules::RULES;
use waard_policy::{Baseline, Platform, Report};

use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::tree;
use crate::workspace::shown;

/// A baseline is no larger than this: some 200,000 findings.
const MAX_BYTES: u64 = 64 << 20;

/// Takes what is known out of the report's findings, and writes what is to be known from now on.
///
/// `--write-baseline` alone keeps everything that is found. Beside `--baseline` it only takes out what is gone, so that
/// nothing new slips in.
pub(super) fn apply(
    before: Option<Baseline>,
    write: Option<&Path>,
    platform: &Platform,
    report: &mut Report,
    console: &Console,
) -> Result<(), Failure> {
    let before = match before {
        Some(before) => before,
        None if write.is_some() => Baseline::of(report, RULES),
        None => return Ok(()),
    };
    before.apply(platform, report, RULES);
    if let Some(compared) = &mut report.baseline {
        // A file that wasn't given is still there, or it is gone with all that was found in it.
        let (there, gone) =
            std::mem::take(&mut compared.elsewhere).into_iter().partition(|(one, _)| Path::new(&one.path).exists());
        compared.elsewhere = there;
        compared.gone.extend::<Vec<_>>(gone);
        compared.gone.sort();
    }
    if let Some(path) = write {
        let gone = report.baseline.as_ref().map_or(&[][..], |compared| &compared.gone);
        let after = before.without(gone);
        tree::replace_file(path, after.to_text().as_bytes()).map_err(|error| Failure::world(&error))?;
        let s = if after.len() == 1 { "" } else { "s" };
        console.say(format_args!("{}: {} finding{s} known from now on", shown(path), after.len()));
        let kept_out = report.findings.iter().filter(|finding| !is_waivable(&finding.rule)).count();
        if kept_out > 0 {
            console.say(format_args!("{kept_out} of rules that can't be waived are never known: mend them"));
        }
    }
    Ok(())
}

fn is_waivable(id: &str) -> bool {
    waard_policy::rules::rule(id).is_none_or(|rule| rule.waivable)
}

/// Reads a baseline.
pub(super) fn read(path: &Path) -> Result<Baseline, Failure> {
    use std::io::ErrorKind as Kind;
    let name = shown(path);
    let failed = |error: std::io::Error| match error.kind() {
        Kind::NotFound | Kind::NotADirectory => {
            Failure::usage(format_args!("there is no file {name}")).help("--write-baseline makes it")
        }
        Kind::IsADirectory => Failure::usage(format_args!("{name} is a folder; a baseline is a file")),
        _ => Failure { exit: Exit::World, ..Failure::usage(format_args!("can't read {name}: {error}")) },
    };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::usage(format_args!("{name} is larger than {} MiB: it is no baseline", MAX_BYTES >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format_args!("{name} is not UTF-8")))?;
    Baseline::parse(&text).map_err(|error| {
        Failure::usage(format_args!("{name}:{}:{}: {error}", error.line, error.column)).help(&error.help)
    })
}
