//! A switch by few files is `git switch`, and what a killed one leaves is taken back.

use super::*;
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

const NAMES: [&str; 7] = ["a", "b", "dir/c", "dir/d", "dir/sub/e", "x", "[ab] ü"];

/// A file of a commit: its text and whether it can be run; nothing where it is not there.
type File = Option<(u8, bool)>;

/// What a person did in the work tree.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Edit,
    EditAsThere,
    Stage,
    StageAndEdit,
    Touch,
    Delete,
    Untrack,
    MakeRunnable,
    Folder,
    Link,
    LinkParent,
    HideEdit,
    Ignore,
}

const DEEDS: [Deed; 13] = [
    Deed::Edit,
    Deed::EditAsThere,
    Deed::Stage,
    Deed::StageAndEdit,
    Deed::Touch,
    Deed::Delete,
    Deed::Untrack,
    Deed::MakeRunnable,
    Deed::Folder,
    Deed::Link,
    Deed::LinkParent,
    Deed::HideEdit,
    Deed::Ignore,
];

fn files() -> impl Strategy<Value = Vec<File>> {
    let file = proptest::option::weighted(0.7, (0..3_u8, proptest::bool::weighted(0.2)));
    proptest::collection::vec(file, NAMES.len())
}

fn deeds() -> impl Strategy<Value = Vec<(usize, Deed)>> {
    let deed = proptest::sample::select(&DEEDS[..]);
    proptest::collection::vec((0..NAMES.len(), deed), 0..3)
}

fn put(sandbox: &Sandbox, files: &[File]) -> Oid {
    sandbox.git(&["rm", "-rfq", "--ignore-unmatch", "."]);
    for (name, file) in NAMES.iter().zip(files) {
        if let Some((text, runnable)) = file {
            sandbox.write(name, &format!("text {text}\n"));
            let mode = if *runnable { 0o755 } else { 0o644 };
            let path = sandbox.top.join(name);
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "files"]);
    sandbox.id("HEAD")
}

/// Does it as far as it can be done; a shell would say the rest.
fn act(sandbox: &Sandbox, name: &str, there: File, deed: Deed) {
    let path = sandbox.top.join(name);
    let git = |arguments: &[&str]| drop(sandbox.command(&sandbox.top, arguments).output());
    let parent = path.parent().unwrap();
    let write = |text: &str| {
        let _ = fs::create_dir_all(parent);
        let _ = fs::write(&path, text);
    };
    let literal = format!(":(literal){name}");
    match deed {
        Deed::Edit => write("mine\n"),
        Deed::EditAsThere => write(&there.map_or(String::new(), |(n, _)| format!("text {n}\n"))),
        Deed::Stage => {
            write("staged\n");
            git(&["add", &literal]);
        }
        Deed::StageAndEdit => {
            write("staged\n");
            git(&["add", &literal]);
            write("mine\n");
        }
        Deed::Touch => {
            if let Ok(text) = fs::read_to_string(&path) {
                let _ = fs::remove_file(&path);
                write(&text);
            }
        }
        Deed::Delete => drop(fs::remove_file(&path)),
        Deed::Untrack => git(&["rm", "-q", "--cached", &literal]),
        Deed::MakeRunnable => {
            let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o755));
        }
        Deed::Folder => {
            let _ = fs::remove_file(&path);
            let _ = fs::create_dir_all(&path);
            let _ = fs::write(path.join("inside"), "mine\n");
        }
        Deed::Link => {
            let _ = fs::remove_file(&path);
            let _ = symlink("elsewhere", &path);
        }
        Deed::LinkParent if parent != sandbox.top => {
            let moved = sandbox.top.join("moved");
            if fs::rename(parent, &moved).is_ok() {
                let _ = symlink(&moved, parent);
            }
        }
        Deed::LinkParent => {}
        Deed::HideEdit => {
            git(&["update-index", "--assume-unchanged", name]);
            write("mine\n");
        }
        Deed::Ignore => {
            sandbox.write(
                ".git/info/exclude",
                &format!("/{}\n", name.replace('[', "\\[")),
            );
            if !path.exists() {
                write("ignored\n");
            }
        }
    }
}

