//! `git hotfix start`: from what is really in production, without a question, wherever one stands.

use super::support::{FIRST_SECOND, Ran, Sandbox};
use expect_test::expect;
use std::fs::{self, File};
use std::time::{Duration, Instant, SystemTime};

const ID: &str = "2026-11-22-login-is-down";
const BRANCH: &str = "hotfix/login-is-down";
const REF: &str = "refs/hotfix/incidents/2026-11-22-login-is-down";

/// Somebody else's clone, from which the remote's branch moves on; what it is then.
fn somebody_pushes(shop: &Sandbox, branch: &str) -> String {
    if !shop.path("theirs").exists() {
        shop.clone_into("theirs");
    }
    shop.git_in("theirs", &["switch", "-q", branch]).ok();
    shop.write(
        "theirs/src/cart.rs",
        format!("fn total() {{}} // {branch}\n"),
    );
    shop.git_in("theirs", &["add", "-A"]).ok();
    shop.git_in("theirs", &["commit", "-qm", "feat: cart"]).ok();
    shop.git_in("theirs", &["push", "-q", "origin", branch])
        .ok();
    shop.rev_in("theirs", "HEAD")
}

/// The files changed in the shop's index and work tree, as git tells them.
fn changes(shop: &Sandbox) -> String {
    shop.git(&["status", "--porcelain"]).ok().stdout
}

/// The command a person would copy from the screen to get to the work tree of its own.
fn printed_cd(ran: &Ran) -> String {
    let line = ran.stderr.lines().find(|line| line.starts_with("  cd "));
    line.unwrap_or_else(|| panic!("no cd in\n{}", ran.stderr))
        .trim()
        .to_owned()
}

/// The branch that the shop is on.
fn branch(shop: &Sandbox) -> String {
    let head = shop.git(&["symbolic-ref", "--short", "HEAD"]).ok().stdout;
    head.trim_end().to_owned()
}

