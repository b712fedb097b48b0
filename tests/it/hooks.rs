//! The hooks, through the real `git commit` and `git push`.

use super::support::{Ran, Sandbox, binary};
use expect_test::expect;
use std::fs;

const BRANCH: &str = "hotfix/login-is-down";
const EVENTS: [&str; 3] = ["commit-msg", "prepare-commit-msg", "pre-push"];
const SCISSORS: &str = "------------------------ >8 ------------------------";

/// Writes a program below the sandbox's folder; its path.
fn program(shop: &Sandbox, below: &str, text: &str) -> String {
    shop.write(below, text);
    let path = shop.path(below);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    path.to_str().unwrap().to_owned()
}

fn hook_file(event: &str) -> String {
    format!("shop/.git/hooks/{event}")
}

/// Commits with an editor that is a line of shell; `$1` is the message's file.
fn commit_with_editor(shop: &Sandbox, editor: &str, arguments: &[&str]) -> Ran {
    let editor = program(shop, "editor.sh", &format!("#!/bin/sh\n{editor}\n"));
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

/// The command behind `Your message is kept: `.
fn printed_retry(ran: &Ran) -> String {
    let kept = ran
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("Your message is kept: "));
    kept.unwrap_or_else(|| panic!("no retry in\n{}", ran.stderr))
        .to_owned()
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

mod installing {
    use super::*;

    /// Every file in the hooks folder with its text.
    fn hooks(shop: &Sandbox) -> Vec<(String, String)> {
        let entries = fs::read_dir(shop.path("shop/.git/hooks")).unwrap();
        let mut found: Vec<(String, String)> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.extension()
                    .is_none_or(|extension| extension != "sample")
            })
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, fs::read_to_string(path).unwrap())
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn install_status_and_uninstall_say_what_stands() {
        let shop = Sandbox::shop();
        let here = shop.path("shop/.git/hooks").display().to_string();
        let screen = |ran: Ran| ran.ok().screen().replace(&here, "<hooks>");
        expect![[r#"
            <hooks>
              commit-msg          not installed
              prepare-commit-msg  not installed
              pre-push            not installed
            ! 
            ! Next: install them
            !   git hotfix hooks install
        "#]]
        .assert_eq(&screen(shop.hotfix(&["hooks", "status"])));
        expect![[r#"
            <hooks>
              commit-msg          would be installed
              prepare-commit-msg  would be installed
              pre-push            would be installed
        "#]]
        .assert_eq(&screen(shop.hotfix(&["hooks", "install", "-n"])));
        assert_eq!(hooks(&shop), []);
        expect![[r#"
            <hooks>
              commit-msg          installed
              prepare-commit-msg  installed
              pre-push            installed
        "#]]
        .assert_eq(&screen(shop.hotfix(&["hooks", "install"])));
        expect![[r#"
            <hooks>
              commit-msg          removed
              prepare-commit-msg  removed
              pre-push            removed
        "#]]
        .assert_eq(&screen(shop.hotfix(&["hooks", "uninstall"])));
        assert_eq!(hooks(&shop), []);
        let report = shop.hotfix(&["hooks", "uninstall", "--json"]).ok().json();
        assert_eq!(
            report["changed"],
            serde_json::json!([]),
            "a second time there is nothing to do"
        );
    }

    #[test]
    fn installing_again_changes_nothing() {
        let shop = Sandbox::shop();
        shop.hotfix(&["hooks", "install"]).ok();
        let before = hooks(&shop);
        assert_eq!(before.len(), 3);
        let report = shop.hotfix(&["hooks", "install", "--json"]).ok().json();
        assert_eq!(report["changed"], serde_json::json!([]));
        assert_eq!(hooks(&shop), before);
    }

    #[test]
    fn a_shim_of_another_version_is_written_anew_and_nothing_is_put_aside() {
        let shop = Sandbox::shop();
        shop.hotfix(&["hooks", "install"]).ok();
        let before = hooks(&shop);
        let old = before[0].1.replace("shim 2", "shim 1");
        shop.write(&hook_file("commit-msg"), &old);
        shop.hotfix(&["hooks", "status"])
            .ok()
            .says("of another version: git hotfix hooks install");
        shop.hotfix(&["hooks", "install"]).ok();
        assert_eq!(hooks(&shop), before);
    }

    #[cfg(unix)]
    #[test]
    fn somebody_elses_hooks_come_back_as_they_were_mode_and_symlink_too() {
        use std::os::unix::fs::PermissionsExt;
        let shop = Sandbox::shop();
        program(&shop, &hook_file("commit-msg"), "#!/bin/sh\nexit 0\n");
        fs::set_permissions(
            shop.path(&hook_file("commit-msg")),
            fs::Permissions::from_mode(0o750),
        )
        .unwrap();
        program(&shop, "shop/.git/hooks/shared.sh", "#!/bin/sh\nexit 0\n");
        std::os::unix::fs::symlink("shared.sh", shop.path(&hook_file("pre-push"))).unwrap();
        let ran = shop.hotfix(&["hooks", "install"]).ok();
        ran.says("commit-msg          installed, after the hook that was there");
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let mode = fs::metadata(shop.path(&hook_file("commit-msg")))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o750);
        let link = fs::read_link(shop.path(&hook_file("pre-push"))).unwrap();
        assert_eq!(link.to_str(), Some("shared.sh"));
        let left: Vec<String> = hooks(&shop).into_iter().map(|(name, _)| name).collect();
        assert_eq!(left, ["commit-msg", "pre-push", "shared.sh"]);
    }

    #[test]
    fn removal_never_touches_a_hook_that_is_not_ours() {
        let shop = Sandbox::shop();
        shop.hotfix(&["hooks", "install"]).ok();
        program(&shop, &hook_file("commit-msg"), "#!/bin/sh\necho theirs\n");
        shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_eq!(
            hooks(&shop),
            [(
                "commit-msg".to_owned(),
                "#!/bin/sh\necho theirs\n".to_owned()
            )]
        );
    }

    #[test]
    fn what_is_in_the_way_of_keeping_a_hook_is_never_overwritten() {
        let shop = Sandbox::shop();
        shop.write(&hook_file("pre-push"), "#!/bin/sh\n# new\n");
        shop.write(&hook_file("pre-push.pre-git-hotfix"), "#!/bin/sh\n# old\n");
        let before = hooks(&shop);
        let ran = shop.hotfix(&["hooks", "install"]).fails(3);
        ran.says("pre-push.pre-git-hotfix is in the way")
            .says("Nothing was installed.");
        assert_eq!(hooks(&shop), before);
    }

    #[test]
    fn a_hooks_path_inside_the_git_directory_is_this_repositorys_own() {
        let shop = Sandbox::incident();
        shop.git(&["config", "core.hooksPath", ".git/my-hooks"])
            .ok();
        shop.hotfix(&["hooks", "install"]).ok();
        assert!(shop.path("shop/.git/my-hooks/pre-push").exists());
        shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
            .fails(1);
    }

    #[test]
    fn a_managers_hooks_are_its_own_and_the_lines_for_it_are_printed() {
        let shop = Sandbox::shop();
        shop.write("shop/.githooks/commit-msg", "#!/bin/sh\n");
        shop.git(&["config", "core.hooksPath", ".githooks"]).ok();
        let ran = shop.hotfix(&["hooks", "install"]).fails(1);
        ran.says("Nothing was installed.")
            .says("git-hotfix hook pre-push \"$@\" || exit");
        assert!(!shop.path("shop/.githooks/pre-push").exists());
        assert!(!shop.path("shop/.git/hooks/pre-push").exists());
    }

    #[test]
    fn the_printed_lines_work_where_they_are_put() {
        let shop = Sandbox::incident();
        shop.git(&["config", "core.hooksPath", ".githooks"]).ok();
        let said = shop.hotfix(&["hooks", "install"]).fails(1).stderr;
        for event in EVENTS {
            let line = said
                .lines()
                .find_map(|line| line.trim().strip_prefix(&format!(".githooks/{event}:  ")));
            let text = format!("#!/bin/sh\n{}\n", line.unwrap());
            program(&shop, &format!("shop/.githooks/{event}"), &text);
        }
        shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
            .fails(1);
        shop.git(&[
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "fix: [HOTFIX] slow fix",
        ])
        .ok();
        shop.git(&["push", "-q", "origin", BRANCH])
            .fails(1)
            .says("is not ready to deploy");
    }

    #[test]
    fn a_hooks_path_of_all_repositories_is_refused() {
        let shop = Sandbox::shop();
        fs::create_dir(shop.path("all-hooks")).unwrap();
        let all = shop.path("all-hooks").display().to_string();
        shop.git(&["config", "--global", "core.hooksPath", &all])
            .ok();
        let ran = shop.hotfix(&["hooks", "install"]).fails(1);
        ran.says("core.hooksPath")
            .says("(global)")
            .says("Nothing was installed.");
        assert_eq!(fs::read_dir(shop.path("all-hooks")).unwrap().count(), 0);
    }

    #[test]
    fn hooks_that_are_switched_off_are_said_to_be() {
        for off in ["", "/dev/null"] {
            let shop = Sandbox::shop();
            shop.git(&["config", "core.hooksPath", off]).ok();
            for (act, code) in [("install", 1), ("status", 0), ("uninstall", 1)] {
                let ran = shop.hotfix(&["hooks", act]).fails(code);
                ran.says("git runs no hooks here")
                    .says("git config --local --unset core.hooksPath");
            }
            // An incident starts all the same.
            shop.hotfix(&["start", "Login is down"])
                .ok()
                .says("hooks are not installed");
            shop.hotfix(&["init"]).ok().says("git runs no hooks here");
        }
    }

    #[test]
    fn linked_work_trees_share_the_hooks() {
        let shop = Sandbox::incident();
        shop.git(&["worktree", "add", "-q", "-b", "hotfix/other", "../other"])
            .ok();
        let commit = ["commit", "-q", "--allow-empty", "-m", "quick fix"];
        shop.git_in("other", &commit)
            .fails(1)
            .says("this message does not have the hotfix format");
        let installed = shop
            .hotfix_in("other", &["hooks", "install", "--json"])
            .ok()
            .json();
        assert_eq!(installed["changed"], serde_json::json!([]));
    }
}

mod chaining {
    use super::*;

    /// A hook that writes down how it was called, then ends as told.
    fn spy(shop: &Sandbox, event: &str, code: i32) {
        let log = shop.path("log").display().to_string();
        let text =
            format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{log}'\n[ \"${{0##*/}}\" != x ] || :\n");
        let stdin = if event == "pre-push" {
            format!("cat >>'{log}'\n")
        } else {
            String::new()
        };
        program(
            shop,
            &hook_file(event),
            &format!("{text}{stdin}exit {code}\n"),
        );
    }

    #[test]
    fn the_earlier_hook_gets_arguments_and_standard_input() {
        let shop = Sandbox::ready();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        spy(&shop, "pre-push", 0);
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&["push", "-q", "origin", BRANCH]).ok();
        let tip = shop.rev(BRANCH);
        let url = shop.path("origin.git").display().to_string();
        let zero = "0".repeat(40);
        let line = format!("refs/heads/{BRANCH} {tip} refs/heads/{BRANCH} {zero}");
        assert_eq!(shop.read("log"), format!("origin\n{url}\n{line}\n"));
    }

    #[test]
    fn either_hook_can_say_no() {
        let shop = unready();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        spy(&shop, "commit-msg", 7);
        spy(&shop, "pre-push", 0);
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&["push", "-q", "origin", BRANCH])
            .fails(1)
            .says("is not ready to deploy");
        let right = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];
        shop.git(&right).fails(1);
        spy_aside(&shop, 0);
        shop.git(&right).ok();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "x"])
            .fails(1)
            .says("hotfix format");
    }

    fn spy_aside(shop: &Sandbox, code: i32) {
        let text = format!("#!/bin/sh\nexit {code}\n");
        program(shop, &hook_file("commit-msg.pre-git-hotfix"), &text);
    }

    #[test]
    fn a_hook_may_change_the_message_before_ours_judges_it() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        program(
            &shop,
            &hook_file("commit-msg"),
            "#!/bin/sh\necho 'fix: [HOTFIX] better' >\"$1\"\n",
        );
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
            .ok();
        assert_eq!(subject(&shop), "fix: [HOTFIX] better");
    }

    /// git runs such a hook by way of a shell, so it must go on running.
    #[test]
    fn a_hook_without_its_first_line_still_runs() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let log = shop.path("log").display().to_string();
        program(
            &shop,
            &hook_file("commit-msg"),
            &format!("echo ran >'{log}'\n"),
        );
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"])
            .ok();
        assert_eq!(shop.read("log"), "ran\n");
    }

    /// git passes over a hook that is not executable; so do we.
    #[cfg(unix)]
    #[test]
    fn a_hook_that_was_switched_off_stays_so() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        shop.write(&hook_file("commit-msg"), "#!/bin/sh\nexit 1\n");
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"])
            .ok();
    }

    #[test]
    fn a_hook_that_commits_itself_does_not_run_in_circles() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let inner = "#!/bin/sh\ngit commit -q --allow-empty -m 'fix: [HOTFIX] inner'\n";
        program(&shop, &hook_file("pre-push"), inner);
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&["push", "-q", "origin", "v2.3.0:refs/tags/other"])
            .ok();
        assert_eq!(subject(&shop), "fix: [HOTFIX] inner");
    }
}

