//! Where the hooks go, and what stays.

use super::*;

/// Every file in the hooks folder with its text.
fn hooks(shop: &Sandbox) -> Vec<(String, String)> {
    let entries = fs::read_dir(shop.path("shop/.git/hooks")).unwrap();
    let mut found: Vec<(String, String)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_none_or(|extension| extension != "sample")
        })
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

#[test]
fn install_status_and_uninstall_say_what_stands() {
    let shop = Sandbox::shop();
    let here = shop.path("shop/.git/hooks").display().to_string();
    let screen = |ran: Ran| ran.ok().screen().replace(&here, "<hooks>");
    expect![[r#"
        <hooks>
          commit-msg          not installed
          prepare-commit-msg  not installed
          pre-push            not installed
        ! 
        ! Next: install them
        !   git hotfix hooks install
    "#]]
    .assert_eq(&screen(shop.hotfix(&["hooks", "status"])));
    expect![[r#"
        <hooks>
          commit-msg          would be installed
          prepare-commit-msg  would be installed
          pre-push            would be installed
    "#]]
    .assert_eq(&screen(shop.hotfix(&["hooks", "install", "-n"])));
    assert_eq!(hooks(&shop), []);
    expect![[r#"
        <hooks>
          commit-msg          installed
          prepare-commit-msg  installed
          pre-push            installed
    "#]]
    .assert_eq(&screen(shop.hotfix(&["hooks", "install"])));
    expect![[r#"
        <hooks>
          commit-msg          removed
          prepare-commit-msg  removed
          pre-push            removed
    "#]]
    .assert_eq(&screen(shop.hotfix(&["hooks", "uninstall"])));
    assert_eq!(hooks(&shop), []);
    let report = shop.hotfix(&["hooks", "uninstall", "--json"]).ok().json();
    assert_eq!(
        report["changed"],
        serde_json::json!([]),
        "a second time there is nothing to do"
    );
}

#[test]
fn installing_again_changes_nothing() {
    let shop = Sandbox::shop();
    shop.hotfix(&["hooks", "install"]).ok();
    let before = hooks(&shop);
    assert_eq!(before.len(), 3);
    let report = shop.hotfix(&["hooks", "install", "--json"]).ok().json();
    assert_eq!(report["changed"], serde_json::json!([]));
    assert_eq!(hooks(&shop), before);
}

#[test]
fn a_shim_of_another_version_is_written_anew_and_nothing_is_put_aside() {
    let shop = Sandbox::shop();
    shop.hotfix(&["hooks", "install"]).ok();
    let before = hooks(&shop);
    let old = before[0].1.replace("shim 3", "shim 1");
    shop.write(&hook_file("commit-msg"), &old);
    shop.hotfix(&["hooks", "status"])
        .ok()
        .says("of another version: git hotfix hooks install");
    shop.hotfix(&["hooks", "install"]).ok();
    assert_eq!(hooks(&shop), before);
}

#[cfg(unix)]
#[test]
fn somebody_elses_hooks_come_back_as_they_were_mode_and_symlink_too() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Sandbox::shop();
    shop.executable(&hook_file("commit-msg"), "#!/bin/sh\nexit 0\n");
    fs::set_permissions(
        shop.path(&hook_file("commit-msg")),
        fs::Permissions::from_mode(0o750),
    )
    .unwrap();
    shop.executable("shop/.git/hooks/shared.sh", "#!/bin/sh\nexit 0\n");
    std::os::unix::fs::symlink("shared.sh", shop.path(&hook_file("pre-push"))).unwrap();
    let ran = shop.hotfix(&["hooks", "install"]).ok();
    ran.says("commit-msg          installed, after the hook that was there");
    shop.hotfix(&["hooks", "uninstall"]).ok();
    let mode = fs::metadata(shop.path(&hook_file("commit-msg")))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o750);
    let link = fs::read_link(shop.path(&hook_file("pre-push"))).unwrap();
    assert_eq!(link.to_str(), Some("shared.sh"));
    let left: Vec<String> = hooks(&shop).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["commit-msg", "pre-push", "shared.sh"]);
}

#[test]
fn removal_never_touches_a_hook_that_is_not_ours() {
    let shop = Sandbox::shop();
    shop.hotfix(&["hooks", "install"]).ok();
    shop.executable(&hook_file("commit-msg"), "#!/bin/sh\necho theirs\n");
    shop.hotfix(&["hooks", "uninstall"]).ok();
    assert_eq!(
        hooks(&shop),
        [(
            "commit-msg".to_owned(),
            "#!/bin/sh\necho theirs\n".to_owned()
        )]
    );
}

#[test]
fn what_is_in_the_way_of_keeping_a_hook_is_never_overwritten() {
    let shop = Sandbox::shop();
    shop.write(&hook_file("pre-push"), "#!/bin/sh\n# new\n");
    shop.write(&hook_file("pre-push.pre-git-hotfix"), "#!/bin/sh\n# old\n");
    let before = hooks(&shop);
    let ran = shop.hotfix(&["hooks", "install"]).fails(3);
    ran.says("pre-push.pre-git-hotfix is in the way")
        .says("Nothing was installed.");
    assert_eq!(hooks(&shop), before);
}

#[test]
fn a_hooks_path_inside_the_git_directory_is_this_repositorys_own() {
    let shop = Sandbox::incident();
    shop.git(&["config", "core.hooksPath", ".git/my-hooks"])
        .ok();
    shop.hotfix(&["hooks", "install"]).ok();
    assert!(shop.path("shop/.git/my-hooks/pre-push").exists());
    shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
        .fails(1);
}

#[test]
fn a_managers_hooks_are_its_own_and_the_lines_for_it_are_printed() {
    let shop = Sandbox::shop();
    shop.write("shop/.githooks/commit-msg", "#!/bin/sh\n");
    shop.git(&["config", "core.hooksPath", ".githooks"]).ok();
    let ran = shop.hotfix(&["hooks", "install"]).fails(1);
    ran.says("Nothing was installed.")
        .says("git-hotfix hook pre-push \"$@\" <&3 || exit");
    assert!(!shop.path("shop/.githooks/pre-push").exists());
    assert!(!shop.path("shop/.git/hooks/pre-push").exists());
}

#[test]
fn the_printed_lines_work_where_they_are_put() {
    let shop = Sandbox::incident();
    shop.git(&["config", "core.hooksPath", ".githooks"]).ok();
    let said = shop.hotfix(&["hooks", "install"]).fails(1).stderr;
    for event in EVENTS {
        let file = format!(".githooks/{event}");
        let text = format!("#!/bin/sh\n{}", printed_for(&file, &said));
        shop.executable(&format!("shop/{file}"), &text);
    }
    shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
        .fails(1);
    shop.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "fix: [HOTFIX] slow fix",
    ])
    .ok();
    shop.git(&["push", "-q", "origin", BRANCH])
        .fails(1)
        .says("is not ready to deploy");
}

#[test]
fn a_hooks_path_of_all_repositories_is_refused() {
    let shop = Sandbox::shop();
    fs::create_dir(shop.path("all-hooks")).unwrap();
    let all = shop.path("all-hooks").display().to_string();
    shop.git(&["config", "--global", "core.hooksPath", &all])
        .ok();
    let ran = shop.hotfix(&["hooks", "install"]).fails(1);
    ran.says("core.hooksPath")
        .says("(global)")
        .says("Nothing was installed.");
    assert_eq!(fs::read_dir(shop.path("all-hooks")).unwrap().count(), 0);
}

#[test]
fn hooks_that_are_switched_off_are_said_to_be() {
    for off in ["", "/dev/null"] {
        let shop = Sandbox::shop();
        shop.git(&["config", "core.hooksPath", off]).ok();
        for (act, code) in [("install", 1), ("status", 0), ("uninstall", 1)] {
            let ran = shop.hotfix(&["hooks", act]).fails(code);
            ran.says("git runs no hooks here")
                .says("git config --local --unset core.hooksPath");
        }
        // An incident starts all the same.
        shop.hotfix(&["start", "Login is down"])
            .ok()
            .says("hooks are not installed");
        shop.hotfix(&["init"]).ok().says("git runs no hooks here");
    }
}

#[test]
fn linked_work_trees_share_the_hooks() {
    let shop = Sandbox::incident();
    shop.git(&["worktree", "add", "-q", "-b", "hotfix/other", "../other"])
        .ok();
    let commit = ["commit", "-q", "--allow-empty", "-m", "quick fix"];
    shop.git_in("other", &commit)
        .fails(1)
        .says("this message does not have the hotfix format");
    let installed = shop
        .hotfix_in("other", &["hooks", "install", "--json"])
        .ok()
        .json();
    assert_eq!(installed["changed"], serde_json::json!([]));
}
