//! A computed landing carried out: remote, refs, record, work trees, in this order.

use super::looking::Looking;
use super::plan::Plan;
use super::tag::PlannedTag;
use super::targets::{Outcome, Role, Target};
use super::{Options, trees, under_way};
use crate::git::network::{Call, PushLine};
use crate::git::{Expect, GitError, Oid, RefUpdate};
use crate::policy::forge;
use crate::record::{Change, Item, ItemState, Milestone, Record};
use crate::workflow::sharing::{self, Fault};
use crate::workflow::shell::word;
use crate::workflow::{
    Code, Context, Error, Result, gate, lock_advice, postmortem, store, workfile,
};
use chrono::{DateTime, Utc};

/// Carries a landing out.
///
/// # Errors
/// When the push is refused or a ref was moved meanwhile: nothing has moved then. Work trees come
/// last: one that cannot follow is warned of.
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
        plan.sent = push(ctx, plan, options)?;
        looking.prepare_leaving(ctx, plan, options);
    }
    let begun = under_way::begin(ctx, plan, options);
    begun
        .and_then(|()| Ok(move_refs(ctx, plan)?))
        .map_err(|error| not_moved(plan, options, error))?;
    let noted = track(ctx, plan, options)
        .and_then(|()| record(ctx, plan, at))
        .and_then(|()| settle_record(ctx, plan));
    noted.map_err(|error| not_noted(plan, options, error))?;
    let all_followed = trees::bring_along(ctx, plan);
    let gone = plan.tip.clone().filter(|_| !options.keep);
    if gone.is_some() {
        trees::leave_branch(ctx, plan, looking, options)?;
    }
    under_way::end(ctx, plan, all_followed);
    if let Some(tip) = gone {
        delete_branch(ctx, plan, tip)?;
    }
    let file = workfile::relative(ctx, &plan.id);
    match plan.production() {
        Some(target) if ctx.repo.file_at(&target.result, &file)?.is_some() => {
            postmortem::unhide(ctx, &plan.id)
        }
        _ => Ok(()),
    }
}

/// Whether anything had to be sent.
fn push(ctx: &Context<'_>, plan: &Plan, options: &Options) -> Result<bool> {
    let lines = plan.push_lines(options.keep);
    let Some(remote) = plan.remote.as_deref().filter(|_| !lines.is_empty()) else {
        return Ok(false);
    };
    let what = format!("pushing to {remote}");
    let waiting = || ctx.progress.waiting(&what);
    let reason = plan
        .overridden
        .clone()
        .map(|r| ("GIT_HOTFIX_OVERRIDE".to_owned(), r));
    let env: Vec<(String, String)> = reason.into_iter().collect();
    let call = Call {
        remote,
        limit: ctx.settings.push_timeout,
        waiting: &waiting,
        env: &env,
    };
    let before = store::saved(ctx, &plan.id)?.tip;
    let mut recorded = plan.overridden.is_some();
    let pushed = sharing::push(ctx, &call, &lines, &plan.id, || {
        let now = store::take_in(ctx, &plan.id)?.tip;
        recorded |= now != before;
        // What lands holds the record as it was planned with.
        match plan.record.is_some() && now != before {
            true => Err(changed_meanwhile(&plan.id)),
            false => Ok(now),
        }
    });
    pushed.map_err(|fault| refused(remote, fault, recorded, plan, options))
}

fn changed_meanwhile(id: &str) -> Error {
    Error::failed(format!("the record of {id} has changed meanwhile"))
        .code(Code::Raced)
        .next("Run finish again.")
}

