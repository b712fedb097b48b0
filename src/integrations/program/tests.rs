//! What a program gets and what comes back, with shell scripts as programs.
#![cfg(unix)]

use super::*;
use std::process::Command;
use std::time::Instant;

/// A child writes it: what this process has open for writing may be open in what another test's thread
/// starts at that moment, and such a file is not run ("text file busy").
fn script(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    let write = "printf '#!/bin/sh\n%s\n' \"$1\" >\"$0\" && chmod 755 \"$0\"";
    let mut writer = Command::new("sh");
    let written = writer.args(["-c", write]).arg(&path).arg(lines).status();
    assert!(written.unwrap().success());
    path
}

fn run(lines: &str, input: &str) -> Result<String, Trouble> {
    let folder = tempfile::tempdir().unwrap();
    let path = script(folder.path(), "gh", lines);
    let program = Program::choose("gh", &[path], &[]).unwrap();
    let around = Around {
        alive: None,
        folder: folder.path(),
        limit: Duration::from_millis(1500),
        waiting: &|| (),
    };
    program.run(&["a", "b c"], &[("ASKED", "no")], input, &around)
}

#[test]
fn arguments_input_and_environment_arrive_as_they_are() {
    let said = run("echo \"$#:$2:$ASKED:$NO_COLOR\"; cat; pwd >&2", "$(x)\n`y`");
    assert_eq!(said.unwrap(), "2:b c:no:1\n$(x)\n`y`");
}

#[test]
fn nobody_can_be_asked() {
    assert_eq!(run("read answer || echo none", "").unwrap(), "none\n");
}

#[test]
fn what_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("outlived");
    let lines = format!(
        "trap '' TERM\n(trap '' TERM; sleep 3; : > '{}') &\nsleep 30",
        mark.display()
    );
    let begun = Instant::now();
    let seconds = 1;
    let timed_out = Trouble::TimedOut {
        program: "gh".into(),
        seconds,
    };
    assert_eq!(run(&lines, ""), Err(timed_out));
    assert!(begun.elapsed() < Duration::from_secs(10));
    std::thread::sleep(Duration::from_secs(2));
    assert!(!mark.exists(), "what it started went on");
}

#[test]
fn what_prints_without_end_is_ended() {
    let endless = run("yes", "");
    assert_eq!(
        endless,
        Err(Trouble::Unreadable {
            program: "gh".into()
        })
    );
}

#[test]
fn no_escape_sequence_comes_through() {
    let said = run(
        r"printf '\033[31mred\033[0m \033]0;title\007a\033]8;;x\033\\b\r\b\302\233c\n'",
        "",
    );
    assert_eq!(said.unwrap(), "red abc\n");
}

#[test]
fn a_failure_says_why_in_one_line() {
    let failed = run(
        "echo; echo 'not logged in' >&2; echo 'try again' >&2; exit 4",
        "",
    );
    let message = failed.unwrap_err().to_string();
    assert_eq!(message, "gh failed (4): not logged in try again");
    let killed = run("kill -9 $$", "").unwrap_err().to_string();
    assert_eq!(killed, "gh failed (-1): it said nothing");
}

#[test]
fn only_what_the_person_installed_is_started() {
    let place = tempfile::tempdir().unwrap();
    let [work, bin, links] = ["work", "bin", "links"].map(|name| place.path().join(name));
    for folder in [&work, &bin, &links] {
        std::fs::create_dir(folder).unwrap();
    }
    let theirs = script(&work, "gh", ":");
    let own = script(&bin, "gh", ":");
    let link = links.join("gh");
    std::os::unix::fs::symlink(&theirs, &link).unwrap();
    let plain = bin.join("plain");
    std::fs::write(&plain, "").unwrap();
    let choose = |paths: &[PathBuf]| {
        let found = Program::choose("gh", paths, &[&work]);
        found.map(|program| program.path)
    };
    let relative = PathBuf::from("bin/gh");
    let tried = [relative, theirs.clone(), link, plain, own.clone()];
    assert_eq!(choose(&tried), Some(own));
    assert_eq!(choose(&tried[..4]), None);
}
