//! PostgreSQL on RDS: databases that are written here, replicas of those of other regions, and copies of backups.
//!
//! In a warm standby region a replica is as large and as redundant as what it stands in for. In a pilot light it is as
//! large, because it must keep up and be promoted without growing first, but in one zone only until it is promoted.
//! Read replicas in the region are only made where a database is written: elsewhere they would be read by nobody.

use waard_model::name::StoreName;
use waard_model::spec::DatabaseSpec;
use waard_model::topology::{Region, Store, StoreKind};

use super::stores::{LOG_DAYS, POSTGRESQL_PORT, clock, maintenance_day, only, subnets};
use super::{Base, outputs, password};
use crate::kind::{DbInstanceArn, DbParameterGroupName, DbSubnetGroupName, RoleArn, SecurityGroupId};
use crate::policy::assumed_by;
use crate::resource::iam::{Role, RolePolicyAttachment};
use crate::resource::logs::LogGroup;
use crate::resource::rds::{BackupsReplication, Instance, Parameter, ParameterGroup, SubnetGroup};
use crate::root::{Address, Handle, Meta, Root, named};
use crate::site::{Site, backups_kept};
use crate::value::{Ref, Value};
use waard_model::topology::copies::{self, Holding};

/// When backups are made where the topology doesn't say: minutes of a day in UTC.
const BACKUP_FROM: u16 = 2 * 60;
const BACKUP_TO: u16 = 3 * 60;

/// The authority that has signed the certificates of databases, until 2061.
/// Source: Amazon RDS User Guide, "Using SSL/TLS to encrypt a connection to a DB instance or cluster".
const AUTHORITY: &str = "rds-ca-rsa2048-g1";

/// What the engine says, and what an upgrade of it says.
/// Source: Amazon RDS User Guide, "Publishing PostgreSQL logs to Amazon CloudWatch Logs".
const LOGS: [&str; 2] = ["postgresql", "upgrade"];

/// The user that owns everything. Workloads have users of their own, which migrations make.
const OWNER: &str = "postgres";

/// Read replicas of PostgreSQL have backups of their own from here on.
/// Source: Amazon RDS User Guide, "Working with read replicas for Amazon RDS for PostgreSQL".
const BACKUPS_OF_REPLICAS: u16 = 14;

const GIBIBYTE: u64 = 1 << 30;

/// What every database of the region uses.
struct Shared<'a, 'r> {
    group: &'a Value<'r, SecurityGroupId>,
    subnets: Ref<'r, DbSubnetGroupName>,
    monitoring: Option<(Ref<'r, RoleArn>, Address<'r>)>,
}

/// A database of this region.
#[derive(Clone, Copy)]
struct Database<'t> {
    name: &'t StoreName,
    spec: &'t DatabaseSpec,
}

pub(super) fn databases<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, group: &Value<'r, SecurityGroupId>) {
    root.file("database", "PostgreSQL. No password is in any file: RDS makes it, or Secrets Manager does.");
    let of = |store: &Store| match store.kind() {
        StoreKind::Database(_) => Some(store.path()),
        _ => None,
    };
    let stores = || site.region.stores().values().filter(|store| of(store).is_some());
    root.why("Also what a database that is restored from backups is put in.");
    let subnets = root.resource(
        "database",
        SubnetGroup {
            description: Some("Databases".into()),
            ..SubnetGroup::new(site.region.cluster().database_group(), subnets(base))
        },
    );
    let runs = |store: &Store| match store.kind() {
        StoreKind::Database(spec) => {
            let holding = copies::database(site.environment, site.region, store.name(), spec);
            !matches!(holding, Holding::Backups(_))
        }
        _ => false,
    };
    let monitoring = stores().any(|store| runs(store)).then(|| monitoring(root, site));
    let shared = Shared { group, subnets: subnets.name(), monitoring };
    for store in stores() {
        let StoreKind::Database(spec) = store.kind() else {
            continue;
        };
        root.from(store.path());
        one(root, site, base, &shared, Database { name: store.name(), spec });
    }
    root.from(site.region.path());
}

