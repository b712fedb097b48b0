//! Lines of shell from git config, as git itself runs an alias or a credential helper.

use crate::integrations::shell::{EVAL, LINE};
use crate::policy::secret::Secret;
use crate::process::{self, Asking, Ended, Failure, Limits};
use std::path::Path;
use std::time::Duration;

/// More than any address with its headers.
const MOST: u64 = 64 * 1024;

/// A line and what is around it.
pub(super) struct Line<'a> {
    pub(super) line: &'a Secret,
    pub(super) input: &'a str,
    pub(super) environment: &'a [(&'a str, &'a str)],
    pub(super) folder: &'a Path,
    pub(super) limit: Duration,
}

/// Why a line did not do what it should. What it printed is never shown: it deals in secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no shell, or it could not start.
    #[error("could not be started: {0}")]
    NotStarted(std::io::ErrorKind),
    /// It was ended at the limit.
    #[error("did not end within {0} s")]
    TimedOut(u64),
    /// It ended with an error.
    #[error("ended with {0}; run it by hand to see why")]
    Failed(i32),
    /// It printed on and on.
    #[error("printed too much")]
    TooMuch,
}

/// What it prints.
pub(super) fn run(line: &Line<'_>) -> Result<Secret, Trouble> {
    let mut command = process::command("sh");
    command
        .args(["-c", EVAL])
        .current_dir(line.folder)
        .env(LINE, line.line.expose())
        .envs(line.environment.iter().copied());
    let limits = Limits {
        time: line.limit,
        most: Some(MOST),
        asking: Asking::Never,
        waiting: &|| (),
        alive: None,
    };
    match process::run(&mut command, line.input.as_bytes(), &limits) {
        Ok(Ended::Done(left)) if left.status.success() => {
            Ok(Secret::new(String::from_utf8_lossy(&left.stdout)))
        }
        Ok(Ended::Done(left)) => Err(Trouble::Failed(left.status.code().unwrap_or(-1))),
        Ok(Ended::TimedOut) => Err(Trouble::TimedOut(line.limit.as_secs())),
        Ok(Ended::TooMuch) => Err(Trouble::TooMuch),
        Err(Failure::NotStarted(error) | Failure::Io(_, error)) => {
            Err(Trouble::NotStarted(error.kind()))
        }
    }
}
