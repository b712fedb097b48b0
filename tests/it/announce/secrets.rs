//! Addresses and secrets stay where the person put them.

use super::web::{Answer, Web, says, until};
use super::{destination, set, waiting};
use crate::support::{Ran, Sandbox};
use std::path::Path;

const SECRET: &str = "sEcReT";

#[test]
fn a_grep_of_everything_finds_no_secret() {
    let shop = Sandbox::incident();
    let echo = Answer::Says(404, Vec::new(), format!("/{SECRET} was not found"));
    let web = Web::new(&[says(200), echo.clone(), says(500), echo]);
    let path = format!("T0/{SECRET}");
    destination(&shop, "by-url", "slack", &web.url(&path));
    set(&shop, "by-url.header", &format!("X-Token: {SECRET}"));
    destination(
        &shop,
        "nowhere",
        "teams",
        &format!("https://{SECRET}.invalid/{path}"),
    );
    destination(
        &shop,
        "closed",
        "json",
        &format!("http://127.0.0.1:1/{path}"),
    );
    destination(&shop, "wrong", "json", &format!("ftp://{SECRET}/x"));
    set(&shop, "by-env.type", "discord");
    set(&shop, "by-env.url-env", "CHAT_HOOK");
    set(&shop, "by-command.type", "json");
    let printed = format!(
        "echo '{}'; echo 'Authorization: Bearer {SECRET}'",
        web.url(&path)
    );
    set(&shop, "by-command.secret-command", &printed);
    set(&shop, "mail.type", "command");
    set(
        &shop,
        "mail.command",
        &format!("echo {SECRET}; echo {SECRET} >&2; exit 1"),
    );
    set(&shop, "by-variable.type", "slack");
    set(&shop, "auto", "mitigated,resolved");
    for name in [
        "by-url",
        "nowhere",
        "closed",
        "by-env",
        "by-command",
        "mail",
        "by-variable",
    ] {
        set(&shop, &format!("{name}.timeout"), "2s");
    }
    let url = web.url(&path);
    let proxy = format!("http://ada:{SECRET}@127.0.0.1:1");
    let environment = [
        ("CHAT_HOOK", url.as_str()),
        ("GIT_HOTFIX_ANNOUNCE_BY_VARIABLE_URL", &url),
        ("https_proxy", &proxy),
        ("RUST_BACKTRACE", "1"),
    ];
    let commands: [&[&str]; 13] = [
        &["announce", "--preview"],
        &["announce"],
        &["announce", "--json"],
        &["announce", "--to", "wrong"],
        &["mitigate", "rollback", "v2.3.0"],
        &["status"],
        &["status", "--json"],
        &["config"],
        &["config", "--json"],
        &["doctor", "--offline"],
        &["gate"],
        &["resolve", "done", "--json"],
        &["show"],
    ];
    let mut said: Vec<Ran> = commands
        .iter()
        .map(|arguments| shop.hotfix_with(&environment, arguments))
        .collect();
    assert!(
        web.seen().len() > 2 && waiting(&shop) > 0,
        "nothing was put to the test"
    );
    let unset = [
        "config",
        "--global",
        "--remove-section",
        "hotfix.announce.wrong",
    ];
    shop.git(&unset).ok();
    said.push(shop.hotfix_with(&environment, &["config"]).ok());
    said.push(shop.hotfix_with(&environment, &["config", "--json"]).ok());
    let shown = &said[said.len() - 2].stdout;
    assert!(
        shown.contains("by-env") && shown.contains("its address in $CHAT_HOOK"),
        "{shown}"
    );
    for ran in &said {
        assert!(!ran.screen().contains(SECRET), "{}", ran.screen());
    }
    let objects = shop
        .git(&["cat-file", "--batch", "--batch-all-objects"])
        .ok()
        .stdout;
    assert!(objects.contains("Update sent to") && !objects.contains(SECRET));
    let mut files = 0;
    search(&shop.path("shop"), &mut files);
    assert!(files > 20, "{files} files");
}

