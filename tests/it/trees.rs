//! `finish` and what people have begun in their work trees.

use super::landing::{branches, colleague_commits, is_tidy, ready_with_develop, refused};
use super::support::Sandbox;

/// Nothing moved, here or there, by a `finish` that was refused because of this.
#[track_caller]
fn stops_at(shop: &Sandbox, what: &str) {
    let before = (branches(shop, "shop"), branches(shop, "origin.git"));
    refused(shop.hotfix(&["finish", "-i", "login", "--tag", "--push"])).says(what);
    assert_eq!(
        before,
        (branches(shop, "shop"), branches(shop, "origin.git"))
    );
}

#[test]
fn a_rebase_of_the_hotfix_is_not_landed_half_way() {
    let shop = Sandbox::ready();
    shop.commit("src/auth.rs", "fn login() { okay() }\n", "fix: typo");
    let edit = [("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/edit/")];
    shop.git_with(&edit, &["rebase", "-q", "-i", "HEAD~2"]).ok();
    stops_at(&shop, "a rebase is under way");
}

#[test]
fn neither_are_a_bisect_a_cherry_pick_a_revert_and_a_series() {
    let shop = Sandbox::ready();
    shop.git(&["bisect", "start", "HEAD", "HEAD~1"]).ok();
    stops_at(&shop, "bisect reset");
    shop.git(&["bisect", "reset"]).ok();

    shop.git(&["branch", "other", "v2.3.0"]).ok();
    shop.git(&["cherry-pick", "other"]).fails(1);
    stops_at(&shop, "a cherry-pick is under way");
    shop.git(&["cherry-pick", "--abort"]).ok();

    shop.git(&["revert", "v2.3.1"]).fails(1);
    stops_at(&shop, "a revert is under way");
    shop.git(&["revert", "--abort"]).ok();

    let patch = "From: Ada <ada@example.com>\nSubject: x\n\n---\n--- a/src/auth.rs\n+++ b/src/auth.rs\n\
                 @@ -1 +1 @@\n-fn no() {}\n+fn yes() {}\n";
    shop.write("x.patch", patch);
    shop.git(&["am", "-q", "../x.patch"]).fails(128);
    stops_at(&shop, "an am is under way");
}

#[test]
fn a_rebase_in_another_work_tree_is_seen_too() {
    let shop = Sandbox::ready();
    shop.commit("src/auth.rs", "fn login() { okay() }\n", "fix: typo");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["worktree", "add", "-q", "../other", "hotfix/login-is-down"])
        .ok();
    let edit = "GIT_SEQUENCE_EDITOR='sed -i 1s/pick/edit/' git rebase -q -i HEAD~2";
    shop.shell_in("other", &[], edit).ok();
    stops_at(&shop, "a rebase is under way");
}

#[test]
fn a_merge_under_way_in_a_targets_work_tree_is_not_put_aside() {
    let shop = ready_with_develop();
    shop.git(&["branch", "topic", "v2.3.0"]).ok();
    shop.git(&["worktree", "add", "-q", "../dev", "develop"])
        .ok();
    shop.write("dev/src/cart.rs", "fn cart() { 2 }\n");
    shop.git_in("dev", &["commit", "-qam", "feat: two"]).ok();
    shop.git_in("dev", &["push", "-q", "origin", "develop"])
        .ok();
    shop.git(&["branch", "-f", "topic", "develop~1"]).ok();
    shop.git_in("dev", &["merge", "--no-commit", "--no-ff", "main"]);
    shop.shell_in(
        "dev",
        &[],
        "git rev-parse main > ../shop/.git/worktrees/dev/MERGE_HEAD",
    )
    .ok();
    let ran = refused(shop.hotfix(&["finish", "--push"])).says("a merge is under way");
    assert!(!ran.stderr.contains("stash"), "{}", ran.screen());
}

#[test]
fn what_a_person_staged_to_take_the_fix_back_stays() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--tag"]).ok();
    shop.git(&["revert", "-n", "-m1", "HEAD"]).ok();
    let staged = shop.git(&["diff", "--cached"]).stdout;
    assert_ne!(staged, "");
    shop.hotfix(&["finish", "-i", "login", "--push"])
        .ok()
        .says("left as it is");
    assert_eq!(shop.git(&["diff", "--cached"]).stdout, staged);
}

