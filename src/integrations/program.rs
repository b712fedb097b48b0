//! A program on PATH: found, started, limited, and its words cleaned.

#[cfg(test)]
mod tests;

use crate::process::{self, Asking, Ended, Failure, Limits};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// More than any answer that is waited for; who prints on and on is ended.
const MOST: u64 = 1024 * 1024;

/// What makes a program believe that it speaks to a terminal, or colour what it says.
const SHOWY: [&str; 4] = [
    "GH_FORCE_TTY",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "GLAMOUR_STYLE",
];

/// A program that may be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What its errors call it: as people type it.
    pub name: Cow<'static, str>,
    path: PathBuf,
}

/// Where and how long a program runs.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The folder it is started in.
    pub folder: &'a Path,
    /// After this its process group is ended.
    pub limit: Duration,
    /// Called once when it takes longer than half a second.
    pub waiting: &'a dyn Fn(),
    /// Locked as long as the program runs, even when this process is ended before.
    pub alive: Option<&'a Path>,
}

/// Why a program did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It could not be started.
    #[error("{program} could not be started: {why}")]
    NotStarted {
        /// Its name.
        program: Cow<'static, str>,
        /// The system's words.
        why: String,
    },
    /// It was ended at the limit.
    #[error("{program} did not answer within {seconds} s")]
    TimedOut {
        /// Its name.
        program: Cow<'static, str>,
        /// The limit.
        seconds: u64,
    },
    /// It ended with an error.
    #[error("{program} failed ({code}): {said}")]
    Failed {
        /// Its name.
        program: Cow<'static, str>,
        /// Its exit code; -1 when it was killed.
        code: i32,
        /// The first lines that it said, in one.
        said: String,
    },
    /// It has to be made ready first.
    #[error("{program} {why}: {command}")]
    NotReady {
        /// Its name.
        program: Cow<'static, str>,
        /// What it lacks.
        why: &'static str,
        /// What makes it ready.
        command: &'static str,
    },
    /// It knows nothing of that name.
    #[error("{program} knows no {id}")]
    Unknown {
        /// Its name.
        program: Cow<'static, str>,
        /// What it was asked about.
        id: String,
    },
    /// It said what nobody understands.
    #[error("{program} gave no answer that can be read")]
    Unreadable {
        /// Its name.
        program: Cow<'static, str>,
    },
}

impl Program {
    /// The first of the files that PATH gives which may be started.
    ///
    /// None that a relative entry of PATH gives, nor one below `repository`, or linked to from
    /// elsewhere: what a clone or a checkout brings along must not run by a name that people trust.
    pub fn choose(
        name: &'static str,
        on_path: &[PathBuf],
        repository: &[&Path],
    ) -> Option<Program> {
        let inside = |path: &Path| {
            let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            repository.iter().any(|top| {
                let top = top.canonicalize().unwrap_or_else(|_| (*top).to_owned());
                real.starts_with(&top) || path.starts_with(&top)
            })
        };
        let path = on_path
            .iter()
            .find(|path| path.is_absolute() && may_be_started(path) && !inside(path))?;
        Some(Program {
            name: name.into(),
            path: path.clone(),
        })
    }

    /// A file that whoever calls has judged.
    pub fn at(name: &'static str, path: &Path) -> Option<Program> {
        may_be_started(path).then(|| Program {
            name: name.into(),
            path: path.to_owned(),
        })
    }

    /// The same under another name: a shell that runs somebody's line.
    pub fn named(self, name: String) -> Program {
        Program {
            name: name.into(),
            ..self
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it prints, without colours and control characters but line breaks and tabs.
    ///
    /// It inherits the environment but our secrets, so that its own tokens and settings hold.
    ///
    /// # Errors
    /// When it cannot be started, does not end in time, prints without end, or fails.
    pub fn run(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &str,
        around: &Around<'_>,
    ) -> Result<String, Trouble> {
        let program = self.name.clone();
        let mut command = process::command(&self.path);
        command
            .args(arguments)
            .current_dir(around.folder)
            .env("NO_COLOR", "1")
            .envs(environment.iter().copied());
        for name in SHOWY {
            command.env_remove(name);
        }
        let limits = Limits {
            time: around.limit,
            most: Some(MOST),
            asking: Asking::Never,
            waiting: around.waiting,
            alive: around.alive,
        };
        match process::run(&mut command, input.as_bytes(), &limits) {
            Ok(Ended::Done(left)) if left.status.success() => Ok(cleaned(&left.stdout)),
            Ok(Ended::Done(left)) => Err(Trouble::Failed {
                program,
                code: left.status.code().unwrap_or(-1),
                said: in_short(&cleaned(&left.stderr), &cleaned(&left.stdout)),
            }),
            Ok(Ended::TimedOut) => Err(Trouble::TimedOut {
                program,
                seconds: around.limit.as_secs(),
            }),
            Ok(Ended::TooMuch) => Err(Trouble::Unreadable { program }),
            Err(Failure::NotStarted(error) | Failure::Io(_, error)) => Err(Trouble::NotStarted {
                program,
                why: error.to_string(),
            }),
        }
    }
}

/// A shell passes over what it may not start, too.
fn may_be_started(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = path.metadata();
        file.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// Text without escape sequences and control characters but line breaks and tabs.
fn cleaned(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut rest),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The rest of an escape sequence (ECMA-48): `[` … a letter, `]` … BEL or ESC `\`, else one character.
fn skip_sequence(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => {
            rest.find(|c| ('@'..='~').contains(c) || *c == '\n');
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            let ends = |c: &char| matches!(c, '\u{7}' | '\n' | '\u{1b}');
            if rest.find(ends) == Some('\u{1b}') {
                rest.next();
            }
        }
        _ => {}
    }
}

/// The first lines that say something, as one line.
fn in_short(stderr: &str, stdout: &str) -> String {
    const LINES: usize = 3;
    const CHARACTERS: usize = 300;
    let said = if stderr.trim().is_empty() {
        stdout
    } else {
        stderr
    };
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.take(LINES).collect::<Vec<_>>().join(" ");
    match line.is_empty() {
        true => "it said nothing".to_owned(),
        false => line.chars().take(CHARACTERS).collect(),
    }
}
