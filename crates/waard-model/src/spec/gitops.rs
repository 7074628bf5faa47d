//! Where Argo CD finds what is generated.

use crate::name::{GitPath, GitRepository, GitRevision};
use crate::source::shape::shape;

shape! {
    /// The Git repository that holds what is generated. Argo CD in each cluster pulls it from there.
    pub struct GitopsSpec as "a GitOps repository" {
        /// Its address, without credentials: Argo CD gets those from a secret.
        required repository: GitRepository,
        /// The branch, tag or commit that the clusters follow.
        default revision: GitRevision = GitRevision::main(),
        /// The folder of the repository that holds what is generated for this platform. Without this key it is the top.
        optional path: GitPath,
    }
}
