//! `agent`: what coding agents are told.

use crate::support::{Ran, Sandbox};
use serde_json::json;
use std::fs;

const COMMAND: &str = "shop/.claude/commands/hotfix.md";

fn install(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.hotfix(&[&["agent", "install"], arguments].concat())
}

fn remove(shop: &Sandbox, arguments: &[&str]) -> Ran {
    shop.hotfix(&[&["agent", "remove"], arguments].concat())
}

/// State and deed of the first file.
fn told(ran: &Ran) -> (String, Option<String>) {
    let object = ran.json();
    let first = &object["files"][0];
    let deed = first["deed"].as_str().map(str::to_owned);
    (first["state"].as_str().unwrap().to_owned(), deed)
}

fn is(state: &str, deed: &str) -> (String, Option<String>) {
    let deed = (deed != "-").then(|| deed.to_owned());
    (state.to_owned(), deed)
}

#[test]
fn the_command_is_written_kept_up_to_date_and_removed() {
    let shop = Sandbox::shop();
    let look = install(&shop, &["claude", "-n", "--json"]).ok();
    assert_eq!(told(&look), is("missing", "written"));
    assert!(!shop.path("shop/.claude").exists());
    install(&shop, &["claude"])
        .ok()
        .says(".claude/commands/hotfix.md  written")
        .says("git add :/.claude/commands/hotfix.md");
    let text = shop.read(COMMAND);
    assert!(text.starts_with("---\ndescription: "), "{text}");
    assert!(text.contains("\nargument-hint: <incident-description>\n"));
    let again = install(&shop, &["claude", "--project", "--json"]).ok();
    assert_eq!(told(&again), is("current", "-"));
    assert_eq!(shop.read(COMMAND), text);
    let gone = remove(&shop, &["claude", "--json"]).ok();
    assert_eq!(told(&gone), is("current", "removed"));
    assert!(!shop.path("shop/.claude").exists());
    remove(&shop, &["claude"]).ok().says("is not there");
    assert_eq!(shop.git(&["status", "--porcelain"]).ok().stdout, "");
}

#[test]
fn a_checkout_with_other_line_endings_is_ours_and_keeps_them() {
    let shop = Sandbox::shop();
    install(&shop, &["claude"]).ok();
    let text = shop.read(COMMAND).replace('\n', "\r\n");
    shop.write(COMMAND, &text);
    let again = install(&shop, &["claude", "--json"]).ok();
    assert_eq!(told(&again), is("current", "-"));
    // One of another version: its own checksum, and without the last line break.
    shop.write(COMMAND, text.trim_end());
    let again = install(&shop, &["claude", "--json"]).ok();
    assert_eq!(told(&again), is("outdated", "updated"));
    assert_eq!(shop.read(COMMAND), text);
}

#[test]
fn what_a_person_changed_stays_until_they_give_it_up() {
    let shop = Sandbox::shop();
    install(&shop, &["claude"]).ok();
    let text = shop.read(COMMAND);
    let changed = text.replacen("# Hotfix\n", "# Hotfix\n\nCall Ada first.\n", 1);
    shop.write(COMMAND, &changed);
    for (deed, arguments) in [
        ("install", ["install", "claude"]),
        ("remove", ["remove", "claude"]),
    ] {
        let kept = shop
            .hotfix(&["agent", arguments[0], arguments[1], "--json"])
            .fails(1);
        let error = &kept.json()["error"];
        assert_eq!(error["code"], "changed-by-hand");
        assert_eq!(error["details"], json!(["- Call Ada first."]));
        assert_eq!(error["untouched"], "It stays as it is.");
        assert_eq!(
            error["next"][1],
            format!("git hotfix agent {deed} claude --force")
        );
        assert_eq!(shop.read(COMMAND), changed);
    }
    install(&shop, &["claude", "--force", "-n"])
        .ok()
        .says("- Call Ada first.");
    assert_eq!(shop.read(COMMAND), changed);
    install(&shop, &["claude", "--force"])
        .ok()
        .says("- Call Ada first.");
    assert_eq!(shop.read(COMMAND), text);
}

