//! A sandbox: the real binary and the real git in an emptied environment, with a fixed clock.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;
use tempfile::TempDir;

pub mod schemas;

/// 2026-11-22 14:05:31 UTC; every command is one second later than the one before.
pub const FIRST_SECOND: u64 = 1_795_356_331;

/// All records, as they are pushed and fetched.
pub const RECORDS: &str = "refs/hotfix/incidents/*:refs/hotfix/incidents/*";

/// A folder for one test with everything it needs.
pub struct Sandbox {
    folder: TempDir,
    clock: Cell<u64>,
}

/// What a command gave back.
#[derive(Debug, Clone)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Exit code and both streams as one text, for snapshots.
    pub fn screen(&self) -> String {
        let mut text = self.stdout.clone();
        for line in self.stderr.lines() {
            text.push_str("! ");
            text.push_str(line);
            text.push('\n');
        }
        if self.code != 0 {
            text.push_str(&format!("[exit {}]\n", self.code));
        }
        text
    }

    /// The command did what it should.
    #[track_caller]
    pub fn ok(self) -> Ran {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// The command ended with this code.
    #[track_caller]
    pub fn fails(self, code: i32) -> Ran {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// The words stand on either stream.
    #[track_caller]
    pub fn says(self, words: &str) -> Ran {
        let said = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(
            said,
            "no '{words}' in\nstdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Standard output as one of our JSON objects, which its schema allows.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        let object = self.foreign_json();
        schemas::hold(&object, self.code);
        object
    }

    /// Standard output as JSON of another schema than ours.
    #[track_caller]
    pub fn foreign_json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("{e}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }
}

impl Sandbox {
    /// An empty folder with a home of its own.
    pub fn empty() -> Sandbox {
        static SAID: Once = Once::new();
        SAID.call_once(say_which_git);
        let folder = TempDir::new().unwrap();
        let sandbox = Sandbox {
            folder,
            clock: Cell::new(FIRST_SECOND),
        };
        fs::create_dir(sandbox.path("home")).unwrap();
        sandbox.write(
            "home/.gitconfig",
            "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n\
             [advice]\n\tdetachedHead = false\n[protocol \"file\"]\n\tallow = always\n",
        );
        sandbox
    }

    /// `shop`, a clone of the bare `origin.git`, with the releases v2.3.0 and v2.3.1.
    pub fn shop() -> Sandbox {
        let sandbox = Sandbox::empty();
        sandbox
            .git_in("", &["init", "-q", "--bare", "origin.git"])
            .ok();
        sandbox
            .git_in("", &["clone", "-q", "origin.git", "shop"])
            .ok();
        sandbox.commit("src/auth.rs", "fn login() {}\n", "feat: login");
        sandbox.git(&["tag", "-am", "v2.3.0", "v2.3.0"]).ok();
        sandbox.commit(
            "src/auth.rs",
            "fn login() { panic!() }\n",
            "feat: faster login",
        );
        sandbox.git(&["tag", "-am", "v2.3.1", "v2.3.1"]).ok();
        sandbox
            .git(&["push", "-q", "--follow-tags", "origin", "main"])
            .ok();
        sandbox.git(&["remote", "set-head", "origin", "main"]).ok();
        sandbox
    }

    /// A shop with an incident under way; its branch is `hotfix/login-is-down`.
    pub fn incident() -> Sandbox {
        let sandbox = Sandbox::shop();
        sandbox.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
        sandbox
    }

    /// The incident with one commit and a complete gate.
    pub fn ready() -> Sandbox {
        let sandbox = Sandbox::incident();
        sandbox.write("shop/src/auth.rs", "fn login() { ok() }\n");
        sandbox.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
        sandbox.pass_the_gate();
        sandbox
    }

    /// Fills in whatever the gate asks for.
    pub fn pass_the_gate(&self) {
        self.hotfix(&["impact", "1200 users cannot log in"]).ok();
        self.hotfix(&["mitigate", "rollback", "back to v2.3.0"])
            .ok();
        self.hotfix(&["cause", "login panics on old tokens"]).ok();
        self.hotfix(&["check", "locally", "--evidence", "cargo test"])
            .ok();
        self.hotfix(&["check", "staging", "--skip", "--reason", "no staging"])
            .ok();
        self.hotfix(&["check", "rollback"]).ok();
        self.hotfix(&["check", "monitoring"]).ok();
    }

    /// A path below the sandbox's folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file below the sandbox's folder.
    pub fn write(&self, below: &str, text: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a program below the sandbox's folder; its path.
    ///
    /// A child writes it: a file that this process has open for writing may be open in whatever another
    /// test's thread starts at that moment, and the system refuses to run such a file ("text file busy").
    pub fn executable(&self, below: &str, text: &str) -> String {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let lines = "rm -f \"$0\" && cat >\"$0\" && chmod 755 \"$0\"";
        let mut writer = Command::new("sh");
        self.run(writer.args(["-c", lines]).arg(&path), text.as_bytes())
            .ok();
        path.to_str().unwrap().to_owned()
    }

    /// Reads a file below the sandbox's folder.
    #[track_caller]
    pub fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap_or_else(|e| panic!("{below}: {e}"))
    }

    /// Commits a file in the shop.
    pub fn commit(&self, file: &str, text: &str, message: &str) {
        self.write(&format!("shop/{file}"), text);
        self.git(&["add", "--", file]).ok();
        self.git(&["commit", "-q", "--no-verify", "-m", message])
            .ok();
    }

    /// The record of the incident in the shop's work tree.
    pub fn record(&self) -> String {
        let folder = self.path("shop/.claude/postmortems");
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        fs::read_to_string(files.pop().unwrap()).unwrap()
    }

    /// Runs git in the shop.
    pub fn git(&self, arguments: &[&str]) -> Ran {
        self.git_in("shop", arguments)
    }

    /// Runs git in a folder of the sandbox.
    pub fn git_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        self.run(self.command("git", folder).args(arguments), b"")
    }

    /// Runs git in the shop with more environment.
    pub fn git_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
        self.run(
            self.command("git", "shop")
                .args(arguments)
                .envs(environment.iter().copied()),
            b"",
        )
    }

    /// Runs git in the shop with something on standard input.
    pub fn git_fed(&self, arguments: &[&str], input: &[u8]) -> Ran {
        self.run(self.command("git", "shop").args(arguments), input)
    }

    /// Runs git-hotfix in the shop.
    pub fn hotfix(&self, arguments: &[&str]) -> Ran {
        self.hotfix_in("shop", arguments)
    }

    /// Runs git-hotfix in a folder of the sandbox.
    pub fn hotfix_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        self.run(self.command(binary(), folder).args(arguments), b"")
    }

    /// Runs git-hotfix in the shop with more environment.
    pub fn hotfix_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.command(binary(), "shop");
        self.run(
            command.args(arguments).envs(environment.iter().copied()),
            b"",
        )
    }

    /// Runs git-hotfix in the shop with something on standard input.
    pub fn hotfix_fed(&self, arguments: &[&str], input: &[u8]) -> Ran {
        self.run(self.command(binary(), "shop").args(arguments), input)
    }

    /// Moves a branch by a command while its work tree is away, and types there what the command said
    /// once it is back: then nothing differs.
    pub fn brings_along_one_that_was_away(&self, branch: &str, arguments: &[&str]) {
        self.git(&["worktree", "add", "-q", "../usb", branch]).ok();
        self.git(&["worktree", "lock", "../usb"]).ok();
        fs::rename(self.path("usb"), self.path("drawer")).unwrap();
        let ran = self.hotfix(arguments).ok();
        let (_, command) = ran.stderr.split_once("type in it: ").unwrap();
        let command = command.lines().next().unwrap();
        fs::rename(self.path("drawer"), self.path("usb")).unwrap();
        let changed = || self.git_in("usb", &["status", "--porcelain"]).stdout;
        assert_ne!(changed(), "");
        self.shell_in("usb", &[], command).ok();
        assert_eq!(changed(), "");
    }

    /// Runs shell lines in a folder of the sandbox with more environment, until one fails.
    pub fn shell_in(&self, folder: &str, environment: &[(&str, &str)], lines: &str) -> Ran {
        let mut command = self.command("sh", folder);
        self.run(
            command
                .args(["-e", "-c", lines])
                .envs(environment.iter().copied()),
            b"",
        )
    }

    /// A command in the sandbox's environment, not started yet.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &str) -> Command {
        let second = self.clock.get();
        self.clock.set(second + 1);
        let now = format!("@{second} +0000");
        let mut command = Command::new(program);
        command
            .current_dir(self.path(folder))
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", search_path())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", &now)
            .env("GIT_COMMITTER_DATE", &now)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, command: &mut Command, input: &[u8]) -> Ran {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that does not read its input closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Pushes the shop's records.
    pub fn push_records(&self) {
        self.git(&["push", "-q", "origin", RECORDS]).ok();
    }

    /// Fetches the records into a clone.
    pub fn fetch_records(&self, folder: &str) {
        self.git_in(folder, &["fetch", "-q", "origin", RECORDS])
            .ok();
    }

    /// Clones what the remote has into a folder of the sandbox.
    pub fn clone_into(&self, folder: &str) {
        self.git_in("", &["clone", "-q", "origin.git", folder]).ok();
    }

    /// What a revision is, in the shop.
    #[track_caller]
    pub fn rev(&self, revision: &str) -> String {
        self.rev_in("shop", revision)
    }

    /// What a revision is, in a folder of the sandbox.
    #[track_caller]
    pub fn rev_in(&self, folder: &str, revision: &str) -> String {
        self.git_in(folder, &["rev-parse", "--verify", revision])
            .ok()
            .stdout
            .trim()
            .to_owned()
    }

    /// Whether a revision is there, in the shop.
    pub fn has(&self, revision: &str) -> bool {
        self.git(&["rev-parse", "-q", "--verify", revision]).code == 0
    }

    /// Every ref with its value, to see that nothing moved.
    pub fn refs(&self, folder: &str) -> String {
        self.git_in(folder, &["for-each-ref"]).ok().stdout
    }
}

