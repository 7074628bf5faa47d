//! Which folders are among the files, however the one who names them calls the folder above.

use std::collections::BTreeSet;

/// Every folder that holds a file, somewhere below it too.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    /// Their parts from last to first, so that those that end alike stand together.
    reversed: BTreeSet<String>,
    /// Those that hold a chart.
    charts: BTreeSet<String>,
}

fn reversed(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).rev().collect()
}

impl Folders {
    pub(crate) fn of<'f>(files: impl Iterator<Item = &'f str>) -> Self {
        let mut found = Self::default();
        let mut last = "";
        for path in files {
            let Some((folder, name)) = path.rsplit_once('/') else { continue };
            if name == "Chart.yaml" {
                found.charts.insert(reversed(folder).join("/"));
            }
            // Files of a folder follow each other.
            if folder == last {
                continue;
            }
            last = folder;
            let parts = reversed(folder);
            for from in 0..parts.len() {
                let Some(rest) = parts.get(from..) else { break };
                if !found.reversed.insert(rest.join("/")) {
                    break;
                }
            }
        }
        found
    }

    /// Whether a folder of a repository is among the files. They may have been read from above it or from within the
    /// repository, so that either path can be the end of the other.
    pub(super) fn holds(&self, path: &str) -> bool {
        is_among(&self.reversed, path)
    }

    /// Whether a folder of a repository is a chart.
    pub(super) fn is_chart(&self, path: &str) -> bool {
        is_among(&self.charts, path)
    }
}

fn is_among(folders: &BTreeSet<String>, path: &str) -> bool {
    let parts = reversed(path);
    let whole = parts.join("/");
    if whole.is_empty() || path.contains("..") {
        return false;
    }
    let below = format!("{whole}/");
    folders.contains(&whole)
        || folders.range(below.clone()..).next().is_some_and(|folder| folder.starts_with(&below))
        || (1..parts.len()).any(|to| parts.get(..to).is_some_and(|end| folders.contains(&end.join("/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_found_by_the_end_of_either_path() {
        let folders = Folders::of(["a/b/c/x.yaml", "a/b/c/y.yaml", "a/d/Chart.yaml"].into_iter());
        for (path, held) in [
            ("a/b/c", true),
            ("./a/b/", true),
            ("repository/a/b/c", true),
            ("b/c", true),
            ("a", true),
            ("a/b/c/d", false),
            ("a/x", false),
            ("", false),
            (".", false),
            ("a/../b", false),
        ] {
            assert_eq!(folders.holds(path), held, "{path}");
        }
        assert!(folders.is_chart("repository/a/d"));
        assert!(!folders.is_chart("a/b/c"));
    }
}
