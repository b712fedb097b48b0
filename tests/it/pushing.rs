//! What leaves by `git push`, row by row: the facts are githooks(5)'s, the verdicts ours.

use crate::support::{Ran, Sandbox};

const BRANCH: &str = "hotfix/login-is-down";

/// An incident with a fix in the right format and nothing of the checklist done.
fn unready() -> Sandbox {
    let shop = Sandbox::incident();
    shop.commit(
        "src/auth.rs",
        "fn login() { ok() }\n",
        "fix: [HOTFIX] do not panic",
    );
    shop
}

fn push(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.git(&[&["push", "-q"], arguments].concat())
}

/// It was refused, by our words, and nothing has moved there.
#[track_caller]
fn blocked(shop: &Sandbox, arguments: &[&str]) {
    let before = shop.refs("origin.git");
    let ran = push(shop, arguments).fails(1);
    ran.says("is not ready to deploy")
        .says("Rollback plan ready");
    assert_eq!(shop.refs("origin.git"), before, "{arguments:?}");
}

/// It went, and we had nothing to say.
#[track_caller]
fn silent(shop: &Sandbox, arguments: &[&str]) {
    let ran = push(shop, arguments).ok();
    assert_eq!(ran.stderr, "", "{arguments:?}");
}

#[test]
fn a_hotfix_branch_by_every_name() {
    let shop = unready();
    let id = shop.rev(BRANCH);
    shop.git(&["branch", "-q", "hotfix/b", "main"]).ok();
    blocked(&shop, &["origin", BRANCH]);
    blocked(&shop, &["origin", "HEAD"]);
    blocked(&shop, &["origin", &format!("{id}:refs/heads/hotfix/e")]);
    blocked(&shop, &["origin", &format!("{BRANCH}:main")]);
    blocked(&shop, &["origin", "HEAD:refs/for/main"]);
    blocked(&shop, &["origin", "HEAD^{/not panic}:refs/heads/hotfix/f"]);
    blocked(&shop, &["origin", "v2.3.0:refs/tags/other", BRANCH]);
    blocked(&shop, &["--all", "origin"]);
    blocked(&shop, &["--mirror", "origin"]);
    // main on its way to a hotfix branch is one: without a record.
    push(&shop, &["origin", "main:hotfix/b"])
        .fails(1)
        .says("No record of an incident");
    shop.git(&["switch", "-q", "--detach"]).ok();
    let detached = ["origin", "HEAD:refs/heads/hotfix/d"];
    push(&shop, &detached)
        .fails(1)
        .says("No record of an incident");
}

#[test]
fn what_is_no_fix() {
    let shop = unready();
    shop.git_in("origin.git", &["branch", "hotfix/gone", "main"])
        .ok();
    silent(&shop, &["origin", ":hotfix/gone"]);
    shop.git(&["tag", "nightly"]).ok();
    silent(&shop, &["origin", "nightly"]);
    silent(&shop, &["origin", "main:topic"]);
    silent(
        &shop,
        &["origin", "refs/hotfix/incidents/*:refs/hotfix/incidents/*"],
    );
    // Nothing to push: git hands us nothing.
    push(&shop, &["origin", "main"]).ok();
}

#[test]
fn a_push_to_an_address() {
    let shop = unready();
    let url = format!("file://{}", shop.path("origin.git").display());
    blocked(&shop, &[&url, BRANCH]);
    blocked(&shop, &[&url, &format!("{BRANCH}:main")]);
    silent(&shop, &[&url, "main:topic"]);
}

#[test]
fn a_forced_push_over_commits_that_are_not_here() {
    let shop = unready();
    shop.git_in("", &["clone", "-q", "origin.git", "other"])
        .ok();
    shop.git_in("other", &["commit", "-q", "--allow-empty", "-m", "theirs"])
        .ok();
    shop.git_in(
        "other",
        &["push", "-q", "origin", "main", &format!("main:{BRANCH}")],
    )
    .ok();
    blocked(&shop, &["--force", "origin", BRANCH]);
    blocked(&shop, &["--force", "origin", &format!("{BRANCH}:main")]);
    shop.pass_the_gate();
    push(&shop, &["--force", "origin", BRANCH]).ok();
}

#[test]
fn a_dry_run_is_judged_and_records_nothing() {
    let shop = unready();
    blocked(&shop, &["--dry-run", "origin", BRANCH]);
    let why = [("GIT_HOTFIX_OVERRIDE", "customers wait")];
    shop.git_with(&why, &["push", "--dry-run", "origin", BRANCH])
        .ok();
    assert!(!shop.record().contains("Gate overridden"));
}

#[test]
fn a_thousand_refs_and_the_fix_among_them() {
    let shop = unready();
    let main = shop.rev("main");
    let lines: String = (0..1000)
        .map(|at| format!("create refs/heads/t{at:04} {main}\n"))
        .collect();
    shop.git_fed(&["update-ref", "--stdin"], lines.as_bytes())
        .ok();
    blocked(&shop, &["origin", "refs/heads/t*:refs/heads/t*", BRANCH]);
    silent(&shop, &["origin", "refs/heads/t*:refs/heads/t*"]);
}

