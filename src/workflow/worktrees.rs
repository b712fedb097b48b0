//! The work trees of the repository: what somebody has begun in one and not ended, and what becomes of
//! them when their branch moves or goes.

use super::shell::word;
use super::{Code, Context, Error, Result};
use crate::git::{Expect, Oid, RefUpdate, Worktree};
use std::path::Path;

/// What is begun on a branch would go on from another commit than it began on, or end on a branch
/// that is gone.
///
/// # Errors
/// When a rebase, a merge, a bisect or the like is under way on it in one of the work trees.
pub(super) fn refuse_under_way(ctx: &Context<'_>, trees: &[Worktree], branch: &str) -> Result<()> {
    // A rebase and a bisect leave the branch until they end.
    let may_be = |tree: &&Worktree| tree.is_on(branch) || tree.branch.is_none();
    for tree in trees.iter().filter(|tree| !tree.bare && !tree.away) {
        if !may_be(&tree) {
            continue;
        }
        if let Some(what) = ctx.repo.at(&tree.path)?.under_way_on(branch)? {
            return Err(under_way(ctx, tree, branch, what));
        }
    }
    Ok(())
}

fn under_way(ctx: &Context<'_>, tree: &Worktree, branch: &str, what: &str) -> Error {
    let place = tree.path.display();
    let git = format!("{} {what}", git_in(ctx, &tree.path));
    let an = if what == "am" { "an" } else { "a" };
    let error = Error::refused(format!("in {place} {an} {what} is under way"))
        .code(Code::UnderWay)
        .detail(format!("It is of {branch}."))
        .untouched("Nothing was changed.");
    match what {
        "bisect" => error.next(format!("End it: {git} reset")),
        _ => error
            .next(format!("End it: {git} --continue"))
            .next(format!("Or give it up: {git} --abort")),
    }
}

/// A work tree whose folder is not there cannot follow its branch, and would show what came as taken
/// back.
pub(super) fn warn_of_those_away(
    ctx: &Context<'_>,
    trees: &[Worktree],
    branch: &str,
    (from, to): (&Oid, &Oid),
) {
    for tree in trees.iter().filter(|tree| tree.is_away_on(branch)) {
        let (place, from, to) = (tree.path.display(), from.short(), to.short());
        ctx.warn(format!(
            "{place}, on {branch}, is not there; when it is back, type in it: \
             git read-tree -m -u {from} {to}"
        ));
    }
}

/// A work tree whose folder is not there cannot leave a branch that goes.
pub(super) fn warn_of_those_left_on(
    ctx: &Context<'_>,
    trees: &[Worktree],
    branch: &str,
    tip: &Oid,
) {
    for tree in trees.iter().filter(|tree| tree.is_away_on(branch)) {
        let (place, tip) = (tree.path.display(), tip.short());
        ctx.warn(format!(
            "{place}, on {branch}, is not there; when it is back, type in it: \
             git update-ref --no-deref HEAD {tip}"
        ));
    }
}

/// Deletes a branch that no work tree is on any more, if it is where it was seen.
///
/// # Errors
/// When it is elsewhere by now, or git could not; the branch was kept then.
pub(super) fn delete_branch(
    ctx: &Context<'_>,
    branch: &str,
    tip: &Oid,
    reason: &str,
) -> Result<()> {
    let gone = RefUpdate {
        name: format!("refs/heads/{branch}"),
        old: Expect::Is(tip.clone()),
        new: None,
    };
    ctx.repo.update_ref(&gone, reason)?;
    // As for `git branch -d`, the branch is gone without them as well.
    if let Err(error) = ctx.repo.forget_branch_config(branch) {
        ctx.warn(format!("the settings of {branch} are still there: {error}"));
    }
    Ok(())
}

/// `git`, to be typed where the command was given, in a work tree.
pub(super) fn git_in(ctx: &Context<'_>, path: &Path) -> String {
    match is_here(ctx, path) {
        true => "git".to_owned(),
        false => format!("git -C {}", word(&path.display().to_string())),
    }
}

/// How to get to a branch in front of a command, and the `git` that then acts on it: git switches to no
/// branch that another work tree has, so there it is typed in that one.
pub(super) struct Way {
    /// `git switch <branch> && `, or nothing.
    pub(super) switch: String,
    /// `git`, or `git -C <folder>`.
    pub(super) git: String,
}

impl Way {
    /// The way to a branch that is here.
    pub(super) fn to(ctx: &Context<'_>, trees: &[Worktree], branch: &str) -> Way {
        let elsewhere = trees
            .iter()
            .find(|tree| tree.is_on(branch) && !is_here(ctx, &tree.path));
        match elsewhere {
            Some(tree) => Way {
                switch: String::new(),
                git: git_in(ctx, &tree.path),
            },
            None => Way {
                switch: format!("git switch {} && ", word(branch)),
                git: "git".to_owned(),
            },
        }
    }

    /// The way to a branch that only a remote has. The name alone would do only where the clone follows
    /// it, and no other remote has one of that name.
    pub(super) fn from(remote: &str, branch: &str) -> Way {
        let from = word(&format!("{remote}/{branch}"));
        Way {
            switch: format!("git switch -c {} {from} && ", word(branch)),
            git: "git".to_owned(),
        }
    }
}

/// The work tree the command was given in.
pub(super) fn is_here(ctx: &Context<'_>, path: &Path) -> bool {
    let here = ctx.repo.workdir().and_then(|top| top.canonicalize().ok());
    here.is_some() && here == path.canonicalize().ok()
}
