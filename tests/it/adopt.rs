//! `adopt`: a hotfix branch that somebody began without us, with git or with git-flow.

use super::support::{Ran, Sandbox};
use expect_test::expect;
use std::io::Write as _;

/// A shop with a hotfix branch of two commits that no `start` made.
fn begun() -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "-c", "hotfix/login-is-down"])
        .ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { 1 }\n",
        "fix(auth): [HOTFIX] one",
    );
    shop.commit("src/auth.rs", "fn login() { 2 }\n", "quick fix");
    shop
}

#[track_caller]
fn refuses(shop: &Sandbox, arguments: &[&str], code: i32) -> Ran {
    let before = (shop.refs("shop"), shop.read("shop/.git/config"));
    let ran = shop.hotfix(arguments).fails(code);
    assert_eq!((shop.refs("shop"), shop.read("shop/.git/config")), before);
    ran.says("Nothing was changed.")
}

#[test]
fn a_branch_begun_by_hand_gets_its_record() {
    let shop = begun();
    let ran = shop.hotfix(&["adopt", "-s", "p0", "--at", "-30s"]).ok();
    expect![[r#"
        P0  Login is down
          incident  2026-11-22-login-is-down
          branch    hotfix/login-is-down: 2 commits
                    cbdb2f7 fix(auth): [HOTFIX] one
                    9c5155c quick fix
          base      v2.3.1 (e4f4215)
          record    .claude/postmortems/2026-11-22-login-is-down.md
          hooks     commit-msg, prepare-commit-msg, pre-push: installed
        ! 
        ! 1 message is not in the hotfix format: git hotfix gate
        ! 
        ! Next: stop the bleeding, then say how
        !   git hotfix mitigate rollback "what you did"
    "#]]
    .assert_eq(&ran.screen());
    let record = shop.record();
    for line in [
        "# Postmortem: Login is down\n",
        "**Severity**: P0\n",
        "**Branch**: hotfix/login-is-down\n",
        "**Base**: v2.3.1 (",
        ": Incident detected\n",
        ": Branch adopted - hotfix/login-is-down, with ",
        " fix(auth): [HOTFIX] one; ",
    ] {
        assert!(record.contains(line), "{line} in\n{record}");
    }
    assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
    shop.git(&["fsck", "--strict", "--no-dangling"]).ok();
}

#[test]
fn from_then_on_it_lives_as_one_of_ours() {
    let shop = begun();
    shop.hotfix(&["adopt"]).ok();
    shop.hotfix(&["status"]).ok().says("2 commits on v2.3.1");
    shop.pass_the_gate();
    shop.hotfix(&["gate"])
        .fails(1)
        .says("expected fix: [HOTFIX] quick fix");
    shop.git(&["commit", "-q", "--amend", "-m", "fix: [HOTFIX] two"])
        .ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert!(shop.has("v2.3.2") && !shop.has("hotfix/login-is-down"));
}

#[test]
fn from_elsewhere_the_file_goes_where_the_branch_is() {
    let shop = begun();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["worktree", "add", "-q", "../fix", "hotfix/login-is-down"])
        .ok();
    let ran = shop.hotfix(&["adopt", "login-is-down", "--json"]).ok();
    let json = ran.json();
    assert_eq!(json["branch"], "hotfix/login-is-down");
    let file = json["record"].as_str().unwrap();
    assert!(shop.path(&format!("fix/{file}")).exists());
    assert!(!shop.path(&format!("shop/{file}")).exists());
    shop.hotfix_in("fix", &["note", "here"]).ok();
    assert_eq!(shop.git_in("fix", &["status", "--porcelain"]).stdout, "");
}

#[test]
fn a_second_time_the_incident_is_named() {
    let shop = begun();
    let id = shop.hotfix(&["adopt", "--json"]).ok().json()["id"].clone();
    let id = id.as_str().unwrap();
    refuses(&shop, &["adopt"], 2)
        .says(&format!("has an incident already: {id}"))
        .says(&format!("git hotfix status -i {id}"));
    shop.hotfix(&["abandon", "no incident"]).ok();
    refuses(&shop, &["adopt"], 2).says(&format!("git hotfix reopen \"why\" -i {id}"));
    shop.hotfix(&["start", "Another one"]).ok();
    refuses(&shop, &["adopt"], 2).says("-another-one");
}

#[test]
fn a_name_that_is_used_again_is_a_new_incident() {
    let shop = begun();
    let first = shop.hotfix(&["adopt", "--json"]).ok().json()["id"].clone();
    shop.hotfix(&["finish", "--override", "it burns"]).ok();
    shop.hotfix(&["resolve"]).ok();
    shop.git(&["switch", "-q", "-c", "hotfix/login-is-down"])
        .ok();
    let second = shop.hotfix(&["adopt", "--json"]).ok().json()["id"].clone();
    assert_ne!(first, second);
    let of_it = shop.hotfix(&["status", "--json"]).ok().json();
    assert_eq!(of_it["id"], second);
}

#[test]
fn what_cannot_be_adopted_is_refused_with_what_could_be() {
    let shop = begun();
    shop.git(&["switch", "-q", "-c", "feature/x", "main"]).ok();
    refuses(&shop, &["adopt"], 2)
        .says("this is not a hotfix/* branch")
        .says("git hotfix adopt hotfix/login-is-down");
    refuses(&shop, &["adopt", "feature/x"], 2)
        .says("feature/x is no hotfix branch")
        .says("git branch -m feature/x hotfix/feature/x");
    refuses(&shop, &["adopt", "hotfix/none"], 2).says("there is no branch hotfix/none here");
    refuses(&shop, &["adopt", "login-is-down", "--title", " "], 2).says("the title is empty");
    refuses(&shop, &["adopt", "login-is-down", "-s", "P9"], 2).says("'P9' is not a severity");
    shop.git(&["push", "-q", "origin", "main:hotfix/there"])
        .ok();
    shop.git(&["fetch", "-q"]).ok();
    refuses(&shop, &["adopt", "hotfix/there"], 2).says("git switch hotfix/there");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", "--no-ff", "hotfix/login-is-down"])
        .ok();
    shop.git(&["push", "-q", "--no-verify", "origin", "main"])
        .ok();
    refuses(&shop, &["adopt", "login-is-down"], 1).says("is in production already");
    refuses(&shop, &["adopt", "main"], 2).says("main is no hotfix branch");
}

#[test]
fn a_dry_run_changes_nothing() {
    let shop = begun();
    let before = (shop.refs("shop"), shop.read("shop/.git/config"));
    shop.hotfix(&["adopt", "-n"])
        .ok()
        .says("-login-is-down")
        .says("Nothing was changed");
    assert_eq!((shop.refs("shop"), shop.read("shop/.git/config")), before);
    assert!(!shop.path("shop/.claude").exists());
}

#[test]
fn a_base_that_only_the_local_production_branch_has_is_one() {
    let shop = Sandbox::shop();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: not pushed yet");
    let base = shop.rev("main");
    shop.git(&["switch", "-q", "-c", "hotfix/SHOP-812"]).ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { 1 }\n",
        "fix(auth): accept old tokens",
    );
    let json = shop.hotfix(&["adopt", "--json"]).ok().json();
    assert_eq!(json["base"], base.as_str());
    assert_eq!(json["commits"].as_array().unwrap().len(), 1);
    assert_eq!(json["title"], "accept old tokens");
}

