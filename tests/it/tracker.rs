//! The incident's task: made in the background, retried, made once.
//!
//! Stand-ins of ohno write down each call and keep their tasks in a file, one a line.

mod forges;
mod mishaps;
mod ohno;
mod trust;

use super::support::{Ran, Sandbox, search_path};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longer than any of these deliveries takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A shop whose tracker is a stand-in of ohno.
fn with_stand_in(first: &str) -> Sandbox {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.tracker", "ohno"]).ok();
    stand_in(&shop, first);
    shop
}

/// An `ohno` outside of the shop. `first` runs before it answers; `$1` is the operation then.
fn stand_in(shop: &Sandbox, first: &str) {
    let place = shop.path("ohno");
    let place = place.display();
    shop.executable(
        "bin/ohno",
        &format!(
            r#"#!/bin/sh
printf '%s\n' "$*" >> '{place}.asked'
[ "$1" != --json ] || shift
create() {{
    id=task-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')
    for last; do :; done
    printf '%s\n' "$id" >> '{place}.tasks'
    printf '%s' "$*" > '{place}.about.'"$id"
}}
case "$*" in *--help*) echo 'Usage: ohno create'; exit ;; esac
{first}
case "$1" in
create)
    create "$@"
    echo '{{"success": true, "task_id": "'"$id"'"}}' ;;
tasks)
    comma=
    printf '{{"tasks": ['
    while read -r id; do
        printf '%s{{"id": "%s", "title": "HOTFIX: x"}}' "$comma" "$id"; comma=,
    done < '{place}.tasks'
    echo '], "total_count": 1}}' ;;
task)
    incident=$(sed -n 's/.*--description=Incident: //p' '{place}.about.'"$3")
    echo '{{"id": "'"$3"'", "description": "Incident: '"$incident"'"}}' ;;
*) echo '{{"success": true}}' ;;
esac
"#
        ),
    );
    if !shop.path("ohno.tasks").exists() {
        shop.write("ohno.tasks", "");
    }
}

fn path_with(shop: &Sandbox, folder: &str) -> String {
    let folder = shop.path(folder);
    let rest = std::env::split_paths(&search_path()).collect::<Vec<PathBuf>>();
    let all = std::env::join_paths(std::iter::once(folder).chain(rest)).unwrap();
    all.into_string().unwrap()
}

/// `git hotfix …` with the stand-ins on PATH.
fn hotfix(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.hotfix_with(&[("PATH", &path_with(shop, "bin"))], arguments)
}

fn start(shop: &Sandbox) -> Ran {
    hotfix(shop, &["start", "Login is down", "-s", "P0"]).ok()
}

fn asked(shop: &Sandbox) -> String {
    std::fs::read_to_string(shop.path("ohno.asked")).unwrap_or_default()
}

fn tasks(shop: &Sandbox) -> Vec<String> {
    shop.read("ohno.tasks").lines().map(str::to_owned).collect()
}

/// Waits until something holds.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// How many entries wait in the outbox.
fn waiting(shop: &Sandbox) -> usize {
    entries(shop).len()
}

fn entries(shop: &Sandbox) -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(shop.path("shop/.git/hotfix/outbox")) else {
        return Vec::new();
    };
    let paths = folder.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect()
}

#[track_caller]
fn delivered(shop: &Sandbox) {
    until("the outbox is empty", || waiting(shop) == 0);
}

fn task_line(shop: &Sandbox) -> String {
    let record = shop.record();
    let line = record.lines().find(|line| line.starts_with("**Task**"));
    line.unwrap().to_owned()
}

