//! `finish`: the fix lands everywhere it must go, all or nothing.

use super::aftermath::complete;
use super::support::{Ran, Sandbox};
use expect_test::expect;

/// Conventional Commits, as a team's own hook on the server would ask for.
const CONVENTIONAL: &str = "#!/bin/sh
zero=$(git hash-object --stdin </dev/null | tr 0-9a-f 0)
while read -r old new ref; do
    test \"$new\" = \"$zero\" && continue
    git log --format=%s \"$new\" --not --all | while read -r subject; do
        echo \"$subject\" | grep -Eq '^(feat|fix|chore|docs)(\\([a-z]+\\))?!?: .+' || {
            echo \"not conventional: $subject\"; exit 1; }
    done || exit 1
done
";

/// A fix that is ready, and a develop branch that has grown on and must have it too.
pub fn ready_with_develop() -> Sandbox {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "-c", "develop", "v2.3.1"]).ok();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["push", "-q", "-u", "origin", "develop"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.git(&["config", "hotfix.backMerge", "develop"]).ok();
    shop
}

/// The same, but develop has changed the very line that the fix changes.
pub fn ready_with_conflict() -> Sandbox {
    let shop = ready_with_develop();
    shop.git(&["switch", "-q", "develop"]).ok();
    shop.commit("src/auth.rs", "fn login() { todo!() }\n", "feat: new login");
    shop.git(&["push", "-q", "origin", "develop"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop
}

/// A hook on the remote.
pub fn remote_hook(shop: &Sandbox, name: &str, script: &str) {
    shop.executable(&format!("origin.git/hooks/{name}"), script);
}

/// Every ref here and on the remote.
pub fn everything(shop: &Sandbox) -> (String, String) {
    (shop.refs("shop"), shop.refs("origin.git"))
}

/// Branches and tags only: what a landing moves, without the record and what was fetched.
pub fn branches(shop: &Sandbox, folder: &str) -> String {
    shop.git_in(folder, &["for-each-ref", "refs/heads", "refs/tags"])
        .ok()
        .stdout
}

#[track_caller]
pub fn subject(shop: &Sandbox, folder: &str, revision: &str) -> String {
    let shown = shop
        .git_in(folder, &["log", "-1", "--format=%s", revision])
        .ok()
        .stdout;
    shown.trim().to_owned()
}

#[track_caller]
pub fn parents(shop: &Sandbox, revision: &str) -> Vec<String> {
    let shown = shop
        .git(&["log", "-1", "--format=%P", revision])
        .ok()
        .stdout;
    shown.split_whitespace().map(str::to_owned).collect()
}

#[track_caller]
pub fn is_tidy(shop: &Sandbox, folder: &str) {
    let status = shop.git_in(folder, &["status", "--porcelain"]).ok().stdout;
    assert_eq!(status, "", "{folder}");
    shop.git_in(folder, &["fsck", "--strict", "--no-dangling"])
        .ok();
    let left = shop.git_in(folder, &["config", "--get-regexp", "hotfixincident"]);
    assert_eq!(
        left.stdout, "",
        "the branch's configuration is gone with it"
    );
}

/// Everything that stands in the way of a landing must name what was not touched.
#[track_caller]
pub fn refused(ran: Ran) -> Ran {
    ran.fails(1).says("Nothing was changed")
}

#[test]
fn a_landing_with_tag_and_push_reaches_every_place_at_once() {
    let shop = ready_with_develop();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    let (main, develop) = (shop.rev("main"), shop.rev("develop"));
    let fix = shop.rev("hotfix/login-is-down");

    shop.hotfix(&["finish", "--tag", "--push"]).ok();

    assert_eq!(parents(&shop, "main"), [main, fix.clone()]);
    assert_eq!(
        subject(&shop, "shop", "main"),
        "fix: [HOTFIX] Login is down"
    );
    assert_eq!(parents(&shop, "develop"), [develop, fix]);
    assert_eq!(
        subject(&shop, "shop", "develop"),
        "chore: merge hotfix/login-is-down into develop"
    );
    assert_eq!(
        shop.rev("v2.3.2^{commit}"),
        shop.rev("main"),
        "the tag is on production's commit"
    );
    assert_eq!(shop.git(&["cat-file", "-t", "v2.3.2"]).stdout, "tag\n");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { ok() }\n");
    is_tidy(&shop, "shop");
    shop.git_in("origin.git", &["fsck", "--strict", "--no-dangling"])
        .ok();
}

#[test]
fn the_screen_of_a_landing_is_the_summary_people_send_around() {
    let shop = ready_with_develop();
    let ran = shop.hotfix(&["finish", "--tag", "--push"]).ok();
    expect![[r#"
          main                  e4f4215..f53d9d4  landed
          develop               08e38b3..0523136  merged back
          tag                   v2.3.2
          hotfix/login-is-down  deleted
          origin                pushed to, in one push

        ## Hotfix Complete

        **Incident**: Login is down
        **Severity**: P0
        **Duration**: ongoing
        **Status**: Landed

        ### Timeline
        - 2026-11-22 14:05:41Z: Detected
        - 2026-11-22 14:05:44Z: Mitigated
        - 2026-11-22 14:05:56Z: Fixed

        ### Fix
        - 0dc8236 fix: [HOTFIX] do not panic
        - 1 file, +1 -1 lines
        - landed in main f53d9d4, develop 0523136
        - tagged v2.3.2

        ### Postmortem
        Pending: .claude/postmortems/2026-11-22-login-is-down.md
        - a placeholder is left: [who or what is affected]
        - a placeholder is left: [when it started]
        - a placeholder is left: [is it getting worse]
        - a placeholder is left: [what changed recently]
        - the section 'Resolution' is empty
        - the section 'Lessons Learned' is empty
        - the section 'Action Items' is empty
        ! 
        ! Next: once it is
        !   git hotfix deployed
    "#]]
    .assert_eq(&ran.screen());
}

#[test]
fn the_summary_as_json_holds_the_same_facts() {
    let shop = ready_with_develop();
    let done = shop
        .hotfix(&["finish", "--tag", "--push", "--json"])
        .ok()
        .json();
    assert_eq!(done["command"], "finish");
    assert_eq!(done["id"], "2026-11-22-login-is-down");
    assert_eq!(done["targets"][0]["branch"], "main");
    assert_eq!(done["targets"][0]["result"], shop.rev("main"));
    assert_eq!(done["targets"][0]["outcome"], "merged");
    assert_eq!(done["targets"][1]["branch"], "develop");
    assert_eq!(done["targets"][1]["role"], "back-merge");
    assert_eq!(done["tag"]["name"], "v2.3.2");
    assert_eq!(done["tag"]["object"], shop.rev("v2.3.2"));
    assert_eq!(done["pushed_to"], "origin");
    assert_eq!(done["branch_deleted"], true);
    assert_eq!(done["dry_run"], false);
    assert_eq!(done["summary"]["fix"]["changes"]["files"], 1);
    assert_eq!(done["summary"]["timeline"][0]["what"], "Detected");
}

#[test]
fn develop_gets_the_fix_and_not_what_is_only_in_production() {
    let shop = ready_with_develop();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("RELEASED", "notes\n", "docs: notes of the release");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.hotfix(&["finish"]).ok();
    let files = shop
        .git(&["ls-tree", "--name-only", "-r", "develop"])
        .stdout;
    assert_eq!(files, "src/auth.rs\nsrc/cart.rs\n");
    assert_eq!(
        shop.git(&["show", "develop:src/auth.rs"]).stdout,
        "fn login() { ok() }\n"
    );
}

#[test]
fn gitflows_own_branches_are_known_without_any_setting_of_ours() {
    let shop = ready_with_develop();
    shop.git(&["config", "--unset", "hotfix.backMerge"]).ok();
    shop.git(&["config", "gitflow.branch.master", "main"]).ok();
    shop.git(&["config", "gitflow.branch.develop", "develop"])
        .ok();
    shop.git(&["config", "gitflow.prefix.versiontag", "v"]).ok();
    shop.hotfix(&["finish", "--tag", "2.4.0"]).ok();
    assert_eq!(shop.rev("v2.4.0^{commit}"), shop.rev("main"));
    assert_eq!(
        subject(&shop, "shop", "develop"),
        "chore: merge hotfix/login-is-down into develop"
    );
}

#[test]
fn a_dry_run_moves_nothing_here_or_there() {
    let shop = ready_with_develop();
    let (before, record) = (everything(&shop), shop.record());
    let ran = shop.hotfix(&["finish", "--tag", "--push", "-n"]).ok();
    assert_eq!(everything(&shop), before);
    assert_eq!(shop.record(), record);
    assert_eq!(
        shop.git(&["branch", "--show-current"]).stdout,
        "hotfix/login-is-down\n"
    );
    ran.says("v2.3.2").says("Nothing was changed");
}

#[test]
fn a_dry_run_past_the_gate_records_no_override() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    let before = everything(&shop);
    shop.hotfix(&["finish", "-n", "--override", "customers wait"])
        .ok();
    assert_eq!(everything(&shop), before);
}

#[test]
fn an_unready_fix_is_not_landed_and_the_screen_says_what_is_missing() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    let before = everything(&shop);
    let ran = refused(shop.hotfix(&["finish", "--tag", "--push"]));
    assert_eq!(everything(&shop), before);
    expect![[r#"
        ! hotfix: hotfix/login-is-down is not ready to deploy
        !   - [ ] Root cause identified  git hotfix cause "…"
        !   - [ ] Fix tested locally     git hotfix check locally
        !   - [ ] Rollback plan ready    git hotfix check rollback
        !   - [ ] Monitoring in place    git hotfix check monitoring
        !   - [ ] Fix tested in staging (if time permits)
        !       git hotfix check staging --skip --reason "…"
        !   - Impact is not described    git hotfix impact "…"
        ! Nothing was changed.
        ! To go on regardless, on the record:
        !   git hotfix finish --tag --push --override "why"
        [exit 1]
    "#]]
    .assert_eq(&ran.screen());
}

#[test]
fn an_override_lands_is_on_the_record_once_and_passes_our_own_hook() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.hotfix(&["finish", "--push", "--override", "customers wait"])
        .ok();
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
    let record = shop.hotfix(&["show", "-i", "login"]).ok().stdout;
    assert_eq!(
        record.matches(" - customers wait (skipped: ").count(),
        1,
        "{record}"
    );
    assert!(
        record.contains("- [ ] Make up for the override \"customers wait\""),
        "{record}"
    );
    assert_eq!(
        record.matches("Make up for the override").count(),
        1,
        "{record}"
    );
}

#[test]
fn an_override_without_a_reason_is_no_override() {
    let shop = Sandbox::incident();
    let before = everything(&shop);
    shop.hotfix(&["finish", "--override", "  "])
        .fails(2)
        .says("no reason");
    assert_eq!(everything(&shop), before);
}

#[test]
fn a_branch_without_a_commit_has_nothing_to_land() {
    let shop = Sandbox::incident();
    shop.pass_the_gate();
    let before = everything(&shop);
    refused(shop.hotfix(&["finish", "--push"])).says("nothing to land");
    assert_eq!(everything(&shop), before);
}

#[test]
fn work_that_is_not_committed_stops_the_landing_and_is_named() {
    let shop = Sandbox::ready();
    shop.write("shop/src/auth.rs", "fn login() { half }\n");
    let before = everything(&shop);
    refused(shop.hotfix(&["finish"])).says("src/auth.rs");
    assert_eq!(everything(&shop), before);
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { half }\n");
}

#[test]
fn keep_leaves_the_branch_and_the_person_on_it() {
    let shop = Sandbox::ready();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    shop.hotfix(&["finish", "--push", "--keep"]).ok();
    assert!(shop.has("refs/heads/hotfix/login-is-down"));
    assert_eq!(
        shop.git(&["branch", "--show-current"]).stdout,
        "hotfix/login-is-down\n"
    );
    shop.rev_in("origin.git", "refs/heads/hotfix/login-is-down");
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
    assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "");
}

#[test]
fn a_given_version_is_the_tag_and_one_that_is_taken_is_refused() {
    let shop = Sandbox::ready();
    let before = branches(&shop, "shop");
    refused(shop.hotfix(&["finish", "--tag", "v2.3.1"])).says("v2.3.1");
    assert_eq!(branches(&shop, "shop"), before);
    shop.hotfix(&["finish", "--tag", "v2.4.0-hotfix.1"]).ok();
    assert_eq!(shop.rev("v2.4.0-hotfix.1^{commit}"), shop.rev("main"));
}

#[test]
fn the_next_version_is_one_that_nobody_took_on_the_remote_meanwhile() {
    let shop = Sandbox::ready();
    shop.git_in("origin.git", &["tag", "v2.3.2", "v2.3.0^{commit}"])
        .ok();
    shop.hotfix(&["finish", "--tag", "--push"])
        .ok()
        .says("v2.3.3");
    assert_eq!(
        shop.rev_in("origin.git", "v2.3.2"),
        shop.rev("v2.3.0^{commit}")
    );
    assert_eq!(
        shop.rev_in("origin.git", "v2.3.3^{commit}"),
        shop.rev("main")
    );
}

#[test]
fn a_tag_on_the_remote_that_is_not_known_here_stops_everything() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "src/price.rs");
    shop.git_in("origin.git", &["tag", "v2.3.2", "main"]).ok();
    shop.git_in("origin.git", &["update-ref", "refs/heads/main", "main^"])
        .ok();
    let before = everything(&shop);
    let ran = shop.hotfix(&["finish", "--tag", "--push"]).fails(3);
    assert_eq!(everything(&shop), before);
    ran.says("v2.3.2")
        .says("Nothing was changed, here or there.");
}

