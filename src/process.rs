//! Running a program for a limited time, and ending all of it when the time is over.

mod guard;

use guard::Guard;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// When the person is told that something takes long.
const WAITING_AFTER: Duration = Duration::from_millis(500);
/// What a program gets to remove its lock files before it is ended for good.
const GRACE: Duration = Duration::from_millis(300);

/// Whether the person may be asked for a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// A process group of its own, so that all that it starts ends with it.
    Never,
    /// It stays in ours, since another group may not read from the terminal.
    OnTheTerminal,
}

/// What a program may take.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// After this it is ended.
    pub time: Duration,
    /// Bytes that it may print on either stream before it is ended; nothing: as many as it likes.
    pub most: Option<u64>,
    /// Whether the person may be asked.
    pub asking: Asking,
    /// Called once when it takes longer than half a second.
    pub waiting: &'a dyn Fn(),
    /// A file that is to be locked as long as the program runs, whatever becomes of this process: its
    /// standard input, whose lock every copy of it keeps. Only where nobody is asked, and on Unix.
    pub alive: Option<&'a Path>,
}

/// What a program that ended by itself left.
#[derive(Debug)]
pub struct Left {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: Vec<u8>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// By itself.
    Done(Left),
    /// It was ended at the limit of time.
    TimedOut,
    /// It was ended because it printed more than it may.
    TooMuch,
}

/// Why there is no run.
#[derive(Debug)]
pub enum Failure {
    /// The program could not be started.
    NotStarted(std::io::Error),
    /// Something around it failed, named by what was being done.
    Io(&'static str, std::io::Error),
}

/// A program of other people's, to be started: it inherits the environment but what is ours to know.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in crate::env::secrets() {
        command.env_remove(name);
    }
    command
}

/// Runs a program until it ends or a limit is reached. Where nobody is asked, it reads `input`.
///
/// # Errors
/// When it cannot be started, or a temporary file fails.
pub fn run(command: &mut Command, input: &[u8], limits: &Limits<'_>) -> Result<Ended, Failure> {
    // Files instead of pipes: a grandchild that outlives the limit keeps a pipe open, and reading
    // it to the end would wait for that one.
    let (mut stdout, mut stderr) = (scratch()?, scratch()?);
    command
        .stdout(Stdio::from(copy_of(&stdout)?))
        .stderr(Stdio::from(copy_of(&stderr)?));
    match limits.asking {
        Asking::OnTheTerminal => command.stdin(Stdio::inherit()),
        Asking::Never => command.stdin(standard_input(input, limits.alive)?),
    };
    let (mut child, group, _guard) = start(command, limits)?;
    let too_much = || {
        let most = limits.most.unwrap_or(u64::MAX);
        [&stdout, &stderr]
            .iter()
            .any(|file| file.metadata().is_ok_and(|file| file.len() > most))
    };
    let ended = wait(&mut child, limits.time, limits.waiting, &too_much);
    match ended.map_err(|error| Failure::Io("waiting for it", error))? {
        Waited::Ended(_) if too_much() => Ok(Ended::TooMuch),
        Waited::Ended(status) => Ok(Ended::Done(Left {
            status,
            stdout: contents(&mut stdout)?,
            stderr: contents(&mut stderr)?,
        })),
        Waited::TimedOut => {
            end(&mut child, group);
            Ok(Ended::TimedOut)
        }
        Waited::Stopped => {
            end(&mut child, group);
            Ok(Ended::TooMuch)
        }
    }
}

/// Starts it, with the group that is not ours and who ends it when we are gone. What may go on then,
/// since a lock tells of it, has no guard.
fn start(
    command: &mut Command,
    limits: &Limits<'_>,
) -> Result<(Child, Option<u32>, Option<Guard>), Failure> {
    let mut guard = match limits.alive {
        Some(_) => None,
        None => Guard::new(),
    };
    let led = guard.as_ref().map(Guard::group);
    #[cfg(unix)]
    if limits.asking == Asking::Never {
        // Its own, when there is no group to join.
        let group = led.and_then(|group| i32::try_from(group).ok());
        std::os::unix::process::CommandExt::process_group(command, group.unwrap_or(0));
    }
    let child = command.spawn().map_err(Failure::NotStarted)?;
    let group = match limits.asking {
        Asking::Never => Some(led.unwrap_or(child.id())),
        Asking::OnTheTerminal => None,
    };
    if let (None, Some(guard)) = (group, &mut guard) {
        guard.watch(&child);
    }
    Ok((child, group, guard))
}

