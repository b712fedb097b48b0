//! `revert`: commits taken back on the hotfix branch, all of them or none.

use super::support::{Ran, Sandbox};
use expect_test::expect;

const BRANCH: &str = "hotfix/login-is-down";

/// An incident; the release v2.3.1 holds three changes since v2.3.0: two of one file, one merge.
fn incident() -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "-c", "cart", "v2.3.0"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&[
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge branch 'cart'",
        "cart",
    ])
    .ok();
    shop.commit("src/mail.rs", "fn mail() {}\n", "feat: mail");
    shop.git(&["tag", "-am", "v2.4.0", "v2.4.0"]).ok();
    shop.git(&["push", "-q", "--follow-tags", "origin", "main"])
        .ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop
}

fn message(shop: &Sandbox, revision: &str) -> String {
    shop.git(&["log", "-1", "--format=%B", revision])
        .ok()
        .stdout
}

fn subjects(shop: &Sandbox, range: &str) -> Vec<String> {
    let listed = shop.git(&["log", "--format=%s", range]).ok().stdout;
    listed.lines().map(str::to_owned).collect()
}

fn status(shop: &Sandbox) -> String {
    shop.git(&["status", "--porcelain"]).ok().stdout
}

/// Refs, index and files as they were.
fn everything(shop: &Sandbox) -> String {
    let staged = shop.git(&["ls-files", "-s"]).ok().stdout;
    let records = |line: &&str| !line.contains("refs/hotfix/");
    let refs = shop.refs("shop");
    let refs: Vec<&str> = refs.lines().filter(records).collect();
    format!("{}\n{staged}{}", refs.join("\n"), status(shop))
}

#[track_caller]
fn refuses(shop: &Sandbox, arguments: &[&str], code: i32) -> Ran {
    let before = everything(shop);
    let ran = shop.hotfix(arguments).fails(code);
    assert_eq!(everything(shop), before);
    ran.says("Nothing was changed.")
}

