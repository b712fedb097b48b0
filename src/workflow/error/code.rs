//! Which trouble an error is about: words that programs may match.

use super::ErrorKind;
use crate::git::GitError;
use serde::Serialize;

/// A stable word for a trouble. Others may come; none goes or changes its meaning within a version
/// of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("x-may-grow" = true)))]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A check or a policy says no, and no other word fits.
    Refused,
    /// The command was not given what it needs, and no other word fits.
    Usage,
    /// git, a file or the configuration failed, and no other word fits.
    Failed,
    /// A mistake in the program.
    Bug,
    /// The deploy gate says no; `findings` says why.
    Gate,
    /// A commit message has not the hotfix format.
    MessageFormat,
    /// The postmortem misses something; `findings` says what.
    PostmortemIncomplete,
    /// A person must merge, or pick.
    Conflict,
    /// Changed files are in the way.
    DirtyWorkTree,
    /// A merge, a rebase or the like is under way.
    UnderWay,
    /// The branch here and the one on the remote must be brought together first.
    Diverged,
    /// There is nothing to land, to adopt or to take back.
    NothingToDo,
    /// The tag is there already, on another commit.
    TagExists,
    /// No open incident, or none of that name.
    NoIncident,
    /// More than one incident may be meant: name one with `-i`.
    AmbiguousIncident,
    /// The incident is closed where it must be open, or the other way round.
    IncidentState,
    /// The branch is none of the hotfix branches.
    NotAHotfixBranch,
    /// A branch or a revision is not here.
    NoSuchRevision,
    /// Nothing says which branch is in production, or it is not here.
    NoProduction,
    /// There is no remote.
    NoRemote,
    /// The remote did not answer, or not in time.
    RemoteUnreachable,
    /// The remote did not take the push.
    PushRejected,
    /// The time cannot be understood, lies in the future, or before the incident.
    Time,
    /// A terminal is needed for what was not given.
    NoTerminal,
    /// There is no git repository here or above.
    NotInRepository,
    /// git refuses a repository that another user owns.
    UnsafeRepository,
    /// A bare repository has no work tree for this.
    BareRepository,
    /// The program `git` is missing.
    GitMissing,
    /// git ended with an error.
    GitFailed,
    /// git did not answer within the limit.
    TimedOut,
    /// Another git holds a lock, or left it.
    Locked,
    /// Somebody else was faster: run it again.
    Raced,
    /// The key failed.
    Signing,
    /// A file could not be read or written.
    File,
    /// A file was changed by a person, and is not overwritten.
    ChangedByHand,
    /// A setting cannot be used.
    Setting,
    /// No task tracker is configured.
    NoTracker,
    /// The task tracker did not do what it was told.
    Tracker,
}

impl Code {
    /// Where nothing more is known.
    pub(super) fn of_kind(kind: ErrorKind) -> Code {
        match kind {
            ErrorKind::Refused => Code::Refused,
            ErrorKind::Usage => Code::Usage,
            ErrorKind::Failed => Code::Failed,
        }
    }

    /// What a push that did not go through is about: git ends by 1 when a ref was refused.
    pub fn of_push(error: &GitError) -> Code {
        match error {
            GitError::TimedOut { .. } | GitError::Failed { code: 128, .. } => {
                Code::RemoteUnreachable
            }
            GitError::Failed { .. } => Code::PushRejected,
            other => Code::of_git(other),
        }
    }

    /// What git's error is about.
    pub(super) fn of_git(error: &GitError) -> Code {
        match error {
            GitError::NoRepository(_) => Code::NotInRepository,
            GitError::Unsafe { .. } => Code::UnsafeRepository,
            GitError::NoGit(_) => Code::GitMissing,
            GitError::Raced { .. } => Code::Raced,
            GitError::TimedOut { .. } => Code::TimedOut,
            other if other.lock_file().is_some() => Code::Locked,
            _ => Code::GitFailed,
        }
    }
}
