//! What runs on every node of a waard cluster before the first workload does.

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// The requests of one container of a `DaemonSet` that every node runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DaemonSet {
    /// The `DaemonSet` in `kube-system`.
    pub name: String,
    /// The container.
    pub container: String,
    /// Requested CPU in thousandths of a core; 0 where it requests none.
    pub cpu_millis: u32,
    /// Requested memory in MiB; 0 where it requests none.
    pub memory_mib: u32,
    /// Where the requests were read.
    pub source: Source,
}

impl Record for DaemonSet {
    type Key = (String, String);
    const COLUMNS: &'static [&'static str] =
        &["daemonset", "container", "cpu_millis", "memory_mib", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            name: row.text("daemonset")?,
            container: row.text("container")?,
            cpu_millis: row.parse("cpu_millis")?,
            memory_mib: row.parse("memory_mib")?,
            source: row.source()?,
        })
    }

    fn key(&self) -> (String, String) {
        (self.name.clone(), self.container.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{DAEMONSETS, catalog};
    use crate::fact::Confidence;
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<DaemonSet>(DAEMONSETS);
    }

    #[test]
    fn the_overhead_adds_up_and_is_as_sure_as_its_weakest_row() {
        let overhead = catalog().node_overhead();
        // aws-node 2 x 25, ebs-csi-node 3 x 10, kube-proxy 100; 40 + 32 + 32 MiB.
        assert_eq!((overhead.value.cpu_millis, overhead.value.memory_mib, overhead.value.pods), (180, 104, 4));
        assert_eq!(overhead.source.confidence, Confidence::Secondary);
    }
}
