//! Where the timeline says that a fix has landed: `Fix landed - main 9f2c1aa, tag v2.3.2`.

use super::{Context, Result, production};
use crate::record::{Milestone, Record};

/// The id that it gives for a branch.
pub(super) fn commit<'a>(record: &'a Record, branch: &str) -> Option<&'a str> {
    places(record).find_map(|place| {
        let id = place.strip_prefix(branch)?.strip_prefix(' ')?;
        id.bytes().all(|b| b.is_ascii_hexdigit()).then_some(id)
    })
}

/// The tags that it gives, latest first.
pub(super) fn tags(record: &Record) -> impl Iterator<Item = &str> {
    places(record).filter_map(|place| place.strip_prefix("tag "))
}

/// What it names, latest first.
fn places(record: &Record) -> impl Iterator<Item = &str> {
    let entries = record.timeline().iter().rev();
    let landed = entries.filter(|entry| entry.milestone == Some(Milestone::Landed));
    let parts = landed.flat_map(|entry| entry.text.split(" - ").skip(1));
    parts.flat_map(|detail| detail.split(", "))
}

/// The landing is in the production branch here, and the remote, as far as it is known, has it not.
///
/// # Errors
/// When the refs or the commits cannot be read.
pub(super) fn waits_for_push(ctx: &Context<'_>, record: &Record) -> Result<bool> {
    if record.reached(Milestone::Landed).is_none() {
        return Ok(false);
    }
    let Some(production) = production::known(ctx) else {
        return Ok(false);
    };
    let Some(tracking) = production.tracking() else {
        return Ok(false);
    };
    let landing = match commit(record, &production.branch) {
        Some(landing) => ctx.repo.commit_of(landing)?,
        None => None,
    };
    let here = ctx
        .repo
        .find_ref(&format!("refs/heads/{}", production.branch))?;
    let (Some(landing), Some(here)) = (landing, here) else {
        return Ok(false);
    };
    let is_there = match ctx.repo.find_ref(&tracking)? {
        Some(there) => ctx.repo.contains(&there, &landing)?,
        None => false,
    };
    Ok(!is_there && ctx.repo.contains(&here, &landing)?)
}
