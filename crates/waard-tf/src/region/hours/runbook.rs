//! Runbooks that give node groups their nodes, and take them away.
//!
//! Source: AWS Systems Manager User Guide, "Data elements and parameters" (schema 0.3), "aws:executeAwsApi".

use super::has_karpenter;
use crate::kind::{RoleArn, Text};
use crate::policy::{Statement, policy};
use crate::region::Base;
use crate::region::cluster::part;
use crate::resource::iam::{Role, RolePolicy};
use crate::resource::ssm::Document;
use crate::root::{Handle, Root, named};
use crate::site::Site;
use crate::value::{Json, Ref, Value, join};

/// The tag of the instances that Karpenter starts.
const NODE_POOL: &str = "karpenter.sh/nodepool";

/// The runbooks, and the role that they run as.
pub(super) struct Runbooks<'r> {
    pub(super) role: Ref<'r, RoleArn>,
    pub(super) off: Handle<'r, Document<'r>>,
    pub(super) on: Handle<'r, Document<'r>>,
    pub(super) karpenter: Option<Handle<'r, Document<'r>>>,
}

impl<'r> Runbooks<'r> {
    pub(super) fn all(&self) -> impl Iterator<Item = &Handle<'r, Document<'r>>> {
        [&self.off, &self.on].into_iter().chain(&self.karpenter)
    }

    pub(super) fn names(&self, site: Site<'_>) -> Vec<String> {
        let ends = ["nodes-off", "nodes-on"].into_iter().chain(self.karpenter.as_ref().map(|_| "karpenter-off"));
        ends.map(|end| name(site, end)).collect()
    }
}

fn name(site: Site<'_>, end: &str) -> String {
    format!("{}-{end}", site.cluster())
}

pub(super) fn runbooks<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) -> Runbooks<'r> {
    let role = role(root, site, base);
    let none = ["MinSize", "MaxSize", "DesiredCapacity"].map(|size| (size, Json::from(0)));
    let off = vec![find(site), call("resize", "autoscaling", "UpdateAutoScalingGroup", sized(none))];
    let sizes = [("MinSize", "{{ Min }}"), ("MaxSize", "{{ Max }}"), ("DesiredCapacity", "{{ Desired }}")];
    let on = vec![
        find(site),
        call("resize", "autoscaling", "UpdateAutoScalingGroup", sized(sizes.map(|(size, of)| (size, Json::from(of))))),
        tell(site),
    ];
    let integers = ["Min", "Desired", "Max"].map(|size| (size, "Integer"));
    let group = [("NodeGroup", "String")];
    root.why(
        "Sets the sizes of the Auto Scaling group itself: EKS takes no maximum of none, and with another one Cluster",
    );
    root.why("Autoscaler would start nodes for the pods of those that go.");
    let off = document(root, site, "nodes-off", "Ends all nodes of a managed node group.", &role, &group, off);
    let parameters: Vec<(&str, &str)> = group.into_iter().chain(integers).collect();
    let on = document(root, site, "nodes-on", "Gives a managed node group its nodes.", &role, &parameters, on);
    let karpenter = has_karpenter(site).then(|| {
        let steps = vec![instances(site), terminate()];
        document(root, site, "karpenter-off", "Ends the nodes that Karpenter started.", &role, &[], steps)
    });
    Runbooks { role, off, on, karpenter }
}

fn document<'r>(
    root: &mut Root<'r>,
    site: Site<'_>,
    end: &str,
    what: &str,
    role: &Ref<'r, RoleArn>,
    parameters: &[(&str, &str)],
    steps: Vec<Json<'r>>,
) -> Handle<'r, Document<'r>> {
    let mut content: Vec<(&str, Json<'r>)> =
        vec![("schemaVersion", "0.3".into()), ("description", what.into()), ("assumeRole", role.clone().into())];
    if !parameters.is_empty() {
        let typed = parameters.iter().map(|(name, kind)| (*name, Json::object([("type", *kind)])));
        content.push(("parameters", Json::object(typed)));
    }
    content.push(("mainSteps", Json::List(steps)));
    let name = name(site, end);
    let document =
        Document { tags: named(name.as_str()), ..Document::new(name, "Automation", "JSON", Json::object(content)) };
    root.resource(end, document)
}

/// A step that calls an API.
fn call<'r>(name: &str, service: &str, api: &str, arguments: Vec<(&'static str, Json<'r>)>) -> Json<'r> {
    let inputs = [("Service", service.into()), ("Api", api.into())].into_iter().chain(arguments);
    Json::object([("name", name.into()), ("action", "aws:executeAwsApi".into()), ("inputs", Json::object(inputs))])
}

fn with<'r>(step: Json<'r>, more: impl IntoIterator<Item = (&'static str, Json<'r>)>) -> Json<'r> {
    match step {
        Json::Object(mut pairs) => {
            pairs.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
            Json::Object(pairs)
        }
        other => other,
    }
}

