//! Running `git` for a limited time, and ending all of it when the time is over.

use super::process::{Git, Output, exit_code};
use super::{GitError, raw};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// When the person is told that something takes long.
const WAITING_AFTER: Duration = Duration::from_millis(500);
/// What git gets to remove its lock files before it is ended for good.
const GRACE: Duration = Duration::from_millis(300);

/// Whether the person may be asked for a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// A process group of its own, so that ssh and remote helpers end with it.
    Never,
    /// It stays in ours, since another group may not read from the terminal.
    OnTheTerminal,
}

/// Runs git until it ends or the limit is reached.
pub(super) fn run(
    mut git: Git,
    limit: Duration,
    asking: Asking,
    waiting: &dyn Fn(),
) -> Result<Output, GitError> {
    let name = git.name();
    // Files instead of pipes: a grandchild that outlives the limit keeps a pipe open, and reading
    // it to the end would wait for that one.
    let (mut stdout, mut stderr) = (scratch()?, scratch()?);
    git.command
        .stdout(Stdio::from(copy_of(&stdout)?))
        .stderr(Stdio::from(copy_of(&stderr)?));
    match asking {
        Asking::OnTheTerminal => git.command.stdin(Stdio::inherit()),
        Asking::Never => git.command.stdin(Stdio::null()),
    };
    #[cfg(unix)]
    if asking == Asking::Never {
        std::os::unix::process::CommandExt::process_group(&mut git.command, 0);
    }
    let mut child = git
        .command
        .spawn()
        .map_err(|error| git.not_started(error))?;
    let ended = wait(&mut child, limit, waiting);
    match ended.map_err(raw::io_failed(format!("waiting for git {name}")))? {
        Some(status) => Ok(Output {
            code: exit_code(status),
            stdout: contents(&mut stdout)?,
            stderr: contents(&mut stderr)?,
        }),
        None => {
            end(&mut child, asking);
            Err(GitError::TimedOut {
                command: name,
                seconds: limit.as_secs(),
            })
        }
    }
}

/// Nothing when the limit is reached first.
fn wait(
    child: &mut Child,
    limit: Duration,
    waiting: &dyn Fn(),
) -> std::io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut told = false;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let passed = start.elapsed();
        if passed >= limit {
            return Ok(None);
        }
        if !told && passed >= WAITING_AFTER {
            told = true;
            waiting();
        }
        std::thread::sleep(pause.min(limit - passed));
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends git and what it started: first asked, so that lock files go, then for good.
fn end(child: &mut Child, asking: Asking) {
    signal(child, asking, "TERM");
    let ended = matches!(wait(child, GRACE, &|| ()), Ok(Some(_)));
    // In a group of its own something may be left although git itself has gone.
    if !ended || asking == Asking::Never {
        signal(child, asking, "KILL");
    }
    if !ended {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Signals go through `sh`'s own `kill`: std can only kill one process, there is no safe call for a
/// group, and wherever git runs there is a `sh`. It is started only when a limit was reached.
#[cfg(unix)]
fn signal(child: &Child, asking: Asking, signal: &str) {
    let target = match asking {
        Asking::Never => format!("-{}", child.id()),
        // git's ssh and helpers end by themselves when git closes their pipes.
        Asking::OnTheTerminal => child.id().to_string(),
    };
    quietly(Command::new("sh").args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", signal, &target]));
}

#[cfg(windows)]
fn signal(child: &Child, _asking: Asking, _signal: &str) {
    quietly(Command::new("taskkill").args(["/T", "/F", "/PID", &child.id().to_string()]));
}

fn quietly(command: &mut Command) {
    let _ = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

fn scratch() -> Result<File, GitError> {
    tempfile::tempfile().map_err(raw::io_failed("making a temporary file"))
}

fn copy_of(file: &File) -> Result<File, GitError> {
    file.try_clone()
        .map_err(raw::io_failed("opening a temporary file"))
}

fn contents(file: &mut File) -> Result<Vec<u8>, GitError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_to_end(&mut bytes))
        .map_err(raw::io_failed("reading what git said"))?;
    Ok(bytes)
}
