use super::*;
use crate::git::{ConflictKind, ConflictedFile, DiffStat, GitError, Ident, MergeOutcome};
use chrono::{DateTime, Utc};

const PATH: &str = ".claude/postmortems/a.md";

fn ada() -> Ident {
    Ident {
        name: "Ada <L>\n".to_owned(),
        email: "ada@example.org".to_owned(),
    }
}

#[test]
fn a_commit_of_one_file_reads_back_and_git_finds_nothing_wrong() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", "1");
        let repo = sandbox.open();
        let at: DateTime<Utc> = "2026-11-22T14:05:31Z".parse().unwrap();
        let id = repo
            .commit_file(PATH, b"one\r\n", &[], "start\n", &ada(), at)
            .unwrap();
        let next = repo
            .commit_file(PATH, b"two", std::slice::from_ref(&id), "log", &ada(), at)
            .unwrap();
        assert_eq!(next.as_str().len(), base.as_str().len());
        let (blob, bytes) = repo.file_at(&id, PATH).unwrap().unwrap();
        assert_eq!(bytes, b"one\r\n");
        assert_eq!(repo.blob_id(b"one\r\n").unwrap(), blob);
        assert_eq!(repo.blob(&blob).unwrap().as_deref(), Some(bytes.as_slice()));
        for missing in ["a", ".claude", ".claude/postmortems/a.md/b", ""] {
            assert_eq!(repo.file_at(&id, missing).unwrap(), None, "{missing}");
        }
        let info = repo.commit(&next).unwrap();
        assert_eq!((info.parents, info.message.as_str()), (vec![id], "log"));
        assert_eq!((info.author.name.as_str(), info.committed), ("Ada L", at));
        sandbox.git(&["fsck", "--strict", "--no-dangling"]);
        assert_eq!(
            sandbox.git(&["ls-tree", "-r", "--name-only", next.as_str()]),
            PATH
        );
        assert_eq!(
            repo.commit_of(next.as_str()).unwrap(),
            Some(next),
            "{kind:?}"
        );
        assert_eq!(repo.commit_of("HEAD").unwrap(), Some(base));
        assert_eq!(repo.commit_of("HEAD:a").unwrap(), None);
        assert_eq!(repo.commit_of("--all").unwrap(), None);
        assert_eq!(repo.commit_of("nothing").unwrap(), None);
    }
}

#[test]
fn a_tree_with_one_file_more_keeps_the_rest() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.write("x", "file");
    let commit = sandbox.commit(".claude/settings.json", "{}");
    let repo = sandbox.open();
    let tree = repo.tree_with_file(&commit, PATH, b"record").unwrap();
    let names = sandbox.git(&["ls-tree", "-r", "--name-only", tree.as_str()]);
    assert_eq!(names, format!("{PATH}\n.claude/settings.json\nx"));
    for wrong in ["x/y", ".claude"] {
        let outcome = repo.tree_with_file(&commit, wrong, b"record");
        assert!(matches!(outcome, Err(GitError::Libgit2 { .. })), "{wrong}");
    }
}

#[test]
fn a_commit_is_made_by_git_and_a_tag_without_a_ref() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", "1");
        let repo = sandbox.open();
        let tree = repo.commit(&base).unwrap().tree;
        let id = repo
            .commit_tree(
                &tree,
                std::slice::from_ref(&base),
                "fix: [HOTFIX] é\n\nbody",
            )
            .unwrap();
        let info = repo.commit(&id).unwrap();
        assert_eq!(info.message, "fix: [HOTFIX] é\n\nbody\n");
        assert_eq!(info.author.name, "Ada");
        let tag = repo.tag_object("v1.0.1", &id, "v1.0.1: fix").unwrap();
        assert_eq!(repo.commit_of(tag.as_str()).unwrap(), Some(id), "{kind:?}");
        assert_eq!(sandbox.git(&["cat-file", "-t", tag.as_str()]), "tag");
        assert_eq!(sandbox.git(&["for-each-ref", "refs/tags/"]), "");
        sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    }
}

#[test]
fn a_commit_is_byte_for_byte_the_one_that_git_writes() {
    let settings: [&[(&str, &str)]; 6] = [
        &[],
        &[
            ("user.name", " Ada \"L.\" ."),
            ("user.email", "<ada@example.org>"),
        ],
        &[("author.name", "Bo"), ("committer.email", "c@example.org")],
        &[("i18n.commitEncoding", "ISO-8859-1")],
        &[("i18n.commitEncoding", "UTF-8"), ("user.name", "Zoë, Ph.D")],
        &[("core.sharedRepository", "group")],
    ];
    let kinds = kinds();
    let each = kinds
        .iter()
        .flat_map(|kind| settings.map(|set| (*kind, set)));
    for (kind, set) in each {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", "1");
        let picked = {
            let author = "--author=Łukasz <l@example.org>";
            let commit = ["commit", "-q", "--allow-empty", "-m", "x", author];
            sandbox.git(&[&commit[..], &["--date=2020-02-29T12:00:00-0330"]].concat());
            sandbox.id("HEAD")
        };
        for (key, value) in set {
            sandbox.git(&["config", key, value]);
        }
        let repo = sandbox.open();
        let tree = repo.commit(&base).unwrap().tree;
        let parents = [base.clone(), picked.clone()];
        let ours = [
            repo.commit_tree(&tree, &parents, "fix: é\n\nbody").unwrap(),
            repo.commit_tree_by(&tree, &parents, "fix: é\n\nbody", &picked)
                .unwrap(),
        ];
        for (id, by) in ours.iter().zip([None, Some("Łukasz")]) {
            let date = |who: &str| {
                let format = format!("--format=@%{who}");
                sandbox.git(&["log", "-1", "--date=raw", &format, id.as_str()])
            };
            let arguments = ["commit-tree", tree.as_str(), "-m", "fix: é\n\nbody"];
            let given = ["-p", base.as_str(), "-p", picked.as_str()];
            let mut git = sandbox.command(&sandbox.top, &[&arguments[..], &given].concat());
            git.env("GIT_AUTHOR_DATE", date("ad"));
            git.env("GIT_COMMITTER_DATE", date("cd"));
            if let Some(name) = by {
                git.env("GIT_AUTHOR_NAME", name);
                git.env("GIT_AUTHOR_EMAIL", "l@example.org");
            }
            let theirs = String::from_utf8(git.output().unwrap().stdout).unwrap();
            assert_eq!(id.as_str(), theirs.trim_end(), "{kind:?} {set:?} {by:?}");
        }
    }
}

