//! How long simulations take: a day of 1 to 20 regions, a day with ever more pods, and many runs of a step.
//!
//! `cargo bench --package waard-forecast` prints tables. A region is the API of `fixtures/waardhaven` in us-east-1 with
//! a daily curve from its fewest pods to most of its most. Times are medians; machines differ, ratios less so.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark reads files and the clock, and may stop at the first error"
)]

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use waard_forecast::assumption::Used;
use waard_forecast::scaling::study::{Plan, study};
use waard_forecast::scaling::{Load, Scenario};
use waard_forecast::{Assumptions, Span};

const RUNS: usize = 9;

fn scenario(load: Load, horizon: Span) -> Scenario {
    let path = format!("{}/../../fixtures/waardhaven/waard.yaml", env!("CARGO_MANIFEST_DIR"));
    let topology = waard_model::source::read(&std::fs::read(path).unwrap()).unwrap().0;
    let production = &topology.environments()[&"production".parse().unwrap()];
    let region = &production.regions()[&"us-east-1".parse().unwrap()];
    let api = "api".parse().unwrap();
    Scenario::of(&topology, production, region, &api, (load, horizon), &Assumptions::of_catalog()).unwrap().0
}

fn day(high: f64) -> Scenario {
    scenario(Load::Daily { low: 3.0, high, peak: Span::secs(50_400) }, Span::secs(86_400))
}

fn time(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn main() {
    println!("a day, by regions");
    println!("{:>8} {:>10} {:>12}", "regions", "ms", "ms/region");
    for regions in [1_u64, 2, 5, 10, 20] {
        let day = day(30.0);
        let took = millis(time(|| {
            for region in 0..regions {
                assert!(day.run(region).node_hours > 0.0);
            }
        }));
        println!("{regions:>8} {took:>10.1} {:>12.1}", took / regions as f64);
    }
    println!("\na day of one region, by pods at its peak");
    println!("{:>8} {:>10} {:>12} {:>12}", "pods", "ms", "pod-hours", "us/pod-hour");
    for pods in [10.0_f64, 20.0, 40.0, 80.0, 160.0] {
        let mut day = day(pods * 0.7);
        day.hpa.as_mut().unwrap().max = 1000;
        for pool in &mut day.pools {
            pool.max = 100;
        }
        let hours = day.run(1).pod_hours;
        let took = millis(time(|| assert!(day.run(1).node_hours > 0.0)));
        println!("{pods:>8.0} {took:>10.1} {hours:>12.0} {:>12.2}", took * 1000.0 / hours);
    }
    println!("\nhours of one region");
    println!("{:>8} {:>10} {:>12}", "hours", "ms", "ms/hour");
    for hours in [6_u64, 12, 24, 48, 96] {
        let mut day = day(30.0);
        day.horizon = Span::secs(hours * 3600);
        let took = millis(time(|| assert!(day.run(1).node_hours > 0.0)));
        println!("{hours:>8} {took:>10.1} {:>12.2}", took / hours as f64);
    }
    println!("\n1,000 runs of a step over 15 minutes");
    println!("{:>8} {:>10}", "threads", "ms");
    let step = scenario(Load::Step { before: 3.0, after: 12.0, at: Span::secs(120) }, Span::secs(900));
    for threads in [1, 2] {
        let plan = Plan { threads: NonZeroUsize::new(threads).unwrap(), ..Plan::of(1000, 1) };
        let took = time(|| assert_eq!(study(&step, plan, &Used::default(), &|| {}).firsts.len(), 1000));
        println!("{threads:>8} {:>10.0}", millis(took));
    }
    println!("\n1,000 runs of a day, on two threads");
    let day = day(30.0);
    let plan = Plan { threads: NonZeroUsize::new(2).unwrap(), ..Plan::of(1000, 1) };
    let start = Instant::now();
    assert_eq!(study(&day, plan, &Used::default(), &|| {}).firsts.len(), 1000);
    println!("{:>10.1} s", start.elapsed().as_secs_f64());
}