/// No file below a folder holds it.
fn search(folder: &Path, files: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            *files += 1;
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(SECRET), "{}", path.display());
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn no_process_has_a_secret_among_its_arguments() {
    let shop = Sandbox::incident();
    let out = shop.path("arguments");
    set(&shop, "mail.type", "command");
    let line = format!(
        "cat /proc/$$/cmdline /proc/$PPID/cmdline >'{}' # {SECRET}",
        out.display()
    );
    set(&shop, "mail.command", &line);
    shop.hotfix(&["announce"]).ok();
    let arguments = shop.read("arguments");
    assert!(
        arguments.contains("git-hotfix") && !arguments.contains(SECRET),
        "{arguments}"
    );
}

#[test]
fn no_program_but_ours_inherits_an_address() {
    let shop = Sandbox::shop();
    let web = Web::new(&[says(200)]);
    let plain = web.url("plain");
    let spy = |name: &str| {
        let out = shop.path(&format!("spied/{name}"));
        let script = format!("#!/bin/sh\nenv >>'{}'\necho {plain}\n", out.display());
        shop.executable(&format!("bin/{name}"), &script)
    };
    let hook = spy("hook");
    shop.write("spied/x", "");
    shop.executable(
        "shop/.git/hooks/commit-msg",
        &format!("#!/bin/sh\n{hook}\n"),
    );
    shop.hotfix(&["hooks", "install"]).ok();
    shop.git(&["config", "hotfix.tracker", "command"]).ok();
    let tracker = spy("tracker");
    shop.git(&["config", "hotfix.tracker.command", &tracker])
        .ok();
    set(&shop, "chat.type", "json");
    set(&shop, "vault.type", "json");
    set(&shop, "vault.secret-command", &spy("secrets"));
    set(&shop, "mail.type", "command");
    set(&shop, "mail.command", &spy("mail"));
    set(&shop, "auto", "detected");
    let address = web.url(SECRET);
    let environment = [
        ("GIT_HOTFIX_ANNOUNCE_CHAT_URL", address.as_str()),
        ("SEEN", "yes"),
    ];
    shop.hotfix_with(&environment, &["start", "Login is down", "-s", "P0"])
        .ok();
    // The background is ourselves.
    until(|| {
        web.seen()
            .iter()
            .any(|request| request.line.contains(SECRET))
    });
    until(|| {
        let done = ["tracker", "secrets", "mail"].map(|name| shop.path(&format!("spied/{name}")));
        done.iter().all(|file| file.exists())
    });
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    shop.hotfix_with(&environment, &["commit", "-m", "do not panic", "-a"])
        .ok();
    let message = "fix(auth): [HOTFIX] do not panic";
    shop.git_with(&environment, &["commit", "--allow-empty", "-m", message])
        .ok();
    for name in ["hook", "tracker", "secrets", "mail"] {
        let inherited = shop.read(&format!("spied/{name}"));
        assert!(inherited.contains("SEEN=yes"), "{name}");
        assert!(!inherited.contains(SECRET), "{name}:\n{inherited}");
    }
    assert_eq!(shop.read("spied/hook").matches("SEEN=yes").count(), 2);
}

#[test]
fn a_tracked_file_sends_nothing_anywhere() {
    let shop = Sandbox::incident();
    let web = Web::new(&[says(200)]);
    let text = format!(
        "[announce.chat]\ntype = \"json\"\nurl = \"{}\"\n[announce]\nauto = \"mitigated\"\n",
        web.url("x")
    );
    for text in [text, "announce.auto = \"mitigated\"\n".to_owned()] {
        shop.write("shop/.hotfix.toml", &text);
        shop.hotfix(&["announce"]).ok().says(".hotfix.toml");
        shop.hotfix(&["mitigate", "rollback", "x"]).ok();
        shop.hotfix(&["config"]).fails(3);
    }
    assert_eq!((web.seen().len(), waiting(&shop)), (0, 0));
}
