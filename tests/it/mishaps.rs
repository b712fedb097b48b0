//! What goes wrong with other tools at the end of a hotfix, and must not with this one.
//!
//! Covered elsewhere: a stale base, a conflict in develop, a plain `git commit`, a protected branch,
//! starting from a tag, two hotfixes at once, the tag on the landing, one tag pushed, messages that a
//! team's hook rejects, work trees and `#` in a name in `landing`; open releases and lines in
//! `targets`; what a forge merged in `styles`.

use super::landing::{branches, everything, ready_with_develop, refused, remote_hook};
use super::support::Sandbox;

/// What the person's pushes speak to on the other side.
fn receive_pack(shop: &Sandbox, script: &str) {
    let path = shop.executable("receive-pack", script);
    shop.git(&["config", "remote.origin.receivepack", &path])
        .ok();
}

#[test]
fn the_remote_branch_is_not_deleted_before_the_fix_has_arrived() {
    let shop = ready_with_develop();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    let fix = shop.rev("HEAD");
    remote_hook(
        &shop,
        "update",
        "#!/bin/sh\ntest \"$1\" != refs/heads/main\n",
    );
    shop.hotfix(&["finish", "--push"])
        .fails(3)
        .says("Nothing was changed, here or there.");
    assert_eq!(shop.rev_in("origin.git", "hotfix/login-is-down"), fix);
    assert_eq!(shop.rev("hotfix/login-is-down"), fix);
}

#[test]
fn no_editor_ever_opens() {
    let shop = ready_with_develop();
    let mark = shop.path("opened");
    let script = format!("#!/bin/sh\n: > '{}'\nsleep 60\n", mark.display());
    let editor = shop.executable("editor", &script);
    let editors = [
        ("GIT_EDITOR", editor.as_str()),
        ("GIT_SEQUENCE_EDITOR", editor.as_str()),
        ("EDITOR", editor.as_str()),
        ("VISUAL", editor.as_str()),
        ("GIT_MERGE_AUTOEDIT", "yes"),
    ];
    shop.git(&["branch", "release/2.4", "main"]).ok();
    let asked = [
        "finish",
        "--tag",
        "--push",
        "--to",
        "release/2.4",
        "--cherry-pick",
    ];
    shop.hotfix_with(&editors, &asked).ok();
    assert!(!mark.exists());
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("main"));
}

#[test]
fn an_open_release_is_not_fed_with_what_is_only_in_production() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.releaseBranches", "release/*"])
        .ok();
    shop.git(&["switch", "-q", "-c", "release/2.4", "v2.3.1"])
        .ok();
    shop.commit("NOTES", "2.4\n", "docs: notes");
    shop.git(&["push", "-q", "origin", "release/2.4"]).ok();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/newer.rs", "fn newer() {}\n", "feat: newer");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.pass_the_gate();
    let before = everything(&shop);
    refused(shop.hotfix(&["finish", "--push"])).says("would get 1 commit that is not of the fix");
    assert_eq!(everything(&shop), before);
    shop.hotfix(&["finish", "--push", "--cherry-pick"]).ok();
    assert!(!shop.has("release/2.4:src/newer.rs"));
    let fixed = shop.git(&["show", "release/2.4:src/auth.rs"]).stdout;
    assert_eq!(fixed, "fn login() { ok() }\n");
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn a_connection_that_is_lost_before_anything_was_sent_changes_nothing() {
    let shop = ready_with_develop();
    receive_pack(&shop, "#!/bin/sh\nkill -9 $$\n");
    let before = everything(&shop);
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("Nothing was changed, here or there.")
        .says("git hotfix finish");
    assert_eq!(everything(&shop), before);
}

#[test]
fn a_connection_that_is_lost_before_the_answer_promises_nothing_and_finish_again_sees_what_arrived()
{
    let shop = ready_with_develop();
    // The remote does everything, and its answer gets lost behind the list of its refs.
    let advertised = shop.git_in(
        "origin.git",
        &["receive-pack", "--http-backend-info-refs", "."],
    );
    let length = advertised.stdout.len();
    assert!(length > 4, "{advertised:?}");
    receive_pack(
        &shop,
        &format!("#!/bin/sh\ngit receive-pack \"$1\" | {{ head -c {length}; cat >/dev/null; }}\n"),
    );
    let before = branches(&shop, "shop");
    let there = branches(&shop, "origin.git");
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("whether it arrived there is not known")
        .says("Run finish again");
    assert_eq!(branches(&shop, "shop"), before, "nothing has moved here");
    assert_ne!(branches(&shop, "origin.git"), there, "it did arrive");
    shop.git(&["config", "--unset", "remote.origin.receivepack"])
        .ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn a_push_that_takes_too_long_is_ended_and_nothing_has_moved_here() {
    let shop = ready_with_develop();
    receive_pack(&shop, "#!/bin/sh\nsleep 30\n");
    shop.git(&["config", "hotfix.pushTimeout", "1s"]).ok();
    let before = everything(&shop);
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("whether it arrived there is not known")
        .says("Run finish again");
    assert_eq!(everything(&shop), before);
}
