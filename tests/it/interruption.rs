//! `kill -9` at any moment: what is left is sound, and the same command again completes it.
//!
//! strace ends the process at its n-th call that writes, renames, links or removes, for every n (a
//! sample of them here, all with `EVERY_MOMENT=1`). Where it is missing the tests say so and pass.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stderr, reason = "a failure has to say at which moment")]

use super::aftermath::complete;
use super::support::{FIRST_SECOND, Ran, Sandbox, binary, search_path};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The calls by which a process leaves something behind, or starts another one.
const CALLS: &str = "?write,?link,?linkat,?rename,?renameat,?renameat2,?unlink,?unlinkat,\
                     ?mkdir,?mkdirat,?fsync,?ftruncate,?clone,?clone3,?vfork";

/// A moment: the call by name, and how many of that name there were, itself among them.
type Moment = (String, usize);

/// How many moments of a command are tried.
const SAMPLES: usize = 9;

/// A git in front of the real one that dies at the n-th call of one sub-command, and takes the
/// program that started it along, as a power cut would.
const MORTAL_GIT: &str = "#!/bin/sh
case \" $* \" in
*\" $STOP_IN \"*)
    strace -qq -o \"$STOP_LOG\" -e trace=$STOP_CALLS \
        -e inject=$STOP_AT:signal=SIGKILL:when=$STOP_WHEN \
        \"$REAL_GIT\" \"$@\"
    code=$?
    test $code -ge 128 && kill -9 $PPID
    exit $code;;
esac
exec \"$REAL_GIT\" \"$@\"
";

/// Who is killed.
#[derive(Clone, Copy)]
enum Victim {
    /// Our own process.
    Us,
    /// The git that runs this sub-command, and then we.
    Git(&'static str),
}

/// A command that is stopped in the middle, and what must be true then.
struct Drill {
    shop: Sandbox,
    arguments: &'static [&'static str],
    victim: Victim,
    /// After this there is nothing left to do again, although it was killed.
    is_through: fn(&Sandbox) -> bool,
    /// Every call of a run that nobody stops.
    moments: Vec<Moment>,
    /// Every ref here and there before, and after the command ran through.
    before: Refs,
    after: Refs,
}

type Refs = BTreeMap<String, String>;

