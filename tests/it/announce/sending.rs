//! Sending by hand.

use super::web::{Answer, HUGE, Web, says};
use super::{destination, set, updates, waiting};
use crate::support::Sandbox;
use expect_test::expect;
use std::time::{Duration, Instant};

#[test]
fn without_a_destination_the_text_is_handed_over() {
    let shop = Sandbox::incident();
    shop.hotfix(&["impact", "1200 users cannot log in"]).ok();
    let preview = shop.hotfix(&["announce", "--preview"]).ok();
    assert_eq!(updates(&shop), [""; 0]);
    expect![[r#"
        [P0] Login is down
        Investigating

        We are on it.

        Conditions
          Impact: 1200 users cannot log in
          Since: 14:05 UTC

        Actions
          Now: the cause is being looked for

        Needs
          a DBA

        Next update by 14:20 UTC.
        ! 
        ! No destination is set: pass it on yourself. It is on the timeline as written.
    "#]]
    .assert_eq(
        &shop
            .hotfix(&["announce", "We are", "on it.", "--needs", "a DBA"])
            .screen(),
    );
    assert!(preview.stdout.contains("Next update by"));
    assert_eq!(updates(&shop), ["written: investigating - We are on it."]);
}

#[test]
fn each_service_gets_its_own_shape_at_once() {
    let shop = Sandbox::incident();
    let web = Web::new(&[says(200)]);
    for (name, kind) in [
        ("chat", "slack"),
        ("team", "teams"),
        ("guild", "discord"),
        ("page", "json"),
    ] {
        destination(&shop, name, kind, &web.url(name));
    }
    set(&shop, "page.header", "Authorization: Bearer t0ken");
    let ran = shop.hotfix(&["announce", "--state", "monitoring"]).ok();
    expect![[r#"
        Monitoring, the next by 14:20 UTC
          chat   sent
          guild  sent
          page   sent
          team   sent
    "#]]
    .assert_eq(&ran.screen());
    assert_eq!(
        updates(&shop),
        ["sent to chat, guild, page, team: monitoring"]
    );
    let chat = web.to("chat").json();
    assert_eq!(chat["blocks"][0]["text"]["text"], "[P0] Login is down");
    assert_eq!(
        web.to("guild").json()["allowed_mentions"]["parse"],
        serde_json::json!([])
    );
    let card = &web.to("team").json()["attachments"][0];
    assert_eq!(
        card["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    let page = web.to("page");
    assert!(
        page.headers
            .iter()
            .any(|line| line.eq_ignore_ascii_case("authorization: bearer t0ken"))
    );
    let page = page.json();
    assert_eq!(
        (&page["schema"], &page["state"]),
        (&"git-hotfix/announce/1".into(), &"monitoring".into())
    );
    assert_eq!(web.seen().len(), 4);
}

#[test]
fn only_the_named_ones_get_it_and_a_preview_goes_nowhere() {
    let shop = Sandbox::incident();
    let web = Web::new(&[says(200)]);
    destination(&shop, "one", "json", &web.url("one"));
    destination(&shop, "two", "json", &web.url("two"));
    shop.hotfix(&["announce", "--preview"])
        .ok()
        .says("It would go to one, two.");
    assert_eq!((web.seen().len(), updates(&shop).len()), (0, 0));
    shop.hotfix(&["announce", "--to", "two"]).ok();
    assert_eq!(updates(&shop), ["sent to two: investigating"]);
    assert_eq!(web.seen().len(), 1);
    shop.hotfix(&["announce", "--to", "three"])
        .fails(2)
        .says("Those there are: one, two");
}

#[test]
fn what_passes_is_tried_again_within_the_limit() {
    let shop = Sandbox::incident();
    let busy = Answer::Says(429, vec![("Retry-After", "1".to_owned())], String::new());
    let (busy, broken) = (
        Web::new(&[busy, says(204)]),
        Web::new(&[says(500), says(200)]),
    );
    destination(&shop, "busy", "slack", &busy.url("x"));
    destination(&shop, "broken", "slack", &broken.url("x"));
    let begin = Instant::now();
    shop.hotfix(&["announce"]).ok();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!((busy.seen().len(), broken.seen().len()), (2, 2));
    assert_eq!(updates(&shop), ["sent to broken, busy: investigating"]);
    assert_eq!(waiting(&shop), 0);
}

#[test]
fn a_server_that_hangs_holds_up_nobody_else() {
    let shop = Sandbox::incident();
    let (slow, good) = (
        Web::new(&[Answer::Hangs, says(200)]),
        Web::new(&[says(200)]),
    );
    destination(&shop, "slow", "slack", &slow.url("x"));
    destination(&shop, "good", "slack", &good.url("x"));
    set(&shop, "slow.timeout", "1s");
    let begin = Instant::now();
    shop.hotfix(&["announce"])
        .fails(3)
        .says("slow  it did not answer within 1 s; it is tried again");
    assert!(begin.elapsed() < Duration::from_secs(5));
    // What was told stays told, and the rest follows by itself.
    assert_eq!(updates(&shop)[0], "sent to good: investigating");
    super::web::until(|| waiting(&shop) == 0);
    assert_eq!(updates(&shop)[1], "sent to slow: investigating");
    assert_eq!(good.seen().len(), 1);
}

#[test]
fn a_refusal_waits_for_a_person() {
    let shop = Sandbox::incident();
    let web = Web::new(&[
        Answer::Says(404, Vec::new(), "no_service".to_owned()),
        says(200),
    ]);
    destination(&shop, "chat", "slack", &web.url("x"));
    expect![[r#"
        Investigating, the next by 14:20 UTC
          chat  it answered 404 (no_service); not tried again
        ! 
        ! Next: once its settings are right
        !   git hotfix announce --to chat
        [exit 3]
    "#]]
    .assert_eq(&shop.hotfix(&["announce"]).screen());
    let status = shop.hotfix(&["status"]).ok();
    let line = "Update to chat: it answered 404 (no_service); then: git hotfix announce --to chat";
    assert!(status.stdout.contains(line), "{}", status.stdout);
    shop.hotfix(&["announce", "--to", "chat"]).ok();
    assert_eq!((waiting(&shop), web.seen().len()), (0, 2));
}

#[test]
fn a_redirect_is_not_followed() {
    let shop = Sandbox::incident();
    let elsewhere = Web::new(&[says(200)]);
    for (number, status) in [(1, 302), (2, 307), (3, 308)] {
        let to = Answer::Says(
            status,
            vec![("Location", elsewhere.url("y"))],
            String::new(),
        );
        destination(
            &shop,
            &format!("d{number}"),
            "json",
            &Web::new(&[to]).url("x"),
        );
    }
    set(&shop, "d1.header", "X-Token: t0ken");
    shop.hotfix(&["announce"])
        .fails(3)
        .says("it points to another address (307)");
    assert_eq!((elsewhere.seen().len(), updates(&shop).len()), (0, 0));
}

#[test]
fn a_huge_answer_is_not_read() {
    let shop = Sandbox::incident();
    let (fine, bad) = (
        Web::new(&[Answer::Huge(200)]),
        Web::new(&[Answer::Huge(400)]),
    );
    destination(&shop, "fine", "json", &fine.url("x"));
    destination(&shop, "bad", "json", &bad.url("x"));
    let begin = Instant::now();
    shop.hotfix(&["announce"])
        .fails(3)
        .says("bad   it answered 400;");
    assert!(begin.elapsed() < Duration::from_secs(4));
    assert_eq!(updates(&shop), ["sent to fine: investigating"]);
    std::thread::sleep(Duration::from_secs(1));
    for web in [fine, bad] {
        assert!(web.written() < HUGE, "{} bytes", web.written());
    }
}

#[test]
fn plain_http_to_elsewhere_needs_leave() {
    let shop = Sandbox::incident();
    destination(&shop, "chat", "slack", "http://chat.invalid/sEcReT");
    let ran = shop.hotfix(&["announce"]).fails(3);
    assert!(
        ran.stderr
            .contains("announce.chat: its address is plain http"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout.contains("chat  its settings cannot be used"),
        "{}",
        ran.stdout
    );
    let ran = shop.hotfix(&["config"]).fails(3);
    let ran = ran.says("git config --global hotfix.announce.chat.allow-http true");
    assert!(!ran.stderr.contains("sEcReT"));
}

#[test]
fn a_command_gets_the_text_and_what_a_subject_is_made_of() {
    let shop = Sandbox::incident();
    set(&shop, "mail.type", "command");
    let script = shop.executable(
        "bin/mail",
        "#!/bin/sh\nprintf 'Subject: [%s] %s (%s)\\n\\n' \"$HOTFIX_SEVERITY\" \"$HOTFIX_TITLE\" \"$HOTFIX_STATE\"\ncat\n",
    );
    set(
        &shop,
        "mail.command",
        &format!("'{script}' >'{}'", shop.path("mail.txt").display()),
    );
    shop.hotfix(&["announce", "one; rm -rf \"$HOME\" `x`"]).ok();
    let mail = shop.read("mail.txt");
    assert!(
        mail.starts_with("Subject: [P0] Login is down (investigating)\n\n[P0] Login"),
        "{mail}"
    );
    assert!(mail.contains("one; rm -rf \"$HOME\" `x`\n"), "{mail}");
    set(&shop, "mail.command", "echo sEcReT >&2; exit 7");
    let ran = shop.hotfix(&["announce"]).fails(3);
    assert!(!ran.screen().contains("sEcReT"));
    ran.says("mail  its command ended with 7; run it by hand to see why; it is tried again");
}

#[test]
fn status_says_when_the_next_one_is_due() {
    let shop = Sandbox::incident();
    shop.hotfix(&["status"])
        .ok()
        .says("Update to stakeholders due in 14 min.");
    shop.hotfix(&["announce"]).ok();
    let late = [("GIT_COMMITTER_DATE", "2026-11-22T14:26:00Z")];
    let late = shop.hotfix_with(&late, &["status"]).ok();
    late.says("Update to stakeholders was due 5 min ago.");
    shop.git(&["config", "hotfix.updates", "P0: 2h"]).ok();
    shop.hotfix(&["status"]).ok().says("due in 1 h 59 min.");
    shop.hotfix(&["severity", "P2"]).ok();
    let quiet = shop.hotfix(&["status"]).ok();
    assert!(!quiet.stdout.contains("stakeholders"), "{}", quiet.stdout);
}

#[test]
#[cfg(unix)]
fn one_that_is_killed_while_it_sends_is_sent_all_the_same() {
    let shop = Sandbox::incident();
    let (slow, good) = (
        Web::new(&[Answer::Hangs, says(200)]),
        Web::new(&[says(200)]),
    );
    destination(&shop, "slow", "json", &slow.url("x"));
    destination(&shop, "good", "json", &good.url("x"));
    set(&shop, "slow.timeout", "2s");
    let mut command = shop.command(crate::support::binary(), "shop");
    let mut sending = command.args(["announce", "We are on it."]).spawn().unwrap();
    slow.wait_for(1);
    sending.kill().unwrap();
    sending.wait().unwrap();
    assert!(waiting(&shop) >= 1);
    // The next command takes it up, when the one before would have given up.
    let status = shop.hotfix(&["status"]).ok();
    status.says("Update to slow: on its way");
    super::web::until(|| waiting(&shop) == 0);
    assert_eq!(slow.seen().len(), 2);
    assert_eq!(slow.seen()[1].json()["message"], "We are on it.");
    let lines = updates(&shop);
    let line = "sent to slow: investigating - We are on it.";
    assert!(lines.iter().any(|said| said == line), "{lines:?}");
}
