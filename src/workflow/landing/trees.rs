//! The work trees a landing must not disturb, and those that follow it.

use super::looking::Looking;
use super::plan::Plan;
use super::targets::Target;
use super::{Options, under_way};
use crate::files;
use crate::git::{Oid, Worktree};
use crate::workflow::store::{self, Stored};
use crate::workflow::{Code, Context, Error, Result, workfile, worktrees};
use std::path::{Path, PathBuf};

/// What a landing of this incident was bringing when it was stopped: the work trees on the hotfix branch
/// go back to it, and this landing brings it again.
///
/// # Errors
/// When somebody has begun something there, nothing is to be changed, or git could not.
pub(super) fn put_back(
    ctx: &Context<'_>,
    plan: &Plan,
    production: &str,
    options: &Options,
) -> Result<()> {
    worktrees::refuse_under_way(ctx, &plan.worktrees, &plan.branch)?;
    let production = ctx.repo.find_ref(&format!("refs/heads/{production}"))?;
    let (Some(tip), Some(production)) = (&plan.tip, production) else {
        return Ok(());
    };
    for (from, landed) in under_way::moves(ctx, &plan.id, &plan.branch)? {
        // Files move after the branches; and a landing that did not move them may be gone by now.
        let has_moved = from == *tip
            && ctx.repo.commit_of(landed.as_str())?.is_some()
            && ctx.repo.contains(&production, &landed)?;
        let trees = plan.worktrees.iter().filter(|_| has_moved);
        for tree in trees.filter(|tree| tree.is_on(&plan.branch)) {
            let only_look = options.dry_run;
            let found = ctx.repo.put_back(&tree.path, tip, &landed, only_look)?;
            match found.is_empty() {
                true => {}
                false if only_look => return Err(interrupted(tree, &found, options)),
                false => ctx.warn(format!(
                    "a landing was interrupted in {}; taken back first: {}",
                    tree.path.display(),
                    some_of(&found)
                )),
            }
        }
    }
    Ok(())
}

fn interrupted(tree: &Worktree, found: &[PathBuf], options: &Options) -> Error {
    let place = tree.path.display();
    Error::refused(format!("a landing was interrupted in {place}"))
        .code(Code::DirtyWorkTree)
        .detail(some_of(found))
        .untouched("Nothing was changed.")
        .next("Complete it:")
        .next(options.command())
}

fn some_of(paths: &[PathBuf]) -> String {
    const NAMED: usize = 3;
    let named = paths.iter().take(NAMED);
    let mut words: Vec<String> = named.map(|path| path.display().to_string()).collect();
    if paths.len() > NAMED {
        words.push("…".to_owned());
    }
    words.join(", ")
}

/// The record may have been edited by hand in another work tree than this one.
pub(super) fn take_in_elsewhere(
    ctx: &Context<'_>,
    mut stored: Stored,
    trees: &[Worktree],
) -> Result<Stored> {
    let file = workfile::relative(ctx, &stored.id);
    let has_it =
        |tree: &&Worktree| !tree.bare && !tree.away && files::exists(&tree.path.join(&file));
    for tree in trees
        .iter()
        .filter(has_it)
        .filter(|tree| !worktrees::is_here(ctx, &tree.path))
    {
        stored = ctx.elsewhere(&tree.path, |there| store::take_in(there, &stored.id))?;
    }
    Ok(stored)
}

