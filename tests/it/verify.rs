//! `verify`: what no hook of the person's has judged, in CI and on a server.

use crate::support::{RECORDS, Ran, Sandbox};

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

/// One that has fetched them.
fn ci_with_records(shop: &Sandbox, arguments: &[&str]) {
    ci(shop, arguments);
    shop.fetch_records("ci");
}

fn push_branch(shop: &Sandbox) {
    let push = ["push", "-q", "--no-verify", "origin"];
    shop.git(&[&push[..], &["hotfix/login-is-down"]].concat())
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
    push_branch(&shop);
    if record {
        shop.push_records();
    }
    shop
}

fn verify(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.hotfix_in("ci", &[&["verify"], arguments].concat())
}

#[test]
fn a_ready_fix_is_let_through() {
    let shop = pushed(true, true);
    ci_with_records(&shop, &["-b", "hotfix/login-is-down"]);
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
    ci_with_records(&shop, &["-b", "hotfix/login-is-down"]);
    verify(&shop, &[])
        .fails(1)
        .says("[ ] Rollback plan ready")
        .says("Impact is not described");
}

#[test]
fn a_clone_without_records_says_how_to_get_them() {
    let shop = pushed(true, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    let line = "git fetch origin 'refs/hotfix/incidents/*:refs/hotfix/incidents/*'";
    verify(&shop, &["origin/main..HEAD"]).fails(1).says(line);
    shop.fetch_records("ci");
    verify(&shop, &["origin/main..HEAD"]).ok();
}

#[test]
fn a_shallow_clone_is_no_reason_to_let_anything_through() {
    let shop = pushed(true, true);
    for at in 0..3 {
        shop.commit(
            "src/auth.rs",
            &format!("fn login() {{ {at} }}\n"),
            "fix: [HOTFIX] again",
        );
    }
    push_branch(&shop);
    ci_with_records(&shop, &["--depth=2", "-b", "hotfix/login-is-down"]);
    let base = shop.rev("main");
    // The base is not there.
    let unshallow = "git fetch --unshallow origin";
    let ran = verify(&shop, &["--base", &base]).fails(3).says(unshallow);
    assert!(ran.stdout.is_empty());
    // It is there, and nobody knows what lies between.
    shop.git_in(
        "ci",
        &[
            "fetch",
            "-q",
            "--depth=1",
            "origin",
            "main:refs/remotes/origin/main",
        ],
    )
    .ok();
    verify(&shop, &["origin/main..HEAD"])
        .fails(3)
        .says(unshallow);
    verify(&shop, &[]).fails(3).says(unshallow);
    verify(&shop, &["--base", &"0".repeat(40)])
        .fails(3)
        .says(unshallow);
    shop.git_in("ci", &["fetch", "-q", "--unshallow", "origin"])
        .ok();
    verify(&shop, &["--base", &base, "--target", "main"])
        .ok()
        .says("4 commits, 4 judged");
}

#[test]
fn a_base_that_is_not_there_or_not_related_is_none() {
    let shop = pushed(true, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    let gone = "1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e1a2b3c4d5e";
    let line = format!("git fetch origin {gone}");
    verify(&shop, &["--base", gone])
        .fails(3)
        .says("nothing is let through")
        .says(&line);
    verify(&shop, &["nowhere..HEAD"])
        .fails(3)
        .says("nowhere is not in this clone");
    let root = ["commit-tree", "-m", "another root", "HEAD^{tree}"];
    let root = shop.git_in("ci", &root).ok().stdout.trim().to_owned();
    verify(&shop, &["--base", &root])
        .fails(3)
        .says("no commit in common");
}

#[test]
fn zeros_are_where_the_default_branch_was_left_and_tags_are_peeled() {
    let shop = pushed(false, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    shop.git_in("ci", &["fetch", "-q", "--tags", "origin", RECORDS])
        .ok();
    for zeros in [40, 64] {
        let zeros = "0".repeat(zeros);
        verify(&shop, &["--base", &zeros])
            .fails(1)
            .says("1 commit, 1 judged");
    }
    shop.git_in("ci", &["tag", "-am", "x", "x"]).ok();
    let names = ["--branch", "hotfix/login-is-down"];
    let range = ["--base", "v2.3.1", "--head", "x"];
    let json = verify(&shop, &[&range[..], &names, &["--json"]].concat())
        .fails(1)
        .json();
    assert_eq!(
        (json["commits"].clone(), json["judged"].clone()),
        (1.into(), 1.into())
    );
    assert_eq!(json["base"], shop.rev("v2.3.1^{commit}"));
}

#[test]
fn a_clone_without_blobs_fetches_what_it_needs() {
    let shop = pushed(true, true);
    shop.git_in("origin.git", &["config", "uploadpack.allowFilter", "true"])
        .ok();
    ci(
        &shop,
        &[
            "--filter=blob:none",
            "--no-checkout",
            "-b",
            "hotfix/login-is-down",
        ],
    );
    shop.git_in(
        "ci",
        &["fetch", "-q", "--filter=blob:none", "origin", RECORDS],
    )
    .ok();
    verify(&shop, &["origin/main..HEAD"])
        .ok()
        .says("1 commit, 1 judged");
}

#[test]
fn a_change_does_not_choose_what_it_is_judged_by() {
    let shop = pushed(false, true);
    shop.commit(".hotfix.toml", "gate = \"off\"\n", "fix: [HOTFIX] no gate");
    push_branch(&shop);
    ci_with_records(&shop, &["-b", "hotfix/login-is-down"]);
    verify(&shop, &["origin/main..HEAD"])
        .fails(1)
        .says("Rollback plan ready");
    // What is in production is the team's word; a broken file there is not a way around it.
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit(".hotfix.toml", "gate = \"warn\"\n", "chore: policy");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git_in("ci", &["fetch", "-q", "origin"]).ok();
    verify(&shop, &["origin/main..HEAD"])
        .ok()
        .says("Rollback plan ready");
    shop.commit(".hotfix.toml", "gate = \"wran\"\n", "chore: policy");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git_in("ci", &["fetch", "-q", "origin"]).ok();
    verify(&shop, &["origin/main..HEAD"])
        .fails(1)
        .says("Rollback plan ready");
}

#[test]
fn on_production_only_what_belongs_to_an_incident_is_judged() {
    let shop = pushed(false, true);
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("a", "a", "whatever people write");
    let before = shop.rev("main");
    shop.git(&["push", "-q", "--no-verify", "origin", "main"])
        .ok();
    ci_with_records(&shop, &["-b", "main"]);
    let range = ["--base", "v2.3.1^{}", "--head", "HEAD"];
    shop.git_in("ci", &["fetch", "-q", "--tags"]).ok();
    verify(&shop, &range)
        .ok()
        .says("1 commit, 0 judged; no incident");
    let all = [&range[..], &["--all-commits"]].concat();
    verify(&shop, &all)
        .fails(1)
        .says("expected fix: [HOTFIX] whatever people write");
    // A squash by a forge, with the trailer and without the format.
    shop.git(&["merge", "-q", "--squash", "hotfix/login-is-down"])
        .ok();
    let message = "Login (#12)\n\nIncident: 2026-11-22-login-is-down\n";
    shop.git(&["commit", "-q", "--no-verify", "-m", message])
        .ok();
    shop.git(&["push", "-q", "--no-verify", "origin", "main"])
        .ok();
    shop.git_in("ci", &["pull", "-q"]).ok();
    let ran = verify(&shop, &["--base", &before]).fails(1);
    ran.says("1 commit, 1 judged")
        .says("Rollback plan ready")
        .says("Login (#12)");
}

#[test]
fn a_landing_of_ours_is_let_through_and_so_is_what_was_overridden_on_the_record() {
    let shop = pushed(false, false);
    let before = shop.rev("main");
    shop.hotfix(&["finish", "--push", "--override", "customers wait"])
        .ok();
    shop.push_records();
    ci(&shop, &["-b", "main"]);
    // Without the records nobody knows of the override.
    verify(&shop, &["--base", &before])
        .fails(1)
        .says("is not known here");
    shop.fetch_records("ci");
    let ran = verify(&shop, &["--base", &before]).ok();
    ran.says("(overridden by Ada - customers wait)")
        .says("2 commits, 2 judged");
}

#[test]
fn an_override_holds_for_its_own_fix_only() {
    let shop = pushed(false, true);
    shop.hotfix(&["gate", "--override", "customers wait"]).ok();
    verify_here(&shop)
        .ok()
        .says("overridden by Ada - customers wait");
    // Pushing it is not asked for a second time.
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down"])
        .ok();
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down:main"])
        .ok();
    shop.git(&["push", "-q", "-f", "--no-verify", "origin", "main"])
        .ok();
    shop.git(&["fetch", "-q"]).ok();
    shop.commit(
        "src/auth.rs",
        "fn login() { fine }\n",
        "fix: [HOTFIX] another",
    );
    verify_here(&shop).fails(1).says("Rollback plan ready");
    shop.git(&["push", "-q", "origin", "hotfix/login-is-down:main"])
        .fails(1);
}

fn verify_here(shop: &Sandbox) -> Ran {
    shop.hotfix(&["verify", "origin/main..HEAD"])
}

#[test]
fn a_record_in_the_tree_is_one_too() {
    let shop = Sandbox::ready();
    shop.git(&["add", "-f", ".claude/postmortems"]).ok();
    let message = "fix: [HOTFIX] with its record";
    shop.git(&["commit", "-q", "--no-verify", "-m", message])
        .ok();
    push_branch(&shop);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    verify(&shop, &["origin/main..HEAD"])
        .ok()
        .says("2026-11-22-login-is-down");
}

#[test]
fn a_copy_of_the_remotes_record_is_one_too() {
    let shop = pushed(true, true);
    ci(&shop, &["-b", "hotfix/login-is-down"]);
    let copies = "refs/hotfix/incidents/*:refs/hotfix/remotes/origin/*";
    shop.git_in("ci", &["fetch", "-q", "origin", copies]).ok();
    verify(&shop, &["origin/main..HEAD"]).ok();
}

#[test]
fn lines_of_either_hook_are_judged() {
    let shop = pushed(false, true);
    let (old, new) = (shop.rev("main"), shop.rev("hotfix/login-is-down"));
    let zeros = "0".repeat(40);
    let blocked = [
        format!("{zeros} {new} refs/heads/hotfix/login-is-down\n"),
        format!("{old} {new} refs/heads/main\n"),
        format!("{old} {new} refs/tags/v2.3.2\n"),
        format!("HEAD^{{/do not}} {new} refs/heads/main {old}\n"),
        format!("{zeros} {old} refs/heads/a\n{old} {new} refs/heads/main\n"),
    ];
    for lines in &blocked {
        let ran = shop.hotfix_fed(&["verify", "--push-lines"], lines.as_bytes());
        ran.fails(1).says("Rollback plan ready");
    }
    let fine = [
        String::new(),
        format!("{old} {zeros} refs/heads/main\n"),
        format!("{old} {new} refs/hotfix/incidents/x\n"),
        format!("{zeros} {old} refs/tags/nightly\n"),
    ];
    for lines in &fine {
        shop.hotfix_fed(&["verify", "--push-lines"], lines.as_bytes())
            .ok();
    }
    shop.hotfix_fed(&["verify", "--push-lines"], b"nonsense\n")
        .fails(3);
}

#[test]
fn what_production_brought_into_the_branch_is_not_the_fixs() {
    let shop = pushed(true, true);
    let base = shop.rev("main");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("a", "a", "whatever people write");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    shop.git(&["switch", "-q", "hotfix/login-is-down"]).ok();
    shop.git(&["merge", "-q", "-m", "Merge branch 'main'", "main"])
        .ok();
    shop.hotfix(&["verify", "--base", &base])
        .ok()
        .says("2 commits, 2 judged");
}

#[test]
fn bytes_that_are_no_text_are_judged_as_they_are() {
    let shop = pushed(true, true);
    shop.write("shop/message", b"fix: [HOTFIX] caf\xe9\n\nIncident: \xff\n");
    let latin1 = [
        "-c",
        "i18n.commitEncoding=ISO-8859-1",
        "commit",
        "-q",
        "--no-verify",
    ];
    let rest = ["--allow-empty", "-F", "message"];
    shop.git(&[&latin1[..], &rest].concat()).ok();
    verify_here(&shop).ok().says("2 commits, 2 judged");
}

#[test]
fn of_many_findings_some_are_shown_and_all_are_counted() {
    let shop = pushed(true, true);
    let mut input = String::new();
    for at in 0..60 {
        input.push_str(&format!(
            "commit refs/heads/hotfix/many\ncommitter A <a@b> {at} +0000\ndata 4\nwip\n\n"
        ));
        if at == 0 {
            input.push_str("from refs/heads/main^0\n");
        }
        input.push('\n');
    }
    shop.git_fed(&["fast-import", "--quiet"], input.as_bytes())
        .ok();
    let ran = shop.hotfix(&["verify", "main..hotfix/many"]).fails(1);
    ran.says("60 commits, 60 judged").says("… and 10 more");
}

#[test]
fn a_gate_that_is_lowered_says_so_and_by_whom() {
    let shop = pushed(false, true);
    let verify = |mode, arguments: &[&str]| {
        let variable = [("GIT_HOTFIX_GATE", mode)];
        let verify = [&["verify", "main..hotfix/login-is-down"], arguments].concat();
        shop.hotfix_with(&variable, &verify).ok()
    };
    let off = "The gate is off: nothing was judged, by GIT_HOTFIX_GATE";
    verify("off", &[]).says(off);
    verify("off", &["--format", "github"]).says(&format!("(gate-mode)::{off}"));
    let sarif = verify("off", &["--format", "sarif"]).foreign_json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"gate-mode".into(), &"warning".into())
    );
    let json = verify("off", &["--json"]).json();
    assert_eq!(
        (&json["gate"], &json["findings"][0]["message"]),
        (&"off".into(), &off.into())
    );
    verify("warn", &[])
        .says("The gate only warns, by GIT_HOTFIX_GATE")
        .says("Rollback plan ready");
    let block = verify("warn", &["--json"]).json();
    assert_eq!(block["gate"], "warn");
    shop.git(&["config", "hotfix.gate", "off"]).ok();
    shop.hotfix(&["verify", "main..hotfix/login-is-down"])
        .ok()
        .says("by git config hotfix.gate (local)");
}

mod two_open_incidents {
    use super::*;

    const FIX: &str = "hotfix/login-is-down";

    /// A complete fix that a merge of this subject brought to main, and whose branch is gone.
    fn merged(subject: &str, ready: bool) -> Sandbox {
        let shop = Sandbox::ready();
        if !ready {
            shop.hotfix(&["check", "rollback", "--undo"]).ok();
        }
        shop.hotfix(&["start", "Pay is down", "-s", "P0"]).ok();
        shop.git(&["switch", "-q", "main"]).ok();
        let merge = ["merge", "-q", "--no-ff", "-m", subject, FIX];
        shop.git(&merge).ok();
        shop.git(&["push", "-q", "--no-verify", "origin", "main"])
            .ok();
        shop.push_records();
        ci_with_records(&shop, &[]);
        shop
    }

    #[test]
    fn a_merge_that_names_the_branch_tells_whose_fix_it_brings() {
        for subject in [
            "Merge branch 'hotfix/login-is-down'",
            "Merge pull request #1 from x/hotfix/login-is-down",
        ] {
            let shop = merged(subject, true);
            let json = verify(&shop, &["HEAD^..HEAD", "--json"]).ok().json();
            assert_eq!(json["incidents"][0], "2026-11-22-login-is-down");
            assert_eq!(json["findings"].as_array().unwrap().len(), 0);
            let shop = merged(subject, false);
            verify(&shop, &["HEAD^..HEAD"])
                .fails(1)
                .says("Rollback plan ready");
        }
    }

    #[test]
    fn a_fix_that_nothing_names_is_to_name_its_incident() {
        let shop = merged("Merge it", true);
        verify(&shop, &["HEAD^..HEAD"])
            .fails(1)
            .says("it names no incident")
            .says("Incident: 2026-11-22-login-is-down, or 2026-11-22-pay-is-down");
        // Another branch's record is not here: that one is missing.
        let shop = merged("Merge branch 'hotfix/basket'", true);
        verify(&shop, &["HEAD^..HEAD"])
            .fails(1)
            .says("no record tells of this fix")
            .says("git fetch origin 'refs/hotfix/incidents/*:refs/hotfix/incidents/*'");
    }
}
