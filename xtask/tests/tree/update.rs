//! From one state of the topology to the next.

use std::cell::Cell;
use std::fs;
use std::thread;
use std::time::Duration;

use waard_model::artifact::ArtifactPath;
use xtask::tree::{self, Options, Outcome, TreeError};

use crate::support::{Folder, artifacts, everything, options};

const FIRST: [(&str, &str); 3] = [("README.md", "# shop\n"), ("k/p/a.yaml", "a: 1\n"), ("k/p/b.yaml", "b: 1\n")];

#[test]
fn an_empty_folder_is_filled_and_nothing_else_is_left() {
    let folder = Folder::new();
    let report = folder.write(&FIRST);
    assert_eq!((report.created, report.replaced, report.unchanged, report.pruned), (3, 0, 0, 0));
    folder.holds_exactly(&FIRST);
}

#[test]
fn nothing_to_generate_is_an_empty_manifest() {
    let folder = Folder::new();
    folder.write(&[]);
    folder.holds_exactly(&[]);
}

#[cfg(unix)]
#[test]
fn a_file_that_did_not_change_keeps_its_inode_and_time() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = Folder::new();
    folder.write(&FIRST);
    let identity = |path: &str| {
        let found = fs::metadata(folder.at(path)).unwrap();
        (found.ino(), found.mtime(), found.mtime_nsec(), found.ctime_nsec())
    };
    let all = ["README.md", "k/p/a.yaml", "k/p/b.yaml", "manifest.json", "k/p", "."];
    let before = all.map(identity);
    thread::sleep(Duration::from_millis(20));
    let report = folder.write(&FIRST);
    assert_eq!((report.created, report.replaced, report.unchanged), (0, 0, 3));
    assert_eq!(all.map(identity), before, "a second run touches nothing");

    let report = folder.write(&[FIRST[0], ("k/p/a.yaml", "a: 2\n"), FIRST[2]]);
    assert_eq!((report.created, report.replaced, report.unchanged), (0, 1, 2));
    assert_eq!(identity("k/p/b.yaml"), before[2]);
    assert_ne!(identity("k/p/a.yaml").0, before[1].0, "a file is replaced, not written into");
}

#[test]
fn the_same_artifacts_in_any_order_give_the_same_manifest() {
    let (one, other) = (Folder::new(), Folder::new());
    one.write(&FIRST);
    let mut reversed = FIRST;
    reversed.reverse();
    other.write(&reversed);
    assert_eq!(everything(&one.root), everything(&other.root));
    let manifest = one.text("manifest.json");
    assert_eq!(manifest.lines().filter(|line| line.contains("\"path\": ")).count(), 3, "one line a file\n{manifest}");
}

#[test]
fn only_what_an_earlier_run_wrote_is_pruned_and_empty_folders_go() {
    let folder = Folder::new();
    folder.write(&FIRST);
    folder.put("k/mine.yaml", "mine\n");
    folder.put("notes/todo.md", "todo\n");
    let report = folder.write(&FIRST[..1]);
    assert_eq!((report.unchanged, report.pruned), (1, 2));
    folder.holds_exactly(&[FIRST[0], ("k/mine.yaml", "mine\n"), ("notes/todo.md", "todo\n")]);
}

#[test]
fn a_file_can_become_a_folder_and_back() {
    let folder = Folder::new();
    let (flat, deep) = ([("a", "1\n"), ("b", "1\n")], [("a/x/y", "2\n"), ("a/z", "2\n"), ("b", "1\n")]);
    for files in [&flat[..], &deep[..], &flat[..], &deep[..]] {
        folder.write(files);
        folder.holds_exactly(files);
    }
}

#[test]
fn a_deleted_file_is_written_again_and_a_right_one_is_adopted() {
    let folder = Folder::new();
    folder.put("k/p/a.yaml", "a: 1\n");
    let report = folder.write(&FIRST);
    assert_eq!((report.created, report.unchanged), (2, 1));
    fs::remove_dir_all(folder.at("k")).unwrap();
    assert_eq!(folder.write(&FIRST).created, 2);
    folder.write(&FIRST[..1]);
    folder.holds_exactly(&FIRST[..1]);
}

