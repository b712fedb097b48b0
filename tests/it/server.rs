//! The gate on a server: pre-receive and post-receive of a bare repository, through the real push.

#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use crate::support::{Ran, Sandbox, binary};
use std::fs;

const BRANCH: &str = "hotfix/login-is-down";
const ID: &str = "2026-11-22-login-is-down";
const RECORD: &str = "refs/hotfix/incidents/2026-11-22-login-is-down";

/// Puts our hooks into the server's repository.
fn guard(shop: &Sandbox, events: &[&str]) {
    for event in events {
        let text = format!("#!/bin/sh\nexec '{}' hook {event}\n", binary().display());
        let file = format!("origin.git/hooks/{event}");
        shop.executable(&file, &text);
    }
}

fn guarded(shop: Sandbox) -> Sandbox {
    guard(&shop, &["pre-receive", "post-receive"]);
    shop
}

/// An incident with a fix that is not ready, and a server that judges.
fn unready() -> Sandbox {
    let shop = Sandbox::incident();
    shop.commit(
        "src/auth.rs",
        "fn login() { ok() }\n",
        "fix: [HOTFIX] do not panic",
    );
    guarded(shop)
}

/// Past our own hook on the client.
fn push(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.git(&[&["push", "--no-verify"], arguments].concat())
}

fn on_server(shop: &Sandbox, name: &str) -> bool {
    let ran = shop.git_in("origin.git", &["rev-parse", "-q", "--verify", name]);
    ran.code == 0
}

fn server_record(shop: &Sandbox) -> String {
    let file = format!("{RECORD}:{ID}.md");
    shop.git_in("origin.git", &["show", &file]).ok().stdout
}

fn advertise(shop: &Sandbox) {
    let set = ["config", "receive.advertisePushOptions", "true"];
    shop.git_in("origin.git", &set).ok();
}

#[test]
fn what_no_verify_lets_go_the_server_stops() {
    let shop = unready();
    let ran = push(&shop, &["origin", BRANCH, RECORD]).fails(1);
    ran.says("remote:   - [ ] Rollback plan ready")
        .says("pre-receive hook declined");
    assert!(!on_server(&shop, BRANCH) && !on_server(&shop, RECORD));
}

#[test]
fn a_ready_fix_goes_with_its_record_in_the_same_push() {
    let shop = guarded(Sandbox::ready());
    let line = format!("git push origin {BRANCH} 'refs/hotfix/incidents/*'");
    push(&shop, &["origin", BRANCH]).fails(1).says(&line);
    push(&shop, &["origin", BRANCH, "refs/hotfix/incidents/*"]).ok();
    assert!(on_server(&shop, BRANCH) && on_server(&shop, RECORD));
    // From now on the record is known there.
    shop.hotfix(&["commit", "--allow-empty", "-m", "say why"]);
    push(&shop, &["origin", BRANCH]).ok();
}

#[test]
fn what_is_done_but_not_there_is_pushed_along() {
    let shop = unready();
    push(&shop, &["origin", RECORD]).ok();
    shop.pass_the_gate();
    let line = format!("Push the record along: git push origin {BRANCH} {RECORD}");
    push(&shop, &["origin", BRANCH])
        .fails(1)
        .says("Rollback plan ready")
        .says(&line);
    let first = format!("Push the record along: git push origin {RECORD}");
    push(&shop, &["origin", &format!("{BRANCH}:main")])
        .fails(1)
        .says(&first);
    push(&shop, &["origin", BRANCH, RECORD]).ok();
    // A record that came along is as it is.
    let shop = unready();
    let ran = push(&shop, &["origin", BRANCH, RECORD]).fails(1);
    assert!(!ran.stderr.contains("along:"), "{}", ran.stderr);
}

