//! Objects that nobody writes, because something else makes them: operators, generators, installers.

use std::collections::BTreeMap;

use super::object::Object;
use crate::place::{Place, Placed};
use crate::yaml::Node;

/// Whether an object is there.
#[derive(Clone, Copy, Debug)]
pub enum Defined<'c> {
    /// It is written.
    Object(&'c Object),
    /// Something else makes it; where that is written, if it is.
    Made(Option<Place>),
    /// Something may make it; where that is written.
    Perhaps(Place),
    /// Nothing that is known of makes it.
    No,
}

impl Defined<'_> {
    /// Whether nothing writes or makes it, and nothing may.
    pub const fn is_missing(self) -> bool {
        matches!(self, Self::No)
    }
}

/// What is made, by kind, namespace and name.
#[derive(Debug, Default)]
pub(crate) struct Made {
    exact: BTreeMap<String, Place>,
    /// Kind and namespace (empty: any) → who may make any name there.
    perhaps: BTreeMap<String, Place>,
    /// Kind, namespace → beginnings of names.
    prefixes: Vec<(&'static str, Box<str>, String, Place)>,
}

fn key(kind: &str, namespace: &str, name: &str) -> String {
    format!("{kind}/{namespace}/{name}")
}

/// What every cluster has.
const ALWAYS: [(&str, &str, &str); 13] = [
    ("Namespace", "", "default"),
    ("Namespace", "", "kube-system"),
    ("Namespace", "", "kube-public"),
    ("Namespace", "", "kube-node-lease"),
    ("Service", "default", "kubernetes"),
    ("Service", "kube-system", "kube-dns"),
    ("ServiceAccount", "*", "default"),
    ("ConfigMap", "*", "kube-root-ca.crt"),
    ("ConfigMap", "kube-system", "aws-auth"),
    ("ConfigMap", "kube-system", "coredns"),
    ("PriorityClass", "", "system-cluster-critical"),
    ("PriorityClass", "", "system-node-critical"),
    ("ConfigMap", "kube-system", "extension-apiserver-authentication"),
];

impl Made {
    pub(crate) fn add(&mut self, kind: &str, namespace: &str, name: &str, by: Place) {
        self.exact.entry(key(kind, namespace, name)).or_insert(by);
    }

    /// Something may make objects of the kind with any name in the namespace; in any, if that is empty.
    pub(crate) fn add_perhaps(&mut self, kind: &str, namespace: &str, by: Place) {
        self.perhaps.entry(format!("{kind}/{namespace}")).or_insert(by);
    }

    pub(crate) fn defines(&self, kind: &str, namespace: &str, name: &str) -> Defined<'_> {
        if let Some(by) = self.exact.get(&key(kind, namespace, name)).or_else(|| self.exact.get(&key(kind, "*", name)))
        {
            return Defined::Made(Some(*by));
        }
        let always = |(its_kind, its_namespace, its_name): &(&str, &str, &str)| {
            *its_kind == kind && (*its_namespace == "*" || *its_namespace == namespace) && *its_name == name
        };
        if ALWAYS.iter().any(always) {
            return Defined::Made(None);
        }
        let by_prefix = self.prefixes.iter().find(|(its_kind, its_namespace, prefix, _)| {
            *its_kind == kind && **its_namespace == *namespace && name.starts_with(prefix.as_str())
        });
        if let Some((.., by)) = by_prefix {
            return Defined::Made(Some(*by));
        }
        let perhaps = [format!("{kind}/{namespace}"), format!("{kind}/"), format!("*/{namespace}"), "*/".to_owned()];
        let found = perhaps.iter().find_map(|key| self.perhaps.get(key));
        // What is in no namespace may come from any chart, whichever namespace that is installed in; namespaces may not.
        let of_chart = || self.perhaps.iter().find(|(key, _)| key.starts_with("*/")).map(|(_, by)| by);
        match found.or_else(|| if namespace.is_empty() && kind != "Namespace" { of_chart() } else { None }) {
            Some(by) => Defined::Perhaps(*by),
            None => Defined::No,
        }
    }

