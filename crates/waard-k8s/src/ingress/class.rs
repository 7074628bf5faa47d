//! The class of all Ingresses, with what their load balancer is: no Ingress can say otherwise.

use k8s_openapi::api::networking::v1::{IngressClass, IngressClassParametersReference, IngressClassSpec};
use waard_model::spec::EntryPath;
use waard_model::topology::reserved::GATEWAY_NAMESPACE;

use crate::cluster::FOLDER;
use crate::custom::Custom;
use crate::custom::elbv2::{Group, IngressClassParams, Pair};
use crate::file::File;
use crate::labels::{Wave, common, in_wave, metadata, selects};
use crate::{Placed, Site};

/// Where in the bucket the access logs stand.
const LOG_PREFIX: &str = "balancer";

/// The name of the class: the platform's. The controller's chart would call its own one `alb`.
pub(super) fn name(site: Site<'_>) -> String {
    site.topology.platform().to_string()
}

/// The file with the class and its parameters.
pub(super) fn file(site: Site<'_>) -> Placed {
    let mut file = File::new(site.region.path(), &site.region.path());
    let meta = || in_wave(Wave::Ground, metadata(name(site), None, common(site)));
    file.custom(&Custom { metadata: meta(), spec: parameters(site) });
    file.add(&IngressClass {
        metadata: meta(),
        spec: Some(IngressClassSpec {
            controller: Some("ingress.k8s.aws/alb".to_owned()),
            parameters: Some(IngressClassParametersReference {
                api_group: Some("elbv2.k8s.aws".to_owned()),
                kind: "IngressClassParams".to_owned(),
                name: name(site),
                ..IngressClassParametersReference::default()
            }),
        }),
    });
    site.placed(FOLDER, "ingress-class.yaml", file)
}

fn parameters(site: Site<'_>) -> IngressClassParams {
    let cluster = site.region.cluster();
    let edge = site.topology.spec().edge.is_some();
    IngressClassParams {
        // No other namespace can put rules into the load balancer.
        namespace_selector: match site.topology.entry() {
            EntryPath::Mesh => selects([("kubernetes.io/metadata.name", GATEWAY_NAMESPACE)]),
            EntryPath::Direct => selects([("app.kubernetes.io/part-of", site.topology.platform().as_str())]),
        },
        group: Group { name: name(site) },
        scheme: "internet-facing",
        ip_address_type: "ipv4",
        target_type: "ip",
        ssl_policy: site.topology.spec().ingress.tls_policy.to_string(),
        ssl_redirect_port: "443",
        // Behind a CDN a security group lets in nobody else: the Ingresses name it.
        inbound_cidrs: if edge { Vec::new() } else { vec!["0.0.0.0/0"] },
        wafv2_acl_name: edge.then(|| cluster.balancer_acl()),
        load_balancer_attributes: attributes(site),
        tags: vec![
            Pair::new("platform", site.topology.platform().as_str()),
            Pair::new("environment", site.environment.name().as_str()),
        ],
    }
}

/// Source: Elastic Load Balancing, "Application Load Balancers", load balancer attributes.
fn attributes(site: Site<'_>) -> Vec<Pair> {
    let ingress = &site.topology.spec().ingress;
    let mut attributes = vec![
        // The controller itself still removes it, once its last Ingress is gone.
        Pair::new("deletion_protection.enabled", "true"),
        Pair::new("idle_timeout.timeout_seconds", ingress.idle_timeout.as_secs().to_string()),
        Pair::new("routing.http.desync_mitigation_mode", "defensive"),
        Pair::new("routing.http.drop_invalid_header_fields.enabled", "true"),
        Pair::new("routing.http2.enabled", "true"),
        // Said in both cases: an attribute that isn't said stays as it was.
        Pair::new("access_logs.s3.enabled", ingress.access_logs.to_string()),
    ];
    if ingress.access_logs {
        attributes.push(Pair::new("access_logs.s3.bucket", site.region.cluster().log_bucket()));
        attributes.push(Pair::new("access_logs.s3.prefix", LOG_PREFIX));
    }
    attributes
}
