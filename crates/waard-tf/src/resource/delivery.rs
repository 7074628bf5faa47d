//! Logs that services of AWS deliver.

use crate::kind::{BucketArn, DeliveryDestinationArn, DeliverySourceName, DistributionArn, Text};
use crate::schema::{block, resource};
use crate::value::{List, Map, Value};

resource! {
    /// Whose logs.
    pub struct DeliverySource = "aws_cloudwatch_log_delivery_source" {
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        required log_type: Value<'r, Text>,
        required resource_arn: Value<'r, DistributionArn>,
        optional tags: Map<'r>,
    }
    reads { name: DeliverySourceName }

    /// Where they go.
    pub struct DeliveryDestination = "aws_cloudwatch_log_delivery_destination" {
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        /// `json`, `plain`, `w3c`, `raw` or `parquet`.
        optional output_format: Value<'r, Text>,
        optional tags: Map<'r>,
        required delivery_destination_configuration: DestinationResource<'r>,
    }
    reads { arn: DeliveryDestinationArn }

    /// That these go there.
    pub struct Delivery = "aws_cloudwatch_log_delivery" {
        optional region: Value<'r, Text>,
        required delivery_source_name: Value<'r, DeliverySourceName>,
        required delivery_destination_arn: Value<'r, DeliveryDestinationArn>,
        optional record_fields: List<'r, Text>,
        optional tags: Map<'r>,
    }
}

block! {
    /// The bucket, log group or stream.
    pub struct DestinationResource {
        required destination_resource_arn: Value<'r, BucketArn>,
    }
}
