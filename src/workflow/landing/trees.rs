//! The work trees a landing must not disturb, and those that follow it.

use super::plan::Plan;
use super::targets::Target;
use super::{Options, under_way};
use crate::files;
use crate::git::changes::{Inspected, Inspecting};
use crate::git::{Oid, Repo, Worktree};
use crate::workflow::store::{self, Stored};
use crate::workflow::{Code, Context, Error, Result, workfile, worktrees};
use std::path::{Path, PathBuf};

/// The work trees on the hotfix branch, being looked at while everything else is computed.
pub(super) struct Looking {
    branch: String,
    record: String,
    trees: Vec<(PathBuf, Repo, Inspecting)>,
}

/// Begins to look for what is not committed.
///
/// # Errors
/// When a rebase or the like is under way on the branch: what it has still to do would stay behind.
pub(super) fn look(
    ctx: &Context<'_>,
    id: &str,
    branch: &str,
    trees: &[Worktree],
) -> Result<Looking> {
    worktrees::refuse_under_way(ctx, trees, branch)?;
    let mut looked_at = Vec::new();
    for tree in trees.iter().filter(|tree| tree.is_on(branch)) {
        let there = ctx.repo.at(&tree.path)?;
        let inspecting = there.inspect()?;
        looked_at.push((tree.path.clone(), there, inspecting));
    }
    Ok(Looking {
        branch: branch.to_owned(),
        record: workfile::relative(ctx, id),
        trees: looked_at,
    })
}

impl Looking {
    /// What is not committed would stay behind, in whichever work tree the fix was made. The record's
    /// own file is ours to bring along.
    ///
    /// # Errors
    /// When a tracked file is changed.
    pub(super) fn refuse_unfinished(self, ctx: &Context<'_>) -> Result<()> {
        for (path, there, inspecting) in self.trees {
            let Inspected {
                may_be_changed,
                untracked,
            } = inspecting.end()?;
            let mut changed = match may_be_changed {
                true => there.changed_files(false, 10)?,
                false => Vec::new(),
            };
            changed.retain(|file| *file != self.record);
            if !changed.is_empty() {
                return Err(unfinished(ctx, &path, &there, &self.branch, changed)?);
            }
            warn_of_untracked(ctx, &untracked, &self.record);
        }
        Ok(())
    }
}

fn unfinished(
    ctx: &Context<'_>,
    path: &Path,
    there: &Repo,
    branch: &str,
    changed: Vec<String>,
) -> Result<Error> {
    let message = match worktrees::is_here(ctx, path) {
        true => "the work tree has changes that are not committed".to_owned(),
        false => format!("{} has changes that are not committed", path.display()),
    };
    let mut error = Error::refused(message)
        .code(Code::DirtyWorkTree)
        .untouched("Nothing was changed, here or on the remote.");
    let git = worktrees::git_in(ctx, path);
    error = match there.are_submodules(&changed)? {
        true => error
            .next(format!("Bring them to the commits of {branch}:"))
            .next(format!("{git} submodule update")),
        false => error
            .next(format!(
                "Commit them: {git} hotfix commit -a -m \"what it does\""
            ))
            .next(format!("Or put them aside: {git} stash")),
    };
    error.details = changed;
    Ok(error)
}

