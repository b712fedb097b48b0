//! Commits that pass by one at a time: a range may be a whole history, and nobody keeps that.

use super::process::{Git, exit_code};
use super::{GitError, Oid, Repo, raw};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

/// A commit while it passes; the message is what the commit holds, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing<'a> {
    /// Its full id in hex.
    pub id: &'a str,
    /// It is none of the span's, but the excluded parent of one.
    pub boundary: bool,
    /// The full ids of its parents, a space between them.
    pub parents: &'a str,
    /// Its whole message, in whatever encoding it was written.
    pub message: &'a [u8],
}

impl Passing<'_> {
    /// It has two or more parents.
    pub fn is_merge(&self) -> bool {
        self.parents.contains(' ')
    }

    /// The parent that a merge brought in.
    pub fn brought(&self) -> Option<&str> {
        self.parents.split(' ').nth(1)
    }

    /// The message's first line.
    pub fn subject(&self) -> &[u8] {
        self.message
            .split(|&byte| byte == b'\n')
            .next()
            .unwrap_or_default()
    }
}

/// Which commits pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// Those reachable from here,
    pub include: Vec<Oid>,
    /// and not from here,
    pub exclude: Vec<Oid>,
    /// Nobody passes before all its children have; else the newest comes first.
    pub children_first: bool,
    /// Nor those reachable from any ref: on a server, what a push brings (also while it is in quarantine).
    pub unknown_to_refs: bool,
}

impl Span {
    /// Those that `to` has and `from` has not.
    pub fn between(from: &Oid, to: &Oid) -> Span {
        Span {
            include: vec![to.clone()],
            exclude: vec![from.clone()],
            ..Span::default()
        }
    }

    /// As git reads revisions on its standard input: a push may bring thousands, and a command line
    /// holds so many only.
    fn lines(&self) -> String {
        let mut lines: String = self.include.iter().map(|id| format!("{id}\n")).collect();
        lines.extend(self.exclude.iter().map(|id| format!("^{id}\n")));
        lines
    }
}

/// The mark of a boundary, id and parents on one line, on the next the encoding when the commit names
/// one, then the message, and a NUL at its end; git ends a message at its first NUL.
const FORMAT: &str = "--format=%m%H %P%n%e%n%B%x00";

impl Repo {
    /// Shows the commits of a span as git walks them, newest first.
    ///
    /// Memory stays the same however many they are: one `git rev-list` is read as it writes.
    ///
    /// # Errors
    /// When git fails, or whatever `look` returns; git is ended then.
    pub fn each_commit<E: From<GitError>>(
        &self,
        span: &Span,
        mut look: impl FnMut(&Passing<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if span.include.is_empty() {
            return Ok(());
        }
        let mut git = self
            .git()
            .args(["rev-list", "--boundary", "--no-commit-header"])
            .args(["--encoding=UTF-8", FORMAT]);
        if span.unknown_to_refs {
            git = git.args(["--not", "--all"]);
        }
        if span.children_first {
            git = git.arg("--topo-order");
        }
        // A replacement is somebody's view of a commit, not what is pushed; libgit2 knows none. And
        // nobody waits at the other end for each single commit.
        let git = git
            .arg("--stdin")
            .input(span.lines())
            .looking()
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_FLUSH", "0");
        read_all(git, &mut |commit, encoding| match encoding {
            b"" => look(commit),
            // git has turned it into UTF-8: what was written is what is judged.
            _ => {
                let message = self.raw_message(commit.id)?;
                let message = message.as_slice();
                look(&Passing { message, ..*commit })
            }
        })
    }

    fn raw_message(&self, id: &str) -> Result<Vec<u8>, GitError> {
        let commit = self.raw_commit(&raw::parse_id(id)?)?;
        Ok(commit.message_raw_bytes().to_vec())
    }
}

fn read_all<E: From<GitError>>(
    mut git: Git,
    look: &mut impl FnMut(&Passing<'_>, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let name = git.name();
    let input = git.take_input();
    git.command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = git
        .command
        .spawn()
        .map_err(|error| git.not_started(error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // It writes nothing before it has read all. A git that ends before says why by itself.
        let _ = stdin.write_all(&input);
    }
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Beside the commits: a pipe that nobody reads would hold git up.
    let said = std::thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_end(&mut said);
        }
        said
    });
    let looked = match stdout {
        Some(stdout) => look_at_each(BufReader::with_capacity(256 * 1024, stdout), &name, look),
        None => Ok(()),
    };
    // The reading end is closed by now: a git that is not done ends by itself.
    let status = child
        .wait()
        .map_err(raw::io_failed(format!("waiting for git {name}")))?;
    let stderr = said.join().unwrap_or_default();
    looked?;
    match exit_code(status) {
        0 => Ok(()),
        code => Err(E::from(GitError::Failed {
            command: name,
            code,
            stderr: String::from_utf8_lossy(&stderr).trim().to_owned(),
            stdout: String::new(),
        })),
    }
}

