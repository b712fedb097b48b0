//! What a target has here and not on the remote, beside landings.

use super::outlook::{FixRange, SQUASHED};
use super::targets::{Outcome, Target};
use crate::git::{CommitInfo, Oid};
use crate::policy::picked;
use crate::workflow::{Context, Result};

/// What a target has here and not on the remote, without what came by a landing: the fix itself, and
/// commits that name their incident with all that they brought.
///
/// # Errors
/// When the commits cannot be read.
pub(super) fn strangers(
    ctx: &Context<'_>,
    target: &Target,
    fix: &FixRange,
) -> Result<Vec<CommitInfo>> {
    let tip = &fix.tip;
    let (Some(local), Some(there)) = (&target.local, &target.remote) else {
        return Ok(Vec::new());
    };
    if *local != target.start || local == there || target.landed_there {
        return Ok(Vec::new());
    }
    let ahead = ctx
        .repo
        .range(std::slice::from_ref(there), std::slice::from_ref(local), 0)?;
    let (landings, mut rest): (Vec<_>, Vec<_>) = ahead.into_iter().partition(is_landing);
    let landed = landings.iter().filter_map(|merge| merge.parents.get(1));
    for source in landed.chain([tip]) {
        let brought =
            ctx.repo
                .range(std::slice::from_ref(there), std::slice::from_ref(source), 0)?;
        rest.retain(|commit| !brought.iter().any(|of_it| of_it.id == commit.id));
    }
    // A merge by hand of the fix itself, as the hint after a conflict says; and the merge of such a
    // merge, by which git-flow brings production's tag back.
    let second = |commit: &CommitInfo| commit.parents.get(1).cloned();
    let merges = |commit: &&CommitInfo| second(commit).as_ref() == Some(tip);
    let by_hand: Vec<Oid> = rest.iter().filter(merges).map(|c| c.id.clone()).collect();
    rest.retain(|commit| {
        second(commit).is_none_or(|source| source != *tip && !by_hand.contains(&source))
    });
    let copies = match &target.outcome {
        Outcome::Contained(held) => held.commits.as_slice(),
        _ => &[],
    };
    let mut own = Vec::new();
    for commit in rest {
        // Bringing both sides together is what the hint for an overtaken landing says.
        if let Some(theirs) = second(&commit)
            && ctx.repo.contains(there, &theirs)?
        {
            continue;
        }
        if !copies.contains(&commit.id) && !is_picked_from(ctx, &commit, tip)? {
            own.push(commit);
        }
    }
    Ok(own)
}

fn is_picked_from(ctx: &Context<'_>, commit: &CommitInfo, tip: &Oid) -> Result<bool> {
    for origin in picked::origins(&commit.message).filter_map(Oid::from_hex) {
        if let Some(origin) = ctx.repo.commit_of(origin.as_str())?
            && ctx.repo.contains(tip, &origin)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A merge or a squash that names its incident.
pub(super) fn is_landing(commit: &CommitInfo) -> bool {
    let says = |key: &str| commit.message.lines().any(|line| line.starts_with(key));
    (commit.parents.len() > 1 && says("Incident: ")) || says(&format!("{SQUASHED}: "))
}
