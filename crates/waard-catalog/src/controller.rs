//! What the pods of controllers request: those of charts, as waard sets it through their values, and those of EKS add-ons.

use std::str::FromStr;

use crate::fact::Source;
use crate::instance::Arch;
use crate::table::{Record, Row, RowError};

/// One container of the pods of a controller.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Container {
    /// The component or EKS add-on that it belongs to.
    pub component: String,
    /// The object that makes the pods, such as the Deployment `istiod`.
    pub workload: String,
    /// The container.
    pub name: String,
    /// What makes the pods.
    pub kind: PodKind,
    /// Pods of the workload; of a `DaemonSet` one on each of its nodes.
    pub replicas: u32,
    /// Requested CPU in thousandths of a core.
    pub cpu_millis: u32,
    /// Requested memory in MiB, and the limit.
    pub memory_mib: u32,
    /// The architectures that its image is built for.
    pub architectures: Vec<Arch>,
    /// The value of the chart that sets the resources; `None` where they aren't ours to set.
    pub values: Option<String>,
    /// What upstream recommends or sets, and where that was read. The numbers of charts are decisions of this project.
    pub source: Source,
}

/// What makes pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodKind {
    /// A Deployment.
    Deployment,
    /// A `StatefulSet`.
    StatefulSet,
    /// A `DaemonSet`.
    DaemonSet,
    /// A Job.
    Job,
}

impl FromStr for PodKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "deployment" => Ok(Self::Deployment),
            "statefulset" => Ok(Self::StatefulSet),
            "daemonset" => Ok(Self::DaemonSet),
            "job" => Ok(Self::Job),
            _ => Err(()),
        }
    }
}

impl Record for Container {
    type Key = (String, String, String);
    const COLUMNS: &'static [&'static str] = &[
        "component",
        "workload",
        "container",
        "kind",
        "replicas",
        "cpu_millis",
        "memory_mib",
        "architectures",
        "values",
        "source",
        "as_of",
        "confidence",
    ];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let architectures: Result<Vec<Arch>, ()> =
            row.words("architectures")?.iter().map(|word| word.parse::<Arch>()).collect();
        Ok(Self {
            component: row.text("component")?,
            workload: row.text("workload")?,
            name: row.text("container")?,
            kind: row.parse("kind")?,
            replicas: row.parse("replicas")?,
            cpu_millis: row.parse("cpu_millis")?,
            memory_mib: row.parse("memory_mib")?,
            architectures: architectures.map_err(|()| row.wrong("architectures", "is no list of architectures"))?,
            values: row.optional_text("values")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> (String, String, String) {
        (self.component.clone(), self.workload.clone(), self.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{CONTROLLERS, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound_and_runs_on_every_node() {
        for row in assert_sound::<Container>(CONTROLLERS) {
            assert_eq!(row.architectures, [Arch::Amd64, Arch::Arm64], "{}", row.name);
            assert!(row.replicas > 0, "{}", row.name);
            // What waard sets, it sets completely.
            assert!(row.values.is_none() || (row.cpu_millis > 0 && row.memory_mib > 0), "{}", row.name);
        }
    }

    #[test]
    fn containers_of_a_pod_agree_on_its_workload() {
        for pair in catalog().controllers().windows(2) {
            if (&pair[0].component, &pair[0].workload) == (&pair[1].component, &pair[1].workload) {
                assert_eq!((pair[0].kind, pair[0].replicas), (pair[1].kind, pair[1].replicas), "{}", pair[0].workload);
            }
        }
    }
}