enum Waited {
    Ended(ExitStatus),
    TimedOut,
    Stopped,
}

fn wait(
    child: &mut Child,
    limit: Duration,
    waiting: &dyn Fn(),
    stop: &dyn Fn() -> bool,
) -> std::io::Result<Waited> {
    let start = Instant::now();
    let mut told = false;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Waited::Ended(status));
        }
        let passed = start.elapsed();
        if passed >= limit {
            return Ok(Waited::TimedOut);
        }
        if stop() {
            return Ok(Waited::Stopped);
        }
        if !told && passed >= WAITING_AFTER {
            told = true;
            waiting();
        }
        std::thread::sleep(pause.min(limit - passed));
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Ends a program and the group that it is in, if that is not ours: first asked, so that lock files go,
/// then for good.
fn end(child: &mut Child, group: Option<u32>) {
    signal(child, group, "TERM");
    let waited = wait(child, GRACE, &|| (), &|| false);
    let ended = matches!(waited, Ok(Waited::Ended(_)));
    // In a group of its own something may be left although the program itself has gone.
    if !ended || group.is_some() {
        signal(child, group, "KILL");
    }
    if !ended {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Signals go through `sh`'s own `kill`: std can only kill one process, there is no safe call for a
/// group, and wherever git runs there is a `sh`. It is started only when a limit was reached.
#[cfg(unix)]
fn signal(child: &Child, group: Option<u32>, signal: &str) {
    let target = match group {
        Some(group) => format!("-{group}"),
        // git's ssh and helpers end by themselves when git closes their pipes.
        None => child.id().to_string(),
    };
    quietly(command("sh").args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", signal, &target]));
}

#[cfg(windows)]
fn signal(child: &Child, _group: Option<u32>, _signal: &str) {
    quietly(command("taskkill").args(["/T", "/F", "/PID", &child.id().to_string()]));
}

fn quietly(command: &mut Command) {
    let _ = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

fn scratch() -> Result<File, Failure> {
    tempfile::tempfile().map_err(|error| Failure::Io("making a temporary file", error))
}

fn copy_of(file: &File) -> Result<File, Failure> {
    file.try_clone()
        .map_err(|error| Failure::Io("opening a temporary file", error))
}

fn standard_input(input: &[u8], alive: Option<&Path>) -> Result<Stdio, Failure> {
    match alive.and_then(|path| locked(path, input).ok()) {
        Some(file) => Ok(Stdio::from(file)),
        None if input.is_empty() => Ok(Stdio::null()),
        None => Ok(Stdio::from(filled(input)?)),
    }
}

/// The file with the input, locked by whoever has this opening of it.
fn locked(path: &Path, input: &[u8]) -> std::io::Result<File> {
    // On Windows the lock would keep the program from reading it.
    if cfg!(windows) {
        return Err(std::io::ErrorKind::Unsupported.into());
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    let mut file = options.open(path)?;
    file.try_lock()
        .map_err(|_| std::io::ErrorKind::WouldBlock)?;
    file.set_len(0)?;
    file.write_all(input)?;
    file.rewind()?;
    Ok(file)
}

fn filled(bytes: &[u8]) -> Result<File, Failure> {
    let mut file = scratch()?;
    file.write_all(bytes)
        .and_then(|()| file.rewind())
        .map_err(|error| Failure::Io("writing a temporary file", error))?;
    Ok(file)
}

fn contents(file: &mut File) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_to_end(&mut bytes))
        .map_err(|error| Failure::Io("reading what it said", error))?;
    Ok(bytes)
}
