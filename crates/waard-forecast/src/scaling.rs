//! What happens when the load of a service changes: a simulation, event by event, of the loop that really runs.
//!
//! Load → use of processor time → samples of metrics-server → the horizontal autoscaler → new pods → the scheduler, which
//! takes the place of pods that hold room → Cluster Autoscaler or Karpenter → nodes that launch → pull of the image → init
//! containers → probes → the load balancer.
//!
//! [`Scenario`] says what there is, [`Scenario::run`] runs it once with the luck of a seed, and [`study::study`] many
//! times. Everything that can be lucky has [dice](crate::Dice) of its own, so that two scenarios can be compared.
//!
//! What isn't modelled stands in docs/forecast.md.

mod advice;
mod answer;
mod load;
mod platform;
mod scenario;
mod simulation;
mod site;
pub mod study;

pub use advice::{Advice, Change, advise};
pub use answer::{Answer, answer};
pub use load::{Load, LoadError};
pub use platform::{Service, StartAnswer, services};
pub use scenario::{Balancer, Excess, Expander, Pool, Provisioner, Scenario};
pub use simulation::{Outcome, Point, STAGES};
pub use site::SiteError;
pub use study::Study;