impl Drill {
    /// Nothing when there is no strace.
    fn new(shop: Sandbox, arguments: &'static [&'static str], victim: Victim) -> Option<Drill> {
        let version = Command::new("strace").arg("-V").output();
        if !version.is_ok_and(|version| version.status.success()) {
            eprintln!("skipped: strace is not installed");
            return None;
        }
        for folder in ["shop", "origin.git"] {
            copy(&shop, folder, &format!("as-it-was/{folder}"));
        }
        shop.executable("mortal/git", MORTAL_GIT);
        let mut drill = Drill {
            before: refs(&shop),
            after: Refs::new(),
            shop,
            arguments,
            victim,
            is_through: |_| false,
            moments: Vec::new(),
        };
        let never = ("write".to_owned(), 60_000);
        assert!(!drill.killed_at(&never));
        drill.after = refs(&drill.shop);
        drill.moments = moments(&drill.shop.read("calls"));
        Some(drill)
    }

    /// Kills the command at one moment after the other; `check` looks at what was left, then the
    /// same command again must complete it.
    fn at_any_moment(&self, check: impl Fn(&Sandbox)) {
        let all = &self.moments;
        assert!(all.len() >= 3, "nothing is tried here: {all:?}");
        let every = std::env::var_os("EVERY_MOMENT").is_some();
        let step = if every {
            1
        } else {
            all.len().div_ceil(SAMPLES)
        };
        for moment in all.iter().step_by(step) {
            eprintln!("killed at {moment:?}");
            self.restore();
            assert!(
                self.killed_at(moment),
                "{moment:?} was not reached: {all:?}"
            );
            self.is_sound(moment);
            if !(self.is_through)(&self.shop) {
                self.complete(moment);
            }
            check(&self.shop);
            assert_eq!(
                branches_of(&refs(&self.shop)),
                branches_of(&self.after),
                "{moment:?}"
            );
        }
    }

    fn killed_at(&self, (call, count): &Moment) -> bool {
        let inject = format!("inject={call}:signal=SIGKILL:when={count}");
        let mut command = match self.victim {
            Victim::Us => {
                let mut strace = self.at_noon("strace");
                strace.arg("-qq").arg("-o").arg(self.shop.path("calls"));
                strace.args(["-e", &format!("trace={CALLS}"), "-e", &inject]);
                strace.arg(binary());
                strace
            }
            Victim::Git(subcommand) => {
                let mut command = self.at_noon(binary());
                let path = std::env::join_paths(
                    std::iter::once(self.shop.path("mortal"))
                        .chain(std::env::split_paths(&search_path())),
                );
                command
                    .env("PATH", path.unwrap())
                    .env("REAL_GIT", real_git())
                    .env("STOP_IN", subcommand)
                    .env("STOP_CALLS", CALLS)
                    .env("STOP_LOG", self.shop.path("calls"))
                    .env("STOP_AT", call)
                    .env("STOP_WHEN", count.to_string());
                command
            }
        };
        command.args(self.arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().unwrap();
        self.wait_for_orphans();
        status.code().is_none()
    }

    /// A git that we started lives on when we die.
    fn wait_for_orphans(&self) {
        let folder = self.shop.path("").canonicalize().unwrap();
        let stands_there = |process: &PathBuf| {
            std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder))
        };
        let busy = || {
            let processes = std::fs::read_dir("/proc").unwrap();
            let mut processes = processes.filter_map(|entry| Some(entry.ok()?.path()));
            processes.any(|process| stands_there(&process))
        };
        while busy() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// The same second at every run, so that the same work gives the same ids.
    fn at_noon(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.shop.command(program, "shop");
        let noon = format!("@{} +0000", FIRST_SECOND + 3_600);
        command
            .env("GIT_AUTHOR_DATE", &noon)
            .env("GIT_COMMITTER_DATE", &noon);
        command
    }

    fn again(&self) -> Ran {
        let output = self
            .at_noon(binary())
            .args(self.arguments)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Each ref is as it was or as it should become, and every object is whole.
    #[track_caller]
    fn is_sound(&self, moment: &Moment) {
        for folder in ["shop", "origin.git"] {
            self.shop
                .git_in(folder, &["fsck", "--strict", "--no-dangling"])
                .ok();
        }
        for (name, value) in refs(&self.shop) {
            let known = [self.before.get(&name), self.after.get(&name)];
            // The branch takes the record in before it goes; production holds both.
            let landed = name.contains("/refs/heads/hotfix/") && self.is_landed(&value);
            let known = known.contains(&Some(&value)) || landed || name.contains("/refs/remotes/");
            assert!(known, "{moment:?}: {name} is {value}");
        }
    }

    fn is_landed(&self, commit: &str) -> bool {
        let contains = ["merge-base", "--is-ancestor", commit, "main"];
        self.shop.git(&contains).code == 0
    }

    /// Runs the command until it is through. The dead left locks: each must be named, and is taken
    /// away as the message says.
    #[track_caller]
    fn complete(&self, moment: &Moment) {
        for _ in 0..8 {
            let ran = self.again();
            if ran.code == 0 {
                self.names_what_it_went_round(&ran);
            }
            let is_through = ran.code == 0 && !ran.stderr.contains("run finish again");
            match named_lock(&ran.stderr) {
                _ if is_through => return,
                Some(lock) => std::fs::remove_file(lock).unwrap(),
                None => panic!("{moment:?}: {}", ran.screen()),
            }
        }
        panic!("{moment:?}: lock after lock");
    }

    /// Where a dead git's lock stands in the way of this work tree, another one will do, but the
    /// person is told.
    #[track_caller]
    fn names_what_it_went_round(&self, ran: &Ran) {
        for lock in ["index.lock", "HEAD.lock"] {
            let lock = self.shop.path("shop/.git").join(lock);
            let named = ran.stderr.contains(lock.to_str().unwrap());
            assert!(named || !lock.exists(), "{}", ran.screen());
        }
    }

    fn restore(&self) {
        for folder in ["shop", "origin.git"] {
            std::fs::remove_dir_all(self.shop.path(folder)).unwrap();
            copy(&self.shop, &format!("as-it-was/{folder}"), folder);
        }
    }
}