#[test]
fn somebody_elses_command_is_never_removed() {
    let shop = Sandbox::shop();
    shop.write(COMMAND, "# How we do it\n");
    install(&shop, &["claude"])
        .fails(1)
        .says("is somebody else's")
        .says("- # How we do it");
    remove(&shop, &["claude"])
        .fails(1)
        .says("is somebody else's");
    remove(&shop, &["claude", "--force"]).fails(1);
    assert_eq!(shop.read(COMMAND), "# How we do it\n");
    install(&shop, &["claude", "--force"]).ok();
    assert!(shop.read(COMMAND).contains("checksum"));
}

#[test]
fn other_files_of_claude_and_the_incident_are_not_disturbed() {
    let shop = Sandbox::incident();
    shop.write("shop/.claude/commands/dev.md", "mine\n");
    let exclude = shop.read("shop/.git/info/exclude");
    let (record, refs) = (shop.record(), shop.refs("shop"));
    install(&shop, &["claude"]).ok();
    install(&shop, &["agents-md"]).ok();
    assert_eq!(
        shop.git(&["status", "--porcelain", "-uall"]).ok().stdout,
        "?? .claude/commands/dev.md\n?? .claude/commands/hotfix.md\n?? AGENTS.md\n"
    );
    remove(&shop, &["claude"]).ok();
    remove(&shop, &["agents-md"]).ok();
    assert_eq!(shop.read("shop/.git/info/exclude"), exclude);
    assert_eq!((shop.record(), shop.refs("shop")), (record, refs));
    assert_eq!(shop.read("shop/.claude/commands/dev.md"), "mine\n");
    assert_eq!(
        shop.git(&["status", "--porcelain", "-uall"]).ok().stdout,
        "?? .claude/commands/dev.md\n"
    );
}

