//! `finish --pull-request`: the branch is pushed, a request opened, and `finish` goes on once the forge
//! has merged it.
//!
//! The stand-ins answer as gh 2.40 and glab 1.36 do without a terminal: `gh pr list --json` gives an
//! array with states in capitals, `gh pr create` the URL; `glab mr list --output json` what GitLab's
//! API gives, `glab mr create` the number and title above the URL.

use super::landing::{branches, everything, parents, ready_with_develop, remote_hook};
use super::support::{Ran, Sandbox, search_path};
use expect_test::expect;

const BRANCH: &str = "hotfix/login-is-down";
const GITHUB: &str = "git@github.com:shop/api.git";
const GITLAB: &str = "git@gitlab.example.com:shop/back/api.git";
const URL: &str = "https://github.com/shop/api/pull/12";

/// The remote's address is a forge's; ssh leads to the bare repository beside the shop.
fn at(shop: &Sandbox, address: &str) {
    let origin = shop.path("origin.git");
    let script = format!(
        "#!/bin/sh\nfor last; do :; done\nexec git \"$(expr \"$last\" : 'git-\\([a-z-]*\\)')\" '{}'\n",
        origin.display()
    );
    shop.executable("ssh", &script);
    let ssh = shop.path("ssh");
    shop.git(&["config", "core.sshCommand", ssh.to_str().unwrap()])
        .ok();
    shop.git(&["remote", "set-url", "origin", address]).ok();
}

/// A ready fix whose remote is on GitHub.
fn on_github() -> Sandbox {
    let shop = ready_with_develop();
    at(&shop, GITHUB);
    gh(&shop, "");
    shop
}

/// A `gh` that notes what it is asked, and says first what a test wants it to.
fn gh(shop: &Sandbox, first: &str) {
    let place = shop.path("gh");
    let place = place.display();
    shop.executable("bin/gh",
        &format!(
            r#"#!/bin/sh
printf '%s\n' "$*" >> '{place}.asked'
{first}
case "$1 $2" in
"pr list") cat '{place}.list' 2>/dev/null || echo '[]' ;;
"pr create")
    cat > '{place}.body'
    env > '{place}.env'
    echo '[{{"headRefOid":"","isCrossRepository":false,"number":12,"state":"OPEN","url":"{URL}"}}]' > '{place}.list'
    echo '{URL}' ;;
esac
"#
        ),
    );
}

fn asked(shop: &Sandbox, program: &str) -> String {
    std::fs::read_to_string(shop.path(&format!("{program}.asked"))).unwrap_or_default()
}

/// `git hotfix finish …` with the stand-ins on PATH, and no real ones.
fn finish(shop: &Sandbox, arguments: &[&str]) -> Ran {
    let bin = shop.path("bin");
    let path =
        std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&search_path())));
    let path = path.unwrap().into_string().unwrap();
    shop.hotfix_with(&[("PATH", &path)], &[&["finish"], arguments].concat())
}

fn timeline(shop: &Sandbox) -> String {
    shop.hotfix(&["show", "-i", "login"]).ok().stdout
}

#[test]
fn a_record_that_cannot_be_written_does_not_hide_the_request() {
    let shop = on_github();
    let lock = "shop/.git/refs/hotfix/incidents/2026-11-22-login-is-down.lock";
    let place = shop.path(lock);
    gh(
        &shop,
        &format!("test \"$2\" = create && : >'{}'", place.display()),
    );
    finish(&shop, &["--pull-request"])
        .ok()
        .says("Pull request opened: https://github.com/shop/api/pull/12")
        .says("the timeline does not say so yet");
    std::fs::remove_file(place).unwrap();
    assert!(!timeline(&shop).contains(URL));
    finish(&shop, &["--pull-request"]).ok();
    assert!(timeline(&shop).contains(URL));
}

