//! What is not committed on the hotfix branch, looked at while everything else is done.

use super::Options;
use super::plan::Plan;
use crate::git::changes::{Inspecting, LookingForUntracked};
use crate::git::switch::PreparedSwitch;
use crate::git::{Oid, Repo, Worktree};
use crate::workflow::{Code, Context, Error, Result, workfile, worktrees};
use std::path::{Path, PathBuf};

/// The work trees on the hotfix branch, being looked at while everything else is done.
pub(super) struct Looking {
    branch: String,
    record: String,
    trees: Vec<(PathBuf, Repo, Inspecting)>,
    untracked: Vec<LookingForUntracked>,
    /// How this work tree will leave the branch.
    pub(super) leaving: Option<PreparedSwitch>,
}

/// Begins to look for what is not committed.
///
/// # Errors
/// When a rebase or the like is under way on the branch: what it has still to do would stay behind.
pub(super) fn look(ctx: &Context<'_>, plan: &Plan) -> Result<Looking> {
    let (branch, trees) = (&plan.branch, &plan.worktrees);
    worktrees::refuse_under_way(ctx, trees, branch)?;
    let mut looked_at = Vec::new();
    for tree in trees.iter().filter(|tree| tree.is_on(branch)) {
        let there = ctx.repo.at(&tree.path)?;
        let inspecting = there.inspect()?;
        looked_at.push((tree.path.clone(), there, inspecting));
    }
    Ok(Looking {
        branch: branch.clone(),
        record: workfile::relative(ctx, &plan.id),
        trees: looked_at,
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
            // One look after the other: each keeps every core busy.
            self.untracked.push(there.look_for_untracked()?);
        }
        Ok(())
    }

    /// Prepares how this work tree will leave the hotfix branch, where it has to and goes to a branch. Not
    /// long before: what a person changes between is seen by nobody.
    pub(super) fn prepare_leaving(&mut self, ctx: &Context<'_>, plan: &Plan, options: &Options) {
        let stands_on_it =
            |tree: &Worktree| tree.is_on(&plan.branch) && worktrees::is_here(ctx, &tree.path);
        let leaves = !options.keep && plan.worktrees.iter().any(stands_on_it);
        self.leaving = match (&plan.tip, plan.production()) {
            (Some(tip), Some(production)) if leaves && !plan.is_checked_out(&production.branch) => {
                Some(ctx.repo.prepare_switch(tip, &production.result))
            }
            _ => None,
        };
    }

    /// A new file that was forgotten stays behind too, though many are not meant to land. Meanwhile the
    /// work trees may have gone from one commit to another: what that brought is none.
    pub(super) fn warn_of_untracked(self, ctx: &Context<'_>, gone: Option<(&Oid, &Oid)>) {
        for looking in self.untracked {
            match forgotten(ctx, looking, gone) {
                Ok(mut files) => {
                    files.retain(|file| *file != self.record);
                    warn_of(ctx, &files);
                }
                // The landing does not hang on it.
                Err(error) => ctx.warn(format!("no look for untracked files: {}", error.message())),
            }
        }
    }
}

fn forgotten(
    ctx: &Context<'_>,
    looking: LookingForUntracked,
    gone: Option<(&Oid, &Oid)>,
) -> Result<Vec<String>> {
    let mut files = looking.files()?;
    if let (Some((from, to)), false) = (gone, files.is_empty()) {
        let added = ctx.repo.added_files(from, to)?;
        files.retain(|file| added.iter().all(|added| !added.starts_with(file)));
    }
    Ok(files)
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
