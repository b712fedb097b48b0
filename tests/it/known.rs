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

/// The ready fix, pushed, as a colleague sees it.
fn shared() -> Sandbox {
    let shop = Sandbox::ready();
    let branch = ["push", "-q", "--no-verify", "origin", "HEAD"];
    shop.git(&branch).ok();
    shop
}

const COPY: &[&str] = &["cherry-pick", "-x", "origin/hotfix/login-is-down"];
const REVERT: &[&str] = &["revert", "--no-edit", "HEAD"];

/// Somebody changes a file in production.
fn change(shop: &Sandbox, file: &str, text: &str, message: &str) {
    shop.git_in("", &["clone", "-q", "origin.git", "colleague"])
        .ok();
    shop.write(&format!("colleague/{file}"), text);
    shop.git_in("colleague", &["add", file]).ok();
    shop.git_in("colleague", &["commit", "-qm", message]).ok();
    shop.git_in("colleague", &["push", "-q", "origin", "main"])
        .ok();
    std::fs::remove_dir_all(shop.path("colleague")).unwrap();
}

#[track_caller]
fn in_production(shop: &Sandbox, text: &str) {
    let there = shop
        .git_in("origin.git", &["show", "main:src/auth.rs"])
        .ok();
    assert_eq!(there.stdout, text);
}

#[test]
fn a_copy_that_was_reverted_is_not_the_fix() {
    let shop = shared();
    colleague(&shop, &[COPY, REVERT]);
    let revert = shop.rev_in("origin.git", "main");
    let took = format!("and {} took it back: it lands again", &revert[..7]);
    shop.hotfix(&["finish", "--tag", "--push"]).ok().says(&took);
    in_production(&shop, "fn login() { ok() }\n");
    assert_eq!(shop.rev_in("origin.git", "v2.3.2^{commit}^1"), revert);
}

#[test]
fn a_copy_that_was_changed_back_by_hand_is_not_the_fix() {
    let shop = shared();
    colleague(&shop, &[COPY]);
    let before = "fn login() { panic!() }\n";
    change(&shop, "src/auth.rs", before, "fix: that was wrong");
    shop.hotfix(&["finish", "--push"]).ok().says("took it back");
    in_production(&shop, "fn login() { ok() }\n");
}

#[test]
fn a_reverted_copy_below_other_changes_is_for_a_person() {
    let shop = shared();
    colleague(&shop, &[COPY, REVERT]);
    change(
        &shop,
        "src/auth.rs",
        "fn login() { other() }\n",
        "feat: other",
    );
    refused(shop.hotfix(&["finish", "--push"])).says("conflicts in src/auth.rs");
    assert!(shop.has("hotfix/login-is-down"));
}

#[test]
fn a_copy_that_came_back_after_its_revert_is_the_fix() {
    let shop = shared();
    colleague(&shop, &[COPY, REVERT, REVERT]);
    change(
        &shop,
        "src/auth.rs",
        "fn login() { other() }\n",
        "feat: other",
    );
    let there = shop.rev_in("origin.git", "main");
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(shop.rev_in("origin.git", "main"), there);
    assert!(!shop.has("hotfix/login-is-down"));
}

#[test]
fn our_own_squash_that_was_reverted_lands_again() {
    let shop = Sandbox::ready();
    let squash = ["finish", "--push", "--keep", "--style", "squash"];
    shop.hotfix(&squash).ok();
    colleague(&shop, &[REVERT]);
    in_production(&shop, "fn login() { panic!() }\n");
    shop.hotfix(&squash).ok().says("took it back");
    in_production(&shop, "fn login() { ok() }\n");
}

#[test]
fn a_merge_that_was_reverted_is_warned_of() {
    let shop = shared();
    let merge = [
        "merge",
        "-q",
        "--no-ff",
        "--no-edit",
        "origin/hotfix/login-is-down",
    ];
    let revert = ["revert", "--no-edit", "-m1", "HEAD"];
    colleague(&shop, &[&merge, &revert]);
    let by = shop.rev_in("origin.git", "main");
    let warning = format!("{} reverts it: what it changed is missing there", &by[..7]);
    shop.hotfix(&["finish", "-n"]).ok().says(&warning);
    shop.write("shop/src/limit.rs", "1\n");
    shop.git(&["add", "src/limit.rs"]).ok();
    shop.hotfix(&["commit", "-m", "limit the tries"]).ok();
    shop.hotfix(&["finish", "-n"]).ok().says(&warning);
    colleague(&shop, &[REVERT]);
    let ran = shop.hotfix(&["finish", "--push"]).ok();
    assert!(!ran.stderr.contains("reverts it"), "{}", ran.stderr);
    in_production(&shop, "fn login() { ok() }\n");
}

