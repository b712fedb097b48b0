//! A push that takes the record along where the server judges by it.

use super::Context;
use super::store;
use crate::git::network::{Call, PushLine};
use crate::git::{GitError, Oid};
use crate::policy::receive::ASKS_FOR_THE_RECORD;

/// Pushes the lines; when our own hook on the server refuses by the records it knows, pushes them once
/// more with this version of the record. Nobody else is sent a record by a push of something else.
///
/// # Errors
/// As for [`crate::git::Repo::push`].
pub fn push(
    ctx: &Context<'_>,
    call: &Call<'_>,
    lines: &[PushLine],
    id: &str,
    record: &Oid,
) -> Result<(), GitError> {
    match ctx.repo.push(call, lines) {
        Err(GitError::Failed { stderr, .. }) if stderr.contains(ASKS_FOR_THE_RECORD) => {
            let along = PushLine::forward(store::ref_name(id), record.clone());
            let lines: Vec<PushLine> = lines.iter().cloned().chain([along]).collect();
            ctx.repo.push(call, &lines)
        }
        done => done,
    }
}