#[test]
fn a_server_without_production_asks_for_the_record_first() {
    let shop = unready();
    for at in 0..5 {
        shop.commit("src/shop.rs", &format!("{at}"), "wip");
    }
    fs::rename(shop.path("origin.git"), shop.path("old.git")).unwrap();
    shop.git_in("", &["init", "-q", "--bare", "origin.git"])
        .ok();
    let shop = guarded(shop);
    let ran = push(&shop, &["origin", BRANCH]).fails(1);
    assert_eq!(
        ran.stderr.matches("remote:   - ").count(),
        1,
        "{}",
        ran.stderr
    );
    ran.says(&format!(
        "git push origin {BRANCH} 'refs/hotfix/incidents/*'"
    ));
    // With it, what is between the base and the fix is judged.
    let ran = push(&shop, &["origin", BRANCH, RECORD]).fails(1);
    assert_eq!(
        ran.stderr.matches("expected fix: [HOTFIX] wip").count(),
        5,
        "{}",
        ran.stderr
    );
}

#[test]
fn a_setting_that_cannot_be_used_is_warned_of_once() {
    let shop = unready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit(".hotfix.toml", "gate = \"maybe\"\n", "chore: a gate");
    push(&shop, &["-q", "origin", "main"]).ok();
    shop.commit("a", "a", "feat: a");
    let ran = push(&shop, &["-q", "origin", "main"]).ok();
    assert_eq!(
        ran.stderr.matches("going by the default").count(),
        1,
        "{}",
        ran.stderr
    );
}

#[test]
fn publish_says_what_to_type_when_nobody_answers() {
    let shop = unready();
    fs::rename(shop.path("origin.git"), shop.path("old.git")).unwrap();
    shop.hotfix(&["publish"])
        .fails(3)
        .says(&format!("git ls-remote origin {BRANCH}"));
}

#[test]
fn what_concerns_no_incident_goes_without_a_word() {
    let shop = unready();
    shop.git(&["switch", "-q", "-c", "topic", "main"]).ok();
    shop.commit("src/shop.rs", "fn pay() {}\n", "wip");
    let ran = push(&shop, &["-q", "origin", "topic", RECORD]).ok();
    assert_eq!(ran.stderr, "");
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("src/shop.rs", "fn pay() {}\n", "feat: pay");
    shop.git(&["tag", "nightly"]).ok();
    shop.git(&["tag", "-am", "v2.4.0", "v2.4.0"]).ok();
    let ran = push(
        &shop,
        &["-q", "origin", "main", "nightly", "v2.4.0", ":topic"],
    )
    .ok();
    assert_eq!(ran.stderr, "");
}

#[test]
fn production_takes_no_unready_fix_by_whichever_way() {
    let shop = unready();
    push(&shop, &["origin", RECORD]).ok();
    let fix = format!("{}:main", shop.rev(BRANCH));
    push(&shop, &["origin", &fix])
        .fails(1)
        .says("Rollback plan ready");
    // A merge.
    shop.git(&["switch", "-q", "main"]).ok();
    shop.git(&["merge", "-q", "--no-ff", "-m", "Merge it", BRANCH])
        .ok();
    push(&shop, &["origin", "main"])
        .fails(1)
        .says("Rollback plan ready");
    // A tag, annotated.
    shop.git(&["tag", "-am", "v2.3.2", "v2.3.2"]).ok();
    push(&shop, &["origin", "v2.3.2"])
        .fails(1)
        .says("Rollback plan ready");
    // Picked onto production: another commit of the same person, time and words.
    shop.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    shop.commit("src/shop.rs", "fn pay() {}\n", "feat: pay");
    shop.git(&["-c", "core.hooksPath=", "cherry-pick", BRANCH])
        .ok();
    push(&shop, &["origin", BRANCH]).fails(1);
    shop.git(&[
        "push",
        "-q",
        "--no-verify",
        "--force",
        "origin",
        "HEAD:refs/heads/topic",
    ])
    .ok();
    push(&shop, &["origin", "main"])
        .fails(1)
        .says("Rollback plan ready");
    assert_eq!(shop.rev_in("origin.git", "main"), shop.rev("origin/main"));
}

#[test]
fn a_fix_that_lies_on_another_branch_already_is_new_to_production_all_the_same() {
    let shop = unready();
    push(
        &shop,
        &["origin", &format!("{BRANCH}:refs/heads/aside"), RECORD],
    )
    .ok();
    let fix = format!("{BRANCH}:refs/heads/main");
    push(&shop, &["origin", &fix])
        .fails(1)
        .says("Rollback plan ready");
}