/// Follows a printed `cd` and says which branch is there.
fn branch_after(shop: &Sandbox, folder: &str, cd: &str) -> String {
    let line = format!("{cd} && git symbolic-ref --short HEAD");
    let output = shop
        .command("sh", folder)
        .args(["-c", &line])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{cd}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_screen_says_what_was_made_and_what_comes_first() {
    let shop = Sandbox::shop();
    let ran = shop
        .hotfix(&["start", "Users can't login - 500 error", "-s", "P0"])
        .ok();
    let screen = ran.screen().replace(&shop.rev("HEAD")[..7], "<base>");
    expect![[r#"
        P0 (service down, data loss: drop everything)
          incident  2026-11-22-users-cant-login-500-error
          branch    hotfix/users-cant-login-500-error
          base      v2.3.1 (<base>, origin/main)
          record    .claude/postmortems/2026-11-22-users-cant-login-500-error.md
          hooks     commit-msg, prepare-commit-msg, pre-push: installed
        ! 
        ! Next: stop the bleeding, then say how
        !   git hotfix mitigate rollback "what you did"
    "#]]
    .assert_eq(&screen);
}

#[test]
fn the_record_is_complete_from_the_first_second() {
    let shop = Sandbox::incident();
    let record = shop.record().replace(&shop.rev("HEAD")[..10], "<base>");
    expect![[r#"
        # Postmortem: Login is down

        **Date**: 2026-11-22
        **Duration**: 2026-11-22 14:05:41Z - ongoing
        **Severity**: P0
        **Impact**: [description]
        **Status**: Detected
        **Branch**: hotfix/login-is-down
        **Base**: v2.3.1 (<base>)
        **Task**: [none]

        ## Investigation
        - **Affected**: [who or what is affected]
        - **Started**: [when it started]
        - **Trend**: [is it getting worse]
        - **Recent changes**: [what changed recently]

        ## Checklist

        Before deploying hotfix:

        - [ ] Root cause identified
        - [ ] Fix tested locally
        - [ ] Fix tested in staging (if time permits)
        - [ ] Rollback plan ready
        - [ ] Monitoring in place

        ## Mitigation Applied
        [What was done to reduce impact]

        ## Timeline
        - 2026-11-22 14:05:41Z: Incident detected

        ## Root Cause
        [What caused the incident]

        ## Resolution
        [How it was fixed]

        ## Lessons Learned
        - [Lesson 1]

        ## Action Items
        - [ ] [Preventive measure 1]
    "#]]
    .assert_eq(&record);
}

#[test]
fn the_base_is_what_the_remote_has_even_when_our_copy_is_old() {
    let shop = Sandbox::shop();
    let ours = shop.rev("main");
    let theirs = somebody_pushes(&shop, "main");
    shop.hotfix(&["start", "Login is down"])
        .ok()
        .says(&format!("({}", &theirs[..7]));
    assert_eq!(shop.rev(BRANCH), theirs);
    assert_eq!(
        shop.rev("main"),
        ours,
        "the person's own main is theirs to move"
    );
}

#[test]
fn commits_of_ours_that_are_not_in_production_do_not_come_along() {
    let shop = Sandbox::shop();
    let production = shop.rev("origin/main");
    shop.commit("src/half.rs", "", "feat: half done");
    shop.hotfix(&["start", "Login is down"]).ok();
    assert_eq!(shop.rev(BRANCH), production);
}

#[test]
fn the_configured_production_branch_counts() {
    let shop = Sandbox::shop();
    shop.git(&["push", "-q", "origin", "main:stable"]).ok();
    shop.git(&["config", "hotfix.production", "stable"]).ok();
    let stable = somebody_pushes(&shop, "stable");
    shop.hotfix(&["start", "Login is down"])
        .ok()
        .says("origin/stable");
    assert_eq!(shop.rev(BRANCH), stable);
}

#[test]
fn gitflows_keys_name_production_and_prefix() {
    let shop = Sandbox::shop();
    shop.git(&["push", "-q", "origin", "main:live"]).ok();
    shop.git(&["fetch", "-q"]).ok();
    shop.git(&["config", "gitflow.branch.master", "live"]).ok();
    shop.git(&["config", "gitflow.branch.develop", "main"]).ok();
    shop.git(&["config", "gitflow.prefix.hotfix", "hot-"]).ok();
    let live = somebody_pushes(&shop, "live");
    shop.hotfix(&["start", "Login is down"]).ok();
    assert_eq!(shop.rev("hot-login-is-down"), live);
}

#[test]
fn else_the_remotes_default_branch_is_production() {
    let shop = Sandbox::shop();
    shop.git(&["push", "-q", "origin", "main:trunk"]).ok();
    shop.git(&["fetch", "-q"]).ok();
    shop.git(&["remote", "set-head", "origin", "trunk"]).ok();
    let trunk = somebody_pushes(&shop, "trunk");
    shop.hotfix(&["start", "Login is down"])
        .ok()
        .says("origin/trunk");
    assert_eq!(shop.rev(BRANCH), trunk);
}

#[test]
fn a_remote_that_cannot_be_reached_is_warned_of_with_the_age_of_our_copy() {
    let shop = Sandbox::shop();
    shop.git(&["fetch", "-q"]).ok();
    shop.git(&["remote", "set-url", "origin", "../gone.git"])
        .ok();
    let fetched = SystemTime::UNIX_EPOCH + Duration::from_secs(FIRST_SECOND - 2 * 3600);
    let mark = File::options()
        .append(true)
        .open(shop.path("shop/.git/FETCH_HEAD"))
        .unwrap();
    mark.set_modified(fetched).unwrap();
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    let warning = ran.stderr.lines().next().unwrap();
    assert!(
        warning.starts_with("hotfix: origin could not be reached ("),
        "{warning}"
    );
    assert!(
        warning.ends_with("; going on with its copy from 2 h ago"),
        "{warning}"
    );
    assert_eq!(shop.rev(BRANCH), shop.rev("origin/main"));
}

/// A remote that accepts and says nothing, as a hung VPN does.
#[cfg(unix)]
#[test]
fn a_remote_that_does_not_answer_costs_no_more_than_the_limit() {
    let shop = Sandbox::shop();
    shop.git(&[
        "remote",
        "set-url",
        "origin",
        "ssh://example.invalid/shop.git",
    ])
    .ok();
    shop.git(&["config", "core.sshCommand", "sleep 60; :"]).ok();
    shop.git(&["config", "hotfix.timeout", "1"]).ok();
    let began = Instant::now();
    shop.hotfix(&["start", "Login is down"])
        .ok()
        .says("origin did not answer within 1 s");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    assert!(shop.has(BRANCH));
}

#[test]
fn offline_asks_nobody() {
    let shop = Sandbox::shop();
    let before = shop.rev("origin/main");
    somebody_pushes(&shop, "main");
    let ran = shop.hotfix(&["start", "Login is down", "--offline"]).ok();
    assert!(!ran.stderr.contains("origin"), "{}", ran.stderr);
    assert_eq!(
        (shop.rev(BRANCH), shop.rev("origin/main")),
        (before.clone(), before)
    );
}

#[test]
fn from_takes_a_tag_or_any_revision() {
    let shop = Sandbox::shop();
    let ran = shop
        .hotfix(&["start", "Old totals", "--from", "v2.3.0"])
        .ok();
    ran.says(&format!(
        "base      v2.3.0 ({})\n",
        &shop.rev("v2.3.0^{}")[..7]
    ));
    assert_eq!(shop.rev("hotfix/old-totals"), shop.rev("v2.3.0^{commit}"));
    let whole = shop.rev("v2.3.0^{commit}");
    shop.hotfix(&["start", "Odd totals", "--from", &whole[..9]])
        .ok()
        .says("v2.3.0");
    assert_eq!(shop.rev("hotfix/odd-totals"), whole);
}

#[test]
fn from_something_that_is_not_there_changes_nothing() {
    let shop = Sandbox::shop();
    let before = shop.refs("shop");
    let ran = shop
        .hotfix(&["start", "Login is down", "--from", "v9.9.9"])
        .fails(2);
    ran.says("--from v9.9.9 names no commit")
        .says("Nothing was changed.");
    assert_eq!(shop.refs("shop"), before);
    assert!(!shop.path("shop/.claude").exists());
}

#[test]
fn an_issue_names_the_branch_and_stands_in_the_record() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "--issue", "SHOP-812"])
        .ok()
        .says("hotfix/SHOP-812");
    assert_eq!(shop.rev("HEAD"), shop.rev("hotfix/SHOP-812"));
    assert!(
        shop.record().contains("**Task**: SHOP-812\n"),
        "{}",
        shop.record()
    );
    // The id stays readable: it is the file's name.
    assert!(shop.has(REF));
    shop.hotfix(&["note", "found by its branch"]).ok();
}

#[test]
fn an_issue_may_be_a_number_with_its_hash() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "--issue", "#123"])
        .ok();
    assert_eq!(branch(&shop), "hotfix/#123");
    shop.hotfix(&["status"])
        .ok()
        .says("hotfix/#123: 0 commits on v2.3.1");
}

