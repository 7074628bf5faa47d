//! Rules about what only the topology can show.

pub mod valid;
