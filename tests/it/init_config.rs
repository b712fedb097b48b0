//! `git hotfix init` and `git hotfix config`: the settings and where they come from.

use super::support::{Ran, Sandbox};
use expect_test::expect;

/// A setting's value and the words for its origin, as `config` shows them.
fn setting(ran: Ran, name: &str) -> String {
    let screen = ran.ok().stdout;
    let line = screen
        .lines()
        .find(|line| line.split_whitespace().next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in\n{screen}"));
    line.split_whitespace()
        .skip(1)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn init_says_what_it_does_and_does_it() {
    let shop = Sandbox::shop();
    let folder = shop.path("shop/.git/hooks").display().to_string();
    let screen = |ran: Ran| ran.ok().screen().replace(&folder, "<hooks>");
    let plan = screen(shop.hotfix(&["init", "-n"]));
    expect![[r#"
        To prepare this repository:
          .hotfix.toml  write it, all settings commented out; commit it
          hooks         install commit-msg, prepare-commit-msg, pre-push in <hooks>
    "#]]
    .assert_eq(&plan);
    assert!(!shop.path("shop/.hotfix.toml").exists());
    assert!(!shop.path("shop/.git/hooks/pre-push").exists());
    expect![[r#"
        To prepare this repository:
          .hotfix.toml  write it, all settings commented out; commit it
          hooks         install commit-msg, prepare-commit-msg, pre-push in <hooks>
        Done.
        ! 
        ! Next: see an incident from start to finish
        !   git hotfix tour
    "#]]
    .assert_eq(&screen(shop.hotfix(&["init"])));
    assert!(shop.path("shop/.git/hooks/pre-push").exists());
    // Nothing in it counts until somebody takes a '#' away.
    let before = shop.read("shop/.hotfix.toml");
    assert!(
        before
            .lines()
            .all(|line| line.is_empty() || line.starts_with('#')),
        "{before}"
    );
    assert_eq!(setting(shop.hotfix(&["config"]), "gate"), "block default");
    expect![[r#"
        To prepare this repository:
          .hotfix.toml  is there already, stays as it is
          hooks         are installed already
        Done.
        ! 
        ! Next: see an incident from start to finish
        !   git hotfix tour
    "#]]
    .assert_eq(&screen(shop.hotfix(&["init"])));
    assert_eq!(shop.read("shop/.hotfix.toml"), before);
}

#[test]
fn init_leaves_a_teams_file_alone() {
    let shop = Sandbox::shop();
    shop.write("shop/.hotfix.toml", "gate = \"warn\"\n");
    shop.hotfix(&["init"]).ok().says("stays as it is");
    assert_eq!(shop.read("shop/.hotfix.toml"), "gate = \"warn\"\n");
}

#[test]
fn init_works_from_a_subfolder_and_prepares_the_top() {
    let shop = Sandbox::shop();
    shop.hotfix_in("shop/src", &["init", "-q"]).ok();
    assert!(shop.path("shop/.hotfix.toml").exists());
}

/// Every setting of the file that `init` writes can be taken as it stands.
#[test]
fn the_written_file_is_right_with_every_hash_taken_away() {
    let shop = Sandbox::shop();
    shop.hotfix(&["init"]).ok();
    let before = shop.hotfix(&["config", "--json"]).ok().json();
    let text = shop.read("shop/.hotfix.toml");
    let bare = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') || rest.starts_with("  ") => rest.to_owned(),
        _ => line.to_owned(),
    };
    let text: Vec<String> = text.lines().map(bare).collect();
    shop.write("shop/.hotfix.toml", text.join("\n"));
    let after = shop.hotfix(&["config", "--json"]).ok().json();
    let values = |object: &serde_json::Value| -> Vec<(String, String)> {
        let settings = object["settings"].as_array().unwrap().iter();
        settings
            .map(|s| (s["name"].to_string(), s["value"].to_string()))
            .collect()
    };
    assert_eq!(values(&after), values(&before));
    assert_eq!(after["settings"][3]["from"], "file");
}

#[test]
fn each_layer_goes_before_the_one_below() {
    let shop = Sandbox::shop();
    let gate = |ran: Ran| setting(ran, "gate");
    assert_eq!(gate(shop.hotfix(&["config"])), "block default");
    shop.write("shop/.hotfix.toml", "# ours\ngate = \"warn\"\n");
    assert_eq!(gate(shop.hotfix(&["config"])), "warn .hotfix.toml:2");
    shop.git(&["config", "--global", "hotfix.gate", "off"]).ok();
    assert_eq!(gate(shop.hotfix(&["config"])), "off git config (global)");
    shop.git(&["config", "hotfix.gate", "block"]).ok();
    assert_eq!(gate(shop.hotfix(&["config"])), "block git config (local)");
    shop.git(&["config", "extensions.worktreeConfig", "true"])
        .ok();
    shop.git(&["config", "--worktree", "hotfix.gate", "off"])
        .ok();
    assert_eq!(gate(shop.hotfix(&["config"])), "off git config (worktree)");
    let by_git = shop.git(&["-c", "hotfix.gate=warn", "hotfix", "config"]);
    assert_eq!(gate(by_git), "warn git config (command)");
    let environment = [("GIT_HOTFIX_GATE", "block")];
    assert_eq!(
        gate(shop.hotfix_with(&environment, &["config"])),
        "block GIT_HOTFIX_GATE"
    );
    let empty = [("GIT_HOTFIX_GATE", "")];
    assert_eq!(
        gate(shop.hotfix_with(&empty, &["config"])),
        "off git config (worktree)"
    );
}

#[test]
fn gitflows_settings_are_named_as_theirs() {
    let shop = Sandbox::shop();
    shop.git(&["config", "gitflow.branch.master", "live"]).ok();
    shop.git(&["config", "gitflow.branch.develop", "next"]).ok();
    let config = || shop.hotfix(&["config"]);
    assert_eq!(
        setting(config(), "production"),
        "live gitflow.branch.master"
    );
    assert_eq!(
        setting(config(), "back-merge"),
        "next gitflow.branch.develop"
    );
    shop.write("shop/.hotfix.toml", "production = \"main\"\n");
    assert_eq!(setting(config(), "production"), "main .hotfix.toml:1");
}

#[test]
fn names_may_be_written_as_git_and_the_environment_write_them() {
    let shop = Sandbox::shop();
    shop.git(&["config", "--add", "hotfix.backMerge", "develop"])
        .ok();
    shop.git(&["config", "--add", "hotfix.backMerge", "next"])
        .ok();
    assert!(
        setting(shop.hotfix(&["config"]), "back-merge").starts_with("develop, next")
            || setting(shop.hotfix(&["config"]), "back-merge").starts_with("develop; next")
    );
    let environment = [("GIT_HOTFIX_PUSH_TIMEOUT", "5m")];
    let ran = shop.hotfix_with(&environment, &["config"]);
    assert_eq!(setting(ran, "push-timeout"), "300s GIT_HOTFIX_PUSH_TIMEOUT");
}

#[test]
fn an_unknown_setting_names_the_nearest_in_every_layer() {
    let shop = Sandbox::shop();
    let environment = [("GIT_HOTFIX_GAT", "off")];
    let ran = shop.hotfix_with(&environment, &["config"]).fails(3);
    ran.says("GIT_HOTFIX_GAT: unknown setting; the nearest is 'GIT_HOTFIX_GATE'")
        .says("Nothing was done.");
    shop.git(&["config", "hotfix.gat", "off"]).ok();
    let ran = shop.hotfix(&["config"]).fails(3);
    ran.says("the nearest is 'gate'")
        .says("git config --local --unset-all hotfix.gat");
    shop.git(&["config", "--local", "--unset-all", "hotfix.gat"])
        .ok();
    shop.write("shop/.hotfix.toml", "\n\nback_merge = [\"develop\"]\n");
    let ran = shop.hotfix(&["config"]).fails(3);
    ran.says(".hotfix.toml:3: unknown setting 'back_merge'; the nearest is 'back-merge'");
    let ran = shop.hotfix(&["gate"]).fails(3);
    ran.says(".hotfix.toml:3")
        .says("Correct the line; the file here counts, committed or not.");
}

/// Nothing slows the responder down: what records and shows goes on, and keeps what can be used.
#[test]
fn a_mistake_in_the_settings_stops_only_what_goes_by_the_policy() {
    let shop = Sandbox::shop();
    let text = "postmortems = \"incidents\"\ngate = \"blok\"\nchecklists = [\"a\"]\n";
    shop.write("shop/.hotfix.toml", text);
    shop.git(&["add", "."]).ok();
    shop.git(&["commit", "-qm", "our policy"]).ok();
    shop.git(&["push", "-q", "origin", "main"]).ok();
    let ran = shop.hotfix(&["start", "Login is down"]).ok();
    let ran = ran.says(".hotfix.toml:2: gate: 'blok' is none of block, warn, off");
    ran.says(".hotfix.toml:3: unknown setting 'checklists'")
        .says("incidents/2026-11-22-login-is-down.md");
    for command in [
        &["note", "429s"][..],
        &["impact", "all"],
        &["mitigate", "rollback", "v2.3.0"],
        &["cause", "old tokens"],
        &["check"],
        &["status"],
        &["list"],
        &["show"],
        &[],
    ] {
        shop.hotfix(command).ok().says("going by the default");
    }
    for command in [
        &["config"][..],
        &["init"],
        &["gate"],
        &["finish"],
        &["publish"],
        &["postmortem", "finalize"],
    ] {
        shop.hotfix(command).fails(3).says(".hotfix.toml:3");
    }
    shop.write("shop/.hotfix.toml", "gate = \"blok\"\n");
    shop.hotfix(&["gate"])
        .fails(3)
        .says("git -c hotfix.gate=block hotfix …");
    let past = ["-c", "hotfix.gate=block", "hotfix", "gate"];
    shop.git(&past).fails(1);
}

#[test]
fn hooks_are_looked_at_and_removed_whatever_the_settings_are() {
    for text in [
        "gate = \"blok\"\n",
        "prefix = \"\"\n",
        "gate = [\n",
        "gates = 1\n",
    ] {
        let shop = Sandbox::shop();
        shop.hotfix(&["hooks", "install"]).ok();
        shop.write("shop/.hotfix.toml", text);
        for act in ["status", "uninstall", "status"] {
            let ran = shop.hotfix(&["hooks", act]).ok();
            ran.says("going by the default");
        }
        assert!(!shop.path("shop/.git/hooks/pre-push").exists());
        shop.hotfix(&[
            "hooks",
            "install",
            "--mode",
            "snippet",
            "--manager",
            "husky",
        ])
        .ok();
    }
}

/// What a shim does without the program goes by the prefix that it holds.
#[test]
fn hooks_are_installed_when_the_prefix_is_sure() {
    let shop = Sandbox::shop();
    for text in ["prefix = \"\"\n", "gate = [\n", "prefixes = \"fix/\"\n"] {
        shop.write("shop/.hotfix.toml", text);
        let ran = shop.hotfix(&["hooks", "install"]).fails(3);
        ran.says(".hotfix.toml:1").says("Nothing was installed.");
    }
    shop.write("shop/.hotfix.toml", "gate = \"blok\"\nprefix = \"fix/\"\n");
    let ran = shop.hotfix(&["hooks", "install"]).ok();
    ran.says("gate: 'blok' is none of block, warn, off");
    assert!(shop.read("shop/.git/hooks/pre-push").contains("'fix/'"));
}

#[test]
fn a_tracked_file_can_name_no_program() {
    let shop = Sandbox::shop();
    for name in ["command", "tracker", "webhook", "editor"] {
        shop.write("shop/.hotfix.toml", format!("{name} = \"touch pwned\"\n"));
        let ran = shop.hotfix(&["config"]).fails(3);
        ran.says("programs and addresses are never read from a tracked file");
    }
    assert!(!shop.path("shop/pwned").exists());
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    let shop = Sandbox::shop();
    for (text, place) in [
        ("gate = \"warn\"\nlanding = merge\n", ".hotfix.toml:2"),
        ("gate = \"maybe\"\n", ".hotfix.toml:1"),
        ("\n\ntimeout = true\n", ".hotfix.toml:3"),
        ("checklist = \"one\"\n", ".hotfix.toml:1"),
        ("checklist = [\n\"one\",\n2]\n", ".hotfix.toml:3"),
        ("prefix = \"\"\n", ".hotfix.toml:1"),
        ("postmortems = \"../elsewhere\"\n", ".hotfix.toml:1"),
        ("postmortems = \".git/hooks\"\n", ".hotfix.toml:1"),
        ("[gate]\nx = 1\n", ".hotfix.toml:1"),
    ] {
        shop.write("shop/.hotfix.toml", text);
        let ran = shop.hotfix(&["config"]).fails(3);
        assert!(ran.stderr.contains(place), "{text:?}: {}", ran.stderr);
    }
    shop.write("shop/.hotfix.toml", [0xff, 0xfe, b'x']);
    shop.hotfix(&["config"]).fails(3).says(".hotfix.toml");
    shop.write("shop/.hotfix.toml", "\u{feff}gate = \"warn\"\r\n");
    assert_eq!(
        setting(shop.hotfix(&["config"]), "gate"),
        "warn .hotfix.toml:1"
    );
}

#[test]
fn a_value_of_gits_that_cannot_be_used_names_its_key_and_scope() {
    let shop = Sandbox::shop();
    shop.git(&["config", "--global", "hotfix.timeout", "soon"])
        .ok();
    let ran = shop.hotfix(&["config"]).fails(3);
    ran.says("git config hotfix.timeout (global)");
}