#[test]
fn only_our_tag_is_pushed() {
    let shop = Sandbox::ready();
    shop.git(&["tag", "wip-do-not-publish"]).ok();
    shop.git(&["tag", "-am", "mine", "experiment-1.0", "main"])
        .ok();
    shop.git(&["config", "push.followTags", "true"]).ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    let tags = shop.git_in("origin.git", &["tag", "-l"]).stdout;
    assert_eq!(tags, "v2.3.0\nv2.3.1\nv2.3.2\n");
}

#[test]
fn a_conflict_in_develop_leaves_no_half_done_landing() {
    let shop = ready_with_conflict();
    let before = everything(&shop);
    let ran = refused(shop.hotfix(&["finish", "--tag", "--push"]));
    assert_eq!(everything(&shop), before, "nothing moved, here or there");
    assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "");
    expect![[r#"
        ! hotfix: hotfix/login-is-down does not merge cleanly everywhere
        !   main     merges cleanly
        !   develop  conflicts in src/auth.rs (1 place)
        ! Nothing was changed, here or on origin.
        ! Merge it yourself and run finish again:
        !   git switch develop && git merge --no-ff hotfix/login-is-down
        ! Or land without it (becomes an action item):
        !   git hotfix finish --tag --push --skip develop
        [exit 1]
    "#]]
    .assert_eq(&ran.screen());

    // Merged by hand, as the screen says; then the same command again.
    shop.git(&["switch", "-q", "develop"]).ok();
    assert_ne!(shop.git(&["merge", "-q", "hotfix/login-is-down"]).code, 0);
    shop.write("shop/src/auth.rs", "fn login() { ok(); todo!() }\n");
    shop.git(&["add", "src/auth.rs"]).ok();
    shop.git(&["commit", "-qm", "chore: merge the hotfix"]).ok();
    let by_hand = shop.rev("develop");
    shop.hotfix(&["finish", "-i", "login", "--tag", "--push"])
        .ok()
        .says("develop");
    assert_eq!(
        shop.rev("develop"),
        by_hand,
        "what was merged by hand stays as it is"
    );
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    is_tidy(&shop, "shop");
}

#[test]
fn a_conflict_leaves_a_complete_record_out_of_the_branch_too() {
    let shop = ready_with_conflict();
    complete(&shop);
    shop.hotfix(&["note", "all written down"]).ok();
    let before = (branches(&shop, "shop"), shop.refs("origin.git"));
    refused(shop.hotfix(&["finish"]));
    assert_eq!((branches(&shop, "shop"), shop.refs("origin.git")), before);
    assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "");
}

