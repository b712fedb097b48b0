//! A computed landing carried out: remote, refs, record, work trees, in this order.

use super::looking::Looking;
use super::plan::Plan;
use super::tag::PlannedTag;
use super::targets::{Outcome, Target};
use super::{Options, push, trees, under_way};
use crate::git::network::PushLine;
use crate::git::{Expect, GitError, Oid, RefUpdate};
use crate::record::{Change, Item, ItemState, Milestone, Record};
use crate::workflow::shell::word;
use crate::workflow::{
    Context, Error, Result, gate, landed, postmortem, store, workfile, worktrees,
};
use chrono::{DateTime, Utc};

/// Carries a landing out.
///
/// # Errors
/// When the push is refused or a ref was moved meanwhile: nothing has moved then. Later ones say that
/// the fix has landed, and what was kept. A work tree that cannot follow its branch is warned of.
pub(super) fn apply(
    ctx: &Context<'_>,
    plan: &mut Plan,
    looking: &mut Looking,
    options: &Options,
    at: DateTime<Utc>,
) -> Result<()> {
    if let Some(reason) = &plan.overridden {
        let given = gate::Override {
            who: &ctx.who(),
            reason,
            tip: plan.tip_before.as_ref(),
            at,
        };
        gate::record_override(ctx, &plan.id, &given, &plan.findings)?;
    }
    if options.push {
        plan.sent = push::push(ctx, plan, options)?;
        looking.prepare_leaving(ctx, plan, options);
    }
    let still = |error| not_moved(plan, options, error);
    let before = under_way::begin(ctx, plan, options).map_err(still)?;
    if let Err(error) = move_refs(ctx, plan) {
        under_way::take_back(ctx, plan, &before);
        return Err(still(error.into()));
    }
    let noted = track(ctx, plan, options)
        .and_then(|()| record(ctx, plan, at))
        .and_then(|()| settle_record(ctx, plan));
    noted.map_err(|error| not_noted(plan, options, error))?;
    let all_followed = trees::bring_along(ctx, plan);
    let gone = plan.tip.clone().filter(|_| !options.keep);
    if gone.is_some() {
        looking.look_for_untracked(ctx, plan);
        trees::leave_branch(ctx, plan, looking, options)?;
    }
    under_way::end(ctx, plan, all_followed);
    if let Some(tip) = gone {
        delete_branch(ctx, plan, &tip, options)?;
    }
    if let Err(error) = unhide(ctx, plan) {
        let words = error.message();
        ctx.warn(format!("the record stays hidden from git status: {words}"));
    }
    Ok(())
}

/// A record that production holds need not be hidden any more.
fn unhide(ctx: &Context<'_>, plan: &Plan) -> Result<()> {
    let file = workfile::relative(ctx, &plan.id);
    match plan.production() {
        Some(target) if ctx.repo.file_at(&target.result, &file)?.is_some() => {
            postmortem::unhide(ctx, &plan.id)
        }
        _ => Ok(()),
    }
}

/// All refs or none, each from the value it was planned from.
fn move_refs(ctx: &Context<'_>, plan: &Plan) -> std::result::Result<(), GitError> {
    let moved = plan
        .targets
        .iter()
        .filter(|target| target.local.as_ref() != Some(&target.result));
    let mut updates: Vec<RefUpdate> = moved
        .map(|target| RefUpdate {
            name: target.ref_name(),
            old: target.local.clone().map_or(Expect::Absent, Expect::Is),
            new: Some(target.result.clone()),
        })
        .collect();
    if let Some(PlannedTag {
        name,
        exists: false,
        object: Some(object),
    }) = &plan.tag
    {
        let name = format!("refs/tags/{name}");
        updates.push(RefUpdate {
            name,
            old: Expect::Absent,
            new: Some(object.clone()),
        });
    }
    if let (Some(before), Some(tip)) = (&plan.tip_before, &plan.tip)
        && before != tip
    {
        let name = format!("refs/heads/{}", plan.branch);
        let (old, new) = (Expect::Is(before.clone()), Some(tip.clone()));
        updates.push(RefUpdate { name, old, new });
    }
    if updates.is_empty() {
        return Ok(());
    }
    let reason = format!("hotfix: land {}", plan.branch);
    ctx.repo.update_refs(&updates, &reason)
}

