//! What roots of regions publish for each other: said once, for the one that writes and the one that reads.

use waard_model::name::{StoreName, ZoneName};
use waard_model::topology::Region;

use crate::kind::{BucketArn, DbInstanceArn, GlobalReplicationGroupId, KeyArn, RouteTableId, VpcId};
use crate::root::Output;
use crate::site::Site;

/// The key that encrypts the data of a region.
pub(crate) fn data_key(site: Site<'_>, of: &Region) -> Output<KeyArn> {
    Output::new(&site.outputs_of(of), "data_key_arn")
}

/// A bucket of a region.
pub(crate) fn bucket(site: Site<'_>, of: &Region, store: &StoreName) -> Output<BucketArn> {
    Output::new(&site.outputs_of(of), format!("bucket_{}_arn", word(store)))
}

/// The database of a region, for its replicas and the copies of its backups elsewhere.
pub(crate) fn database(site: Site<'_>, of: &Region, store: &StoreName) -> Output<DbInstanceArn> {
    Output::new(&site.outputs_of(of), format!("database_{}_arn", word(store)))
}

/// The global datastore that the cache of a region began, for the caches that follow it.
pub(crate) fn global_cache(site: Site<'_>, of: &Region, store: &StoreName) -> Output<GlobalReplicationGroupId> {
    Output::new(&site.outputs_of(of), format!("cache_{}_global_id", word(store)))
}

/// The network that a standby region is linked with.
pub(crate) fn linked_vpc(site: Site<'_>, of: &Region) -> Output<VpcId> {
    Output::new(&site.outputs_of(of), "linked_vpc_id")
}

/// The route table of the nodes of one zone there.
pub(crate) fn linked_table(site: Site<'_>, of: &Region, zone: &ZoneName) -> Output<RouteTableId> {
    Output::new(&site.outputs_of(of), format!("linked_private_{}_route_table_id", zone.letter()))
}

/// Outputs are words, which stores needn't be.
fn word(store: &StoreName) -> String {
    store.as_str().replace('-', "_")
}
