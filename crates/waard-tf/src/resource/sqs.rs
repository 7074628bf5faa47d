//! Queues.

use crate::kind::{QueueArn, QueueUrl, Text};
use crate::schema::resource;
use crate::value::{Json, Map, Value};

resource! {
    /// A queue.
    pub struct Queue = "aws_sqs_queue" {
        required name: Value<'r, Text>,
        /// 60 to 1,209,600.
        optional message_retention_seconds: i64,
        /// Not with a key of KMS.
        optional sqs_managed_sse_enabled: bool,
        optional tags: Map<'r>,
    }
    reads { arn: QueueArn, url: QueueUrl }

    /// Who may do what with a queue.
    pub struct QueuePolicy = "aws_sqs_queue_policy" {
        required queue_url: Value<'r, QueueUrl>,
        required policy: Json<'r>,
    }
}
