//! What people, editors, disks and clocks do to a tool during an incident. Each must give an exit
//! code that says what kind of no it is, words that name the place, and lose nothing.
#![expect(
    clippy::print_stderr,
    reason = "what cannot be tried here has to be said"
)]

use super::support::{Ran, Sandbox, binary};
use std::fs;
use std::path::Path;
use std::process::Command;

const RECORD: &str = "shop/.claude/postmortems/2026-11-22-login-is-down.md";

/// No panic, nothing raw on the terminal.
#[track_caller]
fn tame(ran: Ran) -> Ran {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains("a mistake in git-hotfix"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
        let raw = text
            .chars()
            .find(|c| c.is_control() && !"\n\t".contains(*c));
        assert_eq!(raw, None, "{text:?}");
    }
    ran
}

/// A person asks for something that cannot be: exit 2, and nothing has changed.
#[track_caller]
fn usage(shop: &Sandbox, arguments: &[&str]) -> Ran {
    let before = shop.refs("shop");
    let ran = tame(shop.hotfix(arguments)).fails(2);
    assert_eq!(shop.refs("shop"), before, "{}", ran.screen());
    ran
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout == b"0\n")
}

#[test]
fn without_a_repository_every_command_says_so() {
    let sandbox = Sandbox::empty();
    for command in [
        &["start", "Login is down"][..],
        &["note", "x"],
        &["status"],
        &["list"],
        &["finish"],
        &["abandon", "x"],
        &["postmortem", "check"],
        &["config"],
    ] {
        tame(sandbox.hotfix_in("", command))
            .fails(3)
            .says("no git repository")
            .says("git -C <path> hotfix");
    }
    assert_eq!(
        fs::read_dir(sandbox.path("")).unwrap().count(),
        1,
        "only the home is there"
    );
}

#[test]
fn a_bare_repository_can_be_looked_at_but_nothing_is_fixed_in_it() {
    let shop = Sandbox::incident();
    shop.git_in("", &["clone", "-q", "--mirror", "shop", "bare.git"])
        .ok();
    let before = shop.refs("bare.git");
    tame(shop.hotfix_in("bare.git", &["start", "Cart is down"]))
        .fails(3)
        .says("bare repository")
        .says("Nothing was changed.");
    assert_eq!(shop.refs("bare.git"), before);
    tame(shop.hotfix_in("bare.git", &["list"]))
        .ok()
        .says("Login is down");
    tame(shop.hotfix_in("bare.git", &["show"]))
        .ok()
        .says("Incident detected");
    tame(shop.hotfix_in("bare.git", &["note", "seen on the server"])).ok();
    tame(shop.hotfix_in("bare.git", &["show"]))
        .ok()
        .says("seen on the server");
}

#[test]
fn a_repository_without_a_commit_has_nothing_to_start_from() {
    let sandbox = Sandbox::empty();
    sandbox.git_in("", &["init", "-q", "shop"]).ok();
    usage(&sandbox, &["start", "Login is down"]).says("no commit yet");
    usage(&sandbox, &["status"]).says("no open incident");
}

#[test]
fn a_detached_head_is_a_place_to_work_from() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "--detach", "v2.3.0"]).ok();
    tame(shop.hotfix(&["start", "Login is down", "-s", "P0"])).ok();
    assert_eq!(shop.rev("HEAD"), shop.rev("origin/main"));
    shop.git(&["switch", "-q", "--detach"]).ok();
    tame(shop.hotfix(&["note", "still looking"])).ok();
    tame(shop.hotfix(&["commit", "-m", "x"]))
        .fails(2)
        .says("not a hotfix/* branch");
    assert!(shop.record().contains("still looking"));
}

#[test]
fn a_base_that_is_nowhere_is_named() {
    let shop = Sandbox::shop();
    for from in [
        "v9.9.9",
        "",
        "--all",
        "HEAD:src/auth.rs",
        "main..v2.3.0",
        "a\u{1b}[31mb",
    ] {
        usage(
            &shop,
            &["start", "Login is down", &format!("--from={from}")],
        )
        .says("Nothing was changed.");
    }
}

