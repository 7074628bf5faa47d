//! What every rule may ask for.

use waard_catalog::{Catalog, Date, catalog};

use crate::config::Config;
use crate::platform::Platform;
use crate::rule::Rule;

/// The platform, the facts, the day, and the rule's parameters.
#[derive(Clone, Copy, Debug)]
pub struct Context<'p> {
    pub(crate) platform: &'p Platform,
    pub(crate) config: &'p Config,
    pub(crate) rule: &'p Rule,
}

impl<'p> Context<'p> {
    /// Everything that was given.
    pub const fn platform(&self) -> &'p Platform {
        self.platform
    }

    /// Dated facts about AWS and Kubernetes.
    pub fn catalog(&self) -> &'static Catalog {
        catalog()
    }

    /// The day to judge for; `None` if the caller gave none: then what depends on it is unknown.
    pub const fn as_of(&self) -> Option<Date> {
        self.config.as_of
    }

    /// A parameter of the rule: what the configuration sets, or its default.
    pub fn parameter(&self, name: &str) -> i64 {
        let declared = self.rule.parameters.iter().find(|parameter| parameter.name == name);
        let default = declared.map_or(0, |parameter| parameter.default);
        self.config.parameter(self.rule.id, name).unwrap_or(default)
    }
}
