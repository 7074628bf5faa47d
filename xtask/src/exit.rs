//! How a command ends, the same for every command.

use std::fmt;
use std::process::ExitCode;

/// The exit codes, from good to bad. Of several outcomes the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: all is well.
    Clean = 0,
    /// 1: findings at or above the gate, files out of date, or something in the way of writing them.
    Findings = 1,
    /// 2: bad usage, or a bad topology.
    Usage = 2,
    /// 3: the outside world failed: the disk, a tool, AWS.
    World = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early: what is wrong, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Failure {
    /// The command was given something that can't be.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string(), help: None }
    }

    /// The outside world failed. The causes are told after the error, since no error prints its own cause.
    pub(crate) fn world(error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        Self { exit: Exit::World, message, help: None }
    }

    pub(crate) fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }
}
