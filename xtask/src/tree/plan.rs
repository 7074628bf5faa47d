//! Decides what a run changes, or what keeps it from changing anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::conflict::{Conflict, Why};
use super::digest::Digest;
use super::disk::Action;
use super::error::TreeError;
use super::names;
use super::past::Manifest;
use super::survey::{self, Entry, Found, Survey};

/// A file to write.
#[derive(Clone, Copy)]
pub(super) struct Write<'s> {
    pub(super) path: &'s str,
    pub(super) text: &'s str,
    pub(super) digest: Digest,
    pub(super) over: Over,
}

/// What stands where a file is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Nothing.
    Nothing,
    /// What an earlier run wrote.
    Own,
    /// Somebody's text, which is kept.
    Kept,
    /// Folders that are empty once pruned.
    EmptyFolders,
}

/// A file to take away.
pub(super) struct Prune<'s> {
    pub(super) path: &'s str,
    pub(super) digest: Digest,
    /// Somebody edited it: it is renamed, not removed.
    pub(super) keep: bool,
}

/// What a run changes.
#[derive(Default)]
pub(super) struct Plan<'s> {
    /// If there are any, nothing is done.
    pub(super) conflicts: Vec<Conflict>,
    pub(super) writes: Vec<Write<'s>>,
    pub(super) prunes: Vec<Prune<'s>>,
    /// Paths that are not wanted any more, also if nothing stands there: folders left empty above them are taken away.
    pub(super) stale: Vec<&'s str>,
    /// Folders to make, the outer ones first.
    pub(super) folders: Vec<&'s str>,
    /// The manifest is one that somebody broke: it is kept.
    pub(super) keep_manifest: bool,
}

/// Decides, with all conflicts that `overwrite` does not resolve.
pub(super) fn decide<'s>(survey: &'s Survey<'_>, overwrite: bool) -> Result<Plan<'s>, TreeError> {
    let mut plan = Plan { stale: survey.past.stale(|path| survey.wants(path)), ..Plan::default() };
    let mut conflicts = Vec::new();
    prunes(survey, &mut plan, &mut conflicts)?;
    let gone: BTreeSet<&str> = plan.prunes.iter().map(|prune| prune.path).collect();
    let temporaries: BTreeSet<String> =
        survey.past.journal.iter().flat_map(|journal| journal.keys()).map(|path| names::temporary(path)).collect();
    // What is kept stays in its folder under another name.
    let kept: BTreeSet<&str> = plan.prunes.iter().filter(|prune| prune.keep).map(|prune| prune.path).collect();
    let going = |path: &str| gone.contains(path) && !kept.contains(path) || temporaries.contains(path);
    for (path, found) in &survey.folders {
        let why = match found {
            Found::Folder => continue,
            Found::Absent => None,
            Found::Same | Found::Other(_) => (!gone.contains(path)).then_some(Why::FileForFolder),
            Found::Link => Some(Why::Link),
            Found::Special => Some(Why::Special),
        };
        match why {
            Some(why) => conflicts.push(Conflict { path: (*path).to_owned(), why }),
            None => plan.folders.push(path),
        }
    }
    for entry in &survey.entries {
        match over(survey, entry, &going)? {
            Ok(None) => {}
            Ok(Some(over)) => plan.writes.push(write(entry, over)),
            Err(why) => {
                conflicts.push(Conflict { path: entry.path().to_owned(), why });
                plan.writes.push(write(entry, Over::Kept));
            }
        }
    }
    if let Manifest::Broken(reason) = &survey.past.manifest {
        plan.keep_manifest = true;
        conflicts.push(Conflict { path: names::MANIFEST.to_owned(), why: Why::Manifest(reason.clone()) });
    }
    conflicts.retain(|conflict| !(overwrite && conflict.overwritable()));
    conflicts.sort();
    plan.conflicts = conflicts;
    Ok(plan)
}

/// Finds what earlier runs wrote and nobody wants any more. What is behind a link is not waard's, whatever it holds.
fn prunes<'s>(survey: &'s Survey<'_>, plan: &mut Plan<'s>, conflicts: &mut Vec<Conflict>) -> Result<(), TreeError> {
    let mut linked: BTreeMap<&'s str, bool> = BTreeMap::new();
    plan.stale.retain(|path| {
        !names::parents(path).any(|folder| {
            *linked
                .entry(folder)
                .or_insert_with(|| fs::symlink_metadata(survey.root.join(folder)).is_ok_and(|found| found.is_symlink()))
        })
    });
    for path in &plan.stale {
        let Found::Other(digest) = survey::at(&survey.root.join(path))? else {
            continue;
        };
        let keep = !survey.past.wrote(path, &digest);
        if keep {
            conflicts.push(Conflict { path: (*path).to_owned(), why: Why::EditedAndNoLongerGenerated });
        }
        plan.prunes.push(Prune { path, digest, keep });
    }
    Ok(())
}

/// What an entry is written over, `None` if it needn't be written, or why it can't.
fn over(
    survey: &Survey<'_>,
    entry: &Entry<'_>,
    going: &dyn Fn(&str) -> bool,
) -> Result<Result<Option<Over>, Why>, TreeError> {
    Ok(match entry.found {
        Found::Same => Ok(None),
        Found::Absent => Ok(Some(Over::Nothing)),
        Found::Other(digest) if survey.past.wrote(entry.path(), &digest) => Ok(Some(Over::Own)),
        Found::Other(_) if survey.past.knows(entry.path()) => Err(Why::Edited),
        Found::Other(_) => Err(Why::Foreign),
        Found::Link => Err(Why::Link),
        Found::Special => Err(Why::Special),
        Found::Folder if holds_only(survey, entry.path(), going)? => Ok(Some(Over::EmptyFolders)),
        Found::Folder => Err(Why::Folder),
    })
}

/// True if there is nothing in a folder but folders and files that are going away.
fn holds_only(survey: &Survey<'_>, folder: &str, going: &dyn Fn(&str) -> bool) -> Result<bool, TreeError> {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let at = survey.root.join(&folder);
        for item in fs::read_dir(&at).map_err(TreeError::io(Action::List, &at))? {
            let item = item.map_err(TreeError::io(Action::List, &at))?;
            let kind = item.file_type().map_err(TreeError::io(Action::Read, &at))?;
            let Some(path) = item.file_name().to_str().map(|name| format!("{folder}/{name}")) else {
                return Ok(false);
            };
            if kind.is_dir() {
                open.push(path);
            } else if !going(&path) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn write<'s>(entry: &Entry<'s>, over: Over) -> Write<'s> {
    Write { path: entry.path(), text: entry.artifact.text(), digest: entry.digest, over }
}
