//! The table of pre-push, row by row.

use super::*;

#[test]
fn a_dry_run_is_known_by_its_flag_and_nothing_else() {
    let dry = |line: &str| {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        is_dry_run(&words)
    };
    for line in [
        "git push --dry-run",
        "git push -n origin hotfix/a",
        "git -C push push origin -qn",
        "/usr/bin/git -c a.b=push push --dry",
        "git push -o x -n",
    ] {
        assert!(dry(line), "{line}");
    }
    for line in [
        "git push",
        "git push origin -- -n",
        "git push -o n origin",
        "git push -on origin",
        "git push --delete origin x",
        "git push -n --no-dry-run",
        "git push --repo -n",
        "git n",
        "git",
    ] {
        assert!(!dry(line), "{line}");
    }
}
use proptest::prelude::*;

const ID: &str = "1a3e64c6c41a3e64c6c41a3e64c6c41a3e64c6c4";
const ZERO: &str = "0000000000000000000000000000000000000000";

const ON_HOTFIX: PushContext<'_> = PushContext {
    prefix: "hotfix/",
    production: Some("main"),
    head: Some("hotfix/a"),
    head_id: Some(ID),
    mirror: false,
};
const ON_DEVELOP: PushContext<'_> = PushContext {
    head: Some("develop"),
    ..ON_HOTFIX
};
const DETACHED: PushContext<'_> = PushContext {
    head: None,
    ..ON_HOTFIX
};

fn judged(local: &str, remote: &str, context: &PushContext<'_>) -> Concern {
    let line = format!("{local} {ID} {remote} {ZERO}\n");
    let pushed = parse(line.as_bytes()).unwrap();
    concern(&pushed[0], context)
}

fn hotfix(branch: &str, shared: bool) -> Concern {
    Concern::Hotfix {
        branch: branch.to_owned(),
        shared,
    }
}

#[test]
fn a_line_is_read_from_the_right() {
    let long = "ab".repeat(32);
    let stdin = format!(
        "refs/heads/a {ID} refs/heads/b {ZERO}\n\
         (delete) {ZERO} refs/heads/f {ID}\n\
         HEAD^{{/a b}} {ID} refs/heads/d {ID}\n\
         x {long} refs/heads/y {zero}\n",
        zero = "0".repeat(64)
    );
    let pushed = parse(stdin.as_bytes()).unwrap();
    let names: Vec<_> = pushed
        .iter()
        .map(|p| (p.local.as_str(), p.remote.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("refs/heads/a", "refs/heads/b"),
            ("(delete)", "refs/heads/f"),
            ("HEAD^{/a b}", "refs/heads/d"),
            ("x", "refs/heads/y"),
        ]
    );
    assert_eq!(pushed[0].remote_id, None);
    assert_eq!(pushed[1].local_id, None);
    assert_eq!(pushed[2].remote_id.as_deref(), Some(ID));
    assert_eq!(pushed[3].local_id.as_deref(), Some(long.as_str()));
    assert_eq!(pushed[3].remote_id, None);
}

#[test]
fn nothing_to_push_is_nothing() {
    assert_eq!(parse(b""), Ok(Vec::new()));
    assert_eq!(parse(b"\n"), Ok(Vec::new()));
}

#[test]
fn a_thousand_refs_are_read() {
    let line = format!("refs/heads/a {ID} refs/heads/a {ZERO}\n");
    assert_eq!(parse(line.repeat(1000).as_bytes()).unwrap().len(), 1000);
}

#[test]
fn another_form_is_an_error_with_its_line() {
    let good = format!("a {ID} b {ZERO}\n");
    for bad in [
        "only".to_owned(),
        format!("{ID} b {ZERO}"),
        format!("a xyz b {ZERO}"),
        format!("a {ID} b 1a3e64c"),
        format!("a {ID}  {ZERO}"),
    ] {
        let error = parse(format!("{good}{bad}\n").as_bytes()).unwrap_err();
        assert_eq!((error.line, error.text), (2, bad));
    }
}

