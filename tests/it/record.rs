//! The commands that write into the record, the hand edits beside them, and what they show.

use super::support::{Ran, Sandbox};
use expect_test::expect;
use std::fs;

const ID: &str = "2026-11-22-login-is-down";
const BRANCH: &str = "hotfix/login-is-down";
const REF: &str = "refs/hotfix/incidents/2026-11-22-login-is-down";
const FILE: &str = "shop/.claude/postmortems/2026-11-22-login-is-down.md";

/// The lines of a section of the record, blank ones left out.
fn section(record: &str, title: &str) -> Vec<String> {
    let heading = format!("## {title}");
    let lines = record.lines().skip_while(|line| *line != heading).skip(1);
    let body = lines.take_while(|line| !line.starts_with("## "));
    body.filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The timeline without its dates: `14:05:41 Incident detected`.
fn timeline(shop: &Sandbox) -> Vec<String> {
    let record = shop.hotfix(&["show", "-i", ID]).ok().stdout;
    let line = |line: &String| line.replace("- 2026-11-22 ", "").replace("Z: ", " ");
    section(&record, "Timeline").iter().map(line).collect()
}

fn checklist(shop: &Sandbox) -> Vec<String> {
    let record = shop.hotfix(&["show", "-i", ID]).ok().stdout;
    section(&record, "Checklist").into_iter().skip(1).collect()
}

/// Changes the file in the work tree as a person with an editor does.
fn edit_by_hand(shop: &Sandbox, from: &str, to: &str) {
    edit_file(shop, FILE, from, to);
}

fn edit_file(shop: &Sandbox, file: &str, from: &str, to: &str) {
    let text = shop.read(file);
    assert!(text.contains(from), "no {from:?} in {text}");
    shop.write(file, text.replacen(from, to, 1));
}

/// The subjects of the record's history, newest first.
fn history(shop: &Sandbox) -> Vec<String> {
    let log = shop.git(&["log", "--format=%s", REF]).ok().stdout;
    log.lines().map(str::to_owned).collect()
}

mod writing {
    use super::*;

    #[test]
    fn a_note_is_a_line_of_the_timeline() {
        let shop = Sandbox::incident();
        let ran = shop
            .hotfix(&["note", "429s", "rising", "on", "/token"])
            .ok();
        assert_eq!(ran.screen(), "14:05  429s rising on /token\n");
        shop.hotfix(&["note", "  "])
            .fails(2)
            .says("the note is empty")
            .says("Nothing was recorded.");
        assert_eq!(
            timeline(&shop),
            [
                "14:05:41 Incident detected",
                "14:05:42 429s rising on /token"
            ]
        );
    }

    #[test]
    fn a_note_stays_one_line_whatever_is_in_it() {
        let shop = Sandbox::incident();
        shop.hotfix(&["note", "two\nlines\r\n## Root Cause\u{7}"])
            .ok();
        shop.hotfix(&["note", "--", "- [x] Rollback plan ready"])
            .ok();
        shop.hotfix(&["note", "Incident resolved - not really"])
            .ok();
        let record = shop.record();
        assert_eq!(record.matches("\n## Root Cause\n").count(), 1, "{record}");
        assert_eq!(section(&record, "Timeline").len(), 4, "{record}");
        assert_eq!(
            checklist(&shop)
                .iter()
                .filter(|line| line.contains("[x]"))
                .count(),
            0
        );
    }

    #[test]
    fn the_time_of_a_line_can_be_said_in_many_ways() {
        let shop = Sandbox::incident();
        for (typed, want) in [
            ("13:50", "2026-11-22 13:50:00Z"),
            ("13:50:07", "2026-11-22 13:50:07Z"),
            ("-10m", "2026-11-22 13:55:"),
            ("-1h30m", "2026-11-22 12:35:"),
            ("yesterday 23:40", "2026-11-21 23:40:00Z"),
            ("2026-11-20 08:00", "2026-11-20 08:00:00Z"),
            ("2026-11-22T14:05:31+01:00", "2026-11-22 13:05:31Z"),
        ] {
            let note = format!("seen {typed}");
            shop.hotfix(&["note", &note, "--at", typed]).ok();
            let record = shop.record();
            let line = record.lines().find(|line| line.ends_with(&note)).unwrap();
            assert!(line.starts_with(&format!("- {want}")), "{typed}: {line}");
        }
        let times: Vec<String> = section(&shop.record(), "Timeline")
            .iter()
            .map(|line| line[2..22].to_owned())
            .collect();
        assert!(times.is_sorted(), "{times:?}");
    }

    #[test]
    fn a_clock_time_is_in_the_persons_zone() {
        let shop = Sandbox::incident();
        let berlin = [("TZ", "Europe/Berlin")];
        let ran = shop
            .hotfix_with(&berlin, &["note", "seen", "--at", "15:01"])
            .ok();
        assert_eq!(ran.stdout, "15:01  seen\n");
        assert!(
            shop.record().contains("- 2026-11-22 14:01:00Z: seen\n"),
            "{}",
            shop.record()
        );
    }

    #[test]
    fn a_time_that_cannot_be_is_refused() {
        let shop = Sandbox::incident();
        let before = shop.refs("shop");
        shop.hotfix(&["note", "x", "--at", "soonish"])
            .fails(2)
            .says("'soonish' is not a time");
        shop.hotfix(&["note", "x", "--at", "23:59"])
            .fails(2)
            .says("is in the future");
        let ran = shop
            .hotfix(&["mitigate", "rollback", "x", "--at", "yesterday 10:00"])
            .fails(2);
        ran.says("is before the detection").says("git hotfix edit");
        assert_eq!(shop.refs("shop"), before);
    }

    #[test]
    fn severity_and_impact_say_from_what_to_what() {
        let shop = Sandbox::incident();
        shop.hotfix(&["severity", "p1"])
            .ok()
            .says("Severity: P0 → P1");
        shop.hotfix(&["severity", "P9"])
            .fails(2)
            .says("'P9' is not a severity: P0, P1, P2");
        let args = [
            "impact",
            "1200 users",
            "--affected",
            "web, EU",
            "--started",
            "13:40",
            "--trend",
            "worse",
        ];
        shop.hotfix(&args).ok();
        shop.hotfix(&["impact", "40 users", "--trend", "better"])
            .ok()
            .says("Impact: 1200 users → 40 users");
        shop.hotfix(&["impact"]).fails(2).says("who notices what?");
        let record = shop.record();
        assert!(
            record.contains("**Severity**: P1\n**Impact**: 40 users\n"),
            "{record}"
        );
        assert_eq!(
            section(&record, "Investigation")[..3],
            [
                "- **Affected**: web, EU",
                "- **Started**: 2026-11-22 13:40:00Z",
                "- **Trend**: better"
            ]
        );
        let lines = timeline(&shop).join("\n");
        assert!(
            lines.contains("Severity: P0 → P1") && lines.contains("Trend: worse → better"),
            "{lines}"
        );
    }

    #[test]
    fn saying_the_same_again_adds_nothing() {
        let shop = Sandbox::incident();
        shop.hotfix(&["impact", "1200 users"]).ok();
        let before = shop.refs("shop");
        shop.hotfix(&["impact", "1200 users"]).ok();
        shop.hotfix(&["severity", "P0"]).ok();
        assert_eq!(shop.refs("shop"), before);
    }

    #[test]
    fn every_kind_of_mitigation_is_a_milestone() {
        let kinds = [
            "feature-flag",
            "rollback",
            "scale",
            "database",
            "redirect",
            "other",
        ];
        let shop = Sandbox::shop();
        for kind in kinds {
            shop.hotfix(&["start", &format!("Trouble {kind}"), "-s", "P1"])
                .ok();
            shop.hotfix(&["mitigate", kind, "did it"])
                .ok()
                .says("Mitigation applied - ");
            let word = kind.replace('-', " ");
            shop.hotfix(&["status"]).ok().says(&format!("({word})"));
            let record = shop.hotfix(&["show"]).ok().stdout;
            assert_eq!(section(&record, "Mitigation Applied"), ["did it"]);
            assert!(record.contains("**Status**: Mitigated\n"), "{record}");
        }
        shop.hotfix(&["mitigate", "prayer", "x"])
            .fails(2)
            .says("feature-flag");
    }

    #[test]
    fn no_mitigation_is_said_too_and_is_no_milestone() {
        let shop = Sandbox::incident();
        shop.hotfix(&["mitigate", "none", "the data must not be touched"])
            .ok();
        let record = shop.record();
        assert_eq!(
            section(&record, "Mitigation Applied"),
            ["None: the data must not be touched"]
        );
        assert!(record.contains("**Status**: Detected\n"), "{record}");
        let status = shop.hotfix(&["status"]).ok();
        status.says("not mitigated").says("git hotfix impact");
    }

    #[test]
    fn the_cause_fills_its_section_and_ticks_its_item() {
        let shop = Sandbox::incident();
        shop.hotfix(&["cause", "old tokens have another prefix"])
            .ok();
        let record = shop.record();
        assert_eq!(
            section(&record, "Root Cause"),
            ["old tokens have another prefix"]
        );
        assert!(
            checklist(&shop)[0].starts_with("- [x] Root cause identified"),
            "{record}"
        );
        assert!(
            record.contains("**Status**: Cause identified\n"),
            "{record}"
        );
        shop.hotfix(&["cause", "no: the clock was wrong"]).ok();
        // What somebody found out is never thrown away.
        assert_eq!(
            section(&shop.record(), "Root Cause"),
            ["old tokens have another prefix", "no: the clock was wrong"]
        );
    }

    #[test]
    fn what_changed_recently_is_shown_and_noted_once() {
        let shop = Sandbox::incident();
        let ran = shop.hotfix(&["changes"]).ok();
        ran.says("v2.3.0..v2.3.1: 1 commit")
            .says("feat: faster login");
        shop.hotfix(&["changes"]).ok();
        let looked = timeline(&shop)
            .iter()
            .filter(|line| line.contains("looked at"))
            .count();
        assert_eq!(looked, 1);
        assert!(
            shop.record()
                .contains("- **Recent changes**: v2.3.0..v2.3.1: 1 commit, most in src\n")
        );
        shop.hotfix(&["changes", "v2.3.0..HEAD"])
            .ok()
            .says("v2.3.0..HEAD");
        shop.hotfix(&["changes", "v2.3.0"])
            .fails(2)
            .says("is not a range");
        shop.hotfix(&["changes", "nope..HEAD"])
            .fails(2)
            .says("'nope' names no commit");
    }

    #[test]
    fn changes_needs_no_incident() {
        let shop = Sandbox::shop();
        let before = shop.refs("shop");
        shop.hotfix(&["changes"]).ok().says("feat: faster login");
        assert_eq!(shop.refs("shop"), before);
    }
}

mod checking {
    use super::*;

    #[test]
    fn an_item_is_named_by_its_number_or_a_part() {
        let shop = Sandbox::incident();
        shop.hotfix(&["check", "2", "--evidence", "cargo test"])
            .ok();
        shop.hotfix(&["check", "ROLLBACK"]).ok();
        let list = checklist(&shop);
        assert_eq!(
            list[1],
            "- [x] Fix tested locally - cargo test (Ada, 2026-11-22 14:05:42Z)"
        );
        assert_eq!(
            list[3],
            "- [x] Rollback plan ready - (Ada, 2026-11-22 14:05:43Z)"
        );
    }

    #[test]
    fn words_that_fit_none_or_several_list_the_items() {
        let shop = Sandbox::incident();
        let before = shop.refs("shop");
        for (words, why) in [
            ("tested", "several items hold 'tested'"),
            ("canary", "no item holds 'canary'"),
            ("9", "there is no item '9'"),
            ("0", "there is no item '0'"),
        ] {
            let ran = shop.hotfix(&["check", words]).fails(2);
            ran.says(why)
                .says("3  Fix tested in staging")
                .says("Nothing was recorded.");
        }
        assert_eq!(shop.refs("shop"), before);
    }

    #[test]
    fn only_what_is_optional_may_be_skipped_and_only_with_a_reason() {
        let shop = Sandbox::incident();
        shop.hotfix(&["check", "rollback", "--skip", "--reason", "no time"])
            .fails(1)
            .says("not optional");
        shop.hotfix(&["check", "staging", "--skip"])
            .fails(2)
            .says("skipping needs a reason");
        shop.hotfix(&["check", "staging", "--skip", "--reason", " "])
            .fails(2);
        shop.hotfix(&["check", "staging", "--skip", "--reason", "no staging"])
            .ok();
        assert!(
            checklist(&shop)[2].contains("skipped: no staging (Ada, "),
            "{:?}",
            checklist(&shop)
        );
        let findings = shop.hotfix(&["gate"]).fails(1).stdout;
        assert!(!findings.contains("staging"), "{findings}");
    }

    #[test]
    fn a_tick_can_be_taken_back_with_what_it_said() {
        let shop = Sandbox::incident();
        let before = checklist(&shop);
        shop.hotfix(&["check", "rollback", "--evidence", "tried it"])
            .ok();
        shop.hotfix(&["check", "staging", "--skip", "--reason", "none"])
            .ok();
        shop.hotfix(&["check", "rollback", "--undo"]).ok();
        shop.hotfix(&["check", "staging", "--undo"]).ok();
        assert_eq!(checklist(&shop), before);
    }

    #[test]
    fn evidence_can_be_replaced() {
        let shop = Sandbox::incident();
        shop.hotfix(&["check", "rollback", "--evidence", "first"])
            .ok();
        shop.hotfix(&["check", "rollback", "--evidence", "second"])
            .ok();
        let line = &checklist(&shop)[3];
        assert!(line.contains("second") && !line.contains("first"), "{line}");
    }
}

mod by_hand {
    use super::*;

    #[test]
    fn a_hand_edit_is_taken_in_by_the_next_command() {
        let shop = Sandbox::incident();
        edit_by_hand(
            &shop,
            "[What caused the incident]",
            "The key prefix.\n\nSee #4711.",
        );
        edit_by_hand(
            &shop,
            "- [ ] Rollback plan ready",
            "- [x] Rollback plan ready",
        );
        shop.hotfix(&["show"]).ok().says("See #4711.");
        shop.hotfix(&["note", "429s rising"]).ok();
        assert_eq!(history(&shop)[..2], ["Note: 429s rising", "Edited by hand"]);
        let saved = shop.git(&["show", &format!("{REF}:{ID}.md")]).ok().stdout;
        assert!(
            saved.contains("See #4711.") && saved.contains("- [x] Rollback plan ready"),
            "{saved}"
        );
        assert_eq!(saved, shop.read(FILE));
    }

    #[test]
    fn looking_saves_nothing() {
        let shop = Sandbox::incident();
        edit_by_hand(&shop, "[What caused the incident]", "The key prefix.");
        let before = shop.refs("shop");
        let text = shop.read(FILE);
        for command in ["status", "show", "list", "check", "gate"] {
            shop.hotfix(&[command]);
        }
        assert_eq!(shop.refs("shop"), before);
        assert_eq!(shop.read(FILE), text);
    }

    #[test]
    fn an_edit_here_and_a_change_from_another_work_tree_are_both_kept() {
        let shop = Sandbox::incident();
        shop.git(&["worktree", "add", "-q", "--detach", "../other", "main"])
            .ok();
        edit_by_hand(&shop, "[What caused the incident]", "The key prefix.");
        edit_by_hand(&shop, "**Impact**: [description]", "**Impact**: all users");
        shop.hotfix_in("other", &["note", "from the other"]).ok();
        shop.hotfix_in("other", &["check", "rollback"]).ok();
        let ran = shop.hotfix(&["note", "from here"]).ok();
        assert_eq!(ran.stderr, "", "nothing clashes");
        let record = shop.record();
        for part in [
            "The key prefix.",
            "**Impact**: all users",
            "from the other",
            "from here",
            "[x] Rollback",
        ] {
            assert!(record.contains(part), "no {part} in {record}");
        }
    }

    #[test]
    fn edits_that_clash_are_both_kept_and_marked() {
        let shop = Sandbox::incident();
        shop.git(&["worktree", "add", "-q", "--detach", "../other", "main"])
            .ok();
        edit_by_hand(&shop, "[What caused the incident]", "The key prefix.");
        shop.hotfix_in("other", &["cause", "The clock."]).ok();
        let ran = shop.hotfix(&["note", "from here"]).ok();
        ran.says("both versions are marked in it");
        let record = shop.record();
        assert!(
            record.contains("The key prefix.") && record.contains("The clock."),
            "{record}"
        );
        shop.hotfix(&["gate"])
            .fails(1)
            .says("A merge left a conflict in the record");
    }

    #[test]
    fn an_old_copy_that_git_puts_there_is_nobodys_edit() {
        let shop = Sandbox::incident();
        // The record is committed on purpose, then moves on, then the branch is gone back to.
        shop.hotfix(&["note", "first"]).ok();
        shop.git(&["add", "-f", ".claude"]).ok();
        shop.git(&["commit", "-qm", "fix: [HOTFIX] with the record"])
            .ok();
        shop.git(&["switch", "-q", "main"]).ok();
        assert!(!shop.path(FILE).exists());
        shop.hotfix(&["note", "second, on main"]).ok();
        fs::remove_file(shop.path(FILE)).unwrap();
        shop.git(&["switch", "-q", BRANCH]).ok();
        assert!(!shop.read(FILE).contains("second"));
        shop.hotfix(&["note", "third"]).ok();
        let lines = timeline(&shop).join("\n");
        assert!(
            lines.contains("first") && lines.contains("second") && lines.contains("third"),
            "{lines}"
        );
        assert!(
            !history(&shop).contains(&"Edited by hand".to_owned()),
            "{:?}",
            history(&shop)
        );
        shop.git(&["checkout", "-q", "HEAD", "--", ".claude"]).ok();
        shop.hotfix(&["note", "fourth"]).ok();
        assert!(timeline(&shop).join("\n").contains("third"));
    }

    #[test]
    fn line_endings_stay_what_they_are() {
        let shop = Sandbox::incident();
        let text = shop.read(FILE).replace('\n', "\r\n");
        shop.write(FILE, text);
        shop.hotfix(&["note", "429s rising"]).ok();
        shop.hotfix(&["impact", "all users", "--trend", "worse"])
            .ok();
        shop.hotfix(&["mitigate", "rollback", "two\nlines"]).ok();
        shop.hotfix(&["check", "staging", "--skip", "--reason", "none"])
            .ok();
        shop.hotfix(&["cause", "the prefix"]).ok();
        let record = shop.record();
        assert_eq!(
            record.matches('\n').count(),
            record.matches("\r\n").count(),
            "{record:?}"
        );
        assert!(
            shop.hotfix(&["gate"])
                .stdout
                .contains("git hotfix check locally")
        );
    }

    #[test]
    fn a_file_that_was_emptied_or_cut_off_is_noticed() {
        let shop = Sandbox::incident();
        shop.hotfix(&["note", "429s rising"]).ok();
        shop.write(FILE, "");
        shop.hotfix(&["note", "more"])
            .ok()
            .says("was empty: the record is kept");
        assert!(shop.record().contains("429s rising"));
        let whole = shop.read(FILE);
        shop.write(FILE, &whole[..whole.len() / 2]);
        let ran = shop.hotfix(&["note", "even more"]).ok();
        ran.says("took out").says("the version before it: git show");
    }

    #[test]
    fn a_record_written_by_hand_in_a_form_of_its_own_still_works() {
        let shop = Sandbox::incident();
        shop.write(
            FILE,
            "# Login\n\nBRANCH below.\n\n## Timeline\n\n* 2026-11-22 14:05:41Z: Incident detected\n\n\
             ## Our own section\n\nfree words\n",
        );
        shop.hotfix(&["note", "429s rising"]).ok();
        shop.hotfix(&["severity", "P1"]).ok();
        shop.hotfix(&["impact", "all users"]).ok();
        shop.hotfix(&["cause", "the prefix"]).ok();
        let record = shop.record();
        assert!(
            record.contains("## Our own section\n\nfree words\n"),
            "{record}"
        );
        assert!(
            record.contains("* 2026-11-22 14:05:41Z: Incident detected\n"),
            "{record}"
        );
        for part in [
            "429s rising",
            "**Severity**: P1",
            "**Impact**: all users",
            "## Root Cause\nthe prefix",
        ] {
            assert!(record.contains(part), "no {part} in\n{record}");
        }
        shop.hotfix(&["check"]).ok();
        shop.hotfix(&["status", "-i", "login"]).ok();
    }

    #[cfg(unix)]
    #[test]
    fn the_editor_opens_the_record_and_what_it_leaves_is_saved() {
        let shop = Sandbox::incident();
        let path = shop.executable(
            "my editor.sh",
            "#!/bin/sh\nsed -i 's/\\[What caused the incident\\]/The prefix./' \"$1\"\n",
        );
        let editor = format!("'{path}'");
        let environment = [("GIT_EDITOR", editor.as_str())];
        shop.hotfix_with(&environment, &["edit"]).ok().says("saved");
        assert_eq!(history(&shop)[0], "Edited by hand");
        assert!(shop.record().contains("The prefix."));
        shop.hotfix_with(&environment, &["edit"])
            .ok()
            .says("unchanged");
        shop.hotfix_with(&[("GIT_EDITOR", "false")], &["edit"])
            .fails(3)
            .says("the editor ended with 1");
        shop.hotfix(&["edit"])
            .fails(2)
            .says("there is no terminal to edit in")
            .says(ID);
    }
}

mod which_incident {
    use super::*;

    /// Two open incidents; HEAD is on the branch of the second.
    fn two() -> Sandbox {
        let shop = Sandbox::incident();
        shop.hotfix(&["start", "Login is slow", "-s", "P1"]).ok();
        shop
    }

    /// The incident that a command means.
    fn meant(shop: &Sandbox, folder: &str, arguments: &[&str]) -> String {
        let all: Vec<&str> = ["status", "--json"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        shop.hotfix_in(folder, &all).ok().json()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn the_branch_one_is_on_says_which() {
        let shop = two();
        assert_eq!(meant(&shop, "shop", &[]), "2026-11-22-login-is-slow");
        shop.git(&["switch", "-q", BRANCH]).ok();
        assert_eq!(meant(&shop, "shop", &[]), ID);
        shop.git(&["switch", "-q", "main"]).ok();
        let ran = shop.hotfix(&["status"]).fails(2);
        ran.says("several incidents are open")
            .says(ID)
            .says("2026-11-22-login-is-slow");
        let ran = shop.hotfix(&["note", "which?"]).fails(2);
        ran.says("Say which with -i");
    }

    #[test]
    fn the_only_open_one_is_meant_from_anywhere() {
        let shop = two();
        shop.git(&["switch", "-q", "main"]).ok();
        shop.hotfix(&["resolve", "-i", "slow"]).ok();
        assert_eq!(meant(&shop, "shop", &[]), ID);
        shop.hotfix(&["abandon", "-i", "down", "was none"]).ok();
        // Of the two, only the resolved one has a postmortem to write.
        let noted = shop.hotfix(&["note", "x"]).ok();
        noted.says("no incident is open: this is for 2026-11-22-login-is-slow");
        let ran = shop.hotfix(&["deployed"]).fails(2);
        ran.says("there is no open incident here")
            .says("git hotfix start");
    }

    #[test]
    fn it_can_be_named_by_id_slug_or_a_part_that_only_it_has() {
        let shop = two();
        for name in [ID, "login-is-down", "down", "DOWN", "is-d"] {
            assert_eq!(meant(&shop, "shop", &["-i", name]), ID, "{name}");
        }
        shop.hotfix(&["status", "-i", "login"])
            .fails(2)
            .says("'login' could be several incidents");
        shop.hotfix(&["status", "-i", "cart"])
            .fails(2)
            .says("no incident is called 'cart'");
        for odd in ["", "../..", "refs/heads/main", "a..b", "\u{7}"] {
            shop.hotfix(&["status", "-i", odd]).fails(2);
        }
    }

    #[test]
    fn a_slug_that_is_part_of_another_is_still_its_own() {
        let shop = Sandbox::incident();
        shop.hotfix(&["start", "Login is down again"]).ok();
        assert_eq!(meant(&shop, "shop", &["-i", "login-is-down"]), ID);
    }

    #[test]
    fn a_renamed_branch_keeps_its_incident() {
        let shop = two();
        shop.git(&["switch", "-q", BRANCH]).ok();
        shop.git(&["branch", "-m", "hotfix/renamed"]).ok();
        assert_eq!(meant(&shop, "shop", &[]), ID);
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        shop.hotfix(&["commit", "-a", "-m", "do not panic"]).ok();
        let status = shop.hotfix(&["status"]).ok();
        status.says("hotfix/renamed: 1 commit on v2.3.1");
        shop.git(&["push", "-q", "origin", "HEAD"])
            .fails(1)
            .says("git hotfix check rollback");
    }

    #[test]
    fn another_clone_that_has_the_records_can_go_on() {
        let shop = two();
        shop.push_records();
        shop.git(&["push", "-q", "--no-verify", "origin", BRANCH])
            .ok();
        shop.clone_into("other");
        shop.fetch_records("other");
        shop.git_in("other", &["switch", "-q", BRANCH]).ok();
        assert_eq!(meant(&shop, "other", &[]), ID);
        shop.hotfix_in("other", &["note", "from the other clone"])
            .ok();
        assert!(
            shop.path(&format!("other/.claude/postmortems/{ID}.md"))
                .exists()
        );
        let status = shop.git_in("other", &["status", "--porcelain"]).ok().stdout;
        assert_eq!(status, "", "the file is hidden there too");
    }
}

mod screens {
    use super::*;

    /// An incident some way on, as SCREENS show it.
    fn under_way() -> Sandbox {
        let shop = Sandbox::shop();
        shop.hotfix(&[
            "start",
            "Users can't login - 500 error on auth",
            "-s",
            "P0",
            "--at",
            "-42m",
        ])
        .ok();
        shop.hotfix(&["impact", "1200 users cannot log in", "--at", "-40m"])
            .ok();
        shop.hotfix(&["note", "429s rising on /token", "--at", "-38m"])
            .ok();
        shop.hotfix(&["mitigate", "rollback", "api back to v2.3.0", "--at", "-33m"])
            .ok();
        shop.hotfix(&[
            "cause",
            "old tokens have another key prefix",
            "--at",
            "-16m",
        ])
        .ok();
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        shop.hotfix(&["commit", "-a", "-m", "accept both prefixes"])
            .ok();
        shop.hotfix(&["check", "locally", "--evidence", "cargo test"])
            .ok();
        shop.hotfix(&["check", "monitoring"]).ok();
        shop
    }

    /// A screen whose lines all fit.
    fn fits(ran: Ran) -> String {
        let screen = ran.screen();
        for line in screen.lines() {
            let line = line.trim_start_matches("! ");
            assert!(
                line.chars().count() <= 80,
                "{} columns: {line}",
                line.chars().count()
            );
            assert_eq!(line.trim_end(), line, "blanks at the end of {line:?}");
        }
        screen
    }

    #[test]
    fn nothing_is_wrong() {
        let shop = Sandbox::shop();
        expect![[r#"
            No incident is open here.
            ! 
            ! Next: when something breaks
            !   git hotfix start "what is broken" -s P0|P1|P2
        "#]]
        .assert_eq(&fits(shop.hotfix(&[])));
        expect![[r#"
            ! No incident is open here.
        "#]]
        .assert_eq(&fits(shop.hotfix(&["list"])));
        expect![[r#"
            ! hotfix: there is no open incident here
            ! Start one: git hotfix start "what is broken" -s P0
            ! All incidents: git hotfix list --all
            [exit 2]
        "#]]
        .assert_eq(&fits(shop.hotfix(&["status"])));
    }

    #[test]
    fn status() {
        let shop = under_way();
        let screen = fits(shop.hotfix(&["status"]));
        expect![[r#"
            P0  Users can't login - 500 error on auth                            open 42 min
                mitigated after 9 min (rollback), cause known, not deployed
                hotfix/users-cant-login-500-error-on-auth: 1 commit on v2.3.1, not pushed

            Before deploying                        Timeline (UTC, last 4 of 5)
              [x] Root cause identified               13:49  Root cause identified - old to…
              [x] Fix tested locally                  13:32  Mitigation applied - rollback:…
              [ ] Fix tested in staging (optional)    13:27  429s rising on /token
              [ ] Rollback plan ready                 13:25  Impact: 1200 users cannot log…
              [x] Monitoring in place

            Update to stakeholders was due 27 min ago.
            ! 
            ! Next: make it ready to deploy
            !   git hotfix check rollback
        "#]]
        .assert_eq(&screen);
        assert_eq!(fits(shop.hotfix(&[])).replace("43 min", "42 min"), screen);
    }

    #[test]
    fn status_right_after_the_start() {
        let shop = Sandbox::incident();
        expect![[r#"
            P0  Login is down                                                       open 1 s
                not mitigated, cause unknown, not deployed
                hotfix/login-is-down: 0 commits on v2.3.1, not pushed

            Before deploying                        Timeline (UTC)
              [ ] Root cause identified               14:05  Incident detected
              [ ] Fix tested locally
              [ ] Fix tested in staging (optional)
              [ ] Rollback plan ready
              [ ] Monitoring in place

            Update to stakeholders due in 14 min.
            ! 
            ! Next: stop the bleeding, then say how
            !   git hotfix mitigate rollback "what you did"
        "#]]
        .assert_eq(&fits(shop.hotfix(&["status"])));
    }

    #[test]
    fn status_of_one_that_is_over() {
        let shop = under_way();
        shop.hotfix(&["resolve", "both prefixes are accepted"]).ok();
        expect![[r#"
            P0  Users can't login - 500 error on auth                  resolved after 42 min
                mitigated after 9 min (rollback), cause known, not deployed
                hotfix/users-cant-login-500-error-on-auth: 1 commit on v2.3.1, not pushed

            Timeline (UTC, last 4 of 6)
              14:05  Incident resolved - both prefixes are accepted
              13:49  Root cause identified - old tokens have another key prefix
              13:32  Mitigation applied - rollback: api back to v2.3.0
              13:27  429s rising on /token
            ! 
            ! Next: the fix is not in production's branch yet
            !   git hotfix finish --tag --push
        "#]]
        .assert_eq(&fits(shop.hotfix(&["status"])));
    }

    #[test]
    fn long_names_fit_too() {
        let shop = Sandbox::shop();
        let title = "Customers with more than ninety nine items in their cart see wrong totals";
        shop.hotfix(&["start", title, "-s", "P1"]).ok();
        expect![[r#"
            P1  Customers with more than ninety nine items in their cart see wron…  open 1 s
                not mitigated, cause unknown, not deployed
                hotfix/customers-with-more-than-ninety-nine-items-in-their-cart-see:
                0 commits on v2.3.1, not pushed

            Before deploying                        Timeline (UTC)
              [ ] Root cause identified               14:05  Incident detected
              [ ] Fix tested locally
              [ ] Fix tested in staging (optional)
              [ ] Rollback plan ready
              [ ] Monitoring in place

            Update to stakeholders due in 59 min.
            ! 
            ! Next: stop the bleeding, then say how
            !   git hotfix mitigate rollback "what you did"
        "#]]
        .assert_eq(&fits(shop.hotfix(&["status"])));
        expect![[r#"
            P1  detected, open 2 s  2026-11-22-customers-with-more-than-ninety-nine-items-i…
        "#]]
        .assert_eq(&fits(shop.hotfix(&["list"])));
        let narrow = shop.hotfix_with(&[("COLUMNS", "40")], &["status"]).ok();
        assert!(
            narrow.stdout.contains("Incident detected"),
            "{}",
            narrow.stdout
        );
    }

    #[test]
    fn list() {
        let shop = under_way();
        shop.hotfix(&["start", "Cart is slow", "-s", "P2"]).ok();
        shop.hotfix(&["start", "False alarm"]).ok();
        shop.hotfix(&["abandon", "a dashboard was wrong"]).ok();
        expect![[r#"
            P0  cause identified, open 42 min  2026-11-22-users-cant-login-500-error-on-auth
            P2  detected, open 3 s             2026-11-22-cart-is-slow  Cart is slow
        "#]]
        .assert_eq(&fits(shop.hotfix(&["list"])));
        expect![[r#"
            P0  cause identified, open 42 min  2026-11-22-users-cant-login-500-error-on-auth
            P2  detected, open 4 s             2026-11-22-cart-is-slow  Cart is slow
            P1  abandoned after 1 s            2026-11-22-false-alarm  False alarm
        "#]]
        .assert_eq(&fits(shop.hotfix(&["list", "--all"])));
        shop.git(&["switch", "-q", "main"]).ok();
        expect![[r#"
            P0  cause identified, open 42 min  2026-11-22-users-cant-login-500-error-on-auth
            P2  detected, open 6 s             2026-11-22-cart-is-slow  Cart is slow
            ! 
            ! Go to one's branch, or say which: git hotfix status -i <part of its id>
            ! 
            ! Next: when something breaks
            !   git hotfix start "what is broken" -s P0|P1|P2
        "#]]
        .assert_eq(&fits(shop.hotfix(&[])));
    }

    #[test]
    fn check_and_gate() {
        let shop = under_way();
        expect![[r#"
            1  [x] Root cause identified
                     (Ada, 2026-11-22 13:49:45Z)
            2  [x] Fix tested locally
                     cargo test (Ada, 2026-11-22 14:05:47Z)
            3  [ ] Fix tested in staging (optional)
            4  [ ] Rollback plan ready
            5  [x] Monitoring in place
                     (Ada, 2026-11-22 14:05:48Z)
        "#]]
        .assert_eq(&fits(shop.hotfix(&["check"])));
        expect![[r#"
            hotfix/users-cant-login-500-error-on-auth is not ready to deploy
              - [ ] Rollback plan ready  git hotfix check rollback
              - [ ] Fix tested in staging (if time permits)
                  git hotfix check staging --skip --reason "…"
            [exit 1]
        "#]]
        .assert_eq(&fits(shop.hotfix(&["gate"])));
        shop.hotfix(&["check", "rollback"]).ok();
        shop.hotfix(&["check", "staging", "--skip", "--reason", "no staging"])
            .ok();
        expect![[r#"
            hotfix/users-cant-login-500-error-on-auth is ready to deploy
        "#]]
        .assert_eq(&fits(shop.hotfix(&["gate"])));
    }

    #[test]
    fn config() {
        let shop = Sandbox::shop();
        expect![[r#"
            production        main                                                   default
            back-merge        -                                                      default
            remote            origin                                                 default
            prefix            hotfix/                                                default
            postmortems       .claude/postmortems                                    default
            timeout           10s                                                    default
            push-timeout      120s                                                   default
            gate              block                                                  default
            landing           merge                                                  default
            checklist         Root cause identified; Fix tested locally; Fix teste…  default
            sections          -                                                      default
            severities        P0: service down, data loss: drop everything; P1: ma…  default
            tag-prefix        -                                                      default
            hooks             auto                                                   default
            types             fix                                                    default
            scope             optional                                               default
            tag               [HOTFIX]                                               default
            subject-length    -                                                      default
            trailers          -                                                      default
            release-branches  -                                                      default
            style             merge                                                  default
            lines             release/*; releases/*; support/*; maint/*; stable/*    default
            forge             -                                                      default
            updates           -                                                      default
            tracker           none                                                   default
            tracker.command   -                                                      default
            tracker.npx       false                                                  default
            tracker.project   -                                                      default
            tracker.timeout   20s                                                    default
            ! 
            ! Set one for yourself: git config hotfix.<name> <value>
            ! For the team: .hotfix.toml (git hotfix init writes a commented one)
        "#]]
        .assert_eq(&fits(shop.hotfix(&["config"])));
    }

    #[test]
    fn the_gate_can_be_passed_on_the_record() {
        let shop = under_way();
        shop.hotfix(&["gate", "--override", " "])
            .fails(2)
            .says("the override has no reason");
        let ran = shop.hotfix(&["gate", "--override", "customers wait"]).ok();
        ran.says("goes past the gate, on the record");
        assert!(shop.record().contains(" - customers wait (skipped: "));
    }
}

mod machines {
    use super::*;

    #[test]
    fn every_answer_is_one_object_with_a_schema() {
        let shop = Sandbox::ready();
        for arguments in [
            &["status"][..],
            &["list"],
            &["list", "--all"],
            &["show"],
            &["check"],
            &["check", "rollback"],
            &["note", "x"],
            &["severity", "P1"],
            &["impact", "x"],
            &["mitigate", "other", "x"],
            &["cause", "x"],
            &["changes"],
            &["gate"],
            &["publish", "-n"],
            &["finish", "-n"],
            &["postmortem", "check"],
            &["hooks", "status"],
            &["hooks", "install"],
            &["init", "-n"],
            &["init"],
            &["config"],
            &["abandon", "-n", "x"],
            &["deployed"],
            &["resolve"],
            &["reopen", "it is back"],
            &["start", "Cart is down"],
            &[],
        ] {
            let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
            let ran = shop.hotfix(&all);
            let object = ran.json();
            assert_eq!(object["schema"], "git-hotfix/1", "{arguments:?}");
            let name = arguments.first().copied().unwrap_or("hotfix");
            assert_eq!(object["command"], name, "{arguments:?}");
            assert!(object["warnings"].is_array(), "{arguments:?}");
            assert_eq!(
                object.get("error").is_some(),
                ran.code > 1,
                "{arguments:?}: {}",
                ran.stdout
            );
            assert_eq!(ran.stderr, "", "{arguments:?}");
        }
    }

    #[test]
    fn an_error_is_an_object_too() {
        let shop = Sandbox::incident();
        for (arguments, exit) in [
            (&["check", "rollback", "--skip", "--reason", "x"][..], 1),
            (&["note", " "], 2),
            (&["status", "-i", "nope"], 2),
            (&["start", "x", "--from", "nope"], 2),
            (&["check", "canary"], 2),
            (&["finish"], 1),
            (&["note"], 2),
            (&["nonsense"], 2),
            (&["mitigate", "prayer", "x"], 2),
        ] {
            let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
            let ran = shop.hotfix(&all).fails(exit);
            let object = ran.json();
            assert_eq!(object["schema"], "git-hotfix/1", "{arguments:?}");
            assert_eq!(object["error"]["exit"], exit, "{arguments:?}");
            assert!(
                object["error"]["message"]
                    .as_str()
                    .is_some_and(|m| !m.is_empty()),
                "{arguments:?}"
            );
        }
        let outside = shop
            .hotfix_in("home", &["status", "--json"])
            .fails(3)
            .json();
        assert_eq!(outside["error"]["kind"], "failed");
    }

    #[test]
    fn warnings_stand_in_the_object() {
        let shop = Sandbox::shop();
        shop.git(&["remote", "set-url", "origin", "../gone.git"])
            .ok();
        let ran = shop.hotfix(&["start", "Login is down", "--json"]).ok();
        let warning = ran.json()["warnings"][0].as_str().unwrap().to_owned();
        assert!(warning.contains("origin could not be reached"), "{warning}");
    }

    #[test]
    fn quiet_leaves_results_and_errors() {
        let shop = Sandbox::incident();
        let ran = shop.hotfix(&["-q", "note", "429s rising"]).ok();
        assert_eq!(ran.screen(), "");
        let ran = shop.hotfix(&["status", "-q"]).ok();
        assert!(
            ran.stdout.contains("Login is down") && ran.stderr.is_empty(),
            "{}",
            ran.screen()
        );
        shop.hotfix(&["-q", "note", " "])
            .fails(2)
            .says("the note is empty");
    }

    #[test]
    fn colour_only_where_it_is_asked_for() {
        let shop = Sandbox::incident();
        let colours = |ran: Ran| ran.ok().screen().contains('\u{1b}');
        assert!(!colours(shop.hotfix(&["status"])), "a pipe");
        assert!(colours(shop.hotfix(&["status", "--color", "always"])));
        assert!(!colours(shop.hotfix(&["status", "--color", "never"])));
        assert!(!colours(
            shop.hotfix_with(&[("NO_COLOR", "1")], &["status"])
        ));
        assert!(!colours(
            shop.hotfix(&["status", "--color", "always", "--json"])
        ));
    }

    #[test]
    fn words_from_a_repository_cannot_steer_the_terminal() {
        let shop = Sandbox::incident();
        shop.hotfix(&["note", "a\u{1b}[31mred\u{1b}]0;title\u{7}\u{202e}"])
            .ok();
        edit_by_hand(
            &shop,
            "# Postmortem: Login is down",
            "# Postmortem: \u{1b}[2Jgone",
        );
        for command in ["status", "show", "list"] {
            let screen = shop.hotfix(&[command]).ok().screen();
            assert!(
                !screen.contains(['\u{1b}', '\u{7}', '\u{202e}']),
                "{screen:?}"
            );
        }
    }
}

/// After `finish` one stands on main, and after `resolve` no incident is open.
#[test]
fn what_the_postmortem_misses_can_be_written_when_it_is_over() {
    let shop = Sandbox::incident();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix(&["commit", "-m", "do not panic", "-a"]).ok();
    shop.hotfix(&["finish", "--override", "all is down"]).ok();
    shop.hotfix(&["resolve"]).ok();
    assert_eq!(shop.git(&["branch", "--show-current"]).stdout, "main\n");
    let over = shop.hotfix(&["status", "-i", "login", "--json"]).json()["seconds_open"].clone();

    shop.hotfix(&[])
        .ok()
        .says("No incident is open here.")
        .says("not complete     2026-11-22-login-is-down")
        .says("git hotfix postmortem check -i 2026-11-22-login-is-down");
    let mut typed = 0;
    for _ in 0..2 {
        let check = shop.hotfix(&["postmortem", "check", "--json"]).fails(1);
        for finding in check.json()["postmortems"][0]["findings"]
            .as_array()
            .unwrap()
        {
            let remedy = finding["remedy"].as_str().unwrap();
            if remedy == "git hotfix edit" {
                continue;
            }
            let words = remedy.replace('\u{2026}', "done and dusted");
            let script = words.replace("git hotfix", "git-hotfix");
            let mut sh = shop.command("sh", "shop");
            let ran = sh.args(["-c", &script]).output().unwrap();
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(ran.status.success(), "{remedy}: {said}");
            assert!(
                said.contains("this is for 2026-11-22-login-is-down"),
                "{said}"
            );
            typed += 1;
        }
    }
    assert!(typed >= 10, "{typed}");
    let left = shop
        .hotfix(&["postmortem", "check", "--json"])
        .fails(1)
        .json();
    for finding in left["postmortems"][0]["findings"].as_array().unwrap() {
        assert_eq!(finding["remedy"], "git hotfix edit", "{finding}");
        assert_ne!(finding["id"], "PM05", "{finding}");
    }
    let status = shop.hotfix(&["status", "-i", "login", "--json"]).json();
    assert_eq!(status["status"], "resolved", "{status}");
    assert_eq!(status["seconds_open"], over, "it ended when it ended");

    let record = shop
        .record()
        .replace("[Lesson 1]", "Test it.")
        .replace("[Preventive measure 1]", "Test it.");
    shop.write(
        "shop/.claude/postmortems/2026-11-22-login-is-down.md",
        record,
    );
    shop.hotfix(&[])
        .ok()
        .says("to be committed  2026-11-22-login-is-down")
        .says("git hotfix postmortem finalize -i 2026-11-22-login-is-down");
    shop.hotfix(&["postmortem", "finalize"]).ok();
    shop.hotfix(&["note", "too late"])
        .fails(2)
        .says("no open incident");
    let alone = shop.hotfix(&[]).ok();
    assert!(!alone.stdout.contains("login-is-down"), "{}", alone.stdout);
    // A new incident is the one that is meant.
    shop.hotfix(&["reopen", "again"]).ok();
    shop.hotfix(&["resolve"]).ok();
    shop.hotfix(&["start", "Cart is empty"]).ok();
    let noted = shop.hotfix(&["note", "429s", "--json"]).ok().json();
    assert_eq!(noted["id"], "2026-11-22-cart-is-empty");
}

#[test]
fn the_gravest_stands_first_and_what_is_over_last() {
    let shop = Sandbox::shop();
    for (title, severity) in [
        ("a", "P2"),
        ("b", "P0"),
        ("c", "P1"),
        ("d", "P0"),
        ("e", "P0"),
    ] {
        shop.hotfix(&["start", title, "-s", severity, "--offline"])
            .ok();
    }
    shop.hotfix(&["resolve", "-i", "e"]).ok();
    let rows = shop.hotfix(&["list", "--all", "--json"]).ok().json();
    let titles: Vec<&str> = rows["incidents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["d", "b", "c", "a", "e"]);
}

#[test]
fn an_item_has_to_be_named() {
    let shop = Sandbox::incident();
    for nothing in ["", "  "] {
        let ran = shop.hotfix(&["check", nothing]).fails(2);
        ran.says("which item?").says("4  Rollback plan ready");
    }
}

#[test]
fn the_times_of_a_status_say_their_zone() {
    let shop = Sandbox::incident();
    shop.hotfix(&["status"]).ok().says("Timeline (UTC)");
    let berlin = [("TZ", "CET-1")];
    shop.hotfix_with(&berlin, &["status"])
        .ok()
        .says("Timeline (UTC+1)");
    let newfoundland = [("TZ", "NST3:30")];
    shop.hotfix_with(&newfoundland, &["status"])
        .ok()
        .says("Timeline (UTC-3:30)");
}

/// Names that are pasted stay whole, each on a line of its own where it must be.
#[test]
fn a_long_title_fits_eighty_columns() {
    let shop = Sandbox::shop();
    let title = "Payments fail for every customer in the european region since the deploy";
    shop.hotfix(&["start", title, "-s", "P0"]).ok();
    shop.hotfix(&["mitigate", "rollback", "to v2.3.0"]).ok();
    let screens = [
        shop.hotfix(&["status"]).ok(),
        shop.hotfix(&["list"]).ok(),
        {
            shop.git(&["switch", "-q", "main"]).ok();
            shop.hotfix(&["resolve"]).ok();
            shop.hotfix(&[]).ok()
        },
        shop.hotfix(&["list", "--all"]).ok(),
    ];
    for screen in screens {
        let whole = |line: &&str| line.trim_start().starts_with("git hotfix ");
        for line in screen.stdout.lines().filter(|line| !whole(line)) {
            assert!(line.chars().count() <= 80, "{line}\n{}", screen.stdout);
        }
    }
}

#[test]
fn an_override_can_be_dated() {
    let shop = Sandbox::incident();
    let dated = ["gate", "--override", "all is down", "--at", "14:05"];
    shop.hotfix(&dated).ok();
    let record = shop.record();
    let line = record.lines().find(|line| line.contains("all is down"));
    assert!(
        line.unwrap().starts_with("- 2026-11-22 14:05:00Z"),
        "{record}"
    );
    shop.hotfix(&["gate", "--at", "14:05"]).fails(2);
}
