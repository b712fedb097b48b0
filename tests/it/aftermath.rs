//! After the landing: deployed, resolved, reopened or abandoned, and the postmortem.

use super::hints::command_below;
use super::support::{Sandbox, search_path};

const RECORD: &str = ".claude/postmortems/2026-11-22-login-is-down.md";

fn landed() -> Sandbox {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    shop
}

/// Fills in by hand what no command of the response fills.
pub fn complete(shop: &Sandbox) {
    let file = format!("shop/{RECORD}");
    let action = "Replay old tokens in CI (owner: @ada, due: 2026-12-05, kind: prevent, ref: X-1)";
    let text = shop
        .read(&file)
        .replace("[who or what is affected]", "everybody with an old token")
        .replace("[when it started]", "2026-11-22 14:00:00Z")
        .replace("[is it getting worse]", "worse")
        .replace("[what changed recently]", "v2.3.0..v2.3.1")
        .replace("[How it was fixed]", "Both kinds of tokens are accepted.")
        .replace("[Lesson 1]", "Tokens live longer than releases.")
        .replace("[Preventive measure 1]", action);
    shop.write(&file, text);
}

fn status(shop: &Sandbox) -> String {
    shop.git(&["status", "--porcelain"]).ok().stdout
}

#[test]
fn an_incident_goes_from_landed_to_deployed_to_resolved() {
    let shop = landed();
    shop.hotfix(&["deployed", "rollout done", "--env", "production"])
        .ok();
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert!(record.contains("Fix deployed - production: rollout done"));
    assert!(record.contains("**Status**: Deployed"));
    let done = shop.hotfix(&["resolve", "Old tokens work again", "--json"]);
    assert_eq!(done.clone().ok().json()["status"], "resolved");
    let record = shop.record();
    assert!(record.contains("**Status**: Resolved"));
    assert!(record.contains("## Resolution\nOld tokens work again\n"));
    assert!(!record.contains("ongoing"), "the duration is settled");
    assert_eq!(
        shop.hotfix(&["list"]).ok().stdout.matches("login").count(),
        0
    );
    shop.hotfix(&["list", "--all"]).ok().says("Login is down");
    assert_eq!(status(&shop), "");
}

#[test]
fn a_landing_that_was_not_pushed_is_brought_to_the_remote_first() {
    let shop = Sandbox::ready();
    let landing = shop.hotfix(&["finish", "--tag", "--json"]).ok().json();
    assert_eq!(landing["next"], "git hotfix finish --tag --push");
    let push = "Next: bring the landing to the remote\n  git hotfix finish --push\n";
    shop.hotfix(&[]).ok().says(push);
    let status = shop.hotfix(&["status", "--json"]).json();
    assert_eq!(status["next"], "git hotfix finish --push");
    shop.hotfix(&["deployed"]).ok().says(push);
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&[]).ok().says("\n  git hotfix resolve\n");
    // Taken back here, it is not to be pushed either.
    let shop = Sandbox::ready();
    shop.hotfix(&["finish"]).ok();
    shop.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    let ran = shop.hotfix(&[]).ok();
    assert!(!ran.stderr.contains("finish --push"), "{}", ran.screen());
}

#[test]
fn a_tag_that_came_after_the_landing_is_told_and_pushed_with_it() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish"]).ok();
    shop.hotfix(&["finish", "--tag"]).ok();
    assert!(
        shop.record().contains(", tag v2.3.2\n"),
        "{}",
        shop.record()
    );
    let next = shop.hotfix(&["status", "--json"]).ok().json()["next"].clone();
    assert_eq!(next, "git hotfix finish --push");
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(shop.rev_in("origin.git", "v2.3.2"), shop.rev("v2.3.2"));
    let told = shop.record();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(shop.record(), told, "told once");
}

#[test]
fn a_clone_that_follows_another_branch_knows_what_it_has_pushed() {
    let shop = Sandbox::ready();
    let one = "+refs/heads/develop:refs/remotes/origin/develop";
    shop.git(&["config", "remote.origin.fetch", one]).ok();
    shop.hotfix(&["publish"]).ok();
    shop.hotfix(&["status"]).ok().says("v2.3.1, pushed\n");
    shop.hotfix(&["finish", "--push"]).ok();
    let next = shop.hotfix(&["status", "--json"]).ok().json()["next"].clone();
    assert_eq!(next, "git hotfix deployed");
    assert!(!shop.has("refs/remotes/origin/hotfix/login-is-down"));
}

