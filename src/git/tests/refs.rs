use super::*;
use crate::git::GitError;
use std::sync::Barrier;

const NAME: &str = "refs/hotfix/incidents/2026-11-22-a";

fn is_raced(outcome: Result<(), GitError>) -> bool {
    matches!(outcome, Err(GitError::Raced { ref name }) if name == NAME)
}

#[test]
fn one_ref_moves_only_from_where_it_should_be() {
    for (kind, many) in kinds().into_iter().zip([false; 4]).chain([(PLAIN, true)]) {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        let two = sandbox.commit("a", "2");
        if many {
            pack_many(&sandbox, &one);
        }
        let repo = sandbox.open();
        assert_eq!(repo.has_many_packed(), many);
        assert_eq!(repo.find_ref(NAME).unwrap(), None);
        assert!(
            is_raced(repo.update_ref(&advance(NAME, &one, &two), "x")),
            "{kind:?}"
        );
        repo.update_ref(&create(NAME, &one), "x").unwrap();
        assert!(
            is_raced(repo.update_ref(&create(NAME, &two), "x")),
            "{kind:?}"
        );
        assert!(
            is_raced(repo.update_ref(&advance(NAME, &two, &one), "x")),
            "{kind:?}"
        );
        assert!(
            is_raced(repo.update_ref(&remove(NAME, &two), "x")),
            "{kind:?}"
        );
        assert_eq!(repo.find_ref(NAME).unwrap(), Some(one.clone()));
        repo.update_ref(&advance(NAME, &one, &two), "x").unwrap();
        assert_eq!(sandbox.id(NAME), two);
        repo.update_ref(&remove(NAME, &two), "x").unwrap();
        assert_eq!(repo.find_ref(NAME).unwrap(), None);
        assert!(
            is_raced(repo.update_ref(&remove(NAME, &two), "x")),
            "{kind:?}"
        );
    }
}

/// More refs than libgit2 is asked to write one beside.
fn pack_many(sandbox: &Sandbox, commit: &Oid) {
    let mut text = String::from("# pack-refs with: peeled fully-peeled sorted \n");
    for number in 0..3000 {
        text.push_str(&format!("{commit} refs/heads/topic/{number:04}\n"));
    }
    std::fs::write(sandbox.top.join(".git/packed-refs"), text).unwrap();
}

#[test]
fn of_many_who_create_one_ref_one_succeeds() {
    let sandbox = Sandbox::new(PLAIN);
    let ids: Vec<Oid> = (0..4)
        .map(|n| sandbox.commit("a", &n.to_string()))
        .collect();
    for round in 0..20 {
        let name = format!("refs/hotfix/incidents/{round}");
        let barrier = Barrier::new(ids.len());
        let winners: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = ids
                .iter()
                .map(|id| {
                    let (name, barrier, sandbox) = (&name, &barrier, &sandbox);
                    scope.spawn(move || {
                        let repo = sandbox.open();
                        barrier.wait();
                        match repo.update_ref(&create(name, id), "x") {
                            Ok(()) => 1,
                            Err(GitError::Raced { .. }) => 0,
                            Err(other) => panic!("{other}"),
                        }
                    })
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn several_refs_move_together_or_not_at_all() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        let two = sandbox.commit("a", "2");
        sandbox.git(&["branch", "release", one.as_str()]);
        sandbox.git(&["branch", "gone", one.as_str()]);
        let repo = sandbox.open();
        let mut updates = vec![
            advance("refs/heads/release", &one, &two),
            remove("refs/heads/gone", &one),
            create("refs/tags/v1", &two),
            advance(NAME, &one, &two),
        ];
        assert!(is_raced(repo.update_refs(&updates, "landing")), "{kind:?}");
        assert_eq!(sandbox.id("refs/heads/release"), one);
        assert_eq!(sandbox.id("refs/heads/gone"), one);
        assert_eq!(repo.find_ref("refs/tags/v1").unwrap(), None);
        updates.pop();
        repo.update_refs(&updates, "landing").unwrap();
        assert_eq!(
            repo.find_ref("refs/heads/release").unwrap(),
            Some(two.clone())
        );
        assert_eq!(repo.find_ref("refs/heads/gone").unwrap(), None);
        assert_eq!(repo.find_ref("refs/tags/v1").unwrap(), Some(two));
        let log = sandbox.git(&["reflog", "show", "--format=%gs", "release"]);
        assert_eq!(log.lines().next(), Some("landing"), "{kind:?}");
        repo.update_refs(&[], "nothing").unwrap();
    }
}

#[test]
fn a_branch_moved_alone_has_a_reflog_too() {
    let sandbox = Sandbox::new(PLAIN);
    let one = sandbox.commit("a", "1");
    let two = sandbox.commit("a", "2");
    let repo = sandbox.open();
    repo.update_ref(&create("refs/heads/b", &one), "made")
        .unwrap();
    repo.update_ref(&advance("refs/heads/b", &one, &two), "moved")
        .unwrap();
    let log = sandbox.git(&["reflog", "show", "--format=%gs", "b"]);
    assert_eq!(log, "moved\nmade");
}

#[test]
fn a_lock_is_waited_for_and_then_named() {
    let sandbox = Sandbox::new(PLAIN);
    let one = sandbox.commit("a", "1");
    let repo = sandbox.open();
    let lock = sandbox.top.join(".git").join(format!("{NAME}.lock"));
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    std::fs::write(&lock, "").unwrap();
    for outcome in [
        repo.update_ref(&create(NAME, &one), "x"),
        repo.update_refs(&[create(NAME, &one)], "x"),
    ] {
        let said = outcome.unwrap_err().to_string();
        assert!(said.contains(&format!("{NAME}.lock")), "{said}");
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            std::fs::remove_file(&lock).unwrap();
        });
        repo.update_ref(&create(NAME, &one), "x").unwrap();
    });
}

