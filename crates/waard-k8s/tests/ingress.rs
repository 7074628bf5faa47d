//! The one way in: every request reaches what it means, through listeners, checks and a firewall that are there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::too_many_lines,
    reason = "a test fails by panicking, in its helpers too"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use support::random::{Random, cases, each_cluster, random};
use support::reach::{End, allowed};
use support::routes::{balancer_address, meant, requests};
use support::{Document, fixture, items, strings};
use waard_model::Topology;
use waard_model::spec::{BalancingAlgorithm, EntryPath, Shield};
use waard_model::topology::{Environment, Region};

const ALB: &str = "alb.ingress.kubernetes.io";

fn annotation<'d>(ingress: &'d Document, key: &str) -> Option<&'d str> {
    ingress.value["metadata"]["annotations"][key].as_str()
}

fn alb<'d>(ingress: &'d Document, key: &str) -> Option<&'d str> {
    annotation(ingress, &format!("{ALB}/{key}"))
}

fn of_kind<'d>(here: &[&'d Document], kind: &str) -> Vec<&'d Document> {
    here.iter().copied().filter(|document| document.kind() == kind).collect()
}

/// A rule of the load balancer: the Ingress that it is from, host, path, and where it leads.
struct Rule<'d> {
    ingress: &'d Document,
    host: &'d str,
    path: &'d Value,
}

/// The rules of the load balancer as the controller makes them: Ingresses by order, then namespace and name; in each the
/// longest path of a host first.
/// Source: aws-load-balancer-controller v3.5.0, `pkg/ingress/group_loader.go`, `model_build_listener_rules.go`.
fn listener<'d>(here: &[&'d Document]) -> Vec<Rule<'d>> {
    let mut ingresses = of_kind(here, "Ingress");
    ingresses.sort_by_key(|ingress| {
        let order: i32 = alb(ingress, "group.order").map_or(0, |order| order.parse().unwrap());
        assert!((-1000..=1000).contains(&order));
        (order, format!("{}/{}", ingress.namespace(), ingress.name()))
    });
    let mut rules = Vec::new();
    for ingress in ingresses {
        for rule in items(&ingress.value["spec"]["rules"]) {
            let mut paths: Vec<&Value> = items(&rule["http"]["paths"]).collect();
            paths.sort_by_key(|path| {
                (path["pathType"] != "Exact", std::cmp::Reverse(path["path"].as_str().unwrap().len()))
            });
            rules.extend(paths.into_iter().map(|path| Rule { ingress, host: rule["host"].as_str().unwrap(), path }));
        }
    }
    rules
}

/// The first rule that a request fits.
fn sent<'r, 'd>(rules: &'r [Rule<'d>], host: &str, path: &str) -> Option<&'r Rule<'d>> {
    rules.iter().find(|rule| {
        let wanted = rule.path["path"].as_str().unwrap();
        let fits = match rule.path["pathType"].as_str().unwrap() {
            "Exact" => path == wanted,
            "Prefix" if wanted == "/" => true,
            "Prefix" => path == wanted || path.starts_with(&format!("{wanted}/")),
            other => panic!("{other}"),
        };
        rule.host == host && fits
    })
}