/// The lines that `hooks install` prints for a file.
pub fn printed_for(file: &str, said: &str) -> String {
    let mut lines = said.lines();
    let found = lines.find_map(|line| line.trim().strip_prefix(file));
    match found.unwrap_or_default().strip_prefix(":  ") {
        Some(line) => format!("{line}\n"),
        None => lines
            .map_while(|line| line.strip_prefix("    "))
            .map(|line| format!("{line}\n"))
            .collect(),
    }
}

/// The binary under test.
pub fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_git-hotfix"))
}

/// Says on which git the suite runs. Not by `eprintln!`, which the test harness keeps to itself.
fn say_which_git() {
    let version = Command::new("git").arg("--version").output().unwrap();
    let which = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("git"))
        .find(|git| git.is_file());
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let _ = writeln!(
        std::io::stderr(),
        "{version} ({})",
        which.unwrap_or_default().display()
    );
}

/// Whether a program that a test needs is on PATH; where it is not, the test says that it was skipped.
pub fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !there {
        skip(&format!("{program} is not there"));
    }
    there
}

/// Says that a test was skipped; where TOOLS_REQUIRED is set, as CI does, it fails.
#[track_caller]
pub fn skip(words: &str) {
    let required = std::env::var_os("TOOLS_REQUIRED").is_some();
    assert!(!required, "{words}, and TOOLS_REQUIRED is set");
    let _ = writeln!(std::io::stderr(), "skipped: {words}");
}

/// PATH with the binary under test in front, so that `git hotfix` finds it.
pub fn search_path() -> std::ffi::OsString {
    let own = binary().parent().unwrap().to_owned();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&rest))).unwrap()
}

/// Copies a program by another process: one that this process has open for writing cannot be run
/// while some other test's child has inherited that.
pub fn copy_program(from: &Path, to: &Path) {
    let copied = match cfg!(unix) {
        true => Command::new("cp")
            .args([from, to])
            .status()
            .unwrap()
            .success(),
        false => fs::copy(from, to).is_ok(),
    };
    assert!(copied, "{}", to.display());
}
