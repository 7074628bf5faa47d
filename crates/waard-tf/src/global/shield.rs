//! Shield Advanced, where the topology asks for it.

use waard_model::spec::{EdgeSpec, Shield};

use super::Site;
use super::cdn::Made;
use super::hosts::Host;
use crate::kind::ZoneArn;
use crate::resource::shield::Protection;
use crate::root::Root;
use crate::value::Ref;

const HEAD: &str = "\
What Shield Advanced protects. The subscription itself is not made here: it costs 3,000 USD a month, binds for a year,
and covers a whole organization, so somebody takes it out by hand, once: `aws shield create-subscription`.
Without it nothing of this is made, and the apply says so.";

pub(super) fn protection<'r>(root: &mut Root<'r>, edge: &EdgeSpec, _site: Site<'_>, host: &Host<'_>, of: &Made<'r>) {
    if edge.shield == Shield::Advanced {
        root.file("shield", HEAD);
        root.resource(host.label(), Protection::new(host.name.as_str(), of.arn.text()));
    }
}

/// Load balancers are protected by their controller.
pub(super) fn zone<'r>(root: &mut Root<'r>, edge: &EdgeSpec, site: Site<'_>, zone: &Ref<'r, ZoneArn>) {
    if edge.shield == Shield::Advanced {
        root.file("shield", HEAD);
        root.resource("zone", Protection::new(site.environment.domain().as_str(), zone.text()));
    }
}
