//! The two streams: results go to standard output, everything else to standard error.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use crate::exit::{Exit, Failure};
use crate::problems::Style;

/// The text with characters that a terminal obeys, and those that turn the direction of writing, made visible.
pub(crate) fn visible(text: &str) -> String {
    let picture = |c: char| match c {
        '\n' => '\n',
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(picture).collect()
}

/// Where a command tells what it has to say.
pub(crate) struct Console {
    out: io::Stdout,
    err: io::Stderr,
    colour: bool,
    out_colour: bool,
}

impl Console {
    /// Colour only on a terminal that can, off with `NO_COLOR`.
    pub(crate) fn detect() -> Self {
        let asked_not = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let cannot = env::var_os("TERM").is_some_and(|value| value == "dumb");
        let (out, err) = (io::stdout(), io::stderr());
        let can = |is_terminal: bool| is_terminal && !asked_not && !cannot;
        let (colour, out_colour) = (can(err.is_terminal()), can(out.is_terminal()));
        Self { out, err, colour, out_colour }
    }

    /// How to render for standard error.
    pub(crate) fn style(&self) -> Style {
        if self.colour { Style::Coloured } else { Style::Plain }
    }

    /// How to render the result, which may go to a file while standard error is a terminal.
    pub(crate) fn result_style(&self) -> Style {
        if self.out_colour { Style::Coloured } else { Style::Plain }
    }

    /// Part of the result. A reader that has read enough is no error.
    pub(crate) fn result(&self, text: &str) -> Result<(), Failure> {
        match self.out.lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure { exit: Exit::World, message: format!("can't write the result: {error}"), help: None })
            }
            _ => Ok(()),
        }
    }

    /// A line on standard error. If nobody listens there, nobody is told.
    pub(crate) fn say(&self, line: impl fmt::Display) {
        let _ = writeln!(self.err.lock(), "{line}");
    }

    /// Something that went wrong, and what to do about it.
    pub(crate) fn error(&self, message: impl fmt::Display, help: Option<&str>) {
        let (bold, red, cyan, reset) =
            if self.colour { ("\x1b[1m", "\x1b[1;31m", "\x1b[1;36m", "\x1b[0m") } else { ("", "", "", "") };
        self.say(format_args!("{red}error{reset}{bold}: {message}{reset}"));
        if let Some(help) = help {
            self.say(format_args!("  {cyan}help{reset}: {help}"));
        }
    }

    /// A heading over what follows.
    pub(crate) fn heading(&self, text: impl fmt::Display) {
        let (bold, reset) = if self.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        self.say(format_args!("\n{bold}== {text}{reset}"));
    }
}
