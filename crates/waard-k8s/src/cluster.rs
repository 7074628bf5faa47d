//! What belongs to a cluster and to no namespace: the storage class and the priority classes.

use std::collections::BTreeSet;

use k8s_openapi::api::scheduling::v1::PriorityClass;
use k8s_openapi::api::storage::v1::StorageClass;
use waard_model::path::ModelPath;
use waard_model::spec::Priority;

use crate::file::File;
use crate::kafka::Streams;
use crate::labels::{Wave, common, in_wave, labels, metadata};
use crate::{Placed, Site, headroom};

/// No namespace can have this name, so no folder of one can be in its way.
pub(crate) const FOLDER: &str = "_cluster";

/// The storage class of every volume: EKS has only `gp2`, and none by default.
pub(crate) const STORAGE_CLASS: &str = "gp3";

/// The name of the priority class of a priority.
pub(crate) fn priority_class(site: Site<'_>, priority: Priority) -> String {
    site.object(priority.as_str())
}

/// The value of a priority class. User classes end at 1,000,000,000; zero is every other pod's.
/// Low is above −10, the priority of pods that hold room, below which Cluster Autoscaler adds no node.
/// Source: Kubernetes, "Pod Priority and Preemption"; Cluster Autoscaler FAQ, `--expendable-pods-priority-cutoff`.
const fn value(priority: Priority) -> i32 {
    match priority {
        Priority::High => 1_000_000,
        Priority::Normal => 1000,
        Priority::Low => -5,
    }
}

/// The files of the folder.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    let mut found = vec![storage_class(site)];
    let mut used: BTreeSet<Priority> =
        site.region.workloads().values().filter_map(|workload| workload.spec().priority).collect();
    // Everything that streams waits for its brokers.
    used.extend(Streams::all(site).map(|_| Priority::High));
    if !used.is_empty() || headroom::priority_class(site).is_some() {
        found.push(priority_classes(site, &used));
    }
    found
}

fn storage_class(site: Site<'_>) -> Placed {
    let mut file = File::new(site.region.path(), &site.region.path());
    let mut meta = in_wave(Wave::Ground, metadata(STORAGE_CLASS.to_owned(), None, common(site)));
    let default = ("storageclass.kubernetes.io/is-default-class".to_owned(), "true".to_owned());
    meta.annotations.get_or_insert_default().extend([default]);
    file.add(&StorageClass {
        metadata: meta,
        provisioner: "ebs.csi.aws.com".to_owned(),
        parameters: Some(labels([("encrypted", "true"), ("type", "gp3")])),
        reclaim_policy: Some("Delete".to_owned()),
        allow_volume_expansion: Some(true),
        // A volume belongs to a zone: which one is known only once its pod has a node.
        volume_binding_mode: Some("WaitForFirstConsumer".to_owned()),
        ..StorageClass::default()
    });
    site.placed(FOLDER, "storage-class.yaml", file)
}

fn priority_classes(site: Site<'_>, used: &BTreeSet<Priority>) -> Placed {
    let mut file = File::new(ModelPath::of(["workloads"]), &site.region.path());
    for priority in used {
        file.add(&PriorityClass {
            metadata: in_wave(Wave::Ground, metadata(priority_class(site, *priority), None, common(site))),
            value: value(*priority),
            description: Some(format!("Workloads of {} with {priority} priority.", site.topology.platform())),
            ..PriorityClass::default()
        });
    }
    if let Some(class) = headroom::priority_class(site) {
        file.add(&class);
    }
    site.placed(FOLDER, "priority-classes.yaml", file)
}
