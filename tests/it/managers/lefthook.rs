//! lefthook, which also runs commitlint: it renames every hook that is not its own to `<event>.old`
//! and runs it no more.

use super::{BRANCH, GOOD, Managed, NOT_OURS, assert_same};

const FILES: [&str; 4] = ["hooks", "install", "--mode", "file"];

/// A shop with a configuration in production, and nothing installed yet.
fn configured() -> Option<Managed> {
    let managed = Managed::shop()?;
    let shop = &managed.shop;
    managed.npm_install();
    shop.write("shop/commitlint.config.js", super::husky::COMMITLINT);
    let config = format!(
        "commit-msg:\n  commands:\n    note:\n      run: {}\n    commitlint:\n      \
         run: node_modules/.bin/commitlint --edit {{1}}\npre-push:\n  commands:\n    note:\n      \
         run: {}\n",
        managed.note("commit-msg"),
        managed.note("pre-push")
    );
    shop.write("shop/lefthook.yml", config);
    managed.release();
    Some(managed)
}

fn install(managed: &Managed) {
    managed.type_in("npx --no lefthook install").ok();
}

/// What lefthook alone leaves in git's folder.
fn installed() -> Option<Managed> {
    let managed = configured()?;
    install(&managed);
    Some(managed)
}

/// lefthook takes a file for unchanged that was written in the second of its own installation.
fn changed_later(managed: &Managed, below: &str) {
    let file = std::fs::File::options()
        .append(true)
        .open(managed.shop.path(below))
        .unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    file.set_modified(later).unwrap();
}

/// lefthook has put our files away: nobody calls us, and we say so.
#[track_caller]
fn put_away(managed: &Managed) {
    assert_eq!(managed.said_to_run(), [""; 0]);
    let status = managed.shop.hotfix(&["hooks", "status"]).ok();
    status
        .says("another installer has put our hook away")
        .says("git hotfix hooks install");
}

#[test]
fn installed_after_theirs_both_judge_and_theirs_come_back_as_they_were() {
    let Some(managed) = installed() else { return };
    let before = managed.state();
    managed.shop.hotfix(&FILES).ok();
    managed.both_judge();
    managed.shop.git(&["checkout", "-q", "main"]).ok();
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_same(&managed.state(), &before);
    managed.theirs_judge_alone();
}

#[test]
fn what_lefthook_puts_away_is_said_and_put_right() {
    let Some(managed) = installed() else { return };
    managed.shop.hotfix(&FILES).ok();
    // lefthook installs itself again at the first commit after that.
    let config = managed.shop.read("shop/lefthook.yml");
    let edited = config.replace("note:", "written-down:");
    managed.shop.write("shop/lefthook.yml", edited);
    changed_later(&managed, "shop/lefthook.yml");
    managed.release();
    managed.commit(NOT_OURS).says(0, "").theirs(1).ours(1);
    put_away(&managed);
    managed.commit(NOT_OURS).says(0, "").theirs(1).ours(0);
    managed.shop.hotfix(&FILES).ok();
    managed.both_run();
}

#[test]
fn what_lefthook_put_away_is_removed_too() {
    let Some(managed) = installed() else { return };
    let before = managed.state();
    managed.shop.hotfix(&FILES).ok();
    // As every `npm install` does.
    install(&managed);
    put_away(&managed);
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_same(&managed.state(), &before);
}

#[test]
fn installed_before_theirs_it_is_said_and_put_right() {
    let (Some(managed), Some(alone)) = (configured(), installed()) else {
        return;
    };
    managed.shop.hotfix(&FILES).ok();
    install(&managed);
    put_away(&managed);
    managed.shop.hotfix(&FILES).ok();
    managed.both_run();
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_same(&managed.hooks(), &alone.hooks());
}

#[test]
fn the_printed_lines_work_in_lefthooks_files_and_stay_when_it_installs_again() {
    let Some(managed) = installed() else { return };
    managed.put(&managed.snippets());
    managed.release();
    let before = managed.state();
    managed.both_judge();
    install(&managed);
    managed.commit(GOOD).says(0, "").theirs(1).ours(1);
    managed.shop.git(&["checkout", "-q", "main"]).ok();
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_same(&managed.state(), &before);
}

#[test]
fn the_printed_lines_judge_a_push_of_what_is_not_checked_out() {
    let Some(managed) = installed() else { return };
    managed.put(&managed.snippets());
    managed.release();
    managed
        .shop
        .hotfix(&["start", "Login is down", "-s", "P0"])
        .ok();
    managed.commit(GOOD).says(0, "");
    // lefthook compares HEAD with what it tracks, and skips commands when the two are the same.
    managed.shop.git(&["checkout", "-q", "main"]).ok();
    let to_main = format!("{BRANCH}:main");
    let refused = managed.watch(&["push", "-q", "origin", &to_main]);
    refused.says(1, "is not ready to deploy").ours(1);
}

#[test]
fn unless_files_are_asked_for_nothing_is_written_beside_theirs() {
    for managed in [configured(), installed()] {
        let Some(managed) = managed else { return };
        let before = managed.state();
        managed.shop.hotfix(&["hooks", "install"]).fails(1);
        let started = managed.shop.hotfix(&["start", "Login is down"]).ok();
        started.says("the hooks are not installed: git hotfix hooks install");
        assert_same(&managed.state(), &before);
    }
}

#[test]
fn a_hotfix_branch_without_the_printed_lines_is_told_of_and_files_come_first_there() {
    let Some(managed) = installed() else { return };
    managed.put(&managed.snippets());
    managed.shop.git(&["add", "-A"]).ok();
    let commit = ["commit", "-q", "--no-verify", "-m", "chore: lines"];
    managed.shop.git(&commit).ok();
    let started = managed
        .shop
        .hotfix(&["start", "Login is down", "-s", "P0"])
        .ok();
    started.says("this branch has not the lines that call our hooks (main has lefthook.yml)");
    assert_eq!(managed.said_to_run(), [""; 0]);
    managed.commit(NOT_OURS).says(0, "").ours(0);
    managed.shop.hotfix(&FILES).ok();
    managed.commit(NOT_OURS).says(1, "hotfix format").ours(1);
}
