//! Any lines as the places of waivers: findings that they excuse are moved, and none is lost, made or changed; and they
//! excuse what their patterns mean, by a plain definition of that.
#![no_main]

use std::fmt::Write as _;

use libfuzzer_sys::fuzz_target;
use waard_policy::{Config, Finding};
use waard_policy_fuzz::{Files, judge};

const MANIFEST: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: shop}\nspec: {containers: [{name: api, image: api}]}\n";
const PATHS: [&str; 3] = ["a.yaml", "k8s/a.yaml", "k8s/shop/my-a.yaml"];
const RULE: &str = "security/mutable-image";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let files: Files = PATHS.iter().map(|path| ((*path).to_owned(), MANIFEST.into())).collect();
    let places: Vec<&str> = text.split('\n').take(8).filter(|place| !place.trim().is_empty()).collect();
    let mut toml = format!("only = [\"{RULE}\"]\n");
    for place in &places {
        let _ = writeln!(
            toml,
            "[[waiver]]\nrule = \"{RULE}\"\nplace = {}\nreason = \"r\"\nowner = \"o\"\nuntil = 2999-01-01",
            quoted(place)
        );
    }
    let Ok(config) = Config::parse("waard-policy.toml", &toml) else { panic!("{toml}") };
    assert_eq!(config.waivers.iter().map(|waiver| &*waiver.place).collect::<Vec<_>>(), places);
    let mut without = config.clone();
    without.waivers.clear();
    let all = judge(&files, &without);
    let some = judge(&files, &config);
    assert_eq!(all.findings.len(), PATHS.len());
    let mut together: Vec<Finding> = some.findings.iter().chain(&some.waived).cloned().collect();
    together.sort_by_key(|finding| finding.location.clone());
    for finding in &mut together {
        let excused = places.iter().any(|place| covers(place, finding));
        assert_eq!(finding.waived.take().is_some(), excused, "{places:?}: {finding:?}");
    }
    assert_eq!(together, all.findings);
});

fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for char in text.chars() {
        let _ = write!(out, "\\U{:08x}", u32::from(char));
    }
    out + "\""
}

fn covers(place: &str, finding: &Finding) -> bool {
    let (path, subject) = place.split_once('#').map_or((place, None), |(path, subject)| (path, Some(subject)));
    matches(path.as_bytes(), finding.location.path.as_bytes())
        && subject.is_none_or(|pattern| {
            finding.subject.as_deref().is_some_and(|subject| matches(pattern.as_bytes(), subject.as_bytes()))
        })
}

fn matches(pattern: &[u8], text: &[u8]) -> bool {
    // Whether the rest of the pattern takes the rest of the text: each answer follows from those behind it.
    let mut table = vec![vec![false; text.len() + 1]; pattern.len() + 1];
    for at in (0..=pattern.len()).rev() {
        for read in (0..=text.len()).rev() {
            let rest = &pattern[at..];
            table[at][read] = if rest.is_empty() {
                read == text.len()
            } else if rest.starts_with(b"**") {
                let begins = read == 0 || text[read - 1] == b'/';
                let skips = rest.get(2) == Some(&b'/') && begins && table[at + 3][read];
                skips || table[at + 2][read] || (read < text.len() && table[at][read + 1])
            } else if rest[0] == b'*' {
                table[at + 1][read] || (read < text.len() && text[read] != b'/' && table[at][read + 1])
            } else {
                read < text.len() && text[read] == rest[0] && table[at + 1][read + 1]
            };
        }
    }
    table[0][0]
}
