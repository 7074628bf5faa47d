//! Systems Manager: parameters, and runbooks.

use crate::kind::Text;
use crate::schema::{data, resource};
use crate::value::{Json, Map, Value};

resource! {
    /// A parameter.
    pub struct Parameter = "aws_ssm_parameter" {
        /// Where it is, if not in the region of the root.
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        /// `String`: what is written here is no secret.
        required r#type: Value<'r, Text>,
        optional insecure_value: Value<'r, Text>,
    }

    /// A document: here a runbook.
    pub struct Document = "aws_ssm_document" {
        required name: Value<'r, Text>,
        /// `Automation` is a runbook.
        required document_type: &'static str,
        required document_format: &'static str,
        required content: Json<'r>,
        optional tags: Map<'r>,
    }
    reads { name: Text, arn: Text }
}

data! {
    /// A parameter that somebody else wrote.
    pub struct ParameterData = "aws_ssm_parameter" {
        required name: Value<'r, Text>,
    }
    reads { insecure_value: Text }
}
