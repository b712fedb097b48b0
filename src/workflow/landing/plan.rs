//! Everything computed, nothing moved.

use super::looking::Looking;
use super::outlook::{self, FixRange};
use super::prepare::Prepared;
use super::refusals::{not_here, refuse_strangers, refuse_undecided};
use super::survey::Survey;
use super::tag::{self, PlannedTag};
use super::targets::{Outcome, Role, Source, Target};
use super::{Options, apply, earlier, reverts, trees, write};
use crate::git::network::PushLine;
use crate::git::{Oid, Worktree};
use crate::record::{self, Change, Finding, Milestone, Record};
use crate::workflow::production::{Production, tracking};
use crate::workflow::shell::word;
use crate::workflow::store::Stored;
use crate::workflow::{Context, Result, gate, postmortem};
use chrono::{DateTime, Utc};
use std::path::PathBuf;

/// A computed landing.
#[derive(Debug, Default)]
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
    /// What is or was landed; filled by the survey.
    pub fix: Option<FixRange>,
    /// The remote.
    pub remote: Option<String>,
    /// What the remote has of the hotfix branch.
    pub remote_branch: Option<Oid>,
    /// Every branch that gets the fix.
    pub targets: Vec<Target>,
    /// The commit by which production has the fix: now, or from earlier.
    pub landing: Option<Oid>,
    /// The branches that were to get it and do not.
    pub skipped: Vec<String>,
    /// The release tag.
    pub tag: Option<PlannedTag>,
    /// The complete record's text, when it lands with the fix.
    pub record: Option<String>,
    /// The record is complete: it lands with the fix.
    pub with_record: bool,
    /// The work trees of the repository.
    pub worktrees: Vec<Worktree>,
    /// The gate's findings that the override passes.
    pub findings: Vec<Finding>,
    /// The override's reason.
    pub overridden: Option<String>,
    /// Something was pushed; filled by applying.
    pub sent: bool,
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

    /// Every target is where it belongs in this repository.
    pub(super) fn has_landed_here(&self) -> bool {
        let is_there = |target: &Target| target.local.as_ref() == Some(&target.result);
        self.targets.iter().all(is_there)
    }

    /// Whether a work tree has the branch checked out.
    pub(super) fn is_checked_out(&self, branch: &str) -> bool {
        let has_it = |tree: &Worktree| tree.is_on(branch) || tree.is_away_on(branch);
        self.worktrees.iter().any(has_it)
    }

    /// A target with the commit that has the fix. In production others may have come on top of it.
    pub(super) fn landed_word(&self, target: &Target) -> String {
        let landing = self
            .landing
            .as_ref()
            .filter(|_| target.role == Role::Production);
        let commit = landing.unwrap_or(&target.result);
        format!("{} {}", target.branch, commit.short())
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

/// Computes a landing, while the work trees are looked at.
///
/// # Errors
/// Whatever stands in its way; nothing was changed then.
pub(super) fn plan(
    ctx: &Context<'_>,
    prepared: Prepared,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<(Plan, Looking)> {
    let Prepared {
        production,
        stored,
        mut plan,
        fix,
        mut looking,
    } = prepared;
    let computed = compute(ctx, &stored, &production, &mut plan, fix, options, at);
    if computed.is_ok() && !options.dry_run && !options.push {
        looking.prepare_leaving(ctx, &plan, options);
    }
    // What a person has to do first is told first.
    looking.refuse_unfinished(ctx)?;
    computed.map(|()| (plan, looking))
}

fn compute(
    ctx: &Context<'_>,
    stored: &Stored,
    production: &Production,
    plan: &mut Plan,
    fix: Option<FixRange>,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<()> {
    survey(ctx, stored, production, plan, fix, options)?;
    plan.remote_branch = remote_branch(ctx, plan, options)?;
    warn_of_more(ctx, plan)?;
    plan.tag = match &options.tag {
        Some(version) => Some(tag::choose(ctx, plan, version.as_deref(), options)?),
        None if options.push => tag::of_earlier_run(ctx, plan, &stored.record)?,
        None => None,
    };
    plan.with_record = takes_record(stored, plan);
    if plan.with_record && !options.dry_run {
        put_record_in(ctx, stored, production, plan, options, at)?;
    }
    write::landings(ctx, stored, plan, options)?;
    let now = plan.production().map(|target| target.result.clone());
    plan.landing = tag::landing(ctx, plan)?.or(now);
    if !options.dry_run {
        tag::write(ctx, plan)?;
    }
    trees::refuse_overwriting(ctx, plan, options)
}

/// What landing the fix gives in every target.
fn survey(
    ctx: &Context<'_>,
    stored: &Stored,
    production: &Production,
    plan: &mut Plan,
    known: Option<FixRange>,
    options: &Options,
) -> Result<()> {
    let nowhere = |fix| earlier::nowhere(ctx, &stored.record, production, &plan.branch, fix);
    let Some(fix) = known else {
        return Err(nowhere(None)?);
    };
    let survey = Survey {
        branch: &plan.branch,
        production,
        options,
        fix: &fix,
    };
    let (targets, skipped) = survey.targets(ctx)?;
    let landed = targets
        .first()
        .is_some_and(|target| target.outcome.is_contained());
    if plan.tip.is_none() && !landed {
        return Err(nowhere(Some(&fix))?);
    }
    warn_of_reverts(ctx, &stored.record, &targets, &fix)?;
    refuse_strangers(ctx, &targets, plan, &fix, options)?;
    refuse_undecided(ctx, plan, production, &targets, &fix, options)?;
    (plan.targets, plan.skipped) = (targets, skipped);
    plan.fix = Some(fix);
    Ok(())
}

/// History says that production has the fix, or its first commits, also after a revert.
fn warn_of_reverts(
    ctx: &Context<'_>,
    record: &Record,
    targets: &[Target],
    fix: &FixRange,
) -> Result<()> {
    let Some(production) = targets.first() else {
        return Ok(());
    };
    let whole = FixRange {
        tip: fix.tip.clone(),
        base: gate::base(ctx, record, &fix.tip)?,
    };
    if let Some((by, what)) = reverts::in_history(ctx, &production.start, &whole)? {
        let (branch, by, what) = (&production.branch, by.short(), what.short());
        ctx.warn(format!(
            "{branch} has {what} of the fix, but {by} reverts it: what it changed is missing there; \
             git revert {by} brings it back"
        ));
    }
    Ok(())
}

/// What came to production with the fix and is not on its branch here does not come to the others.
fn warn_of_more(ctx: &Context<'_>, plan: &Plan) -> Result<()> {
    let without = plan.targets.iter().filter(|target| match &target.outcome {
        Outcome::Merged { source, .. } => *source == Source::Fix,
        outcome => matches!(outcome, Outcome::Picked { .. }),
    });
    let without: Vec<&str> = without.map(|target| target.branch.as_str()).collect();
    let ([first, ..], Some(production)) = (without.as_slice(), plan.production()) else {
        return Ok(());
    };
    let (Some(by), Some(fix)) = (tag::landing(ctx, plan)?, &plan.fix) else {
        return Ok(());
    };
    let files = outlook::beyond(ctx, &by, fix)?;
    let Some(file) = files.first() else {
        return Ok(());
    };
    let more = match files.len() {
        1 => String::new(),
        files => format!(" and {} more", files - 1),
    };
    let by_hand = match ctx.repo.commit(&by)?.parents.get(1) {
        None => format!("cherry-pick -x {}", by.short()),
        // The branch as the review left it.
        Some(other) if ctx.repo.contains(other, &fix.tip)? => {
            format!("merge --no-ff {}", other.short())
        }
        Some(_) => format!("cherry-pick -x -m 1 {}", by.short()),
    };
    let (branch, by, without) = (&production.branch, by.short(), without.join(", "));
    ctx.warn(format!(
        "{by} in {branch} changes more than the fix here ({file}{more}), which {without} will not \
         get; bring it afterwards: git switch {} && git {by_hand}",
        word(first)
    ));
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
    let nobody_waits = plan.targets.iter().all(|t| t.outcome.is_contained());
    let landed = |there: &Oid| match (&plan.tip, &plan.fix, plan.production()) {
        (None, Some(fix), _) => ctx.repo.contains(&fix.tip, there),
        // Merged with what a review added, and no other branch is still to get it.
        (Some(_), _, Some(production)) if nobody_waits => {
            ctx.repo.contains(&production.start, there)
        }
        _ => Ok(false),
    };
    if let (Some(there), Some(whole)) = (&there, whole)
        && !ctx.repo.contains(whole, there)?
        && !landed(there)?
    {
        return Err(not_here(ctx, plan, remote));
    }
    Ok(there)
}

/// A record that is complete lands with the fix. An override or a target left out leaves an action
/// item behind: such a record is not complete yet.
fn takes_record(stored: &Stored, plan: &Plan) -> bool {
    let landed = |target: &Target| target.outcome.is_contained();
    let lands = plan.tip.is_some() && !plan.production().is_none_or(landed);
    let leaves_an_action = plan.overridden.is_some() || !plan.skipped.is_empty();
    lands && !leaves_an_action && postmortem::is_complete(&stored.record)
}

/// A complete record lands with the fix, on top of it. It says so itself, so that the file in the
/// work tree is the one that landed; by names alone, since it cannot hold the ids of what holds it.
fn put_record_in(
    ctx: &Context<'_>,
    stored: &Stored,
    production: &Production,
    plan: &mut Plan,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<()> {
    let Some(tip) = plan.tip.clone() else {
        return Ok(());
    };
    let detail = Some(plan.landed_words(|target| target.branch.clone()));
    let mut changes = apply::brought(&stored.record, &plan.targets, &ctx.who(), at);
    changes.push(Change::Milestone {
        milestone: Milestone::Landed,
        at,
        detail,
    });
    let record = changes
        .iter()
        .fold(stored.record.clone(), |record, change| {
            record::apply(&record, change)
        });
    plan.record = Some(record.text().to_owned());
    let stored = Stored {
        id: stored.id.clone(),
        record,
        tip: stored.tip.clone(),
    };
    plan.tip = postmortem::commit(ctx, &stored, &plan.branch, &tip)?.or(Some(tip));
    if let (Some(fix), Some(tip)) = (&mut plan.fix, &plan.tip) {
        fix.tip = tip.clone();
    }
    let Some(fix) = &plan.fix else {
        return Ok(());
    };
    let survey = Survey {
        branch: &plan.branch,
        production,
        options,
        fix,
    };
    plan.targets = survey.targets(ctx)?.0;
    refuse_undecided(ctx, plan, production, &plan.targets, fix, options)
}
