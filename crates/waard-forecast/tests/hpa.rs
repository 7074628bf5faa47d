//! The autoscaler against tables of cases that were derived by hand from Kubernetes' documentation and source:
//! `hpa/metrics.csv` for what one metric asks for, `hpa/behaviour.csv` for what comes of it over time.
//! Each row says why its answer is right.
//!
//! `metrics.csv`, all at second 1000, with an initialization period of 300 s and a readiness delay of 30 s:
//! `pods` are `<how many>*<used>/<requested>` with `-` for no sample, and then what is special:
//! `:pending`, `:failed`, `:gone` (told to stop), `:start=<s>`, `:ready=<s>` and `:notready=<s>` (since when), `:noready`, `:nostart`.
//! A pod started at second 0, is ready since 5 and was measured at 995 over 15 s, unless it says otherwise.
//!
//! `behaviour.csv`: `looks` are `<second>:<what the metrics ask for>`, `expected` is what comes of each.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use waard_forecast::hpa::{
    Autoscaler, Behaviour, Container, Decision, Limit, Metric, MetricError, Missing, Phase, Pod, Policy, PolicyKind,
    Ready, Reason, Resource, Rules, Sample, Seen, Select, Settings, Source, Spec, State, Target, Tolerances, replicas,
    request, usage,
};
use waard_forecast::{Assumptions, Span};

const NOW: u64 = 1_000_000;

fn settings() -> Settings {
    Settings::of("1.36".parse().unwrap(), &Assumptions::of_catalog().reader())
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn pods(text: &str) -> Vec<Pod> {
    let mut all = Vec::new();
    for word in text.split_whitespace() {
        let (count, rest) = word.split_once('*').unwrap();
        let mut parts = rest.split(':');
        let (used, requested) = {
            let values = parts.next().unwrap();
            values.split_once('/').unwrap_or((values, "1000"))
        };
        let sample =
            (used != "-").then(|| Sample { value: used.parse().unwrap(), at: 995_000, window: Span::secs(15) });
        let mut pod = Pod {
            phase: Phase::Running,
            terminating: false,
            ready: Some(Ready { is: true, since: 5000 }),
            started: Some(0),
            sample,
            request: requested.parse().unwrap(),
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, "0"));
            let at = value.parse::<u64>().unwrap() * 1000;
            match key {
                "pending" => (pod.phase, pod.ready, pod.started) = (Phase::Pending, None, None),
                "failed" => pod.phase = Phase::Failed,
                "gone" => pod.terminating = true,
                "start" => pod.started = Some(at),
                "ready" => pod.ready = Some(Ready { is: true, since: at }),
                "notready" => pod.ready = Some(Ready { is: false, since: at }),
                "noready" => pod.ready = None,
                "nostart" => pod.started = None,
                _ => panic!("{part}"),
            }
        }
        all.extend(std::iter::repeat_n(pod, count.parse().unwrap()));
    }
    all
}

fn metric(source: &str, target: &str) -> Metric {
    let source = match source {
        "cpu" => Source::Resource(Resource::Cpu),
        "memory" => Source::Resource(Resource::Memory),
        "pods" => Source::Pods,
        "object" => Source::Object,
        "external" => Source::External,
        _ => panic!("{source}"),
    };
    let (kind, value) = target.split_once(' ').unwrap();
    let value = value.parse().unwrap();
    let target = match kind {
        "percent" => Target::Utilization(value),
        "average" => Target::AverageValue(value),
        "value" => Target::Value(value),
        _ => panic!("{kind}"),
    };
    Metric { source, target }
}

fn told(asked: Result<i32, MetricError>) -> String {
    match asked {
        Ok(replicas) => replicas.to_string(),
        Err(MetricError::NoPods) => "error: no pods".to_owned(),
        Err(MetricError::NoSamples) => "error: no samples".to_owned(),
        Err(MetricError::NoRequests) => "error: no requests".to_owned(),
        Err(MetricError::NoValue) => "error: no value".to_owned(),
        Err(MetricError::Target) => "error: target".to_owned(),
        Err(MetricError::Missing(missing)) => format!("error: {missing}"),
    }
}

