//! Rules about the form of objects: fields, types, API versions, YAML.

pub mod ambiguous_scalar;
pub mod conflicting_fields;
pub mod duplicate_key;
pub mod invalid_name;
pub mod invalid_value;
pub mod kind_not_served;
pub mod missing_field;
pub mod not_served_version;
pub mod removed_api_version;
pub mod removed_kind_incomplete;
pub mod unknown_field;
pub mod unknown_kind;
pub mod wrong_type;
pub mod yaml_syntax;
