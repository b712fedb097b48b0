use super::*;

fn messages(commits: &[crate::git::CommitInfo]) -> Vec<&str> {
    commits.iter().map(|commit| commit.subject()).collect()
}

#[test]
fn ranges_are_oldest_first_and_ancestry_is_known() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", "1");
        let two = sandbox.commit("b", "2");
        let three = sandbox.commit("c", "3");
        sandbox.git(&["switch", "-q", "-c", "side", base.as_str()]);
        let side = sandbox.commit("d", "4");
        sandbox.git(&["switch", "-q", "--orphan", "other"]);
        let other = sandbox.commit("e", "5");
        let repo = sandbox.open();
        let range = repo
            .range(std::slice::from_ref(&base), std::slice::from_ref(&three), 0)
            .unwrap();
        assert_eq!(messages(&range), ["change b", "change c"], "{kind:?}");
        let range = repo.range(&[], std::slice::from_ref(&three), 2).unwrap();
        assert_eq!(messages(&range), ["change b", "change c"]);
        assert!(repo.contains(&three, &base).unwrap());
        assert!(repo.contains(&three, &three).unwrap());
        assert!(!repo.contains(&two, &three).unwrap());
        assert_eq!(repo.merge_base(&side, &three).unwrap(), Some(base.clone()));
        assert_eq!(repo.merge_base(&side, &other).unwrap(), None);
        assert_eq!(repo.ahead(&three, &side).unwrap(), 2);
        assert!(repo.merge_in_memory(&side, &other).is_err());
    }
}

#[test]
fn commits_come_with_their_files() {
    let sandbox = Sandbox::new(PLAIN);
    let base = sandbox.commit("a", "1");
    sandbox.write("é", "2");
    sandbox.commit("d/b c", "2");
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
    let tip = sandbox.commit("a", "3");
    let repo = sandbox.open();
    let found = repo.range_with_files(&base, &tip, 10).unwrap();
    let files: Vec<Vec<String>> = found.iter().map(|one| one.files.clone()).collect();
    let expected = [vec!["a"], vec![], vec!["d/b c", "é"]];
    assert_eq!(files, expected);
    assert_eq!(found[1].commit.subject(), "empty");
    assert_eq!(repo.range_with_files(&base, &tip, 1).unwrap().len(), 1);
}

#[test]
fn what_no_remote_has_is_found() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        let two = sandbox.commit("a", "2");
        let tip = sandbox.commit("a", "3");
        sandbox.git(&["update-ref", "refs/remotes/origin/main", one.as_str()]);
        sandbox.git(&["update-ref", "refs/remotes/fork/main", two.as_str()]);
        let repo = sandbox.open();
        assert_eq!(repo.not_on_remote(&tip, None).unwrap().len(), 1, "{kind:?}");
        let new = repo.not_on_remote(&tip, Some("origin")).unwrap();
        assert_eq!(new.iter().map(|c| &c.id).collect::<Vec<_>>(), [&two, &tip]);
    }
}

#[test]
fn a_shallow_clone_ends_where_it_was_cut() {
    let sandbox = Sandbox::new(PLAIN);
    for n in 0..5 {
        sandbox.commit("a", &n.to_string());
    }
    let tip = sandbox.id("HEAD");
    let url = format!("file://{}", sandbox.top.display());
    sandbox.git_in(
        &sandbox.path(""),
        &["clone", "-q", "--depth=2", &url, "shallow"],
    );
    let repo = sandbox.open_at(&sandbox.path("shallow"));
    let range = repo.range(&[], std::slice::from_ref(&tip), 0).unwrap();
    assert_eq!(range.len(), 2);
    assert!(repo.contains(&tip, &range[0].id).unwrap());
    assert_eq!(
        repo.merge_base(&tip, &range[0].id).unwrap(),
        Some(range[0].id.clone())
    );
    assert_eq!(repo.ahead(&tip, &range[0].id).unwrap(), 1);
    assert_eq!(
        repo.nearest_tags(&tip, true, |_| true).unwrap(),
        Vec::<String>::new()
    );
}