#[test]
fn an_issue_that_cannot_name_a_branch_is_refused() {
    let shop = Sandbox::shop();
    let before = shop.refs("shop");
    for issue in ["", "  ", "a..b", "a b", "x.lock", "-x/", "a\u{7}"] {
        let ran = shop
            .hotfix(&["start", "Login is down", &format!("--issue={issue}")])
            .fails(2);
        ran.says("Nothing was changed.");
    }
    assert_eq!(shop.refs("shop"), before);
}

#[test]
fn unfinished_work_stays_and_the_hotfix_gets_a_work_tree_of_its_own() {
    let shop = Sandbox::shop();
    shop.write("shop/src/auth.rs", "half a thought\n");
    shop.write("shop/src/staged.rs", "staged\n");
    shop.git(&["add", "src/staged.rs"]).ok();
    let before = changes(&shop);
    let ran = shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    ran.clone().says("Your 2 changed files stay as they are.");
    assert_eq!(changes(&shop), before);
    assert_eq!(shop.read("shop/src/auth.rs"), "half a thought\n");
    let cd = printed_cd(&ran);
    assert_eq!(cd, "cd ../shop-hotfix-login-is-down");
    assert_eq!(branch_after(&shop, "shop", &cd), BRANCH);
    let there = "shop-hotfix-login-is-down";
    assert!(
        shop.path(&format!("{there}/.claude/postmortems/{ID}.md"))
            .exists()
    );
    assert_eq!(
        shop.git_in(there, &["status", "--porcelain"]).ok().stdout,
        ""
    );
    shop.hotfix_in(there, &["note", "from over there"]).ok();
    shop.write(&format!("{there}/src/auth.rs"), "fn login() { ok() }\n");
    shop.hotfix_in(there, &["commit", "-a", "-m", "do not panic"])
        .ok();
}

#[test]
fn the_printed_cd_works_from_a_subfolder_and_with_a_blank_in_the_path() {
    let shop = Sandbox::shop();
    fs::rename(shop.path("shop"), shop.path("my shop")).unwrap();
    shop.write("my shop/src/auth.rs", "half a thought\n");
    let ran = shop
        .hotfix_in("my shop/src", &["start", "Login is down"])
        .ok();
    assert_eq!(
        branch_after(&shop, "my shop/src", &printed_cd(&ran)),
        BRANCH
    );
}

