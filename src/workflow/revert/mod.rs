//! `revert`: commits taken back on the hotfix branch, all of them or none.
//!
//! Everything is computed without a work tree. Then the work trees on the branch follow, and the
//! branch moves last: stopped in between, the change lies there staged, and the next run ends it.

mod chosen;
mod refusal;
mod trees;

use super::log::Target;
use super::{Code, Context, Error, Result, gate, incident, status, store, trailers};
use crate::git::{CommitInfo, Expect, MergeOutcome, Oid, RefUpdate};
use crate::policy::message::{self, Situation};
use crate::record::{Change, Milestone, Record};
use chosen::Chosen;
use serde::Serialize;
use trees::Trees;

/// How the timeline says it; the id and the subject follow.
const REVERTED: &str = "Reverted";

/// What `revert` was asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Revisions and ranges, as `git revert` takes them.
    pub commits: Vec<String>,
    /// The parent of a merge that stays, counted from 1.
    pub mainline: Option<usize>,
    /// Only compute.
    pub dry_run: bool,
}

/// What `revert` did, or would do.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reverted {
    /// The incident's id.
    pub id: String,
    /// The hotfix branch.
    pub branch: String,
    /// Its tip before.
    pub before: Oid,
    /// Its tip now.
    pub after: Oid,
    /// The commits that were taken back, newest first.
    pub commits: Vec<Undone>,
    /// Nothing was done, only computed.
    pub dry_run: bool,
    /// The command to type next.
    pub next: Option<String>,
    /// What that is for.
    pub next_reason: Option<String>,
}

/// A commit that was taken back.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Undone {
    /// Its id.
    pub commit: Oid,
    /// Its first line.
    pub subject: String,
    /// The parent of a merge that stays.
    pub mainline: Option<Oid>,
    /// The commit that takes it back; nothing in a dry run, or when something else did it.
    pub by: Option<Oid>,
    /// Nothing of it was left to take back.
    pub already: bool,
    /// The merge that brought it in and is taken back instead.
    pub within: Option<Oid>,
    #[serde(skip)]
    tree: Oid,
}

impl Undone {
    /// The timeline line: `Reverted 1a3e64c feat: faster login`.
    pub fn words(&self) -> String {
        format!("{REVERTED} {} {}", self.commit.short(), self.subject)
    }
}

/// Takes commits back on the hotfix branch.
///
/// # Errors
/// When a commit is not on the branch, conflicts with what came after it, a work tree is in the way,
/// or there is nothing to take back: nothing was changed then.
pub fn revert(ctx: &Context<'_>, target: Target<'_>, options: &Options) -> Result<Reverted> {
    let at = ctx.at(target.at)?;
    let id = incident::choose(ctx, target.incident)?;
    let record = store::view(ctx, &id)?.record;
    let branch = incident::hotfix_branch(&record)?.to_owned();
    let tip = gate::tip(ctx, &record)?.ok_or_else(|| {
        Error::usage(format!("the branch {branch} is not here"))
            .code(Code::NoSuchRevision)
            .untouched("Nothing was changed.")
    })?;
    let trees = Trees::on(ctx, &branch)?;
    let chosen = chosen::choose(ctx, &branch, &tip, options)?;
    let mut commits = compute(ctx, &record, &tip, &chosen)?;
    let tree = commits.iter().rfind(|undone| !undone.already);
    let mut after = tip.clone();
    if let Some(tree) = tree.map(|undone| undone.tree.clone()) {
        trees.refuse_overwriting(ctx, &tip, &tree)?;
        if !options.dry_run {
            after = write(ctx, &branch, &tip, &mut commits)?;
            trees.follow(ctx, &tip, &after, || {
                move_branch(ctx, &branch, &tip, &after)
            })?;
        }
    }
    if !options.dry_run {
        note(ctx, &id, at, &commits);
    }
    let (next, next_reason) = next(ctx, &record, &commits)?.unzip();
    Ok(Reverted {
        id,
        branch,
        before: tip,
        after,
        commits,
        dry_run: options.dry_run,
        next,
        next_reason,
    })
}

/// The tree after each of them, one on top of the other.
fn compute(
    ctx: &Context<'_>,
    record: &Record,
    tip: &Oid,
    chosen: &[Chosen],
) -> Result<Vec<Undone>> {
    let fixes = gate::fix_commits(ctx, record)?;
    let mut tree = ctx.repo.commit(tip)?.tree;
    let mut done = Vec::new();
    for one in chosen {
        let commit = &one.commit;
        let by = earlier(&fixes, &commit.id).map(|fix| fix.id.clone());
        let after = match by.is_some() || one.within.is_some() {
            true => tree.clone(),
            false => without(ctx, one, &tree, tip, chosen)?,
        };
        done.push(Undone {
            commit: commit.id.clone(),
            subject: commit.subject().to_owned(),
            mainline: one.parent.clone().filter(|_| commit.parents.len() > 1),
            by,
            already: after == tree,
            within: one.within.clone(),
            tree: after.clone(),
        });
        tree = after;
    }
    let is_left = |undone: &Undone| !undone.already || undone.by.is_some();
    match done.iter().any(is_left) {
        true => Ok(done),
        false => Err(refusal::nothing_left(&done)),
    }
}

