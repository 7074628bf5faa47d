//! `manifest.json`: every file of the folder, its digest, and the part of the topology that it and its objects came from.
//!
//! One line a file, ordered by path, so that a difference between two versions reads well.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use waard_model::artifact::Artifact;
use waard_model::path::ModelPath;

use super::digest::Digest;
use super::names;

/// The newest format that is understood, and the one that is written.
pub(super) const FORMAT: u64 = 1;

/// What a manifest or a journal says of its files: path → what waard wrote there.
pub(super) type Listed = BTreeMap<String, Digest>;

/// Why a manifest or a journal can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is from a later version.
    Newer(u64),
    /// It is not what waard wrote.
    Broken(String),
}

/// A file's line, without the line break.
pub(super) fn line(artifact: &Artifact, digest: &Digest) -> String {
    let mut line = String::with_capacity(160 + artifact.objects().len() * 96);
    line.push_str("    {\"path\": ");
    quote(&mut line, artifact.path().as_str());
    let _ = write!(line, ", \"sha256\": \"{digest}\", \"bytes\": {}, \"source\": ", artifact.text().len());
    let mut shown = String::new();
    quote_source(&mut line, &mut shown, artifact.source());
    line.push_str(", \"objects\": [");
    for (number, object) in artifact.objects().iter().enumerate() {
        line.push_str(if number == 0 { "{\"name\": " } else { ", {\"name\": " });
        quote(&mut line, &object.name);
        line.push_str(", \"source\": ");
        quote_source(&mut line, &mut shown, &object.source);
        line.push('}');
    }
    line.push_str("]}");
    line
}

/// The whole text, from the lines of all files in order.
pub(super) fn text<'a>(lines: impl Iterator<Item = &'a str> + Clone) -> String {
    let mut text = String::with_capacity(128 + lines.clone().map(|line| line.len() + 2).sum::<usize>());
    let version = env!("CARGO_PKG_VERSION");
    let _ = write!(
        text,
        "{{\n  \"format\": {FORMAT},\n  \"generator\": \"waard\",\n  \"version\": \"{version}\",\n  \"files\": ["
    );
    for (number, line) in lines.enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(line);
    }
    text.push_str("\n  ]\n}\n");
    text
}

/// What a manifest lists.
pub(super) fn read(text: &[u8]) -> Result<Listed, Unusable> {
    #[derive(Deserialize)]
    struct Manifest<'a> {
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
    let manifest: Manifest<'_> = parse(text)?;
    manifest.files.iter().map(|file| entry(&file.path, &file.sha256)).collect()
}

/// Reads JSON of a known format.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Unusable> {
    #[derive(Deserialize)]
    struct Head {
        format: u64,
    }
    let broken = |error: serde_json::Error| Unusable::Broken(error.to_string());
    let head: Head = serde_json::from_slice(text).map_err(broken)?;
    if head.format > FORMAT {
        return Err(Unusable::Newer(head.format));
    }
    serde_json::from_slice(text).map_err(broken)
}

/// One path and its digest, if waard can have written them.
pub(super) fn entry(path: &str, digest: &str) -> Result<(String, Digest), Unusable> {
    if !names::possible(path) {
        return Err(Unusable::Broken(format!("it lists {path:?}, which is no path of a generated file")));
    }
    let digest = digest.parse().map_err(|_| Unusable::Broken(format!("the digest of {path} is none")))?;
    Ok((path.to_owned(), digest))
}

/// Writes `text` as a JSON string.
pub(super) fn quote(json: &mut String, text: &str) {
    json.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        json.push_str(text.get(plain..at).unwrap_or_default());
        let _ = match byte {
            b'"' | b'\\' => write!(json, "\\{}", char::from(byte)),
            _ => write!(json, "\\u{byte:04x}"),
        };
        plain = at + 1;
    }
    json.push_str(text.get(plain..).unwrap_or_default());
    json.push('"');
}

/// The same, of a model path; empty for the whole topology. `shown` is a buffer that is used again.
fn quote_source(json: &mut String, shown: &mut String, source: &ModelPath) {
    shown.clear();
    if *source != ModelPath::ROOT {
        let _ = write!(shown, "{source}");
    }
    quote(json, shown);
}

#[cfg(test)]
mod tests {
    use waard_model::artifact::{ArtifactPath, Object};

    use super::*;

    #[test]
    fn a_manifest_is_json_and_reads_back() {
        let object = Object { name: "Service/\"odd\\\n\u{7f}é".to_owned(), source: ModelPath::of(["a.b", "c"]) };
        let artifact = Artifact::new(ArtifactPath::new(["a", "b.yaml"]), "text\n".to_owned(), ModelPath::ROOT)
            .with_objects(vec![object.clone(), object.clone()]);
        let digest = Digest::of(b"text\n");
        let lines = [line(&artifact, &digest)];
        let text = text(lines.iter().map(String::as_str));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["files"][0]["objects"][1]["name"], object.name);
        assert_eq!(value["files"][0]["objects"][0]["source"], "[\"a.b\"].c");
        assert_eq!(value["files"][0]["source"], "");
        assert_eq!(value["files"][0]["bytes"], 5);
        assert_eq!(read(text.as_bytes()).unwrap(), Listed::from([("a/b.yaml".to_owned(), digest)]));
    }

    #[test]
    fn a_manifest_without_files_is_one() {
        assert_eq!(read(text([].into_iter()).as_bytes()).unwrap(), Listed::new());
    }

    #[test]
    fn a_manifest_that_waard_did_not_write_is_refused() {
        for wrong in ["", "{", "[]", "{\"format\": 1}", "<<<<<<< HEAD"] {
            assert!(matches!(read(wrong.as_bytes()), Err(Unusable::Broken(_))), "{wrong}");
        }
        assert_eq!(read(b"{\"format\": 2, \"files\": 7}"), Err(Unusable::Newer(2)));
        for path in ["../../etc/passwd", "/etc/passwd", "manifest.json", "a//b", ""] {
            let digest = Digest::of(b"");
            let text = format!("{{\"format\": 1, \"files\": [{{\"path\": \"{path}\", \"sha256\": \"{digest}\"}}]}}");
            assert!(matches!(read(text.as_bytes()), Err(Unusable::Broken(_))), "{path}");
        }
    }
}