#[test]
fn in_place_with_unfinished_work_is_refused() {
    let shop = Sandbox::shop();
    shop.write("shop/src/auth.rs", "half a thought\n");
    let before = shop.refs("shop");
    let ran = shop
        .hotfix(&["start", "Login is down", "--in-place"])
        .fails(2);
    ran.says("1 changed file is in the way of --in-place")
        .says("drop --in-place");
    assert_eq!(shop.refs("shop"), before);
    assert_eq!(shop.read("shop/src/auth.rs"), "half a thought\n");
}

#[test]
fn in_place_means_never_another_work_tree() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-q", "--orphan", "pages"]).ok();
    shop.git(&["commit", "-qm", "pages", "--allow-empty"]).ok();
    shop.write("shop/src/auth.rs", "untracked, in the way\n");
    let before = shop.refs("shop");
    let ran = shop
        .hotfix(&["start", "Login is down", "--in-place"])
        .fails(3);
    ran.says("src/auth.rs").says("Nothing was changed.");
    assert_eq!(
        shop.refs("shop"),
        before,
        "neither branch nor record is left behind"
    );
    assert!(!shop.path("shop-hotfix-login-is-down").exists());
    fs::remove_file(shop.path("shop/src/auth.rs")).unwrap();
    shop.hotfix(&["start", "Login is down", "--in-place"])
        .ok()
        .says(ID);
}

#[test]
fn a_work_tree_on_request_beside_or_where_one_says() {
    let shop = Sandbox::shop();
    let main = shop.rev("main");
    let ran = shop.hotfix(&["start", "Login is down", "--worktree"]).ok();
    assert_eq!(branch_after(&shop, "shop", &printed_cd(&ran)), BRANCH);
    let ran = shop
        .hotfix(&["start", "Cart is down", "--worktree", "../fixes/cart"])
        .ok();
    assert_eq!(printed_cd(&ran), "cd ../fixes/cart");
    assert_eq!(
        branch_after(&shop, "shop", &printed_cd(&ran)),
        "hotfix/cart-is-down"
    );
    assert!(shop.path("fixes/cart/.git").exists());
    assert_eq!(branch(&shop), "main");
    assert_eq!(shop.rev("HEAD"), main);
}

#[test]
fn a_place_for_the_work_tree_that_is_taken_changes_nothing() {
    let shop = Sandbox::shop();
    shop.write("taken/file", "mine\n");
    let before = shop.refs("shop");
    let ran = shop.hotfix(&["start", "Login is down", "--worktree", "../taken"]);
    ran.fails(3)
        .says("already exists")
        .says("Nothing was changed.");
    assert_eq!(shop.refs("shop"), before);
    assert_eq!(shop.read("taken/file"), "mine\n");
}

#[test]
fn untracked_files_do_not_matter_unless_they_are_in_the_way() {
    let shop = Sandbox::shop();
    shop.write("shop/notes.txt", "mine\n");
    shop.hotfix(&["start", "Login is down"]).ok();
    assert_eq!(shop.rev("HEAD"), shop.rev(BRANCH));
    assert_eq!(shop.read("shop/notes.txt"), "mine\n");

    somebody_pushes(&shop, "main");
    shop.write("shop/src/cart.rs", "untracked, in the way\n");
    let ran = shop.hotfix(&["start", "Cart is down"]).ok();
    ran.clone().says("src/cart.rs");
    assert_eq!(
        branch_after(&shop, "shop", &printed_cd(&ran)),
        "hotfix/cart-is-down"
    );
    assert_eq!(shop.read("shop/src/cart.rs"), "untracked, in the way\n");
}

#[test]
fn in_the_middle_of_a_rebase_the_rebase_stays_as_it_is() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-qc", "feature", "v2.3.0"]).ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { slowly() }\n",
        "feat: slower login",
    );
    shop.git(&["rebase", "main"]).fails(1);
    shop.git(&["checkout", "-q", "--ours", "src/auth.rs"]).ok();
    shop.git(&["add", "-A"]).ok();
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    assert_eq!(branch_after(&shop, "shop", &printed_cd(&ran)), BRANCH);
    assert!(shop.path("shop/.git/rebase-merge").exists());
    shop.git_with(&[("GIT_EDITOR", "true")], &["rebase", "--skip"])
        .ok();
}