#[test]
fn commits_and_tags_are_signed_with_the_persons_key() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        let base = sandbox.commit("a", "1");
        let key = sandbox.path("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key)
            .status();
        if !made.is_ok_and(|status| status.success()) {
            note("skipped: no ssh-keygen");
            return;
        }
        let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
        let allowed = sandbox.path("allowed");
        std::fs::write(&allowed, format!("ada@example.org {public}")).unwrap();
        for (name, value) in [
            ("gpg.format", "ssh"),
            ("user.signingkey", key.to_str().unwrap()),
            ("gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()),
            ("commit.gpgsign", "true"),
            ("tag.gpgsign", "true"),
        ] {
            sandbox.git(&["config", name, value]);
        }
        let repo = sandbox.open();
        let tree = repo.commit(&base).unwrap().tree;
        let commit = repo.commit_tree(&tree, &[], "fix").unwrap();
        sandbox.git(&["verify-commit", commit.as_str()]);
        let tag = repo.tag_object("release/v1", &commit, "v1").unwrap();
        sandbox.git(&["verify-tag", tag.as_str()]);
        assert_eq!(sandbox.git(&["for-each-ref", "refs/tags/"]), "", "{kind:?}");
        sandbox.git(&["config", "user.signingkey", "/nowhere/key"]);
        assert!(sandbox.open().tag_object("v2", &commit, "v2").is_err());
    }
}

#[test]
fn a_merge_is_clean_or_names_the_files() {
    for kind in kinds() {
        let sandbox = Sandbox::new(kind);
        sandbox.write("é b", "1\n");
        let base = sandbox.commit("a", "1\n");
        let ours = sandbox.commit("a", "2\n");
        sandbox.git(&["switch", "-q", "-c", "side", base.as_str()]);
        let clean = sandbox.commit("c", "3\n");
        let theirs = sandbox.commit("a", "4\n");
        let repo = sandbox.open();
        let MergeOutcome::Clean { tree } = repo.merge_in_memory(&ours, &clean).unwrap() else {
            panic!("{kind:?}");
        };
        let names = sandbox.git(&["ls-tree", "-z", "--name-only", tree.as_str()]);
        assert_eq!(names.trim_end_matches('\0'), "a\0c\0é b");
        let files = vec![ConflictedFile {
            path: "a".to_owned(),
            kind: ConflictKind::Text,
            places: 1,
        }];
        let conflict = repo.merge_in_memory(&ours, &theirs).unwrap();
        assert_eq!(conflict, MergeOutcome::Conflict { files }, "{kind:?}");
        let tree = repo.commit(&clean).unwrap().tree;
        for (a, b) in [(&base, &clean), (&clean, &base)] {
            let forward = repo.merge_in_memory(a, b).unwrap();
            assert_eq!(forward, MergeOutcome::Clean { tree: tree.clone() });
        }
        let stat = DiffStat {
            files: 2,
            insertions: 2,
            deletions: 1,
        };
        assert_eq!(
            repo.count_changes(&base, &theirs).unwrap().end().unwrap(),
            stat
        );
    }
}

#[test]
fn what_a_partial_clone_left_behind_is_fetched() {
    let sandbox = Sandbox::new(PLAIN);
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let one = sandbox.commit("deep/a", "1\n");
    let two = sandbox.commit("deep/a", "2\n");
    let url = format!("file://{}", sandbox.top.display());
    let partial = sandbox.path("partial");
    let clone = [
        "clone",
        "-q",
        "--filter=tree:0",
        "--no-checkout",
        &url,
        "partial",
    ];
    sandbox.git_in(&sandbox.path(""), &clone);
    let offline = sandbox.open_at(&partial).offline();
    assert!(offline.file_at(&one, "deep/a").is_err());
    let repo = sandbox.open_at(&partial);
    let (_, bytes) = repo.file_at(&one, "deep/a").unwrap().unwrap();
    assert_eq!(bytes, b"1\n");
    let stat = DiffStat {
        files: 1,
        insertions: 1,
        deletions: 1,
    };
    assert_eq!(repo.count_changes(&one, &two).unwrap().end().unwrap(), stat);
}
