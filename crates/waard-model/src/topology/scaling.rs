//! The size of a node group.

use std::fmt;

use crate::quantity::Bounds;

/// Fewest, wanted and most nodes: `min <= desired <= max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaling {
    bounds: Bounds,
    desired: u32,
}

/// `desired` lies outside of its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{desired} is not within {bounds}")]
pub struct OutOfBounds {
    bounds: Bounds,
    desired: u32,
}

impl Scaling {
    /// The size, if `desired` lies within `bounds`.
    ///
    /// # Errors
    /// Otherwise.
    ///
    /// ```
    /// use waard_model::topology::Scaling;
    /// let bounds = "3..20".parse().unwrap();
    /// assert_eq!(Scaling::new(bounds, 5).unwrap().desired(), 5);
    /// assert_eq!(Scaling::new(bounds, 2).unwrap_err().to_string(), "2 is not within 3..20");
    /// ```
    pub const fn new(bounds: Bounds, desired: u32) -> Result<Self, OutOfBounds> {
        if bounds.contains(desired) { Ok(Self { bounds, desired }) } else { Err(OutOfBounds { bounds, desired }) }
    }

    /// Each number through a function that never shrinks as its argument grows, so that the order holds.
    pub(super) fn map(self, f: impl Fn(u32) -> u32) -> Self {
        let (min, desired, max) = (f(self.min()), f(self.desired()), f(self.max()));
        Bounds::new(min, max).ok().and_then(|bounds| Self::new(bounds, desired).ok()).unwrap_or(self)
    }

    /// As small as it may be.
    pub const fn smallest(bounds: Bounds) -> Self {
        Self { bounds, desired: bounds.min() }
    }

    /// Fewest nodes.
    pub const fn min(self) -> u32 {
        self.bounds.min()
    }

    /// Nodes to start with.
    pub const fn desired(self) -> u32 {
        self.desired
    }

    /// Most nodes.
    pub const fn max(self) -> u32 {
        self.bounds.max()
    }
}

impl fmt::Display for Scaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, starting with {}", self.bounds, self.desired)
    }
}
