//! `doctor`: each problem is found, with the command that mends it, and none hides another.

use super::support::{Ran, Sandbox, binary};
use expect_test::expect;

/// The checks about one thing, as `health message -> remedy`.
fn about(ran: &Ran, what: &str) -> Vec<String> {
    let json = ran.json();
    let checks = json["checks"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let of_it = checks.filter(|check| check["about"] == what);
    of_it
        .map(|check| {
            let [health, message, remedy] =
                ["health", "message", "remedy"].map(|key| text(&check[key]));
            format!("{health} {message} -> {remedy}")
        })
        .collect()
}

fn doctor(shop: &Sandbox) -> Ran {
    shop.hotfix(&["doctor", "--json"])
}

#[cfg(unix)]
fn doctor_on(shop: &Sandbox, path: &str) -> Ran {
    shop.hotfix_with(&[("PATH", path)], &["doctor", "--json"])
}

#[test]
fn a_prepared_repository_is_ready() {
    let shop = Sandbox::shop();
    shop.hotfix(&["hooks", "install"]).ok();
    let refs = shop.refs("origin.git");
    let ran = shop.hotfix(&["doctor"]).ok();
    let here = shop.path("shop").display().to_string();
    let screen = ran
        .screen()
        .replace(&here, "<shop>")
        .replace(binary().to_str().unwrap(), "<program>");
    // git's version is the machine's.
    let screen: Vec<&str> = screen.lines().skip(1).collect();
    expect![[r#"
        ok    program     0.1.0, <program>
        ok    repository  <shop> (sha1 objects, refs in files)
        ok    hooks       commit-msg, prepare-commit-msg, pre-push: as files
        ok    settings    all can be used
        ok    production  origin/main
        ok    remote      origin answers
        ok    records     origin has none yet; whether it takes them shows at the first push
        ok    identity    Ada <ada@example.com>
        ! 
        ! Ready for an incident."#]]
    .assert_eq(&screen.join("\n"));
    assert_eq!(shop.refs("origin.git"), refs, "nothing was pushed");
}

#[test]
fn a_repository_that_nobody_prepared_is_warned_of() {
    let shop = Sandbox::shop();
    let ran = doctor(&shop).ok();
    let missing = "warn not installed: commit-msg, prepare-commit-msg, pre-push -> \
                   git hotfix hooks install";
    assert_eq!(about(&ran, "hooks"), [missing]);
    assert_eq!(ran.json()["bad"], 0);
    assert_eq!(ran.json()["warned"], 1);
}

#[test]
fn every_setting_that_cannot_be_used_is_named_with_its_remedy() {
    let shop = Sandbox::shop();
    shop.git(&["config", "hotfix.gate", "maybe"]).ok();
    shop.git(&["config", "hotfix.landing", "never"]).ok();
    shop.git(&["config", "hotfix.nope", "1"]).ok();
    let ran = doctor(&shop).fails(1);
    let found = about(&ran, "settings");
    assert_eq!(found.len(), 3, "{found:?}");
    for remedy in [
        "git config --local hotfix.gate block",
        "git config --local hotfix.landing merge",
        "git config --local --unset-all hotfix.nope",
    ] {
        let named = found.iter().any(|check| check.ends_with(remedy));
        assert!(named, "{remedy} in {found:?}");
        let words: Vec<&str> = remedy.split(' ').skip(1).collect();
        shop.git(&words).ok();
    }
    doctor(&shop).ok();
}

#[test]
fn one_failure_does_not_hide_the_next() {
    let shop = Sandbox::shop();
    shop.git(&["remote", "set-url", "origin", "../nowhere.git"])
        .ok();
    shop.git(&["config", "core.hooksPath", "/dev/null"]).ok();
    shop.git(&["config", "hotfix.gate", "maybe"]).ok();
    shop.git(&["config", "hotfix.production", "gone"]).ok();
    shop.git(&["config", "hotfix.back-merge", "develop"]).ok();
    shop.git(&["config", "user.name", ""]).ok();
    shop.git(&["config", "commit.gpgsign", "true"]).ok();
    shop.git(&["config", "gpg.format", "ssh"]).ok();
    shop.git(&["config", "user.signingkey", "~/.ssh/none.pub"])
        .ok();
    shop.git(&["config", "gpg.ssh.program", "sh"]).ok();
    let ran = doctor(&shop).fails(1);
    for (what, health, words) in [
        ("hooks", "bad", "git config --local --unset core.hooksPath"),
        ("settings", "bad", "git config --local hotfix.gate block"),
        (
            "production",
            "bad",
            "the production branch gone is not in this repository",
        ),
        ("back-merge", "warn", "git fetch origin develop"),
        ("remote", "bad", "origin could not be reached"),
        ("identity", "warn", "git config --global user.name"),
        ("signing", "bad", "the key ~/.ssh/none.pub is not there"),
    ] {
        let found = about(&ran, what).join("\n");
        assert!(found.starts_with(health), "{what}: {found}");
        assert!(found.contains(words), "{what}: {found}");
    }
}

#[test]
fn a_remote_that_does_not_answer_is_left_at_the_limit() {
    let shop = Sandbox::shop();
    shop.git(&["remote", "set-url", "origin", "ssh://host/shop.git"])
        .ok();
    shop.write("home/slow.sh", "sleep 30\n");
    shop.git(&["config", "core.sshCommand", "sh ~/slow.sh"])
        .ok();
    shop.git(&["config", "hotfix.timeout", "1s"]).ok();
    let begun = std::time::Instant::now();
    let ran = doctor(&shop).fails(1);
    assert!(begun.elapsed().as_secs() < 10);
    let limit = "bad origin did not answer within 1 s -> git ls-remote origin";
    assert_eq!(about(&ran, "remote"), [limit]);
    let ran = shop.hotfix(&["doctor", "--json", "--offline"]).ok();
    assert_eq!(about(&ran, "remote"), ["ok origin (not asked) -> -"]);
}

#[test]
fn records_at_the_remote_say_that_it_takes_them() {
    let shop = Sandbox::incident();
    shop.push_records();
    let ran = doctor(&shop).ok();
    assert_eq!(
        about(&ran, "records"),
        ["ok origin takes them: 1 there -> -"]
    );
}

#[test]
fn without_a_repository_the_rest_is_looked_at_all_the_same() {
    let shop = Sandbox::empty();
    let ran = shop.hotfix_in("home", &["doctor", "--json"]).fails(1);
    assert!(about(&ran, "git")[0].starts_with("ok "));
    assert!(about(&ran, "program")[0].starts_with("ok "));
    assert!(about(&ran, "repository")[0].starts_with("bad there is no git repository"));
}

#[test]
fn a_repository_without_a_remote_or_with_a_cut_off_history_is_said_to_be_so() {
    let shop = Sandbox::shop();
    let origin = format!("file://{}", shop.path("origin.git").display());
    shop.git_in("", &["clone", "-q", "--depth", "1", &origin, "cut"])
        .ok();
    let ran = shop.hotfix_in("cut", &["doctor", "--json"]).ok();
    let cut = about(&ran, "repository").pop().unwrap();
    assert!(cut.ends_with("-> git fetch --unshallow"), "{cut}");
    shop.git_in("cut", &["fetch", "-q", "--unshallow"]).ok();
    shop.git_in("cut", &["remote", "remove", "origin"]).ok();
    let ran = shop.hotfix_in("cut", &["doctor", "--json"]).ok();
    assert_eq!(about(&ran, "repository").len(), 1);
    assert!(about(&ran, "remote")[0].starts_with("warn there is none"));
}

#[test]
fn a_server_is_asked_for_what_a_server_needs() {
    let shop = Sandbox::shop();
    shop.hotfix_in("origin.git", &["hooks", "install"]).ok();
    let ran = shop.hotfix_in("origin.git", &["doctor", "--json"]).ok();
    assert_eq!(
        about(&ran, "hooks"),
        ["ok pre-receive, post-receive: as files -> -"]
    );
    assert!(about(&ran, "repository")[0].contains("bare"));
    assert_eq!(about(&ran, "remote"), [""; 0]);
}

#[cfg(unix)]
#[test]
fn another_program_or_none_on_path_is_told_of() {
    let shop = Sandbox::shop();
    let git = shop
        .command("sh", "")
        .args(["-c", "command -v git"])
        .output();
    let git = String::from_utf8(git.unwrap().stdout).unwrap();
    let git = std::path::Path::new(git.trim()).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", git.display());
    let ran = doctor_on(&shop, &path).ok();
    let own = binary().parent().unwrap().display();
    let first = format!("-> export PATH={own}:\"$PATH\"");
    let found = about(&ran, "program").remove(0);
    assert!(
        found.starts_with("warn git does not find") && found.ends_with(&first),
        "{found}"
    );
    shop.executable("bin/git-hotfix", "#!/bin/sh\n");
    let other = shop.path("bin");
    let path = format!("{}:{path}", other.display());
    let ran = doctor_on(&shop, &path).ok();
    let found = about(&ran, "program").remove(0);
    assert!(
        found.starts_with("warn 'git hotfix' is") && found.ends_with(&first),
        "{found}"
    );
}

/// git 2.37 is older than the oldest that is served.
#[cfg(unix)]
#[test]
fn a_git_that_is_too_old_is_bad() {
    let shop = Sandbox::shop();
    let real = shop
        .command("sh", "")
        .args(["-c", "command -v git"])
        .output();
    let real = String::from_utf8(real.unwrap().stdout).unwrap();
    let text = format!(
        "#!/bin/sh\n[ \"$*\" = version ] && echo 'git version 2.37.9' && exit\nexec '{}' \"$@\"\n",
        real.trim()
    );
    shop.executable("old/git", &text);
    let old = shop.path("old");
    let path = format!("{}:/usr/bin:/bin", old.display());
    let ran = doctor_on(&shop, &path).fails(1);
    assert!(about(&ran, "git")[0].starts_with("bad 2.37.9 is older than 2.38"));
}
