//! The resource types and data sources that are used, with the provider's own argument names, by service.
//!
//! They hold the arguments that waard writes and no others; to write one more, declare it in its struct.
//! `tests/contract.rs` holds all of them against the provider's schema, with names, types, and what is required.
//!
//! What is written wrongly doesn't compile. This is right:
//!
//! ```
//! # use waard_model::path::ModelPath;
//! # use waard_tf::{Json, Root, Settings, resource::{iam::{Role, RolePolicy}, vpc::{Subnet, Vpc}}};
//! # Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
//! let vpc = root.resource("main", Vpc { enable_dns_support: Some(true), ..Vpc::new("10.0.0.0/16") });
//! let subnet = root.resource("main", Subnet::new(vpc.id(), "10.0.0.0/24", "eu-west-1a"));
//! let role = root.resource("main", Role::new("main", Json::list(["…"])));
//! root.resource("main", RolePolicy::new("write", role.name(), Json::list(["…"])));
//! # let _ = subnet; });
//! ```
//!
//! A subnet where a role belongs:
//!
//! ```compile_fail
//! # use waard_model::path::ModelPath;
//! # use waard_tf::{Json, Root, Settings, resource::{iam::{Role, RolePolicy}, vpc::{Subnet, Vpc}}};
//! # Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
//! let vpc = root.resource("main", Vpc { enable_dns_support: Some(true), ..Vpc::new("10.0.0.0/16") });
//! let subnet = root.resource("main", Subnet::new(vpc.id(), "10.0.0.0/24", "eu-west-1a"));
//! let role = root.resource("main", Role::new("main", Json::list(["…"])));
//! root.resource("main", RolePolicy::new("write", subnet.id(), Json::list(["…"])));
//! # });
//! ```
//!
//! A misspelt argument:
//!
//! ```compile_fail
//! # use waard_model::path::ModelPath;
//! # use waard_tf::{Root, Settings, resource::vpc::Vpc};
//! # Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
//! root.resource("main", Vpc { enable_dns_suport: Some(true), ..Vpc::new("10.0.0.0/16") });
//! # });
//! ```
//!
//! A missing argument:
//!
//! ```compile_fail
//! # use waard_model::path::ModelPath;
//! # use waard_tf::{Root, Settings, resource::vpc::{Subnet, Vpc}};
//! # Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
//! let vpc = root.resource("main", Vpc::new("10.0.0.0/16"));
//! root.resource("main", Subnet::new(vpc.id(), "10.0.0.0/24"));
//! # });
//! ```
//!
//! An attribute of something that has none of that name:
//!
//! ```compile_fail
//! # use waard_model::path::ModelPath;
//! # use waard_tf::{Root, Settings, resource::vpc::{Subnet, Vpc}};
//! # Root::build(&["a"], ModelPath::ROOT, &Settings::example(), |root| {
//! let vpc = root.resource("main", Vpc::new("10.0.0.0/16"));
//! root.resource("main", Subnet::new(vpc.identifier(), "10.0.0.0/24", "eu-west-1a"));
//! # });
//! ```

pub mod account;
pub mod acm;
pub mod backup;
pub mod budgets;
pub mod cloudfront;
pub mod cloudwatch;
pub mod delivery;
pub mod ec2;
pub mod ecr;
pub mod eks;
pub mod elasticache;
pub mod events;
pub mod iam;
pub mod kms;
pub mod logs;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod scheduler;
pub mod secrets;
pub mod shield;
pub mod sns;
pub mod sqs;
pub mod ssm;
pub mod vpc;
pub mod wafv2;