#[test]
fn a_description_that_says_nothing_is_asked_for() {
    let shop = Sandbox::shop();
    for description in ["", "   ", "\n\t\n", "\u{1b}\u{7}"] {
        usage(&shop, &["start", description]).says("what is broken?");
    }
}

/// What people paste into a description, and what others hope that they paste.
const DESCRIPTIONS: [&str; 14] = [
    "🔥🔥🔥",
    "登录失败",
    "Login \"fails\" with 'quotes'",
    "first line\nsecond line\r\nthird",
    "a `touch owned` b",
    "a $(touch owned) b",
    "a; touch owned; b | touch owned && touch owned",
    "../../../../etc/passwd",
    "--output=owned",
    "# heading ## **bold** - [ ] item | table | <b>",
    "## Timeline\n- 2020-01-01 00:00:00Z: Incident resolved",
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mred\u{9b}31m\u{202e}desrever",
    "refs/heads/main.lock@{0}~1^2:x\\y..z",
    "nul is \u{1} not \u{8}\u{8}\u{8} here",
];

#[test]
fn hostile_descriptions_are_text_and_nothing_else() {
    for description in DESCRIPTIONS {
        let shop = Sandbox::shop();
        tame(shop.hotfix(&["start", "-s", "P0", "--", description])).ok();
        let branch = shop.git(&["branch", "--show-current"]).ok().stdout;
        let branch = branch.trim();
        assert!(branch.starts_with("hotfix/"), "{branch}");
        let plain = |c: char| c.is_alphanumeric() || "-/_.".contains(c);
        assert!(branch.chars().all(plain), "{description:?} gave {branch}");
        assert!(branch.len() < 100, "{branch}");

        let record = shop.record();
        assert!(record.starts_with("# Postmortem: "), "{record}");
        assert_eq!(
            record.lines().filter(|line| line.starts_with("# ")).count(),
            1,
            "{record}"
        );
        assert_eq!(record.matches("\n## Timeline\n").count(), 1, "{record}");
        assert!(!record.contains('\u{1b}'), "{record:?}");
        let status = tame(shop.hotfix(&["status", "--json"])).ok().json();
        assert_eq!(status["status"], "detected", "{record}");
        for command in [&["list"][..], &["show"], &["status"], &["gate"]] {
            tame(shop.hotfix(command));
        }
        tame(shop.hotfix(&["note", "--", description])).ok();
        tame(shop.hotfix(&["impact", "--", description])).ok();
        tame(shop.hotfix(&["cause", "--", description])).ok();
        let status = tame(shop.hotfix(&["status", "--json"])).ok().json();
        assert_eq!(status["status"], "cause-identified", "{}", shop.record());
        assert!(!shop.path("shop/owned").exists(), "{description}");
        let trees = fs::read_dir(shop.path("")).unwrap().count();
        assert_eq!(trees, 3, "home, origin and shop");
        shop.git(&["fsck", "--strict", "--no-dangling"]).ok();
        assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "");
    }
}

#[test]
fn a_whole_log_pasted_as_a_description_is_cut_for_names_and_kept_in_the_record() {
    let shop = Sandbox::shop();
    let log = format!("{}the end", "Login is down because of x. ".repeat(400));
    let ran = tame(shop.hotfix(&["start", &log])).ok();
    assert!(
        ran.stdout.lines().all(|line| line.len() < 300),
        "{}",
        ran.stdout
    );
    let branch = shop.git(&["branch", "--show-current"]).ok().stdout;
    assert!(branch.len() < 100, "{branch}");
    assert!(shop.record().contains("the end"), "nothing is lost");
    tame(shop.hotfix(&["status"])).ok();
    tame(shop.hotfix(&["list"])).ok();
}

/// An incident with a line that must survive whatever happens to the file.
fn noted() -> Sandbox {
    let shop = Sandbox::incident();
    shop.hotfix(&["note", "a line to keep"]).ok();
    shop
}

