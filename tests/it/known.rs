//! What is known of a fix: that it is in a branch is never believed without the commits.

use super::landing::{branches, everything, refused};
use super::support::Sandbox;

/// What a colleague did and pushed: commands in a clone of the remote, on main.
fn colleague(shop: &Sandbox, commands: &[&[&str]]) {
    shop.git_in("", &["clone", "-q", "origin.git", "colleague"])
        .ok();
    for command in commands {
        shop.git_in("colleague", command).ok();
    }
    shop.git_in("colleague", &["push", "-q", "origin", "main"])
        .ok();
    std::fs::remove_dir_all(shop.path("colleague")).unwrap();
}

const BESIDE: &[&str] = &["commit", "-q", "--allow-empty", "-m", "chore: beside"];

const STYLES: [&str; 3] = ["merge", "squash", "fast-forward"];

#[test]
fn a_landing_that_was_taken_back_is_nowhere() {
    for style in STYLES {
        let shop = Sandbox::ready();
        let fix = shop.rev("HEAD");
        shop.hotfix(&["finish", "--tag", "--style", style]).ok();
        shop.git(&["switch", "-q", "main"]).ok();
        shop.git(&["reset", "-q", "--hard", "origin/main"]).ok();
        let before = everything(&shop);
        let again = format!("git branch hotfix/login-is-down {}", &fix[..7]);
        refused(shop.hotfix(&["finish", "--push"]))
            .says("the fix is nowhere in main")
            .says("do not panic")
            .says(&again);
        assert_eq!(everything(&shop), before, "{style}");
        shop.git(&["branch", "hotfix/login-is-down", &fix]).ok();
        shop.hotfix(&["finish", "--push", "--style", style]).ok();
        shop.git(&["merge-base", "--is-ancestor", "main", "origin/main"])
            .ok();
        let there = shop
            .git_in("origin.git", &["show", "main:src/auth.rs"])
            .ok();
        assert_eq!(there.stdout, "fn login() { ok() }\n", "{style}");
    }
}

#[test]
fn a_landing_that_only_another_clone_has_is_nowhere() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish"]).ok();
    shop.git(&["push", "-q", "origin", "refs/hotfix/incidents/*"])
        .ok();
    shop.git_in("", &["clone", "-q", "origin.git", "other"])
        .ok();
    let fetch = ["fetch", "-q", "origin", "refs/hotfix/*:refs/hotfix/*"];
    shop.git_in("other", &fetch).ok();
    let before = shop.refs("origin.git");
    refused(shop.hotfix_in("other", &["finish", "--push", "--tag"]))
        .says("the fix is nowhere in main")
        .says("the record says that it landed as");
    assert_eq!(shop.refs("origin.git"), before);
}

#[test]
fn a_landing_that_a_rebase_flattened_is_pushed_whole() {
    for style in STYLES {
        let shop = Sandbox::ready();
        shop.hotfix(&["finish", "--style", style]).ok();
        colleague(&shop, &[BESIDE]);
        shop.git(&["switch", "-q", "main"]).ok();
        shop.git(&["-c", "pull.rebase=true", "pull", "-q"]).ok();
        let here = shop.rev("main");
        let json = shop
            .hotfix(&["finish", "--push", "--tag", "--json"])
            .ok()
            .json();
        assert_eq!(json["pushed_to"], "origin");
        assert_eq!(shop.rev_in("origin.git", "main"), here, "{style}");
        assert_eq!(shop.rev_in("origin.git", "v2.3.2^{commit}"), here);
        assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    }
}

#[test]
fn a_tag_on_the_landing_that_a_rebase_left_behind_does_not_stop_the_push() {
    let shop = Sandbox::ready();
    // Without the line that names the incident: the commits alone tell.
    shop.git(&[
        "commit",
        "-q",
        "--amend",
        "--no-verify",
        "-m",
        "fix: [HOTFIX] do not panic",
    ])
    .ok();
    shop.hotfix(&[
        "finish",
        "--tag",
        "--style",
        "fast-forward",
        "--override",
        "late",
    ])
    .ok();
    colleague(&shop, &[BESIDE]);
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["-c", "pull.rebase=true", "pull", "-q"]).ok();
    let here = shop.rev("main");
    shop.hotfix(&["finish", "--push", "--tag"]).ok();
    assert_eq!(shop.rev_in("origin.git", "main"), here);
    assert_eq!(shop.rev_in("origin.git", "v2.3.3^{commit}"), here);
}