#[test]
fn refs_are_listed_in_order_loose_before_packed() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        let two = sandbox.commit("a", "2");
        let at = |name: &str| format!("refs/hotfix/incidents/{name}");
        for name in ["b", "d"] {
            sandbox.git(&["update-ref", &at(name), one.as_str()]);
        }
        sandbox.git(&["update-ref", "refs/hotfix/incidentsx", one.as_str()]);
        sandbox.git(&["pack-refs", "--all"]);
        sandbox.git(&["update-ref", &at("d"), two.as_str()]);
        sandbox.git(&["update-ref", &at("a/deep"), two.as_str()]);
        let listed = sandbox.open().list_refs("refs/hotfix/incidents/").unwrap();
        let expected = vec![(at("a/deep"), two.clone()), (at("b"), one), (at("d"), two)];
        assert_eq!(listed, expected, "{kind:?}");
    }
}

#[test]
fn what_is_no_ref_is_not_listed_and_what_git_lists_is() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        for name in [
            "refs/heads/x",
            "refs/heads/x-1/a",
            "refs/remotes/origin/main",
        ] {
            sandbox.git(&["update-ref", name, one.as_str()]);
        }
        sandbox.git(&["pack-refs", "--all"]);
        sandbox.git(&["update-ref", "refs/heads/x-1/b/c", one.as_str()]);
        let head = ["symbolic-ref", "refs/remotes/origin/HEAD"];
        sandbox.git(&[head[0], head[1], "refs/remotes/origin/main"]);
        sandbox.git(&[head[0], "refs/heads/nowhere", "refs/heads/none"]);
        let heads = sandbox.top.join(".git/refs/heads");
        if heads.is_dir() {
            std::fs::create_dir_all(heads.join("empty/folder")).unwrap();
            std::fs::write(heads.join("main.lock"), one.as_str()).unwrap();
            std::fs::write(heads.join(".hidden"), one.as_str()).unwrap();
            std::fs::write(heads.join("broken"), "no id\n").unwrap();
        }
        let repo = sandbox.open();
        for prefix in [
            "refs/heads/",
            "refs/heads/x-1/",
            "refs/remotes/",
            "refs/tags/",
        ] {
            let format = "--format=%(refname) %(objectname)";
            let expected = sandbox.git(&["for-each-ref", format, prefix]);
            let listed = repo.list_refs(prefix).unwrap();
            let listed: Vec<String> = listed
                .iter()
                .map(|(name, id)| format!("{name} {id}"))
                .collect();
            assert_eq!(listed.join("\n"), expected, "{kind:?} {prefix}");
        }
        let patterns = ["x-1/*", "x", "*in", "no*"].map(str::to_owned);
        let named = repo.list_matching("refs/heads/", &patterns).unwrap();
        let named: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, ["main", "x", "x-1/a", "x-1/b/c"], "{kind:?}");
    }
}

