//! The keys of a region: one for what the cluster keeps, one for data, one for logs and messages.

use crate::kind::{AccountIdOf, KeyArn};
use crate::policy::{Statement, policy};
use crate::resource::kms::{Alias, Key};
use crate::root::{Meta, Root};
use crate::site::Site;
use crate::value::{Json, Ref, Value, join};

/// Keys, each in the region.
pub(crate) struct Keys<'r> {
    /// Encrypts Secrets in etcd.
    pub(crate) cluster: Ref<'r, KeyArn>,
    /// Encrypts databases, caches, buckets, secrets and backups.
    pub(crate) data: Ref<'r, KeyArn>,
    /// Encrypts logs, alerts and queues, which services of AWS write into.
    pub(crate) logs: Ref<'r, KeyArn>,
}

pub(crate) fn keys<'r>(root: &mut Root<'r>, site: Site<'_>, account: &Ref<'r, AccountIdOf>) -> Keys<'r> {
    root.file("keys", "Keys that encrypt what is stored. A key that is deleted takes with it all that it encrypts: there are 30 days to think again.");
    let owner = owner(site.partition(), account);
    let cluster = key(root, site, "secrets", "Secrets of the cluster, in etcd", policy([owner.clone()]));
    root.output("secrets_key_arn", "The key that encrypts Secrets of the cluster.", &cluster);
    let data = key(root, site, "data", "Databases, caches, buckets, secrets and backups", policy([owner.clone()]));
    let (region, suffix) = (site.region.name(), site.region.name().dns_suffix());
    let arn = |service: &str| -> Value<'r, crate::kind::Text> {
        join([format!("arn:{}:{service}:{region}:", site.partition()).into(), account.into(), ":*".into()])
    };
    let use_it = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey"];
    let logs = policy([
        owner,
        Statement::allow("Logs", &use_it).service(format!("logs.{region}.{suffix}")).on("*").when(
            "ArnLike",
            "kms:EncryptionContext:aws:logs:arn",
            Json::from(arn("logs")),
        ),
        Statement::allow("Messages", &["kms:Decrypt", "kms:GenerateDataKey*"])
            .service("cloudwatch.amazonaws.com")
            .on("*")
            .when("StringEquals", "aws:SourceAccount", account.clone()),
        // EventBridge doesn't say for whom it asks for a key: with a condition on that, no event would reach a topic.
        // Whose rules may publish is said by the topic's own policy.
        // Source: Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs", on EventBridge.
        Statement::allow("Events", &["kms:Decrypt", "kms:GenerateDataKey*"]).service("events.amazonaws.com").on("*"),
    ]);
    let logs = key(root, site, "logs", "Logs, alerts and queues", logs);
    Keys { cluster, data, logs }
}

/// The account itself decides who may use the key, by policies of IAM.
/// Source: AWS KMS Developer Guide, "Default key policy".
pub(crate) fn owner<'r>(partition: &str, account: &Ref<'r, AccountIdOf>) -> Statement<'r> {
    let arn: Value<'r, crate::kind::Text> =
        join([format!("arn:{partition}:iam::").into(), account.into(), ":root".into()]);
    Statement::allow("Account", &["kms:*"]).aws(arn).on("*")
}

fn key<'r>(root: &mut Root<'r>, site: Site<'_>, name: &str, what: &str, policy: Json<'r>) -> Ref<'r, KeyArn> {
    let description = format!("{}: {what}", site.cluster());
    NamedKey { region: None, description, policy, keep: false, alias: &format!("{}-{name}", site.cluster()) }
        .add(root, name)
}

/// A key of KMS and the name that it goes by.
pub(crate) struct NamedKey<'r, 'n> {
    /// Where it is, if not in the region of the root.
    pub(crate) region: Option<&'n str>,
    pub(crate) description: String,
    pub(crate) policy: Json<'r>,
    /// Refuse every plan that would destroy it.
    pub(crate) keep: bool,
    /// Without `alias/`.
    pub(crate) alias: &'n str,
}

impl<'r> NamedKey<'r, '_> {
    /// Adds both, under one name in the root.
    pub(crate) fn add(self, root: &mut Root<'r>, name: &str) -> Ref<'r, KeyArn> {
        let region = || self.region.map(Value::from);
        let key = Key {
            region: region(),
            description: Some(self.description.into()),
            enable_key_rotation: Some(true),
            deletion_window_in_days: Some(30),
            policy: Some(self.policy),
            ..Key::new()
        };
        let key = root.resource_as(name, key, Meta { prevent_destroy: self.keep, ..Meta::default() });
        let alias = Alias::new(format!("alias/{}", self.alias), key.key_id());
        root.resource(name, Alias { region: region(), ..alias });
        key.arn()
    }
}
