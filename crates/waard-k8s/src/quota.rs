//! Limits of a namespace.

use crate::Site;
use crate::file::File;

/// What a namespace has of it, in the namespace's file.
pub(crate) fn of_namespace(_site: Site<'_>, _namespace: &str, _file: &mut File) {}
