//! The mesh: every route reaches its workload and only it, who may call follows from the call graph, limits limit.
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
use support::authority::{Caller, identity, mode, takes};
use support::random::{Random, cases, each_cluster, random};
use support::reach::{End, allowed};
use support::routes::{balancer_address, meant, requests};
use support::{Document, fixture, items, strings};
use waard_model::Topology;
use waard_model::spec::{EntryPath, MutualTls, WorkloadKind};
use waard_model::topology::{Environment, Region, Workload};

const GATEWAY: &str = "cluster.local/ns/istio-ingress/sa/istio-ingressgateway";

fn of_kind<'d>(here: &[&'d Document], kind: &str) -> Vec<&'d Document> {
    here.iter().copied().filter(|document| document.kind() == kind).collect()
}

fn find<'d>(here: &[&'d Document], kind: &str, namespace: &str, name: &str) -> Option<&'d Document> {
    here.iter()
        .copied()
        .find(|document| document.kind() == kind && document.namespace() == namespace && document.name() == name)
}

/// True if the match of a route takes a path, as Envoy decides it.
fn matches(uri: &Value, path: &str) -> bool {
    match uri.as_object().unwrap().iter().next().map(|(kind, value)| (kind.as_str(), value.as_str().unwrap())).unwrap()
    {
        ("exact", exact) => path == exact,
        ("prefix", prefix) => path.starts_with(prefix),
        ("regex", pattern) => {
            // The whole path has to fit. Only this form is written.
            let stem = pattern.strip_suffix("(/.*)?").unwrap().replace(r"\.", ".");
            assert!(!stem.contains(['*', '+', '(', '[', '\\', '?', '|']), "{pattern}");
            path.strip_prefix(&stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        other => panic!("{other:?}"),
    }
}

/// The routes of a host as the gateway has them, in order: name, destination.
fn routed<'d>(here: &[&'d Document], host: &str, path: &str) -> Option<&'d Value> {
    let services = of_kind(here, "VirtualService");
    let of_host: Vec<_> =
        services.iter().filter(|service| strings(&service.value["spec"]["hosts"]).any(|known| known == host)).collect();
    assert!(of_host.len() < 2, "{host} has {} objects, whose order is undefined", of_host.len());
    let route = |service: &&&'d Document| {
        items(&service.value["spec"]["http"]).find(|http| items(&http["match"]).any(|each| matches(&each["uri"], path)))
    };
    of_host.first().and_then(route)
}

fn app(topology: &Topology, workload: &Workload) -> String {
    format!("{}-{}", topology.platform(), workload.name())
}

/// A request from outside reaches the pods that the most specific route means, with its time and tries, and no others.
fn requests_reach_what_they_mean(topology: &Topology, environment: &Environment, region: &Region, here: &[&Document]) {
    for (host, path) in requests(region) {
        let found = routed(here, &host, &path);
        let meant = meant(region, &host, &path);
        assert_eq!(found.is_some(), meant.is_some(), "{host}{path} in {}", region.cluster().name());
        let (Some(found), Some((workload, route))) = (found, meant) else { continue };
        assert_eq!(found["route"].as_array().unwrap().len(), 1);
        let destination = &found["route"][0]["destination"];
        let name = app(topology, workload);
        assert_eq!(destination["host"], format!("{name}.{}.svc.cluster.local", workload.namespace()), "{host}{path}");
        let port = workload.ports()[&route.port];
        assert_eq!(destination["port"]["number"], port);
        let service = find(here, "Service", workload.namespace().as_str(), &name).unwrap();
        assert!(items(&service.value["spec"]["ports"]).any(|known| known["port"] == port));
        assert_eq!(found["retries"]["attempts"], route.retries);
        assert_eq!(found["retries"]["retryOn"].is_null(), route.retries == 0);
        let millis = found["timeout"].as_str().map(|text| {
            text.strip_suffix("ms")
                .map_or_else(|| text.trim_end_matches('s').parse::<u64>().unwrap() * 1000, |ms| ms.parse().unwrap())
        });
        assert_eq!(millis, route.timeout.map(waard_model::quantity::Duration::as_millis));
        assert_eq!(destination["subset"].is_null(), route.version.is_none());
        if let Some(version) = &route.version {
            let rule = find(here, "DestinationRule", workload.namespace().as_str(), &name).unwrap();
            let subset =
                items(&rule.value["spec"]["subsets"]).find(|subset| subset["name"] == destination["subset"]).unwrap();
            assert_eq!(subset["labels"], json!({ "version": version.as_str() }));
            let pods = find(here, "Deployment", workload.namespace().as_str(), &name).unwrap();
            assert_eq!(pods.template().unwrap()["metadata"]["labels"]["version"], version.as_str());
        }
    }
    // What checks the region from outside reaches a workload by its own path, and by no other.
    let origin = environment.origin_host(region);
    match topology.health_route(region) {
        None => assert!(routed(here, &origin, "/").is_none()),
        Some(health) => {
            let found = routed(here, &origin, health.path.as_str()).unwrap();
            let port = health.workload.ports()[health.port];
            assert_eq!(found["route"][0]["destination"]["port"]["number"], port);
            assert!(routed(here, &origin, "/elsewhere/below").is_none());
        }
    }
}

