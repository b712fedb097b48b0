//! What a clone or a checkout brings along chooses no tracker and is none.

use super::{asked, delivered, hotfix, stand_in, start, task_line, tasks, until, waiting};
use crate::support::Sandbox;

#[test]
fn a_tracked_file_chooses_no_tracker() {
    let shop = Sandbox::shop();
    stand_in(&shop, "");
    for (text, line) in [
        ("tracker = \"ohno\"\n", "git config hotfix.tracker ohno"),
        (
            "[tracker]\ncommand = \"touch pwned\"\n",
            "git config hotfix.tracker.command <value>",
        ),
    ] {
        shop.commit(".hotfix.toml", text, "chore: policy");
        hotfix(&shop, &["config"])
            .fails(3)
            .says("never read from a tracked file")
            .says(line);
    }
    start(&shop);
    assert_eq!((waiting(&shop), asked(&shop).as_str()), (0, ""));
    assert!(!shop.path("shop/pwned").exists());
}

#[test]
fn a_wrong_setting_is_named_with_the_nearest() {
    let shop = Sandbox::shop();
    for (key, value, said) in [
        (
            "hotfix.tracker",
            "jira",
            "'jira' is none of none, ohno, github",
        ),
        ("hotfix.tracker.nxp", "true", "the nearest is 'tracker.npx'"),
        ("hotfix.tracker.timeout", "soon", "no length of time"),
        ("hotfix.tracker", "command", "no hotfix.tracker.command"),
        ("hotfix.tracker.project", "--web", "is not owner/name"),
    ] {
        shop.git(&["config", key, value]).ok();
        hotfix(&shop, &["config"]).fails(3).says(said);
        // An incident goes on.
        hotfix(&shop, &["list"]).ok().says(said);
        shop.git(&["config", "--unset-all", key]).ok();
    }
    let odd = [("GIT_HOTFIX_TRACKER_TIMEOT", "1")];
    shop.hotfix_with(&odd, &["config"])
        .fails(3)
        .says("GIT_HOTFIX_TRACKER_TIMEOUT");
    let chosen = [("GIT_HOTFIX_TRACKER", "ohno")];
    let shown = shop.hotfix_with(&chosen, &["config"]).ok().stdout;
    let row = shown
        .lines()
        .find(|line| line.starts_with("tracker "))
        .unwrap();
    assert!(
        row.contains("ohno") && row.contains("GIT_HOTFIX_TRACKER"),
        "{row}"
    );
}

/// The shop with what `npm install` leaves, by a stand-in.
fn installed() -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.tracker", "ohno"]).ok();
    stand_in(&shop, "");
    let script = shop.read("bin/ohno");
    std::fs::remove_file(shop.path("bin/ohno")).unwrap();
    let package = "shop/node_modules/@stevestomp/ohno-cli/dist/index.js";
    let file = shop.executable(package, &script);
    std::fs::create_dir_all(shop.path("shop/node_modules/.bin")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(file, shop.path("shop/node_modules/.bin/ohno")).unwrap();
    shop
}

#[test]
#[cfg(unix)]
fn an_installed_ohno_is_found_and_a_tracked_one_is_not_run() {
    let shop = installed();
    start(&shop);
    delivered(&shop);
    assert_eq!(tasks(&shop).len(), 1);
    assert!(task_line(&shop).ends_with("(ohno)"));
    for tracked in [
        "node_modules/.bin/ohno",
        "node_modules/@stevestomp/ohno-cli/dist/index.js",
    ] {
        let shop = installed();
        shop.git(&["add", "-f", "--", tracked]).ok();
        start(&shop);
        until("it was looked for", || {
            let task = hotfix(&shop, &["task", "--json"]).ok().json()["task"].clone();
            task["pending"]["trouble"].is_string()
        });
        assert_eq!(asked(&shop), "", "{tracked}");
        hotfix(&shop, &["doctor", "--offline"]).says("is tracked by git, so it is not run");
    }
}

/// A clone whose `node_modules` another repository's checkout has filled.
#[cfg(unix)]
fn brought_along(bring: impl Fn(&Sandbox)) -> Sandbox {
    let shop = installed();
    let package = "node_modules/@stevestomp/ohno-cli/dist/index.js";
    let script = shop.read(&format!("shop/{package}"));
    std::fs::remove_dir_all(shop.path("shop/node_modules")).unwrap();
    shop.git_in("", &["init", "-q", "vendor"]).ok();
    shop.executable("vendor/.bin/ohno", &script);
    shop.git_in("vendor", &["add", "-A"]).ok();
    shop.git_in("vendor", &["commit", "-qm", "chore: tools"])
        .ok();
    bring(&shop);
    assert!(shop.path("shop/node_modules/.bin/ohno").is_file());
    shop
}

