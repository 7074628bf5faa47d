//! Alarms on metrics.

use crate::kind::{Text, TopicArn};
use crate::schema::{block, resource};
use crate::value::{List, Map, Value};

resource! {
    /// An alarm: on one metric, or on what is made of several.
    pub struct Alarm = "aws_cloudwatch_metric_alarm" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required alarm_name: Value<'r, Text>,
        optional alarm_description: Value<'r, Text>,
        optional namespace: Value<'r, Text>,
        optional metric_name: Value<'r, Text>,
        optional dimensions: Map<'r>,
        optional statistic: Value<'r, Text>,
        /// Seconds.
        optional period: i64,
        required comparison_operator: Value<'r, Text>,
        optional threshold: i64,
        required evaluation_periods: i64,
        optional datapoints_to_alarm: i64,
        optional treat_missing_data: Value<'r, Text>,
        optional alarm_actions: List<'r, TopicArn>,
        optional ok_actions: List<'r, TopicArn>,
        optional tags: Map<'r>,
        /// In place of a metric.
        optional metric_query: Vec<MetricQuery<'r>>,
    }
}

block! {
    /// A metric, or an expression of others.
    pub struct MetricQuery {
        required id: Value<'r, Text>,
        optional expression: Value<'r, Text>,
        optional label: Value<'r, Text>,
        /// True for exactly one.
        optional return_data: bool,
        optional metric: Metric<'r>,
    }

    /// A metric.
    pub struct Metric {
        required namespace: Value<'r, Text>,
        required metric_name: Value<'r, Text>,
        required period: i64,
        required stat: Value<'r, Text>,
        optional dimensions: Map<'r>,
    }
}
