//! A forecast to read: the table of targets, then what it rests on. The same for a terminal and for Markdown.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use waard_forecast::cost::{Part, Range};
use waard_forecast::recovery::{Failure, Recovery};
use waard_forecast::scaling::Study;
use waard_forecast::targets::Verdict;
use waard_forecast::{Assumptions, Forecast};
use waard_model::Topology;

use crate::console::visible;

/// A table, and how its cells become lines.
struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// What a text is written for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Terminal,
    Markdown,
}

pub(super) fn human(topology: &Topology, forecast: &Forecast, assumptions: &Assumptions) -> String {
    render(topology, forecast, assumptions, For::Terminal)
}

pub(super) fn markdown(topology: &Topology, forecast: &Forecast, assumptions: &Assumptions) -> String {
    render(topology, forecast, assumptions, For::Markdown)
}

fn render(topology: &Topology, forecast: &Forecast, assumptions: &Assumptions, whom: For) -> String {
    let mut out = String::new();
    heading(&mut out, whom, 1, &format!("Forecast of {}", topology.platform()));
    targets(&mut out, whom, forecast);
    scaling(&mut out, whom, forecast);
    recovery(&mut out, whom, forecast);
    availability(&mut out, whom, forecast);
    cost(&mut out, whom, topology, forecast);
    deployments(&mut out, whom, forecast);
    rests_on(&mut out, whom, forecast, assumptions);
    out
}

fn heading(out: &mut String, whom: For, level: usize, text: &str) {
    let gap = if out.is_empty() { "" } else { "\n" };
    let _ = match whom {
        For::Markdown => writeln!(out, "{gap}{} {}\n", "#".repeat(level), cell(text)),
        For::Terminal => writeln!(out, "{gap}{}\n", visible(text)),
    };
}

fn line(out: &mut String, whom: For, text: &str) {
    let _ = match whom {
        For::Markdown => writeln!(out, "- {}", cell(text)),
        For::Terminal => writeln!(out, "  {}", visible(text)),
    };
}