#[test]
fn a_fix_without_any_record_is_stopped_before_production() {
    let shop = unready();
    let fix = format!("{BRANCH}:main");
    push(&shop, &["origin", &fix])
        .fails(1)
        .says("no record tells of this fix")
        .says("git push origin 'refs/hotfix/incidents/*'");
}

#[test]
fn one_ref_that_is_refused_refuses_the_push() {
    let shop = unready();
    let names: Vec<String> = (0..1000).map(|at| format!("refs/heads/t{at}")).collect();
    let main = shop.rev("main");
    let packed: String = names
        .iter()
        .map(|name| format!("{main} {name}\n"))
        .collect();
    shop.git(&["pack-refs", "--all"]).ok();
    let have = shop.read("shop/.git/packed-refs");
    shop.write(
        "shop/.git/packed-refs",
        format!("{}{packed}", have.replace(" sorted", "")),
    );
    push(
        &shop,
        &[
            "-q",
            "origin",
            "refs/heads/t*:refs/heads/t*",
            BRANCH,
            RECORD,
        ],
    )
    .fails(1);
    assert!(!on_server(&shop, "t0"));
    push(&shop, &["-q", "origin", "refs/heads/t*:refs/heads/t*"]).ok();
    assert!(on_server(&shop, "t999"));
}

#[test]
fn the_policy_is_the_one_in_production_before_the_push() {
    let shop = unready();
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit(".hotfix.toml", "gate = \"off\"\n", "chore: no gate");
    shop.git(&["merge", "-q", "--no-ff", "-m", "Merge it", BRANCH])
        .ok();
    push(&shop, &["origin", "main", RECORD])
        .fails(1)
        .says("Rollback plan ready");
    // Once it is there it counts.
    push(&shop, &["-q", "origin", "main^:main", RECORD]).ok();
    push(&shop, &["-q", "origin", "main"]).ok();
    // The server's own configuration is above it.
    shop.git(&["switch", "-q", BRANCH]).ok();
    shop.git_in("origin.git", &["config", "hotfix.gate", "block"])
        .ok();
    push(&shop, &["origin", BRANCH])
        .fails(1)
        .says("Rollback plan ready");
}

#[test]
fn a_push_that_makes_production_brings_its_policy_and_its_history() {
    let shop = unready();
    shop.git_in("", &["init", "-q", "--bare", "origin2.git"])
        .ok();
    fs::rename(shop.path("origin.git"), shop.path("old.git")).unwrap();
    fs::rename(shop.path("origin2.git"), shop.path("origin.git")).unwrap();
    let shop = guarded(shop);
    shop.git(&["switch", "-q", "main"]).ok();
    shop.commit("a", "a", "fix: [HOTFIX] long ago");
    shop.git(&["branch", "-q", "-D", BRANCH]).ok();
    push(&shop, &["-q", "origin", "main"]).ok();
}

#[test]
fn what_publish_shares_gets_through_and_the_server_knows_why() {
    let shop = unready();
    shop.hotfix(&["publish"]).ok();
    assert_eq!(shop.rev(BRANCH), shop.rev_in("origin.git", BRANCH));
    let published = format!(
        "Hotfix branch published - {} to origin",
        &shop.rev(BRANCH)[..7]
    );
    assert!(server_record(&shop).contains(&published));
    assert!(shop.record().contains(&published));
    assert_eq!(shop.rev(RECORD), shop.rev_in("origin.git", RECORD));
    // Shared is not deployed.
    push(&shop, &["origin", &format!("{BRANCH}:main")]).fails(1);
    // Another commit is not the one that was shared.
    shop.commit("src/auth.rs", "fn login() { ok }\n", "fix: [HOTFIX] more");
    push(&shop, &["origin", BRANCH]).fails(1);
    shop.hotfix(&["publish"]).ok();
}

#[test]
fn a_message_without_the_format_is_never_taken() {
    let shop = unready();
    shop.commit("src/auth.rs", "fn login() { ok }\n", "quick fix");
    shop.hotfix(&["publish"]).fails(1);
    let ran = push(&shop, &["origin", BRANCH, RECORD]).fails(1);
    ran.says("expected fix: [HOTFIX] quick fix");
}

#[test]
fn finish_brings_the_record_to_a_server_that_asks_for_it() {
    let shop = guarded(Sandbox::ready());
    shop.hotfix(&["finish", "--push", "--tag"]).ok();
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
    assert!(on_server(&shop, RECORD) && on_server(&shop, "v2.3.2"));
}

