//! Alerts on what runs out: certificates, and the support of versions.
//!
//! The ends of support are dated facts of the catalog, so an alert is there before anybody has to look them up.

use waard_catalog::{CacheEngine as Engine, Compatibility, Date, Minor, catalog};
use waard_model::quantity::Duration;
use waard_model::spec::{CacheEngine, CertificatesSpec, SupportType};
use waard_model::topology::StoreKind;

use super::rule::{Alert, Severity, about, alert, group};
use crate::Site;
use crate::custom::monitoring::{Rule, RuleGroup};

/// How long before the end of a version's support an alert begins: AWS tells the end of a Kubernetes version no later.
/// Source: Amazon EKS User Guide, "Amazon EKS version support and FAQ".
const NOTICE_DAYS: i64 = 60;

pub(super) fn groups(site: Site<'_>) -> Vec<RuleGroup> {
    [("certificates", certificates(site)), ("versions", versions(site))]
        .into_iter()
        .filter_map(|(name, rules)| group(name, rules))
        .collect()
}

/// An hour: nothing here is that urgent.
fn plain(site: Site<'_>, name: &'static str, severity: Severity, expr: String, text: [String; 3]) -> Rule {
    let [summary, description, action] = text;
    let lasts = Some(Duration::seconds(3600));
    alert(site, Alert { name, expr, lasts, severity, workload: None, summary, description, action })
}

fn certificates(site: Site<'_>) -> Vec<Rule> {
    let edge = site.topology.spec().edge.as_ref();
    let before = edge.map_or_else(CertificatesSpec::default, |edge| edge.certificates.clone()).warn_before;
    let (days, seconds) = (before.as_millis() / 86_400_000, before.as_secs());
    let mut rules = Vec::new();
    if site.region.workloads().values().any(|workload| !workload.exposed().is_empty()) {
        // ACM renews 60 days before the end; what is left with fewer days was not renewed.
        rules.push(plain(
            site,
            "CertificateExpires",
            Severity::Page,
            format!("min by (dimension_CertificateArn) (aws_certificatemanager_days_to_expiry_minimum) < {days}"),
            [
                "A certificate of ACM runs out".to_owned(),
                "{{ $labels.dimension_CertificateArn }} is valid for {{ $value }} more days and was not renewed."
                    .to_owned(),
                "Look at the DNS record that validates it: without it ACM does not renew.".to_owned(),
            ],
        ));
    }
    if site.region.stores().values().any(|store| matches!(store.kind(), StoreKind::Kafka(_))) {
        // Source: strimzi/strimzi-kafka-operator `examples/metrics`, certificate rules.
        rules.push(plain(
            site,
            "KafkaCertificateExpires",
            Severity::Page,
            format!("min by (cluster, type) (strimzi_certificate_expiration_timestamp_ms / 1000) - time() < {seconds}"),
            [
                "A certificate authority of Kafka runs out".to_owned(),
                "The certificate {{ $labels.type }} of {{ $labels.cluster }} is valid for {{ $value | humanizeDuration }}.".to_owned(),
                "Strimzi renews it by itself: look at the logs of its operator.".to_owned(),
            ],
        ));
    }
    if site.has_mesh() {
        // Source: istio/istio `security/pkg/server/ca/monitoring.go`.
        rules.push(plain(
            site,
            "MeshRootExpires",
            Severity::Page,
            format!("min(citadel_server_root_cert_expiry_timestamp) - time() < {seconds}"),
            [
                "The root certificate of the mesh runs out".to_owned(),
                "Istio's root certificate is valid for {{ $value | humanizeDuration }}; without it no call in the mesh works.".to_owned(),
                "Follow Istio's documentation, \"Plug in CA Certificates\", for a new root beside the old one.".to_owned(),
            ],
        ));
    }
    rules
}

/// Seconds since 1970 of the first moment of a day, in UTC.
/// Source: the days of the civil calendar as Howard Hinnant counts them, "chrono-Compatible Low-Level Date Algorithms".
fn moment(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) * 86_400
}

fn versions(site: Site<'_>) -> Vec<Rule> {
    let ends = |name, what: String, until: Date, action: String| {
        let from = moment(until) - NOTICE_DAYS * 86_400;
        plain(
            site,
            name,
            Severity::Ticket,
            format!("vector(time()) >= {from}"),
            [
                format!("The support of {what} ends on {until}"),
                format!("{what} is supported until {until}, which is {NOTICE_DAYS} days away or less."),
                action,
            ],
        )
    };
    let cluster = site.region.cluster();
    let minor = Minor::new(1, cluster.version().number());
    let mut rules = Vec::new();
    let extended = cluster.settings().support == SupportType::Extended;
    let eks = catalog().eks(minor);
    if let Some(until) = eks.and_then(|eks| if extended { eks.extended_until } else { eks.standard_until }) {
        let kind = if extended { "in extended support" } else { "in standard support" };
        rules.push(ends(
            "KubernetesSupportEnds",
            format!("Kubernetes {minor} {kind}"),
            until,
            format!("Raise `version` of `{}`, one minor at a time.", cluster.path()),
        ));
    }
    for store in site.region.stores().values() {
        let found = match store.kind() {
            StoreKind::Database(database) => {
                let version = database.version.as_str();
                let major = version.split('.').next().and_then(|major| major.parse().ok());
                let known = major.and_then(|major| catalog().postgres(major));
                known.map(|known| ("DatabaseSupportEnds", format!("PostgreSQL {}", known.major), known.standard_until))
            }
            StoreKind::Cache(cache) => {
                let (engine, title) = match cache.engine {
                    CacheEngine::Valkey => (Engine::Valkey, "Valkey"),
                    CacheEngine::Redis => (Engine::Redis, "Redis"),
                };
                let known = catalog().cache(engine, cache.version.as_str());
                let until = known.and_then(|known| known.standard_until);
                until.map(|until| ("CacheSupportEnds", format!("{title} {}", cache.version), until))
            }
            StoreKind::Kafka(_) | StoreKind::Bucket(_) => None,
        };
        if let Some((name, what, until)) = found {
            let action = format!("Raise `version` of `{}`, first where nobody is hurt.", store.path());
            let rule = ends(name, format!("{what} of {}", store.name()), until, action);
            rules.push(about("store", store.name().as_str(), rule));
        }
    }
    if let Some(Compatibility::Supported(release)) =
        catalog().component("istio").filter(|_| site.has_mesh()).map(|istio| istio.for_cluster(minor))
        && let Some(until) = release.supported_until
    {
        rules.push(ends(
            "MeshSupportEnds",
            format!("Istio {}", release.version),
            until,
            "Take a newer release of waard, whose catalog names a newer Istio.".to_owned(),
        ));
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let at = |text: &str| moment(text.parse().unwrap());
        assert_eq!(at("1970-01-01"), 0);
        assert_eq!(at("2000-02-29"), 951_782_400);
        assert_eq!(at("2027-08-02"), 1_817_164_800);
    }
}