#[test]
fn start_has_a_task_made_and_resolve_has_it_done() {
    let shop = with_stand_in("");
    start(&shop).says("  task      ohno: being created");
    delivered(&shop);
    let made = tasks(&shop);
    assert_eq!(made.len(), 1);
    let id = &made[0];
    assert_eq!(task_line(&shop), format!("**Task**: {id} (ohno)"));
    hotfix(&shop, &["status"])
        .ok()
        .says(&format!("task {id} (ohno)"));
    assert!(asked(&shop).contains("create --type bug --description=Incident: "));
    assert!(asked(&shop).contains(&format!("start {id}")));
    hotfix(&shop, &["mitigate", "rollback", "back to v2.3.0"]).ok();
    hotfix(&shop, &["deployed", "api 2.3.2"]).ok();
    hotfix(&shop, &["resolve", "tokens are read again"]).ok();
    delivered(&shop);
    let last = asked(&shop).lines().last().unwrap().to_owned();
    assert!(last.contains("done --notes=Mitigated: rollback: back to v2.3.0. Fixed: tokens are read again. Deployed: "), "{last}");
    assert!(last.contains("Z, api 2.3.2."), "{last}");
    assert!(last.ends_with(id), "{last}");
    hotfix(&shop, &["reopen", "it is back"]).ok();
    delivered(&shop);
    assert!(asked(&shop).ends_with(&format!("start {id}\n")));
    hotfix(&shop, &["abandon", "the provider's outage"]).ok();
    delivered(&shop);
    assert!(asked(&shop).contains("done --notes=Abandoned: the provider's outage"));
    assert_eq!(tasks(&shop).len(), 1);
    let log = shop.git(&["log", "--format=%s", "refs/hotfix/incidents"]);
    assert_eq!(log.code, 128, "a folder is no ref");
    let id_of_incident = "refs/hotfix/incidents/2026-11-22-login-is-down";
    let log = shop
        .git(&["log", "--format=%s", id_of_incident])
        .ok()
        .stdout;
    assert!(
        log.contains(&format!("Task created - {id} (ohno)")),
        "{log}"
    );
}

#[test]
fn without_a_tracker_or_a_wish_there_is_no_task() {
    let shop = with_stand_in("");
    hotfix(&shop, &["start", "Login is down", "--no-task"]).ok();
    assert_eq!(waiting(&shop), 0);
    hotfix(&shop, &["resolve", "it was nothing"]).ok();
    assert_eq!((waiting(&shop), asked(&shop).as_str()), (0, ""));
    shop.git(&["config", "hotfix.tracker", "none"]).ok();
    let said = hotfix(&shop, &["start", "Checkout is slow", "--json"]).ok();
    assert_eq!(said.json()["task"], serde_json::Value::Null);
    hotfix(&shop, &["task", "retry"])
        .fails(2)
        .says("no tracker is configured");
}

#[test]
fn an_issue_that_is_a_task_is_put_under_way_and_another_only_names_the_branch() {
    let shop = with_stand_in("");
    let arguments = ["start", "Login is down", "--issue", "task-0a1b"];
    hotfix(&shop, &arguments).ok().says("task-0a1b (ohno)");
    delivered(&shop);
    assert_eq!(asked(&shop), "--json start task-0a1b\n");
    let arguments = [
        "start",
        "Checkout is slow",
        "--issue",
        "SHOP-1",
        "--in-place",
    ];
    hotfix(&shop, &arguments).ok();
    assert_eq!(waiting(&shop), 0);
    assert_eq!(asked(&shop), "--json start task-0a1b\n");
}

#[test]
fn a_task_is_linked_and_unlinked_by_hand() {
    let shop = with_stand_in("");
    hotfix(&shop, &["start", "Login is down", "--no-task"]).ok();
    hotfix(&shop, &["task"]).ok().says("has no task");
    hotfix(&shop, &["task", "link", "task-0a1b"])
        .ok()
        .says("task-0a1b (ohno)");
    delivered(&shop);
    assert_eq!(task_line(&shop), "**Task**: task-0a1b (ohno)");
    assert!(asked(&shop).ends_with("start task-0a1b\n"));
    hotfix(&shop, &["task", "link", "task-2"])
        .fails(2)
        .says("git hotfix task unlink");
    let gone = hotfix(&shop, &["task", "unlink", "--json"]).ok().json();
    assert_eq!(gone["task"], serde_json::Value::Null);
    assert_eq!(task_line(&shop), "**Task**: [none]");
    hotfix(&shop, &["task", "link", "SHOP-7"]).ok();
    assert_eq!(task_line(&shop), "**Task**: SHOP-7");
    assert_eq!(waiting(&shop), 0);
    for odd in ["", "--web", "a b", "[x]"] {
        hotfix(&shop, &["task", "link", "--", odd]).fails(2);
    }
}

