//! Does what a plan says, in the order that keeps the promises.

use std::fs;

use super::digest::Digest;
use super::disk::{Action, Disk};
use super::error::TreeError;
use super::past::Manifest;
use super::plan::{Over, Plan, Write};
use super::survey::Survey;
use super::{Report, journal, names, parallel};

/// Changes the disk. The plan has no conflicts.
pub(super) fn apply(
    disk: &Disk<'_>,
    survey: &Survey<'_>,
    plan: &Plan<'_>,
    threads: usize,
) -> Result<Report, TreeError> {
    let mut report = count(survey, plan);
    clear_temporaries(disk, survey)?;
    let manifest_changes = survey.past.manifest != Manifest::Same;
    let changes = !plan.writes.is_empty() || !plan.prunes.is_empty();
    if changes {
        disk.write(names::JOURNAL, journal_text(survey, plan).as_bytes())?;
    }
    for prune in &plan.prunes {
        if prune.keep {
            report.kept.push(keep(disk, prune.path)?);
        } else {
            disk.remove_file(prune.path)?;
        }
    }
    for path in &plan.stale {
        for folder in names::parents(path).rev() {
            if survey.folders.contains_key(folder) || !disk.remove_empty_folder(folder)? {
                break;
            }
        }
    }
    for write in plan.writes.iter().filter(|write| write.over == Over::EmptyFolders) {
        remove_folders(disk, write.path)?;
    }
    for folder in &plan.folders {
        disk.create_folder(folder)?;
    }
    for write in plan.writes.iter().filter(|write| write.over == Over::Kept) {
        report.kept.push(keep(disk, write.path)?);
    }
    let mut writes: Vec<Write<'_>> = plan.writes.clone();
    parallel::each(&mut writes, threads, |write, (): &mut ()| disk.write(write.path, write.text.as_bytes()))?;
    if plan.keep_manifest {
        report.kept.push(keep(disk, names::MANIFEST)?);
    }
    if manifest_changes {
        disk.write(names::MANIFEST, survey.manifest.as_bytes())?;
    }
    if changes || survey.past.journal.is_some() {
        disk.remove_file(names::JOURNAL)?;
    }
    report.kept.sort();
    Ok(report)
}

fn count(survey: &Survey<'_>, plan: &Plan<'_>) -> Report {
    let created = plan.writes.iter().filter(|write| matches!(write.over, Over::Nothing | Over::EmptyFolders)).count();
    Report {
        created,
        replaced: plan.writes.len() - created,
        unchanged: survey.entries.len() - plan.writes.len(),
        pruned: plan.prunes.iter().filter(|prune| !prune.keep).count(),
        kept: Vec::new(),
        repaired: survey.past.journal.is_some(),
    }
}

/// Takes away what an interrupted run left half-written. Only the names that such a run can have used are looked at.
fn clear_temporaries(disk: &Disk<'_>, survey: &Survey<'_>) -> Result<(), TreeError> {
    let journaled = survey.past.journal.iter().flat_map(|journal| journal.keys().map(String::as_str));
    for path in [names::JOURNAL, names::MANIFEST].into_iter().chain(journaled) {
        let temporary = names::temporary(path);
        let through_link = names::parents(path)
            .any(|folder| fs::symlink_metadata(disk.at(folder)).is_ok_and(|found| found.is_symlink()));
        if !through_link && fs::symlink_metadata(disk.at(&temporary)).is_ok_and(|found| found.is_file()) {
            disk.remove_file(&temporary)?;
        }
    }
    Ok(())
}

/// Everything that waard may have written once this run is interrupted, beside what the manifest says.
fn journal_text(survey: &Survey<'_>, plan: &Plan<'_>) -> String {
    let writes = plan.writes.iter().map(|write| (write.path, &write.digest));
    let prunes = plan.prunes.iter().filter(|prune| !prune.keep).map(|prune| (prune.path, &prune.digest));
    let earlier = survey
        .past
        .journal
        .iter()
        .flatten()
        .flat_map(|(path, digests)| digests.iter().map(|digest| (path.as_str(), digest)));
    let mut entries: Vec<(&str, &Digest)> = writes.chain(prunes).chain(earlier).collect();
    entries.sort_unstable();
    entries.dedup();
    journal::text(entries.into_iter())
}

/// Renames a file to `<file>.orig`, or to the first free `<file>.orig.<number>`. Gives the new name.
fn keep(disk: &Disk<'_>, path: &str) -> Result<String, TreeError> {
    let mut name = format!("{path}.orig");
    let mut number = 1;
    while fs::symlink_metadata(disk.at(&name)).is_ok() {
        name = format!("{path}.orig.{number}");
        number += 1;
    }
    disk.rename(path, &name)?;
    Ok(name)
}

/// Removes a folder that holds nothing but folders.
fn remove_folders(disk: &Disk<'_>, path: &str) -> Result<(), TreeError> {
    let at = disk.at(path);
    if !at.is_dir() {
        return Ok(());
    }
    for item in fs::read_dir(&at).map_err(TreeError::io(Action::List, &at))? {
        let item = item.map_err(TreeError::io(Action::List, &at))?;
        if let Some(name) = item.file_name().to_str() {
            remove_folders(disk, &format!("{path}/{name}"))?;
        }
    }
    disk.remove_empty_folder(path).map(drop)
}