/// The calls of a log of strace.
fn moments(calls: &str) -> Vec<Moment> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let names = calls
        .lines()
        .filter_map(|line| Some(line.split_once('(')?.0));
    let of_calls = names.filter(|name| !name.contains(' '));
    of_calls
        .map(|name| {
            let count = counts.entry(name).or_default();
            *count += 1;
            (name.to_owned(), *count)
        })
        .collect()
}

/// The lock file that a message tells to remove.
fn named_lock(said: &str) -> Option<PathBuf> {
    let quotes = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ',' | ';' | ':');
    let mut words = said.split(quotes);
    let lock = words.find(|word| word.ends_with(".lock") && Path::new(word).is_file())?;
    assert!(said.contains("remove that file"), "{said}");
    Some(PathBuf::from(lock))
}

fn copy(shop: &Sandbox, from: &str, to: &str) {
    let to = shop.path(to);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    let copied = Command::new("cp")
        .arg("-a")
        .arg(shop.path(from))
        .arg(to)
        .status();
    assert!(copied.unwrap().success());
}

fn real_git() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut folders = std::env::split_paths(&path);
    folders
        .find_map(|folder| Some(folder.join("git")).filter(|git| git.is_file()))
        .unwrap()
}

/// Every ref with its value, `shop/refs/heads/main`.
fn refs(shop: &Sandbox) -> Refs {
    let mut all = Refs::new();
    for folder in ["shop", "origin.git"] {
        for line in shop.refs(folder).lines() {
            let (id, rest) = line.split_once(' ').unwrap();
            let (_, name) = rest.split_once('\t').unwrap();
            all.insert(format!("{folder}/{name}"), id.to_owned());
        }
    }
    all
}

/// Branches and tags: a record may have got one line more than without the interruption.
fn branches_of(refs: &Refs) -> Refs {
    let is_one = |name: &str| name.contains("/refs/heads/") || name.contains("/refs/tags/");
    let of = refs.iter().filter(|(name, _)| is_one(name));
    of.map(|(name, id)| (name.clone(), id.clone())).collect()
}

const START: &[&str] = &["start", "Login is down", "-s", "P0"];
const NOTE: &[&str] = &["note", "429s rising on /token"];
const FINISH: &[&str] = &["finish", "-i", "login", "--tag", "--push"];

fn shop_with_develop() -> Sandbox {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "-c", "develop", "v2.3.1"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&[
        "push",
        "-q",
        "-u",
        "origin",
        "develop",
        "hotfix/login-is-down:hotfix/login-is-down",
    ])
    .ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.git(&["config", "hotfix.backMerge", "develop"]).ok();
    shop
}

/// Production has moved on: it has files that the hotfix branch has not, has not any more, or otherwise.
fn shop_that_moved_on() -> Sandbox {
    let shop = shop_with_develop();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/old/pay.rs", "fn pay() { 1 }\n", "feat: pay");
    shop.commit("src/shelf.rs", "fn shelf() { 1 }\n", "feat: shelf");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.git(&["merge", "-q", "main"]).ok();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["rm", "-rq", "src/old"]).ok();
    shop.write("shop/src/pay.rs", "fn pay() {}\n");
    shop.write("shop/docs/api/pay.md", "# Pay\n");
    shop.git(&["add", "-A"]).ok();
    shop.commit("src/shelf.rs", "fn shelf() { 2 }\n", "feat: pay");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop
}

/// One incident, on its branch, with its file, hidden from `git status`.
#[track_caller]
fn is_started(shop: &Sandbox) {
    is_started_in(shop, "shop");
}

/// The same, here or in a work tree of its own.
#[track_caller]
fn is_started_somewhere(shop: &Sandbox) {
    let linked = "shop-hotfix-login-is-down";
    let there = shop.path(linked).exists();
    is_started_in(shop, if there { linked } else { "shop" });
    if there {
        std::fs::remove_dir_all(shop.path(linked)).unwrap();
    }
}

