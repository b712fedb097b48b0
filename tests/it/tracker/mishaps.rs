//! A tracker that hangs, talks rubbish, fails, is killed: `start` is as fast as without one, nothing is
//! lost, and there is one task in the end.

use super::{
    asked, delivered, hotfix, path_with, stand_in, start, task_line, tasks, until, waiting,
};
use super::{entries, with_stand_in};
use crate::support::{Sandbox, binary};
use std::time::{Duration, Instant};

/// What `start` may take beyond `start --no-task`.
const MORE: Duration = Duration::from_millis(50);
const ROUNDS: usize = 9;

const SLEEPS: &str = "sleep 60";
const RUBBISH: &str = "printf '\\000\\033]0;x\\007{{[rubbish'; exit 0";
const FAILS: &str = "echo 'no way' >&2; exit 1";
const KILLED: &str = "kill -KILL $$";
/// The task is there, but nobody hears of it: the tracker goes down, and the delivery with it.
const KILLED_AFTER: &str =
    "[ \"$1\" != create ] || { create \"$@\"; kill -KILL $PPID; kill -KILL $$; }";
const HANGS_AFTER: &str = "[ \"$1\" != create ] || { create \"$@\"; sleep 60; }";

/// One `start` of an incident of its own.
fn one_start(shop: &Sandbox, title: &str, more: &[&str]) -> Duration {
    let path = path_with(shop, "bin");
    let mut command = shop.command(binary(), "shop");
    command
        .args(["start", title, "--offline"])
        .args(more)
        .env("PATH", path)
        .env("GIT_HOTFIX_TRACKER_TIMEOUT", "1s");
    let begin = Instant::now();
    let output = command.output().unwrap();
    let took = begin.elapsed();
    assert!(output.status.success(), "{output:?}");
    took
}

/// A busy machine slows any start; the fastest of several tells what the tracker costs.
fn fastest(times: Vec<Duration>) -> Duration {
    times.into_iter().min().unwrap()
}

#[test]
fn no_tracker_makes_start_slower() {
    let shop = with_stand_in("");
    for (name, first) in [
        ("one that sleeps", SLEEPS),
        ("rubbish", RUBBISH),
        ("one that fails", FAILS),
        ("one that is killed", KILLED),
        ("one that works", ""),
    ] {
        stand_in(&shop, first);
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let title = format!("{name} {round}");
            with.push(one_start(&shop, &title, &[]));
            let title = format!("{name} without {round}");
            without.push(one_start(&shop, &title, &["--no-task"]));
            // Nothing of it is left to share the processor with the next ones.
            let outbox = shop.path("shop/.git/hotfix/outbox");
            until("nothing is written there any more", || {
                std::fs::remove_dir_all(&outbox).is_ok() || !outbox.exists()
            });
        }
        let (with, without) = (fastest(with), fastest(without));
        assert!(
            with <= without + MORE,
            "{name}: {with:?} against {without:?}"
        );
    }
}

/// The tracker does this at first, then works: what is left is exactly one task.
fn one_task_in_the_end(first: &str) {
    let shop = with_stand_in(first);
    shop.git(&["config", "hotfix.tracker.timeout", "1s"]).ok();
    start(&shop);
    until("the tracker was asked", || asked(&shop).contains("create"));
    assert_eq!(waiting(&shop), 1, "nothing is lost");
    stand_in(&shop, "");
    until("a retry gets through", || {
        let ran = hotfix(&shop, &["task", "retry"]);
        ran.code == 0
    });
    delivered(&shop);
    let made = tasks(&shop);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(task_line(&shop), format!("**Task**: {} (ohno)", made[0]));
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(tasks(&shop).len(), 1);
}

#[test]
fn one_that_sleeps_makes_one_task_in_the_end() {
    one_task_in_the_end(SLEEPS);
}

#[test]
fn one_that_prints_rubbish_makes_one_task_in_the_end() {
    one_task_in_the_end(RUBBISH);
}

#[test]
fn one_that_fails_makes_one_task_in_the_end() {
    one_task_in_the_end(FAILS);
}

#[test]
fn one_that_is_killed_makes_one_task_in_the_end() {
    one_task_in_the_end(KILLED);
}

#[test]
fn one_that_is_killed_after_it_made_the_task_makes_no_second() {
    one_task_in_the_end(KILLED_AFTER);
}

#[test]
fn one_that_hangs_after_it_made_the_task_makes_no_second() {
    one_task_in_the_end(HANGS_AFTER);
}

#[test]
fn one_that_prints_rubbish_after_it_made_the_task_makes_no_second() {
    one_task_in_the_end("[ \"$1\" != create ] || { create \"$@\"; echo rubbish; exit 0; }");
}