#[test]
fn pushes_that_are_blocked() {
    let rows = [
        (
            "refs/heads/hotfix/a",
            "refs/heads/hotfix/a",
            &ON_DEVELOP,
            hotfix("hotfix/a", true),
        ),
        (
            "HEAD",
            "refs/heads/hotfix/a",
            &ON_HOTFIX,
            hotfix("hotfix/a", true),
        ),
        (
            "@",
            "refs/heads/fix-a",
            &ON_HOTFIX,
            hotfix("hotfix/a", false),
        ),
        (
            "HEAD",
            "refs/heads/hotfix/d",
            &DETACHED,
            hotfix("hotfix/d", true),
        ),
        (
            ID,
            "refs/heads/hotfix/e",
            &DETACHED,
            hotfix("hotfix/e", true),
        ),
        (ID, "refs/heads/main", &ON_HOTFIX, hotfix("hotfix/a", false)),
        (
            "1a3e64c",
            "refs/heads/main",
            &ON_HOTFIX,
            hotfix("hotfix/a", false),
        ),
        (
            "refs/heads/hotfix/a",
            "refs/heads/main",
            &ON_DEVELOP,
            hotfix("hotfix/a", false),
        ),
        (
            "hotfix/a~1",
            "refs/heads/main",
            &ON_DEVELOP,
            hotfix("hotfix/a", false),
        ),
        (
            "refs/heads/hotfix/a",
            "refs/heads/hotfix/b",
            &ON_DEVELOP,
            hotfix("hotfix/a", true),
        ),
        (
            "refs/heads/main",
            "refs/heads/hotfix/b",
            &ON_DEVELOP,
            hotfix("hotfix/b", true),
        ),
        (
            "HEAD^{/a b}",
            "refs/heads/main",
            &ON_HOTFIX,
            hotfix("hotfix/a", false),
        ),
        (
            "HEAD",
            "refs/for/main",
            &ON_HOTFIX,
            hotfix("hotfix/a", true),
        ),
        (
            "HEAD",
            "refs/for/main%topic=x",
            &ON_HOTFIX,
            hotfix("hotfix/a", true),
        ),
        (
            "refs/heads/hotfix/a",
            "refs/for/main",
            &ON_DEVELOP,
            hotfix("hotfix/a", true),
        ),
    ];
    for (local, remote, context, expected) in rows {
        assert_eq!(judged(local, remote, context), expected, "{local}:{remote}");
    }
}

#[test]
fn every_line_is_judged() {
    let stdin = format!(
        "refs/heads/develop {ID} refs/heads/develop {ZERO}\n\
         refs/heads/hotfix/a {ID} refs/heads/hotfix/a {ZERO}\n"
    );
    let pushed = parse(stdin.as_bytes()).unwrap();
    let concerns: Vec<_> = pushed.iter().map(|p| concern(p, &ON_DEVELOP)).collect();
    assert_eq!(concerns, [Concern::None, hotfix("hotfix/a", true)]);
}

#[test]
fn production_and_release_tags_are_looked_at() {
    assert_eq!(
        judged("refs/heads/main", "refs/heads/main", &ON_HOTFIX),
        Concern::Production
    );
    assert_eq!(
        judged("HEAD", "refs/heads/main", &DETACHED),
        Concern::Production
    );
    assert_eq!(
        judged("main~1", "refs/heads/main", &ON_HOTFIX),
        Concern::Production
    );
    assert_eq!(
        judged("refs/tags/v1.2.3", "refs/tags/v1.2.3", &ON_DEVELOP),
        Concern::Tag
    );
    assert_eq!(judged("HEAD", "refs/tags/v1.2.3", &ON_HOTFIX), Concern::Tag);
    let unknown = PushContext {
        production: None,
        ..ON_DEVELOP
    };
    assert_eq!(
        judged("refs/heads/main", "refs/heads/main", &unknown),
        Concern::None
    );
}