/// What sends measures of the operating system to CloudWatch.
/// Source: Amazon RDS User Guide, "Setting up and enabling Enhanced Monitoring".
fn monitoring<'r>(root: &mut Root<'r>, site: Site<'_>) -> (Ref<'r, RoleArn>, Address<'r>) {
    let name = format!("{}.monitoring", site.cluster());
    let role = Role::new(name, assumed_by("monitoring.rds.amazonaws.com", &["sts:AssumeRole"]));
    let role = root.resource("database_monitoring", role);
    let policy = format!("arn:{}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole", site.partition());
    let attached = root.resource("database_monitoring", RolePolicyAttachment::new(role.name(), policy));
    (role.arn(), attached.address())
}

fn one<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, shared: &Shared<'_, 'r>, database: Database<'_>) {
    let Database { name, spec } = database;
    let (source, runs) = match copies::database(site.environment, site.region, name, spec) {
        Holding::Own => return own(root, site, base, shared, database),
        Holding::Replica(source) => (source, true),
        Holding::Backups(source) => (source, false),
    };
    let arn = root.read(&outputs::database(site, source, name));
    if runs {
        follow(root, site, base, shared, database, source, &arn);
    }
    if copies::backups(site.environment, site.region, name, spec).is_some() {
        root.why(format!(
            "Backups of the database of {}, copied as they are made: one is restored from them as it was at any time.",
            source.name()
        ));
        let copied = BackupsReplication {
            kms_key_id: Some((&base.keys.data).into()),
            retention_period: Some(backups_kept(spec)),
            ..BackupsReplication::new(arn)
        };
        root.resource(name.as_str(), copied);
    }
}

/// A database that is written here, with its read replicas.
fn own<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>, shared: &Shared<'_, 'r>, database: Database<'_>) {
    let Database { name, spec } = database;
    let label = name.as_str();
    let parameters = parameters(root, site, database);
    let readers = copies::readers(site.environment, site.region, name, spec);
    let new = Instance {
        engine: Some("postgres".into()),
        engine_version: Some(spec.version.as_str().into()),
        db_name: Some(database_name(site, name).into()),
        username: Some(OWNER.into()),
        allocated_storage: Some(gibibytes(spec.storage.get())),
        kms_key_id: Some((&base.keys.data).into()),
        multi_az: Some(spec.multi_az),
        db_subnet_group_name: Some((&shared.subnets).into()),
        backup_retention_period: Some(backups_kept(spec)),
        backup_window: Some(backup_window(spec)),
        skip_final_snapshot: Some(false),
        final_snapshot_identifier: Some(format!("{}-final", site.named(label)).into()),
        ..instance(site, base, shared, database, site.named(label), &parameters)
    };
    let replicated = spec.replicas.in_region > 0 || !readers.is_empty();
    let (new, secret) = if replicated {
        let protecting: Vec<&str> = readers
            .iter()
            .filter(|reader| copies::protects(reader, site.region))
            .map(|reader| reader.name().as_str())
            .collect();
        root.why(
            "RDS makes no read replica of a database whose password it manages itself, so the password is made here.",
        );
        let (secret, value) = password::password(root, site, base, label, &protecting);
        let password = Instance { password_wo: Some(value), password_wo_version: Some(password::VERSION), ..new };
        (password, Some(secret))
    } else {
        let managed = Instance {
            manage_master_user_password: Some(true),
            master_user_secret_kms_key_id: Some((&base.keys.data).into()),
            ..new
        };
        (managed, None)
    };
    let meta = Meta { prevent_destroy: true, ..logs_first(root, base, shared, label, &site.named(label)) };
    let made = root.resource_as(label, new, meta);
    root.output(&format!("database_{label}_address"), "Where the database answers.", &made.host());
    let secret = secret.unwrap_or_else(|| made.master_user_secret());
    root.output(
        &format!("database_{label}_secret_arn"),
        "The secret with the password of the database's owner.",
        &secret,
    );
    for follower in copies::followers(site.environment, site.region, name, spec) {
        root.publish(
            &outputs::database(site, site.region, name),
            &format!("The database {name}, for copies of it."),
            &made.arn(),
            follower.name().as_str(),
        );
    }
    for number in 1..=spec.replicas.in_region {
        replica(root, site, base, shared, database, &made, &parameters, number);
    }
}

