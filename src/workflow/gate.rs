//! `gate`: what must hold before a fix is pushed or landed, and going past it on the record.

use super::store::{self, Stored};
use super::{Code, Context, Error, Result, incident, merged, production};
use crate::git::{CommitInfo, Oid};
use crate::policy::gate::{self, Deed, FixCommit};
use crate::policy::message;
use crate::record::{Change, Field, Finding, Level, Record};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What the gate says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The incident's id.
    pub id: String,
    /// Its hotfix branch.
    pub branch: Option<String>,
    /// Everything that does not hold.
    pub findings: Vec<Finding>,
    /// The reason by which the blocking ones were passed.
    pub overridden: Option<String>,
}

impl Verdict {
    /// Whether something stands in the way.
    pub fn blocks(&self) -> bool {
        self.overridden.is_none() && self.findings.iter().any(|f| f.level == Level::Block)
    }
}

/// Judges the current state; with a reason, records the override.
///
/// # Errors
/// When no incident is meant, the reason is empty, or the time cannot be.
pub fn gate(
    ctx: &Context<'_>,
    given: Option<&str>,
    reason: Option<&str>,
    at: Option<&str>,
) -> Result<Verdict> {
    let at = ctx.at(at)?;
    let id = incident::choose(ctx, given)?;
    let way = "git hotfix gate --override \"staging is down, verified on canary\"";
    let reason = reason
        .map(|reason| checked_reason(reason, way))
        .transpose()?;
    let stored = store::view(ctx, &id)?;
    let findings = judge(ctx, &stored.record, Deed::Land)?;
    let tip = tip(ctx, &stored.record)?;
    let branch = stored.record.field(Field::Branch).map(str::to_owned);
    let mut verdict = Verdict {
        id,
        branch,
        findings,
        overridden: None,
    };
    if let Some(reason) = reason.filter(|_| verdict.blocks()) {
        let given = Override {
            who: &ctx.who(),
            reason: &reason,
            tip: tip.as_ref(),
            at,
        };
        record_override(ctx, &verdict.id, &given, &verdict.findings)?;
        verdict.overridden = Some(reason);
    }
    Ok(verdict)
}

/// The gate's findings for a record and the commits of its branch.
///
/// # Errors
/// When the commits cannot be read.
pub fn judge(ctx: &Context<'_>, record: &Record, deed: Deed) -> Result<Vec<Finding>> {
    let tip = tip(ctx, record)?;
    let commits = fix_commits(ctx, record)?;
    Ok(judge_commits(
        ctx,
        Some(record),
        &commits,
        tip.as_ref(),
        deed,
    ))
}

/// The gate's findings for given commits; what was overridden on the record for this tip of the fix
/// only warns.
pub fn judge_commits(
    ctx: &Context<'_>,
    record: Option<&Record>,
    commits: &[CommitInfo],
    tip: Option<&Oid>,
    deed: Deed,
) -> Vec<Finding> {
    let commits: Vec<FixCommit<'_>> = commits
        .iter()
        .map(|commit| FixCommit {
            id: commit.id.as_str(),
            message: commit.message.as_bytes(),
            merge: commit.parents.len() > 1,
        })
        .collect();
    let (mode, landing) = (ctx.settings.gate, ctx.settings.landing);
    let format = &ctx.settings.format;
    let mut findings = gate::findings(record, &commits, deed, mode, landing, format);
    if let Some(id) = record.and_then(|record| named_incident(ctx, record, &commits)) {
        findings.extend(gate::other_incidents(&commits, &id, deed, mode, landing));
    }
    let names_commits = findings.iter().any(|finding| finding.commit.is_some());
    let published = match record {
        Some(record) if names_commits => published(ctx, record),
        _ => Vec::new(),
    };
    let is_public = |id: &str| {
        let mut tips = published.iter();
        Oid::from_hex(id).is_some_and(|id| tips.any(|tip| holds(ctx, tip, &id)))
    };
    let findings = ctx.remedied(gate::of_public(findings, is_public));
    match (record, tip) {
        (Some(record), Some(tip)) => gate::excused(findings, record, &[tip.as_str()]),
        _ => findings,
    }
}

/// What the remote has of the hotfix branch and of production.
fn published(ctx: &Context<'_>, record: &Record) -> Vec<Oid> {
    let Some(production) = production::known(ctx) else {
        return Vec::new();
    };
    let branch = record.field(Field::Branch).zip(production.remote.as_ref());
    let branch = branch.map(|(branch, remote)| production::tracking(remote, branch));
    let refs = [branch, production.tracking()].into_iter().flatten();
    refs.filter_map(|name| ctx.repo.find_ref(&name).ok()?)
        .collect()
}

/// One that cannot be asked is taken for one that holds nothing: the remedy is then the usual one.
fn holds(ctx: &Context<'_>, tip: &Oid, commit: &Oid) -> bool {
    ctx.repo.contains(tip, commit).unwrap_or(false)
}

