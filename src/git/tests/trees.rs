use super::*;

#[test]
fn changed_files_are_told_with_and_without_untracked_ones() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.write("é b", "1");
    sandbox.commit("a", "1");
    let repo = sandbox.open();
    assert!(repo.changed_files(true, 10).unwrap().is_empty());
    sandbox.write("é b", "2");
    sandbox.git(&["mv", "a", "moved"]);
    sandbox.write("new", "");
    assert_eq!(
        repo.changed_files(false, 10).unwrap(),
        ["a", "moved", "é b"]
    );
    assert_eq!(
        repo.changed_files(true, 10).unwrap(),
        ["a", "moved", "é b", "new"]
    );
    assert_eq!(repo.changed_files(true, 1).unwrap(), ["a"]);
}

#[test]
fn switching_keeps_changes_or_refuses_and_leaves_all_as_it_was() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", "1");
        sandbox.git(&["branch", "hotfix/a"]);
        sandbox.commit("b", "2");
        sandbox.write("a", "mine");
        let repo = sandbox.open();
        repo.switch("hotfix/a").unwrap();
        assert_eq!(
            repo.branch_at_work().unwrap().as_deref(),
            Some("hotfix/a"),
            "{kind:?}"
        );
        assert_eq!(sandbox.read("a"), "mine");
        sandbox.write("b", "untracked");
        assert!(repo.switch("main").is_err());
        assert_eq!(sandbox.read("b"), "untracked");
        assert_eq!(repo.branch_at_work().unwrap().as_deref(), Some("hotfix/a"));
        assert!(repo.switch("--detach").is_err());
        repo.switch_detached(&base).unwrap();
        assert_eq!(repo.branch_at_work().unwrap(), None);
    }
}

#[test]
fn a_switch_to_the_same_tree_is_as_gits_own() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        sandbox.commit("a", "1");
        sandbox.git(&["branch", "hotfix/a"]);
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", "the same"]);
        sandbox.write("a", "mine");
        sandbox.write("b", "staged");
        sandbox.git(&["add", "b"]);
        sandbox.executable(".git/hooks/post-checkout", "#!/bin/sh\necho $* >went\n");
        let status = || sandbox.git(&["status", "--porcelain", "-uno"]);
        let (old, new, before) = (sandbox.id("HEAD"), sandbox.id("hotfix/a"), status());
        let repo = sandbox.open();
        repo.switch("hotfix/a").unwrap();
        assert_eq!(
            sandbox.git(&["branch", "--show-current"]).trim(),
            "hotfix/a"
        );
        assert_eq!(status(), before, "{kind:?}");
        assert_eq!(sandbox.read("went"), format!("{old} {new} 1\n"));
        let log = sandbox.git(&["reflog", "-1", "--format=%gs"]);
        assert_eq!(log.trim(), "checkout: moving from main to hotfix/a");
        sandbox.git(&["switch", "-q", "-"]);
        assert_eq!(sandbox.git(&["branch", "--show-current"]).trim(), "main");
        // Somebody's commit has the index: it must not end up on the other branch.
        sandbox.write(".git/index.lock", "");
        assert!(repo.switch("hotfix/a").is_err());
        std::fs::remove_file(sandbox.top.join(".git/index.lock")).unwrap();
        sandbox.git(&["worktree", "add", "-q", "../there", "hotfix/a"]);
        assert!(repo.switch("hotfix/a").is_err());
    }
}

#[test]
fn a_work_tree_follows_and_keeps_what_the_move_does_not_touch() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.write("mine", "1\n");
    sandbox.write("gone", "1\n");
    let from = sandbox.commit("a", "1\n");
    std::fs::remove_file(sandbox.top.join("gone")).unwrap();
    sandbox.write("deep/new", "2\n");
    let to = sandbox.commit("a", "2\n");
    sandbox.git(&["reset", "-q", "--hard", from.as_str()]);
    let repo = sandbox.open();
    let top = sandbox.top.as_path();

    sandbox.write("mine", "edited\n");
    assert!(repo.can_follow(top, &from, &to).unwrap().is_empty());
    sandbox.write("a", "mine too\n");
    sandbox.write("deep/new", "untracked\n");
    assert_eq!(repo.can_follow(top, &from, &to).unwrap(), ["a", "deep/new"]);
    assert!(repo.follow(top, &from, &to).is_err());
    assert_eq!(sandbox.read("a"), "mine too\n");
    assert_eq!(sandbox.read("gone"), "1\n");

    std::fs::remove_dir_all(sandbox.top.join("deep")).unwrap();
    sandbox.write("deep", "a file\n");
    sandbox.write("a", "1\n");
    assert_eq!(repo.can_follow(top, &from, &to).unwrap(), ["deep/new"]);
    std::fs::remove_file(sandbox.top.join("deep")).unwrap();
    assert!(repo.can_follow(top, &from, &to).unwrap().is_empty());
    assert_eq!(sandbox.read("a"), "1\n");
    repo.follow(top, &from, &to).unwrap();
    assert_eq!(sandbox.read("a"), "2\n");
    assert_eq!(sandbox.read("deep/new"), "2\n");
    assert_eq!(sandbox.read("mine"), "edited\n");
    assert!(!sandbox.top.join("gone").exists());
    let tree = sandbox.id(&format!("{to}^{{tree}}"));
    assert_eq!(repo.index_tree(top).unwrap(), Some(tree));
}

