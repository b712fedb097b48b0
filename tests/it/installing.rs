//! Installing the hooks in every mode, beside every manager.
#![expect(clippy::print_stderr, reason = "a test that cannot run says so")]

use super::support::{Ran, Sandbox, binary, copy_program, printed_for, search_path};
use expect_test::expect;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BRANCH: &str = "hotfix/login-is-down";
const EVENTS: [&str; 3] = ["commit-msg", "prepare-commit-msg", "pre-push"];
const WRONG: [&str; 5] = ["commit", "-q", "--allow-empty", "-m", "quick fix"];
const RIGHT: [&str; 5] = ["commit", "-q", "--allow-empty", "-m", "fix: [HOTFIX] x"];

/// The files in the shop's hooks folder, without git's samples.
fn names(shop: &Sandbox) -> Vec<String> {
    let entries = fs::read_dir(shop.path("shop/.git/hooks")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".sample")).collect();
    names.sort();
    names
}

fn changed(ran: &Ran) -> serde_json::Value {
    ran.json()["changed"].clone()
}

/// What `hooks status` says of an event, without its name.
fn says_of(ran: &Ran, event: &str) -> String {
    let line = ran
        .stdout
        .lines()
        .find_map(|line| line.trim_start().strip_prefix(&format!("{event} ")));
    line.unwrap_or_else(|| panic!("no {event} in\n{}", ran.stdout))
        .trim()
        .to_owned()
}

fn times(text: &str, words: &str) -> usize {
    text.matches(words).count()
}

/// PATH with a git of 2.54 or newer in front: the folder in `GIT_HOTFIX_TEST_GIT`, or what is there.
fn with_new_git() -> Option<String> {
    let named = std::env::var_os("GIT_HOTFIX_TEST_GIT").map(PathBuf::from);
    let path = search_path();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.splice(1..1, named);
    let path = std::env::join_paths(folders)
        .unwrap()
        .into_string()
        .unwrap();
    let version = Command::new("git")
        .arg("version")
        .env("PATH", &path)
        .output();
    let version = String::from_utf8(version.unwrap().stdout).unwrap();
    let mut numbers = version.split_whitespace().nth(2).unwrap().split('.');
    let mut next = || numbers.next().unwrap().parse::<u32>().unwrap();
    if (next(), next()) >= (2, 54) {
        return Some(path);
    }
    eprintln!("skipped: {} runs no hooks in git config", version.trim());
    None
}

/// A sandbox whose git is new enough for hooks in git config.
struct New {
    shop: Sandbox,
    path: String,
}

impl New {
    fn with(shop: Sandbox) -> Option<New> {
        with_new_git().map(|path| New { shop, path })
    }

    fn git(&self, arguments: &[&str]) -> Ran {
        self.shop.git_with(&[("PATH", &self.path)], arguments)
    }

    fn hotfix(&self, arguments: &[&str]) -> Ran {
        self.shop.hotfix_with(&[("PATH", &self.path)], arguments)
    }

    fn config(&self) -> String {
        let list = ["config", "--get-regexp", "^hook\\."];
        self.git(&list).stdout
    }
}

/// A `git` in front of the real one: it says another version, and writes down what it was told.
fn git_that_says(shop: &Sandbox, version: &str) -> String {
    let real = shop
        .command("sh", "")
        .args(["-c", "command -v git"])
        .output();
    let real = String::from_utf8(real.unwrap().stdout).unwrap();
    let log = shop.path("git.log").display().to_string();
    let text = format!(
        "#!/bin/sh\n[ \"$*\" = version ] && echo 'git version {version}' && exit\n\
         echo \"$*\" >>'{log}'\nexec '{}' \"$@\"\n",
        real.trim()
    );
    shop.executable("other-git/git", &text);
    let folders = std::iter::once(shop.path("other-git"));
    let path = search_path();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path)));
    path.unwrap().into_string().unwrap()
}

mod in_git_config {
    use super::*;

    #[test]
    fn git_runs_them_and_the_hooks_folder_stays_as_it_is() {
        let Some(new) = New::with(Sandbox::incident()) else {
            return;
        };
        new.hotfix(&["hooks", "uninstall"]).ok();
        let before = names(&new.shop);
        let ran = new.hotfix(&["hooks", "install", "--mode", "config"]).ok();
        assert_eq!(
            says_of(&ran, "pre-push"),
            "installed, by git config (local)"
        );
        assert_eq!(names(&new.shop), before);
        let refused = new.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        new.git(&RIGHT).ok();
        new.git(&["push", "-q", "origin", BRANCH])
            .fails(1)
            .says("is not ready to deploy");
        let again = new.hotfix(&["hooks", "install", "--json"]).ok();
        assert_eq!(
            changed(&again),
            serde_json::json!([]),
            "the mode that stands is kept"
        );
        assert_eq!(again.json()["mode"], "config");
    }

    #[test]
    fn removal_leaves_nothing_behind() {
        let Some(new) = New::with(Sandbox::shop()) else {
            return;
        };
        let before = new.shop.read("shop/.git/config");
        new.hotfix(&["hooks", "install", "--mode", "config", "-n"])
            .ok();
        assert_eq!(new.shop.read("shop/.git/config"), before, "a dry run");
        new.hotfix(&["hooks", "install", "--mode", "config"]).ok();
        new.hotfix(&["hooks", "uninstall"]).ok();
        assert_eq!(new.shop.read("shop/.git/config"), before);
    }