#[test]
fn in_the_middle_of_a_merge_the_merge_stays_as_it_is() {
    let shop = Sandbox::shop();
    shop.git(&["switch", "-qc", "feature", "v2.3.0"]).ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { slowly() }\n",
        "feat: slower login",
    );
    shop.git(&["merge", "main"]).fails(1);
    let before = changes(&shop);
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    assert_eq!(branch_after(&shop, "shop", &printed_cd(&ran)), BRANCH);
    assert_eq!(changes(&shop), before);
    assert!(shop.has("MERGE_HEAD"));
}

#[test]
fn a_second_incident_starts_from_production_again() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-a", "-m", "do not panic"]).ok();
    shop.hotfix(&["start", "Cart is down", "-s", "P1"]).ok();
    assert_eq!(shop.rev("HEAD"), shop.rev("origin/main"));
    shop.hotfix(&["note", "of the cart"]).ok();
    shop.git(&["switch", "-q", BRANCH]).ok();
    shop.hotfix(&["note", "of the login"]).ok();
    let cart = shop.hotfix(&["show", "-i", "cart"]).ok().stdout;
    let login = shop.hotfix(&["show", "-i", "login"]).ok().stdout;
    assert!(
        cart.contains("of the cart") && !cart.contains("of the login"),
        "{cart}"
    );
    assert!(
        login.contains("of the login") && !login.contains("of the cart"),
        "{login}"
    );
}

#[test]
fn the_same_trouble_again_gets_names_of_its_own() {
    let shop = Sandbox::incident();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    assert!(shop.has(&format!("{REF}-2")));
    assert_eq!(branch(&shop), format!("{BRANCH}-2"));
    shop.hotfix(&["note", "of the second"]).ok();
    assert!(
        !shop
            .hotfix(&["show", "-i", ID])
            .ok()
            .stdout
            .contains("of the second")
    );
}

#[test]
fn a_branch_of_that_name_is_left_alone() {
    let shop = Sandbox::shop();
    shop.git(&["branch", BRANCH, "v2.3.0"]).ok();
    shop.hotfix(&["start", "Login is down"])
        .ok()
        .says("branch    hotfix/login-is-down-2\n");
    assert_eq!(shop.rev(BRANCH), shop.rev("v2.3.0^{}"));
}

#[test]
fn a_branch_called_as_the_prefix_is_named_as_the_obstacle() {
    let shop = Sandbox::shop();
    shop.git(&["branch", "hotfix"]).ok();
    let before = shop.refs("shop");
    let ran = shop.hotfix(&["start", "Login is down"]).fails(2);
    ran.says("there is a branch called hotfix")
        .says("git branch -m hotfix hotfix-old");
    assert_eq!(shop.refs("shop"), before);
    shop.git(&["branch", "-m", "hotfix", "hotfix-old"]).ok();
    shop.hotfix(&["start", "Login is down"]).ok();
}

#[test]
fn a_subfolder_is_as_good_as_the_top() {
    let shop = Sandbox::shop();
    shop.hotfix_in("shop/src", &["start", "Login is down"]).ok();
    assert!(
        shop.path(&format!("shop/.claude/postmortems/{ID}.md"))
            .exists()
    );
    shop.hotfix_in("shop/src", &["note", "from below"]).ok();
    assert!(shop.record().contains("from below"));
}

#[test]
fn a_linked_work_tree_is_as_good_as_the_main_one() {
    let shop = Sandbox::shop();
    shop.git(&["worktree", "add", "-q", "-b", "feature", "../feature"])
        .ok();
    shop.hotfix_in("feature", &["start", "Login is down"]).ok();
    assert_eq!(shop.rev_in("feature", "HEAD"), shop.rev(BRANCH));
    assert!(
        shop.path(&format!("feature/.claude/postmortems/{ID}.md"))
            .exists()
    );
    assert_eq!(
        shop.git_in("feature", &["status", "--porcelain"])
            .ok()
            .stdout,
        ""
    );
    // From the main work tree the record is the same one.
    shop.hotfix(&["note", "from the main work tree"]).ok();
    let seen = shop.hotfix_in("feature", &["show"]).ok().stdout;
    assert!(seen.contains("from the main work tree"), "{seen}");
}

