//! A landing that was made earlier, after its hotfix branch is gone.

use super::outlook::{self, FixRange};
use crate::git::{CommitInfo, Oid};
use crate::record::{Milestone, Record};
use crate::workflow::production::{Production, tracking};
use crate::workflow::{Context, Result, gate, merged};

/// How many commits of production a landing is looked for in.
pub(super) const LOOKED_BACK: usize = 1_000;

/// The fix that landed, as production's history and the record tell; nothing when neither does.
///
/// # Errors
/// When the object database cannot be read.
pub(in crate::workflow) fn fix(
    ctx: &Context<'_>,
    id: &str,
    record: &Record,
    production: &Production,
) -> Result<Option<FixRange>> {
    if let Some(tip) = merged::tip(ctx, record)? {
        let base = gate::base(ctx, record, &tip)?;
        return Ok(Some(FixRange { tip, base }));
    }
    let Some(landing) = landing(ctx, id, record, production)? else {
        return Ok(None);
    };
    let squashed = outlook::squashed_tip(&ctx.repo, &landing)?;
    let merged = landing.parents.get(1).cloned();
    // Neither: the fix's own last commit.
    let tip = merged.or(squashed).unwrap_or(landing.id);
    let base = gate::base(ctx, record, &tip)?;
    Ok(Some(FixRange { tip, base }))
}

/// The commit by which production got the fix: a merge or a squash that names the incident, else
/// the one that the record names, else the fix's own last commit that names it.
fn landing(
    ctx: &Context<'_>,
    id: &str,
    record: &Record,
    production: &Production,
) -> Result<Option<CommitInfo>> {
    let branch = &production.branch;
    let here = ctx.repo.find_ref(&format!("refs/heads/{branch}"))?;
    let there = match &production.remote {
        Some(remote) => ctx.repo.find_ref(&tracking(remote, branch))?,
        None => None,
    };
    let trailer = format!("Incident: {id}");
    let mut own = None;
    let starts: Vec<Oid> = here.into_iter().chain(there).collect();
    for start in &starts {
        for commit in ctx.repo.mainline(start, LOOKED_BACK)? {
            if !commit.message.lines().any(|line| line == trailer) {
                continue;
            }
            if commit.parents.len() > 1 || outlook::squashed_tip(&ctx.repo, &commit)?.is_some() {
                return Ok(Some(commit));
            }
            own = Some(commit);
        }
    }
    if let Some(named) = recorded(record, branch)
        && let Some(commit) = ctx.repo.commit_of(named)?
    {
        for start in &starts {
            if ctx.repo.contains(start, &commit)? {
                return Ok(Some(ctx.repo.commit(&commit)?));
            }
        }
    }
    Ok(own)
}

/// The id that the timeline gives for a branch: `Fix landed - main 9f2c1aa, develop c4d9e01`.
fn recorded<'a>(record: &'a Record, branch: &str) -> Option<&'a str> {
    let entries = record.timeline().iter().rev();
    let landed = entries.filter(|entry| entry.milestone == Some(Milestone::Landed));
    let parts = landed.flat_map(|entry| entry.text.split(" - ").skip(1));
    let mut words = parts.flat_map(|detail| detail.split(", "));
    words.find_map(|word| {
        let id = word.strip_prefix(branch)?.strip_prefix(' ')?;
        id.bytes().all(|b| b.is_ascii_hexdigit()).then_some(id)
    })
}
