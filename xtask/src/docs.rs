//! `docs`: the pages of `docs/rules`, made from the pages of the rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use waard_policy::Rule;
use waard_policy::rules::RULES;

use crate::cli::Docs;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::schema::is_current;
use crate::tree;
use crate::workspace::{self, shown};

/// Where they stand in the workspace.
pub(crate) const PLACE: &str = "docs/rules";

/// How a page that was made starts: others are left alone.
const MADE: &str = "<!-- Made by `cargo xtask docs`";

/// Writes or checks them.
pub(crate) fn run(arguments: &Docs, console: &Console) -> Result<Exit, Failure> {
    let folder = arguments.out.clone().unwrap_or_else(|| workspace::root().join(PLACE));
    let changes = changes(&folder)?;
    if arguments.check {
        for path in changes.keys() {
            console.result(&format!("{}: out of date\n", shown(&folder.join(path))))?;
        }
        if changes.is_empty() {
            return Ok(Exit::Clean);
        }
        console.say("run `cargo xtask docs`");
        return Ok(Exit::Findings);
    }
    for (path, text) in &changes {
        let path = folder.join(path);
        match text {
            Some(text) => tree::replace_file(&path, text.as_bytes()).map_err(|error| Failure::world(&error))?,
            None => fs::remove_file(&path).map_err(|error| unreadable(&path, &error))?,
        }
    }
    console.say(format_args!("{}: {} of {} pages changed", shown(&folder), changes.len(), RULES.len() + 1));
    Ok(Exit::Clean)
}

/// The pages that are to be written, and those to be taken away because there is no such rule.
pub(crate) fn changes(folder: &Path) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let pages = pages();
    let mut changes = BTreeMap::new();
    for path in made(folder)?.into_iter().filter(|path| !pages.contains_key(path)) {
        changes.insert(path, None);
    }
    for (path, text) in pages {
        if !is_current(&folder.join(&path), &text)? {
            changes.insert(path, Some(text));
        }
    }
    Ok(changes)
}

/// Every page that an earlier run made, relative to the folder.
fn made(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, inside)) = open.pop() {
        let items = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            items => items.map_err(|error| unreadable(&folder, &error))?,
        };
        for item in items {
            let item = item.map_err(|error| unreadable(&folder, &error))?;
            let (path, name) = (item.path(), item.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                open.push((path, format!("{inside}{name}/")));
            } else if path.extension().is_some_and(|ending| ending == "md")
                && fs::read(&path).is_ok_and(|text| text.starts_with(MADE.as_bytes()))
            {
                found.push(format!("{inside}{name}"));
            }
        }
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure { exit: Exit::World, ..Failure::usage(format_args!("can't work on {}: {error}", shown(path))) }
}

/// Every page by its path: one of each rule, and the list of all.
fn pages() -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> =
        RULES.iter().map(|rule| (format!("{}.md", rule.id), page(rule))).collect();
    pages.insert("README.md".to_owned(), index());
    pages
}

fn index() -> String {
    let fixable = RULES.iter().filter(|rule| rule.fixable).count();
    let mut out = format!(
        "{MADE} from the rules of `waard-policy`. -->\n\n# Rules\n\n\
         {} rules, {fixable} of which mend some of what they find with `check --fix`.\n\
         `cargo xtask explain RULE` prints the page of one; [the guide](../check.md) says how to choose, set and waive them.\n",
        RULES.len()
    );
    let mut group = "";
    for rule in RULES {
        if rule.group() != group {
            group = rule.group();
            let _ = write!(
                out,
                "\n## {group}\n\n| rule | severity | mends | what must hold |\n| --- | --- | --- | --- |\n"
            );
        }
        let name = rule.id.split_once('/').map_or(rule.id, |(_, name)| name);
        let fix = if rule.fixable { "yes" } else { "" };
        let _ = writeln!(out, "| [{name}]({}.md) | {} | {fix} | {} |", rule.id, rule.severity, cell(rule.title()));
    }
    out
}

fn page(rule: &Rule) -> String {
    let source = rule.id.replace('-', "_");
    let mut out = format!(
        "{MADE} from crates/waard-policy/src/rules/{source}.md: change that. -->\n\n# {}\n\n\
         | | |\n| --- | --- |\n| rule | `{}` |\n| severity | {} |\n| looks at | {} |\n| since | {} |\n",
        rule.title(),
        rule.id,
        rule.severity,
        cell(rule.looks_at),
        rule.since
    );
    if rule.fixable {
        out.push_str("| mends | some of it, with `check --fix` |\n");
    }
    if !rule.waivable {
        out.push_str("| waivers | it can't be waived, and no baseline hides it |\n");
    }
    if !rule.parameters.is_empty() {
        out.push_str("\n| parameter | default | |\n| --- | --- | --- |\n");
        for parameter in rule.parameters {
            let _ = writeln!(out, "| `{}` | {} | {} |", parameter.name, parameter.default, cell(parameter.help));
        }
    }
    let body = rule.page.split_once('\n').map_or("", |(_, body)| body);
    out.push_str(&told(body));
    out
}

/// The body of a page, in which each example says before it what the rule says about it.
fn told(body: &str) -> String {
    let mut out = String::with_capacity(body.len() + 512);
    let mut inside = false;
    for line in body.lines() {
        if let Some(info) = line.strip_prefix("```").filter(|_| !inside) {
            inside = true;
            let mut words = info.split_whitespace();
            let language = words.next().unwrap_or_default();
            let (mut said, mut day) = (None, None);
            for word in words {
                match word {
                    "fail" => said = Some("Reported"),
                    "pass" => said = Some("Not reported"),
                    "unknown" => said = Some("Not known, and said so"),
                    "none" => said = Some("Nothing for this rule to look at"),
                    other => day = other.strip_prefix("as-of=").or(day),
                }
            }
            if let Some(said) = said {
                let on = day.map(|day| format!(", on {day}")).unwrap_or_default();
                let _ = write!(out, "{said}{on}:\n\n");
            }
            let _ = writeln!(out, "```{language}");
            continue;
        }
        inside &= !line.starts_with("```");
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_say_what_the_rule_says() {
        let body =
            "\nText.\n\n```yaml fail as-of=2026-11-25\na: 1\n```\n\n```hcl none\n# file: ```\n```\n\n```sh\nls\n```\n";
        assert_eq!(
            told(body),
            "\nText.\n\nReported, on 2026-11-25:\n\n```yaml\na: 1\n```\n\nNothing for this rule to look at:\n\n```hcl\n# file: ```\n```\n\n```sh\nls\n```\n"
        );
    }

    #[test]
    fn every_rule_is_in_the_list_and_has_its_table() {
        let index = index();
        for rule in RULES {
            assert!(index.contains(&format!("]({}.md) |", rule.id)), "{}", rule.id);
            let page = page(rule);
            assert!(page.contains(&format!("| rule | `{}` |", rule.id)) && page.ends_with("```\n"), "{}", rule.id);
            for parameter in rule.parameters {
                assert!(page.contains(&format!("| `{}` | {} |", parameter.name, parameter.default)), "{}", rule.id);
            }
        }
    }
}
