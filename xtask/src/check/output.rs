//! Where reports go: one to standard output, and each other into a file that is replaced as a whole.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum as _;
use waard_policy::{Config, Platform, Report, Severity};

use super::{github, human, json, junit, markdown, sarif};
use crate::cli::Format;
use crate::console::Console;
use crate::exit::Failure;
use crate::problems::Style;
use crate::tree;
use crate::workspace::shown;

/// A report of one format in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    format: Format,
    /// `None` is standard output.
    file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    /// Reads `sarif=waard.sarif`, or `json=-` for standard output.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some((format, file)) = text.split_once('=') else {
            return Err("write a format and a file, such as `sarif=waard.sarif`".to_owned());
        };
        let format = Format::from_str(format, false).map_err(|_| {
            let known: Vec<String> = Format::value_variants()
                .iter()
                .filter_map(clap::ValueEnum::to_possible_value)
                .map(|value| value.get_name().to_owned())
                .collect();
            format!("there is no format `{format}`: it is one of {}", known.join(", "))
        })?;
        match file {
            "" => Err(format!("no file is named after `{text}`; `-` is standard output")),
            "-" => Ok(Self { format, file: None }),
            file => Ok(Self { format, file: Some(PathBuf::from(file)) }),
        }
    }
}

/// Every report that is asked for, the one on standard output first.
///
/// # Errors
/// Bad usage, if two would go to the same place.
pub(super) fn all(format: Option<Format>, outputs: &[Output]) -> Result<Vec<Output>, Failure> {
    let to_stdout = outputs.iter().filter(|output| output.file.is_none()).count();
    if to_stdout + usize::from(format.is_some()) > 1 {
        return Err(Failure::usage("two reports would go to standard output")
            .help("--format and --output FORMAT=- name the one that does; others need a file"));
    }
    let mut all: Vec<Output> = Vec::new();
    if to_stdout == 0 {
        all.push(Output { format: format.unwrap_or(Format::Human), file: None });
    }
    all.extend(outputs.iter().cloned());
    all.sort_by_key(|output| output.file.is_some());
    let mut seen: Vec<PathBuf> = Vec::new();
    for file in all.iter().filter_map(|output| output.file.as_deref()) {
        let real = real(file);
        if seen.contains(&real) {
            return Err(Failure::usage(format_args!("two reports would be written to {}", shown(file)))
                .help("give each a file of its own"));
        }
        if file.is_dir() {
            return Err(Failure::usage(format_args!("{} is a folder, and a report is a file", shown(file))));
        }
        seen.push(real);
    }
    Ok(all)
}

/// The path without links and dots, also of a file that isn't there yet.
pub(super) fn real(file: &Path) -> PathBuf {
    if let Ok(real) = file.canonicalize() {
        return real;
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), file.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => file.to_owned(),
    }
}

/// The files that are written: no part of the platform, even where they stand in one of its folders.
pub(super) fn files(outputs: &[Output]) -> impl Iterator<Item = &Path> {
    outputs.iter().filter_map(|output| output.file.as_deref())
}

/// What reports are about.
pub(super) struct Shown<'a> {
    pub(super) platform: &'a Platform,
    pub(super) report: &'a Report,
    pub(super) config: &'a Config,
    /// From where on findings are failures.
    pub(super) from: Severity,
}

impl Shown<'_> {
    fn render(&self, format: Format, style: Style) -> String {
        let Self { platform, report, config, from } = *self;
        match format {
            Format::Human => human::render(platform, report, style),
            Format::Json => json::render(platform, report, config.as_of),
            Format::Github => github::render(report),
            Format::Sarif => sarif::render(report),
            Format::Junit => junit::render(report, from),
            Format::Markdown => markdown::render(report),
        }
    }

    /// Writes every report, even if one of them can't be written.
    ///
    /// # Errors
    /// The outside world, if one of them couldn't be: the first.
    pub(super) fn write(&self, outputs: &[Output], console: &Console) -> Result<(), Failure> {
        let mut done = Ok(());
        for output in outputs {
            let one = match &output.file {
                None => console.result(&self.render(output.format, console.result_style())),
                Some(file) => tree::replace_file(file, self.render(output.format, Style::Plain).as_bytes())
                    .map_err(|error| Failure::world(&error)),
            };
            done = done.and(one);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(given: &[&str]) -> Vec<Output> {
        given.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_format_and_a_file_are_read() {
        assert_eq!(
            outputs(&["sarif=a=b.sarif", "json=-"]),
            [
                Output { format: Format::Sarif, file: Some(PathBuf::from("a=b.sarif")) },
                Output { format: Format::Json, file: None },
            ]
        );
        for (wrong, said) in
            [("waard.sarif", "a format and a file"), ("xml=a", "no format `xml`"), ("json=", "no file")]
        {
            let error = wrong.parse::<Output>().unwrap_err();
            assert!(error.contains(said), "{wrong}: {error}");
        }
    }

    #[test]
    fn one_report_goes_to_standard_output() {
        let formats = |format, given: &[&str]| {
            all(format, &outputs(given)).map(|all| all.iter().map(|output| output.format).collect::<Vec<Format>>())
        };
        assert_eq!(formats(None, &[]).unwrap(), [Format::Human]);
        assert_eq!(formats(None, &["sarif=none/a"]).unwrap(), [Format::Human, Format::Sarif]);
        assert_eq!(formats(None, &["sarif=none/a", "json=-"]).unwrap(), [Format::Json, Format::Sarif]);
        assert_eq!(formats(Some(Format::Junit), &["sarif=none/a"]).unwrap(), [Format::Junit, Format::Sarif]);
        for (format, given) in
            [(Some(Format::Human), &["json=-"][..]), (None, &["json=-", "junit=-"]), (None, &["json=a", "sarif=./a"])]
        {
            assert!(formats(format, given).is_err(), "{format:?} {given:?}");
        }
    }
}
