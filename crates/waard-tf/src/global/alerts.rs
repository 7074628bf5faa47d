//! Who hears of what stands in front: a topic of its own, because alarms and budgets need one in us-east-1.

use super::{CENTRE, Site};
use crate::kind::{AccountIdOf, TopicArn};
use crate::policy::{Statement, policy};
use crate::region::{NamedKey, owner, subscribe_owner};
use crate::resource::sns::{Topic, TopicPolicy};
use crate::root::Root;
use crate::value::Ref;

pub(super) const HEAD: &str = "\
Who hears of what stands in front of all regions: alarms of health checks, and budgets. Both need a topic in us-east-1.";

/// Services that write into the topic.
/// Sources: AWS Cost Management User Guide, "Creating an Amazon SNS topic for budget notifications"; Amazon CloudWatch
/// User Guide, "Alarm actions", topics that are encrypted.
const WRITERS: [(&str, &str); 2] = [("Alarms", "cloudwatch.amazonaws.com"), ("Budgets", "budgets.amazonaws.com")];

pub(super) fn topic<'r>(root: &mut Root<'r>, site: Site<'_>, account: &Ref<'r, AccountIdOf>) -> Ref<'r, TopicArn> {
    let here = || Some(CENTRE.into());
    let name = site.named("edge-alerts");
    let writers = |actions: &'static [&'static str]| {
        WRITERS.map(|(sid, service)| {
            let statement = Statement::allow(sid, actions).service(service);
            statement.when("StringEquals", "aws:SourceAccount", account.clone())
        })
    };
    let encrypt = writers(&["kms:Decrypt", "kms:GenerateDataKey*"]).map(|statement| statement.on("*"));
    let key = NamedKey {
        region: Some(CENTRE),
        description: format!("{name}: alarms and budgets"),
        policy: policy(std::iter::once(owner(site.partition(), account)).chain(encrypt)),
        keep: false,
        alias: &name,
    };
    let key = key.add(root, "alerts");
    let topic = Topic { region: here(), kms_master_key_id: Some(key.into()), ..Topic::new(name) };
    let topic = root.resource("alerts", topic).arn();
    let publish = writers(&["sns:Publish"]).map(|statement| statement.on(topic.clone()));
    root.resource("alerts", TopicPolicy { region: here(), ..TopicPolicy::new(&topic, policy(publish)) });
    subscribe_owner(root, site.topology, &topic, Some(CENTRE));
    topic
}
