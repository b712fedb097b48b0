//! `verify`: what no hook of the person's has judged, in CI and on a server.

use crate::support::{Ran, Sandbox};

/// A clone as CI makes one: one commit checked out, no records.
fn ci(shop: &Sandbox, arguments: &[&str]) {
    let clone = [
        "clone",
        "-q",
        "--no-tags",
        "-c",
        "advice.detachedHead=false",
    ];
    let url = format!("file://{}", shop.path("origin.git").display());
    let rest = [url.as_str(), "ci"];
    shop.git_in("", &[&clone[..], arguments, &rest].concat())
        .ok();
}

/// The incident with its branch pushed, ready or not, and the record there when asked for.
fn pushed(ready: bool, record: bool) -> Sandbox {
    let shop = if ready {
        Sandbox::ready()
    } else {
        Sandbox::incident()
    };
    if !ready {
        shop.commit(
            "src/auth.rs",
            "fn login() { ok() }\n",
            "fix: [HOTFIX] do not panic",
        );
    }
    shop.git(&[
        "push",
        "-q",
        "--no-verify",
        "origin",
        "hotfix/login-is-down",
    ])
    .ok();
    if record {
        shop.git(&["push", "-q", "origin", "refs/hotfix/*:refs/hotfix/*"])
            .ok();
    }
    shop
}

const RECORDS: &str = "refs/hotfix/*:refs/hotfix/*";

fn verify(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.hotfix_in("ci", &[&["verify"], arguments].concat())
}

#[test]
fn a_ready_fix_is_let_through() {
    let shop = pushed(true, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    shop.git_in("ci", &["fetch", "-q", "origin", RECORDS]).ok();
    verify(&shop, &["origin/main..HEAD"])
        .ok()
        .says("1 commit, 1 judged");
    // CI checks out a commit and knows the names from its variables.
    shop.git_in("ci", &["checkout", "-q", "--detach"]).ok();
    let names = ["--branch", "hotfix/login-is-down", "--target", "main"];
    let (base, head) = (shop.rev("main"), shop.rev_in("ci", "HEAD"));
    let ids = ["--base", &base, "--head", &head];
    let json = verify(&shop, &[&ids[..], &names, &["--json"]].concat())
        .ok()
        .json();
    assert_eq!(json["incidents"][0], "2026-11-22-login-is-down");
    assert_eq!(json["head"], head);
}

#[test]
fn an_unready_fix_is_not() {
    let shop = pushed(false, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    shop.git_in("ci", &["fetch", "-q", "origin", RECORDS]).ok();
    verify(&shop, &[])
        .fails(1)
        .says("[ ] Rollback plan ready")
        .says("Impact is not described");
}

#[test]
fn a_clone_without_records_says_how_to_get_them() {
    let shop = pushed(true, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    let line = "git fetch origin 'refs/hotfix/*:refs/hotfix/*'";
    verify(&shop, &["origin/main..HEAD"]).fails(1).says(line);
    shop.git_in("ci", &["fetch", "origin", RECORDS]).ok();
    verify(&shop, &["origin/main..HEAD"]).ok();
}
