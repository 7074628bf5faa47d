//! `--fix`: applies the mends of rules to the files on the disk, or shows them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use waard_policy::fix::{Fixed, fix};
use waard_policy::rules::RULES;
use waard_policy::{Baseline, Config, Finding, Source};

use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::tree;
use crate::workspace::shown;

/// What is to be mended.
pub(super) struct Mends<'a> {
    pub(super) sources: &'a [Source],
    /// Where the files are that stand on the disk, by their paths in reports.
    pub(super) places: &'a BTreeMap<String, PathBuf>,
    pub(super) config: &'a Config,
    /// Findings that are known are left alone.
    pub(super) known: Option<&'a Baseline>,
}

/// Why a file is not touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kept {
    /// `gen` wrote it into this folder, and would write it again.
    Generated(PathBuf),
    /// The file itself stands elsewhere, perhaps outside of what was given.
    Link,
}

impl Mends<'_> {
    /// Finds the mends, and says what they leave alone. Nothing is written yet.
    pub(super) fn find(&self, console: &Console) -> Result<Fixed, Failure> {
        let seen: RefCell<BTreeMap<String, Option<Kept>>> = RefCell::default();
        let select = |finding: &Finding| {
            let writable = finding.fix.iter().all(|one| {
                let path = &one.location.path;
                let mut seen = seen.borrow_mut();
                seen.entry(path.clone()).or_insert_with(|| self.kept(path)).is_none()
            });
            writable && !self.known.is_some_and(|known| known.has(finding))
        };
        let fixed = fix(self.sources, self.config, RULES, &select).map_err(|refused| {
            Failure { exit: Exit::Findings, ..Failure::usage(format_args!("nothing was changed: {refused}")) }
                .help("this is a mistake of a rule; leave it out with `skip` in waard-policy.toml, and mend by hand")
        })?;
        let mut kept: BTreeMap<Kept, BTreeSet<String>> = BTreeMap::new();
        for (path, why) in seen.into_inner() {
            if let Some(why) = why {
                kept.entry(why).or_default().insert(path);
            }
        }
        for (why, paths) in kept {
            let first = paths.first().map_or("", String::as_str);
            let files = match paths.len() {
                1 => first.to_owned(),
                count => format!("{first} and {} more", count - 1),
            };
            match why {
                Kept::Generated(folder) => console.say(format_args!(
                    "left alone: {files}: generated into {}; change the topology and run `cargo xtask gen`",
                    shown(&folder)
                )),
                Kept::Link => console.say(format_args!("left alone: {files}: a link to a file elsewhere")),
            }
        }
        Ok(fixed)
    }

    fn kept(&self, path: &str) -> Option<Kept> {
        // What stands on no disk is generated and has no mends.
        let place = self.places.get(path)?;
        if place.is_symlink() {
            return Some(Kept::Link);
        }
        tree::generated_into(place).map(Kept::Generated)
    }

    /// Writes them, unless somebody changed one of the files in the meantime.
    pub(super) fn write(&self, fixed: &Fixed, console: &Console) -> Result<(), Failure> {
        let places = || fixed.texts.iter().filter_map(|(path, text)| Some((path, text, self.places.get(path)?)));
        for (path, _, place) in places() {
            let before = self.sources.iter().find(|source| source.path() == path).map(Source::text);
            let now = fs::read(place).ok();
            if now.as_deref() != before.map(str::as_bytes) {
                let failure =
                    Failure::usage(format_args!("{path} was changed while it was judged; nothing was written"));
                return Err(Failure { exit: Exit::World, ..failure }.help("run again"));
            }
        }
        for (path, text, place) in places() {
            tree::rewrite_file(place, text.as_bytes()).map_err(|error| Failure::world(&error))?;
            let count = fixed.mended.iter().filter(|finding| finding.location.path == *path).count();
            console.say(format_args!("{path}: {count} mended"));
        }
        console.say(summary(fixed, "mended"));
        Ok(())
    }

    /// Shows them as unified diffs.
    pub(super) fn show(&self, fixed: &Fixed, console: &Console) -> Result<(), Failure> {
        for (path, text) in &fixed.texts {
            let before = self.sources.iter().find(|source| source.path() == path).map_or("", Source::text);
            console.result(&tree::unified(path, before, text))?;
        }
        console.say(summary(fixed, "would be mended"));
        Ok(())
    }
}

fn summary(fixed: &Fixed, done: &str) -> String {
    let counted = |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    format!("{} {done} in {}", counted(fixed.mended.len(), "finding"), counted(fixed.texts.len(), "file"))
}
