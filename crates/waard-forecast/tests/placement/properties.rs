//! What holds of every pod, whatever the nodes are like.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::{option, prop_assert, prop_assert_eq, prop_assume, proptest};
use waard_forecast::placement::{
    Amounts, Cluster, Compare, Container, Effect, Group, InitContainer, Kind, Labels, Level, Node, NodeTerm, Operator,
    Packing, Pod, PodTerm, Port, Protocol, Requirement, Resource, Selector, Site, Spread, Taint, Toleration, Wants,
    ZoneBy, forecast,
};

const ZONE: &str = "topology.kubernetes.io/zone";
const HOST: &str = "kubernetes.io/hostname";

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

fn app() -> impl Strategy<Value = String> {
    word(&["api", "web", "job"])
}

fn effect() -> impl Strategy<Value = Effect> {
    select(&[Effect::NoSchedule, Effect::PreferNoSchedule, Effect::NoExecute][..])
}

fn taint() -> impl Strategy<Value = Taint> {
    (word(&["a", "b"]), word(&["", "1", "2"]), effect()).prop_map(|(key, value, effect)| Taint { key, value, effect })
}

fn toleration() -> impl Strategy<Value = Toleration> {
    let compare = select(&[Compare::Equal, Compare::Exists, Compare::Lt, Compare::Gt][..]);
    (word(&["", "a", "b"]), compare, word(&["", "1", "2"]), option::of(effect()))
        .prop_map(|(key, compare, value, effect)| Toleration { key, compare, value, effect })
}

fn requirement() -> impl Strategy<Value = Requirement> {
    let operator = select(
        &[Operator::In, Operator::NotIn, Operator::Exists, Operator::DoesNotExist, Operator::Gt, Operator::Lt][..],
    );
    let values = vec(word(&["1", "2", "x"]), 0..3);
    (word(&["size", "disk"]), operator, values).prop_map(|(key, operator, values)| Requirement {
        key,
        operator,
        values,
    })
}

fn selector() -> impl Strategy<Value = Option<Selector>> {
    let some = app().prop_map(|app| Some(Selector::label("app", &app)));
    prop_oneof![4 => some, 1 => Just(None), 1 => Just(Some(Selector::default()))]
}

fn spread() -> impl Strategy<Value = Spread> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (1..3_u32, word(&[ZONE, HOST]), selector(), option::of(1..4_u32), flags).prop_map(
        |(max_skew, key, selector, min_domains, (hard, honors_affinity, honors_taints))| Spread {
            max_skew,
            key,
            hard,
            selector,
            match_label_keys: Vec::new(),
            min_domains,
            honors_affinity,
            honors_taints,
        },
    )
}

fn term() -> impl Strategy<Value = PodTerm> {
    (selector(), word(&[ZONE, HOST])).prop_map(|(selector, key)| PodTerm { selector, key, ..PodTerm::default() })
}

fn amounts() -> impl Strategy<Value = Amounts> {
    (option::of(0..1500_u64), option::of(0..1500_u64)).prop_map(|(cpu, memory)| {
        let named = [(Resource::Cpu, cpu), (Resource::Memory, memory)];
        named.into_iter().filter_map(|(resource, amount)| Some((resource, amount?))).collect()
    })
}

fn container() -> impl Strategy<Value = Container> {
    let port = (1..4_u16, option::of(1..4_u16), any::<bool>()).prop_map(|(container, host, udp)| Port {
        container,
        host,
        address: None,
        protocol: if udp { Protocol::Udp } else { Protocol::Tcp },
    });
    (amounts(), vec(port, 0..2))
        .prop_map(|(requests, ports)| Container { wants: Wants { requests, ..Wants::default() }, ports })
}

fn pod() -> impl Strategy<Value = Pod> {
    let init = (container(), any::<bool>()).prop_map(|(container, stays)| InitContainer { container, stays });
    let node_term = vec(requirement(), 0..3).prop_map(|labels| NodeTerm { labels, fields: Vec::new() });
    let containers = (vec(container(), 0..3), vec(init, 0..3), amounts());
    let where_to = (option::weighted(0.2, vec(node_term, 0..3)), vec(toleration(), 0..3));
    let others = (vec(spread(), 0..3), vec(term(), 0..2), vec(term(), 0..2));
    (app(), containers, where_to, others).prop_map(
        |(app, (containers, init, overhead), (node_affinity, tolerations), (spread, near, apart))| Pod {
            name: app.clone(),
            namespace: "default".to_owned(),
            labels: [("app".to_owned(), app)].into(),
            containers,
            init,
            overhead,
            node_affinity,
            tolerations,
            spread,
            near,
            apart,
            ..Pod::default()
        },
    )
}

