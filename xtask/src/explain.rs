//! `explain`: the page of a rule, or the list of rules.

use std::fmt::Write as _;

use waard_policy::rules::{RULES, rule};

use crate::cli::Explain;
use crate::console::{Console, visible};
use crate::exit::{Exit, Failure};

/// Prints the page of a rule, or all rules with their headings.
pub(crate) fn run(arguments: &Explain, console: &Console) -> Result<Exit, Failure> {
    let Some(id) = &arguments.rule else {
        let mut list = String::new();
        for rule in RULES {
            let _ = writeln!(list, "{:<42} {:<8} {}", rule.id, rule.severity.to_string(), rule.title());
        }
        console.result(&list)?;
        return Ok(Exit::Clean);
    };
    let Some(found) = rule(id) else {
        return Err(unknown(id));
    };
    console.result(found.page)?;
    Ok(Exit::Clean)
}

/// There is no rule, or group of rules, of that name.
pub(crate) fn unknown(id: &str) -> Failure {
    let near = nearest(id);
    let help = if near.is_empty() {
        "`cargo xtask explain` lists all rules".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Failure::usage(format_args!("there is no rule `{}`", visible(id))).help(help)
}

/// Rules that contain the text; else the one that is written most alike, with its group or without.
fn nearest(id: &str) -> Vec<&'static str> {
    const SHOWN: usize = 5;
    let containing: Vec<&str> =
        RULES.iter().map(|rule| rule.id).filter(|known| known.contains(id)).take(SHOWN).collect();
    if !containing.is_empty() {
        return containing;
    }
    let distance = |known: &str| {
        let name = known.split_once('/').map_or(known, |(_, name)| name);
        strsim::damerau_levenshtein(id, known).min(strsim::damerau_levenshtein(id, name))
    };
    let alike = RULES.iter().map(|rule| (distance(rule.id), rule.id)).min();
    alike.filter(|(distance, _)| *distance * 3 <= id.chars().count()).map(|(_, known)| known).into_iter().collect()
}
