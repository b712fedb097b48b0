//! How a fix gets into production: our styles, and what a forge made of it.

use super::landing::{
    branches, colleague_commits, everything, is_tidy, parents, ready_with_develop, refused, subject,
};
use super::support::Sandbox;

/// The fix in two commits, and develop, which has grown on.
fn two_commits() -> Sandbox {
    let shop = ready_with_develop();
    shop.write("shop/src/limit.rs", "1\n2\n3\n");
    shop.git(&["add", "src/limit.rs"]).ok();
    shop.hotfix(&["commit", "-m", "limit the tries"]).ok();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    shop
}

/// What somebody did on the forge: commands in a clone of the remote, on main, pushed.
fn on_the_forge(shop: &Sandbox, commands: &[&[&str]]) {
    shop.git_in("", &["clone", "-q", "origin.git", "forge"])
        .ok();
    for command in commands {
        shop.git_in("forge", command).ok();
    }
    shop.git_in("forge", &["push", "-q", "origin", "main"]).ok();
    std::fs::remove_dir_all(shop.path("forge")).unwrap();
}

const SQUASH: &[&[&str]] = &[
    &["merge", "-q", "--squash", "origin/hotfix/login-is-down"],
    &[
        "commit",
        "-qm",
        "Login is down (#12)\n\n* fix: [HOTFIX] do not panic\n",
    ],
];

const REBASE: &[&[&str]] = &[
    &["cherry-pick", "origin/hotfix/login-is-down~"],
    &["cherry-pick", "origin/hotfix/login-is-down"],
];

/// A change on production beside the fix, before or after it.
const BESIDE: &[&[&str]] = &[&["commit", "-q", "--allow-empty", "-m", "chore: beside"]];

/// The very lines of the fix are changed again in production.
fn over_it(shop: &Sandbox) {
    shop.git_in("", &["clone", "-q", "origin.git", "forge"])
        .ok();
    shop.write("forge/src/auth.rs", "fn login() { later() }\n");
    shop.git_in("forge", &["commit", "-qam", "feat: later"])
        .ok();
    shop.git_in("forge", &["push", "-q", "origin", "main"]).ok();
    std::fs::remove_dir_all(shop.path("forge")).unwrap();
}

/// The landing that was found is tagged, merged back, and everything is cleaned up.
#[track_caller]
fn tags_merges_back_and_cleans_up(shop: &Sandbox, landing: &str) {
    let there = shop.rev_in("origin.git", "main");
    let ran = shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert!(!ran.stderr.contains("changes more"), "{}", ran.screen());
    assert_eq!(shop.rev("main"), there, "production stays as it is");
    assert_eq!(shop.rev("v2.3.2^{commit}"), landing);
    let fixed = shop.git(&["show", "develop:src/auth.rs"]).ok().stdout;
    assert_eq!(fixed, "fn login() { ok() }\n");
    assert_eq!(shop.read("shop/src/limit.rs"), "1\n2\n3\n");
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
    assert_eq!(branches(shop, "shop"), branches(shop, "origin.git"));
    is_tidy(shop, "shop");
    let before = everything(shop);
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(everything(shop), before);
}

#[test]
fn a_fix_that_the_forge_squashed_is_recognized() {
    let shop = two_commits();
    on_the_forge(&shop, SQUASH);
    let squash = shop.rev_in("origin.git", "main");
    on_the_forge(&shop, BESIDE);
    tags_merges_back_and_cleans_up(&shop, &squash);
    assert_eq!(parents(&shop, "develop")[1], squash, "the squash itself");
}

#[test]
fn a_fix_that_the_forge_squashed_is_recognized_although_production_went_over_it() {
    let shop = two_commits();
    on_the_forge(&shop, SQUASH);
    let squash = shop.rev_in("origin.git", "main");
    over_it(&shop);
    tags_merges_back_and_cleans_up(&shop, &squash);
}

#[test]
fn a_fix_that_the_forge_rebased_is_recognized() {
    let shop = two_commits();
    on_the_forge(&shop, &[BESIDE, REBASE].concat());
    let last = shop.rev_in("origin.git", "main");
    over_it(&shop);
    tags_merges_back_and_cleans_up(&shop, &last);
}

/// A file that the fix brought has another name in production, and nothing there knows of the old one.
fn renamed(shop: &Sandbox) {
    let rename = [
        &["mv", "src/limit.rs", "src/tries.rs"][..],
        &["commit", "-qm", "refactor: a better name"],
    ];
    on_the_forge(shop, &rename);
}

