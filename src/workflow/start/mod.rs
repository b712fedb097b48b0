//! `start`: the branch from what is in production, the record, and going there.
//!
//! [`plan`] decides everything and writes nothing, [`place`] goes to where the fix will be made.

mod place;
mod plan;
mod under_way;

use super::{Context, Error, Result, announce, hooks, incident, store, task, workfile};
use crate::git::{Expect, GitError, Oid, RefUpdate};
use crate::policy::severity::Severity;
use crate::record::{Milestone, Record, Template};
use chrono::{DateTime, Utc};
use place::Arrived;
use plan::Plan;
pub(super) use plan::{free_id, name_of_base, severity};
use serde::Serialize;
use std::path::PathBuf;

/// What `start` was asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// What is broken.
    pub description: String,
    /// `P0`; nothing takes the settings' middle one.
    pub severity: Option<String>,
    /// The revision to start from instead of production.
    pub from: Option<String>,
    /// The tracker's key: names the branch.
    pub issue: Option<String>,
    /// A linked work tree, at this path or beside the repository.
    pub worktree: Option<Option<PathBuf>>,
    /// Never a linked work tree.
    pub in_place: bool,
    /// No fetch.
    pub offline: bool,
    /// When it was detected, as typed.
    pub at: Option<String>,
    /// No task in the tracker.
    pub no_task: bool,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What `start` did.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Started {
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Severity,
    /// Nobody said the severity.
    pub severity_assumed: bool,
    /// When it was detected.
    pub detected: DateTime<Utc>,
    /// The hotfix branch.
    pub branch: String,
    /// The base's full id.
    pub base: Oid,
    /// The base as people name it: a tag, a branch, a revision.
    pub base_name: String,
    /// Where the base was taken from: `origin/main`, or the revision asked for.
    pub base_source: String,
    /// The record, below the work tree.
    pub record: String,
    /// The linked work tree to go to.
    pub worktree: Option<PathBuf>,
    /// How many files the person had changed, when that is why there is a linked work tree.
    pub changed_files: usize,
    /// Hooks that were installed on the way.
    pub hooks_installed: Vec<String>,
    /// Its task; nothing without a tracker.
    pub task: Option<task::View>,
    /// An interrupted start was completed.
    pub resumed: bool,
    /// Nothing was done, only looked at.
    pub dry_run: bool,
}

/// Starts an incident.
///
/// # Errors
/// When nothing can be started here; nothing was changed then.
pub fn start(ctx: &Context<'_>, options: &Options) -> Result<Started> {
    // git looks at the work tree while the rest is found out.
    let looking = match (&options.worktree, ctx.repo.workdir()) {
        (None, Some(_)) => Some(ctx.repo.look_for_changes(false)?),
        _ => None,
    };
    let plan = plan::plan(ctx, options)?;
    let record = record(ctx, options, &plan)?;
    let place = place::place(ctx, options, &plan, looking)?;
    if options.dry_run {
        return Ok(started(ctx, options, plan, place.arrived()));
    }
    if let Some(first) = record.first.clone() {
        under_way::begin(ctx, &plan.id)?;
        store::create(ctx, &plan.id, first, DETECTED)
            .inspect_err(|_| under_way::end(ctx, &plan.id))?;
    }
    let arrived = create_branch(ctx, &plan)
        .and_then(|()| place::go(ctx, &plan, place, &record.text))
        .map_err(|error| take_back(ctx, &plan, error))?;
    let (worktree, hooks_installed) = finish_start(ctx, &plan, &arrived, &record.text)?;
    workfile::hide(ctx, &plan.id);
    let parsed = Record::parse(record.text.as_str());
    let task = match options.no_task {
        true => None,
        false => task::begin(ctx, &plan.id, &parsed),
    };
    announce::follow(ctx, &plan.id, Milestone::Detected, &parsed);
    under_way::end(ctx, &plan.id);
    let arrived = Arrived {
        worktree,
        ..arrived
    };
    Ok(Started {
        hooks_installed,
        task,
        ..started(ctx, options, plan, arrived)
    })
}

