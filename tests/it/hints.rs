//! What `finish` says to type next can be typed, and is what was asked for.

use super::landing::{
    branches, colleague_commits, everything, ready_with_conflict, ready_with_develop, remote_hook,
};
use super::support::{Ran, Sandbox};

#[test]
fn a_tag_that_git_would_not_take_is_refused_before_anything() {
    let shop = Sandbox::ready();
    let before = everything(&shop);
    for tag in [
        "--tag=-x",
        "--tag=bad name",
        "--tag=",
        "--tag=v1..x",
        "--tag=v1.lock",
    ] {
        shop.hotfix(&["finish", tag, "--push"])
            .fails(2)
            .says("cannot be a tag's name")
            .says("Nothing was changed.")
            .says("git hotfix finish --tag VERSION --push");
        shop.hotfix(&["finish", tag, "-n"]).fails(2);
    }
    assert_eq!(everything(&shop), before);
}

#[test]
fn a_version_without_the_letters_of_the_others_is_warned_of() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--tag", "2.3.2"])
        .ok()
        .says("the releases here are named v…: --tag v2.3.2");
    assert!(shop.has("refs/tags/2.3.2"));
}

#[test]
fn what_the_remote_has_already_is_said_when_nothing_moves_here() {
    let shop = ready_with_develop();
    let lock = "shop/.git/refs/heads/develop.lock";
    shop.write(lock, "");
    let ran = shop
        .hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("the branches could not be moved here")
        .says("origin has main, develop and the tag v2.3.2 already.")
        .says("develop.lock")
        .says("\n  git hotfix finish --tag --push\n");
    assert!(
        !ran.stderr.contains("Nothing was changed"),
        "{}",
        ran.screen()
    );
    std::fs::remove_file(shop.path(lock)).unwrap();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}