/// All that a person can see of a work tree.
fn seen(sandbox: &Sandbox, top: &Path) -> String {
    let git = |arguments: &[&str]| sandbox.git_in(top, arguments);
    let list = "find . -path ./.git -prune -o -printf '%y %m %p -> %l\\n' | sort; \
                find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0r tail -n +1";
    let listed = Command::new("sh")
        .args(["-c", list])
        .current_dir(top)
        .output();
    let listed = String::from_utf8_lossy(&listed.unwrap().stdout).into_owned();
    [
        git(&["symbolic-ref", "HEAD"]),
        git(&["ls-files", "-s", "-v"]),
        git(&["status", "--porcelain", "--ignored"]),
        listed,
    ]
    .join("\n--\n")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_switch_does_what_git_switch_does(
        here in files(),
        there in files(),
        done in deeds(),
    ) {
        let sandbox = Sandbox::new(PLAIN);
        put(&sandbox, &there);
        sandbox.git(&["switch", "-q", "-c", "hotfix/a"]);
        put(&sandbox, &here);
        for (which, deed) in &done {
            act(&sandbox, NAMES[*which], there[*which], *deed);
        }
        let (top, original) = (&sandbox.top, sandbox.path("original"));
        fs::rename(top, &original).unwrap();
        // The same place for both, since a link may name it; and both copies are as new to git.
        let copied = || {
            let _ = fs::remove_dir_all(top);
            let copied = Command::new("cp").arg("-a").arg(&original).arg(top).status();
            assert!(copied.unwrap().success());
            sandbox.command(top, &["update-index", "-q", "--refresh"]).output().unwrap();
        };
        copied();
        let ours = sandbox.open().switch("main");
        let after_ours = seen(&sandbox, top);
        copied();
        let theirs = sandbox.command(top, &["switch", "-q", "main"]).output().unwrap();
        let said = String::from_utf8_lossy(&theirs.stderr).into_owned();
        prop_assert_eq!(ours.is_ok(), theirs.status.success(), "{:?} {}", ours, said);
        prop_assert_eq!(after_ours, seen(&sandbox, top));
    }
}

#[test]
fn few_plain_files_are_written_without_a_look_at_the_others() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        sandbox.write("stays", "1");
        sandbox.write("goes", "1");
        let from = sandbox.commit("changes", "1");
        sandbox.git(&["rm", "-q", "goes"]);
        sandbox.write("dir/comes", "2");
        let to = sandbox.commit("changes", "2");
        sandbox.git(&["reset", "-q", "--hard", from.as_str()]);
        let few = || {
            let repo = sandbox.open();
            let few = repo.few(&sandbox.top, &from, &to)?;
            few.writable()
        };
        assert_eq!(few().unwrap().len(), 3, "{kind:?}");
        for (key, value) in [("core.sparseCheckout", "true"), ("core.ignoreCase", "yes")] {
            sandbox.git(&["config", key, value]);
            assert_eq!(few(), None, "{key}");
            sandbox.git(&["config", "--unset", key]);
        }
        sandbox.write("changes", "mine");
        assert_eq!(few(), None);
    }
}

#[test]
fn links_submodules_and_rules_for_other_files_are_left_to_git() {
    for special in [
        ".gitattributes",
        "dir/.gitattributes",
        ".gitmodules",
        "link",
    ] {
        let sandbox = Sandbox::new(PLAIN);
        let from = sandbox.commit("a", "1");
        match special {
            "link" => symlink("a", sandbox.top.join("link")).unwrap(),
            file => sandbox.write(file, ""),
        }
        let to = sandbox.commit("a", "2");
        sandbox.git(&["reset", "-q", "--hard", from.as_str()]);
        assert!(
            sandbox.open().few(&sandbox.top, &from, &to).is_none(),
            "{special}"
        );
    }
}

