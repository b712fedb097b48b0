use super::*;
use crate::git::{GitError, Head};

#[test]
fn head_is_unborn_then_a_branch_then_detached_in_every_kind() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let name = || "main".to_owned();
        assert_eq!(
            sandbox.open().head().unwrap(),
            Head::Unborn { name: name() },
            "{kind:?}"
        );
        let oid = sandbox.commit("a", "1");
        let branch = Head::Branch {
            name: name(),
            oid: oid.clone(),
        };
        assert_eq!(sandbox.open().head().unwrap(), branch, "{kind:?}");
        assert_eq!(sandbox.open().branch_at_work().unwrap(), Some(name()));
        sandbox.git(&["switch", "-q", "--detach"]);
        assert_eq!(
            sandbox.open().head().unwrap(),
            Head::Detached { oid },
            "{kind:?}"
        );
        assert_eq!(sandbox.open().branch_at_work().unwrap(), None);
    }
}

#[test]
fn a_linked_work_tree_knows_its_own_head_and_the_shared_directory() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let oid = sandbox.commit("a", "1");
        sandbox.git(&["branch", "hotfix/a"]);
        let linked = sandbox.path("linked");
        sandbox.open().add_worktree(&linked, "hotfix/a").unwrap();
        let deep = linked.join("deep");
        std::fs::create_dir(&deep).unwrap();
        let repo = sandbox.open_at(&deep);
        let name = "hotfix/a".to_owned();
        assert_eq!(repo.head().unwrap(), Head::Branch { name, oid }, "{kind:?}");
        assert_eq!(repo.workdir(), Some(linked.as_path()));
        assert_eq!(repo.common_dir(), sandbox.top.join(".git"));
        assert!(
            repo.git_dir()
                .starts_with(sandbox.top.join(".git/worktrees"))
        );
        assert_eq!(
            repo.hooks_dir().unwrap(),
            sandbox.open().hooks_dir().unwrap()
        );
        repo.set_config("hotfix.x", "1").unwrap();
        assert_eq!(sandbox.git(&["config", "--local", "hotfix.x"]), "1");
        let trees = repo.worktrees().unwrap();
        assert_eq!(trees.len(), 2);
        assert_eq!(trees[0].path, sandbox.top);
        assert_eq!(trees[1].branch.as_deref(), Some("hotfix/a"));
        std::fs::remove_dir(&deep).unwrap();
        sandbox.open().remove_worktree(&linked).unwrap();
        assert!(!linked.exists());
    }
}

#[test]
fn a_bare_repository_opens_without_a_work_tree() {
    let sandbox = Sandbox::bare(PLAIN);
    let repo = sandbox.open();
    assert_eq!(repo.workdir(), None);
    assert_eq!(repo.git_dir(), sandbox.top);
    assert!(repo.worktrees().unwrap()[0].bare);
    let tree = sandbox.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
    let id = repo
        .commit_tree(&Oid::from_hex(&tree).unwrap(), &[], "fix")
        .unwrap();
    assert_eq!(repo.commit(&id).unwrap().message, "fix\n");
}

#[test]
fn a_hooks_relative_git_dir_is_this_repository() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.commit("a", "1");
    sandbox.write("sub/b", "2");
    let told = |git_dir: &str| Whereabouts {
        git_dir: Some(PathBuf::from(git_dir)),
        ..Whereabouts::default()
    };
    let repo = open::open(&sandbox.top, &told(".git")).unwrap();
    assert_eq!(repo.workdir(), Some(sandbox.top.as_path()));
    assert_eq!(repo.changed_files(true, 10).unwrap(), ["sub/"]);
    // As in git: `GIT_DIR` alone makes the folder one stands in the work tree.
    let sub = sandbox.top.join("sub");
    let repo = open::open(&sub, &told("../.git")).unwrap();
    assert_eq!(repo.workdir(), Some(sub.as_path()));
    assert_eq!(repo.changed_files(false, 10).unwrap(), ["a"]);
    let mut both = told("../.git");
    both.work_tree = Some(PathBuf::from(".."));
    let repo = open::open(&sub, &both).unwrap();
    assert_eq!(repo.workdir(), Some(sandbox.top.as_path()));
    assert!(repo.changed_files(false, 10).unwrap().is_empty());
    both.git_dir = None;
    let repo = open::open(&sub, &both).unwrap();
    assert!(repo.changed_files(false, 10).unwrap().is_empty());
}

#[test]
fn a_ceiling_ends_the_search_and_no_repository_says_where() {
    let sandbox = Sandbox::new(PLAIN);
    let deep = sandbox.top.join("one/two");
    std::fs::create_dir_all(&deep).unwrap();
    let told = Whereabouts {
        ceilings: vec![sandbox.top.join("one")],
        ..Whereabouts::default()
    };
    assert_eq!(
        sandbox.open_at(&deep).workdir(),
        Some(sandbox.top.as_path())
    );
    match open::open(&deep, &told) {
        Err(GitError::NoRepository(path)) => assert_eq!(path, deep),
        other => panic!("{:?}", other.err()),
    }
}

#[test]
fn a_submodule_and_a_work_tree_elsewhere_are_served() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.commit("a", "1");
    let outer = sandbox.path("outer");
    sandbox.git_in(&sandbox.path(""), &["init", "-q", "outer"]);
    let url = sandbox.top.to_str().unwrap();
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        url,
        "sub",
    ];
    sandbox.git_in(&outer, &add);
    let repo = sandbox.open_at(&outer.join("sub"));
    assert_eq!(repo.workdir(), Some(outer.join("sub").as_path()));
    assert!(
        repo.hooks_dir()
            .unwrap()
            .ends_with(".git/modules/sub/hooks")
    );

    let elsewhere = sandbox.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    sandbox.git(&["config", "core.worktree", elsewhere.to_str().unwrap()]);
    let repo = sandbox.open();
    assert_eq!(repo.workdir(), Some(elsewhere.as_path()));
    assert_eq!(repo.changed_files(false, 10).unwrap(), ["a"]);
}

#[test]
fn during_a_rebase_the_branch_at_work_is_the_one_being_rebased() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.commit("a", "1");
    sandbox.git(&["switch", "-qc", "hotfix/a"]);
    sandbox.commit("b", "2");
    let mut rebase = sandbox.command(&sandbox.top, &["rebase", "-q", "-x", "false", "HEAD~1"]);
    assert!(!rebase.output().unwrap().status.success());
    let repo = sandbox.open();
    assert!(matches!(repo.head().unwrap(), Head::Detached { .. }));
    assert_eq!(repo.branch_at_work().unwrap().as_deref(), Some("hotfix/a"));
    assert!(!repo.is_merging());
}

#[test]
fn the_version_and_the_exit_code_of_an_editor_are_known() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.commit("a b", "1");
    let repo = sandbox.open();
    assert!(repo.git_version().unwrap() >= (2, 38, 0));
    if std::env::var_os("GIT_EDITOR").is_none() {
        repo.set_config("core.editor", "f() { echo edited >\"$1\"; exit 3; }; f")
            .unwrap();
        assert_eq!(repo.run_editor(&sandbox.top.join("a b")).unwrap(), 3);
        assert_eq!(sandbox.read("a b"), "edited\n");
    }
    let code = repo.run_interactive(
        &sandbox.top,
        &[
            "rev-parse".into(),
            "-q".into(),
            "--verify".into(),
            "x".into(),
        ],
        false,
    );
    assert_eq!(code.unwrap(), 1);
}