/// A read replica in the region.
#[allow(clippy::too_many_arguments, reason = "what it shares with the database that it follows")]
fn replica<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    shared: &Shared<'_, 'r>,
    database: Database<'_>,
    source: &Handle<'r, Instance<'r>>,
    parameters: &Ref<'r, DbParameterGroupName>,
    number: u16,
) {
    let Database { name, spec } = database;
    let identifier = format!("{}-{number}", site.named(name.as_str()));
    let zones = &base.network.database;
    // The first zone is left to the writer, as far as they go round.
    let zone = zones.iter().cycle().nth(usize::from(number)).filter(|_| !zones.is_empty());
    let class = spec.replicas.class.as_ref().unwrap_or(&spec.class);
    let copy = Instance {
        instance_class: class.as_str().into(),
        replicate_source_db: Some(source.identifier().text()),
        multi_az: Some(false),
        availability_zone: zone.map(|(zone, _)| zone.as_str().into()),
        skip_final_snapshot: Some(true),
        ..instance(site, base, shared, database, identifier.clone(), parameters)
    };
    let label = format!("{name}_{number}");
    let meta = logs_first(root, base, shared, &label, &identifier);
    let made = root.resource_as(&label, copy, meta);
    root.output(&format!("database_{label}_address"), "Where the read replica answers.", &made.host());
}

/// A replica of the database of another region.
fn follow<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    base: &Base<'r>,
    shared: &Shared<'_, 'r>,
    database: Database<'_>,
    source: &Region,
    arn: &Ref<'r, DbInstanceArn>,
) {
    let Database { name, spec } = database;
    let label = name.as_str();
    let parameters = parameters(root, site, database);
    let backed_up = spec.version.major() >= BACKUPS_OF_REPLICAS;
    let copy = Instance {
        replicate_source_db: Some(arn.text()),
        kms_key_id: Some((&base.keys.data).into()),
        multi_az: Some(spec.multi_az && !site.region.is_dark()),
        db_subnet_group_name: Some((&shared.subnets).into()),
        backup_retention_period: backed_up.then(|| backups_kept(spec)),
        backup_window: backed_up.then(|| backup_window(spec)),
        skip_final_snapshot: Some(true),
        ..instance(site, base, shared, database, site.named(label), &parameters)
    };
    // A failover gives a pilot light's database its second instance.
    let ignore_changes: &[_] =
        if site.region.is_dark() { &["replicate_source_db", "multi_az"] } else { &["replicate_source_db"] };
    let meta = Meta { ignore_changes, ..logs_first(root, base, shared, label, &site.named(label)) };
    root.why(format!(
        "Follows the database of {}. Once a failover has promoted it, it follows nobody, and is not made anew.",
        source.name()
    ));
    let made = root.resource_as(label, copy, meta);
    root.output(&format!("database_{label}_address"), "Where the replica answers.", &made.host());
}

/// What every instance has, whether it is written or follows another.
fn instance<'r>(
    site: Site<'_>,
    base: &Base<'r>,
    shared: &Shared<'_, 'r>,
    database: Database<'_>,
    identifier: String,
    parameters: &Ref<'r, DbParameterGroupName>,
) -> Instance<'r> {
    let spec = database.spec;
    Instance {
        // A major alone follows minors; a minor that is named stays.
        auto_minor_version_upgrade: Some(!spec.version.as_str().contains('.')),
        iam_database_authentication_enabled: Some(true),
        port: Some(POSTGRESQL_PORT),
        max_allocated_storage: spec.max_storage.map(|most| gibibytes(most.get())),
        storage_type: Some("gp3".into()),
        storage_encrypted: Some(true),
        vpc_security_group_ids: Some(only(shared.group)),
        ca_cert_identifier: Some(AUTHORITY.into()),
        parameter_group_name: Some(parameters.into()),
        delete_automated_backups: Some(false),
        copy_tags_to_snapshot: Some(true),
        maintenance_window: Some(maintenance_day(site).hour_from(backup_minutes(spec).1).into()),
        apply_immediately: Some(false),
        enabled_cloudwatch_logs_exports: Some(LOGS.into()),
        monitoring_interval: shared.monitoring.as_ref().map(|_| 60),
        monitoring_role_arn: shared.monitoring.as_ref().map(|(role, _)| role.into()),
        database_insights_mode: Some("standard".into()),
        performance_insights_enabled: Some(true),
        performance_insights_kms_key_id: Some((&base.keys.data).into()),
        performance_insights_retention_period: Some(7),
        tags: named(identifier.clone()),
        ..Instance::new(identifier, spec.class.as_str(), false, true)
    }
}

