//! How fast replicas may change: stabilization windows and policies, or the limits that hold without them.
//!
//! Sources: kubernetes/kubernetes `pkg/controller/podautoscaler/horizontal.go`,
//! `stabilizeRecommendationWithBehaviors`, `convertDesiredReplicasWithBehaviorRate`,
//! `calculateScaleUpLimitWithScalingRules`, `calculateScaleDownLimitWithBehaviors`, `stabilizeRecommendation`,
//! `convertDesiredReplicasWithRules`; `pkg/apis/autoscaling/v2/defaults.go`.

use super::Time;
use crate::quantity::Span;

/// Which of several policies holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Select {
    /// The one that allows the most change.
    #[default]
    Max,
    /// The one that allows the least change.
    Min,
    /// No change at all.
    Disabled,
}

/// What a policy counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Pods.
    Pods,
    /// Percent of the replicas at the start of the period.
    Percent,
}

/// At most so much change within a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// What is counted.
    pub kind: PolicyKind,
    /// How much.
    pub value: i32,
    /// Within how long.
    pub period: Span,
}

/// The rules of one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// How long recommendations count; `None` is the cluster's own window, and that only downwards.
    pub window: Option<Span>,
    /// Which policy holds.
    pub select: Select,
    /// The policies.
    pub policies: Vec<Policy>,
    /// The ratio's tolerance in this direction; `None` is the cluster's own.
    pub tolerance: Option<f64>,
}

/// The rules of both directions.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    /// Upwards.
    pub up: Rules,
    /// Downwards.
    pub down: Rules,
}

impl Rules {
    /// What is filled in upwards: no window; four pods or as many as there are, whichever is more, in 15 s.
    pub fn up() -> Self {
        let policy = |kind, value| Policy { kind, value, period: Span::secs(15) };
        Self {
            window: Some(Span::ZERO),
            select: Select::Max,
            policies: vec![policy(PolicyKind::Pods, 4), policy(PolicyKind::Percent, 100)],
            tolerance: None,
        }
    }

    /// What is filled in downwards: the cluster's window; all of them in 15 s.
    pub fn down() -> Self {
        Self {
            window: None,
            select: Select::Max,
            policies: vec![Policy { kind: PolicyKind::Percent, value: 100, period: Span::secs(15) }],
            tolerance: None,
        }
    }

    fn longest(&self) -> Span {
        self.policies.iter().map(|policy| policy.period).max().unwrap_or_default()
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self { up: Rules::up(), down: Rules::down() }
    }
}

/// What kept a number from being what the metrics ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Nothing.
    None,
    /// A stabilization window.
    Stabilized,
    /// A policy, or without behaviour twice what there is or four.
    Rate,
    /// The most replicas.
    Most,
    /// The fewest replicas.
    Fewest,
}

/// What the controller remembers of one autoscaler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Memory {
    recommendations: Vec<(Time, i32)>,
    grown: Vec<(Time, i32)>,
    shrunk: Vec<(Time, i32)>,
}

impl Memory {
    /// The first look recommends what is there: `recordInitialRecommendation`.
    pub(super) fn begin(&mut self, now: Time, current: i32) {
        if self.recommendations.is_empty() {
            self.recommendations.push((now, current));
        }
    }

    /// Without behaviour: the highest recommendation of the cluster's window.
    /// One that is exactly as old as the window still counts, unlike with a behaviour.
    pub(super) fn stabilize(&mut self, now: Time, desired: i32, window: Span) -> i32 {
        let window = window.as_millis();
        self.recommendations.retain(|(at, _)| at + window >= now);
        let highest = self.recommendations.iter().map(|(_, replicas)| *replicas).fold(desired, i32::max);
        self.recommendations.push((now, desired));
        highest
    }

    /// With behaviour: no higher than the lowest of the window upwards, no lower than the highest of that downwards.
    pub(super) fn stabilize_with(&mut self, now: Time, current: i32, desired: i32, up: Span, down: Span) -> i32 {
        let younger = |at: Time, window: Span| at + window.as_millis() > now;
        let (mut lowest, mut highest) = (desired, desired);
        for (at, replicas) in &self.recommendations {
            if younger(*at, up) {
                lowest = lowest.min(*replicas);
            }
            if younger(*at, down) {
                highest = highest.max(*replicas);
            }
        }
        // What is older than both windows never counts again.
        self.recommendations.retain(|(at, _)| younger(*at, up.max(down)));
        self.recommendations.push((now, desired));
        current.max(lowest).min(highest)
    }