#[test]
fn no_hint_loses_what_was_given() {
    let shop = ready_with_conflict();
    shop.hotfix(&["finish", "--tag", "v9.9.9", "--override", "can't wait"])
        .fails(1)
        .says(r#"git hotfix finish --tag v9.9.9 --skip develop --override "can't wait""#);
    remote_hook(&shop, "update", "#!/bin/sh\nexit 1\n");
    let reason = ["--override", "no time"];
    let given = ["finish", "--tag", "v9.9.9", "--push", "--skip", "develop"];
    shop.hotfix(&[&given[..], &reason[..]].concat())
        .fails(3)
        .says(r#"git hotfix finish --tag v9.9.9 --skip develop --override "no time""#);
}

#[test]
fn a_name_from_the_remote_is_one_word_in_a_command() {
    let shop = Sandbox::ready();
    let line = "release/1$(touch${IFS}PWNED)";
    shop.git(&["branch", line, "v2.3.0"]).ok();
    let ran = shop.hotfix(&["finish", "--to", line]).fails(1);
    let commands = ran
        .stderr
        .lines()
        .filter(|said| said.contains("git hotfix finish --to"));
    for command in commands {
        assert!(command.contains(&format!("'{line}'")), "{}", ran.screen());
    }
    assert!(ran.stderr.contains("--cherry-pick"), "{}", ran.screen());
}

#[test]
fn commits_of_develop_are_put_aside_by_a_command_that_works() {
    let shop = ready_with_develop();
    shop.git(&["worktree", "add", "-q", "../dev", "develop"])
        .ok();
    shop.write("dev/src/cart.rs", "fn cart() { 2 }\n");
    shop.git_in("dev", &["commit", "-qam", "feat: two"]).ok();
    let ran = shop
        .hotfix(&["finish", "--push"])
        .fails(1)
        .says("They would be pushed with the fix.")
        .says("git push origin develop");
    let command = ran
        .stderr
        .lines()
        .find(|line| line.contains("reset --keep"));
    shop.shell_in("shop", &[], command.unwrap()).ok();
    shop.hotfix(&["finish", "--push"]).ok();
    assert!(shop.has("develop-aside"));
}

/// The command that stands below some words on the screen.
#[track_caller]
pub fn command_below(ran: &Ran, words: &str) -> String {
    let mut lines = ran.stderr.lines().skip_while(|line| !line.contains(words));
    let command = lines.nth(1).unwrap_or_else(|| panic!("{}", ran.screen()));
    command.trim_start().to_owned()
}

/// Types the merge that the screen asks for, ends it in a folder, and lands.
fn merges_as_told(shop: &Sandbox, folder: &str) {
    let ran = shop.hotfix(&["finish", "--push"]).fails(1);
    let command = command_below(&ran, "Merge it yourself and run finish again:");
    let merged = shop.shell_in("shop", &[], &command).fails(1);
    merged.says("CONFLICT (content): Merge conflict in src/auth.rs");
    let ran = shop.hotfix(&["finish", "--push"]).fails(1);
    ran.says("a merge is under way").says(" merge --continue");
    shop.write(
        &format!("{folder}/src/auth.rs"),
        "fn login() { ok(); todo!() }\n",
    );
    shop.git_in(folder, &["add", "-A"]).ok();
    shop.git_in(folder, &["-c", "core.editor=true", "merge", "--continue"])
        .ok();
    shop.hotfix(&["finish", "--push"]).ok();
    assert_eq!(branches(shop, "shop"), branches(shop, "origin.git"));
}

#[test]
fn a_conflict_is_merged_where_fast_forwards_alone_are_allowed() {
    let shop = ready_with_conflict();
    shop.git(&["config", "merge.ff", "only"]).ok();
    merges_as_told(&shop, "shop");
}

#[test]
fn a_conflict_is_merged_in_the_work_tree_that_has_the_branch() {
    let shop = ready_with_conflict();
    shop.git(&["worktree", "add", "-q", "../its own", "develop"])
        .ok();
    merges_as_told(&shop, "its own");
}

#[test]
fn a_conflict_is_merged_in_a_branch_that_only_remotes_have() {
    let shop = ready_with_conflict();
    shop.git(&["branch", "-qD", "develop"]).ok();
    shop.git(&["remote", "add", "-f", "mirror", "../origin.git"])
        .ok();
    merges_as_told(&shop, "shop");
}

#[test]
fn a_conflict_is_merged_as_told_once_the_branch_is_gone() {
    let shop = ready_with_conflict();
    shop.hotfix(&["finish", "--push", "--skip", "develop"]).ok();
    assert!(!shop.has("hotfix/login-is-down"));
    merges_as_told(&shop, "shop");
}

#[test]
fn branches_that_went_apart_are_brought_together_where_fast_forwards_alone_are_allowed() {
    let shop = ready_with_develop();
    shop.git(&["config", "merge.ff", "only"]).ok();
    shop.git(&["worktree", "add", "-q", "../dev", "develop"])
        .ok();
    shop.write("dev/src/mine.rs", "fn mine() {}\n");
    shop.git_in("dev", &["add", "-A"]).ok();
    shop.git_in("dev", &["commit", "-qm", "feat: mine"]).ok();
    colleague_commits(&shop, "develop", "src/price.rs");
    let ran = shop.hotfix(&["finish"]).fails(1);
    let command = command_below(&ran, "Bring them together and run finish again:");
    shop.shell_in("shop", &[("GIT_MERGE_AUTOEDIT", "no")], &command)
        .ok();
    shop.hotfix(&["finish"]).ok();
    assert!(shop.has("develop:src/price.rs") && shop.has("develop:src/mine.rs"));
}

#[test]
fn a_merge_in_the_fix_is_flattened_from_wherever_one_stands() {
    let shop = Sandbox::ready();
    shop.git(&["branch", "release/2.3", "v2.3.1"]).ok();
    shop.git(&["switch", "-qc", "side", "main"]).ok();
    shop.commit("src/side.rs", "3\n", "fix: [HOTFIX] side");
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.git(&["merge", "-q", "--no-edit", "side"]).ok();
    shop.git(&["switch", "-q", "side"]).ok();
    let side = shop.rev("side");
    let finish = ["finish", "--to", "release/2.3", "--cherry-pick"];
    let ran = shop.hotfix(&finish).fails(1).says("cannot be picked");
    let line = ran.stderr.lines().last().unwrap_or_default();
    let command = line.trim_start_matches("Make it a row of commits: ");
    shop.shell_in("shop", &[], command).ok();
    assert_eq!(shop.rev("side"), side);
    shop.hotfix(&finish).ok().says("2 commits picked");
}

#[test]
fn what_a_colleague_published_is_taken_in_from_wherever_one_stands() {
    let shop = Sandbox::ready();
    shop.hotfix(&["publish"]).ok();
    colleague_commits(&shop, "hotfix/login-is-down", "src/theirs.rs");
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] mine"])
        .ok();
    shop.git(&["switch", "-q", "main"]).ok();
    let main = shop.rev("main");
    let ran = shop.hotfix(&["publish"]).fails(3);
    let command = command_below(&ran, "Somebody else's commits are there: take them in:");
    shop.shell_in("shop", &[], &command).ok();
    assert_eq!(shop.rev("main"), main);
    shop.hotfix(&["publish"]).ok();
    assert!(shop.has("hotfix/login-is-down:src/theirs.rs"));
}

#[test]
fn a_branch_that_only_the_remote_has_is_fetched_as_told() {
    let shop = Sandbox::ready();
    shop.hotfix(&["publish"]).ok();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["branch", "-qD", "hotfix/login-is-down"]).ok();
    let ran = shop.hotfix(&["finish"]).fails(3);
    let command = command_below(&ran, "Fetch it, then run finish again:");
    shop.shell_in("shop", &[], &command).ok();
    shop.hotfix(&["finish"]).ok();
}

