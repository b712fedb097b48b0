//! A landing and a remote that moves on, before it or beside it.

use super::landing::{branches, colleague_commits, refused};
use super::support::Sandbox;

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
