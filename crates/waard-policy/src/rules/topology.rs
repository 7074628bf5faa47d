//! Rules about what only the topology can show.

pub mod content_without_lifetime;
pub mod pairing_in_prose;
pub mod region_without_cluster;
pub mod region_without_standby;
pub mod residency_of_standby_only;
pub mod service_without_artifact;
pub mod standby_runs_too_little;
pub mod traffic_not_steered;
pub mod valid;
