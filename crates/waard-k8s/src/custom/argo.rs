//! Argo CD: projects, applications and sets of them.
//! Source: Argo CD 3.5.1, `manifests/crds`.

use serde::Serialize;

use super::kind;

kind!(AppProject, "argoproj.io/v1alpha1", "AppProject");
kind!(Application, "argoproj.io/v1alpha1", "Application");
kind!(ApplicationSet, "argoproj.io/v1alpha1", "ApplicationSet");

/// What applications may take from where, and put where.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppProject {
    pub(crate) description: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) source_repos: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) destinations: Vec<Destination>,
    /// What else may be made that belongs to no namespace; without it, nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) cluster_resource_whitelist: Vec<GroupKind>,
    /// What may be made in namespaces; without it, everything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) namespace_resource_whitelist: Vec<GroupKind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) namespace_resource_blacklist: Vec<GroupKind>,
}

/// A kind of object; `*` is any.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct GroupKind {
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
}

/// Something that is kept in a cluster as a repository says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    pub(crate) project: &'static str,
    pub(crate) source: Source,
    pub(crate) destination: Destination,
    pub(crate) sync_policy: SyncPolicy,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ignore_differences: Vec<Ignore>,
    pub(crate) revision_history_limit: u8,
}

/// A folder of a Git repository, or a chart.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Source {
    #[serde(rename = "repoURL")]
    pub(crate) repo_url: String,
    pub(crate) target_revision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chart: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) helm: Option<Helm>,
}

/// How a chart is rendered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Helm {
    pub(crate) release_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) values: String,
}

/// A cluster and a namespace.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Destination {
    pub(crate) server: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
}

/// When and how it is applied.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SyncPolicy {
    pub(crate) automated: Automated,
    pub(crate) retry: Retry,
    pub(crate) sync_options: Vec<&'static str>,
}

/// What is done without being asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Automated {
    pub(crate) prune: bool,
    pub(crate) self_heal: bool,
}

/// What happens after a failure.
#[derive(Serialize)]
pub(crate) struct Retry {
    pub(crate) limit: i8,
    /// The newest revision is tried, not the one that failed.
    pub(crate) refresh: bool,
    pub(crate) backoff: Backoff,
}

/// How long it waits before it tries again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Backoff {
    pub(crate) duration: &'static str,
    pub(crate) factor: u8,
    pub(crate) max_duration: &'static str,
}

/// What something else than the repository decides.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ignore {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) group: &'static str,
    pub(crate) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) json_pointers: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) jq_path_expressions: Vec<&'static str>,
}

/// One application for each of several folders.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationSet {
    pub(crate) generators: Vec<Generator>,
    pub(crate) go_template: bool,
    pub(crate) go_template_options: Vec<&'static str>,
    pub(crate) sync_policy: SetPolicy,
    pub(crate) template: Template,
}

/// Where the folders come from.
#[derive(Serialize)]
pub(crate) struct Generator {
    pub(crate) git: GitGenerator,
}

/// The folders of a repository.
#[derive(Serialize)]
pub(crate) struct GitGenerator {
    #[serde(rename = "repoURL")]
    pub(crate) repo_url: String,
    pub(crate) revision: String,
    pub(crate) directories: Vec<Directory>,
}

/// A pattern of folders that are meant, or are not.
#[derive(Serialize)]
pub(crate) struct Directory {
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exclude: Option<bool>,
}

/// What happens to applications whose folder went away.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetPolicy {
    pub(crate) preserve_resources_on_deletion: bool,
}

/// The application of a folder.
#[derive(Serialize)]
pub(crate) struct Template {
    pub(crate) metadata: TemplateMetadata,
    pub(crate) spec: Application,
}

/// Its name and labels.
#[derive(Serialize)]
pub(crate) struct TemplateMetadata {
    pub(crate) name: String,
    pub(crate) labels: crate::labels::Labels,
}