#[test]
fn without_a_remote_the_local_branch_is_production() {
    let shop = Sandbox::shop();
    shop.git(&["remote", "remove", "origin"]).ok();
    shop.git(&["switch", "-qc", "feature"]).ok();
    shop.commit("src/half.rs", "", "feat: half done");
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    ran.says("base      v2.3.1 (");
    assert_eq!(shop.rev(BRANCH), shop.rev("main"));
}

#[test]
fn where_nothing_was_committed_yet_it_says_so() {
    let shop = Sandbox::empty();
    shop.git_in("", &["init", "-q", "shop"]).ok();
    shop.hotfix(&["start", "Login is down"])
        .fails(2)
        .says("this repository has no commit yet");
    shop.git_in("", &["init", "-q", "--bare", "bare.git"]).ok();
    let ran = shop
        .hotfix_in("bare.git", &["start", "Login is down"])
        .fails(3);
    ran.says("a bare repository has no work tree")
        .says("Run it in a clone.");
    shop.hotfix_in("home", &["start", "Login is down"])
        .fails(3)
        .says("git -C <path> hotfix");
}

#[test]
fn a_severity_that_nobody_said_is_assumed_out_loud() {
    let shop = Sandbox::shop();
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    ran.says("P1 (major feature broken")
        .says("P1 was assumed: git hotfix severity P0|P1|P2");
    let ran = shop.hotfix(&["start", "Cart is down", "-s", "P7"]).fails(2);
    ran.says("'P7' is not a severity: P0, P1, P2")
        .says("Nothing was changed.");
    assert!(!shop.has("hotfix/cart-is-down"));
    let ran = shop.hotfix(&["start", "Cart is down", "-s", "p0"]).ok();
    assert!(
        !ran.clone().says("P0 (").stderr.contains("assumed"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_teams_checklist_sections_and_severities_are_taken() {
    let shop = Sandbox::shop();
    shop.commit(
        ".hotfix.toml",
        "checklist = [\"Pager acknowledged\", \"Canary is fine (optional)\"]\n\
         sections = [\"Customer Communication\"]\n\
         severities = [\"SEV1: all is lost: run\", \"SEV2: some is lost: walk\"]\n",
        "chore: how we do it",
    );
    shop.git(&["push", "-q", "origin", "main"]).ok();
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    ran.says("SEV2 (some is lost: walk)")
        .says("git hotfix severity SEV1|SEV2");
    let record = shop.record();
    assert!(record.contains("- [ ] Pager acknowledged\n- [ ] Canary is fine (optional)\n\n"));
    assert!(!record.contains("Rollback plan"), "{record}");
    assert!(
        record.contains("\n## Customer Communication\n[Customer Communication]\n"),
        "{record}"
    );
    assert!(record.contains("**Severity**: SEV2\n"), "{record}");
    shop.hotfix(&["severity", "sev1"])
        .ok()
        .says("Severity: SEV2 → SEV1");
}

#[test]
fn hooks_come_with_the_first_start_where_none_stand() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down"])
        .ok()
        .says("pre-push: installed");
    shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
        .fails(1);
    let ran = shop.hotfix(&["start", "Cart is down"]).ok();
    assert!(!ran.stdout.contains("hooks"), "told once: {}", ran.stdout);
}

#[test]
fn a_team_may_keep_hooks_to_itself() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.hooks", "manual"]).ok();
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    assert!(!ran.screen().contains("hooks"), "{}", ran.screen());
    assert!(!shop.path("shop/.git/hooks/pre-push").exists());
}

#[test]
fn somebody_elses_hook_is_never_touched_by_start() {
    let shop = Sandbox::shop();
    shop.write("shop/.git/hooks/pre-push", "#!/bin/sh\nexit 0\n");
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    ran.says("the hooks are not installed: git hotfix hooks install");
    assert_eq!(shop.read("shop/.git/hooks/pre-push"), "#!/bin/sh\nexit 0\n");
    assert!(!shop.path("shop/.git/hooks/commit-msg").exists());
}

#[test]
fn the_record_never_gets_into_the_fix_by_accident() {
    let shop = Sandbox::incident();
    assert_eq!(changes(&shop), "");
    shop.hotfix(&["note", "429s rising"]).ok();
    assert_eq!(changes(&shop), "");
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.git(&["add", "-A"]).ok();
    shop.git(&["commit", "-qm", "fix: [HOTFIX] do not panic"])
        .ok();
    let files = shop
        .git(&["diff", "--name-only", "main", "HEAD"])
        .ok()
        .stdout;
    assert_eq!(files, "src/auth.rs\n");
    let subjects = shop
        .git(&["log", "--format=%s", "origin/main..HEAD"])
        .ok()
        .stdout;
    assert_eq!(subjects, "fix: [HOTFIX] do not panic\n");
}

#[test]
fn losing_the_file_loses_nothing() {
    let shop = Sandbox::incident();
    shop.hotfix(&["note", "429s rising"]).ok();
    shop.git(&["clean", "-q", "-fd"]).ok();
    assert!(
        shop.record().contains("429s rising"),
        "git clean alone leaves it"
    );
    shop.git(&["clean", "-q", "-fdx"]).ok();
    assert!(!shop.path("shop/.claude").exists());
    shop.hotfix(&["show"]).ok().says("429s rising");
    shop.hotfix(&["note", "and falling"]).ok();
    let record = shop.record();
    assert!(
        record.contains("429s rising") && record.contains("and falling"),
        "{record}"
    );
}

#[test]
fn the_records_history_is_the_audit_log() {
    let shop = Sandbox::incident();
    shop.hotfix(&["impact", "1200 users cannot log in"]).ok();
    shop.hotfix(&["mitigate", "rollback", "back to v2.3.0"])
        .ok();
    let log = shop
        .git(&[
            "log",
            "--date=format:%FT%TZ",
            "--format=%an <%ae> %cd %s",
            REF,
        ])
        .ok()
        .stdout;
    expect![[r#"
        Ada <ada@example.com> 2026-11-22T14:05:43Z Mitigation applied - rollback: back to v2.3.0
        Ada <ada@example.com> 2026-11-22T14:05:42Z Impact: 1200 users cannot log in
        Ada <ada@example.com> 2026-11-22T14:05:41Z Incident detected
    "#]]
    .assert_eq(&log);
    let files = shop.git(&["ls-tree", "-r", "--name-only", REF]).ok().stdout;
    assert_eq!(files, format!("{ID}.md\n"));
    assert_eq!(
        shop.git(&["show", &format!("{REF}:{ID}.md")]).ok().stdout,
        shop.record()
    );
}

#[test]
fn an_incident_may_have_begun_a_while_ago() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "--at", "-20m"])
        .ok();
    assert!(
        shop.record()
            .contains("- 2026-11-22 13:45:41Z: Incident detected\n")
    );
    shop.hotfix(&["start", "Cart is down", "--at", "2026-11-21 23:50Z"])
        .ok()
        .says("2026-11-21-cart");
    shop.hotfix(&["start", "Far off", "--at", "2026-11-23 10:00Z"])
        .fails(2)
        .says("in the future");
}

