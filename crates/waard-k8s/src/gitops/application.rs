//! Applications: of charts, of the platform's folders, and of the folder that they stand in.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use waard_model::spec::GitopsSpec;

use super::{CLUSTER_WAVE, NAMESPACE, PLATFORM, PLATFORM_WAVE, TOP, in_repository, namespace_path};
use crate::controllers::Controller;
use crate::custom::Custom;
use crate::custom::argo::{
    Application, ApplicationSet, Automated, Backoff, Destination, Directory, Generator, GitGenerator, Helm, Ignore,
    Retry, SetPolicy, Source, SyncPolicy, Template, TemplateMetadata,
};
use crate::labels::{common, metadata};
use crate::{Site, cluster, standby};

/// The cluster that Argo CD itself runs in.
pub(super) const HERE: &str = "https://kubernetes.default.svc";

/// Metadata of an object of Argo CD in a wave.
pub(super) fn argo_metadata(site: Site<'_>, name: &str, wave: i32) -> ObjectMeta {
    let mut meta = metadata(name.to_owned(), Some(NAMESPACE), common(site));
    meta.annotations = Some(BTreeMap::from([("argocd.argoproj.io/sync-wave".to_owned(), wave.to_string())]));
    meta
}

/// What is ignored when differences are looked for is left as it is when they are applied, too.
const RESPECT: &str = "RespectIgnoreDifferences=true";

pub(super) fn destination(namespace: Option<&str>) -> Destination {
    Destination { server: HERE, namespace: namespace.map(str::to_owned) }
}

