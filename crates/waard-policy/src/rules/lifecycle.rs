//! Rules about versions against dated calendars.

pub mod add_on_latest;
pub mod cache_version;
pub mod deprecated_field;
pub mod frozen_registry;
pub mod kafka_version;
pub mod kubernetes_version;
pub mod operator_and_kubernetes;
pub mod postgres_version;
pub mod previous_provider;
pub mod unbounded_version;
