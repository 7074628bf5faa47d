//! How long reading, emitting and the whole of `gen` take, at 5, 50 and 500 regions.
//!
//! `cargo bench --package xtask` prints a table. Reading and emitting run in this process; `gen` is the real program,
//! measured from start to end, over an unchanged tree and into an empty folder, side by side with a plain program that
//! writes the same bytes to the same files in the same way: through a temporary file in the same folder, renamed,
//! by as many threads as there are processors. Times are medians; machines differ, ratios less so.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark reads the clock and may stop at the first error"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use xtask::platform::Platform;

const SIZES: [usize; 3] = [5, 50, 500];
const RUNS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, pack, into] = arguments.as_slice()
        && mode == "--plain"
    {
        plain(Path::new(pack), Path::new(into));
        return;
    }
    println!(
        "{:>7} {:>8} {:>6} {:>7} {:>9} {:>9} {:>10} {:>10} {:>9} {:>6} {:>10} {:>8}",
        "regions", "objects", "files", "MB", "read", "emit", "emit", "unchanged", "unchanged", "empty", "plain", "peak"
    );
    println!(
        "{:>7} {:>8} {:>6} {:>7} {:>9} {:>9} {:>10} {:>10} {:>9} {:>6} {:>10} {:>8}",
        "", "", "", "", "ms", "ms", "objects/s", "ms", "objects/s", "ms", "ms (ratio)", "MB"
    );
    for regions in SIZES {
        row(regions);
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn time(runs: usize, mut work: impl FnMut()) -> Duration {
    median(
        (0..runs)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .collect(),
    )
}

fn row(regions: usize) {
    let text = xtask::synthetic::topology(regions);
    let read = time(RUNS, || {
        Platform::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    });
    let platform = Platform::read(text.as_bytes()).unwrap();
    let artifacts = platform.emit();
    let emit = time(RUNS, || assert_eq!(platform.emit().len(), artifacts.len()));
    let objects: usize = artifacts.iter().map(|artifact| artifact.objects().len()).sum();
    let bytes: usize = artifacts.iter().map(|artifact| artifact.text().len()).sum();

    let folder = tempfile::tempdir().unwrap();
    let topology = folder.path().join("waard.yaml");
    fs::write(&topology, &text).unwrap();
    let kept = folder.path().join("kept");
    generate(&topology, &kept);
    let pack = folder.path().join("pack");
    fs::write(&pack, packed(&kept)).unwrap();
    let (mut unchanged, mut empty, mut plain_times, mut peak) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for run in 0..RUNS {
        let (took, memory) = generate(&topology, &kept);
        unchanged.push(took);
        peak = peak.max(memory);
        let new = folder.path().join(format!("new-{run}"));
        let (took, memory) = generate(&topology, &new);
        empty.push(took);
        peak = peak.max(memory);
        let other = folder.path().join(format!("plain-{run}"));
        let start = Instant::now();
        let status =
            Command::new(std::env::current_exe().unwrap()).arg("--plain").arg(&pack).arg(&other).status().unwrap();
        plain_times.push(start.elapsed());
        assert!(status.success());
        fs::remove_dir_all(&new).unwrap();
        fs::remove_dir_all(&other).unwrap();
    }
    let (unchanged, empty, plain) = (median(unchanged), median(empty), median(plain_times));
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let per_second = |time: Duration| objects as f64 / time.as_secs_f64();
    println!(
        "{regions:>7} {objects:>8} {:>6} {:>7.1} {:>9.2} {:>9.2} {:>10.0} {:>10.1} {:>9.0} {:>6.0} {:>4.0} ({:.2}) {:>8.0}",
        artifacts.len(),
        bytes as f64 / 1e6,
        ms(read),
        ms(emit),
        per_second(emit),
        ms(unchanged),
        per_second(unchanged),
        ms(empty),
        ms(plain),
        empty.as_secs_f64() / plain.as_secs_f64(),
        peak as f64 / 1024.0,
    );
}

/// Runs the real program; its time, and the most memory that it had, in KiB, where the system says it.
fn generate(topology: &Path, out: &Path) -> (Duration, u64) {
    let unjudged = topology.with_file_name("unjudged.toml");
    fs::write(&unjudged, "skip = [\"*\"]\n").unwrap();
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("gen")
        .arg(topology)
        .arg("--out")
        .arg(out)
        // The files are what is measured, beside a program that writes the same: nothing is judged.
        .arg("--config")
        .arg(unjudged)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let watch = thread::spawn(move || {
        let mut peak = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(line) = line else { break };
            peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0));
            thread::sleep(Duration::from_millis(3));
        }
        peak
    });
    let exit = child.wait().unwrap();
    let took = start.elapsed();
    assert!(exit.success(), "gen: {exit}");
    (took, watch.join().unwrap())
}

/// Every file below a folder as one text: path, length, content.
fn packed(folder: &Path) -> Vec<u8> {
    let mut pack = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = fs::read(&path).unwrap();
                pack.extend(format!("{}\n{}\n", path.strip_prefix(folder).unwrap().display(), content.len()).bytes());
                pack.extend(content);
            }
        }
    }
    pack
}

/// The plain program: the same bytes to the same files, each through a temporary sibling.
fn plain(pack: &Path, into: &Path) {
    let pack = fs::read(pack).unwrap();
    let mut files = Vec::new();
    let mut rest = pack.as_slice();
    while !rest.is_empty() {
        let (path, after) = line(rest);
        let (length, after) = line(after);
        let (content, after) = after.split_at(length.parse().unwrap());
        files.push((into.join(path), content));
        rest = after;
    }
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        for share in files.chunks(share) {
            scope.spawn(move || {
                for (path, content) in share {
                    let parent = path.parent().unwrap();
                    fs::create_dir_all(parent).unwrap();
                    let temporary = parent.join(format!(".tmp-{}", path.file_name().unwrap().to_str().unwrap()));
                    fs::write(&temporary, content).unwrap();
                    fs::rename(&temporary, path).unwrap();
                }
            });
        }
    });
}

fn line(text: &[u8]) -> (&str, &[u8]) {
    let end = text.iter().position(|byte| *byte == b'\n').unwrap();
    (std::str::from_utf8(&text[..end]).unwrap(), &text[end + 1..])
}
