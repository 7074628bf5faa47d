//! Kafka clusters, their topics and users, and their mirrors in standby regions.
//!
//! Strimzi makes pods, services, certificates and budgets from what stands here. Its own network policies are switched
//! off where it is installed: they would add to those of [`crate::network::kafka`] and open the metrics to everybody.
//!
//! Names have a dot where Strimzi, a workload or a secret of the topology could have the same one without it.
//!
//! There is no Cruise Control: brokers are as many as zones or a multiple, partitions are spread over them when a topic
//! is made, and what would move them later would cost a core and hold a right over all topics.

pub(crate) mod client;
mod cluster;
mod mirror;
mod monitor;
mod pods;
mod pools;
mod topics;
mod users;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use waard_model::spec::{KafkaSpec, ListenerAuthentication};
use waard_model::topology::{Mirror, Store, Workload};

use crate::file::File;
use crate::labels::{common, metadata};
use crate::{Placed, Site, network};

/// The label by which Strimzi and everything else tells clusters apart.
pub(crate) const CLUSTER: &str = "strimzi.io/cluster";
/// The label with the part of a cluster that a pod belongs to.
pub(crate) const PART: &str = "strimzi.io/name";
/// The label of pods that are brokers.
pub(crate) const BROKER: &str = "strimzi.io/broker-role";

/// A Kafka cluster in a region.
#[derive(Clone, Copy)]
pub(crate) struct Streams<'t> {
    pub(crate) site: Site<'t>,
    pub(crate) store: &'t Store,
    pub(crate) kafka: &'t KafkaSpec,
    pub(crate) namespace: &'t str,
}

impl<'t> Streams<'t> {
    /// All Kafka clusters of a region.
    pub(crate) fn all(site: Site<'t>) -> impl Iterator<Item = Self> {
        site.region.stores().values().filter_map(move |store| Self::of(site, store))
    }

    /// The Kafka clusters that a workload uses.
    pub(crate) fn used_by(site: Site<'t>, workload: &Workload) -> impl Iterator<Item = Self> {
        Self::all(site).filter(move |streams| workload.uses().contains(streams.store.name()))
    }

    fn of(site: Site<'t>, store: &'t Store) -> Option<Self> {
        Some(Self { site, store, kafka: store.kafka()?, namespace: store.kafka_namespace()? })
    }

    /// The workloads that use it.
    pub(crate) fn users(self) -> impl Iterator<Item = &'t Workload> {
        let workloads = self.site.region.workloads().values();
        workloads.map(|workload| &**workload).filter(move |workload| workload.uses().contains(self.store.name()))
    }

    /// Its name for Strimzi.
    pub(crate) fn name(self) -> String {
        self.site.object(self.store.name().as_str())
    }

    /// Its name and something behind it.
    pub(crate) fn object(self, part: &str) -> String {
        format!("{}{part}", self.name())
    }

    /// The value of the label `strimzi.io/name` of its brokers and controllers.
    pub(crate) fn nodes(self) -> String {
        self.object("-kafka")
    }

    /// The name of the secret with the certificate of the authority that signs those of brokers.
    pub(crate) fn authority(self) -> String {
        self.object("-cluster-ca-cert")
    }

    /// The user that a workload is, and the secret with what it proves it with.
    pub(crate) fn user(self, workload: &Workload) -> String {
        format!("{}.{}", self.site.object(workload.name().as_str()), self.store.name())
    }

    /// Where clients inside of the cluster ask first.
    pub(crate) fn bootstrap(self) -> String {
        format!("{}-kafka-bootstrap.{}.svc:{}", self.name(), self.namespace, self.client_port())
    }

    /// How workloads prove who they are.
    pub(crate) fn authentication(self) -> ListenerAuthentication {
        self.kafka.client_listener().map_or(ListenerAuthentication::Mtls, |(_, listener)| listener.authentication)
    }

    /// The port of the listener that workloads use.
    pub(crate) fn client_port(self) -> u16 {
        self.kafka.client_listener().map_or_else(|| self.kafka.mirror_port(), |(_, listener)| listener.port)
    }

    /// The copy of it that this region takes part in.
    pub(crate) fn mirror(self) -> Option<Mirror<'t>> {
        self.site.environment.mirror_of(self.site.region, self.store)
    }

    /// The port that a standby region copies from, if one copies from here.
    pub(crate) fn mirror_port(self) -> Option<u16> {
        self.mirror().filter(|_| !self.site.region.is_standby()).map(|_| self.kafka.mirror_port())
    }

    /// Metadata of an object in its namespace.
    pub(crate) fn metadata(self, name: String) -> ObjectMeta {
        metadata(name, Some(self.namespace), common(self.site))
    }

    /// Metadata of a pool, a topic or a user: its operators look for the label.
    fn member(self, name: String) -> ObjectMeta {
        let mut labels = common(self.site);
        labels.insert(CLUSTER.to_owned(), self.name());
        metadata(name, Some(self.namespace), labels)
    }

    /// Metadata of what holds records: Argo CD deletes it only when somebody says so once more.
    /// Source: Argo CD, "Sync Options", resource pruning and deletion with confirmation.
    fn kept(mut metadata: ObjectMeta) -> ObjectMeta {
        let option = ("argocd.argoproj.io/sync-options".to_owned(), "Delete=confirm,Prune=confirm".to_owned());
        metadata.annotations.get_or_insert_default().extend([option]);
        metadata
    }
}

/// The name of the mirror that copies into a cluster, where there is one.
pub(crate) fn mirror_name(streams: Streams<'_>) -> Option<String> {
    mirror::is_here(streams).then(|| mirror::name(streams))
}

/// The name of an authentication in Strimzi's resources.
const fn authentication(kind: ListenerAuthentication) -> &'static str {
    match kind {
        ListenerAuthentication::Mtls => "tls",
        ListenerAuthentication::Scram => "scram-sha-512",
    }
}

/// The files that belong to no single workload.
pub(crate) fn files(site: Site<'_>) -> Vec<Placed> {
    Streams::all(site).flat_map(|streams| std::iter::once(file(streams)).chain(client::files(streams))).collect()
}

/// A file with a dot in its name is none of a workload.
fn file(streams: Streams<'_>) -> Placed {
    let Streams { site, store, .. } = streams;
    let mut file = File::new(store.path(), &site.region.path());
    for policy in network::kafka::policies(streams) {
        file.add(&policy);
    }
    client::rights(streams, &mut file);
    file.custom(&cluster::cluster(streams));
    for pool in pools::pools(streams) {
        file.custom(&pool);
    }
    for topic in topics::topics(streams) {
        file.custom(&topic);
    }
    for user in users::users(streams) {
        file.custom(&user);
    }
    mirror::add(streams, &mut file);
    monitor::add(streams, &mut file);
    site.placed(streams.namespace, &format!("{}.kafka.yaml", store.name()), file)
}
