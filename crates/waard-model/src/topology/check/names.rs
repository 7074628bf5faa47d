//! Names that are joined from several, inside the limits of the systems that take them.

use super::View;
use crate::topology::StoreKind;
use crate::topology::violation::Violations;

/// `-migrate-` and eight digits of a digest: what a migration's Job adds to its workload's name.
pub(crate) const MIGRATION_SUFFIX: usize = "-migrate-12345678".len();

/// Sources: EKS CreateCluster (100), IAM CreateRole (64), S3 bucket naming rules (63), ElastiCache CreateReplicationGroup (40),
/// RDS CreateDBInstance (63), Kubernetes labels (63) and CronJob names (52).
pub(super) fn joined(view: &View<'_>, violations: &mut Violations) {
    let platform = view.spec.platform.as_str();
    for name in view.spec.workloads.keys().filter(|name| matches!(name.as_str(), "namespace" | "kustomization")) {
        let path = crate::path::ModelPath::of(["workloads", name.as_str()]);
        violations.add(path, format!("`{name}.yaml` is another file of the output"), "give the workload another name");
    }
    for environment in view.environments.values() {
        let env = environment.name().as_str();
        for region in environment.regions().values() {
            let mut check = |path: crate::path::ModelPath, what: &str, name: String, most: usize| {
                if name.len() > most {
                    violations.add(path, format!("{what} would be called `{name}`: {} characters", name.len()), format!("at most {most} are allowed; shorten the names that it is made of"));
                }
            };
            check(region.path(), "the cluster", region.cluster().name().to_owned(), 100);
            for workload in region.workloads().values() {
                let object = format!("{platform}-{}", workload.name());
                check(workload.path(), "the role of the workload", format!("{platform}-{env}-{}-{}", region.name(), workload.name()), 64);
                check(workload.path(), "the CronJob", object.clone(), 52);
                if workload.migration().is_some() {
                    let most = 63 - MIGRATION_SUFFIX;
                    check(workload.path(), "the workload of a migration", object, most);
                }
            }
            for store in region.stores().values() {
                let name = store.name();
                match store.kind() {
                    StoreKind::Bucket(_) => check(store.path(), "the bucket", format!("{platform}-{env}-{}-{name}", region.name()), 63),
                    StoreKind::Cache(_) => check(store.path(), "the cache", format!("{platform}-{env}-{name}"), 40),
                    StoreKind::Database(_) => check(store.path(), "the database", format!("{platform}-{env}-{name}-12"), 63),
                    StoreKind::Kafka(_) => check(store.path(), "the Kafka cluster's longest object", format!("{platform}-{name}-cluster-operator-certs"), 63),
                }
            }
        }
    }
}
