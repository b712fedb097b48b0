//! A hotfix branch that another tool merged into production and deleted, as `git flow hotfix finish`
//! does: its tip is found by the merge that names it.

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
    let (Some(base), Ok(production)) = (base, production::find(ctx)) else {
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
