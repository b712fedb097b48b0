//! Records that must survive: edits that go back, refs set back, clones that nobody prepared, refs
//! that are no records, folders that are none.

use super::support::Sandbox;
use std::fs;

const ID: &str = "2026-11-22-login-is-down";
const BRANCH: &str = "hotfix/login-is-down";
const REF: &str = "refs/hotfix/incidents/2026-11-22-login-is-down";
const FILE: &str = "shop/.claude/postmortems/2026-11-22-login-is-down.md";
const RECORDS: &str = "refs/hotfix/incidents/*:refs/hotfix/incidents/*";

fn edit_by_hand(shop: &Sandbox, edit: impl Fn(String) -> String) {
    let text = shop.read(FILE);
    let edited = edit(text.clone());
    assert_ne!(text, edited);
    shop.write(FILE, edited);
}

fn without_line(text: &str, part: &str) -> String {
    let kept = |line: &&str| !line.contains(part);
    text.split_inclusive('\n').filter(kept).collect()
}

fn saved(shop: &Sandbox) -> String {
    shop.git(&["show", &format!("{REF}:{ID}.md")]).ok().stdout
}

mod by_hand {
    use super::*;

    #[test]
    fn an_edit_that_undoes_the_last_command_counts() {
        let shop = Sandbox::incident();
        shop.hotfix(&["note", "wrong customer ACME"]).ok();
        edit_by_hand(&shop, |text| without_line(&text, "ACME"));
        shop.hotfix(&["show"]).ok();
        shop.hotfix(&["note", "second"]).ok();
        assert!(!saved(&shop).contains("ACME"), "{}", saved(&shop));
        assert!(shop.read(FILE).contains("second"));

        shop.hotfix(&["check", "monitoring"]).ok();
        edit_by_hand(&shop, |text| {
            let line = text
                .lines()
                .find(|line| line.contains("Monitoring in place"));
            text.replace(line.unwrap(), "- [ ] Monitoring in place")
        });
        shop.hotfix(&["note", "third"]).ok();
        assert!(saved(&shop).contains("- [ ] Monitoring in place\n"));
    }

    #[test]
    fn an_edit_of_a_tracked_record_that_goes_further_back_than_head_counts_too() {
        let shop = Sandbox::incident();
        shop.hotfix(&["note", "first"]).ok();
        let first = shop.read(FILE);
        shop.hotfix(&["note", "wrong customer ACME"]).ok();
        shop.git(&["add", "-f", ".claude"]).ok();
        shop.git(&["commit", "-qm", "fix: [HOTFIX] with the record"])
            .ok();
        shop.write(FILE, &first);
        shop.hotfix(&["note", "second"]).ok();
        assert!(!saved(&shop).contains("ACME"), "{}", saved(&shop));
        // What git puts there is nobody's edit.
        shop.git(&["checkout", "-q", "HEAD", "--", ".claude"]).ok();
        shop.hotfix(&["note", "third"]).ok();
        assert!(saved(&shop).contains("second") && !saved(&shop).contains("ACME"));
    }

    #[test]
    fn a_copy_that_a_stopped_command_wrote_is_nobodys_edit() {
        let shop = Sandbox::incident();
        let marker = format!("shop/.git/hotfix/saved/{ID}");
        let before = shop.read(&marker);
        shop.hotfix(&["check", "rollback"]).ok();
        let ticked = shop.read(FILE);
        shop.hotfix(&["check", "rollback", "--undo"]).ok();
        // Stopped between the file and the note of what it is.
        shop.write(FILE, ticked);
        shop.write(&marker, before);
        shop.hotfix(&["note", "next"]).ok();
        assert!(saved(&shop).contains("- [ ] Rollback plan ready\n"));
    }
}

mod refs_set_back {
    use super::*;

    #[test]
    fn a_note_outlives_a_ref_that_was_set_back() {
        let shop = Sandbox::incident();
        shop.hotfix(&["note", "first"]).ok();
        let before = shop.rev(REF);
        shop.hotfix(&["note", "IMPORTANT"]).ok();
        let lost = shop.rev(REF);
        shop.git(&["update-ref", REF, &before]).ok();
        shop.hotfix(&["show"]).ok().says("IMPORTANT");
        shop.hotfix(&["note", "next"])
            .ok()
            .says("has lost what was saved here last: it is merged in again");
        for text in [saved(&shop), shop.read(FILE)] {
            for note in ["first", "IMPORTANT", "next"] {
                assert_eq!(text.matches(note).count(), 1, "{note} in\n{text}");
            }
        }
        // Its history is kept as well, and that is the end of it.
        shop.git(&["merge-base", "--is-ancestor", &lost, REF]).ok();
        assert_eq!(shop.hotfix(&["note", "more"]).ok().stderr, "");
    }

