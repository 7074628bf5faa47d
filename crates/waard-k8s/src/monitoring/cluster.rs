//! Alerts on what the cluster itself does for the platform: nodes, quotas, secrets, deliveries, and metrics themselves.

use waard_model::quantity::Duration;
use waard_model::spec::AutoscalerKind;

use super::rule::{Alert, Severity, alert, any_of, group};
use super::workload::PATIENCE;
use crate::Site;
use crate::autoscaler::karpenter;
use crate::custom::monitoring::{Rule, RuleGroup};

/// The longest that Cluster Autoscaler does nothing before it starts itself anew.
/// Source: Cluster Autoscaler FAQ, `--max-inactivity`.
const MAX_INACTIVITY: u32 = 600;

pub(super) fn groups(site: Site<'_>) -> Vec<RuleGroup> {
    let nodes = match site.region.cluster().settings().autoscaler.kind {
        AutoscalerKind::ClusterAutoscaler => cluster_autoscaler(site),
        AutoscalerKind::Karpenter => karpenter(site),
    };
    let mut all = vec![unschedulable(site)];
    all.extend(nodes);
    [("nodes", all), ("platform", platform(site)), ("metrics", metrics(site))]
        .into_iter()
        .filter_map(|(name, rules)| group(name, rules))
        .collect()
}

