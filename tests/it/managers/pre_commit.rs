//! pre-commit, and prek, which reads the same file: they move a hook they find to `<event>.legacy`
//! and run it first.

use super::Managed;

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
    managed.write_executable("shop/ci/commit-msg", &script("commit-msg", JUDGE));
    managed.write_executable("shop/ci/pre-push", &script("pre-push", ""));
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

#[test]
fn installed_after_theirs_both_judge_and_theirs_come_back_as_they_were() {
    for manager in MANAGERS {
        let Some(managed) = configured() else { return };
        install(&managed, manager);
        let before = (managed.files(), managed.settings());
        managed.shop.hotfix(&["hooks", "install"]).ok();
        managed.both_judge();
        managed.shop.git(&["checkout", "-q", "main"]).ok();
        managed.shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_eq!((managed.files(), managed.settings()), before, "{manager}");
        managed.theirs_judge_alone();
    }
}

#[test]
fn installed_before_theirs_both_judge() {
    for manager in MANAGERS {
        let Some(managed) = configured() else { return };
        managed.shop.hotfix(&["hooks", "install"]).ok();
        install(&managed, manager);
        managed.both_judge();
    }
}