/// What one metric asks for, from a whole look wherever one gets that far.
fn asked(row: &[String]) -> String {
    let metric = metric(&row[0], &row[1]);
    let mut settings = settings();
    let rules = |tolerance: &str, rules: Rules| Rules { tolerance: Some(tolerance.parse().unwrap()), ..rules };
    let behaviour = row[2]
        .split_once('/')
        .map(|(down, up)| Behaviour { up: rules(up, Rules::up()), down: rules(down, Rules::down()) });
    let current: i32 = row[3].parse().unwrap();
    let pods = pods(&row[4]);
    let values: Vec<i64> = row[5].split_whitespace().map(|value| value.parse().unwrap()).collect();
    let of_pods = matches!(metric.source, Source::Resource(_) | Source::Pods);
    let seen = if values.is_empty() && !of_pods { Err(MetricError::NoValue) } else { Ok(values.as_slice()) };
    if current == 0 {
        // A look at none does nothing, unless it was the autoscaler who took the last one.
        let tolerances = settings.tolerances(behaviour.as_ref());
        let value = values.iter().sum();
        return told(match metric.target {
            Target::Value(target) => replicas::by_value(value, target, current, &pods, tolerances),
            Target::AverageValue(target) => replicas::by_value_per_pod(value, target, current, tolerances),
            Target::Utilization(_) => panic!("none to take a share of"),
        });
    }
    settings.configurable_tolerance = true;
    let spec = Spec { min: 1, max: 1000, metrics: vec![metric], behaviour };
    let seen = [Seen { pods: &pods, values: seen }];
    let state = State { now: NOW, replicas: current, existing: current, metrics: &seen };
    match Autoscaler::default().look(&spec, &settings, &state) {
        Decision { asked: Some(asked), .. } => told(Ok(asked)),
        Decision { reason: Reason::Failed(error), .. } => told(Err(error)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_metric_asks_for() {
    let rows = rows(include_str!("hpa/metrics.csv"));
    assert!(rows.len() >= 95, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        assert!(!row[7].is_empty(), "every case says why: {row:?}");
        let found = asked(row);
        if found != row[6] {
            wrong.push(format!(
                "{} {} of {} with {}: {found} instead of {} ({})",
                row[0], row[1], row[3], row[4], row[6], row[7]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rules(text: &str, usual: Rules) -> Rules {
    let mut rules = usual;
    let mut policies = Vec::new();
    for word in text.split_whitespace().filter(|word| *word != "-") {
        let (key, value) = word.split_once('=').unwrap();
        let mut policy = |kind| {
            let (value, period) = value.split_once('/').unwrap();
            policies.push(Policy { kind, value: value.parse().unwrap(), period: Span::secs(period.parse().unwrap()) });
        };
        match (key, value) {
            ("window", value) => rules.window = Some(Span::secs(value.parse().unwrap())),
            ("pods", _) => policy(PolicyKind::Pods),
            ("percent", _) => policy(PolicyKind::Percent),
            ("select", "min") => rules.select = Select::Min,
            ("select", "disabled") => rules.select = Select::Disabled,
            _ => panic!("{word}"),
        }
    }
    if !policies.is_empty() {
        rules.policies = policies;
    }
    rules
}

#[test]
fn what_comes_of_it_over_time() {
    let rows = rows(include_str!("hpa/behaviour.csv"));
    assert!(rows.len() >= 45, "{}", rows.len());
    // Without tolerance, a value from outside asks for just what a case wants to be asked.
    let settings = Settings { tolerance: 0.0, ..settings() };
    let mut wrong = Vec::new();
    for row in &rows {
        let (min, max) = row[2].split_once("..").unwrap();
        let behaviour = (row[0] != "none")
            .then(|| Behaviour { up: self::rules(&row[0], Rules::up()), down: self::rules(&row[1], Rules::down()) });
        let spec = Spec {
            min: min.parse().unwrap(),
            max: max.parse().unwrap(),
            metrics: vec![metric("external", "average 1000")],
            behaviour,
        };
        let (mut autoscaler, mut current) = (Autoscaler::default(), row[3].parse::<i32>().unwrap());
        let mut found = Vec::new();
        for look in row[4].split_whitespace() {
            let (second, asked) = look.split_once(':').unwrap();
            let values = [asked.parse::<i64>().unwrap() * 1000];
            let seen = [Seen { pods: &[], values: Ok(&values) }];
            let now = NOW + second.parse::<u64>().unwrap() * 1000;
            let state = State { now, replicas: current, existing: current, metrics: &seen };
            current = autoscaler.look(&spec, &settings, &state).replicas;
            found.push(current.to_string());
        }
        if found.join(" ") != row[5] {
            wrong.push(format!(
                "{} | {} | {} from {}: {} instead of {} ({})",
                row[0],
                row[1],
                row[4],
                row[3],
                found.join(" "),
                row[5],
                row[6]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a look makes of metrics that ask for these numbers, or can't be had.
fn of_several(current: i32, asked: &[Option<i64>]) -> Decision {
    let values: Vec<[i64; 1]> = asked.iter().map(|asked| [asked.unwrap_or(0) * 1000]).collect();
    let seen: Vec<Seen<'_>> = asked
        .iter()
        .zip(&values)
        .map(|(asked, values)| Seen { pods: &[], values: asked.map(|_| values.as_slice()).ok_or(MetricError::NoValue) })
        .collect();
    let spec = Spec {
        min: 1,
        max: 100,
        metrics: vec![metric("external", "average 1000"); asked.len()],
        behaviour: Some(Behaviour { down: Rules { window: Some(Span::ZERO), ..Rules::down() }, up: Rules::up() }),
    };
    let state = State { now: NOW, replicas: current, existing: current, metrics: &seen };
    Autoscaler::default().look(&spec, &settings(), &state)
}

#[test]
fn of_several_metrics_the_one_that_asks_for_most_counts() {
    type Case<'c> = (i32, &'c [Option<i64>], i32, &'c Reason, &'c str);
    let failed = Reason::Failed(MetricError::NoValue);
    let free = Reason::Metrics(Limit::None);
    let cases: [Case<'_>; 9] = [
        (4, &[Some(6), Some(8)], 8, &free, "the most of both"),
        (4, &[Some(2), Some(6)], 6, &free, "one grows, one would shrink: the most"),
        (8, &[Some(2), Some(3)], 3, &free, "both shrink: the most"),
        (4, &[None, Some(6)], 6, &free, "one can't be had, the other grows: it grows"),
        (4, &[Some(6), None], 6, &free, "in either order"),
        (4, &[None, Some(2)], 4, &failed, "one can't be had, the other would shrink: nothing happens"),
        (4, &[None, Some(4)], 4, &free, "one can't be had, the other asks for no change"),
        (4, &[None, None], 4, &failed, "none can be had"),
        (4, &[], 4, &failed, "there is none"),
    ];
    for (current, asked, expected, reason, because) in cases {
        let decision = of_several(current, asked);
        assert_eq!((decision.replicas, &decision.reason), (expected, reason), "{because}");
    }
}

#[test]
fn none_at_all_means_hands_off_unless_the_autoscaler_itself_took_the_last() {
    let gate = Settings { scale_to_zero: true, tolerance: 0.0, ..settings() };
    let spec = |min, source: &str| Spec {
        min,
        max: 10,
        metrics: vec![metric(source, if source == "cpu" { "percent 50" } else { "average 1000" })],
        behaviour: Some(Behaviour { down: Rules { window: Some(Span::ZERO), ..Rules::down() }, up: Rules::up() }),
    };
    let look =
        |autoscaler: &mut Autoscaler, spec: &Spec, settings: &Settings, current: i32, value: i64, second: u64| {
            let values = [value * 1000];
            let seen = [Seen { pods: &[], values: Ok(&values) }];
            let state = State { now: NOW + second * 1000, replicas: current, existing: current, metrics: &seen };
            autoscaler.look(spec, settings, &state)
        };
    // Somebody else took the last replica: documentation, "Implicit maintenance-mode deactivation".
    for (min, settings) in [(1, &settings()), (0, &settings()), (1, &gate), (0, &gate)] {
        let decision = look(&mut Autoscaler::default(), &spec(min, "external"), settings, 0, 5, 0);
        assert_eq!((decision.replicas, decision.reason), (0, Reason::Disabled), "{min}");
    }
    // The autoscaler took it and brings it back, as far as the rate goes.
    let mut own = Autoscaler::default();
    assert_eq!(look(&mut own, &spec(0, "external"), &gate, 2, 0, 0).replicas, 0);
    assert_eq!(look(&mut own, &spec(0, "external"), &gate, 0, 0, 15).reason, Reason::Metrics(Limit::None));
    assert_eq!(look(&mut own, &spec(0, "external"), &gate, 0, 9, 30).replicas, 4);
    // The fewest were raised meanwhile: at least so many come back.
    let mut own = Autoscaler::default();
    assert_eq!(look(&mut own, &spec(0, "external"), &gate, 2, 0, 0).replicas, 0);
    assert_eq!(look(&mut own, &spec(6, "external"), &gate, 0, 1, 15).replicas, 6);
    // Pods that aren't there have no processor time: such an autoscaler can't bring any back.
    assert_eq!(look(&mut Autoscaler::default(), &spec(0, "cpu"), &gate, 0, 9, 0).reason, Reason::Disabled);
    // Without the gate the fewest are never none, so a last replica that went isn't the autoscaler's doing.
    let mut other = Autoscaler::default();
    assert_eq!(look(&mut other, &spec(0, "external"), &settings(), 2, 0, 0).replicas, 0);
    assert_eq!(look(&mut other, &spec(0, "external"), &settings(), 0, 9, 15).reason, Reason::Disabled);
}

#[test]
fn a_tolerance_of_its_own_counts_from_the_minor_on_that_has_it() {
    let behaviour = Behaviour { up: Rules { tolerance: Some(0.02), ..Rules::up() }, down: Rules::down() };
    let cases = [("1.32", 0.1), ("1.33", 0.1), ("1.34", 0.1), ("1.35", 0.02), ("1.36", 0.02)];
    for (minor, up) in cases {
        let settings = Settings::of(minor.parse().unwrap(), &Assumptions::of_catalog().reader());
        assert_eq!(settings.tolerances(Some(&behaviour)), Tolerances { down: 0.1, up }, "{minor}");
        assert_eq!(settings.tolerances(None), Tolerances { down: 0.1, up: 0.1 }, "{minor}");
    }
}

#[test]
fn containers_are_added_up_or_looked_at_alone() {
    let container = |name: &str, request: Option<i64>, used: Option<i64>| Container {
        name: name.to_owned(),
        requests: [request, None],
        usage: [used, None],
    };
    let both = [container("api", Some(500), Some(450)), container("proxy", Some(100), Some(20))];
    let no_request = [container("api", Some(500), Some(450)), container("proxy", None, Some(20))];
    let no_sample = [container("api", Some(500), Some(450)), container("proxy", Some(100), None)];
    let cpu = Resource::Cpu;
    // The request of a pod is the sum of its containers, sidecars among them.
    assert_eq!(request(&both, None, cpu), Ok(600));
    // One container alone, whatever else there is.
    assert_eq!(request(&both, Some("api"), cpu), Ok(500));
    assert_eq!(request(&no_request, Some("api"), cpu), Ok(500));
    // One container without a request, and the whole pod has none.
    assert_eq!(request(&no_request, None, cpu), Err(Missing::Request("proxy".to_owned())));
    assert_eq!(request(&both, None, Resource::Memory), Err(Missing::Request("api".to_owned())));
    assert_eq!(request(&both, Some("web"), cpu), Err(Missing::Container("web".to_owned())));
    // The same for what is used; a container without a sample leaves the pod without one.
    assert_eq!(usage(&both, None, cpu), Ok(Some(470)));
    assert_eq!(usage(&both, Some("api"), cpu), Ok(Some(450)));
    assert_eq!(usage(&no_sample, None, cpu), Ok(None));
    assert_eq!(usage(&no_sample, Some("api"), cpu), Ok(Some(450)));
    assert_eq!(usage(&no_sample, Some("proxy"), cpu), Ok(None));
    assert_eq!(usage(&[], None, cpu), Ok(None));
    assert_eq!(usage(&both, Some("web"), cpu), Err(Missing::Container("web".to_owned())));
    // 470 of 600 is 78 %, 450 of 500 is 90 %: beside a sidecar that idles, the container alone asks for more.
    let ask = |only: Option<&str>| {
        let pod = Pod {
            phase: Phase::Running,
            terminating: false,
            ready: Some(Ready { is: true, since: 5000 }),
            started: Some(0),
            sample: usage(&both, only, cpu).unwrap().map(|value| Sample { value, at: 995_000, window: Span::secs(15) }),
            request: request(&both, only, cpu).unwrap(),
        };
        replicas::by_utilization(&[pod; 4], cpu, 70, 4, NOW, &settings(), Tolerances { down: 0.1, up: 0.1 })
    };
    assert_eq!((ask(None), ask(Some("api"))), (Ok(5), Ok(6)));
}