#[test]
fn a_fix_that_the_forge_squashed_is_recognized_although_what_it_brought_was_renamed() {
    let shop = two_commits();
    on_the_forge(&shop, SQUASH);
    let squash = shop.rev_in("origin.git", "main");
    renamed(&shop);
    let there = shop.rev_in("origin.git", "main");
    let changed = format!(
        "{} brought the fix, and what came after it changed src/limit.rs",
        &squash[..7]
    );
    shop.hotfix(&["finish", "-n"]).ok().says(&changed);
    let lines = shop.hotfix(&["lines", "origin/main", "--json"]).ok().json();
    assert_eq!(lines["lines"][0]["by"], squash.as_str());
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(shop.rev_in("origin.git", "main"), there);
    assert_eq!(shop.rev_in("origin.git", "v2.3.2^{commit}"), squash);
    assert!(!shop.has("main:src/limit.rs") && shop.has("main:src/tries.rs"));
    assert!(!shop.has("refs/heads/hotfix/login-is-down"));
}

#[test]
fn a_fix_that_the_forge_rebased_is_recognized_although_what_it_brought_was_renamed() {
    let shop = two_commits();
    on_the_forge(&shop, &[BESIDE, REBASE].concat());
    let last = shop.rev_in("origin.git", "main");
    renamed(&shop);
    let there = shop.rev_in("origin.git", "main");
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(shop.rev_in("origin.git", "main"), there);
    assert_eq!(shop.rev_in("origin.git", "v2.3.2^{commit}"), last);
}

#[test]
fn a_squash_that_was_reverted_lands_again_although_a_file_was_renamed_before() {
    let shop = two_commits();
    on_the_forge(&shop, SQUASH);
    let squash = shop.rev_in("origin.git", "main");
    renamed(&shop);
    // The rename conflicts with the revert.
    let undo = format!(
        "alias.undo=!git revert --no-edit {squash}; git rm -q src/tries.rs && \
         git -c core.editor=true revert --continue"
    );
    on_the_forge(&shop, &[&["-c", &undo, "undo"]]);
    let ran = shop.hotfix(&["finish", "--push"]).ok();
    ran.says("took it back: it lands again");
    assert!(shop.has("main:src/limit.rs"));
}

#[test]
fn what_a_review_added_on_the_forge_is_said_where_it_does_not_come() {
    const REVIEW: &[&[&str]] = &[
        &["switch", "-q", "hotfix/login-is-down"],
        &["cherry-pick", "--no-commit", "origin/more"],
        &["commit", "-qm", "fix: [HOTFIX] as the review says"],
        &["switch", "-q", "main"],
        &["commit", "-q", "--allow-empty", "-m", "chore: beside"],
    ];
    let merged = ["merge", "-q", "--no-edit", "hotfix/login-is-down"];
    let squashed = ["merge", "-q", "--squash", "hotfix/login-is-down"];
    let ways: [&[&[&str]]; 2] = [&[&merged], &[&squashed, &["commit", "-qm", "Login (#9)"]]];
    for way in ways {
        let shop = two_commits();
        shop.git(&["switch", "-qc", "more"]).ok();
        shop.commit("src/review.rs", "// more\n", "feat: more");
        shop.git(&["push", "-q", "origin", "more"]).ok();
        shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
        on_the_forge(&shop, &[REVIEW, way].concat());
        shop.git_in("origin.git", &["branch", "-D", "hotfix/login-is-down"])
            .ok();
        let ran = shop.hotfix(&["finish", "--push"]).ok();
        let words = "changes more than the fix here (src/review.rs), which develop will not get";
        let ran = ran.says(words);
        assert!(!shop.has("develop:src/review.rs"));
        let (_, command) = ran.stderr.split_once("bring it afterwards: ").unwrap();
        let command = command.lines().next().unwrap_or_default();
        shop.shell_in("shop", &[], command).ok();
        assert!(shop.has("develop:src/review.rs"));
    }
}

#[test]
fn half_of_a_fix_in_production_is_not_the_fix() {
    let shop = two_commits();
    on_the_forge(&shop, &REBASE[..1]);
    let half = shop.rev_in("origin.git", "main");
    let fix = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(parents(&shop, "main"), [half, fix]);
}

