//! Cuts out of a file the few lines that a problem is about, each short enough to be read.

use std::ops::Range;

/// Marks so many lines apart are shown in one excerpt, with the lines in between.
const NEAR: usize = 3;

/// A line longer than this is cut around what is marked.
const LONGEST: usize = 120;

/// So many characters are left before what is marked, on a line that is cut.
const LEAD: usize = 30;

/// A file's text, and where its lines start.
pub(crate) struct Text<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

/// Something to mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// In the file at first; in the excerpt once it is part of one.
    pub(crate) span: Range<usize>,
    pub(crate) label: String,
    pub(crate) primary: bool,
}

/// A few lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The lines, cut where they are long.
    pub(crate) text: String,
    /// The number of the first one, from 1.
    pub(crate) first_line: usize,
    pub(crate) marks: Vec<Mark>,
    /// Where the first mark stands in the file, from 1, in characters.
    pub(crate) line: usize,
    /// See `line`.
    pub(crate) column: usize,
    /// The same in the excerpt, where the line may be cut.
    pub(crate) shown_column: usize,
}

/// A mark on one line.
struct Placed {
    line: usize,
    mark: Mark,
}

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The lines around the marks, those around the primary one first.
    pub(crate) fn excerpts(&self, marks: Vec<Mark>) -> Vec<Excerpt> {
        let mut placed: Vec<Placed> = marks.into_iter().map(|mark| self.place(mark)).collect();
        placed.sort_by_key(|placed| (placed.line, placed.mark.span.start));
        let mut groups: Vec<Vec<Placed>> = Vec::new();
        for mark in placed {
            match groups.last_mut() {
                Some(group) if group.last().is_some_and(|last| mark.line - last.line <= NEAR) => {
                    group.push(mark);
                }
                _ => groups.push(vec![mark]),
            }
        }
        groups.sort_by_key(|group| !group.iter().any(|placed| placed.mark.primary));
        groups.into_iter().filter_map(|group| self.cut(group)).collect()
    }

    /// Brings a span into the text, between characters, and onto one line.
    fn place(&self, mut mark: Mark) -> Placed {
        let inside = |at: usize| {
            let mut at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let mut start = inside(mark.span.start);
        let mut line = self.starts.partition_point(|line| *line <= start).saturating_sub(1);
        // The end of a file that ends in a line break has nothing to show: the line before it has.
        if line > 0 && start == self.text.len() && self.line(line).is_empty() {
            line -= 1;
        }
        let end_of_line = self.line(line).end;
        start = start.min(end_of_line);
        let end = inside(mark.span.end).clamp(start, end_of_line);
        mark.span = start..end;
        Placed { line, mark }
    }

    /// The bytes of a line, counted from 0, without its line break.
    fn line(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    fn cut(&self, group: Vec<Placed>) -> Option<Excerpt> {
        let first = group.first()?.line;
        let last = group.last()?.line;
        let anchor = group.iter().find(|placed| placed.mark.primary).or(group.first())?;
        let (line, column) = (anchor.line + 1, self.column(anchor.line, anchor.mark.span.start));
        let (mut text, mut marks, mut shown_column) = (String::new(), Vec::new(), column);
        let mut group = group.into_iter().peekable();
        for number in first..=last {
            let mut here = Vec::new();
            while let Some(placed) = group.next_if(|placed| placed.line == number) {
                here.push(placed.mark);
            }
            let range = self.line(number);
            let shown = self.window(&range, here.iter().find(|mark| mark.primary).or(here.first()));
            let before = if shown.start > range.start { "…" } else { "" };
            let at = text.len() + before.len();
            text.push_str(before);
            if number + 1 == line {
                let hidden = self.text.get(range.start..shown.start).unwrap_or_default().chars().count();
                shown_column = column + before.chars().count() - hidden;
            }
            text.push_str(self.text.get(shown.clone()).unwrap_or_default());
            for mut mark in here {
                let place = |byte: usize| at + byte.clamp(shown.start, shown.end) - shown.start;
                mark.span = place(mark.span.start)..place(mark.span.end);
                marks.push(mark);
            }
            text.push_str(if shown.end < range.end { "…\n" } else { "\n" });
        }
        Some(Excerpt { text, first_line: first + 1, marks, line, column, shown_column })
    }

    /// The part of a line to show.
    fn window(&self, line: &Range<usize>, mark: Option<&Mark>) -> Range<usize> {
        let marked = mark.map_or(line.start, |mark| mark.span.start);
        let end_of = |from: usize, characters: usize| {
            let rest = self.text.get(from..line.end).unwrap_or_default();
            rest.char_indices().nth(characters).map_or(line.end, |(at, _)| from + at)
        };
        if end_of(line.start, LONGEST) == line.end {
            return line.clone();
        }
        let before = self.text.get(line.start..marked).unwrap_or_default();
        let lead = before.char_indices().nth_back(LEAD - 1).map_or(line.start, |(at, _)| line.start + at);
        lead..end_of(lead, LONGEST)
    }

    fn column(&self, line: usize, at: usize) -> usize {
        self.text.get(self.line(line).start..at).unwrap_or_default().chars().count() + 1
    }
}
