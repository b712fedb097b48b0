//! What `finish` says to type next can be typed, and is what was asked for.

use super::landing::{branches, everything, ready_with_conflict, ready_with_develop, remote_hook};
use super::support::Sandbox;

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