mod the_shim {
    use super::*;

    /// Replaces the program in a shim by one that is gone, and hides ours from PATH.
    fn without_the_program(shop: &Sandbox) -> String {
        for event in EVENTS {
            let text = shop.read(&hook_file(event));
            let gone = text.replace(binary().to_str().unwrap(), "/gone/git-hotfix");
            assert_ne!(text, gone);
            shop.write(&hook_file(event), gone);
        }
        let own = binary().parent().unwrap();
        let path = std::env::var_os("PATH").unwrap();
        let rest: Vec<_> = std::env::split_paths(&path)
            .filter(|folder| folder != own)
            .collect();
        std::env::join_paths(rest).unwrap().into_string().unwrap()
    }

    #[test]
    fn a_program_that_is_gone_stops_the_hotfix_and_nothing_else() {
        let shop = Sandbox::incident();
        let path = without_the_program(&shop);
        let environment = [("PATH", path.as_str())];
        let commit = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];
        let ran = shop.git_with(&environment, &commit).fails(1);
        ran.says("git-hotfix is gone, so the prepare-commit-msg hook cannot check this");
        shop.git(&["switch", "-q", "main"]).ok();
        let commit = ["commit", "-q", "--allow-empty", "-m", "feat: as always"];
        shop.git_with(&environment, &commit)
            .ok()
            .says("the commit-msg hook did nothing");
    }

    #[test]
    fn a_program_that_moved_is_found_on_path() {
        let shop = Sandbox::incident();
        without_the_program(&shop);
        shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"])
            .fails(1)
            .says("hotfix format");
    }

    #[cfg(unix)]
    #[test]
    fn a_client_without_path_runs_the_hooks_all_the_same() {
        let shop = Sandbox::incident();
        let git = in_shell(&shop, "command -v git", &[])
            .stdout
            .trim()
            .to_owned();
        let mut command = shop.command(&git, "shop");
        command
            .env_remove("PATH")
            .args(["commit", "--allow-empty", "-m", "quick fix"]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("this message does not have the hotfix format"),
            "{said}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_path_of_the_program_may_hold_blanks_and_quotes() {
        let shop = Sandbox::incident();
        let odd = shop.path("it's \"my\" $HOME `bin`");
        fs::create_dir(&odd).unwrap();
        let copy = odd.join("git-hotfix");
        fs::copy(binary(), &copy).unwrap();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let installed = shop
            .command(&copy, "shop")
            .args(["hooks", "install"])
            .output()
            .unwrap();
        assert!(installed.status.success());
        let empty = [("PATH", "/usr/bin:/bin")];
        let commit = ["commit", "-q", "--allow-empty", "-m", "quick fix"];
        shop.git_with(&empty, &commit)
            .fails(1)
            .says("this message does not have the hotfix format");
    }

    #[test]
    fn other_branches_are_none_of_our_business() {
        let shop = Sandbox::incident();
        shop.git(&["switch", "-q", "main"]).ok();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "whatever"])
            .ok();
        let ran = shop.git(&["push", "-q", "origin", "main"]).ok();
        assert_eq!(ran.stderr, "");
    }

    #[test]
    fn a_wrong_setting_does_not_stop_everybodys_commits() {
        let shop = Sandbox::incident();
        shop.git(&["config", "hotfix.gate", "maybe"]).ok();
        let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix"]);
        ran.fails(1)
            .says("git config hotfix.gate (local)")
            .says("hotfix format");
        shop.git(&["push", "-q", "origin", BRANCH])
            .fails(1)
            .says("is not ready to deploy");
        shop.git(&["switch", "-q", "main"]).ok();
        let ran = shop
            .git(&["commit", "-q", "--allow-empty", "-m", "feat: as always"])
            .ok();
        ran.says("git config hotfix.gate (local)")
            .says("going by the default");
    }
}

