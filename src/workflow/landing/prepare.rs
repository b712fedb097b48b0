//! What is known before anything is computed: the incident, its branch, what the gate says, and what the
//! remote has.

use super::looking::{self, Looking};
use super::outlook::FixRange;
use super::plan::Plan;
use super::{Options, destinations, earlier, tag, trees};
use crate::git::{Head, Oid};
use crate::policy::gate::{Deed, excused};
use crate::record::{Field, Finding, Level, Milestone, Record, Status};
use crate::workflow::production::{self, Production};
use crate::workflow::shell::word;
use crate::workflow::store::{self, Stored};
use crate::workflow::{Code, Context, Error, Result, gate, incident, merged};

/// What is known before anything is computed.
pub(super) struct Prepared {
    /// Where the fix goes first.
    pub(super) production: Production,
    /// The record, with what people changed by hand.
    pub(super) stored: Stored,
    /// The incident, its branch, and what the gate says.
    pub(super) plan: Plan,
    /// Every commit of the fix; nothing when the branch is gone and no landing is found.
    pub(super) fix: Option<FixRange>,
    /// The look for what is not committed.
    pub(super) looking: Looking,
}

/// Finds the incident, asks the gate, and looks at the remote.
///
/// # Errors
/// When the gate says no, the remote must answer and does not, or there is nothing to land.
pub(super) fn prepare(
    ctx: &Context<'_>,
    given: Option<&str>,
    options: &Options,
) -> Result<Prepared> {
    let production = production::find(ctx)?;
    if options.push && production.remote.is_none() {
        return Err(Error::usage("there is no remote to push to")
            .code(Code::NoRemote)
            .untouched("Nothing was changed."));
    }
    if let Some(Some(version)) = &options.tag {
        tag::refuse_unfit(ctx, version, options)?;
    }
    let (stored, mut plan, mut looking) = begin(ctx, given, &production, options)?;
    if production.remote.is_some() {
        // Nobody waits for a remote to be told what stands in the work tree.
        looking.refuse_unfinished(ctx)?;
    }
    refresh(ctx, &production, &plan.branch, options)?;
    let fix = match plan.tip.clone() {
        Some(tip) => {
            plan.base = gate::fork(ctx, &stored.record, &tip)?;
            let base = plan.base.clone();
            Some(FixRange { tip, base })
        }
        None => earlier::fix(ctx, &plan.id, &stored.record, &production)?,
    };
    refuse_empty(&plan.branch, plan.tip.as_ref(), plan.base.as_ref())?;
    Ok(Prepared {
        production,
        stored,
        plan,
        fix,
        looking,
    })
}

/// What is known without the remote: the incident, its branch and work trees, and what the gate says.
fn begin(
    ctx: &Context<'_>,
    given: Option<&str>,
    production: &Production,
    options: &Options,
) -> Result<(Stored, Plan, Looking)> {
    let id = incident::choose(ctx, given)?;
    let stored = if options.dry_run {
        store::view(ctx, &id)?
    } else {
        store::take_in(ctx, &id)?
    };
    let branch = branch_of(&stored)?;
    incident::refuse_shared(ctx, &branch)?;
    let begun = looking::look_here(ctx, &branch)?;
    let tip = tip(ctx, &stored, &branch, production)?;
    let mut plan = Plan {
        id,
        branch,
        tip_before: tip.clone(),
        tip,
        remote: production.remote.clone(),
        worktrees: ctx.repo.worktrees()?,
        ..Plan::default()
    };
    trees::put_back(ctx, &plan, &production.branch, options)?;
    let mut looking = looking::look(ctx, &plan, begun)?;
    let stored = if options.dry_run {
        stored
    } else {
        trees::take_in_elsewhere(ctx, stored, &plan.worktrees)?
    };
    let record = &stored.record;
    (plan.findings, plan.overridden) = match pass_gate(ctx, record, &plan, production, options) {
        Ok(passed) => passed,
        Err(blocked) => {
            looking.refuse_unfinished(ctx)?;
            return Err(blocked);
        }
    };
    plan.title = record.title().unwrap_or(&plan.id).to_owned();
    plan.severity = record.field(Field::Severity).unwrap_or_default().to_owned();
    Ok((stored, plan, looking))
}

fn branch_of(stored: &Stored) -> Result<String> {
    if stored.record.status() == Status::Abandoned {
        return Err(Error::usage(format!("{} is abandoned", stored.id))
            .code(Code::IncidentState)
            .untouched("Nothing was changed.")
            .next("git hotfix reopen \"why\""));
    }
    incident::hotfix_branch(&stored.record).map(str::to_owned)
}

