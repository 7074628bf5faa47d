//! Objects that nobody writes, because something else makes them: operators, generators, installers.

mod argo;
mod charts;
mod folders;
mod pods;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::object::Object;
use super::selector::Selector;
use crate::place::{Place, Placed};

pub(crate) use charts::{Chart, Install};
pub(crate) use folders::Folders;

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
    charts: Vec<Arc<Chart>>,
    pods: Vec<pods::OfOperator>,
}

fn key(kind: &str, namespace: &str, name: &str) -> String {
    format!("{kind}/{namespace}/{name}")
}

/// What every cluster has.
///
/// Sources: Kubernetes `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go` for the roles; Amazon EKS.
const ALWAYS: [(&str, &str, &str); 14] = [
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
    ("Role", "kube-system", "extension-apiserver-authentication-reader"),
];

impl Made {
    pub(crate) fn add(&mut self, kind: &str, namespace: &str, name: &str, by: Place) {
        self.exact.entry(key(kind, namespace, name)).or_insert(by);
    }

    pub(crate) fn add_chart(&mut self, chart: Arc<Chart>) {
        self.charts.push(chart);
    }

    /// Something may make objects of the kind (`*`: of any) with any name in the namespace; in any, if that is empty.
    pub(crate) fn add_perhaps(&mut self, kind: &str, namespace: &str, by: Place) {
        self.perhaps.entry(format!("{kind}/{namespace}")).or_insert(by);
    }

    /// Something that is no chart, and isn't among the files, may make anything in the namespace; in any, if that is empty.
    pub(crate) fn add_elsewhere(&mut self, namespace: &str, by: Place) {
        self.add_perhaps("*", namespace, by);
        self.add_perhaps("CustomResourceDefinition", "", by);
    }

    /// Whether something that is no chart may bring definitions of kinds.
    pub(crate) fn may_define(&self) -> bool {
        self.perhaps.contains_key("CustomResourceDefinition/")
    }

    pub(crate) fn defines(&self, kind: &str, namespace: &str, name: &str) -> Defined<'_> {
        if let Some(chart) = self.charts.iter().find(|chart| chart.makes(kind, namespace, name)) {
            return Defined::Made(Some(chart.place()));
        }
        match self.without_charts(kind, namespace, name) {
            Defined::No => {
                let chart = self.charts.iter().find(|chart| chart.may_make(kind, namespace, name));
                chart.map_or(Defined::No, |chart| Defined::Perhaps(chart.place()))
            }
            found => found,
        }
    }

    fn without_charts(&self, kind: &str, namespace: &str, name: &str) -> Defined<'_> {
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
        let perhaps = [format!("{kind}/{namespace}"), format!("{kind}/"), "*/".to_owned()];
        perhaps.iter().find_map(|key| self.perhaps.get(key)).map_or(Defined::No, |by| Defined::Perhaps(*by))
    }

    /// Whether pods with the labels of a selector may be in a namespace.
    pub(super) fn pods(&self, namespace: &str, selector: Selector<'_>) -> Defined<'_> {
        let chart = self.charts.iter().find(|chart| chart.may_be_selected(namespace, selector));
        let operator = || self.pods.iter().find(|pods| pods.may_be_selected(namespace, selector));
        let by = chart.map(|chart| chart.place()).or_else(|| operator().map(pods::OfOperator::place));
        by.map_or_else(|| self.without_charts("Pod", namespace, ""), Defined::Perhaps)
    }

    /// What may make pods that tolerate taints of node groups, and isn't among the files.
    pub(super) fn tolerant(&self) -> Option<Place> {
        let chart = self.charts.iter().find(|chart| chart.may_tolerate()).map(|chart| chart.place());
        chart.or_else(|| self.perhaps.get("*/").copied())
    }

    /// The names of what is made of a kind in a namespace, and by what.
    pub(crate) fn names<'m>(&'m self, kind: &str, namespace: &str) -> impl Iterator<Item = (&'m str, Place)> + use<'m> {
        let start = key(kind, namespace, "");
        let from = start.clone();
        let all = self.exact.range(from..).take_while(move |(key, _)| key.starts_with(&start));
        all.filter_map(|(key, by)| Some((key.rsplit('/').next()?, *by)))
    }

    pub(super) fn index(&mut self, objects: &[Object], configs: &[Object], folders: &Folders) {
        for object in objects {
            self.of_object(object, folders);
            self.pods.extend(pods::OfOperator::of(object));
            if object.group() == "argoproj.io" {
                argo::add(self, object, folders);
            }
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
            for association in config.list("iam.podIdentityAssociations") {
                if association.bool_at("createServiceAccount") == Some(true)
                    && let (Some(namespace), Some(name)) =
                        (association.str_at("namespace"), association.str_at("serviceAccountName"))
                {
                    self.add("ServiceAccount", namespace, name, association.place());
                    self.add("Namespace", "", namespace, association.place());
                }
            }
        }
    }

    fn of_object(&mut self, object: &Object, folders: &Folders) {
        let (place, ns, name) = (object.place(), object.ns(), object.name());
        let text = |path: &str| object.str_at(path);
        // Whoever writes these has the operator that reads them, and its namespace came with it: `flux bootstrap`; Argo CD,
        // "Getting Started".
        let of_gitops = (object.group().ends_with(".toolkit.fluxcd.io") && ns == "flux-system")
            || (object.group() == "argoproj.io" && ns == "argocd");
        if of_gitops {
            self.add("Namespace", "", ns, place);
        }
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
            ("serving.knative.dev", "Service") => self.add_perhaps("Pod", ns, place),
            ("kafka.strimzi.io", "Kafka") => {
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
                for kind in ["Secret", "Service", "ServiceAccount"] {
                    self.prefixes.push((kind, ns.into(), format!("{name}-"), place));
                }
            }
            ("trust.cert-manager.io", "Bundle") => self.add("ConfigMap", "*", name, place),
            ("helm.toolkit.fluxcd.io", "HelmRelease") => {
                let namespace = text("spec.targetNamespace").unwrap_or(ns);
                // Values may come from elsewhere, and the repository is another object.
                let install = Install {
                    chart: text("spec.chart.spec.chart").unwrap_or_default(),
                    namespace: Some(namespace),
                    ..Install::default()
                };
                self.add_chart(Arc::new(Chart::new(install, place)));
                if object.bool_at("spec.install.createNamespace") == Some(true) {
                    self.add("Namespace", "", namespace, place);
                }
            }
            ("kustomize.toolkit.fluxcd.io", "Kustomization")
                if !folders.holds(text("spec.path").unwrap_or_default()) =>
            {
                self.add_elsewhere("", place);
            }
            _ => {}
        }
    }
}
