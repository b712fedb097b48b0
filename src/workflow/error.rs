//! Why an act was not done: what happened, what was not touched, what to type next.

use super::shell::word;
use crate::config::ConfigError;
use crate::files::FileError;
use crate::git::GitError;
use crate::record::Finding;
use serde::Serialize;

mod code;

pub use code::Code;

/// Whose no it is; each has an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Kind"))]
#[serde(rename_all = "lowercase")]
pub enum ErrorKind {
    /// The gate, a check or a policy says no.
    Refused,
    /// The command was not given what it needs.
    Usage,
    /// git, a file or the configuration failed.
    Failed,
}

/// An act that was not done.
#[derive(Debug)]
pub struct Error {
    /// Its kind.
    pub kind: ErrorKind,
    /// Which trouble it is.
    pub code: Code,
    /// What happened.
    pub source: anyhow::Error,
    /// What was found wrong, when a check said no.
    pub findings: Vec<Finding>,
    /// Lines that explain.
    pub details: Vec<String>,
    /// What was not touched, a sentence.
    pub untouched: Option<String>,
    /// What to type next: each a sentence or a command.
    pub next: Vec<String>,
}

impl Error {
    fn new(kind: ErrorKind, source: anyhow::Error) -> Error {
        Error {
            kind,
            code: Code::of_kind(kind),
            source,
            findings: Vec::new(),
            details: Vec::new(),
            untouched: None,
            next: Vec::new(),
        }
    }

    /// The gate, a check or a policy says no.
    pub fn refused(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Refused, anyhow::Error::msg(message.into()))
    }

    /// The command was not given what it needs.
    pub fn usage(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Usage, anyhow::Error::msg(message.into()))
    }

    /// git, a file or the configuration failed.
    pub fn failed(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Failed, anyhow::Error::msg(message.into()))
    }

    /// What happened and why, in one line. A cause that the words before it name already is not
    /// said again.
    pub fn message(&self) -> String {
        let mut message = String::new();
        for cause in self.source.chain().map(ToString::to_string) {
            if message.is_empty() {
                message = cause;
            } else if !message.contains(&cause) {
                message = format!("{message}: {cause}");
            }
        }
        message
    }

    /// Says which trouble it is, for programs.
    #[must_use]
    pub fn code(mut self, code: Code) -> Error {
        self.code = code;
        self
    }

    /// Adds what was being done.
    #[must_use]
    pub fn context(mut self, doing: impl Into<String>) -> Error {
        self.source = self.source.context(doing.into());
        self
    }

    /// Adds a line that explains.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Error {
        self.details.push(line.into());
        self
    }

    /// Adds what was not touched.
    #[must_use]
    pub fn untouched(mut self, sentence: impl Into<String>) -> Error {
        self.untouched = Some(sentence.into());
        self
    }

    /// Adds what to type next.
    #[must_use]
    pub fn next(mut self, line: impl Into<String>) -> Error {
        self.next.push(line.into());
        self
    }

    /// The same with every command to type next changed.
    #[must_use]
    pub fn commands(mut self, change: impl Fn(&str) -> String) -> Error {
        for line in &mut self.next {
            *line = change(line);
        }
        self
    }

    /// Adds what was found wrong.
    #[must_use]
    pub fn findings(mut self, findings: Vec<Finding>) -> Error {
        self.findings = findings;
        self
    }
}

/// What to do about a lock in the way. We never break one: nobody can tell a git that is slow from
/// one that is dead, but the person can.
pub(super) fn lock_advice(error: &GitError) -> Option<String> {
    let lock = error.lock_file()?;
    Some(format!(
        "{lock} is in the way: another git is at work, or one was killed; then remove that file"
    ))
}

/// What to do about a key that fails: nobody gets it going again in the middle of an incident.
fn signing_advice(error: &GitError) -> Vec<String> {
    match error {
        GitError::Failed { command, .. }
            if command.starts_with("tag --sign") || command.ends_with(" -S") =>
        {
            vec![
                "See what the key lacks: git hotfix doctor".to_owned(),
                "Or without a signature, this once:".to_owned(),
                "git -c commit.gpgsign=false -c tag.gpgsign=false hotfix …".to_owned(),
            ]
        }
        _ => Vec::new(),
    }
}

impl From<GitError> for Error {
    fn from(error: GitError) -> Error {
        let signing = signing_advice(&error);
        let next = match &error {
            GitError::NoRepository(_) => {
                Some("Go to a repository, or name one: git -C <path> hotfix …".to_owned())
            }
            GitError::Unsafe { path } => Some(format!(
                "git config --global --add safe.directory {}",
                word(&path.display().to_string())
            )),
            GitError::NoGit(_) => Some("Install git 2.38 or newer, on PATH.".to_owned()),
            GitError::Raced { .. } => Some("Run it again.".to_owned()),
            other => lock_advice(other),
        };
        let code = match signing.is_empty() {
            true => Code::of_git(&error),
            false => Code::Signing,
        };
        let mut wrapped = Error::new(ErrorKind::Failed, error.into()).code(code);
        wrapped.next.extend(next);
        wrapped.next.extend(signing);
        wrapped
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Error {
        Error::new(ErrorKind::Failed, error.into()).code(Code::File)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Error {
        let remedy = error.remedy.clone();
        let in_file = error.place.starts_with(".hotfix.toml");
        let mut wrapped = Error::new(ErrorKind::Failed, error.into()).code(Code::Setting);
        if in_file {
            let or = if remedy.is_some() {
                ". Or once without it:"
            } else {
                "."
            };
            let line = "Correct the line; the file here counts, committed or not";
            wrapped.next.push(format!("{line}{or}"));
        }
        wrapped.next.extend(remedy);
        wrapped.untouched("Nothing was done.")
    }
}