    #[test]
    fn what_another_clone_forced_upon_the_ref_is_merged() {
        let shop = Sandbox::incident();
        shop.git(&["push", "-q", "origin", RECORDS]).ok();
        shop.git_in("", &["clone", "-q", "origin.git", "other"])
            .ok();
        shop.git_in("other", &["fetch", "-q", "origin", RECORDS])
            .ok();
        shop.hotfix_in("other", &["note", "THEIRS"]).ok();
        shop.hotfix_in("other", &["check", "rollback"]).ok();
        shop.git_in("other", &["push", "-q", "origin", RECORDS])
            .ok();
        shop.hotfix(&["note", "IMPORTANT"]).ok();
        edit_by_hand(&shop, |text| {
            text.replace("[What caused the incident]", "The key prefix.")
        });
        shop.git(&["fetch", "-qf", "origin", RECORDS]).ok();
        shop.hotfix(&["note", "next"]).ok();
        let text = saved(&shop);
        for part in [
            "THEIRS",
            "IMPORTANT",
            "next",
            "- [x] Rollback",
            "The key prefix.",
        ] {
            assert_eq!(text.matches(part).count(), 1, "{part} in\n{text}");
        }
        assert!(!text.contains("<<<<<<<"), "{text}");
        assert_eq!(text, shop.read(FILE));
    }

    #[test]
    fn without_the_file_and_without_the_commit_the_note_is_kept_too() {
        let shop = Sandbox::incident();
        let before = shop.rev(REF);
        shop.hotfix(&["note", "IMPORTANT"]).ok();
        fs::remove_file(shop.path(FILE)).unwrap();
        let marker = format!("shop/.git/hotfix/saved/{ID}");
        let blob = shop.read(&marker).lines().next().unwrap().to_owned();
        shop.write(&marker, format!("{blob}\n"));
        shop.git(&["update-ref", REF, &before]).ok();
        shop.hotfix(&["note", "next"]).ok();
        let text = saved(&shop);
        assert!(
            text.contains("IMPORTANT") && text.contains("next"),
            "{text}"
        );
        assert_eq!(text.matches("Rollback plan ready").count(), 1, "{text}");
    }
}

mod another_clone {
    use super::*;

    fn joined() -> Sandbox {
        let shop = Sandbox::incident();
        shop.git(&["push", "-q", "origin", RECORDS]).ok();
        shop.git(&["push", "-q", "--no-verify", "origin", BRANCH])
            .ok();
        shop.git_in("", &["clone", "-q", "origin.git", "other"])
            .ok();
        shop.git_in("other", &["fetch", "-q", "origin", RECORDS])
            .ok();
        shop.git_in("other", &["switch", "-q", BRANCH]).ok();
        shop
    }

    #[test]
    fn who_joins_is_protected_from_the_first_note_on() {
        let shop = joined();
        shop.hotfix_in("other", &["note", "hello"])
            .ok()
            .says("hooks installed: commit-msg, prepare-commit-msg, pre-push");
        shop.write("other/src/auth.rs", "fn login() { ok() }\n");
        shop.git_in("other", &["add", "-A"]).ok();
        let staged = shop.git_in("other", &["diff", "--cached", "--name-only"]);
        assert_eq!(staged.ok().stdout, "src/auth.rs\n");
        shop.git_in("other", &["commit", "-m", "nonsense"])
            .fails(1)
            .says("fix: [HOTFIX] nonsense");
        shop.git_in("other", &["commit", "-qm", "fix: [HOTFIX] do not panic"])
            .ok();
        shop.git_in("other", &["push", "-q"])
            .fails(1)
            .says("git hotfix check rollback");
        // Once: whoever takes the hooks out again has said so.
        shop.hotfix_in("other", &["hooks", "uninstall"]).ok();
        assert_eq!(
            shop.hotfix_in("other", &["note", "more"]).ok().stderr,
            "",
            "nothing more to say"
        );
        assert!(!shop.path("other/.git/hooks/pre-push").exists());
    }

    #[test]
    fn the_setting_says_whether_hooks_are_installed() {
        let shop = joined();
        shop.git_in("other", &["config", "hotfix.hooks", "manual"])
            .ok();
        let ran = shop.hotfix_in("other", &["note", "hello"]).ok();
        assert_eq!(ran.stderr, "");
        assert!(!shop.path("other/.git/hooks/pre-push").exists());
    }