    /// The names of what is made of a kind in a namespace, and by what.
    pub(crate) fn names<'m>(&'m self, kind: &str, namespace: &str) -> impl Iterator<Item = (&'m str, Place)> + use<'m> {
        let start = key(kind, namespace, "");
        let from = start.clone();
        let all = self.exact.range(from..).take_while(move |(key, _)| key.starts_with(&start));
        all.filter_map(|(key, by)| Some((key.rsplit('/').next()?, *by)))
    }

    pub(super) fn index(&mut self, objects: &[Object], configs: &[Object]) {
        for object in objects {
            self.of_object(object);
        }
        for config in configs {
            for account in config.list("iam.serviceAccounts") {
                let Some(name) = account.str_at("metadata.name") else { continue };
                let namespace = account.str_at("metadata.namespace").unwrap_or("default");
                if account.bool_at("roleOnly") != Some(true) {
                    self.add("ServiceAccount", namespace, name, account.place());
                }
                self.add("Namespace", "", namespace, account.place());
            }
        }
    }

    fn of_object(&mut self, object: &Object) {
        let (place, ns, name) = (object.place(), object.ns(), object.name());
        let text = |path: &str| object.str_at(path);
        match (object.group(), object.kind()) {
            ("external-secrets.io", "ExternalSecret") => {
                self.add("Secret", ns, text("spec.target.name").unwrap_or(name), place);
            }
            ("external-secrets.io", "ClusterExternalSecret") => self.add_perhaps("Secret", "", place),
            ("bitnami.com", "SealedSecret") => {
                self.add("Secret", ns, text("spec.template.metadata.name").unwrap_or(name), place);
            }
            ("cert-manager.io", "Certificate") => {
                if let Some(secret) = text("spec.secretName") {
                    self.add("Secret", ns, secret, place);
                }
            }
            ("networking.k8s.io", "Ingress") => {
                let issued = ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme"];
                if issued.iter().any(|annotation| object.annotation(annotation).is_some()) {
                    for secret in object.list("spec.tls").iter().filter_map(|tls| tls.str_at("secretName")) {
                        self.add("Secret", ns, secret, place);
                    }
                }
            }
            ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => {
                for secret in object.list("spec.secretObjects").iter().filter_map(|item| item.str_at("secretName")) {
                    self.add("Secret", ns, secret, place);
                }
            }
            ("secrets.hashicorp.com", _) => {
                if let Some(secret) = text("spec.destination.name") {
                    self.add("Secret", ns, secret, place);
                }
            }
            ("onepassword.com", "OnePasswordItem") => self.add("Secret", ns, name, place),
            ("kafka.strimzi.io", "KafkaUser") => {
                // Where the user operator has a `secretPrefix`, that stands before the name: see `Kafka` below.
                self.add("Secret", ns, name, place);
            }
            // Operators that make pods with labels of their own.
            ("kafka.strimzi.io", "KafkaConnect" | "KafkaMirrorMaker2" | "KafkaBridge" | "KafkaNodePool")
            | ("monitoring.coreos.com", "Prometheus" | "Alertmanager" | "ThanosRuler")
            | ("serving.knative.dev", "Service")
            | ("argoproj.io", "Rollout" | "Workflow" | "CronWorkflow") => self.add_perhaps("Pod", ns, place),
            ("kafka.strimzi.io", "Kafka") => {
                self.add_perhaps("Pod", ns, place);
                let users = "spec.entityOperator.userOperator";
                if let Some(prefix) = text(&format!("{users}.secretPrefix")).filter(|prefix| !prefix.is_empty()) {
                    let watched = text(&format!("{users}.watchedNamespace")).unwrap_or(ns);
                    self.prefixes.push(("Secret", watched.into(), prefix.to_owned(), place));
                }
                for kind in ["Secret", "Service", "ServiceAccount", "ConfigMap"] {
                    self.prefixes.push((kind, ns.into(), format!("{name}-"), place));
                }
            }
            ("postgresql.cnpg.io", "Cluster") => {
                self.add_perhaps("Pod", ns, place);
                for kind in ["Secret", "Service", "ServiceAccount"] {
                    self.prefixes.push((kind, ns.into(), format!("{name}-"), place));
                }
            }
            ("trust.cert-manager.io", "Bundle") => self.add("ConfigMap", "*", name, place),
            ("argoproj.io", "Application") => self.application(object.node(), place),
            ("argoproj.io", "ApplicationSet") => {
                if let Some(template) = object.at("spec.template") {
                    self.application(template, place);
                }
            }
            ("helm.toolkit.fluxcd.io", "HelmRelease") => {
                self.add_perhaps("*", text("spec.targetNamespace").unwrap_or(ns), place);
                if object.bool_at("spec.install.createNamespace") == Some(true) {
                    self.add("Namespace", "", text("spec.targetNamespace").unwrap_or(ns), place);
                }
            }
            _ => {}
        }
    }

    /// What an Application of Argo CD installs from a chart or another repository is not among the files.
    fn application(&mut self, node: &Node, place: Place) {
        let Some(namespace) = node.str_at("spec.destination.namespace") else {
            self.add_perhaps("*", "", place);
            return;
        };
        if namespace.contains("{{") {
            self.add_perhaps("*", "", place);
            return;
        }
        let chart = node.at("spec.source.chart").is_some()
            || node.list("spec.sources").iter().any(|source| source.get("chart").is_some());
        if chart {
            self.add_perhaps("*", namespace, place);
        }
        if node.list("spec.syncPolicy.syncOptions").iter().any(|option| option.text() == Some("CreateNamespace=true")) {
            self.add("Namespace", "", namespace, place);
        }
    }
}