    /// Replicas at the start of a period, from what is there now and what changed since.
    fn at_start(&self, now: Time, current: i32, period: Span) -> i32 {
        let since = |changes: &[(Time, i32)]| -> i32 {
            changes.iter().filter(|(at, _)| at + period.as_millis() > now).map(|(_, change)| *change).sum()
        };
        current - since(&self.grown) + since(&self.shrunk)
    }

    /// Remembers a change, and forgets what no policy looks at any more: `storeScaleEvent`.
    pub(super) fn changed(&mut self, now: Time, from: i32, to: i32, behaviour: &Behaviour) {
        let (changes, rules) =
            if to > from { (&mut self.grown, &behaviour.up) } else { (&mut self.shrunk, &behaviour.down) };
        // Both directions' policies look at both directions' changes.
        let longest = rules.longest().max(behaviour.up.longest()).max(behaviour.down.longest()).as_millis();
        changes.retain(|(at, _)| at + longest >= now);
        changes.push((now, (to - from).abs()));
    }

    /// The most that policies allow.
    fn up_limit(&self, now: Time, current: i32, rules: &Rules) -> i32 {
        let proposed = rules.policies.iter().map(|policy| {
            let start = self.at_start(now, current, policy.period);
            match policy.kind {
                PolicyKind::Pods => start.saturating_add(policy.value),
                // Rounded up, or one pod could never become two.
                PolicyKind::Percent => scaled(start, 1.0 + f64::from(policy.value) / 100.0, f64::ceil),
            }
        });
        match rules.select {
            Select::Disabled => current,
            Select::Min => proposed.min().unwrap_or(i32::MAX),
            Select::Max => proposed.max().unwrap_or(i32::MIN),
        }
    }

    /// The least that policies allow.
    fn down_limit(&self, now: Time, current: i32, rules: &Rules) -> i32 {
        let proposed = rules.policies.iter().map(|policy| {
            let start = self.at_start(now, current, policy.period);
            match policy.kind {
                PolicyKind::Pods => start.saturating_sub(policy.value),
                PolicyKind::Percent => scaled(start, 1.0 - f64::from(policy.value) / 100.0, f64::trunc),
            }
        });
        match rules.select {
            Select::Disabled => current,
            Select::Min => proposed.max().unwrap_or(i32::MIN),
            Select::Max => proposed.min().unwrap_or(i32::MAX),
        }
    }

    /// Within what policies and bounds allow: `convertDesiredReplicasWithBehaviorRate`.
    pub(super) fn limit_with(
        &self,
        now: Time,
        current: i32,
        desired: i32,
        (min, max): (i32, i32),
        behaviour: &Behaviour,
    ) -> (i32, Limit) {
        match desired.cmp(&current) {
            std::cmp::Ordering::Greater => {
                let limit = self.up_limit(now, current, &behaviour.up).max(current);
                let (most, why) = if max > limit { (limit, Limit::Rate) } else { (max, Limit::Most) };
                if desired > most { (most, why) } else { (desired, Limit::None) }
            }
            std::cmp::Ordering::Less => {
                let limit = self.down_limit(now, current, &behaviour.down).min(current);
                let (least, why) = if min < limit { (limit, Limit::Rate) } else { (min, Limit::Fewest) };
                if desired < least { (least, why) } else { (desired, Limit::None) }
            }
            std::cmp::Ordering::Equal => (desired, Limit::None),
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and that is meant")]
fn scaled(replicas: i32, factor: f64, round: fn(f64) -> f64) -> i32 {
    round(f64::from(replicas) * factor) as i32
}

/// Within bounds, and without behaviour at most twice what is there, or four: `convertDesiredReplicasWithRules`.
pub(super) fn limit(current: i32, desired: i32, (min, max): (i32, i32)) -> (i32, Limit) {
    let rate = current.saturating_mul(2).max(4);
    let (most, why) = if max > rate { (rate, Limit::Rate) } else { (max, Limit::Most) };
    if desired < min {
        (min, Limit::Fewest)
    } else if desired > most {
        (most, why)
    } else {
        (desired, Limit::None)
    }
}
