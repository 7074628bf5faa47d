//! Stores.

use waard_model::name::WorkloadName;
use waard_model::path::ModelPath;
use waard_model::spec::{StorageClass, StoreSize, TierSpec, TopicSpec};

use super::{Mutation, bucket, held, in_environments, kafka, topic, v};

pub(crate) const MUTATIONS: &[(&str, Mutation)] = &[
    ("tiers out of order", |s, c| {
        let tier = |after: &str, class| TierSpec { after: v(after), class };
        s.data.buckets.insert(
            v("zz-bucket"),
            bucket(vec![tier("30d", StorageClass::Glacier), tier("90d", StorageClass::StandardIa)]),
        );
        let _ = c;
        Some(ModelPath::of(["data", "buckets", "zz-bucket", "tiers"]).index(1))
    }),
    ("tiers too close", |s, c| {
        let tier = |after: &str, class| TierSpec { after: v(after), class };
        s.data.buckets.insert(
            v("zz-bucket"),
            bucket(vec![tier("30d", StorageClass::StandardIa), tier("31d", StorageClass::Glacier)]),
        );
        let _ = c;
        Some(ModelPath::of(["data", "buckets", "zz-bucket", "tiers"]).index(1))
    }),
    ("a store's name twice", |s, c| {
        let name =
            c.among(s.data.databases.keys().chain(s.data.caches.keys()).chain(s.data.kafka.keys()).cloned().collect())?;
        s.data.buckets.insert(name.clone(), bucket(Vec::new()));
        Some(ModelPath::of(["data", "buckets", name.as_str()]))
    }),
    ("more copies than brokers", |s, c| {
        kafka(s, c).map(|(path, name)| {
            let kafka = s.data.kafka.get_mut(&name).unwrap();
            kafka.replication = kafka.brokers.replicas + 1;
            path.key("replication")
        })
    }),
    ("a topic with more copies than brokers", |s, c| {
        kafka(s, c).map(|(path, name)| {
            let kafka = s.data.kafka.get_mut(&name).unwrap();
            kafka.topics.insert(v("zz"), topic(Some(kafka.brokers.replicas + 1)));
            path.key("topics").key("zz").key("replication")
        })
    }),
    ("more than a disk holds", |s, c| {
        kafka(s, c).map(|(path, name)| {
            s.data
                .kafka
                .get_mut(&name)
                .unwrap()
                .topics
                .insert(v("zz"), TopicSpec { rate: Some(v("1Gi/s")), retention: v("365d"), ..topic(None) });
            path
        })
    }),
    ("a user that uses nothing", |s, c| {
        kafka(s, c).map(|(path, name)| {
            let nobody: WorkloadName = v("nobody-at-all");
            let rights = waard_model::spec::KafkaUserSpec::default();
            s.data.kafka.get_mut(&name).unwrap().users.insert(nobody, rights);
            path.key("users")
        })
    }),
    ("a Kafka cluster among what the cluster installs", |s, c| {
        kafka(s, c).map(|(path, name)| {
            s.data.kafka.get_mut(&name).unwrap().namespace = Some(v("strimzi-system"));
            path.key("namespace")
        })
    }),
    ("a listener called like the one for the standby region", |s, c| {
        kafka(s, c).map(|(path, name)| {
            let listeners = &mut s.data.kafka.get_mut(&name).unwrap().listeners;
            let (_, spec) = listeners.pop_first().unwrap();
            listeners.insert(v("mirror"), spec);
            path.key("listeners").key("mirror")
        })
    }),
    ("a topic that no object of Kubernetes can be called like", |s, c| {
        kafka(s, c).map(|(path, name)| {
            s.data.kafka.get_mut(&name).unwrap().topics.insert(v("a..b"), topic(None));
            path.key("topics").key("a..b")
        })
    }),
    ("two Kafka clusters in a namespace", |s, c| {
        let (_, name) = kafka(s, c)?;
        let other: waard_model::name::StoreName = v("zz-kafka");
        let first = s.data.kafka[&name].clone();
        let namespace = Some(first.namespace.clone().unwrap_or_else(|| v(name.as_str())));
        let second = waard_model::spec::KafkaSpec { namespace, users: std::collections::BTreeMap::new(), ..first };
        s.data.kafka.insert(other.clone(), second);
        // Beside the first one: in another region they are in nobody's way.
        for region in s.environments.values_mut().flat_map(|environment| environment.regions.values_mut()) {
            if region.holds.contains(&name) {
                region.holds.push(other.clone());
            }
        }
        Some(ModelPath::of(["data", "kafka", "zz-kafka"]))
    }),
    ("no brokers in one environment", |s, c| {
        let (_, name) = kafka(s, c)?;
        Some(in_environments(s, &name, &StoreSize { replicas: Some(0), ..StoreSize::default() }))
    }),
    ("no memory for brokers in one environment", |s, c| {
        let (_, name) = kafka(s, c)?;
        Some(in_environments(s, &name, &StoreSize { memory: Some(v("64Mi")), ..StoreSize::default() }))
    }),
    ("no shards in one environment", |s, c| {
        let name = c.among(s.data.caches.keys().cloned().collect())?;
        held(s, c, &name);
        Some(in_environments(s, &name, &StoreSize { shards: Some(0), ..StoreSize::default() }))
    }),
    ("too small a disk in one environment", |s, c| {
        let name = c.among(s.data.databases.keys().cloned().collect())?;
        held(s, c, &name);
        Some(in_environments(s, &name, &StoreSize { storage: Some(v("1Gi")), ..StoreSize::default() }))
    }),
    ("a size of something else", |s, c| {
        let name = c.among(s.data.buckets.keys().cloned().collect())?;
        Some(in_environments(s, &name, &StoreSize { shards: Some(3), ..StoreSize::default() }))
    }),
];
