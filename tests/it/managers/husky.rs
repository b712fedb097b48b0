//! husky, which runs commitlint: `core.hooksPath` is its own folder `.husky/_`, and what people write
//! stands in `.husky/<event>`.

use super::{BRANCH, GOOD, Managed, assert_same};

/// The rules that most people take.
pub(super) const COMMITLINT: &str =
    "module.exports = { extends: ['@commitlint/config-conventional'] };\n";

fn set_up(managed: &Managed) {
    let shop = &managed.shop;
    managed.type_in("npm init --yes").ok();
    managed.npm_install();
    managed.type_in("npx --no husky init").ok();
    let package = shop.read("shop/package.json");
    assert!(package.contains(r#""prepare": "husky""#), "{package}");
    shop.write("shop/commitlint.config.js", COMMITLINT);
    // husky's example runs `npm test`, and there is no test.
    shop.write("shop/.husky/pre-commit", "");
    let note = managed.note("commit-msg");
    let commitlint = format!("{note}\nnpx --no -- commitlint --edit $1\n");
    shop.write("shop/.husky/commit-msg", commitlint);
    let note = managed.note("pre-push");
    shop.write("shop/.husky/pre-push", format!("{note}\n"));
}

/// Tells where our lines go, and puts them there.
fn put_our_lines(managed: &Managed) {
    let snippets = managed.snippets();
    let refused = managed.shop.hotfix(&["hooks", "install"]).fails(1);
    let refused = refused.says("Nothing was installed.");
    for snippet in &snippets {
        for line in &snippet.lines {
            assert!(refused.stderr.contains(&snippet.file), "{}", refused.stderr);
            assert!(refused.stderr.contains(line), "{}", refused.stderr);
        }
    }
    managed.put(&snippets);
}

#[test]
fn the_printed_lines_work_in_huskys_files_and_nothing_else_is_touched() {
    let Some(managed) = Managed::shop() else {
        return;
    };
    set_up(&managed);
    managed.release();
    let before = managed.state();
    managed.shop.hotfix(&["hooks", "install"]).fails(1);
    assert_same(&managed.state(), &before);
    put_our_lines(&managed);
    managed.release();
    let with_lines = managed.state();
    managed.both_judge();
    // As every `npm install` does.
    managed.type_in("npm run prepare").ok();
    managed.commit(GOOD).says(0, "").theirs(1).ours(1);
    managed.shop.git(&["checkout", "-q", "main"]).ok();
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_same(&managed.state(), &with_lines);
}

#[test]
fn husky_leads_away_from_hooks_that_stood_before_it() {
    let Some(managed) = Managed::shop() else {
        return;
    };
    let bare = managed.hooks();
    managed.shop.hotfix(&["hooks", "install"]).ok();
    set_up(&managed);
    managed.release();
    assert_eq!(managed.said_to_run(), [""; 0]);
    let status = managed.shop.hotfix(&["hooks", "status"]).ok();
    status.says("core.hooksPath leads away from our hooks");
    managed.commit("feat: login").theirs(1).ours(0);
    put_our_lines(&managed);
    managed.shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_same(&managed.hooks(), &bare);
    managed.release();
    managed.both_run();
}

#[test]
fn a_line_of_theirs_that_reads_the_pushed_refs_gets_them_and_so_do_ours() {
    let Some(managed) = Managed::shop() else {
        return;
    };
    set_up(&managed);
    // As `git lfs pre-push` does.
    let reads = format!("cat >>{}\n", managed.shop.path("theirs").display());
    managed.shop.write("shop/.husky/pre-push", reads);
    put_our_lines(&managed);
    managed.release();
    managed
        .shop
        .hotfix(&["start", "Login is down", "-s", "P0"])
        .ok();
    managed.commit(GOOD).says(0, "");
    let push = ["push", "-q", "origin", BRANCH];
    let refused = managed.watch(&push);
    refused.says(1, "is not ready to deploy").ours(1);
    managed.shop.pass_the_gate();
    let tip = managed.shop.rev(BRANCH);
    let good = managed.watch(&push);
    good.says(0, "").ours(1);
    let zero = "0".repeat(40);
    let line = format!("refs/heads/{BRANCH} {tip} refs/heads/{BRANCH} {zero}");
    assert_eq!(good.theirs, [line]);
}
