//! git for a demonstration, away from the person's own surroundings.

use super::process::{BOUND_TO_A_WORK_TREE, Git, exit_code};
use super::{GitError, raw};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

/// Where and how a command of a demonstration is run: not in the person's own surroundings.
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// Where `git-hotfix` is found.
    pub path: &'a OsStr,
    /// Variables beside PATH; those that name a repository are taken away.
    pub environment: &'a [(String, String)],
}

impl Stage<'_> {
    /// Runs `git` and returns what it printed and said, in the order it came.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        arguments: &[A],
        environment: &[(String, String)],
    ) -> Result<(i32, String), GitError> {
        let mut git = Git::new(self.folder)
            .without(&BOUND_TO_A_WORK_TREE)
            .args(arguments);
        git.command.env("PATH", self.path);
        let all = self.environment.iter().chain(environment);
        git.command.envs(all.map(|(name, value)| (name, value)));
        let (mut reader, writer) =
            std::io::pipe().map_err(raw::io_failed("making a pipe".to_owned()))?;
        let second = writer
            .try_clone()
            .map_err(raw::io_failed("making a pipe".to_owned()))?;
        git.command
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(second);
        let mut child = git
            .command
            .spawn()
            .map_err(|error| git.not_started(error))?;
        // Our own ends of the pipe must go, or reading it never ends.
        drop(git);
        let mut said = Vec::new();
        let read = std::io::Read::read_to_end(&mut reader, &mut said);
        read.map_err(raw::io_failed("reading what git said".to_owned()))?;
        let status = child
            .wait()
            .map_err(raw::io_failed("waiting for git".to_owned()))?;
        Ok((
            exit_code(status),
            String::from_utf8_lossy(&said).into_owned(),
        ))
    }
}