#[test]
fn a_local_production_branch_that_is_behind_is_no_obstacle() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "src/price.rs");
    let theirs = shop.rev_in("origin.git", "main");
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(
        parents(&shop, "main")[0],
        theirs,
        "landed on what is really in production"
    );
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
    assert!(shop.path("shop/src/price.rs").exists());
    is_tidy(&shop, "shop");
}

#[test]
fn a_production_branch_that_has_diverged_is_refused_with_what_to_do() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "src/price.rs");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/mine.rs", "fn mine() {}\n", "feat: mine");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    let before = (branches(&shop, "shop"), shop.refs("origin.git"));
    refused(shop.hotfix(&["finish", "--push"]))
        .says("diverged")
        .says("git pull");
    assert_eq!((branches(&shop, "shop"), shop.refs("origin.git")), before);
}

#[test]
fn a_colleagues_commit_on_the_hotfix_branch_is_not_landed_without() {
    let shop = Sandbox::ready();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    colleague_commits(&shop, "hotfix/login-is-down", "src/more.rs");
    let before = (branches(&shop, "shop"), shop.refs("origin.git"));
    refused(shop.hotfix(&["finish", "--push"])).says("that are not here");
    assert_eq!((branches(&shop, "shop"), shop.refs("origin.git")), before);
}