#[test]
fn a_commit_on_no_branch_is_named_before_it_is_left_behind() {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "--detach"]).ok();
    let quiet = shop.hotfix(&["finish", "-n"]).ok();
    assert!(!quiet.stderr.contains("HEAD is at"), "{}", quiet.screen());
    shop.commit("src/more.rs", "more\n", "fix: [HOTFIX] more");
    let ran = shop.hotfix(&["finish", "-n"]).ok();
    let ran = ran.says("on top of hotfix/login-is-down but on no branch: it does not land");
    let (_, command) = ran.stderr.split_once("it does not land; ").unwrap();
    let (command, _) = command.split_once(" takes it in").unwrap();
    shop.shell_in("shop", &[], command).ok();
    shop.hotfix(&["finish"]).ok();
    assert!(shop.has("main:src/more.rs"));
}

/// The ready fix, while another incident is open as well.
fn ready_beside_another() -> Sandbox {
    let shop = Sandbox::ready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.hotfix(&["start", "Carts are empty", "-s", "P1"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop
}

#[test]
fn the_next_step_is_for_the_incident_that_landed_although_its_branch_is_gone() {
    for at in ["hotfix/login-is-down", "hotfix/carts-are-empty"] {
        let shop = ready_beside_another();
        shop.git(&["switch", "-q", at]).ok();
        let ran = shop.hotfix(&["finish", "--tag", "-i", "login"]).ok();
        let push = command_below(&ran, "Next: bring it to the remote");
        let ran = shop.shell_in("shop", &[], &push).ok();
        assert!(ran.stdout.contains("pushed to, in one push"));
        let deployed = command_below(&ran, "Next: once it is");
        shop.shell_in("shop", &[], &deployed).ok();
        let says_it = |id| shop.hotfix(&["show", "-i", id]).ok().stdout;
        assert!(says_it("login").contains("Fix deployed"));
        assert!(!says_it("carts").contains("Fix deployed"));
    }
    let shop = ready_beside_another();
    shop.hotfix(&["finish", "--push"])
        .ok()
        .says("\n  git hotfix deployed -i 2026-11-22-login-is-down\n");
}

#[test]
fn the_next_step_after_an_adoption_is_for_what_was_adopted() {
    let shop = Sandbox::ready();
    shop.git(&["branch", "hotfix/cart", "main"]).ok();
    let ran = shop.hotfix(&["adopt", "hotfix/cart", "-s", "P1"]).ok();
    let next = command_below(&ran, "Next: ");
    shop.shell_in("shop", &[], &next).ok();
    let record = shop.hotfix(&["show", "-i", "cart"]).ok().stdout;
    assert!(record.contains("what you did"), "{next}\n{record}");
}

#[test]
fn the_next_step_after_the_end_is_for_what_has_ended() {
    let shop = ready_beside_another();
    shop.hotfix(&["resolve", "empty on purpose", "-i", "carts"])
        .ok()
        .says("\n  git hotfix postmortem check -i carts\n");
    let ran = shop.hotfix(&["postmortem", "check", "-i", "carts"]);
    ran.says("\n  git hotfix edit -i carts\n");
}
