//! `git hotfix commit`: the format without typing it.

use super::support::{Ran, Sandbox};

const BRANCH: &str = "hotfix/login-is-down";

/// An incident with a changed file.
fn changed() -> Sandbox {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop
}

fn message(shop: &Sandbox) -> String {
    shop.git(&["log", "-1", "--format=%B"])
        .ok()
        .stdout
        .trim_end()
        .to_owned()
}

fn commits(shop: &Sandbox) -> usize {
    shop.git(&["log", "--format=%h", "origin/main..HEAD"])
        .ok()
        .stdout
        .lines()
        .count()
}

#[test]
fn the_prefix_is_put_in_front() {
    let shop = changed();
    shop.git(&["add", "-A"]).ok();
    shop.hotfix(&["commit", "-m", "do not panic"]).ok();
    assert_eq!(message(&shop), "fix: [HOTFIX] do not panic");
    assert_eq!(commits(&shop), 1);
}

#[test]
fn a_scope_may_be_given() {
    let shop = changed();
    shop.hotfix(&["commit", "-a", "-m", "do not panic", "--scope", "auth"])
        .ok();
    assert_eq!(message(&shop), "fix(auth): [HOTFIX] do not panic");
    shop.write("shop/src/auth.rs", "again\n");
    for scope in ["", "a(b", " "] {
        let scope = format!("--scope={scope}");
        let ran = shop.hotfix(&["commit", "-a", "-m", "x", &scope]);
        // Either it is no scope, or it is none at all: never a message without the format.
        assert!(
            ran.code == 2 || message(&shop).starts_with("fix: [HOTFIX] "),
            "{}",
            message(&shop)
        );
    }
}

#[test]
fn who_types_the_format_does_not_get_it_twice() {
    let shop = changed();
    for text in [
        "fix: [HOTFIX] do not panic",
        "fix: do not panic",
        "[HOTFIX] do not panic",
    ] {
        shop.hotfix(&["commit", "-m", text, "--", "-q", "--allow-empty"])
            .ok();
        assert_eq!(message(&shop), "fix: [HOTFIX] do not panic");
    }
}

#[test]
fn the_body_stands_below_a_blank_line() {
    let shop = changed();
    shop.hotfix(&[
        "commit",
        "-a",
        "-m",
        "do not panic\nTokens are older.\n\nSee #12.",
    ])
    .ok();
    assert_eq!(
        message(&shop),
        "fix: [HOTFIX] do not panic\n\nTokens are older.\n\nSee #12."
    );
}

#[test]
fn other_arguments_are_git_commits() {
    let shop = changed();
    shop.write("shop/src/other.rs", "not yet\n");
    shop.git(&["add", "src/other.rs"]).ok();
    shop.hotfix(&[
        "commit",
        "-m",
        "do not panic",
        "--",
        "--signoff",
        "src/auth.rs",
    ])
    .ok();
    assert!(
        message(&shop).ends_with("Signed-off-by: Ada <ada@example.com>"),
        "{}",
        message(&shop)
    );
    let files = shop.git(&["show", "--format=", "--name-only"]).ok().stdout;
    assert_eq!(files, "src/auth.rs\n");
    shop.hotfix(&["commit", "-m", "do not panic at all", "--", "--amend", "-q"])
        .ok();
    assert_eq!(
        (commits(&shop), message(&shop).lines().next()),
        (1, Some("fix: [HOTFIX] do not panic at all"))
    );
}

#[test]
fn without_a_terminal_the_words_must_be_given() {
    let shop = changed();
    let ran = shop.hotfix(&["commit", "-a"]).fails(2);
    ran.says("there is no terminal to write the message in")
        .says("git hotfix commit -a -m \"what it does\"");
    assert_eq!(commits(&shop), 0);
}

