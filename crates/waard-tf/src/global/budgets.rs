//! What the environment may cost, and who hears of it in time.

use waard_model::path::ModelPath;

use super::Site;
use crate::kind::{Text, TopicArn};
use crate::resource::budgets::{Budget, CostFilter, Notification};
use crate::root::Root;
use crate::value::{Ref, Value};

const HEAD: &str = "\
What the environment may cost in a month. AWS counts costs some hours late, so this warns, and stops nothing.";

const BY_TAG: &str = "\
Counted by tags, because other environments may have costs in this account. Tags count once they are activated as cost
allocation tags (`environment` and `platform`, in the account that pays): until then this budget stays at nothing.";

/// A budget that the topology asks for.
pub(super) struct Wanted {
    label: &'static str,
    why: String,
    source: ModelPath,
    /// US dollars, as a decimal.
    amount: String,
    /// Shares of it, and whether of what was spent or of what is forecast.
    alerts: Vec<(i64, &'static str)>,
}

/// Both belong to an environment of production size: one that changes no size, and runs all the time.
pub(super) fn of(site: Site<'_>) -> Vec<Wanted> {
    let spec = site.topology.spec();
    if !site.topology.is_budgeted(site.environment) {
        return Vec::new();
    }
    let budget = spec.cost.budget.map(|budget| Wanted {
        label: "budget",
        why: "At half, at 80 %, at all of it, and when it is forecast to be passed.".to_owned(),
        source: ModelPath::of(["cost", "budget"]),
        amount: budget.amount().amount().to_string(),
        alerts: vec![(50, "ACTUAL"), (80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED")],
    });
    // A budget of nothing is none.
    let demand = spec.demand.as_ref().filter(|demand| demand.users > 0);
    let target = spec.targets.cost_per_user.zip(demand).and_then(|(each, demand)| {
        let all = each.amount().amount().checked_mul(demand.users.into())?;
        Some(Wanted {
            label: "cost_per_user",
            why: format!("The cost target: {each} for each of {} monthly active users.", demand.users),
            source: ModelPath::of(["targets", "cost_per_user"]),
            amount: all.normalize().to_string(),
            alerts: vec![(80, "ACTUAL"), (100, "FORECASTED")],
        })
    });
    budget.into_iter().chain(target).collect()
}

pub(super) fn budgets<'r>(root: &mut Root<'r>, site: Site<'_>, wanted: Vec<Wanted>, topic: &Ref<'r, TopicArn>) {
    if wanted.is_empty() {
        return;
    }
    root.file("budgets", HEAD);
    for Wanted { label, why, source, amount, alerts } in wanted {
        root.from(source);
        root.why(why);
        if !alone(site) {
            root.why(BY_TAG);
        }
        let alert = |(share, kind)| notification(site, share, kind, topic);
        let name = site.named(&label.replace('_', "-"));
        let alerts: Vec<Notification<'r>> = alerts.into_iter().map(alert).collect();
        let budget = Budget {
            cost_filter: (!alone(site)).then(|| filters(site)),
            ..Budget::new(name, "COST", amount, "USD", "MONTHLY", alerts)
        };
        root.resource(label, budget);
    }
    root.from(site.environment.path());
}

/// True if the account is known to hold this environment and no other: then all of its costs count.
fn alone(site: Site<'_>) -> bool {
    let others = site.topology.environments().values().filter(|other| other.name() != site.environment.name());
    site.environment
        .account()
        .is_some_and(|account| others.into_iter().all(|other| other.account().is_some_and(|other| other != account)))
}

/// One block with all tags: AWS keeps one list for each name, and gives that back, so a block for each tag would be a change
/// in every plan.
/// Sources: AWS Cost Management API Reference, `Budget`, `CostFilters`: `user:<tag>$<value>`; provider source,
/// `internal/service/budgets/budget.go`, which collects values by name.
fn filters<'r>(site: Site<'_>) -> Vec<CostFilter<'r>> {
    let tag = |key: &str, value: &str| -> Value<'r, Text> { format!("user:{key}${value}").into() };
    let environment = tag("environment", site.environment.name().as_str());
    vec![CostFilter::new("TagKeyValue", [environment, tag("platform", site.topology.platform().as_str())])]
}

fn notification<'r>(site: Site<'_>, share: i64, kind: &'static str, topic: &Ref<'r, TopicArn>) -> Notification<'r> {
    Notification {
        // The topic sends mail too; this one comes without a link to open first.
        subscriber_email_addresses: site.topology.spec().owner.as_ref().map(|owner| [owner.as_str()].into()),
        subscriber_sns_topic_arns: Some([topic].into()),
        ..Notification::new(kind, "GREATER_THAN", share, "PERCENTAGE")
    }
}