fn requests_reach_what_they_mean(topology: &Topology, environment: &Environment, region: &Region, here: &[&Document]) {
    let rules = listener(here);
    for (host, path) in requests(region) {
        let found = sent(&rules, &host, &path);
        let meant = meant(region, &host, &path);
        let Some((workload, route)) = meant else {
            // Through the mesh the gateway says that there is nothing; straight to the pods the load balancer does.
            assert!(found.is_none() || topology.entry() == EntryPath::Mesh, "{host}{path}");
            continue;
        };
        let found = found.unwrap_or_else(|| panic!("{host}{path} in {} leads nowhere", region.cluster().name()));
        let backend = &found.path["backend"]["service"];
        let (namespace, service, port) = match topology.entry() {
            EntryPath::Mesh => ("istio-ingress", "istio-ingressgateway".to_owned(), 8080),
            EntryPath::Direct => {
                let name = format!("{}-{}", topology.platform(), workload.name());
                (workload.namespace().as_str(), name, workload.ports()[&route.port])
            }
        };
        assert_eq!(found.ingress.namespace(), namespace, "{host}{path}");
        assert_eq!(backend["name"], service, "{host}{path}");
        assert_eq!(backend["port"]["number"], port, "{host}{path}");
        let grpc = route.port.as_str().split('-').next() == Some("grpc");
        assert_eq!(alb(found.ingress, "backend-protocol-version") == Some("HTTP2"), grpc, "{host}{path}");
    }
    // What checks the region from outside gets through, too, by its own path alone.
    let origin = environment.origin_host(region);
    match topology.health_route(region) {
        None => assert!(sent(&rules, &origin, "/").is_none()),
        Some(health) => {
            let found = sent(&rules, &origin, health.path.as_str()).unwrap();
            if topology.entry() == EntryPath::Direct {
                assert_eq!(found.path["backend"]["service"]["port"]["number"], health.workload.ports()[health.port]);
            }
            assert!(sent(&rules, &origin, "/elsewhere/below").is_none());
        }
    }
}

/// What every Ingress says: listeners, health, what becomes of leaving targets, certificates by name, who may come in.
fn ingresses_are_whole(topology: &Topology, environment: &Environment, region: &Region, here: &[&Document]) {
    let spec = &topology.spec().ingress;
    let ingresses = of_kind(here, "Ingress");
    let origin = environment.origin_host(region);
    let mut named = 0;
    for ingress in &ingresses {
        assert_eq!(ingress.value["spec"]["ingressClassName"], topology.platform().as_str());
        let ports: Value = serde_json::from_str(alb(ingress, "listen-ports").unwrap()).unwrap();
        assert_eq!(ports, json!([{ "HTTP": 80 }, { "HTTPS": 443 }]));
        for (key, value) in [
            ("healthcheck-interval-seconds", spec.health.interval.as_secs()),
            ("healthcheck-timeout-seconds", spec.health.timeout.as_secs()),
            ("healthy-threshold-count", spec.health.healthy.into()),
            ("unhealthy-threshold-count", spec.health.unhealthy.into()),
        ] {
            assert_eq!(alb(ingress, key).unwrap(), value.to_string(), "{key}");
        }
        let attributes: BTreeMap<&str, &str> = alb(ingress, "target-group-attributes")
            .unwrap()
            .split(',')
            .map(|pair| pair.split_once('=').unwrap())
            .collect();
        assert_eq!(attributes["deregistration_delay.timeout_seconds"], spec.deregistration.as_secs().to_string());
        assert_eq!(attributes["stickiness.enabled"], "false");
        assert_eq!(
            attributes["load_balancing.algorithm.type"] == "round_robin",
            spec.algorithm == BalancingAlgorithm::RoundRobin
        );
        let hosts: BTreeSet<&str> =
            items(&ingress.value["spec"]["rules"]).map(|rule| rule["host"].as_str().unwrap()).collect();
        let tls = &ingress.value["spec"]["tls"];
        assert_eq!(strings(&tls[0]["hosts"]).collect::<BTreeSet<_>>(), hosts);
        assert!(tls[0]["secretName"].is_null());
        let edge = topology.spec().edge.as_ref();
        let groups = alb(ingress, "security-groups");
        let cluster = region.cluster();
        let known = || format!("{},{}", cluster.balancer_security_group(), cluster.balancer_health_group());
        assert_eq!(groups, edge.map(|_| known()).as_deref());
        assert_eq!(alb(ingress, "manage-backend-security-group-rules"), edge.map(|_| "true"));
        let advanced = edge.is_some_and(|edge| edge.shield == Shield::Advanced);
        assert_eq!(alb(ingress, "shield-advanced-protection"), advanced.then_some("true"));
        let mut public = BTreeSet::new();
        for prefix in ["external-dns.alpha.kubernetes.io", "external-dns.kubernetes.io"] {
            assert_eq!(annotation(ingress, &format!("{prefix}/ingress-hostname-source")), Some("annotation-only"));
            public.insert(annotation(ingress, &format!("{prefix}/hostname")));
        }
        assert_eq!(public.len(), 1);
        for name in public.into_iter().flatten() {
            assert_eq!(name, origin);
            named += 1;
        }
        let (port, path) = (alb(ingress, "healthcheck-port").unwrap(), alb(ingress, "healthcheck-path").unwrap());
        if topology.entry() == EntryPath::Mesh {
            assert_eq!((port, path), ("15021", "/healthz/ready"));
            continue;
        }
        let service = ingress.value["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"].as_str();
        let name = service.unwrap().strip_prefix(&format!("{}-", topology.platform())).unwrap();
        let workload = region.workloads().values().find(|workload| workload.name().as_str() == name).unwrap();
        let ready = workload.probes().readiness.as_ref().and_then(|probe| Some((probe, probe.path.as_ref()?)));
        match ready.filter(|_| alb(ingress, "backend-protocol-version").is_none()) {
            Some((probe, ready)) => {
                assert_eq!((port, path), (workload.ports()[&probe.port].to_string().as_str(), ready.as_str()));
            }
            None => assert_eq!((port, path), ("traffic-port", "/")),
        }
    }
    assert_eq!(named, usize::from(!ingresses.is_empty()), "only one gives the load balancer its name");
    let exposed = region.workloads().values().any(|workload| !workload.exposed().is_empty());
    assert_eq!(ingresses.is_empty(), !exposed);
}

