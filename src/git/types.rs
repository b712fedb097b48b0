//! Plain data about a repository.

use super::ConflictedFile;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::path::PathBuf;

/// An object's full id in lower-case hex (40 or 64 digits).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Oid(
    #[cfg_attr(test, schemars(regex(pattern = "^([0-9a-f]{40}|[0-9a-f]{64})$")))] String,
);

impl Oid {
    /// From full hex; nothing when it is not 40 or 64 hex digits.
    pub fn from_hex(hex: &str) -> Option<Oid> {
        let full = matches!(hex.len(), 40 | 64) && hex.bytes().all(|b| b.is_ascii_hexdigit());
        full.then(|| Oid(hex.to_ascii_lowercase()))
    }

    /// The full hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven digits.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }

    /// Only zeros: git's way to say that there is none.
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| b == b'0')
    }
}

impl std::fmt::Display for Oid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where HEAD points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A branch with commits.
    Branch {
        /// Without `refs/heads/`.
        name: String,
        /// Its tip.
        oid: Oid,
    },
    /// A branch without commits.
    Unborn {
        /// Without `refs/heads/`.
        name: String,
    },
    /// A commit.
    Detached {
        /// Which.
        oid: Oid,
    },
}

/// A person as git names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ident {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: Oid,
    /// Its parents.
    pub parents: Vec<Oid>,
    /// Its tree.
    pub tree: Oid,
    /// The whole message; bytes that are not UTF-8 are replaced.
    pub message: String,
    /// Who wrote it.
    pub author: Ident,
    /// When it was written.
    pub authored: DateTime<Utc>,
    /// When it was committed.
    pub committed: DateTime<Utc>,
}

impl CommitInfo {
    /// The message's first line.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

/// What a ref must be before it is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// It must not exist.
    Absent,
    /// It must point there.
    Is(Oid),
}

/// One move in a transaction of refs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// The full name.
    pub name: String,
    /// What it must be now.
    pub old: Expect,
    /// Where it goes; nothing deletes it.
    pub new: Option<Oid>,
}

/// One value of git's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEntry {
    /// The key as git normalises it: section and name in lower case, the middle as written.
    pub name: String,
    /// Its value; a key without `=` is `true`.
    pub value: String,
    /// Where it comes from.
    pub scope: ConfigScope,
}

/// The level of a configuration value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ConfigScope {
    /// Of the machine.
    System,
    /// Of the person.
    Global,
    /// Of the repository.
    Local,
    /// Of the work tree.
    Worktree,
    /// Of the command (`git -c`, `GIT_CONFIG_COUNT`).
    Command,
}

impl std::fmt::Display for ConfigScope {
    /// Also `git config`'s flag, for all but the command's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ConfigScope::System => "system",
            ConfigScope::Global => "global",
            ConfigScope::Local => "local",
            ConfigScope::Worktree => "worktree",
            ConfigScope::Command => "command",
        })
    }
}

/// How a repository keeps what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// The hash of its objects: `sha1`, `sha256`.
    pub objects: &'static str,
    /// How refs are kept: `files`, `reftable`.
    pub refs: String,
    /// Its history is cut off.
    pub shallow: bool,
    /// The remote that has the objects which were not cloned.
    pub partial: Option<String>,
    /// It has no work tree.
    pub bare: bool,
    /// It is seen from a linked work tree.
    pub linked: bool,
}

/// Changed files and lines between two trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DiffStat {
    /// Files.
    pub files: usize,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
}

/// What merging two commits gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeOutcome {
    /// The merged tree.
    Clean {
        /// Its id.
        tree: Oid,
    },
    /// It needs a person.
    Conflict {
        /// The files, by name.
        files: Vec<ConflictedFile>,
    },
}

/// A work tree of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its folder.
    pub path: PathBuf,
    /// Its branch without `refs/heads/`; nothing when detached.
    pub branch: Option<String>,
    /// HEAD's commit; nothing when unborn or bare.
    pub head: Option<Oid>,
    /// The bare repository's own line.
    pub bare: bool,
    /// Its folder is gone: deleted, moved, or not mounted.
    pub away: bool,
}

impl Worktree {
    /// It has the branch checked out, and its folder is there.
    pub fn is_on(&self, branch: &str) -> bool {
        self.is_said_on(branch) && !self.away
    }

    /// It had the branch checked out when its folder was last there.
    pub fn is_away_on(&self, branch: &str) -> bool {
        self.is_said_on(branch) && self.away
    }

    fn is_said_on(&self, branch: &str) -> bool {
        self.branch.as_deref() == Some(branch) && !self.bare
    }
}
