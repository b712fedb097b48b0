use super::*;
use crate::git::{ConflictKind, ConflictedFile, MergeOutcome};

fn lines(first: &str, last: &str) -> String {
    format!("{first}\nb\nc\nd\ne\nf\ng\nh\ni\n{last}\n")
}

#[test]
fn a_conflict_says_what_is_wrong_with_each_file_and_in_how_many_places() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.write("text", &lines("1", "1"));
    sandbox.write("é/binary", "\0one");
    sandbox.write("gone", "1\n");
    sandbox.write("moved", &lines("m", "m"));
    let base = sandbox.commit("one", "1\n");
    sandbox.write("text", &lines("2", "2"));
    sandbox.write("é/binary", "\0two");
    sandbox.write("gone", "2\n");
    sandbox.git(&["mv", "moved", "here"]);
    let ours = sandbox.commit("one", "2\n");
    sandbox.git(&["switch", "-q", "-c", "side", base.as_str()]);
    sandbox.write("text", &lines("3", "3"));
    sandbox.write("é/binary", "\0three");
    std::fs::remove_file(sandbox.top.join("gone")).unwrap();
    sandbox.git(&["mv", "moved", "there"]);
    let theirs = sandbox.commit("one", "3\n");
    let repo = sandbox.open();
    let MergeOutcome::Conflict { files } = repo.merge_in_memory(&ours, &theirs).unwrap() else {
        panic!("it merges");
    };
    let of = |path: &str| files.iter().find(|file| file.path == path).cloned();
    let expect = |path: &str, kind, places| {
        let path = path.to_owned();
        assert_eq!(
            of(&path.clone()),
            Some(ConflictedFile { path, kind, places })
        );
    };
    expect("text", ConflictKind::Text, 2);
    expect("one", ConflictKind::Text, 1);
    expect("é/binary", ConflictKind::Binary, 0);
    expect("gone", ConflictKind::Deleted, 0);
    expect("here", ConflictKind::Renamed, 0);
    assert_eq!(of("text").unwrap().to_string(), "text (2 places)");
}

#[test]
fn a_pick_gives_what_cherry_pick_gives_and_a_merge_is_none() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", &lines("1", "1"));
        sandbox.commit("b", "newer\n");
        let fix = sandbox.commit("a", &lines("1", "fixed"));
        sandbox.git(&["switch", "-q", "-c", "line", base.as_str()]);
        let line = sandbox.commit("a", &lines("older", "1"));
        let clash = sandbox.commit("a", &lines("older", "other"));
        let repo = sandbox.open();
        let on = |commit: &Oid| repo.commit(commit).unwrap().tree;
        let picked = repo.pick_in_memory(&on(&line), &fix).unwrap();
        sandbox.git(&["switch", "-q", "--detach", line.as_str()]);
        sandbox.git(&["cherry-pick", fix.as_str()]);
        let tree = on(&sandbox.id("HEAD"));
        assert_eq!(
            picked,
            MergeOutcome::Clean { tree: tree.clone() },
            "{kind:?}"
        );
        let again = repo.pick_in_memory(&tree, &fix).unwrap();
        assert_eq!(again, MergeOutcome::Clean { tree });
        let conflict = repo.pick_in_memory(&on(&clash), &fix).unwrap();
        assert!(matches!(conflict, MergeOutcome::Conflict { files } if files[0].path == "a"));
        sandbox.git(&["merge", "-q", "--no-edit", "main", "-X", "ours"]);
        assert!(
            repo.pick_in_memory(&on(&line), &sandbox.id("HEAD"))
                .is_err()
        );
        let root = repo
            .pick_in_memory(&on(&sandbox.commit("a", "other\n")), &base)
            .unwrap();
        assert!(matches!(root, MergeOutcome::Conflict { .. }));
    }
}

