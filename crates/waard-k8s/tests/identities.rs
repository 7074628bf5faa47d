//! What is installed and what may act in AWS go together: each controller that calls AWS has its identity where it runs,
//! and no identity waits for a controller that doesn't.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod support;

use proptest::prelude::*;
use support::fixture;
use waard_catalog::{By, installed};
use waard_model::{Topology, strategy};

/// Components that call AWS, and their service accounts. Alertmanager's identity also needs a known account.
const CALLERS: [(&str, &str); 6] = [
    ("aws-load-balancer-controller", "aws-load-balancer-controller"),
    ("cloudwatch-exporter", "cloudwatch-exporter"),
    ("cluster-autoscaler", "cluster-autoscaler"),
    ("external-dns", "external-dns"),
    ("external-secrets", "external-secrets"),
    ("karpenter", "karpenter"),
];

fn judge(topology: &Topology) {
    for (environment, region) in topology.regions() {
        let installed = installed(topology, environment, region);
        let identities = topology.identities(environment, region);
        for (component, account) in CALLERS {
            let runs = installed.iter().find(|each| match each.by {
                By::Addon(_) => false,
                by => by.component().is_some_and(|(known, _)| known.id == component),
            });
            let identity = identities.iter().find(|identity| identity.service_account == account);
            let cluster = region.cluster().name();
            assert!(runs.is_some() || identity.is_none(), "{component} isn't in {cluster}");
            // External Secrets may have nothing to read in AWS, and only copy what Kafka's clients need.
            let idle = component == "external-secrets";
            assert!(identity.is_some() || runs.is_none() || idle, "{component} may do nothing in {cluster}");
            if let (Some(runs), Some(identity)) = (runs, identity) {
                assert_eq!(runs.namespace, identity.namespace, "{component} in {cluster}");
            }
        }
    }
}

#[test]
fn controllers_of_the_shipped_platforms_have_their_identities() {
    judge(&fixture("minimal"));
    judge(&fixture("waardhaven"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn controllers_of_random_platforms_have_their_identities(topology in strategy::topology()) {
        judge(&topology);
    }
}