#[test]
fn a_record_with_conflict_markers_is_taken_as_it_is_and_the_gate_says_where() {
    let shop = noted();
    let conflict = "<<<<<<< ours\nmine\n=======\ntheirs\n>>>>>>> theirs\n";
    let text = shop
        .read(RECORD)
        .replace("[What caused the incident]\n", conflict);
    shop.write(RECORD, &text);
    tame(shop.hotfix(&["note", "on we go"])).ok();
    let record = shop.record();
    assert!(
        record.contains(conflict) && record.contains("on we go"),
        "{record}"
    );
    let line = record
        .lines()
        .position(|line| line == "<<<<<<< ours")
        .unwrap()
        + 1;
    tame(shop.hotfix(&["postmortem", "check"]))
        .fails(1)
        .says(&format!("{line}: "));
    tame(shop.hotfix(&["gate"])).fails(1).says("conflict");
}

#[test]
fn a_record_cut_off_in_the_middle_is_noticed_and_the_whole_one_is_a_command_away() {
    let shop = noted();
    let text = shop.read(RECORD);
    shop.write(RECORD, &text[..text.find("## Timeline").unwrap()]);
    let ran = tame(shop.hotfix(&["note", "on we go"])).ok();
    let command = ran.stderr.split("git show ").nth(1);
    let commit = command
        .unwrap_or_else(|| panic!("{}", ran.stderr))
        .split_whitespace()
        .next();
    let before = format!("{}:2026-11-22-login-is-down.md", commit.unwrap());
    assert_eq!(shop.git(&["show", &before]).ok().stdout, text);
    assert!(shop.record().contains("on we go"));
}

#[test]
fn a_record_that_was_emptied_or_deleted_is_there_again_after_the_next_command() {
    let shop = noted();
    shop.write(RECORD, "");
    tame(shop.hotfix(&["note", "after emptying"]))
        .ok()
        .says("was empty");
    fs::remove_file(shop.path(RECORD)).unwrap();
    tame(shop.hotfix(&["note", "after deleting"])).ok();
    fs::remove_dir_all(shop.path("shop/.claude")).unwrap();
    tame(shop.hotfix(&["note", "after deleting all"])).ok();
    let record = shop.record();
    for line in [
        "a line to keep",
        "after emptying",
        "after deleting",
        "after deleting all",
    ] {
        assert!(record.contains(line), "{line} is missing in {record}");
    }
}

/// The file cannot be read: refused with the place, kept as it is, and the record can be seen.
#[track_caller]
fn unreadable(shop: &Sandbox, why: &str) {
    let before = shop.refs("shop");
    tame(shop.hotfix(&["note", "not now"]))
        .fails(3)
        .says("2026-11-22-login-is-down.md")
        .says(why)
        .says("Nothing was recorded; the file is as it was.")
        .says("mv ");
    assert_eq!(shop.refs("shop"), before);
    tame(shop.hotfix(&["show"]))
        .ok()
        .says("a line to keep")
        .says(why);
    tame(shop.hotfix(&["status"])).ok();
}

#[test]
fn a_folder_in_the_records_place_is_left_alone() {
    let shop = noted();
    fs::remove_file(shop.path(RECORD)).unwrap();
    shop.write(&format!("{RECORD}/mine"), "keep");
    unreadable(&shop, "is not a file");
    assert_eq!(shop.read(&format!("{RECORD}/mine")), "keep");
}

#[test]
fn a_record_that_is_not_utf8_is_left_alone() {
    let shop = noted();
    let latin1 = b"# Postmortem: Zahlung f\xe4llt aus\n";
    shop.write(RECORD, latin1);
    unreadable(&shop, "is not UTF-8 (byte 23)");
    assert_eq!(fs::read(shop.path(RECORD)).unwrap(), latin1);
}