#[test]
fn the_same_change_has_the_same_patch_id_wherever_it_stands() {
    let sandbox = Sandbox::new(PLAIN);
    let base = sandbox.commit("a", "1\n");
    let first = sandbox.commit("a", "2\n");
    let second = sandbox.commit("é [x]", "3\n");
    sandbox.git(&["switch", "-q", "-c", "side", base.as_str()]);
    sandbox.commit("other", "theirs\n");
    sandbox.git(&["cherry-pick", first.as_str(), second.as_str()]);
    let copies = [sandbox.id("HEAD~"), sandbox.id("HEAD")];
    sandbox.git(&["switch", "-q", "-c", "squashed", base.as_str()]);
    sandbox.commit("other", "theirs\n");
    sandbox.git(&["merge", "-q", "--squash", second.as_str()]);
    sandbox.git(&["commit", "-qm", "both (#12)"]);
    let squash = sandbox.id("HEAD");
    let repo = sandbox.open();

    let files = repo.files_between(&base, &second).unwrap();
    assert_eq!(files, ["a", "é [x]"]);
    let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
    let on = |tip: &Oid| {
        repo.commits_on(
            std::slice::from_ref(&second),
            std::slice::from_ref(tip),
            &files,
        )
        .unwrap()
    };
    assert_eq!(
        on(&copies[1]).commits,
        [copies[1].clone(), copies[0].clone()]
    );
    assert_eq!(on(&squash).commits, std::slice::from_ref(&squash));
    assert!(!on(&squash).cut);

    let ids = |commits: &[Oid]| -> Vec<String> {
        let pairs = repo.patch_ids(commits).unwrap();
        pairs.into_iter().map(|(patch, _)| patch).collect()
    };
    assert_eq!(ids(&copies), ids(&[first, second.clone()]));
    let whole = repo.patch_id_between(&base, &second).unwrap();
    assert_eq!(whole, ids(std::slice::from_ref(&squash)).pop());
    assert_eq!(repo.patch_id_between(&base, &base).unwrap(), None);
    assert_eq!(ids(&[base]).len(), 1, "the first commit of all has one too");
}

#[cfg(target_os = "linux")]
#[test]
fn a_commit_is_found_by_a_name_that_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::new(PLAIN);
    let base = sandbox.commit("a", "1\n");
    let name = PathBuf::from(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    std::fs::write(sandbox.top.join(&name), "1\n").unwrap();
    let tip = sandbox.commit("b", "2\n");
    let repo = sandbox.open();
    let found = |files: &[PathBuf]| {
        let both = (std::slice::from_ref(&base), std::slice::from_ref(&tip));
        repo.commits_on(both.0, both.1, files).unwrap().commits
    };
    let named = found(&[name, "no\nline".into()]);
    assert_eq!(named, std::slice::from_ref(&tip));
    assert!(found(&["no\nline".into()]).is_empty());
}

#[test]
fn merges_computed_ahead_in_one_process_are_the_same_merges() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        sandbox.write("b", &lines("1", "1"));
        let base = sandbox.commit("a", &lines("1", "1"));
        let fix = sandbox.commit("a", &lines("fixed", "1"));
        let line = |path: &str, text: &str| {
            sandbox.git(&["switch", "-q", "--detach", base.as_str()]);
            sandbox.commit(path, text)
        };
        let lines = [
            line("a", &lines("1", "line")),
            line("a", &lines("clash", "1")),
            line("b", &lines("1", "other")),
            base.clone(),
        ];
        let pairs: Vec<(Oid, Oid)> = lines.iter().map(|l| (l.clone(), fix.clone())).collect();
        let (ahead, alone) = (sandbox.open(), sandbox.open());
        ahead.merge_ahead(&pairs).unwrap();
        assert_eq!(ahead.merged.borrow().len(), 2, "{kind:?}");
        for (ours, theirs) in &pairs {
            let merge = |repo: &Repo| repo.merge_in_memory(ours, theirs).unwrap();
            assert_eq!(merge(&ahead), merge(&alone), "{kind:?}");
        }
    }
}
