//! Every start of `git` in one place.

use super::{GitError, Repo, raw};
use crate::process;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// What a finished `git` left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its exit code; 128 + the signal when it was killed.
    pub code: i32,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: Vec<u8>,
}

/// What binds a `git` to one work tree; the cousins of `git rev-parse --local-env-vars` that carry
/// `-c` settings or the object database are as right in the next work tree.
pub(super) const BOUND_TO_A_WORK_TREE: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
];

/// What makes paths mean something else than is written; git refuses some of them together.
pub(super) const PATHSPECS: [&str; 4] = [
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// A `git` about to be started. Arguments never pass through a shell.
pub(super) struct Git {
    pub(super) command: Command,
    /// What an error calls it: the sub-command and its arguments.
    words: Vec<String>,
    input: Option<Vec<u8>>,
}

impl Git {
    pub(super) fn new(folder: &Path) -> Git {
        let mut command = process::command("git");
        command.current_dir(folder);
        Git {
            command,
            words: Vec::new(),
            input: None,
        }
    }

    /// A setting for this run only; before the sub-command.
    pub(super) fn config(mut self, setting: impl AsRef<OsStr>) -> Git {
        self.command.arg("-c").arg(setting);
        self
    }

    pub(super) fn arg(mut self, argument: impl AsRef<OsStr>) -> Git {
        let argument = argument.as_ref();
        self.words.push(argument.to_string_lossy().into_owned());
        self.command.arg(argument);
        self
    }

    pub(super) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Git {
        arguments.into_iter().fold(self, Git::arg)
    }

    pub(super) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Git {
        self.command.env(name, value);
        self
    }

    pub(super) fn without(mut self, names: &[&str]) -> Git {
        for name in names {
            self.command.env_remove(name);
        }
        self
    }

    /// What it reads on standard input; else that is empty.
    pub(super) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Git {
        self.input = Some(bytes.into());
        self
    }

    /// The same, for one who hands it over by himself.
    pub(super) fn take_input(&mut self) -> Vec<u8> {
        self.input.take().unwrap_or_default()
    }

    /// Its words are parsed, so they must not be translated.
    pub(super) fn parsed(self) -> Git {
        self.env("LC_ALL", "C").without(&["LANGUAGE"])
    }

    /// It only looks: it must not take a lock that somebody's commit is waiting for.
    pub(super) fn looking(self) -> Git {
        self.env("GIT_OPTIONAL_LOCKS", "0")
            .without(&PATHSPECS)
            .parsed()
    }

    /// What an error calls this run.
    pub(super) fn name(&self) -> String {
        self.words.join(" ")
    }

    /// Why it could not be started: the folder may be the reason as well as git.
    pub(super) fn not_started(&self, error: std::io::Error) -> GitError {
        match self.command.get_current_dir() {
            Some(folder) if !folder.is_dir() => {
                raw::io_failed(format!("entering {}", folder.display()))(error)
            }
            _ => GitError::NoGit(error),
        }
    }

    /// Runs it, whatever its exit code.
    pub(super) fn output(self) -> Result<Output, GitError> {
        self.begin()?.end()
    }

    /// Starts it, to be waited for later.
    pub(super) fn begin(mut self) -> Result<Running, GitError> {
        let stdin = match self.input {
            Some(_) => Stdio::piped(),
            None => Stdio::null(),
        };
        self.command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = self
            .command
            .spawn()
            .map_err(|error| self.not_started(error))?;
        Ok(Running {
            child,
            name: self.name(),
            input: self.input,
        })
    }

    /// Runs it; an exit code other than 0 is an error.
    pub(super) fn checked(self) -> Result<Output, GitError> {
        self.begin()?.checked()
    }

    /// Runs it for its one line.
    pub(super) fn text(self) -> Result<String, GitError> {
        let output = self.checked()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
    }
}

/// A `git` that has been started.
pub(super) struct Running {
    child: Child,
    name: String,
    input: Option<Vec<u8>>,
}

impl Running {
    /// Waits for it and takes what it printed and said.
    pub(super) fn end(mut self) -> Result<Output, GitError> {
        let pipe = self.child.stdin.take().zip(self.input.take());
        let child = self.child;
        // Written beside the reading: either pipe may be full before the other is done.
        let done = std::thread::scope(|scope| {
            if let Some((mut stdin, bytes)) = pipe {
                // One that ends without reading says why on standard error.
                scope.spawn(move || stdin.write_all(&bytes).ok());
            }
            child.wait_with_output()
        });
        let done = done.map_err(raw::io_failed(format!("waiting for git {}", self.name)))?;
        Ok(Output {
            code: exit_code(done.status),
            stdout: done.stdout,
            stderr: done.stderr,
        })
    }

    /// The same; an exit code other than 0 is an error.
    pub(super) fn checked(self) -> Result<Output, GitError> {
        let name = self.name.clone();
        let output = self.end()?;
        match output.code {
            0 => Ok(output),
            _ => Err(output.failed(name)),
        }
    }
}

impl Output {
    /// The error that a run ended with.
    pub(super) fn failed(&self, command: String) -> GitError {
        let words = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
        GitError::Failed {
            command,
            code: self.code,
            stderr: words(&self.stderr),
            stdout: words(&self.stdout),
        }
    }
}

/// The exit code; 128 + the signal, as shells count.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(128)
}