fn tip(
    ctx: &Context<'_>,
    stored: &Stored,
    branch: &str,
    production: &Production,
) -> Result<Option<Oid>> {
    let tip = gate::tip(ctx, &stored.record)?;
    let is_nowhere = tip.is_none() && stored.record.reached(Milestone::Landed).is_none();
    if is_nowhere && merged::tip(ctx, &stored.record)?.is_none() {
        let error = Error::failed(format!("the branch {branch} is not in this repository"))
            .code(Code::NoSuchRevision)
            .untouched("Nothing was changed.");
        return Err(match &production.remote {
            Some(remote) => {
                let both = word(&format!("{branch}:{branch}"));
                error
                    .next("Fetch it, then run finish again:")
                    .next(format!("git fetch {} {both}", word(remote)))
            }
            None => error.next("Who has it? Fetch it from there."),
        });
    }
    if let Some(tip) = &tip {
        warn_of_detached(ctx, branch, tip)?;
    }
    Ok(tip)
}

/// A commit made on no branch, on top of the fix, looks as though it were part of it.
fn warn_of_detached(ctx: &Context<'_>, branch: &str, tip: &Oid) -> Result<()> {
    let Head::Detached { oid } = ctx.repo.head()? else {
        return Ok(());
    };
    if oid == *tip || !ctx.repo.contains(&oid, tip)? {
        return Ok(());
    }
    for folder in ["refs/heads/", "refs/remotes/"] {
        for (_, other) in ctx.repo.list_refs(folder)? {
            if ctx.repo.contains(&other, &oid)? {
                return Ok(());
            }
        }
    }
    let (id, name) = (oid.short(), word(branch));
    ctx.warn(format!(
        "HEAD is at {id}, on top of {branch} but on no branch: it does not land; \
         git switch -C {name} takes it in"
    ));
    Ok(())
}

type Passed = (Vec<Finding>, Option<String>);

fn pass_gate(
    ctx: &Context<'_>,
    record: &Record,
    plan: &Plan,
    production: &Production,
    options: &Options,
) -> Result<Passed> {
    let reason = options
        .override_reason
        .as_deref()
        .map(|reason| {
            gate::checked_reason(reason, "git hotfix finish --override \"staging is down\"")
        })
        .transpose()?;
    let mut findings = gate::judge(ctx, record, Deed::Land)?;
    if plan.tip.is_none()
        && let Some(fix) = earlier::fix(ctx, &plan.id, record, production)?
    {
        // What was overridden for it, before its branch went.
        findings = excused(findings, record, &[fix.tip.as_str()]);
    }
    let blocked = findings.iter().any(|finding| finding.level == Level::Block);
    match reason {
        _ if !blocked => Ok((findings, None)),
        Some(reason) => Ok((findings, Some(reason))),
        None => Err(gate::refusal(&plan.branch, findings)
            .untouched("Nothing was changed.")
            .next("To go on regardless, on the record:")
            .next(overriding(options))),
    }
}

fn overriding(options: &Options) -> String {
    let given = Options {
        override_reason: Some("why".to_owned()),
        ..options.clone()
    };
    given.command()
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
    let mut branches = destinations::asked(ctx, production, options);
    branches.push(branch.to_owned());
    if !options.push {
        production::try_track(ctx, remote, &branches, options.tag.is_some());
        return Ok(());
    }
    production::track(ctx, remote, &branches, options.tag.is_some()).map_err(|error| {
        let failed = Error::failed(production::why(remote, &error))
            .code(Code::RemoteUnreachable)
            .untouched("Nothing was changed, here or there.");
        match options.is_by_request(ctx) {
            // Without the remote there is nothing to ask.
            true => failed
                .next(format!(
                    "Does {remote} answer? git ls-remote {}",
                    word(remote)
                ))
                .next(format!("Then again: {}", options.command())),
            false => failed
                .next("Land it here now, push later:")
                .next(options.without_push().command()),
        }
    })
}

fn refuse_empty(branch: &str, tip: Option<&Oid>, base: Option<&Oid>) -> Result<()> {
    if tip.is_some() && tip == base {
        return Err(
            Error::refused(format!("{branch} has no commits: there is nothing to land"))
                .code(Code::NothingToDo)
                .untouched("Nothing was changed.")
                .next("git hotfix commit -m \"what it does\""),
        );
    }
    Ok(())
}
