//! Folders to write, and a way to look at all that is in them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use waard_model::artifact::{Artifact, ArtifactPath, Object};
use waard_model::path::ModelPath;
use xtask::tree::{self, Action, Conflict, Options, Outcome, Report, Steps, TreeError};

/// Files to generate, from path and text.
pub(crate) fn artifacts(files: &[(&str, &str)]) -> Vec<Artifact> {
    let artifact = |(path, text): &(&str, &str)| {
        let object = Object { name: format!("ConfigMap/{path}"), source: ModelPath::of(["workloads", path]) };
        let path = ArtifactPath::new(path.split('/'));
        Artifact::new(path, (*text).to_owned(), ModelPath::of(["workloads"])).with_objects(vec![object])
    };
    files.iter().map(artifact).collect()
}

/// A folder of generated files.
pub(crate) struct Folder {
    _keep: TempDir,
    pub(crate) root: PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let keep = TempDir::new().unwrap();
        Self { root: keep.path().join("out/shop"), _keep: keep }
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    pub(crate) fn write(&self, files: &[(&str, &str)]) -> Report {
        match tree::write(&self.root, &artifacts(files), &options()).unwrap() {
            Outcome::Written(report) => report,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn overwrite(&self, files: &[(&str, &str)]) -> Outcome {
        tree::write(&self.root, &artifacts(files), &Options { overwrite: true, ..options() }).unwrap()
    }

    /// Writes, expects conflicts, and that nothing at all has changed.
    pub(crate) fn conflicts(&self, files: &[(&str, &str)]) -> Vec<Conflict> {
        let before = everything(&self.root);
        match tree::write(&self.root, &artifacts(files), &options()).unwrap() {
            Outcome::Conflicts(conflicts) => {
                assert_eq!(before, everything(&self.root), "nothing is written when there are conflicts");
                conflicts
            }
            other => panic!("{other:?}"),
        }
    }

    /// Writes until the process would be killed before step `at`.
    pub(crate) fn killed(&self, files: &[(&str, &str)], at: usize, threads: usize) -> Result<Outcome, TreeError> {
        let kill = Kill { at, steps: AtomicUsize::new(0) };
        tree::write(&self.root, &artifacts(files), &Options { steps: &kill, threads, ..options() })
    }

    /// The folder holds these files, beside the manifest, and no others; no folder is empty.
    pub(crate) fn holds_exactly(&self, files: &[(&str, &str)]) {
        let mut found = everything(&self.root);
        assert!(found.remove("manifest.json").is_some(), "no manifest");
        let expected: BTreeMap<String, String> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(found, expected);
    }
}

/// Few threads, no patience.
/// They wait: a test beside this one may start a program, and until that runs it holds a copy of every open file, locks too.
pub(crate) fn options() -> Options<'static> {
    Options { threads: 2, wait: Duration::from_mins(1), ..Options::default() }
}

/// Every file below a folder with its text; empty folders end in `/`, links show where they lead.
pub(crate) fn everything(root: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(items) = fs::read_dir(&folder) else {
            continue;
        };
        let mut empty = true;
        for item in items.map(Result::unwrap) {
            empty = false;
            let path = item.path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let kind = item.file_type().unwrap();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_symlink() {
                all.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
            } else if kind.is_file() {
                all.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            } else {
                all.insert(name, "special".to_owned());
            }
        }
        if empty && folder != root {
            all.insert(format!("{}/", folder.strip_prefix(root).unwrap().display()), String::new());
        }
    }
    all
}

/// Dies before a given step: no later step is done, not even one that tidies up.
pub(crate) struct Kill {
    pub(crate) at: usize,
    pub(crate) steps: AtomicUsize,
}

impl Steps for Kill {
    fn before(&self, _: Action, _: &Path) -> io::Result<()> {
        if self.steps.fetch_add(1, Ordering::SeqCst) >= self.at {
            return Err(io::Error::other("killed"));
        }
        Ok(())
    }
}
