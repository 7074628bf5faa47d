//! The file of a workload: everything that it needs in one cluster.

mod autoscaling;
mod batch;
mod container;
mod deployment;
mod disruption;
mod migration;
pub(crate) mod pod;
mod service;
mod volumes;

use k8s_openapi::api::core::v1::ServiceAccount;
pub(crate) use pod::over_zones;
pub(crate) use service::speaks_grpc;
use waard_model::spec::WorkloadKind;
use waard_model::topology::Workload;

use crate::file::File;
use crate::labels::{Labels, Wave, in_wave, metadata, of_workload};
use crate::{Placed, Site, headroom, ingress, mesh, monitoring, network, vertical};

/// The file of each workload.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    site.region.workloads().values().map(|each| workload(site, each)).collect()
}

/// The workload's file in a cluster.
fn workload(site: Site<'_>, workload: &Workload) -> Placed {
    let mut file = File::new(workload.path(), &site.region.path());
    file.add(&service_account(site, workload));
    file.add(&network::workload_policy(site, workload));
    match workload.kind() {
        WorkloadKind::Service => {
            // Where the database is a copy, a migration could only fail; it comes with the change of the database.
            if let Some(migration) = workload.migration().filter(|_| site.region.writes_data_of(workload)) {
                let app = migration::app(site, workload);
                file.add(&migration::service_account(site, workload));
                file.add(&network::migration_policy(site, workload, app));
                file.add(&migration::job(site, workload, migration));
            }
            file.add(&deployment::deployment(site, workload));
            if !workload.ports().is_empty() {
                file.add(&service::service(site, workload));
            }
            if let Some(autoscaler) = autoscaling::autoscaler(site, workload) {
                file.add(&autoscaler);
            }
            file.add(&disruption::budget(site, workload));
        }
        // What runs by itself runs in primary regions: in a standby it would do everything a second time.
        WorkloadKind::Scheduled | WorkloadKind::Job if site.region.is_standby() => {}
        WorkloadKind::Scheduled => {
            if let Some(cron_job) = batch::cron_job(site, workload) {
                file.add(&cron_job);
            }
        }
        WorkloadKind::Job => file.add(&batch::job(site, workload)),
    }
    for add in
        [vertical::of_workload, headroom::of_workload, ingress::of_workload, mesh::of_workload, monitoring::of_workload]
    {
        add(site, workload, &mut file);
    }
    site.placed(workload.namespace().as_str(), &format!("{}.yaml", workload.name()), file)
}

/// The identity of the workload's pods. They talk to AWS through EKS Pod Identity, and not to the Kubernetes API, so no token is mounted.
fn service_account(site: Site<'_>, workload: &Workload) -> ServiceAccount {
    identity(workload, site.object(workload.name().as_str()), of_workload(site, workload))
}

/// A service account without a token.
fn identity(workload: &Workload, name: String, labels: Labels) -> ServiceAccount {
    ServiceAccount {
        metadata: in_wave(Wave::Access, metadata(name, Some(workload.namespace().as_str()), labels)),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// A list with further items, which is not there if it is empty.
fn with<T>(list: Option<Vec<T>>, further: Vec<T>) -> Option<Vec<T>> {
    let mut all = list.unwrap_or_default();
    all.extend(further);
    (!all.is_empty()).then_some(all)
}
