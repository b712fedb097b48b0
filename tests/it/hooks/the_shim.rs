//! The files that git runs.

use super::*;

/// Replaces the program in a shim by one that is gone, and hides ours from PATH.
fn without_the_program(shop: &Sandbox) -> String {
    for event in EVENTS {
        let text = shop.read(&hook_file(event));
        let gone = text.replace(binary().to_str().unwrap(), "/gone/git-hotfix");
        assert_ne!(text, gone);
        shop.executable(&hook_file(event), &gone);
    }
    let own = binary().parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let rest: Vec<_> = std::env::split_paths(&path)
        .filter(|folder| folder != own)
        .collect();
    std::env::join_paths(rest).unwrap().into_string().unwrap()
}

#[test]
fn a_program_that_is_gone_stops_the_hotfix_and_nothing_else() {
    let shop = Sandbox::incident();
    let path = without_the_program(&shop);
    let environment = [("PATH", path.as_str())];
    let commit = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];
    let ran = shop.git_with(&environment, &commit).fails(1);
    ran.says("git-hotfix is gone, so the commit-msg hook cannot check this");
    shop.git(&["switch", "-q", "main"]).ok();
    let commit = ["commit", "-q", "--allow-empty", "-m", "feat: as always"];
    shop.git_with(&environment, &commit)
        .ok()
        .says("the commit-msg hook did nothing");
}

#[test]
fn a_program_that_moved_is_found_on_path() {
    let shop = Sandbox::incident();
    without_the_program(&shop);
    shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
        .fails(1)
        .says("hotfix format");
}

#[cfg(unix)]
#[test]
fn a_client_without_path_runs_the_hooks_all_the_same() {
    let shop = Sandbox::incident();
    let git = in_shell(&shop, "command -v git", &[])
        .stdout
        .trim()
        .to_owned();
    let mut command = shop.command(&git, "shop");
    command
        .env_remove("PATH")
        .args(["commit", "--allow-empty", "-m", "quick fix"]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("this message does not have the hotfix format"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn the_path_of_the_program_may_hold_blanks_and_quotes() {
    let shop = Sandbox::incident();
    let odd = shop.path("it's \"my\" $HOME `bin`");
    fs::create_dir(&odd).unwrap();
    let copy = odd.join("git-hotfix");
    copy_program(binary(), &copy);
    shop.hotfix(&["hooks", "uninstall"]).ok();
    let installed = shop
        .command(&copy, "shop")
        .args(["hooks", "install"])
        .output()
        .unwrap();
    assert!(installed.status.success());
    let empty = [("PATH", "/usr/bin:/bin")];
    let commit = ["commit", "-q", "--allow-empty", "-m", "quick fix"];
    shop.git_with(&empty, &commit)
        .fails(1)
        .says("this message does not have the hotfix format");
}

#[test]
fn other_branches_are_none_of_our_business() {
    let shop = Sandbox::incident();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "whatever"])
        .ok();
    let ran = shop.git(&["push", "-q", "origin", "main"]).ok();
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_wrong_setting_does_not_stop_everybodys_commits() {
    let shop = Sandbox::incident();
    shop.git(&["config", "hotfix.gate", "maybe"]).ok();
    let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"]);
    ran.fails(1)
        .says("git config hotfix.gate (local)")
        .says("hotfix format");
    shop.git(&["push", "-q", "origin", BRANCH])
        .fails(1)
        .says("is not ready to deploy");
    shop.git(&["switch", "-q", "main"]).ok();
    let ran = shop
        .git(&["commit", "-q", "--allow-empty", "-m", "feat: as always"])
        .ok();
    ran.says("git config hotfix.gate (local)")
        .says("going by the default");
}