#[test]
fn an_override_of_finish_holds_on_the_server() {
    let shop = unready();
    shop.hotfix(&["finish", "--push", "--override", "customers wait"])
        .ok();
    assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
    assert!(server_record(&shop).contains(" - customers wait (skipped: "));
}

mod overrides {
    use super::*;

    const OPTION: &str = "hotfix-override=customers wait";

    #[test]
    fn the_words_say_how_it_goes_here() {
        let shop = unready();
        let arguments = ["origin", BRANCH, RECORD];
        let ran = push(&shop, &arguments).fails(1);
        ran.says("git config receive.advertisePushOptions true");
        advertise(&shop);
        let ran = push(&shop, &arguments).fails(1);
        assert!(
            !ran.stderr.contains("advertisePushOptions"),
            "{}",
            ran.stderr
        );
        ran.says("git push -o hotfix-override=\"why\"");
    }

    #[test]
    fn it_is_on_the_servers_record_with_who_and_why() {
        let shop = unready();
        advertise(&shop);
        let who = ("GL_USERNAME", "grace");
        let ran = shop.git_with(
            &[who],
            &[
                "push",
                "--no-verify",
                "-o",
                OPTION,
                "origin",
                BRANCH,
                RECORD,
            ],
        );
        ran.ok()
            .says("remote: hotfix: past the gate, on the record: customers wait");
        let record = server_record(&shop);
        let note = format!(
            "Gate overridden by grace at {} - customers wait (skipped: ",
            &shop.rev(BRANCH)[..7]
        );
        assert!(record.contains(&note), "{record}");
        assert!(
            record.contains("- [ ] Make up for the override \"customers wait\""),
            "{record}"
        );
        assert_eq!(shop.read("origin.git/hotfix/overrides"), "");
        // It holds for what it named: the same fix goes to production.
        push(&shop, &["origin", &format!("{BRANCH}:main")]).ok();
    }

    /// The record is on the server, which has written an override onto it and this clone a note.
    fn forked() -> Sandbox {
        let shop = unready();
        advertise(&shop);
        shop.hotfix(&["publish"]).ok();
        let main = format!("{BRANCH}:main");
        let ran = push(&shop, &["-o", OPTION, "origin", &main]).ok();
        ran.says("on the record of 2026-11-22-login-is-down, as ");
        shop.hotfix(&["note", "hello"]).ok();
        shop.commit("src/auth.rs", "fn login() { ok }\n", "fix: [HOTFIX] more");
        shop
    }

    #[track_caller]
    fn holds_both(record: &str) {
        assert!(record.contains("Gate overridden by "), "{record}");
        assert!(record.contains(": hello\n"), "{record}");
        assert!(!record.contains("<<<<<<<"), "{record}");
    }

    #[test]
    fn publish_takes_in_what_the_server_has_written() {
        let shop = forked();
        shop.hotfix(&["publish"]).ok();
        assert_eq!(shop.rev(BRANCH), shop.rev_in("origin.git", BRANCH));
        assert_eq!(shop.rev(RECORD), shop.rev_in("origin.git", RECORD));
        holds_both(&server_record(&shop));
        assert_eq!(shop.record(), server_record(&shop));
        // Both histories are below it.
        let merges = ["rev-list", "--merges", "--count", RECORD];
        assert_eq!(shop.git(&merges).ok().stdout, "1\n");
    }

    #[test]
    fn finish_takes_in_what_the_server_has_written() {
        let shop = forked();
        shop.pass_the_gate();
        shop.hotfix(&["finish", "--push"]).ok();
        assert_eq!(shop.rev("main"), shop.rev_in("origin.git", "main"));
        holds_both(&server_record(&shop));
        holds_both(&shop.record());
    }

