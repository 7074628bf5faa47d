//! A database migration: a Job that runs once per release.
//!
//! The Job's name ends in a digest of its own pod, so a release that changes nothing finds the finished Job in place,
//! and one that does makes a new Job: a Job's pod can't be changed. It is not deleted when it is done, because
//! GitOps would make it again; the one of the last release goes when it is pruned.

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, ServiceAccount};
use waard_model::topology::{Migration, Workload};

use super::{container, pod, volumes};
use crate::Site;
use crate::labels::{APP, Labels, Wave, in_wave, metadata, of_workload};

/// The `app` label of a migration's pod: not the workload's, so that no Service sends requests to it.
pub(super) fn app(site: Site<'_>, workload: &Workload) -> String {
    site.object(&format!("{}-migrate", workload.name()))
}

/// The labels of everything that belongs to a migration.
fn labels(site: Site<'_>, workload: &Workload) -> Labels {
    let mut labels = of_workload(site, workload);
    labels.insert(APP.to_owned(), app(site, workload));
    labels.insert("app.kubernetes.io/component".to_owned(), "migration".to_owned());
    labels
}

/// An identity of its own: it has other rights in the database than the workload, and none in AWS.
pub(super) fn service_account(site: Site<'_>, workload: &Workload) -> ServiceAccount {
    super::identity(workload, app(site, workload), labels(site, workload))
}

pub(super) fn job(site: Site<'_>, workload: &Workload, migration: &Migration) -> Job {
    let app = app(site, workload);
    let pod_labels = labels(site, workload);
    let main = Container {
        name: "migration".to_owned(),
        command: container::arguments(&migration.command),
        env: container::env(&workload.spec().env, &migration.secrets),
        resources: Some(container::resources(&migration.resources)),
        volume_mounts: volumes::mounts(workload, None),
        ..container::base(site, workload.image())
    };
    let spec = PodSpec {
        service_account_name: Some(app.clone()),
        containers: vec![main],
        volumes: volumes::volumes(workload),
        restart_policy: Some("Never".to_owned()),
        termination_grace_period_seconds: Some(30),
        ..pod::base(site, workload)
    };
    let template = PodTemplateSpec { metadata: Some(pod::run_metadata(site, pod_labels.clone())), spec: Some(spec) };
    let name = super::batch::named_by_content(&app, &template);
    Job {
        metadata: in_wave(Wave::Before, metadata(name, Some(workload.namespace().as_str()), pod_labels)),
        spec: Some(JobSpec {
            backoff_limit: Some(2),
            pod_failure_policy: Some(super::batch::disruptions_are_no_failures()),
            active_deadline_seconds: Some(migration.timeout.as_secs_i32().into()),
            template,
            ..JobSpec::default()
        }),
        ..Job::default()
    }
}