/// A work tree that has a target checked out follows it, and one that is on the hotfix branch leaves
/// it, unless what a person changed is in the way.
pub(super) fn refuse_overwriting(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<()> {
    for target in &plan.targets {
        let Some(local) = target
            .local
            .as_ref()
            .filter(|local| **local != target.result)
        else {
            continue;
        };
        worktrees::refuse_under_way(ctx, &plan.worktrees, &target.branch)?;
        for tree in plan
            .worktrees
            .iter()
            .filter(|tree| tree.is_on(&target.branch))
        {
            refuse_in(ctx, plan, tree, local, &target.result)?;
        }
    }
    if let (Some(tip), Some(production), false) =
        (&plan.tip_before, plan.production(), options.keep)
    {
        for tree in plan
            .worktrees
            .iter()
            .filter(|tree| tree.is_on(&plan.branch))
        {
            if may_be_in_the_way(ctx, &tree.path, tip, &production.result) {
                refuse_in(ctx, plan, tree, tip, &production.result)?;
            }
        }
    }
    Ok(())
}

/// Nothing tracked has been changed there, so only what is not tracked can be; git is asked when
/// anything stands where a file arrives, or a folder on its way.
fn may_be_in_the_way(ctx: &Context<'_>, path: &Path, from: &Oid, to: &Oid) -> bool {
    let stands = |file: &PathBuf| {
        let mut steps = file.ancestors().take_while(|step| step.parent().is_some());
        steps.any(|step| {
            let place = path.join(step);
            files::exists(&place) && (step == file || !place.is_dir())
        })
    };
    ctx.repo
        .added_files(from, to)
        .map_or(true, |added| added.iter().any(stands))
}

fn refuse_in(ctx: &Context<'_>, plan: &Plan, tree: &Worktree, from: &Oid, to: &Oid) -> Result<()> {
    let mut blocked = ctx.repo.can_follow(&tree.path, from, to)?;
    let record = workfile::relative(ctx, &plan.id);
    blocked.retain(|file| *file != record);
    if blocked.is_empty() {
        return Ok(());
    }
    let place = tree.path.display();
    let branch = tree.branch.as_deref().unwrap_or_default();
    let message = format!("in {place}, on {branch}, files are in the way of the landing");
    let mut error = Error::refused(message)
        .code(Code::DirtyWorkTree)
        .untouched("Nothing was changed, here or there.")
        .next(format!(
            "Commit them or put them aside: {} stash -u",
            worktrees::git_in(ctx, &tree.path)
        ));
    error.details = blocked;
    Err(error)
}

/// The work trees that have a target checked out. A hidden copy of the record gives way to the one
/// that lands, as any ignored file does; what it said has been taken in.
///
/// Returns whether each of them did.
pub(super) fn bring_along(ctx: &Context<'_>, plan: &Plan) -> bool {
    let mut all = true;
    for target in &plan.targets {
        let on_it = |tree: &&Worktree| tree.is_on(&target.branch);
        for tree in plan.worktrees.iter().filter(on_it) {
            if let Err(error) = follow(ctx, &plan.id, target, &tree.path) {
                let (place, branch) = (tree.path.display(), &target.branch);
                let why = match error.next.first() {
                    Some(advice) => format!("{advice}, and run finish again"),
                    None => error.message(),
                };
                ctx.warn(format!("{place} could not follow {branch}: {why}"));
                all = false;
            }
        }
        if let Some(from) = &target.local
            && *from != target.result
        {
            let moved = (from, &target.result);
            worktrees::warn_of_those_away(ctx, &plan.worktrees, &target.branch, moved);
        }
    }
    all
}

fn follow(ctx: &Context<'_>, id: &str, target: &Target, path: &Path) -> Result<()> {
    match &target.local {
        Some(local) if *local != target.result => {
            Ok(ctx.repo.follow(path, local, &target.result)?)
        }
        _ if target.outcome.is_contained() => catch_up(ctx, id, target, path),
        _ => Ok(()),
    }
}

/// How many commits one landing puts on a branch at most, for a work tree that was left behind.
const LANDED_AT_ONCE: usize = 100;

/// An interrupted landing moved the branch but not its work tree: the index is still the one of the
/// commit that the branch was moved from. Without its note somebody else made it so, on purpose.
fn catch_up(ctx: &Context<'_>, id: &str, target: &Target, path: &Path) -> Result<()> {
    let tip = ctx.repo.commit(&target.result)?;
    let index = ctx.repo.index_tree(path)?;
    if index.as_ref() == Some(&tip.tree) {
        return Ok(());
    }
    for (from, to) in under_way::moves(ctx, id, &target.branch)? {
        let known = |id: &Oid| ctx.repo.commit_of(id.as_str());
        if known(&from)?.is_none() || known(&to)?.is_none() {
            continue;
        }
        let is_left = Some(ctx.repo.commit(&from)?.tree) == index;
        if is_left && ctx.repo.contains(&target.result, &to)? {
            ctx.repo.put_back(path, &from, &to, false)?;
            return Ok(ctx.repo.follow(path, &from, &target.result)?);
        }
    }
    let before = ctx.repo.mainline(&target.result, LANDED_AT_ONCE)?;
    if before
        .iter()
        .any(|commit| Some(&commit.tree) == index.as_ref())
    {
        let (place, branch) = (path.display(), &target.branch);
        ctx.warn(format!(
            "what is staged in {place} takes the fix back out of {branch}: left as it is"
        ));
    }
    Ok(())
}

/// No work tree may stand on the hotfix branch when it goes. This one goes to production, unless
/// that is checked out elsewhere.
pub(super) fn leave_branch(
    ctx: &Context<'_>,
    plan: &mut Plan,
    looking: &mut Looking,
    options: &Options,
) -> Result<()> {
    let Some(production) = plan.production().cloned() else {
        return Ok(());
    };
    if let Some(tip) = &plan.tip {
        worktrees::warn_of_those_left_on(ctx, &plan.worktrees, &plan.branch, tip);
    }
    let on_it = plan
        .worktrees
        .iter()
        .filter(|tree| tree.is_on(&plan.branch));
    let leaving: Vec<Worktree> = on_it.cloned().collect();
    for tree in leaving {
        let here = worktrees::is_here(ctx, &tree.path);
        let left = match looking.leaving.take_if(|_| here) {
            Some(prepared) => ctx.repo.switch_prepared(&production.branch, prepared),
            None if here && !plan.is_checked_out(&production.branch) => {
                ctx.repo.switch(&production.branch)
            }
            None => {
                // The first one is the repository's own.
                if plan.worktrees.first() != Some(&tree) {
                    plan.spent_worktrees.push(tree.path.clone());
                }
                ctx.repo.at(&tree.path)?.switch_detached(&production.result)
            }
        };
        let Err(error) = left else { continue };
        let place = tree.path.display();
        // A hook that fails afterwards does not take the switch back.
        if ctx.repo.at(&tree.path)?.branch_at_work()?.as_deref() != Some(&plan.branch) {
            ctx.warn(format!("{place} has left {}, but: {error}", plan.branch));
            continue;
        }
        return Err(Error::from(error)
            .context(format!(
                "the fix has landed, but {place} could not leave {}",
                plan.branch
            ))
            .untouched("The branch was kept.")
            .next(format!("Go to {} there, then:", production.branch))
            .next(options.command()));
    }
    Ok(())
}