/// The branch is merged here and nothing is pushed: what `adopt` and `finish` make of it.
#[track_caller]
fn lands_from_here(shop: &Sandbox) {
    let tip = shop.rev("hotfix/login-is-down");
    let json = shop
        .hotfix(&["adopt", "login-is-down", "--json"])
        .ok()
        .json();
    assert_eq!(json["base"], shop.rev("v2.3.1^{commit}"));
    assert_eq!(json["commits"].as_array().unwrap().len(), 2);
    let finish = ["finish", "--tag", "--push", "--override", "begun by hand"];
    shop.hotfix(&finish).ok();
    let there = shop.git(&["ls-remote", "origin"]).ok().stdout;
    assert!(there.contains("refs/tags/v2.3.2"), "{there}");
    assert!(
        !there.contains("refs/heads/hotfix/login-is-down"),
        "{there}"
    );
    let main = shop.rev("main");
    assert!(
        there.contains(&format!("{main}\trefs/heads/main")),
        "{there}"
    );
    shop.git(&["merge-base", "--is-ancestor", &tip, "main"])
        .ok();
    let branches = shop.git(&["branch", "--list", "hotfix/*"]).ok().stdout;
    assert_eq!(branches, "");
}

#[test]
fn what_is_merged_here_alone_is_known_by_what_came_before_the_merge() {
    let shop = begun();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&[
        "merge",
        "-q",
        "--no-ff",
        "--no-edit",
        "hotfix/login-is-down",
    ])
    .ok();
    lands_from_here(&shop);
}

#[test]
fn what_went_forward_here_alone_is_known_by_where_the_branch_began() {
    let shop = begun();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", "--ff-only", "hotfix/login-is-down"])
        .ok();
    lands_from_here(&shop);
}

