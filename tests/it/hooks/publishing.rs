//! `publish`, which shares unfinished work.

use super::*;

#[test]
fn unfinished_work_is_shared_past_the_checklist_and_on_the_record() {
    let shop = unready();
    let before = shop.refs("origin.git");
    let plan = shop.hotfix(&["publish", "-n"]).ok();
    plan.says("would be pushed to origin");
    assert_eq!(shop.refs("origin.git"), before);
    let ran = shop.hotfix(&["publish"]).ok();
    ran.says("pushed to origin")
        .says("Before it is deployed:")
        .says("git hotfix check rollback");
    assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
    let line = format!(
        "Hotfix branch published - {} to origin",
        &shop.rev(BRANCH)[..7]
    );
    assert!(shop.record().contains(&line), "{}", shop.record());
    shop.hotfix(&["status"])
        .ok()
        .says("1 commit on v2.3.1, pushed");
    shop.hotfix(&["publish"]).ok().says("is there already");
    assert_eq!(shop.record().matches("published").count(), 1);
}

#[test]
fn a_message_without_the_format_is_never_published() {
    let shop = unready();
    shop.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        "quick fix",
    ])
    .ok();
    let ran = shop.hotfix(&["publish"]).fails(1);
    ran.says("quick fix").says("Nothing was pushed.");
    assert!(!remote_has(&shop, BRANCH));
    assert!(!shop.record().contains("published"));
}

#[test]
fn somebody_elses_hook_may_still_refuse() {
    let shop = unready();
    shop.executable(
        &hook_file("pre-push.pre-git-hotfix"),
        "#!/bin/sh\necho no >&2\nexit 1\n",
    );
    shop.hotfix(&["publish"])
        .fails(3)
        .says("could not be pushed to origin")
        .says("no");
    assert!(!shop.record().contains("published"));
}

#[test]
fn without_a_remote_there_is_nobody_to_share_with() {
    let shop = unready();
    shop.git(&["remote", "remove", "origin"]).ok();
    shop.hotfix(&["publish"])
        .fails(2)
        .says("there is no remote to publish to");
}
