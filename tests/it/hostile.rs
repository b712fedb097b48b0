//! A repository that means harm: cloned, fetched and looked at with every command. Whatever it names,
//! nothing runs, nothing leaves, nothing is written outside of it, and nothing steers the terminal.

use super::support::{Ran, Sandbox, search_path};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A slug and a title that a shell, a terminal and a path could mistake for something else.
const TITLE: &str =
    "Login \u{1b}]0;owned\u{7}is\u{9b}31m $(touch pwned) `touch pwned` ../../down \u{202e}";
const ID: &str = "2026-11-22-login-is-down";

/// Everything that looks at an incident, and what changes it without a question.
const COMMANDS: [&[&str]; 44] = [
    &["config"],
    &["list"],
    &["list", "--all"],
    &["status"],
    &["show"],
    &["check"],
    &["gate"],
    &["changes"],
    &["lines"],
    &["announce", "--preview"],
    &["task"],
    &["task", "retry"],
    &["postmortem", "check"],
    &["verify"],
    &["doctor", "--offline"],
    &["hooks", "status"],
    &["agent", "status"],
    &["completions", "bash"],
    &["schema", "status"],
    &["install-extras", "-n"],
    &["announce", "--preview", "-i", "deep/er"],
    &["note", "we look into it", "-i", ID],
    &["severity", "P1", "-i", ID],
    &["impact", "1200 users", "-i", ID],
    &["mitigate", "rollback", "v1", "-i", ID],
    &["cause", "old tokens", "-i", ID],
    &["check", "1", "-i", ID],
    &["announce", "We are on it.", "-i", ID],
    &["task", "link", "task-1", "-i", ID],
    &["task", "unlink", "-i", ID],
    &["deployed", "api", "-i", ID],
    &["agent", "install", "claude"],
    &["agent", "install", "agents-md"],
    &["agent", "remove", "claude", "--force"],
    &["agent", "remove", "agents-md", "--force"],
    &["hooks", "install"],
    &["init"],
    &["start", "Cart is down", "-s", "P0", "--in-place"],
    &["finish", "--dry-run"],
    &["adopt"],
    &["resolve", "over", "-i", ID],
    &["postmortem", "check", "-i", ID],
    &["reopen", "again", "-i", ID],
    &["abandon", "it was none", "-i", ID],
];

/// Where nobody should ever call.
struct Ear {
    port: u16,
    heard: Arc<AtomicUsize>,
}

impl Ear {
    fn new() -> Ear {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ear { port, heard }
    }
}

/// What the attacker has pushed, and the victim has cloned into `victim`.
fn hostile(ear: &Ear, arm: impl FnOnce(&Sandbox)) -> Sandbox {
    let shop = Sandbox::shop();
    let pwned = shop.path("pwned");
    let script = format!("#!/bin/sh\necho \"$0\" >>'{}'\n", pwned.display());
    for place in [
        "node_modules/.bin/ohno",
        "node_modules/.bin/lefthook",
        ".claude/commands/hotfix.sh",
        ".husky/pre-commit",
        ".githooks/pre-push",
        "ohno",
        "gh",
        "sh",
        "git",
        "npx",
        "editor",
    ] {
        shop.executable(&format!("shop/{place}"), &script);
    }
    let url = format!("http://127.0.0.1:{}/", ear.port);
    shop.write(
        "shop/.claude/commands/hotfix.md",
        format!("!`{url}`\n\u{1b}[2J\n"),
    );
    shop.write("shop/AGENTS.md", "\u{1b}]0;owned\u{7}theirs\n");
    shop.write(
        "shop/lefthook.yml",
        "pre-push:\n  jobs:\n    - run: touch pwned\n",
    );
    shop.write(
        "shop/.gitattributes",
        "* filter=evil diff=evil merge=evil\n",
    );
    shop.write(
        "shop/.gitmodules",
        format!("[submodule \"x\"]\n\tpath = sub\n\turl = {url}\n[submodule \"y\"]\n\tpath = sub2\n\turl = ext::touch% pwned\n"),
    );
    shop.write("shop/odd\u{1b}[31m\u{9b}name", "x\n");
    arm(&shop);
    shop.git(&["add", "-A", "-f"]).ok();
    let message = "feat: \u{1b}]0;owned\u{7} \u{9b}31m $(touch pwned)\n\n\u{1b}[2J\n";
    let author = "Eve \u{1b}[31m\u{9b} <eve@example.com>";
    shop.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--author",
        author,
        "-m",
        message,
    ])
    .ok();
    shop.git(&[
        "tag",
        "-am",
        "\u{1b}[2J",
        "v9.9.9-$(touch${IFS}pwned)\u{9b}31m",
    ])
    .ok();
    for branch in [
        "hotfix/$(touch${IFS}pwned)",
        "hotfix/a\u{9b}31m\u{202e}b",
        "release/;touch${IFS}pwned",
        "hotfix/--upload-pack=touch",
    ] {
        shop.git(&["update-ref", &format!("refs/heads/{branch}"), "HEAD"])
            .ok();
    }
    for id in [
        ID,
        "2026-11-22-$(touch${IFS}pwned)",
        "deep/er",
        "a\u{9b}31m\u{202e}b",
    ] {
        save(&shop, id, &record(ear));
    }
    link_as_record(&shop);
    shop.git(&["push", "-q", "--no-verify", "origin", "refs/*:refs/*"])
        .ok();
    shop.git_in("", &["clone", "-q", "origin.git", "victim"])
        .ok();
    shop.git_in(
        "victim",
        &["fetch", "-q", "origin", "refs/hotfix/*:refs/hotfix/*"],
    )
    .ok();
    std::fs::remove_dir_all(shop.path("shop")).unwrap();
    shop
}

