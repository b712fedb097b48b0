//! `announce.auto`: by itself, and nobody waits.

use super::web::{Answer, Web, says, until};
use super::{destination, set, updates, waiting};
use crate::support::Sandbox;
use std::time::{Duration, Instant};

#[test]
fn a_milestone_is_announced_and_the_command_does_not_wait() {
    let shop = Sandbox::shop();
    let web = Web::new(&[says(200)]);
    let slow = Web::new(&[Answer::Hangs]);
    destination(&shop, "chat", "json", &web.url("x"));
    destination(&shop, "slow", "json", &slow.url("x"));
    set(&shop, "slow.timeout", "3s");
    set(&shop, "auto", "detected,mitigated,resolved:P0");
    let begin = Instant::now();
    shop.hotfix(&["start", "Login is down", "-s", "P0"]).ok();
    assert!(begin.elapsed() < Duration::from_secs(3));
    web.wait_for(1);
    assert_eq!(web.seen()[0].json()["state"], "investigating");
    until(|| updates(&shop) == ["sent to chat: investigating"]);
    // Not asked for, and not for this severity.
    shop.hotfix(&["cause", "old tokens"]).ok();
    shop.hotfix(&["severity", "P1"]).ok();
    shop.hotfix(&["mitigate", "rollback", "v2.3.0"]).ok();
    assert_eq!(web.seen().len(), 1);
    shop.hotfix(&["severity", "P0"]).ok();
    shop.hotfix(&["mitigate", "rollback", "v2.3.0"]).ok();
    web.wait_for(2);
    let second = web.seen()[1].json();
    assert_eq!(second["state"], "identified");
    assert!(
        second["text"]
            .as_str()
            .unwrap()
            .contains("Mitigation: rollback: v2.3.0")
    );
}

#[test]
fn what_failed_is_tried_again_in_the_background() {
    let shop = Sandbox::incident();
    let web = Web::new(&[says(503), says(503), says(200)]);
    destination(&shop, "chat", "json", &web.url("x"));
    set(&shop, "chat.timeout", "1s");
    shop.hotfix(&["announce", "We are on it."])
        .fails(3)
        .says("it answered 503; it is tried again");
    assert_eq!(waiting(&shop), 1);
    shop.hotfix(&["status"])
        .ok()
        .says("Update to chat: it answered 503; again at ");
    until(|| waiting(&shop) == 0);
    assert_eq!(
        updates(&shop),
        ["sent to chat: investigating - We are on it."]
    );
    assert_eq!(web.seen()[2].json()["message"], "We are on it.");
}

#[test]
fn a_newer_update_replaces_one_that_waits() {
    let shop = Sandbox::incident();
    let web = Web::new(&[says(404), says(200)]);
    destination(&shop, "chat", "json", &web.url("x"));
    shop.hotfix(&["announce", "old"]).fails(3);
    shop.hotfix(&["announce", "new"]).ok();
    assert_eq!(waiting(&shop), 0);
    assert_eq!(updates(&shop), ["sent to chat: investigating - new"]);
}
