//! What is decided before anything is written.

use super::{Options, under_way};
use crate::git::{Head, Oid};
use crate::policy::severity::Severity;
use crate::policy::{branch, version};
use crate::record::{Entry, Field, Milestone, template};
use crate::workflow::store::{self, Stored};
use crate::workflow::{Code, Context, Error, Result, incident, production};
use chrono::{DateTime, Utc};

/// What was decided before anything is written.
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) branch: String,
    pub(super) title: String,
    pub(super) severity: Severity,
    pub(super) detected: DateTime<Utc>,
    pub(super) base: Oid,
    pub(super) base_name: String,
    pub(super) base_source: String,
    pub(super) resumed: bool,
}

pub(super) fn plan(ctx: &Context<'_>, options: &Options) -> Result<Plan> {
    let title = template::title(&options.description);
    if title.is_empty() {
        return Err(Error::usage("what is broken? The description is empty")
            .untouched("Nothing was changed.")
            .next("git hotfix start \"what is broken\" -s P0"));
    }
    if ctx.repo.workdir().is_none() {
        return Err(
            Error::failed("a bare repository has no work tree to fix anything in")
                .code(Code::BareRepository)
                .untouched("Nothing was changed.")
                .next("Run it in a clone."),
        );
    }
    let severity = severity(ctx, options.severity.as_deref())?;
    let detected = ctx.at(options.at.as_deref())?;
    let slug = branch::slug(&options.description);
    let id = match id(ctx, &branch::incident_id(detected, &slug), &title)? {
        Id::Free(id) => id,
        Id::Interrupted(stored) => {
            if let Some(plan) = resumed(ctx, &stored, &severity)? {
                return Ok(plan);
            }
            // Somebody wrote its base away: then it is a record like any other.
            free_id(ctx, &stored.id)
        }
    };
    let suffix = match &options.issue {
        Some(issue) => issue.trim(),
        None => &slug,
    };
    let branch = free_branch(ctx, &format!("{}{suffix}", ctx.settings.prefix))?;
    let (base, base_source) = base(ctx, options)?;
    let base_name = name_of_base(ctx, &base, &base_source)?;
    Ok(Plan {
        id,
        branch,
        title,
        severity,
        detected,
        base,
        base_name,
        base_source,
        resumed: false,
    })
}

/// The rest of an interrupted start: what it had decided stands in its record, whatever was typed
/// now.
fn resumed(ctx: &Context<'_>, stored: &Stored, typed: &Severity) -> Result<Option<Plan>> {
    let Stored { id, record, .. } = stored;
    let (Some(title), Some(branch), Some(detected), Some(base_id)) = (
        record.title(),
        record.field(Field::Branch),
        record.reached(Milestone::Detected),
        record.base_id(),
    ) else {
        return Ok(None);
    };
    let Some(base) = ctx.repo.commit_of(base_id)? else {
        return Ok(None);
    };
    let words = record.field(Field::Base).unwrap_or(base_id);
    let base_name = words.rsplit_once(" (").map_or(words, |(name, _)| name);
    let severity = record.field(Field::Severity);
    let severity = severity.and_then(|name| ctx.settings.severities.find(name));
    Ok(Some(Plan {
        id: id.clone(),
        branch: branch.to_owned(),
        title: title.to_owned(),
        severity: severity.unwrap_or(typed).clone(),
        detected,
        base,
        base_name: base_name.to_owned(),
        base_source: base_name.to_owned(),
        resumed: true,
    }))
}

pub(in crate::workflow) fn severity(ctx: &Context<'_>, given: Option<&str>) -> Result<Severity> {
    let severities = &ctx.settings.severities;
    let Some(given) = given else {
        return Ok(severities.when_unsaid().clone());
    };
    severities.find(given).cloned().ok_or_else(|| {
        let names: Vec<&str> = severities
            .rows()
            .iter()
            .map(|row| row.name.as_str())
            .collect();
        Error::usage(format!("'{given}' is not a severity: {}", names.join(", ")))
            .untouched("Nothing was changed.")
    })
}

