//! Alerts on how fast the error budget burns: over a long window, so that it matters, and a short one, so that it is so now.
//!
//! Windows and rates are those of the Site Reliability Workbook for a month: 2 % of the budget in an hour and 5 % in six
//! hours wake somebody, 10 % in a day or in three make a ticket.
//! Source: The Site Reliability Workbook, chapter 5, "Alerting on SLOs", 6: multiwindow, multi-burn-rate alerts.

use waard_model::quantity::Duration;
use waard_model::spec::EntryPath;
use waard_model::topology::Workload;
use waard_model::topology::reserved::GATEWAY_SERVICE;

use super::rule::{Alert, Severity, about, alert, fraction, group, record};
use crate::Site;
use crate::custom::monitoring::{Rule, RuleGroup};
use crate::labels::{Labels, labels};

/// How fast, over which windows, and who has to do something.
struct Burn {
    /// Times as fast as uses the budget up in a month, in tenths.
    tenths: u32,
    long: &'static str,
    short: &'static str,
    severity: Severity,
}

const BURNS: [Burn; 4] = [
    Burn { tenths: 144, long: "1h", short: "5m", severity: Severity::Page },
    Burn { tenths: 60, long: "6h", short: "30m", severity: Severity::Page },
    Burn { tenths: 30, long: "1d", short: "2h", severity: Severity::Ticket },
    Burn { tenths: 10, long: "3d", short: "6h", severity: Severity::Ticket },
];

/// The share of requests that may fail, in millionths, where there is a target and its alerts are wanted.
fn budget(site: Site<'_>) -> Option<u32> {
    let spec = site.topology.spec();
    let availability = spec.targets.availability.filter(|_| spec.observability.alerts.error_budget)?;
    Some(1_000_000_u32.saturating_sub(availability.millionths()))
}

/// The rates that can be exceeded at all, with windows that the metrics reach back for.
fn burns(site: Site<'_>, budget: u32) -> impl Iterator<Item = &'static Burn> {
    let kept = site.topology.spec().observability.metrics.retention;
    BURNS.iter().filter(move |burn| {
        let reaches = burn.long.parse::<Duration>().is_ok_and(|long| long <= kept);
        reaches && u64::from(budget) * u64::from(burn.tenths) < 10_000_000
    })
}

/// Of an exposed workload, as the mesh's gateway sees its answers: what the gateway has to say for it counts too.
/// Source: Istio documentation, "Istio Standard Metrics".
pub(super) fn of_workload(site: Site<'_>, workload: &Workload) -> Option<RuleGroup> {
    let budget = budget(site).filter(|_| site.topology.entry() == EntryPath::Mesh && !workload.exposed().is_empty())?;
    let app = site.object(workload.name().as_str());
    let from = format!(
        r#"reporter="source",source_workload="{GATEWAY_SERVICE}",destination_service_name="{app}",destination_service_namespace="{}""#,
        workload.namespace()
    );
    let ratio = |window: &str| {
        format!(
            r#"(sum(rate(istio_requests_total{{{from},response_code=~"5.."}}[{window}])) or vector(0)) / (sum(rate(istio_requests_total{{{from}}}[{window}])) > 0)"#
        )
    };
    let own = labels([("workload", workload.name().as_str())]);
    let mut rules = records(site, budget, ratio, &own);
    rules.extend(alerts(site, budget, Some(workload)));
    group(format!("{app}-error-budget"), rules)
}

/// Of a region whose load balancer sends requests straight to the pods: CloudWatch counts its answers for all workloads
/// together. Series for a single zone or target group are parts of the same.
/// Sources: Elastic Load Balancing documentation, "CloudWatch metrics for your Application Load Balancer";
/// prometheus-community/yet-another-cloudwatch-exporter `pkg/promutil/migrate.go` for the names.
pub(super) fn of_balancer(site: Site<'_>) -> Option<RuleGroup> {
    let exposed = site.region.workloads().values().any(|workload| !workload.exposed().is_empty());
    let budget = budget(site).filter(|_| site.topology.entry() == EntryPath::Direct && exposed)?;
    let count = |metric: &str| {
        format!(
            r#"sum(aws_applicationelb_{metric}_sum{{dimension_AvailabilityZone="",dimension_TargetGroup=""}} >= 0)"#
        )
    };
    let errors = format!(
        "({} or vector(0)) + ({} or vector(0))",
        count("httpcode_target_5_xx_count"),
        count("httpcode_elb_5_xx_count")
    );
    let mut rules = vec![
        record("waard:balancer_requests:sum".to_owned(), count("request_count"), Labels::new()),
        record("waard:balancer_errors:sum".to_owned(), errors, Labels::new()),
    ];
    let ratio = |window: &str| {
        format!(
            "sum_over_time(waard:balancer_errors:sum[{window}]) / (sum_over_time(waard:balancer_requests:sum[{window}]) > 0)"
        )
    };
    rules.extend(records(site, budget, ratio, &Labels::new()));
    rules.extend(alerts(site, budget, None));
    group("error-budget", rules)
}

fn name(window: &str) -> String {
    format!("waard:request_errors:ratio_rate{window}")
}

fn records(site: Site<'_>, budget: u32, ratio: impl Fn(&str) -> String, own: &Labels) -> Vec<Rule> {
    let mut windows: Vec<&str> = burns(site, budget).flat_map(|burn| [burn.short, burn.long]).collect();
    windows.sort_by_key(|window| window.parse::<Duration>().map_or(0, Duration::as_secs));
    windows.dedup();
    windows.into_iter().map(|window| record(name(window), ratio(window), own.clone())).collect()
}

fn alerts(site: Site<'_>, budget: u32, workload: Option<&Workload>) -> Vec<Rule> {
    let of = workload.map_or_else(|| site.region.name().to_string(), |workload| workload.name().to_string());
    let selector = workload.map(|workload| format!(r#"{{workload="{}"}}"#, workload.name())).unwrap_or_default();
    let target = site.topology.spec().targets.availability.map(|share| share.to_string()).unwrap_or_default();
    let allowed = fraction(budget);
    let one = |burn: &Burn| {
        let rate = if burn.tenths.is_multiple_of(10) {
            (burn.tenths / 10).to_string()
        } else {
            format!("{}.{}", burn.tenths / 10, burn.tenths % 10)
        };
        let above = |window| format!("{}{selector} > ({rate} * {allowed})", name(window));
        let rule = alert(
            site,
            Alert {
                name: "ErrorBudgetBurn",
                expr: format!("{} and {}", above(burn.long), above(burn.short)),
                lasts: Some(Duration::seconds(120)),
                severity: burn.severity,
                workload,
                summary: format!("Too many requests to {of} fail for {target} availability"),
                description: format!(
                    "{{{{ $value | humanizePercentage }}}} of the requests of the last {} failed: {rate} times what {target} a month allows is more than the error budget bears.",
                    burn.long
                ),
                action: "Look for a release, a dependency or a zone that failed since then, and roll back what was released."
                    .to_owned(),
            },
        );
        about("window", burn.long, rule)
    };
    burns(site, budget).map(one).collect()
}