/// A tree without what a commit did to it.
fn without(
    ctx: &Context<'_>,
    one: &Chosen,
    tree: &Oid,
    tip: &Oid,
    chosen: &[Chosen],
) -> Result<Oid> {
    let undone = ctx
        .repo
        .undo_in_memory(&one.commit.id, one.parent.as_ref(), tree)?;
    match undone {
        MergeOutcome::Clean { tree } => Ok(tree),
        MergeOutcome::Conflict { files } => {
            Err(refusal::conflict(ctx, &one.commit, tip, &files, chosen)?)
        }
    }
}

/// The fix's commit that took another one back and was not taken back itself. Undoing the same again
/// would conflict with it, or toggle what several commits did to one line.
fn earlier<'a>(fixes: &'a [CommitInfo], commit: &Oid) -> Option<&'a CommitInfo> {
    let line = format!("This reverts commit {commit}");
    let at = fixes.iter().rposition(|fix| fix.message.contains(&line))?;
    // Only what came later can have taken it back.
    let (fix, later) = fixes[at..].split_first()?;
    earlier(later, &fix.id).is_none().then_some(fix)
}

/// The commits, one on top of the other; no ref moves.
fn write(ctx: &Context<'_>, branch: &str, tip: &Oid, commits: &mut [Undone]) -> Result<Oid> {
    let format = &ctx.settings.format;
    let known = trailers::known(ctx, branch);
    let mut head = tip.clone();
    for undone in commits.iter_mut().filter(|undone| !undone.already) {
        let mainline = undone.mainline.as_ref().map(Oid::as_str);
        let message = format.revert(&undone.subject, undone.commit.as_str(), mainline);
        let message = format.with_trailers(&message, &known);
        // No hook has judged it.
        if let Some(fault) = message::fault(message.as_bytes(), Situation::default(), format) {
            return Err(refusal::unfit(&undone.commit, &fault));
        }
        let written = ctx
            .repo
            .commit_tree(&undone.tree, std::slice::from_ref(&head), &message);
        head = written.map_err(|error| {
            Error::from(error)
                .context("the commit could not be written")
                .untouched("Nothing was changed.")
        })?;
        undone.by = Some(head.clone());
    }
    Ok(head)
}

fn move_branch(ctx: &Context<'_>, branch: &str, from: &Oid, to: &Oid) -> Result<()> {
    let update = RefUpdate {
        name: format!("refs/heads/{branch}"),
        old: Expect::Is(from.clone()),
        new: Some(to.clone()),
    };
    ctx.repo
        .update_ref(&update, "hotfix: revert")
        .map_err(|error| {
            Error::from(error)
                .context(format!("{branch} could not be moved"))
                .untouched("Nothing was changed.")
        })
}

/// A line each. The commits are made: a record that cannot be written does not take them back.
fn note(ctx: &Context<'_>, id: &str, at: chrono::DateTime<chrono::Utc>, commits: &[Undone]) {
    let done = || commits.iter().filter(|undone| undone.by.is_some());
    let subject = match done().count() {
        1 => done().map(Undone::words).collect(),
        count => format!("{REVERTED} {count} commits"),
    };
    let written = store::change(ctx, id, &subject, |record| {
        let stands = |words: &str| record.timeline().iter().any(|entry| entry.text == words);
        let lines = done().filter(|undone| !(undone.already && stands(&undone.words())));
        Ok(lines
            .map(|undone| Change::Note {
                at,
                text: undone.words(),
            })
            .collect())
    });
    if let Err(error) = written {
        let words = error.message();
        ctx.warn(format!(
            "the timeline does not say so yet ({words}): run it again"
        ));
    }
}

/// A revert stops the bleeding once it runs: that is what is to be said then.
fn next(
    ctx: &Context<'_>,
    record: &Record,
    commits: &[Undone],
) -> Result<Option<(String, String)>> {
    let own = commits.iter().rfind(|undone| undone.within.is_none());
    let step = match own {
        Some(undone) if record.reached(Milestone::Mitigated).is_none() => Some((
            mitigation(undone.commit.short()),
            "get it deployed, then say so",
        )),
        _ => status::next_step(ctx, record)?,
    };
    Ok(step.map(|(command, reason)| (ctx.command(&command), reason.to_owned())))
}

/// The command that puts a revert down as the mitigation.
fn mitigation(commit: &str) -> String {
    format!("git hotfix mitigate rollback \"reverted {commit}\"")
}

/// The same for the last revert on record, while nothing says that the incident is mitigated.
pub(super) fn unsaid(record: &Record) -> Option<String> {
    if record.reached(Milestone::Mitigated).is_some() {
        return None;
    }
    let words = |text: &str| {
        let (first, rest) = text.split_once(' ')?;
        let commit = rest.split(' ').next()?;
        let is_id = commit.len() >= 7 && commit.bytes().all(|b| b.is_ascii_hexdigit());
        (first == REVERTED && is_id).then(|| mitigation(commit))
    };
    let mut entries = record.timeline().iter().rev();
    entries.find_map(|entry| words(&entry.text))
}
