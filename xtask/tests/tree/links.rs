//! Nothing is written, read or removed through a symbolic link inside the folder.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use xtask::tree::{self, Difference, Outcome, Why};

use crate::support::{Folder, artifacts, everything, options};

const FILES: [(&str, &str); 2] = [("k/a.yaml", "a: 1\n"), ("k/b.yaml", "b: 1\n")];

#[test]
fn a_link_in_the_place_of_a_file_is_a_conflict_even_if_it_leads_to_the_right_text() {
    let folder = Folder::new();
    folder.write(&FILES);
    let outside = folder.root.parent().unwrap().join("outside");
    fs::write(&outside, "a: 1\n").unwrap();
    fs::remove_file(folder.at("k/a.yaml")).unwrap();
    symlink(&outside, folder.at("k/a.yaml")).unwrap();
    for files in [FILES, [("k/a.yaml", "a: 2\n"), FILES[1]]] {
        let conflicts = folder.conflicts(&files);
        assert_eq!((conflicts[0].path.as_str(), &conflicts[0].why), ("k/a.yaml", &Why::Link));
        assert!(matches!(folder.overwrite(&files), Outcome::Conflicts(_)));
    }
    assert_eq!(fs::read_to_string(outside).unwrap(), "a: 1\n");
}

#[test]
fn a_link_in_the_place_of_a_folder_is_a_conflict_and_nothing_behind_it_is_pruned() {
    let folder = Folder::new();
    folder.write(&FILES);
    let outside = folder.root.parent().unwrap().join("outside");
    fs::rename(folder.at("k"), &outside).unwrap();
    fs::create_dir(outside.join("empty")).unwrap();
    symlink(&outside, folder.at("k")).unwrap();
    let conflicts = folder.conflicts(&[("k/a.yaml", "a: 2\n"), ("k/deep/b.yaml", "b: 1\n")]);
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].path.as_str(), &conflicts[0].why), ("k", &Why::Link));

    let before = everything(&outside);
    let report = folder.write(&[("c.yaml", "c: 1\n")]);
    assert_eq!(report.pruned, 0, "what is behind a link is not waard's");
    assert_eq!(everything(&outside), before);
    let differences = tree::check(&folder.root, &artifacts(&[("c.yaml", "c: 1\n")]), &options()).unwrap();
    assert_eq!(differences, [Difference::Stray("k".to_owned())]);
}

#[test]
fn a_temporary_name_that_is_a_link_is_not_followed() {
    let folder = Folder::new();
    folder.write(&FILES);
    let outside = folder.root.parent().unwrap().join("outside");
    fs::write(&outside, "precious\n").unwrap();
    symlink(&outside, folder.at("k/.waard-tmp-a.yaml")).unwrap();
    let next = [("k/a.yaml", "a: 2\n"), FILES[1]];
    folder.write(&next);
    folder.holds_exactly(&next);
    assert_eq!(fs::read_to_string(outside).unwrap(), "precious\n");
}

#[test]
fn the_folder_itself_may_be_a_link() {
    let folder = Folder::new();
    let real = folder.root.parent().unwrap().join("real");
    fs::create_dir_all(&real).unwrap();
    symlink(&real, &folder.root).unwrap();
    folder.write(&FILES);
    folder.holds_exactly(&FILES);
    assert!(real.join("k/a.yaml").is_file());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_an_error() {
    let folder = Folder::new();
    fs::create_dir_all(folder.root.parent().unwrap()).unwrap();
    fs::write(&folder.root, "a file\n").unwrap();
    let error = tree::write(&folder.root, &artifacts(&FILES), &options()).unwrap_err();
    assert!(error.to_string().ends_with("is not a folder"), "{error}");
}
