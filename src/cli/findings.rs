//! Findings with the file each is shown at.

use crate::record::Finding;

/// A finding and the record it is about.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    /// The finding.
    pub(super) finding: &'a Finding,
    /// The record's path from the top of the repository, with `/`.
    pub(super) record: Option<String>,
}
