//! `hook commit-msg` and `hook prepare-commit-msg`: the message of the commit under way, githooks(5).

use super::rejection::{self, Rejection};
use super::{Context, Error, Result, incident, trailers};
use crate::files::{self, FileError};
use crate::policy::message::{self, Cleaning, Cleanup, Fault, Situation};
use std::path::Path;

/// A commit message is text that people write.
const MESSAGE_LIMIT: u64 = 4 * 1024 * 1024;

/// Judges the message of the commit under way; nothing off a hotfix branch or when it is right.
///
/// # Errors
/// When the message cannot be read.
pub fn commit_msg(ctx: &Context<'_>, file: &Path) -> Result<Option<Rejection>> {
    let Some(branch) = hotfix_branch(ctx)? else {
        return Ok(None);
    };
    let raw = files::read_bytes(&ctx.env.cwd.join(file), MESSAGE_LIMIT).map_err(unread)?;
    let how = cleaning(ctx)?;
    let cleaned = message::clean(&raw, &how);
    let situation = Situation {
        merging: ctx.repo.is_merging(),
        local: true,
    };
    let fault = message::fault(&cleaned, situation, &ctx.settings.format)
        .or_else(|| other_incident(ctx, &branch, &cleaned));
    let Some(fault) = fault else {
        return Ok(None);
    };
    rejection::keep(ctx, &branch, &cleaned, &how, fault).map(Some)
}

/// A message that cannot be read is not judged, and one that is not judged is not let go.
fn unread(error: FileError) -> Error {
    let large = matches!(error, FileError::TooLarge { .. });
    let error = Error::from(error).untouched("Nothing was committed.");
    match large {
        true => error.next("Keep it in a file and point to that: git hotfix commit -m \"…\""),
        false => error,
    }
}

/// A trailer names another incident than the branch's.
fn other_incident(ctx: &Context<'_>, branch: &str, cleaned: &[u8]) -> Option<Fault> {
    if !message::names_incident(cleaned) {
        return None;
    }
    match incident::of_branch(ctx, branch) {
        Ok(id) => message::other_incident(cleaned, &id?),
        Err(error) => {
            ctx.warn(error.message());
            None
        }
    }
}

/// Puts the prefix into an empty message on a hotfix branch, and the required trailers that are known.
///
/// # Errors
/// When the file cannot be read or written.
pub fn prepare_commit_msg(ctx: &Context<'_>, file: &Path, source: Option<&str>) -> Result<()> {
    if !matches!(source, None | Some("" | "template")) {
        return Ok(());
    }
    let Some(branch) = hotfix_branch(ctx)? else {
        return Ok(());
    };
    let path = ctx.env.cwd.join(file);
    let have = files::read_bytes(&path, MESSAGE_LIMIT)?;
    let format = &ctx.settings.format;
    if format.is_begun(&have) {
        return Ok(());
    }
    let how = Cleaning {
        edited: true,
        ..cleaning(ctx)?
    };
    let filled = format.prefilled(None, &have, &how, &trailers::known(ctx, &branch));
    let root = path.parent().unwrap_or(Path::new("."));
    Ok(files::write_atomic(root, &path, &filled)?)
}

fn hotfix_branch(ctx: &Context<'_>) -> Result<Option<String>> {
    let branch = ctx.repo.branch_at_work()?;
    Ok(branch.filter(|branch| branch.starts_with(&ctx.settings.prefix)))
}

/// How git will clean the message of the commit under way.
///
/// # Errors
/// When git's configuration cannot be read.
pub(super) fn cleaning(ctx: &Context<'_>) -> Result<Cleaning> {
    let mut comment = "#".to_owned();
    for entry in ctx.repo.config_entries()?.iter() {
        if matches!(
            entry.name.as_str(),
            "core.commentchar" | "core.commentstring"
        ) {
            comment = entry.value.clone();
        }
    }
    // git tells a hook by GIT_EDITOR=: that no editor is used, githooks(5).
    let edited = ctx.env.var("GIT_EDITOR") != Some(":");
    let mode = Cleanup::from_config(ctx.repo.config_value("commit.cleanup")?.as_deref());
    Ok(Cleaning {
        mode,
        comment,
        edited,
    })
}
