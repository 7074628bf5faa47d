//! A forecast as one JSON document. `format` grows when a key changes its meaning or goes away; keys may be added.
//!
//! Times are seconds, shares go from 0 to 1, and money is a decimal written as a text.

use serde_json::{Value, json};
use waard_forecast::cost::{Part, Range};
use waard_forecast::{Assumptions, Estimate, Forecast, Options, Quantity};
use waard_model::Topology;

/// The version of the document.
const FORMAT: u32 = 1;

pub(super) fn render(topology: &Topology, forecast: &Forecast, assumptions: &Assumptions, options: Options) -> String {
    let document = json!({
        "format": FORMAT,
        "generator": "waard",
        "version": env!("CARGO_PKG_VERSION"),
        "platform": topology.platform().to_string(),
        "as_of": options.as_of.to_string(),
        "seed": options.seed,
        "runs": options.runs,
        "targets": forecast.targets.iter().map(|row| json!({
            "target": row.target.key(),
            "asked": row.asked,
            "subject": row.subject,
            "verdict": row.verdict.as_str(),
            "expected": row.numbers.map(|numbers| numbers.0),
            "high": row.numbers.map(|numbers| numbers.1),
            "unit": row.unit,
            "dominated_by": row.dominates,
            "change": row.change,
            "assumptions": row.used.names().collect::<Vec<_>>(),
        })).collect::<Vec<Value>>(),
        "scaling": forecast.responses.iter().map(|one| json!({
            "environment": one.environment.to_string(),
            "region": one.region.to_string(),
            "workload": one.workload.to_string(),
            "path": one.path.to_string(),
            "first": estimate(&one.study.first),
            "enough": estimate(&one.study.enough),
            "settled": estimate(&one.study.settled),
            "not_served": estimate(&one.study.overflow),
            "node_hours": estimate(&one.study.node_hours),
            "most_nodes": estimate(&one.study.most_nodes),
            "first_without_headroom": one.without_headroom.as_ref().map(|study| estimate(&study.first)),
        })).collect::<Vec<Value>>(),
        "starts": forecast.starts.iter().map(|one| json!({
            "environment": one.environment.to_string(),
            "workload": one.workload.to_string(),
            "bound": one.bound.map(Quantity::number),
            "warm": estimate(&one.warm),
            "cold": estimate(&one.cold),
            "stopped": one.stopped.get(),
        })).collect::<Vec<Value>>(),
        "recoveries": forecast.recoveries.iter().map(|one| json!({
            "failure": one.failure.as_str(),
            "environment": one.environment.to_string(),
            "region": one.region.to_string(),
            "subject": one.subject,
            "path": one.path.to_string(),
            "outage": one.outage.as_ref().map(estimate),
            "affected": one.affected.get(),
            "in_time": one.is_in_time(),
            "blocked": one.blocked,
            "steps": one.steps.iter().map(|step| json!({
                "name": step.name, "why": step.why, "after": step.after, "takes": estimate(&step.takes),
            })).collect::<Vec<Value>>(),
            "losses": one.losses.iter().map(|loss| json!({
                "store": loss.store.to_string(),
                "mechanism": loss.mechanism,
                "lost": loss.lost.as_ref().map(estimate),
                "refills": loss.refills,
                "allowed": loss.is_allowed(),
            })).collect::<Vec<Value>>(),
        })).collect::<Vec<Value>>(),
        "availability": forecast.availability.iter().map(|one| json!({
            "environment": one.environment.to_string(),
            "workload": one.workload.to_string(),
            "expected": one.expected().get(),
            "low": one.low().get(),
            "away": estimate(&one.away),
            "budget": one.budget.map(Quantity::number),
            "terms": one.terms.iter().map(|term| json!({
                "what": term.what,
                "path": term.path.as_ref().map(ToString::to_string),
                "away": estimate(&term.away),
            })).collect::<Vec<Value>>(),
            "correlated": one.correlated,
        })).collect::<Vec<Value>>(),
        "deployments": forecast.deployments.iter().map(|one| json!({
            "environment": one.environment.to_string(),
            "workload": one.workload.to_string(),
            "waves": one.waves,
            "lead": estimate(&one.lead),
            "daily": estimate(&one.daily),
        })).collect::<Vec<Value>>(),
        "cost": cost(forecast),
        "assumptions": assumptions.iter().map(|assumption| json!({
            "name": assumption.name,
            "value": assumption.to_string(),
            "note": assumption.note,
            "confidence": assumption.confidence().map(|confidence| confidence.to_string()),
        })).collect::<Vec<Value>>(),
    });
    format!("{document:#}\n")
}

fn estimate<Q: Quantity>(of: &Estimate<Q>) -> Value {
    json!({
        "expected": of.expected().number(),
        "high": of.high().number(),
        "unit": Q::UNIT,
        "dominated_by": of.dominant.as_ref().map(|dominant| json!({
            "what": dominant.what, "share": dominant.share.get(),
        })),
    })
}

fn range(of: Range) -> Value {
    let text = |amount: waard_forecast::cost::Amount| format!("{amount:.2}");
    json!({ "least": text(of.least()), "expected": text(of.expected()), "most": text(of.most()) })
}

fn cost(forecast: &Forecast) -> Value {
    let bill = &forecast.bill;
    json!({
        "partial": bill.is_partial(),
        "parts": Part::ALL.into_iter().map(|part| json!({
            "part": part.as_str(), "monthly": range(bill.sum(|line| line.part == part)),
        })).collect::<Vec<Value>>(),
        "lines": bill.lines.iter().map(|line| json!({
            "environment": line.place.environment.to_string(),
            "region": line.place.region.as_ref().map(ToString::to_string),
            "part": line.part.as_str(),
            "what": line.what,
            "path": line.path.to_string(),
            "monthly": range(line.monthly),
            "per_use": line.per_use,
            "prices": line.prices.iter().map(|price| json!({
                "service": price.service,
                "item": price.item,
                "region": price.region,
                "usd": price.usd.to_string(),
                "unit": price.unit,
                "source": price.source.to_string(),
            })).collect::<Vec<Value>>(),
        })).collect::<Vec<Value>>(),
        "gaps": bill.gaps.iter().map(|gap| json!({
            "environment": gap.place.environment.to_string(),
            "region": gap.place.region.as_ref().map(ToString::to_string),
            "what": gap.what,
            "at_list_price": gap.at_list_price,
        })).collect::<Vec<Value>>(),
        "savings": forecast.savings.iter().map(|saving| json!({
            "path": saving.path.to_string(), "monthly": range(saving.monthly), "whole": saving.is_whole,
        })).collect::<Vec<Value>>(),
    })
}
