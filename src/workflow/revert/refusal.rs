//! Why something cannot be taken back, and what to type instead.

use super::Undone;
use super::chosen::Chosen;
use crate::git::{CommitInfo, ConflictedFile, Oid};
use crate::policy::message::Fault;
use crate::workflow::{Code, Context, Error, Result};

/// How many files, and how many commits of each, an explanation names.
const NAMED: usize = 5;

/// Later commits changed the same lines: which files, and which commits touched them.
pub(super) fn conflict(
    ctx: &Context<'_>,
    commit: &CommitInfo,
    tip: &Oid,
    files: &[ConflictedFile],
    chosen: &[Chosen],
) -> Result<Error> {
    let name = commit.id.short();
    let message = format!("{name} {} cannot be taken back cleanly", commit.subject());
    let mut error = Error::refused(message)
        .code(Code::Conflict)
        .untouched("Nothing was changed.");
    let mut later: Vec<CommitInfo> = Vec::new();
    for file in files.iter().take(NAMED) {
        error = error.detail(format!("conflicts in {file}, changed since by"));
        let path = std::slice::from_ref(&file.path);
        for touching in ctx.repo.touching(&commit.id, tip, path, NAMED)? {
            error = error.detail(format!("  {} {}", touching.id.short(), touching.subject()));
            later.push(touching);
        }
    }
    if files.len() > NAMED {
        error = error.detail(format!("… and in {} more files", files.len() - NAMED));
    }
    if let Some(command) = together(ctx, later, chosen)? {
        error = error.next("Take those back as well:").next(command);
    }
    Ok(error
        .next("Or by hand, on the hotfix branch; git then says how it goes on:")
        .next(by_hand(commit, chosen)))
}

/// The same with the later commits, when they are few and plain.
fn together(
    ctx: &Context<'_>,
    later: Vec<CommitInfo>,
    chosen: &[Chosen],
) -> Result<Option<String>> {
    let known = |id: &Oid| chosen.iter().any(|chosen| chosen.commit.id == *id);
    let plain = later.iter().all(|commit| commit.parents.len() == 1);
    let adds = later.iter().any(|commit| !known(&commit.id));
    if !plain || !adds {
        return Ok(None);
    }
    let given = chosen.iter().filter(|chosen| chosen.within.is_none());
    let given = given.map(|chosen| chosen.commit.clone());
    let all = ctx
        .repo
        .newest_first(later.into_iter().chain(given).collect())?;
    if all.len() > NAMED {
        return Ok(None);
    }
    let names: Vec<&str> = all.iter().map(|commit| commit.id.short()).collect();
    Ok(Some(format!("git hotfix revert {}", names.join(" "))))
}

fn by_hand(commit: &CommitInfo, chosen: &[Chosen]) -> String {
    let name = commit.id.short();
    let its = |chosen: &&Chosen| chosen.commit.id == commit.id;
    let parent = chosen.iter().find(its).and_then(|it| it.parent.as_ref());
    let number = commit.parents.iter().position(|p| Some(p) == parent);
    match number {
        Some(at) if commit.parents.len() > 1 => {
            format!("git revert --no-edit -m {} {name}", at + 1)
        }
        _ => format!("git revert --no-edit {name}"),
    }
}

/// The team's format asks for what nobody can know, e.g. who reviewed it.
pub(super) fn unfit(commit: &Oid, fault: &Fault) -> Error {
    let name = commit.short();
    Error::refused(format!(
        "the message of a revert needs a hand: {}",
        fault.reason
    ))
    .code(Code::MessageFormat)
    .untouched("Nothing was changed.")
    .next(format!("git revert --edit {name}"))
}

/// Nothing of them is left on the branch, and no commit of ours took it back.
pub(super) fn nothing_left(done: &[Undone]) -> Error {
    let mut error = Error::refused("nothing of this is left on the hotfix branch to take back")
        .code(Code::NothingToDo)
        .untouched("Nothing was changed.");
    for undone in done.iter().take(NAMED) {
        error = error.detail(format!("{} {}", undone.commit.short(), undone.subject));
    }
    error
}
