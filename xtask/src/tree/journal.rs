//! The journal of a run: which files it is about to write or take away, so that the next run knows them as waard's own.
//!
//! It is written before the first change and taken away after the last, so it is there only after an interrupted run.
//! It takes over what an earlier journal listed: what that one wrote may still be there after a second interruption.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::digest::Digest;
use super::manifest::{self, Unusable};

/// Path → all that waard may have written there.
pub(super) type Journal = BTreeMap<String, BTreeSet<Digest>>;

/// The text of a journal: one line a digest.
pub(super) fn text<'a>(entries: impl Iterator<Item = (&'a str, &'a Digest)>) -> String {
    let mut text = format!("{{\n  \"format\": {},\n  \"files\": [", manifest::FORMAT);
    for (number, (path, digest)) in entries.enumerate() {
        text.push_str(if number == 0 { "\n    {\"path\": " } else { ",\n    {\"path\": " });
        manifest::quote(&mut text, path);
        text.push_str(", \"sha256\": \"");
        text.push_str(&digest.to_string());
        text.push_str("\"}");
    }
    text.push_str("\n  ]\n}\n");
    text
}

/// What a journal lists.
pub(super) fn read(text: &[u8]) -> Result<Journal, Unusable> {
    #[derive(Deserialize)]
    struct Raw<'a> {
        #[serde(borrow)]
        files: Vec<File<'a>>,
    }
    #[derive(Deserialize)]
    struct File<'a> {
        #[serde(borrow)]
        path: Cow<'a, str>,
        #[serde(borrow)]
        sha256: Cow<'a, str>,
    }
    let raw: Raw<'_> = manifest::parse(text)?;
    let mut journal = Journal::new();
    for file in &raw.files {
        let (path, digest) = manifest::entry(&file.path, &file.sha256)?;
        journal.entry(path).or_default().insert(digest);
    }
    Ok(journal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_reads_back_with_several_digests_a_file() {
        let digests = [Digest::of(b"1"), Digest::of(b"2")];
        let text = text([("a/b", &digests[0]), ("a/b", &digests[1]), ("c", &digests[0])].into_iter());
        let journal = read(text.as_bytes()).unwrap();
        assert_eq!(journal["a/b"], BTreeSet::from(digests));
        assert_eq!(journal["c"], BTreeSet::from([digests[0]]));
        assert!(read(b"").is_err());
    }
}
