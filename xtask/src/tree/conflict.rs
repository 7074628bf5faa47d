//! What stands in the way of writing, and what to do about it.

use std::fmt;

/// Something that waard did not write stands where it is to write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// Where, relative to the output folder.
    pub path: String,
    /// What it is.
    pub why: Why,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Why {
    /// A generated file was edited by hand.
    Edited,
    /// A generated file was edited by hand, and is no longer generated.
    EditedAndNoLongerGenerated,
    /// A file that waard never wrote.
    Foreign,
    /// A symbolic link.
    Link,
    /// A folder, where a file is to be.
    Folder,
    /// A file, where a folder is to be.
    FileForFolder,
    /// A pipe, a socket or a device.
    Special,
    /// The manifest can't be read, so it can't be told whose the files are.
    Manifest(String),
}

impl Conflict {
    /// True if `overwrite` resolves it. What is no plain file is never touched.
    pub fn overwritable(&self) -> bool {
        match self.why {
            Why::Edited | Why::EditedAndNoLongerGenerated | Why::Foreign | Why::Manifest(_) => true,
            Why::Link | Why::Folder | Why::FileForFolder | Why::Special => false,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.why {
            Why::Edited => {
                "say it in the topology; or take the generated text with --overwrite, which keeps this one as <file>.orig"
            }
            Why::EditedAndNoLongerGenerated => {
                "move it out of the folder or delete it; or let --overwrite rename it to <file>.orig"
            }
            Why::Foreign => {
                "move it elsewhere; or take the generated text with --overwrite, which keeps this one as <file>.orig"
            }
            Why::Link => "remove the link: nothing is written through one",
            Why::Folder | Why::FileForFolder | Why::Special => "move it elsewhere",
            Why::Manifest(_) => {
                "restore it from version control; or start a new one with --overwrite, which keeps every file that \
                 differs as <file>.orig"
            }
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match &self.why {
            Why::Edited => f.write_str("edited by hand since it was generated"),
            Why::EditedAndNoLongerGenerated => f.write_str("edited by hand, and no longer generated"),
            Why::Foreign => f.write_str("not written by waard, and a generated file is to stand here"),
            Why::Link => f.write_str("a symbolic link"),
            Why::Folder => f.write_str("a folder, where a generated file is to stand"),
            Why::FileForFolder => f.write_str("a file, where a folder is to stand"),
            Why::Special => f.write_str("neither a file nor a folder"),
            Why::Manifest(reason) => write!(f, "not as waard wrote it: {reason}"),
        }
    }
}
