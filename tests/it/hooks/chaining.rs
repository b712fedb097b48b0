//! A hook that stood there before ours.

use super::*;

/// A hook that writes down how it was called, then ends as told.
fn spy(shop: &Sandbox, event: &str, code: i32) {
    let log = shop.path("log").display().to_string();
    let text =
        format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{log}'\n[ \"${{0##*/}}\" != x ] || :\n");
    let stdin = if event == "pre-push" {
        format!("cat >>'{log}'\n")
    } else {
        String::new()
    };
    shop.executable(&hook_file(event), &format!("{text}{stdin}exit {code}\n"));
}

#[test]
fn the_earlier_hook_gets_arguments_and_standard_input() {
    let shop = Sandbox::ready();
    shop.hotfix(&["hooks", "uninstall"]).ok();
    spy(&shop, "pre-push", 0);
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["push", "-q", "origin", BRANCH]).ok();
    let tip = shop.rev(BRANCH);
    let url = shop.path("origin.git").display().to_string();
    let zero = "0".repeat(40);
    let line = format!("refs/heads/{BRANCH} {tip} refs/heads/{BRANCH} {zero}");
    assert_eq!(shop.read("log"), format!("origin\n{url}\n{line}\n"));
}

#[test]
fn either_hook_can_say_no() {
    let shop = unready();
    shop.hotfix(&["hooks", "uninstall"]).ok();
    spy(&shop, "commit-msg", 7);
    spy(&shop, "pre-push", 0);
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["push", "-q", "origin", BRANCH])
        .fails(1)
        .says("is not ready to deploy");
    let right = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];
    shop.git(&right).fails(1);
    spy_aside(&shop, 0);
    shop.git(&right).ok();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "x"])
        .fails(1)
        .says("hotfix format");
}

fn spy_aside(shop: &Sandbox, code: i32) {
    let text = format!("#!/bin/sh\nexit {code}\n");
    shop.executable(&hook_file("commit-msg.pre-git-hotfix"), &text);
}

#[test]
fn a_hook_may_change_the_message_before_ours_judges_it() {
    let shop = Sandbox::incident();
    shop.hotfix(&["hooks", "uninstall"]).ok();
    shop.executable(
        &hook_file("commit-msg"),
        "#!/bin/sh\necho 'fix: [HOTFIX] better' >\"$1\"\n",
    );
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
        .ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] better");
}

/// git runs such a hook by way of a shell, so it must go on running.
#[test]
fn a_hook_without_its_first_line_still_runs() {
    let shop = Sandbox::incident();
    shop.hotfix(&["hooks", "uninstall"]).ok();
    let log = shop.path("log").display().to_string();
    shop.executable(&hook_file("commit-msg"), &format!("echo ran >'{log}'\n"));
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"])
        .ok();
    assert_eq!(shop.read("log"), "ran\n");
}

/// git passes over a hook that is not executable; so do we.
#[cfg(unix)]
#[test]
fn a_hook_that_was_switched_off_stays_so() {
    let shop = Sandbox::incident();
    shop.hotfix(&["hooks", "uninstall"]).ok();
    shop.write(&hook_file("commit-msg"), "#!/bin/sh\nexit 1\n");
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"])
        .ok();
}

#[test]
fn a_hook_that_commits_itself_does_not_run_in_circles() {
    let shop = Sandbox::incident();
    shop.hotfix(&["hooks", "uninstall"]).ok();
    let inner = "#!/bin/sh\ngit commit -q --allow-empty -m 'fix: [HOTFIX] inner'\n";
    shop.executable(&hook_file("pre-push"), inner);
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["push", "-q", "origin", "v2.3.0:refs/tags/other"])
        .ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] inner");
}