#[test]
fn a_moment_before_the_detection_is_a_typing_error() {
    let shop = landed();
    let before = shop.refs("shop");
    shop.hotfix(&["resolve", "--at", "2026-11-20T10:00:00Z"])
        .fails(2)
        .says("before the detection");
    shop.hotfix(&["deployed", "--at", "2026-11-23T10:00:00Z"])
        .fails(2)
        .says("in the future");
    assert_eq!(shop.refs("shop"), before);
}

#[test]
fn a_resolved_incident_can_go_on_and_an_open_one_needs_no_reopening() {
    let shop = landed();
    shop.hotfix(&["reopen", "still failing"])
        .fails(2)
        .says("no closed incident");
    shop.hotfix(&["reopen", "-i", "login", "still failing"])
        .fails(2)
        .says("is open");
    shop.hotfix(&["resolve"]).ok();
    shop.hotfix(&["reopen", "  "]).fails(2);
    shop.hotfix(&["reopen", "failing again on iOS"]).ok();
    shop.hotfix(&["list"]).ok().says("Login is down");
    let record = shop.record();
    assert!(record.contains("failing again on iOS"), "{record}");
    assert!(!record.contains("**Status**: Resolved"), "{record}");
    shop.hotfix(&["resolve"]).ok();
    assert!(shop.record().contains("**Status**: Resolved"));
}

#[test]
fn a_fix_of_a_fix_lands_from_the_same_incident() {
    let shop = landed();
    shop.hotfix(&["resolve"]).ok();
    shop.hotfix(&["reopen", "failing again on iOS"]).ok();
    shop.git(&["switch", "-q", "-c", "hotfix/login-is-down"])
        .ok();
    shop.write("shop/src/ios.rs", "fn ios() {}\n");
    shop.git(&["add", "src/ios.rs"]).ok();
    shop.hotfix(&["commit", "-m", "ios too"]).ok();
    let ran = shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert!(!ran.stdout.contains("do not panic"), "{}", ran.stdout);
    ran.says("v2.3.3").says("ios too");
    assert_eq!(shop.rev("v2.3.3^{commit}"), shop.rev("main"));
    assert_eq!(shop.record().matches("Fix landed").count(), 2);
}

#[test]
fn abandoning_keeps_the_record_and_says_why() {
    let shop = Sandbox::incident();
    shop.hotfix(&["abandon", " "]).fails(2).says("reason");
    shop.hotfix(&["abandon", "the provider had the outage"])
        .ok()
        .says("hotfix/login-is-down  kept");
    let record = shop.hotfix(&["show", "-i", "login"]).ok().stdout;
    assert!(record.contains("the provider had the outage"));
    assert!(record.contains("**Status**: Abandoned"));
    assert!(shop.has("refs/heads/hotfix/login-is-down"));
    shop.hotfix(&["abandon", "again"]).fails(2).says("already");
    shop.hotfix(&["finish"]).fails(2).says("git hotfix reopen");
}

#[test]
fn an_abandoned_branch_without_work_goes_and_the_person_is_back_on_production() {
    let shop = Sandbox::incident();
    let before = shop.refs("shop");
    shop.hotfix(&["abandon", "no incident", "--delete-branch", "-n"])
        .ok()
        .says("would be");
    assert_eq!(shop.refs("shop"), before);
    shop.hotfix(&["abandon", "no incident", "--delete-branch"])
        .ok()
        .says("hotfix/login-is-down  deleted");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
    let left = shop.git(&["config", "--get-regexp", "hotfixincident"]);
    assert_eq!(left.stdout, "");
    assert_eq!(status(&shop), "");
}

#[test]
fn abandoning_does_not_lose_a_commit_that_is_nowhere_else() {
    let shop = Sandbox::ready();
    let before = shop.refs("shop");
    shop.hotfix(&["abandon", "no incident", "--delete-branch"])
        .fails(1)
        .says("not in production")
        .says("Nothing was changed.");
    assert_eq!(shop.refs("shop"), before);
}

#[test]
fn a_commit_that_arrives_while_its_branch_is_deleted_is_kept() {
    let shop = Sandbox::incident();
    let arrives =
        "git update-ref refs/heads/hotfix/login-is-down $(git commit-tree -m new main^{tree})";
    shop.executable(
        "shop/.git/hooks/post-checkout",
        &format!("#!/bin/sh\n{arrives}\n"),
    );
    let ran = shop.hotfix(&["abandon", "no incident", "--delete-branch"]);
    ran.fails(3)
        .says("the incident is abandoned, but hotfix/login-is-down is not deleted")
        .says("The branch was kept.")
        .says("git branch -d hotfix/login-is-down");
    let subject = ["log", "-1", "--format=%s", "hotfix/login-is-down"];
    assert_eq!(shop.git(&subject).stdout, "new\n");
}