#[track_caller]
fn is_started_in(shop: &Sandbox, folder: &str) {
    let list = shop.hotfix(&["list", "--all", "--json"]).ok().json();
    assert_eq!(list["incidents"].as_array().unwrap().len(), 1, "{list}");
    let branch = shop.git_in(folder, &["branch", "--show-current"]).stdout;
    assert_eq!(branch, "hotfix/login-is-down\n");
    let file = format!("{folder}/.claude/postmortems/2026-11-22-login-is-down.md");
    assert!(shop.read(&file).contains("Incident detected"));
    assert_eq!(shop.git_in(folder, &["status", "--porcelain"]).stdout, "");
    let key = "branch.hotfix/login-is-down.hotfixincident";
    let id = shop.git(&["config", key]).stdout;
    assert_eq!(id, "2026-11-22-login-is-down\n");
}

/// The note is there, and everything that was there before.
#[track_caller]
fn is_noted(shop: &Sandbox) {
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert_eq!(record, shop.record(), "the file is the record");
    assert!(record.contains("429s rising on /token"), "{record}");
    assert!(record.contains("an earlier note"), "{record}");
    assert!(record.contains("Incident detected"), "{record}");
}

/// Landed here and there, and nothing left over.
#[track_caller]
fn is_landed(shop: &Sandbox) {
    let (here, there) = (shop.refs("shop"), shop.refs("origin.git"));
    let heads = |refs: &str| -> Vec<String> {
        let lines = refs.lines().map(str::to_owned);
        lines
            .filter(|line| line.contains("refs/heads") || line.contains("refs/tags"))
            .collect()
    };
    assert_eq!(heads(&here), heads(&there));
    assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "");
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { ok() }\n");
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert!(record.contains("Fix landed"), "{record}");
}

#[test]
fn start_killed_at_any_moment_is_one_incident_when_run_again() {
    if let Some(mut drill) = Drill::new(Sandbox::shop(), START, Victim::Us) {
        // Only its words were missing: to start the same again means another incident.
        drill.is_through = |shop| {
            let under_way = shop.path("shop/.git/hotfix/starting/2026-11-22-login-is-down");
            shop.has("refs/hotfix/incidents/2026-11-22-login-is-down") && !under_way.exists()
        };
        drill.at_any_moment(is_started);
    }
}

#[test]
fn start_killed_while_git_switches_is_one_incident_when_run_again() {
    if let Some(drill) = Drill::new(Sandbox::shop(), START, Victim::Git("switch")) {
        drill.at_any_moment(is_started_somewhere);
    }
}

#[test]
fn a_note_killed_at_any_moment_loses_nothing() {
    let shop = Sandbox::incident();
    shop.hotfix(&["note", "an earlier note"]).ok();
    if let Some(drill) = Drill::new(shop, NOTE, Victim::Us) {
        drill.at_any_moment(is_noted);
    }
}

#[test]
fn finish_killed_at_any_moment_is_a_whole_landing_when_run_again() {
    if let Some(drill) = Drill::new(shop_with_develop(), FINISH, Victim::Us) {
        drill.at_any_moment(is_landed);
    }
}

#[test]
fn finish_with_a_complete_record_killed_at_any_moment_leaves_it_in_the_branch() {
    let shop = shop_with_develop();
    complete(&shop);
    shop.hotfix(&["note", "all written down"]).ok();
    if let Some(drill) = Drill::new(shop, FINISH, Victim::Us) {
        drill.at_any_moment(|shop| {
            is_landed(shop);
            let file = "main:.claude/postmortems/2026-11-22-login-is-down.md";
            shop.git(&["show", file]).ok().says("all written down");
        });
    }
}

#[test]
fn finish_killed_while_git_moves_the_refs_is_a_whole_landing_when_run_again() {
    if let Some(drill) = Drill::new(shop_with_develop(), FINISH, Victim::Git("update-ref")) {
        drill.at_any_moment(is_landed);
    }
}

#[test]
fn finish_killed_while_head_alone_moves_is_a_whole_landing_when_run_again() {
    if let Some(drill) = Drill::new(shop_with_develop(), FINISH, Victim::Git("symbolic-ref")) {
        drill.at_any_moment(is_landed);
    }
}