    /// An event without a command ends every commit with 128, be it for the blink of an eye.
    #[test]
    fn no_event_ever_stands_without_its_command() {
        let shop = Sandbox::shop();
        let path = git_that_says(&shop, "2.54.0");
        let path = [("PATH", path.as_str())];
        let order = |act: &[&str]| {
            shop.write("git.log", "");
            shop.hotfix_with(&path, act).ok();
            let log = shop.read("git.log");
            let at = |key: &str| {
                log.find(&format!("hook.git-hotfix-pre-push.{key}"))
                    .unwrap()
            };
            at("command") < at("event")
        };
        assert!(order(&["hooks", "install", "--mode", "config"]));
        assert!(!order(&["hooks", "uninstall"]));
    }

    #[test]
    fn a_git_that_would_skip_them_is_refused() {
        let shop = Sandbox::shop();
        let path = git_that_says(&shop, "2.53.9");
        let before = shop.read("shop/.git/config");
        for more in [&["--mode", "config"][..], &["--global"]] {
            let install = [&["hooks", "install"][..], more].concat();
            shop.hotfix_with(&[("PATH", &path)], &install)
                .fails(1)
                .says("git 2.53.9 does not run hooks in git config")
                .says("Nothing was installed.")
                .says("git hotfix hooks install --mode file");
        }
        assert_eq!(shop.read("shop/.git/config"), before);
    }

    #[test]
    fn a_git_that_became_older_is_told_of() {
        let shop = Sandbox::shop();
        let new = git_that_says(&shop, "2.54.0");
        shop.hotfix_with(&[("PATH", &new)], &["hooks", "install", "--mode", "config"])
            .ok();
        let old = git_that_says(&shop, "2.53.9");
        shop.hotfix_with(&[("PATH", &old)], &["hooks", "status"])
            .ok()
            .says("git 2.53 does not run hooks in git config: 2.54 is the first")
            .says("git hotfix hooks install --mode file");
    }

    #[test]
    fn no_hooks_path_keeps_them_from_running() {
        let Some(new) = New::with(Sandbox::incident()) else {
            return;
        };
        let folder = new.shop.path("all-hooks");
        fs::create_dir(&folder).unwrap();
        for value in ["", "/dev/null", folder.to_str().unwrap()] {
            new.git(&["config", "--global", "core.hooksPath", value])
                .ok();
            new.hotfix(&["hooks", "install", "--mode", "file"])
                .fails(1)
                .says("git hotfix hooks install --mode config");
            new.hotfix(&["hooks", "install", "--mode", "config"]).ok();
            new.git(&WRONG).fails(1).says("hotfix format");
            let report = new.hotfix(&["hooks", "status", "--json"]).ok().json();
            assert_eq!(report["problems"], serde_json::json!([]), "{value}");
            new.hotfix(&["hooks", "uninstall"]).ok();
            new.git(&RIGHT).ok();
        }
    }

    #[test]
    fn those_of_all_repositories_serve_one_that_nobody_prepared() {
        let Some(new) = New::with(Sandbox::shop()) else {
            return;
        };
        new.hotfix(&["hooks", "install", "--global"]).ok();
        assert!(!new.shop.read("shop/.git/config").contains("hook"));
        let started = new.hotfix(&["start", "Login is down", "--json"]).ok();
        assert_eq!(started.json()["hooks_installed"], serde_json::json!([]));
        let refused = new.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        new.hotfix(&["hooks", "install", "--mode", "file"])
            .fails(1)
            .says("they would run twice")
            .says("git hotfix hooks uninstall --global");
        let again = new.hotfix(&["hooks", "install", "--json"]).ok();
        assert_eq!(changed(&again), serde_json::json!([]));
        new.hotfix(&["hooks", "uninstall", "--global"]).ok();
        new.git(&WRONG).ok();
        assert_eq!(new.config(), "");
    }

    #[test]
    fn those_of_all_repositories_need_none_around_them() {
        let Some(new) = New::with(Sandbox::shop()) else {
            return;
        };
        fs::create_dir(new.shop.path("nowhere")).unwrap();
        let outside = |arguments: &[&str]| {
            let line = format!("git-hotfix {}", arguments.join(" "));
            new.shop.shell_in("nowhere", &[("PATH", &new.path)], &line)
        };
        outside(&["hooks", "status"]).fails(3);
        outside(&["hooks", "install"]).fails(3);
        let install = ["hooks", "install", "--global"];
        outside(&[&install[..], &["-n"]].concat())
            .ok()
            .says("would be installed");
        assert_eq!(new.config(), "");
        let ran = outside(&install).ok();
        assert_eq!(
            says_of(&ran, "pre-push"),
            "installed, by git config (global)"
        );
        let again = outside(&[&install[..], &["--json"]].concat()).ok();
        assert_eq!(changed(&again), serde_json::json!([]));
        // What stands is what a repository would have written.
        let within = new.hotfix(&["hooks", "install", "--global", "--json"]).ok();
        assert_eq!(changed(&within), serde_json::json!([]));
        new.hotfix(&["start", "Login is down"]).ok();
        let refused = new.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        outside(&["hooks", "uninstall", "--global"])
            .ok()
            .says("removed");
        assert_eq!(new.config(), "");
    }