#[test]
fn pushes_that_are_allowed() {
    let rows = [
        ("refs/tags/nightly", "refs/tags/nightly", &ON_HOTFIX),
        ("HEAD", "refs/tags/before-deploy", &ON_HOTFIX),
        ("refs/heads/develop", "refs/heads/develop", &ON_HOTFIX),
        ("develop~2", "refs/heads/develop", &ON_HOTFIX),
        ("HEAD", "refs/heads/develop", &ON_DEVELOP),
        ("HEAD", "refs/heads/develop", &DETACHED),
        ("HEAD", "refs/for/main", &ON_DEVELOP),
        (
            "refs/hotfix/incidents/x",
            "refs/hotfix/incidents/x",
            &ON_HOTFIX,
        ),
        ("HEAD", "refs/hotfix/incidents/x", &ON_HOTFIX),
        (
            "refs/hotfix/incidents/x",
            "refs/heads/hotfix-log/x",
            &ON_HOTFIX,
        ),
        ("refs/heads/hotfix", "refs/heads/hotfix", &ON_DEVELOP),
        (
            "refs/heads/my/hotfix/a",
            "refs/heads/my/hotfix/a",
            &ON_DEVELOP,
        ),
        ("refs/notes/commits", "refs/notes/commits", &ON_HOTFIX),
    ];
    for (local, remote, context) in rows {
        assert_eq!(
            judged(local, remote, context),
            Concern::None,
            "{local}:{remote}"
        );
    }
    for zero in [ZERO.to_owned(), "0".repeat(64)] {
        for remote in ["refs/heads/hotfix/f", "refs/heads/main", "refs/tags/v1.2.3"] {
            let line = format!("(delete) {zero} {remote} {ID}\n");
            let pushed = parse(line.as_bytes()).unwrap();
            assert_eq!(concern(&pushed[0], &ON_HOTFIX), Concern::None, "{remote}");
        }
    }
}

#[test]
fn an_id_that_is_not_heads_says_nothing_of_heads_branch() {
    let merged = "b".repeat(40);
    let line = format!("{merged} {merged} refs/heads/develop {ZERO}\n");
    let pushed = parse(line.as_bytes()).unwrap();
    assert_eq!(concern(&pushed[0], &ON_HOTFIX), Concern::None);
    assert_eq!(
        judged(ID, "refs/heads/develop", &ON_HOTFIX),
        hotfix("hotfix/a", false)
    );
}

#[test]
fn records_are_let_go_under_a_prefix_they_share() {
    let dashed = PushContext {
        prefix: "hotfix-",
        ..ON_DEVELOP
    };
    let log = "refs/heads/hotfix-log/x";
    assert_eq!(judged(log, log, &dashed), Concern::None);
    assert_eq!(
        judged("HEAD", "refs/heads/hotfix-a", &dashed),
        hotfix("hotfix-a", true)
    );
}

#[test]
fn a_mirror_is_judged_by_its_branches() {
    let mirror = PushContext {
        mirror: true,
        ..ON_HOTFIX
    };
    let branch = "refs/heads/hotfix/a";
    assert_eq!(judged(branch, branch, &mirror), hotfix("hotfix/a", true));
    assert_eq!(
        judged("refs/heads/main", "refs/heads/main", &mirror),
        Concern::Production
    );
    for other in [
        "refs/tags/v1.2.3",
        "refs/remotes/origin/hotfix/a",
        "refs/stash",
    ] {
        assert_eq!(judged(other, other, &mirror), Concern::None, "{other}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(stdin: Vec<u8>) {
        let _ = parse(&stdin);
    }

    #[test]
    fn what_was_written_is_read(local in "[!-~]([ -~]{0,20}[!-~])?", remote in "refs/[!-~]{1,20}") {
        let line = format!("{local} {ID} {remote} {ZERO}");
        let pushed = parse(line.as_bytes()).unwrap();
        prop_assert_eq!(&pushed[0].local, &local);
        prop_assert_eq!(&pushed[0].remote, &remote);
        let _ = concern(&pushed[0], &ON_HOTFIX);
    }
}