fn labels() -> impl Strategy<Value = Labels> {
    let label = |key: &'static str| option::of(word(&["1", "2"])).prop_map(move |value| (key.to_owned(), value));
    (label("size"), label("disk"))
        .prop_map(|(size, disk)| [size, disk].into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

fn group() -> impl Strategy<Value = Group> {
    let zones = select(vec![&["a"][..], &["b"], &["a", "b"], &["a", "b", "c"]]);
    let flags = (any::<bool>(), any::<bool>());
    let sizes = (0..3_u32, 0..4_u32, 1..6_u32, 1..5_u64);
    (labels(), vec(taint(), 0..2), zones, flags, sizes).prop_map(
        |(labels, taints, zones, (spot, karpenter), (min, more, pods, size))| Group {
            name: String::new(),
            labels,
            taints,
            allocatable: Amounts::default().with(Resource::Cpu, size * 1000).with(Resource::Memory, size * 1000),
            pods,
            attach_limits: std::collections::BTreeMap::new(),
            zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
            zone_by: if karpenter { ZoneBy::Pod } else { ZoneBy::Balance },
            spot,
            rank: u32::from(spot),
            min,
            start: min + more / 2,
            max: min + more,
        },
    )
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    vec(group(), 1..4).prop_map(|groups| {
        groups.into_iter().enumerate().map(|(index, group)| Group { name: format!("g{index}"), ..group }).collect()
    })
}

/// A node with the pods on it.
type Stood = (Node, Vec<Pod>);

fn nodes() -> impl Strategy<Value = Vec<Stood>> {
    let node = (group(), select(&["a", "b", "c"][..]), any::<bool>(), vec(pod(), 0..3)).prop_map(
        |(group, zone, cordoned, pods)| {
            let mut labels = group.labels;
            labels.insert(ZONE.to_owned(), zone.to_owned());
            let node = Node {
                labels,
                taints: group.taints,
                unschedulable: cordoned && group.spot,
                allocatable: group.allocatable,
                pods: group.pods,
                ..Node::default()
            };
            (node, pods)
        },
    );
    vec(node, 1..5).prop_map(|nodes| {
        nodes
            .into_iter()
            .enumerate()
            .map(|(index, (mut node, pods))| {
                node.name = format!("n{index}");
                node.labels.insert(HOST.to_owned(), node.name.clone());
                (node, pods)
            })
            .collect()
    })
}

fn cluster<'n>(nodes: impl Iterator<Item = &'n Stood>, backwards: bool) -> Cluster {
    let mut cluster = Cluster::default();
    for (node, pods) in nodes {
        let index = cluster.add(node.clone());
        let mut pods: Vec<&Pod> = pods.iter().collect();
        if backwards {
            pods.reverse();
        }
        for pod in pods {
            cluster.stand(index, &Arc::new(pod.clone()));
        }
    }
    cluster
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    vec((pod(), 0..4_u32, 0..4_u32, 0..4_u32, 0..3_i32), 1..4).prop_map(|kinds| {
        let kind = |(index, (mut pod, least, expected, most, priority)): (usize, (Pod, u32, u32, u32, i32))| {
            pod.priority = priority;
            Kind { of: format!("kind{index}"), pod, least, expected: least + expected, most: least + expected + most }
        };
        kinds.into_iter().enumerate().map(kind).collect()
    })
}

/// KEP-753: `Max( Max( each InitContainerUse ), Sum(Sidecar Containers) + Sum(Containers) )`, and overhead, for one
/// resource, where `InitContainerUse(i) = Sum(sidecar containers with index < i) + InitContainer(i)`.
fn as_the_kep_has_it(pod: &Pod, resource: &Resource) -> u64 {
    let of = |container: &Container| container.wants.requests.get(resource);
    let sidecars = |before: usize| -> u64 {
        pod.init[..before].iter().filter(|init| init.stays).map(|init| of(&init.container)).sum()
    };
    let uses = (0..pod.init.len()).map(|index| sidecars(index) + of(&pod.init[index].container));
    let together = sidecars(pod.init.len()) + pod.containers.iter().map(of).sum::<u64>();
    uses.max().unwrap_or(0).max(together) + pod.overhead.get(resource)
}

proptest! {
    #[test]
    fn requests_are_as_the_enhancement_proposal_has_them(pod in pod()) {
        for resource in [Resource::Cpu, Resource::Memory] {
            prop_assert_eq!(pod.requests().get(&resource), as_the_kep_has_it(&pod, &resource));
        }
    }

    #[test]
    fn verdicts_do_not_depend_on_the_order_of_anything(nodes in nodes(), pod in pod()) {
        let forward = cluster(nodes.iter(), false);
        let backward = cluster(nodes.iter().rev(), true);
        let mut turned = pod.clone();
        turned.containers.reverse();
        turned.tolerations.reverse();
        if let Some(terms) = &mut turned.node_affinity {
            terms.reverse();
        }
        let fits = |cluster: &Cluster, pod: &Pod| -> Vec<bool> {
            cluster.verdicts(pod).iter().map(Option::is_none).collect()
        };
        let mut again = fits(&backward, &turned);
        again.reverse();
        prop_assert_eq!(fits(&forward, &pod), again);
        // The same words, too, while the pod is the same.
        let mut words = backward.verdicts(&pod);
        words.reverse();
        prop_assert_eq!(forward.verdicts(&pod), words);
    }

    /// A constraint that honors taints counts a node once its taints are tolerated, so there a toleration can take
    /// nodes away; the scenario "taints honored and tolerated" is such a case.
    #[test]
    fn a_toleration_takes_no_node_away(nodes in nodes(), mut pod in pod(), more in toleration()) {
        for spread in &mut pod.spread {
            spread.honors_taints = false;
        }
        let cluster = cluster(nodes.iter(), false);
        let before = cluster.verdicts(&pod);
        pod.tolerations.push(more);
        for (before, after) in before.iter().zip(cluster.verdicts(&pod)) {
            prop_assert!(before.is_some() || after.is_none(), "{after:?}");
        }
    }

    /// Nodes of a new group that run are new domains, which a hard constraint can wait for; a group without nodes is
    /// in nobody's way.
    #[test]
    fn a_pod_with_a_node_has_one_when_a_group_is_added(
        groups in groups(), there in vec(pod(), 0..6), mut pod in pod(), mut more in group(), empty in any::<bool>()
    ) {
        let mut packing = Packing::new(groups, &Cluster::default());
        for pod in there {
            let _ = packing.put(&Arc::new(pod));
        }
        if empty {
            more.min = 0;
        } else {
            pod.spread.iter_mut().for_each(|spread| spread.hard = false);
        }
        more.name = "more".to_owned();
        let pod = Arc::new(pod);
        prop_assume!(packing.clone().put(&pod).is_ok());
        packing.add(more);
        prop_assert!(packing.put(&pod).is_ok());
    }

    #[test]
    fn more_pods_never_need_fewer_nodes(groups in groups(), pod in pod(), count in 1..12_u32) {
        let pod = Arc::new(pod);
        let mut packing = Packing::new(groups, &Cluster::default());
        let mut before = packing.nodes();
        for _ in 0..count {
            let _ = packing.put(&pod);
            let after = packing.nodes();
            prop_assert!(before.iter().all(|(group, nodes)| after[group] >= *nodes), "{before:?} {after:?}");
            before = after;
        }
    }

    #[test]
    fn a_forecast_adds_up_and_is_the_same_again(groups in groups(), kinds in kinds()) {
        let site = Site { groups: groups.clone(), ..Site::default() };
        let first = forecast(&site, &kinds);
        let mut turned = kinds.clone();
        turned.reverse();
        let groups = groups.into_iter().rev().collect();
        prop_assert_eq!(&first, &forecast(&Site { groups, ..site.clone() }, &turned));
        let levels = Level::ALL.map(|level| (level, first.at[&level].clone()));
        for (level, stage) in &levels {
            for kind in &kinds {
                let landed: u32 = stage.landed.get(&kind.of).map_or(0, |groups| groups.values().sum());
                let without: u32 =
                    stage.homeless.iter().filter(|homeless| homeless.of == kind.of).map(|homeless| homeless.without).sum();
                prop_assert_eq!(landed + without, kind.count(*level), "{:?} {}", level, &kind.of);
            }
            for group in &site.groups {
                let room = &stage.groups[&group.name];
                prop_assert!(room.nodes >= group.min && room.nodes <= group.max);
                prop_assert!(room.used.iter().all(|(resource, used)| used <= room.allocatable.get(resource)));
            }
            for homeless in &stage.homeless {
                let covers = homeless.reasons.len() == site.groups.len();
                prop_assert!(covers && homeless.without > 0, "{homeless}");
                if let Some(example) = &homeless.example {
                    prop_assert!(example.contains_key(&homeless.of), "{homeless}");
                }
            }
        }
        for pair in levels.windows(2) {
            prop_assert!(pair[0].1.nodes() <= pair[1].1.nodes());
        }
        prop_assert!(first.after.values().all(|stage| stage.groups.values().all(|room| room.nodes <= room.max)));
    }
}
