//! The real ohno; `tests/trackers/prepare` fetches it into `target/trackers`.

use super::{delivered, task_line, until};
use crate::support::{Ran, Sandbox, search_path, skip};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/trackers/node_modules/.bin")
}

/// A shop with ohno's folder; nothing where ohno was not fetched.
fn shop() -> Option<Sandbox> {
    if !folder().join("ohno").exists() {
        skip("ohno is not there (tests/trackers/prepare)");
        return None;
    }
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.tracker", "ohno"]).ok();
    shop.write("shop/.git/info/exclude", ".ohno\n");
    ohno(&shop, &["init"]).ok();
    Some(shop)
}

fn path() -> String {
    let rest = std::env::split_paths(&search_path()).collect::<Vec<PathBuf>>();
    let all = std::env::join_paths(std::iter::once(folder()).chain(rest)).unwrap();
    all.into_string().unwrap()
}

fn hotfix(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.hotfix_with(&[("PATH", &path())], arguments)
}

fn ohno(shop: &Sandbox, arguments: &[&str]) -> Ran {
    let words: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    let line = format!("ohno {}", words.join(" "));
    shop.shell_in("shop", &[("PATH", &path())], &line)
}

fn tasks(shop: &Sandbox) -> Vec<Value> {
    let list = ohno(shop, &["--json", "tasks"]).ok().foreign_json();
    list["tasks"].as_array().unwrap().clone()
}

fn task(shop: &Sandbox, id: &str) -> Value {
    ohno(shop, &["--json", "task", "get", id])
        .ok()
        .foreign_json()
}

#[test]
fn the_real_one_has_the_task_made_started_and_done() {
    let Some(shop) = shop() else { return };
    hotfix(&shop, &["start", "Users can't login - 500", "-s", "P0"])
        .ok()
        .says("ohno: being created");
    delivered(&shop);
    let made = tasks(&shop);
    assert_eq!(made.len(), 1, "{made:?}");
    let id = made[0]["id"].as_str().unwrap();
    assert_eq!(made[0]["title"], "HOTFIX: Users can't login - 500");
    assert_eq!(made[0]["status"], "in_progress");
    assert_eq!(made[0]["task_type"], "bug");
    let description = task(&shop, id)["description"].as_str().unwrap().to_owned();
    assert!(
        description.starts_with("Incident: 2026-11-22-users-cant-login"),
        "{description}"
    );
    assert!(description.contains("Severity: P0"), "{description}");
    assert_eq!(task_line(&shop), format!("**Task**: {id} (ohno)"));
    hotfix(&shop, &["mitigate", "rollback", "back to v2.3.0"]).ok();
    hotfix(&shop, &["deployed", "api 2.3.2"]).ok();
    hotfix(&shop, &["resolve", "tokens are read again"]).ok();
    delivered(&shop);
    assert_eq!(tasks(&shop)[0]["status"], "done");
    let notes = task(&shop, id)["handoff_notes"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        notes.starts_with(
            "Mitigated: rollback: back to v2.3.0. Fixed: tokens are read again. Deployed: "
        ),
        "{notes}"
    );
    hotfix(&shop, &["reopen", "it is back"]).ok();
    delivered(&shop);
    assert_eq!(tasks(&shop)[0]["status"], "in_progress");
}

#[test]
fn the_real_one_is_found_again_after_a_delivery_that_was_cut_off() {
    let Some(shop) = shop() else { return };
    hotfix(&shop, &["start", "Login is down"]).ok();
    delivered(&shop);
    let id = tasks(&shop)[0]["id"].as_str().unwrap().to_owned();
    // As it is when the delivery was killed between the answer and the record.
    hotfix(&shop, &["task", "unlink"]).ok();
    let entry = r#"{"version":1,"incident":"2026-11-22-login-is-down","deed":{"kind":"task","create":true},
        "queued":"2026-11-22T14:05:31Z","due":"2026-11-22T14:05:31Z","attempts":1,
        "began":"2026-11-22T14:05:31Z","trouble":null}"#;
    shop.write("shop/.git/hotfix/outbox/0000000000000001.json", entry);
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(tasks(&shop).len(), 1);
    assert_eq!(task_line(&shop), format!("**Task**: {id} (ohno)"));
}

#[test]
fn the_real_one_without_its_folder_says_ohno_init() {
    let Some(shop) = shop() else { return };
    std::fs::remove_dir_all(shop.path("shop/.ohno")).unwrap();
    hotfix(&shop, &["doctor", "--offline"]).says("ohno init");
    hotfix(&shop, &["start", "Login is down"]).ok();
    until("the reason is known", || {
        let task = hotfix(&shop, &["task", "--json"]).ok().json()["task"].clone();
        let trouble = task["pending"]["trouble"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        trouble.contains("ohno init")
    });
    ohno(&shop, &["init"]).ok();
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(tasks(&shop).len(), 1);
    hotfix(&shop, &["task", "link", "task-0000"]).fails(2);
    hotfix(&shop, &["task", "unlink"]).ok();
    hotfix(&shop, &["task", "link", "task-0000"]).ok();
    hotfix(&shop, &["task", "retry"])
        .fails(3)
        .says("ohno knows no task-0000");
}

#[test]
fn the_real_one_without_node_is_tried_again() {
    let Some(shop) = shop() else { return };
    // env(1) finds no node: a PATH with ohno, git, and nothing else of this machine.
    let line = "mkdir bare && for p in git sh env; do ln -s \"$(command -v $p)\" bare/; done";
    shop.shell_in("", &[], line).ok();
    let exec = shop.git(&["--exec-path"]).ok().stdout;
    let bare = shop.path("bare");
    let poor = format!("{}:{}:{}", folder().display(), bare.display(), exec.trim());
    let environment = [("PATH", poor.as_str())];
    shop.hotfix_with(&environment, &["start", "Login is down"])
        .ok();
    until("the reason is known", || {
        let said = shop.hotfix_with(&environment, &["task"]).ok().stdout;
        said.contains("not created") && said.contains("node")
    });
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(tasks(&shop).len(), 1);
}
