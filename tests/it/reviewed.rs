//! A hotfix branch that a review has added to, on the remote, before or after the forge merged it.

use super::hints::command_below;
use super::landing::{branches, ready_with_develop, refused, remote_hook};
use super::support::{Sandbox, search_path};

const BRANCH: &str = "hotfix/login-is-down";
const TAKE_IN: &str = "Take them in and run finish again:";

/// The branch is pushed for review, and the forge's button has put a commit on it there.
fn reviewed(shop: &Sandbox) {
    shop.hotfix(&["finish", "--pull-request"]).ok();
    shop.clone_into("colleague");
    in_the_clone(shop, &["switch", "-q", BRANCH]);
    shop.write("colleague/src/review.rs", "fn review() {}\n");
    in_the_clone(shop, &["add", "-A"]);
    let message = "Apply suggestions from code review";
    in_the_clone(shop, &["commit", "-q", "-m", message]);
    in_the_clone(shop, &["push", "-q", "origin", BRANCH]);
}

/// The same, and production has it by a merge with these arguments.
fn merged(shop: &Sandbox, how: &[&str]) {
    reviewed(shop);
    in_the_clone(shop, &["switch", "-q", "main"]);
    in_the_clone(shop, &[&["merge", "-q"], how, &[BRANCH]].concat());
    if how == ["--squash"] {
        in_the_clone(shop, &["commit", "-q", "-m", "Login (#3)"]);
    }
    in_the_clone(shop, &["push", "-q", "origin", "main"]);
}

fn in_the_clone(shop: &Sandbox, arguments: &[&str]) {
    shop.git_in("colleague", arguments).ok();
}

#[test]
fn what_the_remote_has_besides_is_not_called_a_part() {
    let shop = Sandbox::ready();
    reviewed(&shop);
    shop.git(&["fetch", "-q"]).ok();
    shop.hotfix(&["status"])
        .ok()
        .says("pushed, and more is there");
    let told = shop.hotfix(&["status", "--json"]).ok().json();
    assert_eq!(told["pushed"], "yes");
    assert_eq!(told["remote_has_more"], true);
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] mine"])
        .ok();
    shop.hotfix(&["status"])
        .ok()
        .says("pushed, and other commits are there");
    shop.git(&["pull", "-q", "--rebase", "origin", BRANCH]).ok();
    shop.hotfix(&["status"]).ok().says("pushed in part");
    shop.git(&["push", "-q", "--no-verify", "origin", BRANCH])
        .ok();
    let told = shop.hotfix(&["status", "--json"]).ok().json();
    assert_eq!(told["pushed"], "yes");
    assert_eq!(told["remote_has_more"], false);
}

#[test]
fn a_request_is_not_pushed_over_a_review_and_the_dry_run_says_so_too() {
    let shop = Sandbox::ready();
    reviewed(&shop);
    for finish in [&["finish", "--pr", "-n"][..], &["finish", "--pr"]] {
        let before = shop.refs("origin.git");
        let ran = refused(shop.hotfix(finish)).says("that are not here");
        let take_in = command_below(&ran, TAKE_IN);
        assert_eq!(shop.refs("origin.git"), before);
        assert!(take_in.ends_with(&format!("pull --rebase origin {BRANCH}")));
    }
    // Amended since it was published, and nobody else's: that still replaces it.
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--pr"]).ok();
    shop.git(&[
        "commit",
        "-q",
        "--amend",
        "-m",
        "fix: [HOTFIX] better words",
    ])
    .ok();
    shop.hotfix(&["finish", "--pr"]).ok();
    assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
}

#[test]
fn a_message_that_is_public_is_gone_past_and_not_amended() {
    for how in [&["--squash"][..], &["--no-ff", "-m", "Merge request #3"]] {
        let shop = ready_with_develop();
        merged(&shop, how);
        let finish = ["finish", "--tag", "--push"];
        let ran = refused(shop.hotfix(&finish));
        shop.shell_in("shop", &[], &command_below(&ran, TAKE_IN))
            .ok();
        let ran = refused(shop.hotfix(&finish)).says("is not ready to deploy");
        let past = command_below(&ran, "Apply suggestions from code review");
        assert_eq!(past, "git hotfix gate --override \"public already\"");
        let told = shop.hotfix(&["status", "--json"]).ok().json();
        assert_eq!(told["next"], past);
        let with_git = [("PATH", search_path())];
        let with_git = with_git.map(|(name, value)| (name, value.into_string().unwrap()));
        let with_git = with_git
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        shop.shell_in("shop", &with_git, &past).ok();
        shop.hotfix(&finish).ok();
        assert!(shop.has("develop:src/review.rs"));
        assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    }
}