fn base(ctx: &Context<'_>, options: &Options) -> Result<(Oid, String)> {
    if let Some(from) = &options.from {
        let oid = ctx.repo.commit_of(from)?.ok_or_else(|| {
            Error::usage(format!("--from {from} names no commit"))
                .code(Code::NoSuchRevision)
                .untouched("Nothing was changed.")
        })?;
        return Ok((oid, from.clone()));
    }
    let production = match production::find(ctx) {
        Err(_) if matches!(ctx.repo.head()?, Head::Unborn { .. }) => {
            return Err(
                Error::usage("this repository has no commit yet to fix anything on")
                    .untouched("Nothing was changed.")
                    .next("git commit --allow-empty -m \"chore: begin\""),
            );
        }
        found => found?,
    };
    if let Some(remote) = production
        .remote
        .as_deref()
        .filter(|_| !options.offline && !options.dry_run)
    {
        production::refresh(ctx, remote, &production.branch);
    }
    production::tip(ctx, &production)
}

/// A release tag at the base says most; else where it was taken from.
pub(in crate::workflow) fn name_of_base(
    ctx: &Context<'_>,
    base: &Oid,
    source: &str,
) -> Result<String> {
    let tags = ctx.repo.tags_at(base)?;
    let mut releases = version::releases(&tags, &ctx.settings.tag_prefix);
    releases.sort_by(|a, b| version::compare(a, b));
    Ok(releases.pop().unwrap_or(source).to_owned())
}

enum Id {
    Free(String),
    /// A `start` of the same incident was stopped on its way in this repository.
    Interrupted(Box<Stored>),
}

/// The first of `id`, `id-2`, … that is free, or that an interrupted start has taken.
fn id(ctx: &Context<'_>, wanted: &str, title: &str) -> Result<Id> {
    let mut interrupted = None;
    let free = branch::free(wanted, |id| {
        if !under_way::is(ctx, id) {
            return exists(ctx, &store::ref_name(id));
        }
        match store::saved(ctx, id) {
            Ok(stored) if is_fresh(&stored, title) => {
                interrupted = Some(stored);
                false
            }
            _ => exists(ctx, &store::ref_name(id)),
        }
    });
    Ok(interrupted.map_or(Id::Free(free), |stored| Id::Interrupted(Box::new(stored))))
}

/// Nothing has been written since it was detected.
fn is_fresh(stored: &Stored, title: &str) -> bool {
    let only_detected = matches!(
        stored.record.timeline(),
        [Entry {
            milestone: Some(Milestone::Detected),
            ..
        }]
    );
    only_detected && stored.record.title() == Some(title)
}

pub(in crate::workflow) fn free_id(ctx: &Context<'_>, wanted: &str) -> String {
    branch::free(wanted, |id| exists(ctx, &store::ref_name(id)))
}

/// A branch that neither is there nor belongs to an open incident: it may have been deleted, or be
/// in another clone.
fn free_branch(ctx: &Context<'_>, wanted: &str) -> Result<String> {
    if let Some(fault) = branch::fault(wanted) {
        return Err(
            Error::usage(format!("{wanted} cannot be a branch: {fault}"))
                .untouched("Nothing was changed."),
        );
    }
    let mut claimed = Vec::new();
    let open = incident::open_ids(ctx)?;
    for (id, tip) in store::ids(ctx)? {
        if open.contains(&id)
            && let Some(Stored { record, .. }) = store::readable(ctx, &id, tip)
        {
            claimed.extend(record.field(Field::Branch).map(str::to_owned));
        }
    }
    let is_claimed = |name: &str| claimed.iter().any(|claimed| claimed == name);
    let branch = branch::free(wanted, |name| {
        is_claimed(name) || branch_is_taken(ctx, name)
    });
    refuse_nesting(ctx, &branch)?;
    Ok(branch)
}

/// A ref that cannot be read counts as taken: creating it would say why.
fn exists(ctx: &Context<'_>, name: &str) -> bool {
    ctx.repo
        .find_ref(name)
        .map_or(true, |found| found.is_some())
}

fn branch_is_taken(ctx: &Context<'_>, name: &str) -> bool {
    let full = format!("refs/heads/{name}");
    let below = ctx.repo.list_refs(&format!("{full}/"));
    exists(ctx, &full) || below.map_or(true, |below| !below.is_empty())
}

/// git keeps no branch below the name of another.
fn refuse_nesting(ctx: &Context<'_>, branch: &str) -> Result<()> {
    let above = branch.match_indices('/').map(|(at, _)| &branch[..at]);
    for parent in above {
        if ctx
            .repo
            .find_ref(&format!("refs/heads/{parent}"))?
            .is_some()
        {
            return Err(Error::usage(format!(
                "{branch} cannot be made: there is a branch called {parent}"
            ))
            .untouched("Nothing was changed.")
            .next(format!("Rename it: git branch -m {parent} {parent}-old"))
            .next("Or use another prefix: git config hotfix.prefix fix/"));
        }
    }
    Ok(())
}
