//! A branch that must have the fix, and what landing it there gives.

use super::outlook::Held;
use super::picks::Pick;
use crate::git::{ConflictedFile, Oid};
use serde::Serialize;

/// Why a branch gets the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What is deployed.
    Production,
    /// Where the next release grows.
    BackMerge,
    /// A release that is being prepared.
    Release,
    /// A line that was named.
    Line,
}

impl Role {
    /// A release or a line is what it is by what it leaves out: no commit below the fix may come
    /// along to it.
    pub(super) fn is_closed(self) -> bool {
        matches!(self, Role::Release | Role::Line)
    }
}

/// Which commit is merged into a branch beside production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The hotfix branch's tip.
    Fix,
    /// The one commit by which production has the fix.
    Landing,
}

/// What landing in a target gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds the fix already.
    Contained(Held),
    /// A merge commit.
    Merged {
        /// Its tree.
        #[serde(skip)]
        tree: Oid,
        /// What is merged.
        #[serde(skip)]
        source: Source,
    },
    /// One commit with all of the fix.
    Squashed {
        /// Its tree.
        #[serde(skip)]
        tree: Oid,
    },
    /// The branch goes forward to the fix's own commits.
    FastForwarded,
    /// The fix's commits, each applied on its own.
    Picked {
        /// What each gives.
        #[serde(skip)]
        picks: Vec<Pick>,
        /// How many there are.
        commits: usize,
    },
    /// A person must merge, or pick.
    Conflict {
        /// Where.
        files: Vec<ConflictedFile>,
        /// The commit that cannot be picked.
        picking: Option<Oid>,
    },
    /// The fix begins on something newer: a merge would bring that along.
    Foreign {
        /// How many commits.
        commits: usize,
    },
    /// It cannot go forward to the fix: it has commits that the fix has not.
    MovedOn {
        /// How many.
        commits: usize,
    },
}

impl Outcome {
    /// The branch has the fix already.
    pub fn is_contained(&self) -> bool {
        matches!(self, Outcome::Contained(_))
    }

    /// Nothing can land before a person decides.
    pub fn is_refused(&self) -> bool {
        matches!(
            self,
            Outcome::Conflict { .. } | Outcome::Foreign { .. } | Outcome::MovedOn { .. }
        )
    }
}

/// A branch that gets the fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Target {
    /// The branch without `refs/heads/`.
    pub branch: String,
    /// Why it gets the fix.
    pub role: Role,
    /// The local branch before; nothing when only the remote has it.
    pub local: Option<Oid>,
    /// What the remote has, as far as we know.
    pub remote: Option<Oid>,
    /// What is landed on: the later one of both.
    pub start: Oid,
    /// What it gives.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the branch becomes: in a dry run a commit that only holds the tree.
    #[serde(skip)]
    pub result: Oid,
    /// What the branch became; nothing in a dry run, since a commit's id depends on the second in
    /// which it is made.
    #[serde(rename = "result")]
    pub made: Option<Oid>,
    /// The tree that the branch ends with, whenever it lands.
    pub tree: Option<Oid>,
    /// The remote's branch has the fix: whatever else is here need not go there with it.
    #[serde(skip)]
    pub landed_there: bool,
}

impl Target {
    /// The local branch's full name.
    pub fn ref_name(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }
}
