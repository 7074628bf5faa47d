//! Rules about money that buys nothing.

pub mod commitment_on_spot;
pub mod gp2_volume;
pub mod group_in_every_region;
pub mod hours_below_minimum;
pub mod hours_without_zone;
pub mod idle_group;
pub mod intelligent_tiering;
pub mod large_root_volume;
pub mod logs_for_ever;
pub mod nat_for_each_zone_in_development;
pub mod nodes_beyond_requests;
pub mod policy_without_effect;
pub mod previous_generation;
pub mod spot_allocation;
pub mod spot_max_price;
pub mod spot_never_used;
pub mod spot_policy;
pub mod spot_under_state;
pub mod state_on_spot;
pub mod storage_tiers;
