//! What the platform is meant to reach, and for how many.

use crate::name::Text;
use crate::quantity::{Duration, Percent, Rate, UsdPerMonth};
use crate::source::shape::shape;

shape! {
    /// Targets: what the platform is judged by.
    pub struct TargetsSpec as "targets" defaulted {
        /// Share of the time in which the platform answers, per month.
        optional availability: Percent,
        /// From a rise in load to the new pods serving.
        optional autoscaling: Duration,
        /// From the start of a pod's first container to ready. Startup probes are derived from it.
        optional container_start: Duration,
        /// What a monthly active user may cost.
        optional cost_per_user: UsdPerMonth,
        /// How often a change reaches production.
        optional deployments: Rate,
        /// Longest outage when a region is lost, where a region says nothing else.
        optional rto: Duration,
        /// Most data, as time, that may be lost with a region, where a region says nothing else.
        optional rpo: Duration,
    }
}

shape! {
    /// The demand that targets are judged by: assumptions, each with where it comes from.
    pub struct DemandSpec as "a demand" {
        /// Monthly active users.
        required users: u32,
        /// Requests at the daily peak, over all regions.
        required peak_requests: Rate,
        /// Growth of users per month.
        default growth: Percent = Percent::ZERO,
        /// Where these numbers come from.
        required source: Text,
    }
}