#[test]
fn a_push_that_the_remote_rejects_moves_nothing_anywhere() {
    let shop = ready_with_develop();
    let reject = "#!/bin/sh\necho 'main is frozen until Monday'\nexit 1\n";
    remote_hook(&shop, "pre-receive", reject);
    let before = everything(&shop);
    let ran = shop.hotfix(&["finish", "--tag", "--push"]).fails(3);
    assert_eq!(everything(&shop), before);
    assert_eq!(
        shop.git(&["branch", "--show-current"]).stdout,
        "hotfix/login-is-down\n"
    );
    ran.says("main is frozen until Monday")
        .says("Nothing was changed, here or there.");
}

#[test]
fn one_protected_branch_stops_the_push_of_all() {
    let shop = ready_with_develop();
    let reject = "#!/bin/sh\ntest \"$1\" != refs/heads/develop\n";
    remote_hook(&shop, "update", reject);
    let before = everything(&shop);
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("Nothing was changed, here or there.");
    assert_eq!(everything(&shop), before);
}

#[test]
fn an_override_that_went_nowhere_with_the_push_can_be_tried_again() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    remote_hook(&shop, "pre-receive", "#!/bin/sh\nexit 1\n");
    let before = (branches(&shop, "shop"), shop.refs("origin.git"));
    shop.hotfix(&["finish", "--push", "--override", "customers wait"])
        .fails(3);
    assert_eq!((branches(&shop, "shop"), shop.refs("origin.git")), before);
    std::fs::remove_file(shop.path("origin.git/hooks/pre-receive")).unwrap();
    shop.hotfix(&["finish", "--push", "--override", "customers wait"])
        .ok();
    let record = shop.hotfix(&["show", "-i", "login"]).ok().stdout;
    assert_eq!(
        record.matches("Make up for the override").count(),
        1,
        "{record}"
    );
}

