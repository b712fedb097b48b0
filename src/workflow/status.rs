//! `status` and `show`: the incident in a screenful, and its record.

use super::store::{self, Stored};
use super::{
    Context, Result, announce, gate, incident, landed, next, postmortem, production, task, workfile,
};
use crate::policy::gate::Deed;
use crate::record::{Field, Finding, Item, ItemState, Level, Milestone, Record, Status};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// An incident in a screenful.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Neither resolved nor abandoned.
    pub open: bool,
    /// When it was detected.
    pub detected: Option<DateTime<Utc>>,
    /// Seconds from the detection to now, or to the end.
    pub seconds_open: Option<i64>,
    /// When it was mitigated.
    pub mitigated: Option<DateTime<Utc>>,
    /// Seconds from the detection to the mitigation.
    pub seconds_to_mitigate: Option<i64>,
    /// What was done against the impact: `rollback`.
    pub mitigation: Option<String>,
    /// Who notices what.
    pub impact: Option<String>,
    /// The cause is known.
    pub cause_known: bool,
    /// The fix runs in production.
    pub deployed: bool,
    /// The fix is in production's branch.
    pub landed: bool,
    /// The hotfix branch.
    pub branch: Option<String>,
    /// It is there.
    pub branch_exists: bool,
    /// The base, as the record names it.
    pub base: Option<String>,
    /// Commits on the hotfix branch.
    pub commits: usize,
    /// The remote that has the branch, and whether with all of its commits.
    pub pushed: Pushed,
    /// The remote's branch has commits that are not here: a colleague's, or what was amended since.
    pub remote_has_more: bool,
    /// Its task in a tracker, and what the tracker is still to be told.
    pub task: Option<task::View>,
    /// When stakeholders must hear of it next; nothing when its severity asks for no updates.
    pub update_due: Option<DateTime<Utc>>,
    /// Seconds until then; negative when that has passed.
    pub seconds_to_update: Option<i64>,
    /// Updates that wait for their destinations.
    pub updates_waiting: Vec<announce::Waiting>,
    /// The deploy checklist.
    pub checklist: Vec<CheckItem>,
    /// The timeline by time.
    pub timeline: Vec<Line>,
    /// What the deploy gate says of it.
    pub findings: Vec<Finding>,
    /// The record, below the work tree.
    pub record: String,
    /// The command to type next.
    pub next: Option<String>,
    /// What that is for.
    pub next_reason: Option<String>,
}

/// How much of the hotfix branch the remote has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pushed {
    /// Nothing.
    No,
    /// An older version, or another one.
    Partly,
    /// All of it.
    Yes,
}

/// An item of the deploy checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckItem {
    /// Its number, from 1.
    pub number: usize,
    /// Its words.
    pub label: String,
    /// Ticked, open or skipped.
    pub state: ItemState,
    /// May be skipped with a reason.
    pub optional: bool,
    /// What shows it, or why it was skipped.
    pub evidence: Option<String>,
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Line {
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// The words.
    pub text: String,
}

/// The report of an incident.
///
/// # Errors
/// When none is meant, or it cannot be read.
pub fn status(ctx: &Context<'_>, given: Option<&str>) -> Result<Report> {
    let id = incident::choose(ctx, given)?;
    let stored = store::view(ctx, &id)?;
    report(ctx, &stored)
}

/// A record's text, a person's unsaved edits included.
///
/// # Errors
/// When none is meant, or it cannot be read.
pub fn show(ctx: &Context<'_>, given: Option<&str>) -> Result<(String, String)> {
    let id = incident::choose_or_latest(ctx, given)?;
    let text = store::view(ctx, &id)?.record.text().to_owned();
    Ok((id, text))
}

/// The checklist as data.
pub fn check_items(items: &[Item]) -> Vec<CheckItem> {
    let item = |(index, item): (usize, &Item)| CheckItem {
        number: index + 1,
        label: item.label.clone(),
        state: item.state,
        optional: item.optional,
        evidence: item.evidence.clone(),
    };
    items.iter().enumerate().map(item).collect()
}

fn report(ctx: &Context<'_>, stored: &Stored) -> Result<Report> {
    let record = &stored.record;
    let tip = gate::tip(ctx, record)?;
    let commits = gate::fix_commits(ctx, record)?;
    let findings = gate::judge_commits(ctx, Some(record), &commits, tip.as_ref(), Deed::Land);
    let remote = production::remote(ctx)?;
    let step = next(ctx, record, commits.len(), &findings)?;
    let commits = commits.len();
    let (pushed, remote_has_more) = pushed(ctx, record, remote.as_deref())?;
    let landed = record.reached(Milestone::Landed).is_some();
    let over = landed || !record.is_open();
    let update_due = announce::due(ctx, record);
    Ok(Report {
        commits,
        branch_exists: tip.is_some(),
        pushed,
        remote_has_more,
        findings: if over { Vec::new() } else { findings },
        record: workfile::relative(ctx, &stored.id),
        next: step.as_ref().map(|(command, _)| ctx.command(command)),
        next_reason: step.map(|(_, reason)| reason.to_owned()),
        landed,
        task: task::view(ctx, &stored.id, record)?,
        update_due,
        seconds_to_update: update_due.map(|at| (at - ctx.env.now()).num_seconds()),
        updates_waiting: announce::waiting(ctx, &stored.id)?,
        ..from_record(&stored.id, record, ctx.env.now())
    })
}