fn refused(remote: &str, fault: Fault, recorded: bool, plan: &Plan, options: &Options) -> Error {
    let what = format!("the push to {remote} did not go through");
    let untouched = match recorded {
        true => "No branch was moved, here or there; what was recorded stays recorded.",
        false => "Nothing was changed, here or there.",
    };
    let error = match fault {
        Fault::Record(error) => return error.context(what).untouched(untouched),
        Fault::Push(error) => error,
    };
    let unsure = may_have_arrived(&error);
    let outrun = is_outrun(&error);
    let details: Vec<String> = match &error {
        GitError::Failed { stderr, stdout, .. } => push_words(stderr, stdout),
        other => vec![other.to_string()],
    };
    let mut wrapped = Error::failed(what).code(Code::of_push(&error));
    wrapped.details = details;
    wrapped.next.extend(lock_advice(&error));
    if unsure {
        return wrapped
            .untouched("Nothing was changed here; whether it arrived there is not known.")
            .next("Run finish again, it sees what arrived:")
            .next(options.command());
    }
    let wrapped = match forge::is_protected(&wrapped.details.join("\n")) {
        true => around_protection(wrapped, plan, options),
        false => wrapped,
    };
    let wrapped = wrapped.untouched(untouched);
    match outrun {
        true => wrapped
            .next("Somebody was faster; run it again:")
            .next(options.command()),
        false => wrapped
            .next("Land it here now, push later:")
            .next(options.without_push().command()),
    }
}

/// The remote moved on between our look and our push, or between git's.
fn is_outrun(error: &GitError) -> bool {
    let GitError::Failed { stdout, stderr, .. } = error else {
        return false;
    };
    let signs = ["(fetch first)", "(non-fast-forward)", "(stale info)"];
    let mut refused = stdout.lines().filter(|line| line.starts_with("!\t"));
    let mut said = stderr.lines();
    refused.any(|line| signs.iter().any(|sign| line.contains(sign)))
        || said.any(|line| line.contains("cannot lock ref") && line.contains("but expected"))
}

/// A request brings the fix into a protected production branch. Where that has it already, one of the
/// others is protected.
fn around_protection(error: Error, plan: &Plan, options: &Options) -> Error {
    let others = || plan.targets.iter().filter(|t| t.role != Role::Production);
    let left = others().find(|target| !target.outcome.is_contained());
    match (plan.production(), left) {
        (Some(production), Some(left)) if production.landed_there => error
            .next("A protected branch takes it by a request of its own; to land without one:")
            .next(options.skipping(&left.branch).command()),
        _ => {
            let pull_request = true;
            let options = Options {
                pull_request,
                ..options.clone()
            };
            error
                .next("Open a pull request instead:")
                .next(options.command())
        }
    }
}

/// The remote may have moved its refs before the connection was lost: no answer is no refusal. Where
/// nothing could be sent git says that it "could not read from remote repository" instead.
fn may_have_arrived(error: &GitError) -> bool {
    match error {
        GitError::TimedOut { .. } => true,
        GitError::Failed { stderr, stdout, .. } => {
            let unanswered = stdout.contains("[remote failure]");
            let answered = stdout.lines().any(|line| line.starts_with("!\t"));
            let sent = !stderr.contains("Could not read from remote repository");
            let lost = ["hung up unexpectedly", "unexpected disconnect", "early EOF"];
            let cut = sent && lost.iter().any(|words| stderr.contains(words));
            unanswered || (cut && !answered)
        }
        _ => false,
    }
}

/// What a refused push said, without the lines that say nothing: git's own summary of the refs, which
/// `--porcelain` puts on standard output, and its advice.
pub(in crate::workflow) fn push_words(stderr: &str, stdout: &str) -> Vec<String> {
    let rejected = stdout.lines().filter_map(|line| line.strip_prefix("!\t"));
    let said = stderr.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("hint:") && !line.starts_with("error: failed to push")
    });
    said.chain(rejected)
        .map(|line| line.replace('\t', "  ").trim_end().to_owned())
        .collect()
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
        if again || (is_through && record.reached(Milestone::Landed).is_some()) {
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
        (None, Some(tip)) => format!("git switch {} && git merge {}", word(branch), tip.short()),
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

fn delete_branch(ctx: &Context<'_>, plan: &Plan, tip: Oid) -> Result<()> {
    let name = format!("refs/heads/{}", plan.branch);
    let update = RefUpdate {
        name,
        old: Expect::Is(tip),
        new: None,
    };
    ctx.repo.update_ref(&update, "hotfix: landed")?;
    ctx.repo.forget_branch_config(&plan.branch)?;
    Ok(())
}