#[test]
fn a_record_as_large_as_a_log_file_is_left_alone() {
    let shop = noted();
    let huge = "x".repeat(4 * 1024 * 1024 + 1);
    shop.write(RECORD, &huge);
    unreadable(&shop, "is larger than");
    assert_eq!(
        fs::metadata(shop.path(RECORD)).unwrap().len(),
        huge.len() as u64
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_repository_is_neither_read_nor_written() {
    let shop = noted();
    shop.write("secret.md", "# Postmortem: secret\n");
    fs::remove_file(shop.path(RECORD)).unwrap();
    std::os::unix::fs::symlink(shop.path("secret.md"), shop.path(RECORD)).unwrap();
    unreadable(&shop, "is a link that leaves");
    assert_eq!(shop.read("secret.md"), "# Postmortem: secret\n");
    let shown = shop.hotfix(&["show"]).ok().stdout;
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn a_file_called_claude_does_not_stop_an_incident() {
    let shop = Sandbox::shop();
    shop.write("shop/.claude", "mine\n");
    tame(shop.hotfix(&["start", "Login is down", "-s", "P0"]))
        .ok()
        .says("could not be written");
    assert_eq!(shop.read("shop/.claude"), "mine\n");
    tame(shop.hotfix(&["show"])).ok().says("Incident detected");
}

#[cfg(unix)]
#[test]
fn a_claude_folder_that_is_a_link_out_of_the_repository_gets_no_record() {
    let shop = Sandbox::shop();
    fs::create_dir(shop.path("outside")).unwrap();
    std::os::unix::fs::symlink(shop.path("outside"), shop.path("shop/.claude")).unwrap();
    tame(shop.hotfix(&["start", "Login is down", "-s", "P0"]))
        .ok()
        .says("is a link that leaves");
    assert_eq!(fs::read_dir(shop.path("outside")).unwrap().count(), 0);
    tame(shop.hotfix(&["show"])).ok().says("Incident detected");
}

#[cfg(unix)]
#[test]
fn a_claude_folder_that_is_a_link_inside_the_repository_is_a_folder() {
    let shop = Sandbox::shop();
    fs::create_dir(shop.path("shop/notes")).unwrap();
    std::os::unix::fs::symlink("notes", shop.path("shop/.claude")).unwrap();
    tame(shop.hotfix(&["start", "Login is down", "-s", "P0"])).ok();
    tame(shop.hotfix(&["note", "a line to keep"])).ok();
    let real = shop.read("shop/notes/postmortems/2026-11-22-login-is-down.md");
    assert!(real.contains("a line to keep"));
}

#[cfg(unix)]
#[test]
fn a_repository_that_cannot_be_written_says_which_file() {
    let shop = noted();
    let trusted = ["config", "--global", "safe.directory", "*"];
    shop.git(&trusted).ok();
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let mut command = if is_root() {
        let mut setpriv = shop.command("setpriv", "shop");
        setpriv.args(nobody).arg(binary());
        // Root may write everywhere; another user has to be able to come here.
        let open = ["-R", "a+rX", shop.path("").to_str().unwrap()].map(str::to_owned);
        assert!(Command::new("chmod").args(open).status().unwrap().success());
        setpriv
    } else {
        let close = ["-R", "a-w", shop.path("shop/.git").to_str().unwrap()].map(str::to_owned);
        assert!(
            Command::new("chmod")
                .args(close)
                .status()
                .unwrap()
                .success()
        );
        shop.command(binary(), "shop")
    };
    let Ok(output) = command.args(["note", "not now"]).output() else {
        eprintln!("skipped: there is no setpriv");
        return;
    };
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    if ran.stderr.contains("failed to execute") {
        eprintln!("skipped: nobody may run the program here");
        return;
    }
    let open = ["-R", "u+w", shop.path("shop/.git").to_str().unwrap()].map(str::to_owned);
    assert!(Command::new("chmod").args(open).status().unwrap().success());
    tame(ran)
        .fails(3)
        .says("cannot be written")
        .says(".git")
        .says("Nothing was recorded.");
    assert!(!shop.record().contains("not now"));
}

/// A small file system of its own, gone with the value.
struct SmallDisk<'a>(&'a Path);

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    let sandbox = Sandbox::shop();
    let disk = sandbox.path("disk");
    fs::create_dir(&disk).unwrap();
    let mut mount = Command::new("mount");
    mount
        .args(["-t", "tmpfs", "-o", "size=2m", "none"])
        .arg(&disk);
    if !mount.output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let _mounted = SmallDisk(&disk);
    sandbox
        .git_in(
            "disk",
            &["clone", "-q", "--template=", "../origin.git", "small"],
        )
        .ok();
    let small = "disk/small";
    sandbox
        .hotfix_in(small, &["start", "Login is down", "-s", "P0"])
        .ok();
    sandbox.hotfix_in(small, &["note", "a line to keep"]).ok();

    let fill = fs::write(disk.join("fill"), vec![b'x'; 4 * 1024 * 1024]);
    assert!(fill.is_err(), "the disk is full now");
    let before = sandbox.refs(small);
    tame(sandbox.hotfix_in(small, &["note", &"too much ".repeat(800)]))
        .fails(3)
        .says("No space left");
    assert_eq!(sandbox.refs(small), before);
    tame(sandbox.hotfix_in(small, &["show"]))
        .ok()
        .says("a line to keep");

    fs::remove_file(disk.join("fill")).unwrap();
    tame(sandbox.hotfix_in(small, &["note", "there is room again"])).ok();
    let record = sandbox.hotfix_in(small, &["show"]).ok().stdout;
    assert!(record.contains("a line to keep") && record.contains("there is room again"));
    sandbox
        .git_in(small, &["fsck", "--strict", "--no-dangling"])
        .ok();
}

#[test]
fn sixteen_people_writing_at_once_lose_no_line() {
    let shop = Sandbox::incident();
    std::thread::scope(|scope| {
        for person in 0..16 {
            let mut commands: Vec<Command> = (0..50)
                .map(|line| {
                    let mut command = shop.command(binary(), "shop");
                    command.args(["-q", "note", &format!("person {person} line {line}.")]);
                    command
                })
                .collect();
            scope.spawn(move || {
                for command in &mut commands {
                    let output = command.output().unwrap();
                    assert!(output.status.success(), "{output:?}");
                }
            });
        }
    });
    let record = shop.record();
    for person in 0..16 {
        for line in 0..50 {
            let words = format!(": person {person} line {line}.\n");
            assert_eq!(record.matches(&words).count(), 1, "{words}");
        }
    }
    assert_eq!(record, shop.hotfix(&["show"]).ok().stdout);
    shop.git(&["fsck", "--strict", "--no-dangling"]).ok();
}

#[test]
fn a_person_editing_while_commands_write_loses_no_line() {
    let shop = Sandbox::incident();
    for round in 0..5 {
        let text = shop.read(RECORD).replace(
            "## Mitigation Applied\n",
            &format!("## Mitigation Applied\nby hand {round}\n"),
        );
        shop.write(RECORD, text);
        shop.hotfix(&["note", &format!("by command {round}")]).ok();
    }
    let record = shop.record();
    for round in 0..5 {
        assert!(record.contains(&format!("by hand {round}\n")), "{record}");
        assert!(
            record.contains(&format!("by command {round}\n")),
            "{record}"
        );
    }
}

#[test]
fn times_that_cannot_be_are_refused_and_said_in_utc() {
    let shop = Sandbox::incident();
    usage(&shop, &["note", "x", "--at", "2026-11-22T15:05:00Z"])
        .says("is in the future")
        .says("2026-11-22 14:05");
    usage(&shop, &["note", "x", "--at", "25:99"]).says("25:99");
    usage(&shop, &["note", "x", "--at", "when the moon was full"]);
    usage(&shop, &["note", "x", "--at", ""]);
    usage(&shop, &["mitigate", "rollback", "x", "--at", "-3h"]).says("before the detection");
    usage(&shop, &["resolve", "--at", "yesterday 23:40"]).says("before the detection");
    tame(shop.hotfix(&["note", "errors began here", "--at", "-3h"])).ok();
    assert!(shop.record().contains("- 2026-11-22 11:0"));
}

#[test]
fn a_clock_two_minutes_ahead_is_nobodys_fault() {
    let shop = Sandbox::incident();
    tame(shop.hotfix(&[
        "note",
        "from a faster clock",
        "--at",
        "2026-11-22T14:06:30Z",
    ]))
    .ok();
    assert!(
        shop.record()
            .contains("- 2026-11-22 14:06:30Z: from a faster clock")
    );
}

/// Central European time in POSIX's words, so that no zone files are needed.
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

#[test]
fn times_are_typed_in_the_persons_zone_and_kept_in_utc() {
    let shop = Sandbox::incident();
    let zone = [("TZ", BERLIN)];
    tame(shop.hotfix_with(&zone, &["note", "typed in Berlin", "--at", "14:30"])).ok();
    tame(shop.hotfix_with(
        &zone,
        &["note", "typed in Tokyo", "--at", "2026-11-22T21:00+09:00"],
    ))
    .ok();
    let record = shop.record();
    assert!(
        record.contains("- 2026-11-22 13:30:00Z: typed in Berlin"),
        "{record}"
    );
    assert!(
        record.contains("- 2026-11-22 12:00:00Z: typed in Tokyo"),
        "{record}"
    );
}

#[test]
fn an_hour_that_the_clocks_skipped_or_had_twice_is_no_riddle() {
    let shop = Sandbox::incident();
    let zone = [("TZ", BERLIN)];
    // 2026-03-29 02:30 did not exist in Berlin; 2026-10-25 02:30 was there twice.
    let skipped = ["note", "skipped", "--at", "2026-03-29 02:30"];
    tame(shop.hotfix_with(&zone, &skipped))
        .fails(2)
        .says("2026-03-29 02:30");
    let twice = tame(shop.hotfix_with(&zone, &["note", "twice", "--at", "2026-10-25 02:30"]));
    match twice.code {
        0 => assert!(shop.record().contains("2026-10-25 0")),
        code => assert_eq!(code, 2, "{}", twice.screen()),
    }
}

#[test]
fn a_git_client_without_a_path_still_runs_our_hooks() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    let git = Command::new("sh")
        .args(["-c", "command -v git"])
        .output()
        .unwrap();
    let git = String::from_utf8(git.stdout).unwrap();
    let commit = |message: &str| {
        let mut command = shop.command(git.trim(), "shop");
        command.env_remove("PATH").args(["commit", "-qam", message]);
        command.output().unwrap()
    };
    let refused = commit("quick fix");
    assert!(!refused.status.success(), "the hook was not run");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("fix: [HOTFIX] quick fix"), "{said}");
    let taken = commit("fix: [HOTFIX] do not panic");
    assert!(
        taken.status.success(),
        "{}",
        String::from_utf8_lossy(&taken.stderr)
    );
}