#[test]
fn a_remote_that_is_gone_stops_a_pushed_landing_and_not_a_local_one() {
    let shop = Sandbox::ready();
    std::fs::rename(shop.path("origin.git"), shop.path("unplugged.git")).unwrap();
    let before = shop.refs("shop");
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("Nothing was changed, here or there.")
        .says("git hotfix finish");
    assert_eq!(shop.refs("shop"), before);

    shop.hotfix(&["finish", "--tag"])
        .ok()
        .says("origin could not be reached");
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("main"));
    std::fs::rename(shop.path("unplugged.git"), shop.path("origin.git")).unwrap();
    shop.hotfix(&["finish", "-i", "login", "--tag", "--push"])
        .ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn landing_works_from_a_subfolder() {
    let shop = Sandbox::ready();
    shop.hotfix_in("shop/src", &["finish", "--tag"]).ok();
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("main"));
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { ok() }\n");
    is_tidy(&shop, "shop");
}

#[test]
fn landing_works_from_another_branch_and_leaves_it_checked_out() {
    let shop = ready_with_develop();
    shop.git(&["switch", "-q", "-c", "feature/x", "develop"])
        .ok();
    shop.write("shop/src/cart.rs", "fn cart() { unfinished }\n");
    shop.hotfix(&["finish", "-i", "login", "--tag", "--push"])
        .ok();
    assert_eq!(
        shop.git(&["branch", "--show-current"]).stdout,
        "feature/x\n"
    );
    assert_eq!(shop.read("shop/src/cart.rs"), "fn cart() { unfinished }\n");
    assert_eq!(
        branches(&shop, "origin.git").lines().count(),
        5,
        "main, develop, three tags"
    );
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
}

#[test]
fn landing_on_the_branch_one_stands_on_brings_the_files_along() {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.write("shop/NOTES", "mine, untracked\n");
    shop.hotfix(&["finish", "-i", "login"]).ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { ok() }\n");
    assert_eq!(shop.git(&["status", "--porcelain"]).stdout, "?? NOTES\n");
}

/// The hotfix in a work tree of its own, `main` with a person's change in the primary one.
fn ready_in_a_linked_work_tree() -> Sandbox {
    let shop = Sandbox::shop();
    shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0", "--worktree"])
        .ok();
    shop.write(
        "shop-hotfix-login-is-down/src/auth.rs",
        "fn login() { ok() }\n",
    );
    let linked = "shop-hotfix-login-is-down";
    shop.hotfix_in(linked, &["commit", "-m", "do not panic", "-a"])
        .ok();
    shop.pass_the_gate();
    shop
}

#[test]
fn a_landing_from_a_linked_work_tree_updates_the_clean_primary_one() {
    let shop = ready_in_a_linked_work_tree();
    let ran = shop
        .hotfix_in("shop-hotfix-login-is-down", &["finish", "--tag", "--push"])
        .ok();
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { ok() }\n");
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
    is_tidy(&shop, "shop");
    is_tidy(&shop, "shop-hotfix-login-is-down");
    ran.says("git worktree remove");
    let linked = shop.path("shop-hotfix-login-is-down");
    shop.git(&["worktree", "remove", linked.to_str().unwrap()])
        .ok();
}

#[test]
fn what_a_person_changed_elsewhere_in_the_primary_work_tree_stays() {
    let shop = ready_in_a_linked_work_tree();
    shop.write("shop/src/cart.rs", "fn cart() { unfinished }\n");
    shop.hotfix_in("shop-hotfix-login-is-down", &["finish"])
        .ok();
    assert_eq!(shop.read("shop/src/cart.rs"), "fn cart() { unfinished }\n");
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { ok() }\n");
    assert_eq!(
        shop.git(&["status", "--porcelain"]).stdout,
        " M src/cart.rs\n"
    );
}

#[test]
fn what_the_landing_would_overwrite_in_the_primary_work_tree_stops_it() {
    let shop = ready_in_a_linked_work_tree();
    shop.write("shop/src/auth.rs", "fn login() { mine }\n");
    let before = everything(&shop);
    refused(shop.hotfix_in("shop-hotfix-login-is-down", &["finish", "--push"])).says("src/auth.rs");
    assert_eq!(everything(&shop), before);
    assert_eq!(shop.read("shop/src/auth.rs"), "fn login() { mine }\n");
}

#[test]
fn an_untracked_file_in_the_way_of_production_stops_the_landing_before_anything_moved() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "NOTES");
    shop.write("shop/NOTES", "mine, untracked\n");
    let before = (branches(&shop, "shop"), shop.refs("origin.git"));
    refused(shop.hotfix(&["finish", "--push"])).says("NOTES");
    assert_eq!((branches(&shop, "shop"), shop.refs("origin.git")), before);
    assert_eq!(shop.read("shop/NOTES"), "mine, untracked\n");
}