#[test]
#[cfg(unix)]
fn an_ohno_that_a_submodule_or_a_tracked_link_brings_along_is_not_run() {
    let submodule = |shop: &Sandbox| {
        shop.git(&["submodule", "--quiet", "add", "../vendor", "node_modules"])
            .ok();
    };
    let link = |shop: &Sandbox| {
        std::os::unix::fs::symlink("../loose", shop.path("shop/node_modules")).unwrap();
        std::fs::rename(shop.path("vendor"), shop.path("loose")).unwrap();
        std::fs::remove_dir_all(shop.path("loose/.git")).unwrap();
        shop.git(&["add", "-f", "node_modules"]).ok();
    };
    for bring in [&submodule as &dyn Fn(&Sandbox), &link] {
        let shop = brought_along(bring);
        start(&shop);
        hotfix(&shop, &["task", "retry"]).fails(3);
        assert_eq!(asked(&shop), "");
        hotfix(&shop, &["doctor", "--offline"]).says("is tracked by git, so it is not run");
    }
}

#[test]
#[cfg(unix)]
fn an_ohno_that_a_relative_path_or_the_work_tree_gives_is_not_run() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.tracker", "ohno"]).ok();
    stand_in(&shop, "");
    let script = shop.read("bin/ohno");
    shop.executable("shop/ohno", &script);
    std::fs::remove_file(shop.path("bin/ohno")).unwrap();
    let only_git = shop
        .shell_in("", &[], "dirname \"$(command -v git)\"")
        .ok()
        .stdout;
    let path = format!(".:{}:{}", shop.path("shop").display(), only_git.trim());
    let environment = [("PATH", path.as_str())];
    shop.hotfix_with(&environment, &["start", "Login is down"])
        .ok();
    shop.hotfix_with(&environment, &["task", "retry"]).fails(3);
    assert_eq!(asked(&shop), "");
}

#[test]
fn a_record_that_somebody_else_wrote_hands_no_option_to_a_program() {
    let shop = super::with_stand_in("");
    hotfix(&shop, &["start", "Login is down", "--no-task"]).ok();
    let file = "shop/.claude/postmortems/2026-11-22-login-is-down.md";
    for evil in [
        "--dir=/tmp (ohno)",
        "task-1;touch (ohno)",
        "$(touch) (ohno)",
        "../x",
    ] {
        let record = shop.read(file);
        let at = record.find("**Task**: ").unwrap();
        let end = at + record[at..].find('\n').unwrap();
        let record = format!("{}**Task**: {evil}{}", &record[..at], &record[end..]);
        shop.write(file, record);
        hotfix(&shop, &["note", "read it"]).ok();
        hotfix(&shop, &["task", "retry"])
            .fails(3)
            .says("is no task of ohno");
    }
    assert_eq!(asked(&shop), "");
}

#[test]
fn npx_runs_outside_of_the_repository_and_only_when_it_may() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.tracker", "ohno"]).ok();
    std::fs::create_dir(shop.path("shop/.ohno")).unwrap();
    let place = shop.path("npx");
    let script = format!(
        "#!/bin/sh\necho \"$PWD $*\" >> '{}'\necho '{{\"task_id\": \"task-1\", \"success\": true, \"tasks\": []}}'\n",
        place.display()
    );
    shop.executable("bin/npx", &script);
    hotfix(&shop, &["start", "Login is down"]).ok();
    let absent = "ohno is neither on PATH nor in node_modules/.bin";
    hotfix(&shop, &["task", "retry"]).fails(3).says(absent);
    hotfix(&shop, &["doctor", "--offline"]).says(absent);
    // It would ask the registry, whatever it is told.
    assert!(!place.exists());
    shop.git(&["config", "hotfix.tracker.npx", "true"]).ok();
    hotfix(&shop, &["task", "retry"]).ok();
    let tasks = shop.path("shop/.ohno");
    let begins = format!(
        "/ --yes @stevestomp/ohno-cli --dir {} ",
        tasks.canonicalize().unwrap().display()
    );
    let asked = shop.read("npx");
    assert!(
        asked.contains(&format!("{begins}create --help\n")),
        "{asked}"
    );
    // The task's description has lines of its own.
    let mut calls = asked.lines().filter(|line| line.starts_with('/'));
    assert!(calls.all(|call| call.starts_with(&begins)), "{asked}");
}