#[test]
fn symbolic_refs_are_told_apart_and_followed() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        let (origin, main) = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main");
        sandbox.git(&["update-ref", main, one.as_str()]);
        sandbox.git(&["symbolic-ref", origin, main]);
        let repo = sandbox.open();
        assert_eq!(
            repo.symbolic_target(origin).unwrap().as_deref(),
            Some(main),
            "{kind:?}"
        );
        assert_eq!(repo.symbolic_target(main).unwrap(), None);
        assert_eq!(repo.symbolic_target("refs/none").unwrap(), None);
        assert_eq!(repo.find_ref(origin).unwrap(), Some(one), "{kind:?}");
        assert_eq!(repo.find_ref("refs/heads/a b").unwrap(), None, "{kind:?}");
    }
}

#[test]
fn tags_at_a_commit_are_found_loose_packed_and_annotated() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let one = sandbox.commit("a", "1");
        sandbox.git(&["tag", "packed-light"]);
        sandbox.git(&["tag", "-m", "x", "packed/annotated"]);
        sandbox.git(&["tag", "moved"]);
        sandbox.git(&["pack-refs", "--all"]);
        sandbox.git(&["tag", "loose-light"]);
        sandbox.git(&["tag", "-m", "x", "loose-annotated"]);
        let two = sandbox.commit("a", "2");
        sandbox.git(&["tag", "-f", "moved"]);
        let repo = sandbox.open();
        let expected = [
            "loose-annotated",
            "loose-light",
            "packed-light",
            "packed/annotated",
        ];
        assert_eq!(repo.tags_at(&one).unwrap(), expected, "{kind:?}");
        assert_eq!(repo.tags_at(&two).unwrap(), ["moved"], "{kind:?}");
    }
}

#[test]
fn the_nearest_tag_is_on_the_newest_commit_however_late_it_was_made() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let at = |day: &str, arguments: &[&str]| {
            let mut git = sandbox.command(&sandbox.top, arguments);
            git.env("GIT_COMMITTER_DATE", format!("2026-11-{day}T10:00:00Z"));
            assert!(git.output().unwrap().status.success());
        };
        at("01", &["commit", "-q", "--allow-empty", "-m", "1"]);
        at("02", &["commit", "-q", "--allow-empty", "-m", "2"]);
        at("03", &["tag", "v2.0.0"]);
        at("04", &["tag", "-m", "x", "v2.0.1"]);
        at("05", &["tag", "-m", "late", "v1.0.0", "HEAD~1"]);
        at("06", &["switch", "-q", "--detach", "HEAD~1"]);
        at("07", &["commit", "-q", "--allow-empty", "-m", "3"]);
        at("08", &["tag", "elsewhere"]);
        at("09", &["switch", "-q", "main"]);
        at("10", &["tag", "-m", "x", "v3.0.0-tree", "HEAD^{tree}"]);
        let main = sandbox.id("main");
        for packed in [false, true] {
            if packed {
                at("11", &["pack-refs", "--all"]);
            }
            let repo = sandbox.open();
            let nearest = |itself, passes: &dyn Fn(&str) -> bool| {
                let tags = repo.nearest_tags(&main, itself, passes).unwrap();
                assert_eq!(
                    repo.nearest_tags_by_git(&main, itself, passes).unwrap(),
                    tags,
                    "{kind:?}"
                );
                tags
            };
            assert_eq!(nearest(true, &|_| true), ["v2.0.1"], "{kind:?}");
            assert_eq!(nearest(true, &|tag| tag != "v2.0.1"), ["v2.0.0"]);
            assert_eq!(nearest(false, &|_| true), ["v1.0.0"]);
            assert!(nearest(true, &|tag| tag == "elsewhere").is_empty());
        }
    }
}

#[test]
fn a_pattern_means_the_branches_that_git_would_list() {
    use crate::git::refs::matches;
    for (pattern, name, meant) in [
        ("main", "main", true),
        ("main", "main2", false),
        ("release/*", "release/1.2", true),
        ("release/*", "release/1.2/rc", true),
        ("release/*", "prerelease/1", false),
        ("rel*/*-x", "release/1-x", true),
        ("rel*/*-x", "release/1-x/y", false),
        ("a*a", "a", false),
    ] {
        assert_eq!(matches(pattern, name), meant, "{pattern} {name}");
    }
}
