//! What can go wrong in git.

use std::path::PathBuf;

/// An error of git or libgit2, with what was being done.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No repository here or above.
    #[error("there is no git repository at {0} or above it")]
    NoRepository(PathBuf),
    /// git refuses a repository that another user owns.
    #[error("{path} belongs to another user")]
    Unsafe {
        /// The repository.
        path: PathBuf,
    },
    /// The `git` program is missing or cannot be started.
    #[error("git could not be started: {0}")]
    NoGit(std::io::Error),
    /// A ref was not what it had to be: somebody else moved it.
    #[error("{name} was moved meanwhile")]
    Raced {
        /// The ref, or the first of several.
        name: String,
    },
    /// `git` ended with an error.
    #[error("git {command} failed ({code}): {stderr}")]
    Failed {
        /// The sub-command with its arguments.
        command: String,
        /// Its exit code, or 128 + the signal.
        code: i32,
        /// What it said, without surrounding blank lines.
        stderr: String,
        /// What it printed.
        stdout: String,
    },
    /// `git` did not answer within the limit and was ended.
    #[error("git {command} did not answer within {seconds} s")]
    TimedOut {
        /// The sub-command.
        command: String,
        /// The limit.
        seconds: u64,
    },
    /// libgit2's own error.
    #[error("{doing}: {message}")]
    Libgit2 {
        /// What was being done, e.g. `reading refs/heads/main`.
        doing: String,
        /// libgit2's words.
        message: String,
    },
    /// A file of the repository.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl GitError {
    /// The lock file that was in the way: of another git at work, or left by one that was killed.
    pub fn lock_file(&self) -> Option<&str> {
        let said = match self {
            GitError::Failed { stderr, .. } => stderr,
            GitError::Libgit2 { message, .. } => message,
            _ => return None,
        };
        let mut quoted = said.split(['\'', '"']).skip(1).step_by(2);
        quoted.find(|name| name.ends_with(".lock"))
    }
}

#[cfg(test)]
mod tests {
    use super::GitError;

    #[test]
    fn the_lock_in_the_way_is_known_from_what_was_said() {
        let failed = |stderr: &str| GitError::Failed {
            command: "switch main".to_owned(),
            code: 128,
            stderr: stderr.to_owned(),
            stdout: String::new(),
        };
        let git = failed(
            "error: cannot lock ref 'refs/heads/a': Unable to create '/r/.git/refs/heads/a.lock': \
             File exists.\n\nAnother git process seems to be running in this repository",
        );
        assert_eq!(git.lock_file(), Some("/r/.git/refs/heads/a.lock"));
        let libgit2 = GitError::Libgit2 {
            doing: "setting a".to_owned(),
            message: "failed to lock file '/r/.git/config.lock' for writing: ".to_owned(),
        };
        assert_eq!(libgit2.lock_file(), Some("/r/.git/config.lock"));
        assert_eq!(failed("fatal: it's not there").lock_file(), None);
    }
}
