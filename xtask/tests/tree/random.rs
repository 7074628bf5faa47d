//! Random histories: topologies that change, runs that are killed, people who edit. A person's text is never lost, no file
//! is ever half-written, and a run that ends leaves exactly what was generated, beside what people put there.

use std::collections::BTreeSet;
use std::fs;

use xtask::tree::{self, Conflict, Options, Outcome};

use crate::support::{Folder, artifacts, everything, options};

const PATHS: [&str; 12] =
    ["a", "a/b", "a/b/c", "d/e", "d/f", "d/g/h", "i.yaml", "j/k.yaml", "j/l.yaml", "m/n/o/p", "m/n/q", "README.md"];

/// Numbers that are the same in every run: xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

/// A state of the topology: no path above another.
fn state(dice: &mut Dice) -> Vec<(&'static str, String)> {
    let mut files: Vec<(&'static str, String)> = Vec::new();
    for path in PATHS {
        let above = files.iter().any(|(other, _)| path.starts_with(&format!("{other}/")));
        if dice.roll(3) > 0 && !above {
            files.push((path, format!("generated {}\n", dice.roll(3))));
        }
    }
    files
}

/// A person does something; gives the text they would not like to lose.
fn meddle(folder: &Folder, dice: &mut Dice, number: usize) -> Option<String> {
    let text = format!("person {number}\n");
    let path = folder.at(PATHS[dice.roll(PATHS.len())]);
    match dice.roll(4) {
        0 => {
            // Deleting is nobody's loss, and only generated files are deleted here.
            if fs::read_to_string(&path).is_ok_and(|text| text.starts_with("generated")) {
                fs::remove_file(&path).unwrap();
            }
            None
        }
        1 => {
            let path = folder.at(&format!("d/mine-{number}"));
            let written = fs::create_dir_all(path.parent()?).and_then(|()| fs::write(path, &text));
            written.is_ok().then_some(text)
        }
        _ => {
            let mine = fs::read_to_string(&path).is_ok_and(|text| text.starts_with("person"));
            let written = fs::create_dir_all(path.parent()?).and_then(|()| fs::write(&path, &text));
            // One person wrote over another: neither is a loss of ours.
            (written.is_ok() && !mine).then_some(text)
        }
    }
}

fn texts(folder: &Folder) -> BTreeSet<String> {
    everything(&folder.root).into_values().collect()
}

fn whole(folder: &Folder) {
    for (path, text) in everything(&folder.root) {
        let generated = (0..3).any(|n| text == format!("generated {n}\n"));
        let ok = generated || text.starts_with("person ") && text.ends_with('\n');
        let book = path.contains(".waard-") || path.starts_with("manifest.json") || path.ends_with('/');
        assert!(ok || book, "{path} holds {text:?}");
    }
}

fn history(seed: u64) {
    let dice = &mut Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let folder = Folder::new();
    let mut people: BTreeSet<String> = BTreeSet::new();
    for number in 0..12 {
        let wanted = state(dice);
        let files: Vec<(&str, &str)> = wanted.iter().map(|(path, text)| (*path, text.as_str())).collect();
        for person in 0..dice.roll(3) {
            let before = texts(&folder);
            people.extend(meddle(&folder, dice, number * 10 + person));
            let after = texts(&folder);
            // What the person themselves wrote over is no loss of ours.
            people.retain(|text| after.contains(text) || !before.contains(text));
        }
        for _ in 0..dice.roll(3) {
            let _ = folder.killed(&files, dice.roll(60), 1 + dice.roll(2));
            whole(&folder);
            assert!(people.is_subset(&texts(&folder)), "seed {seed}: lost a text");
        }
        let overwrite = dice.roll(2) == 0;
        let before = everything(&folder.root);
        match tree::write(&folder.root, &artifacts(&files), &Options { overwrite, ..options() }).unwrap() {
            Outcome::Conflicts(conflicts) => {
                assert_eq!(before, everything(&folder.root), "seed {seed}");
                assert!(!overwrite || conflicts.iter().all(|conflict| !conflict.overwritable()));
                // Only people's files are in the way.
                let foreign = |conflict: &Conflict| {
                    everything(&folder.root)
                        .iter()
                        .any(|(path, text)| path.starts_with(&conflict.path) && text.starts_with("person"))
                };
                assert!(conflicts.iter().all(foreign), "seed {seed}: {conflicts:?}");
            }
            Outcome::Refused => panic!("nobody was asked"),
            Outcome::Written(_) => {
                let mut found = everything(&folder.root);
                for (path, text) in &wanted {
                    assert_eq!(found.remove(*path).as_ref(), Some(text), "seed {seed}: {path}");
                }
                found.remove("manifest.json");
                found.retain(|_, text| !text.starts_with("person"));
                // Folders that a person made and left empty stay.
                found.retain(|path, _| !path.ends_with('/'));
                assert!(found.is_empty(), "seed {seed}: left over {found:?}");
            }
        }
        assert!(people.is_subset(&texts(&folder)), "seed {seed}: lost a text");
        whole(&folder);
    }
}

#[test]
fn random_histories_keep_the_promises() {
    for seed in 1..=150 {
        history(seed);
    }
}