#[test]
fn work_in_the_hotfixs_own_work_tree_is_seen_from_the_primary_one() {
    let shop = ready_in_a_linked_work_tree();
    shop.write(
        "shop-hotfix-login-is-down/src/auth.rs",
        "fn login() { half }\n",
    );
    let before = everything(&shop);
    refused(shop.hotfix(&["finish", "--push"])).says("src/auth.rs");
    assert_eq!(everything(&shop), before);
}

#[test]
fn finish_twice_is_one_landing() {
    let shop = ready_with_develop();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    let before = everything(&shop);
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(everything(&shop), before);
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert_eq!(record.matches("Fix landed").count(), 1, "{record}");
}

#[test]
fn landed_here_first_and_pushed_later_is_the_same_landing() {
    let shop = ready_with_develop();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    let there = shop.refs("origin.git");
    shop.hotfix(&["finish", "--tag"])
        .ok()
        .says("git hotfix finish --tag --push");
    assert_eq!(shop.refs("origin.git"), there);
    let here = branches(&shop, "shop");
    shop.hotfix(&["finish", "--push", "--tag"]).ok();
    assert_eq!(branches(&shop, "shop"), here);
    assert_eq!(branches(&shop, "origin.git"), here);
}

#[test]
fn a_tag_of_the_landing_here_goes_along_with_a_later_push() {
    let shop = ready_with_develop();
    shop.hotfix(&["finish", "--tag"]).ok();
    shop.git(&["tag", "private", "main"]).ok();
    shop.hotfix(&["finish", "--push", "-n"])
        .ok()
        .says("v2.3.2   tag, is there");
    shop.hotfix(&["finish", "--push"])
        .ok()
        .says("- tagged v2.3.2");
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
    let there = shop.rev_in("origin.git", "v2.3.2");
    assert_eq!(there, shop.rev("v2.3.2"));
    let tags = shop.git_in("origin.git", &["tag", "-l"]).stdout;
    assert_eq!(tags, "v2.3.0\nv2.3.1\nv2.3.2\n", "ours alone");
    // Taken back here and there: there is nothing to bring.
    shop.git(&["push", "-q", "origin", ":v2.3.2"]).ok();
    shop.git(&["tag", "-d", "v2.3.2"]).ok();
    shop.hotfix(&["finish", "--push", "-i", "login"]).ok();
    let tags = shop.git_in("origin.git", &["tag", "-l"]).stdout;
    assert_eq!(tags, "v2.3.0\nv2.3.1\n");
}

#[test]
fn a_tag_forgotten_at_the_landing_goes_on_the_landing_and_not_on_what_came_after() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--push"]).ok();
    let landed = shop.rev("main");
    shop.commit("src/next.rs", "fn next() {}\n", "feat: next");
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(shop.rev("v2.3.2^{commit}"), landed);
    assert_eq!(shop.rev_in("origin.git", "v2.3.2^{commit}"), landed);
}

#[test]
fn a_fix_merged_by_hand_is_tagged_merged_back_and_cleaned_up() {
    let shop = ready_with_develop();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&[
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "fix: by hand",
        "hotfix/login-is-down",
    ])
    .ok();
    let landed = shop.rev("main");
    shop.commit("src/next.rs", "fn next() {}\n", "feat: next");
    shop.hotfix(&["finish", "-i", "login", "--tag"]).ok();
    assert_eq!(
        shop.rev("v2.3.2^{commit}"),
        landed,
        "not on the commit that came after"
    );
    assert_eq!(
        subject(&shop, "shop", "develop"),
        "chore: merge hotfix/login-is-down into develop"
    );
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
    is_tidy(&shop, "shop");
}