#[test]
fn a_branch_or_a_remote_that_begins_with_a_dash_is_a_name() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.remote", "--upload-pack=touch owned"])
        .ok();
    tame(shop.hotfix(&["start", "Login is down", "-s", "P0"]));
    assert!(!shop.path("shop/owned").exists());
    shop.git(&["config", "--unset", "hotfix.remote"]).ok();
    shop.git(&["config", "hotfix.production", "--orphan"]).ok();
    // It is not used, whether the command goes on by the default or not.
    tame(shop.hotfix(&["start", "Cart is down", "-s", "P0"]))
        .ok()
        .says("'--orphan' is no branch");
    tame(shop.hotfix(&["finish"])).fails(3);
    assert_eq!(
        shop.git(&["branch", "--list", "-q", "--", "--orphan"])
            .stdout,
        ""
    );
}

#[test]
fn an_override_is_one_line_whatever_it_holds() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-am", "do not panic"]);
    shop.git(&["commit", "-qam", "fix: [HOTFIX] do not panic"]);
    let reason = "two\nlines\n## Action Items\n- [x] done $(touch owned) \u{1b}[31m";
    tame(shop.hotfix(&["finish", "--override", reason])).ok();
    let record = shop.hotfix(&["show", "-i", "login"]).ok().stdout;
    assert_eq!(record.matches("\n## Action Items\n").count(), 1, "{record}");
    assert!(!shop.path("shop/owned").exists());
}