/// The gateway listens for exactly the hosts that have routes, and every route names it.
fn gateways_exist(topology: &Topology, here: &[&Document]) {
    let services = of_kind(here, "VirtualService");
    let mut hosts = BTreeSet::new();
    for service in &services {
        assert_eq!(service.namespace(), "istio-ingress");
        hosts.extend(strings(&service.value["spec"]["hosts"]).map(|host| format!("./{host}")));
        for gateway in strings(&service.value["spec"]["gateways"]) {
            assert!(find(here, "Gateway", "istio-ingress", gateway).is_some(), "no gateway {gateway}");
        }
        let names: Vec<&str> =
            items(&service.value["spec"]["http"]).map(|http| http["name"].as_str().unwrap()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }
    let gateways = of_kind(here, "Gateway");
    assert_eq!(gateways.len(), usize::from(!services.is_empty()));
    for gateway in gateways {
        assert_eq!(gateway.name(), format!("{}-gateway", topology.platform()));
        assert_eq!(gateway.value["spec"]["selector"], json!({ "istio": "ingressgateway" }));
        let server = &gateway.value["spec"]["servers"][0];
        assert_eq!(server["port"], json!({ "name": "http", "number": 8080, "protocol": "HTTP" }));
        assert_eq!(strings(&server["hosts"]).map(str::to_owned).collect::<BTreeSet<_>>(), hosts);
    }
}

/// Exactly the routes that say so have a bucket, each one of its own, with the numbers that they say.
fn limits_limit(region: &Region, here: &[&Document]) {
    let mut said = BTreeMap::new();
    for (workload, route) in
        region.workloads().values().flat_map(|workload| workload.exposed().iter().map(move |route| (workload, route)))
    {
        if let Some(rate) = route.rate_limit {
            let most = rate.count() + u64::from(route.rate_burst.unwrap_or(0));
            let found = routed(here, route.host.as_str(), route.path.as_str()).unwrap();
            // Each match would have a bucket of its own, and so let as much through again.
            assert_eq!(items(&found["match"]).count(), 1, "{}", workload.name());
            let key = (format!("{}:8080", route.host), found["name"].as_str().unwrap().to_owned());
            said.insert(key, (most, rate.count(), rate.per().as_millis()));
        }
    }
    let filters = of_kind(here, "EnvoyFilter");
    assert_eq!(filters.len(), usize::from(!said.is_empty()));
    let mut found = BTreeMap::new();
    for filter in filters {
        assert_eq!(filter.namespace(), "istio-ingress");
        assert_eq!(filter.value["spec"]["workloadSelector"]["labels"], json!({ "istio": "ingressgateway" }));
        let patches = filter.value["spec"]["configPatches"].as_array().unwrap();
        assert_eq!(patches[0]["applyTo"], "HTTP_FILTER");
        assert_eq!(patches[0]["patch"]["operation"], "INSERT_BEFORE");
        assert!(patches[0]["patch"]["value"]["typed_config"]["token_bucket"].is_null());
        for patch in &patches[1..] {
            assert_eq!((&patch["applyTo"], &patch["patch"]["operation"]), (&json!("HTTP_ROUTE"), &json!("MERGE")));
            assert_eq!(patch["match"]["context"], "GATEWAY");
            let host = &patch["match"]["routeConfiguration"]["vhost"];
            let limit = &patch["patch"]["value"]["typed_per_filter_config"]["envoy.filters.http.local_ratelimit"];
            for key in ["filter_enabled", "filter_enforced"] {
                assert_eq!(limit[key]["default_value"], json!({ "numerator": 100, "denominator": "HUNDRED" }));
            }
            let bucket = &limit["token_bucket"];
            let interval = bucket["fill_interval"].as_str().unwrap().strip_suffix('s').unwrap();
            let millis = interval
                .strip_suffix('m')
                .map_or_else(|| interval.parse::<u64>().unwrap() * 1000, |interval| interval.parse::<u64>().unwrap());
            let numbers = (bucket["max_tokens"].as_u64().unwrap(), bucket["tokens_per_fill"].as_u64().unwrap(), millis);
            assert!(numbers.0 >= numbers.1 && u32::try_from(numbers.0).is_ok());
            let key = (host["name"].as_str().unwrap().to_owned(), host["route"]["name"].as_str().unwrap().to_owned());
            assert!(found.insert(key, numbers).is_none());
        }
    }
    assert_eq!(found, said);
}

/// For each pair of workloads, the gateway, the load balancer and a stranger: let in exactly where the topology says so.
fn authority_follows_the_call_graph(topology: &Topology, region: &Region, here: &[&Document]) {
    let strict = topology.spec().mesh.as_ref().unwrap().mtls == MutualTls::Strict;
    let direct = topology.entry() == EntryPath::Direct;
    let address = balancer_address(region);
    for callee in region.workloads().values() {
        let labels = json!({ "app": app(topology, callee) });
        let namespace = callee.namespace().as_str();
        let ready = callee.probes().readiness.as_ref().filter(|_| direct && !callee.exposed().is_empty());
        for (name, port) in callee.ports() {
            let port = u64::from(*port);
            let let_in = |caller: &Caller<'_>, path: &str| takes(here, caller, namespace, &labels, port, path);
            let serving = callee.spec().metrics.as_ref().is_none_or(|metrics| metrics.port != *name);
            let routed = callee.exposed().iter().any(|route| route.port == *name);
            for caller in region.workloads().values() {
                let said = serving && (caller.name() == callee.name() || caller.calls().contains(callee.name()));
                let own = identity(caller.namespace().as_str(), &app(topology, caller));
                let found = let_in(&Caller::Identity(&own), "/");
                assert_eq!(found, said || !strict, "{} → {}:{port}", caller.name(), callee.name());
            }
            let stranger = identity(namespace, "default");
            assert_eq!(let_in(&Caller::Identity(&stranger), "/"), !strict);
            assert_eq!(let_in(&Caller::Identity(GATEWAY), "/"), (routed && !direct) || !strict);
            // Without an identity only the load balancer is let in, and only where it sends requests straight to the pods.
            assert_eq!(let_in(&Caller::Address("10.255.255.1"), "/no/such/path"), !strict);
            let here_too = routed && direct;
            assert_eq!(
                let_in(&Caller::Address(&address), "/no/such/path"),
                here_too || !strict,
                "{name} of {}",
                callee.name()
            );
            let checked = ready.filter(|probe| probe.port == *name).and_then(|probe| probe.path.as_ref());
            if let Some(path) =
                checked.filter(|_| callee.exposed().iter().any(|route| !route.port.as_str().starts_with("grpc")))
            {
                assert!(let_in(&Caller::Address(&address), path.as_str()), "{path} of {}", callee.name());
            }
            if strict && !direct {
                assert_eq!(mode(here, namespace, &labels, port), "STRICT");
            }
        }
    }
}

/// Proxies know the services that their workloads call and no more, and every rule is of a Service that exists.
fn proxies_know_what_they_need(topology: &Topology, region: &Region, here: &[&Document]) {
    let scopes = of_kind(here, "Sidecar");
    for workload in region.workloads().values() {
        let own = workload.namespace().as_str();
        let scope = scopes.iter().find(|scope| scope.namespace() == own).unwrap();
        let known: Vec<&str> =
            items(&scope.value["spec"]["egress"]).flat_map(|egress| strings(&egress["hosts"])).collect();
        for callee in workload.calls().iter().filter_map(|name| region.workloads().get(name)) {
            let namespace = callee.namespace().as_str();
            let exact = format!("{namespace}/{}.{namespace}.svc.cluster.local", app(topology, callee));
            assert!(namespace == own || known.contains(&exact.as_str()), "{own} doesn't know {exact}");
        }
    }
    let mut rules = BTreeSet::new();
    for rule in of_kind(here, "DestinationRule") {
        let host = rule.value["spec"]["host"].as_str().unwrap();
        assert!(find(here, "Service", rule.namespace(), host.split('.').next().unwrap()).is_some(), "{host}");
        assert!(rules.insert(host.to_owned()), "{host} has two rules");
        let pool = &rule.value["spec"]["trafficPolicy"]["connectionPool"];
        let callee = region.workloads().values().find(|w| host.starts_with(&format!("{}.", app(topology, w)))).unwrap();
        // What a limit lets through at once finds a connection.
        for route in callee.exposed() {
            let most = route.rate_limit.map_or(0, waard_model::quantity::Rate::count)
                + u64::from(route.rate_burst.unwrap_or(0));
            assert!(pool["tcp"]["maxConnections"].as_u64().unwrap() >= most);
            assert!(pool["http"]["http1MaxPendingRequests"].as_u64().unwrap() >= most);
        }
    }
    let services = region
        .workloads()
        .values()
        .filter(|workload| workload.kind() == WorkloadKind::Service && !workload.ports().is_empty());
    assert_eq!(services.count(), rules.len());
}

/// The gateway's pods: who reaches them, and whom they reach.
fn gateway_is_reached_by_the_balancer_only(topology: &Topology, region: &Region, here: &[&Document]) {
    let policies = of_kind(here, "NetworkPolicy");
    let own = json!({ "istio": "ingressgateway" });
    let gateway = End::Pod { namespace: "istio-ingress", labels: &own };
    let address = balancer_address(region);
    let balancer = End::Address(&address);
    for (port, open) in [(8080, true), (15_021, true), (15_020, false), (15_090, false), (22, false)] {
        assert_eq!(allowed(&policies, &balancer, &gateway, port), open, "load balancer → gateway:{port}");
    }
    assert!(!allowed(&policies, &End::Address("52.216.0.1"), &gateway, 8080));
    let labels = json!({ "app.kubernetes.io/name": "prometheus" });
    let namespace = topology.spec().observability.metrics.namespace.as_str();
    // The collector's own policy belongs to what installs it; here only what comes in is judged.
    let coming: Vec<&Document> =
        policies.iter().copied().filter(|policy| policy.namespace() == "istio-ingress").collect();
    let prometheus = End::Pod { namespace, labels: &labels };
    assert!(allowed(&coming, &prometheus, &gateway, 15_020) && allowed(&coming, &prometheus, &gateway, 15_090));
    assert!(!allowed(&coming, &prometheus, &gateway, 8080));
    let istiod = json!({ "app": "istiod" });
    assert!(allowed(&coming, &gateway, &End::Pod { namespace: "istio-system", labels: &istiod }, 15_012));
    for workload in region.workloads().values() {
        let labels = json!({ "app": app(topology, workload) });
        let pods = End::Pod { namespace: workload.namespace().as_str(), labels: &labels };
        for (name, port) in workload.ports() {
            let routed = workload.exposed().iter().any(|route| route.port == *name);
            let found = allowed(&policies, &gateway, &pods, u64::from(*port));
            assert_eq!(found, routed, "gateway → {}:{port}", workload.name());
            assert!(!allowed(&policies, &pods, &gateway, 8080), "{} → gateway", workload.name());
            assert!(!allowed(&policies, &balancer, &pods, u64::from(*port)), "load balancer → {}", workload.name());
        }
    }
}

const GATEWAY_KINDS: [&str; 3] = ["Gateway", "VirtualService", "EnvoyFilter"];
const MESH_KINDS: [&str; 4] = ["AuthorizationPolicy", "DestinationRule", "PeerAuthentication", "Sidecar"];

fn judge(topology: &Topology) {
    each_cluster(topology, |environment, region, here| judge_cluster(topology, environment, region, here));
}

fn judge_cluster(topology: &Topology, environment: &Environment, region: &Region, here: &[&Document]) {
    if topology.spec().mesh.is_none() {
        let left = here.iter().find(|d| GATEWAY_KINDS.contains(&d.kind()) || MESH_KINDS.contains(&d.kind()));
        assert!(left.is_none(), "{left:?}");
        return;
    }
    authority_follows_the_call_graph(topology, region, here);
    proxies_know_what_they_need(topology, region, here);
    if topology.entry() == EntryPath::Direct {
        for document in here {
            assert!(!GATEWAY_KINDS.contains(&document.kind()), "{}", document.path);
            assert!(!document.text.contains("ingressgateway"), "{}", document.path);
        }
        return;
    }
    if !region.is_exposed() {
        assert!(!here.iter().any(|document| document.namespace() == "istio-ingress"));
        return;
    }
    gateways_exist(topology, here);
    requests_reach_what_they_mean(topology, environment, region, here);
    limits_limit(region, here);
    gateway_is_reached_by_the_balancer_only(topology, region, here);
}

#[test]
fn shipped_topologies_have_a_mesh_that_is_whole() {
    for name in ["minimal", "waardhaven"] {
        judge(&fixture(name));
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever the topology says: routes, limits, identities and proxies' knowledge follow from it.
    #[test]
    fn meshes_follow_from_the_topology(Random(topology) in random()) {
        judge(&topology);
    }
}

/// The founding platform's numbers, as they were meant.
#[test]
fn the_api_is_limited_and_its_health_is_not() {
    let topology = fixture("waardhaven");
    each_cluster(&topology, |_, region, here| {
        let host = region.workloads().values().find_map(|w| w.exposed().first()).unwrap().host.clone();
        let api = routed(here, host.as_str(), "/v1/portfolio").unwrap();
        assert_eq!(api["timeout"], "15s");
        let filter = of_kind(here, "EnvoyFilter")[0];
        let patches = filter.value["spec"]["configPatches"].as_array().unwrap();
        assert_eq!(patches.len(), 2, "the filter, and one bucket");
        assert_eq!(patches[1]["match"]["routeConfiguration"]["vhost"]["route"]["name"], api["name"]);
        assert_ne!(routed(here, host.as_str(), "/health").unwrap()["name"], api["name"]);
        assert_eq!(routed(here, host.as_str(), "/healthy").unwrap()["name"], api["name"]);
    });
}

/// What a test can't see fail may be blind: each fault, put into good objects, is found.
#[test]
fn each_fault_is_found() {
    type Damage = fn(&mut Document);
    let cases: &[(&str, &str, &str, Damage)] = &[
        ("a gateway that isn't there", "VirtualService", "api.waardhaven.com", |d| {
            d.value["spec"]["gateways"][0] = "nowhere".into();
        }),
        ("a port that isn't there", "VirtualService", "api.waardhaven.com", |d| {
            d.value["spec"]["http"][1]["route"][0]["destination"]["port"]["number"] = 1.into();
        }),
        ("a workload that isn't meant", "VirtualService", "app.waardhaven.com", |d| {
            d.value["spec"]["http"][0]["route"][0]["destination"]["host"] =
                "waardhaven-api.production.svc.cluster.local".into();
        }),
        ("a route that hides another", "VirtualService", "api.waardhaven.com", |d| {
            d.value["spec"]["http"].as_array_mut().unwrap().reverse();
        }),
        ("a path that is too wide", "VirtualService", "api.waardhaven.com", |d| {
            d.value["spec"]["http"][0]["match"][1]["uri"] = json!({ "prefix": "/health" });
        }),
        ("tries that nobody asked for", "VirtualService", "app.waardhaven.com", |d| {
            d.value["spec"]["http"][0]["retries"]["attempts"] = 2.into();
        }),
        ("a limit of another number", "EnvoyFilter", "waardhaven-rate-limits", |d| {
            d.value["spec"]["configPatches"][1]["patch"]["value"]["typed_per_filter_config"]["envoy.filters.http.local_ratelimit"]
                ["token_bucket"]["tokens_per_fill"] = 999.into();
        }),
        ("a limit of no route", "EnvoyFilter", "waardhaven-rate-limits", |d| {
            d.value["spec"]["configPatches"][1]["match"]["routeConfiguration"]["vhost"]["route"]["name"] =
                "web/".into();
        }),
        ("a caller too many", "AuthorizationPolicy", "waardhaven-api", |d| {
            let web = "cluster.local/ns/production/sa/waardhaven-web";
            d.value["spec"]["rules"][0]["from"][0]["source"]["principals"][0] = web.into();
        }),
        ("a namespace that allows what no policy names", "AuthorizationPolicy", "waardhaven-web", |d| {
            d.value["spec"]["selector"]["matchLabels"]["app"] = "nothing".into();
        }),
        ("calls without a certificate", "PeerAuthentication", "default", |d| {
            d.value["spec"]["mtls"]["mode"] = "PERMISSIVE".into();
        }),
        ("a gateway that anyone reaches", "NetworkPolicy", "istio-ingressgateway", |d| {
            d.value["spec"]["ingress"][0]["from"] = json!([{ "ipBlock": { "cidr": "0.0.0.0/0" } }]);
        }),
        ("a rule of no Service", "DestinationRule", "waardhaven-api", |d| {
            d.value["spec"]["host"] = "gone.production.svc.cluster.local".into();
        }),
        ("a host that nobody leads anywhere", "Gateway", "waardhaven-gateway", |d| {
            d.value["spec"]["servers"][0]["hosts"][0] = "./gone.waardhaven.com".into();
        }),
    ];
    let topology = fixture("waardhaven");
    let artifacts = waard_k8s::emit(&topology);
    let (environment, region) =
        topology.regions().find(|(_, r)| r.cluster().name() == "waardhaven-production-us-east-1").unwrap();
    for (what, kind, name, damage) in cases {
        let mut documents: Vec<Document> = support::documents(&artifacts)
            .into_iter()
            .filter(|document| document.path.starts_with("kubernetes/production/waardhaven-production-us-east-1/"))
            .collect();
        let good: Vec<&Document> = documents.iter().collect();
        judge_cluster(&topology, environment, region, &good);
        damage(documents.iter_mut().find(|d| d.kind() == *kind && d.name() == *name).unwrap());
        let judged = std::panic::catch_unwind(|| {
            let here: Vec<&Document> = documents.iter().collect();
            judge_cluster(&topology, environment, region, &here);
        });
        assert!(judged.is_err(), "{what} is not seen");
    }
}