mod messages {
    use super::*;

    #[test]
    fn a_refused_message_is_shown_with_its_place_and_kept() {
        let shop = Sandbox::incident();
        let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "quick fix for login"]);
        expect![[r#"
            ! hotfix: this message does not have the hotfix format (the type is 'fix')
            !   quick fix for login
            !   ^ expected: fix: [HOTFIX] quick fix for login
            ! Your message is kept: git hotfix commit -m "quick fix for login"
            [exit 1]
        "#]]
        .assert_eq(&ran.screen());
    }

    #[test]
    fn the_printed_retry_commits_what_was_meant() {
        let shop = Sandbox::incident();
        for message in [
            "don't panic",
            "cost $5 & \"more\" `now` \\ !x",
            "fix(auth): tokens",
            "-x",
        ] {
            shop.write("shop/src/auth.rs", format!("// {message}\n"));
            shop.git(&["add", "-A"]).ok();
            let ran = shop
                .git(&["commit", "-q", &format!("--message={message}")])
                .fails(1);
            in_shell(&shop, &printed_retry(&ran), &[]).ok();
            let words = message.strip_prefix("fix(auth): ").unwrap_or(message);
            assert!(
                subject(&shop).ends_with(&format!(": [HOTFIX] {words}")),
                "{}",
                subject(&shop)
            );
        }
    }

    #[test]
    fn the_printed_retry_commits_all_when_all_was_to_be_committed() {
        let shop = Sandbox::incident();
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        let ran = shop.git(&["commit", "-qam", "quick fix"]).fails(1);
        in_shell(&shop, &printed_retry(&ran), &[]).ok();
        assert_eq!(subject(&shop), "fix: [HOTFIX] quick fix");
        assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
    }

    #[test]
    fn a_scope_that_was_given_is_not_lost() {
        let shop = Sandbox::incident();
        let ran = shop
            .git(&["commit", "-q", "--allow-empty", "-m", "fix(auth): tokens"])
            .fails(1);
        let retry = format!("{} --allow-empty", printed_retry(&ran));
        in_shell(&shop, &retry, &[]).ok();
        assert_eq!(subject(&shop), "fix(auth): [HOTFIX] tokens");
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        let ran = shop
            .git(&["commit", "-q", "src/auth.rs", "-m", "tokens"])
            .fails(1);
        assert_eq!(
            printed_retry(&ran),
            "git hotfix commit -m \"tokens\" -- <the same files>"
        );
    }

    #[test]
    fn a_long_message_is_kept_whole_in_a_file() {
        let shop = Sandbox::incident();
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        shop.git(&["add", "-A"]).ok();
        let ran = shop
            .git(&["commit", "-q", "-m", "Quick fix", "-m", "It's\nlong."])
            .fails(1);
        let mend = program(
            &shop,
            "mend.sh",
            "#!/bin/sh\nsed -i '1s/^/fix: [HOTFIX] /' \"$1\"\n",
        );
        in_shell(&shop, &printed_retry(&ran), &[("GIT_EDITOR", &mend)]).ok();
        let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
        assert_eq!(message.trim_end(), "fix: [HOTFIX] Quick fix\n\nIt's\nlong.");
    }

    #[test]
    fn a_file_is_judged_like_words() {
        let shop = Sandbox::incident();
        for (text, code) in [
            ("fix: [HOTFIX] x\n", 0),
            ("fix(auth): [HOTFIX] x\r\n\r\nbody\r\n", 0),
            ("fix: [HOTFIX] x\n\n\n\n", 0),
            ("fix(面试评价): [HOTFIX] 测试\n", 0),
            ("\n\nfix!: [HOTFIX] x\n", 0),
            ("fix: [HOTFIX] x\nbody at once\n", 1),
            ("fix:  [HOTFIX] x\n", 1),
            ("fix: x\n", 1),
            ("1.2.3\n", 1),
            // Without an editor git keeps a line like this: it would be the subject.
            ("# not a comment\nfix: [HOTFIX] x\n", 1),
        ] {
            shop.write("message", text);
            let ran = shop.git(&["commit", "-q", "--allow-empty", "-F", "../message"]);
            assert_eq!(ran.code, code, "{text:?}: {}", ran.stderr);
        }
    }

    #[test]
    fn what_an_editor_leaves_is_judged_as_git_will_record_it() {
        let write = |text: &str| format!("printf '{text}' >\"$1\"");
        let rows = [
            (
                "",
                write("# a comment\\n\\nfix: [HOTFIX] x\\n# more\\n"),
                0,
                "fix: [HOTFIX] x",
            ),
            ("", write("fix: [HOTFIX] x\\n# a comment\\nbody\\n"), 1, ""),
            (
                "commit.cleanup=scissors",
                format!("printf 'fix: [HOTFIX] x\\n\\n# kept\\n# {SCISSORS}\\nbad\\n' >\"$1\""),
                0,
                "fix: [HOTFIX] x",
            ),
            (
                "commit.cleanup=verbatim",
                write("# heading\\nfix: [HOTFIX] x\\n"),
                1,
                "",
            ),
            (
                "commit.cleanup=whitespace",
                write("# heading\\nfix: [HOTFIX] x\\n"),
                1,
                "",
            ),
            (
                "core.commentChar=$",
                write("$ a comment\\nfix: [HOTFIX] x\\n"),
                0,
                "fix: [HOTFIX] x",
            ),
            (
                "core.commentChar=$",
                write("# no comment\\nfix: [HOTFIX] x\\n"),
                1,
                "",
            ),
            (
                "core.commentChar=auto",
                "sed -i 's/^fix: .HOTFIX. $/fix: [HOTFIX] #1/' \"$1\"".to_owned(),
                0,
                "fix: [HOTFIX] #1",
            ),
        ];
        for (setting, editor, code, want) in rows {
            let shop = Sandbox::incident();
            if let Some((name, value)) = setting.split_once('=') {
                shop.git(&["config", name, value]).ok();
            }
            let ran = commit_with_editor(&shop, &editor, &[]);
            assert_eq!(ran.code, code, "{setting} {editor}: {}", ran.stderr);
            if code == 0 {
                assert_eq!(subject(&shop), want, "{setting} {editor}");
            }
        }
    }

    #[test]
    fn a_diff_below_the_scissors_is_no_part_of_the_message() {
        let shop = Sandbox::incident();
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        let editor = "sed -i '1s/.*/fix: [HOTFIX] do not panic/' \"$1\"";
        commit_with_editor(&shop, editor, &["-a", "-v"]).ok();
        assert_eq!(
            shop.git(&["log", "-1", "--format=%B"]).ok().stdout.trim(),
            "fix: [HOTFIX] do not panic"
        );
    }

    #[test]
    fn an_empty_message_is_prefilled_and_the_prefix_alone_is_not_enough() {
        let shop = Sandbox::incident();
        let ran = commit_with_editor(&shop, "cp \"$1\" \"${0%/*}/seen\"", &[]).fails(1);
        ran.says("fix: [HOTFIX]");
        let seen = shop.read("seen");
        assert!(seen.starts_with("fix: [HOTFIX] \n"), "{seen}");
        commit_with_editor(&shop, "sed -i '1s/$/do not panic/' \"$1\"", &[]).ok();
        assert_eq!(subject(&shop), "fix: [HOTFIX] do not panic");
    }

    #[test]
    fn a_template_is_kept_below_the_prefix() {
        let shop = Sandbox::incident();
        shop.write("template", "\n\nTicket:\n");
        shop.git(&["config", "commit.template", "../template"]).ok();
        let ran = commit_with_editor(&shop, "cp \"$1\" \"${0%/*}/seen\"", &[]);
        ran.fails(1);
        let seen = shop.read("seen");
        assert!(seen.starts_with("fix: [HOTFIX] \n\nTicket:\n"), "{seen}");
        commit_with_editor(&shop, "sed -i '1s/$/do not panic/' \"$1\"", &[]).ok();
        let message = shop.git(&["log", "-1", "--format=%B"]).ok().stdout;
        assert_eq!(message.trim_end(), "fix: [HOTFIX] do not panic\n\nTicket:");
    }

    #[test]
    fn a_message_that_was_given_is_not_prefilled() {
        let shop = Sandbox::incident();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] one"])
            .ok();
        commit_with_editor(&shop, "sed -i '1s/one/two/' \"$1\"", &["--amend"]).ok();
        assert_eq!(subject(&shop), "fix: [HOTFIX] two");
        shop.git(&["switch", "-q", "main"]).ok();
        commit_with_editor(
            &shop,
            "grep -q HOTFIX \"$1\" && exit 1; echo x >\"$1\"",
            &[],
        )
        .ok();
    }

    #[test]
    fn a_merge_keeps_its_own_words() {
        let shop = Sandbox::incident();
        shop.git(&["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] one"])
            .ok();
        shop.git(&["switch", "-qc", "side", "main"]).ok();
        shop.commit("src/side.rs", "", "feat: side");
        shop.git(&["switch", "-q", BRANCH]).ok();
        shop.git(&["merge", "-q", "--no-edit", "side"]).ok();
        assert_eq!(subject(&shop), format!("Merge branch 'side' into {BRANCH}"));
        let ran = shop.git(&["commit", "-q", "--allow-empty", "-m", "Merge branch 'side'"]);
        ran.fails(1).says("only a merge may be called 'Merge …'");
    }

    #[test]
    fn a_reword_is_judged_although_head_is_detached() {
        let shop = Sandbox::incident();
        shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
        shop.git(&["commit", "-qam", "fix: [HOTFIX] one"]).ok();
        let todo = program(
            &shop,
            "todo.sh",
            "#!/bin/sh\nsed -i 's/^pick/reword/' \"$1\"\n",
        );
        let reword = |text: &str| {
            let editor = program(
                &shop,
                "editor.sh",
                &format!("#!/bin/sh\necho '{text}' >\"$1\"\n"),
            );
            let environment = [
                ("GIT_SEQUENCE_EDITOR", todo.as_str()),
                ("GIT_EDITOR", editor.as_str()),
            ];
            shop.git_with(&environment, &["rebase", "-q", "-i", "main"])
        };
        let ran = reword("quick fix");
        assert_ne!(ran.code, 0);
        ran.says("this message does not have the hotfix format");
        shop.git(&["rebase", "--abort"]).ok();
        reword("fix: [HOTFIX] two").ok();
        assert_eq!(subject(&shop), "fix: [HOTFIX] two");
    }

    #[test]
    fn what_git_does_not_show_the_hook_is_judged_at_the_push() {
        let shop = Sandbox::ready();
        shop.git(&["switch", "-qc", "side", "main"]).ok();
        shop.commit("src/side.rs", "", "feat: side");
        shop.git(&["switch", "-q", BRANCH]).ok();
        shop.git(&["cherry-pick", "side"]).ok();
        let ran = shop.git(&["push", "-q", "origin", BRANCH]).fails(1);
        ran.says("feat: side");
        assert!(!remote_has(&shop, BRANCH));
    }

    #[test]
    fn a_fixup_is_let_go_here_and_not_to_the_remote() {
        let shop = Sandbox::ready();
        for kind in ["--fixup=HEAD", "--squash=HEAD"] {
            shop.git(&["commit", "-q", "--allow-empty", "--no-edit", kind])
                .ok();
        }
        let ran = shop.git(&["push", "-q", "origin", BRANCH]).fails(1);
        ran.says("not folded in yet (git rebase -i --autosquash)");
        assert!(!remote_has(&shop, BRANCH));
    }
}

