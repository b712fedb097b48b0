//! `install-extras`: what it places, what it leaves alone, what it takes away.

use crate::support::Sandbox;
use std::collections::BTreeMap;
use std::path::Path;

const ZSH: &str = "home/.local/share/zsh/site-functions/_git-hotfix";
const PAGE: &str = "home/.local/share/man/man1/git-hotfix.1";

fn all() -> [&'static str; 7] {
    [
        "install-extras",
        "--shell",
        "bash",
        "--shell",
        "zsh",
        "--shell",
        "fish",
    ]
}

/// Every file below a folder with its text.
fn files(shop: &Sandbox, folder: &str) -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                found.insert(path.display().to_string(), text);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&shop.path(folder), &mut found);
    found
}

fn states(shop: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let said = shop.hotfix_in("", &[arguments, &["--json"]].concat()).ok();
    let said = said.json();
    let files = said["files"].as_array().unwrap().iter();
    let mut states: Vec<String> = files
        .map(|file| file["state"].as_str().unwrap().to_owned())
        .collect();
    states.dedup();
    states
}

#[test]
fn what_is_placed_again_stays_and_what_is_removed_is_all_that_was_placed() {
    let shop = Sandbox::empty();
    let before = files(&shop, "home");
    assert_eq!(states(&shop, &[&all()[..], &["-n"]].concat()), ["written"]);
    assert_eq!(files(&shop, "home"), before);
    assert_eq!(states(&shop, &all()), ["written"]);
    let placed = files(&shop, "home");
    assert!(
        shop.read(ZSH)
            .starts_with("#compdef git-hotfix\n#description ")
    );
    assert_eq!(states(&shop, &all()), ["current"]);
    assert_eq!(files(&shop, "home"), placed);
    // One of an older version, and a page of a command that is no more.
    shop.write(PAGE, shop.read(PAGE).replace("SYNOPSIS", "synopsis"));
    let stale = PAGE.replace("hotfix.1", "hotfix-gone.1");
    shop.write(&stale, shop.read(PAGE));
    assert_eq!(
        states(&shop, &all()),
        ["current", "updated", "current", "removed"]
    );
    assert_eq!(files(&shop, "home"), placed);
    assert_eq!(
        states(&shop, &["install-extras", "--remove", "-n"]),
        ["removed"]
    );
    assert_eq!(files(&shop, "home"), placed);
    assert_eq!(states(&shop, &["install-extras", "--remove"]), ["removed"]);
    assert_eq!(files(&shop, "home"), before);
    shop.hotfix_in("", &["install-extras", "--remove"]).ok();
}

#[test]
fn a_file_of_somebody_else_stops_it_before_anything_is_written_and_is_never_removed() {
    let shop = Sandbox::empty();
    shop.write(ZSH, "#compdef git-hotfix\n# mine\n");
    let before = files(&shop, "home");
    shop.hotfix_in("", &all())
        .fails(1)
        .says("_git-hotfix")
        .says("Nothing was written.");
    assert_eq!(files(&shop, "home"), before);
    shop.hotfix_in("", &["install-extras", "--remove"])
        .ok()
        .says("foreign");
    assert_eq!(files(&shop, "home"), before);
    // A folder in the place of a file.
    let folder = shop.path(&PAGE.replace("hotfix.1", "hotfix-start.1"));
    std::fs::create_dir_all(folder).unwrap();
    shop.hotfix_in("", &["install-extras", "--shell", "bash"])
        .fails(3)
        .says("Nothing was written.");
}

#[test]
fn a_package_has_them_below_its_prefix() {
    let shop = Sandbox::empty();
    shop.hotfix_in("", &["install-extras", "--prefix", "usr"])
        .ok();
    let placed = files(&shop, "usr/share");
    for file in [
        "bash-completion/completions/git-hotfix",
        "zsh/site-functions/_git-hotfix",
        "fish/vendor_conf.d/git-hotfix.fish",
        "man/man1/git-hotfix-install-extras.1",
    ] {
        let path = shop.path("usr/share").join(file).display().to_string();
        assert!(placed.contains_key(&path), "{file}");
    }
    for (shell, file) in [
        ("bash", "bash-completion/completions/git-hotfix"),
        ("zsh", "zsh/site-functions/_git-hotfix"),
        ("fish", "fish/vendor_conf.d/git-hotfix.fish"),
    ] {
        let printed = shop.hotfix_in("", &["completions", shell]).ok().stdout;
        assert_eq!(shop.read(&format!("usr/share/{file}")), printed);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_a_link_is_written_through() {
    let shop = Sandbox::empty();
    std::fs::create_dir_all(shop.path("dotfiles/fish")).unwrap();
    std::fs::create_dir_all(shop.path("home/.config")).unwrap();
    std::os::unix::fs::symlink(shop.path("dotfiles/fish"), shop.path("home/.config/fish")).unwrap();
    shop.hotfix_in("", &["install-extras", "--shell", "fish"])
        .ok();
    assert!(shop.path("dotfiles/fish/conf.d/git-hotfix.fish").exists());
    assert_eq!(
        states(&shop, &["install-extras", "--shell", "fish", "--remove"]),
        ["removed"]
    );
    assert!(!shop.path("dotfiles/fish/conf.d/git-hotfix.fish").exists());
}

#[test]
fn it_says_where_and_what_is_left_to_do() {
    let shop = Sandbox::empty();
    let said = shop
        .hotfix_in("", &["install-extras", "--shell", "zsh"])
        .ok();
    let home = shop.path("home").display().to_string();
    let screen = said.screen().replace(&home, "~");
    let pages = screen.matches("manual pages").count();
    assert_eq!(pages, 1, "{screen}");
    assert!(
        screen.contains("fpath=(~/.local/share/zsh/site-functions $fpath)"),
        "{screen}"
    );
    assert!(
        screen.contains("export MANPATH=\"$HOME/.local/share/man:$MANPATH\""),
        "{screen}"
    );
    let mut nowhere = shop.command(crate::support::binary(), "");
    let output = nowhere
        .env_remove("HOME")
        .arg("install-extras")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("--prefix"), "{words}");
}