/// What can stand in a cell of a Markdown table without being taken for markup, except for code.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in visible(text).chars() {
        match c {
            '|' | '<' | '>' | '*' | '_' | '[' | ']' | '#' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

impl Table {
    fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn write(&self, out: &mut String, whom: For) {
        match whom {
            For::Markdown => {
                let _ = writeln!(out, "| {} |", self.head.join(" | "));
                let _ = writeln!(out, "|{}", " --- |".repeat(self.head.len()));
                for row in &self.rows {
                    let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
                    let _ = writeln!(out, "| {} |", cells.join(" | "));
                }
            }
            For::Terminal => {
                let head: Vec<String> = self.head.iter().map(|text| (*text).to_owned()).collect();
                let rows: Vec<Vec<String>> = std::iter::once(&head)
                    .chain(&self.rows)
                    .map(|row| row.iter().map(|text| visible(text)).collect())
                    .collect();
                let width = |column: usize| {
                    rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or(0)
                };
                let widths: Vec<usize> = (0..head.len()).map(width).collect();
                for row in &rows {
                    let cells = row.iter().zip(&widths).map(|(text, width)| format!("{text:width$}"));
                    let _ = writeln!(out, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
                }
            }
        }
    }
}

fn targets(out: &mut String, whom: For, forecast: &Forecast) {
    let mut table = Table::new(&["target", "asked", "expected", "to plan with", "verdict", "of", "dominated by"]);
    for row in &forecast.targets {
        table.row([
            row.target.key().to_owned(),
            row.asked.clone(),
            row.expected.clone(),
            row.high.clone(),
            row.verdict.as_str().to_owned(),
            row.subject.clone(),
            row.dominates.clone().unwrap_or_default(),
        ]);
    }
    table.write(out, whom);
    let changes: Vec<_> = forecast.targets.iter().filter_map(|row| Some((row, row.change.as_ref()?))).collect();
    if !changes.is_empty() {
        heading(out, whom, 2, "What would have to change");
        for (row, change) in changes {
            let word = if row.verdict == Verdict::Unknown { "unknown, because " } else { "" };
            line(out, whom, &format!("{}: {word}{change}", row.target.key()));
        }
    }
}

fn scaling(out: &mut String, whom: For, forecast: &Forecast) {
    heading(out, whom, 2, "Scaling: the load doubles");
    let head = [
        "service",
        "region",
        "first new pod p50",
        "p95",
        "enough pods p95",
        "without headroom p95",
        "not served",
        "most nodes",
    ];
    let mut table = Table::new(&head);
    for one in &forecast.responses {
        table.row([
            one.workload.to_string(),
            one.region.to_string(),
            one.study.first.expected().to_string(),
            one.study.first.high().to_string(),
            enough(&one.study),
            one.without_headroom.as_ref().map_or_else(|| "-".to_owned(), |study| study.first.high().to_string()),
            one.study.overflow.expected().to_string(),
            one.study.most_nodes.high().to_string(),
        ]);
    }
    table.write(out, whom);
    heading(out, whom, 2, "Start of pods");
    let mut table =
        Table::new(&["service", "image there p50", "p95", "image pulled p95", "probes allow", "stopped by a probe"]);
    for one in &forecast.starts {
        table.row([
            one.workload.to_string(),
            one.warm.expected().to_string(),
            one.warm.high().to_string(),
            one.cold.high().to_string(),
            one.bound.map_or_else(|| "any time".to_owned(), |bound| bound.to_string()),
            one.stopped.to_string(),
        ]);
    }
    table.write(out, whom);
}

fn recovery(out: &mut String, whom: For, forecast: &Forecast) {
    heading(out, whom, 2, "Recovery");
    let mut table = Table::new(&["failure", "of", "environment", "outage p50", "p95", "users", "lost", "in time"]);
    for one in &forecast.recoveries {
        table.row([
            one.failure.as_str().to_owned(),
            if one.failure == Failure::Region {
                one.subject.clone()
            } else {
                format!("{} in {}", one.subject, one.region)
            },
            one.environment.to_string(),
            one.outage.as_ref().map_or_else(|| "until it is back".to_owned(), |outage| outage.expected().to_string()),
            one.outage.as_ref().map_or_else(|| "-".to_owned(), |outage| outage.high().to_string()),
            one.affected.to_string(),
            lost(one),
            one.is_in_time().map_or("-", |met| if met { "yes" } else { "no" }).to_owned(),
        ]);
    }
    table.write(out, whom);
    let mut told = BTreeSet::new();
    for one in &forecast.recoveries {
        for why in &one.blocked {
            let text = format!("{} of {} in {}: {why}", one.failure.as_str(), one.region, one.environment);
            if told.insert(text.clone()) {
                if told.len() == 1 {
                    out.push('\n');
                }
                line(out, whom, &text);
            }
        }
    }
}

/// When there are as many pods as the load needs. Where the autoscaler is content with fewer, it never comes to that.
fn enough(study: &Study) -> String {
    let (_, reached) = study.reached;
    if reached.get() < 0.95 { format!("in {reached} of runs") } else { study.enough.high().to_string() }
}

/// The store of which most is lost.
fn lost(one: &Recovery) -> String {
    let at_stake: Vec<_> = one.losses.iter().filter(|loss| !loss.refills).collect();
    if let Some(all) = at_stake.iter().find(|loss| loss.lost.is_none()) {
        return format!("all of {}", all.store);
    }
    let most = at_stake.iter().filter_map(|loss| Some((loss.lost.as_ref()?.high(), &loss.store))).max();
    most.map_or_else(|| "-".to_owned(), |(span, store)| format!("{span} of {store}"))
}

fn availability(out: &mut String, whom: For, forecast: &Forecast) {
    heading(out, whom, 2, "Availability");
    let mut table =
        Table::new(&["service", "expected", "19 of 20 months", "away a month p50", "p95", "allowed", "dearest terms"]);
    for one in &forecast.availability {
        let terms: Vec<String> =
            one.terms.iter().take(3).map(|term| format!("{} {}", term.what, term.away.expected())).collect();
        table.row([
            one.workload.to_string(),
            one.expected().to_string(),
            one.low().to_string(),
            one.away.expected().to_string(),
            one.away.high().to_string(),
            one.budget.map_or_else(|| "-".to_owned(), |budget| budget.to_string()),
            terms.join("; "),
        ]);
    }
    table.write(out, whom);
    let mut told = BTreeSet::new();
    for text in forecast.availability.iter().flat_map(|one| &one.correlated) {
        if told.insert(text) {
            if told.len() == 1 {
                out.push('\n');
            }
            line(out, whom, &format!("not independent: {text}"));
        }
    }
}

fn dollars(range: Range) -> [String; 3] {
    [range.least(), range.expected(), range.most()].map(|amount| format!("{:.0}", amount.round()))
}

fn cost(out: &mut String, whom: For, topology: &Topology, forecast: &Forecast) {
    let bill = &forecast.bill;
    heading(out, whom, 2, "Cost, USD a month");
    let mut table = Table::new(&["environment", "part", "least", "expected", "most"]);
    for environment in topology.environments().keys() {
        for part in Part::ALL {
            let sum = bill.sum(|line| line.place.environment == *environment && line.part == part);
            if !sum.is_zero() {
                let [least, expected, most] = dollars(sum);
                table.row([environment.to_string(), part.as_str().to_owned(), least, expected, most]);
            }
        }
        let [least, expected, most] = dollars(bill.sum(|line| line.place.environment == *environment));
        table.row([environment.to_string(), "all".to_owned(), least, expected, most]);
    }
    table.write(out, whom);
    if !forecast.savings.is_empty() {
        out.push('\n');
    }
    for saving in &forecast.savings {
        let [least, expected, most] = dollars(saving.monthly);
        let doubt = if saving.is_whole { "" } else { ", as far as prices are known" };
        line(out, whom, &format!("{} saves {least} to {most}, {expected} as expected{doubt}", saving.path));
    }
    if !bill.gaps.is_empty() {
        out.push('\n');
    }
    let word = if bill.is_partial() { "partial" } else { "at list prices in part" };
    for gap in &bill.gaps {
        let region = gap.place.region.as_ref().map_or_else(String::new, |region| format!(", {region}"));
        line(out, whom, &format!("{word}: {}{region}: {}", gap.place.environment, gap.what));
    }
}

fn deployments(out: &mut String, whom: For, forecast: &Forecast) {
    heading(out, whom, 2, "Deployments");
    let mut table = Table::new(&["service", "environment", "waves", "lead time p50", "p95", "fit in a day"]);
    for one in &forecast.deployments {
        table.row([
            one.workload.to_string(),
            one.environment.to_string(),
            one.waves.to_string(),
            one.lead.expected().to_string(),
            one.lead.high().to_string(),
            format!("{:.1} to {:.1}", one.low(), one.daily.high().get()),
        ]);
    }
    table.write(out, whom);
}

/// The assumptions of the targets, with where each comes from.
fn rests_on(out: &mut String, whom: For, forecast: &Forecast, assumptions: &Assumptions) {
    heading(out, whom, 2, "What the targets' forecasts rest on");
    let names: BTreeSet<&str> = forecast.targets.iter().flat_map(|row| row.used.names()).collect();
    let mut table = Table::new(&["assumption", "what", "confidence"]);
    for name in names {
        if let Some(assumption) = assumptions.get(name) {
            let confidence =
                assumption.confidence().map_or_else(|| "given".to_owned(), |confidence| confidence.to_string());
            table.row([assumption.to_string(), assumption.note.clone(), confidence]);
        }
    }
    table.write(out, whom);
    out.push('\n');
    line(
        out,
        whom,
        "docs/forecast.md has the formulas, the sources, and what isn't modelled; --set replaces an assumption.",
    );
}
