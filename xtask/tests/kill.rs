//! The real command, killed at random moments a hundred times: no file is ever half-written, and the next run repairs the tree.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test of xtask reads and writes files, and fails by panicking, in its helpers too"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a run is killed.
const KILLS: u32 = 100;

/// The topology, and one of the same platform with a later release and a workload of another name: other texts, other files.
fn topologies(folder: &Path) -> [PathBuf; 2] {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/waardhaven/waard.yaml");
    let text = fs::read_to_string(&fixture).unwrap();
    let other = text.replace(":v1.0.0@", ":v1.0.1@").replace("data-processing", "data-crunching");
    assert_ne!(text, other, "the fixture has no workload `data-processing`, and no image of v1.0.0");
    let path = folder.join("other.yaml");
    fs::write(&path, other).unwrap();
    [fixture, path]
}

fn generate(topology: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Nothing is judged: it is the writing that is killed.
    let config = out.with_file_name("unjudged.toml");
    fs::write(&config, "skip = [\"*\"]\n").unwrap();
    command.arg("gen").arg(topology).arg("--config").arg(config).arg("--out").arg(out).stdin(Stdio::null());
    command
}

/// A whole run; gives how long it took.
fn whole_run(topology: &Path, out: &Path) -> Duration {
    let begun = Instant::now();
    let done = generate(topology, out).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    begun.elapsed()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        let Ok(items) = fs::read_dir(&at) else { continue };
        for item in items.map(Result::unwrap) {
            if item.file_type().unwrap().is_dir() {
                open.push(item.path());
            } else {
                files.insert(item.path().strip_prefix(folder).unwrap().to_owned(), fs::read(item.path()).unwrap());
            }
        }
    }
    files
}

fn is_bookkeeping(path: &Path) -> bool {
    path.file_name().unwrap().to_str().unwrap().starts_with(".waard-")
}

/// Waits for the journal, or for the end of the run; gives how long writing may take from there.
fn until_writing(run: &mut Child, out: &Path) -> Duration {
    let journal = out.join("waardhaven/.waard-journal.json");
    while !journal.exists() && run.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
    Duration::from_millis(4)
}

#[test]
fn a_hundred_kills_leave_no_half_written_file() {
    let folder = tempfile::tempdir().unwrap();
    let topologies = topologies(folder.path());
    let outs = [folder.path().join("first"), folder.path().join("second")];
    let mut took = Duration::ZERO;
    for (topology, out) in topologies.iter().zip(&outs) {
        took = took.max(whole_run(topology, out));
    }
    let expected = outs.each_ref().map(|out| files(out));
    assert_ne!(expected[0], expected[1], "the two topologies generate the same");

    let out = folder.path().join("killed");
    let mut random: u64 = 0x2545_f491_4f6c_dd1d;
    let (mut interrupted, mut mixed) = (0, 0);
    for round in 0..KILLS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let which = usize::from(random >> 63 == 1);
        // Now and then into an empty folder, where most of the writing is.
        if round.is_multiple_of(4) && out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
        let mut run = generate(&topologies[which], &out).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Half of the kills come at any moment, half soon after the writing began.
        let window = if round.is_multiple_of(2) { took } else { until_writing(&mut run, &out) };
        let delay = window.as_micros() * u128::from(random % 1_000) / 1_000;
        thread::sleep(Duration::from_micros(u64::try_from(delay).unwrap()));
        let _ = run.kill();
        interrupted += usize::from(!run.wait().unwrap().success());

        let found = files(&out);
        for (path, text) in found.iter().filter(|(path, _)| !is_bookkeeping(path)) {
            let whole = expected.iter().any(|files| files.get(path) == Some(text));
            assert!(whole, "round {round}: {} is half-written", path.display());
        }
        mixed += usize::from(!found.is_empty() && !expected.contains(&found));
        // Sometimes another kill comes before the repair.
        if !random.is_multiple_of(3) {
            let next = usize::from(random.is_multiple_of(2));
            whole_run(&topologies[next], &out);
            assert!(files(&out) == expected[next], "round {round}: the next run did not repair the tree");
        }
    }
    assert!(interrupted > 0, "none of {KILLS} runs was killed before it ended");
    eprintln!("{interrupted} of {KILLS} runs were interrupted, {mixed} in the middle of writing");
}
