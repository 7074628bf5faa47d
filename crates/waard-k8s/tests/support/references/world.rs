//! What exists in a cluster: its objects, and what operators and charts make.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::{Document, containers, items};

/// Pods of one kind.
#[derive(Debug)]
pub(crate) struct Pods {
    pub(crate) namespace: String,
    pub(crate) labels: Value,
    /// Ports that its containers name, and their numbers.
    pub(crate) ports: BTreeMap<String, u64>,
    pub(crate) containers: BTreeSet<String>,
}

/// A chart that an Application installs.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) values: Value,
}

/// What exists in a cluster.
pub(crate) struct World<'d> {
    pub(crate) documents: Vec<&'d Document>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) pods: Vec<Pods>,
    /// Ports of Services by namespace and name: name, number.
    pub(crate) services: BTreeMap<(String, String), Vec<(String, u64)>>,
    /// Keys of Secrets by namespace and name.
    pub(crate) secrets: BTreeMap<(String, String), BTreeSet<String>>,
}

impl<'d> World<'d> {
    pub(crate) fn of(here: &[&'d Document], gitops: &[&'d Document], script: &str) -> Self {
        let mut world = Self {
            documents: here.iter().chain(gitops).copied().collect(),
            charts: gitops.iter().flat_map(|document| charts(document)).chain(installed_by(script)).collect(),
            pods: Vec::new(),
            services: BTreeMap::new(),
            secrets: BTreeMap::new(),
        };
        for document in here {
            world.add(document);
        }
        world.add_charts();
        world
    }

