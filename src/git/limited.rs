//! Running `git` for a limited time.

pub(super) use crate::process::Asking;

use super::process::{Git, Output, exit_code};
use super::{GitError, raw};
use crate::process::{self, Ended, Failure, Limits};
use std::time::Duration;

/// Runs git until it ends or the limit is reached.
pub(super) fn run(
    mut git: Git,
    limit: Duration,
    asking: Asking,
    waiting: &dyn Fn(),
) -> Result<Output, GitError> {
    let name = git.name();
    let limits = Limits {
        alive: None,
        time: limit,
        most: None,
        asking,
        waiting,
    };
    match process::run(&mut git.command, b"", &limits) {
        Ok(Ended::Done(left)) => Ok(Output {
            code: exit_code(left.status),
            stdout: left.stdout,
            stderr: left.stderr,
        }),
        Ok(Ended::TimedOut | Ended::TooMuch) => Err(GitError::TimedOut {
            command: name,
            seconds: limit.as_secs(),
        }),
        Err(Failure::NotStarted(error)) => Err(git.not_started(error)),
        Err(Failure::Io(doing, error)) => Err(raw::io_failed(format!(
            "running git {name}: {doing}"
        ))(error)),
    }
}