#[test]
fn production_by_whichever_way() {
    let shop = unready();
    // As an id, from another branch.
    shop.git(&["switch", "-q", "main"]).ok();
    blocked(&shop, &["origin", &format!("{}:main", shop.rev(BRANCH))]);
    // Merged, squashed with the trailer, and released.
    shop.git(&["merge", "-q", "--no-ff", "-m", "Merge it", BRANCH])
        .ok();
    blocked(&shop, &["origin", "main"]);
    shop.git(&["tag", "-am", "v2.3.2", "v2.3.2"]).ok();
    blocked(&shop, &["origin", "v2.3.2"]);
    shop.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    shop.git(&["merge", "-q", "--squash", BRANCH]).ok();
    let squash = "fix: [HOTFIX] login\n\nIncident: 2026-11-22-login-is-down\n";
    shop.git(&["commit", "-q", "--no-verify", "-m", squash])
        .ok();
    blocked(&shop, &["origin", "main"]);
    // Rebased: other commits, and they name no incident.
    shop.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    shop.commit("src/shop.rs", "fn pay() {}\n", "feat: pay");
    shop.git(&["cherry-pick", BRANCH]).ok();
    blocked(&shop, &["origin", "main"]);
}

#[test]
fn a_fix_by_its_own_words_that_no_record_tells_of() {
    let shop = Sandbox::shop();
    shop.hotfix(&["hooks", "install"]).ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { ok() }\n",
        "fix: [HOTFIX] do not panic",
    );
    push(&shop, &["origin", "main"])
        .fails(1)
        .says("no record tells of this fix");
    // Taken back it is none.
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--push"]).ok();
    shop.hotfix(&["resolve", "-i", "login"]).ok();
    shop.git(&["revert", "-m", "1", "--no-edit", "HEAD"]).ok();
    silent(&shop, &["origin", "main"]);
}

#[test]
fn a_landing_of_a_closed_incident_is_history() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish"]).ok();
    shop.hotfix(&["resolve", "-i", "login"]).ok();
    silent(&shop, &["origin", "main"]);
}

