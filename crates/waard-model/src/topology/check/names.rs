//! Names that are joined from several, inside the limits of the systems that take them.

use std::collections::BTreeMap;

use super::View;
use crate::path::ModelPath;
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Environment, StoreKind, Workload};
use crate::topology::{SystemRole, reserved};

/// Network policies that every namespace has.
const RESERVED_OBJECTS: [&str; 3] = [reserved::DEFAULT_DENY, reserved::ALLOW_DNS, reserved::ALLOW_MESH_CONTROL_PLANE];

/// Namespaces that belong to the mesh: its control plane and its gateway.
const MESH_NAMESPACES: [&str; 2] = [reserved::MESH_NAMESPACE, reserved::GATEWAY_NAMESPACE];

/// Workloads don't move into namespaces of what the cluster installs: what they deny and demand there would cut it off.
pub(super) fn namespaces(view: &View<'_>, violations: &mut Violations) {
    let metrics = &view.spec.observability.metrics.namespace;
    let mut judge = |path: ModelPath, namespace: &crate::name::Namespace| {
        let owner = if namespace == metrics {
            "what collects metrics"
        } else if view.spec.mesh.is_some() && MESH_NAMESPACES.contains(&namespace.as_str()) {
            "the mesh"
        } else if reserved::CONTROLLER_NAMESPACES.contains(&namespace.as_str()) {
            "what the cluster installs there"
        } else {
            return;
        };
        violations.add(path, format!("the namespace `{namespace}` belongs to {owner}"), "choose another one");
    };
    for (name, workload) in &view.spec.workloads {
        if let Some(namespace) = &workload.namespace {
            judge(ModelPath::of(["workloads", name.as_str(), "namespace"]), namespace);
        }
    }
    for environment in view.environments.values() {
        judge(environment.path().key("namespace"), environment.namespace());
    }
    for (name, kafka) in &view.spec.data.kafka {
        let path = ModelPath::of(["data", "kafka", name.as_str()]);
        match &kafka.namespace {
            Some(namespace) => judge(path.key("namespace"), namespace),
            None => name.as_str().parse().iter().for_each(|namespace| judge(path.clone(), namespace)),
        }
    }
    let unnamed = view.spec.data.kafka.iter().filter(|(_, kafka)| kafka.namespace.is_none());
    for (name, _) in unnamed.filter(|(name, _)| name.as_str().parse::<crate::name::Namespace>().is_err()) {
        let path = ModelPath::of(["data", "kafka", name.as_str()]);
        let message = format!("a namespace can't be called `{name}`: that one belongs to the cluster itself");
        violations.push(Violation::new(path, message, "say which `namespace` it is in").about_key());
    }
}

/// `-migrate-` and eight digits of a digest: what a migration's Job adds to its workload's name.
pub(crate) const MIGRATION_SUFFIX: usize = "-migrate-12345678".len();

/// The first name of a certificate is its common name, and so short; none that is under a domain is shorter than that.
/// Source: AWS Certificate Manager User Guide, "Certificate characteristics"; RFC 5280, `ub-common-name`.
const LONGEST_CERTIFIED: usize = 64;

