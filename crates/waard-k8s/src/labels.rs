//! Labels and metadata.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use waard_model::topology::Workload;

use crate::Site;

pub(crate) type Labels = BTreeMap<String, String>;

/// The label that selects a workload's pods.
pub(crate) const APP: &str = "app";

pub(crate) fn labels<const N: usize>(pairs: [(&str, &str); N]) -> Labels {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The labels of everything that belongs to the platform as a whole.
pub(crate) fn common(site: Site<'_>) -> Labels {
    labels([
        ("app.kubernetes.io/managed-by", "waard"),
        ("app.kubernetes.io/part-of", site.topology.platform().as_str()),
    ])
}

/// The labels of everything that belongs to a workload.
pub(crate) fn of_workload(site: Site<'_>, workload: &Workload) -> Labels {
    let mut labels = labels([
        (APP, &site.object(workload.name().as_str())),
        ("app.kubernetes.io/managed-by", "waard"),
        ("app.kubernetes.io/name", workload.name().as_str()),
        ("app.kubernetes.io/part-of", site.topology.platform().as_str()),
    ]);
    labels.insert("version".to_owned(), workload.image().version());
    for (key, value) in &workload.spec().labels {
        // What waard itself selects by stays as it is.
        labels.entry(key.to_string()).or_insert_with(|| value.to_string());
    }
    labels
}

pub(crate) fn metadata(name: String, namespace: Option<&str>, labels: Labels) -> ObjectMeta {
    ObjectMeta {
        name: Some(name),
        namespace: namespace.map(str::to_owned),
        labels: Some(labels),
        ..ObjectMeta::default()
    }
}

/// When Argo CD applies an object: each wave once everything of the one before is healthy.
/// What a Job refers to has to be there before it runs, and the Job before the pods that rely on it.
#[derive(Clone, Copy)]
pub(crate) enum Wave {
    /// Namespaces and what belongs to none.
    Ground,
    /// Identities and network policies.
    Access,
    /// Jobs that come before a release.
    Before,
}

/// The same metadata, applied in the given wave. Everything else is applied after all of them, in wave 0.
pub(crate) fn in_wave(wave: Wave, mut metadata: ObjectMeta) -> ObjectMeta {
    let number = match wave {
        Wave::Ground => "-3",
        Wave::Access => "-2",
        Wave::Before => "-1",
    };
    metadata.annotations.get_or_insert_default().insert("argocd.argoproj.io/sync-wave".to_owned(), number.to_owned());
    metadata
}

/// Selects the pods whose `app` is `app`.
pub(crate) fn selects_app(app: String) -> LabelSelector {
    LabelSelector { match_labels: Some([(APP.to_owned(), app)].into()), ..LabelSelector::default() }
}

/// Selects what has all the given labels.
pub(crate) fn selects<const N: usize>(pairs: [(&str, &str); N]) -> LabelSelector {
    LabelSelector { match_labels: Some(labels(pairs)), ..LabelSelector::default() }
}
