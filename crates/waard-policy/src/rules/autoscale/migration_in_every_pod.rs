//! See its page.

use crate::cluster::{Role, Workload, WorkloadKind};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "autoscale/migration-in-every-pod",
    looks_at: "workloads of several pods with init containers",
    page: include_str!("migration_in_every_pod.md"),
    check: Check::Workload(check),
    ..Rule::BASE
};

/// What tools that change the shape of databases are called with: the tool, and the words that make it do so.
///
/// Sources: Django `manage.py migrate`; Rails `db:migrate`, `db:prepare`; Alembic `upgrade`; Flyway `migrate`; Liquibase
/// `update`; Prisma `migrate deploy`; Knex `migrate:latest`; TypeORM `migration:run`; Sequelize `db:migrate`; Laravel
/// `artisan migrate`; Entity Framework `ef database update`; goose, golang-migrate, dbmate and sqlx `up`, `migrate`, `run`.
const TOOLS: [(&str, &[&str]); 16] = [
    ("manage.py", &["migrate"]),
    ("django-admin", &["migrate"]),
    ("rails", &["db:migrate", "db:prepare"]),
    ("rake", &["db:migrate"]),
    ("alembic", &["upgrade"]),
    ("flask", &["upgrade"]),
    ("flyway", &["migrate"]),
    ("liquibase", &["update"]),
    ("prisma", &["deploy"]),
    ("knex", &["migrate:latest"]),
    ("typeorm", &["migration:run"]),
    ("sequelize", &["db:migrate"]),
    ("artisan", &["migrate"]),
    ("ef", &["update"]),
    ("goose", &["up"]),
    ("dbmate", &["up", "migrate"]),
];

fn check(_: &Context<'_>, workload: Workload<'_>, findings: &mut Findings<'_>) {
    let many = matches!(workload.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::DaemonSet);
    // What says no number may be scaled by something; what says 1 is one pod, but for its rollouts.
    let one = workload.kind == WorkloadKind::StatefulSet && workload.replicas() == Some(1);
    if !many || one {
        return;
    }
    for container in workload.containers().filter(|container| container.role == Role::Init) {
        findings.looked_at_one();
        let words: Vec<&str> = ["command", "args"]
            .iter()
            .flat_map(|key| container.node.list(key))
            .filter_map(Node::text)
            .flat_map(str::split_whitespace)
            .collect();
        let runs = |tool: &str| words.iter().any(|word| word.rsplit('/').next() == Some(tool));
        let found =
            TOOLS.iter().find(|(tool, commands)| runs(tool) && commands.iter().any(|command| words.contains(command)));
        let Some((tool, _)) = found else { continue };
        findings
            .report(container, format!("init container `{}` changes the database with `{tool}` in every pod of {}, at every start", container.name(), workload.object.title()))
            .counterexample("two pods start at once and change the same table; every further pod waits for a change that is long done")
            .help("run it once for each release, in a Job before the rollout, and let each change fit the release before");
    }
}