    #[test]
    fn only_git_config_is_for_all_repositories() {
        let shop = Sandbox::shop();
        fs::create_dir(shop.path("nowhere")).unwrap();
        for (folder, mode) in [("shop", "file"), ("shop", "snippet"), ("nowhere", "file")] {
            let install = ["hooks", "install", "--global", "--mode", mode];
            shop.hotfix_in(folder, &install)
                .fails(2)
                .says("git hotfix hooks install --mode config --global");
        }
    }

    #[test]
    fn a_program_that_is_gone_stops_the_hotfix_and_nothing_else() {
        let Some(new) = New::with(Sandbox::incident()) else {
            return;
        };
        let copy = new.shop.path("it's \"my\" $HOME `bin`/git-hotfix");
        fs::create_dir(copy.parent().unwrap()).unwrap();
        copy_program(binary(), &copy);
        let mut install = new.shop.command(&copy, "shop");
        install.env("PATH", &new.path);
        let install = install.args(["hooks", "install", "--mode", "config"]);
        assert!(install.status().unwrap().success());
        new.git(&WRONG).fails(1).says("hotfix format");
        fs::remove_file(&copy).unwrap();
        let own = binary().parent().unwrap();
        let without = std::env::split_paths(&new.path).filter(|folder| folder != own);
        let without = std::env::join_paths(without)
            .unwrap()
            .into_string()
            .unwrap();
        let path = [("PATH", without.as_str())];
        new.shop
            .git_with(&path, &RIGHT)
            .fails(1)
            .says("git-hotfix is gone, so the commit-msg hook cannot check this");
        new.shop.git_with(&path, &["switch", "-q", "main"]).ok();
        new.shop
            .git_with(&path, &WRONG)
            .ok()
            .says("the commit-msg hook did nothing");
    }

    #[test]
    fn an_event_without_a_command_is_found_and_its_remedy_works() {
        let Some(new) = New::with(Sandbox::shop()) else {
            return;
        };
        new.hotfix(&["hooks", "install", "--mode", "config"]).ok();
        let key = "hook.git-hotfix-commit-msg.command";
        new.git(&["config", "--unset", key]).ok();
        new.git(&WRONG).fails(128);
        let ran = new.hotfix(&["hooks", "status"]).ok();
        let remedy = "git config --local --unset-all hook.git-hotfix-commit-msg.event";
        ran.says("git refuses every commit-msg").says(remedy);
        let words: Vec<&str> = remedy.split(' ').skip(1).collect();
        new.git(&words).ok();
        new.git(&WRONG).ok();
    }

    #[test]
    fn one_that_is_switched_off_is_said_to_be() {
        let Some(new) = New::with(Sandbox::incident()) else {
            return;
        };
        new.hotfix(&["hooks", "install", "--mode", "config"]).ok();
        for key in [
            "hook.git-hotfix-commit-msg.enabled",
            "hook.commit-msg.enabled",
        ] {
            new.git(&["config", key, "false"]).ok();
            new.git(&WRONG).ok();
            let remedy = format!("git config --local --unset-all {key}");
            new.hotfix(&["hooks", "status"]).ok().says(&remedy);
            let words: Vec<&str> = remedy.split(' ').skip(1).collect();
            new.git(&words).ok();
            new.git(&WRONG).fails(1);
        }
    }
}

mod one_mode_at_a_time {
    use super::*;

    #[test]
    fn going_to_git_config_brings_the_earlier_hook_back_and_both_run_once() {
        let Some(new) = New::with(Sandbox::incident()) else {
            return;
        };
        new.hotfix(&["hooks", "uninstall"]).ok();
        let log = new.shop.path("log").display().to_string();
        let theirs = format!("#!/bin/sh\necho theirs >>'{log}'\n");
        new.shop.executable("shop/.git/hooks/commit-msg", &theirs);
        new.hotfix(&["hooks", "install"]).ok();
        new.hotfix(&["hooks", "install", "--mode", "config"])
            .ok()
            .says("The files are removed");
        assert_eq!(names(&new.shop), ["commit-msg"]);
        assert_eq!(new.shop.read("shop/.git/hooks/commit-msg"), theirs);
        let refused = new.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        assert_eq!(new.shop.read("log"), "theirs\n");
        new.hotfix(&["hooks", "install", "--mode", "file"])
            .ok()
            .says("Those in git config are removed.");
        assert_eq!(new.config(), "");
        let refused = new.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        assert_eq!(new.shop.read("log"), "theirs\ntheirs\n");
    }

    #[test]
    fn two_ways_at_once_are_told_of_and_the_remedy_leaves_one() {
        let Some(new) = New::with(Sandbox::incident()) else {
            return;
        };
        for (name, remedy) in [
            (
                "git-hotfix-commit-msg",
                "git hotfix hooks install --mode file",
            ),
            ("mine", "git config --local --remove-section hook.mine"),
        ] {
            let key = |part: &str| format!("hook.{name}.{part}");
            new.git(&["config", &key("command"), "git-hotfix hook commit-msg"])
                .ok();
            new.git(&["config", &key("event"), "commit-msg"]).ok();
            let refused = new.git(&WRONG).fails(1);
            assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 2);
            new.hotfix(&["hooks", "status"])
                .ok()
                .says("commit-msg run twice: git config (local) and the hooks folder")
                .says(remedy);
            let words: Vec<&str> = remedy.split(' ').skip(1).collect();
            new.git(&words).ok();
            let refused = new.git(&WRONG).fails(1);
            assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        }
    }
}