/// Sources: EKS CreateCluster (100), IAM CreateRole (64), S3 bucket naming rules (63), ElastiCache CreateReplicationGroup (40),
/// RDS CreateDBInstance (63), Kubernetes labels (63) and CronJob names (52).
pub(super) fn joined(view: &View<'_>, violations: &mut Violations) {
    let platform = view.spec.platform.as_str();
    for name in view.spec.workloads.keys() {
        let path = ModelPath::of(["workloads", name.as_str()]);
        let migrating = name.as_str().strip_suffix("-migrate").and_then(|base| {
            view.spec.workloads.iter().find(|(other, spec)| other.as_str() == base && spec.migration.is_some())
        });
        if let Some((other, _)) = migrating {
            let message = format!("`{name}` is what the migration of `{other}` is called");
            violations.push(
                Violation::new(path.clone(), message, "give the workload another name")
                    .about_key()
                    .with(ModelPath::of(["workloads", other.as_str(), "migration"]), "the migration"),
            );
        }
        let holding = name.as_str().strip_suffix("-headroom").and_then(|base| {
            let spec = view.spec.workloads.keys().find(|other| other.as_str() == base)?;
            let has = |workload: &Workload| workload.spec().headroom.is_some_and(|count| count > 0);
            let regions = view.environments.values().flat_map(|environment| environment.regions().values());
            regions.filter_map(|region| region.workloads().get(spec)).any(|workload| has(workload)).then_some(spec)
        });
        if let Some(other) = holding {
            let message = format!("`{name}` is the name of what holds room for `{other}`");
            violations.push(
                Violation::new(path.clone(), message, "give the workload another name")
                    .about_key()
                    .with(ModelPath::of(["workloads", other.as_str(), "headroom"]), "the room"),
            );
        }
        let object = format!("{platform}-{name}");
        if RESERVED_OBJECTS.contains(&object.as_str()) {
            let message = format!("`{object}` is the name of a network policy of every namespace");
            violations
                .push(Violation::new(path, message, "give the workload or the platform another name").about_key());
        }
    }
    for name in
        view.spec.workloads.keys().filter(|name| matches!(name.as_str(), "kustomization" | "namespace" | "secrets"))
    {
        let path = crate::path::ModelPath::of(["workloads", name.as_str()]);
        violations.add(path, format!("`{name}.yaml` is another file of the output"), "give the workload another name");
    }
    let mut taken = Vec::new();
    for environment in view.environments.values() {
        let env = environment.name().as_str();
        let exposed = environment.regions().values().any(|region| region.exposed().next().is_some());
        let domain = environment.domain().as_str();
        if exposed && domain.len() > LONGEST_CERTIFIED {
            let message = format!("no certificate can be for `{domain}`: it has {} characters", domain.len());
            let help = format!("at most {LONGEST_CERTIFIED} are allowed; choose a shorter domain");
            violations.push(Violation::new(environment.path(), message, help).judged_by(ModelPath::of(["domain"])));
        }
        for region in environment.regions().values() {
            let mut check = |path: crate::path::ModelPath, what: &str, name: String, most: usize| {
                if name.len() > most {
                    let message = format!("{what} would be called `{name}`: {} characters", name.len());
                    let violation = Violation::new(
                        path,
                        message,
                        format!("at most {most} are allowed; shorten the names that it is made of"),
                    );
                    violations.push(violation.judged_by(crate::path::ModelPath::of(["platform"])));
                }
            };
            check(region.path(), "the cluster", region.cluster().name().to_owned(), 100);
            check(region.path(), "the bucket of access logs", region.cluster().log_bucket(), 63);
            check(region.path(), "the bucket of Terraform's states", region.cluster().state_bucket(), 63);
            for role in SystemRole::ALL {
                check(region.path(), "a role of the cluster", region.cluster().system_role(role), 64);
            }
            for workload in region.workloads().values() {
                let object = format!("{platform}-{}", workload.name());
                check(workload.path(), "the role of the workload", region.cluster().workload_role(workload.name()), 64);
                check(workload.path(), "the CronJob", object.clone(), 52);
                if workload.migration().is_some() {
                    let most = 63 - MIGRATION_SUFFIX;
                    check(workload.path(), "the workload of a migration", object, most);
                }
            }
            for store in region.stores().values() {
                let name = store.name();
                match store.kind() {
                    StoreKind::Bucket(_) if matches!(name.as_str(), "logs" | "terraform") => {
                        taken.push((store.path(), name.clone()));
                    }
                    StoreKind::Bucket(_) => {
                        check(
                            store.path(),
                            "the bucket",
                            environment.bucket_name(&view.spec.platform, region.name(), name),
                            63,
                        );
                    }
                    StoreKind::Cache(_) => check(store.path(), "the cache", format!("{platform}-{env}-{name}"), 40),
                    StoreKind::Database(_) => {
                        check(store.path(), "the database", format!("{platform}-{env}-{name}-12"), 63);
                    }
                    StoreKind::Kafka(_) => check(
                        store.path(),
                        "the Kafka cluster's longest object",
                        format!("{platform}-{name}-mirror-mirrormaker2-api"),
                        63,
                    ),
                }
            }
        }
    }
    taken.sort();
    taken.dedup();
    for (path, name) in taken {
        let whose = if name.as_str() == "logs" { "access logs" } else { "Terraform's states" };
        let message = format!("`{name}` is the bucket of {whose} in each region");
        violations.push(Violation::new(path, message, "give the bucket another name").about_key());
    }
}

/// Names that AWS refuses whatever their length, and names that two different things would have.
///
/// Sources: RDS CreateDBInstance and ElastiCache CreateReplicationGroup (no two hyphens in a row); S3 User Guide, "General purpose
/// bucket naming rules" (reserved beginnings and ends).
pub(super) fn spelled(view: &View<'_>, violations: &mut Violations) {
    let platform = view.spec.platform.as_str();
    // What it is, and where its name must be its own: buckets and roles everywhere, the others in their region.
    let mut known: BTreeMap<(&str, &str, String), (&Environment, ModelPath)> = BTreeMap::new();
    for environment in view.environments.values() {
        let env = environment.name().as_str();
        for region in environment.regions().values() {
            let roles = region.workloads().values().map(|workload| {
                (workload.path(), "a role", "", format!("{platform}-{env}-{}-{}", region.name(), workload.name()))
            });
            let stores = region.stores().values().filter_map(|store| {
                let here = region.name().as_str();
                let (what, scope, name) = match store.kind() {
                    StoreKind::Bucket(_) => {
                        ("a bucket", "", environment.bucket_name(&view.spec.platform, region.name(), store.name()))
                    }
                    StoreKind::Cache(_) => ("a cache", here, format!("{platform}-{env}-{}", store.name())),
                    StoreKind::Database(_) => ("a database", here, format!("{platform}-{env}-{}", store.name())),
                    StoreKind::Kafka(_) => return None,
                };
                Some((store.path(), what, scope, name))
            });
            for (path, what, scope, name) in roles.chain(stores) {
                let reserved = match what {
                    "a cache" | "a database" => name.contains("--"),
                    "a bucket" => {
                        ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|start| name.starts_with(start))
                            || ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"].iter().any(|end| name.ends_with(end))
                    }
                    _ => false,
                };
                if reserved {
                    let violation = Violation::new(
                        path.clone(),
                        format!("AWS makes no {} with the name `{name}`", what.trim_start_matches("a ")),
                        "choose names without two hyphens in a row, and none that AWS keeps for itself",
                    );
                    violations.push(violation.judged_by(ModelPath::of(["platform"])).judged_by(environment.path()));
                }
                let (other, first) =
                    known.entry((what, scope, name.clone())).or_insert_with(|| (environment, path.clone()));
                if other.name() != environment.name() {
                    let message =
                        format!("`{name}` would be {what} of `{}` and one of `{}`", other.name(), environment.name());
                    violations.push(
                        Violation::new(path, message, "rename one of the two, or an environment")
                            .with(first.clone(), "the other one")
                            .with(environment.path(), "the environment"),
                    );
                }
            }
        }
    }
}