/// Each of its lines names a program, an option, an address, a path or a sequence.
fn record(ear: &Ear) -> String {
    format!(
        "# Postmortem: {TITLE}\n\n\
         **Date**: 2026-11-22\n\
         **Duration**: 2026-11-22 14:05:31Z - ongoing\n\
         **Severity**: P0\u{1b}[31m\n\
         **Impact**: \u{1b}]8;;http://127.0.0.1:{port}/\u{7}all\0of them\u{1b}]8;;\u{7}\n\
         **Status**: Detected\n\
         **Branch**: --upload-pack=touch${{IFS}}pwned\n\
         **Base**: --output=../../pwned (1a3e64c6c4)\n\
         **Task**: --dir=../../pwned (ohno) http://127.0.0.1:{port}/\n\n\
         ## Checklist\n\nBefore deploying hotfix:\n\n\
         - [ ] Root cause identified \u{9b}2J\n- [ ] `touch pwned`\n\n\
         ## Timeline\n- 2026-11-22 14:05:31Z: Incident detected\u{1b}[2J - \u{1b}Pq\u{1b}\\\n\
         - 2026-11-22 14:06:31Z: Update sent to chat: \u{1b}[5m$(touch pwned)\n\n\
         ## Root Cause\n::set-output name=x::$(touch pwned)\r\u{1b}[1A\u{8}\n\n\
         ## Action Items\n- [ ] ![x](http://127.0.0.1:{port}/x.png)\n",
        port = ear.port
    )
}

/// Saves a record on its ref as only somebody with plumbing can.
fn save(shop: &Sandbox, id: &str, text: &str) {
    let hash = |arguments: &[&str], input: &[u8]| {
        let ran = shop.git_fed(arguments, input).ok();
        ran.stdout.trim().to_owned()
    };
    let blob = hash(&["hash-object", "-w", "--stdin"], text.as_bytes());
    commit_tree(shop, id, "100644", &blob);
}

/// A record that is a link out of the repository.
fn link_as_record(shop: &Sandbox) {
    let ran = shop.git_fed(&["hash-object", "-w", "--stdin"], b"../../../../etc/passwd");
    commit_tree(shop, "2026-11-22-linked", "120000", ran.ok().stdout.trim());
}

fn commit_tree(shop: &Sandbox, id: &str, mode: &str, blob: &str) {
    let mut tree = String::new();
    let mut steps = id.rsplit('/');
    let name = format!("{}.md", steps.next().unwrap());
    let mktree = |line: String| {
        let ran = shop.git_fed(&["mktree", "-z"], format!("{line}\0").as_bytes());
        ran.ok().stdout.trim().to_owned()
    };
    tree.push_str(&mktree(format!("{mode} blob {blob}\t{name}")));
    for folder in steps {
        tree = mktree(format!("040000 tree {tree}\t{folder}"));
    }
    let message = "\u{1b}[2J\u{9b}31m $(touch pwned)";
    let ran = shop.git(&["commit-tree", "-m", message, &tree]).ok();
    let name = format!("refs/hotfix/incidents/{id}");
    shop.git(&["update-ref", &name, ran.stdout.trim()]).ok();
}

