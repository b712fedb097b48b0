//! `edit`: the record in the person's editor.

use super::store;
use super::{Code, Context, Error, Result, incident, workfile};
use crate::record::Status;
use serde::Serialize;

/// What came of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Edited {
    /// The incident's id.
    pub id: String,
    /// Something was changed.
    pub changed: bool,
    /// Where the incident stands now.
    pub status: Status,
    /// The record, below the work tree.
    pub record: String,
}

/// Opens the record and takes in what the person changed.
///
/// # Errors
/// Without a terminal or `GIT_EDITOR`, or when the editor fails; then nothing was taken in.
pub fn edit(ctx: &Context<'_>, given: Option<&str>) -> Result<Edited> {
    let terminal = ctx.env.stdin_is_terminal && ctx.env.stderr_is_terminal;
    let id = incident::choose_or_latest(ctx, given)?;
    let record = workfile::relative(ctx, &id);
    if !terminal && ctx.env.var("GIT_EDITOR").is_none() {
        return Err(Error::usage("there is no terminal to edit in")
            .code(Code::NoTerminal)
            .untouched("Nothing was recorded.")
            .next(format!(
                "Change {record} itself: the next command takes it in."
            )));
    }
    let file = workfile::path(ctx, &id).ok_or_else(|| {
        Error::failed("a bare repository has no work tree to edit the record in")
            .code(Code::BareRepository)
    })?;
    let before = store::take_in(ctx, &id)?;
    let code = ctx.repo.run_editor(&file)?;
    if code != 0 {
        return Err(Error::failed(format!("the editor ended with {code}"))
            .untouched("The record is as it was saved last."));
    }
    let after = store::take_in(ctx, &id)?;
    Ok(Edited {
        id,
        changed: before.tip != after.tip,
        status: after.record.status(),
        record,
    })
}
