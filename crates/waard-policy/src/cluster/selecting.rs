//! Which of many objects with a selector take the pods of a workload: found without asking each of them.

use std::collections::BTreeMap;

use super::{Cluster, Object, Selector, Workload};

/// Its place among the objects, the object, and its selector if it has one.
type Other<'c> = (usize, &'c Object, Option<Selector<'c>>);

/// Objects of namespaces by what their selectors ask for.
#[derive(Debug, Default)]
pub(crate) struct Selecting<'c> {
    /// By namespace and the label of the selector that the fewest workloads have.
    by_label: BTreeMap<String, Vec<(usize, &'c Object, Selector<'c>)>>,
    /// By namespace, those that ask for no label by its value.
    others: BTreeMap<&'c str, Vec<Other<'c>>>,
}

impl<'c> Selecting<'c> {
    /// Of objects with their selectors; without one, an object takes every pod of its namespace.
    pub(crate) fn of(cluster: &'c Cluster, objects: impl Iterator<Item = (&'c Object, Option<Selector<'c>>)>) -> Self {
        let mut found = Self::default();
        for (number, (object, selector)) in objects.enumerate() {
            let key = selector.and_then(|selector| Some((selector, cluster.rarest(object.ns(), selector)?.0)));
            match key {
                Some((selector, key)) => found.by_label.entry(key).or_default().push((number, object, selector)),
                None => found.others.entry(object.ns()).or_default().push((number, object, selector)),
            }
        }
        found
    }

    /// Those that take the pods of a workload, in the order in which they were given.
    pub(crate) fn taking(&self, workload: Workload<'_>) -> Vec<&'c Object> {
        let labels = workload.pod_labels();
        let mut found: Vec<(usize, &'c Object)> = Vec::new();
        for label in labels {
            let key = super::label_key(workload.object.ns(), label.key(), label.value().text().unwrap_or_default());
            let here = self.by_label.get(&key).map_or(&[][..], Vec::as_slice);
            let taking = here.iter().filter(|(_, _, selector)| selector.takes(labels));
            found.extend(taking.map(|(number, object, _)| (*number, *object)));
        }
        let others = self.others.get(workload.object.ns()).map_or(&[][..], Vec::as_slice);
        let taking = others.iter().filter(|(_, _, selector)| selector.is_none_or(|selector| selector.takes(labels)));
        found.extend(taking.map(|(number, object, _)| (*number, *object)));
        found.sort_by_key(|(number, _)| *number);
        found.dedup_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, object)| object).collect()
    }
}