#[test]
fn thousands_of_files_on_several_threads_are_all_right() {
    let folder = Folder::new();
    let files: Vec<(String, String)> =
        (0..3_000).map(|n| (format!("k/c{}/f{n}.yaml", n % 97), format!("n: {n}\n").repeat(n % 50))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(folder.write(&files).created, 3_000);
    folder.holds_exactly(&files);
    let half: Vec<(&str, &str)> = files.iter().step_by(2).copied().collect();
    assert_eq!(folder.write(&half).pruned, 1_500);
    folder.holds_exactly(&half);
}

#[test]
fn artifacts_that_can_not_be_files_of_one_folder_are_refused() {
    let folder = Folder::new();
    for files in [[("a", "1"), ("a", "1")], [("a/b", "1"), ("a/B", "2")], [("a", "1"), ("a/b", "2")]] {
        let error = tree::write(&folder.root, &artifacts(&files), &options()).unwrap_err();
        assert!(matches!(error, TreeError::Collision { .. }), "{error}");
    }
    let mut files = artifacts(&[("a", "1")]);
    for path in ["manifest.json", ".waard-journal.json", "k/.waard-tmp-a", "a.orig"] {
        files[0] = waard_model::artifact::Artifact::new(
            ArtifactPath::new(path.split('/')),
            String::new(),
            waard_model::path::ModelPath::ROOT,
        );
        let error = tree::write(&folder.root, &files, &options()).unwrap_err();
        assert!(matches!(error, TreeError::Reserved { .. }), "{error}");
    }
    assert!(!folder.root.exists());
}

#[test]
fn a_manifest_of_a_newer_version_is_not_touched() {
    let folder = Folder::new();
    folder.put("manifest.json", "{\"format\": 2}");
    let overwrite = Options { overwrite: true, ..options() };
    let error = tree::write(&folder.root, &artifacts(&FIRST), &overwrite).unwrap_err();
    assert!(matches!(error, TreeError::Newer { format: 2, .. }), "{error}");
    assert_eq!(everything(&folder.root).len(), 1);
}

#[test]
fn two_runs_at_a_time_wait_for_each_other() {
    let folder = Folder::new();
    let states = [[("a", "1\n"), ("b/c", "1\n")], [("a", "2\n"), ("b/d", "2\n")]];
    thread::scope(|scope| {
        for files in states {
            let root = &folder.root;
            scope.spawn(move || {
                for _ in 0..50 {
                    let done = tree::write(root, &artifacts(&files), &options()).unwrap();
                    assert!(matches!(done, Outcome::Written(_)), "{done:?}");
                }
            });
        }
    });
    let last = if folder.text("a") == "1\n" { states[0] } else { states[1] };
    folder.holds_exactly(&last);
}

#[cfg(unix)]
#[test]
fn a_disk_that_refuses_is_told_with_the_path_and_mended_by_the_next_run() {
    use std::io;
    use std::path::Path;
    use xtask::tree::{Action, Steps};

    struct Full;
    impl Steps for Full {
        fn before(&self, action: Action, path: &Path) -> io::Result<()> {
            if action == Action::WriteFile && path.ends_with("b.yaml") {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            Ok(())
        }
    }

    let folder = Folder::new();
    folder.write(&FIRST);
    let next = [FIRST[0], ("k/p/a.yaml", "a: 2\n"), ("k/p/b.yaml", "b: 2\n")];
    let full = Options { steps: &Full, ..options() };
    let error = tree::write(&folder.root, &artifacts(&next), &full).unwrap_err();
    assert!(error.to_string().starts_with("can't write ") && error.to_string().ends_with("k/p/b.yaml"), "{error}");
    assert_eq!(folder.text("k/p/b.yaml"), "b: 1\n");
    assert!(everything(&folder.root).keys().all(|path| !path.contains("waard-tmp")));
    assert!(folder.write(&next).repaired);
    folder.holds_exactly(&next);
}

#[test]
fn nothing_is_written_without_agreement_and_it_is_asked_for_only_if_something_changes() {
    let folder = Folder::new();
    let asked = Cell::new(0);
    let agree = |answer: bool, files: &[(&str, &str)]| {
        asked.set(0);
        let ask = || {
            asked.set(asked.get() + 1);
            answer
        };
        let outcome = tree::write(&folder.root, &artifacts(files), &Options { agree: &ask, ..options() }).unwrap();
        (outcome, asked.get())
    };
    let refused = (Outcome::Refused, 1);
    assert_eq!(agree(false, &FIRST), refused);
    assert!(!folder.root.exists());
    let (written, times) = agree(true, &FIRST);
    assert!(matches!(written, Outcome::Written(_)) && times == 1);
    assert_eq!(agree(false, &FIRST).1, 0, "nothing changes");
    assert_eq!(agree(false, &FIRST[1..]), refused, "a file would be removed");
    assert_eq!(agree(false, &[("k/new.yaml", "a: 1\n")]), refused);
    folder.holds_exactly(&FIRST);
    folder.put(FIRST[0].0, "mine\n");
    let (conflict, times) = agree(false, &[(FIRST[0].0, "other\n")]);
    assert!(matches!(conflict, Outcome::Conflicts(_)) && times == 0, "what can't be written isn't asked about");
}
