//! Scheduled workloads and jobs.

use k8s_openapi::api::batch::v1::{
    CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec, PodFailurePolicy, PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use waard_model::spec::Concurrency;
use waard_model::topology::Workload;
use waard_model::yaml;

use super::pod;
use crate::Site;
use crate::labels::{metadata, of_workload};

/// How long a finished run stays to be looked at: a day.
const KEEP_FINISHED_SECONDS: i32 = 86_400;

/// The CronJob of a scheduled workload.
pub(super) fn cron_job(site: Site<'_>, workload: &Workload) -> Option<CronJob> {
    let schedule = workload.schedule()?;
    let labels = of_workload(site, workload);
    let concurrency = match schedule.concurrency {
        Concurrency::Forbid => "Forbid",
        Concurrency::Replace => "Replace",
        Concurrency::Allow => "Allow",
    };
    Some(CronJob {
        metadata: metadata(site.object(workload.name().as_str()), Some(workload.namespace().as_str()), labels),
        spec: Some(CronJobSpec {
            schedule: schedule.cron.to_string(),
            time_zone: Some(schedule.zone.to_string()),
            concurrency_policy: Some(concurrency.to_owned()),
            starting_deadline_seconds: Some(schedule.start_within.as_secs_i32().into()),
            successful_jobs_history_limit: Some(3),
            failed_jobs_history_limit: Some(3),
            suspend: None,
            job_template: JobTemplateSpec {
                spec: Some(JobSpec {
                    ttl_seconds_after_finished: Some(KEEP_FINISHED_SECONDS),
                    ..run(workload, template(site, workload))
                }),
                ..JobTemplateSpec::default()
            },
        }),
        ..CronJob::default()
    })
}

/// The Job of a workload that runs once per release.
pub(super) fn job(site: Site<'_>, workload: &Workload) -> Job {
    let template = template(site, workload);
    let name = named_by_content(&site.object(workload.name().as_str()), &template);
    Job {
        metadata: metadata(name, Some(workload.namespace().as_str()), of_workload(site, workload)),
        spec: Some(run(workload, template)),
        ..Job::default()
    }
}

fn template(site: Site<'_>, workload: &Workload) -> PodTemplateSpec {
    let labels = of_workload(site, workload);
    let mut template = pod::template(site, workload, labels.clone());
    template.metadata = Some(pod::run_metadata(site, labels));
    if let Some(spec) = template.spec.as_mut() {
        spec.restart_policy = Some("Never".to_owned());
    }
    template
}

/// A node that is taken away, by a drain or by spot, is not the workload's failure.
pub(super) fn disruptions_are_no_failures() -> PodFailurePolicy {
    let disrupted =
        PodFailurePolicyOnPodConditionsPattern { type_: "DisruptionTarget".to_owned(), status: "True".to_owned() };
    let rule = PodFailurePolicyRule {
        action: "Ignore".to_owned(),
        on_pod_conditions: Some(vec![disrupted]),
        ..PodFailurePolicyRule::default()
    };
    PodFailurePolicy { rules: vec![rule] }
}

fn run(workload: &Workload, template: PodTemplateSpec) -> JobSpec {
    let job = workload.job();
    JobSpec {
        parallelism: Some(job.parallel.into()),
        completions: Some(job.completions.into()),
        backoff_limit: Some(job.retries.into()),
        active_deadline_seconds: Some(job.timeout.as_secs_i32().into()),
        pod_failure_policy: Some(disruptions_are_no_failures()),
        template,
        ..JobSpec::default()
    }
}

/// A name that changes exactly when the pod does: the head and eight digits of a digest (FNV-1a) of the pod's YAML.
pub(super) fn named_by_content(head: &str, template: &PodTemplateSpec) -> String {
    let text = yaml::to_string(template).unwrap_or_default();
    let digest = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{head}-{digest:08x}")
}