/// A shop that `git flow init -d` has set up, with a develop branch ahead of main.
fn git_flow() -> Option<Sandbox> {
    let shop = Sandbox::shop();
    if shop.git(&["flow", "version"]).code != 0 {
        let _ = writeln!(std::io::stderr(), "skipped: git-flow is not installed");
        return None;
    }
    shop.git(&["flow", "init", "-d", "-t", "v"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["push", "-q", "-u", "origin", "develop"]).ok();
    Some(shop)
}

fn flow_finish(shop: &Sandbox, more: &[&str]) -> Ran {
    let finish = ["flow", "hotfix", "finish", "-m", "2.3.2"];
    shop.git_with(
        &[("GIT_MERGE_AUTOEDIT", "no")],
        &[&finish[..], more, &["2.3.2"]].concat(),
    )
}

#[test]
fn what_git_flow_has_set_up_needs_no_further_settings() {
    let Some(shop) = git_flow() else { return };
    let started = shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    let main = shop.rev("main");
    assert_eq!(shop.rev("HEAD"), main, "{}", started.stdout);
    shop.commit("src/auth.rs", "fn login() { 1 }\n", "fix: [HOTFIX] one");
    shop.pass_the_gate();
    shop.hotfix(&["finish", "--tag", "2.3.2", "--push"]).ok();
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("origin/main"));
    assert_eq!(
        shop.git(&["log", "-1", "--format=%s", "origin/develop"])
            .stdout,
        "chore: merge hotfix/login-is-down into develop\n"
    );
}

#[test]
fn what_git_flow_has_started_can_be_adopted_and_landed_by_us() {
    let Some(shop) = git_flow() else { return };
    shop.git(&["flow", "hotfix", "start", "2.3.2"]).ok();
    shop.hotfix(&["adopt", "-s", "P0", "--title", "Login is down"])
        .ok()
        .says("hotfix/2.3.2: 0 commits");
    shop.write("shop/src/auth.rs", "fn login() { 1 }\n");
    shop.hotfix(&["commit", "-am", "one"]).ok();
    shop.pass_the_gate();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert!(shop.has("v2.3.2") && !shop.has("hotfix/2.3.2"));
    assert_eq!(shop.rev("develop^2"), shop.rev("main^2"));
}

/// An adopted hotfix that is ready, with our hooks in place.
fn ready_for_git_flow() -> Option<Sandbox> {
    let shop = git_flow()?;
    shop.git(&["flow", "hotfix", "start", "2.3.2"]).ok();
    shop.hotfix(&["adopt", "--title", "Login is down"]).ok();
    shop.write("shop/src/auth.rs", "fn login() { 1 }\n");
    shop.hotfix(&["commit", "-am", "one"]).ok();
    shop.pass_the_gate();
    Some(shop)
}

#[test]
fn what_git_flow_has_finished_is_seen_as_landed() {
    let Some(shop) = ready_for_git_flow() else {
        return;
    };
    flow_finish(&shop, &[]).ok();
    let tag = shop.rev("v2.3.2^{commit}");
    assert!(!shop.has("hotfix/2.3.2"));

    shop.hotfix(&["status"]).ok().says("git hotfix finish");
    let (main, develop) = (shop.rev("main"), shop.rev("develop"));
    let json = shop.hotfix(&["finish", "--push", "--json"]).ok().json();
    for target in json["targets"].as_array().unwrap() {
        assert_eq!(target["outcome"], "contained", "{json:#}");
    }
    // Nothing is merged a second time.
    assert_eq!((shop.rev("main"), shop.rev("develop")), (main, develop));
    assert_eq!(shop.rev("origin/main"), tag);
    let record = shop.record();
    assert!(record.contains(": Fix landed - main "), "{record}");
    let left = shop.git(&["config", "--get-regexp", "hotfixincident"]);
    assert_eq!(left.stdout, "");
    shop.hotfix(&["deployed"]).ok().says("git hotfix resolve");
}

#[test]
fn a_branch_that_git_flow_kept_is_deleted_by_our_finish() {
    let Some(shop) = ready_for_git_flow() else {
        return;
    };
    flow_finish(&shop, &["-k"]).ok();
    shop.hotfix(&["finish", "-i", "login", "--push"]).ok();
    assert!(!shop.has("hotfix/2.3.2"));
    assert!(shop.record().contains(": Fix landed - main "));
}

#[test]
fn what_git_flow_merges_goes_through_the_gate_when_it_is_pushed() {
    let Some(shop) = ready_for_git_flow() else {
        return;
    };
    shop.hotfix(&["check", "rollback", "--undo"]).ok();
    flow_finish(&shop, &[]).ok();
    shop.git(&["push", "origin", "main"])
        .fails(1)
        .says("Rollback plan ready");
    shop.hotfix(&["check", "rollback"]).ok();
    shop.git(&["push", "-q", "--follow-tags", "origin", "main", "develop"])
        .ok();
}

#[test]
fn what_cannot_be_put_in_place_does_not_hide_that_the_incident_is_begun() {
    let shop = begun();
    shop.write("shop/.git/config.lock", "");
    shop.hotfix(&["adopt", "-s", "P0"])
        .fails(3)
        .says("2026-11-22-login-is-down is begun, but not everything is in place")
        .says("config.lock is in the way")
        .says("The record is safe on its ref, and the branch as it was.")
        .says("git hotfix status -i 2026-11-22-login-is-down");
    assert!(shop.has("refs/hotfix/incidents/2026-11-22-login-is-down"));
}