#[test]
#[cfg(unix)]
fn a_tracker_that_outlives_its_delivery_is_waited_for() {
    // The delivery is killed, the tracker goes on and makes the task two seconds later.
    let shop = with_stand_in(
        "[ \"$1\" != create ] || { kill -KILL $PPID; sleep 2; create \"$@\"; exit; }",
    );
    start(&shop);
    until("the tracker was asked", || asked(&shop).contains("create"));
    stand_in(&shop, "");
    hotfix(&shop, &["task", "retry"])
        .fails(3)
        .says("an earlier call is still running");
    until("a retry gets through", || {
        hotfix(&shop, &["task", "retry"]).code == 0
    });
    assert_eq!(tasks(&shop).len(), 1);
}

#[test]
fn two_deliveries_at_once_make_one_task() {
    let shop = with_stand_in("sleep 0.3");
    start(&shop);
    let path = path_with(&shop, "bin");
    let mut running: Vec<_> = (0..4)
        .map(|_| {
            let mut command = shop.command(binary(), "shop");
            command.arg("deliver").env("PATH", &path);
            command.spawn().unwrap()
        })
        .collect();
    for child in &mut running {
        assert!(child.wait().unwrap().success());
    }
    delivered(&shop);
    assert_eq!(tasks(&shop).len(), 1);
    assert_eq!(asked(&shop).matches("create --type").count(), 1);
}

#[test]
#[cfg(unix)]
fn an_outbox_that_cannot_be_written_is_a_warning() {
    let shop = with_stand_in("");
    // A file stands where the folder should be; being root, a test cannot take its own right to write.
    shop.write("shop/.git/hotfix/outbox", "");
    start(&shop).says("the tracker's task could not be queued");
    assert_eq!(asked(&shop), "");
    std::fs::remove_file(shop.path("shop/.git/hotfix/outbox")).unwrap();
    hotfix(&shop, &["task", "retry"]).ok();
    assert_eq!(tasks(&shop).len(), 1);
}

#[test]
fn what_cannot_be_read_in_the_outbox_stays_and_stops_nothing() {
    let shop = with_stand_in("");
    shop.write(
        "shop/.git/hotfix/outbox/0000000000000001.json",
        "{\"version\": 99}",
    );
    start(&shop);
    until("the task is made", || task_line(&shop).ends_with("(ohno)"));
    until("only the other is left", || entries(&shop).len() == 1);
}

#[test]
#[cfg(unix)]
fn the_background_keeps_no_pipe_and_no_lock() {
    // Descriptor 3 is how test runners hang; the record's lock is how the next command would.
    let shop = with_stand_in("sleep 3");
    let path = path_with(&shop, "bin");
    let begin = Instant::now();
    let line = format!(
        "'{}' start 'Login is down' 3>&1 | cat >/dev/null",
        binary().display()
    );
    shop.shell_in("shop", &[("PATH", &path)], &line).ok();
    hotfix(&shop, &["note", "still there"]).ok();
    let took = begin.elapsed();
    assert!(took < Duration::from_millis(2500), "{took:?}");
    delivered(&shop);
}

#[test]
fn a_hooks_index_is_not_handed_on() {
    let shop = with_stand_in("env > \"$0.env\"");
    let path = path_with(&shop, "bin");
    let environment = [
        ("PATH", path.as_str()),
        ("GIT_PREFIX", "src/"),
        ("TRACKER_TOKEN", "t"),
    ];
    shop.hotfix_with(&environment, &["start", "Login is down"])
        .ok();
    delivered(&shop);
    let handed_on = shop.read("bin/ohno.env");
    assert!(handed_on.contains("TRACKER_TOKEN=t"), "{handed_on}");
    for name in ["GIT_PREFIX=", "GIT_INDEX_FILE=", "GIT_COMMITTER_DATE="] {
        assert!(!handed_on.contains(name), "{name} in {handed_on}");
    }
}

#[test]
fn an_update_that_hangs_holds_up_no_task() {
    let shop = with_stand_in("");
    let set = |key: &str, value: &str| {
        shop.git(&["config", key, value]).ok();
    };
    let place = shop.path("sending");
    let line = format!("touch '{}'; sleep 30", place.display());
    set("hotfix.announce.mail.type", "command");
    set("hotfix.announce.mail.command", &line);
    set("hotfix.announce.mail.timeout", "30s");
    set("hotfix.announce.auto", "detected,mitigated");
    start(&shop);
    until("the update is under way", || place.exists());
    let begin = Instant::now();
    hotfix(&shop, &["task", "retry"]).ok();
    hotfix(&shop, &["resolve", "mended"]).ok();
    until("the task is done", || asked(&shop).contains(" done "));
    assert!(begin.elapsed() < Duration::from_secs(20));
    assert_eq!(waiting(&shop), 1, "the update is still under way");
    assert_eq!(tasks(&shop).len(), 1);
}