#[test]
fn finish_killed_while_the_files_follow_is_a_whole_landing_when_run_again() {
    for victim in [Victim::Git("restore"), Victim::Git("symbolic-ref")] {
        if let Some(drill) = Drill::new(shop_that_moved_on(), FINISH, victim) {
            drill.at_any_moment(is_landed);
        }
    }
}

#[test]
fn finish_killed_while_git_switches_is_a_whole_landing_when_run_again() {
    let shop = shop_that_moved_on();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit(".gitattributes", "*.png binary\n", "chore: attributes");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    if let Some(drill) = Drill::new(shop, FINISH, Victim::Git("switch")) {
        drill.at_any_moment(is_landed);
    }
}

#[test]
fn a_work_tree_of_production_that_was_left_behind_half_way_is_brought_along() {
    let shop = shop_that_moved_on();
    shop.git(&["worktree", "add", "-q", "prod", "main"]).ok();
    shop.write("shop/.git/info/exclude", "/prod/\n");
    if let Some(drill) = Drill::new(shop, FINISH, Victim::Git("restore")) {
        drill.at_any_moment(|shop| {
            for tree in ["shop", "shop/prod"] {
                assert_eq!(shop.git_in(tree, &["status", "--porcelain"]).stdout, "");
                assert_eq!(
                    shop.git_in(tree, &["rev-parse", "HEAD"]).stdout.trim(),
                    shop.rev("main")
                );
            }
        });
    }
}

#[test]
fn finish_killed_at_any_moment_once_production_moved_on_is_a_whole_landing_when_run_again() {
    if let Some(drill) = Drill::new(shop_that_moved_on(), FINISH, Victim::Us) {
        drill.at_any_moment(is_landed);
    }
}

#[test]
fn finish_killed_while_git_pushes_is_a_whole_landing_when_run_again() {
    if let Some(drill) = Drill::new(shop_with_develop(), FINISH, Victim::Git("push")) {
        drill.at_any_moment(is_landed);
    }
}

#[test]
fn a_squash_killed_at_any_moment_is_one_commit_when_run_again() {
    let shop = shop_with_develop();
    shop.git(&["config", "hotfix.style", "squash"]).ok();
    let main = shop.rev("main");
    if let Some(drill) = Drill::new(shop, FINISH, Victim::Us) {
        drill.at_any_moment(|shop| {
            is_landed(shop);
            assert_eq!(shop.rev("main^"), main);
        });
    }
}

#[test]
fn picks_killed_at_any_moment_are_picked_once_when_run_again() {
    const PICKING: &[&str] = &[
        "finish",
        "-i",
        "login",
        "--tag",
        "--push",
        "--to",
        "release/2.2",
        "--cherry-pick",
    ];
    let shop = shop_with_develop();
    shop.git(&["switch", "-q", "-c", "release/2.2", "v2.3.0"])
        .ok();
    shop.commit("src/auth.rs", "fn login() { panic!() }\n", "feat: as later");
    shop.git(&["push", "-q", "origin", "release/2.2"]).ok();
    let line = shop.rev("release/2.2");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    if let Some(drill) = Drill::new(shop, PICKING, Victim::Us) {
        drill.at_any_moment(|shop| {
            is_landed(shop);
            assert_eq!(shop.rev("release/2.2^"), line);
        });
    }
}

/// It is in a group of its own, which no Ctrl-C reaches.
#[test]
fn a_fetch_that_hangs_ends_with_the_program() {
    let shop = Sandbox::shop();
    let remote = shop.executable(
        "slow.sh",
        "#!/bin/sh\ntrap 'echo ended >\"$0.ended\"; exit' TERM\necho >\"$0.began\"\nsleep 30 & wait\n",
    );
    shop.git(&["config", "protocol.ext.allow", "always"]).ok();
    shop.git(&["remote", "set-url", "origin", &format!("ext::{remote}")])
        .ok();
    let lines = "git-hotfix start x & hotfix=$!
        until [ -e ../slow.sh.began ]; do sleep 0.1; done
        sleep 1
        kill -s KILL $hotfix
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            if [ -e ../slow.sh.ended ]; then exit 0; fi
            sleep 0.3
        done
        exit 1";
    shop.shell_in("shop", &[], lines).ok();
}
