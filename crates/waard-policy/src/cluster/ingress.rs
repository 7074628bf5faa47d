//! Ingresses, and which controller reads them.
//!
//! Source: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/>.

use super::{Cluster, Object};
use crate::place::{Place, Placed};
use crate::yaml::Node;

/// An Ingress with its class.
#[derive(Clone, Copy, Debug)]
pub struct IngressView<'c> {
    /// The Ingress.
    pub object: &'c Object,
    /// The IngressClassParams of its class, whose settings win over annotations.
    pub params: Option<&'c Object>,
    /// What reads it.
    pub balancer: Balancer<'c>,
}

/// What reads an Ingress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancer<'c> {
    /// The AWS Load Balancer Controller, or EKS Auto Mode: an Application Load Balancer.
    Alb,
    /// Another controller: its name as an IngressClass says it, or the class.
    Other(&'c str),
    /// No file tells.
    Unknown,
}

impl Placed for IngressView<'_> {
    fn place(&self) -> Place {
        self.object.place()
    }
}

impl<'c> IngressView<'c> {
    /// Every Ingress of a cluster.
    pub fn all(cluster: &'c Cluster) -> impl Iterator<Item = Self> {
        cluster.of("Ingress").map(|object| Self::of(cluster, object))
    }

    fn of(cluster: &'c Cluster, object: &'c Object) -> Self {
        let named = Self::class_node(object).and_then(Node::text);
        let is_default =
            |class: &&Object| class.annotation("ingressclass.kubernetes.io/is-default-class") == Some("true");
        let class = match named {
            Some(name) => cluster.find("IngressClass", "", name),
            None => cluster.of("IngressClass").find(is_default),
        };
        let balancer = match (class.and_then(|class| class.str_at("spec.controller")), named) {
            (Some("ingress.k8s.aws/alb" | "eks.amazonaws.com/alb"), _) | (None, Some("alb")) => Balancer::Alb,
            (Some(controller), _) => Balancer::Other(controller),
            (None, Some(name @ ("nginx" | "gce" | "traefik" | "haproxy" | "kong" | "istio" | "contour"))) => {
                Balancer::Other(name)
            }
            _ => Balancer::Unknown,
        };
        let params = class.and_then(|class| class.str_at("spec.parameters.name"));
        let params = params.and_then(|name| {
            let groups = ["elbv2.k8s.aws", "eks.amazonaws.com"];
            groups.iter().find_map(|group| cluster.find_in_group(group, "IngressClassParams", "", name))
        });
        Self { object, params, balancer }
    }

    /// Where its class is named: the field, or the annotation that came before it.
    pub fn class_node(object: &'c Object) -> Option<&'c Node> {
        let field = object.at("spec.ingressClassName").filter(|node| !node.is_null());
        field.or_else(|| object.annotation_node("kubernetes.io/ingress.class"))
    }

    /// A setting of its load balancer: what the class says in a field, or else the annotation
    /// `alb.ingress.kubernetes.io/<annotation>`.
    pub fn setting(self, field: &str, annotation: &str) -> Option<&'c Node> {
        let of_class = self.params.and_then(|params| params.node().at("spec")?.at(field));
        of_class.or_else(|| self.object.annotation_node(&format!("alb.ingress.kubernetes.io/{annotation}")))
    }

    /// What ties it to others that share its load balancer: the group, or itself.
    pub fn group(self) -> String {
        let group = self.setting("group.name", "group.name").and_then(Node::text);
        group.map_or_else(|| format!("{}/{}", self.object.ns(), self.object.name()), str::to_owned)
    }

    /// Names and ports of the services behind it.
    pub fn backends(self) -> Vec<(&'c str, Option<&'c Node>)> {
        let paths = self.object.list("spec.rules").iter().flat_map(|rule| rule.list("http.paths"));
        let all = paths.filter_map(|path| path.get("backend")).chain(self.object.at("spec.defaultBackend"));
        let service = |backend: &'c Node| {
            let service = backend.get("service")?;
            Some((service.get("name")?.text()?, service.at("port.name").or_else(|| service.at("port.number"))))
        };
        all.filter_map(service).collect()
    }

    /// The listeners: protocol and port. `None` if they can't be read.
    ///
    /// Without `listen-ports`, HTTPS 443 with a certificate, else HTTP 80.
    /// Source: aws-load-balancer-controller `pkg/ingress/model_build_listener.go`, `computeIngressListenPorts`.
    pub fn listeners(self) -> Option<Vec<(String, u64)>> {
        let written = self.object.annotation("alb.ingress.kubernetes.io/listen-ports");
        let Some(written) = written else {
            let certificate = self.setting("certificateArn", "certificate-arn").is_some();
            return Some(vec![if certificate { ("HTTPS".to_owned(), 443) } else { ("HTTP".to_owned(), 80) }]);
        };
        let read: Vec<std::collections::BTreeMap<String, u64>> = serde_json::from_str(written).ok()?;
        Some(read.into_iter().flatten().collect())
    }
}
