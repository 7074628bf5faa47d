//! Rules about names that objects use of each other.

pub mod backend_missing;
pub mod claim_missing;
pub mod class_missing;
pub mod config_map_missing;
pub mod disruption_budget_selects_nothing;
pub mod disruption_budgets_overlap;
pub mod gateway_missing;
pub mod kafka_cluster_missing;
pub mod namespace_missing;
pub mod policy_selects_nothing;
pub mod role_missing;
pub mod route_host_missing;
pub mod scale_target_missing;
pub mod secret_missing;
pub mod selector_mismatch;
pub mod selectors_overlap;
pub mod service_account_missing;
pub mod service_port_missing;
pub mod service_selects_nothing;
pub mod subset_missing;
pub mod subset_selects_nothing;
pub mod volume_missing;
