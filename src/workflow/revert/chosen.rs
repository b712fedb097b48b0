//! Which commits are meant, in which order, and what comes back for a merge.

use super::Options;
use crate::git::{CommitInfo, Oid};
use crate::workflow::shell::word;
use crate::workflow::{Code, Context, Error, Result, production};
use std::collections::HashMap;

/// A commit to take back.
pub(super) struct Chosen {
    pub(super) commit: CommitInfo,
    /// What it was made on: for a merge the parent that stays.
    pub(super) parent: Option<Oid>,
    /// The chosen merge that brought it in: taking that back takes this back as well.
    pub(super) within: Option<Oid>,
}

/// The commits, newest first.
pub(super) fn choose(
    ctx: &Context<'_>,
    branch: &str,
    tip: &Oid,
    options: &Options,
) -> Result<Vec<Chosen>> {
    let mut commits = Vec::new();
    for words in &options.commits {
        let named = ctx.repo.commits_of(words)?.ok_or_else(|| {
            usage(format!("{words} names no commit")).next("What changed: git hotfix changes")
        })?;
        if named.is_empty() {
            return Err(usage(format!("there is no commit in {words}")));
        }
        commits.extend(named);
    }
    for commit in &commits {
        if !ctx.repo.contains(tip, &commit.id)? {
            return Err(elsewhere(ctx, branch, commit)?);
        }
    }
    let is_merge = |commit: &CommitInfo| commit.parents.len() > 1;
    if options.mainline.is_some() && !commits.iter().any(is_merge) {
        return Err(usage("--mainline is for a merge, and none is among them"));
    }
    parted(ctx, ctx.repo.newest_first(commits)?, options)
}

/// Those that are taken back themselves, and those that go with a merge among them. A merge that goes
/// with another is not asked for the parent that stays.
fn parted(ctx: &Context<'_>, commits: Vec<CommitInfo>, options: &Options) -> Result<Vec<Chosen>> {
    let mut brought: HashMap<Oid, Oid> = HashMap::new();
    let mut chosen = Vec::new();
    for commit in commits {
        let within = brought.get(&commit.id).cloned();
        let parent = match commit.parents.as_slice() {
            [] => None,
            [parent] => Some(parent.clone()),
            _ if within.is_some() => None,
            parents => {
                let stays = mainline(ctx, &commit, options)?;
                let came: Vec<Oid> = parents.iter().filter(|p| **p != stays).cloned().collect();
                let came = ctx.repo.range(std::slice::from_ref(&stays), &came, 0)?;
                brought.extend(came.into_iter().map(|one| (one.id, commit.id.clone())));
                Some(stays)
            }
        };
        chosen.push(Chosen {
            commit,
            parent,
            within,
        });
    }
    Ok(chosen)
}

fn usage(message: impl Into<String>) -> Error {
    Error::usage(message).untouched("Nothing was changed.")
}

/// It is not on the hotfix branch: there is nothing of it to take back there.
fn elsewhere(ctx: &Context<'_>, branch: &str, commit: &CommitInfo) -> Result<Error> {
    let name = format!("{} {}", commit.id.short(), commit.subject());
    if let Some((head, source)) = production::known_tip(ctx)
        && ctx.repo.contains(&head, &commit.id)?
    {
        let message = format!("{name} came into production after {branch} began");
        return Ok(Error::refused(message)
            .untouched("Nothing was changed.")
            .next("Take production in, then revert it:")
            .next(format!(
                "git switch {} && git merge {}",
                word(branch),
                word(&source)
            )));
    }
    let message = format!("{name} is neither in production nor on {branch}");
    Ok(Error::refused(message)
        .code(Code::NothingToDo)
        .untouched("Nothing was changed.")
        .next("What changed: git hotfix changes"))
}

/// The parent of a merge that stays: as asked for, else the only one that production has been at.
fn mainline(ctx: &Context<'_>, merge: &CommitInfo, options: &Options) -> Result<Oid> {
    let name = merge.id.short();
    let count = merge.parents.len();
    if let Some(number) = options.mainline {
        let parent = number.checked_sub(1).and_then(|at| merge.parents.get(at));
        return parent
            .cloned()
            .ok_or_else(|| usage(format!("{name} has the parents 1 to {count}, not {number}")));
    }
    if let [one] = on_production(ctx, merge)?.as_slice() {
        return Ok(one.clone());
    }
    let mut error = usage(format!("{name} is a merge: which of its parents stays?"));
    for (at, parent) in merge.parents.iter().enumerate() {
        let number = at + 1;
        let subject = ctx.repo.commit(parent)?.subject().to_owned();
        error = error
            .detail(format!("{number}  {} {subject}", parent.short()))
            .next(format!("git hotfix revert {name} --mainline {number}"));
    }
    Err(error)
}

fn on_production(ctx: &Context<'_>, merge: &CommitInfo) -> Result<Vec<Oid>> {
    let Some((head, _)) = production::known_tip(ctx) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for parent in &merge.parents {
        if ctx.repo.has_been_at(&head, parent)? {
            found.push(parent.clone());
        }
    }
    Ok(found)
}