    pub(crate) fn exists(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.find(kind, namespace, name).is_some()
    }

    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&'d Document> {
        self.documents
            .iter()
            .copied()
            .find(|each| each.kind() == kind && each.namespace() == namespace && each.name() == name)
    }

    pub(crate) fn has_chart(&self, name: &str) -> bool {
        self.charts.iter().any(|chart| chart.name == name)
    }

    pub(crate) fn has_pods(&self, namespace: &str, selector: &Value) -> bool {
        self.selected(namespace, selector).next().is_some()
    }

    pub(crate) fn selected(&self, namespace: &str, selector: &Value) -> impl Iterator<Item = &Pods> {
        self.pods.iter().filter(move |pods| pods.namespace == namespace && super::selects(selector, &pods.labels))
    }

    fn add(&mut self, document: &Document) {
        let (namespace, name) = (document.namespace().to_owned(), document.name().to_owned());
        if let Some(template) = document.template() {
            let mut pods = Pods {
                namespace: namespace.clone(),
                labels: template["metadata"]["labels"].clone(),
                ports: BTreeMap::new(),
                containers: BTreeSet::new(),
            };
            for container in containers(&template["spec"]) {
                pods.containers.insert(container["name"].as_str().unwrap().to_owned());
                for port in items(&container["ports"]) {
                    pods.ports.insert(
                        port["name"].as_str().unwrap_or_default().to_owned(),
                        port["containerPort"].as_u64().unwrap(),
                    );
                }
            }
            self.pods.push(pods);
        }
        let spec = &document.value["spec"];
        match document.kind() {
            "Service" => {
                let ports = items(&spec["ports"])
                    .map(|port| (port["name"].as_str().unwrap_or_default().to_owned(), port["port"].as_u64().unwrap()))
                    .collect();
                self.services.insert((namespace, name), ports);
            }
            // In a region that stands by, what runs by itself has its identity and policies, and pods after a failover.
            "ServiceAccount" if !document.value["metadata"]["labels"]["app"].is_null() => self.pods.push(Pods {
                namespace,
                labels: document.value["metadata"]["labels"].clone(),
                ports: BTreeMap::new(),
                containers: BTreeSet::new(),
            }),
            "ExternalSecret" => {
                let target = spec["target"]["name"].as_str().unwrap_or(&name).to_owned();
                let keys = items(&spec["data"]).map(|entry| entry["secretKey"].as_str().unwrap().to_owned());
                let templated =
                    spec["target"]["template"]["data"].as_object().into_iter().flat_map(|data| data.keys().cloned());
                self.secrets.entry((namespace, target)).or_default().extend(keys.chain(templated));
            }
            // What Strimzi makes of a Kafka cluster and of its users.
            // Source: Strimzi documentation, "Certificates", "Configuring client authentication".
            "Kafka" => {
                let listeners: Vec<(String, u64)> = items(&spec["kafka"]["listeners"])
                    .map(|listener| {
                        (format!("tcp-{}", listener["name"].as_str().unwrap()), listener["port"].as_u64().unwrap())
                    })
                    .collect();
                self.services.insert((namespace.clone(), format!("{name}-kafka-bootstrap")), listeners);
                let keys = ["ca.crt", "ca.p12", "ca.password"].map(str::to_owned);
                self.secrets.insert((namespace.clone(), format!("{name}-cluster-ca-cert")), keys.into());
                for (part, ports) in [
                    ("entity-operator", vec![("healthcheck-to", 8080), ("healthcheck-uo", 8081)]),
                    ("kafka-exporter", vec![("tcp-prometheus", 9404)]),
                ] {
                    self.strimzi(&namespace, &name, part, "false", ports);
                }
            }
            "KafkaNodePool" => {
                let cluster = document.value["metadata"]["labels"]["strimzi.io/cluster"].as_str().unwrap_or_default();
                let broker = items(&spec["roles"]).any(|role| role == "broker").to_string();
                self.strimzi(&namespace, cluster, "kafka", &broker, vec![("tcp-prometheus", 9404)]);
            }
            "KafkaMirrorMaker2" => {
                self.strimzi(&namespace, &name, "mirrormaker2", "false", vec![("tcp-prometheus", 9404)]);
            }
            "KafkaUser" => {
                let keys: &[&str] = match spec["authentication"]["type"].as_str() {
                    Some("scram-sha-512") => &["password", "sasl.jaas.config"],
                    _ => &["ca.crt", "user.crt", "user.key", "user.p12", "user.password"],
                };
                self.secrets.insert((namespace, name), keys.iter().map(|key| (*key).to_owned()).collect());
            }
            _ => {}
        }
    }

    /// Pods that Strimzi makes. Source: Strimzi documentation, "Labels and annotations of resources".
    fn strimzi(&mut self, namespace: &str, cluster: &str, part: &str, broker: &str, ports: Vec<(&str, u64)>) {
        let (kind, name) = match part {
            "mirrormaker2" => ("KafkaMirrorMaker2", format!("{cluster}-{part}")),
            _ => ("Kafka", format!("{cluster}-{part}")),
        };
        self.pods.push(Pods {
            namespace: namespace.to_owned(),
            labels: json!({
                "strimzi.io/cluster": cluster, "strimzi.io/kind": kind, "strimzi.io/name": name,
                "strimzi.io/broker-role": broker, "strimzi.io/controller-role": (broker == "false").to_string(),
                "app.kubernetes.io/name": part, "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
            }),
            ports: ports.into_iter().map(|(name, number)| (name.to_owned(), number)).collect(),
            containers: BTreeSet::new(),
        });
    }

    /// Pods and Services that charts and EKS add-ons bring, which objects of ours name.
    /// Source: the templates of the charts, at the versions of the catalog.
    fn add_charts(&mut self) {
        let mut add = |namespace: &str, labels: Value, ports: &[(&str, u64)]| {
            self.pods.push(Pods {
                namespace: namespace.to_owned(),
                labels,
                ports: ports.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect(),
                containers: BTreeSet::new(),
            });
        };
        // CoreDNS is an add-on of every cluster.
        add("kube-system", json!({ "k8s-app": "kube-dns" }), &[("dns-tcp", 53)]);
        for chart in &self.charts {
            let namespace = chart.namespace.as_str();
            match chart.name.as_str() {
                "istiod" => {
                    add(namespace, json!({ "app": "istiod", "istio": "pilot" }), &[("http-monitoring", 15_014)])
                }
                "gateway" => {
                    let mut labels = chart.values["labels"].clone();
                    labels["app"] = json!("istio-ingressgateway");
                    add(namespace, labels, &[("http-envoy-prom", 15_090)]);
                    let ports = items(&chart.values["service"]["ports"])
                        .map(|port| (port["name"].as_str().unwrap().to_owned(), port["port"].as_u64().unwrap()))
                        .collect();
                    self.services.insert((namespace.to_owned(), "istio-ingressgateway".to_owned()), ports);
                }
                "argo-cd" => {
                    for name in [
                        "argocd-application-controller",
                        "argocd-applicationset-controller",
                        "argocd-redis",
                        "argocd-repo-server",
                        "argocd-server",
                    ] {
                        add(
                            namespace,
                            json!({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd" }),
                            &[],
                        );
                    }
                }
                "external-dns" => add(namespace, json!({ "app.kubernetes.io/name": "external-dns" }), &[]),
                "external-secrets" => {
                    for name in ["external-secrets", "external-secrets-webhook", "external-secrets-cert-controller"] {
                        let labels =
                            json!({ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "external-secrets" });
                        add(namespace, labels, &[("metrics", 8080)]);
                    }
                }
                "kube-prometheus-stack" => {
                    for name in ["alertmanager", "kube-state-metrics", "prometheus"] {
                        add(namespace, json!({ "app.kubernetes.io/name": name }), &[]);
                    }
                    add(namespace, json!({ "app": "kube-prometheus-stack-operator" }), &[]);
                }
                "prometheus-yet-another-cloudwatch-exporter" => {
                    add(namespace, json!({ "app.kubernetes.io/instance": "cloudwatch-exporter" }), &[]);
                }
                "strimzi-kafka-operator" => add(
                    namespace,
                    json!({ "name": "strimzi-cluster-operator", "strimzi.io/kind": "cluster-operator" }),
                    &[("http", 8080)],
                ),
                _ => {}
            }
        }
    }
}

/// The charts that the script beside Argo CD installs: all of them where there is no Argo CD.
fn installed_by(script: &str) -> Vec<Chart> {
    let mut found = Vec::new();
    let mut rest = script;
    while let Some((_, command)) = rest.split_once("\nhelm upgrade --install ") {
        let (words, after) = command.split_once("--values - <<'VALUES'\n").unwrap();
        let (values, after) = after.split_once("\nVALUES\n").unwrap();
        let words: Vec<&str> = words.split_whitespace().filter(|word| *word != "\\").collect();
        let at = words.iter().position(|word| *word == "--namespace").unwrap();
        found.push(Chart {
            name: words[1].rsplit('/').next().unwrap().to_owned(),
            namespace: words[at + 1].to_owned(),
            values: serde_yaml::from_str(values).unwrap(),
        });
        rest = after;
    }
    found
}

/// The charts that an Application or ApplicationSet installs.
fn charts(document: &Document) -> Vec<Chart> {
    let spec = match document.kind() {
        "Application" => &document.value["spec"],
        _ => return Vec::new(),
    };
    let sources = items(&spec["sources"]).chain(spec["source"].as_object().map(|_| &spec["source"]));
    sources
        .filter_map(|source| {
            let name = source["chart"].as_str()?.rsplit('/').next()?.to_owned();
            let values =
                source["helm"]["values"].as_str().map_or(Value::Null, |text| serde_yaml::from_str(text).unwrap());
            let namespace = spec["destination"]["namespace"].as_str().unwrap_or_default().to_owned();
            Some(Chart { name, namespace, values })
        })
        .collect()
}