#[test]
fn another_indentation_is_not_the_fix() {
    let shop = Sandbox::shop();
    shop.commit("src/a.py", "if a:\n    b()\nc()\n", "feat: a");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.write("shop/src/a.py", "if a:\n    b()\n    c()\n");
    shop.hotfix(&["commit", "-m", "only if", "-a"]).ok();
    shop.pass_the_gate();
    change(
        &shop,
        "src/a.py",
        "if a:\n    b()\n        c()\n",
        "feat: deeper",
    );
    refused(shop.hotfix(&["finish", "--push"])).says("conflicts in src/a.py");
    let json = shop.hotfix(&["lines", "origin/main", "--json"]).ok().json();
    assert_eq!(json["lines"][0]["state"], "conflicts");
}

/// `release/1.0` begins a release before the fix does, and reads otherwise where the fix is.
fn with_a_line(text: &str) -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-qc", "release/1.0"]).ok();
    shop.commit("src/auth.rs", text, "feat: only here");
    shop.git(&["push", "-q", "origin", "release/1.0"]).ok();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.pass_the_gate();
    shop
}

#[test]
fn a_pick_that_a_person_resolved_is_the_fix() {
    let shop = with_a_line("fn login() { own() }\n");
    let finish = ["finish", "--to", "release/1.0", "--cherry-pick", "--push"];
    refused(shop.hotfix(&finish)).says("git cherry-pick -x");
    shop.git(&["switch", "-q", "release/1.0"]).ok();
    shop.git(&["cherry-pick", "-x", "hotfix/login-is-down"])
        .fails(1);
    shop.write("shop/src/auth.rs", "fn login() { own_ok() }\n");
    shop.git(&["add", "src/auth.rs"]).ok();
    shop.git(&["-c", "core.editor=true", "cherry-pick", "--continue"])
        .ok();
    let picked = shop.rev("release/1.0");
    let json = shop.hotfix(&["lines", "release/1.0", "--json"]).ok().json();
    assert_eq!(json["lines"][0]["by"], picked.as_str());
    shop.hotfix(&finish).ok();
    assert_eq!(shop.rev_in("origin.git", "release/1.0"), picked);
    in_production(&shop, "fn login() { ok() }\n");
}

#[test]
fn lines_and_finish_see_the_same_in_a_line() {
    let shop = with_a_line("fn login() { panic!() } // here\n");
    shop.git(&["switch", "-q", "release/1.0"]).ok();
    shop.commit("src/auth.rs", "fn login() { panic!() }\n", "fix: as before");
    shop.git(&["cherry-pick", "hotfix/login-is-down"]).ok();
    shop.git(&["push", "-q", "origin", "release/1.0"]).ok();
    let picked = shop.rev("release/1.0");
    let json = shop.hotfix(&["lines", "release/1.0", "--json"]).ok().json();
    assert_eq!(json["lines"][0]["state"], "held");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    let json = shop
        .hotfix(&["finish", "--to", "release/1.0", "--push", "--json"])
        .ok()
        .json();
    assert_eq!(json["targets"][1]["outcome"], "contained");
    assert_eq!(json["targets"][1]["by"], picked.as_str());
    assert_eq!(shop.rev_in("origin.git", "release/1.0"), picked);
}

#[test]
fn a_record_that_names_another_branch_lands_and_deletes_nothing() {
    let shop = super::landing::ready_with_develop();
    let next = "hotfix/next";
    shop.git(&["branch", next, "develop"]).ok();
    shop.git(&["config", "hotfix.backMerge", next]).ok();
    let file = ".claude/postmortems/2026-11-22-login-is-down.md";
    for other in ["develop", "main", next] {
        let text = shop.read(&format!("shop/{file}"));
        let line = text
            .lines()
            .find(|line| line.contains("**Branch**"))
            .unwrap();
        let edited = text.replace(line, &format!("- **Branch**: {other}"));
        shop.write(&format!("shop/{file}"), edited);
        let before = (branches(&shop, "shop"), branches(&shop, "origin.git"));
        for command in [
            &["finish", "--push", "--override", "x"][..],
            &["publish"],
            &["abandon", "not needed", "--delete-branch"],
        ] {
            let all = [command, &["-i", "login"]].concat();
            let said = format!("the record names {other}, which is no hotfix branch");
            refused(shop.hotfix(&all)).says(&said);
        }
        let after = (branches(&shop, "shop"), branches(&shop, "origin.git"));
        assert_eq!(before, after, "{other}");
    }
}

#[test]
fn a_second_fix_on_the_same_lines_squashes_on_top_of_the_first() {
    let shop = super::landing::ready_with_develop();
    shop.git(&["branch", "release/1.0", "v2.3.1"]).ok();
    shop.git(&["push", "-q", "origin", "release/1.0"]).ok();
    let squash = ["finish", "--push", "--keep", "--style", "squash"];
    shop.hotfix(&squash).ok();
    let first = shop.rev("main");
    shop.write("shop/src/auth.rs", "fn login() { better() }\n");
    shop.hotfix(&["commit", "-m", "better", "-a"]).ok();
    shop.hotfix(&squash).ok();
    in_production(&shop, "fn login() { better() }\n");
    assert_eq!(super::landing::parents(&shop, "main"), [first]);
    let develop = shop.git(&["show", "develop:src/auth.rs"]).ok();
    assert_eq!(develop.stdout, "fn login() { better() }\n");
}
