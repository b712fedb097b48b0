//! pre-push.

use super::*;

#[test]
fn an_unready_push_is_blocked_and_says_what_to_type() {
    let shop = unready();
    let ran = shop.git(&["push", "-q", "origin", BRANCH]);
    let url = shop.path("origin.git").display().to_string();
    expect![[r#"
        ! hotfix: hotfix/login-is-down is not ready to deploy
        !   - [ ] Root cause identified  git hotfix cause "…"
        !   - [ ] Fix tested locally     git hotfix check locally
        !   - [ ] Rollback plan ready    git hotfix check rollback
        !   - [ ] Monitoring in place    git hotfix check monitoring
        !   - [ ] Fix tested in staging (if time permits)
        !       git hotfix check staging --skip --reason "…"
        !   - Impact is not described    git hotfix impact "…"
        ! Nothing was pushed. To share unfinished work: git hotfix publish
        ! To go on regardless, on the record: GIT_HOTFIX_OVERRIDE="why" git push …
        ! error: failed to push some refs to '<origin>'
        [exit 1]
    "#]]
    .assert_eq(&ran.screen().replace(&url, "<origin>"));
}

#[test]
fn every_way_a_hotfix_can_leave_is_judged() {
    let shop = unready();
    let tip = shop.rev(BRANCH);
    shop.git(&["branch", "hotfix/b", "main"]).ok();
    for specs in [
        vec![BRANCH.to_owned()],
        vec!["HEAD".to_owned()],
        vec![format!("{BRANCH}:main")],
        vec![format!("{tip}:refs/heads/hotfix/e")],
        vec!["main:hotfix/b".to_owned()],
        vec!["HEAD:refs/for/main".to_owned()],
        vec!["HEAD^{/not panic}:refs/heads/hotfix/f".to_owned()],
        vec!["v2.3.0:refs/tags/other".to_owned(), BRANCH.to_owned()],
        vec!["--all".to_owned()],
        vec!["--mirror".to_owned()],
    ] {
        let before = shop.refs("origin.git");
        let all: Vec<&str> = ["push", "-q", "origin"]
            .into_iter()
            .chain(specs.iter().map(String::as_str))
            .collect();
        let ran = shop.git(&all);
        assert_eq!(ran.code, 1, "{specs:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("is not ready to deploy"),
            "{specs:?}: {}",
            ran.stderr
        );
        assert_eq!(shop.refs("origin.git"), before, "{specs:?}");
    }
    shop.git(&["switch", "-q", "--detach"]).ok();
    shop.git(&["push", "-q", "origin", "HEAD:refs/heads/hotfix/d"])
        .fails(1);
    let url = shop.path("origin.git").display().to_string();
    shop.git(&["push", "-q", &url, BRANCH])
        .fails(1)
        .says("is not ready to deploy");
}

/// What is not judged would be let through: a fix that is pushed straight to production among it.
#[test]
fn a_push_is_stopped_where_nobody_can_tell_what_production_is() {
    let shop = unready();
    shop.write("shop/.git/refs/remotes/origin/HEAD", b"\xff");
    shop.git(&["push", "-q", "origin", &format!("{BRANCH}:main")])
        .fails(1)
        .says("git config hotfix.production <branch>");
    shop.hotfix(&["publish"])
        .fails(3)
        .says("reading refs/remotes/origin/HEAD");
    shop.git(&["config", "hotfix.production", "main"]).ok();
    shop.hotfix(&["publish"]).ok();
}

#[test]
fn what_is_no_fix_goes_without_a_word() {
    let shop = unready();
    shop.git(&["tag", "nightly"]).ok();
    shop.git(&[
        "push",
        "-q",
        "--no-verify",
        "origin",
        BRANCH,
        "main:hotfix/old",
    ])
    .ok();
    for specs in [
        vec!["main:refs/heads/feature"],
        vec!["nightly"],
        vec!["v2.3.0:refs/tags/v2.3.0-again"],
        vec![":hotfix/old"],
        vec!["refs/hotfix/incidents/*:refs/hotfix/incidents/*"],
        vec!["main"],
        vec![BRANCH],
    ] {
        let all: Vec<&str> = ["push", "-q", "origin"]
            .into_iter()
            .chain(specs.clone())
            .collect();
        let ran = shop.git(&all);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{specs:?}");
    }
}

#[test]
fn what_git_says_is_read_whole_or_the_push_is_stopped() {
    let shop = unready();
    let hook = ["hook", "pre-push", "origin", "../origin.git"];
    let ran = shop.hotfix_fed(&hook, b"").ok();
    assert_eq!(ran.screen(), "", "there is nothing to push");
    let ran = shop.hotfix_fed(&hook, b"not what git writes\n").fails(3);
    ran.says("line 1 of the push is not 'local id remote id'");
    let (tip, zero) = (shop.rev(BRANCH), "0".repeat(64));
    let line = format!("refs/heads/{BRANCH} {tip} refs/heads/{BRANCH} {zero}");
    shop.hotfix_fed(&hook, line.as_bytes())
        .fails(1)
        .says("is not ready to deploy");
    let line = format!("(delete) {zero} refs/heads/{BRANCH} {tip}\n");
    shop.hotfix_fed(&hook, line.as_bytes()).ok();
}

#[test]
fn a_ready_fix_goes() {
    let shop = Sandbox::ready();
    let ran = shop.git(&["push", "-q", "origin", BRANCH]).ok();
    assert_eq!(ran.stderr, "");
    assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
}

#[test]
fn a_thousand_refs_are_read_to_the_end() {
    let shop = unready();
    let head = shop.rev("main");
    let names: String = (0..1000)
        .map(|n| format!("create refs/heads/bulk/{n:04} {head}\n"))
        .collect();
    shop.write("refs", names);
    in_shell(&shop, "git update-ref --stdin <../refs", &[]).ok();
    shop.git(&[
        "push",
        "-q",
        "origin",
        "refs/heads/bulk/*:refs/heads/bulk/*",
    ])
    .ok();
    let all = ["push", "-q", "origin", "refs/heads/*:refs/heads/*"];
    shop.git(&all).fails(1).says("is not ready to deploy");
}

#[test]
fn an_override_goes_through_and_is_on_the_record_once() {
    let shop = unready();
    let environment = [("GIT_HOTFIX_OVERRIDE", "customers wait")];
    let ran = shop
        .git_with(&environment, &["push", "-q", "origin", BRANCH])
        .ok();
    ran.says("customers wait");
    shop.git_with(
        &environment,
        &["push", "-q", "origin", &format!("{BRANCH}:hotfix/again")],
    )
    .ok();
    let record = shop.record();
    let notes: Vec<&str> = record
        .lines()
        .filter(|line| line.contains("Gate overridden"))
        .collect();
    assert_eq!(notes.len(), 1, "{record}");
    assert!(
        notes[0].contains(" - customers wait (skipped: "),
        "{record}"
    );
    assert!(notes[0].contains("Rollback plan ready"), "{record}");
    let actions: Vec<&str> = record
        .lines()
        .filter(|line| line.starts_with("- [ ] Make up for the override"))
        .collect();
    assert_eq!(actions.len(), 1, "{record}");
    assert!(actions[0].contains("customers wait"), "{record}");
}

#[test]
fn an_override_by_anybody_excuses_what_it_names() {
    let shop = unready();
    shop.git(&["config", "user.name", "Ada - SRE"]).ok();
    let reason = "down at noon - (skipped: x); [y]";
    shop.hotfix(&["gate", "--override", reason]).ok();
    shop.hotfix(&["gate"])
        .ok()
        .says("(overridden by Ada - SRE - down at noon");
    shop.git(&["push", "-q", "origin", BRANCH]).ok();
}

#[test]
fn an_override_that_no_record_can_take_is_refused() {
    let shop = unready();
    shop.git(&["switch", "-qc", "hotfix/zz", "main"]).ok();
    shop.commit("src/z.rs", "", "fix: [HOTFIX] z");
    let environment = [("GIT_HOTFIX_OVERRIDE", "because")];
    let push = || shop.git_with(&environment, &["push", "-q", "origin", "HEAD"]);
    let ran = push().fails(1);
    let ran = ran
        .says("no record belongs to this fix")
        .says("Nothing was pushed.")
        .says("git hotfix adopt hotfix/zz");
    assert!(!ran.stderr.contains("on the record: because"));
    assert!(!remote_has(&shop, "hotfix/zz"));
    shop.hotfix(&["adopt", "hotfix/zz"]).ok();
    push().ok();
    assert!(remote_has(&shop, "hotfix/zz"));
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert!(record.contains(" - because (skipped: "), "{record}");
}

#[test]
fn an_override_needs_a_reason() {
    let shop = unready();
    for reason in ["", "   "] {
        let environment = [("GIT_HOTFIX_OVERRIDE", reason)];
        let ran = shop
            .git_with(&environment, &["push", "-q", "origin", BRANCH])
            .fails(1);
        ran.says("the override has no reason")
            .says("Say why: GIT_HOTFIX_OVERRIDE=\"staging is down\" git push …");
    }
    assert!(!remote_has(&shop, BRANCH));
    assert!(!shop.record().contains("overridden"));
}

#[test]
fn an_override_of_a_ready_fix_is_nothing_to_record() {
    let shop = Sandbox::ready();
    let environment = [("GIT_HOTFIX_OVERRIDE", "customers wait")];
    shop.git_with(&environment, &["push", "-q", "origin", BRANCH])
        .ok();
    assert!(!shop.record().contains("customers wait"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_dry_run_records_nothing() {
    let shop = unready();
    let before = shop.refs("shop");
    let environment = [("GIT_HOTFIX_OVERRIDE", "customers wait")];
    for flag in ["--dry-run", "-n", "-qn"] {
        shop.git_with(&environment, &["push", flag, "origin", BRANCH])
            .ok();
        shop.git(&["push", flag, "origin", BRANCH])
            .fails(1)
            .says("is not ready to deploy");
    }
    assert_eq!(shop.refs("shop"), before);
    shop.git_with(
        &environment,
        &["push", "-q", "-o", "nothing", "origin", BRANCH],
    );
    assert!(
        shop.record().contains("customers wait"),
        "an option's value is no flag"
    );
}

#[test]
fn each_incidents_record_holds_only_what_it_left_out() {
    let shop = unready();
    shop.hotfix(&["start", "Cart is down"]).ok();
    shop.hotfix(&["impact", "nobody can pay"]).ok();
    let environment = [("GIT_HOTFIX_OVERRIDE", "both at once")];
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] cart"])
        .ok();
    shop.git_with(
        &environment,
        &["push", "-q", "origin", BRANCH, "hotfix/cart-is-down"],
    )
    .ok();
    let cart = shop.hotfix(&["show", "-i", "cart"]).ok().stdout;
    let login = shop.hotfix(&["show", "-i", "login"]).ok().stdout;
    let skipped = |record: &str| {
        record
            .lines()
            .find(|line| line.contains("Gate overridden"))
            .unwrap()
            .to_owned()
    };
    assert!(
        skipped(&login).contains("Impact is not described"),
        "{login}"
    );
    assert!(
        !skipped(&cart).contains("Impact is not described"),
        "{cart}"
    );
}

#[test]
fn where_a_review_lands_the_fix_an_unready_branch_is_only_warned_of() {
    let shop = unready();
    shop.git(&["config", "hotfix.landing", "pull-request"]).ok();
    let ran = shop.git(&["push", "-q", "origin", BRANCH]).ok();
    ran.says("not ready to deploy yet")
        .says("git hotfix check rollback");
    shop.git(&["push", "-q", "origin", &format!("{BRANCH}:main")])
        .fails(1);
    shop.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        "quick fix",
    ])
    .ok();
    shop.git(&["push", "-q", "origin", BRANCH])
        .fails(1)
        .says("quick fix");
}

#[test]
fn the_gate_can_be_lowered_or_taken_away() {
    let shop = unready();
    shop.git(&["config", "hotfix.gate", "warn"]).ok();
    shop.git(&["push", "-q", "origin", BRANCH])
        .ok()
        .says("git hotfix check rollback");
    shop.git(&["config", "hotfix.gate", "off"]).ok();
    let ran = shop
        .git(&["push", "-q", "origin", &format!("{BRANCH}:main")])
        .ok();
    assert_eq!(ran.stderr, "");
    let ran = shop.git(&[
        "-c",
        "hotfix.gate=block",
        "push",
        "-q",
        "origin",
        "main:hotfix/x",
    ]);
    ran.fails(1);
}

#[test]
fn production_and_releases_with_an_unready_fix_are_blocked() {
    let shop = unready();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] more"])
        .ok();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", "--no-ff", "--no-edit", BRANCH])
        .ok();
    shop.git(&["push", "-q", "origin", "main"])
        .fails(1)
        .says("git hotfix check rollback");
    shop.git(&["tag", "-am", "v2.3.2", "v2.3.2"]).ok();
    shop.git(&["push", "-q", "origin", "v2.3.2"])
        .fails(1)
        .says("git hotfix check rollback");
    shop.git(&["push", "-q", "--follow-tags", "origin", "main"])
        .fails(1);
    assert_eq!(shop.rev_in("origin.git", "main"), shop.rev("origin/main"));
    let environment = [("GIT_HOTFIX_OVERRIDE", "customers wait")];
    shop.git_with(&environment, &["push", "-q", "origin", "main", "v2.3.2"])
        .ok();
    let record = shop.hotfix(&["show"]).ok().stdout;
    assert_eq!(record.matches("customers wait").count(), 2, "{record}");
}

#[test]
fn a_part_of_a_fix_is_a_fix() {
    let shop = unready();
    shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] more"])
        .ok();
    let ran = shop.git(&[
        "push",
        "-q",
        "origin",
        &format!("{}:main", shop.rev("HEAD^")),
    ]);
    ran.fails(1).says("git hotfix check rollback");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", &format!("{BRANCH}^")]).ok();
    shop.git(&["push", "-q", "origin", "main"])
        .fails(1)
        .says("git hotfix check rollback");
}

#[test]
fn production_moves_freely_when_no_fix_is_in_it() {
    let shop = unready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/cart.rs", "", "feat: cart");
    shop.git(&["tag", "-am", "v2.4.0", "v2.4.0"]).ok();
    let ran = shop
        .git(&["push", "-q", "--follow-tags", "origin", "main"])
        .ok();
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_forced_push_is_judged_by_what_the_branch_holds() {
    let shop = Sandbox::ready();
    shop.git(&["push", "-q", "origin", BRANCH]).ok();
    shop.git(&["commit", "-q", "--no-verify", "--amend", "-m", "quick fix"])
        .ok();
    shop.git(&["push", "-q", "--force", "origin", BRANCH])
        .fails(1)
        .says("quick fix");
    shop.git(&["commit", "-q", "--amend", "-m", "fix: [HOTFIX] slow fix"])
        .ok();
    shop.git(&["push", "-q", "--force", "origin", BRANCH]).ok();
}