#[test]
fn a_work_tree_that_is_away_is_named_with_what_brings_it_along() {
    let shop = Sandbox::ready();
    shop.brings_along_one_that_was_away("main", &["finish"]);
}

#[test]
fn the_main_work_tree_is_not_one_to_remove() {
    let shop = Sandbox::ready();
    shop.git(&["worktree", "add", "-q", "../prod", "main"]).ok();
    let ran = shop.hotfix(&["finish"]).ok();
    assert!(!ran.stdout.contains("worktree remove"), "{}", ran.screen());
    assert_eq!(shop.rev("HEAD"), shop.rev("main"));
}

#[test]
fn so_is_one_that_is_on_the_hotfix_branch() {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["worktree", "add", "-q", "../usb", "hotfix/login-is-down"])
        .ok();
    std::fs::rename(shop.path("usb"), shop.path("drawer")).unwrap();
    let ran = shop.hotfix(&["finish", "-i", "login"]).ok();
    let (_, command) = ran.stderr.split_once("type in it: ").unwrap();
    let command = command.lines().next().unwrap();
    std::fs::rename(shop.path("drawer"), shop.path("usb")).unwrap();
    shop.shell_in("usb", &[], command).ok();
    assert_eq!(shop.git_in("usb", &["status", "--porcelain"]).stdout, "");
}

#[test]
fn a_submodule_of_another_branch_is_not_committed_into_the_fix() {
    let shop = Sandbox::shop();
    shop.git_in("", &["init", "-q", "sub"]).ok();
    shop.git_in("sub", &["commit", "-q", "--allow-empty", "-m", "one"])
        .ok();
    shop.shell_in("shop", &[], "git submodule --quiet add \"$PWD/../sub\" sub")
        .ok();
    shop.git(&["commit", "-qm", "feat: sub"]).ok();
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git(&["switch", "-q", "-c", "develop"]).ok();
    shop.git_in("shop/sub", &["commit", "-q", "--allow-empty", "-m", "two"])
        .ok();
    shop.git(&["commit", "-qam", "feat: newer sub"]).ok();
    shop.hotfix(&["start", "Login is down", "--from", "main"])
        .ok()
        .says("git submodule update");
    let ran = shop
        .hotfix(&["finish"])
        .fails(1)
        .says("git submodule update");
    assert!(!ran.stderr.contains("commit -a"), "{}", ran.screen());
    shop.git(&["submodule", "--quiet", "update"]).ok();
    assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "");
}

#[test]
fn a_failing_hook_after_the_switch_is_no_failed_landing() {
    let shop = Sandbox::ready();
    shop.executable("shop/.git/hooks/post-checkout", "#!/bin/sh\nexit 1\n");
    shop.hotfix(&["finish"])
        .ok()
        .says("has left hotfix/login-is-down");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
}

#[test]
fn a_commit_that_arrives_while_the_branch_is_deleted_is_kept() {
    let shop = Sandbox::ready();
    let arrives = "git update-ref refs/heads/hotfix/login-is-down $(git commit-tree -p main -m new main^{tree})";
    shop.executable(
        "shop/.git/hooks/post-checkout",
        &format!("#!/bin/sh\n{arrives}\n"),
    );
    shop.hotfix(&["finish"])
        .fails(3)
        .says("the fix has landed, but hotfix/login-is-down is not deleted")
        .says("The branch was kept.")
        .says("git hotfix finish");
    let subject = ["log", "-1", "--format=%s", "hotfix/login-is-down"];
    assert_eq!(shop.git(&subject).stdout, "new\n");
}

#[test]
fn a_forgotten_new_file_is_named() {
    let shop = Sandbox::ready();
    shop.write("shop/src/guard.rs", "fn guard() {}\n");
    shop.write("shop/.git/info/exclude", "*.log\n");
    shop.write("shop/x.log", "noise\n");
    shop.hotfix(&["finish"])
        .ok()
        .says("a file is not tracked and does not land: src/guard.rs");
}

