//! A hotfix branch that another tool, or a person, merged into production here.
//!
//! `git flow hotfix finish` deletes it as well: its tip is found by the merge that names it.

use super::{Context, Result, production};
use crate::git::Oid;
use crate::policy::branch;
use crate::record::{Field, Milestone, Record};

/// The tip of the branch that such a merge brought; nothing while the branch is there, or when the
/// record says that it has landed.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn tip(ctx: &Context<'_>, record: &Record) -> Result<Option<Oid>> {
    let (Some(name), None) = (
        record.field(Field::Branch),
        record.reached(Milestone::Landed),
    ) else {
        return Ok(None);
    };
    let here = format!("refs/heads/{name}");
    let base = match record.base_id() {
        Some(id) if ctx.repo.find_ref(&here)?.is_none() => ctx.repo.commit_of(id)?,
        _ => None,
    };
    let (Some(base), Some(production)) = (base, production::known(ctx)) else {
        return Ok(None);
    };
    let local = format!("refs/heads/{}", production.branch);
    for head in [Some(local), production.tracking()].into_iter().flatten() {
        let Some(head) = ctx.repo.find_ref(&head)? else {
            continue;
        };
        for merge in ctx.repo.merges_on(&head, &base)? {
            if branch::is_merge_of(merge.subject(), name)
                && let Some(tip) = merge.parents.get(1)
                && ctx.repo.contains(tip, &base)?
            {
                return Ok(Some(tip.clone()));
            }
        }
    }
    Ok(None)
}

/// Where a branch that is here began, when the local production branch has all of it: production
/// before the merge. One that production went forward to, without a merge, began where its reflog
/// does; nothing where that does not tell it from a branch without commits of its own.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn base(
    ctx: &Context<'_>,
    production: &str,
    branch: &str,
    tip: &Oid,
) -> Result<Option<Oid>> {
    let Some(head) = ctx.repo.find_ref(&format!("refs/heads/{production}"))? else {
        return Ok(None);
    };
    if ctx.repo.has_been_at(&head, tip)? {
        let began = ctx.repo.began_at(branch)?;
        return Ok(match began {
            Some(began) if began != *tip && ctx.repo.contains(tip, &began)? => Some(began),
            _ => None,
        });
    }
    stood_on(ctx, &head, tip)
}

/// What a branch had from production when a merge brought it there: what it began at, or took in since.
/// Nothing where no merge did.
///
/// # Errors
/// When git cannot be asked.
pub(super) fn stood_on(ctx: &Context<'_>, production: &Oid, tip: &Oid) -> Result<Option<Oid>> {
    for merge in ctx.repo.merges_on(production, tip)?.iter().rev() {
        if ctx.repo.contains(&merge.id, tip)?
            && let Some(before) = merge.parents.first()
        {
            return Ok(ctx.repo.merge_base(before, tip)?);
        }
    }
    Ok(None)
}
