//! Everything computed, nothing moved.

use super::Options;
use super::outlook::files_in_words;
use super::tag::{self, PlannedTag};
use super::targets::{self, Outcome, Role, Target};
use super::trees;
use crate::git::network::PushLine;
use crate::git::{Oid, Worktree};
use crate::policy::gate::Deed;
use crate::policy::message::Format;
use crate::record::{self, Change, Field, Finding, Level, Milestone, Record, Status};
use crate::workflow::production::{self, Production, tracking};
use crate::workflow::store::{self, Stored};
use crate::workflow::{Context, Error, Result, gate, incident, merged, postmortem};
use chrono::{DateTime, Utc};
use std::path::PathBuf;

/// A computed landing.
#[derive(Debug)]
pub struct Plan {
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: String,
    /// The hotfix branch.
    pub branch: String,
    /// Its tip before the landing; nothing when it is gone because it landed earlier.
    pub tip_before: Option<Oid>,
    /// What is landed: the tip, with the complete record on top.
    pub tip: Option<Oid>,
    /// The commit the hotfix starts from.
    pub base: Option<Oid>,
    /// The remote.
    pub remote: Option<String>,
    /// What the remote has of the hotfix branch.
    pub remote_branch: Option<Oid>,
    /// Every branch that gets the fix.
    pub targets: Vec<Target>,
    /// The release tag.
    pub tag: Option<PlannedTag>,
    /// The complete record's text, when it lands with the fix.
    pub record: Option<String>,
    /// The work trees of the repository.
    pub worktrees: Vec<Worktree>,
    /// The gate's findings that the override passes.
    pub findings: Vec<Finding>,
    /// The override's reason.
    pub overridden: Option<String>,
    /// Linked work trees that served the hotfix and can go; filled by applying.
    pub spent_worktrees: Vec<PathBuf>,
}

impl Plan {
    /// The production target.
    pub fn production(&self) -> Option<&Target> {
        self.targets
            .iter()
            .find(|target| target.role == Role::Production)
    }

    /// Where the fix goes, for the record.
    pub(super) fn landed_words(&self, words: impl Fn(&Target) -> String) -> String {
        let mut parts: Vec<String> = self.targets.iter().map(words).collect();
        parts.extend(self.tag.as_ref().map(|tag| format!("tag {}", tag.name)));
        parts.join(", ")
    }

    /// What a push has to say to the remote: nothing for what it has already, nor for a branch beside
    /// production that was never pushed there.
    pub fn push_lines(&self, keep: bool) -> Vec<PushLine> {
        let shared = |target: &&Target| target.remote.is_some() || target.role == Role::Production;
        let moved = self
            .targets
            .iter()
            .filter(shared)
            .filter(|target| !target.landed_there)
            .filter(|target| target.remote.as_ref() != Some(&target.result));
        let mut lines: Vec<PushLine> = moved
            .map(|target| PushLine::forward(target.ref_name(), target.result.clone()))
            .collect();
        if let Some(PlannedTag {
            name,
            object: Some(object),
            ..
        }) = &self.tag
        {
            lines.push(PushLine::forward(
                format!("refs/tags/{name}"),
                object.clone(),
            ));
        }
        if let Some(there) = self.remote_branch.as_ref().filter(|_| !keep) {
            // Deleted as it was seen: a colleague's commit that arrived meanwhile stops the push.
            lines.push(PushLine {
                source: None,
                target: format!("refs/heads/{}", self.branch),
                lease: Some(there.clone()),
            });
        }
        lines
    }
}