/// Applied by itself, as the repository has it, whoever changes it: with server-side apply, because the CRDs of
/// operators are larger than the annotation that client-side apply needs.
/// It is tried again for ever, with the newest revision: what failed may only have come before what it needs.
fn sync(options: &[&'static str]) -> SyncPolicy {
    let mut sync_options = vec!["ServerSideApply=true"];
    sync_options.extend(options);
    sync_options.sort_unstable();
    SyncPolicy {
        automated: Automated { prune: true, self_heal: true },
        retry: Retry { limit: -1, refresh: true, backoff: Backoff { duration: "10s", factor: 2, max_duration: "3m" } },
        sync_options,
    }
}

fn git(gitops: &GitopsSpec, path: String) -> Source {
    Source {
        repo_url: gitops.repository.to_string(),
        target_revision: gitops.revision.to_string(),
        path: Some(path),
        chart: None,
        helm: None,
    }
}

/// The application that keeps all others. It is none of those that are deleted with what they made: none is.
pub(super) fn root(site: Site<'_>, gitops: &GitopsSpec) -> Custom<Application> {
    let spec = Application {
        project: "root",
        source: git(gitops, in_repository(gitops, &site.folder(TOP))),
        destination: destination(Some(NAMESPACE)),
        sync_policy: sync(&[RESPECT]),
        // The fields that a failover changes: they belong to whoever decides on that.
        ignore_differences: if site.region.is_standby() {
            let decided_elsewhere = |kind, name, field| Ignore {
                group: "argoproj.io",
                kind,
                name: Some(name),
                json_pointers: vec![field],
                jq_path_expressions: Vec::new(),
            };
            vec![
                decided_elsewhere("Application", "cluster", "/spec/source/path"),
                decided_elsewhere("ApplicationSet", PLATFORM, standby::SWITCH),
            ]
        } else {
            Vec::new()
        },
        revision_history_limit: 5,
    };
    Custom { metadata: argo_metadata(site, "root", PLATFORM_WAVE), spec }
}

/// The application of a chart.
pub(super) fn of_controller(site: Site<'_>, controller: &Controller) -> Custom<Application> {
    let spec = Application {
        project: "controllers",
        source: Source {
            repo_url: chart_repository(&controller.repository).to_owned(),
            target_revision: controller.version.clone(),
            path: None,
            chart: Some(controller.chart.clone()),
            helm: Some(Helm { release_name: controller.release.clone(), values: controller.values.clone() }),
        },
        destination: destination(Some(&controller.namespace)),
        sync_policy: sync(&["CreateNamespace=true", RESPECT]),
        ignore_differences: made_by_controllers(),
        revision_history_limit: 5,
    };
    Custom { metadata: argo_metadata(site, &controller.name, controller.wave), spec }
}

/// A repository of charts as Argo CD has it: without `oci://`, by which it knows that there is no index.
/// Source: Argo CD `util/helm/client.go`, `IsHelmOciRepo`.
pub(super) fn chart_repository(repository: &str) -> &str {
    repository.strip_prefix("oci://").unwrap_or(repository)
}

/// What signs the certificates of webhooks.
const AUTHORITY: &str = ".webhooks[]?.clientConfig.caBundle";

/// What controllers write into objects of their own charts: the authority that signs their webhooks' certificates,
/// how strict Istio's webhook is once it answers, and the certificate that AWS Load Balancer Controller's chart
/// makes anew each time it is rendered.
fn made_by_controllers() -> Vec<Ignore> {
    let webhooks = |kind, expressions: &[&'static str]| Ignore {
        group: "admissionregistration.k8s.io",
        kind,
        name: None,
        json_pointers: Vec::new(),
        jq_path_expressions: expressions.to_vec(),
    };
    vec![
        webhooks("MutatingWebhookConfiguration", &[AUTHORITY]),
        webhooks("ValidatingWebhookConfiguration", &[AUTHORITY, ".webhooks[]?.failurePolicy"]),
        Ignore {
            group: "apiextensions.k8s.io",
            kind: "CustomResourceDefinition",
            name: None,
            json_pointers: Vec::new(),
            jq_path_expressions: vec![".spec.conversion.webhook.clientConfig.caBundle"],
        },
        Ignore {
            group: "",
            kind: "Secret",
            name: Some("aws-load-balancer-tls"),
            json_pointers: vec!["/data"],
            jq_path_expressions: Vec::new(),
        },
    ]
}

/// The application of what belongs to no namespace.
pub(super) fn of_cluster(site: Site<'_>, gitops: &GitopsSpec) -> Custom<Application> {
    let folder = format!("{}/{}", site.folder("kubernetes"), cluster::FOLDER);
    let spec = Application {
        project: "cluster",
        source: git(gitops, in_repository(gitops, &folder)),
        destination: destination(None),
        sync_policy: sync(&["SkipDryRunOnMissingResource=true"]),
        ignore_differences: Vec::new(),
        revision_history_limit: 5,
    };
    Custom { metadata: argo_metadata(site, "cluster", CLUSTER_WAVE), spec }
}

/// One application for each namespace's folder. A folder that is new makes one; of a folder that went away the
/// application goes and everything else stays, because a namespace may hold data.
pub(super) fn of_namespaces(site: Site<'_>, gitops: &GitopsSpec) -> Custom<ApplicationSet> {
    let folders = in_repository(gitops, &site.folder("kubernetes"));
    let spec = ApplicationSet {
        generators: vec![Generator {
            git: GitGenerator {
                repo_url: gitops.repository.to_string(),
                revision: gitops.revision.to_string(),
                directories: vec![
                    Directory { path: format!("{folders}/*"), exclude: None },
                    Directory { path: format!("{folders}/{}", cluster::FOLDER), exclude: Some(true) },
                ],
            },
        }],
        go_template: true,
        go_template_options: vec!["missingkey=error"],
        sync_policy: SetPolicy { preserve_resources_on_deletion: true },
        template: Template {
            metadata: TemplateMetadata {
                name: super::namespace_application("{{ .path.basename }}"),
                labels: common(site),
            },
            spec: Application {
                project: "platform",
                source: git(gitops, namespace_path(site, gitops, "kubernetes")),
                destination: destination(Some("{{ .path.basename }}")),
                sync_policy: sync(&["PruneLast=true", "SkipDryRunOnMissingResource=true"]),
                ignore_differences: Vec::new(),
                revision_history_limit: 5,
            },
        },
    };
    Custom { metadata: argo_metadata(site, PLATFORM, PLATFORM_WAVE), spec }
}
