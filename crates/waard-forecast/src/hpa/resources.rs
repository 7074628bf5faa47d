//! What a pod requests and uses of a resource, as the autoscaler adds it up.
//!
//! Sources: kubernetes/kubernetes `replica_calculator.go`, `calculatePodRequestsFromContainers`;
//! `metrics/client.go`, `getPodMetrics` and `getContainerMetrics`.

/// A resource that metrics can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Processor time, in thousandths of a core.
    Cpu,
    /// Memory, in thousandths of a byte, as the controller counts every quantity.
    Memory,
}

/// A container that runs as long as its pod: a main one, or a sidecar. Init containers that end are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Requested of each resource, in thousandths; `None` if nothing is.
    pub requests: [Option<i64>; 2],
    /// Used of each resource, in thousandths; `None` if there is no sample of it.
    pub usage: [Option<i64>; 2],
}

/// Why requests or usage can't be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// A container requests nothing of the resource.
    #[error("container {0} has no request")]
    Request(String),
    /// The pod has no container of that name.
    #[error("there is no container {0}")]
    Container(String),
}

fn of(values: [Option<i64>; 2], resource: Resource) -> Option<i64> {
    let [cpu, memory] = values;
    match resource {
        Resource::Cpu => cpu,
        Resource::Memory => memory,
    }
}

/// What a pod requests: the sum of its containers, or one of them.
///
/// # Errors
///
/// When a container that counts has no request, or the one that is asked for isn't there; the metric then asks for nothing.
pub fn request(containers: &[Container], only: Option<&str>, resource: Resource) -> Result<i64, Missing> {
    let mut sum = 0_i64;
    let mut found = false;
    for container in containers.iter().filter(|container| only.is_none_or(|name| name == container.name)) {
        found = true;
        let request = of(container.requests, resource).ok_or_else(|| Missing::Request(container.name.clone()))?;
        sum = sum.saturating_add(request);
    }
    match only {
        Some(name) if !found => Err(Missing::Container(name.to_owned())),
        _ => Ok(sum),
    }
}

/// What a pod uses: the sum of its containers, or one of them; `None` if a container that counts has no sample, so that
/// the pod counts as one without metrics.
///
/// # Errors
///
/// When the container that is asked for isn't there. The documentation says that such pods are ignored; the controller
/// gives up on the metric.
pub fn usage(containers: &[Container], only: Option<&str>, resource: Resource) -> Result<Option<i64>, Missing> {
    let mut sum = Some(0_i64);
    let mut found = false;
    for container in containers.iter().filter(|container| only.is_none_or(|name| name == container.name)) {
        found = true;
        sum = sum.zip(of(container.usage, resource)).map(|(sum, used)| sum.saturating_add(used));
    }
    match only {
        Some(name) if !found => Err(Missing::Container(name.to_owned())),
        // A pod of whose containers nothing is known has no sample.
        _ => Ok(sum.filter(|_| found)),
    }
}
