//! Rules about pods against nodes.

pub mod addresses_at_maximum;
pub mod brokers_in_one_zone;
pub mod brokers_without_home;
pub mod budget_blocks_drain;
pub mod daemonset_misses_nodes;
pub mod group_without_its_labels;
pub mod group_written_twice;
pub mod heap_without_cache;
pub mod maximum_beyond_nodes;
pub mod memory_overcommitted;
pub mod no_disruption_budget;
pub mod no_home_for_pod;
pub mod priority_class;
pub mod probe_delay_without_use;
pub mod quota;
pub mod quota_below_maximum;
pub mod quota_needs_requests;
pub mod spread_of_others;
pub mod system_pods_without_home;
pub mod too_few_domains;
pub mod zonal_volumes;
