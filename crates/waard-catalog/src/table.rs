//! Reading the embedded tables: strictly, and without a way to fail at run time.
//!
//! [`read`] returns the rows that parse *and* the problems.
//! The catalog keeps the rows; a test in each module asserts that there are no problems, that the rows are sorted and
//! that no key stands twice.

use std::fmt::Debug;
use std::str::FromStr;

use jiff::civil::Date;

use crate::fact::{Confidence, Source};
use crate::minor::Minor;

/// One row type of one table.
pub(crate) trait Record: Sized {
    /// What identifies a row and what the table is sorted by.
    type Key: Ord + Debug;
    /// The header, exactly.
    const COLUMNS: &'static [&'static str];

    /// Reads one row.
    fn read(row: &Row<'_>) -> Result<Self, RowError>;

    /// The key of this row.
    fn key(&self) -> Self::Key;
}

/// Why a row of a table can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column `{column}`: `{value}` {problem}")]
pub struct RowError {
    line: u64,
    column: String,
    value: String,
    problem: String,
}

/// One row, read by column name.
pub(crate) struct Row<'a> {
    columns: &'static [&'static str],
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn error(&self, column: &str, problem: &str) -> RowError {
        RowError {
            line: self.record.position().map_or(0, csv::Position::line),
            column: column.to_owned(),
            value: self.raw(column).unwrap_or_default().to_owned(),
            problem: problem.to_owned(),
        }
    }

    fn raw(&self, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|name| *name == column)?;
        self.record.get(index)
    }

    /// A text, empty when the cell is; never with blanks around it.
    pub(crate) fn optional_text(&self, column: &str) -> Result<Option<String>, RowError> {
        let text = self.raw(column).ok_or_else(|| self.error(column, "is missing"))?;
        if text.trim() != text {
            return Err(self.error(column, "has blanks around it"));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, column: &str) -> Result<String, RowError> {
        self.optional_text(column)?.ok_or_else(|| self.error(column, "must not be empty"))
    }

    /// Words between single blanks; an empty cell has none.
    pub(crate) fn words(&self, column: &str) -> Result<Vec<String>, RowError> {
        let text = self.optional_text(column)?.unwrap_or_default();
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if words.join(" ") == text { Ok(words) } else { Err(self.error(column, "has more than one blank in a row")) }
    }

    /// A value with its own grammar.
    pub(crate) fn parse<T: FromStr>(&self, column: &str) -> Result<T, RowError> {
        self.text(column)?.parse().map_err(|_| self.error(column, "is not of the column's kind"))
    }

    /// A value with its own grammar, or an empty cell.
    pub(crate) fn optional<T: FromStr>(&self, column: &str) -> Result<Option<T>, RowError> {
        self.optional_text(column)?.map(|_| self.parse(column)).transpose()
    }

    /// `yes` or `no`.
    pub(crate) fn flag(&self, column: &str) -> Result<bool, RowError> {
        match self.raw(column) {
            Some("yes") => Ok(true),
            Some("no") => Ok(false),
            _ => Err(self.error(column, "is neither `yes` nor `no`")),
        }
    }

    /// A real day, or an empty cell.
    pub(crate) fn optional_date(&self, column: &str) -> Result<Option<Date>, RowError> {
        let Some(text) = self.optional_text(column)? else {
            return Ok(None);
        };
        let date = text.parse::<Date>().map_err(|_| self.error(column, "is not a day"))?;
        // jiff reads more spellings than one; the tables have one.
        if date.to_string() == text { Ok(Some(date)) } else { Err(self.error(column, "is not written YYYY-MM-DD")) }
    }

    /// A Kubernetes minor.
    pub(crate) fn minor(&self, column: &str) -> Result<Minor, RowError> {
        self.parse(column)
    }

    /// The three last columns of every table.
    pub(crate) fn source(&self) -> Result<Source, RowError> {
        Ok(Source {
            name: self.text("source")?,
            as_of: self.optional_date("as_of")?.ok_or_else(|| self.error("as_of", "must not be empty"))?,
            confidence: self.parse::<Confidence>("confidence")?,
        })
    }

    /// An error of a rule between cells, told at one of them.
    pub(crate) fn wrong(&self, column: &str, problem: &str) -> RowError {
        self.error(column, problem)
    }
}

/// The rows that parse, in order, and the problems of the others. A wrong header is a problem and yields no row.
pub(crate) fn read<T: Record>(text: &str) -> (Vec<T>, Vec<RowError>) {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().map(|header| header.iter().collect::<Vec<_>>() == T::COLUMNS);
    if !matches!(header, Ok(true)) {
        let problem = "is not the header that the table must have".to_owned();
        let value = text.lines().next().unwrap_or_default().to_owned();
        return (Vec::new(), vec![RowError { line: 1, column: String::new(), value, problem }]);
    }
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let read = match &record {
            Ok(record) => T::read(&Row { columns: T::COLUMNS, record }),
            Err(error) => Err(RowError {
                line: error.position().map_or(0, csv::Position::line),
                column: String::new(),
                value: String::new(),
                problem: error.to_string(),
            }),
        };
        match read {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    (rows, problems)
}

/// Everything that a table must be: every row parses, keys are sorted, and each stands once.
#[cfg(test)]
pub(crate) fn assert_sound<T: Record>(text: &str) -> Vec<T> {
    let (rows, problems) = read::<T>(text);
    assert_eq!(problems, []);
    assert!(!rows.is_empty(), "the table is empty");
    assert_eq!(rows.len() + 1, text.lines().count(), "a row was lost");
    for pair in rows.windows(2) {
        assert!(pair[0].key() < pair[1].key(), "{:?} must stand before {:?}", pair[0].key(), pair[1].key());
    }
    assert!(T::COLUMNS.ends_with(&["source", "as_of", "confidence"]));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Line {
        name: String,
        end: Option<Date>,
    }

    impl Record for Line {
        type Key = String;
        const COLUMNS: &'static [&'static str] = &["name", "end", "source", "as_of", "confidence"];

        fn read(row: &Row<'_>) -> Result<Self, RowError> {
            row.source()?;
            Ok(Self { name: row.text("name")?, end: row.optional_date("end")? })
        }

        fn key(&self) -> String {
            self.name.clone()
        }
    }

    const HEADER: &str = "name,end,source,as_of,confidence\n";

    #[test]
    fn keeps_what_parses_and_names_what_does_not() {
        let text = format!(
            "{HEADER}a,2026-02-28,s,2026-01-01,verified\nb,2026-02-30,s,2026-01-01,verified\nc,,s,2026-01-01,sure\nd,,,2026-01-01,verified\n"
        );
        let (rows, problems) = read::<Line>(&text);
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(rows[0].end.unwrap().to_string(), "2026-02-28");
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "line 3, column `end`: `2026-02-30` is not a day",
                "line 4, column `confidence`: `sure` is not of the column's kind",
                "line 5, column `source`: `` must not be empty",
            ]
        );
    }

    #[test]
    fn a_wrong_header_or_a_short_row_is_a_problem() {
        assert_eq!(read::<Line>("name,source\na,b\n").1.len(), 1);
        let (rows, problems) = read::<Line>(&format!("{HEADER}a,b\n"));
        assert!(rows.is_empty());
        assert_eq!(problems.len(), 1);
    }

    #[test]
    #[should_panic(expected = "must stand before")]
    fn soundness_finds_a_row_that_stands_twice() {
        assert_sound::<Line>(&format!("{HEADER}a,,s,2026-01-01,verified\na,,s,2026-01-01,verified\n"));
    }
}