/// Log groups of an instance, made before RDS makes them itself, without an end and without a key.
fn logs_first<'r>(
    root: &mut Root<'r>,
    base: &Base<'r>,
    shared: &Shared<'_, 'r>,
    label: &str,
    identifier: &str,
) -> Meta<'r> {
    let mut depends_on: Vec<Address<'r>> = LOGS
        .iter()
        .map(|log| {
            let group = LogGroup {
                kms_key_id: Some((&base.keys.logs).into()),
                ..LogGroup::new(format!("/aws/rds/instance/{identifier}/{log}"), LOG_DAYS)
            };
            root.resource(&format!("database_{label}_{log}"), group).address()
        })
        .collect();
    depends_on.extend(shared.monitoring.as_ref().map(|(_, attached)| attached.clone()));
    Meta { depends_on, ..Meta::default() }
}

/// Sources: Amazon RDS User Guide, "Requiring an SSL connection to a PostgreSQL DB instance" and "RDS for PostgreSQL
/// database log files"; PostgreSQL documentation, "Error Reporting and Logging".
fn parameters<'r>(root: &mut Root<'r>, site: Site<'_>, database: Database<'_>) -> Ref<'r, DbParameterGroupName> {
    let Database { name, spec } = database;
    let dynamic =
        |name: &str, value: &str| Parameter { apply_method: Some("immediate".into()), ..Parameter::new(name, value) };
    let parameter = vec![
        Parameter { apply_method: Some("pending-reboot".into()), ..Parameter::new("rds.force_ssl", "1") },
        // Who changed what tables look like.
        dynamic("log_statement", "ddl"),
        // Statements that take longer than a second, in milliseconds.
        dynamic("log_min_duration_statement", "1000"),
        dynamic("log_lock_waits", "1"),
    ];
    // A group belongs to one major version: a new one is made beside the old, which instances still use.
    let major = spec.version.major();
    let group = ParameterGroup {
        description: Some(format!("{name} on PostgreSQL {major}").into()),
        parameter: Some(parameter),
        ..ParameterGroup::new(format!("{}-{major}", site.named(name.as_str())), format!("postgres{major}"))
    };
    let meta = Meta { create_before_destroy: true, ..Meta::default() };
    root.resource_as(name.as_str(), group, meta).name()
}

/// Letters, digits and `_`; with two parts it is no reserved word.
/// Source: Amazon RDS API Reference, `CreateDBInstance`, "DBName".
fn database_name(site: Site<'_>, store: &StoreName) -> String {
    format!("{}_{store}", site.topology.platform()).replace('-', "_")
}

fn backup_minutes(spec: &DatabaseSpec) -> (u16, u16) {
    spec.backups.window.map_or((BACKUP_FROM, BACKUP_TO), |window| (window.from_minute(), window.to_minute()))
}

fn backup_window<'r>(spec: &DatabaseSpec) -> Value<'r, crate::kind::Text> {
    let (from, to) = backup_minutes(spec);
    format!("{}-{}", clock(from), clock(to)).into()
}

/// Rounded up: what is asked for fits in.
fn gibibytes(bytes: u64) -> i64 {
    i64::try_from(bytes.div_ceil(GIBIBYTE)).unwrap_or(i64::MAX)
}
