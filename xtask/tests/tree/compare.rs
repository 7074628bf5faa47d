//! `--check` and `--diff`: what they see, and that they change nothing.

use std::fs;

use xtask::tree::{self, Difference};

use crate::support::{Folder, artifacts, everything, options};

const FILES: [(&str, &str); 3] = [("README.md", "# shop\n"), ("k/p/a.yaml", "a: 1\n"), ("k/p/b.yaml", "b: 1\n")];

fn check(folder: &Folder, files: &[(&str, &str)]) -> Vec<String> {
    let before = everything(&folder.root);
    let differences = tree::check(&folder.root, &artifacts(files), &options()).unwrap();
    assert_eq!(before, everything(&folder.root), "a check changes nothing");
    differences.iter().map(Difference::to_string).collect()
}

fn diff(folder: &Folder, files: &[(&str, &str)]) -> (usize, String) {
    let before = everything(&folder.root);
    let mut text = String::new();
    let count = tree::diff(&folder.root, &artifacts(files), &options(), &mut |part| {
        text.push_str(part);
    })
    .unwrap();
    assert_eq!(before, everything(&folder.root), "a diff changes nothing");
    (count, text)
}

#[test]
fn what_was_just_written_is_up_to_date() {
    let folder = Folder::new();
    folder.write(&FILES);
    assert_eq!(check(&folder, &FILES), [""; 0]);
    assert_eq!(diff(&folder, &FILES), (0, String::new()));
}

#[test]
fn a_folder_that_is_not_there_misses_everything_and_is_not_made() {
    let folder = Folder::new();
    assert_eq!(
        check(&folder, &FILES),
        ["README.md: missing", "k/p/a.yaml: missing", "k/p/b.yaml: missing", "manifest.json: missing"]
    );
    assert_eq!(diff(&folder, &FILES).0, 3);
    assert!(!folder.root.exists());
}

#[test]
fn every_kind_of_difference_is_told() {
    let folder = Folder::new();
    folder.write(&FILES);
    folder.put("README.md", "# mine\n");
    folder.put("k/p/mine.yaml", "mine\n");
    folder.put("other/deep/er.yaml", "mine\n");
    folder.put("k/p/a.yaml.orig", "kept by --overwrite\n");
    fs::create_dir_all(folder.at("empty/er")).unwrap();
    fs::remove_dir_all(folder.at("empty/er")).unwrap();
    let next = [FILES[0], ("k/p/a.yaml", "a: 1\n"), ("k/q/c.yaml", "c: 1\n")];
    assert_eq!(
        check(&folder, &next),
        [
            "README.md: different",
            "k/p/b.yaml: no longer generated",
            "k/p/mine.yaml: not generated",
            "k/q/c.yaml: missing",
            "manifest.json: different",
            "other/: not generated",
        ]
    );
}

#[test]
fn a_change_of_nothing_but_the_manifest_is_one() {
    let folder = Folder::new();
    folder.write(&FILES);
    let manifest = folder.text("manifest.json").replace("\"source\": \"workloads\"", "\"source\": \"elsewhere\"");
    folder.put("manifest.json", &manifest);
    assert_eq!(check(&folder, &FILES), ["manifest.json: different"]);
    let (count, text) = diff(&folder, &FILES);
    assert_eq!(count, 1);
    assert!(text.starts_with("--- a/manifest.json\n+++ b/manifest.json\n@@ "), "{text}");
    folder.write(&FILES);
    assert_eq!(check(&folder, &FILES), [""; 0]);
}

#[test]
fn an_interrupted_run_is_told() {
    let folder = Folder::new();
    folder.write(&FILES);
    folder.put(".waard-journal.json", "{\"format\": 1, \"files\": []}");
    assert_eq!(check(&folder, &FILES), [".waard-journal.json: left by an interrupted run"]);
    assert!(folder.write(&FILES).repaired);
    assert_eq!(check(&folder, &FILES), [""; 0]);
}

#[test]
fn diffs_are_unified_and_can_be_applied() {
    let folder = Folder::new();
    folder.write(&FILES);
    let next = [("README.md", "# shop\n"), ("k/p/a.yaml", "a: 2\n"), ("k/q/c.yaml", "c: 1\n")];
    let (count, text) = diff(&folder, &next);
    assert_eq!(count, 3);
    assert_eq!(
        text,
        "\
--- a/k/p/a.yaml
+++ b/k/p/a.yaml
@@ -1 +1 @@
-a: 1
+a: 2
--- /dev/null
+++ b/k/q/c.yaml
@@ -0,0 +1 @@
+c: 1
--- a/k/p/b.yaml
+++ /dev/null
@@ -1 +0,0 @@
-b: 1
"
    );
}

#[test]
fn what_is_no_text_is_not_shown() {
    let folder = Folder::new();
    folder.write(&FILES);
    fs::write(folder.at("README.md"), b"\xff\x00").unwrap();
    assert_eq!(diff(&folder, &FILES), (1, "Binary files a/README.md and b/README.md differ\n".to_owned()));
    assert_eq!(check(&folder, &FILES), ["README.md: different"]);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told() {
    let folder = Folder::new();
    folder.put("README.md/x", "x\n");
    folder.put("k", "x\n");
    assert_eq!(
        check(&folder, &FILES),
        ["README.md: different", "k/p/a.yaml: missing", "k/p/b.yaml: missing", "manifest.json: missing"]
    );
    assert!(diff(&folder, &FILES).1.contains("README.md is a folder"));
}
