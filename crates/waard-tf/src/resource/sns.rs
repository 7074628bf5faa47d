//! Topics.

use crate::kind::{KeyArn, Text, TopicArn};
use crate::schema::resource;
use crate::value::{Json, Map, Value};

resource! {
    /// A topic.
    pub struct Topic = "aws_sns_topic" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        optional kms_master_key_id: Value<'r, KeyArn>,
        optional tags: Map<'r>,
    }
    reads { arn: TopicArn }

    /// Who may do what with a topic.
    pub struct TopicPolicy = "aws_sns_topic_policy" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required arn: Value<'r, TopicArn>,
        required policy: Json<'r>,
    }

    /// Who hears of it. A mail address confirms it by a link that it is sent.
    pub struct TopicSubscription = "aws_sns_topic_subscription" {
        optional region: Value<'r, Text>,
        required topic_arn: Value<'r, TopicArn>,
        required protocol: Value<'r, Text>,
        required endpoint: Value<'r, Text>,
    }
}