#[test]
fn in_a_large_work_tree_a_new_file_that_was_forgotten_beside_the_fix_is_named() {
    let shop = Sandbox::shop();
    let many = "awk 'BEGIN {
            print \"commit refs/heads/main\\ncommitter A <a@example.com> 1700000000 +0000\\ndata 1\\nx\"
            print \"from refs/heads/main^0\"
            for (n = 0; n < 30000; n++) print \"M 100644 inline many/\" n \"\\ndata 1\\nx\"
        }' | git fast-import --quiet && git reset -q --hard && git push -q origin main";
    shop.shell_in("shop", &[], many).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.write("shop/src/auth/guard.rs", "fn guard() {}\n");
    shop.write("shop/many/elsewhere", "");
    let ran = shop.hotfix(&["finish", "--override", "it burns"]).ok();
    ran.says("a file is not tracked and does not land: src/auth/");
}

#[test]
fn what_the_landing_brings_is_no_forgotten_file() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "prices/new.rs");
    shop.write("shop/src/guard.rs", "fn guard() {}\n");
    let ran = shop.hotfix(&["finish", "--push"]).ok();
    let ran = ran.says("a file is not tracked and does not land: src/guard.rs");
    assert!(!ran.stderr.contains("prices"), "{}", ran.screen());
    assert!(shop.path("shop/prices/new.rs").exists());
}

#[test]
fn a_merge_by_hand_after_a_killed_landing_is_not_undone() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "src/price.rs");
    let tip = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push"]).ok();
    let branch = "hotfix/login-is-down";
    shop.git(&["switch", "-q", "-c", branch, &tip]).ok();
    let note = format!("{tip} {} {branch}\n", shop.rev("main"));
    shop.write("shop/.git/hotfix/landing/2026-11-22-login-is-down", note);
    shop.git(&["merge", "-q", "--no-ff", "--no-commit", "main"])
        .ok();
    let staged = shop.git(&["diff", "--cached"]).stdout;
    refused(shop.hotfix(&["finish", "--push"])).says("a merge is under way");
    assert_eq!(shop.git(&["diff", "--cached"]).stdout, staged);
    assert_ne!(staged, "");
}

#[test]
fn nothing_is_left_in_the_configuration_of_a_branch_that_is_gone() {
    let shop = Sandbox::ready();
    shop.git(&["push", "-q", "-u", "origin", "HEAD"]).ok();
    let base = "gitflow.branch.hotfix/login-is-down.base";
    shop.git(&["config", base, "main"]).ok();
    shop.git(&["config", "branch.hotfix/login-is-down.more.remote", "x"])
        .ok();
    shop.hotfix(&["finish", "--push"]).ok();
    let left = shop.git(&["config", "--get-regexp", "login-is-down"]);
    assert_eq!(left.stdout, "branch.hotfix/login-is-down.more.remote x\n");
}

#[test]
fn a_branch_that_finish_makes_follows_the_remotes() {
    let shop = ready_with_develop();
    shop.git(&["branch", "-D", "develop"]).ok();
    shop.hotfix(&["finish"]).ok();
    let upstream = shop.git(&["rev-parse", "--abbrev-ref", "develop@{upstream}"]);
    assert_eq!(upstream.ok().stdout, "origin/develop\n");
}

#[test]
fn a_new_file_that_a_killed_switch_has_left_is_not_in_the_way() {
    let shop = Sandbox::ready();
    shop.write("shop/.gitattributes", "*.rs text eol=crlf\n");
    shop.git(&["add", ".gitattributes"]).ok();
    shop.git(&["commit", "-qm", "fix: [HOTFIX] line ends"]).ok();
    colleague_commits(&shop, "main", "src/price.rs");
    shop.write("shop/src/price.rs", "mine\n");
    refused(shop.hotfix(&["finish", "--push"])).says("files are in the way");
    std::fs::remove_file(shop.path("shop/src/price.rs")).unwrap();
    let tip = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push"]).ok();

    // As it was when the branches had moved, and the first file was there.
    let branch = "hotfix/login-is-down";
    shop.git(&["switch", "-q", "-c", branch, &tip]).ok();
    shop.write("shop/src/price.rs", "theirs\r\n");
    let note = format!("{tip} {} {branch}\n", shop.rev("main"));
    shop.write("shop/.git/hotfix/landing/2026-11-22-login-is-down", note);
    refused(shop.hotfix(&["finish", "-n"])).says("a landing was interrupted");
    assert_eq!(shop.read("shop/src/price.rs"), "theirs\r\n");
    shop.hotfix(&["finish", "--push"])
        .ok()
        .says("taken back first: src/price.rs");
    assert_eq!(shop.read("shop/src/price.rs"), "theirs\r\n");
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
    is_tidy(&shop, "shop");
}
