//! Protection against denial of service.

use crate::kind::Text;
use crate::schema::resource;
use crate::value::{Map, Value};

resource! {
    /// What Shield Advanced protects.
    pub struct Protection = "aws_shield_protection" {
        required name: Value<'r, Text>,
        /// The ARN of a distribution, a zone, or a load balancer.
        required resource_arn: Value<'r, Text>,
        optional tags: Map<'r>,
    }
}