#[test]
fn words_need_no_quotes_but_must_be_there() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Checkout", "is", "slow"])
        .ok()
        .says("hotfix/checkout-is-slow");
    shop.hotfix(&["start", "  "])
        .fails(2)
        .says("what is broken?");
    shop.hotfix(&["start"]).fails(2);
    shop.hotfix(&["start", "登录失败"])
        .ok()
        .says("hotfix/登录失败");
    shop.hotfix(&["start", "!!!"]).ok().says("hotfix/incident");
}

/// What an interrupted start decided counts, not what is typed when it is completed.
#[test]
fn an_interrupted_start_is_completed_as_its_record_says() {
    let shop = Sandbox::shop();
    let early = [
        "start",
        "Login is down",
        "-s",
        "P0",
        "--from",
        "v2.3.0",
        "--issue",
        "SHOP-1",
    ];
    let first = shop.hotfix(&[&early[..], &["--json"]].concat()).ok().json();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["branch", "-qD", "hotfix/SHOP-1"]).ok();
    shop.write("shop/.git/hotfix/starting/2026-11-22-login-is-down", "");
    let again = [
        "start",
        "Login is down",
        "-s",
        "P2",
        "--at",
        "-1m",
        "--json",
    ];
    let again = shop.hotfix(&again).ok().json();
    assert_eq!(again["resumed"], true);
    for field in ["id", "severity", "detected", "branch", "base", "base_name"] {
        assert_eq!(again[field], first[field], "{field}");
    }
    assert_eq!(shop.rev("hotfix/SHOP-1"), shop.rev("v2.3.0^{commit}"));
    // It is complete now: the next is another incident.
    let other = shop
        .hotfix(&["start", "Login is down", "--json"])
        .ok()
        .json();
    assert_eq!(other["resumed"], false);
    assert_eq!(other["id"], "2026-11-22-login-is-down-2");
}

