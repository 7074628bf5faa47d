//! Rules about the configuration itself.

pub mod expired_waiver;
pub mod unknown_rule;
pub mod unmatched_waiver;
pub mod unwaivable;
