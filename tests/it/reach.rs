//! The main flow in every kind of repository and surroundings that git knows: one test each, so that
//! one that fails is named.

use super::support::{Ran, Sandbox, binary};
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the flow is lived through: a work tree, and what the environment must say to be in it.
struct Place {
    sandbox: Sandbox,
    /// Below the sandbox.
    folder: String,
    /// Variables beside the sandbox's own.
    environment: Vec<(&'static str, PathBuf)>,
    /// What the hotfix branches begin with.
    prefix: &'static str,
}

impl Place {
    fn new(sandbox: Sandbox, folder: &str) -> Place {
        Place {
            sandbox,
            folder: folder.to_owned(),
            environment: Vec::new(),
            prefix: "hotfix/",
        }
    }

    fn run(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Ran {
        let mut command = self.sandbox.command(program, &self.folder);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        let output = command.args(arguments).envs(environment).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn git(&self, arguments: &[&str]) -> Ran {
        self.run("git", arguments)
    }

    fn hotfix(&self, arguments: &[&str]) -> Ran {
        self.run(binary(), arguments)
    }

    fn set(&self, key: &str, value: &str) {
        self.git(&["config", key, value]).ok();
    }

    fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    fn there(&self, revision: &str) -> String {
        self.sandbox.rev_in("origin.git", revision)
    }

    #[track_caller]
    fn is_tidy(&self) {
        let status = self.git(&["status", "--porcelain"]).ok().stdout;
        assert_eq!(status, "", "in {}", self.folder);
    }
}

/// A remote of two releases, made with more options of `git init`; nothing when git cannot.
fn origin(init: &[&str]) -> Option<Sandbox> {
    let sandbox = Sandbox::empty();
    for made in [&["--bare", "origin.git"][..], &["seed"][..]] {
        let all = [&["init", "-q"], init, made].concat();
        if sandbox.git_in("", &all).code != 0 {
            return skipped(&format!("git init {}", init.join(" ")));
        }
    }
    let release = |text: &str, message: &str, tag: &str| {
        sandbox.write("seed/src/auth.rs", text);
        sandbox.write("seed/docs/notes.md", message);
        sandbox.git_in("seed", &["add", "-A"]).ok();
        sandbox
            .git_in("seed", &["commit", "-q", "-m", message])
            .ok();
        sandbox.git_in("seed", &["tag", "-am", tag, tag]).ok();
    };
    release("fn login() {}\n", "feat: login", "v2.3.0");
    release("fn login() { panic!() }\n", "feat: faster login", "v2.3.1");
    sandbox
        .git_in(
            "seed",
            &["push", "-q", "--follow-tags", "../origin.git", "main"],
        )
        .ok();
    for key in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        sandbox.git_in("origin.git", &["config", key, "true"]).ok();
    }
    Some(sandbox)
}

fn skipped<T>(what: &str) -> Option<T> {
    let _ = writeln!(std::io::stderr(), "skipped: this git has no {what}");
    None
}

/// A clone at `shop`, made with more options; nothing when git cannot.
fn clone(init: &[&str], options: &[&str]) -> Option<Place> {
    let sandbox = origin(init)?;
    let url = format!("file://{}", sandbox.path("origin.git").display());
    let all = [&["clone", "-q"], options, &[&url, "shop"]].concat();
    match sandbox.git_in("", &all).code {
        0 => Some(Place::new(sandbox, "shop")),
        _ => skipped(&format!("git clone {}", options.join(" "))),
    }
}

/// From the first minute to the end, and a second incident that is given up.
#[track_caller]
fn lives_through(place: &Place) {
    place.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    let branch = format!("{}login-is-down", place.prefix);
    let head = place.git(&["symbolic-ref", "--short", "HEAD"]).ok().stdout;
    assert_eq!(head.trim(), branch);
    place.hotfix(&["note", "429s rising"]).ok();
    place.is_tidy();
    commits(place);
    passes_the_gate(place);
    lands(place, &branch);
    gives_up_a_second_one(place);
    place.git(&["fsck", "--strict", "--no-dangling"]).ok();
}

/// The hook holds a commit to the format.
#[track_caller]
fn commits(place: &Place) {
    place
        .sandbox
        .write(&place.file("src/auth.rs"), "fn login() { ok() }\n");
    place
        .git(&["commit", "-qam", "quick fix"])
        .fails(1)
        .says("expected: fix: [HOTFIX] quick fix");
    place
        .git(&["commit", "-qam", "fix: [HOTFIX] do not panic"])
        .ok();
    place.hotfix(&["status"]).ok().says("1 commit on v2.3.1");
}

#[track_caller]
fn passes_the_gate(place: &Place) {
    place.hotfix(&["gate"]).fails(1).says("Rollback plan ready");
    place
        .git(&["push", "-q", "origin", "HEAD"])
        .fails(1)
        .says("not ready to deploy");
    place.hotfix(&["impact", "1200 users cannot log in"]).ok();
    place.hotfix(&["cause", "login panics"]).ok();
    for item in ["locally", "rollback", "monitoring"] {
        place.hotfix(&["check", item]).ok();
    }
    place
        .hotfix(&["check", "staging", "--skip", "--reason", "no staging"])
        .ok();
    place.hotfix(&["gate"]).ok();
}

#[track_caller]
fn lands(place: &Place, branch: &str) {
    let fix = place.git(&["rev-parse", "HEAD"]).ok().stdout;
    place.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(place.there("main^2"), fix.trim());
    assert_eq!(place.there("v2.3.2^{commit}"), place.there("main"));
    assert_eq!(place.git(&["branch", "--list", branch]).ok().stdout, "");
    let text = place.sandbox.read(&place.file("src/auth.rs"));
    assert_eq!(text, "fn login() { ok() }\n");
    place.is_tidy();
    place.hotfix(&["deployed"]).ok();
    place.hotfix(&["resolve", "it no longer panics"]).ok();
}

#[track_caller]
fn gives_up_a_second_one(place: &Place) {
    place.hotfix(&["start", "Cart is slow"]).ok();
    place.hotfix(&["revert", "main^2"]).ok();
    let text = place.sandbox.read(&place.file("src/auth.rs"));
    assert_eq!(text, "fn login() { panic!() }\n");
    place.is_tidy();
    place.hotfix(&["abandon", "the provider's outage"]).ok();
    place
        .hotfix(&["list"])
        .ok()
        .says("No incident is open here");
    let all = place.hotfix(&["list", "--all"]).ok().stdout;
    assert_eq!(all.lines().count(), 2, "{all}");
}

#[test]
fn sha_1_and_files() {
    let Some(place) = clone(&[], &[]) else { return };
    lives_through(&place);
}

#[test]
fn sha_256() {
    let Some(place) = clone(&["--object-format=sha256"], &[]) else {
        return;
    };
    lives_through(&place);
}

#[test]
fn reftable() {
    let Some(place) = clone(&[], &["--ref-format=reftable"]) else {
        return;
    };
    lives_through(&place);
}

#[test]
fn sha_256_and_reftable() {
    let init = ["--object-format=sha256", "--ref-format=reftable"];
    let Some(place) = clone(&init, &["--ref-format=reftable"]) else {
        return;
    };
    lives_through(&place);
}

#[test]
fn a_linked_work_tree() {
    let Some(place) = clone(&[], &[]) else { return };
    place
        .git(&["worktree", "add", "-q", "--detach", "../linked"])
        .ok();
    let linked = Place {
        folder: "linked".to_owned(),
        ..place
    };
    lives_through(&linked);
}

#[test]
fn a_submodule() {
    let Some(sandbox) = origin(&[]) else { return };
    sandbox.git_in("", &["init", "-q", "super"]).ok();
    let url = sandbox.path("origin.git").display().to_string();
    sandbox
        .git_in(
            "super",
            &["submodule", "--quiet", "add", &url, "parts/shop"],
        )
        .ok();
    lives_through(&Place::new(sandbox, "super/parts/shop"));
}

#[test]
fn a_shallow_clone() {
    let Some(place) = clone(&[], &["--depth=1"]) else {
        return;
    };
    lives_through(&place);
}

#[test]
fn a_blobless_partial_clone() {
    let Some(place) = clone(&[], &["--filter=blob:none"]) else {
        return;
    };
    lives_through(&place);
}

#[test]
fn a_sparse_checkout_with_a_sparse_index() {
    let Some(place) = clone(&[], &["--sparse"]) else {
        return;
    };
    place
        .git(&["sparse-checkout", "set", "--cone", "--sparse-index", "src"])
        .ok();
    assert!(!place.sandbox.path(&place.file("docs")).exists());
    lives_through(&place);
    assert!(!place.sandbox.path(&place.file("docs")).exists());
}

#[test]
fn a_split_index() {
    let Some(place) = clone(&[], &[]) else { return };
    place.set("core.splitIndex", "true");
    place.git(&["update-index", "--split-index"]).ok();
    lives_through(&place);
}

/// A hook of `core.fsmonitor` that says of every file that it may have changed.
#[cfg(unix)]
#[test]
fn a_file_system_monitor_by_a_hook() {
    let Some(place) = clone(&[], &[]) else { return };
    let monitor = "#!/bin/sh\nprintf 'token\\0/\\0'\n";
    let script = place.sandbox.executable("monitor", monitor);
    place.set("core.fsmonitor", &script);
    lives_through(&place);
}

#[test]
fn a_file_system_monitor_of_git() {
    let Some(place) = clone(&[], &[]) else { return };
    let built = place.git(&["version", "--build-options"]).ok().stdout;
    if !built.contains("fsmonitor--daemon") {
        let _: Option<()> = skipped("fsmonitor--daemon");
        return;
    }
    place.set("core.fsmonitor", "true");
    if place.git(&["fsmonitor--daemon", "start"]).code != 0 {
        let _: Option<()> = skipped("fsmonitor--daemon that starts here");
        return;
    }
    lives_through(&place);
    place.git(&["fsmonitor--daemon", "stop"]).ok();
}

#[test]
fn filters_as_of_lfs() {
    let Some(place) = clone(&[], &[]) else { return };
    place
        .sandbox
        .write(&place.file(".git/info/attributes"), "*.rs filter=lock\n");
    // What is in the work tree is not what is stored.
    place.set("filter.lock.clean", "sed s/login/LOCKED/");
    place.set("filter.lock.smudge", "sed s/LOCKED/login/");
    place.set("filter.lock.required", "true");
    place.git(&["add", "--renormalize", "."]).ok();
    place
        .git(&["commit", "-qm", "chore: store it under lock"])
        .ok();
    place.git(&["tag", "-f", "-am", "v2.3.1", "v2.3.1"]).ok();
    place.git(&["push", "-qf", "origin", "main", "v2.3.1"]).ok();
    lives_through(&place);
    let stored = place.git(&["cat-file", "-p", "main:src/auth.rs"]).ok();
    assert_eq!(stored.stdout, "fn LOCKED() { ok() }\n");
}

#[test]
fn a_git_directory_that_the_environment_names() {
    let Some(mut place) = clone(&[], &[]) else {
        return;
    };
    let (from, to) = (
        place.sandbox.path("shop/.git"),
        place.sandbox.path("elsewhere.git"),
    );
    std::fs::rename(from, &to).unwrap();
    place.environment = vec![
        ("GIT_DIR", to),
        ("GIT_WORK_TREE", place.sandbox.path("shop")),
    ];
    lives_through(&place);
    assert!(!place.sandbox.path("shop/.git").exists());
}

#[test]
fn a_separate_git_directory() {
    let Some(place) = clone(&[], &["--separate-git-dir=elsewhere.git"]) else {
        return;
    };
    assert!(place.sandbox.path("shop/.git").is_file());
    lives_through(&place);
}

#[test]
fn a_path_with_spaces_and_letters_of_everywhere() {
    let Some(mut place) = clone(&[], &[]) else {
        return;
    };
    let folder = "Mein Lädchen (neu)/店 'один' $1";
    let to = place.sandbox.path(folder);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::rename(place.sandbox.path("shop"), to).unwrap();
    place.folder = folder.to_owned();
    lives_through(&place);
}

#[test]
fn names_that_differ_in_case_only_are_the_same() {
    let Some(place) = clone(&[], &[]) else { return };
    place.set("core.ignoreCase", "true");
    lives_through(&place);
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else() {
    let Some(place) = clone(&[], &[]) else { return };
    let top = place.sandbox.path("shop");
    if !given_away(&top) {
        let _ = writeln!(std::io::stderr(), "skipped: only root can give files away");
        return;
    }
    let advice = format!(
        "git config --global --add safe.directory {}",
        top.canonicalize().unwrap().display()
    );
    place.git(&["status"]).fails(128).says(&advice);
    place.hotfix(&["status"]).fails(3).says(&advice);
    place
        .hotfix(&["start", "Login is down"])
        .fails(3)
        .says("belongs to another user");
    let words: Vec<&str> = advice.split(' ').skip(1).collect();
    place.sandbox.git_in("", &words).ok();
    lives_through(&place);
}

#[cfg(unix)]
fn given_away(top: &Path) -> bool {
    let somebody = Some(12_345);
    let entries = std::fs::read_dir(top).unwrap().map(|entry| entry.unwrap());
    let inside = entries.map(|entry| entry.path());
    let all = inside.chain([top.to_owned(), top.join(".git/config")]);
    let mut given = all.map(|path| std::os::unix::fs::lchown(path, somebody, somebody));
    given.all(|given| given.is_ok())
}

#[test]
fn settings_of_one_work_tree_only() {
    let Some(place) = clone(&[], &[]) else { return };
    place
        .git(&["worktree", "add", "-q", "--detach", "../linked"])
        .ok();
    place.set("extensions.worktreeConfig", "true");
    let mut linked = Place {
        folder: "linked".to_owned(),
        ..place
    };
    linked
        .git(&["config", "--worktree", "hotfix.prefix", "urgent/"])
        .ok();
    linked.prefix = "urgent/";
    lives_through(&linked);
}
