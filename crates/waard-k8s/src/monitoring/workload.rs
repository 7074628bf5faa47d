//! Alerts on one workload: that it scales and starts as fast as the targets say, and that its runs succeed.

use waard_model::quantity::Duration;
use waard_model::spec::WorkloadKind;
use waard_model::topology::{Scale, Workload};

use super::rule::{Alert, Severity, alert, group};
use crate::Site;
use crate::custom::monitoring::{Rule, RuleGroup};

/// How long Kubernetes' own rules wait before they speak of something that usually passes.
/// Source: kubernetes-monitoring/kubernetes-mixin, `alerts/apps_alerts.libsonnet`.
pub(super) const PATIENCE: Duration = Duration::seconds(900);

/// Objects of a workload by their names, which have no character that means something in a regular expression.
struct Names {
    app: String,
    namespace: String,
}

impl Names {
    fn of(site: Site<'_>, workload: &Workload) -> Self {
        Self { app: site.object(workload.name().as_str()), namespace: workload.namespace().to_string() }
    }

    /// Selects the series of one object of kube-state-metrics.
    fn one(&self, label: &str, more: &str) -> String {
        let comma = if more.is_empty() { "" } else { "," };
        format!(r#"{{namespace="{}",{label}="{}"{comma}{more}}}"#, self.namespace, self.app)
    }
}

/// The rules of a workload in a region where it runs.
pub(super) fn rules(site: Site<'_>, workload: &Workload) -> Vec<RuleGroup> {
    let names = Names::of(site, workload);
    let rules = match workload.kind() {
        WorkloadKind::Service if site.region.is_dark() => Vec::new(),
        WorkloadKind::Service => {
            let mut rules = vec![too_few(site, workload, &names)];
            rules.extend(scaling(site, workload, &names));
            rules.extend(start(site, workload, &names));
            if workload.migration().is_some() && site.region.writes_data_of(workload) {
                rules.push(failed_run(site, workload, &names, "MigrationFailed", "-migrate-.+"));
            }
            rules
        }
        WorkloadKind::Scheduled | WorkloadKind::Job if site.region.is_standby() => Vec::new(),
        WorkloadKind::Scheduled => {
            let mut rules = vec![failed_run(site, workload, &names, "RunFailed", "-[0-9]+")];
            rules.extend(missed(site, workload, &names));
            rules
        }
        WorkloadKind::Job => vec![failed_run(site, workload, &names, "RunFailed", "-[0-9a-f]{8}")],
    };
    super::budget::of_workload(site, workload).into_iter().chain(group(names.app, rules)).collect()
}

fn too_few(site: Site<'_>, workload: &Workload, names: &Names) -> Rule {
    let least = workload.scale().min();
    alert(
        site,
        Alert {
            name: "PodsMissing",
            expr: format!("kube_deployment_status_replicas_ready{} < {least}", names.one("deployment", "")),
            lasts: Some(PATIENCE),
            severity: Severity::Page,
            workload: Some(workload),
            summary: format!("{} has fewer pods than its least", workload.name()),
            description: format!("{{{{ $value }}}} pods of {} are ready, of at least {least}.", workload.name()),
            action: "Look at the events of its pods: no node, no image, or a container that doesn't start.".to_owned(),
        },
    )
}

/// From a rise in load to the new pods serving, and an autoscaler that can't.
fn scaling(site: Site<'_>, workload: &Workload, names: &Names) -> Vec<Rule> {
    let Scale::Auto { replicas, .. } = workload.scale() else {
        return Vec::new();
    };
    let own = names.one("horizontalpodautoscaler", "");
    let name = workload.name();
    let mut rules = Vec::new();
    let spec = site.topology.spec();
    if let Some(target) = spec.targets.autoscaling.filter(|_| spec.observability.alerts.latency_of_change) {
        rules.push(alert(site, Alert {
            name: "AutoscalingSlow",
            expr: format!(
                "sum(kube_horizontalpodautoscaler_status_desired_replicas{own}) - sum(kube_deployment_status_replicas_ready{}) > 0",
                names.one("deployment", "")
            ),
            lasts: Some(target),
            severity: Severity::Ticket,
            workload: Some(workload),
            summary: format!("{name} waits for pods for longer than {target}"),
            description: format!("{{{{ $value }}}} pods that the autoscaler of {name} asked for are not ready after {target}, the target."),
            action: "Look at what its pods wait for: nodes (then more headroom helps), images, or their own start.".to_owned(),
        }));
    }
    rules.push(alert(site, Alert {
        name: "AutoscalerAtMaximum",
        expr: format!(
            "kube_horizontalpodautoscaler_status_current_replicas{own} >= kube_horizontalpodautoscaler_spec_max_replicas{own}"
        ),
        lasts: Some(PATIENCE),
        severity: Severity::Ticket,
        workload: Some(workload),
        summary: format!("{name} has as many pods as it may have"),
        description: format!("{name} has had {{{{ $value }}}} pods for {PATIENCE}, and may have {}: more load makes it slower.", replicas.max()),
        action: format!("Raise `replicas` of `workloads.{name}.scale`, with nodes for them, or find what makes the load."),
    }));
    rules.push(alert(
        site,
        Alert {
            name: "AutoscalerBlind",
            expr: format!(
                "kube_horizontalpodautoscaler_status_condition{} == 1",
                names.one("horizontalpodautoscaler", r#"condition="ScalingActive",status="false""#)
            ),
            lasts: Some(PATIENCE),
            severity: Severity::Page,
            workload: Some(workload),
            summary: format!("The autoscaler of {name} has no metrics"),
            description: format!(
                "The autoscaler of {name} has not been able to work out a number of pods for {PATIENCE}."
            ),
            action: "Look at metrics-server, and at the events of the HorizontalPodAutoscaler.".to_owned(),
        },
    ));
    rules
}

/// From the start of the main container to ready, for pods that are new: a pod that is ready again later didn't start.
/// Pulling the image is no part of it.
fn start(site: Site<'_>, workload: &Workload, names: &Names) -> Option<Rule> {
    let spec = site.topology.spec();
    let target = spec.targets.container_start.filter(|_| spec.observability.alerts.latency_of_change)?;
    let name = workload.name();
    // Other workloads' pods have other containers; those of a Deployment end in two parts of their own.
    let pod = format!(r#"namespace="{}",pod=~"{}-[0-9a-z]+-[0-9a-z]+""#, names.namespace, names.app);
    let recent = PATIENCE.as_secs();
    let seconds = target.as_millis() / 1000;
    Some(alert(
        site,
        Alert {
            name: "ContainerStartSlow",
            expr: format!(
                r#"max((kube_pod_status_ready_time{{{pod}}} - on (namespace, pod) kube_pod_container_state_started{{{pod},container="{name}"}}) and on (namespace, pod) (time() - kube_pod_start_time{{{pod}}} < {recent}) and on (namespace, pod) (kube_pod_container_status_restarts_total{{{pod},container="{name}"}} == 0)) > {seconds}"#
            ),
            lasts: None,
            severity: Severity::Ticket,
            workload: Some(workload),
            summary: format!("Containers of {name} start more slowly than {target}"),
            description: format!(
                "A new pod of {name} took {{{{ $value | humanizeDuration }}}} from its container's start to ready; the target is {target}."
            ),
            action: "Look at what it does before it is ready: connections, caches, migrations in the start.".to_owned(),
        },
    ))
}

fn failed_run(site: Site<'_>, workload: &Workload, names: &Names, alert_name: &'static str, suffix: &str) -> Rule {
    alert(
        site,
        Alert {
            name: alert_name,
            expr: format!(
                r#"max by (job_name) (kube_job_failed{{namespace="{}",job_name=~"{}{suffix}",condition="true"}}) > 0"#,
                names.namespace, names.app
            ),
            lasts: None,
            severity: if alert_name == "MigrationFailed" { Severity::Page } else { Severity::Ticket },
            workload: Some(workload),
            summary: format!("A run of {} failed", workload.name()),
            description: "The Job {{ $labels.job_name }} failed, with all its retries.".to_owned(),
            action: "Look at the logs of its pods. Delete the Job once it is understood: it is what keeps this alert."
                .to_owned(),
        },
    )
}

/// A scheduled run that didn't start although its last chance is over.
fn missed(site: Site<'_>, workload: &Workload, names: &Names) -> Option<Rule> {
    let within = workload.schedule()?.start_within;
    Some(alert(
        site,
        Alert {
            name: "RunMissed",
            expr: format!(
                "time() - kube_cronjob_next_schedule_time{} > {}",
                names.one("cronjob", ""),
                within.as_secs()
            ),
            lasts: Some(PATIENCE),
            severity: Severity::Ticket,
            workload: Some(workload),
            summary: format!("A run of {} did not start", workload.name()),
            description: format!(
                "{} should have run {{{{ $value | humanizeDuration }}}} ago; it may start up to {within} late.",
                workload.name()
            ),
            action: "Look at the events of the CronJob: the last run may still go on.".to_owned(),
        },
    ))
}
