use super::*;
use crate::git::GitError;
use crate::git::network::{Call, PushLine};
use std::cell::Cell;
use std::time::{Duration, Instant};

fn call<'a>(seconds: u64, waiting: &'a dyn Fn()) -> Call<'a> {
    Call {
        remote: "origin",
        limit: Duration::from_secs(seconds),
        waiting,
        env: &[],
    }
}

fn line(source: &Oid, target: &str) -> PushLine {
    PushLine::forward(target.to_owned(), source.clone())
}

fn with_remote(kind: Kind) -> (Sandbox, Sandbox) {
    let (remote, sandbox) = (Sandbox::bare(kind), Sandbox::new(kind));
    sandbox.git(&["remote", "add", "origin", remote.top.to_str().unwrap()]);
    (remote, sandbox)
}

#[test]
fn a_push_takes_all_lines_or_none_and_the_tracking_refs_follow() {
    for kind in kinds() {
        let (remote, sandbox) = with_remote(kind);
        let one = sandbox.commit("a", "1");
        let two = sandbox.commit("a", "2");
        let repo = sandbox.open();
        let go = call(20, &|| ());
        repo.push(
            &go,
            &[
                line(&two, "refs/heads/main"),
                line(&one, "refs/heads/hotfix/a"),
            ],
        )
        .unwrap();
        assert_eq!(remote.id("refs/heads/main"), two);
        assert_eq!(
            repo.find_ref("refs/remotes/origin/main").unwrap(),
            Some(two.clone())
        );

        let lines = [
            line(&two, "refs/heads/hotfix/a"),
            line(&one, "refs/heads/main"),
        ];
        let Err(GitError::Failed { stdout, stderr, .. }) = repo.push(&go, &lines) else {
            panic!("{kind:?}");
        };
        assert!(
            stdout.contains("refs/heads/main") && stdout.contains("[rejected]"),
            "{stdout}"
        );
        assert!(stderr.contains("failed to push"), "{stderr}");
        assert_eq!(remote.id("refs/heads/hotfix/a"), one);

        let delete = |seen: &Oid| PushLine {
            source: None,
            target: "refs/heads/hotfix/a".to_owned(),
            lease: Some(seen.clone()),
        };
        let unseen = repo.push(&go, &[delete(&two)]);
        assert!(matches!(unseen, Err(GitError::Failed { .. })), "{kind:?}");
        assert_eq!(remote.id("refs/heads/hotfix/a"), one);
        repo.push(&go, &[delete(&one)]).unwrap();
        assert_eq!(
            remote.git(&["for-each-ref", "--format=%(refname)"]),
            "refs/heads/main"
        );
        repo.push(&go, &[]).unwrap();
    }
}

#[test]
fn a_fetch_brings_refs_and_its_time_is_known() {
    let (remote, sandbox) = with_remote(PLAIN);
    let one = sandbox.commit("a", "1");
    let repo = sandbox.open();
    assert_eq!(repo.last_fetch(), None);
    let ours = "refs/hotfix/incidents/a";
    repo.push(&call(20, &|| ()), &[line(&one, ours)]).unwrap();
    let specs = ["refs/hotfix/incidents/*:refs/hotfix/remotes/origin/*".to_owned()];
    repo.fetch(&call(20, &|| ()), &specs).unwrap();
    assert_eq!(
        repo.find_ref("refs/hotfix/remotes/origin/a").unwrap(),
        Some(one)
    );
    let passed = chrono::Utc::now() - repo.last_fetch().unwrap();
    assert!(passed.num_seconds().abs() < 60);
    std::fs::remove_dir_all(&remote.top).unwrap();
    let failed = repo.fetch(&call(20, &|| ()), &specs);
    assert!(matches!(failed, Err(GitError::Failed { .. })));
}

#[cfg(unix)]
#[test]
fn a_remote_that_never_answers_is_ended_in_time_with_all_its_children() {
    let sandbox = Sandbox::new(PLAIN);
    let pid = sandbox.path("pid");
    let text = format!(
        "#!/bin/sh\ntrap '' TERM\necho $$ >'{}'\nsleep 60\nsleep 60\n",
        pid.display()
    );
    let script = sandbox.executable(".git/never", &text);
    sandbox.git(&["config", "protocol.ext.allow", "always"]);
    sandbox.git(&[
        "remote",
        "add",
        "origin",
        &format!("ext::{}", script.display()),
    ]);
    let repo = sandbox.open();
    let told = Cell::new(0);
    let waiting = || told.set(told.get() + 1);
    let start = Instant::now();
    let outcome = repo.fetch(&call(1, &waiting), &[]);
    assert!(
        matches!(outcome, Err(GitError::TimedOut { seconds: 1, .. })),
        "{outcome:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(told.get(), 1);
    std::thread::sleep(Duration::from_millis(100));
    let child = std::fs::read_to_string(&pid).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
    // Gone, or dead and waiting for a parent to notice.
    assert!(stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z ")));
}
