//! What must be there before any other root: where states are kept, and the public zone.

use waard_model::Topology;
use waard_model::artifact::Artifact;
use waard_model::topology::{Duty, Environment, Region};

use crate::bucket::{BucketSettings, ENCRYPT_COPIES, Made, bucket, copied};
use crate::kind::{AccountIdOf, KeyArn, Text};
use crate::policy::{Statement, assumed_by, policy};
use crate::region::{NamedKey, owner};
use crate::resource::account::CallerIdentity;
use crate::resource::iam::{Role, RolePolicy};
use crate::resource::route53::Zone;
use crate::resource::s3::BucketReplication;
use crate::root::{Meta, Root};
use crate::site::{seat, settings};
use crate::value::{Json, Ref, Value, join};

const STATES: &str = "\
The buckets with the states of all roots, each in the region that it tells of, with a key of its own.

The state of this root is in one of them too. So the first time it begins without: put
`terraform { backend \"local\" {} }` into backend_override.tf, run `terraform init` and `terraform apply`,
delete backend_override.tf, and run `terraform init -migrate-state`.";

const ZONE: &str = "\
The public zone. Where the domain is registered, or in the zone above, its name servers must be said:
until then no certificate is issued. Nothing signs it (DNSSEC): the other half of that is a record in
the zone above, and one that doesn't fit takes the whole domain away.";

/// Old versions of a state are the way back from a bad apply. A year covers what is found late.
const OLD_STATES: i64 = 365;

/// A state, and what belongs to its region.
struct States<'t, 'r> {
    region: &'t Region,
    label: String,
    key: Ref<'r, KeyArn>,
    bucket: Made<'r>,
}

pub(crate) fn artifacts(topology: &Topology, environment: &Environment) -> Vec<Artifact> {
    let Some(seat) = seat(environment) else {
        return Vec::new();
    };
    let settings = settings(topology, environment, seat, "bootstrap");
    let folder = ["terraform", environment.name().as_str(), "bootstrap"];
    Root::build(&folder, environment.path(), &settings, |root| {
        root.file("states", STATES);
        let account = root.data("current", CallerIdentity::new()).account_id();
        let made: Vec<States<'_, '_>> =
            environment.regions().values().map(|region| states(root, region, &account)).collect();
        for standby in &made {
            if let Duty::Standby { protects, .. } = standby.region.duty()
                && let Some(primary) = made.iter().find(|states| states.region.name() == protects)
            {
                copy(root, primary, standby);
            }
        }
        // Load balancers of brokers that a standby region reads from have names there too.
        let named = |region: &Region| region.is_exposed() || environment.mirrored(region).is_some();
        if environment.regions().values().any(named) {
            zone(root, environment);
        }
    })
}

fn states<'t, 'r>(root: &mut Root<'r>, region: &'t Region, account: &Ref<'r, AccountIdOf>) -> States<'t, 'r> {
    root.from(region.path());
    let name = region.cluster().state_bucket();
    let label = region.name().as_str().replace('-', "_");
    // The backend of each root finds the key by this alias.
    let key = NamedKey {
        region: Some(region.name().as_str()),
        description: format!("{name}: states of Terraform"),
        policy: policy([owner(region.name().partition(), account)]),
        keep: true,
        alias: &name,
    };
    let key = key.add(root, &label);
    let settings = BucketSettings {
        region: Some(region.name().to_string()),
        key: Some(key.clone()),
        old_versions: Some(OLD_STATES),
        keep: true,
        ..BucketSettings::new(label.as_str(), name)
    };
    let bucket = bucket(root, settings, |_| Vec::new());
    States { region, label, key, bucket }
}

/// A standby region has a copy of the states of the region that it protects: what was there can still be read when that
/// region can't. Both have the same residency.
/// Source: Amazon S3 User Guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
fn copy<'r>(root: &mut Root<'r>, primary: &States<'_, 'r>, standby: &States<'_, 'r>) {
    root.from(standby.region.path());
    let label = &primary.label;
    let role = root.resource(
        &format!("copy_{label}"),
        Role {
            description: Some(
                format!("Copies states of {} to {}", primary.region.name(), standby.region.name()).into(),
            ),
            ..Role::new(
                format!("{}.states", primary.region.cluster().name()),
                assumed_by("s3.amazonaws.com", &["sts:AssumeRole"]),
            )
        },
    );
    let objects = |of: &Made<'r>| -> Value<'r, Text> { join([(&of.arn).into(), "/*".into()]) };
    let suffix = primary.region.name().dns_suffix();
    let through = |statement: Statement<'r>, region: &Region| {
        statement.when("StringLike", "kms:ViaService", format!("s3.{}.{suffix}", region.name()))
    };
    let read = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"];
    let write = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"];
    let allowed = policy([
        Statement::allow("Look", &["s3:GetReplicationConfiguration", "s3:ListBucket"]).on(primary.bucket.arn.clone()),
        Statement::allow("Read", &read).on(objects(&primary.bucket)),
        Statement::allow("Write", &write).on(objects(&standby.bucket)),
        through(Statement::allow("Decrypt", &["kms:Decrypt"]).on(Json::from(primary.key.clone())), primary.region),
        through(Statement::allow("Encrypt", &ENCRYPT_COPIES).on(Json::from(standby.key.clone())), standby.region),
    ]);
    root.resource(&format!("copy_{label}"), RolePolicy::new("copy", role.name(), allowed));
    let everything = copied("states", false, &standby.bucket.arn, &standby.key);
    let replication = BucketReplication {
        region: Some(primary.region.name().as_str().into()),
        ..BucketReplication::new(&primary.bucket.name, role.arn(), vec![everything])
    };
    let versions = vec![primary.bucket.versioning.clone(), standby.bucket.versioning.clone()];
    root.resource_as(label, replication, Meta { depends_on: versions, ..Meta::default() });
}

/// Queries aren't recorded: that would tell of all users, in us-east-1, whatever the residency of their data.
/// Source: Amazon Route 53 Developer Guide, "Public DNS query logging".
fn zone(root: &mut Root<'_>, environment: &Environment) {
    root.file("zone", ZONE);
    root.from(environment.path());
    let domain = environment.domain().as_str();
    let meta = Meta { prevent_destroy: true, ..Meta::default() };
    let zone = Zone { comment: Some(format!("Public names of {}", environment.name()).into()), ..Zone::new(domain) };
    let zone = root.resource_as("main", zone, meta);
    root.output("name_servers", "What the zone above, or the registrar, must say of the domain.", &zone.name_servers());
}
