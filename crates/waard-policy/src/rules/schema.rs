//! Rules about the form of objects: fields, types, API versions, YAML.

pub mod ambiguous_scalar;
pub mod duplicate_key;
pub mod invalid_name;
pub mod kind_not_served;
pub mod removed_api_version;
pub mod unknown_field;
pub mod unknown_kind;
pub mod wrong_type;
pub mod yaml_syntax;
