//! What adds and removes nodes: Cluster Autoscaler, or Karpenter's node pools.

mod access;
mod deployment;
mod flags;
pub(crate) mod karpenter;

use waard_model::spec::AutoscalerKind;
use waard_model::topology::reserved::SYSTEM_NAMESPACE;

use crate::cluster::FOLDER;
use crate::custom::Custom;
use crate::file::File;
use crate::labels::{Labels, Wave, common, in_wave, labels, metadata, selects_app};
use crate::{Placed, Site, monitoring};

/// The name of everything that belongs to Cluster Autoscaler, the one that its leader election and documents use.
const NAME: &str = "cluster-autoscaler";
/// Where it answers probes and shows metrics.
const PORT: &str = "metrics";

/// The files that belong to no single workload.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    match site.region.cluster().settings().autoscaler.kind {
        AutoscalerKind::ClusterAutoscaler => vec![cluster_autoscaler(site)],
        AutoscalerKind::Karpenter => {
            karpenter::file(site).map(|file| site.placed(FOLDER, "karpenter.yaml", file)).into_iter().collect()
        }
    }
}

fn cluster_autoscaler(site: Site<'_>) -> Placed {
    let mut file = File::new(site.region.cluster().path().key("autoscaler"), &site.region.path());
    file.add(&access::service_account(site));
    file.add(&access::cluster_role(site));
    file.add(&access::cluster_role_binding(site));
    file.add(&access::role(site));
    file.add(&access::role_binding(site));
    if let Some(priorities) = flags::priorities(site) {
        file.add(&priorities);
    }
    file.add(&deployment::deployment(site));
    if let Some(budget) = deployment::budget(site) {
        file.add(&budget);
    }
    file.custom(&Custom {
        metadata: metadata(NAME.to_owned(), Some(SYSTEM_NAMESPACE), own_labels(site)),
        spec: monitoring::pod_monitor(site, selects_app(NAME.to_owned()), PORT, "/metrics"),
    });
    site.placed(SYSTEM_NAMESPACE, "cluster-autoscaler.yaml", file)
}

fn own_labels(site: Site<'_>) -> Labels {
    let mut all = common(site);
    all.extend(labels([("app", NAME), ("app.kubernetes.io/name", NAME)]));
    all
}

/// Metadata of an object that must be there before pods need nodes.
fn early(site: Site<'_>, namespaced: bool) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
    in_wave(Wave::Access, metadata(NAME.to_owned(), namespaced.then_some(SYSTEM_NAMESPACE), own_labels(site)))
}