fn started(ctx: &Context<'_>, options: &Options, plan: Plan, arrived: Arrived) -> Started {
    Started {
        record: workfile::relative(ctx, &plan.id),
        id: plan.id,
        title: plan.title,
        severity: plan.severity,
        severity_assumed: options.severity.is_none() && !plan.resumed,
        detected: plan.detected,
        branch: plan.branch,
        base: plan.base,
        base_name: plan.base_name,
        base_source: plan.base_source,
        worktree: arrived.worktree,
        changed_files: arrived.changed_files,
        hooks_installed: Vec::new(),
        task: None,
        resumed: plan.resumed,
        dry_run: options.dry_run,
    }
}

fn render(ctx: &Context<'_>, plan: &Plan, options: &Options) -> String {
    let base = format!("{} ({})", plan.base_name, &plan.base.as_str()[..10]);
    let template = Template {
        description: &options.description,
        detected: plan.detected,
        severity: &plan.severity.name,
        branch: &plan.branch,
        base: &base,
        task: options.issue.as_deref(),
        checklist: &ctx.settings.checklist,
        sections: &ctx.settings.sections,
    };
    template.render()
}

fn create_branch(ctx: &Context<'_>, plan: &Plan) -> Result<()> {
    let name = format!("refs/heads/{}", plan.branch);
    if plan.resumed && ctx.repo.find_ref(&name)?.is_some() {
        return Ok(());
    }
    let update = RefUpdate {
        name,
        old: Expect::Absent,
        new: Some(plan.base.clone()),
    };
    ctx.repo
        .update_ref(&update, &format!("hotfix: from {}", plan.base_source))?;
    Ok(())
}

/// There is nowhere to go: what this run made goes again. What it cannot take back, the next
/// `start` of the same incident goes on with.
fn take_back(ctx: &Context<'_>, plan: &Plan, error: Error) -> Error {
    if plan.resumed {
        return error;
    }
    let made = [
        format!("refs/heads/{}", plan.branch),
        store::ref_name(&plan.id),
    ];
    let update = |name: String| {
        let tip = ctx.repo.find_ref(&name)?;
        Ok(tip.map(|tip| RefUpdate {
            name,
            old: Expect::Is(tip),
            new: None,
        }))
    };
    let updates: std::result::Result<Vec<_>, GitError> = made.into_iter().map(update).collect();
    let updates = updates.map(|updates| updates.into_iter().flatten().collect::<Vec<_>>());
    match updates.and_then(|updates| ctx.repo.update_refs(&updates, "hotfix: not started")) {
        Ok(()) => {
            under_way::end(ctx, &plan.id);
            error.untouched("Nothing was changed.")
        }
        Err(_) => error,
    }
}

/// Settles in a linked work tree, and looks at the hooks where the fix will be made: a manager's files
/// are the branch's. The work tree's own path comes back, as the one asked for may have been relative,
/// and the hooks that were installed.
fn finish_start(
    ctx: &Context<'_>,
    plan: &Plan,
    arrived: &Arrived,
    record: &str,
) -> Result<(Option<PathBuf>, Vec<String>)> {
    let Some(path) = &arrived.worktree else {
        return Ok((None, hooks::install_when_unprepared(ctx)));
    };
    ctx.elsewhere(path, |there| {
        let worktree = there.repo.workdir().unwrap_or(path).to_owned();
        settle(there, plan, record)?;
        Ok((Some(worktree), hooks::install_when_unprepared(there)))
    })
}

/// The branch's incident, and the file where the person will work.
fn settle(ctx: &Context<'_>, plan: &Plan, record: &str) -> Result<()> {
    ctx.repo
        .set_config(&incident::config_key(&plan.branch), &plan.id)?;
    workfile::write(ctx, &plan.id, record)
}

/// What is the subject of the first version.
const DETECTED: &str = "Incident detected";

/// The record that is started with.
struct First {
    text: String,
    /// Its first version; nothing when an interrupted start has made it an incident already.
    first: Option<Oid>,
}

/// Writes the record's first version while git still looks at the work tree. It is no incident yet.
fn record(ctx: &Context<'_>, options: &Options, plan: &Plan) -> Result<First> {
    if plan.resumed {
        let text = store::saved(ctx, &plan.id)?.record.text().to_owned();
        return Ok(First { text, first: None });
    }
    let text = render(ctx, plan, options);
    let first = match options.dry_run {
        true => None,
        false => Some(store::prepare(ctx, &plan.id, &text, DETECTED)?),
    };
    Ok(First { text, first })
}
