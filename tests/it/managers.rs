//! Beside the real husky, lefthook, commitlint, pre-commit and prek, each set up as its users do it:
//! theirs and ours both run, once each, and our removal leaves their files as they were.
//!
//! `tests/managers/prepare` fetches them into `target/managers`. Ours are counted by strace: every
//! start of `git-hotfix hook` below one `git commit` or `git push`.
#![cfg(target_os = "linux")]

mod husky;
mod lefthook;
mod pre_commit;

use super::support::{Ran, Sandbox, search_path, skip};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The events in which somebody can be refused.
const JUDGED: [&str; 2] = ["commit-msg", "pre-push"];

const BRANCH: &str = "hotfix/login-is-down";

/// Both accept it.
const GOOD: &str = "fix: [HOTFIX] do not panic";
/// Theirs accept it, ours do not.
const NOT_OURS: &str = "fix: do not panic";
/// Ours accept it, theirs do not: commitlint's rule `subject-full-stop`.
const NOT_THEIRS: &str = "fix: [HOTFIX] do not panic.";

/// A shop with a manager, and what its hooks wrote down.
struct Managed {
    shop: Sandbox,
}

/// A command and the hooks that ran below it.
#[derive(Debug)]
struct Watched {
    ran: Ran,
    /// The events that their hooks wrote down.
    theirs: Vec<String>,
    /// The events that `git-hotfix hook` was started for; filling in a message refuses nothing and
    /// is left out.
    ours: Vec<String>,
}

/// What `hooks install --mode snippet` prints for one file.
#[derive(Debug, serde::Deserialize)]
struct Snippet {
    file: String,
    lines: Vec<String>,
    then: Option<String>,
}

/// Files by path: mode and content, or where a link leads.
type Files = BTreeMap<String, (u32, Vec<u8>)>;

impl Managed {
    /// A shop that no manager has seen yet; nothing where the managers were not fetched.
    fn shop() -> Option<Managed> {
        let missing = missing();
        if !missing.is_empty() {
            let words = format!("not there: {} (tests/managers/prepare)", missing.join(", "));
            skip(&words);
            return None;
        }
        let shop = Sandbox::shop();
        shop.write("home/.npmrc", "update-notifier=false\n");
        shop.write("shop/.gitignore", "node_modules\n");
        shop.write("theirs", "");
        Some(Managed { shop })
    }

    /// A line of shell for a hook of theirs, which writes down that it ran.
    fn note(&self, event: &str) -> String {
        format!("echo {event} >>{}", self.shop.path("theirs").display())
    }

    /// What `npm install` leaves: the packages beside package.json.
    fn npm_install(&self) {
        symlink(fetched("node_modules"), self.shop.path("shop/node_modules")).unwrap();
    }

    /// Puts all that is there into production, past every hook.
    fn release(&self) {
        self.shop.git(&["add", "-A"]).ok();
        let commit = ["commit", "-q", "--no-verify", "-m", "chore: hooks"];
        self.shop.git(&commit).ok();
        let push = ["push", "-q", "--no-verify", "origin", "main"];
        self.shop.git(&push).ok();
    }

    /// Runs a line of shell in the shop, as a person would.
    fn type_in(&self, line: &str) -> Ran {
        finished(self.command("sh").args(["-c", line]))
    }

    fn command(&self, program: &str) -> Command {
        let theirs = fetched("venv/bin");
        let path = std::env::split_paths(&search_path()).collect::<Vec<_>>();
        let path = std::env::join_paths(path.into_iter().chain([theirs])).unwrap();
        let mut command = self.shop.command(program, "shop");
        command.env("PATH", path);
        command
    }

    /// Runs git and counts the hooks below it.
    fn watch(&self, arguments: &[&str]) -> Watched {
        let calls = self.shop.path("calls");
        let _ = fs::remove_dir_all(&calls);
        fs::create_dir(&calls).unwrap();
        self.shop.write("theirs", "");
        let mut strace = self.command("strace");
        strace.args(["-ff", "-qq", "--seccomp-bpf", "-s", "4096"]);
        strace.args(["-e", "trace=execve", "-e", "status=successful", "-o"]);
        strace.arg(calls.join("of")).arg("git").args(arguments);
        let ran = finished(&mut strace);
        Watched {
            ran,
            theirs: self
                .shop
                .read("theirs")
                .lines()
                .map(str::to_owned)
                .collect(),
            ours: starts(&calls),
        }
    }