    #[test]
    fn a_record_is_hidden_wherever_it_is_written_again() {
        let shop = Sandbox::incident();
        let exclude = "shop/.git/info/exclude";
        shop.write(exclude, "# somebody tidied up\n");
        shop.hotfix(&["note", "hello"]).ok();
        assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
        // One that is over may wait for its postmortem elsewhere too.
        shop.hotfix(&["resolve"]).ok();
        shop.write(exclude, "");
        fs::remove_file(shop.path(FILE)).unwrap();
        shop.hotfix(&["note", "-i", ID, "afterwards"]).ok();
        assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
    }

    #[test]
    fn a_record_that_is_tracked_is_not_hidden() {
        let shop = Sandbox::incident();
        shop.git(&["add", "-f", ".claude"]).ok();
        shop.git(&["commit", "-qm", "fix: [HOTFIX] with the record"])
            .ok();
        shop.write("shop/.git/info/exclude", "");
        shop.hotfix(&["note", "hello"]).ok();
        assert_eq!(shop.read("shop/.git/info/exclude"), "");
    }
}

mod broken_refs {
    use super::*;

    #[test]
    fn one_that_is_no_record_stands_in_nobodys_way() {
        let shop = Sandbox::incident();
        let blob = shop.rev("HEAD:src/auth.rs");
        let prefix = "refs/hotfix/incidents";
        for (name, what) in [
            ("2027-01-01-no-file", "HEAD"),
            ("nested/name", "HEAD"),
            ("2027-01-02-a-blob", blob.as_str()),
        ] {
            shop.git(&["update-ref", &format!("{prefix}/{name}"), what])
                .ok();
        }
        let bad = "refs/hotfix/incidents/2027-01-02-a-blob is no record";
        for arguments in [
            &["list"][..],
            &["list", "--all"],
            &["note", "x", "-i", "login"],
            &["status"],
            &[],
        ] {
            shop.hotfix(arguments).ok();
        }
        shop.hotfix(&["list"]).ok().says(bad).says("Login is down");
        shop.hotfix(&["list"]).ok().says(bad);
        let all = shop
            .hotfix(&["list", "--all"])
            .ok()
            .says("2027-01-01-no-file");
        assert_eq!(all.stderr.matches("2027-01-02-a-blob").count(), 1);
        shop.git(&["switch", "-q", "main"]).ok();
        shop.hotfix(&["note", "from main"]).ok();
        shop.commit("src/cart.rs", "fn cart() {}\n", "feat: cart");
        shop.git(&["push", "-q", "origin", "main"]).ok();
        shop.git(&[
            "config",
            "--unset",
            &format!("branch.{BRANCH}.hotfixincident"),
        ])
        .ok();
        shop.git(&["switch", "-q", BRANCH]).ok();
        shop.hotfix(&["note", "by the record's word"]).ok();
        shop.hotfix(&["resolve"]).ok();
        shop.git(&["switch", "-q", "main"]).ok();
        shop.hotfix(&["show"]).ok().says("Login is down");
        shop.hotfix(&["reopen", "it is back"]).ok();
        // One that is asked for by its name is not passed over.
        shop.hotfix(&["note", "x", "-i", "2027-01-02-a-blob"])
            .fails(3);
        shop.hotfix(&["note", "x", "-i", "no-file"])
            .fails(3)
            .says("does not hold the record");
    }

    #[test]
    fn one_that_has_the_name_of_a_new_incident_is_passed_over() {
        let shop = Sandbox::shop();
        shop.git(&["update-ref", REF, "HEAD"]).ok();
        shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
        shop.hotfix(&["note", "x"]).ok();
    }
}

mod renamed_branches {
    use super::*;

    #[test]
    fn looking_shows_the_new_name_and_the_next_change_writes_it() {
        let shop = Sandbox::incident();
        shop.git(&["branch", "-m", "hotfix/renamed"]).ok();
        let before = shop.rev(REF);
        shop.hotfix(&["status"])
            .ok()
            .says("hotfix/renamed: 0 commits");
        shop.git(&["switch", "-q", "main"]).ok();
        shop.hotfix(&["status", "-i", "login"])
            .ok()
            .says("hotfix/renamed: 0 commits");
        assert_eq!(shop.rev(REF), before, "looking saves nothing");
        shop.hotfix(&["note", "hello"]).ok();
        let text = saved(&shop);
        assert!(text.contains("**Branch**: hotfix/renamed\n"), "{text}");
        let line = format!("Branch renamed - {BRANCH} to hotfix/renamed");
        shop.hotfix(&["note", "again"]).ok();
        assert_eq!(saved(&shop).matches(&line).count(), 1, "{text}");
    }
}