/// Computes a landing.
///
/// # Errors
/// Whatever stands in its way; nothing was changed then.
pub(super) fn plan(
    ctx: &Context<'_>,
    given: Option<&str>,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<Plan> {
    let id = incident::choose(ctx, given)?;
    let stored = if options.dry_run {
        store::view(ctx, &id)?
    } else {
        store::take_in(ctx, &id)?
    };
    let branch = branch_of(&stored)?;
    let production = production::find(ctx)?;
    if options.push && production.remote.is_none() {
        return Err(Error::usage("there is no remote to push to").untouched("Nothing was changed."));
    }
    let tip = tip(ctx, &stored, &branch)?;
    let worktrees = ctx.repo.worktrees()?;
    trees::refuse_unfinished(ctx, &id, &branch, &worktrees)?;
    let stored = if options.dry_run {
        stored
    } else {
        trees::take_in_elsewhere(ctx, stored, &worktrees)?
    };
    let (findings, overridden) = pass_gate(ctx, &stored.record, &branch, options)?;
    refresh(ctx, &production, &branch, options)?;
    let base = match &tip {
        Some(tip) => gate::fork(ctx, &stored.record, tip)?,
        None => None,
    };
    refuse_empty(&branch, tip.as_ref(), base.as_ref())?;
    let targets = targets::survey(ctx, &production, tip.as_ref())?;
    refuse_strangers(ctx, &targets, tip.as_ref(), options)?;
    refuse_conflicts(&branch, &production, &targets)?;
    let record = &stored.record;
    let mut plan = Plan {
        title: record.title().unwrap_or(&id).to_owned(),
        severity: record.field(Field::Severity).unwrap_or_default().to_owned(),
        id,
        branch,
        tip_before: tip.clone(),
        tip,
        base,
        remote: production.remote.clone(),
        remote_branch: None,
        targets,
        tag: None,
        record: None,
        worktrees,
        findings,
        overridden,
        spent_worktrees: Vec::new(),
    };
    plan.remote_branch = remote_branch(ctx, &plan, options)?;
    if let Some(version) = &options.tag {
        plan.tag = Some(tag::choose(ctx, &plan, version.as_deref())?);
    }
    if !options.dry_run {
        put_record_in(ctx, &stored, &production, &mut plan, at)?;
    }
    write_merges(ctx, &stored, &mut plan)?;
    tag::write(ctx, &mut plan)?;
    trees::refuse_overwriting(ctx, &plan, options)?;
    Ok(plan)
}

fn branch_of(stored: &Stored) -> Result<String> {
    if stored.record.status() == Status::Abandoned {
        return Err(Error::usage(format!("{} is abandoned", stored.id))
            .untouched("Nothing was changed.")
            .next("git hotfix reopen \"why\""));
    }
    let branch = stored.record.field(Field::Branch);
    branch.map(str::to_owned).ok_or_else(|| {
        Error::failed("the record names no hotfix branch")
            .untouched("Nothing was changed.")
            .next("Write its '**Branch**:' line: git hotfix edit")
    })
}

fn tip(ctx: &Context<'_>, stored: &Stored, branch: &str) -> Result<Option<Oid>> {
    let tip = gate::tip(ctx, &stored.record)?;
    let is_nowhere = tip.is_none() && stored.record.reached(Milestone::Landed).is_none();
    if is_nowhere && merged::tip(ctx, &stored.record)?.is_none() {
        return Err(
            Error::failed(format!("the branch {branch} is not in this repository"))
                .untouched("Nothing was changed.")
                .next(format!(
                    "Fetch it: git fetch && git branch {branch} <remote>/{branch}"
                )),
        );
    }
    Ok(tip)
}

type Passed = (Vec<Finding>, Option<String>);

fn pass_gate(
    ctx: &Context<'_>,
    record: &Record,
    branch: &str,
    options: &Options,
) -> Result<Passed> {
    let reason = options
        .override_reason
        .as_deref()
        .map(gate::checked_reason)
        .transpose()?;
    let findings = gate::judge(ctx, record, Deed::Land)?;
    let blocked = findings.iter().any(|finding| finding.level == Level::Block);
    match reason {
        _ if !blocked => Ok((findings, None)),
        Some(reason) => Ok((findings, Some(reason))),
        None => Err(gate::refusal(branch, findings)
            .untouched("Nothing was changed.")
            .next("To go on regardless, on the record: git hotfix finish --override \"why\"")),
    }
}

/// With `--push` the remote must answer; else its last known state has to do.
fn refresh(
    ctx: &Context<'_>,
    production: &Production,
    branch: &str,
    options: &Options,
) -> Result<()> {
    let Some(remote) = production.remote.as_deref() else {
        return Ok(());
    };
    let mut branches = vec![production.branch.clone(), branch.to_owned()];
    branches.extend(targets::back_merges(ctx, production));
    if !options.push {
        production::try_track(ctx, remote, &branches, options.tag.is_some());
        return Ok(());
    }
    production::track(ctx, remote, &branches, options.tag.is_some()).map_err(|error| {
        Error::failed(production::why(remote, &error))
            .untouched("Nothing was changed, here or there.")
            .next("Land it here now, push later: git hotfix finish")
    })
}

fn refuse_empty(branch: &str, tip: Option<&Oid>, base: Option<&Oid>) -> Result<()> {
    if tip.is_some() && tip == base {
        return Err(
            Error::refused(format!("{branch} has no commits: there is nothing to land"))
                .untouched("Nothing was changed.")
                .next("git hotfix commit -m \"what it does\""),
        );
    }
    Ok(())
}

/// What the remote has of the hotfix branch; somebody else's commits on it must be taken in first.
/// Once the branch is gone here they only matter when it would be deleted there.
fn remote_branch(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<Option<Oid>> {
    let Some(remote) = plan.remote.as_deref() else {
        return Ok(None);
    };
    let branch = &plan.branch;
    let there = ctx.repo.find_ref(&tracking(remote, branch))?;
    let deleted = options.push && !options.keep;
    let whole = match (&plan.tip, plan.production()) {
        (Some(tip), _) => Some(tip),
        (None, Some(production)) if deleted => Some(&production.result),
        (None, _) => None,
    };
    if let (Some(there), Some(whole)) = (&there, whole)
        && !ctx.repo.contains(whole, there)?
    {
        let take_in = match plan.tip {
            Some(_) => format!("git switch {branch} && git pull --rebase {remote} {branch}"),
            None => format!("git switch -c {branch} {remote}/{branch}"),
        };
        let message = format!("{remote} has commits on {branch} that are not here");
        return Err(Error::refused(message)
            .untouched("Nothing was changed, here or there.")
            .next(take_in));
    }
    Ok(there)
}

/// Commits of a target that the remote has not would go to production along with the fix.
fn refuse_strangers(
    ctx: &Context<'_>,
    targets: &[Target],
    tip: Option<&Oid>,
    options: &Options,
) -> Result<()> {
    for target in targets {
        let strangers = targets::strangers(ctx, target, tip)?;
        let Some(first) = strangers.first() else {
            continue;
        };
        let branch = &target.branch;
        let count = strangers.len();
        let are = if count == 1 { "a commit" } else { "commits" };
        let message = format!("{branch} has {are} here that the remote has not");
        if !options.push {
            let of = if count == 1 { "it" } else { "they" };
            ctx.warn(format!(
                "{message} ({}): {of} will go along",
                first.id.short()
            ));
            continue;
        }
        let mut error = Error::refused(message)
            .untouched("Nothing was changed, here or there. They would be released with the fix.")
            .next(format!("Push them first, if they are meant to be: git push <remote> {branch}"))
            .next(format!(
                "Or put them aside: git branch {branch}-aside {branch} && git branch -f {branch} {}",
                target.remote.as_ref().map_or("", Oid::short)
            ));
        for commit in strangers.iter().take(5) {
            error = error.detail(format!("{} {}", commit.id.short(), commit.subject()));
        }
        return Err(error);
    }
    Ok(())
}

fn refuse_conflicts(branch: &str, production: &Production, targets: &[Target]) -> Result<()> {
    let conflicting = |target: &&Target| matches!(target.outcome, Outcome::Conflict { .. });
    let Some(first) = targets.iter().find(conflicting) else {
        return Ok(());
    };
    let there = production
        .remote
        .as_deref()
        .map_or(String::new(), |r| format!(", here or on {r}"));
    let mut error = Error::refused(format!("{branch} does not merge cleanly everywhere"))
        .untouched(format!("Nothing was changed{there}."))
        .next("Merge it yourself and run finish again:")
        .next(merge_by_hand(branch, first));
    for target in targets {
        error = error.detail(match &target.outcome {
            Outcome::Contained => format!("{}  holds the fix already", target.branch),
            Outcome::Merged { .. } => format!("{}  merges cleanly", target.branch),
            Outcome::Conflict { files } => {
                format!("{}  conflicts in {}", target.branch, files_in_words(files))
            }
        });
    }
    Err(error)
}

/// A local branch that is behind would merge something else than what lands.
fn merge_by_hand(branch: &str, target: &Target) -> String {
    let Target {
        branch: name,
        local,
        start,
        ..
    } = target;
    match local {
        Some(local) if local != start => {
            let start = start.short();
            format!("git switch {name} && git merge --ff-only {start} && git merge {branch}")
        }
        _ => format!("git switch {name} && git merge {branch}"),
    }
}

/// A complete record lands with the fix, on top of it. It says so itself, so that the file in the
/// work tree is the one that landed; by names alone, since it cannot hold the ids of what holds it.
fn put_record_in(
    ctx: &Context<'_>,
    stored: &Stored,
    production: &Production,
    plan: &mut Plan,
    at: DateTime<Utc>,
) -> Result<()> {
    let landed = plan
        .production()
        .is_none_or(|target| target.outcome == Outcome::Contained);
    let Some(tip) = plan.tip.clone().filter(|_| !landed) else {
        return Ok(());
    };
    // An override leaves an action item behind: such a record is not complete yet.
    if plan.overridden.is_some() || !postmortem::is_complete(&stored.record) {
        return Ok(());
    }
    let detail = Some(plan.landed_words(|target| target.branch.clone()));
    let change = Change::Milestone {
        milestone: Milestone::Landed,
        at,
        detail,
    };
    let record = record::apply(&stored.record, &change);
    plan.record = Some(record.text().to_owned());
    let stored = Stored {
        id: stored.id.clone(),
        record,
        tip: stored.tip.clone(),
    };
    plan.tip = postmortem::commit(ctx, &stored, &plan.branch, &tip)?.or(Some(tip));
    plan.targets = targets::survey(ctx, production, plan.tip.as_ref())?;
    refuse_conflicts(&plan.branch, production, &plan.targets)
}

fn write_merges(ctx: &Context<'_>, stored: &Stored, plan: &mut Plan) -> Result<()> {
    let Some(tip) = plan.tip.clone() else {
        return Ok(());
    };
    for target in &mut plan.targets {
        if let Outcome::Merged { tree } = &target.outcome {
            let message = message(&ctx.settings.format, stored, &plan.branch, target);
            let parents = [target.start.clone(), tip.clone()];
            let written = ctx.repo.commit_tree(tree, &parents, &message);
            target.result = written.map_err(|error| {
                Error::from(error)
                    .context(format!(
                        "the merge into {} could not be written",
                        target.branch
                    ))
                    .untouched("Nothing was changed, here or there.")
            })?;
        }
    }
    Ok(())
}

/// A valid Conventional Commit, so that the team's own hooks and tools take it.
fn message(format: &Format, stored: &Stored, branch: &str, target: &Target) -> String {
    let record = &stored.record;
    let trailers = format!(
        "Incident: {}\nSeverity: {}\n",
        stored.id,
        record.field(Field::Severity).unwrap_or("unknown")
    );
    match target.role {
        Role::Production => {
            let title = record.title().unwrap_or(&stored.id);
            format!("{}\n\n{trailers}", format.own_header(title))
        }
        Role::BackMerge => format!("chore: merge {branch} into {}\n\n{trailers}", target.branch),
    }
}