#[test]
fn a_branch_that_the_forge_deleted_already_is_no_reason_to_fail() {
    let shop = Sandbox::ready();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    shop.git_in("origin.git", &["branch", "-D", "hotfix/login-is-down"])
        .ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn a_colleagues_late_commit_on_the_branch_is_not_deleted_with_it() {
    let shop = Sandbox::ready();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    shop.hotfix(&["finish"]).ok();
    colleague_commits(&shop, "hotfix/login-is-down", "src/late.rs");
    let before = shop.refs("origin.git");
    refused(shop.hotfix(&["finish", "--push"])).says("that are not here");
    assert_eq!(shop.refs("origin.git"), before);
}

#[test]
fn the_fix_is_what_the_branch_holds_after_a_plain_git_commit_and_a_rebase() {
    let shop = Sandbox::ready();
    colleague_commits(&shop, "main", "src/price.rs");
    shop.write("shop/src/more.rs", "fn more() {}\n");
    shop.git(&["add", "src/more.rs"]).ok();
    shop.git(&["commit", "-qm", "fix: [HOTFIX] a second place"])
        .ok();
    shop.git(&["fetch", "-q"]).ok();
    shop.git(&["rebase", "-q", "origin/main"]).ok();
    let ran = shop.hotfix(&["finish", "--tag", "--push"]).ok();
    ran.says("a second place")
        .says("do not panic")
        .says("2 files, +2 -1 lines");
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
}

#[test]
fn a_stale_copy_of_production_is_not_what_the_hotfix_starts_from() {
    let shop = Sandbox::shop();
    colleague_commits(&shop, "main", "src/price.rs");
    let base = shop
        .hotfix(&["start", "Login is down", "--json"])
        .ok()
        .json();
    assert_eq!(base["base"], shop.rev_in("origin.git", "main"));
    assert_eq!(shop.rev("HEAD"), shop.rev_in("origin.git", "main"));
}

#[test]
fn a_hotfix_started_from_a_tag_lands_on_the_newer_production() {
    let shop = Sandbox::shop();
    shop.commit("src/price.rs", "fn price() {}\n", "feat: prices");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.hotfix(&["start", "Login is down", "-s", "P0", "--from", "v2.3.0"])
        .ok();
    assert_eq!(shop.rev("HEAD"), shop.rev("v2.3.0^{commit}"));
    shop.write("shop/src/guard.rs", "fn guard() {}\n");
    shop.git(&["add", "src/guard.rs"]).ok();
    shop.hotfix(&["commit", "-m", "guard the login"]).ok();
    shop.pass_the_gate();
    shop.hotfix(&["finish", "--push", "--tag"])
        .ok()
        .says("v2.3.2");
    let files = shop.git(&["ls-tree", "--name-only", "-r", "main"]).stdout;
    assert_eq!(files, "src/auth.rs\nsrc/guard.rs\nsrc/price.rs\n");
    assert_eq!(
        shop.git(&["show", "main:src/auth.rs"]).stdout,
        "fn login() { panic!() }\n"
    );
}

#[test]
fn two_hotfixes_at_once_land_one_after_the_other() {
    let shop = Sandbox::ready();
    shop.hotfix(&["start", "Prices are wrong", "-s", "P1"]).ok();
    shop.write("shop/src/price.rs", "fn price() {}\n");
    shop.git(&["add", "src/price.rs"]).ok();
    shop.hotfix(&["commit", "-m", "round up"]).ok();
    shop.pass_the_gate();
    shop.hotfix(&["finish", "-i", "login", "--tag", "--push"])
        .ok()
        .says("v2.3.2");
    assert_eq!(
        shop.git(&["branch", "--show-current"]).stdout,
        "hotfix/prices-are-wrong\n"
    );
    shop.hotfix(&["finish", "--tag", "--push"])
        .ok()
        .says("v2.3.3");
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("main^"));
    assert_eq!(shop.rev("v2.3.3^{commit}"), shop.rev("main"));
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    is_tidy(&shop, "shop");
}

#[test]
fn the_messages_we_write_pass_a_teams_conventional_commits_hook() {
    let shop = ready_with_develop();
    remote_hook(&shop, "pre-receive", CONVENTIONAL);
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    let trailers = ["log", "-1", "--format=%(trailers:only,unfold)", "main"];
    assert_eq!(
        shop.git(&trailers).stdout.trim(),
        "Incident: 2026-11-22-login-is-down\nSeverity: P0"
    );
}

#[test]
fn a_number_sign_in_the_trackers_key_is_a_name_like_any_other() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "-s", "P0", "--issue", "SHOP#812"])
        .ok();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.git(&["commit", "-qam", "fix: [HOTFIX] do not panic"])
        .ok();
    shop.pass_the_gate();
    shop.git(&["push", "-q", "origin", "HEAD"]).ok();
    shop.rev_in("origin.git", "refs/heads/hotfix/SHOP#812");
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    is_tidy(&shop, "shop");
}