/// The class makes one load balancer: with the firewall and for the CDN only, where there is one, and with its logs.
fn class_protects(topology: &Topology, region: &Region, here: &[&Document]) {
    let ingresses = of_kind(here, "Ingress");
    let classes = of_kind(here, "IngressClass");
    let parameters = of_kind(here, "IngressClassParams");
    assert_eq!((classes.len(), parameters.len()), if ingresses.is_empty() { (0, 0) } else { (1, 1) });
    let (Some(class), Some(parameters)) = (classes.first(), parameters.first()) else { return };
    assert_eq!(class.value["spec"]["parameters"]["name"], parameters.name());
    assert_eq!(class.value["spec"]["controller"], "ingress.k8s.aws/alb");
    let spec = &parameters.value["spec"];
    assert_eq!((&spec["scheme"], &spec["targetType"]), (&json!("internet-facing"), &json!("ip")));
    assert_eq!(spec["sslRedirectPort"], "443");
    assert_eq!(spec["sslPolicy"], topology.spec().ingress.tls_policy.to_string());
    let edge = topology.spec().edge.is_some();
    assert_eq!(spec["wafv2AclName"].as_str(), edge.then(|| region.cluster().balancer_acl()).as_deref());
    assert_eq!(spec["inboundCIDRs"].is_null(), edge);
    let attributes: BTreeMap<&str, &str> = items(&spec["loadBalancerAttributes"])
        .map(|pair| (pair["key"].as_str().unwrap(), pair["value"].as_str().unwrap()))
        .collect();
    let ingress = &topology.spec().ingress;
    assert_eq!(attributes["idle_timeout.timeout_seconds"], ingress.idle_timeout.as_secs().to_string());
    assert_eq!(attributes["access_logs.s3.enabled"], ingress.access_logs.to_string());
    let bucket = attributes.get("access_logs.s3.bucket").copied();
    assert_eq!(bucket, ingress.access_logs.then(|| region.cluster().log_bucket()).as_deref());
    assert_eq!(attributes["deletion_protection.enabled"], "true");
    assert_eq!(attributes["routing.http.drop_invalid_header_fields.enabled"], "true");
    // Every Ingress stands where the class allows one.
    let selector = spec["namespaceSelector"]["matchLabels"].as_object().unwrap();
    for ingress in ingresses {
        for (key, value) in selector {
            if key == "kubernetes.io/metadata.name" {
                assert_eq!(value, ingress.namespace());
            } else {
                let namespace = here
                    .iter()
                    .find(|document| document.kind() == "Namespace" && document.name() == ingress.namespace())
                    .unwrap();
                assert_eq!(&namespace.value["metadata"]["labels"][key], value);
            }
        }
    }
}