/// The parts between NUL bytes.
pub(super) fn nul_separated(bytes: &[u8]) -> impl Iterator<Item = String> {
    bytes
        .split(|byte| *byte == 0)
        .filter(|part| !part.is_empty())
        .map(|part| String::from_utf8_lossy(part).into_owned())
}

impl Repo {
    /// A `git` for this repository and work tree, as our own process was told of them.
    pub(super) fn git(&self) -> Git {
        let git = Git::new(self.workdir.as_deref().unwrap_or(&self.git_dir));
        let git = match self.beside {
            true => git.without(&BOUND_TO_A_WORK_TREE),
            false => git,
        };
        // What we inherited may be relative to another folder than git is started in; and a
        // work tree without `.git` (`core.worktree`) does not lead back to its repository.
        let lost = |folder: &Path| folder != self.git_dir && !folder.join(".git").exists();
        if !self.named && !self.workdir.as_deref().is_some_and(lost) {
            return git;
        }
        let git = git.env("GIT_DIR", &self.git_dir);
        match &self.workdir {
            Some(workdir) => git.env("GIT_WORK_TREE", workdir),
            None => git.without(&["GIT_WORK_TREE"]),
        }
    }

    /// A `git` in one of the work trees, free of what binds our own process to another one.
    pub(super) fn git_at(&self, folder: &Path) -> Git {
        match self.workdir.as_deref() == Some(folder) {
            // It may not lead back to its repository by itself.
            true => self.git().without(&["GIT_INDEX_FILE", "GIT_PREFIX"]),
            false => Git::new(folder).without(&BOUND_TO_A_WORK_TREE),
        }
    }

    /// Runs `git` where the person stands, since the paths they type are relative to that, with
    /// their own terminal; its exit code. When our standard output belongs to a machine, git speaks
    /// on standard error.
    ///
    /// # Errors
    /// When git cannot be started.
    pub fn run_interactive(
        &self,
        folder: &Path,
        arguments: &[OsString],
        machine_reads: bool,
    ) -> Result<i32, GitError> {
        let mut git = self.git().args(arguments);
        git.command.current_dir(folder);
        if machine_reads {
            git.command.stdout(std::io::stderr());
        }
        let status = git.command.status();
        status
            .map(exit_code)
            .map_err(|error| git.not_started(error))
    }

    /// Opens a file in the person's editor (`git var GIT_EDITOR`); its exit code.
    ///
    /// git's own shell runs it, by way of an alias: an editor is a line of shell, and on Windows
    /// only git knows where a shell is.
    ///
    /// # Errors
    /// When git or the editor cannot be started.
    pub fn run_editor(&self, file: &Path) -> Result<i32, GitError> {
        let editor = self.git().args(["var", "GIT_EDITOR"]).text()?;
        let file = std::path::absolute(file).map_err(raw::io_failed("finding the file"))?;
        let mut git = self
            .git()
            .config(r#"alias.hotfix-editor=!f() { e=$1; shift; eval "$e \"\$@\""; }; f"#)
            .args(["hotfix-editor", &editor])
            .arg(file);
        let status = git.command.status();
        status
            .map(exit_code)
            .map_err(|error| git.not_started(error))
    }

    /// The version of the `git` program: major, minor, patch.
    ///
    /// # Errors
    /// When git cannot be asked.
    pub fn git_version(&self) -> Result<(u32, u32, u32), GitError> {
        version(&self.git_dir)
    }
}

/// The version of the `git` program, asked from a folder: major, minor, patch.
///
/// # Errors
/// When git cannot be asked.
pub fn version(folder: &Path) -> Result<(u32, u32, u32), GitError> {
    let words = Git::new(folder).arg("version").parsed().text()?;
    // `git version 2.39.5 (Apple Git-154)`, `git version 2.47.0.windows.2`
    let mut numbers = words
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .unwrap_or_default()
        .split(|other: char| !other.is_ascii_digit())
        .map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    Ok((next(), next(), next()))
}