#[test]
fn a_failing_hook_after_the_switch_does_not_stop_an_abandoned_branch_from_going() {
    let shop = Sandbox::incident();
    shop.executable("shop/.git/hooks/post-checkout", "#!/bin/sh\nexit 1\n");
    shop.hotfix(&["abandon", "no incident", "--delete-branch"])
        .ok()
        .says("has left hotfix/login-is-down");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
}

#[test]
fn a_branch_on_which_something_is_begun_is_not_deleted() {
    let shop = Sandbox::incident();
    shop.git(&["bisect", "start", "HEAD", "v2.3.0"]).ok();
    shop.hotfix(&["abandon", "no incident", "--delete-branch", "-i", "login"])
        .fails(1)
        .says("a bisect is under way")
        .says("Nothing was changed.");
    assert!(shop.has("refs/heads/hotfix/login-is-down"));
}

#[test]
fn a_branch_that_is_not_deleted_is_abandoned_and_then_deleted_as_told() {
    for elsewhere in [false, true] {
        let shop = Sandbox::ready();
        if elsewhere {
            shop.git(&["switch", "-q", "main"]).ok();
            shop.git(&["worktree", "add", "-q", "../tree", "hotfix/login-is-down"])
                .ok();
        }
        let ran = shop.hotfix(&["abandon", "the \"provider\"", "--delete-branch"]);
        let ran = ran.fails(1);
        let path = search_path().into_string().unwrap();
        for words in ["keep the branch:", "yourself afterwards:"] {
            let command = command_below(&ran, words);
            shop.shell_in("shop", &[("PATH", &path)], &command).ok();
        }
        assert!(!shop.has("refs/heads/hotfix/login-is-down"));
        assert!(
            shop.record()
                .contains("Incident abandoned - the \"provider\"")
        );
    }
}

#[test]
fn abandoning_does_not_lose_work_that_is_not_committed() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { half }\n");
    let before = shop.refs("shop");
    shop.hotfix(&["abandon", "no incident", "--delete-branch"])
        .fails(1)
        .says("not committed");
    assert_eq!(shop.refs("shop"), before);
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { half }\n");
}

#[test]
fn abandoning_from_elsewhere_sees_the_work_in_the_hotfixs_own_work_tree() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "--worktree"]).ok();
    shop.write(
        "shop-hotfix-login-is-down/src/auth.rs",
        "fn login() { half }\n",
    );
    let before = shop.refs("shop");
    shop.hotfix(&["abandon", "no incident", "--delete-branch"])
        .fails(1)
        .says("not committed");
    assert_eq!(shop.refs("shop"), before);
}

#[test]
fn an_incomplete_postmortem_is_not_committed_and_each_gap_has_its_line() {
    let shop = landed();
    let before = shop.refs("shop");
    let checked = shop.hotfix(&["postmortem", "check"]).fails(1);
    let line = shop
        .record()
        .lines()
        .position(|line| line.contains("[who or what is affected]"));
    checked
        .says("is not complete")
        .says(&format!("{}: a placeholder", line.unwrap() + 1));
    shop.hotfix(&["postmortem", "finalize"])
        .fails(1)
        .says("Nothing was committed.");
    assert_eq!(shop.refs("shop"), before);
}

#[test]
fn a_complete_postmortem_goes_on_the_branch_one_is_on_once_the_fix_has_landed() {
    let shop = landed();
    shop.hotfix(&["resolve", "Both kinds of tokens are accepted"])
        .ok();
    complete(&shop);
    shop.write("shop/src/next.rs", "fn next() {}\n");
    shop.git(&["add", "src/next.rs"]).ok();
    shop.hotfix(&["postmortem", "finalize", "-n"]).ok();
    assert_eq!(
        shop.git(&["log", "-1", "--format=%s", "main"]).stdout,
        "fix: [HOTFIX] Login is down\n"
    );

    shop.hotfix(&["postmortem", "finalize"])
        .ok()
        .says("committed on main");
    assert_eq!(
        status(&shop),
        "A  src/next.rs\n",
        "what was staged stays staged"
    );
    let changed = shop
        .git(&["show", "--format=%s", "--name-only", "main"])
        .stdout;
    assert_eq!(
        changed,
        format!("docs: postmortem of Login is down\n\n{RECORD}\n")
    );
    assert!(
        !shop
            .read("shop/.git/info/exclude")
            .contains("login-is-down")
    );
    assert_eq!(
        shop.git(&["show", &format!("main:{RECORD}")]).stdout,
        shop.record()
    );
    shop.hotfix(&["postmortem", "finalize"])
        .ok()
        .says("already");
    shop.git(&["fsck", "--strict", "--no-dangling"]).ok();
}