#[cfg(unix)]
mod no_folder {
    use super::*;

    fn goes_on(shop: &Sandbox, wrong: &str) {
        shop.hotfix(&["note", "first"])
            .ok()
            .says(wrong)
            .says("git config hotfix.postmortems");
        let ran = shop.hotfix(&["note", "second"]).ok();
        assert_eq!(ran.stderr.matches(wrong).count(), 1, "{}", ran.stderr);
        shop.hotfix(&["status"]).ok().says("second");
        let text = saved(shop);
        assert!(text.contains("first") && text.contains("second"), "{text}");
        shop.git(&["config", "hotfix.postmortems", "incidents"])
            .ok();
        let ran = shop.hotfix(&["note", "third"]).ok();
        assert!(!ran.stderr.contains(wrong), "{}", ran.stderr);
        assert_eq!(shop.read(&format!("shop/incidents/{ID}.md")), saved(shop));
    }

    #[test]
    fn a_file_in_the_folders_place_stops_no_recording() {
        let shop = Sandbox::shop();
        shop.write("shop/.claude", "mine\n");
        shop.hotfix(&["start", "Login is down"])
            .ok()
            .says(".claude is not a folder");
        goes_on(&shop, ".claude is not a folder");
        assert_eq!(shop.read("shop/.claude"), "mine\n");
    }

    #[test]
    fn a_link_that_leads_away_stops_no_recording() {
        let shop = Sandbox::shop();
        fs::create_dir(shop.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink(shop.path("elsewhere"), shop.path("shop/.claude")).unwrap();
        shop.hotfix(&["start", "Login is down"]).ok();
        goes_on(&shop, ".claude is a link that leaves the work tree");
        assert_eq!(fs::read_dir(shop.path("elsewhere")).unwrap().count(), 0);
    }

    #[test]
    fn a_record_that_cannot_be_read_still_stops_it() {
        let shop = Sandbox::incident();
        shop.write(FILE, [0xff, 0xfe]);
        shop.hotfix(&["note", "x"]).fails(3).says("is not UTF-8");
        fs::remove_file(shop.path(FILE)).unwrap();
        fs::create_dir(shop.path(FILE)).unwrap();
        shop.hotfix(&["note", "x"]).fails(3).says("is not a file");
    }
}

mod work_trees {
    use super::*;

    #[test]
    fn lines_that_two_work_trees_append_double_no_hint() {
        let shop = Sandbox::incident();
        shop.git(&["worktree", "add", "-q", "--detach", "../other", "main"])
            .ok();
        shop.hotfix_in("other", &["note", "-i", ID, "from the other"])
            .ok();
        shop.hotfix(&["note", "from here"]).ok();
        let there = format!("other/.claude/postmortems/{ID}.md");
        for (file, words) in [(FILE, "alert on 401s"), (there.as_str(), "alert on 500s")] {
            shop.write(file, format!("{}{words}\n", shop.read(file)));
        }
        shop.hotfix_in("other", &["note", "-i", ID, "more"]).ok();
        shop.hotfix(&["note", "more"]).ok();
        let text = saved(&shop);
        for part in ["[Preventive measure 1]", "alert on 401s", "alert on 500s"] {
            assert_eq!(text.matches(part).count(), 1, "{part} in\n{text}");
        }
    }

    #[test]
    fn what_a_killed_command_left_is_removed_and_never_shows() {
        let shop = Sandbox::incident();
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(90);
        for (name, written) in [(".git-hotfix-old", Some(old)), (".git-hotfix-new", None)] {
            let path = format!("shop/.git/{name}");
            shop.write(&path, "half a rec");
            if let Some(written) = written {
                let file = fs::File::options().write(true).open(shop.path(&path));
                file.unwrap().set_modified(written).unwrap();
            }
        }
        shop.hotfix(&["note", "x"]).ok();
        assert!(!shop.path("shop/.git/.git-hotfix-old").exists());
        assert!(shop.path("shop/.git/.git-hotfix-new").exists());
        assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
    }

    #[test]
    fn a_folder_with_a_pattern_in_its_name_is_known_again() {
        let shop = Sandbox::shop();
        shop.git(&["config", "hotfix.postmortems", "docs/[incidents]"])
            .ok();
        let first = shop.hotfix(&["start", "Login is down", "--json"]).ok();
        shop.git(&["switch", "-q", "main"]).ok();
        let again = shop.hotfix(&["start", "Login is down", "--json"]).ok();
        assert_ne!(first.json()["id"], again.json()["id"]);
        assert_eq!(again.json()["resumed"], false);
    }
}
