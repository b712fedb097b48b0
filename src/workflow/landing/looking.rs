//! What is not committed on the hotfix branch, looked at while everything else is done.

use super::Options;
use super::plan::Plan;
use crate::git::changes::{Inspecting, LookingForUntracked};
use crate::git::switch::PreparedSwitch;
use crate::git::{Head, Repo, Worktree};
use crate::workflow::{Code, Context, Error, Result, workfile, worktrees};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The work trees on the hotfix branch, being looked at while everything else is done.
pub(super) struct Looking {
    branch: String,
    record: String,
    trees: Vec<(PathBuf, Repo, Inspecting)>,
    clean: Vec<Repo>,
    untracked: Vec<LookingForUntracked>,
    /// How this work tree will leave the branch.
    pub(super) leaving: Option<PreparedSwitch>,
}

/// Begins to look at this work tree, when it is on the branch: in a large one that takes longest.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn look_here(ctx: &Context<'_>, branch: &str) -> Result<Option<Inspecting>> {
    let is_on_it = matches!(ctx.repo.head()?, Head::Branch { name, .. } if name == branch);
    let here = is_on_it && ctx.repo.workdir().is_some();
    Ok(here.then(|| ctx.repo.inspect()).transpose()?)
}

/// Begins to look for what is not committed, where that has not begun.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn look(
    ctx: &Context<'_>,
    plan: &Plan,
    mut begun: Option<Inspecting>,
) -> Result<Looking> {
    let (branch, trees) = (&plan.branch, &plan.worktrees);
    let mut looked_at = Vec::new();
    for tree in trees.iter().filter(|tree| tree.is_on(branch)) {
        let there = ctx.repo.at(&tree.path)?;
        let here = worktrees::is_here(ctx, &tree.path);
        let inspecting = match begun.take_if(|_| here) {
            Some(begun) => begun,
            None => there.inspect()?,
        };
        looked_at.push((tree.path.clone(), there, inspecting));
    }
    Ok(Looking {
        branch: branch.clone(),
        record: workfile::relative(ctx, &plan.id),
        trees: looked_at,
        clean: Vec::new(),
        untracked: Vec::new(),
        leaving: None,
    })
}

impl Looking {
    /// What is not committed would stay behind, in whichever work tree the fix was made. The record's
    /// own file is ours to bring along. The second time there is nothing left to see.
    ///
    /// # Errors
    /// When a tracked file is changed.
    pub(super) fn refuse_unfinished(&mut self, ctx: &Context<'_>) -> Result<()> {
        for (path, there, inspecting) in std::mem::take(&mut self.trees) {
            if inspecting.may_be_changed()? {
                let mut changed = there.changed_files(false, 10)?;
                changed.retain(|file| *file != self.record);
                if !changed.is_empty() {
                    return Err(unfinished(ctx, &path, &there, &self.branch, changed)?);
                }
            }
            self.clean.push(there);
        }
        Ok(())
    }

    /// Begins to look for files that were forgotten: not before, since each look keeps every core busy, and
    /// the landing does not wait for this one. In a large work tree only where the fix has files, below the
    /// top.
    pub(super) fn look_for_untracked(&mut self, ctx: &Context<'_>, plan: &Plan) {
        for there in std::mem::take(&mut self.clean) {
            if let Err(error) = self.look_in(ctx, plan, &there) {
                ctx.warn(not_looked(&error));
            }
        }
    }

    fn look_in(&mut self, ctx: &Context<'_>, plan: &Plan, there: &Repo) -> Result<()> {
        let below = match there.is_large() {
            true => Some(folders(ctx, plan)?),
            false => None,
        };
        if below.as_ref().is_none_or(|below| !below.is_empty()) {
            let looking = there.look_for_untracked(below.as_deref())?;
            self.untracked.push(looking);
        }
        Ok(())
    }

    /// Prepares how this work tree will leave the hotfix branch, where it has to and goes to a branch. Not
    /// long before: what a person changes between is seen by nobody.
    pub(super) fn prepare_leaving(&mut self, ctx: &Context<'_>, plan: &Plan, options: &Options) {
        let stands_on_it =
            |tree: &Worktree| tree.is_on(&plan.branch) && worktrees::is_here(ctx, &tree.path);
        let leaves = !options.keep && plan.worktrees.iter().any(stands_on_it);
        // One without a branch may be rebasing production: then git has to say no.
        let may_have_it = |tree: &Worktree| tree.branch.is_none() && !tree.bare;
        let is_free =
            |branch: &str| !plan.is_checked_out(branch) && !plan.worktrees.iter().any(may_have_it);
        self.leaving = match (&plan.tip, plan.production()) {
            (Some(tip), Some(production)) if leaves && is_free(&production.branch) => {
                Some(ctx.repo.prepare_switch(tip, &production.result))
            }
            _ => None,
        };
    }

    /// A new file that was forgotten stays behind too, though many are not meant to land. Meanwhile the
    /// work trees may have gone from one commit to another: what that brought is none.
    pub(super) fn warn_of_untracked(mut self, ctx: &Context<'_>, plan: &Plan) {
        self.look_for_untracked(ctx, plan);
        for looking in self.untracked {
            match forgotten(ctx, plan, looking) {
                Ok(mut files) => {
                    files.retain(|file| *file != self.record);
                    warn_of(ctx, &files);
                }
                Err(error) => ctx.warn(not_looked(&error)),
            }
        }
    }
}

/// The landing does not hang on it.
fn not_looked(error: &Error) -> String {
    format!("no look for untracked files: {}", error.message())
}

fn forgotten(ctx: &Context<'_>, plan: &Plan, looking: LookingForUntracked) -> Result<Vec<String>> {
    let mut files = looking.files()?;
    if let (Some(from), Some(production), false) = (&plan.tip, plan.production(), files.is_empty())
    {
        let added = ctx.repo.added_files(from, &production.result)?;
        files.retain(|file| added.iter().all(|added| !added.starts_with(file)));
    }
    Ok(files)
}

/// The folders below the top in which the fix has files.
fn folders(ctx: &Context<'_>, plan: &Plan) -> Result<Vec<PathBuf>> {
    let (Some(base), Some(tip)) = (&plan.base, &plan.tip) else {
        return Ok(Vec::new());
    };
    let files = ctx.repo.differing(base, tip)?;
    let folders = files.iter().filter_map(|file| file.path.parent());
    let below_the_top = folders.filter(|folder| folder.components().next().is_some());
    let all: BTreeSet<&Path> = below_the_top.collect();
    Ok(all.into_iter().map(Path::to_owned).collect())
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

fn warn_of(ctx: &Context<'_>, untracked: &[String]) {
    const NAMED: usize = 3;
    let named: Vec<&str> = untracked.iter().take(NAMED).map(String::as_str).collect();
    let named = named.join(", ");
    match untracked.len() {
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
