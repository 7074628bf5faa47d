//! The list of kinds: which, and where each is defined.

use serde::Deserialize;

/// A kind of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) group: String,
    pub(super) kind: String,
    /// The version that is described; empty for the best one that is served.
    pub(super) version: String,
    /// What brings it, and in which release.
    pub(super) component: String,
    pub(super) release: String,
    /// Where it is defined.
    pub(super) repository: String,
    pub(super) tag: String,
    pub(super) path: String,
    /// The day of that tag.
    pub(super) as_of: String,
    /// What is kept of an object that has much that is never used: `spec.provider=aws`, several between blanks.
    pub(super) only: String,
    #[expect(dead_code, reason = "for those who read the list")]
    note: String,
}

impl Row {
    /// The name of its file of facts.
    pub(super) fn file_name(&self) -> String {
        let version = if self.version.is_empty() { String::new() } else { format!("_{}", self.version) };
        format!("{}_{}{version}.txt", self.group, self.kind)
    }

    /// The objects of which only some fields are kept.
    pub(super) fn only(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let pairs = self.only.split_whitespace().filter_map(|word| word.split_once('='));
        pairs.map(|(path, names)| (path, names.split('|').collect()))
    }
}

/// All rows, each with everything that it needs.
pub(super) fn read(text: &[u8]) -> Result<Vec<Row>, String> {
    let rows: Vec<Row> =
        csv::Reader::from_reader(text).deserialize().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    for row in &rows {
        let needed = [&row.group, &row.kind, &row.component, &row.release, &row.repository, &row.tag, &row.path];
        if needed.iter().any(|text| text.is_empty()) || row.as_of.len() != "2026-01-31".len() {
            return Err(format!("{} in {} lacks something", row.kind, row.group));
        }
        if row.only.split_whitespace().any(|word| !word.contains('=')) {
            return Err(format!("{} keeps `{}`, which is no <path>=<name>|<name>", row.kind, row.only));
        }
    }
    if let Some(pair) = rows.windows(2).find(|pair| match pair {
        [a, b] => (&a.group, &a.kind, &a.version) >= (&b.group, &b.kind, &b.version),
        _ => false,
    }) {
        return Err(format!("not in the order of groups, kinds and versions, or twice: {pair:?}"));
    }
    Ok(rows)
}
