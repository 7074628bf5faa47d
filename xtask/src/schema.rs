//! `schema`: the JSON Schema of a topology file, for editors and for those who write one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::cli::Schema;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::workspace::{self, shown};
use crate::{platform, tree};

/// Where it stands in the workspace.
pub(crate) const PLACE: &str = "docs/waard.schema.json";

/// Prints, writes or checks it.
pub(crate) fn run(arguments: &Schema, console: &Console) -> Result<Exit, Failure> {
    let schema = platform::schema();
    match (&arguments.out, arguments.check) {
        (None, false) => console.result(&schema).map(|()| Exit::Clean),
        (Some(path), false) => {
            let changed = !is_current(path, &schema)?;
            if changed {
                tree::replace_file(path, schema.as_bytes()).map_err(|error| Failure::world(&error))?;
            }
            console.say(format_args!("{}: {}", shown(path), if changed { "written" } else { "unchanged" }));
            Ok(Exit::Clean)
        }
        (out, true) => {
            let path = out.clone().unwrap_or_else(|| workspace::root().join(PLACE));
            if is_current(&path, &schema)? {
                return Ok(Exit::Clean);
            }
            let name = shown(&path);
            console.result(&format!("{name}: out of date\n"))?;
            console.say(format_args!("run `cargo xtask schema --out {name}`"));
            Ok(Exit::Findings)
        }
    }
}

/// True if the file holds the schema.
pub(crate) fn is_current(path: &Path, schema: &str) -> Result<bool, Failure> {
    match fs::read(path) {
        Ok(text) => Ok(text == schema.as_bytes()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => {
            let failure = Failure::usage(format_args!("can't read {}: {error}", shown(path)));
            Err(Failure { exit: Exit::World, ..failure })
        }
    }
}