#[test]
fn a_commit_with_the_fixs_words_alone_is_not_the_fix() {
    let shop = two_commits();
    let words = "fix: [HOTFIX] do not panic\n\nIncident: 2026-11-22-login-is-down\n";
    on_the_forge(&shop, &[&["commit", "-q", "--allow-empty", "-m", words]]);
    let fix = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(parents(&shop, "main")[1], fix);
}

#[test]
fn a_squash_is_one_commit_that_says_what_it_holds_and_later_merges_stay_clean() {
    let shop = two_commits();
    let (main, fix) = (shop.rev("main"), shop.rev("HEAD"));
    shop.git(&["config", "hotfix.style", "squash"]).ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(parents(&shop, "main"), [main]);
    let message = shop.git(&["log", "-1", "--format=%B", "main"]).ok().stdout;
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[0], "fix: [HOTFIX] Login is down");
    assert!(lines[2].starts_with("- fix: [HOTFIX] do not panic ("));
    assert!(lines[3].starts_with("- fix: [HOTFIX] limit the tries ("));
    assert_eq!(
        lines[5..],
        [
            &format!("Squashed-from: {fix}"),
            "Incident: 2026-11-22-login-is-down",
            "Severity: P0",
            "",
        ]
    );
    assert_eq!(parents(&shop, "develop")[1], shop.rev("main"));
    assert_eq!(shop.rev("v2.3.2^{commit}"), shop.rev("main"));
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    is_tidy(&shop, "shop");

    // Develop goes on over the fixed lines; its release merges without a question.
    shop.git(&["switch", "-q", "develop"]).ok();
    shop.commit("src/auth.rs", "fn login() { better() }\n", "feat: better");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", "--no-edit", "develop"]).ok();
}

#[test]
fn a_squash_brings_nothing_of_production_to_a_branch_that_has_it_not() {
    let shop = two_commits();
    colleague_commits(&shop, "main", "src/price.rs");
    let fix = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push", "--style", "squash"]).ok();
    assert_eq!(parents(&shop, "main").len(), 1);
    assert_eq!(parents(&shop, "develop")[1], fix);
    assert!(!shop.has("develop:src/price.rs"));
}

#[test]
fn a_squash_landed_here_first_and_pushed_later_is_the_same_landing() {
    let shop = two_commits();
    shop.hotfix(&["finish", "--tag", "--style", "squash"]).ok();
    let here = branches(&shop, "shop");
    shop.commit("src/next.rs", "fn next() {}\n", "feat: next");
    shop.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), here);
    assert_eq!(branches(&shop, "origin.git"), here);
}

#[test]
fn a_fast_forward_lands_the_commits_themselves_and_is_pushed_later_as_well() {
    let shop = two_commits();
    let fix = shop.rev("HEAD");
    shop.hotfix(&["finish", "--tag", "--style", "fast-forward"])
        .ok()
        .says("landed, fast-forward");
    assert_eq!(shop.rev("main"), fix);
    assert_eq!(shop.rev("v2.3.2^{commit}"), fix);
    assert_eq!(parents(&shop, "develop")[1], fix);
    assert_ne!(shop.rev_in("origin.git", "main"), fix);
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(shop.rev_in("origin.git", "main"), fix);
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    is_tidy(&shop, "shop");
}

#[test]
fn a_fast_forward_that_is_none_is_refused_with_the_rebase() {
    let shop = two_commits();
    colleague_commits(&shop, "main", "src/price.rs");
    let before = branches(&shop, "shop");
    refused(shop.hotfix(&["finish", "--push", "--style", "fast-forward"]))
        .says("main     has 1 commit that the fix has not")
        .says("git rebase origin/main hotfix/login-is-down");
    assert_eq!(branches(&shop, "shop"), before);
    shop.git(&["rebase", "-q", "origin/main", "hotfix/login-is-down"])
        .ok();
    shop.git(&["push", "-q", "-f", "origin", "hotfix/login-is-down"])
        .ok();
    let fix = shop.rev("HEAD");
    shop.hotfix(&["finish", "--push", "--style", "fast-forward"])
        .ok();
    assert_eq!(shop.rev_in("origin.git", "main"), fix);
    assert_eq!(
        subject(&shop, "shop", "main"),
        "fix: [HOTFIX] limit the tries"
    );
}

#[test]
fn a_style_that_is_none_is_refused() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--style", "rebase"])
        .fails(2)
        .says("none of merge, squash, fast-forward");
    shop.git(&["config", "hotfix.style", "octopus"]).ok();
    shop.hotfix(&["finish"])
        .fails(3)
        .says("none of merge, squash, fast-forward");
}