#[test]
fn the_branch_is_pushed_the_request_opened_and_nothing_moves_here() {
    let shop = on_github();
    let before = branches(&shop, "shop");
    let (main, tip) = (shop.rev_in("origin.git", "main"), shop.rev(BRANCH));
    let ran = finish(&shop, &["--pull-request"]).ok();
    expect![[r#"
        hotfix/login-is-down (0dc8236) pushed to origin
        Pull request opened: https://github.com/shop/api/pull/12
        ! 
        ! Next: once it is merged, this tags it and brings it to develop
        !   git hotfix finish --pull-request --tag --push
    "#]]
    .assert_eq(&ran.screen());
    assert_eq!(branches(&shop, "shop"), before);
    assert_eq!(shop.rev_in("origin.git", BRANCH), tip);
    assert_eq!(shop.rev_in("origin.git", "main"), main);
    expect![[r#"
        pr list --repo github.com/shop/api --head hotfix/login-is-down --base main --state all --json number,url,state,headRefOid,isCrossRepository
        pr create --repo github.com/shop/api --head hotfix/login-is-down --base main --title fix: [HOTFIX] Login is down --body-file -
    "#]]
    .assert_eq(&asked(&shop, "gh"));
    expect![[r#"
        **Impact**: 1200 users cannot log in

        ### Mitigation

        back to v2.3.0

        ### Root cause

        login panics on old tokens

        ### How it was tested

        - [x] Fix tested locally - cargo test (Ada, 2026-11-22 14:05:46Z)
        - [ ] Fix tested in staging - skipped: no staging (Ada, 2026-11-22 14:05:47Z)
        - [x] Monitoring in place (Ada, 2026-11-22 14:05:49Z)

        ### Rollback plan

        - [x] Rollback plan ready (Ada, 2026-11-22 14:05:48Z)
        - The fix stands on v2.3.1 (e4f42151f3)

        Incident: 2026-11-22-login-is-down
        Severity: P0
    "#]]
    .assert_eq(&shop.read("gh.body"));
    let environment = shop.read("gh.env");
    for set in ["GH_PROMPT_DISABLED=1\n", "NO_COLOR=1\n"] {
        assert!(environment.contains(set), "{environment}");
    }
    assert!(timeline(&shop).contains(&format!("Pull request opened - {URL}\n")));
    shop.hotfix(&["status"])
        .ok()
        .says("git hotfix finish --pull-request --tag --push");
}

#[test]
fn run_again_it_shows_the_open_request_and_creates_nothing_twice() {
    let shop = on_github();
    finish(&shop, &["--pr"]).ok();
    let again = finish(&shop, &["--pr", "--json"]).ok().json();
    assert_eq!(again["url"], URL);
    assert_eq!(again["number"], 12);
    assert_eq!(again["created"], false);
    assert_eq!(again["program"], "gh");
    assert_eq!(again["problem"], serde_json::Value::Null);
    assert_eq!(asked(&shop, "gh").matches("pr create").count(), 1);
    assert_eq!(timeline(&shop).matches("Pull request opened").count(), 1);
}

#[test]
fn an_amended_fix_goes_to_the_same_request() {
    let shop = on_github();
    finish(&shop, &["--pr"]).ok();
    shop.git(&["commit", "-q", "--amend", "-m", "fix: [HOTFIX] accept it"])
        .ok();
    finish(&shop, &["--pr"]).ok().says("is open");
    assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
}

#[test]
fn a_request_from_a_fork_or_one_that_was_closed_is_not_ours() {
    let shop = on_github();
    shop.write(
        "gh.list",
        r#"[{"headRefOid":"","isCrossRepository":true,"number":3,"state":"OPEN","url":"https://github.com/shop/api/pull/3"},
            {"headRefOid":"","isCrossRepository":false,"number":2,"state":"CLOSED","url":"https://github.com/shop/api/pull/2"}]"#,
    );
    finish(&shop, &["--pr"]).ok().says(URL);
    assert!(asked(&shop, "gh").contains("pr create"));
}

#[test]
fn somebody_who_was_first_is_found_after_the_refusal() {
    let shop = on_github();
    gh(
        &shop,
        &format!(
            r#"if test "$2" = create; then
    echo '[{{"headRefOid":"","isCrossRepository":false,"number":12,"state":"OPEN","url":"{URL}"}}]' > '{}.list'
    echo 'a pull request for branch "{BRANCH}" into branch "main" already exists:' >&2
    echo '{URL}' >&2; exit 1
fi"#,
            shop.path("gh").display()
        ),
    );
    finish(&shop, &["--pr"])
        .ok()
        .says(&format!("The pull request is open: {URL}"));
}

#[test]
fn a_merge_request_is_opened_with_glab() {
    let shop = Sandbox::ready();
    at(&shop, GITLAB);
    let place = shop.path("glab");
    let url = "https://gitlab.example.com/shop/back/api/-/merge_requests/7";
    shop.executable("bin/glab",
        &format!(
            r#"#!/bin/sh
printf '%s\n' "$*" >> '{place}.asked'
case "$1 $2" in
"mr list") cat '{place}.list' 2>/dev/null || echo '[]' ;;
"mr create")
    echo '[{{"id":9,"iid":7,"state":"opened","sha":"","source_project_id":4,"target_project_id":4,"web_url":"{url}"}}]' > '{place}.list'
    printf '!7 fix: [HOTFIX] Login is down ({BRANCH})\n {url}\n\n' ;;
esac
"#,
            place = place.display()
        ),
    );
    let opened = finish(&shop, &["--pr", "--json"]).ok().json();
    assert_eq!(opened["url"], url);
    assert_eq!(opened["number"], 7);
    assert_eq!(opened["created"], true);
    assert_eq!(opened["program"], "glab");
    let words = asked(&shop, "glab");
    let repo = "https://gitlab.example.com/shop/back/api";
    let create = format!(
        "mr create --repo {repo} --head {repo} --source-branch {BRANCH} --target-branch main \
         --title fix: [HOTFIX] Login is down --description **Impact**: 1200 users"
    );
    assert!(words.contains(&create), "{words}");
    assert!(
        words.trim_end().ends_with("Severity: P0\n --yes"),
        "{words}"
    );
    finish(&shop, &["--pr"]).ok().says("is open").says(url);
}

/// What somebody did on the forge, in a clone of the remote.
fn on_the_forge(shop: &Sandbox, commands: &[&[&str]]) {
    shop.git_in("", &["clone", "-q", "origin.git", "forge"])
        .ok();
    for command in commands {
        shop.git_in("forge", command).ok();
    }
    shop.git_in("forge", &["push", "-q", "origin", "main"]).ok();
    shop.git_in("forge", &["push", "-q", "origin", ":hotfix/login-is-down"])
        .ok();
}

#[test]
fn once_it_is_merged_the_same_command_tags_merges_back_and_cleans_up() {
    let there = "origin/hotfix/login-is-down";
    let squash: &[&[&str]] = &[
        &["merge", "-q", "--squash", there],
        &["commit", "-qm", "fix: [HOTFIX] Login is down (#12)"],
    ];
    let rebase: &[&[&str]] = &[
        &["commit", "-q", "--allow-empty", "-m", "chore: beside"],
        &["cherry-pick", there],
    ];
    let merge: &[&[&str]] = &[&["merge", "-q", "--no-ff", "-m", "Merge #12", there]];
    for (how, commands) in [("squash", squash), ("rebase", rebase), ("merge", merge)] {
        let shop = on_github();
        let same = ["--pull-request", "--tag", "--push"];
        finish(&shop, &same).ok().says("Pull request opened");
        on_the_forge(&shop, commands);
        let landed = shop.rev_in("origin.git", "main");
        finish(&shop, &same).ok().says("holds the fix already");
        assert_eq!(shop.rev("main"), landed, "{how}");
        assert_eq!(shop.rev("v2.3.2^{commit}"), landed, "{how}");
        let fixed = shop.git(&["show", "develop:src/auth.rs"]).ok().stdout;
        assert_eq!(fixed, "fn login() { ok() }\n", "{how}");
        assert!(!shop.has("refs/heads/hotfix/login-is-down"), "{how}");
        assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
        assert_eq!(asked(&shop, "gh").matches("pr create").count(), 1);
    }
}

#[test]
fn the_setting_makes_every_finish_ask_until_production_has_it() {
    let shop = on_github();
    shop.git(&["config", "hotfix.landing", "pull-request"]).ok();
    finish(&shop, &["--tag", "--push"]).ok().says(URL);
    on_the_forge(&shop, &[&["merge", "-q", "origin/hotfix/login-is-down"]]);
    finish(&shop, &["--tag", "--push"])
        .ok()
        .says("Hotfix Complete");
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("main"));
}

#[test]
fn the_setting_can_be_left_aside_once() {
    let shop = on_github();
    shop.git(&["config", "hotfix.landing", "pull-request"]).ok();
    let fix = shop.rev(BRANCH);
    shop.git(&["-c", "hotfix.landing=merge", "hotfix", "finish"])
        .ok();
    assert_eq!(parents(&shop, "main")[1], fix);
}

#[test]
fn what_the_forge_merged_otherwise_is_not_pushed_again() {
    let shop = on_github();
    finish(&shop, &["--pr"]).ok();
    let tip = shop.rev(BRANCH);
    shop.write(
        "gh.list",
        format!(
            r#"[{{"headRefOid":"{tip}","isCrossRepository":false,"number":12,"state":"MERGED","url":"{URL}"}}]"#
        ),
    );
    shop.git_in("origin.git", &["branch", "-qD", BRANCH]).ok();
    finish(&shop, &["--pr"])
        .fails(1)
        .says("is merged, but origin/main does not hold all of the fix")
        .says("Nothing was pushed.");
    assert!(!shop.refs("origin.git").contains(BRANCH));
}

#[test]
fn the_gate_holds_and_an_override_is_on_the_record_and_in_the_request() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    at(&shop, GITHUB);
    gh(&shop, "");
    let before = everything(&shop);
    finish(&shop, &["--pr"])
        .fails(1)
        .says("is not ready to deploy");
    assert_eq!(everything(&shop), before);
    assert_eq!(asked(&shop, "gh"), "");
    finish(&shop, &["--pr", "--override", "customers wait"]).ok();
    assert!(
        shop.read("gh.body")
            .contains("**Gate overridden**: customers wait\n")
    );
    assert_eq!(timeline(&shop).matches("Make up for").count(), 1);
}

#[test]
fn a_dry_run_pushes_nothing_and_opens_nothing() {
    let shop = on_github();
    let before = everything(&shop);
    let ran = finish(&shop, &["--pr", "-n"]).ok();
    expect![[r#"
        hotfix/login-is-down (0dc8236) would be pushed to origin
        gh would open a pull request into main: fix: [HOTFIX] Login is down
        ! 
        ! Nothing was changed.
    "#]]
    .assert_eq(&ran.screen());
    assert_eq!(everything(&shop), before);
    assert!(!asked(&shop, "gh").contains("create"));
}

#[test]
fn without_the_program_the_address_and_the_text_are_printed() {
    let shop = Sandbox::ready();
    at(&shop, "ssh://git@gitea.example.com:2222/shop/api.git");
    let ran = finish(&shop, &["--pr"]).ok();
    ran.clone().says(
        "Open the pull request: https://gitea.example.com/shop/api/compare/main...hotfix/login-is-down\n",
    );
    ran.says("\nfix: [HOTFIX] Login is down\n")
        .says("Incident: 2026-11-22-login-is-down\nSeverity: P0\n");
    assert!(!timeline(&shop).contains("Pull request opened"));
}

#[test]
fn a_remote_on_no_forge_is_pushed_to_all_the_same() {
    let shop = Sandbox::ready();
    let done = finish(&shop, &["--pr", "--json"]).ok().json();
    assert_eq!(done["open_url"], serde_json::Value::Null);
    assert_eq!(done["created"], false);
    assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
    finish(&shop, &["--pr"])
        .ok()
        .says("Open the pull request: from hotfix/login-is-down into main");
}

/// The push is there, the way to do it by hand is said, and the exit code tells a script.
#[track_caller]
fn fails_softly(shop: &Sandbox, why: &str) {
    let ran = finish(shop, &["--pr"]).fails(3);
    ran.clone().says(why).says(
        "Open the pull request: https://github.com/shop/api/compare/main...hotfix/login-is-down?expand=1",
    );
    assert!(!ran.screen().contains('\u{1b}'), "{ran:?}");
    assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
    assert!(!timeline(shop).contains("Pull request opened"));
}

#[test]
fn a_gh_that_is_not_logged_in_does_not_lose_the_push() {
    let shop = on_github();
    // gh's exit code for it is 4.
    gh(
        &shop,
        "echo 'To get started with GitHub CLI, please run:  gh auth login' >&2; exit 4",
    );
    fails_softly(
        &shop,
        "gh failed (4): To get started with GitHub CLI, please run:  gh auth login",
    );
    gh(&shop, "");
    finish(&shop, &["--pr"]).ok().says("Pull request opened");
}

#[test]
fn a_gh_that_hangs_is_ended_at_the_limit() {
    let shop = on_github();
    shop.git(&["config", "hotfix.timeout", "2s"]).ok();
    gh(&shop, "sleep 60");
    let begun = std::time::Instant::now();
    fails_softly(&shop, "gh did not answer within 2 s");
    assert!(begun.elapsed().as_secs() < 30);
    assert_eq!(
        asked(&shop, "gh").lines().count(),
        1,
        "not waited for twice"
    );
}

#[test]
fn a_gh_that_talks_rubbish_is_not_believed() {
    let shop = on_github();
    gh(&shop, r"printf '\033[31m<html>502\033[0m\n'; exit 0");
    fails_softly(&shop, "gh gave no answer that can be read");
}

#[test]
fn a_gh_that_the_repository_brings_along_is_not_started() {
    let shop = on_github();
    std::fs::remove_file(shop.path("bin/gh")).unwrap();
    let mark = shop.path("owned");
    let script = format!("#!/bin/sh\n: > '{}'\n", mark.display());
    shop.executable("shop/tools/gh", &script);
    shop.git(&["add", "tools/gh"]).ok();
    shop.hotfix(&["commit", "-m", "tools"]).ok();
    let tools = shop.path("shop/tools");
    for first in ["tools", ".", tools.to_str().unwrap()] {
        let path = format!("{first}:{}", search_path().to_str().unwrap());
        shop.hotfix_with(&[("PATH", &path)], &["finish", "--pr"])
            .ok()
            .says("Open the pull request: https://github.com/");
        assert!(!mark.exists(), "{first}");
    }
}

#[test]
fn a_token_in_the_remotes_address_is_never_shown() {
    let shop = Sandbox::ready();
    at(&shop, GITHUB);
    let fetched = "ssh://git@github.com/shop/api.git";
    shop.git(&["remote", "set-url", "origin", fetched]).ok();
    let secret = "ssh://ada:ghp_SECRET@github.com/shop/api.git";
    shop.git(&["remote", "set-url", "--push", "origin", secret])
        .ok();
    let ran = finish(&shop, &["--pr", "--json"]).ok();
    assert!(!ran.screen().contains("SECRET"), "{ran:?}");
    assert!(!timeline(&shop).contains("SECRET"));
}

#[test]
fn a_host_that_nobody_knows_is_named_in_the_settings() {
    let shop = Sandbox::ready();
    at(&shop, "git@code.example.com:shop/api.git");
    shop.write("shop/.git/info/exclude", ".hotfix.toml\n");
    shop.write("shop/.hotfix.toml", "forge = \"gitlab\"\n");
    finish(&shop, &["--pr"])
        .ok()
        .says("https://code.example.com/shop/api/-/merge_requests/new?");
    shop.write("shop/.hotfix.toml", "forge = \"svn\"\n");
    finish(&shop, &["--pr"]).fails(3).says("none of github");
}

#[test]
fn a_conflict_with_production_is_said_and_does_not_stop_the_review() {
    let shop = on_github();
    shop.git_in("", &["clone", "-q", "origin.git", "forge"])
        .ok();
    shop.write("forge/src/auth.rs", "fn login() { other() }\n");
    shop.git_in("forge", &["commit", "-qam", "feat: other"])
        .ok();
    shop.git_in("forge", &["push", "-q", "origin", "main"]).ok();
    finish(&shop, &["--pr"])
        .ok()
        .says("conflicts with origin/main in src/auth.rs")
        .says("Pull request opened");
}

#[test]
fn a_fix_that_landed_here_alone_wants_its_branch_back() {
    let shop = on_github();
    let fix = shop.rev(BRANCH);
    finish(&shop, &[]).ok();
    let back = format!("git branch {BRANCH} {}", &fix[..7]);
    finish(&shop, &["--pr"]).fails(1).says(&back);
    shop.git(&["branch", BRANCH, &fix]).ok();
    finish(&shop, &["--pr"]).ok().says("Pull request opened");
    assert_eq!(shop.rev_in("origin.git", BRANCH), fix);
}

#[test]
fn a_push_that_a_protected_branch_refuses_hints_at_the_request() {
    for words in [
        "error: GH006: Protected branch update failed for refs/heads/main.",
        "error: GH013: Repository rule violations found for refs/heads/main.",
        "GitLab: You are not allowed to push code to protected branches on this project.",
        "Branch refs/heads/main can only be modified through pull requests.",
        "Gitea: Not allowed to push to protected branch main",
        "TF402455: Pushes to this branch are not permitted; you must use a pull request.",
    ] {
        let shop = ready_with_develop();
        let reject = format!("#!/bin/sh\necho '{words}'\nexit 1\n");
        remote_hook(&shop, "pre-receive", &reject);
        let before = everything(&shop);
        shop.hotfix(&["finish", "--tag", "--push"])
            .fails(3)
            .says("Nothing was changed, here or there.")
            .says("git hotfix finish --pull-request --tag --push");
        assert_eq!(everything(&shop), before);
    }
}

#[test]
fn a_protected_develop_can_be_left_out_after_the_merge() {
    let shop = on_github();
    finish(&shop, &["--pr"]).ok();
    on_the_forge(&shop, &[&["merge", "-q", "origin/hotfix/login-is-down"]]);
    let reject = "#!/bin/sh\ntest \"$1\" != refs/heads/develop || { echo 'GH006: Protected branch'; exit 1; }\n";
    remote_hook(&shop, "update", reject);
    finish(&shop, &["--push"])
        .fails(3)
        .says("git hotfix finish --push --skip develop");
    finish(&shop, &["--push", "--skip", "develop"]).ok();
}

#[test]
fn a_server_that_judges_takes_the_branch_with_its_record() {
    for (fix, overriding) in [("fix: [HOTFIX] ready", false), ("quick fix", true)] {
        let shop = if overriding {
            Sandbox::incident()
        } else {
            Sandbox::ready()
        };
        shop.write("shop/src/limit.rs", "5\n");
        shop.git(&["add", "src/limit.rs"]).ok();
        shop.git(&["commit", "-q", "--no-verify", "-m", fix]).ok();
        at(&shop, GITHUB);
        gh(&shop, "");
        let hook = super::support::binary().display();
        for event in ["pre-receive", "post-receive"] {
            remote_hook(
                &shop,
                event,
                &format!("#!/bin/sh\nexec '{hook}' hook {event}\n"),
            );
        }
        let words: &[&str] = match overriding {
            true => &["--pr", "--override", "customers wait"],
            false => &["--pr"],
        };
        finish(&shop, words).ok().says("Pull request opened");
        assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
        // What it says is kept on both sides by the next one.
        finish(&shop, &["--pr"]).ok().says("is open");
    }
}