#[test]
fn another_work_tree_is_its_own_even_when_git_dir_names_this_one() {
    let sandbox = Sandbox::new(PLAIN);
    let from = sandbox.commit("a", "1\n");
    let to = sandbox.commit("a", "2\n");
    sandbox.git(&["branch", "other", from.as_str()]);
    let linked = sandbox.path("linked");
    sandbox.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "other"]);
    let told = Whereabouts {
        git_dir: Some(PathBuf::from(".git")),
        ..Whereabouts::default()
    };
    let repo = open::open(&sandbox.top, &told).unwrap();
    assert!(repo.can_follow(&linked, &from, &to).unwrap().is_empty());
    repo.follow(&linked, &from, &to).unwrap();
    assert_eq!(std::fs::read_to_string(linked.join("a")).unwrap(), "2\n");
    assert!(sandbox.open().changed_files(true, 9).unwrap().is_empty());
}

#[test]
fn an_index_with_conflicts_has_no_tree() {
    let sandbox = Sandbox::new(PLAIN);
    let base = sandbox.commit("a", "1");
    sandbox.commit("a", "2");
    sandbox.git(&["switch", "-q", "-c", "side", base.as_str()]);
    sandbox.commit("a", "3");
    let merge = sandbox
        .command(&sandbox.top, &["merge", "-q", "main"])
        .output();
    assert!(!merge.unwrap().status.success());
    let repo = sandbox.open();
    assert!(repo.is_merging());
    assert_eq!(repo.index_tree(&sandbox.top).unwrap(), None);
}

#[test]
fn a_work_tree_is_clean_where_status_says_so() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.write("b", "1");
    sandbox.commit("a", "1");
    let repo = sandbox.open();
    let is_spoilt = || repo.inspect().unwrap().may_be_changed().unwrap();
    assert!(!is_spoilt());
    let clean = || sandbox.git(&["reset", "-q", "--hard"]);
    let spoilt: [&dyn Fn(); 6] = [
        &|| sandbox.write("a", "2"),
        &|| sandbox.write("a", "22"),
        &|| std::fs::remove_file(sandbox.top.join("a")).unwrap(),
        &|| drop(sandbox.git(&["rm", "-q", "--cached", "a"])),
        &|| drop(sandbox.git(&["mv", "a", "c"])),
        &|| {
            sandbox.write("new", "1");
            sandbox.git(&["add", "-N", "new"]);
        },
    ];
    for (which, spoil) in spoilt.iter().enumerate() {
        spoil();
        assert!(is_spoilt(), "{which}");
        clean();
        assert!(!is_spoilt(), "{which}");
    }
    sandbox.write("loose/one", "1");
    sandbox.write("b.d/two", "2");
    let untracked = |below: Option<&[PathBuf]>| {
        let looking = repo.look_for_untracked(below).unwrap();
        looking.files().unwrap()
    };
    assert_eq!(untracked(None), ["b.d/", "loose/"]);
    assert_eq!(untracked(Some(&["loose".into()])), ["loose/"]);
}

#[test]
fn the_files_in_which_commits_differ_are_those_that_git_names() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        for file in [
            "same/a",
            "folder/deep/b",
            "changed",
            "was-file",
            "was-folder/c",
            "gone/d",
        ] {
            sandbox.write(file, file);
        }
        sandbox.git(&["add", "-A"]);
        let one = sandbox.commit("x/y/z", "1");
        sandbox.git(&["rm", "-rq", "was-file", "was-folder", "gone"]);
        for file in [
            "folder/deep/e",
            "folder/ü",
            "changed",
            "was-file/f",
            "was-folder",
            "new/g/h",
        ] {
            sandbox.write(file, "2");
        }
        sandbox.git(&["add", "-A"]);
        let two = sandbox.commit("x/y/z", "2");
        let repo = sandbox.open();
        for (from, to) in [(&one, &two), (&two, &one), (&one, &one)] {
            let quiet = ["-c", "core.quotePath=false"];
            let all = ["diff-tree", "-r", "--no-renames", "--name-status"];
            let ends = [from.as_str(), to.as_str()];
            let expected = sandbox.git(&[&quiet[..], &all[..], &ends[..]].concat());
            let mut expected: Vec<String> = expected.lines().map(str::to_owned).collect();
            expected.sort_unstable();
            let differing = repo.differing(from, to).unwrap();
            let mut told: Vec<String> = differing
                .iter()
                .map(|file| {
                    let status = match (&file.before, &file.after) {
                        (None, _) => 'A',
                        (_, None) => 'D',
                        (Some(before), Some(after)) if before.is_file() == after.is_file() => 'M',
                        _ => 'T',
                    };
                    format!("{status}\t{}", file.path.to_str().unwrap())
                })
                .collect();
            told.sort_unstable();
            let all = sandbox.git(&["ls-files", "-z", "--with-tree", from.as_str()]);
            for path in all.split_terminator('\0').map(Path::new) {
                let is_same = repo.same_at(from, to, path).unwrap();
                let differs = differing.iter().any(|file| file.path == path);
                assert_eq!(is_same, !differs, "{kind:?} {from} {to} {}", path.display());
            }
            assert_eq!(told, expected, "{kind:?} {from} {to}");
        }
    }
}
