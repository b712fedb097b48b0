//! This very program once more, in the background: it outlives the command that starts it and is
//! waited for by nobody.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a hook, or `git --git-dir`, puts into the environment and what means this command alone
/// (`git rev-parse --local-env-vars` but the configuration, and the dates that stand in for a clock).
const OF_THIS_COMMAND: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_QUARANTINE_PATH",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_DATE",
];

/// Starts a program with the arguments and leaves it to itself.
///
/// It has no terminal, no pipe of ours and no lock. It inherits the rest of the environment, so that
/// PATH, tokens and addresses hold, with `environment` on top.
///
/// # Errors
/// When it cannot be started.
pub fn start(
    program: &Path,
    arguments: &[&str],
    environment: &[(&str, &Path)],
    folder: &Path,
) -> std::io::Result<()> {
    let mut command = detached(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for name in OF_THIS_COMMAND {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied());
    command.spawn().map(drop)
}

/// `sh` closes what the person's shell, or a test runner, has open beside the three: whoever waits for
/// the end of such a pipe would wait for us. The program then leaves the session by [`leave`].
#[cfg(unix)]
fn detached(program: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg("exec \"$0\" \"$@\" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-")
        .arg(program);
    command
}

#[cfg(windows)]
fn detached(program: &Path) -> Command {
    use std::os::windows::process::CommandExt;
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    let mut command = Command::new(program);
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
    command
}

/// Leaves the person's session for one without a terminal: closing the terminal or Ctrl-C end nothing
/// here, and no program that is started from here can ask a question on it.
pub fn leave() {
    // It fails only for the leader of a process group, who has left already.
    #[cfg(unix)]
    let _ = rustix::process::setsid();
}