#[test]
fn what_a_killed_move_brought_is_taken_back_and_nothing_else() {
    let sandbox = Sandbox::new(PLAIN);
    for name in ["begun", "brought", "gone", "mine", "staged", "taken"] {
        sandbox.write(name, "one\n");
    }
    let from = sandbox.commit("other", "one\n");
    sandbox.git(&["rm", "-q", "gone"]);
    for name in [
        "begun",
        "brought",
        "mine",
        "staged",
        "taken",
        "new",
        "dir/begun",
    ] {
        sandbox.write(name, "two, and more\n");
    }
    let to = sandbox.commit("added", "two\n");
    sandbox.git(&["reset", "-q", "--hard", from.as_str()]);
    let restored = format!("--source={to}");
    sandbox.git(&[
        "restore",
        "--staged",
        "--worktree",
        &restored,
        "staged",
        "added",
    ]);
    fs::remove_file(sandbox.top.join("gone")).unwrap();
    fs::remove_file(sandbox.top.join("taken")).unwrap();
    sandbox.write("begun", "two, a");
    sandbox.write("dir/begun", "");
    sandbox.write("brought", "two, and more\n");
    sandbox.write("mine", "my own\n");
    sandbox.write("new", "my own\n");
    let repo = sandbox.open();
    let status = || sandbox.git(&["status", "--porcelain", "-uall"]);
    let before = status();
    let put_back = |only_look| {
        let found = repo.put_back(&sandbox.top, &from, &to, only_look);
        let found = found.unwrap();
        found
            .iter()
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let brought = "begun brought dir/begun staged taken added gone";
    let sorted = |words: &str| {
        let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    assert_eq!(sorted(&put_back(true)), sorted(brought));
    assert_eq!(status(), before);
    assert_eq!(sorted(&put_back(false)), sorted(brought));
    assert_eq!(status(), " M mine\n?? new");
    assert_eq!(sandbox.read("mine"), "my own\n");
    assert_eq!(put_back(false), "");
}

/// A work tree on `hotfix/a`, which has `a` and `b` otherwise than `main`.
fn ready() -> (Sandbox, Oid, Oid) {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.write(".gitattributes", "b filter=careful\n");
    sandbox.write("b", "1\n");
    let from = sandbox.commit("a", "1\n");
    sandbox.git(&["branch", "hotfix/a"]);
    sandbox.write("b", "2\n");
    let to = sandbox.commit("a", "2\n");
    sandbox.git(&["switch", "-q", "hotfix/a"]);
    (sandbox, from, to)
}

#[test]
fn what_a_person_changes_after_the_look_is_kept() {
    let edit: fn(&Sandbox) = |sandbox| sandbox.write("a", "my own\n");
    let stage: fn(&Sandbox) = |sandbox| {
        sandbox.write("b", "my own\n");
        sandbox.git(&["add", "b"]);
        sandbox.write("b", "1\n");
    };
    for change in [edit, stage] {
        let (sandbox, from, to) = ready();
        let repo = sandbox.open();
        let prepared = repo.prepare_switch(&from, &to);
        change(&sandbox);
        let before = sandbox.git(&["diff", "HEAD"]) + &sandbox.git(&["diff", "--cached"]);
        assert!(repo.switch_prepared("main", prepared).is_err());
        let after = sandbox.git(&["diff", "HEAD"]) + &sandbox.git(&["diff", "--cached"]);
        assert_eq!(after, before);
        assert_eq!(sandbox.git(&["branch", "--show-current"]), "hotfix/a");
    }
}

#[test]
fn what_is_staged_below_a_new_files_name_is_kept() {
    let (sandbox, from, _) = ready();
    sandbox.git(&["switch", "-q", "main"]);
    let to = sandbox.commit("c", "3\n");
    sandbox.git(&["switch", "-q", "hotfix/a"]);
    sandbox.write("c/staged", "mine\n");
    sandbox.git(&["add", "c/staged"]);
    fs::remove_dir_all(sandbox.top.join("c")).unwrap();
    let repo = sandbox.open();
    assert!(
        repo.few(&sandbox.top, &from, &to)
            .unwrap()
            .writable()
            .is_none()
    );
}

#[test]
fn a_branch_that_is_rebased_elsewhere_is_not_switched_to() {
    let (sandbox, ..) = ready();
    let other = sandbox.path("other");
    sandbox.git(&["worktree", "add", "-q", other.to_str().unwrap(), "main"]);
    let mut rebase = sandbox.command(&other, &["rebase", "-q", "-i", "HEAD~1"]);
    rebase.env("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/edit/");
    assert!(rebase.output().unwrap().status.success());
    assert!(sandbox.open().switch("main").is_err());
    assert_eq!(sandbox.git(&["branch", "--show-current"]), "hotfix/a");
}

#[test]
fn a_message_that_waits_for_a_commit_does_not_go_along() {
    let (sandbox, ..) = ready();
    sandbox.write(".git/SQUASH_MSG", "Squashed commit\n");
    sandbox.open().switch("main").unwrap();
    assert!(!sandbox.top.join(".git/SQUASH_MSG").exists());
    assert_eq!(sandbox.read("a"), "2\n");
}

#[test]
fn a_write_that_fails_half_way_is_taken_back() {
    let (sandbox, from, to) = ready();
    for (key, value) in [("clean", "cat"), ("smudge", "false"), ("required", "true")] {
        sandbox.git(&["config", &format!("filter.careful.{key}"), value]);
    }
    let repo = sandbox.open();
    assert!(
        repo.few(&sandbox.top, &from, &to)
            .unwrap()
            .writable()
            .is_some()
    );
    assert!(repo.switch("main").is_err());
    assert_eq!(sandbox.git(&["branch", "--show-current"]), "hotfix/a");
    assert_eq!(sandbox.read("a"), "1\n");
    sandbox.git(&["config", "filter.careful.smudge", "cat"]);
    repo.put_back(&sandbox.top, &from, &to, false).unwrap();
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    repo.switch("main").unwrap();
    assert_eq!(sandbox.read("b"), "2\n");
}

#[test]
fn a_switch_that_cannot_move_head_leaves_the_files_of_the_branch() {
    let (sandbox, ..) = ready();
    sandbox.write(".git/HEAD.lock", "");
    let repo = sandbox.open();
    assert!(repo.switch("main").is_err());
    fs::remove_file(sandbox.top.join(".git/HEAD.lock")).unwrap();
    assert_eq!(sandbox.git(&["branch", "--show-current"]), "hotfix/a");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("a"), "1\n");
    repo.switch("main").unwrap();
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}
