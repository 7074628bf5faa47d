//! Alertmanager: who hears of an alert.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use serde::Serialize;
use waard_catalog::Installed;

use super::ID;
use super::prometheus::{Claim, claim};
use crate::Site;
use crate::controllers::values::{Account, CRITICAL, Enabled, Map, ON, Resources, account, replicas, spread};

/// What the operator calls the `StatefulSet` of the chart's Alertmanager.
const ALERTMANAGER: &str = "alertmanager-kube-prometheus-stack-alertmanager";
/// What Alertmanager keeps is silences and what it has told: a gibibyte is the least that is worth a volume.
const DISK_GIB: u64 = 1;

#[expect(clippy::struct_field_names, reason = "values are called what the chart calls them")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alertmanager {
    alertmanager_spec: Spec,
    config: Config,
    pod_disruption_budget: Enabled,
    service_account: Account,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    priority_class_name: &'static str,
    replicas: u32,
    resources: Resources,
    storage: Claim,
    topology_spread_constraints: Vec<TopologySpreadConstraint>,
}

/// Alertmanager's own configuration.
/// Source: prometheus/alertmanager v0.34.0, `docs/configuration.md`.
#[derive(Serialize)]
struct Config {
    receivers: Vec<Receiver>,
    route: Route,
}

#[derive(Serialize)]
struct Receiver {
    name: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sns_configs: Vec<Sns>,
}

#[derive(Serialize)]
struct Sns {
    attributes: Map,
    send_resolved: bool,
    sigv4: Sigv4,
    topic_arn: String,
}

#[derive(Serialize)]
struct Sigv4 {
    region: String,
}

#[derive(Serialize)]
struct Route {
    group_by: &'static [&'static str],
    group_interval: &'static str,
    group_wait: &'static str,
    receiver: &'static str,
    repeat_interval: &'static str,
    routes: Vec<Child>,
}

#[derive(Serialize)]
struct Child {
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<&'static str>,
    matchers: [&'static str; 1],
    receiver: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<&'static str>,
}

/// Hears nothing.
const NOBODY: &str = "null";
/// Wakes somebody.
const PAGE: &str = "page";
/// Waits for working hours.
const TICKET: &str = "ticket";

pub(super) fn values(site: Site<'_>, installed: &Installed) -> Alertmanager {
    Alertmanager {
        alertmanager_spec: Spec {
            priority_class_name: CRITICAL,
            replicas: replicas(installed, ALERTMANAGER),
            resources: Resources::of(ID, ALERTMANAGER, "alertmanager"),
            storage: claim(DISK_GIB),
            topology_spread_constraints: spread([("app.kubernetes.io/name", "alertmanager")]),
        },
        config: Config { receivers: receivers(site), route: route() },
        pod_disruption_budget: ON,
        service_account: account("alertmanager"),
    }
}

/// The topic of the environment gets both, with the severity as an attribute that its subscriptions can filter by.
/// Without an account there is no topic to name: alerts are shown, and told to nobody.
fn receivers(site: Site<'_>) -> Vec<Receiver> {
    let region = site.region.name();
    let told = |severity: &'static str| Receiver {
        name: severity,
        sns_configs: site
            .environment
            .account()
            .map(|account| Sns {
                attributes: Map::from([
                    ("cluster", site.region.cluster().name().to_owned()),
                    ("severity", severity.to_owned()),
                ]),
                send_resolved: true,
                sigv4: Sigv4 { region: region.to_string() },
                topic_arn: format!(
                    "arn:aws:sns:{region}:{account}:{}",
                    site.environment.alert_topic(site.topology.platform())
                ),
            })
            .into_iter()
            .collect(),
    };
    vec![Receiver { name: NOBODY, sns_configs: Vec::new() }, told(PAGE), told(TICKET)]
}

/// By severity: those of the platform's alerts, and those of the alerts that the chart brings.
fn route() -> Route {
    let silent = Child {
        matchers: ["alertname=~\"InfoInhibitor|Watchdog\""],
        receiver: NOBODY,
        group_wait: None,
        repeat_interval: None,
    };
    Route {
        group_by: &["alertname", "namespace"],
        group_interval: "5m",
        group_wait: "30s",
        receiver: NOBODY,
        repeat_interval: "12h",
        routes: vec![
            silent,
            Child {
                matchers: ["severity=~\"critical|page\""],
                receiver: PAGE,
                group_wait: Some("10s"),
                repeat_interval: Some("1h"),
            },
            Child {
                matchers: ["severity=~\"ticket|warning\""],
                receiver: TICKET,
                group_wait: None,
                repeat_interval: None,
            },
        ],
    }
}
