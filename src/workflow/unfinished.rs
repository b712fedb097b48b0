//! Resolved incidents whose postmortem is still to be written or committed.

use super::store::{self, Stored};
use super::{Context, Result, incident, postmortem, production, workfile};
use crate::record::{Field, Milestone, Status};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Who has not written the postmortem of the incident before these will not write it now.
const LOOKED_AT: usize = 8;

/// A resolved incident with an unfinished postmortem.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unfinished {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: Option<String>,
    /// When it was resolved.
    pub resolved: Option<DateTime<Utc>>,
    /// Nothing is missing: it only has to be committed.
    pub complete: bool,
    /// The command to type next.
    pub next: String,
}

/// The one resolved last.
///
/// # Errors
/// When a record cannot be read.
pub fn latest(ctx: &Context<'_>) -> Result<Option<Unfinished>> {
    Ok(list(ctx)?.into_iter().next())
}

/// Those of the latest incidents, resolved last first.
///
/// # Errors
/// When the refs cannot be read.
pub fn list(ctx: &Context<'_>) -> Result<Vec<Unfinished>> {
    let open = incident::open_ids(ctx)?;
    let closed = store::ids(ctx)?.into_iter().rev();
    let closed = closed.filter(|(id, _)| !open.contains(id)).take(LOOKED_AT);
    let mut found = Vec::new();
    for (id, tip) in closed {
        if store::readable(ctx, &id, tip).is_none() {
            continue;
        }
        let stored = store::view(ctx, &id)?;
        if stored.record.status() == Status::Resolved && !is_committed(ctx, &stored)? {
            found.push(unfinished(stored));
        }
    }
    found.sort_by_key(|unfinished| std::cmp::Reverse(unfinished.resolved));
    Ok(found)
}

fn unfinished(stored: Stored) -> Unfinished {
    let Stored { id, record, .. } = stored;
    let complete = postmortem::is_complete(&record);
    let act = if complete { "finalize" } else { "check" };
    Unfinished {
        title: record.title().unwrap_or(&id).to_owned(),
        severity: record.field(Field::Severity).map(str::to_owned),
        resolved: record.reached(Milestone::Resolved),
        complete,
        next: incident::naming(&id, &format!("git hotfix postmortem {act}")),
        id,
    }
}

/// Whether a branch that is looked at has the record as it is now: the one here, the incident's
/// own, or production.
fn is_committed(ctx: &Context<'_>, stored: &Stored) -> Result<bool> {
    let file = workfile::relative(ctx, &stored.id);
    let own = stored.record.field(Field::Branch);
    let mut refs = vec!["HEAD".to_owned()];
    refs.extend(own.map(|branch| format!("refs/heads/{branch}")));
    if let Some(production) = production::known(ctx) {
        refs.push(format!("refs/heads/{}", production.branch));
        refs.extend(production.tracking());
    }
    for name in refs {
        if let Some(commit) = ctx.repo.commit_of(&name)?
            && let Some((_, bytes)) = ctx.repo.file_at(&commit, &file)?
            && bytes == stored.record.text().as_bytes()
        {
            return Ok(true);
        }
    }
    Ok(false)
}