/// All that lies around the victim's clone, with what is in it.
fn around(shop: &Sandbox) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    walk(&shop.path(""), &shop.path("victim"), &mut found);
    found
}

fn walk(folder: &Path, without: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path == without {
            continue;
        }
        if path.is_dir() && !path.is_symlink() {
            walk(&path, without, found);
            found.insert(path, Vec::new());
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.insert(path, bytes);
        }
    }
}

/// Runs a command in the victim's clone and looks at both streams.
#[track_caller]
fn tame(shop: &Sandbox, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = shop.command(super::support::binary(), "victim");
    command.args(arguments).envs(environment.iter().copied());
    let output = command.output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains("panicked"), "{arguments:?}: {text}");
        assert_eq!(steering(text), None, "{arguments:?}: {text:?}");
    }
    assert!((0..=3).contains(&ran.code), "{arguments:?}: {}", ran.code);
    ran
}

/// The first character that could steer a terminal, our own colours set aside.
fn steering(text: &str) -> Option<char> {
    let mut text = text.to_owned();
    for ours in ["31", "33", "32", "2", "1", "0", "4"] {
        text = text.replace(&format!("\u{1b}[{ours}m"), "");
    }
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .find(|&c| (c.is_control() && !"\n\t".contains(c)) || turns(c))
}

/// In words, in colour, as JSON.
const FORMS: [&[&str]; 3] = [&[], &["--color", "always"], &["--json"]];

/// Every command in these forms; then what lies around the clone is as it was.
fn live_through(shop: &Sandbox, ear: &Ear, forms: &[&[&str]], environment: &[(&str, &str)]) {
    let before = around(shop);
    for arguments in COMMANDS {
        for more in forms {
            tame(shop, &[arguments, more].concat(), environment);
        }
    }
    for typed in ["", "hotfix/", "2026", "a", "--"] {
        complete(shop, typed, environment);
    }
    // What is left to the background has had its time.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let after = around(shop);
    let changed: Vec<&PathBuf> = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(*bytes))
        .map(|(path, _)| path)
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
    assert_eq!(after.len(), before.len(), "something is gone");
    assert!(!shop.path("victim/pwned").exists());
    assert_eq!(ear.heard.load(Ordering::SeqCst), 0);
}

fn complete(shop: &Sandbox, typed: &str, environment: &[(&str, &str)]) {
    let mut all = environment.to_vec();
    all.push(("COMPLETE", "fish"));
    for words in [
        &["--", "git-hotfix", "status", "-i", typed][..],
        &["--", "git-hotfix", "start", "x", "--from", typed],
        &["--", "git-hotfix", "check", "-i", ID, typed],
    ] {
        tame(shop, words, &all);
    }
}

#[test]
fn with_nothing_set_nothing_happens_but_what_was_asked_for() {
    let ear = Ear::new();
    let shop = hostile(&ear, |_| ());
    live_through(&shop, &ear, &FORMS, &[]);
    let show = tame(&shop, &["show", "-i", ID], &[]).ok();
    show.says("we look into it").says("Update written");
}

#[test]
fn a_person_with_a_tracker_and_a_path_through_the_clone_is_no_worse_off() {
    let ear = Ear::new();
    let shop = hostile(&ear, |_| ());
    let set = |key: &str, value: &str| {
        shop.git_in("victim", &["config", key, value]).ok();
    };
    set("hotfix.tracker", "ohno");
    set("hotfix.tracker.timeout", "5s");
    set("hotfix.announce.auto", "detected,mitigated,resolved");
    // In the person's own folder: the real one would ask its registry and write into its cache.
    shop.executable("bin/npx", "#!/bin/sh\nexit 1\n");
    // The system's own programs go first: a person whose PATH begins in the clone runs it by hand, too.
    let mut path = vec![shop.path("bin")];
    path.extend(std::env::split_paths(&search_path()));
    path.push(PathBuf::from("."));
    path.push(shop.path("victim"));
    let path = std::env::join_paths(path).unwrap().into_string().unwrap();
    live_through(&shop, &ear, &FORMS[..1], &[("PATH", &path)]);
    tame(&shop, &["doctor", "--offline"], &[("PATH", &path)])
        .says("node_modules/.bin/ohno is tracked by git, so it is not run");
}

