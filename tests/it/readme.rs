//! The README's picture of a run is a real run.

use crate::support::Sandbox;
use std::fs;
use std::path::Path;

const BEGIN: &str = "```console\n";
const END: &str = "```\n<!-- end of the run -->";

#[test]
fn the_readme_shows_what_the_tool_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let begin = readme.find(BEGIN).unwrap() + BEGIN.len();
    let end = readme.find(END).unwrap();
    let run = run();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(
            &path,
            format!("{}{run}{}", &readme[..begin], &readme[end..]),
        )
        .unwrap();
        return;
    }
    assert_eq!(
        &readme[begin..end],
        run,
        "renew it: UPDATE_EXPECT=1 cargo test readme"
    );
}

fn run() -> String {
    let shop = Sandbox::shop();
    let mut screen = String::new();
    let mut play = |typed: &str, arguments: &[&str]| {
        let ran = shop.git(arguments);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        screen.push_str(&format!("$ {typed}\n{}\n\n", said.trim_end()));
    };
    play(
        "git hotfix start \"Users can't login - 500 error\" -s P0",
        &[
            "hotfix",
            "start",
            "Users can't login - 500 error",
            "-s",
            "P0",
        ],
    );
    shop.hotfix(&["impact", "about 1200 users cannot log in"])
        .ok();
    shop.hotfix(&["mitigate", "rollback", "api back to v2.3.0"])
        .ok();
    shop.hotfix(&["cause", "old tokens have another prefix"])
        .ok();
    shop.write("shop/src/auth.rs", "fn login() { ok() }\n");
    play(
        "git commit -am \"quick fix for login\"",
        &["commit", "-am", "quick fix for login"],
    );
    shop.hotfix(&["commit", "-m", "quick fix for login", "-a"])
        .ok();
    shop.hotfix(&["check", "locally", "--evidence", "cargo test -p auth"])
        .ok();
    shop.hotfix(&["check", "monitoring"]).ok();
    play("git push origin HEAD", &["push", "-q", "origin", "HEAD"]);
    play("git hotfix", &["hotfix"]);
    // The remote's path is the sandbox's own.
    let lines = screen
        .lines()
        .filter(|line| !line.starts_with("error: failed to push"));
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned() + "\n"
}
