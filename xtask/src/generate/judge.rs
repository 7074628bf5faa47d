//! Judges what `gen` is about to write, by the rules of `check`.
//!
//! Only a run that would change something is judged: what is there already was judged when it was written, and a run that
//! changes nothing stays as fast as it is. The day and the configuration decide whether files are written, never what is
//! in them.

use std::cell::OnceCell;
use std::path::Path;

use waard_model::artifact::Artifact;
use waard_policy::rules::RULES;
use waard_policy::{Config, Finding, Report, Severity, Source};

use crate::check::human;
use crate::console::Console;
use crate::exit::Failure;
use crate::platform::sources_below;
use crate::workspace::shown;

/// What is to be judged, and the judgement once there is one.
pub(super) struct Judge<'a> {
    pub(super) topology: &'a Path,
    pub(super) text: &'a [u8],
    pub(super) name: &'a str,
    pub(super) artifacts: &'a [Artifact],
    pub(super) config: &'a Config,
    pub(super) done: OnceCell<(waard_policy::Platform, Report)>,
}

impl Judge<'_> {
    /// Whether there is no error. Where no rule is to run, nothing is even read.
    pub(super) fn finds_no_error(&self) -> bool {
        if !RULES.iter().any(|rule| self.config.selects(rule.id)) {
            return true;
        }
        let (_, report) = self.done.get_or_init(|| {
            let topology = Source::from_bytes(shown(self.topology), self.text.to_vec());
            let generated = sources_below(self.name, self.artifacts);
            let platform =
                waard_policy::Platform::read(std::iter::once(topology).chain(generated).collect(), self.config);
            let mut report = waard_policy::check(&platform, self.config);
            // The configuration is for more than what is generated: whether all of its waivers are needed `check` says.
            report.findings.retain(|finding| finding.location.path != self.config.path);
            (platform, report)
        });
        report.count(Severity::Error) == 0
    }

    /// Shows the errors as `check` does, and says how many warnings it has. The number of errors.
    pub(super) fn show(&self, console: &Console) -> Result<usize, Failure> {
        let Some((platform, report)) = self.done.get() else { return Ok(0) };
        let (errors, others): (Vec<Finding>, Vec<Finding>) =
            report.findings.iter().cloned().partition(|finding| finding.severity == Severity::Error);
        let warnings = others.iter().filter(|finding| finding.severity == Severity::Warning).count();
        if !errors.is_empty() {
            console.result(&human::findings(platform, &errors, console.result_style()))?;
        }
        if warnings > 0 {
            let s = if warnings == 1 { "" } else { "s" };
            let topology = shown(self.topology);
            console.say(format_args!("{topology}: {warnings} warning{s}: `cargo xtask check {topology}` shows them"));
        }
        Ok(errors.len())
    }
}