#[test]
fn what_a_tracked_file_must_not_name_is_refused_by_its_key() {
    let ear = Ear::new();
    let shop = hostile(&ear, |_| ());
    let url = format!("http://127.0.0.1:{}/", ear.port);
    for (text, key, line) in [
        ("tracker = \"ohno\"", "tracker", "git config hotfix.tracker"),
        (
            "[tracker]\ncommand = \"touch pwned\"",
            "tracker.command",
            "git config hotfix.tracker",
        ),
        (
            "tracker.npx = true",
            "tracker.npx",
            "git config hotfix.tracker",
        ),
        (
            &format!("[announce.chat]\ntype = \"json\"\nurl = \"{url}\""),
            "announce",
            "git config hotfix.announce.chat",
        ),
        (
            "announce.auto = \"detected\"",
            "announce.auto",
            "git config hotfix.announce.auto",
        ),
        (
            "announce.x.secret-command = \"touch pwned\"",
            "announce.x.secret-command",
            "git config hotfix.announce.x.secret-command",
        ),
        ("postmortems = \"../..\"", "postmortems", "postmortems"),
        ("postmortems = \"/tmp\"", "postmortems", "postmortems"),
        ("postmortems = \".git/hooks\"", "postmortems", "postmortems"),
        ("postmortems = \".GIT/hooks\"", "postmortems", "postmortems"),
        ("prefix = \"../\"", "prefix", "prefix"),
        ("prefix = \"--x\"", "prefix", "prefix"),
        ("remote = \"ext::touch pwned\"", "remote", "remote"),
        ("remote = \"--upload-pack=touch\"", "remote", "remote"),
        ("production = \"--output=x\"", "production", "production"),
        ("\"a\\u001B[31m\\u009B\" = 1", "unknown", "[31m"),
        (
            "checklist = [\"a\\u001B]0;owned\\u0007\"]",
            "checklist",
            "checklist",
        ),
        ("[format]\nprogram = \"touch\"", "format", "unknown"),
    ] {
        shop.write("victim/.hotfix.toml", format!("{text}\n"));
        let before = around(&shop);
        let ran = tame(&shop, &["config"], &[]).fails(3);
        assert!(
            ran.stderr.contains(".hotfix.toml") && ran.stderr.contains(key),
            "{text}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(line), "{text}: {}", ran.stderr);
        for arguments in [
            &["list"][..],
            &["status", "-i", ID],
            &["announce", "-i", ID],
            &["note", "x", "-i", ID],
            &["task", "retry", "-i", ID],
            &["start", "Cart is down", "--in-place"],
        ] {
            tame(&shop, arguments, &[]);
        }
        assert!(around(&shop) == before, "{text}");
    }
    assert!(!shop.path("victim/pwned").exists());
    assert_eq!(ear.heard.load(Ordering::SeqCst), 0);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_of_the_repository_are_not_written_through() {
    use std::os::unix::fs::symlink;
    let record = format!(".claude/postmortems/{ID}.md");
    let together: [&[(&str, &str)]; 3] = [
        &[
            (".claude", "../elsewhere"),
            ("AGENTS.md", "../elsewhere/theirs"),
        ],
        &[
            (".claude/postmortems", "../../elsewhere"),
            (".claude/commands/hotfix.md", "../../../elsewhere/theirs"),
            (".husky", "../elsewhere"),
        ],
        &[
            (&record, "../../../elsewhere/theirs"),
            (".hotfix.toml", "../elsewhere/theirs"),
        ],
    ];
    for links in together {
        let ear = Ear::new();
        let shop = hostile(&ear, |shop| {
            for (link, target) in links {
                let path = shop.path(&format!("shop/{link}"));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                if path.is_dir() {
                    std::fs::remove_dir_all(&path).unwrap();
                } else if path.exists() {
                    std::fs::remove_file(&path).unwrap();
                }
                symlink(target, path).unwrap();
            }
        });
        shop.write("elsewhere/theirs", "theirs\n");
        for (link, _) in links {
            let is_link = shop.path(&format!("victim/{link}")).is_symlink();
            assert!(is_link, "{link} was not checked out as a link");
        }
        live_through(&shop, &ear, &FORMS[..1], &[]);
    }
}
