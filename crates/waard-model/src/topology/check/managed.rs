//! What EKS, IAM and eksctl take of what follows from a topology: node groups, labels, policies, stacks.

use std::collections::BTreeMap;

use super::View;
use crate::path::ModelPath;
use crate::spec::Provisioner;
use crate::topology::identity::{LONGEST_POLICY, identities};
use crate::topology::violation::{Violation, Violations};
use crate::topology::{Environment, Region};

/// Longest key of a label or taint of a managed node group.
/// Source: Amazon EKS API Reference, CreateNodegroup.
const LONGEST: usize = 63;

/// Longest name of a CloudFormation stack. Source: AWS CloudFormation API Reference, CreateStack.
const LONGEST_STACK: usize = 128;

/// Days of retention that eksctl takes. CloudWatch Logs offers more.
/// Source: eksctl 0.231 `pkg/apis/eksctl.io/v1alpha5/cloudwatch.go`, `LogRetentionInDaysValues`.
const EKSCTL_RETENTION: [u64; 17] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653];

fn regions<'v>(view: &View<'v>) -> impl Iterator<Item = (&'v Environment, &'v Region)> {
    let each = |environment: &'v Environment| environment.regions().values().map(move |region| (environment, region));
    view.environments.values().flat_map(each)
}

/// The names of the managed node groups that the groups of a cluster are divided into are their own.
/// Too long they can't be: a group's has 32 characters at most, and the parts add seven at most.
pub(super) fn pools(view: &View<'_>, violations: &mut Violations) {
    // Once for each group, however many regions have it.
    let mut found: BTreeMap<ModelPath, Violation> = BTreeMap::new();
    for (_, region) in regions(view) {
        let groups = region.cluster().path().key("node_groups");
        let mut taken = BTreeMap::new();
        let all = region.cluster().node_groups().values();
        for pool in all.flat_map(|group| group.pools(region.zones())) {
            let path = groups.key(pool.group.name().as_str());
            let name = &pool.name;
            if let Some(other) =
                taken.insert(name.clone(), pool.group.name()).filter(|other| *other != pool.group.name())
            {
                let message = format!("`{name}` would be a managed node group of it and one of `{other}`");
                let violation = Violation::new(
                    path.clone(),
                    message,
                    "rename one of the two: zones and spot nodes add to its name",
                )
                .about_key()
                .with(groups.key(other.as_str()), "the other group");
                found.entry(path).or_insert(violation);
            }
        }
    }
    for violation in found.into_values() {
        violations.push(violation);
    }
}

/// True if Kubernetes keeps the label to itself, and a kubelet that asks for it doesn't start.
/// Source: k8s.io/kubelet `pkg/apis/well_known_labels.go`.
fn is_reserved(label: &str) -> bool {
    let Some((domain, _)) = label.split_once('/') else {
        return false;
    };
    let within = |base: &str| domain == base || domain.strip_suffix(base).is_some_and(|head| head.ends_with('.'));
    let open = within("kubelet.kubernetes.io") || within("node.kubernetes.io");
    (within("kubernetes.io") || within("k8s.io")) && !open
}

/// Labels and taints of nodes are such as EKS gives to nodes, and none that Kubernetes sets itself.
pub(super) fn labels(view: &View<'_>, violations: &mut Violations) {
    for (profile, cluster) in &view.spec.clusters {
        for (name, group) in &cluster.node_groups {
            let path = ModelPath::of(["clusters", profile.as_str(), "node_groups", name.as_str()]);
            for key in group.labels.keys().map(crate::name::LabelKey::as_str) {
                let path = path.key("labels").key(key);
                if is_reserved(key) {
                    let message = format!("Kubernetes itself sets labels such as `{key}`");
                    violations.push(Violation::new(path, message, "use a prefix of your own, or none").about_key());
                } else if key.len() > LONGEST {
                    let message = format!("the label has {} characters, its prefix included", key.len());
                    let help = format!("EKS takes {LONGEST} at most for a label of a node group");
                    violations.push(Violation::new(path, message, help).about_key());
                }
            }
            for (index, taint) in group.taints.iter().enumerate() {
                let key = taint.key().as_str();
                if key.len() > LONGEST {
                    let message = format!("the key has {} characters, its prefix included", key.len());
                    let help = format!("EKS takes {LONGEST} at most for a taint of a node group");
                    violations.add(path.key("taints").index(index), message, help);
                }
            }
        }
    }
}

/// Every policy fits into its role.
pub(super) fn policies(view: &View<'_>, violations: &mut Violations) {
    for (environment, region) in regions(view) {
        for identity in identities(view.spec, environment, region) {
            let length = identity.policy_length();
            if length <= LONGEST_POLICY {
                continue;
            }
            let role = &identity.role;
            let own = region.workloads().values().find(|workload| {
                region.cluster().workload_role(workload.name()) == *role && !workload.spec().permissions.is_empty()
            });
            let path = own.map_or(region.path(), |workload| workload.path().key("permissions"));
            let message = format!("the policy of the role `{role}` would have {length} characters");
            let help =
                format!("IAM takes {LONGEST_POLICY} at most: fewer permissions, secrets or buckets, or shorter names");
            violations.add(path, message, help);
        }
    }
}

/// What eksctl is asked for, it can do.
pub(super) fn eksctl(view: &View<'_>, violations: &mut Violations) {
    // Once for each place, however many regions it is wrong in.
    let mut found: BTreeMap<ModelPath, Violation> = BTreeMap::new();
    let all = regions(view).filter(|(environment, _)| environment.provisioner() == Provisioner::Eksctl);
    for (environment, region) in all {
        let (cluster, logs) = (region.cluster(), &region.cluster().settings().logs);
        let kept = logs.retention.as_days();
        if !logs.types.is_empty() && !kept.is_some_and(|days| EKSCTL_RETENTION.contains(&days)) {
            let path = cluster.path().key("logs").key("retention");
            let message = format!("eksctl, which makes {}, can't keep logs for {}", cluster.name(), logs.retention);
            let help = "it takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827 or 3653 days";
            let violation = Violation::new(path.clone(), message, help);
            found.entry(path).or_insert(violation.judged_by(environment.path().key("provisioner")));
        }
        for identity in identities(view.spec, environment, region) {
            let (namespace, account) = (&identity.namespace, &identity.service_account);
            // Source: eksctl 0.231 `pkg/actions/podidentityassociation/iam_role_creator.go`.
            let stack = format!("eksctl-{}-podidentityrole-{namespace}-{account}", cluster.name());
            if stack.len() <= LONGEST_STACK {
                continue;
            }
            let mut workloads = region.workloads().values();
            let workload = workloads.find(|workload| cluster.workload_role(workload.name()) == identity.role);
            let path = workload.map_or(region.path(), |workload| workload.path());
            let message = format!("eksctl would call the stack of its role `{stack}`: {} characters", stack.len());
            let help = format!("at most {LONGEST_STACK} are allowed; shorten the names that it is made of");
            let violation = Violation::new(path.clone(), message, help).judged_by(ModelPath::of(["platform"]));
            found.entry(path).or_insert(violation);
        }
    }
    for violation in found.into_values() {
        violations.push(violation);
    }
}
