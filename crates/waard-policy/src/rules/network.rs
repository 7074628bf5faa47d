//! Rules about who can reach whom: network policies, ways in, load balancers.

pub mod annotation_not_read;
pub mod dns_denied;
pub mod fault_injected;
pub mod implicit_load_balancer;
pub mod ingress_class_annotation;
pub mod invalid_certificate_arn;
pub mod load_balancer_denied;
pub mod mesh_bypassed;
pub mod metrics_denied;
pub mod namespace_selector_matches_nothing;
pub mod no_default_deny;
pub mod old_tls_policy;
pub mod open_egress;
pub mod policies_not_enforced;
pub mod public_without_tls;
pub mod redirect_without_listener;
pub mod tls_secret_ignored;
pub mod two_ways_in;