#[test]
fn a_complete_postmortem_goes_on_the_hotfix_branch_before_the_landing() {
    let shop = Sandbox::ready();
    complete(&shop);
    shop.hotfix(&["postmortem", "finalize"])
        .ok()
        .says("committed on hotfix/login-is-down");
    assert_eq!(status(&shop), "");
    let subject = shop.git(&["log", "-1", "--format=%s"]).stdout;
    assert_eq!(subject, "fix: [HOTFIX] postmortem of Login is down\n");
    shop.hotfix(&["note", "one thing more"]).ok();
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(status(&shop), "");
    let on_main = shop.git(&["show", &format!("main:{RECORD}")]).ok().stdout;
    assert!(
        on_main.contains("one thing more"),
        "the record lands as it is now"
    );
}

#[test]
fn finalizing_from_elsewhere_leaves_the_hotfixs_own_work_tree_clean() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "-s", "P0", "--worktree"])
        .ok();
    let linked = "shop-hotfix-login-is-down";
    shop.write(&format!("{linked}/src/auth.rs"), "fn login() { ok() }\n");
    shop.hotfix_in(linked, &["commit", "-m", "do not panic", "-a"])
        .ok();
    shop.pass_the_gate();
    complete(&shop);
    shop.hotfix(&["postmortem", "finalize"]).ok();
    let status = shop.git_in(linked, &["status", "--porcelain"]).ok().stdout;
    assert_eq!(status, "");
    shop.hotfix_in(linked, &["finish", "--tag", "--push"]).ok();
    for folder in ["shop", linked] {
        assert_eq!(shop.git_in(folder, &["status", "--porcelain"]).stdout, "");
    }
    shop.git(&["show", &format!("main:{RECORD}")]).ok();
    assert_eq!(
        shop.git(&["show", &format!("main:{RECORD}")]).stdout,
        shop.record()
    );
}

#[test]
fn a_complete_record_lands_from_a_linked_work_tree_while_the_primary_has_a_copy_of_it() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "-s", "P0", "--worktree"])
        .ok();
    let linked = "shop-hotfix-login-is-down";
    shop.write(&format!("{linked}/src/auth.rs"), "fn login() { ok() }\n");
    shop.hotfix_in(linked, &["commit", "-m", "do not panic", "-a"])
        .ok();
    shop.pass_the_gate();
    complete(&shop);
    shop.hotfix_in(linked, &["finish", "--tag", "--push"]).ok();
    for folder in ["shop", linked] {
        assert_eq!(
            shop.git_in(folder, &["status", "--porcelain"]).stdout,
            "",
            "{folder}"
        );
    }
    let landed = shop.git(&["show", &format!("main:{RECORD}")]).ok().stdout;
    assert!(landed.contains("everybody with an old token"), "{landed}");
}

#[test]
fn what_is_over_is_not_resolved_again() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish"]).ok();
    shop.hotfix(&["deployed"]).ok();
    shop.hotfix(&["resolve", "old tokens work"]).ok();
    let before = shop.record();
    shop.hotfix(&["resolve", "-i", "login"])
        .fails(2)
        .says("is resolved already");
    shop.hotfix(&["deployed", "-i", "login"]).fails(2);
    assert_eq!(shop.record(), before);
    // How it was fixed may still be said; it does not end a second time.
    shop.hotfix(&["resolve", "and new ones too", "-i", "login"])
        .ok();
    assert_eq!(shop.record().matches("Incident resolved").count(), 1);
    assert!(shop.record().contains("and new ones too"));
}

#[test]
fn a_fix_deployed_from_its_branch_is_still_to_be_landed() {
    let shop = Sandbox::ready();
    shop.hotfix(&["deployed"])
        .ok()
        .says("the fix is not in production's branch yet")
        .says("git hotfix finish --tag --push");
}