mod pushing {
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
            notes[0].contains("by Ada - customers wait (skipped: "),
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
    fn an_override_needs_a_reason() {
        let shop = unready();
        for reason in ["", "   "] {
            let environment = [("GIT_HOTFIX_OVERRIDE", reason)];
            let ran = shop
                .git_with(&environment, &["push", "-q", "origin", BRANCH])
                .fails(1);
            ran.says("the override has no reason");
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
}

mod publishing {
    use super::*;

    #[test]
    fn unfinished_work_is_shared_past_the_checklist_and_on_the_record() {
        let shop = unready();
        let before = shop.refs("origin.git");
        let plan = shop.hotfix(&["publish", "-n"]).ok();
        plan.says("would be pushed to origin");
        assert_eq!(shop.refs("origin.git"), before);
        let ran = shop.hotfix(&["publish"]).ok();
        ran.says("pushed to origin")
            .says("Before it is deployed:")
            .says("git hotfix check rollback");
        assert_eq!(shop.rev_in("origin.git", BRANCH), shop.rev(BRANCH));
        let line = format!(
            "Hotfix branch published - {} to origin",
            &shop.rev(BRANCH)[..7]
        );
        assert!(shop.record().contains(&line), "{}", shop.record());
        shop.hotfix(&["status"])
            .ok()
            .says("1 commit on v2.3.1, pushed");
        shop.hotfix(&["publish"]).ok().says("is there already");
        assert_eq!(shop.record().matches("published").count(), 1);
    }

    #[test]
    fn a_message_without_the_format_is_never_published() {
        let shop = unready();
        shop.git(&[
            "commit",
            "-q",
            "--no-verify",
            "--allow-empty",
            "-m",
            "quick fix",
        ])
        .ok();
        let ran = shop.hotfix(&["publish"]).fails(1);
        ran.says("quick fix").says("Nothing was pushed.");
        assert!(!remote_has(&shop, BRANCH));
        assert!(!shop.record().contains("published"));
    }

    #[test]
    fn somebody_elses_hook_may_still_refuse() {
        let shop = unready();
        program(
            &shop,
            &hook_file("pre-push.pre-git-hotfix"),
            "#!/bin/sh\necho no >&2\nexit 1\n",
        );
        shop.hotfix(&["publish"])
            .fails(3)
            .says("could not be pushed to origin")
            .says("no");
        assert!(!shop.record().contains("published"));
    }

    #[test]
    fn without_a_remote_there_is_nobody_to_share_with() {
        let shop = unready();
        shop.git(&["remote", "remove", "origin"]).ok();
        shop.hotfix(&["publish"])
            .fails(2)
            .says("there is no remote to publish to");
    }
}
