//! Other people's hooks, run in git's place.

use super::process::exit_code;
use super::{GitError, raw};
use crate::process;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs another hook in git's place, with its arguments and its standard input; its exit code.
///
/// # Errors
/// When it cannot be started.
pub fn run_hook(
    path: &Path,
    arguments: &[OsString],
    environment: &[(String, String)],
    input: &[u8],
) -> Result<i32, GitError> {
    let doing = || raw::io_failed(format!("running {}", path.display()));
    let spawn = |mut command: Command| {
        command.args(arguments).stdin(Stdio::piped());
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.spawn()
    };
    let renamed = by_its_name(path);
    let path = renamed.as_ref().map_or(path, |(_, link)| link.as_path());
    let child = match spawn(process::command(path)) {
        // A script without its first line, or any script on Windows: git hands it to a shell too.
        Err(error) if is_no_program(&error) => {
            let mut shell = process::command("sh");
            shell.arg(path);
            spawn(shell)
        }
        spawned => spawned,
    };
    let mut child = child.map_err(doing())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A hook need not read what it is given.
        let _ = stdin.write_all(input);
    }
    child.wait().map(exit_code).map_err(doing())
}

/// One script may serve many hooks and ask for its own name to know which it is (Overcommit's does):
/// it gets a link without the ending it was put aside with. All others keep their place, since they
/// may look for what stands beside them.
fn by_its_name(path: &Path) -> Option<(tempfile::TempDir, PathBuf)> {
    #[cfg(unix)]
    {
        let text = std::fs::read(path).ok()?;
        let has = |words: &[u8]| text.windows(words.len()).any(|part| part == words);
        if !text.starts_with(b"#!") || !(has(b"basename") || has(b"##*/")) {
            return None;
        }
        let folder = tempfile::tempdir().ok()?;
        let link = folder.path().join(path.file_stem()?);
        std::os::unix::fs::symlink(std::path::absolute(path).ok()?, &link).ok()?;
        Some((folder, link))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

fn is_no_program(error: &std::io::Error) -> bool {
    // ENOEXEC and ERROR_BAD_EXE_FORMAT.
    error.raw_os_error() == Some(if cfg!(windows) { 193 } else { 8 })
}