/// The incident of the record's branch, where commits name one.
fn named_incident(ctx: &Context<'_>, record: &Record, commits: &[FixCommit<'_>]) -> Option<String> {
    let named = |commit: &FixCommit<'_>| message::names_incident(commit.message);
    if !commits.iter().any(named) {
        return None;
    }
    incident::of_branch(ctx, record.field(Field::Branch)?).unwrap_or_else(|error| {
        ctx.warn(error.message());
        None
    })
}

/// The fix's own commits: those of the record's hotfix branch that production had not given it, oldest
/// first; none without a branch, unless another tool has merged it.
///
/// # Errors
/// When they cannot be read.
pub fn fix_commits(ctx: &Context<'_>, record: &Record) -> Result<Vec<CommitInfo>> {
    let there = match tip(ctx, record)? {
        Some(tip) => Some(tip),
        None => merged::tip(ctx, record)?,
    };
    let Some(tip) = there else {
        return Ok(Vec::new());
    };
    let base = fork(ctx, record, &tip)?;
    Ok(ctx.repo.range(base.as_slice(), &[tip], 0)?)
}

/// The tip of the record's hotfix branch.
///
/// # Errors
/// When the refs cannot be read.
pub fn tip(ctx: &Context<'_>, record: &Record) -> Result<Option<Oid>> {
    match record.field(Field::Branch) {
        Some(branch) => Ok(ctx.repo.find_ref(&format!("refs/heads/{branch}"))?),
        None => Ok(None),
    }
}

/// The commit the hotfix starts from: as the record says, as long as the branch contains it (it may
/// have been rebased).
///
/// # Errors
/// When the object database cannot be read.
pub fn base(ctx: &Context<'_>, record: &Record, tip: &Oid) -> Result<Option<Oid>> {
    if let Some(named) = record.base_id()
        && let Some(base) = ctx.repo.commit_of(named)?
        && ctx.repo.contains(tip, &base)?
    {
        return Ok(Some(base));
    }
    match production::known_tip(ctx) {
        Some((head, _)) => Ok(ctx.repo.merge_base(&head, tip)?),
        None => Ok(None),
    }
}

/// The commit the fix's own commits stand on: the base, or what the branch took in from production
/// since (a rebase, a merge), which nobody has to judge again. When production has all of the branch
/// it has landed: what counts is what it had before that.
///
/// # Errors
/// When the object database cannot be read.
pub fn fork(ctx: &Context<'_>, record: &Record, tip: &Oid) -> Result<Option<Oid>> {
    let base = base(ctx, record, tip)?;
    let Some((head, _)) = production::known_tip(ctx) else {
        return Ok(base);
    };
    let shared = ctx.repo.merge_base(&head, tip)?;
    let taken_in = match shared {
        Some(shared) if shared == *tip => merged::stood_on(ctx, &head, tip)?,
        shared => shared,
    };
    let (Some(base), Some(taken_in)) = (&base, taken_in) else {
        return Ok(base);
    };
    let is_later = taken_in != *tip && ctx.repo.contains(&taken_in, base)?;
    Ok(Some(if is_later { taken_in } else { base.clone() }))
}

/// A reason that says something; `way` is how one is given there, as it is typed.
///
/// # Errors
/// A usage error when it is empty.
pub fn checked_reason(reason: &str, way: &str) -> Result<String> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() {
        return Err(Error::usage("the override has no reason")
            .untouched("Nothing was changed.")
            .next(format!("Say why: {way}")));
    }
    Ok(reason)
}

/// Somebody goes past the gate.
#[derive(Debug, Clone, Copy)]
pub struct Override<'a> {
    /// Who.
    pub who: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The fix's tip it holds for; an override without one holds once.
    pub tip: Option<&'a Oid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes an override into the timeline and the action items; the same one twice is one.
///
/// # Errors
/// When the record cannot be saved.
pub fn record_override(
    ctx: &Context<'_>,
    id: &str,
    given: &Override<'_>,
    findings: &[Finding],
) -> Result<Stored> {
    write_override(ctx, id, given, &skipped(findings))
}

/// The findings that an override passes, in words.
pub fn skipped(findings: &[Finding]) -> String {
    let skipped: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.level == Level::Block)
        .map(|finding| finding.message.as_str())
        .collect();
    skipped.join("; ")
}

/// As [`record_override`], for findings that are known by their words only.
///
/// # Errors
/// When the record cannot be saved.
pub fn write_override(
    ctx: &Context<'_>,
    id: &str,
    given: &Override<'_>,
    skipped: &str,
) -> Result<Stored> {
    let Override {
        who,
        reason,
        tip,
        at,
    } = *given;
    let note = gate::override_note(who, tip.map(Oid::as_str), reason, skipped);
    store::change(ctx, id, "Gate overridden", |record| {
        if record.timeline().iter().any(|entry| entry.text == note) {
            return Ok(Vec::new());
        }
        Ok(vec![
            Change::Note {
                at,
                text: note.clone(),
            },
            Change::Action {
                text: format!("Make up for the override \"{reason}\": {skipped}"),
            },
        ])
    })
}

/// The refusal of a gate that blocks.
pub fn refusal(branch: &str, findings: Vec<Finding>) -> Error {
    Error::refused(format!("{branch} is not ready to deploy"))
        .code(Code::Gate)
        .findings(findings)
}
