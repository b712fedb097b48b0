//! A landing and a remote that moves on, before it or beside it.

use super::hints::command_below;
use super::landing::{branches, colleague_commits, refused};
use super::support::{Sandbox, search_path};

#[test]
fn a_landing_that_was_overtaken_says_so_and_is_brought_together() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--tag"]).ok();
    let landing = shop.rev("main");
    colleague_commits(&shop, "main", "src/price.rs");
    let again = ["finish", "-i", "login", "--tag", "--push"];
    refused(shop.hotfix(&again))
        .says(&format!(
            "main has a landing ({}, tagged v2.3.2)",
            &landing[..7]
        ))
        .says("origin has moved on")
        .says("git switch main && git pull --no-rebase --no-ff origin main");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["pull", "-q", "--no-rebase", "--no-edit", "origin", "main"])
        .ok();
    shop.hotfix(&again).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    assert_eq!(shop.rev("v2.3.2^{}"), landing);
}

#[test]
fn what_is_being_brought_together_already_is_to_be_ended() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish"]).ok();
    colleague_commits(&shop, "main", "src/auth.rs");
    let pull = ["pull", "-q", "--no-rebase", "--no-ff", "origin", "main"];
    assert_ne!(shop.git(&pull).code, 0, "it conflicts");
    refused(shop.hotfix(&["finish", "-i", "login", "--push"]))
        .says("a merge is under way")
        .says("End it: git merge --continue");
}

#[test]
fn a_version_that_somebody_else_released_meanwhile_is_theirs() {
    // Landed and tagged here before, and in one go.
    for finish in [
        &["finish", "--tag"][..],
        &["finish", "--tag=v2.3.2", "--push"],
    ] {
        let shop = Sandbox::ready();
        if !finish.contains(&"--push") {
            shop.hotfix(finish).ok();
        }
        shop.clone_into("colleague");
        let theirs = ["commit", "-q", "--allow-empty", "-m", "feat: theirs"];
        shop.git_in("colleague", &["switch", "-q", "-c", "support"])
            .ok();
        shop.git_in("colleague", &theirs).ok();
        shop.git_in("colleague", &["tag", "v2.3.2"]).ok();
        shop.git_in("colleague", &["push", "-q", "origin", "v2.3.2"])
            .ok();
        let before = shop.refs("origin.git");
        let pushing = match finish.contains(&"--push") {
            true => finish.to_vec(),
            false => [finish, &["--push"]].concat(),
        };
        let ran = shop
            .hotfix(&pushing)
            .fails(3)
            .says("origin has another v2.3.2");
        assert_eq!(shop.refs("origin.git"), before);
        let command = command_below(&ran, "the next version for this landing:");
        let path = search_path().into_string().unwrap();
        shop.shell_in("shop", &[("PATH", &path)], &command).ok();
        assert_eq!(shop.rev("v2.3.2"), shop.rev_in("colleague", "v2.3.2"));
        assert_eq!(shop.rev("v2.3.3^{}"), shop.rev("main"));
        assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    }
}

#[test]
fn what_the_remote_had_already_was_not_pushed() {
    let shop = Sandbox::ready();
    shop.hotfix(&["finish", "--tag", "--push"])
        .ok()
        .says("pushed to, in one push");
    let ran = shop
        .hotfix(&["finish", "-i", "login", "--tag", "--push"])
        .ok();
    assert!(!ran.stdout.contains("pushed to"), "{}", ran.stdout);
}

#[test]
fn a_push_that_somebody_else_outran_is_to_be_run_again() {
    // Before git looks at the remote, and between its look and its push.
    for between in [false, true] {
        let shop = Sandbox::ready();
        shop.git_in("", &["clone", "-q", "origin.git", "colleague"])
            .ok();
        let commit = ["commit", "-q", "--allow-empty", "-m", "feat: theirs"];
        shop.git_in("colleague", &commit).ok();
        let colleague = shop.path("colleague");
        let first = format!(
            "git -C '{0}' rev-parse -q --verify refs/done >/dev/null || {{\n\
             git -C '{0}' update-ref refs/done HEAD && git -C '{0}' push -q origin main; }} >&2\n",
            colleague.display()
        );
        if between {
            let hook = format!("#!/bin/sh\nunset GIT_DIR\n{first}");
            shop.executable("shop/.git/hooks/pre-push", &hook);
        } else {
            let exec = shop.git(&["--exec-path"]).stdout;
            let receive = format!("exec '{}/git-receive-pack' \"$@\"\n", exec.trim());
            let path = shop.executable("race", &format!("#!/bin/sh\n{first}{receive}"));
            shop.git(&["config", "remote.origin.receivepack", &path])
                .ok();
        }
        let before = branches(&shop, "shop");
        shop.hotfix(&["finish", "--push"])
            .fails(3)
            .says("Nothing was changed, here or there.")
            .says("Somebody was faster; run it again:\n  git hotfix finish --push\n");
        assert_eq!(branches(&shop, "shop"), before);
        shop.hotfix(&["finish", "--push"]).ok();
        assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
    }
}

#[test]
fn what_went_through_there_and_not_here_is_said_and_completed() {
    let shop = Sandbox::ready();
    let refuse = "#!/bin/sh\ntest \"$1\" = prepared || exit 0\n! grep -q ' refs/heads/main$'\n";
    shop.executable("shop/.git/hooks/reference-transaction", refuse);
    let before = branches(&shop, "shop");
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("the branches could not be moved here")
        .says("No branch was moved here; origin has main and the tag v2.3.2 already.")
        .says("git hotfix finish --tag --push");
    assert_eq!(branches(&shop, "shop"), before);
    // The next one has nothing left to send, and origin has it still.
    shop.hotfix(&["finish", "--tag", "--push"])
        .fails(3)
        .says("origin has");
    std::fs::remove_file(shop.path("shop/.git/hooks/reference-transaction")).unwrap();
    shop.hotfix(&["finish", "--tag", "--push"]).ok();
    assert_eq!(branches(&shop, "shop"), branches(&shop, "origin.git"));
}