/// A branch that was made here follows the remote's, as one made by `git switch` does.
fn track(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<()> {
    let Some(remote) = &plan.remote else {
        return Ok(());
    };
    let is_there = |target: &&Target| target.remote.is_some() || options.push;
    let made = plan.targets.iter().filter(|target| target.local.is_none());
    for target in made.filter(is_there) {
        let key = format!("branch.{}", target.branch);
        ctx.repo.set_config(&format!("{key}.remote"), remote)?;
        ctx.repo
            .set_config(&format!("{key}.merge"), &target.ref_name())?;
    }
    Ok(())
}

/// The remote comes first: by now it has everything.
fn not_moved(plan: &Plan, options: &Options, error: Error) -> Error {
    let error = error.context("the branches could not be moved here");
    let there = plan.remote.as_deref().filter(|_| options.push);
    let untouched = match (there, &plan.overridden) {
        (Some(remote), _) => {
            let names = names_of(&plan.push_lines(options.keep));
            format!("No branch was moved here; {remote} has {names} already.")
        }
        (None, Some(_)) => "No branch was moved; the override stays recorded.".to_owned(),
        (None, None) => "Nothing was changed.".to_owned(),
    };
    error
        .untouched(untouched)
        .next("Then run finish again:")
        .next(options.command())
}

/// The branches have moved; what is told of it, and what follows, has not.
fn not_noted(plan: &Plan, options: &Options, error: Error) -> Error {
    let there = plan.remote.as_deref().filter(|_| options.push);
    let places = there.map_or("here".to_owned(), |remote| format!("here and on {remote}"));
    error
        .context("the fix has landed, but that could not be written down")
        .untouched(format!("The branches are moved {places}; nothing else is."))
        .next("Run finish again, it goes on from there:")
        .next(options.command())
}

fn names_of(sent: &[PushLine]) -> String {
    let there = sent.iter().filter(|line| line.source.is_some());
    let names: Vec<String> = there
        .map(|line| match line.target.strip_prefix("refs/tags/") {
            Some(tag) => format!("the tag {tag}"),
            None => line.target.trim_start_matches("refs/heads/").to_owned(),
        })
        .collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "all of it".to_owned(),
    }
}

/// The landing's line in the timeline; the same landing twice is one.
fn record(ctx: &Context<'_>, plan: &Plan, at: DateTime<Utc>) -> Result<()> {
    let words = |target: &Target| plan.landed_word(target);
    let told = told_by_production(ctx, plan)?;
    let (at, detail) = told.unwrap_or_else(|| (at, plan.landed_words(words)));
    let left_out = left_out(plan);
    let who = ctx.who();
    let all_contained = plan
        .targets
        .iter()
        .all(|target| target.outcome.is_contained());
    let is_through = plan.tip.is_none() && all_contained;
    store::change(ctx, &plan.id, "Fix landed", |record| {
        let has = |text: &String| record.actions().iter().any(|item| item.text == *text);
        let open = left_out.iter().filter(|text| !has(text)).cloned();
        let mut changes: Vec<Change> = open.map(|text| Change::Action { text }).collect();
        changes.extend(brought(record, &plan.targets, &who, at));
        let again = record.timeline().iter().any(|entry| {
            entry.milestone == Some(Milestone::Landed) && entry.text.ends_with(&detail)
        });
        let is_told = |tag: &PlannedTag| landed::tags(record).any(|told| told == tag.name);
        let adds_none = plan.tag.as_ref().is_none_or(is_told);
        let is_known = is_through && record.reached(Milestone::Landed).is_some();
        if again || (is_known && adds_none) {
            return Ok(changes);
        }
        let detail = Some(detail.clone());
        let milestone = Milestone::Landed;
        changes.push(Change::Milestone {
            milestone,
            at,
            detail,
        });
        Ok(changes)
    })?;
    Ok(())
}

