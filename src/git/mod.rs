//! git: the only code that names `git2` or starts `git`.
//!
//! libgit2 does what stays inside the object database; the `git` program does what depends on the
//! person's machine: work tree, network, keys, merges. Nothing above knows which of the two served:
//! only plain data leaves this folder.

mod between;
mod conflict;
pub mod differing;
mod error;
mod few;
mod follow;
mod limited;
mod open;
mod other_hook;
mod packed;
mod passing;
mod put_back;
mod raw;
mod refs_by_git;
mod signing;
mod stage;
mod stamp;
mod tags;
mod told;
mod types;

pub mod changes;
pub mod config;
pub mod history;
pub mod merge;
pub mod network;
pub mod objects;
pub mod patch;
pub mod process;
pub mod refs;
pub mod repo;
pub mod switch;
pub mod undo;
pub mod worktree;

#[cfg(test)]
mod tests;

pub use config::{Configuration, Everywhere};
pub use conflict::{ConflictKind, ConflictedFile};
pub use error::GitError;
pub use other_hook::run_hook;
pub use passing::{Passing, Span};
pub use repo::Repo;
pub use stage::Stage;
pub use stamp::RefsStamp;
pub use types::{
    CommitInfo, ConfigEntry, ConfigScope, DiffStat, Expect, Head, Ident, MergeOutcome, Oid,
    RefUpdate, Storage, Worktree,
};
