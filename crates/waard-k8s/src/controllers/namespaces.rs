//! The namespaces of controllers: their pod security, and network policies that let through what each controller needs.
//!
//! All are restricted: what needs the host stands in `kube-system`, which every cluster has. That one gets no policies:
//! it holds the cluster's DNS and what EKS keeps there itself, at versions of its own, so a rule that is missing would
//! cut off every pod of the cluster rather than one controller.

mod rules;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use waard_catalog::{By, Installed};
use waard_model::spec::PodSecurityLevel;
use waard_model::topology::reserved::{ALLOW_DNS, DEFAULT_DENY, GATEWAY_NAMESPACE, SYSTEM_NAMESPACE};

use super::of;
use crate::file::File;
use crate::labels::{Wave, common, in_wave, metadata};
use crate::namespace::{policy, secured};
use crate::{Placed, Site, network};
use rules::Rules;

/// A file for each namespace that something is installed in.
pub(super) fn files(site: Site<'_>) -> Vec<Placed> {
    let installed = of(site);
    let mut namespaces: BTreeMap<&str, Vec<&Installed>> = BTreeMap::new();
    for controller in &installed {
        namespaces.entry(&controller.namespace).or_default().push(controller);
    }
    namespaces.remove(SYSTEM_NAMESPACE);
    namespaces.into_iter().map(|(name, controllers)| namespace(site, name, &controllers)).collect()
}

fn namespace(site: Site<'_>, name: &str, controllers: &[&Installed]) -> Placed {
    let mut file = File::new(site.region.cluster().path(), &site.region.path());
    let mut labels = secured(site, PodSecurityLevel::Restricted);
    if name == GATEWAY_NAMESPACE {
        // The gateway's pods become ready only once the load balancer sends them requests.
        labels.insert("elbv2.k8s.aws/pod-readiness-gate-inject".to_owned(), "enabled".to_owned());
    }
    file.add(&Namespace {
        metadata: in_wave(Wave::Ground, metadata(name.to_owned(), None, labels)),
        ..Namespace::default()
    });
    file.add(&policy(site, name, DEFAULT_DENY, NetworkPolicySpec::default()));
    let dns = NetworkPolicySpec { egress: Some(vec![network::dns()]), ..NetworkPolicySpec::default() };
    file.add(&policy(site, name, ALLOW_DNS, dns));
    for controller in controllers {
        if let By::Chart { chart, .. } = controller.by {
            for rules in rules::of(site, chart) {
                file.add(&exception(site, name, rules));
            }
        }
    }
    site.placed(name, "namespace.yaml", file)
}

/// What some pods of a namespace may do.
fn exception(site: Site<'_>, namespace: &str, rules: Rules) -> NetworkPolicy {
    let some = |list: bool, word: &str| list.then(|| word.to_owned());
    let types: Vec<String> = some(!rules.ingress.is_empty(), "Ingress")
        .into_iter()
        .chain(some(!rules.egress.is_empty(), "Egress"))
        .collect();
    NetworkPolicy {
        metadata: in_wave(Wave::Access, metadata(rules.name.to_owned(), Some(namespace), common(site))),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector {
                match_labels: (!rules.pods.is_empty()).then_some(rules.pods),
                ..LabelSelector::default()
            }),
            policy_types: Some(types),
            ingress: (!rules.ingress.is_empty()).then_some(rules.ingress),
            egress: (!rules.egress.is_empty()).then_some(rules.egress),
        }),
    }
}
