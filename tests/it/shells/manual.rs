//! The manual pages, read by the real `man`, groff and mandoc, and the reference in `docs/`.

use crate::support::{Sandbox, is_there, search_path};
use std::fs;
use std::path::Path;

#[test]
fn help_opens_the_page() {
    if !is_there("man") || !is_there("groff") {
        return;
    }
    let shop = Sandbox::shop();
    shop.hotfix(&["install-extras"]).ok();
    let path = format!(
        "{}:{}",
        shop.path("home/.local/bin").display(),
        search_path().to_string_lossy()
    );
    let look = |environment: &[(&str, &str)], arguments: &[&str]| {
        let reader = [("MANPAGER", "cat"), ("PATH", &path)];
        shop.git_with(&[&reader, environment].concat(), arguments)
    };
    for arguments in [
        ["hotfix", "--help"],
        ["help", "hotfix"],
        ["help", "git-hotfix-start"],
    ] {
        let page = look(&[], &arguments).ok();
        assert!(page.stdout.contains("SYNOPSIS"), "{}", page.stdout);
        assert!(page.stdout.contains("git hotfix"), "{}", page.stdout);
    }
    // Where ~/.local/bin is not on PATH, by the line that is printed.
    let said = shop.hotfix(&["install-extras", "--json"]).ok().json();
    let line = said["lines"].as_array().unwrap();
    let line = line.iter().find(|line| line["for"] == "man").unwrap();
    let line = line["line"].as_str().unwrap();
    let script = format!("{line}\nMANPAGER=cat git hotfix --help");
    shop.shell_in("shop", &[], &script).ok().says("SYNOPSIS");
}

#[test]
fn no_reader_of_manual_pages_finds_fault() {
    let shop = Sandbox::empty();
    shop.hotfix_in("", &["install-extras", "--prefix", "usr"])
        .ok();
    let pages = "usr/share/man/man1/*.1";
    assert!(shop.path("usr/share/man/man1/git-hotfix.1").exists());
    for (program, line) in [
        (
            "groff",
            format!("for page in {pages}; do groff -man -ww -z \"$page\"; done"),
        ),
        ("mandoc", format!("mandoc -Tlint -Wwarning {pages}")),
    ] {
        if is_there(program) {
            let said = shop.shell_in("", &[], &line).ok();
            assert_eq!(said.stdout + &said.stderr, "", "{program}");
        }
    }
}

#[test]
fn the_reference_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let reference = git_hotfix::cli::reference();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(&path, reference).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == reference,
        "docs/reference.md is stale; renew it: UPDATE_EXPECT=1 cargo test reference"
    );
}