/// Nothing else is reached from outside, and the load balancer reaches exactly the ports that it sends requests to or checks.
fn there_is_one_way(topology: &Topology, region: &Region, here: &[&Document]) {
    for service in of_kind(here, "Service") {
        assert!(matches!(service.value["spec"]["type"].as_str(), None | Some("ClusterIP")), "{}", service.path);
    }
    let policies = of_kind(here, "NetworkPolicy");
    let address = balancer_address(region);
    let direct = topology.entry() == EntryPath::Direct;
    for workload in region.workloads().values() {
        let labels = json!({ "app": format!("{}-{}", topology.platform(), workload.name()) });
        let pods = End::Pod { namespace: workload.namespace().as_str(), labels: &labels };
        let plain = workload.exposed().iter().any(|route| route.port.as_str().split('-').next() != Some("grpc"));
        for (name, port) in workload.ports() {
            let routed = workload.exposed().iter().any(|route| route.port == *name);
            let ready = workload.probes().readiness.as_ref().is_some_and(|p| p.port == *name && p.path.is_some());
            let said = direct && (routed || (plain && ready));
            let found = allowed(&policies, &End::Address(&address), &pods, u64::from(*port));
            assert_eq!(found, said, "load balancer → {}:{port}", workload.name());
        }
    }
}

fn judge(topology: &Topology) {
    each_cluster(topology, |environment, region, here| {
        requests_reach_what_they_mean(topology, environment, region, here);
        ingresses_are_whole(topology, environment, region, here);
        class_protects(topology, region, here);
        there_is_one_way(topology, region, here);
    });
}

#[test]
fn shipped_topologies_have_one_way_in() {
    for name in ["minimal", "waardhaven"] {
        judge(&fixture(name));
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever the topology says: one load balancer, with every route and no other.
    #[test]
    fn ways_in_follow_from_the_topology(Random(topology) in random()) {
        judge(&topology);
    }
}

/// Order matters where several Ingresses have rules of one host: without it, requests go astray, and this would see it.
#[test]
fn order_is_what_leads_requests_to_the_deeper_path() {
    let text = include_str!("../../../fixtures/minimal/waard.yaml").replace("runs: [api]", "runs: [api, zoo]").replace(
        "exposed: [{ host: api.shop.example }]",
        "exposed: [{ host: shop.example }, { host: shop.example, path: /zoo/api/v1 }]",
    ) + "  zoo:\n    like: api\n    exposed: [{ host: shop.example, path: /zoo }, { host: shop.example, path: /zoo/api/v1/zoo }]\n";
    let topology = waard_model::source::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems:#?}")).0;
    judge(&topology);
    each_cluster(&topology, |_, _, here| {
        let rules = listener(here);
        let to = |path: &str| {
            sent(&rules, "shop.example", path).unwrap().path["backend"]["service"]["name"].as_str().unwrap().to_owned()
        };
        let reached: Vec<String> =
            ["/", "/zoo", "/zoo/api", "/zoo/api/v1", "/zoo/api/v1/zoo/x", "/zoos"].into_iter().map(to).collect();
        assert_eq!(reached, ["shop-api", "shop-zoo", "shop-zoo", "shop-api", "shop-zoo", "shop-api"]);
        let unordered: Vec<Rule<'_>> = {
            let mut rules = listener(here);
            rules.sort_by_key(|rule| rule.ingress.name().to_owned());
            rules
        };
        let astray = sent(&unordered, "shop.example", "/zoo").unwrap();
        assert_eq!(astray.path["backend"]["service"]["name"], "shop-api", "by their names alone they would go astray");
    });
}