    /// Changes the shop and commits that.
    fn commit(&self, message: &str) -> Watched {
        let text = format!("fn login() {{ ok() }} // {}\n", self.shop.rev("HEAD"));
        self.shop.write("shop/src/auth.rs", text);
        self.watch(&["commit", "-aqm", message])
    }

    /// On a hotfix branch both judge every message and every push, each once, and `hooks status`
    /// says so beforehand.
    #[track_caller]
    fn both_judge(&self) {
        self.shop
            .hotfix(&["start", "Login is down", "-s", "P0"])
            .ok();
        assert_eq!(self.said_to_run(), JUDGED);
        let refused = self.commit(NOT_OURS);
        refused.says(1, "does not have the hotfix format").ours(1);
        let refused = self.commit(NOT_THEIRS);
        refused.says(1, "full stop").theirs(1);
        assert!(refused.ours.len() <= 1, "{refused:?}");
        let good = self.commit(GOOD);
        good.says(0, "").theirs(1).ours(1);
        let push = ["push", "-q", "origin", BRANCH];
        let refused = self.watch(&push);
        refused.says(1, "is not ready to deploy").ours(1);
        assert!(refused.theirs.len() <= 1, "{refused:?}");
        self.shop.pass_the_gate();
        let good = self.watch(&push);
        good.says(0, "").theirs(1).ours(1);
        let there = self.shop.rev_in("origin.git", BRANCH);
        assert_eq!(there, self.shop.rev(BRANCH));
    }

    /// The same in short: one message and one push.
    #[track_caller]
    fn both_run(&self) {
        self.shop
            .hotfix(&["start", "Login is down", "-s", "P0"])
            .ok();
        assert_eq!(self.said_to_run(), JUDGED);
        self.commit(GOOD).says(0, "").theirs(1).ours(1);
        let refused = self.watch(&["push", "-q", "origin", BRANCH]);
        refused.says(1, "is not ready to deploy").ours(1);
    }

    /// Ours are gone: theirs judge alone.
    #[track_caller]
    fn theirs_judge_alone(&self) {
        let refused = self.commit("login works.");
        refused.says(1, "full stop").theirs(1).ours(0);
        self.commit(NOT_OURS).says(0, "").theirs(1).ours(0);
        let push = self.watch(&["push", "-q", "origin", "HEAD"]);
        push.says(0, "").theirs(1).ours(0);
    }

    /// The events that `hooks status` says we are called for, one for each call.
    fn said_to_run(&self) -> Vec<String> {
        let status = self.shop.hotfix(&["hooks", "status", "--json"]).ok().json();
        let hooks = status["hooks"].as_array().unwrap().iter();
        let calls = hooks.flat_map(|hook| {
            let callers = hook["callers"].as_array().unwrap().iter();
            let running = callers.filter(|caller| caller["runs"] == true);
            running.map(|_| hook["event"].as_str().unwrap().to_owned())
        });
        calls
            .filter(|event| JUDGED.contains(&event.as_str()))
            .collect()
    }

    /// The lines that `hooks install --mode snippet` prints.
    fn snippets(&self) -> Vec<Snippet> {
        let asked = ["hooks", "install", "--mode", "snippet", "--json"];
        let printed = self.shop.hotfix(&asked).ok().json();
        serde_json::from_value(printed["snippets"].clone()).unwrap()
    }

    /// Puts printed lines where they are printed for, and types what is to be typed then.
    fn put(&self, snippets: &[Snippet]) {
        for snippet in snippets {
            let below = format!("shop/{}", snippet.file);
            let have = fs::read_to_string(self.shop.path(&below)).unwrap_or_default();
            self.shop.write(&below, snippet.put_into(&have));
        }
        for line in snippets.iter().flat_map(|snippet| &snippet.then) {
            let npx = if line.starts_with("lefthook") {
                "npx --no "
            } else {
                ""
            };
            self.type_in(&format!("{npx}{line}")).ok();
        }
    }

    /// git's hooks folder.
    fn hooks(&self) -> Files {
        let mut files = Files::new();
        add_files(&self.shop.path("shop/.git/hooks"), "hooks", &mut files);
        files
    }

