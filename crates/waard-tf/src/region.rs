//! The root of a region: one file for each concern.

mod addons;
mod alerts;
mod backups;
mod balancer;
mod buckets;
mod cache;
mod certificate;
mod cluster;
mod database;
mod hours;
mod identities;
mod karpenter;
mod keys;
mod link;
mod logs;
mod network;
mod node_groups;
mod outputs;
mod password;
mod registry;
mod secrets;
mod stores;

use waard_model::artifact::Artifact;

pub(crate) use alerts::subscribe_owner;
pub(crate) use keys::{Keys, NamedKey, owner};
pub(crate) use network::Network;

use crate::bucket::Made;
use crate::kind::AccountIdOf;
use crate::resource::account::CallerIdentity;
use crate::root::Root;
use crate::site::Site;
use crate::value::Ref;

/// What the files of a region's root need of each other.
pub(crate) struct Base<'r> {
    /// The account that the root is applied in.
    pub(crate) account: Ref<'r, AccountIdOf>,
    pub(crate) network: Network<'r>,
    pub(crate) keys: Keys<'r>,
    /// The bucket of access logs, where there are any.
    pub(crate) logs: Option<Made<'r>>,
}

/// A concern: what it has in the root of a region.
type Concern = for<'r> fn(&mut Root<'r>, Site<'_>, &Base<'r>);

/// Every concern, in the order of their names. Each decides itself whether there is anything of it in a region.
const CONCERNS: &[Concern] = &[
    alerts::alerts,
    backups::backups,
    balancer::balancer,
    buckets::buckets,
    certificate::certificate_of_region,
    cluster::cluster,
    hours::hours,
    link::link,
    registry::registry,
    secrets::secrets,
    stores::stores,
];

pub(crate) fn artifacts(site: Site<'_>) -> Vec<Artifact> {
    let folder = ["terraform", site.environment.name().as_str(), site.region.name().as_str()];
    Root::build(&folder, site.region.path(), &site.settings(), |root| {
        let account = root.data("current", CallerIdentity::new()).account_id();
        let keys = keys::keys(root, site, &account);
        let network = network::network(root, site, &keys);
        let logs = logs::logs(root, site, &account);
        let base = Base { account, network, keys, logs };
        for concern in CONCERNS {
            concern(root, site, &base);
        }
    })
}
