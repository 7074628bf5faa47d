//! What things may cost.

use crate::kind::{Text, TopicArn};
use crate::schema::{block, resource};
use crate::value::{List, Map, Value};

resource! {
    /// A budget.
    pub struct Budget = "aws_budgets_budget" {
        required name: Value<'r, Text>,
        required budget_type: Value<'r, Text>,
        /// A decimal, as text.
        required limit_amount: Value<'r, Text>,
        required limit_unit: Value<'r, Text>,
        required time_unit: Value<'r, Text>,
        optional tags: Map<'r>,
        /// All of them must hold. One for each name: AWS knows no two of one.
        optional cost_filter: Vec<CostFilter<'r>>,
        required notification: Vec<Notification<'r>>,
    }
}

block! {
    /// Which costs, by a name and its values.
    pub struct CostFilter {
        required name: Value<'r, Text>,
        required values: List<'r, Text>,
    }

    /// When somebody is told, and who.
    pub struct Notification {
        required notification_type: Value<'r, Text>,
        required comparison_operator: Value<'r, Text>,
        required threshold: i64,
        required threshold_type: Value<'r, Text>,
        optional subscriber_email_addresses: List<'r, Text>,
        optional subscriber_sns_topic_arns: List<'r, TopicArn>,
    }
}
