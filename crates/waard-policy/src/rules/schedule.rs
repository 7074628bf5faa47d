//! Rules about pods against nodes.

pub mod budget_blocks_drain;
pub mod daemonset_misses_nodes;
pub mod maximum_beyond_nodes;
pub mod no_home_for_pod;
pub mod priority_class;
pub mod spread_of_others;
pub mod system_pods_without_home;
pub mod too_few_domains;
pub mod zonal_volumes;
