//! See its page.

use crate::cluster::{Cluster, Defined, Object};
use crate::context::Context;
use crate::findings::Findings;
use crate::rule::{Check, Rule, Severity};
use crate::yaml::Node;

/// The rule.
pub static RULE: Rule = Rule {
    id: "references/backend-missing",
    severity: Severity::Error,
    looks_at: "backends of ingresses",
    page: include_str!("backend_missing.md"),
    check: Check::Cluster(check),
    ..Rule::BASE
};

fn check(_: &Context<'_>, cluster: &Cluster, findings: &mut Findings<'_>) {
    for ingress in cluster.of("Ingress") {
        for (name, port) in backends(ingress) {
            let (Some(text), namespace) = (name.text(), ingress.ns()) else { continue };
            // The load balancer controller reads the action of that name from an annotation.
            if port.is_some_and(|port| port.text() == Some("use-annotation")) {
                continue;
            }
            findings.looked_at_one();
            match cluster.defines("Service", namespace, text) {
                Defined::Object(service) => judge_port(service, text, port, findings),
                Defined::Made(_) => {}
                Defined::Perhaps(_) => {
                    findings
                        .unknown(name, format!("service `{text}` may come from something that isn't among the files"));
                }
                Defined::No => {
                    let message = format!("there is no service `{text}` in namespace `{namespace}`");
                    let draft = findings.report(name, message);
                    draft.help(
                        "an ingress reaches services of its own namespace only; make the service, or mend the name",
                    );
                    let elsewhere = cluster.of("Service").find(|service| service.name() == text);
                    if let Some(service) = elsewhere {
                        draft.related(service, format!("this one is in namespace `{}`", service.ns()));
                    }
                }
            }
        }
    }
}

fn judge_port(service: &Object, name: &str, port: Option<&Node>, findings: &mut Findings<'_>) {
    let Some(port) = port else { return };
    let Some(wanted) = port.text() else { return };
    let ports = service.list("spec.ports");
    if ports.is_empty() && service.str_at("spec.type") == Some("ExternalName") {
        return;
    }
    let has = ports.iter().any(|found| {
        found.get("name").and_then(Node::text) == Some(wanted) || found.get("port").and_then(Node::text) == Some(wanted)
    });
    if !has {
        let known: Vec<String> = ports
            .iter()
            .map(|found| {
                let number = found.get("port").and_then(Node::text).unwrap_or("?");
                found
                    .get("name")
                    .and_then(Node::text)
                    .map_or_else(|| number.to_owned(), |name| format!("{number} ({name})"))
            })
            .collect();
        let message = format!("service `{name}` has no port `{wanted}`: its ports are {}", known.join(", "));
        findings
            .report(port, message)
            .related(service, "the service")
            .help("name a port of the service, not of the container");
    }
}

/// Name and port of each backend, in the forms of `networking.k8s.io/v1` and of what was before it.
fn backends(ingress: &Object) -> Vec<(&Node, Option<&Node>)> {
    let paths = ingress.list("spec.rules").iter().flat_map(|rule| rule.list("http.paths"));
    let all = paths.filter_map(|path| path.get("backend"));
    let all = all.chain(ingress.at("spec.defaultBackend")).chain(ingress.at("spec.backend"));
    all.filter_map(|backend| match backend.get("service") {
        Some(service) => {
            let port = service.at("port.name").or_else(|| service.at("port.number"));
            Some((service.get("name")?, port))
        }
        None => Some((backend.get("serviceName")?, backend.get("servicePort"))),
    })
    .collect()
}
