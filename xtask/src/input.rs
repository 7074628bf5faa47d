//! Reads a topology file: bounded in memory, whatever it is.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::exit::Failure;
use crate::platform::MAX_BYTES;
use crate::workspace::shown;

/// The bytes of a topology file.
///
/// # Errors
/// Bad usage, if there is no such file, if it is a folder, or if it is larger than any topology;
/// the outside world, if the disk does not give it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::ErrorKind as Kind;
    let name = shown(path);
    let failed = |error: std::io::Error| match error.kind() {
        Kind::NotFound | Kind::NotADirectory => Failure::usage(format_args!("there is no file {name}")),
        Kind::IsADirectory => folder(&name, path),
        _ => {
            let failure = Failure::usage(format_args!("can't read {name}: {error}"));
            Failure { exit: crate::exit::Exit::World, ..failure }
        }
    };
    // Before it is opened: opening a pipe waits for somebody to write into it.
    if path.metadata().map_err(failed)?.is_dir() {
        return Err(folder(&name, path));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > MAX_BYTES {
        let most = MAX_BYTES.div_ceil(1 << 10);
        return Err(Failure::usage(format_args!("{name} is larger than {most} KiB, the most that a topology can be")));
    }
    Ok(bytes)
}

fn folder(name: &str, path: &Path) -> Failure {
    let failure = Failure::usage(format_args!("{name} is a folder; a topology is a file"));
    let inside = path.join("waard.yaml");
    if inside.is_file() { failure.help(format_args!("did you mean {}?", shown(&inside))) } else { failure }
}