#[test]
fn a_sha256_repository() {
    let shop = Sandbox::empty();
    let sha256 = ["init", "-q", "--object-format=sha256"];
    shop.git_in("", &[&sha256[..], &["--bare", "origin.git"]].concat())
        .ok();
    shop.git_in("", &[&sha256[..], &["shop"]].concat()).ok();
    shop.git(&["remote", "add", "origin", "../origin.git"]).ok();
    shop.commit("a", "a", "feat: a");
    push(&shop, &["origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.commit("a", "b", "fix: [HOTFIX] b");
    blocked(&shop, &["origin", BRANCH]);
    blocked(&shop, &["origin", &format!("{BRANCH}:main")]);
    shop.pass_the_gate();
    push(&shop, &["origin", BRANCH, &format!("{BRANCH}:main")]).ok();
}

mod overrides {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_push_option_is_one() {
        for given in [
            &["-o", "hotfix-override=customers wait"][..],
            &["-ohotfix-override=customers wait"],
            &["--push-option=hotfix-override=customers wait"],
            &["--push-option", "hotfix-override=customers wait"],
        ] {
            let shop = unready();
            let set = ["config", "receive.advertisePushOptions", "true"];
            shop.git_in("origin.git", &set).ok();
            push(&shop, &[given, &["origin", BRANCH]].concat())
                .ok()
                .says("customers wait");
            assert!(
                shop.record().contains(" - customers wait (skipped: "),
                "{given:?}"
            );
        }
        let shop = unready();
        let empty = ["-o", "hotfix-override=", "origin", BRANCH];
        push(&shop, &empty)
            .fails(1)
            .says("the override has no reason");
    }

    #[test]
    fn what_is_on_the_record_is_not_asked_for_again() {
        let shop = unready();
        shop.hotfix(&["finish", "--override", "customers wait"])
            .ok();
        let ran = push(&shop, &["origin", "main"]).ok();
        ran.says("overridden by Ada - customers wait");
        assert_eq!(
            shop.hotfix(&["show", "-i", "login"])
                .ok()
                .stdout
                .matches("Gate overridden")
                .count(),
            1
        );
    }

    #[test]
    fn it_holds_for_the_fix_it_named_and_for_what_it_named() {
        let shop = unready();
        shop.hotfix(&["gate", "--override", "customers wait"]).ok();
        push(&shop, &["origin", BRANCH]).ok();
        // Something new that does not hold.
        shop.hotfix(&["check", "rollback"]).ok();
        push(&shop, &["origin", &format!("{BRANCH}:hotfix/b")]).ok();
        shop.hotfix(&["check", "rollback", "--undo"]).ok();
        push(&shop, &["origin", &format!("{BRANCH}:hotfix/c")]).ok();
        let record = shop
            .record()
            .replace("**Severity**: P0", "**Severity**: [severity]");
        shop.write(
            "shop/.claude/postmortems/2026-11-22-login-is-down.md",
            record,
        );
        push(&shop, &["origin", &format!("{BRANCH}:hotfix/d")])
            .fails(1)
            .says("Severity is not set");
        shop.hotfix(&["severity", "P0"]).ok();
        // Another fix.
        shop.commit(
            "src/auth.rs",
            "fn login() { fine() }\n",
            "fix: [HOTFIX] more",
        );
        blocked(&shop, &["origin", BRANCH]);
        shop.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
        shop.git(&[
            "commit",
            "-q",
            "--amend",
            "--no-edit",
            "--date",
            "2026-11-22T12:00Z",
        ])
        .ok();
        blocked(&shop, &["--force", "origin", BRANCH]);
    }
}

#[test]
fn of_many_tags_only_the_one_with_the_fix_is_named() {
    let shop = unready();
    let main = shop.rev("main");
    let lines: String = (0..300)
        .map(|at| format!("create refs/tags/v3.0.{at} {main}\n"))
        .collect();
    shop.git_fed(&["update-ref", "--stdin"], lines.as_bytes())
        .ok();
    shop.git(&["tag", "v2.3.9", BRANCH]).ok();
    push(&shop, &["origin", "--tags"])
        .fails(1)
        .says("hotfix: refs/tags/v2.3.9 is not ready to deploy")
        .says("Rollback plan ready");
    shop.git(&["tag", "-d", "v2.3.9"]).ok();
    silent(&shop, &["origin", "--tags"]);
}

#[test]
fn two_incidents_in_one_push_are_told_apart() {
    let shop = unready();
    shop.hotfix(&["start", "Pay is down", "-s", "P0"]).ok();
    shop.commit("src/shop.rs", "fn pay() {}\n", "fix: [HOTFIX] pay");
    let other = "hotfix/pay-is-down";
    push(&shop, &["origin", BRANCH, other])
        .fails(1)
        .says("2026-11-22-login-is-down: [ ] Rollback plan ready")
        .says("git hotfix check rollback -i 2026-11-22-pay-is-down")
        .says("To share unfinished work: git hotfix publish");
    // What publish cannot lift.
    let land = push(&shop, &["origin", &format!("{BRANCH}:main")]).fails(1);
    assert!(!land.stderr.contains("publish"), "{}", land.stderr);
    shop.hotfix(&["gate", "--override", "customers wait", "-i", "login"])
        .ok();
    let ran = push(&shop, &["origin", &format!("{BRANCH}:main")]).ok();
    assert!(!ran.stderr.contains("shared"), "{}", ran.stderr);
    ran.says("hotfix: goes to production, though this does not hold:");
}

mod a_copy_with_a_plain_title {
    use super::*;

    /// The unready fix, of two commits, is on the server as unfinished; main is checked out.
    fn shared() -> Sandbox {
        let shop = unready();
        shop.commit("src/shop.rs", "fn pay() {}\n", "fix: [HOTFIX] and pay");
        shop.hotfix(&["publish"]).ok();
        shop.git(&["push", "-q", "origin", "refs/hotfix/*:refs/hotfix/*"])
            .ok();
        shop.git(&["switch", "-q", "main"]).ok();
        shop.commit("src/other.rs", "fn other() {}\n", "feat: other");
        shop
    }

    /// It is refused as the fix: by our hook, by `verify` as CI runs it, and by the server.
    #[track_caller]
    fn refused_everywhere(shop: &Sandbox) {
        blocked(shop, &["origin", "main"]);
        shop.hotfix(&["verify", "origin/main..main"])
            .fails(1)
            .says("Rollback plan ready");
        shop.hotfix_in("origin.git", &["hooks", "install"]).ok();
        shop.git(&["push", "--no-verify", "origin", "main"])
            .fails(1)
            .says("Rollback plan ready");
    }

    #[test]
    fn a_squash() {
        let shop = shared();
        shop.git(&["merge", "-q", "--squash", BRANCH]).ok();
        shop.git(&["commit", "-q", "-m", "Fix login (#3)"]).ok();
        refused_everywhere(&shop);
    }

    #[test]
    fn a_pick_of_one_commit() {
        let shop = shared();
        shop.git(&["cherry-pick", "-n", &format!("{BRANCH}^")]).ok();
        shop.git(&["commit", "-q", "-m", "fix: login"]).ok();
        refused_everywhere(&shop);
    }

    #[test]
    fn our_own_squash_without_its_incident_is_known_by_its_tip() {
        let shop = shared();
        let message = format!("Fix it\n\nSquashed-from: {}\n", shop.rev(BRANCH));
        shop.commit("src/auth.rs", "fn login() { else() }\n", &message);
        refused_everywhere(&shop);
    }

    #[test]
    fn another_change_of_the_same_file_is_none() {
        let shop = shared();
        shop.commit("src/auth.rs", "fn login() { other() }\n", "feat: other");
        silent(&shop, &["origin", "main"]);
    }
}
