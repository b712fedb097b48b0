//! `abandon`: the incident turned out to be none, or is solved elsewhere.

use super::log::said;
use super::shell::{quoted, word};
use super::worktrees;
use super::{Code, Context, Error, Result, gate, incident, production, store, task};
use crate::git::{Oid, Worktree};
use crate::record::{Change, Field, Milestone, Record};
use serde::Serialize;

/// What became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Abandoned {
    /// The incident's id.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The hotfix branch.
    pub branch: Option<String>,
    /// It was deleted.
    pub branch_deleted: bool,
    /// It is still here.
    pub branch_kept: bool,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// What to do with the branch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// `-i`.
    pub incident: Option<&'a str>,
    /// `--at`.
    pub at: Option<&'a str>,
    /// Delete the hotfix branch, unless it has commits that are not in production.
    pub delete_branch: bool,
    /// Only look.
    pub dry_run: bool,
}

/// Abandons an incident; the record stays and says so.
///
/// # Errors
/// When the reason is empty, the incident is over, or the branch that is to go has commits that are not
/// in production: nothing was changed then. When it cannot be deleted the incident is abandoned.
pub fn abandon(ctx: &Context<'_>, options: Options<'_>, reason: &str) -> Result<Abandoned> {
    let reason = said(reason, "reason")?;
    let at = ctx.at(options.at)?;
    let id = incident::choose(ctx, options.incident)?;
    let record = store::view(ctx, &id)?.record;
    refuse_closed(&id, &record)?;
    let branch = record.field(Field::Branch).map(str::to_owned);
    let keeping = format!("git hotfix abandon {}", quoted(&reason));
    let doomed = match &branch {
        Some(branch) if options.delete_branch => {
            let keeping = incident::command(ctx, &id, &keeping);
            deletable(ctx, &record, branch, &keeping)?
        }
        _ => None,
    };
    let done = Abandoned {
        id: id.clone(),
        reason: reason.clone(),
        branch_deleted: doomed.is_some(),
        branch_kept: doomed.is_none() && gate::tip(ctx, &record)?.is_some(),
        branch: branch.clone(),
        dry_run: options.dry_run,
    };
    if options.dry_run {
        return Ok(done);
    }
    let stored = store::change(ctx, &id, &format!("Abandoned: {reason}"), |record| {
        refuse_closed(&id, record)?;
        let detail = Some(reason.clone());
        Ok(vec![Change::Milestone {
            milestone: Milestone::Abandoned,
            at,
            detail,
        }])
    })?;
    task::follow(ctx, &id, &stored.record);
    if let (Some(branch), Some(tip)) = (branch, doomed) {
        delete(ctx, &branch, &tip).map_err(|error| not_deleted(&branch, error))?;
    }
    Ok(done)
}

fn refuse_closed(id: &str, record: &Record) -> Result<()> {
    if record.is_open() {
        return Ok(());
    }
    let words = record.status().words().to_lowercase();
    Err(Error::usage(format!("{id} is {words} already"))
        .code(Code::IncidentState)
        .untouched("Nothing was recorded."))
}

/// The branch's tip, when production has all of it; `keeping` is the command that leaves it.
fn deletable(
    ctx: &Context<'_>,
    record: &Record,
    branch: &str,
    keeping: &str,
) -> Result<Option<Oid>> {
    incident::refuse_shared(ctx, branch)?;
    let Some(tip) = gate::tip(ctx, record)? else {
        return Ok(None);
    };
    let mut safe = gate::fork(ctx, record, &tip)?.as_ref() == Some(&tip);
    if let Some((head, _)) = production::known_tip(ctx) {
        safe = safe || ctx.repo.contains(&head, &tip)?;
    }
    if !safe {
        return Err(
            Error::refused(format!("{branch} has commits that are not in production"))
                .untouched("Nothing was changed.")
                .next("Abandon it and keep the branch:")
                .next(keeping)
                .next("Or delete that yourself afterwards:")
                .next(by_hand(ctx, branch)?),
        );
    }
    let trees = ctx.repo.worktrees()?;
    worktrees::refuse_under_way(ctx, &trees, branch)?;
    for tree in trees.iter().filter(|tree| tree.is_on(branch)) {
        if !ctx.repo.at(&tree.path)?.changed_files(false, 1)?.is_empty() {
            let place = tree.path.display();
            let message = format!("{place} has changes that are not committed");
            return Err(Error::refused(message)
                .code(Code::DirtyWorkTree)
                .untouched("Nothing was changed.")
                .next(format!(
                    "Put them aside: {} stash",
                    worktrees::git_in(ctx, &tree.path)
                )));
        }
    }
    Ok(Some(tip))
}

/// The command that deletes a branch with what it holds: git deletes none that is checked out.
fn by_hand(ctx: &Context<'_>, branch: &str) -> Result<String> {
    let mut command = String::new();
    for tree in ctx.repo.worktrees()? {
        if tree.is_on(branch) {
            let git = worktrees::git_in(ctx, &tree.path);
            command.push_str(&format!("{git} switch --detach && "));
        }
    }
    command.push_str(&format!("git branch -D {}", word(branch)));
    Ok(command)
}

/// Work trees leave the branch first: to production, or to the commit they are on.
fn delete(ctx: &Context<'_>, branch: &str, tip: &Oid) -> Result<()> {
    let trees = ctx.repo.worktrees()?;
    for tree in trees.iter().filter(|tree| tree.is_on(branch)) {
        leave(ctx, tree, branch, tip)?;
    }
    worktrees::warn_of_those_left_on(ctx, &trees, branch, tip);
    worktrees::delete_branch(ctx, branch, tip, "hotfix: abandoned")
}

fn leave(ctx: &Context<'_>, tree: &Worktree, branch: &str, tip: &Oid) -> Result<()> {
    let there = ctx.repo.at(&tree.path)?;
    let is_on_it = || Ok::<_, Error>(there.branch_at_work()?.as_deref() == Some(branch));
    let mut left = match production::known(ctx) {
        Some(production) => there.switch(&production.branch),
        None => Ok(()),
    };
    // Another work tree may have production, or it may not be known.
    if is_on_it()? {
        left = there.switch_detached(tip);
    }
    let Err(error) = left else { return Ok(()) };
    if is_on_it()? {
        return Err(error.into());
    }
    // A hook that fails afterwards does not take the switch back.
    let place = tree.path.display();
    ctx.warn(format!("{place} has left {branch}, but: {error}"));
    Ok(())
}

/// The record says already that it is over.
fn not_deleted(branch: &str, error: Error) -> Error {
    let mut error = error
        .context(format!(
            "the incident is abandoned, but {branch} is not deleted"
        ))
        .untouched("The branch was kept.");
    error.next = vec![format!(
        "Delete it yourself: git branch -d {}",
        word(branch)
    )];
    error
}
