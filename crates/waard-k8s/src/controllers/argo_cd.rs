//! Argo CD, which installs everything else and then itself.
//!
//! One of each: nothing that serves requests depends on it, and its Redis is a cache. Nobody logs in from outside:
//! `kubectl port-forward` reaches it, or an ingress that somebody adds. Network policies are the namespace's own.

use serde::Serialize;
use waard_catalog::Installed;

use super::values::{Enabled, Image, OFF, Resources};
use super::written;
use crate::Site;
use crate::gitops::APPLICATION_HEALTH;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    application_set: Part,
    configs: Configs,
    controller: Part,
    dex: Enabled,
    global: Global,
    notifications: Enabled,
    redis: Part,
    redis_secret_init: Part,
    repo_server: Part,
    server: Part,
}

#[derive(Serialize)]
struct Part {
    resources: Resources,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Global {
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    network_policy: Create,
}

#[derive(Serialize)]
struct Create {
    create: bool,
}

#[derive(Serialize)]
struct Configs {
    cm: Settings,
}

#[derive(Serialize)]
struct Settings {
    #[serde(rename = "application.resourceTrackingMethod")]
    tracking: &'static str,
    #[serde(rename = "resource.customizations.health.argoproj.io_Application")]
    health: &'static str,
}

pub(super) fn values(_: Site<'_>, installed: &Installed) -> String {
    let part = |workload, container| Part { resources: Resources::of("argo-cd", workload, container) };
    written(&Values {
        application_set: part("argocd-applicationset-controller", "applicationset-controller"),
        configs: Configs { cm: Settings { tracking: "annotation", health: APPLICATION_HEALTH } },
        controller: part("argocd-application-controller", "application-controller"),
        dex: OFF,
        global: Global { image: Image::of(installed), network_policy: Create { create: false } },
        notifications: OFF,
        redis: part("argocd-redis", "redis"),
        redis_secret_init: part("argocd-redis-secret-init", "secret-init"),
        repo_server: part("argocd-repo-server", "repo-server"),
        server: part("argocd-server", "server"),
    })
}