mod beside_managers {
    use super::*;

    /// What `husky` writes, as far as it matters here.
    fn husky(shop: &Sandbox) {
        for event in EVENTS {
            let text = "#!/usr/bin/env sh\ns=$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\n\
                        [ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n";
            shop.executable(&format!("shop/.husky/_/{event}"), text);
        }
        shop.git(&["config", "core.hooksPath", ".husky/_"]).ok();
    }

    /// What `pre-commit install` and `prek install` do with a hook that stands there.
    fn pre_commit(shop: &Sandbox, event: &str) {
        let place = format!("shop/.git/hooks/{event}");
        if shop.path(&place).exists() {
            let legacy = shop.path(&format!("{place}.legacy"));
            fs::rename(shop.path(&place), legacy).unwrap();
        }
        let text = "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n\
                    legacy=\"$(dirname \"$0\")/EVENT.legacy\"\n\
                    if [ -x \"$legacy\" ]; then \"$legacy\" \"$@\" || exit; fi\n\
                    ! grep -q 'hook EVENT' .pre-commit-config.yaml || exec git-hotfix hook EVENT \"$@\"\n";
        shop.executable(&place, &text.replace("EVENT", event));
    }

    /// What `lefthook install` does with a hook that stands there: it never runs it.
    fn lefthook(shop: &Sandbox, event: &str) {
        let place = format!("shop/.git/hooks/{event}");
        if shop.path(&place).exists() {
            fs::rename(shop.path(&place), shop.path(&format!("{place}.old"))).unwrap();
        }
        let text = format!("#!/bin/sh\ncall_lefthook() {{ :; }}\ncall_lefthook run {event}\n");
        shop.executable(&place, &text);
    }

