//! pre-commit, and prek, which reads the same file: they move a hook they find to `<event>.legacy`
//! and run it first.

use super::{GOOD, Managed, assert_same};

const MANAGERS: [&str; 2] = ["pre-commit", "prek"];

/// A local hook for each event; this one has the rule that commitlint has.
const JUDGE: &str = r#"case "$(head -n 1 "$1")" in
*.) echo "subject may not end with full stop"; exit 1;;
esac
"#;

/// A shop with a configuration in production, and nothing installed yet.
fn configured() -> Option<Managed> {
    let managed = Managed::shop()?;
    let shop = &managed.shop;
    let script = |event, rest| format!("#!/bin/sh\n{}\n{rest}", managed.note(event));
    managed
        .shop
        .executable("shop/ci/commit-msg", &script("commit-msg", JUDGE));
    managed
        .shop
        .executable("shop/ci/pre-push", &script("pre-push", ""));
    let hook = |event: &str| {
        format!(
            "      - id: {event}\n        name: {event}\n        entry: ci/{event}\n        \
             language: system\n        stages: [{event}]\n        always_run: true\n"
        )
    };
    let config = format!(
        "repos:\n  - repo: local\n    hooks:\n{}{}        pass_filenames: false\n",
        hook("commit-msg"),
        hook("pre-push")
    );
    shop.write("shop/.pre-commit-config.yaml", config);
    managed.release();
    Some(managed)
}

fn install(managed: &Managed, manager: &str) {
    let line = format!("{manager} install --hook-type commit-msg --hook-type pre-push");
    managed.type_in(&line).ok();
}

/// What the manager alone leaves in git's folder.
fn installed(manager: &str) -> Option<Managed> {
    let managed = configured()?;
    install(&managed, manager);
    Some(managed)
}

#[test]
fn installed_after_theirs_both_judge_and_theirs_come_back_as_they_were() {
    for manager in MANAGERS {
        let Some(managed) = installed(manager) else {
            return;
        };
        let before = managed.state();
        managed.shop.hotfix(&["hooks", "install"]).ok();
        managed.both_judge();
        managed.shop.git(&["checkout", "-q", "main"]).ok();
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_same(&managed.state(), &before);
        managed.theirs_judge_alone();
    }
}

#[test]
fn installed_before_theirs_both_run_and_ours_go_from_where_they_were_moved() {
    for manager in MANAGERS {
        let (Some(managed), Some(alone)) = (configured(), installed(manager)) else {
            return;
        };
        managed.shop.hotfix(&["hooks", "install"]).ok();
        install(&managed, manager);
        let status = managed.shop.hotfix(&["hooks", "status"]).ok();
        status.says(&format!("by {manager}, which runs commit-msg.legacy"));
        managed.both_run();
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_same(&managed.hooks(), &alone.hooks());
        managed.theirs_judge_alone();
    }
}

#[test]
fn theirs_installed_again_behind_ours_both_run_once() {
    for manager in MANAGERS {
        let Some(managed) = installed(manager) else {
            return;
        };
        let before = managed.state();
        managed.shop.hotfix(&["hooks", "install"]).ok();
        install(&managed, manager);
        managed.both_run();
        managed.shop.hotfix(&["hooks", "install"]).ok();
        managed.commit(GOOD).says(0, "").theirs(1).ours(1);
        managed.shop.git(&["checkout", "-q", "main"]).ok();
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_same(&managed.state(), &before);
    }
}

#[test]
fn ours_are_removed_after_theirs_were_installed_again() {
    for manager in MANAGERS {
        let Some(managed) = installed(manager) else {
            return;
        };
        let before = managed.state();
        managed.shop.hotfix(&["hooks", "install"]).ok();
        install(&managed, manager);
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_same(&managed.state(), &before);
    }
}

#[test]
fn the_printed_lines_judge_messages_and_a_file_judges_pushes() {
    for manager in MANAGERS {
        let Some(managed) = installed(manager) else {
            return;
        };
        let theirs = managed.hooks();
        managed.put(&managed.snippets());
        managed.release();
        let before = managed.state();
        assert_same(&managed.hooks(), &theirs);
        // They hide all refs of a push but the first.
        managed.shop.hotfix(&["hooks", "install"]).ok();
        managed.both_judge();
        managed.shop.git(&["checkout", "-q", "main"]).ok();
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_same(&managed.state(), &before);
    }
}

#[test]
fn a_hook_written_by_hand_runs_before_ours_wherever_they_move_it() {
    for manager in MANAGERS {
        let Some(managed) = configured() else { return };
        let by_hand = format!("#!/bin/sh\n{}\n", managed.note("by-hand"));
        managed
            .shop
            .executable("shop/.git/hooks/commit-msg", &by_hand);
        managed.shop.hotfix(&["hooks", "install"]).ok();
        install(&managed, manager);
        let good = managed.commit("feat: login");
        good.says(0, "").ours(1);
        assert_eq!(good.theirs, ["by-hand", "commit-msg"], "{manager}");
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        let good = managed.commit("feat: logout");
        good.says(0, "").ours(0);
        assert_eq!(good.theirs, ["by-hand", "commit-msg"], "{manager}");
    }
}
