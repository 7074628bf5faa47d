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