    #[test]
    fn the_lines_for_husky_work_and_are_known_again() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        husky(&shop);
        let ran = shop.hotfix(&["hooks", "install"]).fails(1);
        ran.clone().says("Nothing was installed.");
        for event in ["commit-msg", "prepare-commit-msg", "pre-push"] {
            let file = format!(".husky/{event}");
            let lines = printed_for(&file, &ran.stderr);
            shop.write(&format!("shop/{file}"), lines);
        }
        let refused = shop.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        shop.git(&RIGHT).ok();
        shop.git(&["push", "-q", "origin", BRANCH])
            .fails(1)
            .says("is not ready to deploy");
        let ran = shop.hotfix(&["hooks", "install"]).ok();
        assert_eq!(says_of(&ran, "pre-push"), "installed, by .husky/pre-push");
        let report = shop.hotfix(&["hooks", "status", "--json"]).ok().json();
        assert_eq!(report["mode"], "snippet");
        assert_eq!(report["problems"], serde_json::json!([]));
        shop.hotfix(&["note", "the hooks are said to stand"]).ok();
    }

    #[test]
    fn shims_that_a_new_hooks_path_leaves_behind_are_told_of_and_go() {
        let shop = Sandbox::shop();
        shop.hotfix(&["hooks", "install"]).ok();
        husky(&shop);
        shop.hotfix(&["hooks", "status"])
            .ok()
            .says("core.hooksPath leads away from our hooks");
        shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_eq!(names(&shop), [""; 0]);
        assert!(shop.path("shop/.husky/_/commit-msg").exists());
    }

    #[test]
    fn a_folder_that_is_a_link_into_the_work_tree_is_not_ours() {
        let shop = Sandbox::shop();
        fs::remove_dir_all(shop.path("shop/.git/hooks")).unwrap();
        fs::create_dir(shop.path("shop/git-hooks")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../git-hooks", shop.path("shop/.git/hooks")).unwrap();
        if cfg!(unix) {
            shop.hotfix(&["hooks", "install"])
                .fails(1)
                .says("Nothing was installed.");
            assert_eq!(
                fs::read_dir(shop.path("shop/git-hooks")).unwrap().count(),
                0
            );
        }
    }

    #[test]
    fn the_lines_for_each_manager() {
        let shop = Sandbox::shop();
        let lines = |manager: &str| {
            let all = [
                "hooks",
                "install",
                "--mode",
                "snippet",
                "--manager",
                manager,
            ];
            shop.hotfix(&all).ok().screen()
        };
        expect![[r#"
              .lefthook/pre-push/git-hotfix
                #!/bin/sh
                exec git-hotfix hook pre-push "$@"
              then: chmod +x .lefthook/pre-push/git-hotfix
              lefthook.yml
                commit-msg:
                  commands:
                    git-hotfix:
                      run: git-hotfix hook commit-msg {1}
                prepare-commit-msg:
                  commands:
                    git-hotfix:
                      run: git-hotfix hook prepare-commit-msg {0}
                pre-push:
                  scripts:
                    git-hotfix:
                      use_stdin: true
              then: lefthook install
            ! Add these lines:
            ! Commit them: a hotfix branch has them once production has.
        "#]]
        .assert_eq(&lines("lefthook"));
        expect![[r#"
              .husky/commit-msg:  git-hotfix hook commit-msg "$@" || exit
              .husky/prepare-commit-msg:  git-hotfix hook prepare-commit-msg "$@" || exit
              .husky/pre-push
                refs=$(mktemp) && cat >"$refs"
                exec 3<"$refs" <"$refs" && rm "$refs"
                git-hotfix hook pre-push "$@" <&3 || exit
            ! Add these lines:
            ! Commit them: a hotfix branch has them once production has.
        "#]]
        .assert_eq(&lines("husky"));
        expect![[r#"
              .pre-commit-config.yaml
                  - repo: local
                    hooks:
                      - id: git-hotfix
                        name: git-hotfix
                        entry: git-hotfix hook commit-msg
                        language: system
                        stages: [commit-msg]
              then: pre-commit install --hook-type commit-msg
            ! Add these lines:
            ! Commit them: a hotfix branch has them once production has.
            ! 
            ! Next: prepare-commit-msg, pre-push as files
            !   git hotfix hooks install
        "#]]
        .assert_eq(&lines("pre-commit"));
        expect![[r#"
              prek.toml
                [[repos]]
                repo = "local"
                hooks = [
                  { id = "git-hotfix", name = "git-hotfix", language = "system",
                    entry = "git-hotfix hook commit-msg", stages = ["commit-msg"] },
                ]
              then: prek install --hook-type commit-msg
            ! Add these lines:
            ! Commit them: a hotfix branch has them once production has.
            ! 
            ! Next: prepare-commit-msg, pre-push as files
            !   git hotfix hooks install
        "#]]
        .assert_eq(&lines("prek"));
        assert_eq!(names(&shop), [""; 0], "only printed");
        shop.hotfix(&["hooks", "install", "--mode", "snippet"])
            .fails(1)
            .says("no hook manager is set up here");
    }

    #[test]
    fn the_manager_that_is_set_up_is_found() {
        for (file, manager, words) in [
            (
                "lefthook.yml",
                "lefthook",
                "run: git-hotfix hook commit-msg {1}",
            ),
            (
                ".lefthook.toml",
                "lefthook",
                "[pre-push.scripts.git-hotfix]",
            ),
            ("lefthook.json", "lefthook", "\"use_stdin\": true"),
            (
                ".pre-commit-config.yaml",
                "pre-commit",
                "stages: [commit-msg]",
            ),
            ("prek.toml", "prek", "prek install"),
            (".overcommit.yml", "overcommit", "overcommit --sign"),
            (".husky/pre-commit", "husky", ".husky/pre-push\n"),
        ] {
            let shop = Sandbox::shop();
            shop.write(&format!("shop/{file}"), "");
            let report = shop.hotfix(&["hooks", "status", "--json"]).ok().json();
            assert_eq!(report["managers"], serde_json::json!([manager]), "{file}");
            let ran = shop.hotfix(&["hooks", "install", "--mode", "snippet"]).ok();
            ran.says(words);
        }
    }

    /// lefthook runs no file that is not its own, and puts those away that it finds.
    #[test]
    fn nothing_is_written_where_lefthook_would_put_it_away() {
        let standing = |shop: &Sandbox| lefthook(shop, "pre-commit");
        let configured = |shop: &Sandbox| shop.write("shop/.lefthook.toml", "");
        for set_up in [&standing as &dyn Fn(&Sandbox), &configured] {
            let shop = Sandbox::shop();
            set_up(&shop);
            let before = names(&shop);
            let ran = shop.hotfix(&["hooks", "install"]).fails(1);
            ran.says("Nothing was installed.")
                .says("git-hotfix hook commit-msg {1}")
                .says("a hotfix branch has them once production has")
                .says("git hotfix hooks install --mode ");
            shop.git(&["add", "-A"]).ok();
            let commit = ["commit", "-q", "--allow-empty", "-m", "chore: lefthook"];
            shop.git(&commit).ok();
            shop.git(&["push", "-q", "origin", "main"]).ok();
            let started = shop.hotfix(&["start", "Login is down"]).ok();
            started.says("the hooks are not installed: git hotfix hooks install");
            assert_eq!(names(&shop), before);
            shop.hotfix(&["hooks", "install", "--mode", "file"]).ok();
            shop.git(&WRONG).fails(1);
            // As they are installed: again is fine.
            let again = shop.hotfix(&["hooks", "install", "--json"]).ok();
            assert_eq!(changed(&again), serde_json::json!([]));
        }
    }

    #[test]
    fn lines_that_stand_where_lefthook_is_not_set_up_are_not_printed_again() {
        let shop = Sandbox::shop();
        let printed = shop.hotfix(&[
            "hooks",
            "install",
            "--mode",
            "snippet",
            "--manager",
            "lefthook",
        ]);
        for file in ["lefthook.yml", ".lefthook/pre-push/git-hotfix"] {
            let lines = printed_for(file, &printed.clone().ok().stdout);
            shop.write(&format!("shop/{file}"), lines);
        }
        let ran = shop.hotfix(&["hooks", "install"]).fails(1);
        ran.says("The lines are in lefthook's files")
            .says("lefthook install");
    }

    #[test]
    fn a_branch_without_the_managers_lines_is_told_of_with_what_to_type() {
        let shop = Sandbox::shop();
        husky(&shop);
        shop.write("shop/.gitignore", "_\n");
        for event in EVENTS {
            let line = format!("git-hotfix hook {event} \"$@\" || exit\n");
            shop.write(&format!("shop/.husky/{event}"), line);
        }
        shop.git(&["add", "-A"]).ok();
        shop.git(&["commit", "-qm", "chore: hooks"]).ok();
        shop.hotfix(&["hooks", "install"]).ok();
        let words = "this branch has not the lines that call our hooks (main has .husky/";
        // Production has no such commit yet.
        let started = shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
        started.says(words).says("git hotfix hooks install");
        let status = shop.hotfix(&["hooks", "status"]).ok();
        status.says(words).says("git hotfix hooks install");
        shop.hotfix(&["doctor", "--offline"]).says(words);
        let printed = shop.hotfix(&["hooks", "install"]).fails(1);
        printed.says(".husky/commit-msg:  git-hotfix hook commit-msg");
        shop.git(&["switch", "-q", "main"]).ok();
        let report = shop.hotfix(&["hooks", "status", "--json"]).ok().json();
        assert_eq!(report["problems"], serde_json::json!([]));
        // Released, a hotfix branch has them: also in a work tree of its own.
        shop.git(&["push", "-q", "--no-verify", "origin", "main"])
            .ok();
        let started = shop.hotfix(&["start", "Search is down", "-s", "P0"]).ok();
        assert!(!started.stderr.contains("lines"), "{started:?}");
    }

    #[test]
    fn what_a_manager_cannot_hand_on_whole_stays_a_file() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        shop.write(
            "shop/.pre-commit-config.yaml",
            "entry: git-hotfix hook commit-msg\n",
        );
        pre_commit(&shop, "commit-msg");
        let ran = shop.hotfix(&["hooks", "install"]).ok();
        assert_eq!(
            says_of(&ran, "commit-msg"),
            "installed, by .pre-commit-config.yaml"
        );
        assert_eq!(says_of(&ran, "pre-push"), "installed");
        let left = ["commit-msg", "pre-push", "prepare-commit-msg"];
        assert_eq!(names(&shop), left);
        let refused = shop.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
    }

    /// A manager's lines call us from behind our shim, which judges after them: once is enough.
    #[test]
    fn a_managers_lines_behind_our_shim_do_not_judge_twice() {
        let shop = Sandbox::incident();
        shop.git(&RIGHT).ok();
        shop.write(
            "shop/lefthook.yml",
            "run: git-hotfix hook pre-push {1} {2}\n",
        );
        let text = "#!/bin/sh\n# lefthook run pre-push\nexec git-hotfix hook pre-push \"$@\"\n";
        shop.executable("shop/.git/hooks/pre-push.pre-git-hotfix", text);
        let reason = [("GIT_HOTFIX_OVERRIDE", "verified on a canary")];
        let ran = shop
            .git_with(&reason, &["push", "-q", "origin", BRANCH])
            .ok();
        assert_eq!(times(&ran.stderr, "past the gate"), 1, "{}", ran.stderr);
        let report = shop.hotfix(&["hooks", "status", "--json"]).ok().json();
        let problems = report["problems"].as_array().unwrap().iter();
        assert!(problems.clone().all(|one| one["id"] != "hooks-twice"));
        assert_eq!(report["hooks"][2]["chained"], true);
    }

    #[test]
    fn a_manager_that_runs_our_shim_from_where_it_put_it_is_left_alone() {
        let shop = Sandbox::incident();
        shop.write("shop/.pre-commit-config.yaml", "");
        pre_commit(&shop, "commit-msg");
        let refused = shop.git(&WRONG).fails(1);
        assert_eq!(times(&refused.stderr, "does not have the hotfix format"), 1);
        let ran = shop.hotfix(&["hooks", "status"]).ok();
        assert_eq!(
            says_of(&ran, "commit-msg"),
            "installed, by pre-commit, which runs commit-msg.legacy"
        );
        let again = shop.hotfix(&["hooks", "install", "--json"]).ok();
        assert_eq!(changed(&again), serde_json::json!([]));
        shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_eq!(names(&shop), ["commit-msg"]);
        shop.git(&WRONG).ok();
    }

    #[test]
    fn a_manager_that_put_our_shim_away_is_told_of_and_chained_again() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        lefthook(&shop, "commit-msg");
        let by_file = ["hooks", "install", "--mode", "file"];
        let will = "lefthook puts our files away whenever lefthook.yml changes";
        shop.hotfix(&by_file).ok().says(will);
        shop.hotfix(&["hooks", "status"]).ok().says(will);
        shop.hotfix(&["doctor", "--offline"]).says(will);
        for _ in 0..2 {
            lefthook(&shop, "commit-msg");
            shop.git(&WRONG).ok();
            shop.hotfix(&["hooks", "status"])
                .ok()
                .says("another installer has put our hook away")
                .says("git hotfix hooks install --mode ");
            shop.hotfix(&["hooks", "install"]).fails(1);
            shop.hotfix(&by_file).ok();
            let left = [
                "commit-msg",
                "commit-msg.pre-git-hotfix",
                "pre-push",
                "prepare-commit-msg",
            ];
            assert_eq!(names(&shop), left);
            shop.git(&WRONG).fails(1);
        }
    }

    /// Overcommit's one script asks for its name to know which hook it is.
    #[cfg(unix)]
    #[test]
    fn a_hook_that_asks_for_its_own_name_hears_it() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let log = shop.path("log").display().to_string();
        let text = format!("#!/bin/sh\necho \"$(basename \"$0\") $1\" >'{log}'\n");
        shop.executable("shop/.git/hooks/overcommit-hook", &text);
        std::os::unix::fs::symlink("overcommit-hook", shop.path("shop/.git/hooks/commit-msg"))
            .unwrap();
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&RIGHT).ok();
        assert_eq!(shop.read("log"), "commit-msg .git/COMMIT_EDITMSG\n");
    }

    /// One that looks for what stands beside it must stay where it is.
    #[test]
    fn a_hook_that_looks_beside_itself_finds_what_is_there() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let log = shop.path("log").display().to_string();
        shop.executable(
            "shop/.git/hooks/helper",
            &format!("#!/bin/sh\necho ran >'{log}'\n"),
        );
        let text = "#!/bin/sh\nexec \"${0%/*}/helper\"\n";
        shop.executable("shop/.git/hooks/commit-msg", text);
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&RIGHT).ok();
        assert_eq!(shop.read("log"), "ran\n");
    }
}

mod where_git_looks {
    use super::*;

    #[test]
    fn a_submodule_has_hooks_of_its_own() {
        let shop = Sandbox::shop();
        shop.git(&["submodule", "--quiet", "add", "../origin.git", "lib"])
            .ok();
        shop.hotfix_in("shop/lib", &["hooks", "install"]).ok();
        assert!(shop.path("shop/.git/modules/lib/hooks/commit-msg").exists());
        assert_eq!(names(&shop), [""; 0]);
        shop.git_in("shop/lib", &["switch", "-qc", "hotfix/lib"])
            .ok();
        shop.git_in("shop/lib", &WRONG)
            .fails(1)
            .says("hotfix format");
    }

    #[test]
    fn a_folder_of_all_repositories_gets_the_offer_that_this_git_can_keep() {
        let shop = Sandbox::shop();
        let all = shop.path("all-hooks").display().to_string();
        fs::create_dir(&all).unwrap();
        shop.git(&["config", "--global", "core.hooksPath", &all])
            .ok();
        let install = |path: &str| {
            let ran = shop.hotfix_with(&[("PATH", path)], &["hooks", "install"]);
            ran.fails(1)
                .says("core.hooksPath (global) points to")
                .stderr
        };
        let new = install(&git_that_says(&shop, "2.54.0"));
        assert!(
            new.contains("git hotfix hooks install --mode config"),
            "{new}"
        );
        assert!(!new.contains("git-hotfix hook pre-push"), "{new}");
        let old = install(&git_that_says(&shop, "2.53.0"));
        assert!(!old.contains("--mode config"), "{old}");
        assert!(
            old.contains("/all-hooks/commit-msg:  git-hotfix hook commit-msg"),
            "{old}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_shim_that_lost_its_x_is_told_of_and_mended() {
        use std::os::unix::fs::PermissionsExt;
        let shop = Sandbox::incident();
        let place = shop.path("shop/.git/hooks/commit-msg");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o644)).unwrap();
        shop.git(&WRONG).ok();
        shop.hotfix(&["hooks", "status"])
            .ok()
            .says("not executable: git does not run it")
            .says("git hotfix hooks install");
        let ran = shop.hotfix(&["hooks", "install", "--json"]).ok();
        assert_eq!(changed(&ran), serde_json::json!(["commit-msg"]));
        shop.git(&WRONG).fails(1);
    }

    /// What has our marker somewhere in its text is not ours for that.
    #[test]
    fn only_the_very_marker_makes_a_hook_ours() {
        for text in [
            "#!/bin/sh\n# git-hotfix shim of my own\nexit 0\n",
            "#!/bin/bash\n# git-hotfix shim 1 for pre-push; 'git hotfix hooks uninstall' takes it away.\n",
            "#!/bin/sh\n\n# git-hotfix shim 1 for pre-push; 'git hotfix hooks uninstall' takes it away.\n",
            "#!/bin/sh\n# git-hotfix shim x for pre-push; 'git hotfix hooks uninstall' takes it away.\n",
        ] {
            let shop = Sandbox::shop();
            shop.executable("shop/.git/hooks/pre-push", text);
            shop.hotfix(&["hooks", "install"]).ok();
            assert_eq!(shop.read("shop/.git/hooks/pre-push.pre-git-hotfix"), text);
            shop.hotfix(&["hooks", "uninstall"]).ok();
            assert_eq!(shop.read("shop/.git/hooks/pre-push"), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_program_as_a_hook_is_kept_and_runs() {
        let shop = Sandbox::incident();
        shop.hotfix(&["hooks", "uninstall"]).ok();
        let place = shop.path("shop/.git/hooks/commit-msg");
        copy_program(Path::new("/bin/false"), &place);
        shop.hotfix(&["hooks", "install"]).ok();
        shop.git(&RIGHT).fails(1);
        shop.hotfix(&["hooks", "uninstall"]).ok();
        assert_eq!(fs::read(&place).unwrap(), fs::read("/bin/false").unwrap());
    }
}

#[cfg(unix)]
mod on_a_server {
    use super::*;

    const HOOKS: &str = "origin.git/hooks";

    /// A shop whose origin has our hooks, and whose program is gone again.
    fn gone() -> (Sandbox, String) {
        let shop = Sandbox::shop();
        let copy = shop.path("bin/git-hotfix");
        fs::create_dir(copy.parent().unwrap()).unwrap();
        copy_program(binary(), &copy);
        let mut install = shop.command(&copy, "origin.git");
        let installed = install
            .args(["hooks", "install", "--json"])
            .output()
            .unwrap();
        assert!(installed.status.success(), "{installed:?}");
        let report: serde_json::Value = serde_json::from_slice(&installed.stdout).unwrap();
        let both = serde_json::json!(["pre-receive", "post-receive"]);
        assert_eq!(report["changed"], both);
        fs::remove_file(&copy).unwrap();
        let own = binary().parent().unwrap();
        let path = search_path();
        let without = std::env::split_paths(&path).filter(|folder| folder != own);
        let without = std::env::join_paths(without)
            .unwrap()
            .into_string()
            .unwrap();
        (shop, without)
    }

    #[test]
    fn a_bare_repository_gets_the_hooks_of_a_server() {
        let shop = Sandbox::shop();
        let install = ["hooks", "install", "--json"];
        shop.hotfix_in("origin.git", &install).ok();
        let text = shop.read(&format!("{HOOKS}/pre-receive"));
        assert!(
            text.contains("# git-hotfix shim 3 for pre-receive;"),
            "{text}"
        );
        assert!(!shop.path(&format!("{HOOKS}/commit-msg")).exists());
        let again = shop.hotfix_in("origin.git", &install).ok();
        assert_eq!(changed(&again), serde_json::json!([]));
        shop.hotfix_in("origin.git", &["hooks", "uninstall"]).ok();
        assert!(!shop.path(&format!("{HOOKS}/pre-receive")).exists());
    }

    #[test]
    fn without_the_program_a_hotfix_is_refused_and_everything_else_goes() {
        let (shop, path) = gone();
        let path = [("PATH", path.as_str())];
        let push =
            |spec: &[&str]| shop.git_with(&path, &[&["push", "-q", "origin"], spec].concat());
        push(&["main:refs/heads/topic"])
            .ok()
            .says("git-hotfix is gone: the pre-receive hook did nothing");
        push(&["main:refs/heads/other", "main:refs/heads/hotfix/x"])
            .fails(1)
            .says("git-hotfix is gone, so the pre-receive hook cannot check this");
        assert!(
            shop.git_in("origin.git", &["rev-parse", "-q", "--verify", "other"])
                .code
                != 0
        );
        push(&["main:refs/heads/not-hotfix/x"]).ok();
    }

    #[test]
    fn the_hooks_that_were_there_read_what_git_says() {
        let (shop, path) = gone();
        let path = [("PATH", path.as_str())];
        let zero = "0".repeat(40);
        let tip = shop.rev("main");
        for event in ["pre-receive", "post-receive"] {
            let log = shop.path(event).display().to_string();
            let text = format!("#!/bin/sh\ncat >'{log}'\n");
            shop.executable(&format!("{HOOKS}/{event}.pre-git-hotfix"), &text);
        }
        let push = ["push", "-q", "origin", "main:topic", "main:other"];
        shop.git_with(&path, &push).ok();
        for event in ["pre-receive", "post-receive"] {
            let mut lines: Vec<String> = shop.read(event).lines().map(str::to_owned).collect();
            lines.sort();
            let line = |name| format!("{zero} {tip} refs/heads/{name}");
            assert_eq!(lines, [line("other"), line("topic")], "{event}");
        }
        shop.executable(
            &format!("{HOOKS}/pre-receive.pre-git-hotfix"),
            "#!/bin/sh\nexit 1\n",
        );
        shop.git_with(&path, &["push", "-q", "origin", "main:third"])
            .fails(1);
    }
}

/// Servers and containers have another `sh` than the machine this was written on.
#[cfg(unix)]
#[test]
fn every_shell_can_read_the_shims() {
    let shop = Sandbox::shop();
    shop.hotfix(&["hooks", "install"]).ok();
    shop.hotfix_in("origin.git", &["hooks", "install"]).ok();
    let folder = |of: &str, event: &str| shop.path(&format!("{of}/hooks/{event}"));
    let mut files: Vec<PathBuf> = EVENTS
        .iter()
        .map(|event| folder("shop/.git", event))
        .collect();
    files.extend(["pre-receive", "post-receive"].map(|event| folder("origin.git", event)));
    for shell in [
        &["sh"][..],
        &["dash"],
        &["busybox", "sh"],
        &["bash", "--posix"],
        &["ksh"],
    ] {
        for file in &files {
            let read = Command::new(shell[0])
                .args(&shell[1..])
                .arg("-n")
                .arg(file)
                .status();
            match read {
                Ok(status) => assert!(status.success(), "{shell:?} {}", file.display()),
                Err(_) => eprintln!("skipped: there is no {}", shell[0]),
            }
            let text = fs::read_to_string(file).unwrap();
            assert!(text.starts_with("#!/bin/sh\n") && !text.contains('\r'));
            assert_eq!(
                Path::new(file).file_name().unwrap().to_str(),
                named_in(&text)
            );
        }
    }
}

/// The hook's name, which stands in the shim as it is.
fn named_in(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("hook='")?.strip_suffix('\''))
}
