//! The incident's task in a tracker.

use super::Context;
use super::outbox::{Again, Entry, Undelivered};

/// Makes the tracker's task say what the record says.
///
/// # Errors
/// When the tracker cannot be told.
pub fn tell(_ctx: &Context<'_>, _entry: &Entry, _create: bool) -> Result<(), Undelivered> {
    Err(Undelivered {
        why: "no tracker is configured".to_owned(),
        again: Again::ByHand,
    })
}