/// The next command for a record, and what it is for.
///
/// # Errors
/// When the commits of its branch cannot be read.
pub fn next_step(ctx: &Context<'_>, record: &Record) -> Result<Option<(String, &'static str)>> {
    let tip = gate::tip(ctx, record)?;
    let commits = gate::fix_commits(ctx, record)?;
    let findings = gate::judge_commits(ctx, Some(record), &commits, tip.as_ref(), Deed::Land);
    next(ctx, record, commits.len(), &findings)
}

fn next(
    ctx: &Context<'_>,
    record: &Record,
    commits: usize,
    findings: &[Finding],
) -> Result<Option<(String, &'static str)>> {
    let remedied = findings
        .iter()
        .filter(|finding| finding.level >= Level::Warn);
    let progressed = next::Progressed {
        commits,
        remedy: remedied
            .into_iter()
            .find_map(|finding| finding.remedy.as_deref()),
        remote: production::remote(ctx)?.is_some(),
        waits_for_push: landed::waits_for_push(ctx, record)?,
        complete: postmortem::is_complete(record),
    };
    Ok(next::step(record, &progressed))
}

/// What the record alone says.
fn from_record(id: &str, record: &Record, now: DateTime<Utc>) -> Report {
    let detected = record.reached(Milestone::Detected);
    let mitigated = record.reached(Milestone::Mitigated);
    let ended = record
        .reached(Milestone::Resolved)
        .or(record.reached(Milestone::Abandoned));
    let since = |end: DateTime<Utc>| detected.map(|start| (end - start).num_seconds());
    Report {
        id: id.to_owned(),
        title: record.title().unwrap_or(id).to_owned(),
        severity: record.field(Field::Severity).map(str::to_owned),
        status: record.status(),
        open: record.is_open(),
        detected,
        seconds_open: since(ended.unwrap_or(now)),
        mitigated,
        seconds_to_mitigate: mitigated.and_then(since),
        mitigation: mitigation_kind(record),
        impact: record.field(Field::Impact).map(str::to_owned),
        cause_known: record.reached(Milestone::CauseIdentified).is_some(),
        deployed: record.reached(Milestone::Deployed).is_some(),
        landed: false,
        branch: record.field(Field::Branch).map(str::to_owned),
        branch_exists: false,
        base: record.field(Field::Base).map(str::to_owned),
        commits: 0,
        pushed: Pushed::No,
        remote_has_more: false,
        task: None,
        update_due: None,
        seconds_to_update: None,
        updates_waiting: Vec::new(),
        checklist: check_items(record.checklist()),
        timeline: timeline(record),
        findings: Vec::new(),
        record: String::new(),
        next: None,
        next_reason: None,
    }
}

fn timeline(record: &Record) -> Vec<Line> {
    let line = |entry: &crate::record::Entry| Line {
        at: entry.at,
        text: entry.text.clone(),
    };
    record.timeline().iter().map(line).collect()
}

/// The kind that `mitigate` wrote: `Mitigation applied - rollback: api back to v2.3.0`.
fn mitigation_kind(record: &Record) -> Option<String> {
    let is_it = |entry: &&crate::record::Entry| entry.milestone == Some(Milestone::Mitigated);
    let entry = record.timeline().iter().rev().find(is_it)?;
    let (_, detail) = entry.text.split_once(" - ")?;
    let kind = detail.split_once(':').map_or(detail, |(kind, _)| kind);
    (kind.len() <= 20).then(|| kind.to_owned())
}

/// How much of the branch the remote has, and whether it has more than that.
fn pushed(ctx: &Context<'_>, record: &Record, remote: Option<&str>) -> Result<(Pushed, bool)> {
    let (Some(branch), Some(remote)) = (record.field(Field::Branch), remote) else {
        return Ok((Pushed::No, false));
    };
    let there = ctx.repo.find_ref(&production::tracking(remote, branch))?;
    let here = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
    Ok(match (there, here) {
        (None, _) => (Pushed::No, false),
        (Some(there), Some(here)) => {
            let whole = ctx.repo.contains(&there, &here)?;
            let pushed = if whole { Pushed::Yes } else { Pushed::Partly };
            (pushed, !ctx.repo.contains(&here, &there)?)
        }
        (Some(_), None) => (Pushed::Yes, false),
    })
}
