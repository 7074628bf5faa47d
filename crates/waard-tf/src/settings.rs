//! What each root says of Terraform, of its provider and of where its state is.

use hcl::expr::Expression;

use crate::root::{Root, object};
use crate::write::Body;

/// Versions of Terraform that read what is written here: locks in S3 itself are there since 1.10 and no experiment since
/// 1.11, and a new major may change the language. Source: Terraform documentation, "Backend Type: s3", "use_lockfile".
pub const TERRAFORM: &str = ">= 1.11.0, < 2.0.0";

/// The settings of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where its state is.
    pub state: State,
    /// The region that everything is made in which says no other.
    pub region: String,
    /// The only account that it may be applied in. Any, if `None`.
    pub account: Option<String>,
    /// Tags of everything that it makes.
    pub tags: Vec<(String, String)>,
}

/// A state, in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The bucket.
    pub bucket: String,
    /// The name of the state in it.
    pub key: String,
    /// The region of the bucket.
    pub region: String,
    /// The alias of the key that encrypts it.
    pub key_alias: String,
}

impl Settings {
    /// Settings to show how a root is built.
    pub fn example() -> Self {
        let state = State {
            bucket: "example-state".to_owned(),
            key: "example.tfstate".to_owned(),
            region: "eu-west-1".to_owned(),
            key_alias: "alias/example-state".to_owned(),
        };
        Self { state, region: "eu-west-1".to_owned(), account: None, tags: Vec::new() }
    }

    pub(crate) fn write(&self, root: &mut Root<'_>) {
        root.file("terraform", "");
        root.push("terraform", Vec::new(), self.terraform());
        root.push("provider", vec!["aws".to_owned()], self.provider());
    }

    fn terraform(&self) -> Body {
        let text = |text: &str| Expression::String(text.to_owned());
        let mut body = Body::default();
        body.argument("required_version", text(TERRAFORM));
        let mut providers = Body::default();
        let aws = [("source".to_owned(), text("hashicorp/aws")), ("version".to_owned(), text(PROVIDER))];
        providers.argument("aws", object(aws));
        body.block("required_providers", providers);
        let mut backend = Body::default();
        backend.argument("bucket", text(&self.state.bucket));
        backend.argument("key", text(&self.state.key));
        backend.argument("region", text(&self.state.region));
        backend.argument("encrypt", Expression::Bool(true));
        backend.argument("kms_key_id", text(&self.state.key_alias));
        backend.argument("use_lockfile", Expression::Bool(true));
        body.labelled("backend", vec!["s3".to_owned()], backend);
        body
    }

    fn provider(&self) -> Body {
        let text = |text: &str| Expression::String(text.to_owned());
        let mut body = Body::default();
        body.argument("region", text(&self.region));
        if let Some(account) = &self.account {
            body.argument("allowed_account_ids", Expression::Array(vec![text(account)]));
        }
        if !self.tags.is_empty() {
            let mut tags = Body::default();
            tags.argument("tags", object(self.tags.iter().map(|(key, value)| (key.clone(), text(value)))));
            body.block("default_tags", tags);
        }
        body
    }
}

/// The release of the provider whose schema `facts` holds: what is written here is known to be understood by it.
/// Source: PyPI `cdktn-provider-aws` 25.8.1, whose code is generated from the schema of that release; 2026-10-16.
pub const PROVIDER_RELEASE: &str = "6.69.1";

/// From that release up to the next major, which may take arguments away.
pub const PROVIDER: &str = ">= 6.69.1, < 7.0.0";
