//! Where things are by default.

use std::env;
use std::path::{Path, PathBuf};

use crate::console;

/// The workspace that this was built in, if it is still there and the current folder is inside it; else the current folder.
pub(crate) fn root() -> PathBuf {
    let here = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let Some(built_in) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else {
        return here;
    };
    let real = |path: &Path| path.canonicalize().ok();
    match (real(built_in), real(&here)) {
        (Some(workspace), Some(inside)) if inside.starts_with(&workspace) => built_in.to_owned(),
        _ => here,
    }
}

/// A path as a person would type it here.
pub(crate) fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    let short = path.strip_prefix(&here).ok().filter(|short| !short.as_os_str().is_empty());
    console::visible(&short.unwrap_or(path).display().to_string()).replace('\n', "\u{2424}")
}