    #[test]
    fn the_line_that_takes_it_in_can_be_pasted() {
        let shop = unready();
        advertise(&shop);
        shop.hotfix(&["publish"]).ok();
        let main = format!("{BRANCH}:main");
        let said = push(&shop, &["-o", OPTION, "origin", &main]).ok().stderr;
        let words = said.lines().find_map(|line| line.split_once("git fetch "));
        let (_, refs) = words.unwrap();
        let refs: Vec<&str> = refs.split_whitespace().collect();
        shop.git(&[&["fetch", "-q"], &refs[..]].concat()).ok();
        shop.hotfix(&["note", "hello"]).ok();
        holds_both(&shop.record());
        push(&shop, &["origin", RECORD]).ok();
    }

    #[test]
    fn another_record_of_the_same_name_is_not_merged_into_ours() {
        let shop = forked();
        let stranger = ["commit-tree", "-m", "x", &format!("{RECORD}^{{tree}}")];
        let stranger = shop.git_in("origin.git", &stranger.each_ref().map(|a| &a[..]));
        let stranger = stranger.ok().stdout;
        shop.git_in("origin.git", &["update-ref", RECORD, stranger.trim()])
            .ok();
        let before = shop.rev(RECORD);
        let ran = shop.hotfix(&["publish"]).fails(1);
        ran.says("origin has another record of the name")
            .says("git show refs/hotfix/remotes/");
        assert_eq!(shop.rev(RECORD), before);
        let ran = shop.hotfix(&["note", "later"]).ok();
        ran.says("is not taken in: it is another record of the same name");
    }

    #[test]
    fn without_post_receive_the_trace_stays_until_there_is_one() {
        let shop = unready();
        fs::remove_file(shop.path("origin.git/hooks/post-receive")).unwrap();
        advertise(&shop);
        push(&shop, &["-o", OPTION, "origin", BRANCH, RECORD]).ok();
        let noted = shop.read("origin.git/hotfix/overrides");
        assert!(
            noted.contains("customers wait") && noted.contains("Rollback plan"),
            "{noted}"
        );
        assert!(!server_record(&shop).contains("Gate overridden"));
    }

    #[test]
    fn without_a_record_the_trace_stays_too_and_is_told() {
        let shop = unready();
        advertise(&shop);
        let ran = push(&shop, &["-o", OPTION, "origin", BRANCH]).ok();
        ran.says("is noted in hotfix/overrides on the server");
        assert!(
            shop.read("origin.git/hotfix/overrides")
                .contains("customers wait")
        );
    }