#[test]
fn a_bad_commit_is_taken_back_in_our_format() {
    let shop = incident();
    let bad = shop.rev("v2.3.1^{commit}");

    let ran = shop.hotfix(&["revert", &bad[..7]]).ok();

    expect![[r#"
        14:05  Reverted e4f4215 feat: faster login
          hotfix/login-is-down  aaf1bd6..1971826, 1 commit
        ! 
        ! Next: get it deployed, then say so
        !   git hotfix mitigate rollback "reverted e4f4215"
    "#]]
    .assert_eq(&ran.screen());
    assert_eq!(
        message(&shop, BRANCH),
        format!("fix: [HOTFIX] revert \"feat: faster login\"\n\nThis reverts commit {bad}.\n\n")
    );
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() {}\n");
    assert_eq!(status(&shop), "");
    let record = shop.record();
    assert!(
        record.contains(": Reverted e4f4215 feat: faster login\n"),
        "{record}"
    );
    shop.git(&["fsck", "--strict", "--no-dangling"]).ok();
}

#[test]
fn what_we_write_passes_the_gate_and_lands() {
    let shop = incident();
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    shop.pass_the_gate();
    shop.hotfix(&["gate"]).ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() {}\n");
}

#[test]
fn once_it_runs_the_revert_is_to_be_put_down_as_the_mitigation() {
    let shop = incident();
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    shop.hotfix(&["status"]).ok().says("git hotfix impact");
    shop.hotfix(&["finish", "--override", "it burns"]).ok();
    shop.hotfix(&["deployed"])
        .ok()
        .says("git hotfix mitigate rollback \"reverted e4f4215\"");
    shop.hotfix(&["mitigate", "rollback", "reverted e4f4215"])
        .ok()
        .says("git hotfix finish --push");
    let pushed = ["finish", "--push", "--override", "it burns"];
    shop.hotfix(&pushed).ok();
    shop.hotfix(&["status"]).ok().says("git hotfix resolve");
}

#[test]
fn several_are_taken_back_newest_first() {
    let shop = incident();
    shop.hotfix(&["revert", "v2.3.1", "v2.4.0"]).ok();
    assert_eq!(
        subjects(&shop, "v2.4.0..HEAD"),
        [
            "fix: [HOTFIX] revert \"feat: faster login\"",
            "fix: [HOTFIX] revert \"feat: mail\""
        ]
    );
    assert!(!shop.path("shop/src/mail.rs").exists());
    let record = shop.record();
    assert!(record.contains("Reverted e4f4215") && record.contains("feat: mail\n"));
}

#[test]
fn a_range_holds_what_git_log_lists() {
    let shop = incident();
    let ran = shop.hotfix(&["revert", "v2.3.0..v2.4.0", "--json"]).ok();
    // The merge is taken back as a whole, and what it brought goes with it.
    let json = ran.json();
    let commits = json["commits"].as_array().unwrap();
    let done: Vec<(&str, bool)> = commits
        .iter()
        .map(|undone| {
            let subject = undone["subject"].as_str().unwrap();
            (subject, undone["already"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(done.len(), 4);
    assert_eq!(
        done[..2],
        [("feat: mail", false), ("Merge branch 'cart'", false)]
    );
    assert!(done.contains(&("feat: cart", true)), "{done:?}");
    assert_eq!(shop.rev("HEAD^{tree}"), shop.rev("v2.3.0^{tree}"));
}

#[test]
fn what_a_merge_brought_goes_with_it_however_it_came_about() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "-c", "cart"]).ok();
    shop.commit("src/cart.rs", "fn cart() { 1 }\n", "feat: cart");
    shop.commit("src/cart.rs", "fn cart() { 2 }\n", "feat: better cart");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/mail.rs", "fn mail() {}\n", "feat: mail");
    shop.git(&["merge", "-q", "--no-ff", "-m", "Merge cart", "cart"])
        .ok();
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    let short = |revision: &str| shop.rev(revision)[..7].to_owned();
    let (merge, one, two) = (short("main"), short("cart~1"), short("cart"));

    shop.hotfix(&["revert", "v2.3.1..main"])
        .ok()
        .says(&format!("Reverted {merge} Merge cart"))
        .says(&format!("{two} feat: better cart goes with {merge}"))
        .says(&format!("{one} feat: cart goes with {merge}"))
        .says("feat: mail\n");
    assert_eq!(shop.rev("HEAD^{tree}"), shop.rev("v2.3.1^{tree}"));
    assert_eq!(subjects(&shop, "main..HEAD").len(), 2);
    let record = shop.record();
    assert!(!record.contains(&format!("Reverted {one}")), "{record}");
}

#[test]
fn the_parent_of_a_merge_that_stays_is_the_one_production_has_been_at() {
    let shop = incident();
    let (merge, main) = (shop.rev("v2.4.0~1"), shop.rev("v2.3.1^{commit}"));
    shop.hotfix(&["revert", &merge]).ok();
    assert!(!shop.path("shop/src/cart.rs").exists());
    assert_eq!(
        message(&shop, BRANCH),
        format!(
            "fix: [HOTFIX] revert \"Merge branch 'cart'\"\n\nThis reverts commit {merge}, \
             reversing\nchanges made to {main}.\n\n"
        )
    );
}

#[test]
fn where_it_is_not_plain_which_parent_stays_both_are_named() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "-c", "develop", "v2.3.0"]).ok();
    shop.git(&["switch", "-q", "-c", "cart"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["switch", "-q", "develop"]).ok();
    shop.commit("src/mail.rs", "fn mail() {}\n", "feat: mail");
    shop.git(&[
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "Merge branch 'cart'",
        "cart",
    ])
    .ok();
    let merge = shop.rev("develop");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", "--no-ff", "-m", "Release", "develop"])
        .ok();
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down"]).ok();
    let short = &merge[..7];

    refuses(&shop, &["revert", short], 2)
        .says("is a merge: which of its parents stays?")
        .says("feat: mail")
        .says("feat: cart")
        .says(&format!("git hotfix revert {short} --mainline 1"))
        .says(&format!("git hotfix revert {short} --mainline 2"));
    refuses(&shop, &["revert", short, "--mainline", "3"], 2).says("the parents 1 to 2, not 3");
    refuses(&shop, &["revert", "v2.3.1", "-m", "1"], 2).says("none is among them");
    shop.hotfix(&["revert", short, "--mainline", "2"]).ok();
    assert!(!shop.path("shop/src/mail.rs").exists());
    assert!(shop.path("shop/src/cart.rs").exists());
}

#[test]
fn a_conflict_names_the_files_and_what_touched_them_since() {
    let shop = Sandbox::shop();
    shop.commit(
        "src/auth.rs",
        "fn login() { todo!() }\n",
        "feat: newer login",
    );
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down"]).ok();
    let newer = shop.rev("HEAD");
    let newer = &newer[..7];

    refuses(&shop, &["revert", "v2.3.1"], 1)
        .says("e4f4215 feat: faster login cannot be taken back cleanly")
        .says("conflicts in src/auth.rs (1 place), changed since by")
        .says(&format!("  {newer} feat: newer login"))
        .says(&format!("git hotfix revert {newer} e4f4215"))
        .says("git revert --no-edit e4f4215");
    // All or nothing: the one that could be taken back is not either.
    shop.commit("src/mail.rs", "fn mail() {}\n", "fix: [HOTFIX] mail");
    refuses(&shop, &["revert", "HEAD", "v2.3.1"], 1);
    shop.hotfix(&["revert", newer, "e4f4215"]).ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() {}\n");
}

#[test]
fn unfinished_changes_to_other_files_stay_and_those_in_the_way_refuse() {
    let shop = incident();
    shop.write("shop/src/mail.rs", "fn mail() { todo!() }\n");
    shop.write("shop/staged.rs", "fn staged() {}\n");
    shop.git(&["add", "staged.rs"]).ok();
    let before = status(&shop);
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    assert_eq!(status(&shop), before);
    assert_eq!(shop.read("shop/src/mail.rs"), "fn mail() { todo!() }\n");
    assert_eq!(
        shop.git(&["show", "--format=", "--name-only", "HEAD"])
            .stdout,
        "src/auth.rs\n"
    );

    refuses(&shop, &["revert", "v2.4.0"], 1)
        .says("files are in the way")
        .says("src/mail.rs");
    assert_eq!(shop.read("shop/src/mail.rs"), "fn mail() { todo!() }\n");
}

#[test]
fn an_untracked_file_is_not_overwritten() {
    let shop = Sandbox::shop();
    shop.git(&["rm", "-q", "src/auth.rs"]).ok();
    shop.git(&["commit", "-q", "-m", "chore: no login"]).ok();
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down"]).ok();
    shop.write("shop/src/auth.rs", "mine\n");
    refuses(&shop, &["revert", "HEAD"], 1).says("src/auth.rs");
    assert_eq!(shop.read("shop/src/auth.rs"), "mine\n");
}

#[test]
fn from_elsewhere_the_branch_and_its_work_tree_follow() {
    let shop = incident();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { panic!() }\n");
    shop.git(&["worktree", "add", "-q", "../fix", BRANCH]).ok();
    shop.hotfix(&["revert", "v2.4.0"]).ok();
    assert!(!shop.path("fix/src/mail.rs").exists());
    assert_eq!(shop.git_in("fix", &["status", "--porcelain"]).stdout, "");
    assert_eq!(subjects(&shop, &format!("v2.4.0..{BRANCH}")).len(), 2);
}

#[test]
fn a_work_tree_that_is_away_is_named_with_what_brings_it_along() {
    let shop = incident();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.brings_along_one_that_was_away(BRANCH, &["revert", "HEAD"]);
}

#[test]
fn what_is_begun_and_not_ended_is_not_disturbed() {
    let shop = incident();
    shop.git(&["revert", "--no-commit", "v2.4.0"]).ok();
    refuses(&shop, &["revert", "v2.3.1"], 1)
        .says("a revert is under way")
        .says("git revert --abort");
    shop.git(&["revert", "--abort"]).ok();
    shop.commit("src/mail.rs", "fn mail() { a }\n", "fix: [HOTFIX] a");
    shop.git_with(
        &[("GIT_SEQUENCE_EDITOR", "echo break >>")],
        &["rebase", "-i", "v2.4.0"],
    )
    .ok();
    refuses(&shop, &["revert", "v2.3.1"], 1).says("a rebase is under way");
}

#[test]
fn a_record_without_a_branch_is_to_be_corrected() {
    let shop = incident();
    let file = "shop/.claude/postmortems/2026-11-22-login-is-down.md";
    let named = format!("**Branch**: {BRANCH}");
    shop.write(
        file,
        shop.read(file).replace(&named, "**Branch**: [branch]"),
    );
    refuses(&shop, &["revert", "HEAD", "-i", "login"], 3)
        .says("the record names no hotfix branch")
        .says("git hotfix edit");
}

#[test]
fn that_production_could_not_be_read_is_said() {
    let shop = incident();
    shop.write("shop/.git/refs/remotes/origin/HEAD", b"\xff");
    shop.hotfix(&["revert", "HEAD"])
        .ok()
        .says("production is not known: reading refs/remotes/origin/HEAD");
}

#[test]
fn a_commit_that_is_not_on_the_branch_is_refused() {
    let shop = incident();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/late.rs", "fn late() {}\n", "feat: late");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    refuses(&shop, &["revert", "main"], 1)
        .says("came into production after hotfix/login-is-down began")
        .says("git switch hotfix/login-is-down && git merge origin/main");
    shop.git(&["switch", "-q", "-c", "side"]).ok();
    shop.commit("src/side.rs", "fn side() {}\n", "feat: side");
    refuses(&shop, &["revert", "side"], 1).says("neither in production nor on");
    refuses(&shop, &["revert", "nonsense"], 2).says("nonsense names no commit");
    refuses(&shop, &["revert", "v2.4.0..v2.4.0"], 2).says("there is no commit in");
}

#[test]
fn without_an_incident_one_is_asked_for() {
    let shop = Sandbox::shop();
    shop.hotfix(&["revert", "v2.3.1"])
        .fails(2)
        .says("there is no open incident here");
}

#[test]
fn a_dry_run_and_a_second_run_change_nothing() {
    let shop = incident();
    let before = (everything(&shop), shop.record());
    shop.hotfix(&["revert", "v2.3.1", "-n"])
        .ok()
        .says("would be: Reverted e4f4215");
    assert_eq!((everything(&shop), shop.record()), before);
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    let before = (everything(&shop), shop.record());
    shop.hotfix(&["revert", "v2.3.1"])
        .ok()
        .says("was taken back before");
    assert_eq!((everything(&shop), shop.record()), before);
}

#[test]
fn a_second_run_over_one_line_changes_nothing_until_the_revert_is_reverted() {
    let shop = Sandbox::shop();
    shop.commit("src/auth.rs", "fn login() { 3 }\n", "feat: third login");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    let revert = ["revert", "v2.3.0..main"];
    shop.hotfix(&revert).ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() {}\n");
    let before = (everything(&shop), shop.record());
    shop.hotfix(&revert)
        .ok()
        .says("feat: third login was taken back before")
        .says("feat: faster login was taken back before");
    assert_eq!((everything(&shop), shop.record()), before);

    shop.hotfix(&["revert", "main..HEAD"]).ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { 3 }\n");
    shop.hotfix(&["revert", "main"])
        .ok()
        .says("Reverted")
        .says("feat: third login");
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { panic!() }\n");
}

#[test]
fn what_something_else_has_undone_is_no_revert_of_ours() {
    let shop = incident();
    shop.commit("src/auth.rs", "fn login() {}\n", "fix: [HOTFIX] by hand");
    refuses(&shop, &["revert", "v2.3.1"], 1).says("nothing of this is left");
}

#[test]
fn the_first_commit_can_be_taken_back_and_a_revert_too() {
    let shop = Sandbox::shop();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down"]).ok();
    shop.hotfix(&["revert", "v2.3.1", "v2.3.0"]).ok();
    assert!(!shop.path("shop/src/auth.rs").exists());
    shop.hotfix(&["revert", "HEAD"]).ok();
    assert!(message(&shop, "HEAD").starts_with("fix: [HOTFIX] reapply \"feat: login\"\n"));
}

#[test]
fn gits_own_revert_is_let_go_by_the_hooks() {
    let shop = incident();
    shop.git(&["revert", "--no-edit", "v2.3.1"]).ok();
    shop.pass_the_gate();
    shop.hotfix(&["gate"]).ok();
}

#[test]
fn when_the_branch_cannot_move_the_work_tree_goes_back() {
    let shop = incident();
    shop.write("shop/notes.txt", "mine\n");
    let lock = format!("shop/.git/refs/heads/{BRANCH}.lock");
    shop.write(&lock, "");
    refuses(&shop, &["revert", "v2.3.1"], 3);
    assert!(!shop.record().contains("Reverted"));
}

#[test]
fn stopped_before_the_branch_moved_the_next_run_ends_it() {
    let shop = incident();
    let before = shop.rev("HEAD");
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    let tree = shop.rev("HEAD^{tree}");
    // The work tree has followed already.
    shop.git(&["update-ref", "HEAD", &before]).ok();
    assert_eq!(status(&shop), "M  src/auth.rs\n");
    shop.hotfix(&["revert", "v2.3.1"]).ok();
    assert_eq!(status(&shop), "");
    assert_eq!(shop.rev("HEAD^{tree}"), tree);
}