/// What an action item says of a branch that the fix landed without; a command follows.
fn to_bring(branch: &str) -> String {
    format!("Bring the fix to {branch}: ")
}

/// The action items that are done once the fix is in these targets, ticked.
pub(super) fn brought(
    record: &Record,
    targets: &[Target],
    by: &str,
    at: DateTime<Utc>,
) -> Vec<Change> {
    let names: Vec<String> = targets.iter().map(|t| to_bring(&t.branch)).collect();
    let is_done = |item: &&Item| {
        let is_of_one = names.iter().any(|name| item.text.starts_with(name));
        is_of_one && item.state == ItemState::Open
    };
    let done = record.actions().iter().filter(is_done);
    done.map(|item| Change::ActionDone {
        text: item.text.clone(),
        by: by.to_owned(),
        at,
    })
    .collect()
}

/// What is left to do for each branch that the fix landed without. The branch may be gone by then:
/// the commit to take is one that production keeps.
fn left_out(plan: &Plan) -> Vec<String> {
    let Some(production) = plan.production() else {
        return Vec::new();
    };
    let landing = match &production.outcome {
        Outcome::Contained(held) => held.by.as_ref(),
        Outcome::Squashed { .. } => Some(&production.result),
        _ => None,
    };
    let fix = plan.fix.as_ref().map(|fix| &fix.tip);
    let words = |branch: &String| match (landing, fix) {
        (Some(landing), _) => format!(
            "git switch {} && git cherry-pick -x {}",
            word(branch),
            landing.short()
        ),
        (None, Some(tip)) => format!(
            "git switch {} && git merge --no-ff {}",
            word(branch),
            tip.short()
        ),
        (None, None) => "git hotfix finish".to_owned(),
    };
    let text = |branch: &String| to_bring(branch) + &words(branch);
    plan.skipped.iter().map(text).collect()
}

/// The landing as the record inside production tells it: now, or before an interruption. Both must
/// use the same words, or the file would differ from what landed.
fn told_by_production(ctx: &Context<'_>, plan: &Plan) -> Result<Option<(DateTime<Utc>, String)>> {
    let told = |target: &&Target| plan.record.is_some() || target.outcome.is_contained();
    let Some(production) = plan.production().filter(told) else {
        return Ok(None);
    };
    let file = workfile::relative(ctx, &plan.id);
    let Some((_, bytes)) = ctx.repo.file_at(&production.result, &file)? else {
        return Ok(None);
    };
    let record = Record::parse(String::from_utf8_lossy(&bytes).into_owned());
    let mut entries = record.timeline().iter().rev();
    let landed = entries.find(|entry| entry.milestone == Some(Milestone::Landed));
    Ok(landed.and_then(|entry| {
        let (_, detail) = entry.text.split_once(" - ")?;
        Some((entry.at?, detail.to_owned()))
    }))
}

/// Where the branch holds the record, so must the index of the work trees that are on it: also after
/// an interruption just behind the commit.
fn settle_record(ctx: &Context<'_>, plan: &Plan) -> Result<()> {
    let Some(tip) = &plan.tip else { return Ok(()) };
    let stored = store::saved(ctx, &plan.id)?;
    let (id, text) = (&plan.id, stored.record.text());
    postmortem::settle(ctx, id, text, &plan.branch, tip, &plan.worktrees)
}

/// A commit that somebody made on it meanwhile keeps it.
fn delete_branch(ctx: &Context<'_>, plan: &Plan, tip: &Oid, options: &Options) -> Result<()> {
    let branch = &plan.branch;
    worktrees::delete_branch(ctx, branch, tip, "hotfix: landed").map_err(|error| {
        error
            .context(format!("the fix has landed, but {branch} is not deleted"))
            .untouched("The branch was kept.")
            .next("Then run finish again:")
            .next(options.command())
    })
}
