//! Rules about Terraform: references, modules, backends, versions.

pub mod backend_encryption;
pub mod backend_lock_table;
pub mod backend_without_lock;
pub mod duplicate_address;
pub mod each_value_unused;
pub mod format;
pub mod keys_known_after_apply;
pub mod missing_module;
pub mod one_state_for_regions;
pub mod provider_from_resource;
pub mod provider_in_module;
pub mod provider_not_configured;
pub mod provider_version;
pub mod region_by_for_each;
pub mod region_key;
pub mod required_version;
pub mod shared_state;
pub mod standby_state;
pub mod state_names_environment;
pub mod syntax;
pub mod undeclared_reference;
pub mod unused_variable;
pub mod version_too_low;