fn output<'r>(name: &str, selector: &str, kind: &str) -> (&'static str, Json<'r>) {
    ("outputs", Json::list([Json::object([("Name", name), ("Selector", selector), ("Type", kind)])]))
}

/// The group that EKS made for the node group.
fn find<'r>(site: Site<'_>) -> Json<'r> {
    let step = call("find", "eks", "DescribeNodegroup", of_group(site));
    with(step, [output("AutoScalingGroup", "$.nodegroup.resources.autoScalingGroups[0].name", "String")])
}

fn of_group<'r>(site: Site<'_>) -> Vec<(&'static str, Json<'r>)> {
    vec![("clusterName", site.cluster().into()), ("nodegroupName", "{{ NodeGroup }}".into())]
}

fn sized<'r>(sizes: [(&'static str, Json<'r>); 3]) -> Vec<(&'static str, Json<'r>)> {
    std::iter::once(("AutoScalingGroupName", Json::from("{{ find.AutoScalingGroup }}"))).chain(sizes).collect()
}

/// EKS has sizes of its own, which it goes by when it updates nodes. It may have them already, and say that nothing changed.
fn tell<'r>(site: Site<'_>) -> Json<'r> {
    let sizes = [("minSize", "{{ Min }}"), ("maxSize", "{{ Max }}"), ("desiredSize", "{{ Desired }}")];
    let mut arguments = of_group(site);
    arguments.push(("scalingConfig", Json::object(sizes)));
    let step = call("tell", "eks", "UpdateNodegroupConfig", arguments);
    with(step, [("isCritical", false.into()), ("onFailure", "Continue".into()), ("isEnd", true.into())])
}

/// What Karpenter started for this cluster and is still there.
fn instances<'r>(site: Site<'_>) -> Json<'r> {
    let filter = |name: &str, values: &[&str]| {
        Json::object([("Name", Json::from(name)), ("Values", Json::list(values.iter().copied()))])
    };
    let filters = [
        filter("tag-key", &[NODE_POOL]),
        filter(&format!("tag:kubernetes.io/cluster/{}", site.cluster()), &["owned"]),
        filter("instance-state-name", &["pending", "running"]),
    ];
    let step = call("find", "ec2", "DescribeInstances", vec![("Filters", Json::list(filters))]);
    with(step, [output("Instances", "$.Reservations..Instances..InstanceId", "StringList")])
}

/// EC2 refuses to end no instances at all, which is no failure.
fn terminate<'r>() -> Json<'r> {
    let step =
        call("terminate", "ec2", "TerminateInstances", vec![("InstanceIds", Json::from("{{ find.Instances }}"))]);
    with(step, [("isCritical", false.into()), ("onFailure", "Continue".into()), ("isEnd", true.into())])
}

/// The role of the runbooks: it resizes groups of this cluster alone.
/// Source: AWS Systems Manager User Guide, "Create the service roles for Automation", with its confused deputy prevention.
fn role<'r>(root: &mut Root<'r>, site: Site<'_>, base: &Base<'r>) -> Ref<'r, RoleArn> {
    let cluster = site.cluster();
    let own = |service: &str, rest: String| -> Value<'r, Text> {
        let start = format!("arn:{}:{service}:{}:", site.partition(), site.region.name());
        join([start.into(), (&base.account).into(), rest.into()])
    };
    let trust = policy([Statement::allow("Assume", &["sts:AssumeRole"])
        .service("ssm.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", base.account.clone())
        .when("ArnLike", "aws:SourceArn", Json::from(own("ssm", ":automation-execution/*".to_owned())))]);
    let role = Role {
        description: Some("Runbooks of the environment's hours.".into()),
        ..Role::new(part(site, "runbook"), trust)
    };
    let role = root.resource("runbook", role);
    let mut statements = vec![
        Statement::allow("NodeGroups", &["eks:DescribeNodegroup", "eks:UpdateNodegroupConfig"])
            .on(own("eks", format!(":nodegroup/{cluster}/*/*"))),
        Statement::allow("Resize", &["autoscaling:UpdateAutoScalingGroup"])
            .on(own("autoscaling", ":autoScalingGroup:*:autoScalingGroupName/eks-*".to_owned()))
            .when("StringEquals", "aws:ResourceTag/eks:cluster-name", cluster),
    ];
    if has_karpenter(site) {
        statements.push(Statement::allow("Look", &["ec2:DescribeInstances"]).on("*").when(
            "StringEquals",
            "aws:RequestedRegion",
            site.region.name().as_str(),
        ));
        statements.push(
            Statement::allow("EndKarpentersNodes", &["ec2:TerminateInstances"])
                .on(own("ec2", ":instance/*".to_owned()))
                .when("StringEquals", &format!("aws:ResourceTag/kubernetes.io/cluster/{cluster}"), "owned")
                .when("StringLike", &format!("aws:ResourceTag/{NODE_POOL}"), "*"),
        );
    }
    root.resource("runbook", RolePolicy::new("allowed", role.name(), policy(statements)));
    role.arn()
}