#[test]
fn what_waits_is_taken_up_by_the_next_command() {
    let shop = with_stand_in("[ -e \"$0.works\" ] || { echo 'tracker is down' >&2; exit 1; }");
    start(&shop);
    until("it was tried", || asked(&shop).contains("create"));
    let trouble = || hotfix(&shop, &["status"]).ok().stdout;
    until("status says why", || trouble().contains("tracker is down"));
    let said = trouble();
    let line = said
        .lines()
        .find(|line| line.contains("task ohno"))
        .unwrap();
    assert!(line.contains("not created, again at "), "{line}");
    assert!(line.chars().count() <= 80, "{line}");
    let task = hotfix(&shop, &["task", "--json"]).ok().json()["task"].clone();
    assert_eq!(task["pending"]["create"], true);
    assert!(task["pending"]["due"].is_string(), "{task}");
    hotfix(&shop, &["task", "retry"])
        .fails(3)
        .says("tracker is down");
    assert_eq!(waiting(&shop), 1, "two requests for one task are one");
    shop.write("bin/ohno.works", "");
    // The pause is over.
    let entry = entries(&shop).pop().unwrap();
    let text = std::fs::read_to_string(&entry).unwrap();
    let due = text.lines().find(|line| line.contains("\"due\"")).unwrap();
    std::fs::write(
        &entry,
        text.replace(due, "  \"due\": \"2026-01-01T00:00:00Z\","),
    )
    .unwrap();
    // The background that has stayed, or this command, whichever is first.
    until("the next command takes it up", || {
        hotfix(&shop, &["status"]).ok();
        waiting(&shop) == 0
    });
    assert_eq!(tasks(&shop).len(), 1);
    assert_eq!(
        task_line(&shop),
        format!("**Task**: {} (ohno)", tasks(&shop)[0])
    );
}

#[test]
fn a_command_reads_and_writes_json() {
    let shop = Sandbox::shop();
    let place = shop.path("asked");
    let script = format!(
        r#"#!/bin/sh
cat >> '{0}'; echo >> '{0}'
case "$(tail -n 1 '{0}')" in
*'"operation":"create"'*) echo '{{"id": 42, "url": "https://tracker.example.com/42"}}' ;;
esac
"#,
        place.display()
    );
    let tracker = shop.executable("bin/tracker", &script);
    shop.git(&["config", "hotfix.tracker", "command"]).ok();
    let line = format!(
        "'{tracker}' \"$(cat /proc/$$/cmdline 2>/dev/null | tr '\\0' '\\n' >>'{}')\" # secret",
        shop.path("arguments").display()
    );
    shop.git(&["config", "hotfix.tracker.command", &line]).ok();
    start(&shop);
    delivered(&shop);
    assert_eq!(
        task_line(&shop),
        "**Task**: 42 (command) https://tracker.example.com/42"
    );
    hotfix(&shop, &["resolve", "mended"]).ok();
    delivered(&shop);
    let requests: Vec<serde_json::Value> = shop
        .read("asked")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let operations: Vec<&str> = requests
        .iter()
        .map(|request| request["operation"].as_str().unwrap())
        .collect();
    assert_eq!(operations, ["create", "start", "done"]);
    assert_eq!(requests[0]["version"], 1);
    assert_eq!(requests[0]["incident"]["severity"], "P0");
    assert_eq!(requests[2]["task"], "42");
    assert_eq!(requests[2]["ending"], "resolved");
    assert!(requests[2]["notes"].as_str().unwrap().contains("mended"));
    let shown = hotfix(&shop, &["config"]).ok().stdout;
    assert!(
        shown.contains("tracker.command") && !shown.contains("secret"),
        "{shown}"
    );
    // The arguments of a process are open to everybody on the machine.
    #[cfg(target_os = "linux")]
    {
        let arguments = shop.read("arguments");
        assert!(
            arguments.contains("-c") && !arguments.contains("secret"),
            "{arguments}"
        );
    }
}

#[test]
fn a_command_that_fails_is_named_with_what_it_said() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.tracker", "command"]).ok();
    let set = |line: &str| {
        let set = ["config", "hotfix.tracker.command", line];
        shop.git(&set).ok();
    };
    let script = "#!/bin/sh\necho 'no such project: SHOP' >&2\nexit 3\n";
    let tracker = shop.executable("bin/make-task", script);
    set(&format!("{tracker} --token s3cret"));
    start(&shop);
    let retry = || hotfix(&shop, &["task", "retry"]).fails(3).stderr;
    let said = retry();
    let words = "make-task (hotfix.tracker.command) failed (3): no such project: SHOP";
    assert!(said.contains(words) && !said.contains("s3cret"), "{said}");
    set(&format!("TOKEN=s3cret; {tracker}"));
    let said = retry();
    let words = "hotfix.tracker.command failed (3): no such project: SHOP";
    assert!(said.contains(words) && !said.contains("s3cret"), "{said}");
    set("echo rubbish");
    let said = retry();
    let words = "echo (hotfix.tracker.command) gave no answer that can be read";
    assert!(said.contains(words), "{said}");
}
