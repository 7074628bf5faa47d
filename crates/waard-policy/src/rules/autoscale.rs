//! Rules about autoscalers, against each other and against what they scale.

pub mod autoscaler_flags;
pub mod autoscaler_version;
pub mod average_over_sidecars;
pub mod group_not_discovered;
pub mod hpa_and_vpa;
pub mod hpa_bounds;
pub mod memory_alone;
pub mod migration_in_every_pod;
pub mod mixed_shapes;
pub mod nothing_to_balance;
pub mod regions_without_autoscaler;
pub mod replicas_and_hpa;
pub mod scale_from_zero;
pub mod slow_scale_up;
pub mod two_node_autoscalers;
pub mod utilisation_without_request;
pub mod vpa_auto_mode;
pub mod vpa_beyond_node;
pub mod vpa_uncovered_containers;