#[test]
fn what_else_blocks_comes_before_a_public_message() {
    let shop = Sandbox::ready();
    reviewed(&shop);
    shop.git(&["pull", "-q", "--rebase", "origin", BRANCH]).ok();
    shop.hotfix(&["check", "rollback", "--undo"]).ok();
    let findings = shop.hotfix(&["gate", "--json"]).fails(1).json()["findings"].clone();
    let remedies: Vec<_> = findings.as_array().unwrap().iter().collect();
    let remedy = |id: &str| {
        let mut found = remedies.iter();
        let found = found.find(|finding| finding["id"] == id);
        found.unwrap_or_else(|| panic!("no {id}"))["remedy"].clone()
    };
    assert_eq!(remedy("gate-checklist"), "git hotfix check rollback");
    assert_eq!(remedy("gate-message"), serde_json::Value::Null);
}

#[test]
fn a_review_that_production_has_by_its_history_needs_not_be_taken_in() {
    let shop = Sandbox::ready();
    merged(&shop, &["--no-ff", "-m", "Merge request #3"]);
    shop.hotfix(&["finish", "--tag", "--push"])
        .ok()
        .says("holds the fix already");
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    assert!(!shop.has(BRANCH));
}

#[test]
fn a_remote_that_does_not_answer_is_asked_again_by_the_same_command() {
    let shop = Sandbox::ready();
    std::fs::rename(shop.path("origin.git"), shop.path("away.git")).unwrap();
    for finish in [&["finish", "--pr"][..], &["finish", "--pr", "--push"]] {
        let ran = shop
            .hotfix(finish)
            .fails(3)
            .says("Does origin answer? git ls-remote origin");
        let again = "Then again: git ".to_owned() + &["hotfix", &finish.join(" ")].join(" ");
        let ran = ran.says(&again.replace("--pr", "--pull-request"));
        assert!(!ran.stderr.contains("Land it here"), "{}", ran.stderr);
    }
}

#[test]
fn what_was_merged_and_taken_back_is_not_asked_for_unawares() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--pr"]).ok();
    shop.clone_into("colleague");
    in_the_clone(
        &shop,
        &["merge", "-q", "--squash", &format!("origin/{BRANCH}")],
    );
    in_the_clone(&shop, &["commit", "-q", "-m", "Login (#3)"]);
    in_the_clone(&shop, &["revert", "--no-edit", "HEAD"]);
    in_the_clone(&shop, &["push", "-q", "origin", "main"]);
    let by = shop.rev_in("colleague", "main");
    shop.hotfix(&["finish", "--pr"]).ok().says(&format!(
        "main had a copy of the fix, and {} took it back",
        &by[..7]
    ));
}

#[test]
fn who_asked_for_a_review_is_not_told_to_land_without_it() {
    let shop = Sandbox::ready();
    let next = || shop.hotfix(&["status", "--json"]).ok().json()["next"].clone();
    assert_eq!(next(), "git hotfix finish --tag --push");
    shop.hotfix(&["finish", "--pr", "-n"]).ok();
    assert_eq!(next(), "git hotfix finish --tag --push");
    shop.hotfix(&["finish", "--pr"]).ok();
    assert_eq!(next(), "git hotfix finish --pull-request --tag --push");
    shop.hotfix(&["finish", "--pr"]).ok();
    let told = shop.record();
    assert_eq!(
        told.matches("Pull request asked for - into main").count(),
        1
    );
}

#[test]
fn where_another_branch_than_production_is_protected_it_is_that_one_that_is_left_out() {
    let hook =
        "#!/bin/sh\ntest $1 != refs/heads/develop || { echo GH006: Protected branch; exit 1; }\n";
    for landed in [false, true] {
        let shop = ready_with_develop();
        remote_hook(&shop, "update", hook);
        if landed {
            shop.hotfix(&["finish"]).ok();
        }
        let ran = shop.hotfix(&["finish", "--push"]).fails(3);
        assert!(!ran.stderr.contains("pull request"), "{}", ran.stderr);
        let command = command_below(&ran, "to land without one:");
        let path = search_path().into_string().unwrap();
        shop.shell_in("shop", &[("PATH", &path)], &command).ok();
        assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
        assert!(shop.record().contains("- [ ] Bring the fix to develop: "));
    }
}
