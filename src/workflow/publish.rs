//! `publish`: unfinished work shared on purpose.

use super::log::Target;
use super::sharing::{self, Fault};
use super::shell::word;
use super::store::{self, Draft, Stored};
use super::worktrees::Way;
use super::{Code, Context, Error, Result, gate, incident, landing, lock_advice, production};
use crate::git::network::{Call, PushLine};
use crate::git::{GitError, Oid};
use crate::policy::gate::{Deed, PUBLISHED, is_published};
use crate::record::{Change, Finding, Level, Record};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Tells our own pre-push hook that the checklist is left out on purpose; `publish` writes the
/// timeline line.
pub const VARIABLE: &str = "GIT_HOTFIX_PUBLISH";

/// What was shared.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Published {
    /// The incident's id.
    pub id: String,
    /// The hotfix branch.
    pub branch: String,
    /// Its tip.
    pub tip: Oid,
    /// The remote.
    pub remote: String,
    /// It was there already.
    pub up_to_date: bool,
    /// What is not ready yet.
    pub findings: Vec<Finding>,
    /// Nothing was pushed, only looked at.
    pub dry_run: bool,
}

/// Pushes the hotfix branch past the checklist, never past the commit format.
///
/// # Errors
/// When a message has not the format, there is no remote, or the push is refused.
pub fn publish(ctx: &Context<'_>, target: Target<'_>, dry_run: bool) -> Result<Published> {
    let at = ctx.at(target.at)?;
    let id = incident::choose(ctx, target.incident)?;
    let stored = store::view(ctx, &id)?;
    let branch = incident::hotfix_branch(&stored.record)?.to_owned();
    incident::refuse_shared(ctx, &branch)?;
    let tip = gate::tip(ctx, &stored.record)?.ok_or_else(|| {
        Error::usage(format!("the branch {branch} is not here"))
            .code(Code::NoSuchRevision)
            .untouched("Nothing was pushed.")
    })?;
    let findings = gate::judge(ctx, &stored.record, Deed::Publish)?;
    if findings.iter().any(|finding| finding.level == Level::Block) {
        return Err(Error::refused(format!("{branch} cannot be published"))
            .code(Code::Gate)
            .findings(findings)
            .untouched("Nothing was pushed."));
    }
    let remote = production::remote(ctx)?.ok_or_else(|| {
        Error::usage("there is no remote to publish to")
            .code(Code::NoRemote)
            .untouched("Nothing was pushed.")
    })?;
    let there = ctx.repo.find_ref(&production::tracking(&remote, &branch))?;
    let up_to_date = there.as_ref() == Some(&tip);
    if !dry_run {
        let again = "git hotfix publish";
        share(ctx, &stored, (&branch, &tip), &remote, at, again)?;
    }
    Ok(Published {
        id,
        branch,
        tip,
        remote,
        up_to_date,
        findings,
        dry_run,
    })
}

/// Pushes the hotfix branch and writes the timeline line, with which it gets past our hooks; a branch
/// that is there already gets none. `again` is the command that was given.
///
/// # Errors
/// When the push is refused.
pub(super) fn share(
    ctx: &Context<'_>,
    stored: &Stored,
    (branch, tip): (&str, &Oid),
    remote: &str,
    at: DateTime<Utc>,
    again: &str,
) -> Result<()> {
    let there = ctx.repo.find_ref(&production::tracking(remote, branch))?;
    let up_to_date = there.as_ref() == Some(tip);
    // Pushed even where we believe that it is there: the forge may have deleted it meanwhile.
    let line = PushLine {
        lease: rewritten(ctx, &stored.record, there.as_ref(), tip)?,
        ..PushLine::forward(format!("refs/heads/{branch}"), tip.clone())
    };
    let text = format!("{PUBLISHED} - {} to {remote}", tip.short());
    let note = |_: &Record| {
        let text = text.clone();
        let changes = vec![Change::Note { at, text }];
        Ok(if up_to_date { Vec::new() } else { changes })
    };
    let draft = push(ctx, remote, line, || {
        store::draft(ctx, &stored.id, "Published", note)
    });
    let draft = match draft {
        Ok(draft) => draft,
        Err(fault) => return Err(refused(ctx, remote, branch, fault, again)?),
    };
    match store::adopt(ctx, draft) {
        Err(error) if store::is_race(&error) => store::change(ctx, &stored.id, "Published", note)?,
        adopted => adopted?,
    };
    Ok(())
}

/// What the remote has, when it is a version that was published by this very command and has been
/// amended or rebased since: such a one may be replaced. Anybody else's commits may not.
pub(super) fn rewritten(
    ctx: &Context<'_>,
    record: &Record,
    there: Option<&Oid>,
    tip: &Oid,
) -> Result<Option<Oid>> {
    let Some(there) = there else {
        return Ok(None);
    };
    if !is_published(record, there.short()) || ctx.repo.contains(tip, there)? {
        return Ok(None);
    }
    Ok(Some(there.clone()))
}

/// The record goes along where the server wants to see that this was done on purpose; gives the version
/// that was pushed, or would have been.
fn push(
    ctx: &Context<'_>,
    remote: &str,
    line: PushLine,
    draft: impl Fn() -> Result<Draft>,
) -> std::result::Result<Draft, Fault> {
    let what = format!("pushing to {remote}");
    let waiting = || ctx.progress.waiting(&what);
    let env = [(VARIABLE.to_owned(), "1".to_owned())];
    let call = Call {
        remote,
        limit: ctx.settings.push_timeout,
        waiting: &waiting,
        env: &env,
    };
    let mut version = draft().map_err(Fault::Record)?;
    let id = version.stored.id.clone();
    let pushed = sharing::push(ctx, &call, &[line], &id, || {
        version = draft()?;
        Ok(version.stored.tip.clone())
    });
    pushed.map(|_| version)
}

fn refused(
    ctx: &Context<'_>,
    remote: &str,
    branch: &str,
    fault: Fault,
    again: &str,
) -> Result<Error> {
    let what = format!("{branch} could not be pushed to {remote}");
    let untouched = "Nothing was recorded.";
    let error = match fault {
        Fault::Record(error) => return Ok(error.context(what).untouched(untouched)),
        Fault::Push(error) => error,
    };
    let mut wrapped = Error::failed(what)
        .code(Code::of_push(&error))
        .untouched(untouched);
    if matches!(&error, GitError::Failed { stdout, .. } if stdout.contains("[rejected]")) {
        // Typed on another branch, a pull alone would move that one.
        let Way { switch, git } = Way::to(ctx, &ctx.repo.worktrees()?, branch);
        let (remote, branch) = (word(remote), word(branch));
        wrapped = wrapped
            .next("Somebody else's commits are there: take them in:")
            .next(format!("{switch}{git} pull --rebase {remote} {branch}"))
            .next(format!("Then again: {again}"));
    }
    if is_unanswered(&error) {
        wrapped = wrapped
            .next(format!(
                "Does {remote} answer? git ls-remote {remote} {branch}"
            ))
            .next(format!("Then again: {again}"));
    }
    wrapped.next.extend(lock_advice(&error));
    wrapped.details = match error {
        GitError::Failed { stderr, stdout, .. } => landing::push_words(&stderr, &stdout),
        other => vec![other.to_string()],
    };
    Ok(wrapped)
}

/// The remote did not get as far as to take or refuse a ref: git ends by 1 when one was refused.
fn is_unanswered(error: &GitError) -> bool {
    matches!(
        error,
        GitError::TimedOut { .. } | GitError::Failed { code: 128, .. }
    )
}
