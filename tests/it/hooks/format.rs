//! The settings of the commit message's format, from `.hotfix.toml` to the refusal.

use super::*;

/// An incident of a team that has these settings.
fn with(settings: &str) -> Sandbox {
    let shop = Sandbox::incident();
    shop.write("shop/.hotfix.toml", settings);
    shop
}

fn commit(shop: &Sandbox, message: &str) -> Ran {
    shop.git(&["commit", "-q", "--allow-empty", "-m", message])
}

fn message(shop: &Sandbox) -> String {
    let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
    message.trim_end().to_owned()
}

/// The only incident's id.
fn id(shop: &Sandbox) -> String {
    let list = shop.hotfix(&["list", "--json"]).ok().json();
    list["incidents"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn another_type_and_another_tag() {
    let shop = with("types = [\"fix\", \"perf\"]\ntag = \"P0:\"\n");
    commit(&shop, "fix: P0: x").ok();
    commit(&shop, "perf(db)!: P0: x").ok();
    let ran = commit(&shop, "perf: faster login").fails(1);
    expect![[r#"
        ! hotfix: this message does not have the hotfix format
        !   (P0: comes after the type and ': ')
        !   perf: faster login
        !         ^ expected: perf: P0: faster login
        ! Your message is kept: git commit -m "perf: P0: faster login" --allow-empty
        [exit 1]
    "#]]
    .assert_eq(&ran.screen());
    let ran = commit(&shop, "faster login").fails(1);
    let retry = printed_retry(&ran);
    let want = "git hotfix commit -m \"faster login\" -- --allow-empty";
    assert_eq!(retry, want);
    in_shell(&shop, &retry, &[]).ok();
    assert_eq!(subject(&shop), "fix: P0: faster login");
    commit_with_editor(&shop, "sed -i '1s/$/by hand/' \"$1\"", &[]).ok();
    assert_eq!(subject(&shop), "fix: P0: by hand");
}

#[test]
fn no_tag_at_all() {
    let shop = with("tag = \"\"\n");
    commit(&shop, "fix: x").ok();
    shop.hotfix(&["commit", "-m", "login", "--", "--allow-empty"])
        .ok();
    assert_eq!(subject(&shop), "fix: login");
    commit(&shop, "login")
        .fails(1)
        .says("^ expected: fix: login");
    commit_with_editor(&shop, "true", &[]).fails(1);
}

#[test]
fn a_scope_that_is_required() {
    let shop = with("scope = \"required\"\n");
    commit(&shop, "fix(auth): [HOTFIX] x").ok();
    let ran = commit(&shop, "fix: [HOTFIX] x").fails(1);
    let ran = ran.says("     ^ expected: fix(<scope>): [HOTFIX] x");
    assert!(printed_retry(&ran).contains("-e -F"), "{}", ran.stderr);
    let fill = shop.executable("fill.sh", "#!/bin/sh\nsed -i '1s/fix:/fix(api):/' \"$1\"\n");
    let retry = printed_retry(&ran);
    in_shell(&shop, &retry, &[("GIT_EDITOR", &fill)]).ok();
    assert_eq!(subject(&shop), "fix(api): [HOTFIX] x");
    let ran = shop.hotfix(&["commit", "-m", "x", "--", "--allow-empty"]);
    ran.fails(2).says("git hotfix commit --scope \"…\" -m");
    let see = "cp \"$1\" \"${0%/*}/seen\"";
    commit_with_editor(&shop, see, &[]).fails(1);
    assert!(shop.read("seen").starts_with("fix(): [HOTFIX] \n"));
}

#[test]
fn a_scope_that_is_forbidden() {
    let shop = with("scope = \"forbidden\"\n");
    commit(&shop, "fix: [HOTFIX] x").ok();
    let ran = commit(&shop, "fix(auth): [HOTFIX] x").fails(1);
    ran.says("     ^ expected: fix: [HOTFIX] x");
    shop.hotfix(&[
        "commit",
        "-m",
        "y",
        "--scope",
        "auth",
        "--",
        "--allow-empty",
    ])
    .ok();
    assert_eq!(subject(&shop), "fix: [HOTFIX] y");
}

#[test]
fn a_first_line_that_is_too_long() {
    let shop = with("subject-length = 50\n");
    let words = "a".repeat(36);
    commit(&shop, &format!("fix: [HOTFIX] {words}")).ok();
    let ran = commit(&shop, &format!("fix: [HOTFIX] {words}bc")).fails(1);
    let caret = format!("\n{}^\n", " ".repeat(52));
    let ran = ran.says("(52 characters, and 50 at most)").says(&caret);
    let shorter = shop.executable("shorter.sh", "#!/bin/sh\nsed -i '1s/bc$//' \"$1\"\n");
    let retry = printed_retry(&ran);
    in_shell(&shop, &retry, &[("GIT_EDITOR", &shorter)]).ok();
    assert_eq!(subject(&shop), format!("fix: [HOTFIX] {words}"));
}

#[test]
fn trailers_that_the_record_knows_are_filled_in_once() {
    let shop = with("trailers = [\"Incident\", \"Severity\"]\n");
    let id = id(&shop);
    let trailers = format!("Incident: {id}\nSeverity: P0");
    shop.hotfix(&["commit", "-m", "one", "--", "--allow-empty"])
        .ok();
    assert_eq!(message(&shop), format!("fix: [HOTFIX] one\n\n{trailers}"));
    let whole = format!("two\n\nbody\n\nseverity: P1\nIncident: {id}");
    shop.hotfix(&["commit", "-m", &whole, "--", "--allow-empty"])
        .ok();
    assert_eq!(message(&shop), format!("fix: [HOTFIX] {whole}"));
    let ran = commit(&shop, "fix: [HOTFIX] three").fails(1);
    let ran = ran.says(&format!("\n  add: Incident: {id}\n"));
    let retry = printed_retry(&ran);
    in_shell(&shop, &retry, &[]).ok();
    assert_eq!(message(&shop), format!("fix: [HOTFIX] three\n\n{trailers}"));
    commit(&shop, "Revert \"x\"\n\nThis reverts commit 1a2b3c4.").ok();
}

#[test]
fn an_editor_is_opened_with_the_trailers_below_a_blank_line() {
    let shop = with("trailers = [\"Incident\", \"Severity\"]\n");
    let trailers = format!("Incident: {}\nSeverity: P0", id(&shop));
    let see = "cp \"$1\" \"${0%/*}/seen\"";
    commit_with_editor(&shop, see, &[]).fails(1);
    let front = format!("fix: [HOTFIX] \n\n{trailers}\n\n#");
    assert!(
        shop.read("seen").starts_with(&front),
        "{}",
        shop.read("seen")
    );
    let type_it = "sed -i '1s/$/by hand/' \"$1\"";
    commit_with_editor(&shop, type_it, &[]).ok();
    let want = format!("fix: [HOTFIX] by hand\n\n{trailers}");
    assert_eq!(message(&shop), want);
    let editor = shop.executable("editor.sh", &format!("#!/bin/sh\n{type_it}\n"));
    let arguments = ["commit", "--", "--allow-empty"];
    shop.hotfix_with(&[("GIT_EDITOR", &editor)], &arguments)
        .ok();
    assert_eq!(message(&shop), want);
}

#[test]
fn a_trailer_that_nobody_knows_is_asked_for() {
    let shop = with("trailers = [\"Reviewed-by\"]\n");
    let ran = shop
        .hotfix(&["commit", "-m", "x", "--", "--allow-empty"])
        .fails(2);
    ran.says("the trailer 'Reviewed-by' is missing at the end")
        .says("-- --trailer \"Reviewed-by: …\"");
    let by = "Reviewed-by: Grace";
    let arguments = ["commit", "-m", "x", "--", "--allow-empty", "--trailer", by];
    shop.hotfix(&arguments).ok();
    assert_eq!(message(&shop), format!("fix: [HOTFIX] x\n\n{by}"));
    let ran = commit(&shop, "fix: [HOTFIX] x").fails(1);
    let ran = ran.says("\n  add: Reviewed-by: <value>\n");
    assert!(printed_retry(&ran).contains("-e -F"), "{}", ran.stderr);
}

#[test]
fn the_gate_and_the_landing_go_by_the_format() {
    let shop = Sandbox::ready();
    shop.git(&["config", "hotfix.trailers", "Incident,Severity"])
        .ok();
    shop.git(&["config", "hotfix.subjectLength", "45"]).ok();
    let gate = shop.hotfix(&["gate"]).fails(1);
    gate.says("fix: [HOTFIX] do not panic: expected Incident: <value>");
    let amend = ["commit", "-m", "do not panic", "--", "--amend"];
    shop.hotfix(&amend).ok();
    shop.hotfix(&["gate"]).ok();
    shop.hotfix(&["finish"]).ok();
    let landed = shop.git(&["log", "-1", "--format=%B", "main"]).ok().stdout;
    let want = format!(
        "fix: [HOTFIX] Login is down\n\nIncident: {}\nSeverity: P0",
        id(&shop)
    );
    assert_eq!(landed.trim_end(), want);
}

#[test]
fn a_format_that_cannot_be_used_stops_no_commit() {
    let shop = with("scope = \"sometimes\"\n");
    let ran = commit(&shop, "fix: [HOTFIX] x").ok();
    ran.says("scope: 'sometimes' is none of optional, required, forbidden");
}

#[test]
fn the_pattern_for_forges_comes_alone() {
    let shop = with("prefix = \"hotfix/\"\n");
    let ran = shop.hotfix(&["config", "--ruleset"]).ok();
    assert_eq!(ran.stdout.lines().count(), 1);
    let ran = ran.says("include by pattern: hotfix/**/*");
    assert!(
        ran.stdout.starts_with(r"\A(fix(\([^()\s]"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.lines().all(|line| line.chars().count() <= 80));
    shop.git(&["config", "hotfix.subjectLength", "72"]).ok();
    let object = shop.hotfix(&["config", "--ruleset", "--json"]).ok().json();
    assert_eq!(object["pattern"].as_str(), Some(ran.stdout.trim_end()));
    assert_eq!(object["patterns"].as_array().map(Vec::len), Some(2));
    assert_eq!(object["branches"], "hotfix/**/*");
}