    /// All that belongs to git's hooks or to a manager: git's hooks folder, husky's, the tracked files
    /// and the settings, but those of the hotfix branch.
    fn state(&self) -> Files {
        let mut files = self.hooks();
        add_files(&self.shop.path("shop/.husky"), ".husky", &mut files);
        let tracked = self.shop.git(&["ls-files", "-z"]).ok().stdout;
        for name in tracked.split_terminator('\0') {
            add_files(&self.shop.path("shop").join(name), name, &mut files);
        }
        let all = self.shop.git(&["config", "-l", "--local"]).ok().stdout;
        let lasting = |line: &&str| !line.starts_with("branch.hotfix/");
        let settings: Vec<&str> = all.lines().filter(lasting).collect();
        files.insert("git config".to_owned(), (0, settings.join("\n").into()));
        files
    }
}

/// Byte for byte the same, modes too.
#[track_caller]
fn assert_same(now: &Files, before: &Files) {
    let differs = |name: &&String| now.get(*name) != before.get(*name);
    let mut names: Vec<&String> = now.keys().chain(before.keys()).filter(differs).collect();
    names.dedup();
    assert!(names.is_empty(), "not as they were: {names:?}");
}

impl Snippet {
    /// As a person would: a shell hook's lines at the top, a mapping's below the keys that stand there
    /// already, a list's item at the end.
    fn put_into(&self, text: &str) -> String {
        let mut all: Vec<&str> = text.lines().collect();
        let lines = self.lines.iter().map(String::as_str);
        if self.file.starts_with(".pre-commit") {
            all.extend(lines);
            return all.join("\n") + "\n";
        }
        if !self.file.starts_with("lefthook.") {
            all.splice(0..0, lines);
            return all.join("\n") + "\n";
        }
        let depth = |line: &str| line.len() - line.trim_start().len();
        let mut at = 0;
        for line in &self.lines {
            let inside = |have: &&&str| depth(line) == 0 || depth(have) >= depth(line);
            if depth(line) == 0 {
                at = 0;
            }
            let block = all[at..].iter().take_while(inside).count();
            let same = all[at..at + block].iter().position(|have| have == line);
            at = match same {
                Some(index) => at + index,
                None if depth(line) == 0 => all.len(),
                None => at,
            };
            if same.is_none() {
                all.insert(at, line);
            }
            at += 1;
        }
        all.join("\n") + "\n"
    }
}

impl Watched {
    /// It ended with this code and these words.
    #[track_caller]
    fn says(&self, code: i32, words: &str) -> &Watched {
        self.ran.clone().fails(code).says(words);
        self
    }

    #[track_caller]
    fn ours(&self, times: usize) -> &Watched {
        assert_eq!(self.ours.len(), times, "ours: {self:?}");
        self
    }

    #[track_caller]
    fn theirs(&self, times: usize) -> &Watched {
        assert_eq!(self.theirs.len(), times, "theirs: {self:?}");
        self
    }
}

/// What is not on this machine.
fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    for tool in [
        "node_modules/.bin/husky",
        "node_modules/.bin/lefthook",
        "node_modules/.bin/commitlint",
        "venv/bin/pre-commit",
        "venv/bin/prek",
    ] {
        if !fetched(tool).exists() {
            missing.push(tool);
        }
    }
    let strace = Command::new("strace").arg("-V").output();
    if !strace.is_ok_and(|ran| ran.status.success()) {
        missing.push("strace");
    }
    missing
}

/// Where `tests/managers/prepare` puts something.
fn fetched(below: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("target/managers").join(below)
}

fn finished(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The events that `git-hotfix hook` was started for, from strace's files, one a process.
fn starts(calls: &Path) -> Vec<String> {
    let mut events = Vec::new();
    for entry in fs::read_dir(calls).unwrap() {
        let text = fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        for line in text.lines().filter(|line| line.contains("git-hotfix\", [")) {
            let words: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            if words.get(2) == Some(&"hook")
                && let Some(event) = JUDGED.iter().find(|event| words.contains(event))
            {
                events.push((*event).to_owned());
            }
        }
    }
    events
}

fn add_files(path: &Path, name: &str, files: &mut Files) {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return;
    };
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let below = format!("{name}/{}", entry.file_name().to_string_lossy());
            add_files(&entry.path(), &below, files);
        }
        return;
    }
    let bytes = if meta.is_symlink() {
        fs::read_link(path)
            .unwrap()
            .into_os_string()
            .into_encoded_bytes()
    } else {
        fs::read(path).unwrap()
    };
    files.insert(name.to_owned(), (meta.permissions().mode(), bytes));
}