/// The namespaces of the platform as a matcher.
fn namespaces(site: Site<'_>) -> String {
    format!(r#"namespace=~"{}""#, any_of(site.namespaces()))
}

/// An alert of no workload in particular.
fn plain(
    site: Site<'_>,
    lasts: Duration,
    name: &'static str,
    severity: Severity,
    expr: String,
    text: [&str; 3],
) -> Rule {
    let [summary, description, action] = text.map(str::to_owned);
    alert(site, Alert { name, expr, lasts: Some(lasts), severity, workload: None, summary, description, action })
}

fn unschedulable(site: Site<'_>) -> Rule {
    plain(
        site,
        PATIENCE,
        "PodUnschedulable",
        Severity::Ticket,
        format!("max by (namespace, pod) (kube_pod_status_unschedulable{{{}}}) > 0", namespaces(site)),
        [
            "A pod finds no node",
            "The pod {{ $labels.pod }} in {{ $labels.namespace }} has waited for a node longer than one takes to start.",
            "Look at its events. If its node groups are at their maximum, raise `size`; of pods that hold room only the room is missing.",
        ],
    )
}

/// Source: kubernetes/autoscaler `cluster-autoscaler/proposals/metrics.md`. Only the pod that leads has values.
fn cluster_autoscaler(site: Site<'_>) -> Vec<Rule> {
    let mut rules = vec![
        plain(
            site,
            Duration::seconds(300),
            "NodeAutoscalerSilent",
            Severity::Page,
            format!(
                r#"(time() - max(cluster_autoscaler_last_activity{{activity="main"}}) > {MAX_INACTIVITY}) or absent(cluster_autoscaler_last_activity{{activity="main"}})"#
            ),
            [
                "No node is added or removed",
                "Cluster Autoscaler has not looked at the cluster for more than ten minutes, or is not there.",
                "Look at its pods in kube-system, and at what AWS answers them.",
            ],
        ),
        plain(
            site,
            PATIENCE,
            "NodeAutoscalerUnsafe",
            Severity::Page,
            "max(cluster_autoscaler_cluster_safe_to_autoscale) == 0".to_owned(),
            [
                "Cluster Autoscaler holds still",
                "Too many nodes are not ready for Cluster Autoscaler to change anything.",
                "Look at the nodes that are not ready.",
            ],
        ),
    ];
    let moves = |group: &waard_model::topology::NodeGroup| group.scaling().min() < group.scaling().max();
    if site.region.cluster().node_groups().values().any(moves) {
        rules.push(plain(
            site,
            PATIENCE,
            "NodeGroupAtMaximum",
            Severity::Ticket,
            "(max by (node_group) (cluster_autoscaler_node_group_target_count) >= max by (node_group) (cluster_autoscaler_node_group_max_count)) and (max by (node_group) (cluster_autoscaler_node_group_max_count) > max by (node_group) (cluster_autoscaler_node_group_min_count))".to_owned(),
            [
                "A node group has as many nodes as it may have",
                "The group {{ $labels.node_group }} has {{ $value }} nodes, its maximum: more pods find no room there.",
                "Raise `size` of the node group, or ask for less.",
            ],
        ));
    }
    rules
}

/// Source: Karpenter 1.14 documentation, "Metrics".
fn karpenter(site: Site<'_>) -> Vec<Rule> {
    let mut rules = vec![plain(
        site,
        Duration::seconds(MAX_INACTIVITY),
        "NodeAutoscalerSilent",
        Severity::Page,
        "(max(karpenter_cluster_state_synced) == 0) or absent(karpenter_cluster_state_synced)".to_owned(),
        [
            "No node is added or removed",
            "Karpenter does not know the state of the cluster, or is not there.",
            "Look at its pods in kube-system, and at what AWS answers them.",
        ],
    )];
    let last_pools = karpenter::last_pools(site);
    if !last_pools.is_empty() {
        // Names of pools have dots, which a pattern takes for any character.
        let pools = last_pools.join("|").replace('.', "[.]");
        rules.push(plain(
            site,
            PATIENCE,
            "NodePoolAtMaximum",
            Severity::Ticket,
format!(
                r#"max by (nodepool) (karpenter_nodepools_usage{{resource_type="nodes",nodepool=~"{pools}"}}) >= max by (nodepool) (karpenter_nodepools_limit{{resource_type="nodes"}})"#
            ),
            [
                "A node pool has as many nodes as it may have",
                "The node pool {{ $labels.nodepool }} has {{ $value }} nodes, its limit: more pods find no room there.",
                "Raise `size` of the node group, or ask for less.",
            ],
        ));
    }
    rules
}

fn platform(site: Site<'_>) -> Vec<Rule> {
    let mut rules = vec![
        plain(
            site,
            Duration::seconds(300),
            "QuotaAlmostFull",
            Severity::Ticket,
            format!(
                r#"max by (namespace, resourcequota, resource) (kube_resourcequota{{{namespaces},type="used"}}) / (max by (namespace, resourcequota, resource) (kube_resourcequota{{{namespaces},type="hard"}}) > 0) > 0.9"#,
                namespaces = namespaces(site)
            ),
            [
                "A namespace has nearly all that it may have",
                "{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} in {{ $labels.namespace }} is used.",
                "Look at what grew there; the quota follows from the topology.",
            ],
        ),
        plain(
            site,
            PATIENCE,
            "DeliveryOutOfSync",
            Severity::Ticket,
            r#"max by (name) (argocd_app_info{sync_status!="Synced"}) > 0"#.to_owned(),
            [
                "The cluster is not as Git has it",
                "The Argo CD application {{ $labels.name }} is not in sync.",
                "Look at what differs: argocd app diff {{ $labels.name }}.",
            ],
        ),
        plain(
            site,
            PATIENCE,
            "DeliveryUnhealthy",
            Severity::Ticket,
            r#"max by (name, health_status) (argocd_app_info{health_status=~"Degraded|Missing"}) > 0"#.to_owned(),
            [
                "What was delivered does not work",
                "The Argo CD application {{ $labels.name }} is {{ $labels.health_status }}.",
                "Look at the objects of the application that are not healthy.",
            ],
        ),
    ];
    let secrets = |workload: &waard_model::topology::Workload| {
        let spec = workload.spec();
        !spec.secrets.is_empty()
            || !spec.secret_files.is_empty()
            || spec.containers.values().any(|container| !container.secrets.is_empty())
            || workload.migration().is_some_and(|migration| !migration.secrets.is_empty())
    };
    if site.region.workloads().values().any(|workload| secrets(workload)) {
        rules.push(plain(
            site,
            PATIENCE,
            "SecretNotSynced",
            Severity::Page,
            r#"max by (name) (externalsecret_status_condition{condition="Ready",status="False"}) > 0"#.to_owned(),
            [
                "A secret is not brought in from AWS Secrets Manager",
                "The ExternalSecret {{ $labels.name }} is not ready: pods that start now have an old value, or none.",
                "Look at its events: the secret, one of its properties, or the right to read it is missing.",
            ],
        ));
    }
    rules
}

fn metrics(site: Site<'_>) -> Vec<Rule> {
    vec![
        plain(
            site,
            Duration::seconds(600),
            "MetricsMissing",
            Severity::Ticket,
            format!(
                r#"max by (namespace, pod, job) (1 - up{{{},job=~".+/{}-.+"}}) > 0"#,
                namespaces(site),
                site.topology.platform()
            ),
            [
                "A pod shows no metrics",
                "Prometheus gets no metrics of the pod {{ $labels.pod }} in {{ $labels.namespace }}.",
                "Look at its port for metrics, and at the network policy that lets Prometheus in.",
            ],
        ),
        alert(
            site,
            Alert {
                name: "PlatformWatchdog",
                expr: "vector(1)".to_owned(),
                lasts: None,
                severity: Severity::None,
                workload: None,
                summary: "Alerts arrive".to_owned(),
                description: "This alert is always there. If it stops arriving, so have all others.".to_owned(),
                action: "Nothing, as long as it arrives.".to_owned(),
            },
        ),
    ]
}