#[test]
fn a_complete_record_lands_with_the_fix() {
    let shop = ready_with_develop();
    complete(&shop);
    shop.hotfix(&["postmortem", "check"])
        .ok()
        .says("is complete");
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    let file = ".claude/postmortems/2026-11-22-login-is-down.md";
    let landed = shop.git(&["show", &format!("main:{file}")]).ok().stdout;
    assert!(landed.contains("- [ ] Replay old tokens in CI (owner: @ada, due: 2026-12-05"));
    shop.git(&["show", &format!("develop:{file}")]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    assert!(
        !shop
            .read("shop/.git/info/exclude")
            .contains("login-is-down")
    );
    assert!(shop.hotfix(&["show"]).ok().stdout.contains("Fix landed"));
    is_tidy(&shop, "shop");
}

#[test]
fn what_fails_behind_the_landing_does_not_hide_it() {
    let shop = ready_with_develop();
    complete(&shop);
    let hook = "shop/.git/hooks/post-checkout";
    shop.executable(
        hook,
        "#!/bin/sh\ncd .git/info && rm exclude && mkdir exclude\n",
    );
    shop.hotfix(&["finish"])
        .ok()
        .says("the record stays hidden from git status");
    let shop = ready_with_develop();
    let record = "refs/hotfix/incidents/2026-11-22-login-is-down";
    shop.executable(hook, &format!("#!/bin/sh\ngit update-ref -d {record}\n"));
    shop.hotfix(&["finish"])
        .fails(2)
        .says("the fix has landed, but it could not be summed up")
        .says("Everything is where it belongs.");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
}

/// A colleague's clone pushes a new file to a branch of the remote.
pub fn colleague_commits(shop: &Sandbox, branch: &str, file: &str) {
    shop.git_in(
        "",
        &["clone", "-q", "--branch", branch, "origin.git", "colleague"],
    )
    .ok();
    shop.write(&format!("colleague/{file}"), "theirs\n");
    shop.git_in("colleague", &["add", "-A"]).ok();
    shop.git_in("colleague", &["commit", "-qm", "fix: [HOTFIX] theirs"])
        .ok();
    shop.git_in("colleague", &["push", "-q", "origin", branch])
        .ok();
    std::fs::remove_dir_all(shop.path("colleague")).unwrap();
}

#[test]
fn commits_that_were_never_pushed_are_not_released_along_with_the_fix() {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/cart.rs", "half done\n", "wip: my half-done work");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    let (here, there) = (shop.refs("shop"), shop.refs("origin.git"));
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(1)
        .says("main has a commit here that the remote has not")
        .says("wip: my half-done work");
    assert_eq!(shop.refs("origin.git"), there);
    assert_eq!(
        shop.refs("shop").lines().count(),
        here.lines().count(),
        "nothing was made"
    );
    // Without a push it lands, and says so.
    shop.hotfix(&["finish"]).ok().says("will go along");
}

#[test]
fn an_own_landing_that_waits_for_its_push_is_no_stranger() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--tag"]).ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(
        shop.rev_in("origin.git", "main"),
        shop.rev("main"),
        "it arrived"
    );
}

#[test]
fn a_release_tag_is_gated_although_the_branch_was_published() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.hotfix(&["publish"]).ok();
    shop.git(&["tag", "-am", "v2.3.2", "v2.3.2"]).ok();
    shop.git(&["push", "origin", "v2.3.2"])
        .fails(1)
        .says("is not ready to deploy");
    shop.pass_the_gate();
    shop.git(&["push", "-q", "origin", "v2.3.2"]).ok();
}

#[test]
fn a_published_branch_can_be_amended_and_published_again() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.hotfix(&["publish"]).ok();
    shop.git(&[
        "commit",
        "-q",
        "--amend",
        "-m",
        "fix: [HOTFIX] do not panic at all",
    ])
    .ok();
    shop.hotfix(&["publish"]).ok();
    assert_eq!(
        shop.rev_in("origin.git", "hotfix/login-is-down"),
        shop.rev("HEAD")
    );
    // A colleague's commit there is never replaced.
    shop.git_in("", &["clone", "-q", "origin.git", "theirs"])
        .ok();
    shop.git_in("theirs", &["switch", "-q", "hotfix/login-is-down"])
        .ok();
    shop.git_in(
        "theirs",
        &[
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "fix: [HOTFIX] theirs",
        ],
    )
    .ok();
    shop.git_in("theirs", &["push", "-q"]).ok();
    let theirs = shop.rev_in("origin.git", "hotfix/login-is-down");
    shop.git(&["commit", "-q", "--amend", "-m", "fix: [HOTFIX] once more"])
        .ok();
    shop.hotfix(&["publish"])
        .fails(3)
        .says("Somebody else's commits");
    assert_eq!(shop.rev_in("origin.git", "hotfix/login-is-down"), theirs);
}

#[test]
fn an_override_holds_until_the_landing_is_pushed_too() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.hotfix(&["finish", "--override", "it burns"]).ok();
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn a_push_that_is_refused_after_the_landing_says_where_it_is() {
    let shop = ready_with_develop();
    shop.hotfix(&["finish"]).ok();
    let reject = "#!/bin/sh\necho 'no pushes today'\nexit 1\n";
    shop.executable("origin.git/hooks/pre-receive", reject);
    let ran = shop.hotfix(&["finish", "--push"]).fails(3);
    let ran = ran
        .says("develop  [remote rejected] (pre-receive hook declined)")
        .says("It has landed here; once the remote takes it:")
        .says("  git hotfix finish --push");
    assert!(!ran.stderr.contains("Land it here now"), "{}", ran.screen());
    assert!(
        !ran.stderr.contains(&shop.rev("develop")),
        "{}",
        ran.screen()
    );
}
