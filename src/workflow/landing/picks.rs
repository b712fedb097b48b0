//! What picking a fix's commits on a branch gives, where a merge would bring others along.

use super::outlook::FixRange;
use crate::git::{ConflictedFile, MergeOutcome, Oid};
use crate::workflow::{Context, Result};

/// What picking a fix's commits on a branch gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// Each pick that changes something; none when everything is there already.
    Clean(Vec<Pick>),
    /// A person must pick.
    Conflict {
        /// The first commit that does not apply.
        commit: Oid,
        /// Where.
        files: Vec<ConflictedFile>,
    },
    /// The fix holds this merge, which has no change of its own to pick.
    Merge(Oid),
}

/// A commit applied on another branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The commit.
    pub commit: Oid,
    /// The tree it gives.
    pub tree: Oid,
}

/// What `git cherry-pick -x` of the fix's commits gives on a branch, one after the other.
///
/// # Errors
/// When git cannot be asked.
pub fn picks(ctx: &Context<'_>, branch_tip: &Oid, fix: &FixRange) -> Result<Picked> {
    let repo = &ctx.repo;
    let range = repo.range(fix.base.as_slice(), std::slice::from_ref(&fix.tip), 0)?;
    if let Some(merge) = range.iter().find(|commit| commit.parents.len() > 1) {
        return Ok(Picked::Merge(merge.id.clone()));
    }
    let mut tree = repo.commit(branch_tip)?.tree;
    let mut done = Vec::new();
    for commit in range {
        match repo.pick_in_memory(&tree, &commit.id)? {
            // It is there already, in other words.
            MergeOutcome::Clean { tree: same } if same == tree => {}
            MergeOutcome::Clean { tree: next } => {
                tree = next.clone();
                let commit = commit.id;
                done.push(Pick { commit, tree: next });
            }
            MergeOutcome::Conflict { files } => {
                let commit = commit.id;
                return Ok(Picked::Conflict { commit, files });
            }
        }
    }
    Ok(Picked::Clean(done))
}
