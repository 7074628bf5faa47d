//! EventBridge: what happens, and who is told.

use crate::kind::{EventRuleArn, EventRuleName, EventTargetArn, QueueArn, Text, TopicArn};
use crate::schema::resource;
use crate::value::{Json, Map, Ref, Value};

resource! {
    /// What is listened for.
    pub struct EventRule = "aws_cloudwatch_event_rule" {
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        required event_pattern: Json<'r>,
        optional tags: Map<'r>,
    }
    reads { arn: EventRuleArn, name: EventRuleName }

    /// Who is told.
    pub struct EventTarget = "aws_cloudwatch_event_target" {
        required rule: Value<'r, EventRuleName>,
        optional target_id: Value<'r, Text>,
        required arn: Value<'r, EventTargetArn>,
    }
}

impl<'r> From<Ref<'r, QueueArn>> for Value<'r, EventTargetArn> {
    fn from(queue: Ref<'r, QueueArn>) -> Self {
        Self::raw(queue.text().expression)
    }
}

impl<'r> From<Ref<'r, TopicArn>> for Value<'r, EventTargetArn> {
    fn from(topic: Ref<'r, TopicArn>) -> Self {
        Self::raw(topic.text().expression)
    }
}