    #[test]
    fn it_is_written_once_its_record_is_there() {
        for target in [BRANCH, "main"] {
            let shop = unready();
            advertise(&shop);
            let fix = format!("{BRANCH}:refs/heads/{target}");
            push(&shop, &["-o", OPTION, "origin", &fix]).ok();
            // Another incident's record is not the place.
            shop.hotfix(&["start", "Payments fail", "-s", "P1", "--from", "v2.3.0"])
                .ok();
            let other = "refs/hotfix/incidents/2026-11-22-payments-fail";
            push(&shop, &["origin", other]).ok();
            let notes = shop.read("origin.git/hotfix/overrides");
            assert!(notes.contains("customers wait"), "{target}: {notes}");
            let ran = match target {
                "main" => shop.hotfix(&["publish", "-i", ID]),
                _ => push(&shop, &["origin", RECORD]),
            };
            ran.ok();
            let given = format!(" at {} - customers wait (skipped: ", &shop.rev(BRANCH)[..7]);
            assert!(server_record(&shop).contains(&given), "{target}");
            assert_eq!(shop.read("origin.git/hotfix/overrides"), "");
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_not_written_where_only_the_record_got_through() {
        let shop = unready();
        advertise(&shop);
        let update = "origin.git/hooks/update";
        shop.executable(update, "#!/bin/sh\ntest \"$1\" != refs/heads/main\n");
        let main = format!("{BRANCH}:main");
        push(&shop, &["-o", OPTION, "origin", &main, RECORD]).fails(1);
        assert!(on_server(&shop, RECORD));
        assert!(!server_record(&shop).contains("Gate overridden"));
        // Nor later, when the record comes again.
        shop.hotfix(&["note", "hello"]).ok();
        push(&shop, &["origin", RECORD]).ok();
        assert!(!server_record(&shop).contains("Gate overridden"));
    }

    #[test]
    fn it_needs_a_reason_and_is_not_written_where_nothing_stands_in_the_way() {
        let shop = guarded(Sandbox::ready());
        advertise(&shop);
        let all = ["origin", BRANCH, RECORD];
        push(&shop, &[&["-o", OPTION], &all[..]].concat()).ok();
        assert!(!shop.path("origin.git/hotfix/overrides").exists());
        let shop = unready();
        advertise(&shop);
        let empty = ["-o", "hotfix-override= "];
        push(&shop, &[&empty[..], &all].concat())
            .fails(1)
            .says("has no reason");
    }
}

#[test]
fn a_record_only_goes_forward_on_a_server() {
    let shop = unready();
    let log = format!("refs/heads/hotfix-log/{ID}");
    push(&shop, &["origin", RECORD, &format!("{RECORD}:{log}")]).ok();
    shop.hotfix(&["note", "there only"]).ok();
    push(&shop, &["origin", RECORD, &format!("{RECORD}:{log}")]).ok();
    shop.git(&["update-ref", RECORD, &format!("{RECORD}^")])
        .ok();
    // Not by a warning gate either.
    shop.git_in("origin.git", &["config", "hotfix.gate", "warn"])
        .ok();
    let before = shop.refs("origin.git");
    for name in [RECORD, &log] {
        let forced = format!("+{RECORD}:{name}");
        push(&shop, &["origin", &forced])
            .fails(1)
            .says(&format!("{name} would lose what is on it here"))
            .says(&format!("git fetch origin {name}:refs/hotfix/remotes/"));
        push(&shop, &["origin", &format!(":{name}")])
            .fails(1)
            .says(&format!("git update-ref -d {name}"));
        let blob = shop.rev(&format!("{RECORD}:{ID}.md"));
        push(&shop, &["origin", &format!("+{blob}:{name}")]).fails(1);
    }
    assert_eq!(shop.refs("origin.git"), before);
    // What it says goes.
    let refs = format!("{RECORD}:refs/hotfix/remotes/origin/{ID}");
    shop.git(&["fetch", "-q", "origin", &refs]).ok();
    shop.hotfix(&["note", "hello"]).ok();
    push(&shop, &["origin", RECORD]).ok();
    let record = server_record(&shop);
    assert!(
        record.contains("there only") && record.contains("hello"),
        "{record}"
    );
}

#[test]
fn a_sha256_repository_is_judged_in_quarantine_too() {
    let shop = Sandbox::empty();
    let sha256 = ["init", "-q", "--object-format=sha256"];
    shop.git_in("", &[&sha256[..], &["--bare", "origin.git"]].concat())
        .ok();
    shop.git_in("", &[&sha256[..], &["shop"]].concat()).ok();
    shop.git(&["remote", "add", "origin", "../origin.git"]).ok();
    shop.commit("a", "a", "feat: a");
    shop.git(&["push", "-q", "origin", "main"]).ok();
    let shop = guarded(shop);
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    shop.commit("a", "b", "fix: [HOTFIX] b");
    push(&shop, &["origin", BRANCH, RECORD])
        .fails(1)
        .says("Rollback plan ready");
    shop.pass_the_gate();
    push(&shop, &["origin", BRANCH, RECORD]).ok();
    push(&shop, &["origin", &format!("{BRANCH}:main")]).ok();
}

#[test]
fn a_pack_in_quarantine_and_a_reftable_are_read_too() {
    let shop = unready();
    shop.git_in("origin.git", &["config", "receive.unpackLimit", "1"])
        .ok();
    push(&shop, &["origin", BRANCH, RECORD])
        .fails(1)
        .says("Rollback plan ready");
    let reftable = [
        "init",
        "-q",
        "--bare",
        "--ref-format=reftable",
        "tables.git",
    ];
    if shop.git_in("", &reftable).code != 0 {
        eprintln!("skipped: this git knows no reftable");
        return;
    }
    shop.git(&["push", "-q", "../tables.git", "main"]).ok();
    fs::rename(shop.path("origin.git"), shop.path("old.git")).unwrap();
    fs::rename(shop.path("tables.git"), shop.path("origin.git")).unwrap();
    let shop = guarded(shop);
    push(&shop, &["origin", BRANCH, RECORD])
        .fails(1)
        .says("Rollback plan ready");
    shop.pass_the_gate();
    push(&shop, &["origin", BRANCH, RECORD]).ok();
}