#[test]
fn the_next_line_keeps_all_that_was_given_and_asks_for_all_that_is_missing() {
    let shop = changed();
    shop.git(&["config", "hotfix.scope", "required"]).ok();
    shop.git(&["config", "hotfix.trailers", "Reviewed-by"]).ok();
    let next = |arguments: &[&str]| {
        let ran = shop.hotfix(arguments).fails(2);
        ran.stderr
            .trim_end()
            .lines()
            .last()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let by = "-- --trailer \"Reviewed-by: …\"";
    assert_eq!(
        next(&["commit", "-am", "it's quick"]),
        format!("git hotfix commit -a --scope \"…\" -m \"it's quick\" {by}")
    );
    assert_eq!(
        next(&[
            "commit", "--scope", "auth", "-m", "quick", "--", "-q", "--", "a b"
        ]),
        format!("git hotfix commit --scope \"auth\" -m \"quick\" {by} -q -- \"a b\"")
    );
    let given = ["commit", "-m", "x", "--", "--trailer", "Reviewed-by: Grace"];
    assert_eq!(
        next(&given),
        "git hotfix commit --scope \"…\" -m \"x\" -- --trailer \"Reviewed-by: Grace\""
    );
    shop.hotfix(&[
        "commit",
        "-am",
        "quick",
        "--scope",
        "auth",
        "--",
        "--trailer",
        "Reviewed-by: G",
    ])
    .ok();
    assert_eq!(
        message(&shop),
        "fix(auth): [HOTFIX] quick\n\nReviewed-by: G"
    );
}

#[test]
fn an_empty_message_commits_nothing() {
    let shop = changed();
    for text in ["", "  ", "\n\n", "fix: [HOTFIX]", "[HOTFIX]"] {
        let ran = shop.hotfix(&["commit", "-a", "-m", text]).fails(2);
        ran.says("Nothing was committed.");
    }
    assert_eq!(commits(&shop), 0);
}

#[test]
fn off_a_hotfix_branch_it_is_refused() {
    let shop = changed();
    shop.git(&["switch", "-q", "main"]).ok();
    let ran = shop
        .hotfix(&["commit", "-a", "-m", "do not panic"])
        .fails(2);
    ran.says("this is not a hotfix/* branch")
        .says("Nothing was committed.");
    shop.git(&["switch", "-q", "--detach"]).ok();
    shop.hotfix(&["commit", "-a", "-m", "do not panic"])
        .fails(2);
    assert_eq!(commits(&shop), 0);
}

#[test]
fn nothing_to_commit_is_gits_word() {
    let shop = Sandbox::incident();
    let ran = shop
        .hotfix(&["commit", "-a", "-m", "do not panic"])
        .fails(3);
    ran.says("nothing to commit");
    assert_eq!(commits(&shop), 0);
}

#[test]
fn the_object_says_what_was_committed() {
    let shop = changed();
    let object = shop
        .hotfix(&["commit", "-a", "-m", "do not panic", "--json"])
        .ok()
        .json();
    assert_eq!(object["commit"], shop.rev("HEAD"));
    assert_eq!(object["subject"], "fix: [HOTFIX] do not panic");
    assert_eq!(object["branch"], BRANCH);
    let refused: Ran = shop.hotfix(&["commit", "-a", "-m", "again", "--json"]);
    assert_eq!(
        refused.json()["error"]["kind"],
        "failed",
        "{}",
        refused.stdout
    );
}

#[test]
fn somebody_elses_hook_may_refuse() {
    let shop = changed();
    shop.executable(
        "shop/.git/hooks/pre-commit",
        "#!/bin/sh\necho lint >&2\nexit 1\n",
    );
    shop.hotfix(&["commit", "-a", "-m", "do not panic"])
        .fails(3)
        .says("lint");
    assert_eq!(commits(&shop), 0);
}

#[cfg(unix)]
#[test]
fn the_editor_opens_with_the_prefix() {
    let shop = changed();
    let editor = shop.executable(
        "editor.sh",
        "#!/bin/sh\nsed -i '1s/$/do not panic/' \"$1\"\n",
    );
    let environment = [("GIT_EDITOR", editor.as_str())];
    shop.hotfix_with(&environment, &["commit", "-a", "--scope", "auth"])
        .ok();
    assert_eq!(message(&shop), "fix(auth): [HOTFIX] do not panic");
}

#[cfg(unix)]
#[test]
fn an_editor_that_is_left_as_it_is_commits_nothing_and_a_template_is_kept() {
    let shop = changed();
    shop.write("template", "\nTicket:\n");
    shop.git(&["config", "commit.template", "../template"]).ok();
    for prepared in [true, false] {
        if !prepared {
            shop.hotfix(&["hooks", "uninstall"]).ok();
        }
        let editor = shop.executable("editor.sh", "#!/bin/sh\ncp \"$1\" \"${0%/*}/seen\"\n");
        let environment = [("GIT_EDITOR", editor.as_str())];
        shop.hotfix_with(&environment, &["commit", "-a"]).fails(3);
        let seen = shop.read("seen");
        assert!(seen.starts_with("fix: [HOTFIX] \n\nTicket:\n"), "{seen}");
        assert_eq!(commits(&shop), 0);
    }
}

#[test]
fn no_hook_is_skipped_by_it_and_the_line_that_does_is_named() {
    let shop = changed();
    let marker = "#!/bin/sh\nexit 1\n";
    shop.executable("shop/.git/hooks/pre-commit", marker);
    for skip in ["--no-verify", "--no-verif", "-n", "-sn"] {
        let commit = ["commit", "-a", "-m", "do not panic", "--", skip];
        let ran = shop.hotfix(&commit).fails(1).says("Nothing was committed.");
        let line = format!("git commit -m \"fix: [HOTFIX] do not panic\" -a {skip}");
        ran.says(&line);
        assert_eq!(commits(&shop), 0, "{skip}");
    }
    // Values and files are none.
    for fine in [["-mn", "--dry-run"], ["--dry-run", "--"]] {
        let given = [&["commit", "-a", "-m", "x", "--"], &fine[..]].concat();
        let ran = shop.hotfix(&given);
        assert!(!ran.stderr.contains("no hook"), "{}", ran.stderr);
    }
    shop.git(&["commit", "-m", "fix: [HOTFIX] do not panic", "-a", "-n"])
        .ok();
    assert_eq!(commits(&shop), 1);
}

#[test]
fn a_linked_work_tree_and_a_subfolder_are_fine() {
    let shop = Sandbox::shop();
    shop.hotfix(&["start", "Login is down", "--worktree"]).ok();
    let there = "shop-hotfix-login-is-down";
    shop.write(&format!("{there}/src/auth.rs"), "fn login() { ok() }\n");
    shop.hotfix_in(
        &format!("{there}/src"),
        &["commit", "-m", "do not panic", "--", "auth.rs"],
    )
    .ok();
    let subject = shop.git(&["log", "-1", "--format=%s", BRANCH]).ok().stdout;
    assert_eq!(subject, "fix: [HOTFIX] do not panic\n");
}