fn look_at_each<E: From<GitError>>(
    mut from: impl BufRead,
    name: &str,
    look: &mut impl FnMut(&Passing<'_>, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = from.read_until(0, &mut bytes);
        if read.map_err(raw::io_failed(format!("reading git {name}")))? == 0 {
            return Ok(());
        }
        // git ends the one before with a line break; the last one has nothing behind it.
        let record = bytes.strip_prefix(b"\n").unwrap_or(&bytes);
        if record.is_empty() {
            continue;
        }
        let (commit, encoding) = parse(record).ok_or_else(|| GitError::Libgit2 {
            doing: format!("reading git {name}"),
            message: "it printed no commit".to_owned(),
        })?;
        look(&commit, encoding)?;
    }
}

/// The commit and the encoding it names. Nothing when it is not whole: without the NUL at its end git was cut off.
fn parse(record: &[u8]) -> Option<(Passing<'_>, &[u8])> {
    let record = record.strip_suffix(b"\0")?;
    let mut lines = record.splitn(3, |&byte| byte == b'\n');
    let ids = std::str::from_utf8(lines.next()?).ok()?;
    let (mark, ids) = ids.split_at_checked(1)?;
    let (id, parents) = ids.split_once(' ')?;
    let encoding = lines.next()?;
    let commit = Passing {
        id,
        parents,
        boundary: mark == "-",
        message: lines.next()?,
    };
    Some((commit, encoding))
}

#[cfg(test)]
mod tests {
    use super::{Passing, look_at_each, parse};
    use crate::git::GitError;

    #[test]
    fn a_record_is_read_whole_or_not_at_all() {
        let merge = b">aa bb cc\nlatin1\nfix: x\n\nbody\xff\n\0";
        let (read, encoding) = parse(merge).unwrap();
        assert_eq!(encoding, b"latin1");
        assert_eq!((read.id, read.parents), ("aa", "bb cc"));
        assert!(read.is_merge() && !read.boundary);
        assert_eq!(read.brought(), Some("cc"));
        assert_eq!(read.subject(), b"fix: x");
        assert_eq!(read.message, b"fix: x\n\nbody\xff\n");
        assert_eq!(parse(&merge[..merge.len() - 1]), None);
        assert_eq!(parse(b">aa\0"), None);
    }

    #[test]
    fn every_commit_passes_once_and_an_empty_message_is_one() {
        let stream = b">aa \n\nfirst\n\0\n-bb aa\n\n\0\n";
        let mut seen = Vec::new();
        let mut look = |commit: &Passing<'_>, _: &[u8]| {
            seen.push((
                commit.id.to_owned(),
                commit.boundary,
                commit.message.to_vec(),
            ));
            Ok::<(), GitError>(())
        };
        look_at_each(&stream[..], "rev-list", &mut look).unwrap();
        let expected = [
            ("aa".to_owned(), false, b"first\n".to_vec()),
            ("bb".to_owned(), true, Vec::new()),
        ];
        assert_eq!(seen, expected);
    }
}