/// Only a start that was stopped in this repository is completed.
#[test]
fn the_same_incident_of_a_colleague_or_in_another_folder_is_not_taken_over() {
    let shop = Sandbox::incident();
    shop.push_records();
    shop.clone_into("colleague");
    shop.fetch_records("colleague");
    let start = ["start", "Login is down", "--json"];
    let there = shop.hotfix_in("colleague", &start).ok().json();
    assert_eq!(there["resumed"], false);
    assert_eq!(there["id"], "2026-11-22-login-is-down-2");
    assert_eq!(there["branch"], "hotfix/login-is-down-2");

    shop.git(&["config", "hotfix.postmortems", "incidents"])
        .ok();
    let here = shop.hotfix(&start).ok().json();
    assert_eq!(here["resumed"], false);
    assert_eq!(here["id"], "2026-11-22-login-is-down-2");
}

#[test]
fn a_branch_that_an_open_incident_names_is_taken_though_it_was_deleted() {
    let shop = Sandbox::incident();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["branch", "-qD", "hotfix/login-is-down"]).ok();
    let again = shop
        .hotfix(&["start", "Login is down", "--json"])
        .ok()
        .json();
    assert_eq!(again["branch"], "hotfix/login-is-down-2");
}

#[test]
fn a_dry_run_says_what_would_be_started_and_changes_nothing() {
    let shop = Sandbox::shop();
    shop.write("shop/src/auth.rs", "unfinished\n");
    let before = shop.refs("shop");
    let ran = shop.hotfix(&["start", "Login is down", "-n"]).ok();
    ran.says("hotfix/login-is-down")
        .says("v2.3.1")
        .says("work tree ../shop-hotfix-login-is-down")
        .says("Nothing was changed");
    let json = shop
        .hotfix(&["start", "Login is down", "-n", "--json"])
        .ok()
        .json();
    assert_eq!(json["dry_run"], true);
    assert_eq!(json["id"], "2026-11-22-login-is-down");
    assert_eq!(shop.refs("shop"), before);
    assert!(!shop.path("shop/.git/hotfix").join("starting").exists());
    assert!(!shop.path("shop/.git/hooks/pre-push").exists());
    assert!(!shop.path("shop-hotfix-login-is-down").exists());
    let real = shop
        .hotfix(&["start", "Login is down", "--json"])
        .ok()
        .json();
    assert_eq!(real["dry_run"], false);
    assert_eq!(real["branch"], json["branch"]);
}

#[test]
fn a_linked_work_tree_stands_beside_the_main_one_wherever_one_starts_from() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "--worktree"]).ok();
    let start = ["start", "Cart is empty", "--worktree"];
    shop.hotfix_in("shop-hotfix-login-is-down", &start).ok();
    assert!(shop.path("shop-hotfix-cart-is-empty").exists());
}

#[test]
fn an_empty_repository_is_told_to_get_a_first_commit() {
    let shop = Sandbox::empty();
    shop.git_in("", &["init", "-q", "shop"]).ok();
    shop.hotfix(&["start", "Login is down"])
        .fails(2)
        .says("no commit yet")
        .says("git commit --allow-empty");
}

#[test]
fn a_fresh_clone_without_its_remote_says_how_old_its_copy_is() {
    let shop = Sandbox::shop();
    shop.clone_into("fresh");
    fs::rename(shop.path("origin.git"), shop.path("gone.git")).unwrap();
    let ran = shop.hotfix_in("fresh", &["start", "Login is down"]).ok();
    ran.says("going on with the copy there is, whose last commit is");
}

#[test]
fn a_clone_of_another_branch_alone_does_not_take_that_for_production() {
    let shop = Sandbox::shop();
    shop.git(&["push", "-q", "origin", "main:develop"]).ok();
    let clone = ["clone", "-q", "--single-branch", "-b", "develop"];
    shop.git_in("", &[&clone[..], &["origin.git", "single"]].concat())
        .ok();
    let start = ["start", "Login is down", "-s", "P0"];
    shop.hotfix_in("single", &start)
        .fails(2)
        .says("nothing says which branch is in production")
        .says("git config hotfix.production <branch>");
    shop.git_in("single", &["config", "hotfix.production", "main"])
        .ok();
    shop.hotfix_in("single", &start).ok().says("origin/main)");
}