#[test]
fn the_persons_own_folder_is_the_one_that_claude_code_uses() {
    let shop = Sandbox::shop();
    // No repository is needed for it.
    let own = shop
        .hotfix_in("home", &["agent", "install", "claude", "--user"])
        .ok();
    assert!(!own.stderr.contains("git add"), "{}", own.stderr);
    assert!(shop.path("home/.claude/commands/hotfix.md").is_file());
    let elsewhere = shop.path("elsewhere");
    let environment = [("CLAUDE_CONFIG_DIR", elsewhere.to_str().unwrap())];
    shop.hotfix_with(&environment, &["agent", "install", "claude", "--user"])
        .ok();
    assert!(shop.path("elsewhere/commands/hotfix.md").is_file());
    let status = shop
        .hotfix_with(&environment, &["agent", "status", "--json"])
        .ok()
        .json();
    let states: Vec<&str> = status["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["missing", "current", "missing"]);
    shop.hotfix_in("home", &["agent", "remove", "claude", "--user"])
        .ok();
    assert!(!shop.path("home/.claude/commands").exists());
    assert!(shop.path("elsewhere/commands/hotfix.md").is_file());
    shop.hotfix_in("home", &["agent", "status"])
        .ok()
        .says("claude --user");
    shop.hotfix(&["agent", "install", "agents-md", "--user"])
        .fails(2);
    shop.hotfix(&["agent", "install", "claude", "--user", "--project"])
        .fails(2);
    shop.hotfix_in("home", &["agent", "install", "claude"])
        .fails(3)
        .says("no git repository");
}

#[test]
fn the_section_leaves_what_stands_around_it_as_it_was() {
    for before in [
        "# Shop\r\n\r\nUse CRLF.\r\n",
        "# Shop",
        "# Shop\n\n",
        "",
        "\u{feff}# Shop\n",
    ] {
        let shop = Sandbox::shop();
        shop.write("shop/AGENTS.md", before);
        install(&shop, &["agents-md"]).ok();
        let with = shop.read("shop/AGENTS.md");
        assert!(with.starts_with(before) && with.contains("git hotfix --json"));
        let bare = with.replace("\r\n", "").contains('\n');
        assert!(!(before.contains("\r\n") && bare), "mixed line endings");
        install(&shop, &["agents-md"]).ok().says("is up to date");
        assert_eq!(shop.read("shop/AGENTS.md"), with);
        remove(&shop, &["agents-md"]).ok();
        assert_eq!(shop.read("shop/AGENTS.md"), before);
    }
    let shop = Sandbox::shop();
    install(&shop, &["agents-md"]).ok();
    remove(&shop, &["agents-md"]).ok();
    assert!(!shop.path("shop/AGENTS.md").exists());
}

#[test]
fn a_changed_section_is_kept_and_broken_marks_are_named() {
    let shop = Sandbox::shop();
    install(&shop, &["agents-md"]).ok();
    let text = shop.read("shop/AGENTS.md");
    let changed = text.replacen("## Production", "Ask Bo.\n\n## Production", 1);
    shop.write("shop/AGENTS.md", &changed);
    install(&shop, &["agents-md"])
        .fails(1)
        .says("was changed by hand")
        .says("- Ask Bo.");
    remove(&shop, &["agents-md"])
        .fails(1)
        .says("remove agents-md --force");
    assert_eq!(shop.read("shop/AGENTS.md"), changed);
    install(&shop, &["agents-md", "--force"]).ok();
    assert_eq!(shop.read("shop/AGENTS.md"), text);
    let broken = text.replace("<!-- git-hotfix: end -->\n", "");
    shop.write("shop/AGENTS.md", &broken);
    for force in [&["agents-md"][..], &["agents-md", "--force"]] {
        install(&shop, force)
            .fails(1)
            .says("do not belong together");
        remove(&shop, force).fails(1).says("do not belong together");
    }
    assert_eq!(shop.read("shop/AGENTS.md"), broken);
    shop.write("shop/AGENTS.md", b"\xff\xfe not text");
    install(&shop, &["agents-md"])
        .fails(3)
        .says("Nothing was written.");
    shop.hotfix(&["agent", "status"])
        .ok()
        .says("cannot be read")
        .says("not UTF-8");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_that_leaves_the_repository() {
    use std::os::unix::fs::symlink;
    let shop = Sandbox::shop();
    fs::create_dir(shop.path("outside")).unwrap();
    shop.write("outside/agents", "theirs\n");
    symlink(shop.path("outside"), shop.path("shop/.claude")).unwrap();
    symlink("../outside/agents", shop.path("shop/AGENTS.md")).unwrap();
    for what in ["claude", "agents-md"] {
        for act in ["install", "remove"] {
            let ran = shop
                .hotfix(&["agent", act, what, "--force", "--json"])
                .fails(3);
            assert_eq!(ran.json()["error"]["code"], "file");
            ran.says("is a link that leaves");
        }
    }
    let status = shop.hotfix(&["agent", "status", "--json"]).ok().json();
    assert_eq!(status["files"][0]["state"], "unreadable");
    assert_eq!(status["warnings"].as_array().unwrap().len(), 2);
    assert_eq!(shop.read("outside/agents"), "theirs\n");
    assert_eq!(fs::read_dir(shop.path("outside")).unwrap().count(), 1);

    // A file in the folder's place, and a link that stays inside.
    for link in ["shop/.claude", "shop/AGENTS.md"] {
        fs::remove_file(shop.path(link)).unwrap();
    }
    shop.write("shop/.claude", "a file\n");
    install(&shop, &["claude"]).fails(3).says("is not a folder");
    shop.write("shop/CLAUDE.md", "ours\n");
    symlink("CLAUDE.md", shop.path("shop/AGENTS.md")).unwrap();
    install(&shop, &["agents-md"]).ok();
    assert!(
        shop.read("shop/CLAUDE.md")
            .starts_with("ours\n\n<!-- git-hotfix: begin")
    );
    remove(&shop, &["agents-md"]).ok();
    assert_eq!(shop.read("shop/CLAUDE.md"), "ours\n");
    assert!(shop.path("shop/AGENTS.md").is_symlink());
}

#[test]
fn a_bare_repository_has_no_place_for_it() {
    let shop = Sandbox::shop();
    let ran = shop
        .hotfix_in("origin.git", &["agent", "install", "claude", "--json"])
        .fails(3);
    assert_eq!(ran.json()["error"]["code"], "bare-repository");
    shop.hotfix_in("origin.git", &["agent", "status"])
        .ok()
        .says("claude --user");
}
