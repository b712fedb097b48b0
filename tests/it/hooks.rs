//! The hooks, through the real `git commit` and `git push`.

mod chaining;
mod format;
mod installing;
mod messages;
mod publishing;
mod pushing;
mod the_shim;

use super::support::{Ran, Sandbox, binary, copy_program, printed_for};
use expect_test::expect;
use std::fs;

const BRANCH: &str = "hotfix/login-is-down";
const EVENTS: [&str; 3] = ["commit-msg", "prepare-commit-msg", "pre-push"];
const SCISSORS: &str = "------------------------ >8 ------------------------";

fn hook_file(event: &str) -> String {
    format!("shop/.git/hooks/{event}")
}

/// Commits with an editor that is a line of shell; `$1` is the message's file.
fn commit_with_editor(shop: &Sandbox, editor: &str, arguments: &[&str]) -> Ran {
    let editor = shop.executable("editor.sh", &format!("#!/bin/sh\n{editor}\n"));
    let all: Vec<&str> = ["commit", "-q", "--allow-empty"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    shop.git_with(&[("GIT_EDITOR", &editor)], &all)
}

fn subject(shop: &Sandbox) -> String {
    shop.git(&["log", "-1", "--format=%s"])
        .ok()
        .stdout
        .trim_end()
        .to_owned()
}

/// Whether the remote has a branch.
fn remote_has(shop: &Sandbox, name: &str) -> bool {
    shop.git_in("origin.git", &["rev-parse", "-q", "--verify", name])
        .code
        == 0
}

/// An incident with one right commit, whose checklist is open.
fn unready() -> Sandbox {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.git(&["commit", "-qam", "fix: [HOTFIX] do not panic"])
        .ok();
    shop
}

/// The command behind `Your message is kept:`, on the same line or the next.
fn printed_retry(ran: &Ran) -> String {
    let kept = ran.stderr.split_once("Your message is kept");
    let kept = kept.and_then(|(_, kept)| kept.split_once(':'));
    let (_, command) = kept.unwrap_or_else(|| panic!("no retry in\n{}", ran.stderr));
    let first = command.trim_start().lines().next();
    first.unwrap_or_default().to_owned()
}

fn in_shell(shop: &Sandbox, line: &str, environment: &[(&str, &str)]) -> Ran {
    let mut command = shop.command("sh", "shop");
    let output = command
        .args(["-c", line])
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
