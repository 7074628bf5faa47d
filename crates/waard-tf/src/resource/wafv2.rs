//! Web ACLs: the firewall.

use crate::kind::{Text, WebAclArn};
use crate::schema::{block, resource};
use crate::value::{List, Map, Value};

resource! {
    /// A web ACL.
    pub struct WebAcl = "aws_wafv2_web_acl" {
        /// Where it is, if not in the region of the root: those of scope `CLOUDFRONT` are in us-east-1.
        optional region: Value<'r, Text>,
        required name: Value<'r, Text>,
        optional description: Value<'r, Text>,
        /// `CLOUDFRONT` or `REGIONAL`.
        required scope: Value<'r, Text>,
        optional tags: Map<'r>,
        required default_action: DefaultAction<'r>,
        required rule: Vec<Rule<'r>>,
        required visibility_config: Visibility<'r>,
    }
    reads { arn: WebAclArn }

    /// Where it is recorded what a web ACL did.
    pub struct WebAclLogging = "aws_wafv2_web_acl_logging_configuration" {
        optional region: Value<'r, Text>,
        required resource_arn: Value<'r, WebAclArn>,
        /// One log group, bucket or stream, whose name begins with `aws-waf-logs-`.
        required log_destination_configs: List<'r, Text>,
        optional redacted_fields: Vec<RedactedField<'r>>,
        optional logging_filter: LoggingFilter<'r>,
    }
}

block! {
    /// Nothing more to say.
    pub struct Nothing {}

    /// What becomes of a request that no rule stopped.
    pub struct DefaultAction {
        required allow: Nothing<'r>,
    }

    /// A rule: with an action of its own, or, for a group of rules, with what overrides theirs.
    pub struct Rule {
        required name: Value<'r, Text>,
        /// The smallest is tried first; no two have the same.
        required priority: i64,
        optional action: Action<'r>,
        optional override_action: OverrideAction<'r>,
        required statement: Statement<'r>,
        required visibility_config: Visibility<'r>,
    }

    /// What becomes of a request that a rule matches.
    pub struct Action {
        optional block: Nothing<'r>,
        optional count: Nothing<'r>,
    }

    /// What a group of rules does.
    pub struct OverrideAction {
        /// What its rules say.
        required none: Nothing<'r>,
    }

    /// What is matched: exactly one of these.
    pub struct Statement {
        optional managed_rule_group_statement: ManagedGroup<'r>,
        optional rate_based_statement: RateBased<'r>,
        optional regex_match_statement: RegexMatch<'r>,
        optional and_statement: Every<'r>,
        optional not_statement: Not<'r>,
    }

    /// A group of rules that AWS maintains.
    pub struct ManagedGroup {
        required name: Value<'r, Text>,
        required vendor_name: Value<'r, Text>,
        optional rule_action_override: Vec<ActionOverride<'r>>,
    }

    /// Another action of one rule of a group.
    pub struct ActionOverride {
        required name: Value<'r, Text>,
        required action_to_use: Action<'r>,
    }

    /// More than so many requests of one address.
    pub struct RateBased {
        /// 10 to 2,000,000,000.
        required limit: i64,
        /// Seconds: 60, 120, 300 or 600.
        required evaluation_window_sec: i64,
        /// `IP`, or `FORWARDED_IP` with its settings.
        required aggregate_key_type: Value<'r, Text>,
        optional forwarded_ip_config: ForwardedIp<'r>,
    }

    /// The header that says whose request it is.
    pub struct ForwardedIp {
        required header_name: Value<'r, Text>,
        /// What a request with no valid address in it does: `MATCH` or `NO_MATCH`.
        required fallback_behavior: Value<'r, Text>,
    }

    /// A text that looks so.
    pub struct RegexMatch {
        /// At most 512 characters.
        required regex_string: Value<'r, Text>,
        required field_to_match: FieldToMatch<'r>,
        required text_transformation: Vec<TextTransformation<'r>>,
    }

    /// Which part of a request.
    pub struct FieldToMatch {
        required single_header: SingleHeader<'r>,
    }

    /// A header, in lower case.
    pub struct SingleHeader {
        required name: Value<'r, Text>,
    }

    /// What is done to a text before it is looked at.
    pub struct TextTransformation {
        required priority: i64,
        required r#type: Value<'r, Text>,
    }

    /// All of two or more.
    pub struct Every {
        required statement: Vec<Statement<'r>>,
    }

    /// What isn't so.
    pub struct Not {
        required statement: Box<Statement<'r>>,
    }

    /// Metrics and samples.
    pub struct Visibility {
        required cloudwatch_metrics_enabled: bool,
        /// Letters, digits, hyphens and underscores.
        required metric_name: Value<'r, Text>,
        required sampled_requests_enabled: bool,
    }

    /// What is not recorded.
    pub struct RedactedField {
        required single_header: SingleHeader<'r>,
    }

    /// Which requests are recorded.
    pub struct LoggingFilter {
        /// `KEEP` or `DROP`.
        required default_behavior: Value<'r, Text>,
        required filter: Vec<LogFilter<'r>>,
    }

    /// Requests that are kept or dropped.
    pub struct LogFilter {
        /// `KEEP` or `DROP`.
        required behavior: Value<'r, Text>,
        /// `MEETS_ANY` or `MEETS_ALL`.
        required requirement: Value<'r, Text>,
        required condition: Vec<LogCondition<'r>>,
    }

    /// What became of a request.
    pub struct LogCondition {
        required action_condition: ActionCondition<'r>,
    }

    /// `BLOCK`, `COUNT` or another action.
    pub struct ActionCondition {
        required action: Value<'r, Text>,
    }
}
