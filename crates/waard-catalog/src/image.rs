//! Images that belong to no component: what nodes start from, and what pods run that only hold room.

use crate::fact::Source;
use crate::table::{Record, Row, RowError};

/// An image, of a container or of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// The catalog's own name for it, such as `pause`.
    pub id: String,
    /// How it is named where it is used: a reference with a tag, or Karpenter's alias of a machine image.
    pub reference: String,
    /// Where it was read.
    pub source: Source,
}

impl Record for Image {
    type Key = String;
    const COLUMNS: &'static [&'static str] = &["image", "reference", "source", "as_of", "confidence"];

    fn read(row: &Row<'_>) -> Result<Self, RowError> {
        let reference = row.text("reference")?;
        if reference.ends_with("latest") || !reference.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(row.wrong("reference", "names no version"));
        }
        Ok(Self { id: row.text("image")?, reference, source: row.source()? })
    }

    fn key(&self) -> String {
        self.id.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{IMAGES, catalog};
    use crate::table::assert_sound;

    #[test]
    fn every_row_is_sound() {
        assert_sound::<Image>(IMAGES);
    }

    #[test]
    fn what_nodes_and_room_holders_run_is_pinned() {
        assert_eq!(catalog().image("pause").unwrap().reference, "registry.k8s.io/pause:3.10");
        assert!(catalog().image("al2023").unwrap().reference.starts_with("al2023@v2"));
        assert_eq!(catalog().image("al2022"), None);
    }
}
