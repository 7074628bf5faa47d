//! Where something stands: a file and bytes while rules run, line and column once it is shown.

use std::ops::Range;

/// A place in a file of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub(crate) file: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Place {
    /// The file as a whole: its first byte.
    pub(crate) const fn of_file(file: u32) -> Self {
        Self { file, start: 0, end: 0 }
    }

    pub(crate) fn new(file: u32, span: Range<usize>) -> Self {
        let end = narrow(span.end);
        Self { file, start: narrow(span.start).min(end), end }
    }

    /// The bytes in the file's text.
    pub fn span(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Offsets fit: a file has at most [`MAX_BYTES`](crate::platform::MAX_BYTES).
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What stands somewhere: nodes, objects, workloads, containers, blocks, arguments.
pub trait Placed {
    /// Where it stands.
    fn place(&self) -> Place;
}

impl Placed for Place {
    fn place(&self) -> Place {
        *self
    }
}

impl<T: Placed + ?Sized> Placed for &T {
    fn place(&self) -> Place {
        (**self).place()
    }
}

/// Where the lines of a text start, and how many characters stand before some of its bytes.
#[derive(Debug, Default)]
pub struct Lines {
    starts: Vec<u32>,
    /// Characters before every byte that is a multiple of [`STRIDE`](Self::STRIDE): a text may be one long line.
    characters: Vec<u32>,
}

impl Lines {
    const STRIDE: usize = 1 << 10;

    pub(crate) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| narrow(at + 1));
        let mut before = 0;
        let strides = text.as_bytes().chunks(Self::STRIDE).map(|bytes| {
            let here = before;
            before += narrow(characters(bytes));
            here
        });
        let characters = strides.collect();
        Self { starts: std::iter::once(0).chain(breaks).collect(), characters }
    }

    /// Line and column from 1, columns in characters.
    pub fn at(&self, text: &str, byte: usize) -> (usize, usize) {
        let byte = byte.min(text.len());
        let line = self.starts.partition_point(|start| *start as usize <= byte).max(1);
        let start = self.starts.get(line - 1).map_or(0, |start| *start as usize);
        (line, self.before(text, byte).saturating_sub(self.before(text, start)) + 1)
    }

    /// How many characters stand before a byte.
    fn before(&self, text: &str, byte: usize) -> usize {
        // The end of a text whose length is a multiple begins no stride.
        let stride = (byte / Self::STRIDE).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(stride).map_or(0, |count| *count as usize);
        counted + characters(text.as_bytes().get(stride * Self::STRIDE..byte).unwrap_or_default())
    }
}

/// Characters are counted by their first bytes, so that a place inside of one does no harm.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text = "a\nbä c\n";
        let lines = Lines::of(text);
        assert_eq!(lines.at(text, 0), (1, 1));
        assert_eq!(lines.at(text, 2), (2, 1));
        assert_eq!(lines.at(text, 6), (2, 4));
        assert_eq!(lines.at(text, 99), (3, 1));
        assert_eq!(Lines::default().at("", 0), (1, 1));
    }

    #[test]
    fn long_lines_are_counted_as_short_ones_are() {
        let text = format!("ä\n{}\n{}", "äx".repeat(1_500), "y".repeat(2 * Lines::STRIDE));
        let lines = Lines::of(&text);
        for byte in 0..=text.len() {
            let before = text.as_bytes().get(..byte).unwrap();
            let line = before.split(|byte| *byte == b'\n').count();
            let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            assert_eq!(lines.at(&text, byte), (line, 1 + characters(&before[start..])), "{byte}");
        }
        let aligned = "z".repeat(3 * Lines::STRIDE);
        assert_eq!(Lines::of(&aligned).at(&aligned, aligned.len()), (1, 3 * Lines::STRIDE + 1));
    }
}