/// A new file that was forgotten stays behind too, though many are not meant to land.
fn warn_of_untracked(ctx: &Context<'_>, files: &[String], record: &str) {
    const NAMED: usize = 3;
    let files: Vec<&str> = files
        .iter()
        .map(String::as_str)
        .filter(|file| *file != record)
        .collect();
    let named = files
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match files.len() {
        0 => {}
        1 => ctx.warn(format!("a file is not tracked and does not land: {named}")),
        count => {
            let more = if count > NAMED { ", …" } else { "" };
            ctx.warn(format!(
                "{count} files are not tracked and do not land: {named}{more}"
            ));
        }
    }
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
        let there = Context::with_repo(ctx.env, ctx.progress, ctx.repo.at(&tree.path)?)?;
        stored = store::take_in(&there, &stored.id)?;
        there
            .take_warnings()
            .into_iter()
            .for_each(|warning| ctx.warn(warning));
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

/// Takes away what a switch that was killed has left: git writes it again, and would refuse to while
/// it is there.
fn make_way(ctx: &Context<'_>, path: &Path, from: &Oid, to: &Oid) -> Result<()> {
    let added = ctx.repo.added_files(from, to)?;
    let added: Vec<String> = added
        .iter()
        .filter_map(|file| Some(file.to_str()?.to_owned()))
        .collect();
    for file in ctx.repo.already_as_in(path, to, &added)? {
        files::remove(&path.join(file))?;
    }
    Ok(())
}

fn refuse_in(ctx: &Context<'_>, plan: &Plan, tree: &Worktree, from: &Oid, to: &Oid) -> Result<()> {
    let mut blocked = ctx.repo.can_follow(&tree.path, from, to)?;
    let record = workfile::relative(ctx, &plan.id);
    blocked.retain(|file| *file != record);
    if !blocked.is_empty() {
        let arrived = ctx.repo.already_as_in(&tree.path, to, &blocked)?;
        blocked.retain(|file| !arrived.contains(file));
    }
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
                let place = tree.path.display();
                let branch = &target.branch;
                ctx.warn(format!(
                    "{place} could not follow {branch}: {}",
                    error.message()
                ));
                all = false;
            }
        }
        warn_of_those_away(ctx, plan, target);
    }
    all
}

/// A work tree whose folder is not there cannot follow, and would show the fix as taken back.
fn warn_of_those_away(ctx: &Context<'_>, plan: &Plan, target: &Target) {
    let moved = target.local.as_ref().filter(|from| **from != target.result);
    let Some(from) = moved else { return };
    let away = |tree: &&Worktree| tree.is_away_on(&target.branch);
    for tree in plan.worktrees.iter().filter(away) {
        let (place, branch) = (tree.path.display(), &target.branch);
        let (from, to) = (from.short(), target.result.short());
        ctx.warn(format!(
            "{place}, on {branch}, is not there; when it is back, type in it: \
             git read-tree -m -u {from} {to}"
        ));
    }
}

fn follow(ctx: &Context<'_>, id: &str, target: &Target, path: &Path) -> Result<()> {
    match &target.local {
        Some(local) if *local != target.result => {
            make_way(ctx, path, local, &target.result)?;
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
        let is_left = Some(ctx.repo.commit(&from)?.tree) == index;
        if is_left && ctx.repo.contains(&target.result, &to)? {
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
pub(super) fn leave_branch(ctx: &Context<'_>, plan: &mut Plan, options: &Options) -> Result<()> {
    let Some(production) = plan.production().cloned() else {
        return Ok(());
    };
    let trees = plan.worktrees.iter();
    let taken = trees
        .clone()
        .any(|tree| tree.is_on(&production.branch) || tree.is_away_on(&production.branch));
    for tree in trees.clone().filter(|tree| tree.is_away_on(&plan.branch)) {
        let (place, tip) = (
            tree.path.display(),
            plan.tip.as_ref().map_or("", Oid::short),
        );
        ctx.warn(format!(
            "{place}, on {}, is not there; when it is back, type in it: \
             git update-ref --no-deref HEAD {tip}",
            plan.branch
        ));
    }
    let leaving: Vec<Worktree> = trees
        .filter(|tree| tree.is_on(&plan.branch))
        .cloned()
        .collect();
    for tree in leaving {
        if let Some(tip) = &plan.tip {
            make_way(ctx, &tree.path, tip, &production.result)?;
        }
        let left = if worktrees::is_here(ctx, &tree.path) && !taken {
            ctx.repo.switch(&production.branch)
        } else {
            // The first one is the repository's own.
            if plan.worktrees.first() != Some(&tree) {
                plan.spent_worktrees.push(tree.path.clone());
            }
            ctx.repo.at(&tree.path)?.switch_detached(&production.result)
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
